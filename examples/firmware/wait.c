// SPDX-License-Identifier: BSD-3-Clause
// An interrupt handler, and the hook that waits for what it notes. In an RTOS the note is a semaphore or an event.
#include "wait.h"

#include "gic.h"

static volatile bool came[GIC_INTERRUPTS];

void interrupt_handler(void)
{
    const uint32_t interrupt = gic_acknowledge();

    if (interrupt >= GIC_INTERRUPTS)
        return;
    came[interrupt] = true;
    gic_end(interrupt);
}

static uint64_t nanoseconds(void)
{
    uint64_t ticks, frequency;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tmrs %1, cntfrq_el0" : "=r"(ticks), "=r"(frequency) : : "memory");
    return ticks / frequency * 1000000000 + ticks % frequency * 1000000000 / frequency;
}

// Sleep while interrupts are masked: one that comes between the look and the sleep ends it. Then let it in.
static void sleep_until_interrupt(bool for_ever)
{
    // Without a timer of the firmware's own, nothing ends a sleep in time.
    if (for_ever)
        __asm__ volatile("dsb sy\n\twfi" : : : "memory");
    __asm__ volatile("msr daifclr, #2\n\tisb\n\tmsr daifset, #2" : : : "memory");
}

static enum gunyah_error wait_masked(const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns, size_t *index)
{
    const uint64_t start = nanoseconds();

    for (;;) {
        for (size_t i = 0; i < count; i++) {
            if (virqs[i].value >= GIC_INTERRUPTS)
                return GUNYAH_ERR_ARGUMENT_INVALID;
            if (!came[virqs[i].value])
                continue;
            came[virqs[i].value] = false;
            if (index != NULL)
                *index = i;
            return GUNYAH_OK;
        }
        if (timeout_ns != GUNYAH_WAIT_FOREVER && nanoseconds() - start >= timeout_ns)
            return GUNYAH_ERR_TIMEOUT;
        sleep_until_interrupt(timeout_ns == GUNYAH_WAIT_FOREVER);
    }
}

enum gunyah_error wait_hook(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns, size_t *index)
{
    (void)context;
    __asm__ volatile("msr daifset, #2" : : : "memory");
    const enum gunyah_error error = wait_masked(virqs, count, timeout_ns, index);
    __asm__ volatile("msr daifclr, #2" : : : "memory");
    return error;
}
