// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs count: virtual time since the last pet, while they are enabled and nobody has frozen them. Those that count are
// on a list, by the time of what they do next, so that the first one is found at once; of two with the same time, the one
// that came to it first. Each pet is followed by one bark and one bite at most, so that time always goes on.
#include "rm.h"
#include "watchdog.h"

/** Is the bark what comes next? It comes first, if both are to come at the same time. */
static bool barks_next(const struct watchdog *watchdog)
{
    return !watchdog->barked && watchdog->bark_ms <= watchdog->bite_ms;
}

uint64_t gunyah_model_watchdog_due(const struct watchdog *watchdog)
{
    const uint64_t at = (barks_next(watchdog) ? watchdog->bark_ms : watchdog->bite_ms) * WATCHDOG_NS_PER_MS;
    const uint64_t left = at > watchdog->counted ? at - watchdog->counted : 0;
    return left < GUNYAH_MODEL_NEVER - watchdog->since ? watchdog->since + left : GUNYAH_MODEL_NEVER;
}

uint64_t gunyah_model_watchdog_counter(const struct gunyah_model *model, const struct watchdog *watchdog)
{
    return watchdog->counted + (gunyah_model_watchdog_counts(watchdog) ? model->now - watchdog->since : 0);
}

bool gunyah_model_watchdog_bark_condition(const struct watchdog *watchdog)
{
    return watchdog->barked;
}

bool gunyah_model_watchdog_bite_condition(const struct watchdog *watchdog)
{
    return watchdog->bitten;
}

// ---- the list -----------------------------------------------------------------------------------------------------------

static model_ref *place_behind(struct gunyah_model *model, uint64_t due)
{
    model_ref *link = &model->watchdogs;
    while (*link != 0) {
        struct watchdog *other = model_at(model, *link);
        if (gunyah_model_watchdog_due(other) > due)
            break;
        link = &other->next;
    }
    return link;
}

static void take_out(struct gunyah_model *model, struct watchdog *watchdog)
{
    const model_ref ref = model_ref_of(model, watchdog);
    model_ref *link = &model->watchdogs;
    while (*link != ref)
        link = &((struct watchdog *)model_at(model, *link))->next;
    *link = watchdog->next;
    watchdog->next = 0;
}

/** Between these two, what it does and when may be changed. */
static void hold(struct gunyah_model *model, struct watchdog *watchdog)
{
    if (!gunyah_model_watchdog_counts(watchdog))
        return;
    take_out(model, watchdog);
    watchdog->counted += model->now - watchdog->since;
}

static void go_on(struct gunyah_model *model, struct watchdog *watchdog)
{
    if (!gunyah_model_watchdog_counts(watchdog))
        return;
    watchdog->since = model->now;
    model_ref *link = place_behind(model, gunyah_model_watchdog_due(watchdog));
    watchdog->next = *link;
    *link = model_ref_of(model, watchdog);
}

// ---- what is done to it -------------------------------------------------------------------------------------------------

/** The counter is 0 again, and what has happened since the last pet is forgotten. Nobody can take a bite back. */
static void start_over(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->counted = 0;
    watchdog->barked = watchdog->bitten = false;
    gunyah_model_source_clear(model, &watchdog->bark);
}

void gunyah_model_watchdog_enable(struct gunyah_model *model, struct watchdog *watchdog, uint32_t vm)
{
    hold(model, watchdog);
    start_over(model, watchdog);
    watchdog->enabled = true;
    watchdog->vm = vm;
    go_on(model, watchdog);
}

void gunyah_model_watchdog_disable(struct gunyah_model *model, struct watchdog *watchdog)
{
    hold(model, watchdog);
    start_over(model, watchdog);
    watchdog->enabled = false;
}

void gunyah_model_watchdog_pet(struct gunyah_model *model, struct watchdog *watchdog)
{
    hold(model, watchdog);
    start_over(model, watchdog);
    go_on(model, watchdog);
}

void gunyah_model_watchdog_set_times(struct gunyah_model *model, struct watchdog *watchdog, uint32_t bark_ms,
                                     uint32_t bite_ms)
{
    hold(model, watchdog);
    watchdog->bark_ms = bark_ms;
    watchdog->bite_ms = bite_ms;
    go_on(model, watchdog);
}

int32_t gunyah_model_watchdog_freeze(struct gunyah_model *model, struct watchdog *watchdog)
{
    if (watchdog->freezes == WATCHDOG_MAX_FREEZES)
        return GUNYAH_HVERR_BUSY;
    hold(model, watchdog);
    watchdog->freezes++;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_watchdog_unfreeze(struct gunyah_model *model, struct watchdog *watchdog)
{
    if (watchdog->freezes == 0)
        return GUNYAH_HVERR_BUSY;
    watchdog->freezes--;
    go_on(model, watchdog);
    return GUNYAH_HVERR_OK;
}

// ---- what it does -------------------------------------------------------------------------------------------------------

static void tell(const struct gunyah_model *model, const struct watchdog *watchdog, enum gunyah_model_watchdog what)
{
    if (model->env.watchdog != NULL)
        model->env.watchdog(model->env.context, watchdog->vm, what);
}

static void bark(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->barked = true;
    tell(model, watchdog, GUNYAH_MODEL_WATCHDOG_BARKS);
    gunyah_model_source_assert(model, &watchdog->bark);
}

static void bite(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->bitten = true;
    if (watchdog->critical) {
        // No mistake of the hypervisor, but what was asked for: as the manual has it, the machine goes down too.
        model->crashed = true;
        tell(model, watchdog, GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY);
        return;
    }
    tell(model, watchdog, GUNYAH_MODEL_WATCHDOG_BITES);
    gunyah_model_source_assert(model, &watchdog->bite);
    gunyah_model_rm_bitten(model, watchdog);
}

uint64_t gunyah_model_watchdogs_next(struct gunyah_model *model)
{
    if (model->watchdogs == 0)
        return GUNYAH_MODEL_NEVER;
    const uint64_t due = gunyah_model_watchdog_due(model_at(model, model->watchdogs));
    return due > model->now ? due : model->now;
}

void gunyah_model_watchdogs_run(struct gunyah_model *model)
{
    struct watchdog *watchdog = model_at(model, model->watchdogs);
    hold(model, watchdog);
    if (barks_next(watchdog))
        bark(model, watchdog);
    else
        bite(model, watchdog);
    go_on(model, watchdog);
}
