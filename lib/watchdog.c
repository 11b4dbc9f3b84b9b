// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_watchdog_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_watchdog **watchdog)
{
    enum gunyah_error error;

    if (watchdog == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *watchdog = (struct gunyah_watchdog *)gunyah_internal_open(g, HANDLE_WATCHDOG, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_watchdog_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_watchdog **watchdog)
{
    enum gunyah_error error;

    if (watchdog == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *watchdog = (struct gunyah_watchdog *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_WATCHDOG, HANDLE_WATCHDOG, __func__, &error);
    return error;
}

enum gunyah_error gunyah_watchdog_close(struct gunyah_watchdog **watchdog)
{
    if (watchdog == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*watchdog, HANDLE_WATCHDOG, __func__);
    if (error == GUNYAH_OK)
        *watchdog = NULL;
    return error;
}

gunyah_capid_t gunyah_watchdog_capid(const struct gunyah_watchdog *watchdog)
{
    return gunyah_internal_capid((const struct handle *)watchdog, HANDLE_WATCHDOG);
}

enum gunyah_error gunyah_watchdog_configure(struct gunyah_watchdog *watchdog, bool critical_bite)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, __func__);
    gunyah_watchdog_option_flags_t flags = {0};

    if (error != GUNYAH_OK)
        return error;
    flags = gunyah_watchdog_option_flags_with_critical_bite(flags, critical_bite);
    const int32_t code = gunyah_hypercall_watchdog_configure(handle->g, handle->cap, flags);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_WATCHDOG_CONFIGURE, code);
}

enum gunyah_error gunyah_watchdog_activate(struct gunyah_watchdog *watchdog)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_watchdog_attach_vcpu(struct gunyah_watchdog *watchdog, struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const struct handle *member = (const struct handle *)thread;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, member, HANDLE_THREAD, __func__);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_watchdog_attach_vcpu(handle->g, handle->cap, member->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_WATCHDOG_ATTACH_VCPU, code);
}

// ---- interrupts ---------------------------------------------------------------------------------------------------

static const gunyah_watchdog_bind_option_flags_t bark = {0};
static const gunyah_watchdog_bind_option_flags_t bite = {GUNYAH_WATCHDOG_BIND_OPTION_FLAGS_BITE_MASK};

static enum gunyah_error bind(struct gunyah_watchdog *watchdog, const struct gunyah_vic *vic, gunyah_virq_t virq,
                              gunyah_watchdog_bind_option_flags_t which, const char *function)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const struct handle *controller = (const struct handle *)vic;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, function);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, controller, HANDLE_VIC, function);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_watchdog_bind_virq(handle->g, handle->cap, controller->cap, virq, which);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, code);
}

static enum gunyah_error unbind(struct gunyah_watchdog *watchdog, gunyah_watchdog_bind_option_flags_t which,
                                const char *function)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, function);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_watchdog_unbind_virq(handle->g, handle->cap, which);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_WATCHDOG_UNBIND_VIRQ, code);
}

enum gunyah_error gunyah_watchdog_bind_bark_virq(struct gunyah_watchdog *watchdog, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq)
{
    return bind(watchdog, vic, virq, bark, __func__);
}

enum gunyah_error gunyah_watchdog_bind_bite_virq(struct gunyah_watchdog *watchdog, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq)
{
    return bind(watchdog, vic, virq, bite, __func__);
}

enum gunyah_error gunyah_watchdog_unbind_bark_virq(struct gunyah_watchdog *watchdog)
{
    return unbind(watchdog, bark, __func__);
}

enum gunyah_error gunyah_watchdog_unbind_bite_virq(struct gunyah_watchdog *watchdog)
{
    return unbind(watchdog, bite, __func__);
}

// ---- freezing -----------------------------------------------------------------------------------------------------

static enum gunyah_error manage(struct gunyah_watchdog *watchdog, enum gunyah_watchdog_manage_op operation,
                                const char *function)
{
    const struct handle *handle = (const struct handle *)watchdog;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_WATCHDOG, function);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_watchdog_manage(handle->g, handle->cap, operation);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, code);
}

enum gunyah_error gunyah_watchdog_freeze(struct gunyah_watchdog *watchdog)
{
    return manage(watchdog, GUNYAH_WATCHDOG_MANAGE_OP_FREEZE, __func__);
}

enum gunyah_error gunyah_watchdog_freeze_and_reset(struct gunyah_watchdog *watchdog)
{
    return manage(watchdog, GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET, __func__);
}

enum gunyah_error gunyah_watchdog_unfreeze(struct gunyah_watchdog *watchdog)
{
    return manage(watchdog, GUNYAH_WATCHDOG_MANAGE_OP_UNFREEZE, __func__);
}
