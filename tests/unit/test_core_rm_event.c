// SPDX-License-Identifier: BSD-3-Clause
// Notifications: what each of them says, that none is mixed up, and what happens when there are too many.
#include "fake_rm.h"

static void expect_event(struct fake_rm *rm, struct gunyah_rm_event *event, uint32_t id, size_t size)
{
    memset(event, 0xee, sizeof(*event));
    cr_assert_eq(gunyah_rm_next_event(rm->rm, event, 0), GUNYAH_OK);
    cr_assert_eq(event->id, id);
    cr_assert_eq(event->size, size);
    cr_expect_eq((uintptr_t)event->payload % 8, 0u);
}

static void expect_none(struct fake_rm *rm)
{
    struct gunyah_rm_event event = {.id = 99};

    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(event.id, 99u, "untouched");
}

// ---- every kind --------------------------------------------------------------------------------------------------

Test(core_rm_event, vm_status_and_shutdown)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x56100008, "\x80\0\0\0\x03\x04\x34\x12", 8);
    fake_rm_notifies(rm, 0x56100002, "\x01\0\0\0", 4);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    cr_expect_eq(event.vm_status.vmid.value, 0x80);
    cr_expect_eq(event.vm_status.state, GUNYAH_VM_STATE_RUNNING);
    cr_expect_eq(event.vm_status.os, GUNYAH_OS_STATUS_RUN);
    cr_expect_eq(event.vm_status.application, 0x1234);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_SHUTDOWN, 4);
    cr_expect_eq(event.vm_shutdown.reason, (uint32_t)GUNYAH_VM_STOP_REASON_RESTART);
    expect_none(rm);
    fake_rm_close(rm);
}

Test(core_rm_event, vm_exited)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x56100001, "\x80\0\x03\0\x10\0\0\0\0\x80\0\0reset2-cooki", 24);
    fake_rm_notifies(rm, 0x56100001, "\x81\0\x01\0\0\0\0\0", 8);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_EXITED, 24);
    cr_expect_eq(event.vm_exited.vmid.value, 0x80);
    cr_expect_eq(event.vm_exited.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2);
    cr_expect_eq(event.vm_exited.reason_size, 16u);
    cr_expect_arr_eq(event.vm_exited.reason, "\0\x80\0\0reset2-cooki", 16);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_EXITED, 8);
    cr_expect_eq(event.vm_exited.vmid.value, 0x81);
    cr_expect_eq(event.vm_exited.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    cr_expect_eq(event.vm_exited.reason_size, 0u);
    fake_rm_close(rm);
}

Test(core_rm_event, memory)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x51100011, "\1\2\3\4\0\2\1\0\x03\0\0\0\x78\x56\x34\x12\x44\x33\x22\x11\1\0\0\0lists", 29);
    fake_rm_notifies(rm, 0x51100012, "\x05\0\0\0\x80\0\0\0\x09\0\0\0", 12);
    fake_rm_notifies(rm, 0x51100013, "\x06\0\0\0\x81\0\0\0\x0a\0\0\0", 12);
    fake_rm_notifies(rm, 0x51100014, "\x07\0\0\0\x0b\0\0\0", 8);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_MEM_SHARED, 29);
    cr_expect_eq(event.mem_shared.parcel, 0x04030201u);
    cr_expect_eq(event.mem_shared.type, GUNYAH_MEMPARCEL_TYPE_NORMAL);
    cr_expect_eq(event.mem_shared.transaction, GUNYAH_MEMPARCEL_TRANSACTION_SHARE);
    cr_expect_eq(event.mem_shared.flags, GUNYAH_RM_MEM_SHARED_FLAG_SANITIZED);
    cr_expect_eq(event.mem_shared.owner.value, 3);
    cr_expect_eq(event.mem_shared.label, 0x12345678u);
    cr_expect_eq(event.mem_shared.tag, 0x11223344u);
    cr_expect_arr_eq((const char *)event.payload + 24, "lists", 5);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_MEM_RELEASED, 12);
    cr_expect_eq(event.mem.parcel, 5u);
    cr_expect_eq(event.mem.vmid.value, 0x80);
    cr_expect_eq(event.mem.tag, 9u);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_MEM_ACCEPTED, 12);
    cr_expect_eq(event.mem.parcel, 6u);
    cr_expect_eq(event.mem.vmid.value, 0x81);
    cr_expect_eq(event.mem.tag, 10u);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_MEM_RECALL, 8);
    cr_expect_eq(event.mem_recall.parcel, 7u);
    cr_expect_eq(event.mem_recall.tag, 11u);
    fake_rm_close(rm);
}

Test(core_rm_event, interrupts_and_console)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x56100011, "\x03\0\0\0\x05\0\0\0\x06\0\0\0", 12);
    fake_rm_notifies(rm, 0x56100012, "\x07\0\0\0", 4);
    fake_rm_notifies(rm, 0x56100013, "\x08\0\0\0", 4);
    fake_rm_notifies(rm, 0x56100080, "\x80\0\x05\0hello", 9);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_IRQ_LENT, 12);
    cr_expect_eq(event.irq_lent.owner.value, 3);
    cr_expect_eq(event.irq_lent.handle, 5u);
    cr_expect_eq(event.irq_lent.label, 6u);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED, 4);
    cr_expect_eq(event.irq.handle, 7u);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED, 4);
    cr_expect_eq(event.irq.handle, 8u);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, 9);
    cr_expect_eq(event.console.vmid.value, 0x80);
    cr_expect_eq(event.console.size, 5);
    cr_expect_arr_eq(event.console.text, "hello", 5);
    fake_rm_close(rm);
}

Test(core_rm_event, kinds_without_a_member)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x56100060, "\x03\0\0\0\x05\0\0\0", 8);
    fake_rm_notifies(rm, 0x12345678, NULL, 0);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_DEVICE_DONATED, 8);
    cr_expect_arr_eq(event.payload, "\x03\0\0\0\x05\0\0\0", 8);
    expect_event(rm, &event, 0x12345678, 0);
    fake_rm_close(rm);
}

// One byte less than the fields, or than what they say, is nothing.
Test(core_rm_event, too_short)
{
    static const struct {
        uint32_t id;
        size_t size;
    } rows[] = {
        {0x51100011, 20}, {0x51100012, 12}, {0x51100013, 12}, {0x51100014, 8}, {0x56100001, 8}, {0x56100002, 4},
        {0x56100008, 8},  {0x56100011, 12}, {0x56100012, 4},  {0x56100013, 4}, {0x56100080, 4},
    };
    static const uint8_t zeros[20] = {0};
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake_rm_notifies(rm, rows[i].id, zeros, rows[i].size - 1);
        fake_rm_notifies(rm, rows[i].id, zeros, rows[i].size);
        expect_event(rm, &event, rows[i].id, rows[i].size);
        expect_none(rm);
        cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, i + 1);
    }
    fake_rm_notifies(rm, 0x56100001, "\x80\0\x01\0\x05\0\0\0abcd", 12);
    fake_rm_notifies(rm, 0x56100001, "\x80\0\x01\0\xff\xff\xff\xff!", 9);
    fake_rm_notifies(rm, 0x56100080, "\x80\0\x05\0four", 8);
    expect_none(rm);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, sizeof(rows) / sizeof(rows[0]) + 3);
    fake_rm_close(rm);
}

// ---- order -------------------------------------------------------------------------------------------------------

static void notifies_and_replies(struct fake_rm *rm)
{
    fake_rm_vm_status(rm, 2, 1);
    fake_rm_replies(rm, 0, NULL, 0);
    fake_rm_vm_status(rm, 3, 1);
}

Test(core_rm_event, around_a_request)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    rm->on_request = notifies_and_replies;
    fake_rm_vm_status(rm, 1, 1);
    cr_expect_eq(fake_rm_ask(rm, 0x56000024, NULL, 0), GUNYAH_OK);
    for (uint16_t vmid = 1; vmid <= 3; vmid++) {
        expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
        cr_expect_eq(event.vm_status.vmid.value, vmid);
    }
    expect_none(rm);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->notifications, 3u);
    fake_rm_close(rm);
}

Test(core_rm_event, null)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_vm_status(rm, 1, 1);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_next_event(NULL, &event, 0), GUNYAH_ERR_NULL);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    fake_rm_close(rm);
}

// ---- several packets ---------------------------------------------------------------------------------------------

static const uint8_t *shared(void)
{
    static uint8_t payload[600];

    for (size_t i = 20; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 3);
    return payload;
}

Test(core_rm_event, of_several_packets)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x51100011, shared(), 600);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_MEM_SHARED, 600);
    cr_expect_arr_eq(event.payload, shared(), 600);
    expect_none(rm);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->notifications, 1u);
    fake_rm_close(rm);
}

Test(core_rm_event, cut_off)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;

    fake_rm_says(rm, NOTIFICATION, 2, 7, 0x51100011, shared(), 232);
    fake_rm_says(rm, CONTINUATION, 2, 7, 0x51100011, shared() + 232, 232);
    fake_rm_vm_status(rm, 1, 1);
    fake_rm_says(rm, CONTINUATION, 2, 7, 0x51100011, shared() + 464, 136);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    expect_none(rm);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 2u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->lost_events, 0u);
    fake_rm_close(rm);
}

// ---- too many ----------------------------------------------------------------------------------------------------

static struct fake_rm *open_with_event_bytes(uint32_t event_bytes)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    options.event_bytes = event_bytes;
    rm->on_request = fake_rm_ok;
    fake_rm_connect(rm, &options);
    return rm;
}

Test(core_rm_event, the_newest_are_lost)
{
    struct fake_rm *rm = open_with_event_bytes(240); // fifteen times 8 + 8
    struct gunyah_rm_event event;

    for (uint16_t vmid = 1; vmid <= 20; vmid++)
        fake_rm_vm_status(rm, vmid, 3);
    cr_expect_eq(fake_rm_ask(rm, 0x56000024, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->notifications, 20u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->lost_events, 5u);
    for (uint16_t vmid = 1; vmid <= 15; vmid++) {
        expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
        cr_expect_eq(event.vm_status.vmid.value, vmid);
    }
    expect_none(rm);
    fake_rm_vm_status(rm, 21, 3);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    cr_expect_eq(event.vm_status.vmid.value, 21);
    fake_rm_close(rm);
}

static void is_running(struct fake_rm *rm)
{
    fake_rm_replies(rm, 0, "\x03\0\0\0", 4);
}

// What is lost as an event is known all the same.
Test(core_rm_event, states_are_never_lost)
{
    struct fake_rm *rm = open_with_event_bytes(240);
    struct gunyah_vm_status status;
    struct gunyah_vm *vm;

    rm->on_request = is_running;
    cr_assert_eq(gunyah_vm_open(gunyah_rm_vmm(rm->rm), gunyah_vmid(20), &vm), GUNYAH_OK);
    for (uint16_t vmid = 1; vmid <= 20; vmid++)
        fake_rm_vm_status(rm, vmid, GUNYAH_VM_STATE_EXITED);
    cr_expect_eq(gunyah_vm_get_status(vm, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_EXITED);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->lost_events, 5u);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    fake_rm_close(rm);
}

Test(core_rm_event, larger_than_all_the_room)
{
    struct fake_rm *rm = open_with_event_bytes(600);
    struct gunyah_rm_event event;

    fake_rm_notifies(rm, 0x51100011, shared(), 600);
    fake_rm_vm_status(rm, 1, 1);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->lost_events, 1u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 0u);
    fake_rm_close(rm);
}

// What was handed out stays until the next one is asked for, whatever comes in between.
Test(core_rm_event, lives_until_the_next_one)
{
    struct fake_rm *rm = open_with_event_bytes(240);
    struct gunyah_rm_event event, next;

    fake_rm_notifies(rm, 0x56100080, "\x80\0\x05\0hello", 9);
    expect_event(rm, &event, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, 9);
    for (uint16_t vmid = 1; vmid <= 20; vmid++)
        fake_rm_vm_status(rm, vmid, 3);
    cr_expect_eq(fake_rm_ask(rm, 0x56000024, NULL, 0), GUNYAH_OK);
    cr_expect_arr_eq(event.console.text, "hello", 5);
    expect_event(rm, &next, GUNYAH_RM_NOTIFY_VM_STATUS, 8);
    cr_expect_eq(next.vm_status.vmid.value, 1);
    fake_rm_close(rm);
}
