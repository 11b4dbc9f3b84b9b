// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtual machines for C++ (vm.h, vm_parts.h, vcpu.h): make, feed, start, watch and end them, and run their vCPUs.
 */
#ifndef GUNYAH_VM_HPP
#define GUNYAH_VM_HPP

#include "doorbell.hpp"
#include "msgqueue.hpp"

#include <gunyah/vcpu.h>
#include <gunyah/vm.h>
#include <gunyah/vm_parts.h>

namespace gh
{

/** Where the image and the device tree of a VM lie. */
struct vm_image : ::gunyah_vm_image {
    vm_image() noexcept : ::gunyah_vm_image(GUNYAH_VM_IMAGE_INIT)
    {
    }
};

/** What vm::destroy() could not do. */
struct vm_remains : ::gunyah_vm_remains {
    vm_remains() noexcept : ::gunyah_vm_remains(GUNYAH_VM_REMAINS_INIT)
    {
    }
};

/** A piece of memory for a VM. */
struct vm_memory : ::gunyah_vm_memory {
    vm_memory() noexcept : ::gunyah_vm_memory(GUNYAH_VM_MEMORY_INIT)
    {
    }
};

/** Writes of a VM that are to be heard of without an exit. */
struct vm_notify : ::gunyah_vm_notify {
    vm_notify() noexcept : ::gunyah_vm_notify(GUNYAH_VM_NOTIFY_INIT)
    {
    }
};

/** A VM of a provider: resource_manager::vmm(), or node::vmm() of linux.hpp. Closing leaves the VM as it is; destroy() ends it. */
class vm : public handle<::gunyah_vm, gunyah_vm_close>
{
  public:
    using handle::handle;

    /** As gunyah_vm_create(). */
    static result<vm> create(const ::gunyah_vmm *provider, vmid wanted = vmid())
    {
        return detail::opened<vm>([&](::gunyah_vm **raw) { return gunyah_vm_create(provider, wanted, raw); });
    }

    /** As gunyah_vm_open(). */
    static result<vm> open(const ::gunyah_vmm *provider, vmid which)
    {
        return detail::opened<vm>([&](::gunyah_vm **raw) { return gunyah_vm_open(provider, which, raw); });
    }

    /** As gunyah_vm_vmid(). */
    vmid id() const
    {
        return gunyah_vm_vmid(get());
    }

    // ---- its life ------------------------------------------------------------------------------------------------

    /** As gunyah_vm_configure(). */
    result<void> configure(const ::gunyah_vm_image &image)
    {
        return gunyah_vm_configure(get(), &image);
    }

    /** As gunyah_vm_authenticate(). */
    result<void> authenticate(std::uint32_t pas_id)
    {
        return gunyah_vm_authenticate(get(), pas_id);
    }

    /** As gunyah_vm_init(). */
    result<void> init()
    {
        return gunyah_vm_init(get());
    }

    /** As gunyah_vm_start(). */
    result<void> start()
    {
        return gunyah_vm_start(get());
    }

    /** Asks the guest to end. As gunyah_vm_stop(). */
    result<void> ask_to_stop(::gunyah_vm_stop_reason reason = GUNYAH_VM_STOP_REASON_SHUTDOWN)
    {
        return gunyah_vm_stop(get(), false, reason);
    }

    /** Ends it by force. As gunyah_vm_stop(). */
    result<void> force_stop()
    {
        return gunyah_vm_stop(get(), true, GUNYAH_VM_STOP_REASON_FORCE_STOP);
    }

    /** As gunyah_vm_reset(). */
    result<void> reset()
    {
        return gunyah_vm_reset(get());
    }

    /**
     * Ends it, and gets everything back. The handle is empty then; otherwise what is left stays, and it may be called again. As
     * gunyah_vm_destroy().
     */
    result<void> destroy(timeout limit, ::gunyah_vm_remains *remains = nullptr)
    {
        return gunyah_vm_destroy(address(), limit.nanoseconds(), remains);
    }

    /** As gunyah_vm_get_status(). */
    result<::gunyah_vm_status> status()
    {
        return detail::stored<::gunyah_vm_status>(
            [&](::gunyah_vm_status *now) { return gunyah_vm_get_status(get(), now); });
    }

    /** What it is in then. `states` has GUNYAH_VM_STATE_BIT() of each. As gunyah_vm_wait(). */
    result<::gunyah_vm_status> wait(std::uint32_t states, timeout limit)
    {
        return detail::stored<::gunyah_vm_status>(
            [&](::gunyah_vm_status *now) { return gunyah_vm_wait(get(), states, limit.nanoseconds(), now); });
    }

    /** As gunyah_vm_exit_info(). */
    result<::gunyah_vm_exit> exit_info(timeout limit)
    {
        return detail::stored<::gunyah_vm_exit>(
            [&](::gunyah_vm_exit *exit) { return gunyah_vm_exit_info(get(), limit.nanoseconds(), exit); });
    }

    // ---- settings ------------------------------------------------------------------------------------------------

    /** As gunyah_vm_set_firmware_memory(). */
    result<void> set_firmware_memory(std::uint32_t memparcel, ::gunyah_memory_region range)
    {
        return gunyah_vm_set_firmware_memory(get(), memparcel, range);
    }

    /** As gunyah_vm_set_demand_paging(). */
    result<void> set_demand_paging(span<const ::gunyah_memory_region> ranges)
    {
        return gunyah_vm_set_demand_paging(get(), ranges.data(), ranges.size());
    }

    /** As gunyah_vm_set_address_layout(). */
    result<void> set_address_layout(::gunyah_vm_range which, ::gunyah_memory_region range)
    {
        return gunyah_vm_set_address_layout(get(), which, range);
    }

    /** As gunyah_vm_set_boot_register(). */
    result<void> set_boot_register(::gunyah_vm_register_set set, std::uint32_t index, std::uint64_t value)
    {
        return gunyah_vm_set_boot_register(get(), set, index, value);
    }

    /** As gunyah_vm_set_time_base(). */
    result<void> set_time_base(std::uint64_t time_base, std::uint64_t counter)
    {
        return gunyah_vm_set_time_base(get(), time_base, counter);
    }

    /** As gunyah_vm_set_debug(). */
    result<void> set_debug(bool allowed)
    {
        return gunyah_vm_set_debug(get(), allowed);
    }

    // ---- what is shared with it ----------------------------------------------------------------------------------

    /** How many there are, also with GUNYAH_ERR_BUFFER_TOO_SMALL. As gunyah_vm_resources(). */
    result<std::size_t> resources(span<::gunyah_vm_resource> room)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *count) { return gunyah_vm_resources(get(), room.data(), room.size(), count); });
    }

    /** As gunyah_vm_open_doorbell(). */
    result<doorbell> open_doorbell(std::uint32_t label, bool sends)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_vm_open_doorbell(get(), label, sends, raw); });
    }

    /** As gunyah_vm_open_msgqueue(). */
    result<msgqueue> open_msgqueue(std::uint32_t label, bool sends, std::uint32_t message_size = 0)
    {
        return detail::opened<msgqueue>(
            [&](::gunyah_msgqueue **raw) { return gunyah_vm_open_msgqueue(get(), label, sends, message_size, raw); });
    }

    // ---- what it is made of, where a driver makes it -------------------------------------------------------------

    /** The number that vm_image knows the piece by. As gunyah_vm_add_memory(). */
    result<std::uint32_t> add_memory(::gunyah_vm_memory &memory)
    {
        return detail::stored<std::uint32_t>(
            [&](std::uint32_t *number) { return gunyah_vm_add_memory(get(), &memory, number); });
    }

    /** Makes it of signed firmware, in place of memory and configure(). As gunyah_vm_load_firmware(). */
    result<void> load_firmware(const char *name)
    {
        return gunyah_vm_load_firmware(get(), name);
    }

    /** As gunyah_vm_reclaim_memory(). */
    result<void> reclaim_memory(::gunyah_memory_region range)
    {
        return gunyah_vm_reclaim_memory(get(), range);
    }

    /** As gunyah_vm_add_irq(). */
    result<doorbell> add_irq(std::uint32_t label, bool level)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_vm_add_irq(get(), label, level, raw); });
    }

    /** As gunyah_vm_add_notify(). */
    result<doorbell> add_notify(const ::gunyah_vm_notify &notify)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_vm_add_notify(get(), &notify, raw); });
    }
};

/** How a VM ended, in words. As gunyah_vm_exit_text(). */
inline const char *text(const ::gunyah_vm_exit &exit)
{
    return gunyah_vm_exit_text(&exit);
}

/** Options of vcpu::open(). */
struct vcpu_options : ::gunyah_vcpu_options {
    explicit vcpu_options(std::uint32_t which = 0) noexcept : ::gunyah_vcpu_options(GUNYAH_VCPU_OPTIONS_INIT)
    {
        index = which;
    }
};

/** A vCPU that a thread runs. vcpu.h says which thread may call what. */
class vcpu : public handle<::gunyah_vcpu, gunyah_vcpu_close>
{
  public:
    using handle::handle;

    /** As gunyah_vcpu_open(). */
    static result<vcpu> open(vm &of, const ::gunyah_vcpu_options &options)
    {
        return detail::opened<vcpu>([&](::gunyah_vcpu **raw) { return gunyah_vcpu_open(of.get(), &options, raw); });
    }

    /** What it came back with; what that points to is good until the next run. As gunyah_vcpu_run(). */
    result<void> run(::gunyah_vcpu_exit &exit)
    {
        return gunyah_vcpu_run(get(), &exit);
    }

    /** As gunyah_vcpu_resume(). */
    result<void> resume(::gunyah_vcpu_action action)
    {
        return gunyah_vcpu_resume(get(), action);
    }

    /** As gunyah_vcpu_cancel(): any thread, and inside a signal handler. */
    void cancel()
    {
        gunyah_vcpu_cancel(get());
    }

    /** As gunyah_vcpu_last_error(). */
    const ::gunyah_error_info *last_error() const
    {
        return gunyah_vcpu_last_error(get());
    }
};

/** What a VM writes by MMIO. As gunyah_vcpu_exit_value(). */
inline std::uint64_t value(const ::gunyah_vcpu_exit &exit)
{
    return gunyah_vcpu_exit_value(&exit);
}

/** What a VM reads by MMIO. As gunyah_vcpu_exit_answer(). */
inline void answer(const ::gunyah_vcpu_exit &exit, std::uint64_t with)
{
    gunyah_vcpu_exit_answer(&exit, with);
}

} // namespace gh

#endif
