// SPDX-License-Identifier: BSD-3-Clause
// Registers that simulated VMs write, as the driver of a virtio device does. Clocks are in test_sim_rm_rtc.c.

#include "sim_internal.h"
#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define MEMORY UINT64_C(0x800000000) // of the root partition, as docs/simulator.md says
#define PAGE UINT64_C(0x1000)
#define AT UINT64_C(0x100000) // where the driver sees the registers
#define READ UINT64_C(0xf0044)
#define READ_WRITE UINT64_C(0xf0066)
#define QUEUES 2

// Registers of the driver.
enum { QUEUE_SELECT = 0x30, QUEUE_READY = 0x44, STATUS = 0x70, CONFIG = 0x100 };

// A machine whose root VM has the page of a virtio device, mapped like this.
struct virtio {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    uint64_t device;
};

// A call of the root VM by the immediate convention. Returns x1.
static uint64_t ask(const struct virtio *virtio, uint32_t number, const uint64_t arguments[5])
{
    struct gunyah_registers registers = {{0}};

    memcpy(registers.x, arguments, 5 * sizeof(arguments[0]));
    vm_raw(virtio->vm, GUNYAH_CONDUIT_HVC, (uint16_t)(GUNYAH_IMMEDIATE_BASE + number), &registers);
    cr_assert(eq(u64, registers.x[0], GUNYAH_HVERR_OK), "call 0x%x", number);
    return registers.x[1];
}

#define ASK(virtio, name, ...) ask((virtio), GUNYAH_HYPERCALL_##name, (const uint64_t[5]){__VA_ARGS__})

static struct virtio new_virtio(uint64_t how)
{
    struct gunyah_sim_vm_info root = GUNYAH_SIM_VM_INFO_INIT;
    struct virtio virtio = {.sim = new_sim(1)};
    uint64_t extent;

    virtio.vm = gunyah_sim_root(virtio.sim);
    cr_assert(eq(int, gunyah_sim_get_vm_info(virtio.vm, &root), GUNYAH_OK));
    extent = ASK(&virtio, PARTITION_CREATE_MEMEXTENT, root.partition.value, root.cspace.value);
    virtio.device = ASK(&virtio, PARTITION_CREATE_VIRTIO_MMIO, root.partition.value, root.cspace.value);
    ASK(&virtio, MEMEXTENT_CONFIGURE, extent, MEMORY, PAGE, 6);
    ASK(&virtio, OBJECT_ACTIVATE, extent);
    ASK(&virtio, VIRTIO_MMIO_CONFIGURE, virtio.device, extent, QUEUES);
    ASK(&virtio, OBJECT_ACTIVATE, virtio.device);
    ASK(&virtio, ADDRSPACE_MAP, virtio.vm->parts.addrspace.value, extent, AT, how);
    return virtio;
}

static enum gunyah_error store(const struct virtio *virtio, uint64_t offset, size_t bytes, uint64_t value)
{
    return gunyah_sim_write_register(virtio->vm, AT + offset, bytes, value);
}

static uint64_t is_ready(const struct virtio *virtio, uint64_t queue)
{
    struct gunyah_registers registers = {{virtio->device, queue}};

    vm_raw(virtio->vm, GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_QUEUE_INFO,
           &registers);
    cr_assert(eq(u64, registers.x[0], GUNYAH_HVERR_OK));
    return registers.x[2];
}

Test(sim_register, a_driver_writes)
{
    struct virtio virtio = new_virtio(READ);
    const uint64_t now = gunyah_sim_now(virtio.sim);
    uint64_t value = 77;

    cr_expect(eq(int, store(&virtio, QUEUE_SELECT, 4, 1), GUNYAH_OK));
    cr_expect(eq(int, store(&virtio, QUEUE_READY, 4, UINT64_C(0x100000001)), GUNYAH_OK));
    cr_expect(eq(u64, gunyah_sim_now(virtio.sim), now + 2000));
    cr_expect(eq(u64, is_ready(&virtio, 0), 0));
    cr_expect(eq(u64, is_ready(&virtio, 1), 1));
    // What the device does not take.
    cr_expect(eq(int, store(&virtio, QUEUE_SELECT, 4, QUEUES), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(int, store(&virtio, QUEUE_READY, 2, 0), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(int, store(&virtio, QUEUE_READY, 8, 0), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(int, store(&virtio, PAGE, 4, 0), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(u64, is_ready(&virtio, 1), 1));
    // It reads memory.
    cr_expect(eq(int, gunyah_sim_read_register(virtio.vm, AT + QUEUE_READY, 4, &value), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(u64, value, 77));
    gunyah_sim_destroy(&virtio.sim);
}

// What is mapped to be written goes nowhere else.
Test(sim_register, memory_is_none)
{
    struct virtio virtio = new_virtio(READ_WRITE);

    cr_expect(eq(int, store(&virtio, QUEUE_READY, 4, 1), GUNYAH_ERR_ADDR_INVALID));
    cr_expect(eq(u64, is_ready(&virtio, 0), 0));
    gunyah_sim_destroy(&virtio.sim);
}

// The hypervisor takes the value for the length, and runs over the end of the page.
Test(sim_register, a_store_that_stops_the_hypervisor)
{
    struct virtio virtio = new_virtio(READ);

    cr_expect(eq(int, store(&virtio, CONFIG, 4, 0x1000), GUNYAH_ERR_CRASHED));
    cr_expect(eq(str, (char *)gunyah_sim_last_error(virtio.sim), "the store has stopped the hypervisor"));
    cr_expect(eq(int, store(&virtio, STATUS, 4, 1), GUNYAH_ERR_CRASHED));
    cr_expect(eq(str, (char *)gunyah_sim_last_error(virtio.sim), "the hypervisor has stopped"));
    gunyah_sim_destroy(&virtio.sim);
}
