// SPDX-License-Identifier: BSD-3-Clause
// Questions about VMs, and what guests say of themselves.
#include "scripted_rm.h"

// ---- one word ----------------------------------------------------------------------------------------------------

Test(core_identity, words)
{
    struct fake_rm *rm = script_open();
    gunyah_vmid_t vmid = {99};
    uint32_t type = 0;

    script_word(3);
    cr_expect_eq(gunyah_vm_self(rm->rm, &vmid), GUNYAH_OK);
    script_sent(rm, 0x56000024, NULL, 0);
    cr_expect_eq(vmid.value, 3);
    script_word(0xff);
    cr_expect_eq(gunyah_vm_owner(rm->rm, &vmid), GUNYAH_OK);
    script_sent(rm, 0x56000015, NULL, 0);
    cr_expect_eq(vmid.value, 0xff);
    script_word(0x01000164);
    cr_expect_eq(gunyah_vm_host_type(rm->rm, &type), GUNYAH_OK);
    script_sent(rm, 0x560000a0, NULL, 0);
    cr_expect_eq(type, GUNYAH_RM_HOST_TYPE);

    script_error(0xffffffff);
    cr_expect_eq(gunyah_vm_owner(rm->rm, &vmid), GUNYAH_ERR_UNIMPLEMENTED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xffffffff, "VM_GET_OWNER");
    cr_expect_eq(vmid.value, 0xff, "untouched");
    script_reply(0, "\1\2\3", 3);
    cr_expect_eq(gunyah_vm_self(rm->rm, &vmid), GUNYAH_ERR_PROTOCOL);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_PROTOCOL, "gunyah_vm_self");
    script_reply(0, "\1\0\0\0more", 8);
    cr_expect_eq(gunyah_vm_self(rm->rm, &vmid), GUNYAH_OK, "what is added does not matter");
    const size_t before = script_requests(rm);
    cr_expect_eq(gunyah_vm_self(rm->rm, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_owner(NULL, &vmid), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_host_type(rm->rm, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), before);
    script_close(rm, NULL);
}

// ---- lists -------------------------------------------------------------------------------------------------------

static const uint8_t three_vms[] = {3, 0, 0, 0, 3, 0, 0, 0, 0x2d, 0, 0, 0, 0x85, 0, 0, 0};

Test(core_identity, peers)
{
    struct fake_rm *rm = script_open();

    for (size_t capacity = 0; capacity <= 4; capacity++) {
        struct gunyah_rm_vm_entry vms[5];
        size_t count = 99;

        memset(vms, 0x5a, sizeof(vms));
        script_reply(0, three_vms, sizeof(three_vms));
        cr_expect_eq(gunyah_vm_peers(rm->rm, capacity != 0 ? vms : NULL, capacity, &count),
                     capacity < 3 ? GUNYAH_ERR_BUFFER_TOO_SMALL : GUNYAH_OK);
        cr_expect_eq(count, 3u);
        for (size_t i = 0; i < 5; i++)
            cr_expect_eq(vms[i].vmid.value, i < 3 && i < capacity ? three_vms[4 + 4 * i] : 0x5a5a);
    }
    script_sent(rm, 0x56000025, NULL, 0);
    struct gunyah_rm_vm_entry vm;
    size_t count;
    script_word(0);
    cr_expect_eq(gunyah_vm_peers(rm->rm, &vm, 1, &count), GUNYAH_OK);
    cr_expect_eq(count, 0u);
    script_reply(0, three_vms, sizeof(three_vms) - 1);
    cr_expect_eq(gunyah_vm_peers(rm->rm, &vm, 1, &count), GUNYAH_ERR_PROTOCOL);
    script_reply(0, three_vms, 3);
    cr_expect_eq(gunyah_vm_peers(rm->rm, &vm, 1, &count), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(gunyah_vm_peers(rm->rm, NULL, 1, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_peers(rm->rm, &vm, 1, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_peers(NULL, &vm, 1, &count), GUNYAH_ERR_NULL);
    script_close(rm, NULL);
}

Test(core_identity, lookup)
{
    static const uint8_t guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct fake_rm *rm = script_open();
    struct gunyah_rm_vm_entry vms[3];
    size_t count = 0;
    char text[81];

    script_reply(0, three_vms, sizeof(three_vms));
    cr_expect_eq(gunyah_vm_lookup_name(rm->rm, "trusty", vms, 3, &count), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000013, 6, 0, 0, 0, 't', 'r', 'u', 's', 't', 'y', 0, 0);
    cr_expect_eq(count, 3u);
    script_word(0);
    cr_expect_eq(gunyah_vm_lookup_uri(rm->rm, "four", vms, 3, &count), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000011, 4, 0, 0, 0, 'f', 'o', 'u', 'r');
    cr_expect_eq(count, 0u);
    script_word(0);
    cr_expect_eq(gunyah_vm_lookup_name(rm->rm, "x", NULL, 0, &count), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000013, 1, 0, 0, 0, 'x', 0, 0, 0);
    script_word(0);
    cr_expect_eq(gunyah_vm_lookup_guid(rm->rm, guid, vms, 3, &count), GUNYAH_OK);
    script_sent(rm, 0x56000012, guid, 16);

    memset(text, 'a', 80);
    text[80] = 0;
    const size_t before = script_requests(rm);
    cr_expect_eq(gunyah_vm_lookup_name(rm->rm, text, vms, 3, &count), GUNYAH_ERR_ARGUMENT_SIZE);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_ARGUMENT_SIZE, "gunyah_vm_lookup_name");
    cr_expect_eq(gunyah_vm_lookup_uri(rm->rm, "", vms, 3, &count), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_vm_lookup_uri(rm->rm, NULL, vms, 3, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_lookup_name(NULL, "a", vms, 3, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_lookup_guid(rm->rm, NULL, vms, 3, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_lookup_guid(NULL, guid, vms, 3, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), before, "nothing leaves");
    text[79] = 0;
    script_word(0);
    cr_expect_eq(gunyah_vm_lookup_name(rm->rm, text, vms, 3, &count), GUNYAH_OK);
    script_close(rm, NULL);
}

// ---- identity ----------------------------------------------------------------------------------------------------

static const uint8_t identity_reply[] = {
    5,  0,  0,  0,                                    //
    0,  9,  16, 0,  1,   2,   3,   4,   5,   6, 7, 8, // GUID, and a reserved byte
    9,  10, 11, 12, 13,  14,  15,  16,                //
    2,  0,  3,  0,  't', 'v', 'm', 0,                 // name
    1,  0,  5,  0,  'u', 'r', 'i', ':', 'x', 0, 0, 0, // URI
    77, 0,  1,  0,  9,   9,   9,   9,                 // a kind that nobody knows
    3,  0,  0,  0,                                    // signed how, without a text
};

Test(core_identity, identify)
{
    static const uint8_t guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct fake_rm *rm = script_open();
    struct gunyah_vm_identity identity;

    memset(&identity, 0x5a, sizeof(identity));
    script_reply(0, identity_reply, sizeof(identity_reply));
    cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0x85}, &identity), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000010, 0x85, 0, 0, 0);
    cr_expect(identity.has_guid);
    cr_expect_arr_eq(identity.guid, guid, 16);
    cr_expect_str_eq(identity.name, "tvm");
    cr_expect_str_eq(identity.uri, "uri:x");
    cr_expect_str_eq(identity.authentication, "");
    // Nothing at all.
    script_word(0);
    cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0}, &identity), GUNYAH_OK);
    cr_expect_not(identity.has_guid);
    cr_expect_str_eq(identity.name, "");
    // Cut off anywhere.
    for (size_t size = 0; size < sizeof(identity_reply); size++) {
        script = (struct script){.count = 0};
        script_reply(0, identity_reply, size);
        cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0}, &identity), GUNYAH_ERR_PROTOCOL, "%zu", size);
    }
    script_error(0x14);
    cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0}, &identity), GUNYAH_ERR_RM_VM_STATE);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0x14, "VM_GET_ID");
    cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0}, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_identify(NULL, (gunyah_vmid_t){0}, &identity), GUNYAH_ERR_NULL);
    script_close(rm, NULL);
}

// Texts that are too long are cut off, and a reply that is longer than known ones is read as far as it is known.
Test(core_identity, long_identity)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm_identity identity;
    uint8_t reply[400] = {3, 0, 0, 0, 2, 0, 100, 0};

    memset(reply + 8, 'n', 100);
    memcpy(reply + 108, "\1\0\1\0u\0\0\0\115\0\1\0", 12);
    reply[118] = 200;
    script_reply(0, reply, 120 + 200);
    cr_expect_eq(gunyah_vm_identify(rm->rm, (gunyah_vmid_t){0}, &identity), GUNYAH_OK);
    cr_expect_eq(strlen(identity.name), 79u);
    cr_expect_eq(identity.name[78], 'n');
    cr_expect_str_eq(identity.uri, "u");
    script_close(rm, NULL);
}

Test(core_identity, crash_message)
{
    struct fake_rm *rm = script_open();
    char message[GUNYAH_VM_CRASH_MESSAGE_SIZE + 1];
    uint8_t reply[300] = {5, 0, 0, 0, 'o', 'o', 'p', 's', '!', 0, 0, 0};

    memset(message, 'z', sizeof(message));
    script_reply(0, reply, 12);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000019, 0x85, 0, 0, 0);
    cr_expect_str_eq(message, "oops!");
    script_word(0);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_OK);
    cr_expect_str_eq(message, "");
    memset(reply + 4, 'm', 200);
    reply[0] = 192;
    script_reply(0, reply, 4 + 192);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_OK);
    cr_expect_eq(strlen(message), 192u);
    // Longer than any that is known.
    reply[0] = 200;
    script_reply(0, reply, 4 + 200);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_OK);
    cr_expect_eq(strlen(message), 192u);
    cr_expect_eq(message[193], 'z', "nothing behind it");
    script_reply(0, reply, 4 + 199);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_ERR_PROTOCOL);
    script_error(0xd);
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, message), GUNYAH_ERR_RM_VMID_INVALID);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xd, "VM_GET_CRASH_MSG");
    cr_expect_eq(gunyah_vm_crash_message(rm->rm, (gunyah_vmid_t){0x85}, NULL), GUNYAH_ERR_NULL);
    script_close(rm, NULL);
}

// ---- the guest ---------------------------------------------------------------------------------------------------

Test(core_identity, guest_status)
{
    struct fake_rm *rm = script_open();

    for (uint8_t os = 0; os < 8; os++) {
        cr_expect_eq(gunyah_guest_set_status(rm->rm, (enum gunyah_os_status)os, 0xbeef), GUNYAH_OK);
        SCRIPT_SENT(rm, 0x56000080, 0, os, 0xef, 0xbe);
    }
    const size_t before = script_requests(rm);
    cr_expect_eq(gunyah_guest_set_status(rm->rm, (enum gunyah_os_status)8, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_guest_set_status(NULL, GUNYAH_OS_STATUS_RUN, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), before);
    script_error(3);
    cr_expect_eq(gunyah_guest_set_status(rm->rm, GUNYAH_OS_STATUS_RUN, 0), GUNYAH_ERR_DENIED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 3, "VM_SET_STATUS");
    script_close(rm, NULL);
}

Test(core_identity, guest_crash_message)
{
    struct fake_rm *rm = script_open();
    uint8_t expected[4 + 192] = {192};
    char text[300];

    cr_expect_eq(gunyah_guest_set_crash_message(rm->rm, "oops!"), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000086, 5, 0, 0, 0, 'o', 'o', 'p', 's', '!', 0, 0, 0);
    cr_expect_eq(gunyah_guest_set_crash_message(rm->rm, ""), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000086, 0, 0, 0, 0);
    memset(text, 'm', 299);
    text[299] = 0;
    memset(expected + 4, 'm', 192);
    cr_expect_eq(gunyah_guest_set_crash_message(rm->rm, text), GUNYAH_OK);
    script_sent(rm, 0x56000086, expected, sizeof(expected));
    cr_expect_eq(gunyah_guest_set_crash_message(rm->rm, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_guest_set_crash_message(NULL, ""), GUNYAH_ERR_NULL);
    script_close(rm, NULL);
}

Test(core_identity, guest_exit)
{
    struct fake_rm *rm = script_open();

    for (uint8_t code = 0; code < 7; code++) {
        const bool exists = code < 5 && code != 2;
        const size_t before = script_requests(rm);
        cr_expect_eq(gunyah_guest_exit(rm->rm, (enum gunyah_vm_exit_code)code, code == 4),
                     exists ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID);
        cr_expect_eq(script_requests(rm), before + exists);
        if (exists)
            SCRIPT_SENT(rm, 0x56000085, code == 4, 0, code, 0);
    }
    cr_expect_eq(gunyah_guest_exit(NULL, GUNYAH_VM_EXIT_CODE_NORMAL, false), GUNYAH_ERR_NULL);
    script_close(rm, NULL);
}

// ---- consoles ----------------------------------------------------------------------------------------------------

Test(core_identity, console)
{
    static enum gunyah_error (*const calls[])(struct gunyah_rm * rm, gunyah_vmid_t vmid) = {
        gunyah_console_open, gunyah_console_close, gunyah_console_flush};
    static const uint32_t ids[] = {0x56000081, 0x56000082, 0x56000084};
    static const char *const names[] = {"VM_CONSOLE_OPEN", "VM_CONSOLE_CLOSE", "VM_CONSOLE_FLUSH"};
    struct fake_rm *rm = script_open();

    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(calls[i](rm->rm, (gunyah_vmid_t){0x85}), GUNYAH_OK);
        SCRIPT_SENT(rm, ids[i], 0x85, 0, 0, 0);
        script_error(3);
        cr_expect_eq(calls[i](rm->rm, (gunyah_vmid_t){0}), GUNYAH_ERR_DENIED);
        SCRIPT_SENT(rm, ids[i], 0, 0, 0, 0);
        script_failed(rm, GUNYAH_DOMAIN_RM, 3, names[i]);
        cr_expect_eq(calls[i](NULL, (gunyah_vmid_t){0}), GUNYAH_ERR_NULL);
    }
    script_close(rm, NULL);
}

Test(core_identity, console_write)
{
    static const size_t sizes[] = {1, 227, 228, 229, 456, 1000};
    static uint8_t payload[63 * 232];
    struct fake_rm *rm = script_open();
    uint8_t text[1000];
    uint32_t id;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7);
    cr_expect_eq(gunyah_console_write(rm->rm, (gunyah_vmid_t){0x85}, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_console_write(rm->rm, (gunyah_vmid_t){0x85}, NULL, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_console_write(NULL, (gunyah_vmid_t){0x85}, text, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(script_requests(rm), 0u);
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        const size_t first = script_requests(rm);
        const size_t parts = (sizes[k] + 227) / 228;

        cr_expect_eq(gunyah_console_write(rm->rm, (gunyah_vmid_t){0x85}, text, sizes[k]), GUNYAH_OK);
        cr_assert_eq(script_requests(rm), first + parts);
        for (size_t i = 0; i < parts; i++) {
            const size_t part = i + 1 < parts ? 228 : sizes[k] - 228 * i;
            cr_assert_eq(script_payload(rm, first + i, &id, payload), 4 + part);
            cr_expect_eq(id, 0x56000083u);
            cr_expect_eq(payload[0], 0x85);
            cr_expect_eq(payload[2] | payload[3] << 8, (int)part);
            cr_expect_arr_eq(payload + 4, text + 228 * i, part);
        }
    }
    // Nothing goes on after a failure.
    const size_t before = script_requests(rm);
    script_error(0);
    script_error(3);
    cr_expect_eq(gunyah_console_write(rm->rm, (gunyah_vmid_t){0}, text, 1000), GUNYAH_ERR_DENIED);
    cr_expect_eq(script_requests(rm), before + 2);
    script_failed(rm, GUNYAH_DOMAIN_RM, 3, "VM_CONSOLE_WRITE");
    script_close(rm, NULL);
}
