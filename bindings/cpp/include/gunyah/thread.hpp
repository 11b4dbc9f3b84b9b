// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * vCPUs as objects of the hypervisor, and power groups, for C++ (thread.h, vpm_group.h).
 */
#ifndef GUNYAH_THREAD_HPP
#define GUNYAH_THREAD_HPP

#include "cspace.hpp"

#include <gunyah/thread.h>
#include <gunyah/vpm_group.h>

namespace gh
{

/** Options of thread::configure(), with the defaults. */
struct thread_options : ::gunyah_thread_options {
    thread_options() noexcept : ::gunyah_thread_options(GUNYAH_THREAD_OPTIONS_INIT)
    {
    }
};

/** How a thread goes on; without more, it loads 0. */
struct thread_resume : ::gunyah_thread_resume {
    explicit thread_resume(std::uint64_t loaded = 0) noexcept : ::gunyah_thread_resume(GUNYAH_THREAD_RESUME_INIT)
    {
        value = loaded;
    }
};

/** Why a thread does not run. */
using thread_exit = ::gunyah_thread_exit;

/** A vCPU that calls make, run and end. */
class thread : public handle<::gunyah_thread, gunyah_thread_close>
{
  public:
    using handle::handle;

    /** As gunyah_thread_open(). */
    static result<thread> open(session &in, capid cap)
    {
        return detail::opened<thread>([&](::gunyah_thread **raw) { return gunyah_thread_open(in.get(), cap, raw); });
    }

    /** As gunyah_thread_create(). */
    static result<thread> create(partition &from, cspace &into)
    {
        return detail::opened<thread>(
            [&](::gunyah_thread **raw) { return gunyah_thread_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_thread_capid(get());
    }

    // ---- before activation ---------------------------------------------------------------------------------------

    /** As gunyah_thread_configure(). */
    result<void> configure(const ::gunyah_thread_options &options)
    {
        return gunyah_thread_configure(get(), &options);
    }

    /** As gunyah_thread_set_priority(). */
    result<void> set_priority(std::uint32_t priority)
    {
        return gunyah_thread_set_priority(get(), priority);
    }

    /** How long it runs before another one does. As gunyah_thread_set_timeslice(). */
    result<void> set_timeslice(timeout slice)
    {
        return gunyah_thread_set_timeslice(get(), slice.nanoseconds());
    }

    /** As gunyah_thread_set_affinity(). */
    result<void> set_affinity(std::uint32_t cpu)
    {
        return gunyah_thread_set_affinity(get(), cpu);
    }

    /** Gives it its capability space. As gunyah_cspace_attach_thread(). */
    result<void> attach(cspace &space)
    {
        return gunyah_cspace_attach_thread(space.get(), get());
    }

    /** Gives it its interrupt controller. As gunyah_vic_attach_vcpu(). */
    result<void> attach(vic &controller, std::uint32_t index)
    {
        return gunyah_vic_attach_vcpu(controller.get(), get(), index);
    }

    /** As gunyah_thread_activate(). */
    result<void> activate()
    {
        return gunyah_thread_activate(get());
    }

    // ---- life ----------------------------------------------------------------------------------------------------

    /** As gunyah_thread_write_register(). */
    result<void> write_register(::gunyah_vcpu_register_set set, std::uint32_t index, std::uint64_t value)
    {
        return gunyah_thread_write_register(get(), set, index, value);
    }

    /** As gunyah_thread_power_on(). */
    result<void> power_on(std::uint64_t entry_point, std::uint64_t context = 0, std::uint32_t flags = 0)
    {
        return gunyah_thread_power_on(get(), entry_point, context, flags);
    }

    /** As gunyah_thread_power_off(). */
    result<void> power_off(bool last)
    {
        return gunyah_thread_power_off(get(), last);
    }

    /** As gunyah_thread_kill(). */
    result<void> kill()
    {
        return gunyah_thread_kill(get());
    }

    /** As gunyah_thread_bind_halt_virq(). */
    result<void> bind_halt(vic &controller, virq number)
    {
        return gunyah_thread_bind_halt_virq(get(), controller.get(), number);
    }

    /** As gunyah_thread_unbind_halt_virq(). */
    result<void> unbind_halt()
    {
        return gunyah_thread_unbind_halt_virq(get());
    }

    /** As gunyah_thread_bind_wakeup_virq(). */
    result<void> bind_wakeup(vic &controller, virq number)
    {
        return gunyah_thread_bind_wakeup_virq(get(), controller.get(), number);
    }

    /** As gunyah_thread_unbind_wakeup_virq(). */
    result<void> unbind_wakeup()
    {
        return gunyah_thread_unbind_wakeup_virq(get());
    }

    // ---- running -------------------------------------------------------------------------------------------------

    /** As gunyah_thread_run(). */
    result<thread_exit> run(const ::gunyah_thread_resume &resume = thread_resume())
    {
        return detail::stored<thread_exit>([&](thread_exit *exit) { return gunyah_thread_run(get(), &resume, exit); });
    }

    /** As gunyah_thread_run_check(). */
    result<thread_exit> run_check()
    {
        return detail::stored<thread_exit>([&](thread_exit *exit) { return gunyah_thread_run_check(get(), exit); });
    }

    /** As gunyah_thread_yield_to(). */
    result<void> yield_to()
    {
        return gunyah_thread_yield_to(get());
    }
};

/** Threads that are one machine to PSCI. */
class vpm_group : public handle<::gunyah_vpm_group, gunyah_vpm_group_close>
{
  public:
    using handle::handle;

    /** As gunyah_vpm_group_open(). */
    static result<vpm_group> open(session &in, capid cap)
    {
        return detail::opened<vpm_group>(
            [&](::gunyah_vpm_group **raw) { return gunyah_vpm_group_open(in.get(), cap, raw); });
    }

    /** As gunyah_vpm_group_create(). */
    static result<vpm_group> create(partition &from, cspace &into)
    {
        return detail::opened<vpm_group>(
            [&](::gunyah_vpm_group **raw) { return gunyah_vpm_group_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_vpm_group_capid(get());
    }

    /** As gunyah_vpm_group_configure(). */
    result<void> configure(bool no_aggregation)
    {
        return gunyah_vpm_group_configure(get(), no_aggregation);
    }

    /** As gunyah_vpm_group_activate(). */
    result<void> activate()
    {
        return gunyah_vpm_group_activate(get());
    }

    /** As gunyah_vpm_group_attach_vcpu(). */
    result<void> attach(thread &member, std::uint32_t index)
    {
        return gunyah_vpm_group_attach_vcpu(get(), member.get(), index);
    }

    /** As gunyah_vpm_group_bind_virq(). */
    result<void> bind(vic &controller, virq number)
    {
        return gunyah_vpm_group_bind_virq(get(), controller.get(), number);
    }

    /** As gunyah_vpm_group_unbind_virq(). */
    result<void> unbind()
    {
        return gunyah_vpm_group_unbind_virq(get());
    }

    /** As gunyah_vpm_group_get_state(). */
    result<::gunyah_vpm_state> state()
    {
        return detail::stored<::gunyah_vpm_state>(
            [&](::gunyah_vpm_state *state) { return gunyah_vpm_group_get_state(get(), state); });
    }
};

} // namespace gh

#endif
