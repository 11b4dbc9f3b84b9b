// SPDX-License-Identifier: BSD-3-Clause
// Interrupts that are lost, late or without a reason, and a heap that is empty.

#include "sim_internal.h"

#include <options.h>

#include <string.h>

static bool is_of_interrupts(enum gunyah_sim_hazard_kind kind)
{
    return kind == GUNYAH_SIM_VIRQ_LOST || kind == GUNYAH_SIM_VIRQ_LATE || kind == GUNYAH_SIM_VIRQ_TWICE;
}

static bool matches(const struct sim_rule *rule, uint32_t vm, uint32_t virq)
{
    const struct gunyah_sim_hazard *what = &rule->what.hazard;

    if (rule->kind != SIM_RULE_HAZARD || !is_of_interrupts(what->kind))
        return false;
    if (what->vm != NULL && what->vm->parts.vm != vm)
        return false;
    return what->virq.value == 0 || what->virq.value == virq;
}

// The rule that hits this interrupt; null: none.
static const struct sim_rule *find_rule(struct gunyah_sim *sim, uint32_t vm, uint32_t virq)
{
    const struct sim_rule *found = NULL;

    for (struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        if (matches(rule, vm, virq) && gunyah_internal_sim_strikes(sim, rule) && found == NULL)
            found = rule;
    }
    return found;
}

static bool is_on_its_way(const struct gunyah_sim *sim, uint32_t vm, uint32_t virq)
{
    for (uint32_t i = 0; i < sim->late_count; i++) {
        if (sim->late[i].vm == vm && sim->late[i].virq == virq)
            return true;
    }
    return false;
}

static uint64_t plus(uint64_t time, uint64_t nanoseconds)
{
    return nanoseconds < SIM_NEVER - time ? time + nanoseconds : SIM_NEVER;
}

// Send an interrupt on its way, unless it is. False: too many are.
static bool set_out(struct gunyah_sim *sim, const struct sim_rule *rule, uint32_t vm, uint32_t virq)
{
    const struct gunyah_sim_hazard *what = &rule->what.hazard;
    uint64_t due = plus(gunyah_model_now(sim->model), what->after_ns);

    if (is_on_its_way(sim, vm, virq))
        return true;
    if (sim->late_count == SIM_MAX_LATE)
        return false;
    if (what->spread_ns != 0)
        due = plus(due, gunyah_internal_sim_draw(sim, rule, 1) % plus(what->spread_ns, 1));
    sim->late[sim->late_count++] = (struct sim_late){due, vm, virq};
    gunyah_internal_sim_trace_late(sim, vm, virq, due);
    return true;
}

// Called by the model in the middle of a call: must not call it.
bool gunyah_internal_sim_interrupt(void *context, uint32_t vm, uint32_t virq)
{
    struct gunyah_sim *sim = context;
    const struct sim_rule *rule = find_rule(sim, vm, virq);

    if (rule == NULL)
        return true;
    if (rule->what.hazard.kind == GUNYAH_SIM_VIRQ_LOST) {
        gunyah_internal_sim_trace_lost(sim, vm, virq);
        return false;
    }
    if (!set_out(sim, rule, vm, virq))
        return true;
    return rule->what.hazard.kind == GUNYAH_SIM_VIRQ_TWICE;
}

// Likewise.
bool gunyah_internal_sim_allocate(void *context)
{
    struct gunyah_sim *sim = context;
    bool has_memory = true;

    for (struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        if (rule->kind == SIM_RULE_HAZARD && rule->what.hazard.kind == GUNYAH_SIM_HEAP_EMPTY &&
            gunyah_internal_sim_strikes(sim, rule))
            has_memory = false;
    }
    if (!has_memory)
        gunyah_internal_sim_trace_empty(sim);
    return has_memory;
}

// ---- what comes by itself --------------------------------------------------------------------------------------------

static bool is_flood(const struct sim_rule *rule)
{
    return rule->kind == SIM_RULE_HAZARD && rule->what.hazard.kind == GUNYAH_SIM_VIRQ_FLOOD;
}

static bool can_be_flooded(const struct gunyah_sim *sim, const struct gunyah_sim_hazard *what)
{
    if (what->vm->made && !gunyah_model_vm_runs(sim->model, what->vm->parts.vm))
        return false;
    return !gunyah_model_virq_pending(sim->model, what->vm->parts.vm, what->virq.value);
}

// Beats of a flood until now, but not this very moment's.
static uint64_t beats_before(const struct sim_rule *rule, uint64_t now)
{
    return now > rule->since ? (now - rule->since - 1) / rule->what.hazard.after_ns : 0;
}

// Beats that find the interrupt pending have no effect, and are no event: else a flood that nobody looks at would make
// long times take long.
static uint64_t next_beat(const struct gunyah_sim *sim, const struct sim_rule *rule)
{
    const struct gunyah_sim_hazard *what = &rule->what.hazard;
    uint64_t before = beats_before(rule, gunyah_model_now(sim->model));

    if (gunyah_internal_sim_is_over(rule) || !can_be_flooded(sim, what))
        return SIM_NEVER;
    if (rule->seen > before)
        before = rule->seen;
    if (before >= (SIM_NEVER - 1 - rule->since) / what->after_ns)
        return SIM_NEVER;
    return rule->since + (before + 1) * what->after_ns;
}

uint64_t gunyah_internal_sim_next_hazard(const struct gunyah_sim *sim)
{
    uint64_t next = SIM_NEVER;

    if (sim->crashed)
        return next;
    for (uint32_t i = 0; i < sim->late_count; i++) {
        if (sim->late[i].due < next)
            next = sim->late[i].due;
    }
    for (const struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        uint64_t beat = is_flood(rule) ? next_beat(sim, rule) : SIM_NEVER;
        if (beat < next)
            next = beat;
    }
    return next;
}

static void remove_late(struct gunyah_sim *sim, uint32_t place)
{
    sim->late_count--;
    memmove(&sim->late[place], &sim->late[place + 1], (sim->late_count - place) * sizeof(sim->late[0]));
}

static void bring_late(struct gunyah_sim *sim, uint64_t now)
{
    for (uint32_t i = 0; i < sim->late_count;) {
        const struct sim_late late = sim->late[i];
        if (late.due > now) {
            i++;
            continue;
        }
        remove_late(sim, i);
        gunyah_model_virq_raise(sim->model, late.vm, late.virq);
    }
}

static void beat(struct gunyah_sim *sim, struct sim_rule *rule, uint64_t now)
{
    const struct gunyah_sim_hazard *what = &rule->what.hazard;

    rule->seen = (now - rule->since) / what->after_ns - 1;
    if (gunyah_internal_sim_strikes(sim, rule))
        gunyah_model_virq_raise(sim->model, what->vm->parts.vm, what->virq.value);
}

void gunyah_internal_sim_bring_hazards(struct gunyah_sim *sim)
{
    uint64_t now = gunyah_model_now(sim->model);

    bring_late(sim, now);
    for (struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        if (is_flood(rule) && next_beat(sim, rule) == now)
            beat(sim, rule, now);
    }
}

void gunyah_internal_sim_forget_late(struct gunyah_sim *sim, uint32_t vm)
{
    for (uint32_t i = 0; i < sim->late_count;) {
        if (sim->late[i].vm == vm)
            remove_late(sim, i);
        else
            i++;
    }
}

// ---- adding ----------------------------------------------------------------------------------------------------------

static bool is_shared(gunyah_virq_t virq)
{
    return virq.value >= GUNYAH_VIRQ_SPI_FIRST && virq.value <= GUNYAH_VIRQ_SPI_LAST;
}

// What is wrong with a hazard; null: nothing.
static const char *find_wrong(const struct gunyah_sim *sim, const struct gunyah_sim_hazard *what)
{
    if (!is_of_interrupts(what->kind) && what->kind != GUNYAH_SIM_VIRQ_FLOOD && what->kind != GUNYAH_SIM_HEAP_EMPTY)
        return "hazard.kind is none that there is";
    if (what->vm != NULL && what->vm->sim != sim)
        return "hazard.vm belongs to another machine";
    if (what->virq.value != 0 && !is_shared(what->virq))
        return "hazard.virq is not a shared interrupt: these are 32 to 1019";
    if (what->spread_ns != 0 && what->kind != GUNYAH_SIM_VIRQ_LATE && what->kind != GUNYAH_SIM_VIRQ_TWICE)
        return "hazard.spread_ns is only for interrupts that are late or come twice";
    if (what->kind == GUNYAH_SIM_VIRQ_FLOOD && (what->vm == NULL || what->virq.value == 0 || what->after_ns == 0))
        return "a flood needs a VM, a virq and a period: hazard.vm, hazard.virq, hazard.after_ns";
    return NULL;
}

enum gunyah_error gunyah_internal_sim_add_hazard(struct gunyah_sim *sim, const struct gunyah_sim_hazard *what)
{
    struct sim_rule rule = {.kind = SIM_RULE_HAZARD};
    const char *wrong;

    if (!options_known(what, what->size, sizeof(*what)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "hazard.size is wrong: start from GUNYAH_SIM_HAZARD_INIT");
    wrong = find_wrong(sim, what);
    if (wrong != NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, wrong);
    rule.what.hazard = *what;
    rule.nth = what->nth;
    rule.count = what->count;
    rule.chance = what->chance;
    return gunyah_internal_sim_add_rule(sim, &rule);
}

enum gunyah_error gunyah_sim_add_hazard(struct gunyah_sim *sim, const struct gunyah_sim_hazard *hazard)
{
    enum gunyah_error error;

    if (sim == NULL || hazard == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = gunyah_internal_sim_add_hazard(sim, hazard);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

size_t gunyah_sim_heap_used(struct gunyah_sim *sim)
{
    size_t used;

    if (sim == NULL)
        return 0;
    pthread_mutex_lock(&sim->lock);
    used = gunyah_model_heap_used(sim->model);
    pthread_mutex_unlock(&sim->lock);
    return used;
}
