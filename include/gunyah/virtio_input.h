// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtio input devices, whose configuration space the hypervisor answers from what it was given here.
 *
 * They are devices of virtio_mmio.h, configured with GUNYAH_VIRTIO_DEVICE_TYPE_INPUT, and active. The driver selects a
 * piece and a part of it, and finds that in the configuration space, or a size of 0 if nothing was given.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_VIRTIO_INPUT_H
#define GUNYAH_VIRTIO_INPUT_H

#include "virtio_mmio.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Options of gunyah_virtio_input_configure(). */
struct gunyah_virtio_input_options {
    size_t size;  /**< sizeof(struct gunyah_virtio_input_options). */
    uint16_t bus; /**< The first of the four numbers that say which device it is. */
    uint16_t vendor;
    uint16_t product;
    uint16_t version;
    uint32_t properties;  /**< Bits of its properties. */
    uint32_t event_types; /**< How many event types it has, at most GUNYAH_VIRTIO_INPUT_MAX_EVENT_TYPES. */
    uint32_t axes;        /**< How many absolute axes it has, at most GUNYAH_VIRTIO_INPUT_MAX_AXES. */
};

#define GUNYAH_VIRTIO_INPUT_OPTIONS_INIT                                                                               \
    {                                                                                                                  \
        sizeof(struct gunyah_virtio_input_options), 0, 0, 0, 0, 0, 0, 0                                                \
    }

/**
 * Say what an input device is. Again only as long as it has neither event types nor axes.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (options too);
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (too many event types or axes; refused by the library, as the hypervisor stores the
 *           rest all the same);
 *         the capability errors (right CONFIG);
 *         GUNYAH_ERR_OBJECT_CONFIG (not an input device);
 *         GUNYAH_ERR_BUSY (it has event types or axes; numbers and properties are stored all the same);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * Hypercall virtio_input_configure.
 */
enum gunyah_error gunyah_virtio_input_configure(struct gunyah_virtio_mmio *device,
                                                const struct gunyah_virtio_input_options *options);

/**
 * Give a piece of the configuration space. The hypervisor copies.
 *
 * @param select     NAME and SERIAL (at most GUNYAH_VIRTIO_INPUT_MAX_DATA bytes), DEVIDS (at most 8), PROPBITS (at most
 *                   4); EVBITS (at most GUNYAH_VIRTIO_INPUT_MAX_DATA), ABSINFO (20).
 * @param subselect  EVBITS: the event type, 0 to 31. ABSINFO: the axis, 0 to 63. Otherwise 0.
 * @param data       Where it is, in ordinary memory of this VM: the address that the hypervisor knows it by (IPA), which is
 *                   that of the program where the MMU is off or maps pages to themselves. Caches are the caller's: where
 *                   they are off, gunyah_baremetal_sync_caches() first.
 * @param size       Bytes, at least 1.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (data is 0);
 *         GUNYAH_ERR_ARGUMENT_INVALID (select or subselect, refused by the library; no event types or axes were
 *           configured);
 *         GUNYAH_ERR_ARGUMENT_SIZE (refused by the library);
 *         GUNYAH_ERR_ADDR_OVERFLOW (data wraps around; refused by the library);
 *         the capability errors (right CONFIG);
 *         GUNYAH_ERR_WRONG_OBJECT_TYPE (also: not an input device);
 *         GUNYAH_ERR_NO_RESOURCES (as many event types, or axes, were given as were configured);
 *         GUNYAH_ERR_ADDR_INVALID, GUNYAH_ERR_DENIED (data cannot be read; what was there of NAME, SERIAL, DEVIDS or
 *           PROPBITS is gone).
 *
 * The same event type or axis once more takes another place, and the driver goes on seeing the first. An ABSINFO of less
 * than 20 bytes, which the hypervisor would fill up with zeros, is refused. Hypercall virtio_input_set_data.
 */
enum gunyah_error gunyah_virtio_input_set_data(struct gunyah_virtio_mmio *device,
                                               enum gunyah_virtio_input_select select, uint32_t subselect,
                                               uint64_t data, uint32_t size);

#ifdef __cplusplus
}
#endif

#endif
