// SPDX-License-Identifier: BSD-3-Clause
// The model as a whole: start, time, snapshots.
#include "extent.h"
#include "rm.h"
#include "snapshot.h"
#include "vcpu.h"
#include "watchdog.h"

#include <string.h>

#define ALIGNMENT 16
#define TRACE_FLAGS 0x300e5 // what a production build starts with
#define ROOT_MAX_VIRQS GUNYAH_VIC_MAX_VIRQS

/** Put an empty model into an arena. Returns NULL: the arena is too small. */
static struct gunyah_model *place(void *arena, size_t size, const struct gunyah_model_env *env)
{
    size_t skipped = (ALIGNMENT - (uintptr_t)arena % ALIGNMENT) % ALIGNMENT;
    if (size < skipped + sizeof(struct gunyah_model) + ALIGNMENT)
        return NULL;
    struct gunyah_model *model = (void *)((uint8_t *)arena + skipped);
    memset(model, 0, sizeof(*model));
    model->env = *env;
    model->size = size - skipped;
    if (model->size > UINT32_MAX - ALIGNMENT)
        model->size = UINT32_MAX - ALIGNMENT;
    model->magic = SNAPSHOT_MAGIC;
    return model;
}

/** One by one: what lies between them is nobody's, and would be part of a snapshot. */
static void copy_options(struct gunyah_model_options *to, const struct gunyah_model_options *from)
{
    to->seed = from->seed;
    to->plain_capids = from->plain_capids;
    to->no_trace_control = from->no_trace_control;
    to->api_info = from->api_info;
    to->api_flags = from->api_flags;
    memcpy(to->uid, from->uid, sizeof(to->uid));
    to->max_vcpus = from->max_vcpus;
    to->memory_base = from->memory_base;
    to->memory_size = from->memory_size;
    to->as_manual = from->as_manual;
    to->max_queue_depth = from->max_queue_depth;
}

int32_t gunyah_model_init(void *arena, size_t size, const struct gunyah_model_options *options,
                          const struct gunyah_model_env *env, struct gunyah_model **out, struct gunyah_model_vm *root)
{
    static const struct gunyah_model_vm_options root_options = {
        .vmid = GUNYAH_VMID_ROOT, .vcpus = 1, .max_caps = GUNYAH_CSPACE_MAX_CAPS, .max_virqs = ROOT_MAX_VIRQS};
    if (options != NULL && options->max_vcpus > GUNYAH_MODEL_MAX_VCPUS)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (arena == NULL || env == NULL || env->read == NULL || env->write == NULL || out == NULL || root == NULL)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    struct gunyah_model *model = place(arena, size, env);
    if (model == NULL)
        return GUNYAH_HVERR_NOMEM;
    if (options != NULL)
        copy_options(&model->options, options);
    if (model->options.max_vcpus == 0)
        model->options.max_vcpus = GUNYAH_VIC_MAX_VCPUS;
    model->random = model->options.seed;
    model->trace_flags = TRACE_FLAGS;
    gunyah_model_heap_init(model);
    int32_t error = gunyah_model_vm_create(model, &root_options, root);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_memory_init(model);
    if (error == GUNYAH_HVERR_OK)
        *out = model;
    return error;
}

int32_t gunyah_model_add_vm(struct gunyah_model *model, const struct gunyah_model_vm_options *options,
                            struct gunyah_model_vm *vm)
{
    // The Resource Manager's VMs have their ids before they exist.
    if (model->rm != 0 && gunyah_model_rm_find(model, options->vmid) != NULL)
        return GUNYAH_HVERR_BUSY;
    return gunyah_model_vm_create(model, options, vm);
}

void gunyah_model_advance(struct gunyah_model *model, uint64_t nanoseconds)
{
    uint64_t until = model->now + nanoseconds;
    for (uint64_t next = gunyah_model_next_event(model); next <= until && next != GUNYAH_MODEL_NEVER;
         next = gunyah_model_next_event(model)) {
        if (next > model->now)
            model->now = next;
        // At the same time, a watchdog comes first.
        if (gunyah_model_watchdogs_next(model) <= model->now)
            gunyah_model_watchdogs_run(model);
        else
            gunyah_model_rm_run(model);
    }
    model->now = until;
    gunyah_model_threads_run_due(model);
}

uint64_t gunyah_model_next_event(struct gunyah_model *model)
{
    const uint64_t watchdog = gunyah_model_watchdogs_next(model);
    const uint64_t rm = model->rm != 0 ? gunyah_model_rm_of(model)->wake : GUNYAH_MODEL_NEVER;
    if (model->crashed)
        return GUNYAH_MODEL_NEVER;
    return watchdog < rm ? watchdog : rm;
}

uint64_t gunyah_model_now(const struct gunyah_model *model)
{
    return model->now;
}

size_t gunyah_model_snapshot_size(const struct gunyah_model *model)
{
    return model->heap.top - offsetof(struct gunyah_model, magic);
}

int32_t gunyah_model_snapshot(const struct gunyah_model *model, void *to, size_t size)
{
    uint64_t extent = gunyah_model_snapshot_size(model);
    if (size < extent)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    memcpy(to, &model->magic, (size_t)extent);
    memcpy((uint8_t *)to + (offsetof(struct gunyah_model, extent) - offsetof(struct gunyah_model, magic)), &extent,
           sizeof(extent));
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_restore(struct gunyah_model *model, const void *from, size_t size)
{
    uint64_t header[2];
    if (size < sizeof(header))
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    memcpy(header, from, sizeof(header));
    if (header[0] != SNAPSHOT_MAGIC)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (header[1] > size || header[1] > model->size - offsetof(struct gunyah_model, magic))
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    memcpy(&model->magic, from, (size_t)header[1]);
    model->extent = 0;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_load(void *arena, size_t size, const struct gunyah_model_env *env, const void *from,
                          size_t from_size, struct gunyah_model **out)
{
    if (arena == NULL || env == NULL || env->read == NULL || env->write == NULL || from == NULL || out == NULL)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    struct gunyah_model *model = place(arena, size, env);
    if (model == NULL || from_size > model->size - offsetof(struct gunyah_model, magic))
        return GUNYAH_HVERR_NOMEM;
    const int32_t error = gunyah_model_restore(model, from, from_size);
    if (error != GUNYAH_HVERR_OK)
        return error;
    uint64_t extent;
    memcpy(&extent, (const uint8_t *)from + sizeof(model->magic), sizeof(extent));
    if (extent != from_size || gunyah_model_snapshot_size(model) != from_size)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    *out = model;
    return GUNYAH_HVERR_OK;
}
