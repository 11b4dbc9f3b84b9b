// SPDX-License-Identifier: BSD-3-Clause
// Doorbells from one VM to the other.
#include "pair.h"

#define THERE UINT64_C(0x15)
#define BACK UINT64_C(0xa00000000000002a)

static bool ring_who_sleeps(struct target *target)
{
    uint64_t flags = 0;

    // The other one runs until it waits.
    EXPECT_TRUE(pair_yield(target));
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, THERE, &flags));
    EXPECT_EQ(flags, 0);
    EXPECT_OK(gunyah_doorbell_wait(self.bell_in, UINT64_MAX, GUNYAH_WAIT_FOREVER, &flags));
    EXPECT_EQ(flags, BACK);
    return true;
}

static bool sleep_and_ring_back(struct target *target)
{
    uint64_t flags = 0;

    EXPECT_OK(gunyah_doorbell_wait(self.bell_in, UINT64_MAX, GUNYAH_WAIT_FOREVER, &flags));
    EXPECT_EQ(flags, THERE);
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, BACK, NULL));
    return true;
}

static bool ring_who_is_busy(struct target *target)
{
    // The other one runs until its slice is over.
    EXPECT_TRUE(pair_yield(target));
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, THERE, NULL));
    return true;
}

// The interrupt is taken wherever it comes, not where it is looked for.
static bool be_interrupted(struct target *target)
{
    const uint32_t virq = (uint32_t)self.wiring.bell_virq;
    const uint64_t start = pair_now();
    uint64_t flags = 0;
    uint32_t taken = 0;

    guest_enable(virq, true);
    EXPECT_EQ(guest_taken(), 0);
    guest_let_in();
    while (taken == 0 && pair_now() - start < PAIR_LONG)
        taken = guest_taken();
    EXPECT_EQ(taken, virq);
    EXPECT_OK(gunyah_doorbell_receive(self.bell_in, UINT64_MAX, &flags));
    EXPECT_EQ(flags, THERE);
    return true;
}

// The library's own way to wait: wfi, and the registers of the CPU interface.
static bool wait_without_a_hook(struct target *target)
{
    static struct gunyah_baremetal baremetal;
    const gunyah_virq_t virq = gunyah_virq((uint32_t)self.wiring.bell_virq);
    const struct gunyah_backend *backend = gunyah_baremetal_backend(NULL, &baremetal);
    size_t index = 77;
    uint64_t flags = 0;

    guest_enable(virq.value, true);
    EXPECT_OK(backend->ops->wait(backend->context, &virq, 1, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 0);
    guest_enable(virq.value, false);
    EXPECT_OK(gunyah_doorbell_receive(self.bell_in, UINT64_MAX, &flags));
    EXPECT_EQ(flags, THERE);
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, BACK, NULL));
    return true;
}

static const struct pair_case cases[] = {
    {"doorbells.wake_who_sleeps", {ring_who_sleeps, sleep_and_ring_back}},
    {"doorbells.interrupt_who_is_busy", {ring_who_is_busy, be_interrupted}},
    {"doorbells.end_a_wait_without_a_hook", {ring_who_sleeps, wait_without_a_hook}},
};

const struct pair_suite pair_doorbells = {cases, COUNT_OF(cases)};
