// SPDX-License-Identifier: BSD-3-Clause
// When what a test asked for happens. A decision of chance is a hash of the seed, of the rule's place and of how often the
// rule had its turn, so that rules do not disturb each other, and counters are all that a snapshot needs.

#include "sim_internal.h"

#include <string.h>

#define MILLION 1000000
#define STEP UINT64_C(0x9e3779b97f4a7c15)

// Hash functions of the kind of SplitMix64's, one after the other.
static uint64_t scramble(uint64_t word)
{
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

uint64_t gunyah_internal_sim_draw(const struct gunyah_sim *sim, const struct sim_rule *rule, uint64_t what)
{
    uint64_t word = scramble(sim->rule_seed + STEP);

    word = scramble(word + (rule->place + UINT64_C(1)) * STEP);
    word = scramble(word + rule->seen * STEP);
    return scramble(word + what * STEP);
}

bool gunyah_internal_sim_is_over(const struct sim_rule *rule)
{
    return rule->count != 0 && rule->seen >= rule->nth && rule->seen - rule->nth >= rule->count - 1;
}

bool gunyah_internal_sim_strikes(const struct gunyah_sim *sim, struct sim_rule *rule)
{
    bool is_over = gunyah_internal_sim_is_over(rule);

    rule->seen++;
    if (is_over || rule->seen < rule->nth)
        return false;
    return rule->chance == 0 || gunyah_internal_sim_draw(sim, rule, 0) % MILLION < rule->chance;
}

enum gunyah_error gunyah_internal_sim_add_rule(struct gunyah_sim *sim, const struct sim_rule *rule)
{
    struct sim_rule **end = &sim->rules;
    struct sim_rule *added;
    uint32_t place = 0;

    if (rule->nth == 0)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "nth is 0: the next one is 1");
    if (rule->chance > MILLION)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "chance is above 1000000: it is in parts per million");
    added = sim->allocator.allocate(sim->allocator.context, sizeof(*added));
    if (added == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a fault");
    for (; *end != NULL; end = &(*end)->next)
        place++;
    *added = *rule;
    added->next = NULL;
    added->place = place;
    added->id = ++sim->rule_ids;
    added->since = gunyah_model_now(sim->model);
    added->seen = 0;
    *end = added;
    return GUNYAH_OK;
}

void gunyah_internal_sim_drop_rules(struct gunyah_sim *sim, uint64_t id)
{
    struct sim_rule **link = &sim->rules;

    // Ids grow along the list.
    while (*link != NULL && (*link)->id <= id)
        link = &(*link)->next;
    while (*link != NULL) {
        struct sim_rule *rule = *link;
        *link = rule->next;
        sim->allocator.release(sim->allocator.context, rule, sizeof(*rule));
    }
}

enum gunyah_error gunyah_sim_seed_faults(struct gunyah_sim *sim, uint64_t seed)
{
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    sim->rule_seed = seed;
    pthread_mutex_unlock(&sim->lock);
    return GUNYAH_OK;
}

// ---- in snapshots ----------------------------------------------------------------------------------------------------

// What comes first: how much there is of what follows.
struct progress {
    uint64_t late_count; // struct sim_late
    uint64_t rule_count; // struct rule_progress
};

struct rule_progress {
    uint64_t id;
    uint64_t seen;
};

static uint64_t count_rules(const struct gunyah_sim *sim)
{
    uint64_t count = 0;

    for (const struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next)
        count++;
    return count;
}

static size_t size_of(const struct progress *progress)
{
    return sizeof(*progress) + (size_t)progress->late_count * sizeof(struct sim_late) +
           (size_t)progress->rule_count * sizeof(struct rule_progress);
}

size_t gunyah_internal_sim_progress_size(const struct gunyah_sim *sim)
{
    const struct progress progress = {sim->late_count, count_rules(sim)};

    return size_of(&progress);
}

void gunyah_internal_sim_save_progress(const struct gunyah_sim *sim, void *to)
{
    const struct progress progress = {sim->late_count, count_rules(sim)};
    unsigned char *at = to;

    memcpy(at, &progress, sizeof(progress));
    at += sizeof(progress);
    memcpy(at, sim->late, sim->late_count * sizeof(sim->late[0]));
    at += sim->late_count * sizeof(sim->late[0]);
    for (const struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        const struct rule_progress one = {rule->id, rule->seen};
        memcpy(at, &one, sizeof(one));
        at += sizeof(one);
    }
}

size_t gunyah_internal_sim_check_progress(const void *from, size_t size)
{
    struct progress progress;

    if (size < sizeof(progress))
        return 0;
    memcpy(&progress, from, sizeof(progress));
    if (progress.late_count > SIM_MAX_LATE || progress.rule_count > size / sizeof(struct rule_progress))
        return 0;
    return size_of(&progress) <= size ? size_of(&progress) : 0;
}

// A rule that was not there yet begins anew.
static void restore_rule(const struct gunyah_sim *sim, struct sim_rule *rule, const unsigned char *saved,
                         uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct rule_progress one;
        memcpy(&one, saved + i * sizeof(one), sizeof(one));
        if (one.id != rule->id)
            continue;
        rule->seen = one.seen;
        return;
    }
    rule->seen = 0;
    rule->since = gunyah_model_now(sim->model);
}

void gunyah_internal_sim_restore_progress(struct gunyah_sim *sim, const void *from)
{
    const unsigned char *at = from;
    struct progress progress;

    memcpy(&progress, at, sizeof(progress));
    at += sizeof(progress);
    sim->late_count = (uint32_t)progress.late_count;
    memcpy(sim->late, at, sim->late_count * sizeof(sim->late[0]));
    at += sim->late_count * sizeof(sim->late[0]);
    for (struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next)
        restore_rule(sim, rule, at, progress.rule_count);
}
