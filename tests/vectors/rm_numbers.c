// SPDX-License-Identifier: BSD-3-Clause
// Errors, limits, flags and offsets of the Resource Manager's messages as plain figures.
#include <gunyah/abi/rm_names.h>

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(rm_numbers, errors)
{
    static const struct {
        uint32_t error;
        uint32_t value;
        const char *name;
    } rows[] = {
        {GUNYAH_RMERR_OK, 0x0, "OK"},
        {GUNYAH_RMERR_UNIMPLEMENTED, 0xffffffff, "UNIMPLEMENTED"},
        {GUNYAH_RMERR_NOMEM, 0x1, "NOMEM"},
        {GUNYAH_RMERR_NORESOURCE, 0x2, "NORESOURCE"},
        {GUNYAH_RMERR_DENIED, 0x3, "DENIED"},
        {GUNYAH_RMERR_MSG_INVALID, 0x4, "MSG_INVALID"},
        {GUNYAH_RMERR_BUSY, 0x5, "BUSY"},
        {GUNYAH_RMERR_ARGUMENT_INVALID, 0x6, "ARGUMENT_INVALID"},
        {GUNYAH_RMERR_HANDLE_INVALID, 0x7, "HANDLE_INVALID"},
        {GUNYAH_RMERR_VALIDATE_FAILED, 0x8, "VALIDATE_FAILED"},
        {GUNYAH_RMERR_MAP_FAILED, 0x9, "MAP_FAILED"},
        {GUNYAH_RMERR_MEM_INVALID, 0xa, "MEM_INVALID"},
        {GUNYAH_RMERR_MEM_INUSE, 0xb, "MEM_INUSE"},
        {GUNYAH_RMERR_MEM_RELEASED, 0xc, "MEM_RELEASED"},
        {GUNYAH_RMERR_VMID_INVALID, 0xd, "VMID_INVALID"},
        {GUNYAH_RMERR_LOOKUP_FAILED, 0xe, "LOOKUP_FAILED"},
        {GUNYAH_RMERR_IRQ_INVALID, 0xf, "IRQ_INVALID"},
        {GUNYAH_RMERR_IRQ_INUSE, 0x10, "IRQ_INUSE"},
        {GUNYAH_RMERR_IRQ_RELEASED, 0x11, "IRQ_RELEASED"},
        {GUNYAH_RMERR_IN_USE, 0x12, "IN_USE"},
        {GUNYAH_RMERR_IRQ_NOT_MAPPED, 0x13, "IRQ_NOT_MAPPED"},
        {GUNYAH_RMERR_VM_STATE, 0x14, "VM_STATE"},
        {GUNYAH_RMERR_HYP_NOMEM, 0x15, "HYP_NOMEM"},
        {GUNYAH_RMERR_RM_NOMEM, 0x16, "RM_NOMEM"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(rows[i].error, rows[i].value, "%s", rows[i].name);
        cr_assert(gunyah_rm_error_name(rows[i].value) != NULL, "%s", rows[i].name);
        cr_expect_str_eq(gunyah_rm_error_name(rows[i].value), rows[i].name);
    }
    cr_expect(gunyah_rm_error_name(0x17) == NULL);
    cr_expect(gunyah_rm_error_name(0xfffffffe) == NULL);
}

Test(rm_numbers, limits)
{
    cr_expect_eq(GUNYAH_RM_API, 0x21);
    cr_expect_eq(GUNYAH_RM_TYPE_MASK, 3);
    cr_expect_eq(GUNYAH_RM_FRAGMENTS_SHIFT, 2);
    cr_expect_eq(GUNYAH_RM_MESSAGE_SIZE, 240);
    cr_expect_eq(GUNYAH_RM_PAYLOAD_SIZE, 232);
    cr_expect_eq(GUNYAH_RM_MAX_FRAGMENTS, 62);
    cr_expect_eq(GUNYAH_RM_MAX_PAYLOAD, 14616);
    cr_expect_eq(GUNYAH_RM_QUEUE_DEPTH, 8);
    cr_expect_eq(GUNYAH_RM_MAX_NOTIFICATIONS, 256);
    cr_expect_eq(GUNYAH_RM_ERROR_SIZE, 4);
    cr_expect_eq(GUNYAH_RM_MAX_LIST, 512);
    cr_expect_eq(GUNYAH_RM_MAX_PARCELS_2023, 64);
    cr_expect_eq(GUNYAH_RM_MAX_PARCELS_LATER, 1024);
    cr_expect_eq(GUNYAH_RM_HANDLE_INVALID, 0xffffffff);
    cr_expect_eq(GUNYAH_RM_VIRQ_ANY, 0xffffffff);
    cr_expect_eq(GUNYAH_RM_PAGE_SIZE, 4096);
    cr_expect_eq(GUNYAH_RM_MAX_NAME, 79);
    cr_expect_eq(GUNYAH_RM_GUID_SIZE, 16);
    cr_expect_eq(GUNYAH_RM_MAX_CRASH_MSG, 192);
    cr_expect_eq(GUNYAH_RM_HOST_TYPE, 0x01000164);
    cr_expect_eq(GUNYAH_VMID_SELF, 0);
    cr_expect_eq(GUNYAH_VMID_HLOS, 3);
    cr_expect_eq(GUNYAH_VMID_STATIC_LAST, 63);
    cr_expect_eq(GUNYAH_VMID_DYNAMIC_FIRST, 0x80);
    cr_expect_eq(GUNYAH_VMID_DYNAMIC_LAST, 0xbe);
    cr_expect_eq(GUNYAH_VMID_PEER_ANY, 0xfffe);
    cr_expect_eq(GUNYAH_VMID_PEER_DEFAULT, 0xffff);
}

Test(rm_numbers, flags)
{
    cr_expect_eq(GUNYAH_RM_VM_STOP_FLAG_FORCE, 1);
    cr_expect_eq(GUNYAH_RM_VM_EXIT_FLAG_RESTART, 1);
    cr_expect_eq(GUNYAH_RM_VM_EXIT_REASON_FLAG_PSCI_64BIT, 0x8000);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_FLAG_SANITIZE, 1);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_FLAG_APPEND, 2);
    cr_expect_eq(GUNYAH_RM_MEM_APPEND_FLAG_DONE, 1);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_SANITIZED, 1);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_ACL_ATTR, 2);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_VALIDATE_LABEL, 4);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_OTHER, 8);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_MAP_CONTIGUOUS, 16);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_SANITIZE, 32);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_FLAG_DONE, 128);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_REPLY_FLAG_INCOMPLETE, 1);
    cr_expect_eq(GUNYAH_RM_MEM_END_FLAG_SANITIZE, 1);
    cr_expect_eq(GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, 1);
    cr_expect_eq(GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, 2);
    cr_expect_eq(GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED, 4);
    cr_expect_eq(GUNYAH_RM_MEM_NOTIFY_FLAG_RECALL, 8);
    cr_expect_eq(GUNYAH_RM_MEM_SHARED_FLAG_SANITIZED, 1);
    cr_expect_eq(GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_LENT, 1);
    cr_expect_eq(GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_RELEASED, 2);
    cr_expect_eq(GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_ACCEPTED, 4);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_ECC, 1);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_TAGGED, 2);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_NORMAL, 4);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_IO, 8);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_OWNER_VM_VISIBLE, 0x10);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_EXTERNAL_BUS_VISIBLE, 0x20);
    cr_expect_eq(GUNYAH_RM_IPA_CONSTRAINT_FLAG_BASE_MEMORY_COMPATIBLE, 0x40);
    cr_expect_eq(GUNYAH_RM_FW_FLAG_CONFIG_RANGE, 2);
    cr_expect_eq(GUNYAH_RM_DEVICE_ACCEPT_FLAG_RESET, 1);
    cr_expect_eq(GUNYAH_RM_DEVICE_ACCEPT_FLAG_BIND, 2);
    cr_expect_eq(GUNYAH_RM_DEVICE_GIVE_FLAG_RESET, 1);
    cr_expect_eq(GUNYAH_RM_DEVICE_END_FLAG_RESET, 1);
    cr_expect_eq(GUNYAH_RM_DEVICE_NOTIFY_FLAG_DONATED, 1);
    cr_expect_eq(GUNYAH_RM_DEVICE_NOTIFY_FLAG_LENT, 2);
    cr_expect_eq(GUNYAH_RM_DEVICE_NOTIFY_FLAG_RELEASED, 4);
    cr_expect_eq(GUNYAH_RM_DEVICE_NOTIFY_FLAG_ACCEPTED, 8);
    cr_expect_eq(GUNYAH_RM_DEVICE_NOTIFY_FLAG_RECALL, 16);
    cr_expect_eq(GUNYAH_RM_DEVICE_RESOURCES_FLAG_PHYSICAL, 1);
}

// The numbers for the assembler; the vectors check the places of all fields in the shapes, which have the same source.
Test(rm_numbers, offsets)
{
    cr_expect_eq(GUNYAH_RM_HEADER_SIZE, 8);
    cr_expect_eq(GUNYAH_RM_HEADER_SEQUENCE_OFFSET, 2);
    cr_expect_eq(GUNYAH_RM_HEADER_ID_OFFSET, 4);
    cr_expect_eq(GUNYAH_RM_VM_SIZE, 4);
    cr_expect_eq(GUNYAH_RM_VM_STOP_REASON_OFFSET, 4);
    cr_expect_eq(GUNYAH_RM_VM_CONFIG_IMAGE_DTB_OFFSET_OFFSET, 24);
    cr_expect_eq(GUNYAH_RM_VM_CONFIG_IMAGE_SIZE, 40);
    cr_expect_eq(GUNYAH_RM_VM_SET_TIME_BASE_TIMER_OFFSET, 12);
    cr_expect_eq(GUNYAH_RM_VM_AUTH_IMAGE_PARAMETERS_OFFSET, 4);
    cr_expect_eq(GUNYAH_RM_VM_RESOURCE_CAP_OFFSET, 12);
    cr_expect_eq(GUNYAH_RM_VM_RESOURCE_SIZE_OFFSET, 36);
    cr_expect_eq(GUNYAH_RM_VM_RESOURCE_SIZE, 44);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_SIZE, 8);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_ACL_OFFSET, 8);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_MIN_SIZE, 20);
    cr_expect_eq(GUNYAH_RM_MEM_GIVE_REGIONS_MAX, 512);
    cr_expect_eq(GUNYAH_RM_MEM_ACCEPT_MIN_SIZE, 24);
    cr_expect_eq(GUNYAH_RM_MEM_APPEND_MIN_SIZE, 12);
    cr_expect_eq(GUNYAH_RM_MEM_NOTIFY_SIZE, 12);
    cr_expect_eq(GUNYAH_RM_MEM_QCOM_LOOKUP_SGL_MIN_SIZE, 16);
    cr_expect_eq(GUNYAH_RM_MEM_REGION_SIZE, 16);
    cr_expect_eq(GUNYAH_RM_VM_IRQ_LEND_SIZE, 12);
    cr_expect_eq(GUNYAH_RM_IPA_RESERVE_MIN_SIZE, 16);
    cr_expect_eq(GUNYAH_RM_IPA_RESERVE_RANGES_MAX, 30);
    cr_expect_eq(GUNYAH_RM_NOTIFY_VM_STATUS_VM_STATE_OFFSET, 4);
    cr_expect_eq(GUNYAH_RM_NOTIFY_VM_EXITED_REASON_OFFSET, 8);
}
