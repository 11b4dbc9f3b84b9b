// SPDX-License-Identifier: BSD-3-Clause
// VMs that power themselves off.
#include "pair.h"

#include "../semihosting.h"

#define PSCI_SYSTEM_OFF 0x84000008u
#define TIMEOUT (2 * PAIR_MILLISECOND)

static bool power_off(struct target *target)
{
    struct gunyah_registers r = {{PSCI_SYSTEM_OFF}};

    (void)target;
    gunyah_smccc(self.g, &r);
    return false;
}

static bool wait_for_room(struct target *target)
{
    const unsigned message = 1;

    for (unsigned i = 0; i < EL2_WIRING_DEPTH; i++)
        EXPECT_TRUE(pair_send(target, &message, sizeof(message)));
    EXPECT_EQ(gunyah_msgqueue_send(self.out, &message, sizeof(message), 0, NULL), GUNYAH_ERR_FULL);
    EXPECT_EQ(gunyah_msgqueue_wait_not_full(self.out, TIMEOUT), GUNYAH_ERR_TIMEOUT);
    return true;
}

// The machine cannot end by what both VMs do.
static bool wait_for_who_is_off(struct target *target)
{
    const uint64_t start = pair_now();

    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(self.in, TIMEOUT), GUNYAH_ERR_TIMEOUT);
    EXPECT_TRUE(pair_now() - start >= TIMEOUT);
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, 1, NULL));
    EXPECT_EQ(gunyah_doorbell_wait(self.bell_in, 1, TIMEOUT, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_TRUE(wait_for_room(target));
    semihosting_exit(0);
}

// Not one of them alone (../CMakeLists.txt).
static bool power_off_later(struct target *target)
{
    EXPECT_EQ(gunyah_doorbell_wait(self.bell_in, 1, TIMEOUT, NULL), GUNYAH_ERR_TIMEOUT);
    semihosting_write("one VM is left\n");
    return power_off(target);
}

static const struct pair_case cases[] = {
    {"power.waits_for_who_is_off_end", {wait_for_who_is_off, power_off}},
    {"power.off_for_both_ends_the_machine", {power_off_later, power_off}},
};

const struct pair_suite pair_power = {cases, COUNT_OF(cases)};
