// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Doorbells for C++ (doorbell.h).
 */
#ifndef GUNYAH_DOORBELL_HPP
#define GUNYAH_DOORBELL_HPP

#include "cspace.hpp"

#include <gunyah/doorbell.h>

namespace gh
{

/** Options of doorbell::open(). */
struct doorbell_options : ::gunyah_doorbell_options {
    explicit doorbell_options(capid of = no_cap, gh::virq bound = gh::virq()) noexcept
        : ::gunyah_doorbell_options(GUNYAH_DOORBELL_OPTIONS_INIT)
    {
        cap = of;
        virq = bound;
    }
};

/** 64 flags that one VM sets and another one reads and clears, with an interrupt. */
class doorbell : public handle<::gunyah_doorbell, gunyah_doorbell_close>
{
  public:
    using handle::handle;

    /** As gunyah_doorbell_open(). */
    static result<doorbell> open(session &in, const ::gunyah_doorbell_options &options)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_doorbell_open(in.get(), &options, raw); });
    }

    /** As gunyah_doorbell_create(). */
    static result<doorbell> create(partition &from, cspace &into)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_doorbell_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_doorbell_capid(get());
    }

    /** As gunyah_doorbell_activate(). */
    result<void> activate()
    {
        return gunyah_doorbell_activate(get());
    }

    /** Sets flags. Who wants to know the flags before gives a place for them. As gunyah_doorbell_send(). */
    result<void> send(std::uint64_t flags, std::uint64_t *old_flags = nullptr)
    {
        return gunyah_doorbell_send(get(), flags, old_flags);
    }

    /** All flags as they were; those of `clear` are cleared. As gunyah_doorbell_receive(). */
    result<std::uint64_t> receive(std::uint64_t clear = ~std::uint64_t{0})
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *flags) { return gunyah_doorbell_receive(get(), clear, flags); });
    }

    /** As gunyah_doorbell_mask(). */
    result<void> mask(std::uint64_t enable, std::uint64_t acknowledge)
    {
        return gunyah_doorbell_mask(get(), enable, acknowledge);
    }

    /** As gunyah_doorbell_reset(). */
    result<void> reset()
    {
        return gunyah_doorbell_reset(get());
    }

    /** As gunyah_doorbell_bind_virq(). */
    result<void> bind(vic &controller, virq number)
    {
        return gunyah_doorbell_bind_virq(get(), controller.get(), number);
    }

    /** As gunyah_doorbell_unbind_virq(). */
    result<void> unbind()
    {
        return gunyah_doorbell_unbind_virq(get());
    }

    /** Those of the flags that were set, and are cleared now. As gunyah_doorbell_wait(). */
    result<std::uint64_t> wait(std::uint64_t clear, timeout limit)
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *flags) { return gunyah_doorbell_wait(get(), clear, limit.nanoseconds(), flags); });
    }
};

} // namespace gh

#endif
