// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Message queues for C++ (msgqueue.h).
 */
#ifndef GUNYAH_MSGQUEUE_HPP
#define GUNYAH_MSGQUEUE_HPP

#include "cspace.hpp"

#include <gunyah/msgqueue.h>

namespace gh
{

/** Options of msgqueue::open(). */
struct msgqueue_options : ::gunyah_msgqueue_options {
    explicit msgqueue_options(capid of = no_cap, std::uint32_t largest_message = 0) noexcept
        : ::gunyah_msgqueue_options(GUNYAH_MSGQUEUE_OPTIONS_INIT)
    {
        cap = of;
        message_size = largest_message;
    }
};

/** Bounded messages in one direction. */
class msgqueue : public handle<::gunyah_msgqueue, gunyah_msgqueue_close>
{
  public:
    using handle::handle;

    /** As gunyah_msgqueue_open(). */
    static result<msgqueue> open(session &in, const ::gunyah_msgqueue_options &options)
    {
        return detail::opened<msgqueue>(
            [&](::gunyah_msgqueue **raw) { return gunyah_msgqueue_open(in.get(), &options, raw); });
    }

    /** As gunyah_msgqueue_create(). */
    static result<msgqueue> create(partition &from, cspace &into)
    {
        return detail::opened<msgqueue>(
            [&](::gunyah_msgqueue **raw) { return gunyah_msgqueue_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_msgqueue_capid(get());
    }

    /** As gunyah_msgqueue_message_size(). */
    std::uint32_t message_size() const
    {
        return gunyah_msgqueue_message_size(get());
    }

    /** As gunyah_msgqueue_configure(). */
    result<void> configure(std::uint32_t depth, std::uint32_t largest_message)
    {
        return gunyah_msgqueue_configure(get(), depth, largest_message);
    }

    /** As gunyah_msgqueue_activate(). */
    result<void> activate()
    {
        return gunyah_msgqueue_activate(get());
    }

    /** As gunyah_msgqueue_bind_send_virq(). */
    result<void> bind_send(vic &controller, virq number)
    {
        return gunyah_msgqueue_bind_send_virq(get(), controller.get(), number);
    }

    /** As gunyah_msgqueue_bind_receive_virq(). */
    result<void> bind_receive(vic &controller, virq number)
    {
        return gunyah_msgqueue_bind_receive_virq(get(), controller.get(), number);
    }

    /** As gunyah_msgqueue_unbind_send_virq(). */
    result<void> unbind_send()
    {
        return gunyah_msgqueue_unbind_send_virq(get());
    }

    /** As gunyah_msgqueue_unbind_receive_virq(). */
    result<void> unbind_receive()
    {
        return gunyah_msgqueue_unbind_receive_virq(get());
    }

    /** As gunyah_msgqueue_set_send_threshold(). */
    result<void> set_send_threshold(std::uint32_t threshold)
    {
        return gunyah_msgqueue_set_send_threshold(get(), threshold);
    }

    /** As gunyah_msgqueue_set_receive_threshold(). */
    result<void> set_receive_threshold(std::uint32_t threshold)
    {
        return gunyah_msgqueue_set_receive_threshold(get(), threshold);
    }

    /** Appends a message. Who wants to know whether there is room for another one gives a place for that. As gunyah_msgqueue_send(). */
    result<void> send(const_bytes message, std::uint32_t flags = 0, bool *not_full = nullptr)
    {
        return gunyah_msgqueue_send(get(), message.data(), message.size(), flags, not_full);
    }

    /** The length of the oldest message, which is in the buffer then. As gunyah_msgqueue_receive(). */
    result<std::size_t> receive(bytes buffer, bool *not_empty = nullptr)
    {
        return detail::stored<std::size_t>([&](std::size_t *size) {
            return gunyah_msgqueue_receive(get(), buffer.data(), buffer.size(), size, not_empty);
        });
    }

    /** As gunyah_msgqueue_flush(). */
    result<void> flush()
    {
        return gunyah_msgqueue_flush(get());
    }

    /** As gunyah_msgqueue_wait_not_full(). */
    result<void> wait_not_full(timeout limit)
    {
        return gunyah_msgqueue_wait_not_full(get(), limit.nanoseconds());
    }

    /** As gunyah_msgqueue_wait_not_empty(). */
    result<void> wait_not_empty(timeout limit)
    {
        return gunyah_msgqueue_wait_not_empty(get(), limit.nanoseconds());
    }
};

} // namespace gh

#endif
