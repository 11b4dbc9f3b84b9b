// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * For a VMM's own work, in C++: a bus of emulated devices (mmio_bus.h), and where a kernel goes (boot.h).
 */
#ifndef GUNYAH_MMIO_BUS_HPP
#define GUNYAH_MMIO_BUS_HPP

#include "result.hpp"
#include "types.hpp"

#include <gunyah/boot.h>
#include <gunyah/mmio_bus.h>

namespace gh
{

/** A bus, in memory of the caller's. A device is anything that can be called with an access, and answers GUNYAH_OK or an error. */
class mmio_bus
{
  public:
    /** Room for as many devices; lent as long as the bus is used. As gunyah_mmio_bus_init(). */
    explicit mmio_bus(span<::gunyah_mmio_region> room) noexcept : bus_{room.data(), room.size(), 0}
    {
    }

    /**
     * Puts a device on the bus. It is lent until it is removed. What it throws ends the program (std::terminate). As
     * gunyah_mmio_bus_add().
     */
    template <typename Device> result<void> add(std::uint64_t address, std::uint64_t size, Device &device)
    {
        const ::gunyah_mmio_region region = {address, size, call<Device>, &device};

        return gunyah_mmio_bus_add(&bus_, &region);
    }

    template <typename Device> result<void> add(std::uint64_t, std::uint64_t, const Device &&) = delete;

    /** As gunyah_mmio_bus_remove(). */
    result<void> remove(std::uint64_t address)
    {
        return gunyah_mmio_bus_remove(&bus_, address);
    }

    /** What a guest writes. As gunyah_mmio_bus_access(). */
    result<void> write(std::uint64_t address, const std::uint8_t *data, std::uint32_t length) const
    {
        // A write only reads from there.
        return gunyah_mmio_bus_access(&bus_, address, const_cast<std::uint8_t *>(data), length, true);
    }

    /** What a guest reads. As gunyah_mmio_bus_access(). */
    result<void> read(std::uint64_t address, std::uint8_t *data, std::uint32_t length) const
    {
        return gunyah_mmio_bus_access(&bus_, address, data, length, false);
    }

    /** The bus of C. */
    ::gunyah_mmio_bus *get() noexcept
    {
        return &bus_;
    }

  private:
    template <typename Device> static errc call(void *context, ::gunyah_mmio_access *access) noexcept
    {
        return (*static_cast<Device *>(context))(*access);
    }

    ::gunyah_mmio_bus bus_;
};

/** A kernel, before it is put anywhere. */
struct boot_kernel : ::gunyah_boot_kernel {
    boot_kernel() noexcept : ::gunyah_boot_kernel(GUNYAH_BOOT_KERNEL_INIT)
    {
    }

    /** What the bytes of a file are. As gunyah_boot_inspect(). */
    static result<boot_kernel> inspect(const_bytes file, const ::gunyah_allocator *allocator = nullptr)
    {
        return detail::stored<boot_kernel>(
            [&](boot_kernel *kernel) { return gunyah_boot_inspect(file.data(), file.size(), allocator, kernel); });
    }

    /** Puts it into the guest's memory. As gunyah_boot_load(). */
    result<void> load(const_bytes file, bytes memory, const ::gunyah_allocator *allocator = nullptr) const
    {
        return gunyah_boot_load(this, file.data(), file.size(), allocator, memory.data(), memory.size());
    }
};

/** What is to be placed, and where there is room. */
struct boot_request : ::gunyah_boot_request {
    boot_request() noexcept : ::gunyah_boot_request(GUNYAH_BOOT_REQUEST_INIT)
    {
    }
};

/** Where everything goes. */
struct boot_layout : ::gunyah_boot_layout {
    boot_layout() noexcept : ::gunyah_boot_layout(GUNYAH_BOOT_LAYOUT_INIT)
    {
    }

    /** With GUNYAH_ERR_BUFFER_TOO_SMALL, end of the result says how much it takes. As gunyah_boot_place(). */
    static result<boot_layout> place(const ::gunyah_boot_kernel &kernel, const ::gunyah_boot_request &request)
    {
        return detail::stored<boot_layout>(
            [&](boot_layout *layout) { return gunyah_boot_place(&kernel, &request, layout); });
    }
};

} // namespace gh

#endif
