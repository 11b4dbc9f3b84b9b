// SPDX-License-Identifier: BSD-3-Clause
// The guest's time is the virtual counter, and the model follows it. There is one guest on one CPU, so nothing happens
// while it waits: its counter then goes to where its timer is set, and no test waits in earnest.
#include "standin.h"

#include "../sysreg.h"

SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntpct_el0)
SYSREG_READ(cntv_ctl_el0)
SYSREG_READ(cntv_cval_el0)
SYSREG(cntvoff_el2)

#define TIMER_ENABLED 1u
#define NANOSECONDS UINT64_C(1000000000)

static uint64_t start;

static uint64_t counter(void)
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
    start = counter();
}

void standin_time_pass(void)
{
    struct gunyah_model *model = standin_machine.model;

    if (model != NULL)
        gunyah_model_advance(model, nanoseconds(counter() - start) - gunyah_model_now(model));
}

bool standin_time_skip(void)
{
    const uint64_t deadline = read_cntv_cval_el0();
    const uint64_t now = counter();

    if ((read_cntv_ctl_el0() & TIMER_ENABLED) == 0)
        return false;
    if (deadline > now)
        write_cntvoff_el2(read_cntvoff_el2() - (deadline - now));
    return true;
}
