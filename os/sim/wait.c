// SPDX-License-Identifier: BSD-3-Clause
// Waiting, and virtual time. A blocked wait ends in one of four ways: one of its interrupts becomes pending, its
// deadline is reached, nobody is left who could end it, or the hypervisor crashes.
//
// Whoever ends a wait counts its thread as running at once, not when that thread gets to run: else the next thread that
// blocks would believe that all of them wait.

#include "sim_internal.h"

static void end_wait(struct gunyah_sim_vm *vm, enum gunyah_error verdict)
{
    vm->wait.verdict = verdict;
    vm->wait.blocked = false;
    vm->sim->blocked--;
    pthread_cond_signal(&vm->wake);
}

static void end_all(struct gunyah_sim *sim, enum gunyah_error verdict)
{
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        if (sim->vms[i] != NULL && sim->vms[i]->wait.blocked)
            end_wait(sim->vms[i], verdict);
    }
}

// End the waits whose deadline is reached, and find out which one is next.
static void end_expired(struct gunyah_sim *sim)
{
    uint64_t now = gunyah_model_now(sim->model);

    sim->earliest = SIM_NEVER;
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        struct gunyah_sim_vm *vm = sim->vms[i];
        if (vm == NULL || !vm->wait.blocked || vm->wait.deadline == SIM_NEVER)
            continue;
        if (vm->wait.deadline <= now)
            end_wait(vm, GUNYAH_ERR_TIMEOUT);
        else if (vm->wait.deadline < sim->earliest)
            sim->earliest = vm->wait.deadline;
    }
}

static void go_to(struct gunyah_sim *sim, uint64_t time)
{
    gunyah_model_advance(sim->model, time - gunyah_model_now(sim->model));
    if (time >= sim->earliest)
        end_expired(sim);
}

uint64_t gunyah_internal_sim_next_event(const struct gunyah_sim *sim)
{
    const uint64_t event = gunyah_model_next_event(sim->model);
    const uint64_t hazard = gunyah_internal_sim_next_hazard(sim);

    return hazard < event ? hazard : event;
}

// Stops wherever something happens by itself: what the Resource Manager raises may be late, and due before the end.
void gunyah_internal_sim_pass(struct gunyah_sim *sim, uint64_t nanoseconds)
{
    uint64_t now = gunyah_model_now(sim->model);
    uint64_t left = SIM_NEVER - 1 - now;
    uint64_t until = now + (nanoseconds < left ? nanoseconds : left);

    for (uint64_t next = gunyah_internal_sim_next_event(sim); next <= until;
         next = gunyah_internal_sim_next_event(sim)) {
        if (next > now)
            now = next;
        go_to(sim, now);
        gunyah_internal_sim_bring_hazards(sim);
    }
    go_to(sim, until);
}

static bool all_wait(const struct gunyah_sim *sim)
{
    return sim->blocked != 0 && sim->blocked >= sim->threads;
}

// Jump to the next time-out, or to what happens by itself before. False: there is neither.
static bool jump(struct gunyah_sim *sim)
{
    uint64_t next = gunyah_internal_sim_next_event(sim);

    if (sim->earliest < next)
        next = sim->earliest;
    if (next == SIM_NEVER)
        return false;
    gunyah_internal_sim_pass(sim, next - gunyah_model_now(sim->model));
    return true;
}

// When every thread waits, only time can help; if it cannot, nothing can. What happens by itself comes to an end: only a
// VM's call can start it again.
static void settle(struct gunyah_sim *sim)
{
    if (!all_wait(sim))
        return;
    end_expired(sim);
    while (all_wait(sim)) {
        if (!jump(sim))
            end_all(sim, GUNYAH_ERR_DEADLOCK);
    }
}

void gunyah_internal_sim_stop(struct gunyah_sim *sim)
{
    if (sim->crashed)
        return;
    sim->crashed = true;
    gunyah_internal_sim_trace_crash(sim);
    end_all(sim, GUNYAH_ERR_CRASHED);
}

// May be called by the model in the middle of a call: must not call it.
void gunyah_internal_sim_watchdog(void *context, uint32_t vm, enum gunyah_model_watchdog what)
{
    struct gunyah_sim *sim = context;

    gunyah_internal_sim_trace_watchdog(sim, vm, what);
    if (what == GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY)
        gunyah_internal_sim_stop(sim);
}

// May be called by the model in the middle of a call: must not call it.
void gunyah_internal_sim_pending(void *context, uint32_t vm, uint32_t virq)
{
    struct gunyah_sim *sim = context;
    struct gunyah_sim_vm *target = sim->vms[vm];

    if (target == NULL) // Made by the Resource Manager, and nobody has asked for it.
        return;
    gunyah_internal_sim_trace_pending(target, virq);
    // Whether it waits for this one it sees for itself.
    if (target->wait.blocked)
        end_wait(target, GUNYAH_OK);
}

void gunyah_internal_sim_end_vm(void *context, uint32_t vm)
{
    struct gunyah_sim *sim = context;
    struct gunyah_sim_vm *target = sim->vms[vm];

    gunyah_internal_sim_forget_late(sim, vm);
    if (target == NULL || !target->open)
        return;
    target->lost = true;
    if (target->wait.blocked)
        end_wait(target, GUNYAH_ERR_OBJECT_STATE);
}

static bool are_shared(const gunyah_virq_t *virqs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (virqs[i].value < GUNYAH_VIRQ_SPI_FIRST || virqs[i].value > GUNYAH_VIRQ_SPI_LAST)
            return false;
    }
    return true;
}

size_t gunyah_internal_sim_find_pending(const struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                        size_t from)
{
    while (from < count && !gunyah_model_virq_pending(vm->sim->model, vm->parts.vm, virqs[from].value))
        from++;
    return from;
}

void gunyah_internal_sim_take(struct gunyah_sim_vm *vm, gunyah_virq_t virq)
{
    // First the line, then the deed: a level that stays is pending again before the deed is done.
    gunyah_internal_sim_trace_take(vm, virq);
    gunyah_model_virq_take(vm->sim->model, vm->parts.vm, virq.value);
}

static bool take_first(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count, size_t *index)
{
    const size_t first = gunyah_internal_sim_find_pending(vm, virqs, count, 0);

    if (first == count)
        return false;
    gunyah_internal_sim_take(vm, virqs[first]);
    if (index != NULL)
        *index = first;
    return true;
}

static enum gunyah_error block(struct gunyah_sim_vm *vm)
{
    struct gunyah_sim *sim = vm->sim;

    vm->wait.blocked = true;
    sim->blocked++;
    if (vm->wait.deadline < sim->earliest)
        sim->earliest = vm->wait.deadline;
    gunyah_internal_sim_pass(sim, 0); // The deadline may be now.
    settle(sim);
    while (vm->wait.blocked)
        pthread_cond_wait(&vm->wake, &sim->lock);
    return vm->wait.verdict;
}

// Block until an interrupt can be taken. The one that woke us may be another, or gone again: its source can withdraw it.
static enum gunyah_error block_and_take(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                        size_t *index)
{
    for (;;) {
        enum gunyah_error verdict = block(vm);
        if (verdict != GUNYAH_OK)
            return verdict;
        if (vm->sim->crashed)
            return GUNYAH_ERR_CRASHED;
        if (take_first(vm, virqs, count, index))
            return GUNYAH_OK;
    }
}

static enum gunyah_error check_wait(const struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count)
{
    if (!are_shared(virqs, count))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (vm->sim->crashed)
        return GUNYAH_ERR_CRASHED;
    return vm->lost ? GUNYAH_ERR_OBJECT_STATE : GUNYAH_OK;
}

static void enter_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns)
{
    const uint64_t now = gunyah_model_now(vm->sim->model);

    vm->wait.deadline = timeout_ns < SIM_NEVER - now ? now + timeout_ns : SIM_NEVER;
    vm->sim->in_wait++;
    if (gunyah_internal_sim_find_pending(vm, virqs, count, 0) == count)
        gunyah_internal_sim_trace_wait(vm, virqs, count);
}

enum gunyah_error gunyah_internal_sim_begin_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                                 uint64_t timeout_ns)
{
    const enum gunyah_error error = check_wait(vm, virqs, count);

    if (error == GUNYAH_OK)
        enter_wait(vm, virqs, count, timeout_ns);
    return error;
}

enum gunyah_error gunyah_internal_sim_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                           uint64_t timeout_ns, size_t *index)
{
    enum gunyah_error error = check_wait(vm, virqs, count);

    if (error != GUNYAH_OK)
        return error;
    if (take_first(vm, virqs, count, index))
        return GUNYAH_OK;
    enter_wait(vm, virqs, count, timeout_ns);
    error = block_and_take(vm, virqs, count, index);
    vm->sim->in_wait--;
    if (error != GUNYAH_OK)
        gunyah_internal_sim_trace_end(vm, error);
    return error;
}

enum gunyah_error gunyah_sim_set_trigger(struct gunyah_sim_vm *vm, gunyah_virq_t virq, enum gunyah_sim_trigger trigger)
{
    enum gunyah_model_trigger how = trigger == GUNYAH_SIM_EDGE ? GUNYAH_MODEL_EDGE : GUNYAH_MODEL_LEVEL;
    enum gunyah_error error = GUNYAH_OK;

    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    if (trigger != GUNYAH_SIM_LEVEL && trigger != GUNYAH_SIM_EDGE)
        error = gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_ARGUMENT_INVALID, "the trigger is neither level nor edge");
    else if (!gunyah_model_virq_set_trigger(vm->sim->model, vm->parts.vm, virq.value, how))
        error = gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                         "the interrupt is not a shared one: these are 32 to 1019");
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}

enum gunyah_error gunyah_sim_advance(struct gunyah_sim *sim, uint64_t nanoseconds)
{
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    gunyah_internal_sim_pass(sim, nanoseconds);
    pthread_mutex_unlock(&sim->lock);
    return GUNYAH_OK;
}

uint64_t gunyah_sim_now(struct gunyah_sim *sim)
{
    uint64_t now;

    if (sim == NULL)
        return 0;
    pthread_mutex_lock(&sim->lock);
    now = gunyah_model_now(sim->model);
    pthread_mutex_unlock(&sim->lock);
    return now;
}

enum gunyah_error gunyah_sim_thread_done(struct gunyah_sim *sim)
{
    enum gunyah_error error = GUNYAH_OK;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    if (sim->threads > 0) {
        sim->threads--;
        settle(sim);
    } else {
        error = gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                         "no thread is left: raise threads in the options of the machine");
    }
    pthread_mutex_unlock(&sim->lock);
    return error;
}
