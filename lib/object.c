// SPDX-License-Identifier: BSD-3-Clause
// Calls that work on any object; and partitions, which create them.
#include "internal.h"

enum gunyah_error gunyah_object_activate(struct gunyah *g, gunyah_capid_t cap)
{
    if (g == NULL)
        return GUNYAH_ERR_NULL;
    const int32_t code = gunyah_hypercall_object_activate(g, cap);
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, code);
}

enum gunyah_error gunyah_object_activate_from(struct gunyah_cspace *cspace, gunyah_capid_t cap)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_object_activate_from(handle->g, handle->cap, cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_OBJECT_ACTIVATE_FROM, code);
}

enum gunyah_error gunyah_object_reset(struct gunyah *g, gunyah_capid_t cap)
{
    if (g == NULL)
        return GUNYAH_ERR_NULL;
    const int32_t code = gunyah_hypercall_object_reset(g, cap);
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_OBJECT_RESET, code);
}

enum gunyah_error gunyah_object_reset_from(struct gunyah_cspace *cspace, gunyah_capid_t cap)
{
    const struct handle *handle = (const struct handle *)cspace;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_CSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_object_reset_from(handle->g, handle->cap, cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_OBJECT_RESET_FROM, code);
}

enum gunyah_error gunyah_partition_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_partition **partition)
{
    enum gunyah_error error;

    if (partition == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *partition = (struct gunyah_partition *)gunyah_internal_open(g, HANDLE_PARTITION, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_partition_close(struct gunyah_partition **partition)
{
    if (partition == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*partition, HANDLE_PARTITION, __func__);
    if (error == GUNYAH_OK)
        *partition = NULL;
    return error;
}

gunyah_capid_t gunyah_partition_capid(const struct gunyah_partition *partition)
{
    return gunyah_internal_capid((const struct handle *)partition, HANDLE_PARTITION);
}
