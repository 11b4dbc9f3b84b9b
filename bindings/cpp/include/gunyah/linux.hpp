// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The driver of Linux and Android for C++ (linux.h). Its VMs and vCPUs are those of vm.hpp.
 */
#ifndef GUNYAH_LINUX_HPP
#define GUNYAH_LINUX_HPP

#include "session.hpp"

#include <gunyah/linux.h>

namespace gh
{

/** Options of node::open(). */
struct linux_options : ::gunyah_linux_options {
    explicit linux_options(const char *at = nullptr) noexcept : ::gunyah_linux_options(GUNYAH_LINUX_OPTIONS_INIT)
    {
        path = at;
    }
};

/** What is behind a node. */
struct linux_info : ::gunyah_linux_info {
    linux_info() noexcept : ::gunyah_linux_info(GUNYAH_LINUX_INFO_INIT)
    {
    }
};

/** A device node that is open. */
class node : public handle<::gunyah_linux, gunyah_linux_close>
{
  public:
    using handle::handle;

    /** As gunyah_linux_open(). */
    static result<node> open(const ::gunyah_linux_options &options = linux_options())
    {
        return detail::opened<node>([&](::gunyah_linux **raw) { return gunyah_linux_open(&options, raw); });
    }

    /** As gunyah_linux_get_info(). */
    result<linux_info> info() const
    {
        return detail::stored<linux_info>([&](linux_info *info) { return gunyah_linux_get_info(get(), info); });
    }

    /** For session::open(). As gunyah_linux_backend(). */
    const ::gunyah_backend *backend()
    {
        return gunyah_linux_backend(get());
    }

    /** For vm::create(). As gunyah_linux_vmm(). */
    const ::gunyah_vmm *vmm(session &on)
    {
        return gunyah_linux_vmm(get(), on.get());
    }

    /** As gunyah_linux_doorbell_fd(). */
    int doorbell_fd(capid cap) const
    {
        return gunyah_linux_doorbell_fd(get(), cap);
    }
};

} // namespace gh

#endif
