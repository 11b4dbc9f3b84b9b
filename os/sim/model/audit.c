// SPDX-License-Identifier: BSD-3-Clause
// The audit as a whole: what is at which place, and what the model itself says.
#include "audit.h"

#include <string.h>

bool gunyah_model_audit_fail(struct audit *audit, const char *why)
{
    if (audit->why == NULL)
        audit->why = why;
    return false;
}

// ---- places

struct audit_mark *gunyah_model_audit_mark(const struct audit *audit, model_ref ref)
{
    return &audit->marks[ref / 8];
}

bool gunyah_model_audit_is(const struct audit *audit, model_ref ref, enum audit_thing thing)
{
    if (ref >= audit->model->heap.top)
        return false;
    const struct audit_mark *mark = gunyah_model_audit_mark(audit, ref);
    return mark->thing == thing && mark->low == ref % 8;
}

void gunyah_model_audit_put(struct audit *audit, model_ref ref, enum audit_thing thing)
{
    struct audit_mark *mark = gunyah_model_audit_mark(audit, ref);
    mark->thing = (uint8_t)thing;
    mark->low = (uint8_t)(ref % 8);
}

static void found_block(void *context, model_ref ref, bool is_free)
{
    gunyah_model_audit_put(context, ref, is_free ? AUDIT_FREE : AUDIT_BLOCK);
}

static bool take_free(void *context, model_ref ref)
{
    if (!gunyah_model_audit_is(context, ref, AUDIT_FREE))
        return false;
    gunyah_model_audit_put(context, ref, AUDIT_NOTHING);
    return true;
}

void *gunyah_model_audit_claim(struct audit *audit, model_ref ref, uint64_t size)
{
    if (!gunyah_model_audit_is(audit, ref, AUDIT_BLOCK)) {
        gunyah_model_audit_fail(audit, "a reference leads to no memory, or to what belongs to another thing");
        return NULL;
    }
    if (gunyah_model_heap_size(audit->model, ref) < size) {
        gunyah_model_audit_fail(audit, "something has less memory than it needs");
        return NULL;
    }
    gunyah_model_audit_put(audit, ref, AUDIT_OWNED);
    return model_at(audit->model, ref);
}

static struct object *new_object(struct audit *audit, model_ref ref)
{
    struct object *object = gunyah_model_audit_claim(audit, ref, sizeof(struct object));
    if (object == NULL)
        return NULL;
    const uint32_t size = gunyah_model_object_size(object->type);
    if (size == 0 || gunyah_model_heap_size(audit->model, ref) < size) {
        gunyah_model_audit_fail(audit, "there is an object of no type that there is");
        return NULL;
    }
    if (object->state < GUNYAH_OBJECT_STATE_INIT || object->state > GUNYAH_OBJECT_STATE_FAILED) {
        gunyah_model_audit_fail(audit, "an object is in a state that none can be in");
        return NULL;
    }
    gunyah_model_audit_put(audit, ref, AUDIT_OBJECT);
    gunyah_model_audit_mark(audit, ref)->next = audit->found;
    audit->found = ref;
    return object;
}

void *gunyah_model_audit_object(struct audit *audit, model_ref ref, enum gunyah_object_type type)
{
    struct object *object =
        gunyah_model_audit_is(audit, ref, AUDIT_OBJECT) ? model_at(audit->model, ref) : new_object(audit, ref);
    if (object != NULL && type != GUNYAH_OBJECT_TYPE_ANY && object->type != type) {
        gunyah_model_audit_fail(audit, "a reference leads to an object of another type");
        return NULL;
    }
    return object;
}

void *gunyah_model_audit_hold(struct audit *audit, model_ref ref, enum gunyah_object_type type)
{
    void *object = gunyah_model_audit_object(audit, ref, type);
    if (object != NULL)
        gunyah_model_audit_mark(audit, ref)->references++;
    return object;
}

bool gunyah_model_audit_may_hold(struct audit *audit, model_ref ref, enum gunyah_object_type type)
{
    return ref == 0 || gunyah_model_audit_hold(audit, ref, type) != NULL;
}

bool gunyah_model_audit_ranges(struct audit *audit, model_ref set, uint64_t last)
{
    const struct range *before = NULL;
    model_ref way = 0; // ranges that are to be looked at after what is below them, linked by their marks
    while (set != 0 || way != 0) {
        if (set != 0) {
            const struct range *range = gunyah_model_audit_claim(audit, set, sizeof(struct range));
            if (range == NULL)
                return false;
            gunyah_model_audit_mark(audit, set)->next = way;
            way = set;
            set = range->below;
            continue;
        }
        const struct range *range = model_at(audit->model, way);
        if (range->first > range->last || range->last > last || (before != NULL && range->first <= before->last))
            return gunyah_model_audit_fail(audit, "a set of ranges is not in order, or goes too far");
        before = range;
        way = gunyah_model_audit_mark(audit, way)->next;
        set = range->above;
    }
    return true;
}

bool gunyah_model_audit_bools(struct audit *audit, const bool *const *bools, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte;
        memcpy(&byte, bools[i], sizeof(byte));
        if (byte > 1)
            return gunyah_model_audit_fail(audit, "what is true or false is neither");
    }
    return true;
}

// ---- the model

static bool check_options(struct audit *audit)
{
    const struct gunyah_model *model = audit->model;
    const struct gunyah_model_options *options = &model->options;
    if (!AUDIT_BOOLS(audit, &options->plain_capids, &options->no_trace_control, &options->as_manual, &model->crashed))
        return false;
    if (options->max_vcpus == 0 || options->max_vcpus > GUNYAH_MODEL_MAX_VCPUS)
        return gunyah_model_audit_fail(audit, "the platform has a number of processors that none can have");
    if (model->doomed != 0 || model->now == GUNYAH_MODEL_NEVER)
        return gunyah_model_audit_fail(audit, "the state is one in the middle of a call, or behind the end of time");
    return true;
}

/** Ranges that wait for a change that must not fail. */
static bool find_spares(struct audit *audit)
{
    const struct gunyah_model *model = audit->model;
    uint32_t count = 0;
    for (model_ref ref = model->spare_ranges; ref != 0; count++) {
        const struct range *range = gunyah_model_audit_claim(audit, ref, sizeof(struct range));
        if (range == NULL)
            return false;
        ref = range->above;
    }
    return count == model->spare_range_count ||
           gunyah_model_audit_fail(audit, "there are more or less spare ranges than were counted");
}

static bool find_vms(struct audit *audit)
{
    struct gunyah_model *model = audit->model;
    const struct vm *root = NULL;
    for (uint32_t i = 0; i < MODEL_MAX_VMS; i++) {
        if (model->vms[i] != 0 && !gunyah_model_audit_vm(audit, i))
            return false;
    }
    if (model->vms[0] != 0)
        root = model_at(model, model->vms[0]);
    if (root == NULL || ((const struct thread *)model_at(model, root->thread[0]))->cspace != model->root_cspace ||
        gunyah_model_audit_hold(audit, model->root_partition, GUNYAH_OBJECT_TYPE_PARTITION) == NULL)
        return gunyah_model_audit_fail(audit, "there is no root VM");
    return true;
}

/** Go through all objects that are found, and find further ones by that. */
static bool find_objects(struct audit *audit)
{
    while (audit->found != 0) {
        const model_ref ref = audit->found;
        audit->found = gunyah_model_audit_mark(audit, ref)->next;
        if (!gunyah_model_audit_find(audit, model_at(audit->model, ref)))
            return false;
    }
    return true;
}

size_t gunyah_model_audit_size(const struct gunyah_model *model)
{
    return (model->heap.top / 8 + 1) * sizeof(struct audit_mark);
}

const char *gunyah_model_audit(struct gunyah_model *model, void *room)
{
    struct audit audit = {.model = model, .marks = room};
    const struct heap_visitor visitor = {&audit, found_block, take_free};
    memset(room, 0, gunyah_model_audit_size(model));
    if (!gunyah_model_heap_check(model, &visitor))
        return "the heap is not in order";
    if (check_options(&audit) && find_spares(&audit) && gunyah_model_audit_ranges(&audit, model->memory, UINT64_MAX) &&
        find_vms(&audit) && gunyah_model_audit_rm(&audit) && find_objects(&audit) && gunyah_model_audit_links(&audit) &&
        gunyah_model_audit_rm_links(&audit))
        return NULL;
    return audit.why;
}
