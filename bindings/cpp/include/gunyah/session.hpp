// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Sessions for C++ (session.h, call.h, system.h): opening one, who answers, waiting, and an observer made of callables.
 */
#ifndef GUNYAH_SESSION_HPP
#define GUNYAH_SESSION_HPP

#include "handle.hpp"
#include "types.hpp"

#include <gunyah/object.h>
#include <gunyah/system.h>

namespace gh
{

/** Options of session::open(), with the defaults. */
struct open_options : ::gunyah_open_options {
    open_options() noexcept : ::gunyah_open_options(GUNYAH_OPEN_OPTIONS_INIT)
    {
    }

    /** For this backend. */
    explicit open_options(const ::gunyah_backend *on) noexcept : open_options()
    {
        backend = on;
    }
};

/** Who answers. */
struct identity : ::gunyah_identity {
    identity() noexcept : ::gunyah_identity(GUNYAH_IDENTITY_INIT)
    {
    }
};

/** A fixed piece of memory to allocate from; it must outlive the sessions that use it. As gunyah_arena_allocator(). */
class arena
{
  public:
    explicit arena(bytes memory) noexcept : allocator_(gunyah_arena_allocator(&arena_, memory.data(), memory.size()))
    {
    }

    arena(const arena &) = delete;
    arena &operator=(const arena &) = delete;

    /** For open_options::allocator. */
    const ::gunyah_allocator *get() const noexcept
    {
        return &allocator_;
    }

    std::size_t used() const noexcept
    {
        return arena_.used;
    }

  private:
    ::gunyah_arena arena_{};
    ::gunyah_allocator allocator_;
};

/**
 * Sees every call of a session: before(event) returns whether the call is kept back, after(event) returns nothing. It must outlive
 * the session, and stays where it is. What a callable throws ends the program (std::terminate), because C is in between.
 */
template <typename Before, typename After> class observer
{
  public:
    observer(Before before, After after) noexcept
        : before_(static_cast<Before &&>(before)),
          after_(static_cast<After &&>(after)), observer_{this, call_before, call_after}
    {
    }

    observer(const observer &) = delete;
    observer &operator=(const observer &) = delete;

    /** For open_options::observer. */
    const ::gunyah_observer *get() const noexcept
    {
        return &observer_;
    }

  private:
    static bool call_before(void *context, const ::gunyah_call_event *event) noexcept
    {
        return static_cast<observer *>(context)->before_(*event);
    }

    static void call_after(void *context, const ::gunyah_call_event *event) noexcept
    {
        static_cast<observer *>(context)->after_(*event);
    }

    Before before_;
    After after_;
    ::gunyah_observer observer_;
};

/** A VM's connection to its hypervisor. Everything else hangs on one. */
class session : public handle<::gunyah, gunyah_close>
{
  public:
    using handle::handle;

    /** As gunyah_open(). */
    static result<session> open(const ::gunyah_open_options &options)
    {
        return detail::opened<session>([&](::gunyah **raw) { return gunyah_open(&options, raw); });
    }

    /** The same, on this backend, with the defaults otherwise. */
    static result<session> open(const ::gunyah_backend *backend)
    {
        return open(open_options(backend));
    }

    /** As gunyah_last_error(); null for an empty session. */
    const ::gunyah_error_info *last_error() const
    {
        return gunyah_last_error(get());
    }

    /** As gunyah_identify(). */
    result<identity> identify() const
    {
        return detail::stored<identity>([&](identity *who) { return gunyah_identify(get(), who); });
    }

    /** As gunyah_has(). */
    bool has(::gunyah_feature feature) const
    {
        return gunyah_has(get(), feature);
    }

    /** Which of the interrupts came. As gunyah_wait(). */
    result<std::size_t> wait(span<const ::gunyah_virq_t> virqs, timeout limit)
    {
        return detail::stored<std::size_t>([&](std::size_t *index) {
            return gunyah_wait(get(), virqs.data(), virqs.size(), limit.nanoseconds(), index);
        });
    }

    /** One interrupt, as gunyah_wait(). */
    result<void> wait(virq one, timeout limit)
    {
        return gunyah_wait(get(), &one, 1, limit.nanoseconds(), nullptr);
    }

    /** As gunyah_object_activate(). */
    result<void> activate(capid cap)
    {
        return gunyah_object_activate(get(), cap);
    }

    /** As gunyah_object_reset(). */
    result<void> reset(capid cap)
    {
        return gunyah_object_reset(get(), cap);
    }

    /** As gunyah_scheduler_yield(). */
    result<void> yield()
    {
        return gunyah_scheduler_yield(get());
    }

    /** Random bytes. As gunyah_prng_get_entropy(). */
    result<void> entropy(bytes buffer)
    {
        return gunyah_prng_get_entropy(get(), buffer.data(), buffer.size());
    }

    /** What is traced from now on. As gunyah_trace_update_class_flags(). */
    result<std::uint64_t> trace(std::uint64_t set, std::uint64_t clear)
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *flags) { return gunyah_trace_update_class_flags(get(), set, clear, flags); });
    }

    /** As gunyah_call(): the session must not be empty. */
    void call(std::uint32_t number, ::gunyah_registers &registers)
    {
        gunyah_call(get(), number, &registers);
    }

    /** As gunyah_smccc(): the session must not be empty. */
    void smccc(::gunyah_registers &registers)
    {
        gunyah_smccc(get(), &registers);
    }

    /** As gunyah_call_counters(); null for an empty session. */
    const ::gunyah_counters *counters() const
    {
        return gunyah_call_counters(get());
    }

    /** As gunyah_call_count(). */
    std::uint64_t call_count() const
    {
        return gunyah_call_count(get());
    }
};

} // namespace gh

#endif
