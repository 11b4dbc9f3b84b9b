// SPDX-License-Identifier: BSD-3-Clause
// Virtual interrupt controllers as objects: the calls that configure them, their life and their end.
#include "calls.h"
#include "internal.h"
#include "manual.h"

#define OPTIONS (GUNYAH_VIC_OPTION_FLAGS_MAX_MSIS_VALID_MASK | GUNYAH_VIC_OPTION_FLAGS_DISABLE_DEFAULT_ADDR_MASK)

void gunyah_model_vic_init(struct gunyah_model *model, void *object)
{
    struct vic *vic = object;
    (void)model;
    vic->vm = MODEL_NO_VM;
}

int32_t gunyah_model_vic_activate(struct gunyah_model *model, void *object)
{
    struct vic *vic = object;
    if (vic->max_virqs == 0)
        return GUNYAH_HVERR_OK;
    vic->lines = gunyah_model_heap_take(model, vic->max_virqs * sizeof(struct line));
    return vic->lines != 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NOMEM;
}

void gunyah_model_vic_destroy(struct gunyah_model *model, void *object)
{
    // Sources do not keep a controller alive; they are free to be bound elsewhere afterwards.
    const struct vic *vic = object;
    if (vic->lines == 0)
        return;
    const struct line *lines = model_at(model, vic->lines);
    for (uint32_t i = 0; i < vic->max_virqs; i++) {
        if (lines[i].source != 0 && lines[i].source < LINE_SOURCE_LOST)
            ((struct source *)model_at(model, lines[i].source))->vic = 0;
    }
    gunyah_model_heap_free(model, vic->lines);
}

int32_t gunyah_model_vic_configure(struct model_call *call)
{
    struct vic *vic = call->object[0];
    uint32_t max_vcpus = (uint32_t)call->arg[1];
    uint32_t max_virqs = (uint32_t)call->arg[2];
    uint64_t options = call->arg[3];
    if ((options & ~(uint64_t)OPTIONS) != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (vic->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    const bool virqs_fit = max_virqs <= GUNYAH_VIC_MAX_VIRQS;
    // One by one: a refused call leaves the earlier ones changed.
    if (max_vcpus == 0 || max_vcpus > call->model->options.max_vcpus)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (virqs_fit || !manual_vic_is_whole(call->model))
        vic->max_vcpus = max_vcpus;
    if (!virqs_fit)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    vic->max_virqs = max_virqs;
    if ((options & GUNYAH_VIC_OPTION_FLAGS_MAX_MSIS_VALID_MASK) != 0 && (uint32_t)call->arg[4] != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vic_bind_msi_source(struct model_call *call)
{
    (void)call;
    return GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE;
}

/** Which bits of an index a field of the affinity becomes. */
static uint64_t place(uint64_t mask, uint32_t position, uint64_t shift)
{
    return (mask >> position & 0xff) << shift;
}

int32_t gunyah_model_vgic_set_mpidr_mapping(struct model_call *call)
{
    static const uint32_t positions[] = {0, 8, 16, 32};
    const struct vic *vic = call->object[0];
    uint64_t all = 0;
    if (vic->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t shift = (uint32_t)call->arg[2 + i];
        if (shift >= 32)
            return GUNYAH_HVERR_ARGUMENT_INVALID;
        const uint64_t placed = place(call->arg[1], positions[i], shift);
        if ((all & placed) != 0)
            return GUNYAH_HVERR_ARGUMENT_INVALID;
        all |= placed;
    }
    // One piece from bit 0 on, of less than 16 bits.
    return (all & (all + 1)) == 0 && all < 0xffff ? GUNYAH_HVERR_OK : GUNYAH_HVERR_ARGUMENT_INVALID;
}
