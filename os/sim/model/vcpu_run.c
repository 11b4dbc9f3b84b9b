// SPDX-License-Identifier: BSD-3-Clause
// Running vCPUs: by calls, or because a physical CPU has nothing else to do.
#include "calls.h"
#include "device.h"
#include "manual.h"
#include "ranges.h"
#include "vcpu.h"

#define INSTRUCTION 4
#define STOPS_AT_MOST 64 // in one run; a vCPU that only makes calls comes back too

static bool has_interrupt(struct gunyah_model *model, const struct thread *thread)
{
    if (thread->vic == 0)
        return false;
    const struct vic *vic = model_at(model, thread->vic);
    for (uint32_t i = 0; i < sizeof(vic->ready) / sizeof(vic->ready[0]); i++) {
        if (vic->ready[i] != 0)
            return true;
    }
    return false;
}

bool gunyah_model_thread_is_runnable(struct gunyah_model *model, const struct thread *thread)
{
    if (thread->life == THREAD_KILLED)
        return true;
    if (thread->life != THREAD_READY || !thread->on)
        return false;
    if (thread->wait == THREAD_WAITS_FOR_INTERRUPT || thread->wait == THREAD_WAITS_SUSPENDED)
        return has_interrupt(model, thread);
    return thread->wait == THREAD_WAITS_NOT;
}

// ---- one run ------------------------------------------------------------------------------------------------------------

static bool is_vmmio(struct gunyah_model *model, const struct thread *thread, const struct gunyah_model_trap *trap)
{
    const struct addrspace *addrspace = model_at(model, thread->addrspace);
    const struct range *range = gunyah_model_ranges_find(model, addrspace->vmmio, trap->address);
    return range != NULL && range->first <= trap->address && trap->size - 1u <= range->last - trap->address;
}

/** What a device says to an access. One that is done is over. */
static enum device_answer try_device(struct gunyah_model *model, struct thread *thread,
                                     const struct gunyah_model_trap *trap)
{
    struct device_access access = {.address = trap->address,
                                   .value = trap->value,
                                   .size = trap->size,
                                   .is_store = trap->stop == GUNYAH_MODEL_STOP_STORE};
    const enum device_answer answer = gunyah_model_device_access(model, model_at(model, thread->addrspace), &access);
    if (answer == DEVICE_DONE && !access.is_store && trap->target < 31)
        thread->guest.x[trap->target] = access.value;
    return answer;
}

/** An access that nothing is mapped for, and that no device knows. Returns whether a VMM is to answer. */
static bool access_stops(struct gunyah_model *model, struct thread *thread, const struct gunyah_model_trap *trap)
{
    if (!thread->proxy || !is_vmmio(model, thread, trap))
        return false;
    thread->wait = THREAD_WAITS_FOR_VMM;
    thread->is_load = trap->stop == GUNYAH_MODEL_STOP_LOAD;
    thread->target = trap->target;
    thread->access[0] = trap->address;
    thread->access[1] = trap->size;
    thread->access[2] = thread->is_load ? 0 : trap->value;
    return true;
}

/** It does nothing else from there on. */
static void fault(struct gunyah_model *model, struct thread *thread)
{
    thread->guest.pc -= INSTRUCTION;
    if (!manual_tells_faults(model))
        return;
    thread->wait = THREAD_WAITS_FAULTED;
    gunyah_model_source_assert_edge(model, &thread->halt);
}

/** A call of the vCPU itself. */
static void answer_call(struct gunyah_model *model, struct thread *thread, const struct gunyah_model_trap *trap)
{
    struct gunyah_model_registers registers;
    for (uint32_t i = 0; i < 8; i++)
        registers.x[i] = thread->guest.x[i];
    const enum gunyah_model_outcome outcome = gunyah_model_thread_call(
        model, thread, trap->smc ? GUNYAH_MODEL_SMC : GUNYAH_MODEL_HVC, trap->immediate, &registers);
    if (outcome == GUNYAH_MODEL_NO_RETURN || outcome == GUNYAH_MODEL_CRASHED)
        return;
    for (uint32_t i = 0; i < 8; i++)
        thread->guest.x[i] = registers.x[i];
}

/** Do what the vCPU has stopped for. Returns whether it goes on at once. */
static bool goes_on(struct gunyah_model *model, struct thread *thread, const struct gunyah_model_trap *trap)
{
    switch (trap->stop) {
    case GUNYAH_MODEL_STOP_NEVER:
        return false;
    case GUNYAH_MODEL_STOP_CALL:
        answer_call(model, thread, trap);
        break;
    case GUNYAH_MODEL_STOP_WAIT:
        thread->wait = has_interrupt(model, thread) ? THREAD_WAITS_NOT : THREAD_WAITS_FOR_INTERRUPT;
        break;
    case GUNYAH_MODEL_STOP_LOAD:
    case GUNYAH_MODEL_STOP_STORE: {
        const enum device_answer answer = try_device(model, thread, trap);
        if (answer == DEVICE_DONE)
            break;
        if (answer == DEVICE_FAULTS || !access_stops(model, thread, trap))
            fault(model, thread);
        return false;
    }
    }
    return gunyah_model_thread_is_runnable(model, thread);
}

void gunyah_model_thread_run(struct gunyah_model *model, struct thread *thread)
{
    const struct gunyah_model_env *env = &model->env;
    if (thread->life == THREAD_KILLED) {
        thread->life = THREAD_EXITED;
        return;
    }
    if (thread->wait == THREAD_WAITS_SUSPENDED)
        thread->guest.x[0] = 0;
    thread->wait = THREAD_WAITS_NOT;
    gunyah_model_thread_set_awake(model, thread, true);
    for (uint32_t i = 0; i < STOPS_AT_MOST && thread->is_run && env->run != NULL && !model->crashed; i++) {
        struct gunyah_model_trap trap = {.stop = GUNYAH_MODEL_STOP_NEVER};
        env->run(env->context, model_ref_of(model, thread), &thread->guest, &trap);
        if (!goes_on(model, thread, &trap))
            return;
    }
}

/** A thread that runs may give up the last capability of itself, and goes when it has stopped. */
static void hold(struct thread *thread)
{
    thread->object.references++;
}

static struct thread *hold_at(struct gunyah_model *model, model_ref ref)
{
    if (ref == 0)
        return NULL;
    hold(model_at(model, ref));
    return model_at(model, ref);
}

static void let_go(struct gunyah_model *model, struct thread *thread)
{
    gunyah_model_object_release(model, model_ref_of(model, thread));
    gunyah_model_object_reap(model);
}

/** Is there a physical CPU that gets to it? All but the first are off until a vCPU is switched on there. */
static bool has_cpu(const struct gunyah_model *model, const struct thread *thread)
{
    return thread->affinity == 0 || (thread->on && thread->affinity < model->options.max_vcpus);
}

void gunyah_model_threads_run_due(struct gunyah_model *model)
{
    struct thread *thread = hold_at(model, model->due);
    while (thread != NULL) {
        if (!thread->proxy && has_cpu(model, thread) && thread->due <= model->now &&
            gunyah_model_thread_is_runnable(model, thread))
            gunyah_model_thread_run(model, thread);
        // With the one that goes, the next one may lose its last capability.
        struct thread *next = hold_at(model, thread->next_due);
        let_go(model, thread);
        thread = next;
    }
}

// ---- calls --------------------------------------------------------------------------------------------------------------

/** What a vCPU that does not run waits for, in words of the call. */
static uint64_t state_of(const struct thread *thread, uint64_t data[3])
{
    if (thread->life == THREAD_KILLED)
        return GUNYAH_VCPU_RUN_STATE_BLOCKED;
    if (thread->life == THREAD_EXITED) {
        data[0] = 1;
        return GUNYAH_VCPU_RUN_STATE_POWERED_OFF;
    }
    if (thread->wait == THREAD_WAITS_FOR_VMM) {
        for (uint32_t i = 0; i < 3; i++)
            data[i] = thread->access[i];
        return thread->is_load ? GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ
                               : GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE;
    }
    if (thread->wait == THREAD_WAITS_FAULTED)
        return GUNYAH_VCPU_RUN_STATE_FAULT;
    if (thread->reset) {
        for (uint32_t i = 0; i < 3; i++)
            data[i] = thread->reset_words[i];
        return GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET;
    }
    if (thread->wait == THREAD_WAITS_SUSPENDED) {
        data[0] = thread->suspend_state;
        data[1] = GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_CPU_SUSPEND;
        return GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP;
    }
    if (thread->wait == THREAD_WAITS_FOR_INTERRUPT) {
        data[1] = GUNYAH_VCPU_RUN_WAKEUP_FROM_WFI;
        return GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP;
    }
    return thread->on ? GUNYAH_VCPU_RUN_STATE_BLOCKED : GUNYAH_VCPU_RUN_STATE_POWERED_OFF;
}

/** The VMM has done what the access was to do. */
static void finish_access(struct thread *thread, uint64_t value)
{
    if (thread->wait != THREAD_WAITS_FOR_VMM)
        return;
    thread->wait = THREAD_WAITS_NOT;
    if (!thread->is_load || thread->target >= 31)
        return;
    thread->guest.x[thread->target] = value;
}

/** Is it one of which nothing is told any more? */
static bool is_refused(const struct gunyah_model *model, const struct thread *thread)
{
    return manual_refuses_killed(model) && thread->life != THREAD_READY;
}

int32_t gunyah_model_vcpu_run(struct model_call *call)
{
    struct thread *thread = call->object[0];
    if (is_refused(call->model, thread))
        return GUNYAH_HVERR_OBJECT_STATE;
    if (!thread->proxy)
        return GUNYAH_HVERR_BUSY;
    hold(thread);
    finish_access(thread, call->arg[1]);
    if (gunyah_model_thread_is_runnable(call->model, thread))
        gunyah_model_thread_run(call->model, thread);
    if (gunyah_model_thread_is_runnable(call->model, thread))
        call->result[1] = GUNYAH_VCPU_RUN_STATE_READY;
    else
        call->result[1] = state_of(thread, &call->result[2]);
    let_go(call->model, thread);
    return GUNYAH_HVERR_OK;
}

/** The state of a vCPU that is not asked to run. */
static uint64_t state_beside(struct model_call *call, const struct thread *thread)
{
    // Waiting for an interrupt does not take a physical CPU away from one that has it to itself.
    const bool idles = !thread->proxy && thread->life == THREAD_READY && thread->wait == THREAD_WAITS_FOR_INTERRUPT;
    // One that only vcpu_run runs is held back by that alone.
    if (thread == call->thread || idles || gunyah_model_thread_is_runnable(call->model, thread))
        return thread->proxy ? GUNYAH_VCPU_RUN_STATE_BLOCKED : GUNYAH_VCPU_RUN_STATE_READY;
    return state_of(thread, &call->result[2]);
}

int32_t gunyah_model_vcpu_run_check(struct model_call *call)
{
    const struct thread *thread = call->object[0];
    if (is_refused(call->model, thread))
        return GUNYAH_HVERR_OBJECT_STATE;
    const uint64_t state = state_beside(call, thread);
    const bool is_halted = state != GUNYAH_VCPU_RUN_STATE_BLOCKED && state != GUNYAH_VCPU_RUN_STATE_READY;
    if (is_halted || !manual_busy_is_bare(call->model))
        call->result[1] = state;
    return is_halted ? GUNYAH_HVERR_OK : GUNYAH_HVERR_BUSY;
}

int32_t gunyah_model_vcpu_bind_virq(struct model_call *call)
{
    struct thread *thread = call->object[0];
    const uint32_t type = (uint32_t)call->arg[3];
    if (type == GUNYAH_VCPU_VIRQ_TYPE_HALT)
        return gunyah_model_source_bind(call->model, &thread->halt, call->object[1], call->arg[2]);
    if (type != GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (thread == call->thread)
        return GUNYAH_HVERR_BUSY;
    const int32_t error = gunyah_model_source_bind(call->model, &thread->wakeup, call->object[1], call->arg[2]);
    if (error == GUNYAH_HVERR_OK)
        thread->proxy = true;
    return error;
}

/** It runs by itself again. What it waits for a VMM to do is done with nothing: nobody would do it any more. */
static void end_proxy(struct gunyah_model *model, struct thread *thread)
{
    thread->proxy = false;
    finish_access(thread, 0);
    gunyah_model_thread_woken(model, thread);
}

int32_t gunyah_model_vcpu_unbind_virq(struct model_call *call)
{
    struct thread *thread = call->object[0];
    const uint32_t type = (uint32_t)call->arg[1];
    if (type > GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    gunyah_model_source_unbind(call->model, type == GUNYAH_VCPU_VIRQ_TYPE_HALT ? &thread->halt : &thread->wakeup);
    if (type == GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP && manual_unbind_ends_proxy(call->model))
        end_proxy(call->model, thread);
    return GUNYAH_HVERR_OK;
}
