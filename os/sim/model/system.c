// SPDX-License-Identifier: BSD-3-Clause
// Calls that need no object.
#include "calls.h"
#include "internal.h"
#include "manual.h"
#include "rm.h"

#define API_VERSION 1
#define TRACE_FIXED (UINT64_C(1) << GUNYAH_TRACE_CLASS_ERROR | UINT64_C(1) << GUNYAH_TRACE_CLASS_LOG_BUFFER)

uint64_t gunyah_model_random(struct gunyah_model *model)
{
    // SplitMix64: the state counts, the result is a hash of it.
    model->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word = model->random;
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

uint64_t gunyah_model_api_info(const struct gunyah_model *model)
{
    if (model->options.api_info != 0)
        return model->options.api_info;
    return (uint64_t)GUNYAH_VARIANT_QUALCOMM << GUNYAH_HYP_API_INFO_VARIANT_SHIFT | GUNYAH_HYP_API_INFO_IS_64BIT_MASK |
           API_VERSION;
}

uint64_t gunyah_model_api_flags(const struct gunyah_model *model)
{
    if (model->options.api_flags != 0)
        return model->options.api_flags;
    return manual_watchdogs(model) | GUNYAH_HYP_API_FLAGS0_PARTITION_CSPACE_MASK | GUNYAH_HYP_API_FLAGS0_DOORBELL_MASK |
           GUNYAH_HYP_API_FLAGS0_MSGQUEUE_MASK | GUNYAH_HYP_API_FLAGS0_VIC_MASK | GUNYAH_HYP_API_FLAGS0_VPM_MASK |
           GUNYAH_HYP_API_FLAGS0_VCPU_MASK | GUNYAH_HYP_API_FLAGS0_MEMEXTENT_MASK |
           GUNYAH_HYP_API_FLAGS0_TRACE_CTRL_MASK | GUNYAH_HYP_API_FLAGS0_VIRTIO_MMIO_MASK |
           GUNYAH_HYP_API_FLAGS0_PRNG_MASK | GUNYAH_HYP_API_FLAGS0_VCPU_RUN_MASK |
           (uint64_t)GUNYAH_SCHEDULER_FPRR << GUNYAH_HYP_API_FLAGS0_SCHEDULER_SHIFT;
}

uint32_t gunyah_model_uid(const struct gunyah_model *model, uint32_t word)
{
    static const uint32_t open[4] = {GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3};
    const uint32_t *uid = model->options.uid;
    return (uid[0] | uid[1] | uid[2] | uid[3]) != 0 ? uid[word] : open[word];
}

int32_t gunyah_model_hypervisor_identify(struct model_call *call)
{
    call->result[0] = gunyah_model_api_info(call->model);
    call->result[1] = gunyah_model_api_flags(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_scheduler_yield(struct model_call *call)
{
    static const struct model_cap target = {1, GUNYAH_OBJECT_TYPE_THREAD, MODEL_CAP_ACTIVE,
                                            GUNYAH_RIGHT_THREAD_YIELD_TO};
    uint32_t control = (uint32_t)call->arg[0];
    uint32_t hint = control & GUNYAH_SCHEDULER_YIELD_CONTROL_HINT_MASK;
    void *thread;
    if ((control & GUNYAH_SCHEDULER_YIELD_CONTROL_IMPL_DEF_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (hint == GUNYAH_SCHEDULER_YIELD_HINT_YIELD_TO_THREAD)
        return gunyah_model_look_up(call, gunyah_capid(call->arg[1]), &target, &thread);
    if (hint != GUNYAH_SCHEDULER_YIELD_HINT_YIELD)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    gunyah_model_rm_yield(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_trace_update_class_flags(struct model_call *call)
{
    struct gunyah_model *model = call->model;
    if (model->options.no_trace_control)
        return GUNYAH_HVERR_DENIED;
    uint64_t updated = (model->trace_flags & ~call->arg[1]) | call->arg[0];
    model->trace_flags = (model->trace_flags & TRACE_FIXED) | (updated & ~TRACE_FIXED);
    call->result[1] = model->trace_flags;
    return GUNYAH_HVERR_OK;
}

/** Take a call from the thread's budget. */
static bool within_rate(struct thread *thread, uint64_t now)
{
    if (thread->prng_calls == 0 || now - thread->prng_window >= GUNYAH_PRNG_WINDOW_NS) {
        thread->prng_window = now;
        thread->prng_calls = 0;
    }
    if (thread->prng_calls == GUNYAH_PRNG_CALLS_PER_WINDOW)
        return false;
    thread->prng_calls++;
    return true;
}

int32_t gunyah_model_prng_get_entropy(struct model_call *call)
{
    uint32_t bytes = (uint32_t)call->arg[0];
    if (bytes == 0 || bytes > GUNYAH_PRNG_MAX_BYTES)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (bytes % 4 != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    if (!within_rate(call->thread, call->model->now))
        return GUNYAH_HVERR_BUSY;
    for (uint32_t word = 0; word < bytes / 4; word++)
        call->result[1 + word] = gunyah_model_random(call->model) >> 32;
    return GUNYAH_HVERR_OK;
}
