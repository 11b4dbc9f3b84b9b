// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The backend for firmware, an RTOS or a kernel inside a VM: `hvc` and `smc`, straight. AArch64 at EL1.
 *
 * It is in the freestanding library, not in the hosted ones. docs/bare-metal.md is the guide.
 */
#ifndef GUNYAH_BAREMETAL_H
#define GUNYAH_BAREMETAL_H

#include "backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the embedder knows, and what it wants to do itself. The hooks may be null; they get the context. */
struct gunyah_baremetal_options {
    size_t size; /**< sizeof(struct gunyah_baremetal_options). */
    void *context;

    /**
     * As gunyah_backend_ops.wait: a return for nothing is allowed and stores any place of the list; index may be null.
     * Null: looks at the GICv3 CPU interface, with `wfi` between the looks, which needs PSTATE.I set; see gicd. Where
     * there is no such interface, and no hook, the backend does not wait.
     */
    enum gunyah_error (*wait)(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index);

    /** As gunyah_backend_ops.now. Null: CNTVCT_EL0, scaled by CNTFRQ_EL0. */
    uint64_t (*now)(void *context);

    /** As gunyah_backend_ops.sync. Null: nothing to do. With caches off, gunyah_baremetal_sync_caches(). */
    void (*sync)(void *context, const void *buffer, size_t size);

    /**
     * Where this VM has the distributor of its GICv3 (GICD), as the first address of `reg` in the device tree's node
     * says. The wait without a hook enables exactly the interrupts of its list there, and disables them again when it
     * returns, so that others that are pending do not hide them. 0: the interrupts are to be enabled already, and only
     * the first pending one of all that are enabled is seen.
     */
    uintptr_t gicd;

    bool has_smc; /**< `smc` reaches the hypervisor. Where nothing traps it and there is no EL3, it is undefined. */
    bool probe_immediate; /**< `hvc` with an immediate that nobody knows is answered, never undefined. */
};

#define GUNYAH_BAREMETAL_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_baremetal_options), NULL, NULL, NULL, NULL, 0, false, false                               \
    }

/** The backend and all of its state. The caller gives the memory and touches nothing in it. */
struct gunyah_baremetal {
    struct gunyah_backend backend;
    struct gunyah_backend_ops ops;
    struct gunyah_baremetal_options options;
};

/**
 * Make a backend that executes instructions.
 *
 * @param options    Copied; null for the defaults.
 * @param baremetal  Filled in. Must stay where it is, and live as long as the sessions on it.
 * @return The backend, for gunyah_open(); null: baremetal is null, or the options are not understood (too small, or
 * something unknown is set). Executes no hvc and no smc. Several sessions may share it if the hooks allow that.
 */
const struct gunyah_backend *gunyah_baremetal_backend(const struct gunyah_baremetal_options *options,
                                                      struct gunyah_baremetal *baremetal);

/**
 * Tell the conduit that the device tree names for PSCI: property `method` of node `/psci`. Gunyah answers on the same one.
 *
 * @param method  The property's value; may be null.
 * @return GUNYAH_CONDUIT_HVC for "hvc", GUNYAH_CONDUIT_SMC for "smc", else GUNYAH_CONDUIT_DEFAULT. Any thread.
 */
enum gunyah_conduit gunyah_baremetal_conduit(const char *method);

/**
 * Clean and invalidate the data cache lines of a buffer to the point of coherency. A `sync` hook for a caller whose
 * caches are off, while the hypervisor's are on.
 *
 * @param context  Not used.
 * @param buffer   Its first and last cache line must hold nothing else that the hypervisor or a device writes.
 * @param size     Bytes.
 */
void gunyah_baremetal_sync_caches(void *context, const void *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
