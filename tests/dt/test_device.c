// SPDX-License-Identifier: BSD-3-Clause
// What devices say, well and badly.
#include "trees.h"

#include <string.h>

static struct tree tree;
static struct gunyah_dt dt;
static struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

static void find(const char *path)
{
    if (tree.size == 0)
        tree_open(&tree, MADE("guest"), &dt);
    cr_assert_eq(gunyah_dt_find_path(&dt, path, &device), GUNYAH_OK, "%s: %s", path, gunyah_dt_last_problem(&dt)->text);
}

static void expect_queue(const struct gunyah_dt_queue *queue, uint64_t cap, uint32_t virq, bool level, uint32_t size,
                         uint32_t depth)
{
    cr_expect_eq(queue->cap.value, cap, "%#llx", (unsigned long long)queue->cap.value);
    cr_expect_eq(queue->interrupt.virq.value, virq, "%u", queue->interrupt.virq.value);
    cr_expect_eq(queue->interrupt.level, level);
    cr_expect_eq(queue->message_size, size);
    cr_expect_eq(queue->depth, depth);
}

static void expect_doorbell(const struct gunyah_dt_doorbell *doorbell, uint64_t cap, uint32_t virq, bool level)
{
    cr_expect_eq(doorbell->cap.value, cap, "%#llx", (unsigned long long)doorbell->cap.value);
    cr_expect_eq(doorbell->interrupt.virq.value, virq, "%u", doorbell->interrupt.virq.value);
    cr_expect_eq(doorbell->interrupt.level, level);
}

static void expect_region(uint32_t index, uint64_t address, uint64_t size)
{
    struct gunyah_dt_region region;

    cr_assert_eq(gunyah_dt_get_region(&dt, &device, index, &region), GUNYAH_OK);
    cr_expect_eq(region.address, address);
    cr_expect_eq(region.size, size);
}

Test(dt_device, resource_manager)
{
    find("/hypervisor/qcom,resource-mgr@21");
    cr_expect_eq(device.kind, GUNYAH_DT_RESOURCE_MANAGER);
    expect_queue(&device.queues.send, 0x0000111100000020, 992, false, 120, 4);
    expect_queue(&device.queues.receive, 0x0000222200000021, 993, false, 240, 8);
    cr_expect(device.queues.full_duplex);
    cr_expect(device.queues.has_free_irq_start);
    cr_expect_eq(device.queues.free_irq_start, 0);
    cr_expect_not(device.has_label);
}

// Linux requires no more than reg and interrupts of it; numbers are the Resource Manager's own.
Test(dt_device, resource_manager_of_a_real_primary_vm)
{
    tree_open(&tree, REAL("stock-debug"), &dt);
    cr_assert_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_RESOURCE_MANAGER, &device), GUNYAH_OK);
    expect_queue(&device.queues.send, 0, 960, false, 240, 8);
    expect_queue(&device.queues.receive, 1, 961, false, 240, 8);
    cr_expect_eq(device.queues.free_irq_start, 960);
    tree_open(&tree, REAL("stock-production"), &dt);
    device.node = 0;
    cr_assert_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_RESOURCE_MANAGER, &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "qcom,resource-manager-rpc@12887e980894386b");
    expect_queue(&device.queues.send, 0x12887e980894386b, 960, false, 240, 8);
    expect_queue(&device.queues.receive, 0x12887e9808940a72, 961, false, 240, 8);
}

Test(dt_device, resource_manager_without_sizes)
{
    tree_open(&tree, MADE("upstream"), &dt);
    cr_assert_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_RESOURCE_MANAGER, &device), GUNYAH_OK);
    expect_queue(&device.queues.send, 0, 35, false, 240, 8);
    expect_queue(&device.queues.receive, 1, 36, false, 240, 8);
    cr_expect_not(device.queues.has_free_irq_start);
}

Test(dt_device, message_queues)
{
    find("/hypervisor/pair@31");
    cr_expect_eq(device.kind, GUNYAH_DT_MSGQUEUE_PAIR);
    expect_queue(&device.queues.send, 0x30, 42, false, 240, 8);
    expect_queue(&device.queues.receive, 0x31, 43, true, 100, 2);
    cr_expect(device.has_label && device.label == 1);
    cr_expect(device.has_peer && device.peer.value == 0x81);
    cr_expect_str_eq(device.peer_name, "vm-name:other");

    find("/hypervisor/sender@40");
    cr_expect_eq(device.kind, GUNYAH_DT_MSGQUEUE);
    expect_queue(&device.queues.send, 0x40, 4103, false, 64, 16);
    expect_queue(&device.queues.receive, GUNYAH_CAPID_INVALID, 0, false, 0, 0);
    cr_expect(device.has_label && device.label == 2);
    cr_expect_not(device.has_peer);
    cr_expect_null(device.peer_name);

    find("/hypervisor/receiver@41");
    expect_queue(&device.queues.send, GUNYAH_CAPID_INVALID, 0, false, 0, 0);
    expect_queue(&device.queues.receive, 0x41, 0, false, 32, 1);
}

Test(dt_device, doorbells)
{
    find("/hypervisor/bell@50");
    expect_doorbell(&device.doorbell, 0xfffffffffffffffe, 65, true);
    find("/hypervisor/ppi-bell@52");
    expect_doorbell(&device.doorbell, 0x52, 21, false);
    find("/hypervisor/ring@0");
    cr_expect_eq(device.kind, GUNYAH_DT_DOORBELL_SOURCE);
    expect_doorbell(&device.doorbell, 0, 0, false);
}

Test(dt_device, doorbells_and_memory_of_a_real_vm)
{
    tree_open(&tree, REAL("secondary-vm-two-doorbells-shm"), &dt);
    cr_assert_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL, 0x21, &device), GUNYAH_OK);
    expect_doorbell(&device.doorbell, 0, 0x21 + 32, false);
    cr_assert_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL, 0x22, &device), GUNYAH_OK);
    expect_doorbell(&device.doorbell, 1, 0x22 + 32, true);
    cr_assert_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_SHARED_MEMORY, 5, &device), GUNYAH_OK);
    cr_expect(device.has_peer && device.peer.value == 3);
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 0);
    cr_expect(device.memory.has_dma_base && device.memory.dma_base == 0);
    cr_expect_eq(device.memory.region_count, 1);
    expect_region(0, 0x90000000, 0x1000);
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_RESOURCE_MANAGER, &device), GUNYAH_ERR_NOT_FOUND);
}

Test(dt_device, shared_memory)
{
    struct gunyah_dt_region region = {1, 2};

    find("/hypervisor/qcom,shm");
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 0x2a);
    cr_expect(device.memory.has_dma_base && device.memory.dma_base == 0x1000);
    cr_expect_eq(device.memory.region_count, 2);
    expect_region(0, 0x90000000, 0x1000);
    expect_region(1, 0x100000000, 0x200000);
    cr_expect_eq(gunyah_dt_get_region(&dt, &device, 2, &region), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(gunyah_dt_get_region(&dt, &device, UINT32_MAX, &region), GUNYAH_ERR_NOT_FOUND);
    cr_expect(region.address == 1 && region.size == 2);
    expect_doorbell(&device.memory.send_doorbell, GUNYAH_CAPID_INVALID, 0, false);
    expect_doorbell(&device.memory.receive_doorbell, GUNYAH_CAPID_INVALID, 0, false);

    find("/hypervisor/qcom,shm-doorbell");
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 0x2a);
    cr_expect_not(device.memory.has_dma_base);
    expect_doorbell(&device.memory.send_doorbell, 0x60, 0, false);
    expect_doorbell(&device.memory.receive_doorbell, 0x61, 72, false);

    find("/reserved-memory/itself");
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 0);
    expect_region(0, 0xb0000000, 0x2000);
}

Test(dt_device, regions_of_what_has_none)
{
    struct gunyah_dt_region region;

    find("/hypervisor/bell@50");
    cr_expect_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_ERR_ARGUMENT_INVALID);
    device.node = -7;
    cr_expect_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_dt_get_region(&dt, NULL, 0, &region), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_get_region(&dt, &device, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_get_region(NULL, &device, 0, &region), GUNYAH_ERR_NULL);
}

Test(dt_device, virtio_mmio)
{
    find("/vsoc/virtio@1000");
    cr_expect_eq(device.virtio_mmio.registers.address, 0x1000);
    cr_expect_eq(device.virtio_mmio.registers.size, 0x200);
    cr_expect_eq(device.virtio_mmio.interrupt.virq.value, 92);
    cr_expect(device.virtio_mmio.interrupt.level);
    cr_expect(device.virtio_mmio.dma_coherent);
    cr_expect_eq(device.virtio_mmio.memory.dma_base, 0x1000000000);
    cr_expect_not(device.virtio_mmio.memory.has_memparcel);
    cr_expect_eq(device.virtio_mmio.memory.region_count, 1);
    expect_region(0, 0xa0000000, 0x4000);
    cr_expect(device.has_label && device.label == 0x10 && device.peer.value == 3);
}

Test(dt_device, addresses_that_a_bus_translates)
{
    tree_open(&tree, MADE("guest"), &dt);
    cr_expect_eq(gunyah_dt_find_path(&dt, "/translated/virtio@0", &device), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/translated/virtio@0");
}

Test(dt_device, watchdog)
{
    find("/hypervisor/qcom,gh-watchdog");
    cr_expect_eq(device.kind, GUNYAH_DT_WATCHDOG);
    cr_expect_eq(device.watchdog.virq.value, 82);
}

// Each node of the tree is wrong in one thing, and is told so; the others are found all the same.
static const struct {
    const char *name;
    const char *property;
    const char *text;
} wrong[] = {
    {"no-reg", "reg", "it is missing"},
    {"odd-reg", "reg", "its length does not fit the parent's #address-cells and #size-cells"},
    {"empty-reg", "reg", "its length does not fit the parent's #address-cells and #size-cells"},
    {"one-cap", "reg", "it has too few entries"},
    {"long-label", "qcom,label", "it must be a number of one cell"},
    {"bad-peer", "peer", "it must be text that ends with 0"},
    {"no-size", "tx_message_size", "it is missing"},
    {"both", "is-receiver", "it is a sender too"},
    {"nowhere", "memory-region", "it leads to no node"},
    {"spi-too-far", "interrupts", "a GIC has no such interrupt"},
    {"kind-too-far", "interrupts", "a GIC has no such interrupt"},
    {"no-trigger", "interrupts", "its trigger is neither edge nor level"},
    {"short-interrupt", "interrupts", "its length does not fit the controller's #interrupt-cells"},
    {"empty-interrupt", "interrupts", "its length does not fit the controller's #interrupt-cells"},
    {"one-interrupt", "interrupts", "its length does not fit the controller's #interrupt-cells"},
    {"wrong-controller", "interrupts", "the controller's #interrupt-cells must be 3 or 4, as a GIC's"},
    {"cyclic-controller", "interrupts", "the controller's #interrupt-cells must be 3 or 4, as a GIC's"},
    {"no-controller", "interrupts", "no interrupt-parent leads to a controller"},
    {"last", NULL, NULL},
    {"in-three-cells", "reg", "the parent's #address-cells must be 1 or 2, and its #size-cells 0 to 2"},
    {"in-no-cells", "reg", "the parent's #address-cells must be 1 or 2, and its #size-cells 0 to 2"},
};

Test(dt_device, malformed)
{
    tree_open(&tree, MADE("hostile"), &dt);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const enum gunyah_error error = gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device);
        const struct gunyah_dt_problem *problem = gunyah_dt_last_problem(&dt);

        cr_assert_eq(error, wrong[i].text == NULL ? GUNYAH_OK : GUNYAH_ERR_DEVICE_TREE, "%s: %d", wrong[i].name, error);
        cr_assert_str_eq(device.name, wrong[i].name);
        if (wrong[i].text == NULL)
            continue;
        cr_expect_str_eq(problem->text, wrong[i].text);
        cr_expect_str_eq(problem->property, wrong[i].property);
        cr_expect_str_eq(strrchr(problem->path, '/') + 1, wrong[i].name);
    }
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_NOT_FOUND);
    cr_assert_eq(gunyah_dt_find_path(&dt, "/hypervisor/last", &device), GUNYAH_OK);
    expect_doorbell(&device.doorbell, 1, 1019, false);
}
