// SPDX-License-Identifier: BSD-3-Clause
// What a VM does with its watchdog: fast calls of the vendor's hypervisor service, by vCPUs that are attached to one.
#include "dispatch.h"
#include "watchdog.h"

static int32_t control(const struct model_call *call, struct watchdog *watchdog, uint32_t word)
{
    const bool enable = (word & GUNYAH_WATCHDOG_CONTROL_ENABLE_MASK) != 0;
    if ((word & ~(uint32_t)GUNYAH_WATCHDOG_CONTROL_ENABLE_MASK) != GUNYAH_WATCHDOG_CONTROL_MUST_BE_ONE_MASK ||
        enable == watchdog->enabled)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (enable)
        gunyah_model_watchdog_enable(call->model, watchdog, call->thread->vm);
    else
        gunyah_model_watchdog_disable(call->model, watchdog);
    return GUNYAH_HVERR_OK;
}

static void status(const struct model_call *call, const struct watchdog *watchdog,
                   struct gunyah_model_registers *registers)
{
    registers->x[1] = (watchdog->enabled ? GUNYAH_WATCHDOG_STATUS_ENABLED_MASK : 0) |
                      (watchdog->barked || watchdog->bitten ? GUNYAH_WATCHDOG_STATUS_EXPIRED_MASK : 0);
    registers->x[2] = gunyah_model_watchdog_counter(call->model, watchdog) / WATCHDOG_NS_PER_MS;
}

/** The time that a word says, or the one before. False: it says none. */
static bool read_time(uint64_t word, uint32_t *ms)
{
    const uint32_t time = (uint32_t)word;
    if (time == GUNYAH_WATCHDOG_TIME_UNCHANGED)
        return true;
    *ms = time;
    return time <= GUNYAH_WATCHDOG_MAX_TIME_MS;
}

static int32_t set_time(const struct model_call *call, struct watchdog *watchdog,
                        const struct gunyah_model_registers *registers)
{
    uint32_t bark_ms = watchdog->bark_ms;
    uint32_t bite_ms = watchdog->bite_ms;
    if (!read_time(registers->x[1], &bark_ms) || !read_time(registers->x[2], &bite_ms))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    gunyah_model_watchdog_set_times(call->model, watchdog, bark_ms, bite_ms);
    return GUNYAH_HVERR_OK;
}

bool gunyah_model_watchdog_call(struct model_call *call, uint32_t id, struct gunyah_model_registers *registers)
{
    struct gunyah_model *model = call->model;
    int32_t error = GUNYAH_HVERR_OK;
    if (call->thread->watchdog == 0)
        return false;
    struct watchdog *watchdog = model_at(model, call->thread->watchdog);
    switch (id) {
    case GUNYAH_SMCCC_WATCHDOG_CONTROL:
        error = control(call, watchdog, (uint32_t)registers->x[1]);
        break;
    case GUNYAH_SMCCC_WATCHDOG_STATUS:
        status(call, watchdog, registers);
        break;
    case GUNYAH_SMCCC_WATCHDOG_PET:
        gunyah_model_watchdog_pet(model, watchdog);
        break;
    case GUNYAH_SMCCC_WATCHDOG_SET_TIME:
        error = set_time(call, watchdog, registers);
        break;
    default:
        return false;
    }
    registers->x[0] = (uint32_t)error;
    return true;
}
