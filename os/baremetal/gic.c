// SPDX-License-Identifier: BSD-3-Clause
// Waiting by the GICv3: its CPU interface, and its distributor where it is known. The registers of the former go by their
// encodings: assemblers know the names only with an option.
#include "baremetal_internal.h"

#define ICC_IAR1_EL1 "s3_0_c12_c12_0"
#define ICC_EOIR1_EL1 "s3_0_c12_c12_1"
#define ICC_HPPIR1_EL1 "s3_0_c12_c12_2"

#define FIRST_VIRQ 32
#define LAST_VIRQ 1019

// Registers of the distributor.
#define GICD_CTLR 0x0
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_CTLR_RWP (UINT32_C(1) << 31) // what was written last has not come everywhere yet

static inline uint64_t highest_pending(void)
{
    uint64_t interrupt;

    __asm__ volatile("mrs %0, " ICC_HPPIR1_EL1 : "=r"(interrupt) : : "memory");
    return interrupt;
}

static inline uint64_t acknowledge(void)
{
    uint64_t interrupt;

    __asm__ volatile("mrs %0, " ICC_IAR1_EL1 "\n"
                     "dsb sy"
                     : "=r"(interrupt)
                     :
                     : "memory");
    return interrupt;
}

static inline void end(uint64_t interrupt)
{
    __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0\n"
                     "isb"
                     :
                     : "r"(interrupt)
                     : "memory");
}

bool gunyah_internal_baremetal_has_gic(void)
{
    uint64_t features;

    __asm__("mrs %0, id_aa64pfr0_el1" : "=r"(features));
    return (features >> 24 & 0xf) != 0;
}

// By one instruction each, without an index that is written back: a hypervisor could not decode others.
static inline uint32_t read_distributor(uintptr_t address)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void write_distributor(uintptr_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

// Enable or disable interrupts of a list and no others: ones alone count in both rows of registers.
static void enable(uintptr_t gicd, const gunyah_virq_t *virqs, size_t count, bool on)
{
    if (gicd == 0)
        return;
    const uintptr_t row = gicd + (on ? GICD_ISENABLER : GICD_ICENABLER);
    for (size_t i = 0; i < count; i++)
        write_distributor(row + sizeof(uint32_t) * (virqs[i].value / 32), UINT32_C(1) << virqs[i].value % 32);
    while ((read_distributor(gicd + GICD_CTLR) & GICD_CTLR_RWP) != 0)
        continue;
}

// Returns the place of an interrupt in the list, or count.
static size_t find(const gunyah_virq_t *virqs, size_t count, uint64_t interrupt)
{
    size_t place = 0;

    while (place < count && virqs[place].value != interrupt)
        place++;
    return place;
}

static bool are_interrupts(const gunyah_virq_t *virqs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (virqs[i].value < FIRST_VIRQ || virqs[i].value > LAST_VIRQ)
            return false;
    }
    return true;
}

// Only one that is waited for is acknowledged: others are not ours to take.
static bool take(const gunyah_virq_t *virqs, size_t count, size_t *index)
{
    if (find(virqs, count, highest_pending()) == count)
        return false;
    const uint64_t interrupt = acknowledge();
    const size_t place = find(virqs, count, interrupt);
    if (interrupt <= LAST_VIRQ)
        end(interrupt);
    if (place == count)
        return false;
    if (index != NULL)
        *index = place;
    return true;
}

static enum gunyah_error look(struct gunyah_baremetal *baremetal, const gunyah_virq_t *virqs, size_t count,
                              uint64_t timeout_ns, size_t *index)
{
    const uint64_t start = baremetal->ops.now(baremetal);

    for (;;) {
        if (take(virqs, count, index))
            return GUNYAH_OK;
        // With a time-out nothing says that an interrupt ends the sleep in time, and the timers belong to the embedder.
        if (timeout_ns == GUNYAH_WAIT_FOREVER)
            __asm__ volatile("dsb sy\n"
                             "wfi"
                             :
                             :
                             : "memory");
        else if (baremetal->ops.now(baremetal) - start >= timeout_ns)
            return GUNYAH_ERR_TIMEOUT;
        else
            __asm__ volatile("yield" : : : "memory");
    }
}

enum gunyah_error gunyah_internal_baremetal_gic_wait(void *context, const gunyah_virq_t *virqs, size_t count,
                                                     uint64_t timeout_ns, size_t *index)
{
    struct gunyah_baremetal *baremetal = context;
    const uintptr_t gicd = baremetal->options.gicd;

    if (!are_interrupts(virqs, count))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    enable(gicd, virqs, count, true);
    const enum gunyah_error error = look(baremetal, virqs, count, timeout_ns, index);
    enable(gicd, virqs, count, false);
    return error;
}
