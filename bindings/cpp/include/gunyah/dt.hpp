// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a VM finds in its device tree, for C++ (dt.h).
 */
#ifndef GUNYAH_DT_HPP
#define GUNYAH_DT_HPP

#include "doorbell.hpp"
#include "memory.hpp"
#include "msgqueue.hpp"

#include <gunyah/dt.h>

namespace gh
{

/** Who this VM is. */
struct dt_vm_info : ::gunyah_dt_vm_info {
    dt_vm_info() noexcept : ::gunyah_dt_vm_info(GUNYAH_DT_VM_INFO_INIT)
    {
    }
};

/** A virtual device; before the first one, as it begins. */
struct dt_device : ::gunyah_dt_device {
    dt_device() noexcept : ::gunyah_dt_device(GUNYAH_DT_DEVICE_INIT)
    {
    }
};

/** An open device tree: nothing but the caller's bytes, which must stay as they are. */
class device_tree
{
  public:
    /** Not open. */
    device_tree() noexcept : dt_{}
    {
    }

    /** As gunyah_dt_open(). What it fails with is in last_problem() of the result, which holds the tree all the same. */
    static result<device_tree> open(const_bytes tree)
    {
        return detail::stored<device_tree>(
            [&](device_tree *made) { return gunyah_dt_open(tree.data(), tree.size(), &made->dt_); });
    }

    /** As gunyah_dt_last_problem(). */
    const ::gunyah_dt_problem &last_problem() const
    {
        return *gunyah_dt_last_problem(&dt_);
    }

    /** The tree of C. */
    ::gunyah_dt *get() noexcept
    {
        return &dt_;
    }

    /** As gunyah_dt_get_vm_info(). */
    result<dt_vm_info> vm_info()
    {
        return detail::stored<dt_vm_info>([&](dt_vm_info *info) { return gunyah_dt_get_vm_info(&dt_, info); });
    }

    /** As gunyah_dt_psci_conduit(). */
    result<::gunyah_conduit> psci_conduit()
    {
        return detail::stored<::gunyah_conduit>(
            [&](::gunyah_conduit *conduit) { return gunyah_dt_psci_conduit(&dt_, conduit); });
    }

    // ---- devices -------------------------------------------------------------------------------------------------

    /** The next device, from dt_device() on; GUNYAH_ERR_NOT_FOUND when there are no more. As gunyah_dt_next_device(). */
    result<void> next(::gunyah_dt_device &device, ::gunyah_dt_kind kind = GUNYAH_DT_ANY)
    {
        return gunyah_dt_next_device(&dt_, kind, &device);
    }

    /** As gunyah_dt_find_label(). */
    result<dt_device> find(::gunyah_dt_kind kind, std::uint32_t label)
    {
        return detail::stored<dt_device>(
            [&](dt_device *device) { return gunyah_dt_find_label(&dt_, kind, label, device); });
    }

    /** As gunyah_dt_find_path(). */
    result<dt_device> find(const char *path)
    {
        return detail::stored<dt_device>([&](dt_device *device) { return gunyah_dt_find_path(&dt_, path, device); });
    }

    /** As gunyah_dt_get_region(). */
    result<::gunyah_dt_region> region(const ::gunyah_dt_device &device, std::uint32_t index)
    {
        return detail::stored<::gunyah_dt_region>(
            [&](::gunyah_dt_region *region) { return gunyah_dt_get_region(&dt_, &device, index, region); });
    }

    /** As gunyah_dt_memparcel_offer(). */
    result<memparcel_offer> memparcel(std::uint32_t label)
    {
        return detail::stored<memparcel_offer>(
            [&](memparcel_offer *offer) { return gunyah_dt_memparcel_offer(&dt_, label, offer); });
    }

    // ---- handles -------------------------------------------------------------------------------------------------

    /** As gunyah_dt_rm_options(). */
    result<gh::rm_options> rm_options()
    {
        return detail::stored<gh::rm_options>(
            [&](gh::rm_options *options) { return gunyah_dt_rm_options(&dt_, options); });
    }

    /** As gunyah_rm_open_dt(). */
    result<resource_manager> open_rm(session &in)
    {
        return detail::opened<resource_manager>(
            [&](::gunyah_rm **raw) { return gunyah_rm_open_dt(in.get(), &dt_, raw); });
    }

    /** As gunyah_msgqueue_open_label(). */
    result<msgqueue> open_msgqueue(session &in, std::uint32_t label, bool sends)
    {
        return detail::opened<msgqueue>(
            [&](::gunyah_msgqueue **raw) { return gunyah_msgqueue_open_label(in.get(), &dt_, label, sends, raw); });
    }

    /** As gunyah_doorbell_open_label(). */
    result<doorbell> open_doorbell(session &in, std::uint32_t label, bool sends)
    {
        return detail::opened<doorbell>(
            [&](::gunyah_doorbell **raw) { return gunyah_doorbell_open_label(in.get(), &dt_, label, sends, raw); });
    }

  private:
    ::gunyah_dt dt_;
};

} // namespace gh

#endif
