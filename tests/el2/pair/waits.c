// SPDX-License-Identifier: BSD-3-Clause
// Time, while both VMs wait.
#include "pair.h"

#define AT_MOST_LATE (PAIR_MILLISECOND / 5)

static bool wait_in_vain(struct target *target, uint64_t timeout)
{
    const uint64_t start = pair_now();

    EXPECT_EQ(gunyah_doorbell_wait(self.bell_in, 1, timeout, NULL), GUNYAH_ERR_TIMEOUT);
    const uint64_t waited = pair_now() - start;
    EXPECT_TRUE(waited >= timeout);
    EXPECT_TRUE(waited < timeout + AT_MOST_LATE);
    return true;
}

static bool wait_long(struct target *target)
{
    EXPECT_TRUE(wait_in_vain(target, 30 * PAIR_MILLISECOND));
    return wait_in_vain(target, 5 * PAIR_MILLISECOND);
}

static bool wait_short(struct target *target)
{
    for (unsigned i = 0; i < 4; i++)
        EXPECT_TRUE(wait_in_vain(target, 4 * PAIR_MILLISECOND));
    return wait_in_vain(target, 40 * PAIR_MILLISECOND);
}

// The stand-in says so (../CMakeLists.txt).
static bool wait_for_ever(struct target *target)
{
    EXPECT_OK(gunyah_doorbell_wait(self.bell_in, 1, GUNYAH_WAIT_FOREVER, NULL));
    return false;
}

static const struct pair_case cases[] = {
    {"waits.end_at_their_own_time", {wait_long, wait_short}},
    {"waits.for_each_other_are_told", {wait_for_ever, wait_for_ever}},
};

const struct pair_suite pair_waits = {cases, COUNT_OF(cases)};
