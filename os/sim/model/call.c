// SPDX-License-Identifier: BSD-3-Clause
// The two calling conventions of hypercalls, and what is done before a call is answered: capabilities are looked up.
#include "dispatch.h"
#include "manual.h"
#include "vcpu.h"

#include <string.h>

int32_t gunyah_model_look_up(struct model_call *call, gunyah_capid_t id, const struct model_cap *want, void **found)
{
    struct gunyah_model *model = call->model;
    struct cap *cap;
    int32_t error = gunyah_model_cap_find(model, model_at(model, call->thread->cspace), id, &cap);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct object *object = model_at(model, cap->object);
    *found = object;
    bool allowed = (want->rights & ~cap->rights) == 0;
    if ((want->flags & MODEL_CAP_UNTYPED) != 0 && !allowed)
        return GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
    if (want->type != GUNYAH_OBJECT_TYPE_ANY && want->type != object->type)
        return GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE;
    if (!allowed)
        return GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
    if ((want->flags & MODEL_CAP_ACTIVE) != 0 && object->state != GUNYAH_OBJECT_STATE_ACTIVE)
        return GUNYAH_HVERR_OBJECT_STATE;
    return GUNYAH_HVERR_OK;
}

enum gunyah_model_memory gunyah_model_read(const struct model_call *call, uint64_t address, void *to, size_t size)
{
    const struct gunyah_model_env *env = &call->model->env;
    if (call->thread->vm == MODEL_NO_VM)
        return GUNYAH_MODEL_MEMORY_FAULT;
    return env->read(env->context, call->thread->vm, address, to, size);
}

enum gunyah_model_memory gunyah_model_write(const struct model_call *call, uint64_t address, const void *from,
                                            size_t size)
{
    const struct gunyah_model_env *env = &call->model->env;
    if (call->thread->vm == MODEL_NO_VM)
        return GUNYAH_MODEL_MEMORY_FAULT;
    return env->write(env->context, call->thread->vm, address, from, size);
}

/** The entry of a hypercall number, also of the one that only the manual has. NULL: the hypervisor has no such call. */
static const struct model_entry *entry_of(const struct gunyah_model *model, uint32_t *number)
{
    const struct model_entry *entry = gunyah_model_entry_of(*number);
    if (entry != NULL && (entry->api_flag & ~gunyah_model_api_flags(model)) != 0)
        return NULL;
    if (entry != NULL || *number != MANUAL_MEMEXTENT_DONATE || !manual_mode(model))
        return entry;
    *number = GUNYAH_HYPERCALL_MEMEXTENT_DONATE;
    return gunyah_model_entry_of(*number);
}

static int32_t perform(const struct model_entry *entry, uint32_t number, struct model_call *call)
{
    if (manual_checks_bits(call->model) && !gunyah_model_manual_bits_hold(number, call->arg))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    for (uint32_t i = 0; i < entry->early_count; i++) {
        if ((call->arg[entry->early[i].argument] & entry->early[i].zero) != 0)
            return entry->early[i].error;
    }
    for (uint32_t i = 0; i < entry->cap_count; i++) {
        const struct model_cap *want = &entry->caps[i];
        int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[want->argument]), want, &call->object[i]);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    return entry->handler(call);
}

static bool reserved_words_hold(const struct model_entry *entry, const struct model_call *call)
{
    for (uint32_t i = 0, zero = entry->reserved_zero; zero != 0; i++, zero >>= 1) {
        if ((zero & 1) != 0 && call->arg[i] != 0)
            return false;
    }
    for (uint32_t i = 0, ones = entry->reserved_ones; ones != 0; i++, ones >>= 1) {
        if ((ones & 1) != 0 && call->arg[i] != UINT64_MAX)
            return false;
    }
    return true;
}

static enum gunyah_model_outcome by_immediate(struct model_call *call, uint32_t number,
                                              struct gunyah_model_registers *registers)
{
    const struct model_entry *entry = entry_of(call->model, &number);
    if (entry == NULL) {
        memset(registers, 0, sizeof(*registers));
        registers->x[0] = UINT64_MAX;
        return GUNYAH_MODEL_CLOBBERED;
    }
    call->arg = registers->x;
    int32_t error = GUNYAH_HVERR_ARGUMENT_INVALID;
    if (reserved_words_hold(entry, call))
        error = perform(entry, number, call);
    if (call->model->crashed)
        return GUNYAH_MODEL_CRASHED;
    if (call->no_return)
        return GUNYAH_MODEL_NO_RETURN;
    if (entry->has_error)
        call->result[0] = (uint32_t)error;
    memcpy(registers->x, call->result, sizeof(registers->x));
    return GUNYAH_MODEL_CLOBBERED;
}

enum gunyah_model_outcome gunyah_model_hypercall_smccc(struct model_call *call, uint32_t number,
                                                       struct gunyah_model_registers *registers)
{
    const struct model_entry *entry = entry_of(call->model, &number);
    if (entry == NULL) {
        registers->x[0] = UINT64_MAX;
        return GUNYAH_MODEL_RETURNED;
    }
    call->arg = registers->x + 1;
    int32_t error = GUNYAH_HVERR_ARGUMENT_INVALID;
    if (!manual_checks_smccc(call->model) || reserved_words_hold(entry, call))
        error = perform(entry, number, call);
    if (call->model->crashed)
        return GUNYAH_MODEL_CRASHED;
    if (call->no_return)
        return GUNYAH_MODEL_NO_RETURN;
    if (entry->has_error)
        call->result[0] = (uint64_t)(int64_t)error;
    for (uint32_t i = 0; i < entry->result_count; i++)
        registers->x[i] = call->result[i];
    return GUNYAH_MODEL_RETURNED;
}

enum gunyah_model_outcome gunyah_model_thread_call(struct gunyah_model *model, struct thread *thread,
                                                   enum gunyah_model_conduit conduit, uint16_t immediate,
                                                   struct gunyah_model_registers *registers)
{
    struct model_call call;
    call.model = model;
    call.thread = thread;
    call.no_return = false;
    memset(call.result, 0, sizeof(call.result));
    if (immediate == 0)
        return gunyah_model_smccc(&call, registers);
    uint32_t number = (uint32_t)immediate - GUNYAH_IMMEDIATE_BASE;
    if (conduit == GUNYAH_MODEL_HVC && number < GUNYAH_HYPERCALL_TABLE_SIZE)
        return by_immediate(&call, number, registers);
    registers->x[0] = UINT64_MAX;
    return GUNYAH_MODEL_RETURNED;
}

enum gunyah_model_outcome gunyah_model_call(struct gunyah_model *model, uint32_t vm, uint32_t vcpu,
                                            enum gunyah_model_conduit conduit, uint16_t immediate,
                                            struct gunyah_model_registers *registers)
{
    if (model->crashed)
        return GUNYAH_MODEL_CRASHED;
    const struct vm *machine = model_at(model, model->vms[vm]);
    struct thread *thread = model_at(model, machine->thread[vcpu]);
    if (thread->life != THREAD_READY)
        return GUNYAH_MODEL_NO_RETURN;
    // Whoever calls is running, however it was started.
    if (!thread->on)
        gunyah_model_thread_power_on(model, thread);
    return gunyah_model_thread_call(model, thread, conduit, immediate, registers);
}
