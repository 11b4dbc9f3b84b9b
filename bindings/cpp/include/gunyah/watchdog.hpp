// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Watchdogs, of whoever keeps a VM and of the VM itself, for C++ (watchdog.h).
 */
#ifndef GUNYAH_WATCHDOG_HPP
#define GUNYAH_WATCHDOG_HPP

#include "thread.hpp"

#include <gunyah/watchdog.h>

namespace gh
{

/** A clock that a VM has to set back in time, as whoever keeps the VM sees it. */
class watchdog : public handle<::gunyah_watchdog, gunyah_watchdog_close>
{
  public:
    using handle::handle;

    /** As gunyah_watchdog_open(). */
    static result<watchdog> open(session &in, capid cap)
    {
        return detail::opened<watchdog>(
            [&](::gunyah_watchdog **raw) { return gunyah_watchdog_open(in.get(), cap, raw); });
    }

    /** As gunyah_watchdog_create(). */
    static result<watchdog> create(partition &from, cspace &into)
    {
        return detail::opened<watchdog>(
            [&](::gunyah_watchdog **raw) { return gunyah_watchdog_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_watchdog_capid(get());
    }

    /** As gunyah_watchdog_configure(). */
    result<void> configure(bool critical_bite)
    {
        return gunyah_watchdog_configure(get(), critical_bite);
    }

    /** As gunyah_watchdog_activate(). */
    result<void> activate()
    {
        return gunyah_watchdog_activate(get());
    }

    /** As gunyah_watchdog_attach_vcpu(). */
    result<void> attach(thread &member)
    {
        return gunyah_watchdog_attach_vcpu(get(), member.get());
    }

    /** As gunyah_watchdog_bind_bark_virq(). */
    result<void> bind_bark(vic &controller, virq number)
    {
        return gunyah_watchdog_bind_bark_virq(get(), controller.get(), number);
    }

    /** As gunyah_watchdog_unbind_bark_virq(). */
    result<void> unbind_bark()
    {
        return gunyah_watchdog_unbind_bark_virq(get());
    }

    /** As gunyah_watchdog_bind_bite_virq(). */
    result<void> bind_bite(vic &controller, virq number)
    {
        return gunyah_watchdog_bind_bite_virq(get(), controller.get(), number);
    }

    /** As gunyah_watchdog_unbind_bite_virq(). */
    result<void> unbind_bite()
    {
        return gunyah_watchdog_unbind_bite_virq(get());
    }

    /** As gunyah_watchdog_freeze(). */
    result<void> freeze()
    {
        return gunyah_watchdog_freeze(get());
    }

    /** As gunyah_watchdog_freeze_and_reset(). */
    result<void> freeze_and_reset()
    {
        return gunyah_watchdog_freeze_and_reset(get());
    }

    /** As gunyah_watchdog_unfreeze(). */
    result<void> unfreeze()
    {
        return gunyah_watchdog_unfreeze(get());
    }
};

/** What a watchdog does. */
using own_watchdog_status = ::gunyah_own_watchdog_status;

/** The watchdog of the vCPU that calls. It is reached without a capability; the session must outlive this. */
class own_watchdog
{
  public:
    explicit own_watchdog(session &of) noexcept : g_(of.get())
    {
    }

    /** As gunyah_own_watchdog_enable(). */
    result<void> enable()
    {
        return gunyah_own_watchdog_enable(g_);
    }

    /** As gunyah_own_watchdog_disable(). */
    result<void> disable()
    {
        return gunyah_own_watchdog_disable(g_);
    }

    /** As gunyah_own_watchdog_pet(). */
    result<void> pet()
    {
        return gunyah_own_watchdog_pet(g_);
    }

    /** In milliseconds; GUNYAH_WATCHDOG_TIME_UNCHANGED keeps one. As gunyah_own_watchdog_set_times(). */
    result<void> set_times(std::uint32_t bark_ms, std::uint32_t bite_ms)
    {
        return gunyah_own_watchdog_set_times(g_, bark_ms, bite_ms);
    }

    /** As gunyah_own_watchdog_get_status(). */
    result<own_watchdog_status> status() const
    {
        return detail::stored<own_watchdog_status>(
            [&](own_watchdog_status *status) { return gunyah_own_watchdog_get_status(g_, status); });
    }

  private:
    ::gunyah *g_;
};

} // namespace gh

#endif
