// SPDX-License-Identifier: BSD-3-Clause
// What a VM does with its watchdog: fast calls of the vendor's hypervisor service, by vCPUs that are attached to one.
#include "dispatch.h"
#include "watchdog.h"

static int32_t control(const struct model_call *call, struct watchdog *watchdog, uint32_t word)
{
    const bool enable = (word & GUNYAH_WATCHDOG_CONTROL_ENABLE_MASK) != 0;
    const bool is_on = watchdog->freezes != 0 ? watchdog->resumes : watchdog->enabled;
    if ((word & ~(uint32_t)GUNYAH_WATCHDOG_CONTROL_ENABLE_MASK) != GUNYAH_WATCHDOG_CONTROL_MUST_BE_ONE_MASK ||
        enable == is_on)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    watchdog->vm = call->thread->vm;
    gunyah_model_watchdog_control(call->model, watchdog, enable);
    return GUNYAH_HVERR_OK;
}

static void status(const struct model_call *call, const struct watchdog *watchdog,
                   struct gunyah_model_registers *registers)
{
    registers->x[1] = (watchdog->enabled ? GUNYAH_WATCHDOG_STATUS_ENABLED_MASK : 0) |
                      (gunyah_model_watchdog_is_expired(watchdog) ? GUNYAH_WATCHDOG_STATUS_EXPIRED_MASK : 0);
    registers->x[2] = (call->model->now - watchdog->pet) / WATCHDOG_NS_PER_MS;
}

/** The time that a word says; before: the one until now. */
static uint32_t time_from(uint64_t word, uint32_t before)
{
    const uint32_t time = (uint32_t)word;
    if (time == GUNYAH_WATCHDOG_TIME_UNCHANGED)
        return before;
    return time < WATCHDOG_LONGEST_MS ? time : WATCHDOG_LONGEST_MS;
}

static void set_time(const struct model_call *call, struct watchdog *watchdog,
                     const struct gunyah_model_registers *registers)
{
    const uint32_t words[] = {(uint32_t)registers->x[1], (uint32_t)registers->x[2]};
    if (words[0] == GUNYAH_WATCHDOG_TIME_UNCHANGED && words[1] == GUNYAH_WATCHDOG_TIME_UNCHANGED)
        return;
    gunyah_model_watchdog_set_times(call->model, watchdog, time_from(words[0], watchdog->bark_ms),
                                    time_from(words[1], watchdog->bite_ms));
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
        set_time(call, watchdog, registers);
        break;
    default:
        return false;
    }
    registers->x[0] = (uint32_t)error;
    return true;
}
