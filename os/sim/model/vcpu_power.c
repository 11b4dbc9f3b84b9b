// SPDX-License-Identifier: BSD-3-Clause
// Switching vCPUs on and off, and ending them.
#include "calls.h"
#include "manual.h"
#include "vcpu.h"

#include <string.h>

// A physical CPU gets to what another one has given it a little later.
#define ELSEWHERE_NS 100000

void gunyah_model_thread_set_awake(struct gunyah_model *model, const struct thread *thread, bool awake)
{
    struct vpm_group *group = gunyah_model_thread_group(model, thread);
    const uint64_t bit = UINT64_C(1) << thread->vpm_index;
    if (group == NULL || !gunyah_model_group_aggregates(group))
        return;
    group->awake = awake ? group->awake | bit : group->awake & ~bit;
}

void gunyah_model_thread_woken(struct gunyah_model *model, struct thread *thread)
{
    thread->due = model->now + ELSEWHERE_NS;
    if (thread->proxy)
        gunyah_model_source_assert_edge(model, &thread->wakeup);
}

void gunyah_model_thread_power_on(struct gunyah_model *model, struct thread *thread)
{
    thread->on = true;
    thread->wait = THREAD_WAITS_NOT;
    if (!thread->is_run)
        gunyah_model_thread_set_awake(model, thread, true);
    gunyah_model_thread_woken(model, thread);
}

void gunyah_model_thread_power_off(struct gunyah_model *model, struct thread *thread)
{
    thread->on = false;
    thread->wait = THREAD_WAITS_NOT;
    gunyah_model_thread_set_awake(model, thread, false);
}

void gunyah_model_thread_suspend(struct gunyah_model *model, struct thread *thread, uint64_t state)
{
    thread->wait = THREAD_WAITS_SUSPENDED;
    thread->suspend_state = state;
    gunyah_model_thread_set_awake(model, thread, false);
}

void gunyah_model_thread_kill(struct gunyah_model *model, struct thread *thread)
{
    if (thread->life != THREAD_READY)
        return;
    if ((thread->options & GUNYAH_VCPU_OPTION_FLAGS_CRITICAL_MASK) != 0)
        (void)manual_or_stop(model, GUNYAH_HVERR_OK);
    thread->life = THREAD_KILLED;
    gunyah_model_thread_woken(model, thread);
}

static void reset_registers(struct thread *thread, const struct model_call *call)
{
    const gunyah_vcpu_poweron_flags_t flags = {call->arg[3]};
    const struct gunyah_model_guest before = thread->guest;
    const bool keeps_entry = gunyah_vcpu_poweron_flags_get_preserve_entry_point(flags) != 0;
    const bool keeps_context = gunyah_vcpu_poweron_flags_get_preserve_context(flags) != 0;
    memset(&thread->guest, 0, sizeof(thread->guest));
    thread->guest.pc = keeps_entry ? before.pc : call->arg[1];
    thread->guest.x[0] = keeps_context ? before.x[0] : call->arg[2];
}

int32_t gunyah_model_vcpu_poweron(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (thread->on)
        return GUNYAH_HVERR_BUSY;
    if (thread->life != THREAD_READY)
        return GUNYAH_HVERR_FAILURE;
    reset_registers(thread, call);
    gunyah_model_thread_power_on(call->model, thread);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vcpu_poweroff(struct model_call *call)
{
    struct thread *thread = call->object[0];
    const struct vpm_group *group = gunyah_model_thread_group(call->model, thread);
    const bool says_last = (call->arg[1] & GUNYAH_VCPU_POWEROFF_FLAGS_LAST_VCPU_MASK) != 0;
    if (thread != call->thread)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (group == NULL || gunyah_model_group_aggregates(group)) {
        if (says_last != gunyah_model_thread_is_last(call->model, thread))
            return GUNYAH_HVERR_DENIED;
    }
    gunyah_model_thread_power_off(call->model, thread);
    call->no_return = true;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vcpu_kill(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (thread->life != THREAD_READY)
        return manual_killed_again(call->model);
    gunyah_model_thread_kill(call->model, thread);
    if (thread != call->thread)
        return GUNYAH_HVERR_OK;
    thread->life = THREAD_EXITED;
    call->no_return = true;
    return GUNYAH_HVERR_OK;
}
