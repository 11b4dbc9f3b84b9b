// SPDX-License-Identifier: BSD-3-Clause
// What answers: as little as makes every call succeed. It is in a section of its own, so that its instructions are told
// from those of the caller.
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
    uint64_t *x = context->x;

    (void)signal;
    (void)info;
    context->pc += INSTRUCTION_SIZE;
    if (x[0] == GUNYAH_SMCCC_HYP_UID) {
        x[0] = GUNYAH_UID_OPEN_0;
        x[1] = GUNYAH_UID_OPEN_1;
        x[2] = GUNYAH_UID_OPEN_2;
        x[3] = GUNYAH_UID_OPEN_3;
        return;
    }
    x[0] = x[0] == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY) ? 1 : GUNYAH_HVERR_OK;
    x[1] = MESSAGE_SIZE;
    x[2] = 0;
}

void hypervisor_start(void)
{
    const struct signal_action action = {answer, WITH_CONTEXT, 0, 0};

    system_call(SYS_RT_SIGACTION, SIGNAL_ILLEGAL, &action, NULL, sizeof(action.mask));
}
