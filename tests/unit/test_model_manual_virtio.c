// SPDX-License-Identifier: BSD-3-Clause
// The model as the manual says and as it was recorded, one test for each row of docs/fidelity.md: virtio devices, hardware
// interrupts.
#include "model_machine.h"

#include "calls.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))
#define AT UINT64_C(0x100000) // where the driver sees the registers
#define READ UINT64_C(0xf0044)
#define QUEUES 2u
#define HAS_TYPE GUNYAH_VIRTIO_OPTION_FLAGS_VALID_DEVICE_TYPE_MASK
#define OWNER 40
#define DRIVER_OK 4u
#define NEEDS_RESET 0x40u

// Registers of the driver.
enum { QUEUE_SELECT = 0x30, QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, STATUS = 0x70, CONFIG = 0x100 };

// Returns a device whose registers the root VM sees, and whose owner's interrupt is bound to OWNER.
static uint64_t make_device(struct machine *machine, uint64_t flags)
{
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, 6);
    const uint64_t device = MAKE(machine, VIRTIO_MMIO);

    IS(ASK(machine, VIRTIO_MMIO_CONFIGURE, device, extent, QUEUES, flags, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT),
       GUNYAH_HVERR_OK);
    IS(activate(machine, device), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_MAP, machine->root.addrspace.value, extent, AT, READ), GUNYAH_HVERR_OK);
    IS(ASK(machine, VIRTIO_MMIO_FRONTEND_BIND_VIRQ, device, machine->root.vic.value, OWNER), GUNYAH_HVERR_OK);
    return device;
}

// A store of the driver.
static int store(struct machine *machine, uint64_t offset, uint32_t size, uint64_t value)
{
    return (int)gunyah_model_store(machine->model, ROOT, AT + offset, size, value);
}

static uint32_t word_at(const struct machine *machine, uint32_t offset)
{
    const uint8_t *bytes = machine->memory + offset;

    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// Returns QueueReady as the owner sees it.
static uint64_t is_ready(struct machine *machine, uint64_t device, uint32_t queue)
{
    IS(ASK(machine, VIRTIO_MMIO_BACKEND_GET_QUEUE_INFO, device, queue), GUNYAH_HVERR_OK);
    return machine->x[2];
}

static void acknowledged_reset(struct machine *machine)
{
    const uint64_t device = make_device(machine, 0);

    // A queue that becomes ready while the reset is on its way.
    IS(store(machine, QUEUE_SELECT, 4, 1), GUNYAH_MODEL_STORE_DONE);
    IS(store(machine, QUEUE_READY, 4, 1), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u64, is_ready(machine, device, 1), 1));
    IS(ASK(machine, VIRTIO_MMIO_BACKEND_ACKNOWLEDGE_RESET, device), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, is_ready(machine, device, 1), machine->manual ? 0 : 1));
    cr_expect(eq(u32, word_at(machine, QUEUE_READY), machine->manual ? 0 : 1));
    cr_expect(eq(u32, word_at(machine, STATUS), 0));
}

Test(model_manual_virtio, acknowledged_reset)
{
    in_both_modes(acknowledged_reset);
}

static void input_with_too_many(struct machine *machine)
{
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_ARGUMENT_INVALID);
    const uint64_t device = make_device(machine, HAS_TYPE);

    IS(ASK(machine, VIRTIO_INPUT_CONFIGURE, device, 0x1122, 1, 33, 0), refused);
    IS(ASK(machine, VIRTIO_INPUT_CONFIGURE, device, 0x1122, 1, 0, 65), refused);
    // Whether the ids were stored all the same: the driver selects them.
    IS(store(machine, CONFIG, 1, GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u8, machine->memory[CONFIG + 2], machine->manual ? 0 : 8));
    IS(ASK(machine, VIRTIO_INPUT_CONFIGURE, device, 0x3344, 1, 32, 64), GUNYAH_HVERR_OK);
    IS(store(machine, CONFIG, 1, GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u32, word_at(machine, CONFIG + 8), 0x3344));
}

Test(model_manual_virtio, input_with_too_many)
{
    in_both_modes(input_with_too_many);
}

static void input_data(struct machine *machine)
{
    static const struct {
        uint32_t select;
        uint32_t subselect;
        uint32_t size;
        int32_t manual;
        int32_t recorded;
    } rows[] = {
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 128, GUNYAH_HVERR_OK, GUNYAH_HVERR_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 129, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 0, GUNYAH_HVERR_OK, GUNYAH_HVERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_SERIAL, 1, 4, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 0, 8, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0, 4, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 31, 0, GUNYAH_HVERR_OK, GUNYAH_HVERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 63, 19, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 63, 21, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 64, 20, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ARGUMENT_INVALID},
    };
    const uint64_t device = make_device(machine, HAS_TYPE);

    IS(ASK(machine, VIRTIO_INPUT_CONFIGURE, device, 0, 0, 1, 2), GUNYAH_HVERR_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        IS(ASK(machine, VIRTIO_INPUT_SET_DATA, device, rows[i].select, rows[i].subselect, rows[i].size, RAM),
           by_mode(machine, rows[i].manual, rows[i].recorded));
    // Nothing has taken no place: there is one still.
    IS(ASK(machine, VIRTIO_INPUT_SET_DATA, device, GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 1, 4, RAM), GUNYAH_HVERR_OK);
    IS(ASK(machine, VIRTIO_INPUT_SET_DATA, device, GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 2, 4, RAM),
       GUNYAH_HVERR_NORESOURCES);
    // A name of no bytes is none, also where there was one.
    IS(store(machine, CONFIG, 1, GUNYAH_VIRTIO_INPUT_SELECT_NAME), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u8, machine->memory[CONFIG + 2], 0));
}

Test(model_manual_virtio, input_data)
{
    in_both_modes(input_data);
}

static void reserved_flags(struct machine *machine)
{
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, 6);
    const uint64_t device = MAKE(machine, VIRTIO_MMIO);

    IS(ASK(machine, VIRTIO_MMIO_CONFIGURE, device, extent, QUEUES, 1),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
}

Test(model_manual_virtio, reserved_flags)
{
    in_both_modes(reserved_flags);
}

static void reset_by_the_driver(struct machine *machine)
{
    const uint64_t device = make_device(machine, 0); // its owner's interrupt is one for levels

    IS(store(machine, STATUS, 4, DRIVER_OK), GUNYAH_MODEL_STORE_DONE);
    IS(store(machine, STATUS, 4, 0), by_mode(machine, GUNYAH_MODEL_STORE_DONE, GUNYAH_MODEL_STORE_FAULT));
    // It is on its way all the same.
    cr_expect(eq(u32, word_at(machine, STATUS), DRIVER_OK | NEEDS_RESET));
    IS(ASK(machine, VIRTIO_MMIO_BACKEND_GET_NOTIFICATION, device), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[2],
                 GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_RESET_RQST_MASK | GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_DRIVER_OK_MASK));
}

Test(model_manual_virtio, reset_by_the_driver)
{
    in_both_modes(reset_by_the_driver);
}

static void notified_queue(struct machine *machine)
{
    const uint64_t device = make_device(machine, 0);
    const int32_t none = by_mode(machine, GUNYAH_MODEL_STORE_FAULT, GUNYAH_MODEL_STORE_DONE);

    IS(store(machine, QUEUE_NOTIFY, 4, 1), GUNYAH_MODEL_STORE_DONE);
    IS(store(machine, QUEUE_NOTIFY, 4, QUEUES), none);
    IS(store(machine, QUEUE_NOTIFY, 4, 64), none);
    IS(ASK(machine, VIRTIO_MMIO_BACKEND_GET_NOTIFICATION, device), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], machine->manual ? 2 : 7));
}

Test(model_manual_virtio, notified_queue)
{
    in_both_modes(notified_queue);
}

static void stored_configuration(struct machine *machine)
{
    make_device(machine, 0);
    memset(machine->memory + CONFIG, 0xee, 16);
    IS(store(machine, CONFIG, 4, 6), GUNYAH_MODEL_STORE_DONE);
    // The value; or as many bytes as the value says, the first of which is the size.
    cr_expect(eq(u32, word_at(machine, CONFIG), machine->manual ? 6 : 4));
    cr_expect(eq(u32, word_at(machine, CONFIG + 4), machine->manual ? 0xeeeeeeee : 0xeeee0000));
    IS(store(machine, CONFIG + 9, 1, 1), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u8, machine->memory[CONFIG + 9], 1));
    cr_expect(eq(u8, machine->memory[CONFIG + 10], 0xee));
}

Test(model_manual_virtio, stored_configuration)
{
    in_both_modes(stored_configuration);
}

// ---- where the real hypervisor stops ------------------------------------------------------------------------------------

static void configuration_over_the_end(struct machine *machine)
{
    make_device(machine, 0);
    IS(store(machine, CONFIG, 4, 0x1000), by_mode(machine, GUNYAH_MODEL_STORE_DONE, GUNYAH_MODEL_STORE_CRASHED));
    if (!machine->manual)
        return;
    cr_expect(eq(u32, word_at(machine, CONFIG), 0x1000));
    IS(store(machine, 0xffc, 4, 7), GUNYAH_MODEL_STORE_DONE);
    IS(store(machine, 0xffe, 4, 7), GUNYAH_MODEL_STORE_FAULT);
    cr_expect(eq(u32, word_at(machine, 0xffc), 7));
}

Test(model_manual_virtio, configuration_over_the_end)
{
    in_both_modes(configuration_over_the_end);
}

static void no_queues(struct machine *machine)
{
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, 6);
    const uint64_t device = MAKE(machine, VIRTIO_MMIO);

    IS(ASK(machine, VIRTIO_MMIO_CONFIGURE, device, extent, 0), GUNYAH_HVERR_OK);
    IS(activate(machine, device), by_mode(machine, GUNYAH_HVERR_OBJECT_CONFIG, STOPPED));
    if (!machine->manual)
        return;
    // The page is free for another device.
    const uint64_t other = MAKE(machine, VIRTIO_MMIO);
    IS(ASK(machine, VIRTIO_MMIO_CONFIGURE, other, extent, 1), GUNYAH_HVERR_OK);
    IS(activate(machine, other), GUNYAH_HVERR_OK);
    IS(delete_cap(machine, device), GUNYAH_HVERR_OK);
}

Test(model_manual_virtio, no_queues)
{
    in_both_modes(no_queues);
}

// ---- hardware interrupts ------------------------------------------------------------------------------------------------

// No call makes an object that could be unbound: the answer is asked for behind the look-up.
static void hardware_interrupt(struct machine *machine)
{
    struct model_call call = {.model = machine->model};

    IS(gunyah_model_hwirq_unbind_virq(&call), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_VIRQ_NOT_BOUND));
}

Test(model_manual_virtio, hardware_interrupt)
{
    in_both_modes(hardware_interrupt);
}
