// SPDX-License-Identifier: BSD-3-Clause
// Requests to the Resource Manager that go wrong because a test wants them to.

#include "sim_internal.h"

#include <options.h>

static const enum gunyah_model_rm_mischief_kind kinds[] = {
    [GUNYAH_SIM_RM_FAIL] = GUNYAH_MODEL_RM_FAIL,
    [GUNYAH_SIM_RM_IGNORE] = GUNYAH_MODEL_RM_IGNORE,
    [GUNYAH_SIM_RM_LOSE_REPLY] = GUNYAH_MODEL_RM_LOSE_REPLY,
    [GUNYAH_SIM_RM_REPEAT_REPLY] = GUNYAH_MODEL_RM_REPEAT_REPLY,
    [GUNYAH_SIM_RM_STALE_REPLY] = GUNYAH_MODEL_RM_STALE_REPLY,
    [GUNYAH_SIM_RM_OTHER_REPLY] = GUNYAH_MODEL_RM_OTHER_REPLY,
    [GUNYAH_SIM_RM_LATE_REPLY] = GUNYAH_MODEL_RM_LATE_REPLY,
    [GUNYAH_SIM_RM_CUT_REPLY] = GUNYAH_MODEL_RM_CUT_REPLY,
    [GUNYAH_SIM_RM_PAD_REPLY] = GUNYAH_MODEL_RM_PAD_REPLY,
    [GUNYAH_SIM_RM_GARBAGE] = GUNYAH_MODEL_RM_GARBAGE,
    [GUNYAH_SIM_RM_FLOOD] = GUNYAH_MODEL_RM_FLOOD,
    [GUNYAH_SIM_RM_NO_INTERRUPT] = GUNYAH_MODEL_RM_NO_INTERRUPT,
    [GUNYAH_SIM_RM_DIE] = GUNYAH_MODEL_RM_DIE,
    [GUNYAH_SIM_RM_DIE_MIDWAY] = GUNYAH_MODEL_RM_DIE_MIDWAY,
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool matches(const struct gunyah_sim_rm_fault *fault, uint16_t vmid, uint32_t id)
{
    if (fault->vm != NULL && fault->vm->vmid.value != vmid)
        return false;
    return fault->message == GUNYAH_SIM_RM_ANY_MESSAGE || fault->message == id;
}

struct gunyah_model_rm_mischief gunyah_internal_sim_interfere(void *context, uint16_t vmid, uint32_t id)
{
    const struct gunyah_sim *sim = context;
    struct gunyah_model_rm_mischief mischief = {GUNYAH_MODEL_RM_OBEY, 0};

    for (struct sim_rule *rule = sim->rules; rule != NULL; rule = rule->next) {
        const struct gunyah_sim_rm_fault *what = &rule->what.rm;
        if (rule->kind != SIM_RULE_RM || !matches(what, vmid, id))
            continue;
        if (gunyah_internal_sim_strikes(sim, rule) && mischief.kind == GUNYAH_MODEL_RM_OBEY)
            mischief = (struct gunyah_model_rm_mischief){kinds[what->mischief], what->value};
    }
    return mischief;
}

static enum gunyah_error check(struct gunyah_sim *sim, const struct gunyah_sim_rm_fault *what)
{
    if (!options_known(what, what->size, sizeof(*what)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "fault.size is wrong: start from GUNYAH_SIM_RM_FAULT_INIT");
    if ((size_t)what->mischief >= KINDS)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.mischief is none that there is");
    if (what->mischief == GUNYAH_SIM_RM_FAIL && (uint32_t)what->value == GUNYAH_RMERR_OK)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.value is OK, which is no failure");
    if (what->vm != NULL && what->vm->sim != sim)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.vm belongs to another machine");
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_sim_add_rm_fault(struct gunyah_sim *sim, const struct gunyah_sim_rm_fault *what)
{
    struct sim_rule rule = {.kind = SIM_RULE_RM};
    enum gunyah_error error = check(sim, what);

    if (error != GUNYAH_OK)
        return error;
    rule.what.rm = *what;
    rule.nth = what->nth;
    rule.count = what->count;
    rule.chance = what->chance;
    return gunyah_internal_sim_add_rule(sim, &rule);
}

enum gunyah_error gunyah_sim_add_rm_fault(struct gunyah_sim *sim, const struct gunyah_sim_rm_fault *fault)
{
    enum gunyah_error error;

    if (sim == NULL || fault == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = gunyah_internal_sim_add_rm_fault(sim, fault);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
