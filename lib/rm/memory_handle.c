// SPDX-License-Identifier: BSD-3-Clause
// Handles of memory parcels: opening them, telling of them, and giving them back.
#include "client.h"

// The parcel of a good handle; null, and the error.
static struct handle *parcel_of(const struct gunyah_memparcel *pointer, const char *function, enum gunyah_error *error)
{
    struct handle *handle = (struct handle *)pointer;

    *error = gunyah_internal_check(handle, HANDLE_MEMPARCEL, function);
    return *error == GUNYAH_OK ? handle : NULL;
}

// The same, which must be on this side.
static struct handle *parcel_on(const struct gunyah_memparcel *pointer, enum lending_side side, const char *function,
                                enum gunyah_error *error)
{
    struct handle *handle = parcel_of(pointer, function, error);

    if (handle == NULL || handle->side == side)
        return handle;
    *error = gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_OBJECT_STATE);
    return NULL;
}

static enum gunyah_error read_offer(const struct gunyah_memparcel_offer *given, struct gunyah_memparcel_offer *offer)
{
    if (given == NULL)
        return GUNYAH_ERR_NULL;
    if (!gunyah_internal_options(offer, sizeof(*offer), given))
        return GUNYAH_ERR_OPTION;
    if (offer->memparcel == GUNYAH_RM_HANDLE_INVALID ||
        (unsigned)offer->transaction > GUNYAH_MEMPARCEL_TRANSACTION_SHARE)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_memparcel_open(struct gunyah_rm *connection, const struct gunyah_memparcel_offer *given,
                                        struct gunyah_memparcel **out)
{
    struct gunyah_memparcel_offer offer;
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (out != NULL)
        *out = NULL;
    if (rm == NULL)
        return error;
    error = out != NULL ? read_offer(given, &offer) : GUNYAH_ERR_NULL;
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(rm->g, __func__, error);
    const enum lending_side side = offer.accepted ? LENDING_ACCEPTED : LENDING_OFFERED;
    struct handle *handle =
        gunyah_internal_rm_open_handle(rm, HANDLE_MEMPARCEL, offer.memparcel, side, __func__, &error);
    if (handle == NULL)
        return error;
    handle->label = offer.label;
    handle->transaction = (uint8_t)offer.transaction;
    handle->io = offer.io;
    *out = (struct gunyah_memparcel *)handle;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_memparcel_close(struct gunyah_memparcel **pointer)
{
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct handle *handle = parcel_of(*pointer, __func__, &error);
    if (handle == NULL)
        return error;
    gunyah_internal_rm_close_handle(handle);
    *pointer = NULL;
    return GUNYAH_OK;
}

uint32_t gunyah_memparcel_handle(const struct gunyah_memparcel *parcel)
{
    const struct handle *handle = (const struct handle *)parcel;

    return handle != NULL && handle->kind == HANDLE_MEMPARCEL ? handle->number : GUNYAH_RM_HANDLE_INVALID;
}

// ---- giving back -------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_internal_rm_end_parcel(const struct handle *parcel, uint32_t id, bool sanitize,
                                                const char *function)
{
    const struct rm_mem_end message = {parcel->number, sanitize ? GUNYAH_RM_MEM_END_FLAG_SANITIZE : 0};
    uint8_t request[GUNYAH_RM_MEM_END_SIZE];

    return gunyah_internal_rm_ask_bytes(parcel->rm, function, id, request, rm_put_mem_end(request, &message), NULL, 0);
}

enum gunyah_error gunyah_memparcel_release(struct gunyah_memparcel *parcel, bool sanitize)
{
    enum gunyah_error error;
    struct handle *handle = parcel_on(parcel, LENDING_ACCEPTED, __func__, &error);

    if (handle == NULL)
        return error;
    error = gunyah_internal_rm_end_parcel(handle, GUNYAH_RM_MEM_RELEASE, sanitize, __func__);
    if (error == GUNYAH_OK || error == GUNYAH_ERR_RM_MEM_RELEASED)
        handle->side = LENDING_OFFERED;
    return error;
}

enum gunyah_error gunyah_memparcel_reclaim(struct gunyah_memparcel **pointer, bool sanitize)
{
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct handle *handle = parcel_on(*pointer, LENDING_OWNED, __func__, &error);
    if (handle == NULL)
        return error;
    error = gunyah_internal_rm_end_parcel(handle, GUNYAH_RM_MEM_RECLAIM, sanitize, __func__);
    if (error != GUNYAH_OK)
        return error;
    gunyah_internal_rm_close_handle(handle);
    *pointer = NULL;
    return GUNYAH_OK;
}

// ---- telling -----------------------------------------------------------------------------------------------------

static enum gunyah_error check_notice(const struct handle *handle, uint32_t flag, const struct gunyah_rm_vm_entry *vms,
                                      size_t count)
{
    const bool to_others = flag == GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED || flag == GUNYAH_RM_MEM_NOTIFY_FLAG_RECALL;
    const enum lending_side from = to_others                                    ? LENDING_OWNED
                                   : flag == GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED ? LENDING_ACCEPTED
                                                                                : LENDING_OFFERED;

    if (!to_others && flag != GUNYAH_RM_MEM_NOTIFY_FLAG_ACCEPTED && flag != GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (to_others ? count == 0 || count > GUNYAH_RM_MAX_LIST : count != 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (count != 0 && vms == NULL)
        return GUNYAH_ERR_NULL;
    for (size_t i = 0; i < count; i++) {
        if (vms[i].reserved != 0)
            return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    return handle->side == from ? GUNYAH_OK : GUNYAH_ERR_OBJECT_STATE;
}

enum gunyah_error gunyah_memparcel_notify(struct gunyah_memparcel *parcel, uint32_t flag, uint32_t tag,
                                          const struct gunyah_rm_vm_entry *vms, size_t count)
{
    uint8_t head[GUNYAH_RM_MEM_NOTIFY_SIZE + GUNYAH_RM_LIST_SIZE];
    enum gunyah_error error;
    struct handle *handle = parcel_of(parcel, __func__, &error);

    if (handle == NULL)
        return error;
    error = check_notice(handle, flag, vms, count);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(handle->g, __func__, error);
    const struct rm_mem_notify message = {handle->number, (uint8_t)flag, tag};
    const struct rm_list list = {(uint16_t)count};
    size_t size = rm_put_mem_notify(head, &message);
    if (count != 0)
        size += rm_put_list(head + size, &list);
    const struct rm_piece pieces[2] = {{.from = head, .size = size}, rm_list_piece(vms, count, GUNYAH_RM_VM_SIZE)};
    return gunyah_internal_rm_ask_pieces(handle->rm, __func__, GUNYAH_RM_MEM_NOTIFY, pieces, 2, NULL, 0);
}
