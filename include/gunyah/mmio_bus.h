// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * A bus of emulated devices: which one is meant by the address that a guest reads or writes.
 *
 * A VMM gives each of its devices a region of addresses and a function. When a vCPU stops because of an access, the VMM hands
 * it to the bus, which finds the device, by halving its sorted list of regions, and calls the function.
 *
 * The bus is the caller's memory and nothing else: no allocation, no lock. Several threads may give it accesses at the same
 * time, as long as none adds or removes regions; what the functions do is their own business.
 */
#ifndef GUNYAH_MMIO_BUS_H
#define GUNYAH_MMIO_BUS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An access of a guest, as its device sees it. */
struct gunyah_mmio_access {
    uint64_t offset; /**< From the beginning of the region, in bytes. */
    uint64_t value;  /**< Written, or, for the function to fill in, read; of as many bytes as the length says. */
    uint32_t length; /**< Bytes: 1, 2, 4 or 8. */
    bool is_write;
};

/**
 * A device's function. GUNYAH_OK: done. Any other error is what gunyah_mmio_bus_access() returns, as a sign between the function
 * and who called that.
 */
typedef enum gunyah_error (*gunyah_mmio_function)(void *context, struct gunyah_mmio_access *access);

/** A device on the bus. */
struct gunyah_mmio_region {
    uint64_t address; /**< Of its first byte, as the guest sees it. */
    uint64_t size;    /**< Bytes. */
    gunyah_mmio_function function;
    void *context; /**< For the function. */
};

/** A bus. The fields are the library's. */
struct gunyah_mmio_bus {
    struct gunyah_mmio_region *regions; /**< In the order of their addresses. */
    size_t capacity;
    size_t count;
};

/**
 * Make an empty bus.
 *
 * @param bus       Filled in.
 * @param regions   Room for the regions; lent until the bus is not used any more.
 * @param capacity  How many there is room for.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (bus; regions, unless there is room for none).
 *
 * Does not block.
 */
enum gunyah_error gunyah_mmio_bus_init(struct gunyah_mmio_bus *bus, struct gunyah_mmio_region *regions,
                                       size_t capacity);

/**
 * Put a device on the bus.
 *
 * @param region  Copied.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (also: the function);
 *         GUNYAH_ERR_ARGUMENT_SIZE (a region of no bytes);
 *         GUNYAH_ERR_ADDR_OVERFLOW (it wraps around);
 *         GUNYAH_ERR_BUSY (another device has some of these addresses);
 *         GUNYAH_ERR_FULL (no room).
 *
 * Nothing changes on failure. Does not block; takes time with the number of regions.
 */
enum gunyah_error gunyah_mmio_bus_add(struct gunyah_mmio_bus *bus, const struct gunyah_mmio_region *region);

/**
 * Take a device off the bus.
 *
 * @param address  Of its first byte.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_NOT_FOUND (no region begins there).
 *
 * Does not block.
 */
enum gunyah_error gunyah_mmio_bus_remove(struct gunyah_mmio_bus *bus, uint64_t address);

/**
 * Have an access done by its device.
 *
 * @param address   Of its first byte, as the guest sees it.
 * @param data      Its bytes, in the order of the guest's memory (little-endian): read from for a write, filled in by a read;
 *                  untouched on failure.
 * @param length    Bytes: 1, 2, 4 or 8.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_ARGUMENT_SIZE (length);
 *         GUNYAH_ERR_NOT_FOUND (no device has all of these addresses);
 *         what the function returned.
 *
 * Blocks as the function does. The time grows with the logarithm of the number of regions.
 */
enum gunyah_error gunyah_mmio_bus_access(const struct gunyah_mmio_bus *bus, uint64_t address, uint8_t *data,
                                         uint32_t length, bool is_write);

#ifdef __cplusplus
}
#endif

#endif
