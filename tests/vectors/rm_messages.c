// SPDX-License-Identifier: BSD-3-Clause
// Every message: its id, its name, since when it is answered, and its layouts; and no message beside these.
#include "rm_book.h"

#include <string.h>

#define NONE                                                                                                           \
    {                                                                                                                  \
        NULL, NULL                                                                                                     \
    }

enum { UNKNOWN = GUNYAH_RM_GENERATION_UNKNOWN };
enum { IN_2021 = GUNYAH_RM_GENERATION_2021 };
enum { IN_2023 = GUNYAH_RM_GENERATION_2023 };
enum { LATER = GUNYAH_RM_GENERATION_LATER };

static const struct row {
    uint32_t number;
    uint32_t id;
    const char *name;
    int since;
    const char *data[2];
    const char *reply[2];
} requests[] = {
    {0x00000001, GUNYAH_RM_GET_IDENT, "GET_IDENT", UNKNOWN, NONE, NONE},
    {0x00000002, GUNYAH_RM_GET_FEATURES, "GET_FEATURES", UNKNOWN, NONE, NONE},
    {0x51000010, GUNYAH_RM_MEM_DONATE, "MEM_DONATE", IN_2021, {"mem_give"}, {"handle"}},
    {0x51000011, GUNYAH_RM_MEM_ACCEPT, "MEM_ACCEPT", IN_2021, {"mem_accept"}, {"mem_accept_reply"}},
    {0x51000012, GUNYAH_RM_MEM_LEND, "MEM_LEND", IN_2021, {"mem_give"}, {"handle"}},
    {0x51000013, GUNYAH_RM_MEM_SHARE, "MEM_SHARE", IN_2021, {"mem_give"}, {"handle"}},
    {0x51000014, GUNYAH_RM_MEM_RELEASE, "MEM_RELEASE", IN_2021, {"mem_end"}, NONE},
    {0x51000015, GUNYAH_RM_MEM_RECLAIM, "MEM_RECLAIM", IN_2021, {"mem_end"}, NONE},
    {0x51000017, GUNYAH_RM_MEM_NOTIFY, "MEM_NOTIFY", IN_2021, {"mem_notify"}, NONE},
    {0x51000018, GUNYAH_RM_MEM_APPEND, "MEM_APPEND", IN_2023, {"mem_append"}, NONE},
    {0x5100001a, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, "MEM_QCOM_LOOKUP_SGL", IN_2021, {"mem_qcom_lookup_sgl"}, {"handle"}},
    {0x51000020, GUNYAH_RM_FW_MILESTONE, "FW_MILESTONE", IN_2023, NONE, NONE},
    {0x51000021,
     GUNYAH_RM_FW_SET_VM_FIRMWARE,
     "FW_SET_VM_FIRMWARE",
     IN_2023,
     {"fw_set_vm_firmware_2023", "fw_set_vm_firmware"},
     NONE},
    {0x51000030, GUNYAH_RM_HEAP_CREATE, "HEAP_CREATE", LATER, NONE, NONE},
    {0x51000031, GUNYAH_RM_HEAP_DELETE, "HEAP_DELETE", LATER, NONE, NONE},
    {0x51000032, GUNYAH_RM_HEAP_ADD_MEMORY, "HEAP_ADD_MEMORY", LATER, {"heap_memory"}, NONE},
    {0x51000033, GUNYAH_RM_HEAP_REMOVE_MEMORY, "HEAP_REMOVE_MEMORY", LATER, {"heap_memory"}, NONE},
    {0x51000034, GUNYAH_RM_HEAP_QUERY, "HEAP_QUERY", LATER, {"heap_query"}, {"heap_free", "heap_stats"}},
    {0x56000001, GUNYAH_RM_VM_ALLOCATE, "VM_ALLOCATE", IN_2021, {"vm"}, {"vm"}},
    {0x56000002, GUNYAH_RM_VM_DEALLOCATE, "VM_DEALLOCATE", IN_2021, {"vm"}, NONE},
    {0x56000003, GUNYAH_RM_VM_SET_NAME, "VM_SET_NAME", IN_2021, NONE, NONE},
    {0x56000004, GUNYAH_RM_VM_START, "VM_START", IN_2021, {"vm"}, NONE},
    {0x56000005, GUNYAH_RM_VM_STOP, "VM_STOP", IN_2021, {"vm_stop"}, NONE},
    {0x56000006, GUNYAH_RM_VM_RESET, "VM_RESET", IN_2023, {"vm"}, NONE},
    {0x56000007, GUNYAH_RM_VM_SUSPEND, "VM_SUSPEND", IN_2021, NONE, NONE},
    {0x56000008, GUNYAH_RM_VM_RESUME, "VM_RESUME", IN_2021, NONE, NONE},
    {0x56000009, GUNYAH_RM_VM_CONFIG_IMAGE, "VM_CONFIG_IMAGE", IN_2023, {"vm_config_image"}, NONE},
    {0x5600000a, GUNYAH_RM_VM_AUTH_IMAGE, "VM_AUTH_IMAGE", IN_2023, {"vm_auth_image"}, NONE},
    {0x5600000b, GUNYAH_RM_VM_INIT, "VM_INIT", IN_2023, {"vm"}, NONE},
    {0x56000010, GUNYAH_RM_VM_GET_ID, "VM_GET_ID", IN_2021, {"vm"}, {"vm_get_id_reply"}},
    {0x56000011, GUNYAH_RM_VM_LOOKUP_URI, "VM_LOOKUP_URI", IN_2021, {"vm_lookup_uri"}, {"vm_lookup_uri_reply"}},
    {0x56000012, GUNYAH_RM_VM_LOOKUP_GUID, "VM_LOOKUP_GUID", IN_2021, {"vm_lookup_guid"}, {"vm_lookup_guid_reply"}},
    {0x56000013, GUNYAH_RM_VM_LOOKUP_NAME, "VM_LOOKUP_NAME", IN_2021, {"vm_lookup_name"}, {"vm_lookup_name_reply"}},
    {0x56000015, GUNYAH_RM_VM_GET_OWNER, "VM_GET_OWNER", IN_2023, NONE, {"vm"}},
    {0x56000017, GUNYAH_RM_VM_GET_STATE, "VM_GET_STATE", IN_2021, {"vm"}, {"vm_get_state_reply"}},
    {0x56000019, GUNYAH_RM_VM_GET_CRASH_MSG, "VM_GET_CRASH_MSG", IN_2023, {"vm"}, {"vm_get_crash_msg_reply"}},
    {0x56000020,
     GUNYAH_RM_VM_GET_HYP_RESOURCES,
     "VM_GET_HYP_RESOURCES",
     IN_2021,
     {"vm"},
     {"vm_get_hyp_resources_reply"}},
    {0x56000021, GUNYAH_RM_VM_GET_HYP_CAPIDS, "VM_GET_HYP_CAPIDS", IN_2021, NONE, NONE},
    {0x56000022, GUNYAH_RM_VM_GET_HYP_IRQS, "VM_GET_HYP_IRQS", IN_2021, NONE, NONE},
    {0x56000024, GUNYAH_RM_VM_GET_VMID, "VM_GET_VMID", IN_2023, NONE, {"vm"}},
    {0x56000025, GUNYAH_RM_VM_GET_PEERS, "VM_GET_PEERS", IN_2023, NONE, {"vm_get_peers_reply"}},
    {0x56000030, GUNYAH_RM_VM_SET_TIME_BASE, "VM_SET_TIME_BASE", IN_2021, {"vm_set_time_base"}, NONE},
    {0x56000031, GUNYAH_RM_VM_SET_CONTEXT, "VM_SET_CONTEXT", LATER, {"vm_set_context"}, NONE},
    {0x56000032, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "VM_SET_FIRMWARE_MEM", IN_2023, {"vm_set_firmware_mem"}, NONE},
    {0x56000033, GUNYAH_RM_VM_SET_DEMAND_PAGING, "VM_SET_DEMAND_PAGING", LATER, {"vm_set_demand_paging"}, NONE},
    {0x56000034, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "VM_SET_ADDRESS_LAYOUT", LATER, {"vm_set_address_layout"}, NONE},
    {0x56000035, GUNYAH_RM_VM_SET_DEBUG, "VM_SET_DEBUG", LATER, {"vm_set_debug"}, NONE},
    {0x56000040, GUNYAH_RM_MINIDUMP_GET_INFO, "MINIDUMP_GET_INFO", UNKNOWN, NONE, NONE},
    {0x56000041, GUNYAH_RM_MINIDUMP_REGISTER_RANGE, "MINIDUMP_REGISTER_RANGE", UNKNOWN, NONE, NONE},
    {0x56000042, GUNYAH_RM_MINIDUMP_DEREGISTER_SLOT, "MINIDUMP_DEREGISTER_SLOT", UNKNOWN, NONE, NONE},
    {0x56000043, GUNYAH_RM_MINIDUMP_GET_SLOT_NUMBER, "MINIDUMP_GET_SLOT_NUMBER", UNKNOWN, NONE, NONE},
    {0x56000050, GUNYAH_RM_VM_IRQ_ACCEPT, "VM_IRQ_ACCEPT", IN_2021, {"vm_irq_accept"}, {"vm_irq_accept_reply"}},
    {0x56000051, GUNYAH_RM_VM_IRQ_LEND, "VM_IRQ_LEND", IN_2021, {"vm_irq_lend"}, {"handle"}},
    {0x56000052, GUNYAH_RM_VM_IRQ_RELEASE, "VM_IRQ_RELEASE", IN_2021, {"handle"}, NONE},
    {0x56000053, GUNYAH_RM_VM_IRQ_RECLAIM, "VM_IRQ_RECLAIM", IN_2021, {"handle"}, NONE},
    {0x56000054, GUNYAH_RM_VM_IRQ_NOTIFY, "VM_IRQ_NOTIFY", IN_2021, {"vm_irq_notify"}, NONE},
    {0x56000055, GUNYAH_RM_VM_IRQ_UNMAP, "VM_IRQ_UNMAP", IN_2021, NONE, NONE},
    {0x56000060, GUNYAH_RM_DEVICE_ACCEPT, "DEVICE_ACCEPT", LATER, {"device_accept"}, NONE},
    {0x56000061, GUNYAH_RM_DEVICE_LEND, "DEVICE_LEND", LATER, {"device_give"}, NONE},
    {0x56000062, GUNYAH_RM_DEVICE_RELEASE, "DEVICE_RELEASE", LATER, {"device_end"}, NONE},
    {0x56000063, GUNYAH_RM_DEVICE_RECLAIM, "DEVICE_RECLAIM", LATER, {"device_end"}, NONE},
    {0x56000064, GUNYAH_RM_DEVICE_NOTIFY, "DEVICE_NOTIFY", LATER, {"device_notify"}, NONE},
    {0x56000065, GUNYAH_RM_DEVICE_FIND_HANDLE, "DEVICE_FIND_HANDLE", LATER, {"device_descriptor"}, {"handle"}},
    {0x56000066,
     GUNYAH_RM_DEVICE_GET_RESOURCES,
     "DEVICE_GET_RESOURCES",
     LATER,
     {"device_get_resources"},
     {"device_get_resources_reply"}},
    {0x56000067, GUNYAH_RM_DEVICE_BUS_LOCKDOWN, "DEVICE_BUS_LOCKDOWN", LATER, {"handle"}, NONE},
    {0x56000068, GUNYAH_RM_DEVICE_BUS_UNLOCK, "DEVICE_BUS_UNLOCK", LATER, NONE, NONE},
    {0x56000069, GUNYAH_RM_DEVICE_DONATE, "DEVICE_DONATE", LATER, {"device_give"}, NONE},
    {0x56000080, GUNYAH_RM_VM_SET_STATUS, "VM_SET_STATUS", IN_2021, {"vm_set_status"}, NONE},
    {0x56000081, GUNYAH_RM_VM_CONSOLE_OPEN, "VM_CONSOLE_OPEN", IN_2021, {"vm"}, NONE},
    {0x56000082, GUNYAH_RM_VM_CONSOLE_CLOSE, "VM_CONSOLE_CLOSE", IN_2021, {"vm"}, NONE},
    {0x56000083, GUNYAH_RM_VM_CONSOLE_WRITE, "VM_CONSOLE_WRITE", IN_2021, {"vm_console_write"}, NONE},
    {0x56000084, GUNYAH_RM_VM_CONSOLE_FLUSH, "VM_CONSOLE_FLUSH", IN_2021, {"vm"}, NONE},
    {0x56000085, GUNYAH_RM_VM_EXIT, "VM_EXIT", IN_2023, {"vm_exit"}, NONE},
    {0x56000086, GUNYAH_RM_VM_SET_CRASH_MSG, "VM_SET_CRASH_MSG", IN_2023, {"vm_set_crash_msg"}, NONE},
    {0x560000a0, GUNYAH_RM_VM_HOST_GET_TYPE, "VM_HOST_GET_TYPE", IN_2021, NONE, {"vm_host_get_type_reply"}},
    {0x560000b0, GUNYAH_RM_IPA_RESERVE, "IPA_RESERVE", IN_2023, {"ipa_reserve"}, {"ipa_reserve_reply"}},
    {0x560000b1, GUNYAH_RM_IPA_UNRESERVE, "IPA_UNRESERVE", IN_2023, NONE, NONE},
};

static const struct row notifications[] = {
    {0x51100011, GUNYAH_RM_NOTIFY_MEM_SHARED, "MEM_SHARED", IN_2021, {"notify_mem_shared"}, NONE},
    {0x51100012, GUNYAH_RM_NOTIFY_MEM_RELEASED, "MEM_RELEASED", IN_2021, {"mem_participant"}, NONE},
    {0x51100013, GUNYAH_RM_NOTIFY_MEM_ACCEPTED, "MEM_ACCEPTED", IN_2021, {"mem_participant"}, NONE},
    {0x51100014, GUNYAH_RM_NOTIFY_MEM_RECALL, "MEM_RECALL", IN_2023, {"notify_mem_recall"}, NONE},
    {0x56100001, GUNYAH_RM_NOTIFY_VM_EXITED, "VM_EXITED", IN_2023, {"notify_vm_exited"}, NONE},
    {0x56100002, GUNYAH_RM_NOTIFY_VM_SHUTDOWN, "VM_SHUTDOWN", IN_2023, {"notify_vm_shutdown"}, NONE},
    {0x56100008, GUNYAH_RM_NOTIFY_VM_STATUS, "VM_STATUS", IN_2021, {"notify_vm_status"}, NONE},
    {0x56100011, GUNYAH_RM_NOTIFY_VM_IRQ_LENT, "VM_IRQ_LENT", IN_2021, {"notify_vm_irq_lent"}, NONE},
    {0x56100012, GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED, "VM_IRQ_RELEASED", IN_2021, {"handle"}, NONE},
    {0x56100013, GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED, "VM_IRQ_ACCEPTED", IN_2021, {"handle"}, NONE},
    {0x56100060, GUNYAH_RM_NOTIFY_DEVICE_DONATED, "DEVICE_DONATED", LATER, {"device_given"}, NONE},
    {0x56100061, GUNYAH_RM_NOTIFY_DEVICE_LENT, "DEVICE_LENT", LATER, {"device_given"}, NONE},
    {0x56100062, GUNYAH_RM_NOTIFY_DEVICE_RELEASED, "DEVICE_RELEASED", LATER, {"handle"}, NONE},
    {0x56100063, GUNYAH_RM_NOTIFY_DEVICE_ACCEPTED, "DEVICE_ACCEPTED", LATER, {"notify_device_accepted"}, NONE},
    {0x56100064, GUNYAH_RM_NOTIFY_DEVICE_RECALL, "DEVICE_RECALL", LATER, {"notify_device_recall"}, NONE},
    {0x56100080, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, "VM_CONSOLE_CHARS", IN_2021, {"notify_vm_console_chars"}, NONE},
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void expect_layouts(const struct row *row, const struct gunyah_rm_layout_info *const layouts[2],
                           const char *const names[2])
{
    for (unsigned i = 0; i < 2; i++) {
        const char *name = layouts[i] ? layouts[i]->name : "none";

        cr_expect_str_eq(name, names[i] ? names[i] : "none", "%s has layout %s", row->name, name);
    }
}

static void expect_rows(const struct row *rows, size_t count, bool notification)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        const struct gunyah_rm_message_shape *message = gunyah_rm_message_info(row->number);

        cr_expect_eq(row->id, row->number, "%s is 0x%08x", row->name, row->id);
        cr_expect_str_eq(gunyah_rm_message_name(row->number), row->name);
        cr_assert(message != NULL, "%s", row->name);
        cr_expect_str_eq(message->name, row->name);
        cr_expect_eq(message->id, row->number, "%s", row->name);
        cr_expect_eq((int)message->since, row->since, "%s", row->name);
        cr_expect_eq(message->notification, notification, "%s", row->name);
        expect_layouts(row, message->data, row->data);
        expect_layouts(row, message->reply, row->reply);
    }
}

Test(rm_vectors, messages)
{
    uint32_t id = 0;
    size_t count = 0;

    expect_rows(requests, COUNT(requests), false);
    expect_rows(notifications, COUNT(notifications), true);
    while (gunyah_rm_next_message(&id) != NULL)
        count++;
    cr_expect_eq(count, COUNT(requests) + COUNT(notifications), "%zu messages", count);
}

Test(rm_vectors, errors)
{
    static const struct {
        uint32_t id;
        uint32_t errors[6];
    } rows[] = {
        {0x56000001, {3, 2}},
        {0x56000002, {3, 0x14}},
        {0x56000006, {0xd, 3, 0x14}},
        {0x56000017, {2, 3}},
        {0x51000015, {7, 3, 0xb, 6}},
        {0x56000051, {0xf, 0x10, 1}},
        {0x51000018, {6, 7, 3, 0xa, 9}},
        {0x51000021, {3, 0xffffffff, 6, 5, 7}},
    };
    const struct gunyah_rm_message_shape *message;
    uint32_t id = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const uint32_t *errors = gunyah_rm_message_info(rows[i].id)->errors;
        size_t count = 0;
        do
            cr_expect_eq(errors[count], rows[i].errors[count], "0x%x", rows[i].id);
        while (rows[i].errors[count++] != 0);
    }
    cr_expect(gunyah_rm_message_info(0x56000024)->errors == NULL, "VM_GET_VMID");
    while ((message = gunyah_rm_next_message(&id)) != NULL) {
        for (const uint32_t *error = message->errors; error != NULL && *error != 0; error++)
            cr_expect_neq(gunyah_rm_error_name(*error), NULL, "%s", message->name);
    }
}

Test(rm_vectors, ids_without_a_message)
{
    static const uint32_t unused[] = {0, 3, 0x51000016, 0x51000019, 0x5600000c, 0x56000100, 0x51100010, 0xffffffff};

    for (size_t i = 0; i < COUNT(unused); i++) {
        cr_expect(gunyah_rm_message_info(unused[i]) == NULL, "0x%x", unused[i]);
        cr_expect_str_eq(gunyah_rm_message_name(unused[i]), "unknown");
    }
}

static bool is_among(const struct rm_names *covered, const char *name)
{
    for (unsigned i = 0; i < covered->count; i++) {
        if (strcmp(covered->names[i], name) == 0)
            return true;
    }
    return false;
}

static void expect_covered(const struct rm_book *book, const struct gunyah_rm_layout_info *layout)
{
    if (layout == NULL)
        return;
    if (layout->field_count > 0)
        cr_expect(is_among(&book->codecs, layout->name), "%s: no vector", layout->name);
    if (layout->list_count > 0)
        cr_expect(is_among(&book->shapes, layout->name), "%s: no vector with its lists", layout->name);
    for (unsigned i = 0; i < layout->list_count; i++) {
        expect_covered(book, layout->lists[i].header);
        expect_covered(book, layout->lists[i].entries[0]);
        expect_covered(book, layout->lists[i].entries[1]);
    }
}

Test(rm_vectors, cover_every_layout)
{
    const struct gunyah_rm_message_shape *message;
    struct rm_book book = {0};
    uint32_t id = 0;

    gunyah_vectors_rm_vm(&book);
    gunyah_vectors_rm_query(&book);
    gunyah_vectors_rm_memory(&book);
    gunyah_vectors_rm_device(&book);
    while ((message = gunyah_rm_next_message(&id)) != NULL) {
        for (unsigned i = 0; i < 2; i++) {
            expect_covered(&book, message->data[i]);
            expect_covered(&book, message->reply[i]);
        }
    }
}

// The header of a packet is no part of a message.
Test(rm_vectors, header)
{
    static const uint8_t expected[] = {0x21, 0x05, 0x34, 0x12, 0x12, 0x00, 0x00, 0x51};
    const struct rm_header header = {.api = 0x21, .type = 0x05, .sequence = 0x1234, .id = 0x51000012};
    struct rm_header got = {0};
    uint8_t bytes[sizeof(expected)];

    cr_expect_eq(rm_put_header(bytes, &header), sizeof(expected));
    cr_expect_eq(memcmp(bytes, expected, sizeof(expected)), 0);
    cr_expect(!rm_get_header(expected, sizeof(expected) - 1, &got));
    cr_assert(rm_get_header(expected, sizeof(expected), &got));
    cr_expect_eq(got.api, 0x21);
    cr_expect_eq(got.type, 0x05);
    cr_expect_eq(got.sequence, 0x1234);
    cr_expect_eq(got.id, 0x51000012);
}
