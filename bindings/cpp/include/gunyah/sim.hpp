// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The simulator for C++ (sim.h, sim_rm.h, sim_hostile.h): a Gunyah hypervisor in the process, with its Resource Manager.
 */
#ifndef GUNYAH_SIM_HPP
#define GUNYAH_SIM_HPP

#include "handle.hpp"
#include "types.hpp"

#include <gunyah/sim_hostile.h>

namespace gh
{

/** Options of simulator::create(). */
struct sim_options : ::gunyah_sim_options {
    sim_options() noexcept : ::gunyah_sim_options(GUNYAH_SIM_OPTIONS_INIT)
    {
    }
};

/** Options of simulator::add_vm(). */
struct sim_vm_options : ::gunyah_sim_vm_options {
    explicit sim_vm_options(const char *called = nullptr) noexcept : ::gunyah_sim_vm_options(GUNYAH_SIM_VM_OPTIONS_INIT)
    {
        name = called;
    }
};

/** Options of simulator::load(). */
struct sim_load_options : ::gunyah_sim_load_options {
    sim_load_options() noexcept : ::gunyah_sim_load_options(GUNYAH_SIM_LOAD_OPTIONS_INIT)
    {
    }
};

/** What a VM holds of itself. */
struct sim_vm_info : ::gunyah_sim_vm_info {
    sim_vm_info() noexcept : ::gunyah_sim_vm_info(GUNYAH_SIM_VM_INFO_INIT)
    {
    }
};

/** Which calls fail, and how. */
struct sim_fault : ::gunyah_sim_fault {
    sim_fault() noexcept : ::gunyah_sim_fault(GUNYAH_SIM_FAULT_INIT)
    {
    }
};

/** Options of simulator::add_rm(). */
struct sim_rm_options : ::gunyah_sim_rm_options {
    sim_rm_options() noexcept : ::gunyah_sim_rm_options(GUNYAH_SIM_RM_OPTIONS_INIT)
    {
    }
};

/** A VM's channel to the Resource Manager. */
struct sim_rm_queue : ::gunyah_sim_rm_queue {
    sim_rm_queue() noexcept : ::gunyah_sim_rm_queue(GUNYAH_SIM_RM_QUEUE_INIT)
    {
    }
};

/** What the device tree of a VM would tell the Resource Manager. */
struct sim_vm_config : ::gunyah_sim_vm_config {
    sim_vm_config() noexcept : ::gunyah_sim_vm_config(GUNYAH_SIM_VM_CONFIG_INIT)
    {
    }
};

/** Which requests to the Resource Manager go wrong, and how. */
struct sim_rm_fault : ::gunyah_sim_rm_fault {
    sim_rm_fault() noexcept : ::gunyah_sim_rm_fault(GUNYAH_SIM_RM_FAULT_INIT)
    {
    }
};

/** What goes wrong, where and when. */
struct sim_hazard : ::gunyah_sim_hazard {
    sim_hazard() noexcept : ::gunyah_sim_hazard(GUNYAH_SIM_HAZARD_INIT)
    {
    }
};

/** Where a plan is not understood. */
struct sim_plan_problem : ::gunyah_sim_plan_problem {
    sim_plan_problem() noexcept : ::gunyah_sim_plan_problem(GUNYAH_SIM_PLAN_PROBLEM_INIT)
    {
    }
};

/** A VM of a machine. It lives as long as that; this is a name for it, and can be copied. */
class sim_vm
{
  public:
    constexpr explicit sim_vm(::gunyah_sim_vm *raw = nullptr) noexcept : raw_(raw)
    {
    }

    constexpr ::gunyah_sim_vm *get() const noexcept
    {
        return raw_;
    }

    /** For session::open(). As gunyah_sim_backend(). */
    const ::gunyah_backend *backend() const
    {
        return gunyah_sim_backend(raw_);
    }

    /** As gunyah_sim_get_vm_info(). */
    result<sim_vm_info> info() const
    {
        return detail::stored<sim_vm_info>([&](sim_vm_info *info) { return gunyah_sim_get_vm_info(raw_, info); });
    }

    /** As gunyah_sim_set_trigger(). */
    result<void> set_trigger(virq number, ::gunyah_sim_trigger trigger) const
    {
        return gunyah_sim_set_trigger(raw_, number, trigger);
    }

    /** As gunyah_sim_read_register(). */
    result<std::uint64_t> read_register(std::uint64_t address, std::size_t size) const
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *value) { return gunyah_sim_read_register(raw_, address, size, value); });
    }

    /** As gunyah_sim_write_register(). */
    result<void> write_register(std::uint64_t address, std::size_t size, std::uint64_t value) const
    {
        return gunyah_sim_write_register(raw_, address, size, value);
    }

    /** As gunyah_sim_set_incoherent(). */
    result<void> set_incoherent(bool incoherent) const
    {
        return gunyah_sim_set_incoherent(raw_, incoherent);
    }

    /** Of the shape that is asked for. As gunyah_sim_get_rm_queue(). */
    result<sim_rm_queue> rm_queue(sim_rm_queue wanted = {}) const
    {
        const errc error = gunyah_sim_get_rm_queue(raw_, &wanted);

        return {error, static_cast<sim_rm_queue &&>(wanted)};
    }

    /** Where in the process the VM's memory is. As gunyah_sim_find_memory(). */
    result<void *> find_memory(std::uint64_t address, std::uint64_t size) const
    {
        return detail::stored<void *>(
            [&](void **memory) { return gunyah_sim_find_memory(raw_, address, size, memory); });
    }

    /** For device_tree::open(). As gunyah_sim_find_device_tree(). */
    result<const_bytes> find_device_tree() const
    {
        const void *tree = nullptr;
        std::size_t size = 0;
        const errc error = gunyah_sim_find_device_tree(raw_, &tree, &size);

        return {error, const_bytes(tree, size)};
    }

    /** As gunyah_sim_rm_reason(). */
    const char *rm_reason() const
    {
        return gunyah_sim_rm_reason(raw_);
    }

  private:
    ::gunyah_sim_vm *raw_;
};

/** What joins two VMs with a message queue: what is asked for, and afterwards the capabilities. */
struct sim_msgqueue : ::gunyah_sim_msgqueue {
    sim_msgqueue(sim_vm sender, sim_vm receiver, std::uint32_t messages, std::uint32_t bytes_of_one) noexcept
        : ::gunyah_sim_msgqueue(GUNYAH_SIM_MSGQUEUE_INIT)
    {
        from = sender.get();
        to = receiver.get();
        depth = messages;
        message_size = bytes_of_one;
    }
};

/** What joins two VMs with a doorbell: what is asked for, and afterwards the capabilities. */
struct sim_doorbell : ::gunyah_sim_doorbell {
    sim_doorbell(sim_vm sender, sim_vm receiver, gh::virq of_receiver = gh::virq()) noexcept
        : ::gunyah_sim_doorbell(GUNYAH_SIM_DOORBELL_INIT)
    {
        from = sender.get();
        to = receiver.get();
        virq = of_receiver;
    }
};

/** A machine. Sessions on it must be closed before it; while one is open, close() answers GUNYAH_ERR_IN_USE. */
class simulator : public handle<::gunyah_sim, gunyah_sim_destroy>
{
  public:
    using handle::handle;

    /** As gunyah_sim_create(). */
    static result<simulator> create(const ::gunyah_sim_options &options = sim_options())
    {
        return detail::opened<simulator>([&](::gunyah_sim **raw) { return gunyah_sim_create(&options, raw); });
    }

    /** As gunyah_sim_last_error(): the machine must not be empty. */
    const char *last_error() const
    {
        return gunyah_sim_last_error(get());
    }

    // ---- VMs -----------------------------------------------------------------------------------------------------

    /** As gunyah_sim_add_vm(). */
    result<sim_vm> add_vm(const ::gunyah_sim_vm_options &options = sim_vm_options())
    {
        ::gunyah_sim_vm *vm = nullptr;
        const errc error = gunyah_sim_add_vm(get(), &options, &vm);

        return {error, sim_vm(vm)};
    }

    /** The same with a name, and the defaults otherwise. */
    result<sim_vm> add_vm(const char *name)
    {
        return add_vm(sim_vm_options(name));
    }

    /** As gunyah_sim_root(). */
    sim_vm root() const
    {
        return sim_vm(gunyah_sim_root(get()));
    }

    /** As gunyah_sim_find_vm(). */
    result<sim_vm> find_vm(vmid which)
    {
        ::gunyah_sim_vm *vm = nullptr;
        const errc error = gunyah_sim_find_vm(get(), which, &vm);

        return {error, sim_vm(vm)};
    }

    /** As gunyah_sim_connect_msgqueue(). */
    result<void> connect(::gunyah_sim_msgqueue &queue)
    {
        return gunyah_sim_connect_msgqueue(get(), &queue);
    }

    /** As gunyah_sim_connect_doorbell(). */
    result<void> connect(::gunyah_sim_doorbell &bell)
    {
        return gunyah_sim_connect_doorbell(get(), &bell);
    }

    // ---- the Resource Manager ------------------------------------------------------------------------------------

    /** As gunyah_sim_add_rm(). */
    result<void> add_rm(const ::gunyah_sim_rm_options &options = sim_rm_options())
    {
        return gunyah_sim_add_rm(get(), &options);
    }

    /** As gunyah_sim_configure_vm(). */
    result<void> configure_vm(const ::gunyah_sim_vm_config &config)
    {
        return gunyah_sim_configure_vm(get(), &config);
    }

    // ---- time, threads, faults -----------------------------------------------------------------------------------

    /** Nanoseconds of virtual time. As gunyah_sim_now(). */
    std::uint64_t now() const
    {
        return gunyah_sim_now(get());
    }

    /** As gunyah_sim_advance(). */
    result<void> advance(timeout by)
    {
        return gunyah_sim_advance(get(), by.nanoseconds());
    }

    /** As gunyah_sim_thread_done(). */
    result<void> thread_done()
    {
        return gunyah_sim_thread_done(get());
    }

    /** As gunyah_sim_add_fault(). */
    result<void> add_fault(const ::gunyah_sim_fault &fault)
    {
        return gunyah_sim_add_fault(get(), &fault);
    }

    /** As gunyah_sim_add_rm_fault(). */
    result<void> add_fault(const ::gunyah_sim_rm_fault &fault)
    {
        return gunyah_sim_add_rm_fault(get(), &fault);
    }

    /** As gunyah_sim_add_hazard(). */
    result<void> add_hazard(const ::gunyah_sim_hazard &hazard)
    {
        return gunyah_sim_add_hazard(get(), &hazard);
    }

    /** As gunyah_sim_add_plan(). */
    result<void> add_plan(const_bytes text, ::gunyah_sim_plan_problem *problem = nullptr)
    {
        return gunyah_sim_add_plan(get(), static_cast<const char *>(text.data()), text.size(), problem);
    }

    /** As gunyah_sim_seed_faults(). */
    result<void> seed_faults(std::uint64_t seed)
    {
        return gunyah_sim_seed_faults(get(), seed);
    }

    /** As gunyah_sim_heap_used(). */
    std::size_t heap_used() const
    {
        return gunyah_sim_heap_used(get());
    }

    /** As gunyah_sim_clear_faults(). */
    result<void> clear_faults()
    {
        return gunyah_sim_clear_faults(get());
    }

    // ---- the trace, and snapshots --------------------------------------------------------------------------------

    /**
     * Calls the sink with each line, a const char *. It is lent until the trace is another one or the machine is gone. What it throws
     * ends the program (std::terminate). As gunyah_sim_set_trace().
     */
    template <typename Sink> result<void> trace(Sink &sink)
    {
        return gunyah_sim_set_trace(get(), trace_to<Sink>, &sink);
    }

    template <typename Sink> result<void> trace(const Sink &&) = delete;

    /** No trace any more. */
    result<void> stop_trace()
    {
        return gunyah_sim_set_trace(get(), nullptr, nullptr);
    }

    /** As gunyah_sim_snapshot_size(). */
    std::size_t snapshot_size() const
    {
        return gunyah_sim_snapshot_size(get());
    }

    /** As gunyah_sim_snapshot(). */
    result<void> snapshot(bytes into)
    {
        return gunyah_sim_snapshot(get(), into.data(), into.size());
    }

    /** As gunyah_sim_restore(). */
    result<void> restore(const_bytes from)
    {
        return gunyah_sim_restore(get(), from.data(), from.size());
    }

    /** As gunyah_sim_clone(). */
    result<simulator> clone() const
    {
        return detail::opened<simulator>([&](::gunyah_sim **raw) { return gunyah_sim_clone(get(), raw); });
    }

    /** As gunyah_sim_save_size(). */
    std::size_t save_size() const
    {
        return gunyah_sim_save_size(get());
    }

    /** As gunyah_sim_save(). */
    result<void> save(bytes into) const
    {
        return gunyah_sim_save(get(), into.data(), into.size());
    }

    /** As gunyah_sim_load(). */
    static result<simulator> load(const_bytes from, const ::gunyah_sim_load_options &options = sim_load_options(),
                                  const char **why = nullptr)
    {
        return detail::opened<simulator>(
            [&](::gunyah_sim **raw) { return gunyah_sim_load(from.data(), from.size(), &options, raw, why); });
    }

  private:
    template <typename Sink> static void trace_to(void *context, const char *line) noexcept
    {
        (*static_cast<Sink *>(context))(line);
    }
};

} // namespace gh

#endif
