// SPDX-License-Identifier: BSD-3-Clause
// The little programs that vCPUs of the recordings run, as FORMAT.md describes them.
#ifndef REPLAY_PROGRAMS_H
#define REPLAY_PROGRAMS_H

#include "model.h"

#define PROGRAMS_FIRST UINT64_C(0x41000000) // their addresses, which are all that is known of them
#define PROGRAMS_SPACE UINT64_C(0x100)

enum program {
    PROGRAM_OFF,
    PROGRAM_STORE,
    PROGRAM_WFI,
    PROGRAM_LOAD,
    PROGRAM_MMIO,
    PROGRAM_SPIN,
    PROGRAM_SUSPEND,
    PROGRAM_COUNT,
};

/** Name of a program, as a symbol. */
const char *program_name(enum program program);

/** The memory of the vCPU. False: nothing is mapped there. */
struct program_memory {
    void *context;
    bool (*load)(void *context, uint64_t address, uint32_t size, uint64_t *value);
    bool (*store)(void *context, uint64_t address, uint32_t size, uint64_t value);
};

/** Go on until something happens. */
void program_run(const struct program_memory *memory, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap);

#endif
