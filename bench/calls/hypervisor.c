// SPDX-License-Identifier: BSD-3-Clause
// What answers: as little as makes every call succeed. It is in a section of its own, as the signal is.
#include "calls.h"

__attribute__((section("hypervisor"))) void hypervisor_answer(uint64_t *x)
{
    if (x[0] == GUNYAH_SMCCC_HYP_UID) {
        x[0] = GUNYAH_UID_OPEN_0;
        x[1] = GUNYAH_UID_OPEN_1;
        x[2] = GUNYAH_UID_OPEN_2;
        x[3] = GUNYAH_UID_OPEN_3;
        return;
    }
    x[0] = x[0] == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY) ? 1 : GUNYAH_HVERR_OK;
    x[1] = MESSAGE_SIZE;
    x[2] = 0;
}
