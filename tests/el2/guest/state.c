// SPDX-License-Identifier: BSD-3-Clause
#include "guest.h"

void guest_state_fill(struct guest_state *state, uint64_t mark, uint64_t nzcv)
{
    for (unsigned i = 0; i < COUNT_OF(state->x); i++)
        state->x[i] = (UINT64_C(0xa5c3000000000000) ^ mark << 56) + i * UINT64_C(0x100010001);
    for (unsigned i = 0; i < COUNT_OF(state->q); i++) {
        state->q[i][0] = (UINT64_C(0x1122334400000000) ^ mark << 56) + i;
        state->q[i][1] = (UINT64_C(0x5566778800000000) ^ mark << 56) + i;
    }
    state->nzcv = nzcv;
}

bool guest_state_is_kept(struct target *target, const struct guest_state *before, const struct guest_state *after,
                         unsigned first)
{
    for (unsigned i = first; i < COUNT_OF(before->x); i++)
        EXPECT_EQ(after->x[i], before->x[i]);
    for (unsigned i = 0; i < COUNT_OF(before->q); i++) {
        EXPECT_EQ(after->q[i][0], before->q[i][0]);
        EXPECT_EQ(after->q[i][1], before->q[i][1]);
    }
    EXPECT_EQ(after->nzcv, before->nzcv);
    EXPECT_EQ(after->sp_after, after->sp_before);
    return true;
}
