// SPDX-License-Identifier: BSD-3-Clause
// How the guest waits: it sleeps until an interrupt is pending or its timer has come, and takes the interrupt through
// the exception vector.
#include "guest.h"

#include "../protocol.h"
#include "../sysreg.h"

SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntvct_el0)
SYSREG_WRITE(cntv_ctl_el0)
SYSREG_WRITE(cntv_cval_el0)
SYSREG_READ(s3_0_c12_c12_0)  // ICC_IAR1_EL1
SYSREG_WRITE(s3_0_c12_c12_1) // ICC_EOIR1_EL1

#define NANOSECONDS UINT64_C(1000000000)
#define NONE 0

// What the exception vector took.
static volatile uint32_t taken;

// By one instruction each, of a form that the hypervisor can decode.
static uint32_t read_word(uint64_t address)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static void write_word(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

void guest_enable(uint32_t virq, bool enable)
{
    const uint64_t row = EL2_GICD_BASE + (enable ? EL2_GICD_ISENABLER : EL2_GICD_ICENABLER);

    write_word(row + virq / 32 * 4, UINT32_C(1) << virq % 32);
}

bool guest_set_trigger(uint32_t virq, bool edge)
{
    const uint64_t address = EL2_GICD_BASE + EL2_GICD_ICFGR + virq / 16 * 4;
    const uint32_t bit = UINT32_C(2) << virq % 16 * 2;
    const uint32_t wanted = edge ? bit : 0;

    write_word(address, (read_word(address) & ~bit) | wanted);
    return (read_word(address) & bit) == wanted;
}

bool guest_is_pending(uint32_t virq)
{
    return (read_word(EL2_GICD_BASE + EL2_GICD_ISPENDR + virq / 32 * 4) >> virq % 32 & 1) != 0;
}

void guest_clear(uint32_t virq)
{
    write_word(EL2_GICD_BASE + EL2_GICD_ICPENDR + virq / 32 * 4, UINT32_C(1) << virq % 32);
}

uint32_t guest_acknowledge(void)
{
    return (uint32_t)read_s3_0_c12_c12_0();
}

void guest_end(uint32_t virq)
{
    write_s3_0_c12_c12_1(virq);
}

void guest_interrupt(void)
{
    taken = guest_acknowledge();
    if (taken <= GUNYAH_VIRQ_SPI_LAST)
        guest_end(taken);
}

void guest_let_in(void)
{
    __asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory");
}

uint32_t guest_taken(void)
{
    const uint32_t virq = taken;

    // One may come at any moment: what was not seen is not forgotten.
    if (virq != NONE)
        taken = NONE;
    return virq;
}

// Let one interrupt in, and no other one.
static bool take(uint32_t virq)
{
    taken = NONE;
    guest_enable(virq, true);
    guest_let_in();
    __asm__ volatile("msr daifset, #2" : : : "memory");
    guest_enable(virq, false);
    return taken == virq;
}

static bool take_first(const gunyah_virq_t *virqs, size_t count, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (!take(virqs[i].value))
            continue;
        if (index != NULL)
            *index = i;
        return true;
    }
    return false;
}

static void enable_all(const gunyah_virq_t *virqs, size_t count, bool enable)
{
    for (size_t i = 0; i < count; i++)
        guest_enable(virqs[i].value, enable);
}

// An interrupt ends the sleep though it is masked.
static void sleep(const gunyah_virq_t *virqs, size_t count, uint64_t deadline)
{
    enable_all(virqs, count, true);
    write_cntv_cval_el0(deadline);
    write_cntv_ctl_el0(deadline != UINT64_MAX);
    __asm__ volatile("dsb sy\n\twfi" : : : "memory");
    write_cntv_ctl_el0(0);
    enable_all(virqs, count, false);
}

// In ticks of the counter, rounded up; UINT64_MAX is never.
static uint64_t deadline_of(uint64_t timeout_ns)
{
    const uint64_t frequency = read_cntfrq_el0();

    if (timeout_ns == GUNYAH_WAIT_FOREVER)
        return UINT64_MAX;
    return read_cntvct_el0() + timeout_ns / NANOSECONDS * frequency +
           (timeout_ns % NANOSECONDS * frequency + NANOSECONDS - 1) / NANOSECONDS;
}

static bool are_shared(const gunyah_virq_t *virqs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (virqs[i].value < GUNYAH_VIRQ_SPI_FIRST || virqs[i].value > GUNYAH_VIRQ_SPI_LAST)
            return false;
    }
    return true;
}

enum gunyah_error guest_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                             size_t *index)
{
    const uint64_t deadline = deadline_of(timeout_ns);

    (void)context;
    if (!are_shared(virqs, count))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    for (;;) {
        if (take_first(virqs, count, index))
            return GUNYAH_OK;
        if (timeout_ns == 0 || read_cntvct_el0() >= deadline)
            return GUNYAH_ERR_TIMEOUT;
        sleep(virqs, count, deadline);
    }
}
