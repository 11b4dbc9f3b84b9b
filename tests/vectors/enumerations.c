// SPDX-License-Identifier: BSD-3-Clause
// Enumerations of the ABI as plain figures.
#include <gunyah/gunyah.h>

#include <criterion/criterion.h>

Test(enumerations, objects)
{
    cr_expect_eq(GUNYAH_OBJECT_TYPE_ADDRSPACE, 0);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_CSPACE, 1);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_DOORBELL, 2);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_HWIRQ, 3);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_MEMEXTENT, 4);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_MSGQUEUE, 5);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_PARTITION, 6);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_THREAD, 7);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_VIC, 8);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_VIRTIO_MMIO, 9);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_VPM_GROUP, 10);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_VRTC, 11);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_ANY, 12);
    cr_expect_eq(GUNYAH_OBJECT_TYPE_WATCHDOG, 13);

    cr_expect_eq(GUNYAH_OBJECT_STATE_NONE, 0);
    cr_expect_eq(GUNYAH_OBJECT_STATE_INIT, 1);
    cr_expect_eq(GUNYAH_OBJECT_STATE_ACTIVE, 2);
    cr_expect_eq(GUNYAH_OBJECT_STATE_FAILED, 3);
    cr_expect_eq(GUNYAH_OBJECT_STATE_DESTROYING, 4);

    cr_expect_eq(GUNYAH_CAP_STATE_NULL, 0);
    cr_expect_eq(GUNYAH_CAP_STATE_VALID, 1);
    cr_expect_eq(GUNYAH_CAP_STATE_REVOKED, 2);
}

Test(enumerations, identity)
{
    cr_expect_eq(GUNYAH_VARIANT_UNKNOWN, 0);
    cr_expect_eq(GUNYAH_VARIANT_GUNYAH, 0x48);
    cr_expect_eq(GUNYAH_VARIANT_QUALCOMM, 0x51);
    cr_expect_eq(GUNYAH_SCHEDULER_TRIVIAL, 0);
    cr_expect_eq(GUNYAH_SCHEDULER_FPRR, 1);

    cr_expect_eq(GUNYAH_FEATURE_PARTITION_CSPACE, 0);
    cr_expect_eq(GUNYAH_FEATURE_DOORBELL, 1);
    cr_expect_eq(GUNYAH_FEATURE_MSGQUEUE, 2);
    cr_expect_eq(GUNYAH_FEATURE_VIC, 3);
    cr_expect_eq(GUNYAH_FEATURE_VPM, 4);
    cr_expect_eq(GUNYAH_FEATURE_VCPU, 5);
    cr_expect_eq(GUNYAH_FEATURE_MEMEXTENT, 6);
    cr_expect_eq(GUNYAH_FEATURE_TRACE_CTRL, 7);
    cr_expect_eq(GUNYAH_FEATURE_WATCHDOG, 8);
    cr_expect_eq(GUNYAH_FEATURE_VIRTIO_MMIO, 9);
    cr_expect_eq(GUNYAH_FEATURE_PRNG, 10);
    cr_expect_eq(GUNYAH_FEATURE_VCPU_RUN, 11);
}

Test(enumerations, memory)
{
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_NONE, 0);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_X, 1);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_W, 2);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_R, 4);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_RX, 5);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_RW, 6);
    cr_expect_eq(GUNYAH_PGTABLE_ACCESS_RWX, 7);

    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGNRNE, 0);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGNRE, 1);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_DEVICE_NGRE, 2);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_DEVICE_GRE, 3);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_NC, 5);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_ONC_IWT, 6);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_ONC_IWB, 7);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWT_INC, 9);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_WT, 0xa);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWT_IWB, 0xb);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWB_INC, 0xd);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_OWB_IWT, 0xe);
    cr_expect_eq(GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB, 0xf);

    cr_expect_eq(GUNYAH_MEMEXTENT_MEMTYPE_ANY, 0);
    cr_expect_eq(GUNYAH_MEMEXTENT_MEMTYPE_DEVICE, 1);
    cr_expect_eq(GUNYAH_MEMEXTENT_MEMTYPE_UNCACHED, 2);
    cr_expect_eq(GUNYAH_MEMEXTENT_MEMTYPE_CACHED, 3);
    cr_expect_eq(GUNYAH_MEMEXTENT_TYPE_BASIC, 0);
    cr_expect_eq(GUNYAH_MEMEXTENT_TYPE_SPARSE, 1);

    cr_expect_eq(GUNYAH_MEMEXTENT_MODIFY_OP_UNMAP_ALL, 0);
    cr_expect_eq(GUNYAH_MEMEXTENT_MODIFY_OP_ZERO_RANGE, 1);
    cr_expect_eq(GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_CLEAN_RANGE, 2);
    cr_expect_eq(GUNYAH_MEMEXTENT_MODIFY_OP_CACHE_FLUSH_RANGE, 3);
    cr_expect_eq(GUNYAH_MEMEXTENT_MODIFY_OP_SYNC_ALL, 255);

    cr_expect_eq(GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, 0);
    cr_expect_eq(GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT, 1);
    cr_expect_eq(GUNYAH_MEMEXTENT_DONATE_TYPE_TO_SIBLING, 2);
    cr_expect_eq(GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PROTECTED, 3);
    cr_expect_eq(GUNYAH_MEMEXTENT_DONATE_TYPE_FROM_PROTECTED, 4);

    cr_expect_eq(GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD, 0);
    cr_expect_eq(GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE, 1);
}

Test(enumerations, vcpu)
{
    cr_expect_eq(GUNYAH_VCPU_REGISTER_SET_X, 0);
    cr_expect_eq(GUNYAH_VCPU_REGISTER_SET_PC, 1);
    cr_expect_eq(GUNYAH_VCPU_REGISTER_SET_SP_EL, 2);
    cr_expect_eq(GUNYAH_VCPU_VIRQ_TYPE_HALT, 0);
    cr_expect_eq(GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP, 1);

    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_READY, 0);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP, 1);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_POWERED_OFF, 2);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_BLOCKED, 3);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ, 4);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE, 5);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_FAULT, 6);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_ADDRSPACE_PAGE_FAULT, 7);
    cr_expect_eq(GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET, 0x100);

    cr_expect_eq(GUNYAH_VCPU_RUN_WAKEUP_FROM_UNSPECIFIED, 0);
    cr_expect_eq(GUNYAH_VCPU_RUN_WAKEUP_FROM_WFI, 1);
    cr_expect_eq(GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_CPU_SUSPEND, 2);
    cr_expect_eq(GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_SYSTEM_SUSPEND, 3);
    cr_expect_eq(GUNYAH_VCPU_RUN_RESUME_ACTION_EMULATE, 0);
    cr_expect_eq(GUNYAH_VCPU_RUN_RESUME_ACTION_RETRY, 1);
    cr_expect_eq(GUNYAH_VCPU_RUN_RESUME_ACTION_FAULT, 2);

    cr_expect_eq(GUNYAH_SCHEDULER_YIELD_HINT_YIELD, 0);
    cr_expect_eq(GUNYAH_SCHEDULER_YIELD_HINT_YIELD_TO_THREAD, 1);
    cr_expect_eq(GUNYAH_SCHEDULER_YIELD_HINT_YIELD_LOWER, 2);
}

Test(enumerations, devices)
{
    cr_expect_eq(GUNYAH_VPM_STATE_NO_STATE, 0);
    cr_expect_eq(GUNYAH_VPM_STATE_RUNNING, 1);
    cr_expect_eq(GUNYAH_VPM_STATE_CPUS_SUSPENDED, 2);
    cr_expect_eq(GUNYAH_VPM_STATE_SYSTEM_SUSPENDED, 3);

    cr_expect_eq(GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, 0);
    cr_expect_eq(GUNYAH_VIRTIO_DEVICE_TYPE_INPUT, 18);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_NAME, 1);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_SERIAL, 2);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 3);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0x10);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 0x11);
    cr_expect_eq(GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 0x12);

    cr_expect_eq(GUNYAH_WATCHDOG_MANAGE_OP_FREEZE, 0);
    cr_expect_eq(GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET, 1);
    cr_expect_eq(GUNYAH_WATCHDOG_MANAGE_OP_UNFREEZE, 2);
}

Test(enumerations, trace_and_psci)
{
    cr_expect_eq(GUNYAH_TRACE_CLASS_ERROR, 0);
    cr_expect_eq(GUNYAH_TRACE_CLASS_DEBUG, 1);
    cr_expect_eq(GUNYAH_TRACE_CLASS_USER, 2);
    cr_expect_eq(GUNYAH_TRACE_CLASS_TRACE_LOG_BUFFER, 4);
    cr_expect_eq(GUNYAH_TRACE_CLASS_LOG_BUFFER, 5);
    cr_expect_eq(GUNYAH_TRACE_CLASS_INFO, 6);
    cr_expect_eq(GUNYAH_TRACE_CLASS_MEMDB, 7);
    cr_expect_eq(GUNYAH_TRACE_CLASS_PSCI, 16);
    cr_expect_eq(GUNYAH_TRACE_CLASS_VGIC, 17);
    cr_expect_eq(GUNYAH_TRACE_CLASS_VGIC_DEBUG, 18);

    cr_expect_eq(GUNYAH_PSCI_RETURN_SUCCESS, 0);
    cr_expect_eq(GUNYAH_PSCI_RETURN_NOT_SUPPORTED, -1);
    cr_expect_eq(GUNYAH_PSCI_RETURN_INVALID_PARAMETERS, -2);
    cr_expect_eq(GUNYAH_PSCI_RETURN_DENIED, -3);
    cr_expect_eq(GUNYAH_PSCI_RETURN_ALREADY_ON, -4);
    cr_expect_eq(GUNYAH_PSCI_RETURN_ON_PENDING, -5);
    cr_expect_eq(GUNYAH_PSCI_RETURN_INTERNAL_FAILURE, -6);
    cr_expect_eq(GUNYAH_PSCI_RETURN_NOT_PRESENT, -7);
    cr_expect_eq(GUNYAH_PSCI_RETURN_DISABLED, -8);
    cr_expect_eq(GUNYAH_PSCI_RETURN_INVALID_ADDRESS, -9);
}
