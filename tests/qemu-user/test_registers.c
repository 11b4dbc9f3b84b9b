// SPDX-License-Identifier: BSD-3-Clause
// What goes through the instructions and what stays as it is.
#include "around.h"
#include "trap.h"

#include <criterion/criterion.h>

static struct gunyah_registers seen; // by the hypervisor

// A hypervisor that turns all registers over.
static void answer(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    (void)context;
    (void)conduit;
    (void)immediate;
    seen = *registers;
    for (int i = 0; i < 8; i++)
        registers->x[i] = ~registers->x[i];
}

static const struct gunyah_backend_ops turning_ops = {
    .size = sizeof(turning_ops), .name = "turning", .capabilities = GUNYAH_BACKEND_CALL, .call = answer};
static const struct gunyah_backend turning = {&turning_ops, NULL};

static void fill(void *memory, size_t size, unsigned char seed)
{
    unsigned char *bytes = memory;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 7 + seed);
}

static void check(enum gunyah_conduit conduit, uint16_t immediate, bool straight)
{
    struct gunyah_baremetal baremetal;
    struct trap_machine machine = {.hypervisor = &turning};
    struct around_state before;
    struct gunyah_registers registers;
    struct gunyah_registers given;

    trap_install();
    trap_enter(&machine);
    cr_assert(gunyah_baremetal_backend(NULL, &baremetal) != NULL);
    fill(&before, sizeof(before), (unsigned char)(immediate + conduit));
    fill(&registers, sizeof(registers), 0x80);
    given = registers;
    struct around_state after = before;
    if (straight)
        around_hvc(&after, baremetal.ops.hvc, &baremetal, 0x12, &registers);
    else
        around_call(&after, baremetal.ops.call, &baremetal, conduit, immediate, &registers);

    cr_assert(machine.immediate == immediate);
    cr_assert(machine.smc == (conduit == GUNYAH_CONDUIT_SMC));
    cr_assert(machine.hvc == (conduit != GUNYAH_CONDUIT_SMC));
    for (int i = 0; i < 8; i++) {
        cr_assert(seen.x[i] == given.x[i], "x%d on the way in", i);
        cr_assert(registers.x[i] == ~given.x[i], "x%d on the way back", i);
    }
    for (int i = 0; i < 12; i++)
        cr_assert(after.x18_to_x29[i] == before.x18_to_x29[i], "x%d", 18 + i);
    cr_assert(after.sp == 0, "the stack pointer moved");
    for (int i = 0; i < 32; i++)
        cr_assert(memcmp(after.q[i], before.q[i], sizeof(after.q[i])) == 0, "q%d", i);
}

Test(registers, smccc_over_hvc)
{
    check(GUNYAH_CONDUIT_HVC, 0, false);
    check(GUNYAH_CONDUIT_DEFAULT, 0, false);
    check(GUNYAH_CONDUIT_HVC, 0, true);
}

Test(registers, smccc_over_smc)
{
    check(GUNYAH_CONDUIT_SMC, 0, false);
}

Test(registers, every_immediate)
{
    for (uint16_t number = 0; number < 0x80; number++)
        check(GUNYAH_CONDUIT_HVC, (uint16_t)(GUNYAH_IMMEDIATE_BASE + number), false);
}

// Nothing is executed for what no hypervisor knows.
Test(registers, other_immediates_are_not_executed)
{
    static const struct {
        enum gunyah_conduit conduit;
        uint16_t immediate;
    } unknown[] = {
        {GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE + 0x80},
        {GUNYAH_CONDUIT_HVC, GUNYAH_IMMEDIATE_BASE - 1},
        {GUNYAH_CONDUIT_HVC, 1},
        {GUNYAH_CONDUIT_HVC, UINT16_MAX},
        {GUNYAH_CONDUIT_SMC, GUNYAH_IMMEDIATE_BASE},
        {GUNYAH_CONDUIT_SMC, 1},
    };
    struct trap_machine machine = {.hypervisor = &turning};
    struct gunyah_baremetal baremetal;

    trap_install();
    trap_enter(&machine);
    cr_assert(gunyah_baremetal_backend(NULL, &baremetal) != NULL);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        struct gunyah_registers registers = {{1, 2, 3, 4, 5, 6, 7, 8}};
        baremetal.ops.call(&baremetal, unknown[i].conduit, unknown[i].immediate, &registers);
        cr_assert(registers.x[0] == UINT64_MAX && registers.x[1] == 2 && registers.x[7] == 8);
    }
    cr_assert(machine.hvc == 0 && machine.smc == 0);
}
