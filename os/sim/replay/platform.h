// SPDX-License-Identifier: BSD-3-Clause
// The machine that the recordings were made on, made of the model: a root VM, and a primary VM wired up as after boot.
// Freestanding, since the model is given a machine of this kind at EL2 too (tests/el2/standin).
#ifndef REPLAY_PLATFORM_H
#define REPLAY_PLATFORM_H

#include "model.h"

#include <stdbool.h>

// The primary VM's RAM.
#define PLATFORM_RAM_FIRST UINT64_C(0x40000000)
#define PLATFORM_RAM_LAST UINT64_C(0x7fffffff)

// Physical memory that belongs to the root partition.
#define PLATFORM_FREE_FIRST UINT64_C(0x81000000)
#define PLATFORM_FREE_LAST UINT64_C(0xb8ffffff)

/** What the primary VM has in its capability space; all ones where the machine does not give it. */
struct platform_caps {
    uint64_t rmtx;
    uint64_t rmrx;
    uint64_t partition;
    uint64_t cspace;
    uint64_t vic;
    uint64_t addrspace;
    uint64_t vcpu;
    uint64_t vpm;
};

struct platform {
    struct gunyah_model *model;
    struct gunyah_model_vm root;
    struct gunyah_model_vm primary;
    struct platform_caps caps;
};

/** Boot in an arena. The stock machine gives its primary VM the two queues only. False: it cannot be built. */
bool platform_boot(struct platform *platform, void *arena, size_t size, const struct gunyah_model_env *env, bool stock);

/** What the primary VM has at an address from the start. */
enum gunyah_model_memory platform_memory(uint64_t address);

#endif
