// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The seam "make this hypercall": what the library asks of whatever carries a call to a hypervisor.
 *
 * A backend is one of these structs. The library comes with some (see docs/architecture.md); anybody may write another
 * one and give it to gunyah_open(). docs/porting.md shows how.
 */
#ifndef GUNYAH_BACKEND_H
#define GUNYAH_BACKEND_H

#include "abi/types.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** x0 to x7, as they are when the instruction executes and when it has come back. */
struct gunyah_registers {
    uint64_t x[8];
};

/** Instruction that enters the hypervisor. */
enum gunyah_conduit {
    GUNYAH_CONDUIT_DEFAULT = 0, /**< The backend's own choice (hvc). */
    GUNYAH_CONDUIT_HVC = 1,
    GUNYAH_CONDUIT_SMC = 2,
};

/** Where the number of a call travels. */
enum gunyah_convention {
    GUNYAH_CONVENTION_DEFAULT = 0,   /**< SMCCC where it answers, else the immediate form. */
    GUNYAH_CONVENTION_SMCCC = 1,     /**< Function id 0xC6008000 | number in x0, arguments from x1. */
    GUNYAH_CONVENTION_IMMEDIATE = 2, /**< Number in the immediate of the hvc, arguments from x0. */
};

/** What a backend can do. */
enum gunyah_backend_capability {
    GUNYAH_BACKEND_CALL = 1 << 0, /**< Has call. */
    GUNYAH_BACKEND_WAIT = 1 << 1, /**< Has wait and now. */
    GUNYAH_BACKEND_SMC = 1 << 2,  /**< The smc conduit may be used. */
    GUNYAH_BACKEND_PROBE_IMMEDIATE =
        1 << 3,                    /**< An hvc with an immediate that nobody knows is answered, never undefined. */
    GUNYAH_BACKEND_LOCAL = 1 << 4, /**< Calls reach no hypervisor: the backend answers those that it has itself. */
};

/** A time-out that never comes. */
#define GUNYAH_WAIT_FOREVER UINT64_MAX

/**
 * The operations. A pointer whose capability is not set may be null.
 *
 * A session calls them from one thread at a time. Sessions in several threads may share a context when the backend says
 * so; the simulator does.
 */
struct gunyah_backend_ops {
    /** sizeof(struct gunyah_backend_ops) of the headers that the backend was compiled with. */
    size_t size;

    /** Short name for people: "sim". */
    const char *name;

    /** Bits of enum gunyah_backend_capability. */
    uint32_t capabilities;

    /**
     * Is there such a hypervisor on this machine? Asked only when the backend is chosen automatically. Must not execute
     * anything that could trap as undefined. Does not block. May be null, which means yes.
     */
    bool (*probe)(void *context);

    /**
     * A session begins. May block shortly. Returns GUNYAH_OK, GUNYAH_ERR_IN_USE, GUNYAH_ERR_OUT_OF_MEMORY or
     * GUNYAH_ERR_NO_BACKEND. May be null.
     */
    enum gunyah_error (*open)(void *context);

    /** The session that open began ends; no other operation follows. Cannot fail. May be null. */
    void (*close)(void *context);

    /**
     * Execute `hvc #immediate` or `smc #immediate` with x0 to x7 and store what comes back. Must order memory as a
     * compiler barrier does: what the caller wrote before is visible to the hypervisor. Does not allocate, does not
     * fail: whatever goes wrong is an answer in the registers (x0 = all ones where nobody answers).
     */
    void (*call)(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers);

    /**
     * The same as call with GUNYAH_CONDUIT_HVC and 0, which is nearly every call, for a backend that has nothing left to
     * choose then. number is the hypercall's, or GUNYAH_CALL_SMCCC; x0 says the same. May be null: call does it.
     */
    void (*hvc)(void *context, uint32_t number, struct gunyah_registers *registers);

    /**
     * Block until one of the interrupts is pending for this VM, take the first such one of the list (acknowledge and
     * end it), and store its place in the list. timeout_ns: 0 only looks, GUNYAH_WAIT_FOREVER never ends. Spurious
     * returns are allowed. index may be null. Returns GUNYAH_OK, GUNYAH_ERR_TIMEOUT, GUNYAH_ERR_DEADLOCK (simulator),
     * GUNYAH_ERR_CRASHED (the hypervisor stopped), GUNYAH_ERR_NO_RESOURCES (of the operating system) or
     * GUNYAH_ERR_ARGUMENT_INVALID for a number that is not an interrupt of this VM.
     */
    enum gunyah_error (*wait)(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index);

    /** Nanoseconds since some moment, never going back. Does not block. */
    uint64_t (*now)(void *context);

    /**
     * Make memory and data caches agree on a buffer: before the hypervisor reads it, and before and after the
     * hypervisor writes it. For a caller whose caches are off while the hypervisor's are on. Does not block. May be
     * null, which means that both see the same.
     */
    void (*sync)(void *context, const void *buffer, size_t size);
};

/** A backend: operations and what they work on. Borrowed by the session until it is closed. */
struct gunyah_backend {
    const struct gunyah_backend_ops *ops;
    void *context;
};

#ifdef __cplusplus
}
#endif

#endif
