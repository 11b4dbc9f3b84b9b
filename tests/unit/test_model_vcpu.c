// SPDX-License-Identifier: BSD-3-Clause
// vCPUs of the model that no recording has: what one does to itself while it runs.
#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))
#define WAKE_UP 40

#define CALL(name)                                                                                                     \
    {                                                                                                                  \
        .stop = GUNYAH_MODEL_STOP_CALL, .immediate = GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_##name                   \
    }

// What a vCPU does that gives up the last capability of itself: a doorbell gets its id, and perhaps its memory, and is rung.
struct ending {
    struct machine_step steps[5];
};

static struct ending end_of(const struct machine *machine, uint64_t vcpu)
{
    const uint64_t cspace = machine->root.cspace.value;
    const struct ending ending = {{
        {CALL(CSPACE_DELETE_CAP_FROM), {cspace, vcpu}},
        {CALL(PARTITION_CREATE_DOORBELL), {machine->root.partition.value, cspace}},
        {CALL(OBJECT_ACTIVATE), {vcpu, 0}},
        {CALL(DOORBELL_SEND), {vcpu, 5}},
        {{.stop = GUNYAH_MODEL_STOP_NEVER}, {0}},
    }};

    return ending;
}

// The vCPU goes when it has stopped, and not before.
static void expect_ended(struct machine *machine, uint64_t doorbell)
{
    IS(ASK(machine, DOORBELL_RECEIVE, doorbell, UINT64_MAX), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], 5));
    // The interrupt that woke it up is free again.
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, machine->root.vic.value, WAKE_UP), GUNYAH_HVERR_OK);
}

static void while_it_is_run(struct machine *machine)
{
    const uint64_t vcpu = make_vcpu(machine, make_addrspace(machine, 5));
    const struct ending ending = end_of(machine, vcpu);

    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, WAKE_UP, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    machine->steps = ending.steps;
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_READY));
    expect_ended(machine, vcpu);
}

Test(model_vcpu, ends_while_it_is_run)
{
    in_both_modes(while_it_is_run);
}

static void while_it_runs_by_itself(struct machine *machine)
{
    const uint64_t vcpu = make_vcpu(machine, make_addrspace(machine, 5));
    const struct ending ending = end_of(machine, vcpu);

    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, 1, UINT64_MAX), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    machine->steps = ending.steps;
    gunyah_model_advance(machine->model, 10000000);
    gunyah_model_advance(machine->model, 10000000);
    expect_ended(machine, vcpu);
}

Test(model_vcpu, ends_while_it_runs_by_itself)
{
    in_both_modes(while_it_runs_by_itself);
}
