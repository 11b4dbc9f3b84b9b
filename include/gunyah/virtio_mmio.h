// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtio devices as objects of the hypervisor: a page of registers that the driver's VM sees, and whose writes the
 * hypervisor takes in and passes on to the owner, who plays the device.
 *
 * The owner is the back end, the driver the front end. The page is the memory of an extent: the driver reads it as memory,
 * so that what nothing here writes (magic number, version, ids, configuration space) is there when the owner has put it
 * there. Under Linux, a driver of the kernel does all of this (linux_virtio.h).
 *
 * What would stop the hypervisor is refused with GUNYAH_ERR_WOULD_CRASH, as far as it is this side that would do it. A
 * driver can: where the device has no type that the hypervisor knows, a store of 32 bits to its configuration space
 * writes as many bytes as its value says, and over the end of the page the hypervisor stops. No call takes that from the
 * driver. Make such a device only for a VM that may stop the machine.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_VIRTIO_MMIO_H
#define GUNYAH_VIRTIO_MMIO_H

#include "memextent.h"
#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_virtio_mmio;

/** Open a virtio device that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_virtio_mmio_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_virtio_mmio **device);

/** Create a virtio device. As gunyah_cspace_create(). Hypercall partition_create_virtio_mmio. */
enum gunyah_error gunyah_virtio_mmio_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                            struct gunyah_virtio_mmio **device);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_virtio_mmio_close(struct gunyah_virtio_mmio **device);

/** Returns the CapID of a virtio device; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_virtio_mmio_capid(const struct gunyah_virtio_mmio *device);

// ---- before activation --------------------------------------------------------------------------------------------

/**
 * Set the page and the number of queues, before activation.
 *
 * @param extent  A basic one of 4096 bytes, with the ATTACH right, of the same session; looked at first. It has to be
 *                readable and writable, without children, and of no other device, which shows at activation.
 * @param queues  1 to GUNYAH_VIRTIO_MAX_QUEUES.
 * @param type    GUNYAH_VIRTIO_DEVICE_TYPE_INPUT, for which the hypervisor keeps the configuration space
 *                (virtio_input.h); GUNYAH_VIRTIO_DEVICE_TYPE_INVALID for everything else.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_WOULD_CRASH (no queue: the hypervisor would accept it here, and stop at activation);
 *         GUNYAH_ERR_ARGUMENT_INVALID (queues, refused by the library; type; the extent is not one of these;
 *           handles of two sessions);
 *         the capability errors.
 *
 * Hypercall virtio_mmio_configure.
 */
enum gunyah_error gunyah_virtio_mmio_configure(struct gunyah_virtio_mmio *device, struct gunyah_memextent *extent,
                                               uint32_t queues, enum gunyah_virtio_device_type type);

/**
 * Activate.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OBJECT_CONFIG (not configured through this handle, so that nobody knows whether it has queues;
 *           refused by the library);
 *         the capability errors;
 *         GUNYAH_ERR_BUSY (the extent has another device, or children);
 *         GUNYAH_ERR_DENIED (the extent is not readable and writable, or of another partition);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * Hypercall object_activate.
 */
enum gunyah_error gunyah_virtio_mmio_activate(struct gunyah_virtio_mmio *device);

/**
 * Offer features to the driver.
 *
 * @param features  VERSION_1 (bit 32) and ACCESS_PLATFORM (bit 33) among them, NOTIFICATION_DATA (bit 38) not.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_DENIED (one of these bits; refused by the library);
 *         the capability errors (right CONFIG).
 *
 * Two calls; nothing changes when the first is refused, and the driver sees a word when it selects it. Hypercall
 * virtio_mmio_backend_set_dev_features.
 */
enum gunyah_error gunyah_virtio_mmio_set_device_features(struct gunyah_virtio_mmio *device, uint64_t features);

/**
 * Say how large the driver may make a queue. It sees that when it selects the queue.
 *
 * @param queue          Below the number of queues.
 * @param queue_num_max  Descriptors, at most GUNYAH_VIRTIO_MAX_QUEUE_SIZE; 0: there is no such queue.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (queue; or queue_num_max, which the hypervisor does not look at: refused by the
 *           library);
 *         the capability errors (right CONFIG).
 *
 * Hypercall virtio_mmio_backend_set_queue_num_max.
 */
enum gunyah_error gunyah_virtio_mmio_set_queue_num_max(struct gunyah_virtio_mmio *device, uint32_t queue,
                                                       uint32_t queue_num_max);

// ---- interrupts ---------------------------------------------------------------------------------------------------

/**
 * Bind the interrupt that the back end raises: it interrupts the driver, with gunyah_virtio_mmio_assert_virq().
 *
 * @param vic   Of the driver's VM, with the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free.
 * @return as gunyah_doorbell_bind_virq() (right BIND_BACKEND_VIRQ).
 *
 * Hypercall virtio_mmio_backend_bind_virq, which the manual calls virtio_mmio_bind_backend_virq.
 */
enum gunyah_error gunyah_virtio_mmio_bind_backend_virq(struct gunyah_virtio_mmio *device, struct gunyah_vic *vic,
                                                       gunyah_virq_t virq);

/** Unbind. As gunyah_doorbell_unbind_virq(), right BIND_BACKEND_VIRQ. Hypercall virtio_mmio_backend_unbind_virq. */
enum gunyah_error gunyah_virtio_mmio_unbind_backend_virq(struct gunyah_virtio_mmio *device);

/**
 * Bind the interrupt that the front end raises: it interrupts the owner, when the driver has something to say
 * (gunyah_virtio_mmio_get_notification()). As gunyah_virtio_mmio_bind_backend_virq(), right BIND_FRONTEND_VIRQ.
 *
 * Edge triggered: while it is one for levels, or none is bound, a driver that resets the device takes an external abort.
 * Hypercall virtio_mmio_frontend_bind_virq.
 */
enum gunyah_error gunyah_virtio_mmio_bind_frontend_virq(struct gunyah_virtio_mmio *device, struct gunyah_vic *vic,
                                                        gunyah_virq_t virq);

/** Unbind. As gunyah_doorbell_unbind_virq(), right BIND_FRONTEND_VIRQ. Hypercall virtio_mmio_frontend_unbind_virq. */
enum gunyah_error gunyah_virtio_mmio_unbind_frontend_virq(struct gunyah_virtio_mmio *device);

/** What gunyah_virtio_mmio_assert_virq() tells the driver. */
enum gunyah_virtio_mmio_interrupt {
    GUNYAH_VIRTIO_MMIO_USED_BUFFER = 1 << 0,    /**< Buffers were used. */
    GUNYAH_VIRTIO_MMIO_CONFIG_CHANGED = 1 << 1, /**< The configuration space is another one. */
};

/**
 * Interrupt the driver.
 *
 * @param status  Bits to add to InterruptStatus, of enum gunyah_virtio_mmio_interrupt; the driver acknowledges them.
 * @return GUNYAH_OK (also if no interrupt is bound);
 *         GUNYAH_ERR_OPTION (another bit);
 *         the capability errors (right ASSERT_VIRQ);
 *         GUNYAH_ERR_DENIED (the driver waits for a reset: gunyah_virtio_mmio_acknowledge_reset()).
 *
 * Hypercall virtio_mmio_backend_assert_virq.
 */
enum gunyah_error gunyah_virtio_mmio_assert_virq(struct gunyah_virtio_mmio *device, uint32_t status);

// ---- what the driver says -----------------------------------------------------------------------------------------

/**
 * Tell which features the driver has taken. They mean something once it has said so in the status.
 *
 * @param features  Where they are stored; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (features too);
 *         the capability errors (right CONFIG).
 *
 * Two calls. Hypercall virtio_mmio_backend_get_drv_features.
 */
enum gunyah_error gunyah_virtio_mmio_get_driver_features(struct gunyah_virtio_mmio *device, uint64_t *features);

/** A queue, as the driver has set it up. Nothing of it is checked: the driver's VM writes what it likes. */
struct gunyah_virtio_mmio_queue {
    size_t size;        /**< sizeof(struct gunyah_virtio_mmio_queue), set by the caller. */
    uint32_t num;       /**< Descriptors. */
    bool ready;         /**< It is in use. */
    uint64_t desc_addr; /**< Of the descriptors, in the driver's VM. */
    uint64_t drv_addr;  /**< Of what the driver writes. */
    uint64_t dev_addr;  /**< Of what the device writes. */
};

#define GUNYAH_VIRTIO_MMIO_QUEUE_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_virtio_mmio_queue), 0, false, 0, 0, 0                                                     \
    }

/**
 * Tell how the driver has set up a queue.
 *
 * @param queue  Below the number of queues.
 * @param info   Filled in, as much of it as its size says; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (info too);
 *         GUNYAH_ERR_OPTION (size of info);
 *         GUNYAH_ERR_ARGUMENT_INVALID (queue);
 *         the capability errors (right CONFIG).
 *
 * Hypercall virtio_mmio_backend_get_queue_info.
 */
enum gunyah_error gunyah_virtio_mmio_get_queue_info(struct gunyah_virtio_mmio *device, uint32_t queue,
                                                    struct gunyah_virtio_mmio_queue *info);

/** What the driver has done since it was last asked for. */
struct gunyah_virtio_mmio_notification {
    uint64_t queues; /**< That it has notified, one bit each. A number beyond 63 sets the bit modulo 64, and whether
                             there is such a queue is not looked at. */
    bool new_buffer; /**< It has notified a queue. */
    bool reset_requested; /**< It wants a reset: gunyah_virtio_mmio_acknowledge_reset() when that is done. */
    bool driver_ok;       /**< It is ready. */
    bool failed;          /**< It has given up. */
};

/**
 * Fetch what the driver has done, and forget it. No allocation, no lock.
 *
 * @param notification  Filled in; untouched on failure.
 * @return GUNYAH_OK (also if there is nothing);
 *         GUNYAH_ERR_NULL (notification too);
 *         the capability errors (right CONFIG).
 *
 * Hypercall virtio_mmio_backend_get_notification.
 */
enum gunyah_error gunyah_virtio_mmio_get_notification(struct gunyah_virtio_mmio *device,
                                                      struct gunyah_virtio_mmio_notification *notification);

/**
 * Tell the driver that the reset is done: Status is 0. The queues are not in use since the driver asked for it.
 *
 * @return GUNYAH_OK;
 *         the capability errors (right CONFIG).
 *
 * Hypercall virtio_mmio_backend_acknowledge_reset.
 */
enum gunyah_error gunyah_virtio_mmio_acknowledge_reset(struct gunyah_virtio_mmio *device);

/**
 * Add bits to Status; none can be taken away.
 *
 * @param bits  DEVICE_NEEDS_RESET (64), for instance.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (a bit above the eight of Status; refused by the library);
 *         the capability errors (right CONFIG).
 *
 * Hypercall virtio_mmio_backend_update_status.
 */
enum gunyah_error gunyah_virtio_mmio_update_status(struct gunyah_virtio_mmio *device, uint32_t bits);

#ifdef __cplusplus
}
#endif

#endif
