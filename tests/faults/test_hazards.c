// SPDX-License-Identifier: BSD-3-Clause
// The life of a VM while interrupts come late, twice, for nothing or never, and queues are nearly always full.
#include "life.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>

#define PATIENCE_NS UINT64_C(1000000000)

static void expect_same(const struct holdings *before, const struct machine *machine, uint64_t seed)
{
    const struct holdings now = machine_holdings(machine);

    cr_assert(eq(sz, now.vms, before->vms), "seed %" PRIu64, seed);
    cr_assert(eq(sz, now.parcels, before->parcels), "seed %" PRIu64, seed);
    cr_assert(eq(sz, now.caps, before->caps), "seed %" PRIu64, seed);
    cr_assert(eq(sz, now.objects, before->objects), "seed %" PRIu64, seed);
}

// Late, repeated and needless interrupts disturb nobody, and lost ones only cost time; nor do queues of one message.
Test(faults, a_life_among_hazards)
{
    static const char plan[] = "late any after=10us spread=2ms chance=30%\n"
                               "lost any chance=20%\n"
                               "twice any after=1us spread=500us chance=30%\n"
                               "fault msgqueue_send error=MSGQUEUE_FULL chance=10%\n"
                               "fault msgqueue_receive error=MSGQUEUE_EMPTY chance=10%\n"
                               "flood 961 vm=vm3 every=333us chance=50%\n";

    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct machine machine;
        struct life life;
        cr_assert(machine_open_with(&machine, seed % 3));
        const struct holdings before = machine_holdings(&machine);
        cr_assert(eq(int, gunyah_sim_add_plan(machine.sim, plan, sizeof(plan) - 1, NULL), GUNYAH_OK));
        gunyah_sim_seed_faults(machine.sim, seed);
        cr_assert(life_run(&life, &machine), "seed %" PRIu64 ": %s: %s", seed, life.step,
                  gunyah_error_name(life.error));
        cr_assert(eq(int, gunyah_vm_destroy(&life.vm, PATIENCE_NS, NULL), GUNYAH_OK), "seed %" PRIu64, seed);
        gunyah_sim_clear_faults(machine.sim);
        gunyah_sim_advance(machine.sim, PATIENCE_NS);
        expect_same(&before, &machine, seed);
        cr_assert(eq(int, gunyah_rm_close(&machine.rm), GUNYAH_OK));
        cr_assert(machine_close(&machine));
    }
}
