// SPDX-License-Identifier: BSD-3-Clause
// Calls that need no capability.
#include "internal.h"

#include <string.h>

enum gunyah_error gunyah_scheduler_yield(struct gunyah *g)
{
    const gunyah_scheduler_yield_control_t control = {GUNYAH_SCHEDULER_YIELD_HINT_YIELD};

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_SCHEDULER_YIELD, gunyah_hypercall_scheduler_yield(g, control, 0));
}

enum gunyah_error gunyah_prng_get_entropy(struct gunyah *g, void *buffer, size_t size)
{
    if (g == NULL)
        return GUNYAH_ERR_NULL;
    if (buffer == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    if (size == 0 || size > GUNYAH_PRNG_MAX_BYTES)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_ARGUMENT_SIZE);
    // The hypervisor gives whole words.
    const uint32_t words = ((uint32_t)size + 3) / 4;
    const struct gunyah_prng_get_entropy_result answer = gunyah_hypercall_prng_get_entropy(g, 4 * words);
    if (answer.error == GUNYAH_HVERR_OK) {
        const uint32_t data[4] = {answer.data0, answer.data1, answer.data2, answer.data3};
        memcpy(buffer, data, size);
    }
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, answer.error);
}

enum gunyah_error gunyah_trace_update_class_flags(struct gunyah *g, uint64_t set, uint64_t clear, uint64_t *flags)
{
    if (g == NULL)
        return GUNYAH_ERR_NULL;
    const struct gunyah_trace_update_class_flags_result answer =
        gunyah_hypercall_trace_update_class_flags(g, set, clear);
    if (answer.error == GUNYAH_HVERR_OK && flags != NULL)
        *flags = answer.flags;
    return gunyah_internal_answer(g, GUNYAH_HYPERCALL_TRACE_UPDATE_CLASS_FLAGS, answer.error);
}
