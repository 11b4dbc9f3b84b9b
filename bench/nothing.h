// SPDX-License-Identifier: BSD-3-Clause
// A backend that does nothing, for measuring what is above it. Every call succeeds; a message has 240 bytes. In C and in C++.
#ifndef NOTHING_H
#define NOTHING_H

#include <gunyah/gunyah.h>

static inline void nothing_hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    (void)context;
    (void)number;
    registers->x[0] = 0;
    registers->x[1] = 240;
}

// Enough to be opened: identify and the UID.
static inline void nothing_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                                struct gunyah_registers *registers)
{
    (void)context;
    (void)conduit;
    (void)immediate;
    if (registers->x[0] == GUNYAH_SMCCC_HYP_UID) {
        registers->x[0] = GUNYAH_UID_OPEN_0;
        registers->x[1] = GUNYAH_UID_OPEN_1;
        registers->x[2] = GUNYAH_UID_OPEN_2;
        registers->x[3] = GUNYAH_UID_OPEN_3;
    } else {
        registers->x[0] = 1;
    }
}

static const struct gunyah_backend_ops nothing_ops = {
    sizeof(nothing_ops), "nothing", GUNYAH_BACKEND_CALL, NULL, NULL, NULL, nothing_call, nothing_hvc, NULL, NULL, NULL};
static const struct gunyah_backend nothing = {&nothing_ops, NULL};

#endif
