// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Hardware interrupts as objects of the hypervisor, for C++ (hwirq.h).
 */
#ifndef GUNYAH_HWIRQ_HPP
#define GUNYAH_HWIRQ_HPP

#include "cspace.hpp"

#include <gunyah/hwirq.h>

namespace gh
{

/** What a device raises. */
class hwirq : public handle<::gunyah_hwirq, gunyah_hwirq_close>
{
  public:
    using handle::handle;

    /** As gunyah_hwirq_open(). */
    static result<hwirq> open(session &in, capid cap)
    {
        return detail::opened<hwirq>([&](::gunyah_hwirq **raw) { return gunyah_hwirq_open(in.get(), cap, raw); });
    }

    capid cap() const
    {
        return gunyah_hwirq_capid(get());
    }

    /** As gunyah_hwirq_bind_virq(). */
    result<void> bind(vic &controller, virq number)
    {
        return gunyah_hwirq_bind_virq(get(), controller.get(), number);
    }

    /** As gunyah_hwirq_unbind_virq(). */
    result<void> unbind()
    {
        return gunyah_hwirq_unbind_virq(get());
    }
};

} // namespace gh

#endif
