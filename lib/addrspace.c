// SPDX-License-Identifier: BSD-3-Clause
// Address spaces: handles, configuration, and who uses one. Ranges that exit to a VMM are in vmmio.c, mappings in mapping.c.
#include "memextent.h"

#define LAST_VMID 255

enum gunyah_error gunyah_addrspace_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_addrspace **addrspace)
{
    enum gunyah_error error;

    if (addrspace == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *addrspace = (struct gunyah_addrspace *)gunyah_internal_open(g, HANDLE_ADDRSPACE, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_addrspace_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_addrspace **addrspace)
{
    enum gunyah_error error;

    if (addrspace == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *addrspace = (struct gunyah_addrspace *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_ADDRSPACE, HANDLE_ADDRSPACE, __func__, &error);
    return error;
}

enum gunyah_error gunyah_addrspace_close(struct gunyah_addrspace **addrspace)
{
    if (addrspace == NULL)
        return GUNYAH_ERR_NULL;
    struct handle *handle = (struct handle *)*addrspace;
    const enum gunyah_error error = gunyah_internal_close(handle, HANDLE_ADDRSPACE, __func__);
    if (error != GUNYAH_OK)
        return error;
    if (handle->claims != NULL)
        gunyah_internal_block_release(handle->g, handle->claims);
    *addrspace = NULL;
    return GUNYAH_OK;
}

gunyah_capid_t gunyah_addrspace_capid(const struct gunyah_addrspace *addrspace)
{
    return gunyah_internal_capid((const struct handle *)addrspace, HANDLE_ADDRSPACE);
}

enum gunyah_error gunyah_addrspace_configure(struct gunyah_addrspace *addrspace, gunyah_vmid_t vmid)
{
    static const struct reason no_vmid = {GUNYAH_ERR_ARGUMENT_INVALID, "no address space has this VMID",
                                          "VMIDs are 1 to 255."};
    const struct handle *handle = (const struct handle *)addrspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (vmid.value == 0 || vmid.value > LAST_VMID)
        return gunyah_internal_refuse_for(handle->g, __func__, &no_vmid);
    const int32_t code = gunyah_hypercall_addrspace_configure(handle->g, handle->cap, vmid);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE, code);
}

enum gunyah_error gunyah_addrspace_configure_info_area(struct gunyah_addrspace *addrspace,
                                                       struct gunyah_memextent *extent, uint64_t ipa)
{
    static const struct reason too_large = {GUNYAH_ERR_ARGUMENT_INVALID, "the extent is larger than a page",
                                            "The information area is one page, 4096 bytes."};
    static const struct reason no_place = {GUNYAH_ERR_ADDR_INVALID, "no page of the address space begins there",
                                           "Pass a multiple of 4096 below GUNYAH_ADDRSPACE_END."};
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *page = (const struct handle *)extent;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, page, HANDLE_MEMEXTENT, __func__);
    if (error != GUNYAH_OK)
        return error;
    if (page->extent_size > GUNYAH_MEMEXTENT_PAGE_SIZE)
        return gunyah_internal_refuse_for(handle->g, __func__, &too_large);
    if (!is_paged(ipa) || ipa >= GUNYAH_ADDRSPACE_END)
        return gunyah_internal_refuse_for(handle->g, __func__, &no_place);
    const int32_t code = gunyah_hypercall_addrspace_configure_info_area(handle->g, handle->cap, page->cap, ipa);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_INFO_AREA, code);
}

enum gunyah_error gunyah_addrspace_activate(struct gunyah_addrspace *addrspace)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_addrspace_attach_vcpu(struct gunyah_addrspace *addrspace, struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const struct handle *vcpu = (const struct handle *)thread;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, vcpu, HANDLE_THREAD, __func__);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_addrspace_attach_thread(handle->g, handle->cap, vcpu->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_THREAD, code);
}

enum gunyah_error gunyah_addrspace_attach_vdma(struct gunyah_addrspace *addrspace, gunyah_capid_t device,
                                               uint32_t index)
{
    const struct handle *handle = (const struct handle *)addrspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_addrspace_attach_vdma(handle->g, handle->cap, device, index);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_VDMA, code);
}

enum gunyah_error gunyah_addrspace_find_info_area(struct gunyah *g, uint64_t *ipa, uint64_t *size)
{
    if (g == NULL || ipa == NULL || size == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    const struct gunyah_addrspace_find_info_area_result answer = gunyah_hypercall_addrspace_find_info_area(g);
    if (answer.error == GUNYAH_HVERR_OK) {
        *ipa = answer.ipa;
        *size = answer.size;
    }
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_ADDRSPACE_FIND_INFO_AREA, answer.error);
}
