// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Sessions: a VM's connection to its hypervisor. Everything else hangs on one.
 *
 * Threads: a session and the handles opened from it belong to one thread at a time. Different sessions never share
 * state inside the library, so each thread may have its own. gunyah_close() is the one function that two threads may
 * call for the same session at the same time.
 *
 * Option structs begin with their size. A caller fills one with its _INIT macro and then sets fields. A struct from a
 * newer header is accepted as long as what this library does not know of it is zero; otherwise GUNYAH_ERR_OPTION.
 */
#ifndef GUNYAH_SESSION_H
#define GUNYAH_SESSION_H

#include "call.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where memory comes from. The library asks at open and at creating handles, never on a hot path. */
struct gunyah_allocator {
    void *context;
    /** Returns size bytes aligned for any type, or null. */
    void *(*allocate)(void *context, size_t size);
    /** Gives back what allocate returned, with the same size. Never null. May do nothing. */
    void (*release)(void *context, void *memory, size_t size);
};

/** A fixed piece of memory to allocate from, for places without a heap. Give it to gunyah_arena_allocator(). */
struct gunyah_arena {
    unsigned char *memory;
    size_t size;
    size_t used;
};

/**
 * Make an allocator of a fixed piece of memory. It allocates upwards, and has again what is released in the opposite
 * order: closed handles are used again by their session, and a session gives back all when it is closed or could not
 * be opened, unless another one has allocated after it. So an arena needs room only for what is open at once.
 *
 * @param arena   Filled in; must live as long as the sessions that use it.
 * @param memory  The piece; any alignment. May be null if size is 0.
 * @param size    Bytes.
 * @return The allocator. When the arena is null, one that always fails. Any thread; the allocator is for one thread.
 */
struct gunyah_allocator gunyah_arena_allocator(struct gunyah_arena *arena, void *memory, size_t size);

/** Options of gunyah_open(). */
struct gunyah_open_options {
    size_t size;                                    /**< sizeof(struct gunyah_open_options). */
    const struct gunyah_backend *backend;           /**< What to use; null: choose among the candidates. */
    const struct gunyah_backend *const *candidates; /**< The first that finds its hypervisor is used. */
    size_t candidate_count;            /**< How many; a simulated VM as the last one makes a program run anywhere. */
    enum gunyah_convention convention; /**< Default: SMCCC if it answers, else the immediate form if that is safe. */
    enum gunyah_conduit conduit;       /**< Default: hvc. */
    const struct gunyah_allocator *allocator; /**< Null: malloc; freestanding, no memory at all. Copied. */
    const struct gunyah_observer *observer;   /**< Null: none. Copied. Sees the calls of gunyah_open() too. */
    struct gunyah_error_info *error;          /**< Where gunyah_open() tells why it failed; may be null. */
};

#define GUNYAH_OPEN_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_open_options), NULL, NULL, 0, GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_DEFAULT, NULL,    \
            NULL, NULL                                                                                                 \
    }

/**
 * Open a session: choose a backend, find out how it wants to be called, and identify the hypervisor.
 *
 * What options->error points to is filled in whatever the result is: after success with GUNYAH_OK, the domain
 * GUNYAH_DOMAIN_NONE and no call or advice (empty strings). It stays as it was in one case: the options are too small (a size of 0 too), so
 * that the pointer itself is not known.
 *
 * @param options  A backend or candidates at least.
 * @param g        Where the session is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (g, both the backend and the candidates, one of the candidates, or an operation or the name
 *           of a backend);
 *         GUNYAH_ERR_OPTION (size, an unknown convention or conduit, or the immediate convention with smc, which nobody
 *           answers);
 *         GUNYAH_ERR_NO_BACKEND (no candidate found its hypervisor);
 *         GUNYAH_ERR_UNSUPPORTED (the backend lacks calls or the conduit);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NOT_GUNYAH (no convention was answered, or another hypervisor's UID);
 *         GUNYAH_ERR_API_VERSION;
 *         what the backend's open returns.
 *
 * Blocks as the backend's open does. Any thread. The session lives until gunyah_close(). SMCCC vendor-hypervisor UID
 * query and hypervisor_identify.
 */
enum gunyah_error gunyah_open(const struct gunyah_open_options *options, struct gunyah **g);

/**
 * Close a session and set the caller's pointer to null.
 *
 * Handles that are still open become invalid with the session. Capabilities, bindings and messages stay as they are in
 * the hypervisor.
 *
 * @param g  The caller's pointer. If two threads close the same pointer, one closes and the other is told
 *           GUNYAH_ERR_HANDLE.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (g is null);
 *         GUNYAH_ERR_HANDLE (*g is null: closed already);
 *         GUNYAH_ERR_IN_USE (another thread is inside a wait of this session; nothing changes).
 *
 * Does not block.
 */
enum gunyah_error gunyah_close(struct gunyah **g);

/**
 * Tell why the last function that failed on this session, or on a handle of it, failed.
 *
 * @return Details that stay as they are until the next failure on this session;
 *         domain GUNYAH_DOMAIN_NONE if nothing failed yet;
 *         null for a null session.
 *
 * Success does not clear it. Not blocking.
 */
const struct gunyah_error_info *gunyah_last_error(struct gunyah *g);

/** Who answers. */
struct gunyah_identity {
    size_t size;                 /**< sizeof(struct gunyah_identity), set by the caller. */
    uint32_t api_version;        /**< 1. */
    enum gunyah_variant variant; /**< Who built the hypervisor; other values are possible. */
    bool big_endian;
    bool is_64bit;
    uint64_t flags[3];                 /**< Feature words; see gunyah_hyp_api_flags0_t. */
    uint32_t uid[4];                   /**< Vendor-hypervisor UID, words x0 to x3; 0 if it was not answered. */
    enum gunyah_convention convention; /**< In use; never the default value. */
    enum gunyah_conduit conduit;       /**< In use; never the default value. */
    const char *backend;               /**< Name of the backend; lives as long as the session. */
};

#define GUNYAH_IDENTITY_INIT                                                                                           \
    {                                                                                                                  \
        sizeof(struct gunyah_identity), 0, GUNYAH_VARIANT_UNKNOWN, false, false, {0, 0, 0}, {0, 0, 0, 0},              \
            GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_DEFAULT, NULL                                                    \
    }

/**
 * Tell who answers and how it is called. What gunyah_open() found out; makes no call.
 *
 * @param identity  Filled in, as much of it as its size says.
 * @return GUNYAH_OK, GUNYAH_ERR_NULL, GUNYAH_ERR_HANDLE, GUNYAH_ERR_OPTION (size too small). Not blocking.
 */
enum gunyah_error gunyah_identify(struct gunyah *g, struct gunyah_identity *identity);

/** Things that may or may not be there. */
enum gunyah_feature {
    // Bits of the hypervisor's feature word.
    GUNYAH_FEATURE_PARTITION_CSPACE = 0,
    GUNYAH_FEATURE_DOORBELL = 1,
    GUNYAH_FEATURE_MSGQUEUE = 2,
    GUNYAH_FEATURE_VIC = 3,
    GUNYAH_FEATURE_VPM = 4,
    GUNYAH_FEATURE_VCPU = 5,
    GUNYAH_FEATURE_MEMEXTENT = 6,
    GUNYAH_FEATURE_TRACE_CTRL = 7,
    GUNYAH_FEATURE_WATCHDOG = 8,
    GUNYAH_FEATURE_VIRTIO_MMIO = 9,
    GUNYAH_FEATURE_PRNG = 10,
    GUNYAH_FEATURE_VCPU_RUN = 11,
    // Capabilities of the backend.
    GUNYAH_FEATURE_HYPERCALLS = 64, /**< Hypercalls reach the hypervisor. */
    GUNYAH_FEATURE_WAIT = 65,       /**< gunyah_wait() and the waits of objects work. */
    // What this build of the library has.
    GUNYAH_FEATURE_DEVICE_TREE = 96, /**< The functions of dt.h. */
    GUNYAH_FEATURE_GZIP = 97,        /**< Kernels that are compressed, for boot.h. */
};

/**
 * Returns whether the hypervisor, the backend and the library offer a feature; false for a null session and for an unknown feature.
 */
bool gunyah_has(struct gunyah *g, enum gunyah_feature feature);

/**
 * Wait for one of several interrupts of this VM, and take it.
 *
 * @param virqs       Interrupts, each bound to an object of this VM.
 * @param count       How many, at least 1.
 * @param timeout_ns  Nanoseconds; 0 only looks; GUNYAH_WAIT_FOREVER.
 * @param index       Where the place in virqs of the interrupt that came is stored; may be null.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_UNSUPPORTED (the backend cannot wait);
 *         GUNYAH_ERR_ARGUMENT_SIZE (count is 0);
 *         GUNYAH_ERR_ARGUMENT_INVALID (not an interrupt of this VM);
 *         GUNYAH_ERR_TIMEOUT;
 *         GUNYAH_ERR_DEADLOCK (simulator: every thread waits, and none with a time-out);
 *         GUNYAH_ERR_CRASHED (the hypervisor stopped);
 *         GUNYAH_ERR_NO_RESOURCES (the operating system has none left for this).
 *
 * Blocks without using the CPU. An interrupt says "look again", not how often: drain the object until it is empty
 * before you wait again. A level interrupt that was drained before it was taken comes once more for nothing.
 */
enum gunyah_error gunyah_wait(struct gunyah *g, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index);

#ifdef __cplusplus
}
#endif

#endif
