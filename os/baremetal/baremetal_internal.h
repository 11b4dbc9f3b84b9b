// SPDX-License-Identifier: BSD-3-Clause
// What the files of the backend share.
#ifndef GUNYAH_BAREMETAL_INTERNAL_H
#define GUNYAH_BAREMETAL_INTERNAL_H

#include <gunyah/baremetal.h>

// ---- timer.c -----------------------------------------------------------------------------------------------------

// Nanoseconds of the virtual counter.
uint64_t gunyah_internal_baremetal_now(void *context);

// ---- gic.c -------------------------------------------------------------------------------------------------------

// Whether this processor has the system registers of a GICv3 CPU interface.
bool gunyah_internal_baremetal_has_gic(void);

// gunyah_backend_ops.wait by these registers. The context is a struct gunyah_baremetal, for its clock and distributor.
enum gunyah_error gunyah_internal_baremetal_gic_wait(void *context, const gunyah_virq_t *virqs, size_t count,
                                                     uint64_t timeout_ns, size_t *index);

#endif
