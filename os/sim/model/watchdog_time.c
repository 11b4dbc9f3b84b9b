// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs count: virtual time since the last pet, while they are enabled and nobody has frozen them. Those that count are
// on a list, by the time of what they do next, so that the first one is found at once; of two with the same time, the one
// that came to it first. What is done to one is followed by one bark and one bite at most, so that time always goes on.
//
// A freeze switches a watchdog off, and the end of the last one switches it on again. Whatever switches it on again lets it go
// on with the time that it had left, but for what makes it forget that time: a pet, new times, a freeze with a reset.
#include "rm.h"
#include "watchdog.h"

static uint64_t time_of(const struct watchdog *watchdog)
{
    return (watchdog->bites_next ? watchdog->bite_ms : watchdog->bark_ms) * WATCHDOG_NS_PER_MS;
}

uint64_t gunyah_model_watchdog_due(const struct watchdog *watchdog)
{
    const uint64_t time = time_of(watchdog);
    return time < GUNYAH_MODEL_NEVER - watchdog->pet ? watchdog->pet + time : GUNYAH_MODEL_NEVER;
}

bool gunyah_model_watchdog_is_expired(const struct watchdog *watchdog)
{
    return watchdog->enabled && watchdog->bites_next;
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

static void put_in(struct gunyah_model *model, struct watchdog *watchdog)
{
    model_ref *link = place_behind(model, gunyah_model_watchdog_due(watchdog));
    watchdog->next = *link;
    *link = model_ref_of(model, watchdog);
}

/** Count from the last pet: first to the bark, unless the bite is not later. */
static void start(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->bites_next = watchdog->bite_ms <= watchdog->bark_ms;
    put_in(model, watchdog);
}

// ---- what is done to it -------------------------------------------------------------------------------------------------

static void switch_on(struct gunyah_model *model, struct watchdog *watchdog)
{
    const uint64_t left = watchdog->left;
    watchdog->enabled = true;
    watchdog->pet = left == GUNYAH_MODEL_NEVER ? model->now : model->now - (time_of(watchdog) - left);
    start(model, watchdog);
}

static void switch_off(struct gunyah_model *model, struct watchdog *watchdog)
{
    const uint64_t due = gunyah_model_watchdog_due(watchdog);
    take_out(model, watchdog);
    watchdog->enabled = false;
    watchdog->left = due > model->now ? due - model->now : 0;
}

void gunyah_model_watchdog_control(struct gunyah_model *model, struct watchdog *watchdog, bool enable)
{
    if (watchdog->freezes != 0)
        watchdog->resumes = enable;
    else if (enable && !watchdog->enabled)
        switch_on(model, watchdog);
    else if (!enable && watchdog->enabled)
        switch_off(model, watchdog);
}

void gunyah_model_watchdog_pet(struct gunyah_model *model, struct watchdog *watchdog)
{
    watchdog->left = GUNYAH_MODEL_NEVER;
    if (!watchdog->enabled)
        return;
    take_out(model, watchdog);
    watchdog->pet = model->now;
    start(model, watchdog);
}

void gunyah_model_watchdog_set_times(struct gunyah_model *model, struct watchdog *watchdog, uint32_t bark_ms,
                                     uint32_t bite_ms)
{
    if (watchdog->enabled)
        take_out(model, watchdog);
    watchdog->bark_ms = bark_ms;
    watchdog->bite_ms = bite_ms;
    watchdog->left = GUNYAH_MODEL_NEVER;
    if (watchdog->enabled)
        start(model, watchdog);
}

int32_t gunyah_model_watchdog_freeze(struct gunyah_model *model, struct watchdog *watchdog, bool reset)
{
    if (watchdog->freezes == WATCHDOG_MAX_FREEZES)
        return GUNYAH_HVERR_BUSY;
    if (watchdog->freezes == 0) {
        watchdog->resumes = watchdog->enabled;
        gunyah_model_watchdog_control(model, watchdog, false);
    }
    if (reset)
        watchdog->left = GUNYAH_MODEL_NEVER;
    watchdog->freezes++;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_watchdog_unfreeze(struct gunyah_model *model, struct watchdog *watchdog)
{
    if (watchdog->freezes == 0)
        return GUNYAH_HVERR_BUSY;
    watchdog->freezes--;
    if (watchdog->freezes == 0) {
        gunyah_model_watchdog_control(model, watchdog, watchdog->resumes);
        watchdog->resumes = false;
    }
    return GUNYAH_HVERR_OK;
}

// ---- what it does -------------------------------------------------------------------------------------------------------

static void tell(const struct gunyah_model *model, const struct watchdog *watchdog, enum gunyah_model_watchdog what)
{
    if (model->env.watchdog != NULL)
        model->env.watchdog(model->env.context, watchdog->vm, what);
}

static void bite(struct gunyah_model *model, struct watchdog *watchdog)
{
    take_out(model, watchdog);
    watchdog->enabled = false;
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

static void bark(struct gunyah_model *model, struct watchdog *watchdog)
{
    take_out(model, watchdog);
    watchdog->bites_next = true;
    put_in(model, watchdog);
    tell(model, watchdog, GUNYAH_MODEL_WATCHDOG_BARKS);
    gunyah_model_source_assert(model, &watchdog->bark);
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
    if (watchdog->bites_next)
        bite(model, watchdog);
    else
        bark(model, watchdog);
}
