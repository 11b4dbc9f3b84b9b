// SPDX-License-Identifier: BSD-3-Clause
// Every hvc and every smc that is no call comes back with an answer: none is undefined, none is lost.
#include "guest.h"

#include "../protocol.h"

#define HVC 0xd4000002u
#define SMC 0xd4000003u
#define RET 0xd65f03c0u
#define IMMEDIATES 0x10000u
#define TABLE_END (GUNYAH_IMMEDIATE_BASE + 0x200u)

typedef uint64_t function(uint64_t x0);

// A function for each immediate.
static uint32_t code[IMMEDIATES][2];

static void make(uint32_t instruction)
{
    for (uint32_t immediate = 0; immediate < IMMEDIATES; immediate++) {
        code[immediate][0] = instruction | immediate << 5;
        code[immediate][1] = RET;
    }
    __asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
}

static bool is_call(uint32_t instruction, uint32_t immediate)
{
    if (immediate == 0)
        return true;
    if (instruction == SMC)
        return false;
    return (immediate >= GUNYAH_IMMEDIATE_BASE && immediate < TABLE_END) ||
           (immediate >= EL2_CALL_FIRST && immediate <= EL2_CALL_LAST);
}

static bool all_answer(struct target *target, uint32_t instruction)
{
    make(instruction);
    guest_speak_for(TARGET_OWNER);
    for (uint32_t immediate = 0; immediate < IMMEDIATES; immediate++) {
        function *const execute = (function *)(uintptr_t)code[immediate];
        if (!is_call(instruction, immediate))
            EXPECT_EQ(execute(immediate), UINT64_MAX);
    }
    return true;
}

static bool every_hvc_answers(struct target *target)
{
    return all_answer(target, HVC);
}

static bool every_smc_answers(struct target *target)
{
    return all_answer(target, SMC);
}

static const struct conformance_case cases[] = {
    {"immediates.every_hvc_answers", every_hvc_answers},
    {"immediates.every_smc_answers", every_smc_answers},
};

const struct conformance_suite guest_immediates = {cases, COUNT_OF(cases)};
