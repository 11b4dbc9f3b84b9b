// SPDX-License-Identifier: BSD-3-Clause
// Calls of the model that are answered with OK, and then one of their arguments is something else: at limits and beyond
// them, misaligned, wrapping, with reserved bits, another object.
#include "model_scene.h"

struct good {
    uint32_t number;
    uint64_t args[7]; // but for capabilities that the table knows
};

static const struct good goods[] = {
    {GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, {0, 0, 50}},
    {GUNYAH_HYPERCALL_DOORBELL_RECEIVE, {0, 1}},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, {0, 0x100002}},
    {GUNYAH_HYPERCALL_MSGQUEUE_SEND, {0, 4, RAM, 1}},
    {GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, {0, RAM, 16}},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND, {0, 1, UINT32_MAX}},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_RECEIVE, {0, 2, UINT32_MAX}},
    {GUNYAH_HYPERCALL_CSPACE_CONFIGURE, {0, 16}},
    {GUNYAH_HYPERCALL_VIC_CONFIGURE, {0, 1, 32}},
    {GUNYAH_HYPERCALL_VIC_ATTACH_VCPU, {0}},
    {GUNYAH_HYPERCALL_VGIC_SET_MPIDR_MAPPING, {0, 7}},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE, {0, 9}},
    {GUNYAH_HYPERCALL_ADDRSPACE_MAP, {0, 0, 0x10000, 0xf0066}},
    {GUNYAH_HYPERCALL_ADDRSPACE_UNMAP, {0, 0, PAGE}},
    {GUNYAH_HYPERCALL_ADDRSPACE_UPDATE_ACCESS, {0, 0, PAGE, 0x44}},
    {GUNYAH_HYPERCALL_ADDRSPACE_LOOKUP, {0, 0, PAGE, PAGE}},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_VMMIO, {0, 0x10000, PAGE}},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_INFO_AREA, {0, 0, PAGE}},
    {GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_VDEVICE, {0, 0, 0, 0x20000, 0x1000}},
    {GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE, {0, MEMORY + 4 * PAGE, PAGE, 7}},
    {GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE_DERIVE, {0, 0, 0, PAGE, 7}},
    {GUNYAH_HYPERCALL_MEMEXTENT_MODIFY, {0, 0x80000001, 0, PAGE}},
    {GUNYAH_HYPERCALL_MEMEXTENT_DONATE, {0, 0, 0, 0, PAGE}},
    {GUNYAH_HYPERCALL_VCPU_CONFIGURE, {0, 1}},
    {GUNYAH_HYPERCALL_VCPU_POWERON, {0, 0x1000, 7}},
    {GUNYAH_HYPERCALL_VCPU_SET_AFFINITY, {0, 1}},
    {GUNYAH_HYPERCALL_VCPU_SET_PRIORITY, {0, 5}},
    {GUNYAH_HYPERCALL_VCPU_SET_TIMESLICE, {0, 5000000}},
    {GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, {0, 0, 50}},
    {GUNYAH_HYPERCALL_VCPU_REGISTER_WRITE, {0, 0, 3, 7}},
    {GUNYAH_HYPERCALL_VCPU_RUN, {0}},
    {GUNYAH_HYPERCALL_VPM_GROUP_CONFIGURE, {0, 1}},
    {GUNYAH_HYPERCALL_VPM_GROUP_ATTACH_VCPU, {0}},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_CONFIGURE, {0, 0, 2, 0x40, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT}},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_SET_DEV_FEATURES, {0, 1, 3}},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_SET_QUEUE_NUM_MAX, {0, 1, 8}},
    {GUNYAH_HYPERCALL_VIRTIO_INPUT_CONFIGURE, {0, 1, 1, 2, 2}},
    {GUNYAH_HYPERCALL_VIRTIO_INPUT_SET_DATA, {0, 1, 0, 4, RAM}},
    {GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, {4}},
    {GUNYAH_HYPERCALL_WATCHDOG_CONFIGURE, {0, 1}},
    {GUNYAH_HYPERCALL_WATCHDOG_ATTACH_VCPU, {0}},
    {GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, {0, 0, 50, 1}},
    {GUNYAH_HYPERCALL_WATCHDOG_UNBIND_VIRQ, {0, 1}},
    {GUNYAH_HYPERCALL_WATCHDOG_MANAGE, {0, GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET}},
};

static void begin_with(const struct scene *scene, const struct model_entry *entry, const struct good *good,
                       uint64_t args[8])
{
    fill(scene, entry, args);
    for (uint32_t i = 0; i < 7; i++) {
        if (args[i] == 0)
            args[i] = good->args[i];
    }
    if (good->number != GUNYAH_HYPERCALL_MEMEXTENT_DONATE)
        return;
    args[1] = scene->machine->root.partition.value;
    args[2] = scene->sparse;
}

static void spoil(struct scene *scene, const struct good *good)
{
    const struct model_entry *entry = gunyah_model_entry_of(good->number);
    uint64_t args[8];

    begin_with(scene, entry, good, args);
    cr_expect(attempt(scene, good->number, entry, args) == GUNYAH_HVERR_OK, "call 0x%x: %d", good->number,
              (int32_t)scene->machine->x[0]);
    for (uint32_t place = 0; place < 7; place++) {
        for (size_t i = 0; i < sizeof(scene_numbers) / sizeof(scene_numbers[0]); i++) {
            begin_with(scene, entry, good, args);
            args[place] = scene_numbers[i];
            attempt(scene, good->number, entry, args);
        }
        for (uint32_t type = 0; type < TYPES; type++) {
            begin_with(scene, entry, good, args);
            args[place] = scene->active[type];
            attempt(scene, good->number, entry, args);
        }
    }
}

static void spoil_one_argument(bool manual)
{
    struct scene scene;

    begin(&scene, manual);
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++)
        spoil(&scene, &goods[i]);
    end(&scene);
}

Test(model_spoiled, one_argument, .timeout = 120)
{
    spoil_one_argument(false);
    spoil_one_argument(true);
}
