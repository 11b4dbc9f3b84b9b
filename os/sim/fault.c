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

// Whether the call that was counted last is one of those that fail.
static bool is_due(const struct sim_fault *fault)
{
    if (fault->seen < fault->what.nth)
        return false;
    return fault->what.count == 0 || fault->seen - fault->what.nth < fault->what.count;
}

int32_t gunyah_internal_sim_next_fault(struct gunyah_sim_vm *vm, const struct sim_call *call)
{
    int32_t error = GUNYAH_HVERR_OK;

    if (call->kind != SIM_CALL_HYPERCALL)
        return error;
    for (struct sim_fault *fault = vm->sim->faults; fault != NULL; fault = fault->next) {
        if (!matches(&fault->what, vm, call->number))
            continue;
        fault->seen++;
        if (error == GUNYAH_HVERR_OK && is_due(fault))
            error = fault->what.error;
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

static enum gunyah_error add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *what)
{
    struct sim_fault **end = &sim->faults;
    struct sim_fault *fault;

    if (!options_known(what, what->size, sizeof(*what)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "fault.size is wrong: start from GUNYAH_SIM_FAULT_INIT");
    if (what->error == GUNYAH_HVERR_OK)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.error is OK, which is no failure");
    if (what->nth == 0)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.nth is 0: the next call is 1");
    if (what->vm != NULL && what->vm->sim != sim)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "fault.vm belongs to another machine");

    fault = sim->allocator.allocate(sim->allocator.context, sizeof(*fault));
    if (fault == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a fault");
    *fault = (struct sim_fault){.what = *what};

    while (*end != NULL)
        end = &(*end)->next;
    *end = fault;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *fault)
{
    enum gunyah_error error;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = fault != NULL ? add_fault(sim, fault)
                          : gunyah_internal_sim_fail(sim, GUNYAH_ERR_NULL, "the fault is a null pointer");
    pthread_mutex_unlock(&sim->lock);
    return error;
}

void gunyah_internal_sim_drop_faults(struct gunyah_sim *sim)
{
    while (sim->faults != NULL) {
        struct sim_fault *fault = sim->faults;
        sim->faults = fault->next;
        sim->allocator.release(sim->allocator.context, fault, sizeof(*fault));
    }
}

enum gunyah_error gunyah_sim_clear_faults(struct gunyah_sim *sim)
{
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    gunyah_internal_sim_drop_faults(sim);
    gunyah_internal_sim_drop_rm_faults(sim);
    pthread_mutex_unlock(&sim->lock);
    return GUNYAH_OK;
}
