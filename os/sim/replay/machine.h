// SPDX-License-Identifier: BSD-3-Clause
// What a recording is played on: the primary VM of the platform, as the one that calls, uses its memory, and uses its
// interrupt controller. It is the model in this process, or what somebody else plays on.
#ifndef REPLAY_MACHINE_H
#define REPLAY_MACHINE_H

#include "platform.h"

#include <stdbool.h>
#include <stdint.h>

/** What became of a call. */
enum machine_outcome {
    MACHINE_RETURNED,
    MACHINE_PANICKED, // the hypervisor stopped
    MACHINE_HUNG,     // the caller does not go on
};

#define MACHINE_STORE_PANICKED UINT64_MAX

struct machine;

/** All registers that a call may or may not change. */
struct machine_state {
    uint64_t x[31];
    uint64_t next; // address of what follows the instruction
    uint64_t sp_before;
    uint64_t sp_after;
    uint64_t nzcv;
    uint64_t q[32][2];
};

struct machine_ops {
    /** Boot, also again. False: it does not boot. */
    bool (*start)(struct machine *machine, bool stock);

    void (*free)(struct machine *machine);

    /** vCPU 0 executes `hvc #immediate` or `smc #immediate` with these registers, and gets these. */
    enum machine_outcome (*call)(struct machine *machine, enum gunyah_model_conduit conduit, uint16_t immediate,
                                 struct machine_state *state);

    /** Copy from and to memory. False: there is none. What lies before the place that refuses has been copied. */
    bool (*read)(struct machine *machine, uint64_t address, void *to, size_t size);
    bool (*write)(struct machine *machine, uint64_t address, const void *from, size_t size);

    /** One access of 1, 2, 4 or 8 bytes. Returns the syndrome of the exception, 0, or MACHINE_STORE_PANICKED. */
    uint64_t (*load)(struct machine *machine, uint64_t address, unsigned int size, uint64_t *value);
    uint64_t (*store)(struct machine *machine, uint64_t address, unsigned int size, uint64_t value);

    /** The distributor of the interrupt controller: ICFGR, ISENABLER or ICENABLER, ISPENDR, and ICPENDR. */
    bool (*virq_set_trigger)(struct machine *machine, uint32_t virq, bool edge);
    void (*virq_enable)(struct machine *machine, uint32_t virq, bool enable);
    bool (*virq_pending)(struct machine *machine, uint32_t virq);
    void (*virq_clear)(struct machine *machine, uint32_t virq);

    /** Its CPU interface: ICC_IAR1, from 1020 on if there is none, and ICC_EOIR1. */
    uint32_t (*virq_acknowledge)(struct machine *machine);
    void (*virq_end)(struct machine *machine, uint32_t virq);

    /** Let time pass. */
    void (*wait)(struct machine *machine, uint64_t nanoseconds);
};

struct machine {
    const struct machine_ops *ops;
    struct platform_caps caps; // since start
    const char *broken;        // why it does not do what it is for; NULL: it does
};

#endif
