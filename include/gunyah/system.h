// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a VM may ask of the hypervisor without any capability: to let others run, for random bytes, and what is traced.
 *
 * Every function returns GUNYAH_ERR_NULL for a null session, and GUNYAH_ERR_UNIMPLEMENTED or GUNYAH_ERR_UNKNOWN where the
 * hypervisor does not have the call; this is not repeated below. A session belongs to one thread at a time.
 */
#ifndef GUNYAH_SYSTEM_H
#define GUNYAH_SYSTEM_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Let other vCPUs of the same priority run. gunyah_thread_yield_to() names one.
 *
 * @return GUNYAH_OK.
 *
 * Blocks until this vCPU is scheduled again. Hypercall scheduler_yield.
 */
enum gunyah_error gunyah_scheduler_yield(struct gunyah *g);

/**
 * Fetch random bytes of the hardware, to start a generator with.
 *
 * @param buffer  Filled in; untouched on failure.
 * @param size    Bytes, 1 to GUNYAH_PRNG_MAX_BYTES.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (buffer too);
 *         GUNYAH_ERR_ARGUMENT_SIZE (refused by the library);
 *         GUNYAH_ERR_BUSY (GUNYAH_PRNG_CALLS_PER_WINDOW calls in the GUNYAH_PRNG_WINDOW_NS since the first of them: a
 *           vCPU gets no more).
 *
 * Hypercall prng_get_entropy.
 */
enum gunyah_error gunyah_prng_get_entropy(struct gunyah *g, void *buffer, size_t size);

/**
 * Choose what the hypervisor writes into its trace, for all VMs.
 *
 * @param set    Bits (1 << enum gunyah_trace_class) to set; what is in both is set.
 * @param clear  Bits to clear. 0 and 0 only look.
 * @param flags  Where the bits after the call are stored; may be null; untouched on failure. ERROR and LOG_BUFFER stay as
 *               they are.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_DENIED (this hypervisor does not let anybody).
 *
 * Hypercall trace_update_class_flags.
 */
enum gunyah_error gunyah_trace_update_class_flags(struct gunyah *g, uint64_t set, uint64_t clear, uint64_t *flags);

#ifdef __cplusplus
}
#endif

#endif
