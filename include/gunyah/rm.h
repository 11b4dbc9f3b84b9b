// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The Resource Manager's client: requests, replies and notifications over a pair of message queues.
 *
 * The Resource Manager (RM) is the VM that makes all the others. Each VM that may speak to it has one queue to it and one
 * from it; the device tree names both (gunyah-resource-manager, or an rm-rpc device of the VM's own). This header carries
 * any message, and docs/rm-messages.md describes them. vm.h, memory.h, irq.h, identity.h and guest.h have functions for
 * what they are for.
 *
 * One request at a time: an RM keeps one reply for each VM, and a second request would lose the first one's. Notifications
 * come whenever the RM likes, before a reply too; whichever function looks at the queue keeps them until
 * gunyah_rm_next_event() asks.
 *
 * Neither interrupts nor a clock are needed. Without a receive_virq, or where the backend cannot wait, a function that
 * waits yields the CPU between two looks, which lets an RM on the same CPU answer; where the backend has no clock, each
 * look counts as a microsecond.
 *
 * Packets from the RM that do not follow the protocol are dropped and counted, never believed. An RM does the same, and
 * so a request that it does not understand ends with GUNYAH_ERR_TIMEOUT.
 *
 * Some requests make an RM stop for ever, and all VMs with it. They are refused with GUNYAH_ERR_WOULD_CRASH; see
 * gunyah_rm_begin().
 *
 * object.h says what holds for every handle. No function but gunyah_rm_open() allocates. "The errors of the queue" are
 * those of gunyah_msgqueue_send() and gunyah_msgqueue_receive() for a capability that is not what was promised.
 */
#ifndef GUNYAH_RM_H
#define GUNYAH_RM_H

#include "abi/rm.h"
#include "abi/rm_types.h"
#include "msgqueue.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_rm;

/** One VM of a list. It has the layout of messages. */
struct gunyah_rm_vm_entry {
    gunyah_vmid_t vmid;
    uint16_t reserved; /**< 0. */
};

/** A time-out: the one of the options. */
#define GUNYAH_RM_DEFAULT_TIMEOUT (UINT64_MAX - 1)

/** Options of gunyah_rm_open(). */
struct gunyah_rm_options {
    size_t size;                 /**< sizeof(struct gunyah_rm_options). */
    gunyah_capid_t send_cap;     /**< Queue to the RM: the first of "reg" in the device tree. */
    gunyah_capid_t receive_cap;  /**< Queue from the RM: the second. */
    gunyah_virq_t send_virq;     /**< Not-full interrupt, bound by the RM; 0: none. The first of "interrupts". */
    gunyah_virq_t receive_virq;  /**< Not-empty interrupt, bound by the RM; 0: none, yield and look. The second. */
    uint32_t message_size;       /**< Largest packet in bytes, 16 to 1023; 240 unless the device tree says otherwise. */
    uint32_t event_bytes;        /**< For notifications until they are asked for: each takes its payload and 8, rounded
                                    up to 8; one of several packets, room for all of them full. At least a packet. */
    uint64_t default_timeout_ns; /**< What GUNYAH_RM_DEFAULT_TIMEOUT means; functions without a time-out use it. */
    enum gunyah_rm_generation generation; /**< Which RM it is, if that is known: it cannot be asked. Unknown is the
                                             cautious choice. */
};

/** 240 bytes, 4 KiB of events, and ten seconds: starting a VM with an image that is authenticated takes some. */
#define GUNYAH_RM_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_rm_options), {GUNYAH_CAPID_INVALID}, {GUNYAH_CAPID_INVALID}, {0}, {0}, 240, 4096,         \
            UINT64_C(10000000000), GUNYAH_RM_GENERATION_UNKNOWN                                                        \
    }

/**
 * Open the connection to the Resource Manager.
 *
 * @param options  What the device tree says.
 * @param rm       Where the handle is stored; null on failure. It lives until it or its session is closed.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (size, generation);
 *         GUNYAH_ERR_ARGUMENT_SIZE (message_size, event_bytes);
 *         GUNYAH_ERR_ARGUMENT_INVALID (an interrupt that cannot be bound);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no call. Of the session's memory it takes event_bytes, a packet and some 1200 bytes; closing gives them back to
 * the session, for the next one.
 */
enum gunyah_error gunyah_rm_open(struct gunyah *g, const struct gunyah_rm_options *options, struct gunyah_rm **rm);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already);
 * GUNYAH_ERR_IN_USE (a VM, a parcel or a lent interrupt that was opened with it is still open).
 *
 * A request that is under way is given up, as by gunyah_rm_cancel(); events that nobody asked for are lost. Makes no
 * call.
 */
enum gunyah_error gunyah_rm_close(struct gunyah_rm **rm);

// ---- requests ----------------------------------------------------------------------------------------------------

/**
 * Make a request and wait for its reply: gunyah_rm_begin(), gunyah_rm_finish() and, if that comes to nothing,
 * gunyah_rm_cancel().
 *
 * @param id          GUNYAH_RM_*, of a request.
 * @param request     Payload, in the layout of docs/rm-messages.md; may be null if size is 0.
 * @param size        Bytes, at most 63 packets: 14616 with packets of 240 bytes.
 * @param reply       Where the data behind the error word is stored; may be null if capacity is 0. Untouched if the RM
 *                    refuses; otherwise undefined on failure.
 * @param capacity    Bytes.
 * @param reply_size  Where the length of that data is stored, also with GUNYAH_ERR_BUFFER_TOO_SMALL; may be null;
 *                    untouched on any other failure.
 * @param timeout_ns  Nanoseconds; GUNYAH_RM_DEFAULT_TIMEOUT; GUNYAH_WAIT_FOREVER; 0 looks once.
 * @return GUNYAH_OK (the RM did it);
 *         GUNYAH_ERR_BUSY (refused by the library: another request is under way; or by the RM);
 *         the errors of gunyah_rm_begin() and gunyah_rm_finish().
 *
 * Blocks; see the top of this file for how. After GUNYAH_ERR_TIMEOUT the RM may still do what it was asked to; its late
 * reply is dropped.
 */
enum gunyah_error gunyah_rm_call(struct gunyah_rm *rm, uint32_t id, const void *request, size_t size, void *reply,
                                 size_t capacity, size_t *reply_size, uint64_t timeout_ns);

/**
 * Begin a request: keep the notifications that are there already, and send as much as the queue takes. What is left
 * goes out from gunyah_rm_finish() and gunyah_rm_next_event().
 *
 * @param id        GUNYAH_RM_*, of a request.
 * @param request   As for gunyah_rm_call(). Lent to the library until the request is over.
 * @param size      Bytes.
 * @param reply     As for gunyah_rm_call(). Lent to the library until the request is over.
 * @param capacity  Bytes.
 * @return GUNYAH_OK (the request is under way);
 *         GUNYAH_ERR_NULL (rm; request or reply, with a size);
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_BUSY (another request is under way: finish or cancel it);
 *         GUNYAH_ERR_MESSAGE_TOO_LONG (size);
 *         GUNYAH_ERR_WOULD_CRASH (VM_DEALLOCATE of a VM that this client does not know to exist; VM_RESET of one that it
 *           does not know to have a configuration; either, after a VM_RESET or VM_DEALLOCATE of this VM that nobody
 *           answered; IPA_RESERVE of more than one fixed range, unless the generation is one that survives it);
 *         the errors of the queue.
 *
 * On failure nothing is under way, and the RM does nothing of it. What this client knows of a VM it has from replies to
 * VM_ALLOCATE, VM_CONFIG_IMAGE, VM_RESET, VM_DEALLOCATE and VM_GET_STATE: of a VM that somebody else made, and after a
 * request that was not answered, ask VM_GET_STATE. Notifications do not count: they may be older than the last reply. Does
 * not block.
 */
enum gunyah_error gunyah_rm_begin(struct gunyah_rm *rm, uint32_t id, const void *request, size_t size, void *reply,
                                  size_t capacity);

/**
 * Wait for the reply to the request that is under way. Unless it answers GUNYAH_ERR_TIMEOUT, the request is over.
 *
 * @param reply_size  As for gunyah_rm_call().
 * @param timeout_ns  As for gunyah_rm_call().
 * @return GUNYAH_OK (the RM did it);
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OBJECT_STATE (no request is under way);
 *         GUNYAH_ERR_TIMEOUT (not there yet; call again, or cancel);
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (the RM did it; the buffer has the beginning of the reply, and reply_size its
 *           whole length);
 *         GUNYAH_ERR_PROTOCOL (the first packet of the reply has no error word, or the reply broke off);
 *         what the RM answers, with GUNYAH_DOMAIN_RM (see gunyah_error_from_rm());
 *         the errors of the queue;
 *         what gunyah_wait() returns.
 *
 * Blocks until the reply is there or the time is over.
 */
enum gunyah_error gunyah_rm_finish(struct gunyah_rm *rm, size_t *reply_size, uint64_t timeout_ns);

/**
 * Give the request that is under way up: its reply will be dropped, and the buffers are the caller's again.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OBJECT_STATE (no request is under way).
 *
 * The RM does it all the same, if all of it was sent. Makes no call.
 */
enum gunyah_error gunyah_rm_cancel(struct gunyah_rm *rm);

// ---- notifications -----------------------------------------------------------------------------------------------

/** GUNYAH_RM_NOTIFY_VM_STATUS: a VM of ours, or a peer, changed its state. */
struct gunyah_rm_vm_status_event {
    gunyah_vmid_t vmid;
    uint8_t state;        /**< enum gunyah_vm_state. */
    uint8_t os;           /**< enum gunyah_os_status, as far as the guest says. */
    uint16_t application; /**< Free for the guest to use. */
};

/** GUNYAH_RM_NOTIFY_VM_EXITED: a VM of ours ended. */
struct gunyah_rm_vm_exited_event {
    gunyah_vmid_t vmid;
    uint16_t type;         /**< enum gunyah_vm_exit_type. */
    uint32_t reason_size;  /**< Bytes. */
    const uint8_t *reason; /**< 16 bits of flags and 16 of code; for SYSTEM_RESET2 its type and its cookie too. */
};

/** GUNYAH_RM_NOTIFY_VM_SHUTDOWN: the owner of this VM asks it to end. */
struct gunyah_rm_vm_shutdown_event {
    uint32_t reason; /**< enum gunyah_vm_stop_reason. */
};

/** GUNYAH_RM_NOTIFY_MEM_SHARED: somebody offers memory. The lists of rights, sizes and attributes are in payload. */
struct gunyah_rm_mem_shared_event {
    uint32_t parcel;
    uint8_t type;        /**< enum gunyah_memparcel_type. */
    uint8_t transaction; /**< enum gunyah_memparcel_transaction. */
    uint8_t flags;       /**< GUNYAH_RM_MEM_SHARED_FLAG_*. */
    gunyah_vmid_t owner;
    uint32_t label;
    uint32_t tag;
};

/** GUNYAH_RM_NOTIFY_MEM_ACCEPTED and GUNYAH_RM_NOTIFY_MEM_RELEASED: somebody did this with a parcel of ours. */
struct gunyah_rm_mem_event {
    uint32_t parcel;
    gunyah_vmid_t vmid;
    uint32_t tag;
};

/** GUNYAH_RM_NOTIFY_MEM_RECALL: the owner wants its memory back. */
struct gunyah_rm_mem_recall_event {
    uint32_t parcel;
    uint32_t tag;
};

/** GUNYAH_RM_NOTIFY_VM_IRQ_LENT: somebody offers an interrupt. */
struct gunyah_rm_irq_lent_event {
    gunyah_vmid_t owner;
    uint32_t handle;
    uint32_t label;
};

/** GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED and GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED: the borrower did this with one of ours. */
struct gunyah_rm_irq_event {
    uint32_t handle;
};

/** GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS: somebody wrote to a console. */
struct gunyah_rm_console_event {
    gunyah_vmid_t vmid; /**< The VM whose console it is; 0: our own. */
    uint16_t size;      /**< Bytes. */
    const char *text;   /**< Not terminated. */
};

/** A notification. What its pointers lead to lives until the next gunyah_rm_next_event() or the end of the handle. */
struct gunyah_rm_event {
    uint32_t id;         /**< GUNYAH_RM_NOTIFY_*; for one that has no member below, there is the payload. */
    const void *payload; /**< As it came, aligned to 8. */
    size_t size;         /**< Bytes. */
    union {
        struct gunyah_rm_vm_status_event vm_status;
        struct gunyah_rm_vm_exited_event vm_exited;
        struct gunyah_rm_vm_shutdown_event vm_shutdown;
        struct gunyah_rm_mem_shared_event mem_shared;
        struct gunyah_rm_mem_event mem;
        struct gunyah_rm_mem_recall_event mem_recall;
        struct gunyah_rm_irq_lent_event irq_lent;
        struct gunyah_rm_irq_event irq;
        struct gunyah_rm_console_event console;
    };
};

/**
 * Take the oldest notification, or wait for one.
 *
 * @param event       Filled in; untouched on failure.
 * @param timeout_ns  Nanoseconds; GUNYAH_RM_DEFAULT_TIMEOUT; GUNYAH_WAIT_FOREVER; 0 only looks.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_TIMEOUT (there is none);
 *         the errors of the queue;
 *         what gunyah_wait() returns.
 *
 * A request may be under way; its reply is kept for gunyah_rm_finish(). Blocks until a notification is there or the time
 * is over.
 */
enum gunyah_error gunyah_rm_next_event(struct gunyah_rm *rm, struct gunyah_rm_event *event, uint64_t timeout_ns);

/**
 * Explain a code of the Resource Manager without a connection: what gunyah_last_error() would tell of it.
 *
 * @param message  The id of the request that was answered, GUNYAH_RM_*; 0: any.
 * @param code     GUNYAH_RMERR_*.
 * @param info     Filled in: domain RM; the call is "unknown" unless it is a message of the ABI's.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (info).
 *
 * Any thread.
 */
enum gunyah_error gunyah_rm_explain(uint32_t message, uint32_t code, struct gunyah_error_info *info);

/** What a connection has counted since it was opened. */
struct gunyah_rm_counters {
    uint64_t requests;      /**< Begun. */
    uint64_t replies;       /**< To the request that was under way. */
    uint64_t notifications; /**< That came whole. */
    uint64_t lost_events;   /**< Notifications that event_bytes had no room for: ask for what they would have told. */
    uint64_t stale_replies; /**< To requests that were over, or never made. */
    uint64_t malformed;     /**< Packets and notifications that do not follow the protocol. */
};

/**
 * Tell what a connection has counted.
 *
 * @return Counters that live as long as the handle and go on counting; null for a null or stale handle.
 */
const struct gunyah_rm_counters *gunyah_rm_get_counters(const struct gunyah_rm *rm);

#ifdef __cplusplus
}
#endif

#endif
