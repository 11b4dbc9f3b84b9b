// SPDX-License-Identifier: BSD-3-Clause
// Bits of arguments that the manual reserves, and the hypervisor does not look at or gives another meaning.
#include "manual.h"

#include "dispatch.h"

#define UPPER UINT64_C(0xffffffff00000000)

struct reserved {
    uint8_t number;
    uint8_t argument;
    uint64_t zero;
};

static const struct reserved reserved[] = {
    // Which vCPU an interrupt is for stands above the 24 bits of its number; shared ones are for none.
    {GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_HWIRQ_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_VPM_GROUP_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_BIND_VIRQ, 2, UPPER},
    {GUNYAH_HYPERCALL_MSGQUEUE_SEND, 3, ~(uint64_t)GUNYAH_MSGQUEUE_SEND_FLAGS_PUSH_MASK},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, 1, UPPER},
    {GUNYAH_HYPERCALL_VIC_CONFIGURE, 3, UINT64_MAX},
    {GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE, 1, ~UINT64_C(0xffff)},
    {GUNYAH_HYPERCALL_ADDRSPACE_MAP, 3, UPPER},
    {GUNYAH_HYPERCALL_ADDRSPACE_UPDATE_ACCESS, 3, UPPER},
    {GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_VDEVICE, 5, UINT64_MAX},
    {GUNYAH_HYPERCALL_VCPU_CONFIGURE, 1, ~(uint64_t)(MANUAL_VCPU_DEBUG | MANUAL_VCPU_HLOS)},
    {GUNYAH_HYPERCALL_VCPU_RUN, 2, UINT64_MAX},
    {GUNYAH_HYPERCALL_VCPU_RUN, 3, UINT64_MAX},
    {GUNYAH_HYPERCALL_VPM_GROUP_CONFIGURE, 1, ~(uint64_t)GUNYAH_VPM_GROUP_OPTION_FLAGS_NO_AGGREGATION_MASK},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_CONFIGURE, 3, ~(uint64_t)GUNYAH_VIRTIO_OPTION_FLAGS_VALID_DEVICE_TYPE_MASK},
};

bool gunyah_model_manual_bits_hold(uint32_t number, const uint64_t *arg)
{
    for (uint32_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (reserved[i].number == number && (arg[reserved[i].argument] & reserved[i].zero) != 0)
            return false;
    }
    return true;
}
