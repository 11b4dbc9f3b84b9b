// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_cspace_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_cspace **cspace)
{
    enum gunyah_error error;

    if (cspace == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *cspace = (struct gunyah_cspace *)gunyah_internal_open(g, HANDLE_CSPACE, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_cspace_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                       struct gunyah_cspace **cspace)
{
    enum gunyah_error error;

    if (cspace == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *cspace = (struct gunyah_cspace *)gunyah_internal_create(partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_CSPACE,
                                                             HANDLE_CSPACE, __func__, &error);
    return error;
}

enum gunyah_error gunyah_cspace_close(struct gunyah_cspace **cspace)
{
    if (cspace == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*cspace, HANDLE_CSPACE, __func__);
    if (error == GUNYAH_OK)
        *cspace = NULL;
    return error;
}

gunyah_capid_t gunyah_cspace_capid(const struct gunyah_cspace *cspace)
{
    return gunyah_internal_capid((const struct handle *)cspace, HANDLE_CSPACE);
}

enum gunyah_error gunyah_cspace_configure(struct gunyah_cspace *cspace, uint32_t max_caps)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (max_caps == 0 || max_caps > GUNYAH_CSPACE_MAX_CAPS)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    const int32_t code = gunyah_hypercall_cspace_configure(handle->g, handle->cap, max_caps);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_CSPACE_CONFIGURE, code);
}

enum gunyah_error gunyah_cspace_activate(struct gunyah_cspace *cspace)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_cspace_copy(struct gunyah_cspace *from, gunyah_capid_t cap, struct gunyah_cspace *to,
                                     uint32_t rights_mask, gunyah_capid_t *copy)
{
    const struct handle *source = (const struct handle *)from;
    const struct handle *target = (const struct handle *)to;
    enum gunyah_error error = gunyah_internal_check(source, HANDLE_CSPACE, __func__);

    if (copy == NULL)
        return error != GUNYAH_OK ? error : gunyah_internal_refuse(source->g, __func__, GUNYAH_ERR_NULL);
    *copy = gunyah_capid(GUNYAH_CAPID_INVALID);
    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(source, target, HANDLE_CSPACE, __func__);
    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_cspace_copy_cap_from_result answer =
        gunyah_hypercall_cspace_copy_cap_from(source->g, source->cap, cap, target->cap, rights_mask);
    error = gunyah_internal_answer(source->g, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, answer.error);
    if (error == GUNYAH_OK)
        *copy = answer.new_cap;
    return error;
}

enum gunyah_error gunyah_cspace_delete(struct gunyah_cspace *cspace, gunyah_capid_t cap)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_cspace_delete_cap_from(handle->g, handle->cap, cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM, code);
}

enum gunyah_error gunyah_cspace_revoke(struct gunyah_cspace *cspace, gunyah_capid_t cap)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_cspace_revoke_cap_from(handle->g, handle->cap, cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_CSPACE_REVOKE_CAP_FROM, code);
}

enum gunyah_error gunyah_cspace_revoke_children(struct gunyah_cspace *cspace, gunyah_capid_t master)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_cspace_revoke_caps_from(handle->g, handle->cap, master);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_CSPACE_REVOKE_CAPS_FROM, code);
}

enum gunyah_error gunyah_cspace_attach_thread(struct gunyah_cspace *cspace, struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)cspace;
    const struct handle *member = (const struct handle *)thread;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, member, HANDLE_THREAD, __func__);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_cspace_attach_thread(handle->g, handle->cap, member->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_CSPACE_ATTACH_THREAD, code);
}
