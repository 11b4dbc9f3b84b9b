// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtio devices that a VMM plays for VMs of signed firmware, for C++ (linux_virtio.h). Its VMs are made by vm::load_firmware().
 */
#ifndef GUNYAH_LINUX_VIRTIO_HPP
#define GUNYAH_LINUX_VIRTIO_HPP

#include "linux.hpp"

#include <gunyah/linux_virtio.h>

namespace gh
{

/** Options of virtio_device::open(). */
struct virtio_options : ::gunyah_linux_virtio_options {
    virtio_options(const char *of, std::uint32_t which) noexcept
        : ::gunyah_linux_virtio_options(GUNYAH_LINUX_VIRTIO_OPTIONS_INIT)
    {
        firmware = of;
        label = which;
    }
};

/** A queue as the VM's driver has set it up. */
struct virtio_queue : ::gunyah_linux_virtio_queue {
    virtio_queue() noexcept : ::gunyah_linux_virtio_queue(GUNYAH_LINUX_VIRTIO_QUEUE_INIT)
    {
    }
};

/** What the VM reads of an input device. */
struct virtio_input : ::gunyah_linux_virtio_input {
    virtio_input() noexcept : ::gunyah_linux_virtio_input(GUNYAH_LINUX_VIRTIO_INPUT_INIT)
    {
    }
};

/** What the VM, or its driver for the device, has done. */
struct virtio_news {
    std::uint32_t events = 0; /**< Bits of gunyah_linux_virtio_event; 0: nothing, the wait was interrupted. */
    std::uint32_t data = 0;   /**< What they say. */
};

/** A device that is open, which must be gone, or closed, before its node. linux_virtio.h says which thread may call what. */
class virtio_device : public handle<::gunyah_linux_virtio, gunyah_linux_virtio_close>
{
  public:
    using handle::handle;

    /** As gunyah_linux_virtio_open(). */
    static result<virtio_device> open(node &on, const ::gunyah_linux_virtio_options &options)
    {
        return detail::opened<virtio_device>(
            [&](::gunyah_linux_virtio **raw) { return gunyah_linux_virtio_open(on.get(), &options, raw); });
    }

    /** As gunyah_linux_virtio_last_error(). */
    const ::gunyah_error_info *last_error() const
    {
        return gunyah_linux_virtio_last_error(get());
    }

    // ---- what the device is --------------------------------------------------------------------------------------

    /** As gunyah_linux_virtio_set_features(). */
    result<void> set_features(std::uint64_t features)
    {
        return gunyah_linux_virtio_set_features(get(), features);
    }

    /** As gunyah_linux_virtio_get_features(). */
    result<std::uint64_t> features()
    {
        return detail::stored<std::uint64_t>(
            [&](std::uint64_t *taken) { return gunyah_linux_virtio_get_features(get(), taken); });
    }

    /** As gunyah_linux_virtio_set_queue_max(). */
    result<void> set_queue_max(std::uint32_t index, std::uint32_t max)
    {
        return gunyah_linux_virtio_set_queue_max(get(), index, max);
    }

    /** As gunyah_linux_virtio_get_queue(). */
    result<virtio_queue> queue(std::uint32_t index)
    {
        return detail::stored<virtio_queue>(
            [&](virtio_queue *info) { return gunyah_linux_virtio_get_queue(get(), index, info); });
    }

    /** As gunyah_linux_virtio_set_config(). */
    result<void> set_config(const_bytes data)
    {
        return gunyah_linux_virtio_set_config(get(), data.data(), data.size());
    }

    /** As gunyah_linux_virtio_get_config(). */
    result<void> get_config(bytes data)
    {
        return gunyah_linux_virtio_get_config(get(), data.data(), data.size());
    }

    /** As gunyah_linux_virtio_set_input(). */
    result<void> set_input(const virtio_input &input)
    {
        return gunyah_linux_virtio_set_input(get(), &input);
    }

    /** As gunyah_linux_virtio_set_input_data(). */
    result<void> set_input_data(gunyah_virtio_input_select select, std::uint32_t subselect, const_bytes data)
    {
        return gunyah_linux_virtio_set_input_data(get(), select, subselect, data.data(), data.size());
    }

    /** The memory, until the device is closed. As gunyah_linux_virtio_map(). */
    result<bytes> map()
    {
        void *memory = nullptr;
        std::size_t size = 0;
        const errc error = gunyah_linux_virtio_map(get(), &memory, &size);

        return {error, bytes(memory, size)};
    }

    // ---- while it runs -------------------------------------------------------------------------------------------

    /** The eventfd, which stays the device's; -1 on failure. As gunyah_linux_virtio_get_kick(). */
    result<int> kick(std::uint32_t index)
    {
        int fd = -1;
        const errc error = gunyah_linux_virtio_get_kick(get(), index, &fd);

        return {error, static_cast<int &&>(fd)};
    }

    /** The eventfd, which stays the device's; -1 on failure. As gunyah_linux_virtio_get_irq(). */
    result<int> irq()
    {
        int fd = -1;
        const errc error = gunyah_linux_virtio_get_irq(get(), &fd);

        return {error, static_cast<int &&>(fd)};
    }

    /** As gunyah_linux_virtio_wait(). */
    result<virtio_news> wait()
    {
        return detail::stored<virtio_news>(
            [&](virtio_news *news) { return gunyah_linux_virtio_wait(get(), &news->events, &news->data); });
    }

    /** As gunyah_linux_virtio_cancel(): any thread, and inside a signal handler. */
    void cancel()
    {
        gunyah_linux_virtio_cancel(get());
    }

    /** As gunyah_linux_virtio_begin(). */
    result<void> begin()
    {
        return gunyah_linux_virtio_begin(get());
    }

    /** As gunyah_linux_virtio_end_reset(). */
    result<void> end_reset()
    {
        return gunyah_linux_virtio_end_reset(get());
    }
};

} // namespace gh

#endif
