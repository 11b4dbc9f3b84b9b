// SPDX-License-Identifier: BSD-3-Clause
// The vCPUs that share the CPU: one for each guest. They take turns; one that waits gets its turn when there is an
// interrupt for it or its timer has come. When all wait, time goes to where the first timer is set.
#include "standin.h"

#include "../protocol.h"
#include "../semihosting.h"
#include "../sysreg.h"

#include <string.h>

SYSREG_READ(tpidr_el1)

#define SCTLR_EL1_RESET 0x30d00800u
#define MPIDR_FIRST 0x80000000u // the first vCPU of its VM
#define SPSR_START 0x3c5u       // EL1 with its own stack pointer, all interrupts masked

enum state {
    OFF = 0,
    RUNS,
    WAITS,
    PASSED,
};

struct vcpu {
    struct standin_context context;
    enum state state;
    unsigned guest;
};

static struct vcpu vcpus[STANDIN_GUESTS];
static unsigned count;
static unsigned current;
static bool turn_is_over;

void standin_vcpu_reset(struct standin_context *context, unsigned table, uint64_t entry)
{
    memset(context, 0, sizeof(*context));
    context->vttbr_el2 = standin_stage2(table);
    context->vmpidr_el2 = MPIDR_FIRST;
    context->sctlr_el1 = SCTLR_EL1_RESET;
    context->elr_el2 = entry;
    context->spsr_el2 = SPSR_START;
}

void standin_vcpu_add(unsigned guest, uint64_t entry, uint64_t x0, uint64_t x1)
{
    struct vcpu *vcpu = &vcpus[count++];

    vcpu->guest = guest;
    vcpu->state = RUNS;
    standin_vcpu_reset(&vcpu->context, guest, entry);
    vcpu->context.x[0] = x0;
    vcpu->context.x[1] = x1;
}

static bool is_alone(void)
{
    return count == 1;
}

static unsigned vm_of(const struct vcpu *vcpu)
{
    const uint64_t named = read_tpidr_el1();

    if (!is_alone())
        return vcpu->guest;
    if (named >= STANDIN_VMS)
        standin_stop("TPIDR_EL1 names no VM");
    return (unsigned)named;
}

unsigned standin_speaker(void)
{
    return vm_of(&vcpus[current]);
}

unsigned standin_guest_of(uint32_t vm)
{
    unsigned place = 0;

    while (!is_alone() && place + 1 < STANDIN_GUESTS && standin_machine.vms[place].vm != vm)
        place++;
    return place;
}

struct standin_context *standin_vcpu_current(void)
{
    return &vcpus[current].context;
}

void standin_vcpu_wait(void)
{
    vcpus[current].state = WAITS;
}

void standin_vcpu_end_turn(void)
{
    turn_is_over = true;
}

void standin_vcpu_power_off(void)
{
    vcpus[current].state = OFF;
}

void standin_vcpu_pass(void)
{
    vcpus[current].state = PASSED;
}

static bool is_ready(const struct vcpu *vcpu)
{
    if (vcpu->state != WAITS)
        return vcpu->state == RUNS;
    return standin_gic_ready(vm_of(vcpu)) || standin_time_of_timer(&vcpu->context) <= standin_time_now();
}

// Looked for from the one whose turn it is.
static bool find_ready(unsigned *found)
{
    const unsigned first = current + (turn_is_over ? 1 : 0);

    for (unsigned i = 0; i < count; i++) {
        *found = (first + i) % count;
        if (is_ready(&vcpus[*found]))
            return true;
    }
    return false;
}

static unsigned count_in(enum state state)
{
    unsigned number = 0;

    for (unsigned i = 0; i < count; i++)
        number += vcpus[i].state == state;
    return number;
}

// Nobody can go on before this.
static uint64_t first_timer(void)
{
    uint64_t first = standin_time_of_event();

    for (unsigned i = 0; i < count; i++) {
        const uint64_t time = standin_time_of_timer(&vcpus[i].context);
        if (vcpus[i].state == WAITS && time < first)
            first = time;
    }
    return first;
}

static void let_time_pass(void)
{
    const uint64_t time = first_timer();

    if (count_in(PASSED) == count)
        semihosting_exit(0);
    if (count_in(WAITS) == 0)
        standin_end(EL2_EXIT_POWERED_OFF, "every VM is off");
    if (time == UINT64_MAX)
        standin_stop("every VM waits for what nobody will send");
    standin_time_go_to(time);
}

struct standin_context *standin_vcpu_run(unsigned next)
{
    struct vcpu *vcpu = &vcpus[next];

    current = next;
    turn_is_over = false;
    vcpu->state = RUNS;
    standin_context_load(&vcpu->context);
    standin_slice_begin(STANDIN_SLICE_GUEST);
    return &vcpu->context;
}

struct standin_context *standin_vcpu_next(void)
{
    struct vcpu *vcpu = &vcpus[current];
    unsigned next;

    if (vcpu->state == RUNS && !turn_is_over)
        return &vcpu->context;
    standin_context_save(&vcpu->context);
    while (!find_ready(&next))
        let_time_pass();
    return standin_vcpu_run(next);
}
