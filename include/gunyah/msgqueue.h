// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Message queues: bounded messages in one direction, from a VM that may send to a VM that may receive.
 *
 * The hypervisor drops a message of 0 bytes, or of more bytes than the queue allows, and answers success; it leaves a
 * message in the queue when the buffer is too small, and answers success; and it stops altogether when a message is
 * read from, or written to, a device page such as address 0. This library refuses all of these before they leave.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_MSGQUEUE_H
#define GUNYAH_MSGQUEUE_H

#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_msgqueue;

/** Options of gunyah_msgqueue_open(). */
struct gunyah_msgqueue_options {
    size_t size;             /**< sizeof(struct gunyah_msgqueue_options). */
    gunyah_capid_t cap;      /**< Capability of the queue; not looked at until it is used. */
    uint32_t message_size;   /**< Largest message in bytes, 1 to 1023, as the queue was configured (240 for a Resource
                                Manager). */
    gunyah_virq_t send_virq; /**< Not-full interrupt that is bound already; 0: none. */
    gunyah_virq_t receive_virq; /**< Not-empty interrupt that is bound already; 0: none. */
};

#define GUNYAH_MSGQUEUE_OPTIONS_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(struct gunyah_msgqueue_options), {GUNYAH_CAPID_INVALID}, 0, {0},                                        \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/**
 * Open a message queue that this VM has a capability for.
 *
 * @param queue  Where the handle is stored; null on failure. It lives until it or its session is closed.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_SIZE (message_size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (an interrupt that cannot be bound);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no call.
 */
enum gunyah_error gunyah_msgqueue_open(struct gunyah *g, const struct gunyah_msgqueue_options *options,
                                       struct gunyah_msgqueue **queue);

/** Create a message queue. As gunyah_cspace_create(). Hypercall partition_create_msgqueue. */
enum gunyah_error gunyah_msgqueue_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                         struct gunyah_msgqueue **queue);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call.
 */
enum gunyah_error gunyah_msgqueue_close(struct gunyah_msgqueue **queue);

/** Returns the CapID of a queue; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_msgqueue_capid(const struct gunyah_msgqueue *queue);

/**
 * Returns the largest message in bytes; 0 for a null or stale handle and for a created queue that is not configured
 * yet.
 */
uint32_t gunyah_msgqueue_message_size(const struct gunyah_msgqueue *queue);

/**
 * Set the shape, before activation.
 *
 * @param depth         Most messages, 1 to 255.
 * @param message_size  Most bytes of a message, 1 to 1023.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (refused by the library);
 *         the capability errors.
 *
 * Hypercall msgqueue_configure.
 */
enum gunyah_error gunyah_msgqueue_configure(struct gunyah_msgqueue *queue, uint32_t depth, uint32_t message_size);

/**
 * Activate. GUNYAH_OK; the capability errors; GUNYAH_ERR_OBJECT_CONFIG (not configured); GUNYAH_ERR_NO_MEMORY.
 * Hypercall object_activate.
 */
enum gunyah_error gunyah_msgqueue_activate(struct gunyah_msgqueue *queue);

/**
 * Bind the not-full interrupt. A queue that has room already does not interrupt.
 *
 * @param vic   With the BIND_SOURCE right. Of the same session.
 * @param virq  A shared interrupt of it that is free.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not a shared interrupt of the controller; handles of two sessions);
 *         the capability errors (right BIND_SEND);
 *         GUNYAH_ERR_VIRQ_BOUND (the queue has one);
 *         GUNYAH_ERR_BUSY (the interrupt has another source).
 *
 * Hypercall msgqueue_bind_send_virq.
 */
enum gunyah_error gunyah_msgqueue_bind_send_virq(struct gunyah_msgqueue *queue, struct gunyah_vic *vic,
                                                 gunyah_virq_t virq);

/**
 * Bind the not-empty interrupt. As gunyah_msgqueue_bind_send_virq(), right BIND_RECEIVE. Hypercall
 * msgqueue_bind_receive_virq.
 */
enum gunyah_error gunyah_msgqueue_bind_receive_virq(struct gunyah_msgqueue *queue, struct gunyah_vic *vic,
                                                    gunyah_virq_t virq);

/**
 * Unbind. Success if nothing is bound. Blocks for a grace period of the hypervisor. Right BIND_SEND. Hypercall
 * msgqueue_unbind_send_virq.
 */
enum gunyah_error gunyah_msgqueue_unbind_send_virq(struct gunyah_msgqueue *queue);

/** As gunyah_msgqueue_unbind_send_virq(), right BIND_RECEIVE. Hypercall msgqueue_unbind_receive_virq. */
enum gunyah_error gunyah_msgqueue_unbind_receive_virq(struct gunyah_msgqueue *queue);

/**
 * Choose when the not-full interrupt comes: when the number of messages falls to this.
 *
 * @param threshold  0 to depth - 1; depth - 1 after activation. If no more messages than that are there, it interrupts
 *                   at once.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID;
 *         the capability errors (right SEND).
 *
 * Hypercall msgqueue_configure_send.
 */
enum gunyah_error gunyah_msgqueue_set_send_threshold(struct gunyah_msgqueue *queue, uint32_t threshold);

/**
 * Choose when the not-empty interrupt comes: when the number of messages rises to this.
 *
 * @param threshold  1 to depth, 1 after activation; if so many messages are there, it interrupts at once. Or
 *                   GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM: the depth, without interrupting now.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID;
 *         the capability errors (right RECEIVE).
 *
 * Hypercall msgqueue_configure_receive.
 */
enum gunyah_error gunyah_msgqueue_set_receive_threshold(struct gunyah_msgqueue *queue, uint32_t threshold);

/** Flags of gunyah_msgqueue_send(). */
enum gunyah_msgqueue_flag {
    GUNYAH_MSGQUEUE_PUSH = 1 << 0, /**< Interrupt the receiver now, whatever its threshold. */
};

/**
 * Append a message. No allocation, no lock; the hypervisor copies.
 *
 * @param data      Message, in ordinary memory that the hypervisor can read.
 * @param size      Bytes, 1 to the queue's largest message.
 * @param flags     0 or GUNYAH_MSGQUEUE_PUSH.
 * @param not_full  Where it is stored whether there is room for another message; may be null; false when it answers
 *                  GUNYAH_ERR_FULL, untouched on any other failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_FULL (nothing was sent: wait and try again);
 *         GUNYAH_ERR_NULL (data too);
 *         GUNYAH_ERR_OBJECT_CONFIG (a created queue that was not configured through this handle);
 *         GUNYAH_ERR_MESSAGE_EMPTY;
 *         GUNYAH_ERR_MESSAGE_TOO_LONG;
 *         GUNYAH_ERR_ADDR_OVERFLOW (data wraps around);
 *         GUNYAH_ERR_OPTION (unknown flag);
 *         the capability errors (right SEND).
 *
 * An address that the hypervisor cannot read loses the message without a trace: it answers success. Hypercall
 * msgqueue_send.
 */
enum gunyah_error gunyah_msgqueue_send(struct gunyah_msgqueue *queue, const void *data, size_t size, uint32_t flags,
                                       bool *not_full);

/**
 * Take the oldest message. No allocation, no lock; the hypervisor copies.
 *
 * @param buffer     Where the message is stored, in ordinary memory that the hypervisor can write. Beyond the message
 *                   it stays as it is.
 * @param capacity   Bytes, at least the queue's largest message, so that no message can get stuck.
 * @param size       Where the length of the message is stored; untouched on failure.
 * @param not_empty  Where it is stored whether more messages are there; may be null; false when it answers
 *                   GUNYAH_ERR_EMPTY, untouched on any other failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_EMPTY;
 *         GUNYAH_ERR_NULL (buffer and size too);
 *         GUNYAH_ERR_OBJECT_CONFIG (as for sending);
 *         GUNYAH_ERR_BUFFER_TOO_SMALL;
 *         GUNYAH_ERR_ADDR_OVERFLOW (buffer wraps around);
 *         GUNYAH_ERR_ADDR_INVALID (the hypervisor could not write to the buffer; the message is still there);
 *         the capability errors (right RECEIVE).
 *
 * Hypercall msgqueue_receive.
 */
enum gunyah_error gunyah_msgqueue_receive(struct gunyah_msgqueue *queue, void *buffer, size_t capacity, size_t *size,
                                          bool *not_empty);

/**
 * Drop all messages; if there were any, the sender is interrupted. The capability errors (right RECEIVE). Hypercall
 * msgqueue_flush.
 */
enum gunyah_error gunyah_msgqueue_flush(struct gunyah_msgqueue *queue);

/**
 * Wait for the not-full interrupt, after GUNYAH_ERR_FULL.
 *
 * @param timeout_ns  Nanoseconds; 0 only looks; GUNYAH_WAIT_FOREVER.
 * @return GUNYAH_OK (try again; it may still be full);
 *         GUNYAH_ERR_NOT_BOUND (no interrupt was bound through this handle or named when it was opened);
 *         GUNYAH_ERR_UNSUPPORTED;
 *         GUNYAH_ERR_TIMEOUT;
 *         GUNYAH_ERR_DEADLOCK (simulator);
 *         GUNYAH_ERR_CRASHED.
 *
 * Blocks without using the CPU. The interrupt comes when the queue falls to the threshold: a queue that never was above
 * it does not interrupt.
 */
enum gunyah_error gunyah_msgqueue_wait_not_full(struct gunyah_msgqueue *queue, uint64_t timeout_ns);

/** Wait for the not-empty interrupt, after GUNYAH_ERR_EMPTY. As gunyah_msgqueue_wait_not_full(). */
enum gunyah_error gunyah_msgqueue_wait_not_empty(struct gunyah_msgqueue *queue, uint64_t timeout_ns);

#ifdef __cplusplus
}
#endif

#endif
