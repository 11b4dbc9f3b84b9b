// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the model do to watchdogs.
#ifndef GUNYAH_MODEL_WATCHDOG_H
#define GUNYAH_MODEL_WATCHDOG_H

#include "internal.h"

#define WATCHDOG_NS_PER_MS UINT64_C(1000000)
#define WATCHDOG_MAX_FREEZES UINT16_MAX
#define WATCHDOG_LONGEST_MS 0x8000u // what is above is taken for it

// ---- watchdog_time.c ----------------------------------------------------------------------------------------------------

/** Virtual time of what it does next, if it counts. */
uint64_t gunyah_model_watchdog_due(const struct watchdog *watchdog);

/** Let it count, or no more. One that is frozen does so when it is not frozen any more. */
void gunyah_model_watchdog_control(struct gunyah_model *model, struct watchdog *watchdog, bool enable);
void gunyah_model_watchdog_pet(struct gunyah_model *model, struct watchdog *watchdog);

/** New times, which hold at once. */
void gunyah_model_watchdog_set_times(struct gunyah_model *model, struct watchdog *watchdog, uint32_t bark_ms,
                                     uint32_t bite_ms);

/** Freezes are counted. reset: it will count from 0. BUSY: there are too many, or none. */
int32_t gunyah_model_watchdog_freeze(struct gunyah_model *model, struct watchdog *watchdog, bool reset);
int32_t gunyah_model_watchdog_unfreeze(struct gunyah_model *model, struct watchdog *watchdog);

/** Virtual time of what the first one does next, and not before now; GUNYAH_MODEL_NEVER: none counts. */
uint64_t gunyah_model_watchdogs_next(struct gunyah_model *model);

/** Do that: one bark, or one bite. */
void gunyah_model_watchdogs_run(struct gunyah_model *model);

#endif
