// SPDX-License-Identifier: BSD-3-Clause
// How the model's state lies in its arena, as one number.
#include "extent.h"
#include "rm_memory.h"
#include "snapshot.h"

static const uint32_t sizes[] = {
    // What every arena begins with.
    offsetof(struct gunyah_model, magic),
    offsetof(struct gunyah_model, options),
    offsetof(struct gunyah_model, now),
    offsetof(struct gunyah_model, vmids),
    offsetof(struct gunyah_model, vms),
    offsetof(struct gunyah_model, heap),
    sizeof(struct gunyah_model),
    // Objects.
    sizeof(struct object),
    sizeof(struct cap_table),
    offsetof(struct cap_table, slots),
    sizeof(struct cap),
    sizeof(struct cspace),
    offsetof(struct cspace, tables),
    sizeof(struct line),
    sizeof(struct source),
    sizeof(struct vic),
    offsetof(struct vic, ready),
    sizeof(struct doorbell),
    sizeof(struct msgqueue),
    offsetof(struct msgqueue, buffer),
    sizeof(struct range),
    sizeof(struct addrspace),
    offsetof(struct addrspace, info_area),
    sizeof(struct vrtc),
    sizeof(struct memextent),
    offsetof(struct memextent, mappings),
    sizeof(struct vpm_group),
    sizeof(struct thread),
    offsetof(struct thread, guest),
    sizeof(struct vm),
    sizeof(struct virtio_mmio),
    offsetof(struct virtio_mmio, fixed),
    sizeof(struct virtio_input_entry),
    sizeof(struct watchdog),
    offsetof(struct watchdog, left),
    // The Resource Manager.
    sizeof(struct rm),
    offsetof(struct rm, own_vcpu),
    sizeof(struct rm_vm),
    offsetof(struct rm_vm, vcpu_caps),
    offsetof(struct rm_vm, watchdog),
    offsetof(struct rm_vm, crash),
    sizeof(struct rm_channel),
    sizeof(struct rm_message),
    sizeof(struct rm_partial),
    sizeof(struct rm_link),
    sizeof(struct rm_lending),
    sizeof(struct rm_range),
    sizeof(struct rm_kept),
    sizeof(struct rm_region),
    sizeof(struct rm_participant),
    sizeof(struct rm_attribute),
    sizeof(struct rm_parcel),
    sizeof(struct gunyah_model_rm_device),
    sizeof(struct gunyah_model_vm),
};

uint64_t gunyah_model_layout(void)
{
    uint64_t digest = SNAPSHOT_MAGIC;
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        digest = (digest ^ sizes[i]) * UINT64_C(0x100000001b3) ^ digest >> 29;
    return digest;
}
