// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtio devices as objects of the hypervisor, for C++ (virtio_mmio.h, virtio_input.h).
 */
#ifndef GUNYAH_VIRTIO_MMIO_HPP
#define GUNYAH_VIRTIO_MMIO_HPP

#include "memextent.hpp"

#include <gunyah/virtio_input.h>

namespace gh
{

/** A queue, as the driver has set it up. */
struct virtio_mmio_queue : ::gunyah_virtio_mmio_queue {
    virtio_mmio_queue() noexcept : ::gunyah_virtio_mmio_queue(GUNYAH_VIRTIO_MMIO_QUEUE_INIT)
    {
    }
};

/** Options of virtio_mmio::configure_input(), with the defaults. */
struct virtio_input_options : ::gunyah_virtio_input_options {
    virtio_input_options() noexcept : ::gunyah_virtio_input_options(GUNYAH_VIRTIO_INPUT_OPTIONS_INIT)
    {
    }
};

/** What the driver has done. */
using virtio_mmio_notification = ::gunyah_virtio_mmio_notification;

/** A device that this VM plays, for a driver in another one. */
class virtio_mmio : public handle<::gunyah_virtio_mmio, gunyah_virtio_mmio_close>
{
  public:
    using handle::handle;

    /** As gunyah_virtio_mmio_open(). */
    static result<virtio_mmio> open(session &in, capid cap)
    {
        return detail::opened<virtio_mmio>(
            [&](::gunyah_virtio_mmio **raw) { return gunyah_virtio_mmio_open(in.get(), cap, raw); });
    }

    /** As gunyah_virtio_mmio_create(). */
    static result<virtio_mmio> create(partition &from, cspace &into)
    {
        return detail::opened<virtio_mmio>(
            [&](::gunyah_virtio_mmio **raw) { return gunyah_virtio_mmio_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_virtio_mmio_capid(get());
    }

    // ---- before activation ---------------------------------------------------------------------------------------

    /** As gunyah_virtio_mmio_configure(). */
    result<void> configure(const memextent &extent, std::uint32_t queues,
                           ::gunyah_virtio_device_type type = GUNYAH_VIRTIO_DEVICE_TYPE_INVALID)
    {
        return gunyah_virtio_mmio_configure(get(), extent.get(), queues, type);
    }

    /** As gunyah_virtio_mmio_activate(). */
    result<void> activate()
    {
        return gunyah_virtio_mmio_activate(get());
    }

    /** As gunyah_virtio_mmio_set_device_features(). */
    result<void> set_device_features(std::uint64_t features)
    {
        return gunyah_virtio_mmio_set_device_features(get(), features);
    }

    /** As gunyah_virtio_mmio_set_queue_num_max(). */
    result<void> set_queue_num_max(std::uint32_t index, std::uint32_t max)
    {
        return gunyah_virtio_mmio_set_queue_num_max(get(), index, max);
    }

    // ---- interrupts ----------------------------------------------------------------------------------------------

    /** As gunyah_virtio_mmio_bind_backend_virq(): it interrupts the driver. */
    result<void> bind_backend(vic &controller, virq number)
    {
        return gunyah_virtio_mmio_bind_backend_virq(get(), controller.get(), number);
    }

    /** As gunyah_virtio_mmio_unbind_backend_virq(). */
    result<void> unbind_backend()
    {
        return gunyah_virtio_mmio_unbind_backend_virq(get());
    }

    /** As gunyah_virtio_mmio_bind_frontend_virq(): the driver interrupts with it. */
    result<void> bind_frontend(vic &controller, virq number)
    {
        return gunyah_virtio_mmio_bind_frontend_virq(get(), controller.get(), number);
    }

    /** As gunyah_virtio_mmio_unbind_frontend_virq(). */
    result<void> unbind_frontend()
    {
        return gunyah_virtio_mmio_unbind_frontend_virq(get());
    }

    /** As gunyah_virtio_mmio_assert_virq(). */
    result<void> assert_virq(std::uint32_t status)
    {
        return gunyah_virtio_mmio_assert_virq(get(), status);
    }

    // ---- what the driver says ------------------------------------------------------------------------------------

    /** As gunyah_virtio_mmio_get_driver_features(). */
    result<std::uint64_t> driver_features()
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *taken) { return gunyah_virtio_mmio_get_driver_features(get(), taken); });
    }

    /** As gunyah_virtio_mmio_get_queue_info(). */
    result<virtio_mmio_queue> queue(std::uint32_t index)
    {
        return detail::stored<virtio_mmio_queue>(
            [&](virtio_mmio_queue *info) { return gunyah_virtio_mmio_get_queue_info(get(), index, info); });
    }

    /** As gunyah_virtio_mmio_get_notification(). */
    result<virtio_mmio_notification> notification()
    {
        return detail::stored<virtio_mmio_notification>(
            [&](virtio_mmio_notification *told) { return gunyah_virtio_mmio_get_notification(get(), told); });
    }

    /** As gunyah_virtio_mmio_acknowledge_reset(). */
    result<void> acknowledge_reset()
    {
        return gunyah_virtio_mmio_acknowledge_reset(get());
    }

    /** As gunyah_virtio_mmio_update_status(). */
    result<void> update_status(std::uint32_t bits)
    {
        return gunyah_virtio_mmio_update_status(get(), bits);
    }

    // ---- input devices -------------------------------------------------------------------------------------------

    /** As gunyah_virtio_input_configure(). */
    result<void> configure_input(const ::gunyah_virtio_input_options &options)
    {
        return gunyah_virtio_input_configure(get(), &options);
    }

    /** As gunyah_virtio_input_set_data(). */
    result<void> set_input_data(::gunyah_virtio_input_select select, std::uint32_t subselect, std::uint64_t data,
                                std::uint32_t size)
    {
        return gunyah_virtio_input_set_data(get(), select, subselect, data, size);
    }
};

} // namespace gh

#endif
