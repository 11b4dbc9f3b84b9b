// SPDX-License-Identifier: BSD-3-Clause
// A process in which hvc is answered: it is undefined there, and the kernel's signal comes to the place of a hypervisor. In a
// section of its own, so that its instructions are told from those of the caller.
#include "calls.h"

#define SYS_RT_SIGACTION 134
#define SIGNAL_ILLEGAL 4
#define WITH_CONTEXT 4
#define INSTRUCTION_SIZE 4

// Of Linux on AArch64.
struct signal_context {
    uint64_t before[22];
    uint64_t fault_address;
    uint64_t x[31];
    uint64_t sp;
    uint64_t pc;
};

struct signal_action {
    void (*handler)(int signal, void *info, struct signal_context *context);
    uint64_t flags;
    uint64_t unused;
    uint64_t mask;
};

__attribute__((section("hypervisor"))) static void answer(int signal, void *info, struct signal_context *context)
{
    (void)signal;
    (void)info;
    context->pc += INSTRUCTION_SIZE;
    hypervisor_answer(context->x);
}

void hypervisor_start(void)
{
    const struct signal_action action = {answer, WITH_CONTEXT, 0, 0};

    system_call(SYS_RT_SIGACTION, SIGNAL_ILLEGAL, &action, NULL, sizeof(action.mask));
}
