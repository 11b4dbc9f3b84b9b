// SPDX-License-Identifier: BSD-3-Clause
// The watchdog of the vCPU that calls. What asks for it has no capability and is no hypercall, but a fast call.
#include "internal.h"

static enum gunyah_error make(struct gunyah *g, struct gunyah_registers *registers, const char *function)
{
    static const struct reason nobody = {
        GUNYAH_ERR_UNSUPPORTED,
        "calls of this backend do not reach the hypervisor, which would know whose watchdog it is",
        "Leave the watchdog to the driver of the operating system."};
    const uint32_t number = (uint32_t)registers->x[0];

    gunyah_smccc(g, registers);
    const int32_t code = (int32_t)registers->x[0];
    if (code == GUNYAH_HVERR_OK)
        return GUNYAH_OK;
    if (code == GUNYAH_HVERR_UNIMPLEMENTED && (g->ops->capabilities & GUNYAH_BACKEND_LOCAL) != 0)
        return gunyah_internal_refuse_for(g, function, &nobody);
    return gunyah_internal_fast_refused(g, function, number, code);
}

static enum gunyah_error control(struct gunyah *g, bool enable, const char *function)
{
    gunyah_watchdog_control_t word = {GUNYAH_WATCHDOG_CONTROL_MUST_BE_ONE_MASK};

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    word = gunyah_watchdog_control_with_enable(word, enable);
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_CONTROL, word.bits}};
    return make(g, &r, function);
}

enum gunyah_error gunyah_own_watchdog_enable(struct gunyah *g)
{
    return control(g, true, __func__);
}

enum gunyah_error gunyah_own_watchdog_disable(struct gunyah *g)
{
    return control(g, false, __func__);
}

enum gunyah_error gunyah_own_watchdog_pet(struct gunyah *g)
{
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_PET}};

    return g != NULL ? make(g, &r, __func__) : GUNYAH_ERR_NULL;
}

static bool is_time(uint32_t time_ms)
{
    return time_ms <= GUNYAH_WATCHDOG_MAX_TIME_MS || time_ms == GUNYAH_WATCHDOG_TIME_UNCHANGED;
}

enum gunyah_error gunyah_own_watchdog_set_times(struct gunyah *g, uint32_t bark_ms, uint32_t bite_ms)
{
    static const struct reason bark = {GUNYAH_ERR_ARGUMENT_INVALID, "the time to the bark is above 32767 ms",
                                       "Choose a shorter one, or GUNYAH_WATCHDOG_TIME_UNCHANGED."};
    static const struct reason bite = {GUNYAH_ERR_ARGUMENT_INVALID, "the time to the bite is above 32767 ms",
                                       "Choose a shorter one, or GUNYAH_WATCHDOG_TIME_UNCHANGED."};
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_SET_TIME, bark_ms, bite_ms}};

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    if (!is_time(bark_ms) || !is_time(bite_ms))
        return gunyah_internal_refuse_for(g, __func__, is_time(bark_ms) ? &bite : &bark);
    return make(g, &r, __func__);
}

enum gunyah_error gunyah_own_watchdog_get_status(struct gunyah *g, struct gunyah_own_watchdog_status *status)
{
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_STATUS}};

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    if (status == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    const enum gunyah_error error = make(g, &r, __func__);
    if (error != GUNYAH_OK)
        return error;
    const gunyah_watchdog_status_t word = {(uint32_t)r.x[1]};
    *status = (struct gunyah_own_watchdog_status){
        .enabled = gunyah_watchdog_status_get_enabled(word) != 0,
        .expired = gunyah_watchdog_status_get_expired(word) != 0,
        .since_pet_ms = (uint32_t)r.x[2],
    };
    return GUNYAH_OK;
}
