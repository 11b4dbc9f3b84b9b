// SPDX-License-Identifier: BSD-3-Clause
// vCPUs as objects: what they are given before they are activated, their life and their end.
#include "vcpu.h"

#include "calls.h"
#include "manual.h"

#define NO_CPU 0xffffu
#define TIMESLICE_MAX UINT64_C(100000000)
#define X_REGISTERS 31

// ---- what it is given ---------------------------------------------------------------------------------------------------

static void replace(struct gunyah_model *model, model_ref *place, struct object *object)
{
    object->references++;
    gunyah_model_object_release(model, *place);
    *place = model_ref_of(model, object);
}

void gunyah_model_thread_attach_cspace(struct gunyah_model *model, struct thread *thread, struct cspace *cspace)
{
    replace(model, &thread->cspace, &cspace->object);
}

static void leave_addrspace(struct gunyah_model *model, const struct thread *thread)
{
    if (thread->addrspace != 0)
        ((struct addrspace *)model_at(model, thread->addrspace))->threads--;
}

int32_t gunyah_model_thread_attach_addrspace(struct gunyah_model *model, struct thread *thread,
                                             struct addrspace *addrspace)
{
    // The new place is taken before the old one is given up.
    if (addrspace->threads == model->options.max_vcpus)
        return GUNYAH_HVERR_NOMEM;
    addrspace->threads++;
    leave_addrspace(model, thread);
    replace(model, &thread->addrspace, &addrspace->object);
    return GUNYAH_HVERR_OK;
}

void gunyah_model_thread_attach_vic(struct gunyah_model *model, struct thread *thread, struct vic *vic, uint32_t index)
{
    replace(model, &thread->vic, &vic->object);
    thread->vic_index = index;
}

void gunyah_model_thread_attach_group(struct gunyah_model *model, struct thread *thread, struct vpm_group *group,
                                      uint32_t index)
{
    replace(model, &thread->vpm_group, &group->object);
    thread->vpm_index = index;
}

void gunyah_model_thread_attach_watchdog(struct gunyah_model *model, struct thread *thread, struct watchdog *watchdog)
{
    replace(model, &thread->watchdog, &watchdog->object);
}

int32_t gunyah_model_cspace_attach_thread(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    gunyah_model_thread_attach_cspace(call->model, thread, call->object[1]);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_addrspace_attach_thread(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    const int32_t error = gunyah_model_thread_attach_addrspace(call->model, thread, call->object[1]);
    gunyah_model_object_reap(call->model);
    return error;
}

int32_t gunyah_model_vic_attach_vcpu(struct model_call *call)
{
    struct vic *vic = call->object[0];
    struct thread *thread = call->object[1];
    const uint32_t index = (uint32_t)call->arg[2];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (index >= vic->max_vcpus)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    gunyah_model_thread_attach_vic(call->model, thread, vic, index);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

// ---- life ---------------------------------------------------------------------------------------------------------------

static void init_source(struct gunyah_model *model, struct thread *thread, struct source *source)
{
    source->kind = SOURCE_VCPU;
    source->owner = model_ref_of(model, thread);
}

void gunyah_model_thread_init(struct gunyah_model *model, void *object)
{
    struct thread *thread = object;
    thread->vm = MODEL_NO_VM;
    thread->is_run = true;
    thread->affinity = NO_CPU;
    init_source(model, thread, &thread->wakeup);
    init_source(model, thread, &thread->halt);
}

/** Its place in the controller; NULL: it has none. */
static model_ref *place_in_vic(struct gunyah_model *model, const struct thread *thread)
{
    return thread->vic != 0 ? &((struct vic *)model_at(model, thread->vic))->vcpus[thread->vic_index] : NULL;
}

static int32_t check_vic(struct gunyah_model *model, const struct thread *thread)
{
    const model_ref *place = place_in_vic(model, thread);
    if (place == NULL)
        return manual_no_vic(model);
    return *place == 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_BUSY;
}

/** What the power group, the controller and the thread itself say to it, in this order. */
static int32_t check(struct gunyah_model *model, const struct thread *thread)
{
    if (thread->addrspace == 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    if (thread->vpm_group != 0) {
        const struct vpm_group *group = model_at(model, thread->vpm_group);
        if (group->members[thread->vpm_index] != 0)
            return GUNYAH_HVERR_DENIED;
    }
    const int32_t error = check_vic(model, thread);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (thread->cspace == 0 || (thread->options & manual_vcpu_refused(model)) != 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    if (thread->affinity == NO_CPU && (thread->options & GUNYAH_VCPU_OPTION_FLAGS_PINNED_MASK) != 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_thread_activate(struct gunyah_model *model, void *object)
{
    struct thread *thread = object;
    const int32_t error = check(model, thread);
    if (error != GUNYAH_HVERR_OK)
        return error;
    const model_ref ref = model_ref_of(model, thread);
    model_ref *place = place_in_vic(model, thread);
    if (place != NULL)
        *place = ref;
    if (thread->vpm_group != 0)
        ((struct vpm_group *)model_at(model, thread->vpm_group))->members[thread->vpm_index] = ref;
    thread->life = THREAD_READY;
    thread->proxy = (thread->options & GUNYAH_VCPU_OPTION_FLAGS_VCPU_RUN_SCHEDULED_MASK) != 0;
    if (thread->is_run) {
        thread->next_due = model->due;
        model->due = ref;
    }
    return GUNYAH_HVERR_OK;
}

void gunyah_model_thread_destroy(struct gunyah_model *model, void *object)
{
    struct thread *thread = object;
    const model_ref ref = model_ref_of(model, thread);
    struct vpm_group *group = gunyah_model_thread_group(model, thread);
    model_ref *place = place_in_vic(model, thread);
    gunyah_model_source_unbind(model, &thread->wakeup);
    gunyah_model_source_unbind(model, &thread->halt);
    if (place != NULL)
        *place = 0;
    if (group != NULL) {
        group->members[thread->vpm_index] = 0;
        group->awake &= ~(UINT64_C(1) << thread->vpm_index);
    }
    for (model_ref *link = &model->due; *link != 0; link = &((struct thread *)model_at(model, *link))->next_due) {
        if (*link == ref) {
            *link = thread->next_due;
            break;
        }
    }
}

void gunyah_model_thread_forget(struct gunyah_model *model, void *object)
{
    const struct thread *thread = object;
    leave_addrspace(model, thread);
    gunyah_model_object_release(model, thread->cspace);
    gunyah_model_object_release(model, thread->addrspace);
    gunyah_model_object_release(model, thread->vic);
    gunyah_model_object_release(model, thread->vpm_group);
    gunyah_model_object_release(model, thread->watchdog);
}

// ---- calls --------------------------------------------------------------------------------------------------------------

int32_t gunyah_model_vcpu_configure(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    thread->options = manual_vcpu_options(call->model, call->arg[1]);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vcpu_set_priority(struct model_call *call)
{
    const struct thread *thread = call->object[0];
    if ((uint32_t)call->arg[1] > manual_priority_max(call->model))
        return manual_priority_error(call->model);
    return thread->object.state == GUNYAH_OBJECT_STATE_INIT ? GUNYAH_HVERR_OK : GUNYAH_HVERR_OBJECT_STATE;
}

int32_t gunyah_model_vcpu_set_timeslice(struct model_call *call)
{
    const struct thread *thread = call->object[0];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (call->arg[1] < manual_timeslice_min(call->model) || call->arg[1] > TIMESLICE_MAX)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vcpu_set_affinity(struct model_call *call)
{
    static const struct model_cap disable = {.type = GUNYAH_OBJECT_TYPE_THREAD,
                                             .rights = GUNYAH_RIGHT_THREAD_AFFINITY | GUNYAH_RIGHT_THREAD_DISABLE};
    struct thread *thread = call->object[0];
    const uint32_t affinity = (uint16_t)call->arg[1];
    void *same;
    if (affinity >= call->model->options.max_vcpus && affinity != NO_CPU)
        return manual_or_stop(call->model, GUNYAH_HVERR_ARGUMENT_INVALID);
    if (affinity == NO_CPU) {
        const int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[0]), &disable, &same);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    if (thread->object.state == GUNYAH_OBJECT_STATE_ACTIVE) {
        if (affinity == thread->affinity)
            return GUNYAH_HVERR_OK;
        if ((thread->options & GUNYAH_VCPU_OPTION_FLAGS_PINNED_MASK) != 0)
            return GUNYAH_HVERR_DENIED;
    } else if (thread->object.state != GUNYAH_OBJECT_STATE_INIT) {
        return GUNYAH_HVERR_OBJECT_STATE;
    }
    thread->affinity = affinity;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vcpu_register_write(struct model_call *call)
{
    struct thread *thread = call->object[0];
    const uint32_t set = (uint32_t)call->arg[1];
    const uint32_t index = (uint32_t)call->arg[2];
    const uint64_t value = call->arg[3];
    if (thread->life == THREAD_KILLED || thread->life == THREAD_EXITED)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (thread->on)
        return GUNYAH_HVERR_BUSY;
    if (set == GUNYAH_VCPU_REGISTER_SET_X && index < X_REGISTERS)
        thread->guest.x[index] = value;
    else if (set == GUNYAH_VCPU_REGISTER_SET_PC && index == 0 && value % 4 == 0)
        thread->guest.pc = value;
    else if (set == GUNYAH_VCPU_REGISTER_SET_SP_EL && index < 2 && value % 16 == 0)
        thread->guest.sp[index] = value;
    else
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return GUNYAH_HVERR_OK;
}
