// SPDX-License-Identifier: BSD-3-Clause
// The guests' time is the virtual counter, the same for all, and the model follows it. When all wait, the counter goes
// to where the first timer is set, so that no test waits in earnest.
#include "standin.h"

#include "../sysreg.h"

SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntpct_el0)
SYSREG(cntvoff_el2)

#define TIMER_ENABLED 1u
#define TIMER_MASKED 2u
#define NANOSECONDS UINT64_C(1000000000)

static uint64_t start;

uint64_t standin_time_now(void)
{
    return read_cntpct_el0() - read_cntvoff_el2();
}

static uint64_t nanoseconds(uint64_t ticks)
{
    const uint64_t frequency = read_cntfrq_el0();

    return ticks / frequency * NANOSECONDS + ticks % frequency * NANOSECONDS / frequency;
}

void standin_time_reset(void)
{
    start = standin_time_now();
}

void standin_time_pass(void)
{
    struct gunyah_model *model = standin_machine.model;

    if (model != NULL)
        gunyah_model_advance(model, nanoseconds(standin_time_now() - start) - gunyah_model_now(model));
}

uint64_t standin_time_of_event(void)
{
    struct gunyah_model *model = standin_machine.model;
    const uint64_t when = model != NULL ? gunyah_model_next_event(model) : GUNYAH_MODEL_NEVER;

    if (when == GUNYAH_MODEL_NEVER)
        return UINT64_MAX;
    // Rather a tick too late than one too early.
    const uint64_t frequency = read_cntfrq_el0();
    return start + when / NANOSECONDS * frequency + when % NANOSECONDS * frequency / NANOSECONDS + 1;
}

uint64_t standin_time_of_timer(const struct standin_context *context)
{
    const bool fires = (context->cntv_ctl_el0 & (TIMER_ENABLED | TIMER_MASKED)) == TIMER_ENABLED;

    return fires ? context->cntv_cval_el0 : UINT64_MAX;
}

void standin_time_go_to(uint64_t time)
{
    const uint64_t now = standin_time_now();

    if (time > now)
        write_cntvoff_el2(read_cntvoff_el2() - (time - now));
    standin_time_pass();
}
