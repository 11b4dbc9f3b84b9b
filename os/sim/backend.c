// SPDX-License-Identifier: BSD-3-Clause
// The seam "make this hypercall", for each VM of the machine.

#include "sim_internal.h"

#include <string.h>

// Function bits of an SMCCC id that make it a hypercall; the number is in the others. Bit 16 is a hint that does not
// count.
#define SMCCC_KIND_MASK 0xfffec000u
#define SMCCC_NUMBER_MASK 0x3fffu
#define IMMEDIATE_NUMBERS 0x200u

static struct sim_call decode(enum gunyah_model_conduit conduit, uint16_t immediate, uint64_t x0)
{
    uint32_t id = (uint32_t)x0;
    uint32_t number = (uint32_t)immediate - GUNYAH_IMMEDIATE_BASE;

    if (immediate == 0 && (id & SMCCC_KIND_MASK) == GUNYAH_SMCCC_BASE)
        return (struct sim_call){SIM_CALL_HYPERCALL, conduit, id & SMCCC_NUMBER_MASK, 1};
    if (immediate == 0)
        return (struct sim_call){SIM_CALL_SMCCC, conduit, id, 1};
    if (conduit == GUNYAH_MODEL_HVC && number < IMMEDIATE_NUMBERS)
        return (struct sim_call){SIM_CALL_HYPERCALL, conduit, number, 0};
    return (struct sim_call){SIM_CALL_OTHER, conduit, immediate, 0};
}

static enum sim_answer model_call(struct gunyah_sim_vm *vm, enum gunyah_model_conduit conduit, uint16_t immediate,
                                  struct gunyah_registers *registers)
{
    struct gunyah_model_registers copy;
    enum gunyah_model_outcome outcome;

    memcpy(copy.x, registers->x, sizeof(copy.x));
    outcome = gunyah_model_call(vm->sim->model, vm->parts.vm, 0, conduit, immediate, &copy);
    if (outcome == GUNYAH_MODEL_RETURNED || outcome == GUNYAH_MODEL_CLOBBERED) {
        memcpy(registers->x, copy.x, sizeof(copy.x));
        return SIM_ANSWER_RETURNED;
    }
    registers->x[0] = UINT64_MAX;
    return outcome == GUNYAH_MODEL_CRASHED ? SIM_ANSWER_CRASHED : SIM_ANSWER_NO_RETURN;
}

// A call that faults may hit or that somebody traces.
static enum sim_answer watched_call(struct gunyah_sim_vm *vm, enum gunyah_model_conduit conduit, uint16_t immediate,
                                    struct gunyah_registers *registers)
{
    struct gunyah_registers before = *registers;
    struct sim_call call = decode(conduit, immediate, registers->x[0]);
    int32_t error = gunyah_internal_sim_next_fault(vm, &call);
    enum sim_answer answer = SIM_ANSWER_INJECTED;

    if (error != GUNYAH_HVERR_OK)
        gunyah_internal_sim_answer_fault(&call, error, registers);
    else
        answer = model_call(vm, conduit, immediate, registers);
    gunyah_internal_sim_trace_call(vm, &call, &before, registers, answer);
    return answer;
}

static void refuse(const struct sim_call *call, struct gunyah_registers *registers)
{
    registers->x[0] = UINT64_MAX;
    if (call->kind == SIM_CALL_HYPERCALL)
        gunyah_internal_sim_answer_fault(call, GUNYAH_HVERR_OBJECT_STATE, registers);
}

// Of a guest of an exploration: whether it may call. Blocks until it is its turn.
static bool may_call(struct gunyah_sim *sim, enum gunyah_model_conduit conduit, uint16_t immediate,
                     struct gunyah_registers *registers)
{
    struct sim_call call = decode(conduit, immediate, registers->x[0]);

    if (gunyah_internal_sim_explore_call(sim->explore, &call))
        return true;
    refuse(&call, registers);
    return false;
}

// A call of a VM that has ended under its session.
static enum sim_answer gone_call(struct gunyah_sim_vm *vm, enum gunyah_model_conduit conduit, uint16_t immediate,
                                 struct gunyah_registers *registers)
{
    struct gunyah_registers before = *registers;
    struct sim_call call = decode(conduit, immediate, registers->x[0]);

    refuse(&call, registers);
    gunyah_internal_sim_trace_call(vm, &call, &before, registers, SIM_ANSWER_GONE);
    return SIM_ANSWER_GONE;
}

static void backend_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                         struct gunyah_registers *registers)
{
    struct gunyah_sim_vm *vm = context;
    struct gunyah_sim *sim = vm->sim;
    enum gunyah_model_conduit instruction = conduit == GUNYAH_CONDUIT_SMC ? GUNYAH_MODEL_SMC : GUNYAH_MODEL_HVC;
    enum sim_answer answer;

    if (sim->explore != NULL && !may_call(sim, instruction, immediate, registers))
        return;
    pthread_mutex_lock(&sim->lock);
    if (vm->lost)
        answer = gone_call(vm, instruction, immediate, registers);
    else if (sim->trace != NULL || sim->rules != NULL)
        answer = watched_call(vm, instruction, immediate, registers);
    else
        answer = model_call(vm, instruction, immediate, registers);
    if (answer == SIM_ANSWER_CRASHED)
        gunyah_internal_sim_stop(sim);
    gunyah_internal_sim_pass(sim, sim->call_ns);
    pthread_mutex_unlock(&sim->lock);
}

static enum gunyah_error backend_open(void *context)
{
    struct gunyah_sim_vm *vm = context;
    enum gunyah_error error = GUNYAH_ERR_IN_USE;

    pthread_mutex_lock(&vm->sim->lock);
    if (vm->made && !gunyah_model_vm_runs(vm->sim->model, vm->parts.vm)) {
        error = GUNYAH_ERR_OBJECT_STATE;
    } else if (!vm->open) {
        vm->open = true;
        vm->sim->sessions++;
        error = GUNYAH_OK;
    }
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}

static void backend_close(void *context)
{
    struct gunyah_sim_vm *vm = context;

    pthread_mutex_lock(&vm->sim->lock);
    vm->open = false;
    vm->lost = false;
    vm->sim->sessions--;
    pthread_mutex_unlock(&vm->sim->lock);
}

static enum gunyah_error backend_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                      size_t *index)
{
    struct gunyah_sim_vm *vm = context;
    enum gunyah_error error;

    if (vm->sim->explore != NULL)
        return gunyah_internal_sim_explore_wait(vm, virqs, count, timeout_ns, index);
    pthread_mutex_lock(&vm->sim->lock);
    error = gunyah_internal_sim_wait(vm, virqs, count, timeout_ns, index);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}

static uint64_t backend_now(void *context)
{
    struct gunyah_sim_vm *vm = context;

    return gunyah_sim_now(vm->sim);
}

const struct gunyah_backend_ops gunyah_internal_sim_ops = {
    .size = sizeof(struct gunyah_backend_ops),
    .name = "sim",
    .capabilities = GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_WAIT | GUNYAH_BACKEND_SMC | GUNYAH_BACKEND_PROBE_IMMEDIATE,
    .open = backend_open,
    .close = backend_close,
    .call = backend_call,
    .wait = backend_wait,
    .now = backend_now,
};
