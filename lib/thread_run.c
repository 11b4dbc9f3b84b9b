// SPDX-License-Identifier: BSD-3-Clause
// Running vCPUs that are objects: what they say when they stop, and the interrupts that tell when to run them again.
#include "internal.h"

// ---- interrupts ---------------------------------------------------------------------------------------------------

static enum gunyah_error bind(struct gunyah_thread *thread, const struct gunyah_vic *vic, gunyah_virq_t virq,
                              enum gunyah_vcpu_virq_type type, const char *function)
{
    const struct handle *handle = (const struct handle *)thread;
    const struct handle *controller = (const struct handle *)vic;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, function);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, controller, HANDLE_VIC, function);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vcpu_bind_virq(handle->g, handle->cap, controller->cap, virq, type);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, code);
}

static enum gunyah_error unbind(struct gunyah_thread *thread, enum gunyah_vcpu_virq_type type, const char *function)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, function);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vcpu_unbind_virq(handle->g, handle->cap, type);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_UNBIND_VIRQ, code);
}

enum gunyah_error gunyah_thread_bind_halt_virq(struct gunyah_thread *thread, struct gunyah_vic *vic, gunyah_virq_t virq)
{
    return bind(thread, vic, virq, GUNYAH_VCPU_VIRQ_TYPE_HALT, __func__);
}

enum gunyah_error gunyah_thread_unbind_halt_virq(struct gunyah_thread *thread)
{
    return unbind(thread, GUNYAH_VCPU_VIRQ_TYPE_HALT, __func__);
}

enum gunyah_error gunyah_thread_bind_wakeup_virq(struct gunyah_thread *thread, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq)
{
    return bind(thread, vic, virq, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP, __func__);
}

enum gunyah_error gunyah_thread_unbind_wakeup_virq(struct gunyah_thread *thread)
{
    return unbind(thread, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP, __func__);
}

// ---- running ------------------------------------------------------------------------------------------------------

#define BY_SYSTEM_RESET (UINT64_C(1) << 63) // not by SYSTEM_RESET2, whose type is in the low half

static void describe_reset(struct gunyah_thread_exit *exit)
{
    exit->is_reset2 = (exit->data[0] & BY_SYSTEM_RESET) == 0;
    exit->reset_type = (uint32_t)exit->data[0];
    exit->reset_cookie = exit->data[1];
}

static struct gunyah_thread_exit exit_of(enum gunyah_vcpu_run_state state, uint64_t data_0, uint64_t data_1,
                                         uint64_t data_2)
{
    struct gunyah_thread_exit exit = {.state = state, .data = {data_0, data_1, data_2}};

    switch (state) {
    case GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP:
        exit.suspend_state = data_0;
        exit.wakeup_from = (enum gunyah_vcpu_run_wakeup_from)(uint32_t)data_1;
        break;
    case GUNYAH_VCPU_RUN_STATE_POWERED_OFF:
        exit.exited = (data_0 & 1) != 0;
        break;
    case GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE:
        exit.value = data_2;
        exit.length = (uint32_t)data_1;
        exit.address = data_0;
        break;
    case GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ:
        exit.length = (uint32_t)data_1;
        exit.address = data_0;
        break;
    case GUNYAH_VCPU_RUN_STATE_ADDRSPACE_PAGE_FAULT:
        exit.address = data_0;
        break;
    case GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET:
        describe_reset(&exit);
        break;
    case GUNYAH_VCPU_RUN_STATE_READY:
    case GUNYAH_VCPU_RUN_STATE_BLOCKED:
    case GUNYAH_VCPU_RUN_STATE_FAULT:
        break;
    }
    return exit;
}

enum gunyah_error gunyah_thread_run(struct gunyah_thread *thread, const struct gunyah_thread_resume *given,
                                    struct gunyah_thread_exit *exit)
{
    static const struct reason no_such_action = {GUNYAH_ERR_ARGUMENT_INVALID, "there is no such action to resume with",
                                                 "Resume with EMULATE, RETRY or FAULT."};
    struct gunyah_thread_resume resume = GUNYAH_THREAD_RESUME_INIT;
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (exit == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    if (given != NULL && !gunyah_internal_options(&resume, sizeof(resume), given))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    if ((uint32_t)resume.action > GUNYAH_VCPU_RUN_RESUME_ACTION_FAULT)
        return gunyah_internal_refuse_for(handle->g, __func__, &no_such_action);
    const struct gunyah_vcpu_run_result answer =
        gunyah_hypercall_vcpu_run(handle->g, handle->cap, resume.value, (uint32_t)resume.action, 0);
    if (answer.error == GUNYAH_HVERR_OK)
        *exit = exit_of(answer.vcpu_state, answer.state_data_0, answer.state_data_1, answer.state_data_2);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_RUN, answer.error);
}

enum gunyah_error gunyah_thread_run_check(struct gunyah_thread *thread, struct gunyah_thread_exit *exit)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (exit == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    const struct gunyah_vcpu_run_check_result answer = gunyah_hypercall_vcpu_run_check(handle->g, handle->cap);
    // Busy is an answer too, with a state like the others.
    const bool is_told = answer.error == GUNYAH_HVERR_OK || answer.error == GUNYAH_HVERR_BUSY;
    if (!is_told)
        return gunyah_internal_refused(handle->g, GUNYAH_HYPERCALL_VCPU_RUN_CHECK, answer.error);
    *exit = exit_of(answer.vcpu_state, answer.state_data_0, answer.state_data_1, answer.state_data_2);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_thread_yield_to(struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);
    const gunyah_scheduler_yield_control_t control = {GUNYAH_SCHEDULER_YIELD_HINT_YIELD_TO_THREAD};

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_scheduler_yield(handle->g, control, handle->cap.value);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_SCHEDULER_YIELD, code);
}
