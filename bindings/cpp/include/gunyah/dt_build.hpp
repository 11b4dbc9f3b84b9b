// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The device tree that a VM is made from, for C++: building one (dt_build.h), and what is wrong with one (dt_lint.h).
 */
#ifndef GUNYAH_DT_BUILD_HPP
#define GUNYAH_DT_BUILD_HPP

#include "result.hpp"
#include "types.hpp"

#include <gunyah/dt_build.h>
#include <gunyah/dt_lint.h>

namespace gh
{

/** What the Resource Manager is told of the VM as such. */
struct dt_config_options : ::gunyah_dt_config_options {
    dt_config_options() noexcept : ::gunyah_dt_config_options(GUNYAH_DT_CONFIG_OPTIONS_INIT)
    {
    }
};

/** The rest of a tree. */
struct dt_machine_options : ::gunyah_dt_machine_options {
    dt_machine_options() noexcept : ::gunyah_dt_machine_options(GUNYAH_DT_MACHINE_OPTIONS_INIT)
    {
    }
};

/** A channel to the Resource Manager. */
struct dt_rm_rpc : ::gunyah_dt_rm_rpc {
    dt_rm_rpc() noexcept : ::gunyah_dt_rm_rpc(GUNYAH_DT_RM_RPC_INIT)
    {
    }
};

/** A doorbell. */
struct dt_bell : ::gunyah_dt_bell {
    dt_bell() noexcept : ::gunyah_dt_bell(GUNYAH_DT_BELL_INIT)
    {
    }
};

/** A message queue. */
struct dt_msgqueue : ::gunyah_dt_msgqueue {
    dt_msgqueue() noexcept : ::gunyah_dt_msgqueue(GUNYAH_DT_MSGQUEUE_INIT)
    {
    }
};

/** Two message queues, one in each direction. */
struct dt_msgqueue_pair : ::gunyah_dt_msgqueue_pair {
    dt_msgqueue_pair() noexcept : ::gunyah_dt_msgqueue_pair(GUNYAH_DT_MSGQUEUE_PAIR_INIT)
    {
    }
};

/** Memory that is shared with the owner. */
struct dt_shm : ::gunyah_dt_shm {
    dt_shm() noexcept : ::gunyah_dt_shm(GUNYAH_DT_SHM_INIT)
    {
    }
};

/** A virtio device whose registers the hypervisor keeps. */
struct dt_virtio : ::gunyah_dt_virtio {
    dt_virtio() noexcept : ::gunyah_dt_virtio(GUNYAH_DT_VIRTIO_INIT)
    {
    }
};

/** Registers of a physical device. */
struct dt_iomem : ::gunyah_dt_iomem {
    dt_iomem() noexcept : ::gunyah_dt_iomem(GUNYAH_DT_IOMEM_INIT)
    {
    }
};

/** A PL031. */
struct dt_rtc : ::gunyah_dt_rtc {
    dt_rtc() noexcept : ::gunyah_dt_rtc(GUNYAH_DT_RTC_INIT)
    {
    }
};

/** A device that the VMM emulates. */
struct dt_device_node : ::gunyah_dt_device_node {
    dt_device_node() noexcept : ::gunyah_dt_device_node(GUNYAH_DT_DEVICE_NODE_INIT)
    {
    }
};

/** Memory that the VM's kernel leaves alone. */
struct dt_reserved : ::gunyah_dt_reserved {
    dt_reserved() noexcept : ::gunyah_dt_reserved(GUNYAH_DT_RESERVED_INIT)
    {
    }
};

/**
 * A device tree that is being written into a buffer of the caller's. begin() or edit() first, then add() of each device, then
 * finish(). Needs no closing.
 */
class dt_builder
{
  public:
    /** As gunyah_dt_build_begin(). */
    result<void> begin(bytes buffer, const ::gunyah_dt_machine_options &machine,
                       const ::gunyah_dt_config_options &config)
    {
        return gunyah_dt_build_begin(&build_, buffer.data(), buffer.size(), &machine, &config);
    }

    /** Adds a configuration to a tree. As gunyah_dt_build_edit(). */
    result<void> edit(bytes buffer, const_bytes tree, const ::gunyah_dt_config_options &config)
    {
        return gunyah_dt_build_edit(&build_, buffer.data(), buffer.size(), tree.data(), tree.size(), &config);
    }

    /** Adds to the configuration that a tree has. As gunyah_dt_build_edit(). */
    result<void> edit(bytes buffer, const_bytes tree)
    {
        return gunyah_dt_build_edit(&build_, buffer.data(), buffer.size(), tree.data(), tree.size(), nullptr);
    }

    /** As gunyah_dt_build_grow(). */
    result<void> grow(bytes buffer)
    {
        return gunyah_dt_build_grow(&build_, buffer.data(), buffer.size());
    }

    /** As gunyah_dt_build_room(). */
    std::size_t room() const
    {
        return gunyah_dt_build_room(&build_);
    }

    /** The size of the tree, which lies at the beginning of the buffer. As gunyah_dt_build_finish(). */
    result<std::size_t> finish()
    {
        return detail::stored<std::size_t>([&](std::size_t *size) { return gunyah_dt_build_finish(&build_, size); });
    }

    /** As gunyah_dt_build_last_problem(). */
    const ::gunyah_dt_problem &last_problem() const
    {
        return *gunyah_dt_build_last_problem(&build_);
    }

    // ---- what is added -------------------------------------------------------------------------------------------

    /** As gunyah_dt_add_rm_rpc(). */
    result<void> add(const ::gunyah_dt_rm_rpc &channel)
    {
        return gunyah_dt_add_rm_rpc(&build_, &channel);
    }

    /** One that rings in this VM. As gunyah_dt_add_doorbell(). */
    result<void> add(const ::gunyah_dt_bell &bell)
    {
        return gunyah_dt_add_doorbell(&build_, &bell);
    }

    /** One that this VM rings. As gunyah_dt_add_doorbell_source(). */
    result<void> add_source(const ::gunyah_dt_bell &bell)
    {
        return gunyah_dt_add_doorbell_source(&build_, &bell);
    }

    /** As gunyah_dt_add_msgqueue(). */
    result<void> add(const ::gunyah_dt_msgqueue &queue)
    {
        return gunyah_dt_add_msgqueue(&build_, &queue);
    }

    /** As gunyah_dt_add_msgqueue_pair(). */
    result<void> add(const ::gunyah_dt_msgqueue_pair &pair)
    {
        return gunyah_dt_add_msgqueue_pair(&build_, &pair);
    }

    /** As gunyah_dt_add_shm(). */
    result<void> add(const ::gunyah_dt_shm &shm)
    {
        return gunyah_dt_add_shm(&build_, &shm);
    }

    /** With a doorbell in each direction. As gunyah_dt_add_shm_doorbell(). */
    result<void> add_with_doorbells(const ::gunyah_dt_shm &shm)
    {
        return gunyah_dt_add_shm_doorbell(&build_, &shm);
    }

    /** As gunyah_dt_add_virtio_mmio(). */
    result<void> add(const ::gunyah_dt_virtio &device)
    {
        return gunyah_dt_add_virtio_mmio(&build_, &device);
    }

    /** As gunyah_dt_add_iomem(). */
    result<void> add(const ::gunyah_dt_iomem &iomem)
    {
        return gunyah_dt_add_iomem(&build_, &iomem);
    }

    /** As gunyah_dt_add_rtc(). */
    result<void> add(const ::gunyah_dt_rtc &rtc)
    {
        return gunyah_dt_add_rtc(&build_, &rtc);
    }

    /** As gunyah_dt_add_device(). */
    result<void> add(const ::gunyah_dt_device_node &device)
    {
        return gunyah_dt_add_device(&build_, &device);
    }

    /** As gunyah_dt_add_reserved(). */
    result<void> add(const ::gunyah_dt_reserved &reserved)
    {
        return gunyah_dt_add_reserved(&build_, &reserved);
    }

  private:
    ::gunyah_dt_build build_{};
};

/** As gunyah_dt_region_size(). */
inline std::size_t dt_region_size(std::size_t size)
{
    return gunyah_dt_region_size(size);
}

/** Options of dt_lint(). */
struct dt_lint_options : ::gunyah_dt_lint_options {
    dt_lint_options() noexcept : ::gunyah_dt_lint_options(GUNYAH_DT_LINT_OPTIONS_INIT)
    {
    }
};

/**
 * Checks a tree. `found` is called with each finding, and must not keep it; what it throws ends the program (std::terminate). How many
 * there were is in the linter, which is the memory of this. As gunyah_dt_lint().
 */
template <typename Found>
result<void> dt_lint(const_bytes tree, ::gunyah_dt_linter &linter, dt_lint_options options, Found found)
{
    options.report = [](void *context, const ::gunyah_dt_finding *finding) noexcept {
        (*static_cast<Found *>(context))(*finding);
    };
    options.context = &found;
    return gunyah_dt_lint(tree.data(), tree.size(), &options, &linter);
}

} // namespace gh

#endif
