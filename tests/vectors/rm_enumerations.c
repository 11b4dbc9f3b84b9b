// SPDX-License-Identifier: BSD-3-Clause
// Enumerations of the Resource Manager's messages as plain figures.
#include <gunyah/abi/rm_types.h>

#include <criterion/criterion.h>

Test(rm_enumerations, protocol)
{
    cr_expect_eq(GUNYAH_RM_PACKET_TYPE_CONTINUATION, 0);
    cr_expect_eq(GUNYAH_RM_PACKET_TYPE_REQUEST, 1);
    cr_expect_eq(GUNYAH_RM_PACKET_TYPE_REPLY, 2);
    cr_expect_eq(GUNYAH_RM_PACKET_TYPE_NOTIFICATION, 3);

    cr_expect_eq(GUNYAH_RM_GENERATION_UNKNOWN, 0);
    cr_expect_lt(GUNYAH_RM_GENERATION_2021, GUNYAH_RM_GENERATION_2023);
    cr_expect_lt(GUNYAH_RM_GENERATION_2023, GUNYAH_RM_GENERATION_LATER);
}

Test(rm_enumerations, state_of_a_vm)
{
    cr_expect_eq(GUNYAH_VM_STATE_NONE, 0);
    cr_expect_eq(GUNYAH_VM_STATE_INIT, 1);
    cr_expect_eq(GUNYAH_VM_STATE_READY, 2);
    cr_expect_eq(GUNYAH_VM_STATE_RUNNING, 3);
    cr_expect_eq(GUNYAH_VM_STATE_PAUSED, 4);
    cr_expect_eq(GUNYAH_VM_STATE_LOAD, 5);
    cr_expect_eq(GUNYAH_VM_STATE_AUTH, 6);
    cr_expect_eq(GUNYAH_VM_STATE_INIT_FAILED, 8);
    cr_expect_eq(GUNYAH_VM_STATE_EXITED, 9);
    cr_expect_eq(GUNYAH_VM_STATE_RESETTING, 10);
    cr_expect_eq(GUNYAH_VM_STATE_RESET, 11);
    cr_expect_eq(GUNYAH_VM_STATE_DEFUNCT, 12);

    cr_expect_eq(GUNYAH_OS_STATUS_NONE, 0);
    cr_expect_eq(GUNYAH_OS_STATUS_EARLY_BOOT, 1);
    cr_expect_eq(GUNYAH_OS_STATUS_BOOT, 2);
    cr_expect_eq(GUNYAH_OS_STATUS_INIT, 3);
    cr_expect_eq(GUNYAH_OS_STATUS_RUN, 4);
    cr_expect_eq(GUNYAH_OS_STATUS_SHUTDOWN, 5);
    cr_expect_eq(GUNYAH_OS_STATUS_HALTED, 6);
    cr_expect_eq(GUNYAH_OS_STATUS_CRASHED, 7);
}

Test(rm_enumerations, beginning_of_a_vm)
{
    cr_expect_eq(GUNYAH_VM_AUTH_NONE, 0);
    cr_expect_eq(GUNYAH_VM_AUTH_PLATFORM, 1);
    cr_expect_eq(GUNYAH_VM_AUTH_ANDROID, 2);
    cr_expect_eq(GUNYAH_VM_AUTH_PARAM_PAS_ID, 0);

    cr_expect_eq(GUNYAH_VM_REGISTER_SET_X, 0);
    cr_expect_eq(GUNYAH_VM_REGISTER_SET_PC, 1);
    cr_expect_eq(GUNYAH_VM_REGISTER_SET_SP, 2);

    cr_expect_eq(GUNYAH_VM_RANGE_IMAGE, 0);
    cr_expect_eq(GUNYAH_VM_RANGE_FIRMWARE, 1);

    cr_expect_eq(GUNYAH_VM_FIRMWARE_TYPE_NONE, 0);
    cr_expect_eq(GUNYAH_VM_FIRMWARE_TYPE_PLATFORM, 1);
    cr_expect_eq(GUNYAH_VM_FIRMWARE_TYPE_PVMFW, 2);
}

Test(rm_enumerations, end_of_a_vm)
{
    cr_expect_eq(GUNYAH_VM_STOP_REASON_SHUTDOWN, 0);
    cr_expect_eq(GUNYAH_VM_STOP_REASON_RESTART, 1);
    cr_expect_eq(GUNYAH_VM_STOP_REASON_CRASH, 2);
    cr_expect_eq(GUNYAH_VM_STOP_REASON_FORCE_STOP, 3);

    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_VM_EXIT, 0);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF, 1);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET, 2);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, 3);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE, 4);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR, 5);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_ASYNC_HW_ERROR, 6);
    cr_expect_eq(GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED, 7);

    cr_expect_eq(GUNYAH_VM_EXIT_CODE_NORMAL, 0);
    cr_expect_eq(GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR, 1);
    cr_expect_eq(GUNYAH_VM_EXIT_CODE_UNKNOWN, 2);
    cr_expect_eq(GUNYAH_VM_EXIT_CODE_BUS_ERROR, 3);
    cr_expect_eq(GUNYAH_VM_EXIT_CODE_DEVICE_ERROR, 4);
}

Test(rm_enumerations, what_a_vm_has)
{
    cr_expect_eq(GUNYAH_VM_ID_TYPE_GUID, 0);
    cr_expect_eq(GUNYAH_VM_ID_TYPE_URI, 1);
    cr_expect_eq(GUNYAH_VM_ID_TYPE_NAME, 2);
    cr_expect_eq(GUNYAH_VM_ID_TYPE_SIGN_AUTH, 3);

    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND, 0);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_DOORBELL_RECEIVE, 1);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_SEND, 2);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_MSGQUEUE_RECEIVE, 3);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_VCPU, 4);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_VPM_GROUP, 5);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_VIRTIO_MMIO, 6);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_VRTC, 7);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_WATCHDOG, 8);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_MEMEXTENT, 9);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_ADDRSPACE, 10);
    cr_expect_eq(GUNYAH_VM_RESOURCE_TYPE_HEAP, 11);

    cr_expect_eq(GUNYAH_VM_EXTENT_LABEL_GUEST_PRIVATE, 0);
    cr_expect_eq(GUNYAH_VM_EXTENT_LABEL_HOST_SHARED, 1);
    cr_expect_eq(GUNYAH_VM_EXTENT_LABEL_HOST_PRIVATE, 2);
    cr_expect_eq(GUNYAH_VM_EXTENT_LABEL_GUEST_SHARED, 3);
}

Test(rm_enumerations, memory)
{
    cr_expect_eq(GUNYAH_MEMPARCEL_TYPE_NORMAL, 0);
    cr_expect_eq(GUNYAH_MEMPARCEL_TYPE_IO, 1);

    cr_expect_eq(GUNYAH_MEMPARCEL_TRANSACTION_DONATE, 0);
    cr_expect_eq(GUNYAH_MEMPARCEL_TRANSACTION_LEND, 1);
    cr_expect_eq(GUNYAH_MEMPARCEL_TRANSACTION_SHARE, 2);

    cr_expect_eq(GUNYAH_MEMPARCEL_ATTRIBUTE_NORMAL, 0);
    cr_expect_eq(GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE, 1);
    cr_expect_eq(GUNYAH_MEMPARCEL_ATTRIBUTE_UNCACHED, 2);
    cr_expect_eq(GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED, 3);

    cr_expect_eq(GUNYAH_IPA_RESERVE_TYPE_FIXED, 0);
    cr_expect_eq(GUNYAH_IPA_RESERVE_TYPE_ALLOCATE, 1);

    cr_expect_eq(GUNYAH_RM_HEAP_ROOT, 0);
    cr_expect_eq(GUNYAH_RM_HEAP_RM, 1);
    cr_expect_eq(GUNYAH_RM_HEAP_QUERY_IS_FREE, 1);
    cr_expect_eq(GUNYAH_RM_HEAP_QUERY_STATS, 2);
}

Test(rm_enumerations, devices)
{
    cr_expect_eq(GUNYAH_DEVICE_PART_MMIO, 1);
    cr_expect_eq(GUNYAH_DEVICE_PART_IRQ, 2);
    cr_expect_eq(GUNYAH_DEVICE_PART_IOMMU, 3);
    cr_expect_eq(GUNYAH_DEVICE_PART_MSI, 4);
    cr_expect_eq(GUNYAH_DEVICE_PART_PCIE, 5);
}
