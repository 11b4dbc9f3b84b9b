// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the model do to watchdogs.
#ifndef GUNYAH_MODEL_WATCHDOG_H
#define GUNYAH_MODEL_WATCHDOG_H

#include "internal.h"

#define WATCHDOG_NS_PER_MS UINT64_C(1000000)
#define WATCHDOG_MAX_FREEZES UINT16_MAX

// ---- watchdog_time.c ----------------------------------------------------------------------------------------------------

/** Does its counter go on? */
static inline bool gunyah_model_watchdog_counts(const struct watchdog *watchdog)
{
    return watchdog->enabled && !watchdog->bitten && watchdog->freezes == 0;
}

/** Virtual time of what it does next, if it counts. */
uint64_t gunyah_model_watchdog_due(const struct watchdog *watchdog);

/** Nanoseconds since the last pet. */
uint64_t gunyah_model_watchdog_counter(const struct gunyah_model *model, const struct watchdog *watchdog);

/** Let it count from 0 on; vm: for whom. */
void gunyah_model_watchdog_enable(struct gunyah_model *model, struct watchdog *watchdog, uint32_t vm);
void gunyah_model_watchdog_disable(struct gunyah_model *model, struct watchdog *watchdog);
void gunyah_model_watchdog_pet(struct gunyah_model *model, struct watchdog *watchdog);

/** New times, which hold at once. */
void gunyah_model_watchdog_set_times(struct gunyah_model *model, struct watchdog *watchdog, uint32_t bark_ms,
                                     uint32_t bite_ms);

/** Freezes are counted. BUSY: there are too many, or none. */
int32_t gunyah_model_watchdog_freeze(struct gunyah_model *model, struct watchdog *watchdog);
int32_t gunyah_model_watchdog_unfreeze(struct gunyah_model *model, struct watchdog *watchdog);

/** Virtual time of what the first one does next, and not before now; GUNYAH_MODEL_NEVER: none counts. */
uint64_t gunyah_model_watchdogs_next(struct gunyah_model *model);

/** Do that: one bark, or one bite. */
void gunyah_model_watchdogs_run(struct gunyah_model *model);

#endif
