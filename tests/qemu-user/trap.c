// SPDX-License-Identifier: BSD-3-Clause
// The names of the registers in a context are no part of POSIX.
#define _DEFAULT_SOURCE
#include "trap.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

// Of the instructions.
#define CONDUIT_MASK 0xffe0001fu
#define HVC 0xd4000002u
#define SMC 0xd4000003u
#define SYSTEM_MASK 0xffffffe0u
#define MRS_ICC_HPPIR1 0xd538cc40u
#define MRS_ICC_IAR1 0xd538cc00u
#define MSR_ICC_EOIR1 0xd518cc20u

#define SPURIOUS 1023
#define FIRST_CLOBBERED 8
#define LAST_CLOBBERED 17
#define NZCV UINT64_C(0xf0000000)

static struct trap_machine *current;

static void answer_call(mcontext_t *state, enum gunyah_conduit conduit, uint16_t immediate)
{
    struct gunyah_registers registers;

    for (int i = 0; i < 8; i++)
        registers.x[i] = state->regs[i];
    if (conduit == GUNYAH_CONDUIT_SMC)
        current->smc++;
    else
        current->hvc++;
    current->immediate = immediate;
    if (current->hypervisor == NULL)
        registers.x[0] = UINT64_MAX;
    else
        current->hypervisor->ops->call(current->hypervisor->context, conduit, immediate, &registers);
    for (int i = 0; i < 8; i++)
        state->regs[i] = registers.x[i];
    // What may change does change.
    for (int i = FIRST_CLOBBERED; i <= LAST_CLOBBERED; i++)
        state->regs[i] = UINT64_C(0xbad0bad0bad0bad0);
    state->pstate ^= NZCV;
}

static void take_interrupt(void)
{
    memmove(current->pending, current->pending + 1, sizeof(current->pending) - sizeof(current->pending[0]));
    current->pending[3] = 0;
}

static bool answer_controller(mcontext_t *state, uint32_t instruction)
{
    unsigned long long *operand = &state->regs[instruction & 0x1f];
    const uint64_t pending = current->pending[0] != 0 ? current->pending[0] : SPURIOUS;

    switch (instruction & SYSTEM_MASK) {
    case MRS_ICC_HPPIR1:
        *operand = pending;
        return true;
    case MRS_ICC_IAR1:
        *operand = pending;
        take_interrupt();
        return true;
    case MSR_ICC_EOIR1:
        current->ended = *operand;
        return true;
    default:
        return false;
    }
}

static void trap(int signal, siginfo_t *info, void *context)
{
    mcontext_t *state = &((ucontext_t *)context)->uc_mcontext;
    uint32_t instruction;

    (void)signal;
    (void)info;
    memcpy(&instruction, (const void *)(uintptr_t)state->pc, sizeof(instruction));
    if ((instruction & CONDUIT_MASK) == HVC)
        answer_call(state, GUNYAH_CONDUIT_HVC, (uint16_t)(instruction >> 5));
    else if ((instruction & CONDUIT_MASK) == SMC)
        answer_call(state, GUNYAH_CONDUIT_SMC, (uint16_t)(instruction >> 5));
    else if (!answer_controller(state, instruction))
        abort();
    state->pc += sizeof(instruction);
}

void trap_install(void)
{
    struct sigaction action = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO};

    if (sigaction(SIGILL, &action, NULL) != 0)
        abort();
}

void trap_enter(struct trap_machine *machine)
{
    current = machine;
}

static void trapped_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                         struct gunyah_registers *registers)
{
    struct trapped_vm *vm = context;

    trap_enter(&vm->machine);
    vm->baremetal.ops.call(&vm->baremetal, conduit, immediate, registers);
}

static void trapped_hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct trapped_vm *vm = context;

    trap_enter(&vm->machine);
    vm->baremetal.ops.hvc(&vm->baremetal, number, registers);
}

static enum gunyah_error trapped_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                      size_t *index)
{
    struct trapped_vm *vm = context;

    return vm->baremetal.ops.wait(&vm->baremetal, virqs, count, timeout_ns, index);
}

static uint64_t trapped_now(void *context)
{
    struct trapped_vm *vm = context;

    return vm->baremetal.ops.now(&vm->baremetal);
}

static enum gunyah_error simulated_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                        size_t *index)
{
    const struct gunyah_backend *simulated = context;

    return simulated->ops->wait(simulated->context, virqs, count, timeout_ns, index);
}

static uint64_t simulated_now(void *context)
{
    const struct gunyah_backend *simulated = context;

    return simulated->ops->now(simulated->context);
}

const struct gunyah_backend *trapped_vm_backend(struct trapped_vm *vm, const struct gunyah_backend *simulated)
{
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;

    options.wait = simulated_wait;
    options.now = simulated_now;
    // The hooks do not change it; a context is not const because others do.
    memcpy(&options.context, &simulated, sizeof(simulated));
    options.has_smc = true;
    options.probe_immediate = true;
    if (gunyah_baremetal_backend(&options, &vm->baremetal) == NULL)
        return NULL;
    vm->machine = (struct trap_machine){.hypervisor = simulated};
    vm->ops = vm->baremetal.ops;
    vm->ops.call = trapped_call;
    vm->ops.hvc = trapped_hvc;
    vm->ops.wait = trapped_wait;
    vm->ops.now = trapped_now;
    vm->backend = (struct gunyah_backend){&vm->ops, vm};
    return &vm->backend;
}
