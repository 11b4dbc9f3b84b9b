// SPDX-License-Identifier: BSD-3-Clause
// Accepting memory parcels, in as many messages as their regions need.
//
// Each call places some regions, and the one with DONE maps all of them. Where the addresses are given, the last piece has
// it. Where the Resource Manager chooses them, only its replies tell how many there are: calls without it go on until one
// is not INCOMPLETE, and one more maps. But if they are to lie in a row there is one region, and one call.
#include "client.h"

#define FLAG(name) GUNYAH_RM_MEM_ACCEPT_FLAG_##name

// How far it is.
struct acceptance {
    struct handle *parcel;
    const char *function;
    const struct gunyah_memparcel_accept_options *options;
    struct gunyah_memory_region *mapped;
    size_t capacity;
    size_t count;    // of regions, so far
    bool begun;      // the Resource Manager takes the parcel for accepted
    bool incomplete; // it has more regions
};

// ---- what can be right -------------------------------------------------------------------------------------------

static enum gunyah_error check_regions(const struct gunyah_memparcel_accept_options *options)
{
    if (options->regions == NULL)
        return options->region_count == 0 ? GUNYAH_OK : GUNYAH_ERR_NULL;
    if (options->contiguous && options->region_count != 1)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    return gunyah_internal_rm_check_regions(options->regions, options->region_count);
}

static enum gunyah_error check_options(const struct handle *parcel,
                                       const struct gunyah_memparcel_accept_options *options)
{
    enum gunyah_error error = GUNYAH_OK;

    if (options->contiguous && parcel->io)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (options->access == NULL && (options->access_count | options->attribute_count) != 0)
        return GUNYAH_ERR_NULL;
    if (options->access != NULL)
        error = gunyah_internal_rm_check_access(options->access, options->access_count, parcel->io);
    if (error == GUNYAH_OK)
        error = gunyah_internal_rm_check_attributes(options->attributes, options->attribute_count, parcel->io,
                                                    options->access, options->access_count);
    return error == GUNYAH_OK ? check_regions(options) : error;
}

static enum gunyah_error check(const struct handle *parcel, const struct gunyah_memparcel_accept_options *options)
{
    if (!gunyah_internal_options(NULL, sizeof(*options), options))
        return GUNYAH_ERR_OPTION;
    const enum gunyah_error error = check_options(parcel, options);
    if (error != GUNYAH_OK)
        return error;
    return parcel->side == LENDING_OFFERED ? GUNYAH_OK : GUNYAH_ERR_OBJECT_STATE;
}

// ---- messages ----------------------------------------------------------------------------------------------------

static uint8_t flags_of(const struct gunyah_memparcel_accept_options *options)
{
    return (uint8_t)((options->check_sanitized ? FLAG(VALIDATE_SANITIZED) : 0) |
                     (options->check_label ? FLAG(VALIDATE_LABEL) : 0) |
                     (options->access != NULL ? FLAG(VALIDATE_ACL_ATTR) : 0) |
                     (options->contiguous ? FLAG(MAP_CONTIGUOUS) : 0));
}

// Everything in front of the regions, and behind them.
static void put(uint8_t *fixed, struct rm_piece *pieces, const struct acceptance *acceptance,
                const struct gunyah_memory_region *regions, size_t count, uint8_t done)
{
    const struct gunyah_memparcel_accept_options *options = acceptance->options;
    const struct rm_mem_accept message = {
        .handle = acceptance->parcel->number,
        .mem_type = acceptance->parcel->io ? GUNYAH_MEMPARCEL_TYPE_IO : GUNYAH_MEMPARCEL_TYPE_NORMAL,
        .transaction = acceptance->parcel->transaction,
        .flags = flags_of(options) | done,
        .label = acceptance->parcel->label,
    };
    const struct rm_list access = {(uint16_t)options->access_count};
    const struct rm_mem_accept_regions places = {(uint16_t)count, {0}};
    const struct rm_list attributes = {(uint16_t)options->attribute_count};
    const size_t head = GUNYAH_RM_MEM_ACCEPT_SIZE + GUNYAH_RM_LIST_SIZE;

    rm_put_mem_accept(fixed, &message);
    rm_put_list(fixed + GUNYAH_RM_MEM_ACCEPT_SIZE, &access);
    pieces[0] = (struct rm_piece){.from = fixed, .size = head};
    pieces[1] = rm_list_piece(options->access, options->access_count, GUNYAH_RM_MEM_ACL_SIZE);
    pieces[2] = (struct rm_piece){.from = fixed + head, .size = rm_put_mem_accept_regions(fixed + head, &places)};
    pieces[3] = rm_list_piece(regions, count, GUNYAH_RM_MEM_REGION_SIZE);
    fixed += head + GUNYAH_RM_MEM_ACCEPT_REGIONS_SIZE;
    pieces[4] = (struct rm_piece){.from = fixed, .size = rm_put_list(fixed, &attributes)};
    pieces[5] = rm_list_piece(options->attributes, options->attribute_count, GUNYAH_RM_MEM_ATTR_SIZE);
}

// Where the caller has room for more.
static struct rm_piece room(const struct acceptance *acceptance)
{
    if (acceptance->count >= acceptance->capacity)
        return (struct rm_piece){.to = NULL, .size = 0};
    const size_t left = acceptance->capacity - acceptance->count;
    return (struct rm_piece){
        .to = acceptance->mapped + acceptance->count,
        .size = (left < GUNYAH_RM_MAX_LIST ? left : GUNYAH_RM_MAX_LIST) * GUNYAH_RM_MEM_REGION_SIZE,
    };
}

// One message. Without regions, the reply has those that the Resource Manager chose.
static enum gunyah_error accept_piece(struct acceptance *acceptance, const struct gunyah_memory_region *regions,
                                      size_t count, uint8_t done)
{
    uint8_t fixed[GUNYAH_RM_MEM_ACCEPT_SIZE + 3 * GUNYAH_RM_LIST_SIZE];
    struct rm_piece pieces[6];
    uint8_t head[GUNYAH_RM_MEM_ACCEPTED_REGIONS_SIZE];
    struct rm *rm = acceptance->parcel->rm;
    const struct rm_piece reply[2] = {{.to = head, .size = sizeof(head)}, room(acceptance)};
    const struct rm_exchange exchange = {acceptance->function, GUNYAH_RM_MEM_ACCEPT, pieces, 6, reply, 2};
    struct rm_mem_accepted_regions places = {0, 0};
    size_t size;

    put(fixed, pieces, acceptance, regions, count, done);
    const enum gunyah_error error = gunyah_internal_rm_ask(rm, &exchange, count == 0 ? sizeof(head) : 0, &size);
    acceptance->begun |= error == GUNYAH_OK || error == GUNYAH_ERR_PROTOCOL;
    if (error != GUNYAH_OK || count != 0)
        return error;
    rm_get_mem_accepted_regions(head, sizeof(head), &places);
    if (places.count > (size - sizeof(head)) / GUNYAH_RM_MEM_REGION_SIZE)
        return gunyah_internal_refuse(rm->g, acceptance->function, GUNYAH_ERR_PROTOCOL);
    acceptance->count += places.count;
    acceptance->incomplete = (places.flags & GUNYAH_RM_MEM_ACCEPT_REPLY_FLAG_INCOMPLETE) != 0;
    // One that says so and brings nothing would do so for ever.
    if (acceptance->incomplete && places.count == 0)
        return gunyah_internal_refuse(rm->g, acceptance->function, GUNYAH_ERR_PROTOCOL);
    return GUNYAH_OK;
}

static enum gunyah_error accept_anywhere(struct acceptance *acceptance)
{
    if (acceptance->options->contiguous)
        return accept_piece(acceptance, NULL, 0, FLAG(DONE));
    do {
        const enum gunyah_error error = accept_piece(acceptance, NULL, 0, 0);
        if (error != GUNYAH_OK)
            return error;
    } while (acceptance->incomplete);
    return accept_piece(acceptance, NULL, 0, FLAG(DONE));
}

static enum gunyah_error accept_there(struct acceptance *acceptance)
{
    const struct gunyah_memparcel_accept_options *options = acceptance->options;
    const struct rm *rm = acceptance->parcel->rm;
    const size_t beside = GUNYAH_RM_MEM_ACCEPT_MIN_SIZE + options->access_count * GUNYAH_RM_MEM_ACL_SIZE +
                          options->attribute_count * GUNYAH_RM_MEM_ATTR_SIZE;
    const size_t most = rm_regions_beside(rm, beside);

    if (most == 0)
        return gunyah_internal_refuse(rm->g, acceptance->function, GUNYAH_ERR_MESSAGE_TOO_LONG);
    while (acceptance->count < options->region_count) {
        const size_t left = options->region_count - acceptance->count;
        const size_t part = left < most ? left : most;
        const enum gunyah_error error =
            accept_piece(acceptance, options->regions + acceptance->count, part, part == left ? FLAG(DONE) : 0);
        if (error != GUNYAH_OK)
            return error;
        acceptance->count += part;
    }
    return GUNYAH_OK;
}

// ---- the whole ---------------------------------------------------------------------------------------------------

// Release what is half accepted. If even that fails, the side is told that it has it.
static void undo(const struct acceptance *acceptance)
{
    struct handle *parcel = acceptance->parcel;
    const struct failure failure = parcel->g->failure;

    if (!acceptance->begun)
        return;
    if (gunyah_internal_rm_end_parcel(parcel, GUNYAH_RM_MEM_RELEASE, false, acceptance->function) != GUNYAH_OK)
        parcel->side = LENDING_ACCEPTED;
    parcel->g->failure = failure;
}

static enum gunyah_error accept(struct acceptance *acceptance)
{
    const enum gunyah_error error =
        acceptance->options->regions != NULL ? accept_there(acceptance) : accept_anywhere(acceptance);

    if (error != GUNYAH_OK)
        undo(acceptance);
    else
        acceptance->parcel->side = LENDING_ACCEPTED;
    return error;
}

enum gunyah_error gunyah_memparcel_accept(struct gunyah_memparcel **pointer,
                                          const struct gunyah_memparcel_accept_options *options,
                                          struct gunyah_memory_region *mapped, size_t capacity, size_t *count)
{
    static const struct gunyah_memparcel_accept_options defaults = GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT;

    if (options == NULL)
        options = &defaults;
    if (pointer == NULL || *pointer == NULL)
        return GUNYAH_ERR_NULL;
    struct handle *parcel = (struct handle *)*pointer;
    enum gunyah_error error = gunyah_internal_check(parcel, HANDLE_MEMPARCEL, __func__);
    if (error != GUNYAH_OK)
        return error;
    struct gunyah *g = parcel->g;
    error = mapped == NULL && capacity != 0 ? GUNYAH_ERR_NULL : check(parcel, options);
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, error);
    struct acceptance acceptance = {
        .parcel = parcel, .function = __func__, .options = options, .mapped = mapped, .capacity = capacity};
    error = accept(&acceptance);
    if (error != GUNYAH_OK)
        return error;
    if (count != NULL)
        *count = acceptance.count;
    if (parcel->transaction == GUNYAH_MEMPARCEL_TRANSACTION_DONATE) {
        gunyah_internal_rm_close_handle(parcel);
        *pointer = NULL;
    }
    const bool too_small = mapped != NULL && options->regions == NULL && acceptance.count > capacity;
    return too_small ? gunyah_internal_refuse(g, __func__, GUNYAH_ERR_BUFFER_TOO_SMALL) : GUNYAH_OK;
}
