// SPDX-License-Identifier: BSD-3-Clause
// Calls that fail because a test wants them to.

#include "sim_internal.h"

#include <options.h>

#include <gunyah/abi/names.h>

static bool matches(const struct gunyah_sim_fault *fault, const struct gunyah_sim_vm *vm, uint32_t number)
{
    if (fault->vm != NULL && fault->vm != vm)
        return false;
    return fault->call == GUNYAH_SIM_ANY_CALL || fault->call == number;
}

int32_t gunyah_internal_sim_next_fault(struct gunyah_sim_vm *vm, const struct sim_call *call)
{
    int32_t error = GUNYAH_HVERR_OK;

    if (call->kind != SIM_CALL_HYPERCALL)
        return error;
    for (struct sim_rule *rule = vm->sim->rules; rule != NULL; rule = rule->next) {
        if (rule->kind != SIM_RULE_CALL || !matches(&rule->what.call, vm, call->number))
            continue;
        if (gunyah_internal_sim_strikes(vm->sim, rule) && error == GUNYAH_HVERR_OK)
            error = rule->what.call.error;
    }
    return error;
}

void gunyah_internal_sim_answer_fault(const struct sim_call *call, int32_t error, struct gunyah_registers *registers)
{
    const struct gunyah_call_shape *info = gunyah_call_info(call->number);
    bool immediate = call->first == 0;
    unsigned results = immediate ? 8 : info != NULL ? info->result_count : 1;

    registers->x[0] = immediate ? (uint32_t)error : (uint64_t)(int64_t)error;
    for (unsigned i = 1; i < results; i++)
        registers->x[i] = 0;
}

enum gunyah_error gunyah_internal_sim_add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *what)
{
    struct sim_rule rule = {.kind = SIM_RULE_CALL};

    if (!options_known(what, what->size, sizeof(*what)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "fault.size is wrong: start from GUNYAH_SIM_FAULT_INIT");
    if (what->error == GUNYAH_HVERR_OK)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.error is OK, which is no failure");
    if (what->vm != NULL && what->vm->sim != sim)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.vm belongs to another machine");
    rule.what.call = *what;
    rule.nth = what->nth;
    rule.count = what->count;
    rule.chance = what->chance;
    return gunyah_internal_sim_add_rule(sim, &rule);
}

enum gunyah_error gunyah_sim_add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *fault)
{
    enum gunyah_error error;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = fault != NULL ? gunyah_internal_sim_add_fault(sim, fault)
                          : gunyah_internal_sim_fail(sim, GUNYAH_ERR_NULL, "the fault is a null pointer");
    pthread_mutex_unlock(&sim->lock);
    return error;
}

enum gunyah_error gunyah_sim_clear_faults(struct gunyah_sim *sim)
{
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    gunyah_internal_sim_drop_rules(sim, 0);
    pthread_mutex_unlock(&sim->lock);
    return GUNYAH_OK;
}
