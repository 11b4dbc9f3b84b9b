// SPDX-License-Identifier: BSD-3-Clause
// Making memory parcels, in as many messages as their regions need.
#include "client.h"

#include <vm.h>

// A parcel's message: a head, and three lists, which are sent from where they are.
struct lists {
    uint8_t fixed[GUNYAH_RM_MEM_GIVE_SIZE + 3 * GUNYAH_RM_LIST_SIZE];
    struct rm_piece pieces[6];
};

static struct rm_piece put_count(uint8_t *bytes, size_t count)
{
    const struct rm_list list = {(uint16_t)count};

    return (struct rm_piece){.from = bytes, .size = rm_put_list(bytes, &list)};
}

// The head has this size already.
static void put_lists(struct lists *lists, size_t head, const struct gunyah_memparcel_options *options, size_t regions)
{
    uint8_t *counts = lists->fixed + head;

    put_count(counts, options->access_count);
    lists->pieces[0] = (struct rm_piece){.from = lists->fixed, .size = head + GUNYAH_RM_LIST_SIZE};
    lists->pieces[1] = rm_list_piece(options->access, options->access_count, GUNYAH_RM_MEM_ACL_SIZE);
    lists->pieces[2] = put_count(counts + GUNYAH_RM_LIST_SIZE, regions);
    lists->pieces[3] = rm_list_piece(options->regions, regions, GUNYAH_RM_MEM_REGION_SIZE);
    lists->pieces[4] = put_count(counts + (size_t)2 * GUNYAH_RM_LIST_SIZE, options->attribute_count);
    lists->pieces[5] = rm_list_piece(options->attributes, options->attribute_count, GUNYAH_RM_MEM_ATTR_SIZE);
}

static enum gunyah_error ask_for_handle(struct rm *rm, const char *function, uint32_t id, const struct lists *lists,
                                        uint32_t *number)
{
    uint8_t reply[GUNYAH_RM_HANDLE_SIZE];
    struct rm_handle message = {GUNYAH_RM_HANDLE_INVALID};
    const enum gunyah_error error =
        gunyah_internal_rm_ask_pieces(rm, function, id, lists->pieces, 6, reply, sizeof(reply));

    if (error != GUNYAH_OK)
        return error;
    rm_get_handle(reply, sizeof(reply), &message);
    *number = message.handle;
    return message.handle != GUNYAH_RM_HANDLE_INVALID ? GUNYAH_OK
                                                      : gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_PROTOCOL);
}

// ---- what can be right -------------------------------------------------------------------------------------------

static enum gunyah_error check_lists(const struct gunyah_memparcel_options *options)
{
    enum gunyah_error error = gunyah_internal_rm_check_access(options->access, options->access_count, options->io);

    if (error == GUNYAH_OK)
        error = gunyah_internal_rm_check_regions(options->regions, options->region_count);
    if (error == GUNYAH_OK)
        error = gunyah_internal_rm_check_attributes(options->attributes, options->attribute_count, options->io,
                                                    options->access, options->access_count);
    return error;
}

static enum gunyah_error check_transaction(const struct gunyah_memparcel_options *options)
{
    if ((unsigned)options->transaction > GUNYAH_MEMPARCEL_TRANSACTION_SHARE || (options->sanitize && options->io))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (options->transaction != GUNYAH_MEMPARCEL_TRANSACTION_DONATE)
        return GUNYAH_OK;
    if (options->access_count != 1 || options->attribute_count != 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    const uint8_t all = options->io ? GUNYAH_PGTABLE_ACCESS_RW : GUNYAH_PGTABLE_ACCESS_RWX;
    return options->access[0].rights == all ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID;
}

// The VM must be one of this connection.
static enum gunyah_error find_vm(const struct rm *rm, const struct gunyah_vm *handle, struct gunyah_vmm_vm **vm)
{
    const struct handle *checked = (const struct handle *)handle;

    *vm = NULL;
    if (checked == NULL)
        return GUNYAH_OK;
    if (checked->kind != HANDLE_VM)
        return GUNYAH_ERR_HANDLE;
    if (checked->vm->vmm->context != rm)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    *vm = &checked->vm->record;
    return GUNYAH_OK;
}

static enum gunyah_error check_options(const struct rm *rm, const struct gunyah_memparcel_options *options,
                                       struct gunyah_vmm_vm **vm)
{
    if (options == NULL)
        return GUNYAH_ERR_NULL;
    if (!gunyah_internal_options(NULL, sizeof(*options), options))
        return GUNYAH_ERR_OPTION;
    const enum gunyah_error error = check_lists(options);
    return error == GUNYAH_OK ? find_vm(rm, options->vm, vm) : error;
}

// ---- making ------------------------------------------------------------------------------------------------------

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum gunyah_error give(struct rm *rm, const char *function, const struct gunyah_memparcel_options *options,
                              size_t regions, uint32_t *number)
{
    static const uint32_t ids[] = {
        [GUNYAH_MEMPARCEL_TRANSACTION_DONATE] = GUNYAH_RM_MEM_DONATE,
        [GUNYAH_MEMPARCEL_TRANSACTION_LEND] = GUNYAH_RM_MEM_LEND,
        [GUNYAH_MEMPARCEL_TRANSACTION_SHARE] = GUNYAH_RM_MEM_SHARE,
    };
    const unsigned sanitize = options->sanitize ? GUNYAH_RM_MEM_GIVE_FLAG_SANITIZE : 0;
    const unsigned append = regions < options->region_count ? GUNYAH_RM_MEM_GIVE_FLAG_APPEND : 0;
    const struct rm_mem_give message = {
        .mem_type = options->io ? GUNYAH_MEMPARCEL_TYPE_IO : GUNYAH_MEMPARCEL_TYPE_NORMAL,
        .flags = (uint8_t)(sanitize | append),
        .label = options->label,
    };
    struct lists lists = {.fixed = {0}};

    put_lists(&lists, rm_put_mem_give(lists.fixed, &message), options, regions);
    return ask_for_handle(rm, function, ids[options->transaction], &lists, number);
}

static enum gunyah_error append(struct rm *rm, const char *function, uint32_t number,
                                const struct gunyah_memory_region *regions, size_t count, bool last)
{
    const struct rm_mem_append message = {number, last ? GUNYAH_RM_MEM_APPEND_FLAG_DONE : 0};
    uint8_t head[GUNYAH_RM_MEM_APPEND_MIN_SIZE];
    const size_t size = rm_put_mem_append(head, &message);
    const struct rm_piece pieces[2] = {
        {.from = head, .size = size + put_count(head + size, count).size},
        rm_list_piece(regions, count, GUNYAH_RM_MEM_REGION_SIZE),
    };

    return gunyah_internal_rm_ask_pieces(rm, function, GUNYAH_RM_MEM_APPEND, pieces, 2, NULL, 0);
}

static enum gunyah_error append_from(struct rm *rm, const char *function, uint32_t number,
                                     const struct gunyah_memparcel_options *options, size_t sent)
{
    enum gunyah_error error = GUNYAH_OK;

    while (error == GUNYAH_OK && sent < options->region_count) {
        const size_t left = options->region_count - sent;
        const size_t part = smaller(left, rm_regions_beside(rm, GUNYAH_RM_MEM_APPEND_MIN_SIZE));
        error = append(rm, function, number, options->regions + sent, part, part == left);
        sent += part;
    }
    return error;
}

// Into a handle that is there already. The number of the parcel stays GUNYAH_RM_HANDLE_INVALID if nothing was made.
static enum gunyah_error make(struct handle *handle, const char *function,
                              const struct gunyah_memparcel_options *options)
{
    struct rm *rm = handle->rm;
    const size_t lists =
        options->access_count * GUNYAH_RM_MEM_ACL_SIZE + options->attribute_count * GUNYAH_RM_MEM_ATTR_SIZE;
    const size_t first = smaller(options->region_count, rm_regions_beside(rm, GUNYAH_RM_MEM_GIVE_MIN_SIZE + lists));

    if (first == 0)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_MESSAGE_TOO_LONG);
    const enum gunyah_error error = give(rm, function, options, first, &handle->number);
    return error == GUNYAH_OK ? append_from(rm, function, handle->number, options, first) : error;
}

// Take back what was made of a parcel, so that the handle can go too. The failure stays the first one.
static bool undo(const struct handle *handle, const char *function)
{
    struct gunyah *g = handle->g;
    const struct failure failure = g->failure;

    if (handle->number == GUNYAH_RM_HANDLE_INVALID)
        return true;
    const enum gunyah_error error = gunyah_internal_rm_end_parcel(handle, GUNYAH_RM_MEM_RECLAIM, false, function);
    g->failure = failure;
    return error == GUNYAH_OK;
}

enum gunyah_error gunyah_memparcel_create(struct gunyah_rm *connection, const struct gunyah_memparcel_options *options,
                                          struct gunyah_memparcel **out)
{
    struct gunyah_vmm_vm *vm;
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (out != NULL)
        *out = NULL;
    if (rm == NULL)
        return error;
    error = out != NULL ? check_options(rm, options, &vm) : GUNYAH_ERR_NULL;
    if (error == GUNYAH_OK)
        error = check_transaction(options);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(rm->g, __func__, error);
    struct handle *handle =
        gunyah_internal_rm_open_handle(rm, HANDLE_MEMPARCEL, GUNYAH_RM_HANDLE_INVALID, LENDING_OWNED, __func__, &error);
    if (handle == NULL)
        return error;
    handle->owner = vm;
    handle->transaction = (uint8_t)options->transaction;
    error = make(handle, __func__, options);
    if (error != GUNYAH_OK && undo(handle, __func__))
        gunyah_internal_rm_close_handle(handle);
    else
        *out = (struct gunyah_memparcel *)handle;
    return error;
}

// ---- finding -----------------------------------------------------------------------------------------------------

static enum gunyah_error look_up(struct handle *handle, const char *function,
                                 const struct gunyah_memparcel_options *options)
{
    const struct rm_mem_qcom_lookup_sgl message = {
        .mem_type = options->io ? GUNYAH_MEMPARCEL_TYPE_IO : GUNYAH_MEMPARCEL_TYPE_NORMAL,
        .label = options->label,
    };
    struct lists lists = {.fixed = {0}};

    put_lists(&lists, rm_put_mem_qcom_lookup_sgl(lists.fixed, &message), options, options->region_count);
    return ask_for_handle(handle->rm, function, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, &lists, &handle->number);
}

enum gunyah_error gunyah_memparcel_lookup(struct gunyah_rm *connection, const struct gunyah_memparcel_options *options,
                                          struct gunyah_memparcel **out)
{
    struct gunyah_vmm_vm *vm;
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (out != NULL)
        *out = NULL;
    if (rm == NULL)
        return error;
    error = out != NULL ? check_options(rm, options, &vm) : GUNYAH_ERR_NULL;
    if (error == GUNYAH_OK && options->region_count > GUNYAH_RM_MAX_LIST)
        error = GUNYAH_ERR_ARGUMENT_SIZE;
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(rm->g, __func__, error);
    struct handle *handle =
        gunyah_internal_rm_open_handle(rm, HANDLE_MEMPARCEL, GUNYAH_RM_HANDLE_INVALID, LENDING_OWNED, __func__, &error);
    if (handle == NULL)
        return error;
    handle->owner = vm;
    error = look_up(handle, __func__, options);
    if (error != GUNYAH_OK)
        gunyah_internal_rm_close_handle(handle);
    else
        *out = (struct gunyah_memparcel *)handle;
    return error;
}
