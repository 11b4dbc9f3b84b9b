// SPDX-License-Identifier: BSD-3-Clause
// What goes wrong as parts of a save: faults and hazards, how often each had its turn, and interrupts on their way.

#include "save.h"

#define EVERY_VM UINT32_MAX

static uint32_t vmid_of(const struct gunyah_sim_vm *vm)
{
    return vm != NULL ? vm->vmid.value : EVERY_VM;
}

// False: there is no such VM.
static bool find_vm(const struct gunyah_sim *sim, uint32_t vmid, struct gunyah_sim_vm **vm)
{
    const uint32_t index = vmid == GUNYAH_VMID_ROOT ? 0 : vmid;

    *vm = NULL;
    if (vmid == EVERY_VM)
        return true;
    if (index < SIM_MAX_VMS)
        *vm = sim->vms[index];
    return *vm != NULL;
}

// ---- of each kind

static void save_what(const struct sim_rule *rule, struct sim_writer *writer)
{
    switch (rule->kind) {
    case SIM_RULE_CALL:
        gunyah_internal_sim_put32(writer, vmid_of(rule->what.call.vm));
        gunyah_internal_sim_put32(writer, rule->what.call.call);
        gunyah_internal_sim_put32(writer, (uint32_t)rule->what.call.error);
        break;
    case SIM_RULE_RM:
        gunyah_internal_sim_put32(writer, vmid_of(rule->what.rm.vm));
        gunyah_internal_sim_put32(writer, rule->what.rm.message);
        gunyah_internal_sim_put32(writer, (uint32_t)rule->what.rm.mischief);
        gunyah_internal_sim_put64(writer, rule->what.rm.value);
        break;
    case SIM_RULE_HAZARD:
        gunyah_internal_sim_put32(writer, vmid_of(rule->what.hazard.vm));
        gunyah_internal_sim_put32(writer, (uint32_t)rule->what.hazard.kind);
        gunyah_internal_sim_put32(writer, rule->what.hazard.virq.value);
        gunyah_internal_sim_put64(writer, rule->what.hazard.after_ns);
        gunyah_internal_sim_put64(writer, rule->what.hazard.spread_ns);
        break;
    }
}

static enum gunyah_error load_call(struct sim_load *load, struct sim_reader *reader, const struct sim_rule *rule,
                                   struct gunyah_sim_vm *vm)
{
    struct gunyah_sim_fault what = GUNYAH_SIM_FAULT_INIT;

    what.vm = vm;
    what.call = gunyah_internal_sim_get32(reader);
    what.error = (int32_t)gunyah_internal_sim_get32(reader);
    what.nth = rule->nth;
    what.count = rule->count;
    what.chance = rule->chance;
    return gunyah_internal_sim_add_fault(load->sim, &what);
}

static enum gunyah_error load_request(struct sim_load *load, struct sim_reader *reader, const struct sim_rule *rule,
                                      struct gunyah_sim_vm *vm)
{
    struct gunyah_sim_rm_fault what = GUNYAH_SIM_RM_FAULT_INIT;

    what.vm = vm;
    what.message = gunyah_internal_sim_get32(reader);
    what.mischief = (enum gunyah_sim_rm_mischief)gunyah_internal_sim_get32(reader);
    what.value = gunyah_internal_sim_get64(reader);
    what.nth = rule->nth;
    what.count = rule->count;
    what.chance = rule->chance;
    return gunyah_internal_sim_add_rm_fault(load->sim, &what);
}

static enum gunyah_error load_hazard(struct sim_load *load, struct sim_reader *reader, const struct sim_rule *rule,
                                     struct gunyah_sim_vm *vm)
{
    struct gunyah_sim_hazard what = GUNYAH_SIM_HAZARD_INIT;

    what.vm = vm;
    what.kind = (enum gunyah_sim_hazard_kind)gunyah_internal_sim_get32(reader);
    what.virq.value = gunyah_internal_sim_get32(reader);
    what.after_ns = gunyah_internal_sim_get64(reader);
    what.spread_ns = gunyah_internal_sim_get64(reader);
    what.nth = rule->nth;
    what.count = rule->count;
    what.chance = rule->chance;
    return gunyah_internal_sim_add_hazard(load->sim, &what);
}

// ---- all of them

void gunyah_internal_sim_save_rules(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    uint32_t count = 0;

    for (const struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next)
        count++;
    gunyah_internal_sim_put64(writer, sim->rule_seed);
    gunyah_internal_sim_put64(writer, sim->rule_ids);
    gunyah_internal_sim_put32(writer, count);
    for (const struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        gunyah_internal_sim_put32(writer, (uint32_t)rule->kind);
        gunyah_internal_sim_put64(writer, rule->nth);
        gunyah_internal_sim_put64(writer, rule->count);
        gunyah_internal_sim_put32(writer, rule->chance);
        gunyah_internal_sim_put64(writer, rule->id);
        gunyah_internal_sim_put64(writer, rule->since);
        gunyah_internal_sim_put64(writer, rule->seen);
        save_what(rule, writer);
    }
}

static struct sim_rule *last_rule(const struct gunyah_sim *sim)
{
    struct sim_rule *last = sim->rules;

    while (last->next != NULL)
        last = last->next;
    return last;
}

// Added as anybody adds one, and put back to where it was. Ids grow along the list.
static enum gunyah_error load_rule(struct sim_load *load, struct sim_reader *reader, uint64_t *id)
{
    const uint32_t kind = gunyah_internal_sim_get32(reader);
    struct sim_rule rule = {.next = NULL};
    struct gunyah_sim_vm *vm;
    enum gunyah_error error;

    rule.nth = gunyah_internal_sim_get64(reader);
    rule.count = gunyah_internal_sim_get64(reader);
    rule.chance = gunyah_internal_sim_get32(reader);
    rule.id = gunyah_internal_sim_get64(reader);
    rule.since = gunyah_internal_sim_get64(reader);
    rule.seen = gunyah_internal_sim_get64(reader);
    if (!find_vm(load->sim, gunyah_internal_sim_get32(reader), &vm))
        return gunyah_internal_sim_damaged(load, "a fault is for a VM that is not there");
    if (kind > SIM_RULE_HAZARD || rule.id <= *id || rule.since > gunyah_model_now(load->sim->model))
        return gunyah_internal_sim_damaged(load, "a fault is of no kind, not in its place, or of the future");
    if (kind == SIM_RULE_CALL)
        error = load_call(load, reader, &rule, vm);
    else if (kind == SIM_RULE_RM)
        error = load_request(load, reader, &rule, vm);
    else
        error = load_hazard(load, reader, &rule, vm);
    if (error != GUNYAH_OK) {
        load->why = load->sim->last_error;
        return error == GUNYAH_ERR_OUT_OF_MEMORY ? error : GUNYAH_ERR_FORMAT;
    }
    struct sim_rule *added = last_rule(load->sim);
    added->id = *id = rule.id;
    added->since = rule.since;
    added->seen = rule.seen;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_sim_load_rules(struct sim_load *load, struct sim_reader *reader)
{
    const uint64_t seed = gunyah_internal_sim_get64(reader);
    const uint64_t ids = gunyah_internal_sim_get64(reader);
    const uint32_t count = gunyah_internal_sim_get32(reader);
    enum gunyah_error error = GUNYAH_OK;
    uint64_t id = 0;

    for (uint32_t i = 0; i < count && error == GUNYAH_OK && !reader->failed; i++)
        error = load_rule(load, reader, &id);
    if (error == GUNYAH_OK && id > ids)
        return gunyah_internal_sim_damaged(load, "a fault has a number that was not given yet");
    load->sim->rule_seed = seed;
    load->sim->rule_ids = ids;
    return error;
}

// ---- interrupts on their way

bool gunyah_internal_sim_has_late(const struct gunyah_sim *sim)
{
    return sim->late_count != 0;
}

void gunyah_internal_sim_save_late(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    gunyah_internal_sim_put32(writer, sim->late_count);
    for (uint32_t i = 0; i < sim->late_count; i++) {
        gunyah_internal_sim_put64(writer, sim->late[i].due);
        gunyah_internal_sim_put32(writer, sim->late[i].vm);
        gunyah_internal_sim_put32(writer, sim->late[i].virq);
    }
}

enum gunyah_error gunyah_internal_sim_load_late(struct sim_load *load, struct sim_reader *reader)
{
    struct gunyah_sim *sim = load->sim;
    const uint32_t count = gunyah_internal_sim_get32(reader);

    if (count > SIM_MAX_LATE)
        return gunyah_internal_sim_damaged(load, "more interrupts are late than can be");
    for (uint32_t i = 0; i < count; i++) {
        struct sim_late *late = &sim->late[i];
        late->due = gunyah_internal_sim_get64(reader);
        late->vm = gunyah_internal_sim_get32(reader);
        late->virq = gunyah_internal_sim_get32(reader);
        if (late->due < gunyah_model_now(sim->model) || late->vm >= SIM_MAX_VMS || sim->vms[late->vm] == NULL)
            return gunyah_internal_sim_damaged(load, "a late interrupt is overdue, or of a VM that is not there");
    }
    sim->late_count = count;
    return GUNYAH_OK;
}
