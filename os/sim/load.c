// SPDX-License-Identifier: BSD-3-Clause
// Making a machine of what was saved, or of another machine. Nothing that the bytes say is believed.

#include "frame.h"
#include "save.h"

#include <options.h>
#include <port.h>

#include <string.h>

// ---- the frame

static bool has_checksum(const unsigned char *bytes, size_t size, uint64_t checksum)
{
    static const unsigned char zeros[8];
    uint64_t crc = gunyah_internal_sim_checksum(bytes, SIM_SAVE_CHECKSUM, 0);

    crc = gunyah_internal_sim_checksum(zeros, sizeof(zeros), crc);
    crc = gunyah_internal_sim_checksum(bytes + SIM_SAVE_HEADER, size - SIM_SAVE_HEADER, crc);
    return crc == checksum;
}

// The sentence about the lengths; null: they are right.
static const char *check_lengths(const struct sim_reader *reader, uint32_t header, uint64_t length)
{
    if (header != SIM_SAVE_HEADER)
        return "the header has another length than this format has";
    if (length > reader->size)
        return "the save is cut off";
    if (length < reader->size)
        return "there are bytes behind the end of the save";
    return NULL;
}

// Look at the header. A sentence about what is wrong with it; null: nothing.
static const char *check_header(struct sim_reader *reader)
{
    unsigned char magic[SIM_SAVE_MAGIC_SIZE];
    uint32_t format;
    uint32_t header;
    uint64_t length;
    uint64_t layout;
    uint32_t order;
    uint32_t width;
    const char *wrong;

    gunyah_internal_sim_get(reader, magic, sizeof(magic));
    if (memcmp(magic, SIM_SAVE_MAGIC, sizeof(magic)) != 0)
        return "this is no save of a machine";
    if (reader->size < SIM_SAVE_HEADER)
        return "the save is cut off";
    format = gunyah_internal_sim_get32(reader);
    if (format != SIM_SAVE_FORMAT)
        return "the save has a format that this version of the library does not know";
    header = gunyah_internal_sim_get32(reader);
    length = gunyah_internal_sim_get64(reader);
    layout = gunyah_internal_sim_get64(reader);
    order = gunyah_internal_sim_get32(reader);
    width = gunyah_internal_sim_get32(reader);
    wrong = check_lengths(reader, header, length);
    if (wrong != NULL)
        return wrong;
    if (!has_checksum(reader->bytes, reader->size, gunyah_internal_sim_get64(reader)))
        return "the save is damaged: its checksum is another one";
    if (order != gunyah_internal_sim_byte_order() || width != sizeof(void *))
        return "the save is of a machine with another byte order, or another size of pointers";
    if (layout != gunyah_model_layout())
        return "the save is of another version of the model";
    return NULL;
}

// ---- parts

// The next part is of this kind: read it.
static enum gunyah_error load_part(struct sim_load *load, const struct sim_part *part, struct sim_reader *reader)
{
    const uint32_t version = gunyah_internal_sim_get32(reader);
    const uint64_t length = gunyah_internal_sim_get64(reader);
    struct sim_reader inner = {.bytes = reader->bytes + reader->at};
    enum gunyah_error error;

    if (version != part->version)
        return gunyah_internal_sim_damaged(load, "a part has a version that this version of the library does not know");
    if (reader->failed || length > reader->size - reader->at)
        return gunyah_internal_sim_damaged(load, "a part is longer than the save");
    inner.size = (size_t)length;
    error = part->load(load, &inner);
    if (error != GUNYAH_OK)
        return error;
    if (inner.failed || inner.at != inner.size)
        return gunyah_internal_sim_damaged(load, "a part is cut off, too long, or says what none can say");
    reader->at += inner.size;
    while (reader->at % SIM_SAVE_ALIGNMENT != 0) {
        unsigned char zero;
        gunyah_internal_sim_get(reader, &zero, 1);
        reader->failed = reader->failed || zero != 0;
    }
    return reader->failed ? gunyah_internal_sim_damaged(load, "a part does not end as it should") : GUNYAH_OK;
}

static enum gunyah_error load_parts(struct sim_load *load, struct sim_reader *reader)
{
    uint32_t id = gunyah_internal_sim_get32(reader);

    for (size_t i = 0; i < gunyah_internal_sim_part_count; i++) {
        const struct sim_part *part = &gunyah_internal_sim_parts[i];
        enum gunyah_error error;
        if (id != part->id) {
            if (!part->optional)
                return gunyah_internal_sim_damaged(load, "a part is missing, or not in its place");
            continue;
        }
        error = load_part(load, part, reader);
        if (error != GUNYAH_OK)
            return error;
        id = reader->at < reader->size ? gunyah_internal_sim_get32(reader) : 0;
    }
    if (id != 0 || reader->at != reader->size)
        return gunyah_internal_sim_damaged(load, "there is a part that this version of the library does not know");
    return GUNYAH_OK;
}

// ---- the state

static bool has_memory(const void *context, uint64_t address, uint64_t size)
{
    const struct sim_load *load = context;

    for (size_t i = 0; i < load->region_count && size != 0;) {
        const uint64_t offset = address - (uintptr_t)load->regions[i].address;
        const uint64_t there = offset < load->regions[i].size ? load->regions[i].size - offset : 0;
        const uint64_t part = there < size ? there : size;
        // What is left may begin in a region that comes before.
        i = part != 0 ? 0 : i + 1;
        address += part;
        size -= part;
    }
    return size == 0;
}

// Those that the Resource Manager made come and go; the others stay.
static bool are_vms_known(const struct gunyah_sim *sim)
{
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        const bool exists = gunyah_model_vm_exists(sim->model, i);
        if (sim->vms[i] == NULL)
            continue;
        if (sim->vms[i]->made ? exists && !gunyah_model_vm_is_made(sim->model, i)
                              : !exists || gunyah_model_vm_is_made(sim->model, i))
            return false;
    }
    return true;
}

// Look at what the model trusts, and at which memory it uses.
static enum gunyah_error audit(struct sim_load *load)
{
    const struct gunyah_allocator *allocator = &load->sim->allocator;
    const size_t size = gunyah_model_audit_size(load->sim->model);
    void *room = allocator->allocate(allocator->context, size);
    const char *wrong;

    if (room == NULL) {
        load->why = "the allocator has no memory to check the state in";
        return GUNYAH_ERR_OUT_OF_MEMORY;
    }
    wrong = gunyah_model_audit(load->sim->model, room);
    allocator->release(allocator->context, room, size);
    if (wrong != NULL)
        return gunyah_internal_sim_damaged(load, wrong);
    if (!are_vms_known(load->sim))
        return gunyah_internal_sim_damaged(load, "there is a VM that the hypervisor does not know");
    if (!gunyah_model_rm_needs(load->sim->model, has_memory, load)) {
        load->why = "the state needs memory of VMs that options.regions does not name";
        return GUNYAH_ERR_ADDR_INVALID;
    }
    return GUNYAH_OK;
}

// ---- machines

// A Resource Manager needs what is around it again.
static enum gunyah_error reconnect(struct sim_load *load)
{
    struct gunyah_model_rm_env env;

    if (!gunyah_model_has_rm(load->sim->model))
        return GUNYAH_OK;
    if (!gunyah_internal_sim_rm_env(load->sim, &env)) {
        load->why = "the allocator has no memory for device trees";
        return GUNYAH_ERR_OUT_OF_MEMORY;
    }
    gunyah_model_rm_reconnect(load->sim->model, &env);
    return GUNYAH_OK;
}

static enum gunyah_error make(struct sim_load *load, const struct gunyah_allocator *allocator, const void *bytes,
                              size_t size)
{
    struct sim_reader reader = {.bytes = bytes, .size = size};
    const char *wrong = check_header(&reader);
    enum gunyah_error error;

    if (wrong != NULL)
        return gunyah_internal_sim_damaged(load, wrong);
    load->sim = gunyah_internal_sim_new(allocator);
    if (load->sim == NULL) {
        load->why = "the allocator has no memory for a machine";
        return GUNYAH_ERR_OUT_OF_MEMORY;
    }
    error = load_parts(load, &reader);
    if (error == GUNYAH_OK && !load->trusted)
        error = audit(load);
    if (error == GUNYAH_OK)
        error = reconnect(load);
    if (error == GUNYAH_OK)
        return error;
    gunyah_internal_sim_free(load->sim);
    load->sim = NULL;
    return error;
}

static enum gunyah_error load(const void *bytes, size_t size, const struct gunyah_sim_load_options *options,
                              struct gunyah_sim **sim, const char **why)
{
    struct sim_load state = {.why = "nothing has failed"};
    struct gunyah_allocator allocator;
    enum gunyah_error error;

    if (!options_known(options, options->size, sizeof(*options))) {
        *why = "options.size is wrong: start from GUNYAH_SIM_LOAD_OPTIONS_INIT";
        return GUNYAH_ERR_OPTION;
    }
    allocator = options->allocator != NULL ? *options->allocator : gunyah_internal_default_allocator();
    if (allocator.allocate == NULL || allocator.release == NULL ||
        (options->region_count != 0 && options->regions == NULL)) {
        *why = "options.allocator or options.regions has a null pointer";
        return GUNYAH_ERR_NULL;
    }
    state.memory = options->memory;
    state.regions = options->regions;
    state.region_count = options->region_count;
    error = make(&state, &allocator, bytes, size);
    *sim = state.sim;
    *why = state.why;
    return error;
}

enum gunyah_error gunyah_sim_load(const void *bytes, size_t size, const struct gunyah_sim_load_options *options,
                                  struct gunyah_sim **sim, const char **why)
{
    static const struct gunyah_sim_load_options defaults = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    const char *sentence;

    if (why == NULL)
        why = &sentence;
    *why = "a pointer is null that must not be";
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    *sim = NULL;
    if (bytes == NULL)
        return GUNYAH_ERR_NULL;
    return load(bytes, size, options != NULL ? options : &defaults, sim, why);
}

static enum gunyah_error clone(struct gunyah_sim *sim, struct gunyah_sim **copy)
{
    const struct gunyah_allocator *allocator = &sim->allocator;
    const size_t size = gunyah_internal_sim_save_size(sim);
    void *bytes = allocator->allocate(allocator->context, size);
    struct sim_load state = {.memory = sim->arena_size, .trusted = true, .why = sim->last_error};
    enum gunyah_error error;

    if (bytes == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a save");
    gunyah_internal_sim_save(sim, bytes, size);
    error = make(&state, allocator, bytes, size);
    allocator->release(allocator->context, bytes, size);
    *copy = state.sim;
    return error == GUNYAH_OK ? error : gunyah_internal_sim_fail(sim, error, state.why);
}

enum gunyah_error gunyah_sim_clone(struct gunyah_sim *sim, struct gunyah_sim **copy)
{
    enum gunyah_error error;

    if (copy == NULL)
        return GUNYAH_ERR_NULL;
    *copy = NULL;
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = clone(sim, copy);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
