// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The Resource Manager's client for C++ (rm.h, identity.h, guest.h): requests, notifications, who is who, and what a guest says of
 * itself.
 */
#ifndef GUNYAH_RM_HPP
#define GUNYAH_RM_HPP

#include "session.hpp"

#include <gunyah/guest.h>
#include <gunyah/identity.h>
#include <gunyah/rm.h>
#include <gunyah/vm.h>

namespace gh
{

/** Options of resource_manager::open(). */
struct rm_options : ::gunyah_rm_options {
    rm_options() noexcept : ::gunyah_rm_options(GUNYAH_RM_OPTIONS_INIT)
    {
    }
};

/** A time-out: the one of the options. */
inline constexpr timeout rm_default_timeout = timeout::raw(GUNYAH_RM_DEFAULT_TIMEOUT);

/** A connection to the Resource Manager. */
class resource_manager : public handle<::gunyah_rm, gunyah_rm_close>
{
  public:
    using handle::handle;

    /** As gunyah_rm_open(). */
    static result<resource_manager> open(session &in, const ::gunyah_rm_options &options)
    {
        return detail::opened<resource_manager>(
            [&](::gunyah_rm **raw) { return gunyah_rm_open(in.get(), &options, raw); });
    }

    /** The provider of VMs that this is; null for an empty handle. As gunyah_rm_vmm(). */
    const ::gunyah_vmm *vmm()
    {
        return gunyah_rm_vmm(get());
    }

    /** As gunyah_rm_get_counters(); null for an empty handle. */
    const ::gunyah_rm_counters *counters() const
    {
        return gunyah_rm_get_counters(get());
    }

    // ---- requests ------------------------------------------------------------------------------------------------

    /** The length of the reply, also of one that the buffer is too small for. As gunyah_rm_call(). */
    result<std::size_t> call(std::uint32_t message, const_bytes request = {}, bytes reply = {},
                             timeout limit = rm_default_timeout)
    {
        return detail::stored<std::size_t>([&](std::size_t *size) {
            return gunyah_rm_call(get(), message, request.data(), request.size(), reply.data(), reply.size(), size,
                                  limit.nanoseconds());
        });
    }

    /** Both are lent until the request is over. As gunyah_rm_begin(). */
    result<void> begin(std::uint32_t message, const_bytes request, bytes reply)
    {
        return gunyah_rm_begin(get(), message, request.data(), request.size(), reply.data(), reply.size());
    }

    /** The length of the reply, as of call(). As gunyah_rm_finish(). */
    result<std::size_t> finish(timeout limit = rm_default_timeout)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *size) { return gunyah_rm_finish(get(), size, limit.nanoseconds()); });
    }

    /** As gunyah_rm_cancel(). */
    result<void> cancel()
    {
        return gunyah_rm_cancel(get());
    }

    /** What its pointers lead to lives until the next one is asked for. As gunyah_rm_next_event(). */
    result<::gunyah_rm_event> next_event(timeout limit = rm_default_timeout)
    {
        return detail::stored<::gunyah_rm_event>(
            [&](::gunyah_rm_event *event) { return gunyah_rm_next_event(get(), event, limit.nanoseconds()); });
    }

    // ---- who is who ----------------------------------------------------------------------------------------------

    /** As gunyah_vm_self(). */
    result<vmid> self()
    {
        return detail::stored<vmid>([&](vmid *vm) { return gunyah_vm_self(get(), vm); });
    }

    /** As gunyah_vm_owner(). */
    result<vmid> owner()
    {
        return detail::stored<vmid>([&](vmid *vm) { return gunyah_vm_owner(get(), vm); });
    }

    /** How many there are, also with GUNYAH_ERR_BUFFER_TOO_SMALL. As gunyah_vm_peers(). */
    result<std::size_t> peers(span<::gunyah_rm_vm_entry> vms)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *count) { return gunyah_vm_peers(get(), vms.data(), vms.size(), count); });
    }

    /** As gunyah_vm_identify(). */
    result<::gunyah_vm_identity> identify(vmid vm = vmid())
    {
        return detail::stored<::gunyah_vm_identity>(
            [&](::gunyah_vm_identity *who) { return gunyah_vm_identify(get(), vm, who); });
    }

    /** How many there are, as of peers(). As gunyah_vm_lookup_name(). */
    result<std::size_t> lookup_name(const char *name, span<::gunyah_rm_vm_entry> vms)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *count) { return gunyah_vm_lookup_name(get(), name, vms.data(), vms.size(), count); });
    }

    /** How many there are, as of peers(). As gunyah_vm_lookup_uri(). */
    result<std::size_t> lookup_uri(const char *uri, span<::gunyah_rm_vm_entry> vms)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *count) { return gunyah_vm_lookup_uri(get(), uri, vms.data(), vms.size(), count); });
    }

    /** How many there are, as of peers(). As gunyah_vm_lookup_guid(). */
    result<std::size_t> lookup_guid(const std::uint8_t (&guid)[GUNYAH_RM_GUID_SIZE], span<::gunyah_rm_vm_entry> vms)
    {
        return detail::stored<std::size_t>(
            [&](std::size_t *count) { return gunyah_vm_lookup_guid(get(), guid, vms.data(), vms.size(), count); });
    }

    /** As gunyah_vm_host_type(). */
    result<std::uint32_t> host_type()
    {
        return detail::stored<std::uint32_t>([&](std::uint32_t *type) { return gunyah_vm_host_type(get(), type); });
    }

    /** As gunyah_vm_crash_message(). */
    result<void> crash_message(vmid vm, char (&message)[GUNYAH_VM_CRASH_MESSAGE_SIZE])
    {
        return gunyah_vm_crash_message(get(), vm, message);
    }

    // ---- what a guest says of itself -----------------------------------------------------------------------------

    /** As gunyah_guest_set_status(). */
    result<void> set_status(::gunyah_os_status os, std::uint16_t application)
    {
        return gunyah_guest_set_status(get(), os, application);
    }

    /** As gunyah_guest_set_crash_message(). */
    result<void> set_crash_message(const char *message)
    {
        return gunyah_guest_set_crash_message(get(), message);
    }

    /** As gunyah_guest_exit(). */
    result<void> exit(::gunyah_vm_exit_code code, bool restart = false)
    {
        return gunyah_guest_exit(get(), code, restart);
    }

    /** As gunyah_console_open(). */
    result<void> open_console(vmid vm = vmid())
    {
        return gunyah_console_open(get(), vm);
    }

    /** As gunyah_console_close(). */
    result<void> close_console(vmid vm = vmid())
    {
        return gunyah_console_close(get(), vm);
    }

    /** As gunyah_console_write(). */
    result<void> write_console(const_bytes text, vmid vm = vmid())
    {
        return gunyah_console_write(get(), vm, text.data(), text.size());
    }

    /** As gunyah_console_flush(). */
    result<void> flush_console(vmid vm = vmid())
    {
        return gunyah_console_flush(get(), vm);
    }
};

} // namespace gh

#endif
