// SPDX-License-Identifier: BSD-3-Clause
// What objects say of each other: both sides must say the same.
#include "addrspace.h"
#include "audit.h"
#include "ranges.h"
#include "watchdog.h"

// ---- capabilities

/** Go through the capabilities of an object. A list whose links agree in both directions comes to its end. */
static bool check_caps(struct audit *audit, const struct object *object, uint32_t *count)
{
    const model_ref self = model_ref_of(audit->model, object);
    model_ref before = 0;
    for (model_ref ref = object->caps; ref != 0;) {
        const struct cap *cap = model_at(audit->model, ref);
        if (!gunyah_model_audit_is(audit, ref, AUDIT_CAP) || cap->object != self || cap->previous != before)
            return gunyah_model_audit_fail(audit, "the list of an object's capabilities is not in order");
        ++*count;
        before = ref;
        ref = cap->next;
    }
    return true;
}

// ---- interrupts

static bool check_line(struct audit *audit, const struct vic *vic, uint32_t number)
{
    const struct line *line = (const struct line *)model_at(audit->model, vic->lines) + number;
    const bool is_edge = (line->bits & LINE_EDGE) != 0;
    const bool is_ready = (line->bits & (is_edge ? LINE_LATCH : LINE_LEVEL)) != 0 && (line->bits & LINE_ACTIVE) == 0 &&
                          (line->bits & LINE_ENABLED) != 0;
    const uint32_t known = LINE_EDGE | LINE_LATCH | LINE_LEVEL | LINE_ENABLED | LINE_ACTIVE;
    if ((line->bits & ~known) != 0 || is_ready != ((vic->ready[number / 64] >> (number % 64) & 1) != 0))
        return gunyah_model_audit_fail(audit, "an interrupt controller does not know which interrupts are ready");
    if (line->source == 0 || line->source >= LINE_SOURCE_LOST)
        return true;
    if (!gunyah_model_audit_is(audit, line->source, AUDIT_SOURCE))
        return gunyah_model_audit_fail(audit, "an interrupt comes from nothing that raises interrupts");
    const struct source *source = model_at(audit->model, line->source);
    if (source->vic != model_ref_of(audit->model, vic) || source->line != number)
        return gunyah_model_audit_fail(audit, "an interrupt comes from what raises another one");
    return true;
}

static bool check_vic(struct audit *audit, const struct vic *vic)
{
    const uint32_t lines = vic->lines != 0 ? vic->max_virqs : 0;
    for (uint32_t i = lines; i < sizeof(vic->ready) * 8; i++) {
        if ((vic->ready[i / 64] >> (i % 64) & 1) != 0)
            return gunyah_model_audit_fail(audit, "an interrupt is ready that is not there");
    }
    for (uint32_t i = 0; i < lines; i++) {
        if (!check_line(audit, vic, i))
            return false;
    }
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        const struct thread *thread = vic->vcpus[i] != 0 ? model_at(audit->model, vic->vcpus[i]) : NULL;
        if (thread != NULL && (!gunyah_model_audit_is_active(&thread->object) ||
                               thread->vic != model_ref_of(audit->model, vic) || thread->vic_index != i))
            return gunyah_model_audit_fail(audit, "an interrupt controller has a vCPU that has another one");
    }
    return true;
}

static bool check_source(struct audit *audit, model_ref ref)
{
    const struct source *source = model_at(audit->model, ref);
    if (source->vic == 0)
        return true;
    const struct vic *vic = model_at(audit->model, source->vic);
    if (vic->lines == 0 || source->line >= vic->max_virqs ||
        ((const struct line *)model_at(audit->model, vic->lines))[source->line].source != ref)
        return gunyah_model_audit_fail(audit, "what raises an interrupt has one that comes from elsewhere");
    return true;
}

// ---- vCPUs

static bool check_thread(struct audit *audit, const struct thread *thread)
{
    struct gunyah_model *model = audit->model;
    const model_ref self = model_ref_of(model, thread);
    const struct object *watchdog = thread->watchdog != 0 ? model_at(model, thread->watchdog) : NULL;
    if (watchdog != NULL && !gunyah_model_audit_is_active(watchdog))
        return gunyah_model_audit_fail(audit, "a vCPU minds a watchdog that is not active");
    if (!gunyah_model_audit_is_active(&thread->object))
        return true;
    const struct vpm_group *group = thread->vpm_group != 0 ? model_at(model, thread->vpm_group) : NULL;
    const struct vic *vic = thread->vic != 0 ? model_at(model, thread->vic) : NULL;
    if ((vic != NULL && vic->vcpus[thread->vic_index] != self) ||
        (group != NULL && group->members[thread->vpm_index] != self))
        return gunyah_model_audit_fail(audit, "a vCPU is not where it says that it is");
    if (thread->is_run != gunyah_model_audit_mark(audit, self)->listed)
        return gunyah_model_audit_fail(audit, "a vCPU is not on the list of those that run by themselves");
    if (thread->vm == MODEL_NO_VM)
        return true;
    const struct vm *vm = model->vms[thread->vm] != 0 ? model_at(model, model->vms[thread->vm]) : NULL;
    if (vm == NULL || thread->index >= vm->vcpus || vm->thread[thread->index] != self)
        return gunyah_model_audit_fail(audit, "a vCPU belongs to a VM that does not know it");
    return true;
}

static bool check_group(struct audit *audit, const struct vpm_group *group)
{
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        const struct thread *thread = group->members[i] != 0 ? model_at(audit->model, group->members[i]) : NULL;
        if (thread != NULL && (!gunyah_model_audit_is_active(&thread->object) ||
                               thread->vpm_group != model_ref_of(audit->model, group) || thread->vpm_index != i))
            return gunyah_model_audit_fail(audit, "a power group has a vCPU that has another one");
    }
    return true;
}

/** Go through the list of vCPUs that run by themselves. */
static bool check_due(struct audit *audit)
{
    for (model_ref ref = audit->model->due; ref != 0;) {
        const struct thread *thread = model_at(audit->model, ref);
        if (!gunyah_model_audit_is(audit, ref, AUDIT_OBJECT) || thread->object.type != GUNYAH_OBJECT_TYPE_THREAD ||
            !gunyah_model_audit_is_active(&thread->object) || gunyah_model_audit_mark(audit, ref)->listed)
            return gunyah_model_audit_fail(audit, "the list of vCPUs that run by themselves is not in order");
        gunyah_model_audit_mark(audit, ref)->listed = true;
        ref = thread->next_due;
    }
    return true;
}

/** Go through the list of watchdogs that count. */
static bool check_watchdogs(struct audit *audit)
{
    uint64_t before = 0;
    for (model_ref ref = audit->model->watchdogs; ref != 0;) {
        const struct watchdog *watchdog = model_at(audit->model, ref);
        if (!gunyah_model_audit_is(audit, ref, AUDIT_OBJECT) || watchdog->object.type != GUNYAH_OBJECT_TYPE_WATCHDOG ||
            gunyah_model_audit_mark(audit, ref)->listed || gunyah_model_watchdog_due(watchdog) < before)
            return gunyah_model_audit_fail(audit, "the list of watchdogs that count is not in order");
        gunyah_model_audit_mark(audit, ref)->listed = true;
        before = gunyah_model_watchdog_due(watchdog);
        ref = watchdog->next;
    }
    return true;
}

static bool check_watchdog(struct audit *audit, const struct watchdog *watchdog)
{
    const struct gunyah_model *model = audit->model;
    if (watchdog->enabled != gunyah_model_audit_mark(audit, model_ref_of(model, watchdog))->listed)
        return gunyah_model_audit_fail(audit, "a watchdog is not on the list of those that count");
    // Whatever else was to happen when the machine went down has not happened any more.
    return !watchdog->enabled || model->crashed || gunyah_model_watchdog_due(watchdog) >= model->now ||
           gunyah_model_audit_fail(audit, "a watchdog has forgotten to bark, or to bite");
}

// ---- memory

/** Go through the list of memory extents. */
static bool check_extents(struct audit *audit)
{
    model_ref before = 0;
    for (model_ref ref = audit->model->extents; ref != 0;) {
        const struct memextent *extent = model_at(audit->model, ref);
        if (!gunyah_model_audit_is(audit, ref, AUDIT_OBJECT) || extent->object.type != GUNYAH_OBJECT_TYPE_MEMEXTENT ||
            !gunyah_model_audit_is_active(&extent->object) || extent->previous != before)
            return gunyah_model_audit_fail(audit, "the list of memory extents is not in order");
        gunyah_model_audit_mark(audit, ref)->listed = true;
        before = ref;
        ref = extent->next;
    }
    return true;
}

static bool check_owner(struct audit *audit, const struct range *range)
{
    if (range->tag == audit->model->root_partition)
        return true;
    if (!gunyah_model_audit_is(audit, range->tag, AUDIT_OBJECT) || !gunyah_model_audit_mark(audit, range->tag)->listed)
        return gunyah_model_audit_fail(audit, "memory belongs to nothing that can have any");
    const struct memextent *extent = model_at(audit->model, range->tag);
    if (extent->object.type != GUNYAH_OBJECT_TYPE_MEMEXTENT || range->first < extent->base ||
        range->last - extent->base >= extent->size)
        return gunyah_model_audit_fail(audit, "memory belongs to an extent that ends before");
    return true;
}

static bool check_owners(struct audit *audit)
{
    const struct range *range = gunyah_model_ranges_find(audit->model, audit->model->memory, 0);
    while (range != NULL) {
        if (!check_owner(audit, range))
            return false;
        range = range->last != UINT64_MAX
                    ? gunyah_model_ranges_find(audit->model, audit->model->memory, range->last + 1)
                    : NULL;
    }
    return true;
}

static bool check_memextent(struct audit *audit, const struct memextent *extent)
{
    const model_ref self = model_ref_of(audit->model, extent);
    const struct virtio_mmio *device = extent->device != 0 ? model_at(audit->model, extent->device) : NULL;
    if (gunyah_model_audit_is_active(&extent->object) != gunyah_model_audit_mark(audit, self)->listed)
        return gunyah_model_audit_fail(audit, "a memory extent is not on the list of them");
    if (device != NULL && (!gunyah_model_audit_is_active(&device->object) || device->extent != self))
        return gunyah_model_audit_fail(audit, "a virtio device has its registers elsewhere");
    return true;
}

static bool check_virtio(struct audit *audit, const struct virtio_mmio *device)
{
    if (!gunyah_model_audit_is_active(&device->object))
        return true;
    const struct memextent *extent = model_at(audit->model, device->extent);
    return extent->device == model_ref_of(audit->model, device) ||
           gunyah_model_audit_fail(audit, "a virtio device has its registers elsewhere");
}

// ---- all of them

// ---- clocks

static bool check_addrspace(struct audit *audit, const struct addrspace *addrspace)
{
    const struct vrtc *vrtc = addrspace->vrtc != 0 ? model_at(audit->model, addrspace->vrtc) : NULL;
    return vrtc == NULL ||
           (gunyah_model_audit_is_active(&addrspace->object) && gunyah_model_audit_is_active(&vrtc->object) &&
            vrtc->ipa < IPA_END) ||
           gunyah_model_audit_fail(audit, "an address space has a clock that it cannot have");
}

// ---- all of them

static bool check_object(struct audit *audit, model_ref ref, uint32_t *caps)
{
    const struct object *object = model_at(audit->model, ref);
    const void *self = object;
    if (object->references != gunyah_model_audit_mark(audit, ref)->references)
        return gunyah_model_audit_fail(audit, "an object does not know how often it is used");
    if (!check_caps(audit, object, caps))
        return false;
    switch (object->type) {
    case GUNYAH_OBJECT_TYPE_ADDRSPACE:
        return check_addrspace(audit, self);
    case GUNYAH_OBJECT_TYPE_MEMEXTENT:
        return check_memextent(audit, self);
    case GUNYAH_OBJECT_TYPE_THREAD:
        return check_thread(audit, self);
    case GUNYAH_OBJECT_TYPE_VIC:
        return check_vic(audit, self);
    case GUNYAH_OBJECT_TYPE_VIRTIO_MMIO:
        return check_virtio(audit, self);
    case GUNYAH_OBJECT_TYPE_VPM_GROUP:
        return check_group(audit, self);
    case GUNYAH_OBJECT_TYPE_WATCHDOG:
        return check_watchdog(audit, self);
    default:
        return true;
    }
}

bool gunyah_model_audit_links(struct audit *audit)
{
    uint32_t caps = 0;
    if (!check_due(audit) || !check_watchdogs(audit) || !check_extents(audit) || !check_owners(audit))
        return false;
    for (uint32_t i = 0; i < audit->model->heap.top / 8; i++) {
        const struct audit_mark *mark = &audit->marks[i];
        const model_ref ref = i * 8 + mark->low;
        if (mark->thing == AUDIT_OBJECT && !check_object(audit, ref, &caps))
            return false;
        if (mark->thing == AUDIT_SOURCE && !check_source(audit, ref))
            return false;
    }
    return caps == audit->caps || gunyah_model_audit_fail(audit, "a capability is on no list of its object");
}
