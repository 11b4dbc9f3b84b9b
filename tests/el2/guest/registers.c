// SPDX-License-Identifier: BSD-3-Clause
// Which registers a call changes, of all that there are: x0 to x30, SP, NZCV, and q0 to q31.
#include "guest.h"

#include <string.h>

typedef void instruction(struct guest_state *state);

static const uint64_t all_flags[] = {0, UINT64_C(0xf0000000), UINT64_C(0x50000000), UINT64_C(0xa0000000)};

// Execute with everything filled, but x0 and, for a call with an argument, x1.
static void execute(instruction *execute_one, uint64_t nzcv, uint64_t x0, uint64_t x1, struct guest_state *before,
                    struct guest_state *after)
{
    guest_state_fill(before, 0, nzcv);
    before->x[0] = x0;
    before->x[1] = x1;
    memcpy(after, before, sizeof(*after));
    guest_speak_for(TARGET_OWNER);
    execute_one(after);
}

// Only results come back; registers for which there is none keep the arguments.
static bool smccc_changes_results_alone(struct target *target)
{
    static instruction *const conduits[] = {guest_hvc_0, guest_smc_0};
    struct guest_state before;
    struct guest_state after;

    for (size_t i = 0; i < COUNT_OF(conduits); i++) {
        for (size_t flags = 0; flags < COUNT_OF(all_flags); flags++) {
            execute(conduits[i], all_flags[flags], GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, &before,
                    &after);
            EXPECT_EQ(after.x[0] & 0xffff, 0x8001);
            EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 4));
            execute(conduits[i], all_flags[flags], GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_OBJECT_ACTIVATE,
                    GUNYAH_CAPID_INVALID, &before, &after);
            EXPECT_EQ((uint32_t)after.x[0], GUNYAH_HVERR_ARGUMENT_INVALID);
            EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 1));
        }
    }
    return true;
}

// x0 to x7 come back, as 0 where there is no result; x8 stays; x9 is the return address; x10 to x17 are cleared.
static bool immediate_calls_clobber_as_recorded(struct target *target)
{
    static const struct {
        instruction *execute;
        uint64_t x0;
    } calls[] = {{guest_hvc_identify, 0x5100000000008001}, {guest_hvc_hole, UINT64_MAX}};
    struct guest_state before;
    struct guest_state after;

    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        execute(calls[i].execute, all_flags[i], 1, 2, &before, &after);
        EXPECT_EQ(after.x[0], calls[i].x0);
        for (unsigned x = 4; x < 8; x++)
            EXPECT_EQ(after.x[x], 0);
        EXPECT_EQ(after.x[8], before.x[8]);
        EXPECT_EQ(after.x[9], after.next);
        for (unsigned x = 10; x < 18; x++)
            EXPECT_EQ(after.x[x], 0);
        EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 18));
    }
    return true;
}

// Also smc with the number of a call: the immediate convention is one of hvc.
static bool instructions_that_are_no_calls_answer_in_x0_alone(struct target *target)
{
    static instruction *const unknown[] = {guest_hvc_below, guest_hvc_last, guest_smc_1, guest_smc_identify};
    struct guest_state before;
    struct guest_state after;

    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        execute(unknown[i], all_flags[i], 1, 2, &before, &after);
        EXPECT_EQ(after.x[0], UINT64_MAX);
        EXPECT_TRUE(guest_state_is_kept(target, &before, &after, 1));
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"registers.smccc_changes_results_alone", smccc_changes_results_alone},
    {"registers.immediate_calls_clobber_as_recorded", immediate_calls_clobber_as_recorded},
    {"registers.instructions_that_are_no_calls_answer_in_x0_alone", instructions_that_are_no_calls_answer_in_x0_alone},
};

const struct conformance_suite guest_registers = {cases, COUNT_OF(cases)};
