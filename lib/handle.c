// SPDX-License-Identifier: BSD-3-Clause
// Handles: checked on every use, kept by their session for the next one when they are closed.
#include "internal.h"

enum gunyah_error gunyah_internal_check_second(const struct handle *first, const struct handle *second,
                                               enum handle_kind kind, const char *function)
{
    if (second == NULL)
        return gunyah_internal_refuse(first->g, function, GUNYAH_ERR_NULL);
    if (second->kind != kind)
        return gunyah_internal_refuse(first->g, function, GUNYAH_ERR_HANDLE);
    if (second->g != first->g)
        return gunyah_internal_refuse(first->g, function, GUNYAH_ERR_ARGUMENT_INVALID);
    return GUNYAH_OK;
}

struct handle *gunyah_internal_open(struct gunyah *g, enum handle_kind kind, gunyah_capid_t cap, const char *function,
                                    enum gunyah_error *error)
{
    *error = GUNYAH_ERR_NULL;
    if (g == NULL)
        return NULL;
    struct handle *handle = g->free_handles;
    struct handle *next = handle != NULL ? handle->next : g->handles;
    if (handle != NULL) {
        g->free_handles = handle->next_free;
    } else {
        handle = g->allocator.allocate(g->allocator.context, sizeof(*handle));
        if (handle == NULL) {
            *error = gunyah_internal_refuse(g, function, GUNYAH_ERR_OUT_OF_MEMORY);
            return NULL;
        }
        g->handles = handle;
    }
    *handle = (struct handle){.kind = kind, .cap = cap, .g = g, .next = next};
    *error = GUNYAH_OK;
    return handle;
}

struct handle *gunyah_internal_create(struct gunyah_partition *partition, struct gunyah_cspace *into, uint32_t number,
                                      enum handle_kind kind, const char *function, enum gunyah_error *error)
{
    const struct handle *source = (const struct handle *)partition;
    const struct handle *cspace = (const struct handle *)into;

    *error = gunyah_internal_check(source, HANDLE_PARTITION, function);
    if (*error == GUNYAH_OK)
        *error = gunyah_internal_check_second(source, cspace, HANDLE_CSPACE, function);
    if (*error != GUNYAH_OK)
        return NULL;

    // The handle first: without one, nobody could reach the object.
    struct gunyah *g = source->g;
    struct handle *handle = gunyah_internal_open(g, kind, gunyah_capid(GUNYAH_CAPID_INVALID), function, error);
    if (handle == NULL)
        return NULL;
    struct gunyah_registers r = {{0, source->cap.value, cspace->cap.value, 0}};
    gunyah_call(g, number, &r);
    *error = gunyah_internal_answer(g, number, (int32_t)r.x[0]);
    if (*error != GUNYAH_OK) {
        gunyah_internal_close(handle, kind, function);
        return NULL;
    }
    handle->cap = gunyah_capid(r.x[1]);
    return handle;
}

enum gunyah_error gunyah_internal_close(struct handle *handle, enum handle_kind kind, const char *function)
{
    if (handle == NULL)
        return GUNYAH_ERR_HANDLE;
    const enum gunyah_error error = gunyah_internal_check(handle, kind, function);
    if (error != GUNYAH_OK)
        return error;
    handle->kind = HANDLE_CLOSED;
    handle->next_free = handle->g->free_handles;
    handle->g->free_handles = handle;
    return GUNYAH_OK;
}

gunyah_capid_t gunyah_internal_capid(const struct handle *handle, enum handle_kind kind)
{
    return handle != NULL && handle->kind == kind ? handle->cap : gunyah_capid(GUNYAH_CAPID_INVALID);
}
