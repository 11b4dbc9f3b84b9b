// SPDX-License-Identifier: BSD-3-Clause
#ifndef FIRMWARE_WAIT_H
#define FIRMWARE_WAIT_H

#include <gunyah/baremetal.h>

// From the exception vector, with interrupts masked.
void interrupt_handler(void);

// As gunyah_baremetal_options.wait, for interrupts that are enabled and edge triggered.
enum gunyah_error wait_hook(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                            size_t *index);

#endif
