// SPDX-License-Identifier: BSD-3-Clause
// Snapshots: which version of the arena's meaning they have.
#ifndef GUNYAH_MODEL_SNAPSHOT_H
#define GUNYAH_MODEL_SNAPSHOT_H

#include "internal.h"

/** Changes whenever the meaning of the arena's bytes does. */
#define SNAPSHOT_VERSION UINT64_C(3)

// The size tells apart hosts that lay structures out differently.
#define SNAPSHOT_MAGIC                                                                                                 \
    ((UINT64_C(0x4748594d00000000) | SNAPSHOT_VERSION) + ((uint64_t)sizeof(struct gunyah_model) << 8))

#endif
