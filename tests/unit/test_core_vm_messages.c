// SPDX-License-Identifier: BSD-3-Clause
// What the functions of vm.h send, byte by byte, and what they read.
#include "scripted_rm.h"

// ---- making and opening ------------------------------------------------------------------------------------------

static const struct gunyah_vmm *vmm_of(struct fake_rm *rm)
{
    return gunyah_rm_vmm(rm->rm);
}

Test(core_vm_messages, any_vm)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm;
    struct gunyah_vm_status status;

    script_word(SCRIPT_VMID);
    cr_assert_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000001, 0, 0, 0, 0);
    cr_expect_eq(gunyah_vm_vmid(vm).value, SCRIPT_VMID);
    cr_expect_eq(gunyah_vm_get_status(vm, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_LOAD);
    cr_expect_eq(script_requests(rm), 1u, "nobody was asked for the state");
    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_ERR_IN_USE);
    script_close(rm, &vm);
}

// The reply of who asks for a VMID is the error word alone, or has the VMID too.
Test(core_vm_messages, wanted_vm)
{
    struct fake_rm *rm = script_open();

    for (unsigned words = 0; words < 3; words++) {
        const uint32_t data[2] = {20, 0x1234};
        struct gunyah_vm *vm;

        script_reply(0, data, words * 4);
        cr_assert_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){20}, &vm), GUNYAH_OK);
        SCRIPT_SENT(rm, 0x56000001, 20, 0, 0, 0);
        cr_expect_eq(gunyah_vm_vmid(vm).value, 20);
        cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    }
    script_close(rm, NULL);
}

Test(core_vm_messages, create_refused)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = (struct gunyah_vm *)rm;
    struct gunyah_vmm_ops old = *vmm_of(rm)->ops;
    struct gunyah_vmm vmm = *vmm_of(rm);

    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){64}, &vm), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_null(vm);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_ARGUMENT_INVALID, "gunyah_vm_create");
    cr_expect_eq(gunyah_vm_create(NULL, (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_open(NULL, (gunyah_vmid_t){5}, &vm), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){5}, NULL), GUNYAH_ERR_NULL);
    old.size--;
    vmm.ops = &old;
    cr_expect_eq(gunyah_vm_create(&vmm, (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_vm_open(&vmm, (gunyah_vmid_t){5}, &vm), GUNYAH_ERR_OPTION);
    vmm.ops = NULL;
    cr_expect_eq(gunyah_vm_create(&vmm, (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_NULL);
    cr_expect_eq(rm->fake.calls, 0u, "nothing leaves");

    script_error(3);
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_DENIED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 3, "VM_ALLOCATE");
    script_error(2);
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){63}, &vm), GUNYAH_ERR_NO_RESOURCES);
    // Who asks for any VM has to be told which one it is.
    script_error(0);
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_PROTOCOL);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_PROTOCOL, "gunyah_vm_create");
    script_word(0);
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_PROTOCOL);
    script_error(0)->silent = true;
    cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_TIMEOUT);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_vm_create");
    cr_expect_null(vm);
    script_close(rm, NULL);
}

Test(core_vm_messages, open)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm;
    struct gunyah_vm_status status;

    // State, what its software says, and 16 bits of its own.
    script_word(0xbeef0403);
    cr_assert_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){SCRIPT_VMID}, &vm), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000017, SCRIPT_VMID, 0, 0, 0);
    cr_expect_eq(gunyah_vm_get_status(vm, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_RUNNING);
    cr_expect_eq(status.os, GUNYAH_OS_STATUS_RUN);
    cr_expect_eq(status.application, 0xbeef);
    struct gunyah_vm *second;
    script_error(2);
    cr_expect_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){7}, &second), GUNYAH_ERR_NO_RESOURCES);
    cr_expect_null(second);
    script_failed(rm, GUNYAH_DOMAIN_RM, 2, "VM_GET_STATE");
    // There are no such states.
    script_word(7);
    cr_expect_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){7}, &second), GUNYAH_ERR_PROTOCOL);
    script_word(200);
    cr_expect_eq(gunyah_vm_open(vmm_of(rm), (gunyah_vmid_t){7}, &second), GUNYAH_ERR_PROTOCOL);
    script_close(rm, &vm);
}

Test(core_vm_messages, memory_for_handles)
{
    struct fake_rm *rm = fake_rm_new();
    struct counter counter;
    struct gunyah_open_options options = fake_options(&rm->fake);
    const struct gunyah_rm_options rm_options = fake_rm_options();
    struct gunyah_vm *vm;

    counter_init(&counter);
    options.allocator = &counter.allocator;
    cr_assert_eq(gunyah_open(&options, &rm->g), GUNYAH_OK);
    cr_assert_eq(gunyah_rm_open(rm->g, &rm_options, &rm->rm), GUNYAH_OK);
    for (unsigned i = 1; i <= 2; i++) {
        counter.fail_at = counter.requests + i;
        cr_expect_eq(gunyah_vm_create(vmm_of(rm), (gunyah_vmid_t){0}, &vm), GUNYAH_ERR_OUT_OF_MEMORY);
        cr_expect_eq(rm->sent_count, 0u, "nothing was made");
        cr_expect_null(vm);
    }
    fake_rm_close(rm);
    cr_expect_eq(counter.live, 0u);
}

Test(core_vm_messages, handles)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);
    struct gunyah_vm *stale = vm;
    struct gunyah_vm_status status;

    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    cr_expect_null(vm);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vm_close(NULL), GUNYAH_ERR_NULL);
    const unsigned calls = rm->fake.calls;
    cr_expect_eq(gunyah_vm_init(stale), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vm_init(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_get_status(stale, &status), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vm_destroy(&stale, 0, NULL), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vm_destroy(&vm, 0, NULL), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vm_destroy(NULL, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_vmid(stale).value, 0);
    cr_expect_eq(gunyah_vm_vmid(NULL).value, 0);
    cr_expect_eq(rm->fake.calls, calls, "nothing leaves");
    struct gunyah_rm *gone = rm->rm;
    cr_expect_not_null(gunyah_rm_vmm(gone));
    cr_expect_null(gunyah_rm_vmm(NULL));
    script_close(rm, NULL);
}

// ---- requests ----------------------------------------------------------------------------------------------------

Test(core_vm_messages, configure)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_LOAD);
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.authentication = GUNYAH_VM_AUTH_ANDROID;
    image.memparcel = 0x04030201;
    image.image_offset = 0x1112131415161718;
    image.image_size = 0x2122232425262728;
    image.dtb_offset = 0x3132333435363738;
    image.dtb_size = 0x4142434445464748;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000009, SCRIPT_VMID, 0, 2, 0, 0x01, 0x02, 0x03, 0x04, //
                0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,               //
                0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21,               //
                0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32, 0x31,               //
                0x48, 0x47, 0x46, 0x45, 0x44, 0x43, 0x42, 0x41);
    script_close(rm, &vm);
}

Test(core_vm_messages, configure_refused)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_LOAD);
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    const size_t before = script_requests(rm);

    cr_expect_eq(gunyah_vm_configure(vm, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_ERR_ARGUMENT_INVALID, "no parcel");
    image.memparcel = 0;
    image.size--;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_ERR_OPTION);
    image.size++;
    image.authentication = (enum gunyah_vm_auth)3;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_ERR_ARGUMENT_INVALID);
    image.authentication = GUNYAH_VM_AUTH_NONE;
    image.image_offset = UINT64_MAX;
    image.image_size = 2;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_ERR_ADDR_OVERFLOW);
    image.image_offset = 0;
    image.dtb_offset = 0x1000;
    image.dtb_size = UINT64_MAX - 0xffe;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_ERR_ADDR_OVERFLOW);
    cr_expect_eq(script_requests(rm), before, "nothing leaves");
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_ADDR_OVERFLOW, "gunyah_vm_configure");
    // The last byte is the last there is; handle 0 is a handle.
    image.dtb_size--;
    cr_expect_eq(gunyah_vm_configure(vm, &image), GUNYAH_OK);
    script_close(rm, &vm);
}

Test(core_vm_messages, authenticate)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_AUTH);

    cr_expect_eq(gunyah_vm_authenticate(vm, 0x1c), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x5600000a, SCRIPT_VMID, 0, 1, 0, 0, 0, 0, 0, 0x1c, 0, 0, 0);
    script_close(rm, &vm);
}

Test(core_vm_messages, firmware_memory)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);
    const struct gunyah_memory_region range = {0x100000, 0x2000};
    const struct gunyah_memory_region wraps = {UINT64_MAX, 2};

    cr_expect_eq(gunyah_vm_set_firmware_memory(vm, GUNYAH_RM_HANDLE_INVALID, range), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_set_firmware_memory(vm, 5, wraps), GUNYAH_ERR_ADDR_OVERFLOW);
    cr_expect_eq(script_requests(rm), 1u);
    cr_expect_eq(gunyah_vm_set_firmware_memory(vm, 5, range), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000032, SCRIPT_VMID, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0);
    // Some generations add a word to the error.
    const uint32_t extra = 0x1e;
    script_reply(3, &extra, 4);
    cr_expect_eq(gunyah_vm_set_firmware_memory(vm, 5, range), GUNYAH_ERR_DENIED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 3, "VM_SET_FIRMWARE_MEM");
    script_close(rm, &vm);
}

Test(core_vm_messages, demand_paging)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);
    struct gunyah_memory_region ranges[2] = {{0x80000000, 0x1000}, {UINT64_MAX - 0xfff, 0x1000}};
    static struct gunyah_memory_region many[914];

    cr_expect_eq(gunyah_vm_set_demand_paging(vm, NULL, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 0), GUNYAH_ERR_ARGUMENT_SIZE);
    for (size_t i = 0; i < 914; i++)
        many[i] = (struct gunyah_memory_region){i * 0x1000, 0x1000};
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, many, 914), GUNYAH_ERR_MESSAGE_TOO_LONG);
    ranges[1].size = 0;
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 2), GUNYAH_ERR_ARGUMENT_SIZE);
    ranges[1].size = 0x800;
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 2), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    ranges[1].size = 0x2000;
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 2), GUNYAH_ERR_ADDR_OVERFLOW);
    cr_expect_eq(script_requests(rm), 1u, "nothing leaves");
    ranges[1].size = 0x1000;
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 2), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000033, SCRIPT_VMID, 0, 0, 0, 2, 0, 0, 0,     //
                0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, //
                0, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0, 0, 0, 0, 0, 0);
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, many, 913), GUNYAH_OK);
    // RMs that do not know it.
    script_error(0xffffffff);
    cr_expect_eq(gunyah_vm_set_demand_paging(vm, ranges, 1), GUNYAH_ERR_UNIMPLEMENTED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0xffffffff, "VM_SET_DEMAND_PAGING");
    script_close(rm, &vm);
}

Test(core_vm_messages, address_layout)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);
    struct gunyah_memory_region range = {0x40000000, 0x200000};

    cr_expect_eq(gunyah_vm_set_address_layout(vm, (enum gunyah_vm_range)2, range), GUNYAH_ERR_ARGUMENT_INVALID);
    range.size = 0;
    cr_expect_eq(gunyah_vm_set_address_layout(vm, GUNYAH_VM_RANGE_IMAGE, range), GUNYAH_ERR_ARGUMENT_SIZE);
    range = (struct gunyah_memory_region){0x40000800, 0x200000};
    cr_expect_eq(gunyah_vm_set_address_layout(vm, GUNYAH_VM_RANGE_IMAGE, range), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect_eq(script_requests(rm), 1u);
    range.address = 0x40000000;
    cr_expect_eq(gunyah_vm_set_address_layout(vm, GUNYAH_VM_RANGE_FIRMWARE, range), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000034, SCRIPT_VMID, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0);
    script_close(rm, &vm);
}

Test(core_vm_messages, boot_registers)
{
    static const struct {
        unsigned set, registers;
    } sets[] = {{0, 31}, {1, 1}, {2, 2}, {3, 0}};
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_READY);

    for (size_t i = 0; i < 4; i++) {
        for (uint32_t index = 0; index < 40; index++) {
            const size_t before = script_requests(rm);
            const enum gunyah_error error =
                gunyah_vm_set_boot_register(vm, (enum gunyah_vm_register_set)sets[i].set, index, 0x8877665544332211);
            if (index >= sets[i].registers) {
                cr_expect_eq(error, GUNYAH_ERR_ARGUMENT_INVALID);
                cr_expect_eq(script_requests(rm), before);
                continue;
            }
            cr_expect_eq(error, GUNYAH_OK);
            SCRIPT_SENT(rm, 0x56000031, SCRIPT_VMID, 0, (uint8_t)sets[i].set, (uint8_t)index, 0, 0, 0, 0, //
                        0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
        }
    }
    cr_expect_eq(gunyah_vm_set_boot_register(vm, GUNYAH_VM_REGISTER_SET_X, 256, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    script_close(rm, &vm);
}

Test(core_vm_messages, time_base)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_READY);

    cr_expect_eq(gunyah_vm_set_time_base(vm, 0x0102030405060708, 0x1112131415161718), GUNYAH_OK);
    // Not aligned: at 4 and 12.
    SCRIPT_SENT(rm, 0x56000030, SCRIPT_VMID, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12,
                0x11);
    script_close(rm, &vm);
}

Test(core_vm_messages, debug)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);

    cr_expect_eq(gunyah_vm_set_debug(vm, true), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000035, SCRIPT_VMID, 0, 0, 1);
    cr_expect_eq(gunyah_vm_set_debug(vm, false), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000035, SCRIPT_VMID, 0, 0, 0);
    script_close(rm, &vm);
}

Test(core_vm_messages, a_life)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);

    cr_expect_eq(gunyah_vm_init(vm), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x5600000b, SCRIPT_VMID, 0, 0, 0);
    cr_expect_eq(gunyah_vm_start(vm), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000004, SCRIPT_VMID, 0, 0, 0);
    cr_expect_eq(gunyah_vm_stop(vm, false, (enum gunyah_vm_stop_reason)4), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_stop(vm, false, GUNYAH_VM_STOP_REASON_RESTART), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000005, SCRIPT_VMID, 0, 0, 0, 1, 0, 0, 0);
    cr_expect_eq(gunyah_vm_stop(vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000005, SCRIPT_VMID, 0, 1, 0, 3, 0, 0, 0);
    cr_expect_eq(gunyah_vm_reset(vm), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000006, SCRIPT_VMID, 0, 0, 0);
    cr_expect_eq(script_requests(rm), 6u);
    script_close(rm, &vm);
}

// A request of the caller's own is under way.
Test(core_vm_messages, busy)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_INIT);

    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_begin(rm->rm, 0x56000024, NULL, 0, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_init(vm), GUNYAH_ERR_BUSY);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_BUSY, "gunyah_vm_init");
    cr_expect_eq(gunyah_rm_cancel(rm->rm), GUNYAH_OK);
    rm->on_request = script_answers;
    script_word(GUNYAH_VM_STATE_INIT);
    cr_expect_eq(gunyah_vm_init(vm), GUNYAH_OK);
    script_close(rm, &vm);
}

// ---- resources ---------------------------------------------------------------------------------------------------

// Two entries as the specification has them, of 44 bytes.
static const uint8_t two_resources[] = {
    2,    0,    0,    0,                            // two of them
    0,    0,    0x85, 0,                            // a doorbell to ring, shared with VM 0x85
    0,    0,    0,    0,                            // handle
    7,    0,    0,    0,                            // label
    0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, // CapID
    0,    0,    0,    0,                            // handle of the interrupt
    0xff, 0xff, 0xff, 0xff,                         // no interrupt
    0,    0,    0,    0,    0,    0,    0,    0,    // base
    0,    0,    0,    0,    0,    0,    0,    0,    // size
    3,    0,    0x85, 0,                            // a message queue to receive from
    9,    9,    9,    9,                            // what is not looked at
    8,    0,    0,    0,                            //
    0x21, 0,    0,    0,    0,    0,    0,    0,    //
    9,    9,    9,    9,                            //
    40,   0,    0,    0,                            // interrupt 40
    0,    0x10, 0,    0,    1,    0,    0,    0,    // 0x100001000
    0,    0x20, 0,    0,    0,    0,    0,    0,    // 0x2000
};

Test(core_vm_messages, resources)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_READY);
    struct gunyah_vm_resource resources[3];
    size_t count = 9;

    for (size_t capacity = 0; capacity <= 3; capacity++) {
        memset(resources, 0x5a, sizeof(resources));
        script_reply(0, two_resources, sizeof(two_resources));
        const enum gunyah_error error = gunyah_vm_resources(vm, capacity != 0 ? resources : NULL, capacity, &count);
        cr_expect_eq(error, capacity < 2 ? GUNYAH_ERR_BUFFER_TOO_SMALL : GUNYAH_OK);
        cr_expect_eq(count, 2u);
        SCRIPT_SENT(rm, 0x56000020, SCRIPT_VMID, 0, 0, 0);
        if (capacity > 0) {
            cr_expect_eq(resources[0].type, GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND);
            cr_expect_eq(resources[0].partner.value, 0x85);
            cr_expect_eq(resources[0].label, 7u);
            cr_expect_eq(resources[0].cap.value, 0x8877665544332211u);
            cr_expect_eq(resources[0].virq.value, 0u);
            cr_expect_eq(resources[0].base, 0u);
        }
        if (capacity > 1) {
            cr_expect_eq(resources[1].type, GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_RECEIVE);
            cr_expect_eq(resources[1].label, 8u);
            cr_expect_eq(resources[1].cap.value, 0x21u);
            cr_expect_eq(resources[1].virq.value, 40u);
            cr_expect_eq(resources[1].base, 0x100001000u);
            cr_expect_eq(resources[1].size, 0x2000u);
        }
        const uint8_t *rest = (const uint8_t *)(resources + capacity);
        if (capacity < 3)
            cr_expect_eq(*rest, 0x5a, "nothing behind the room");
    }
    cr_expect_eq(gunyah_vm_resources(vm, NULL, 1, &count), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_resources(vm, resources, 1, NULL), GUNYAH_ERR_NULL);
    // It says two and has not all of them.
    script_reply(0, two_resources, sizeof(two_resources) - 1);
    cr_expect_eq(gunyah_vm_resources(vm, resources, 3, &count), GUNYAH_ERR_PROTOCOL);
    script_reply(0, two_resources, 3);
    cr_expect_eq(gunyah_vm_resources(vm, resources, 3, &count), GUNYAH_ERR_PROTOCOL);
    script_error(2);
    cr_expect_eq(gunyah_vm_resources(vm, resources, 3, &count), GUNYAH_ERR_NO_RESOURCES);
    script_failed(rm, GUNYAH_DOMAIN_RM, 2, "VM_GET_HYP_RESOURCES");
    script_close(rm, &vm);
}

static void says_resources_twice(void)
{
    for (unsigned i = 0; i < 2; i++)
        script_reply(0, two_resources, sizeof(two_resources));
}

Test(core_vm_messages, open_resources)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_READY);
    struct gunyah_doorbell *bell;
    struct gunyah_msgqueue *queue;

    says_resources_twice();
    cr_assert_eq(gunyah_vm_open_doorbell(vm, 7, true, &bell), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_capid(bell).value, 0x8877665544332211u);
    says_resources_twice();
    cr_assert_eq(gunyah_vm_open_msgqueue(vm, 8, false, 0, &queue), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_capid(queue).value, 0x21u);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 240u);
    cr_expect_eq(gunyah_msgqueue_close(&queue), GUNYAH_OK);
    // The right label and the wrong side; the wrong label.
    struct gunyah_doorbell *none = bell;
    says_resources_twice();
    cr_expect_eq(gunyah_vm_open_doorbell(vm, 7, false, &none), GUNYAH_ERR_RM_LOOKUP_FAILED);
    cr_expect_null(none);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_RM_LOOKUP_FAILED, "gunyah_vm_open_doorbell");
    says_resources_twice();
    cr_expect_eq(gunyah_vm_open_msgqueue(vm, 7, false, 0, &queue), GUNYAH_ERR_RM_LOOKUP_FAILED);
    script_word(0);
    cr_expect_eq(gunyah_vm_open_msgqueue(vm, 7, false, 0, &queue), GUNYAH_ERR_RM_LOOKUP_FAILED);
    script_error(3);
    cr_expect_eq(gunyah_vm_open_doorbell(vm, 7, true, &none), GUNYAH_ERR_DENIED);
    cr_expect_eq(gunyah_vm_open_doorbell(vm, 7, true, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_open_doorbell(NULL, 7, true, &none), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_close(&bell), GUNYAH_OK);
    script_close(rm, &vm);
}
