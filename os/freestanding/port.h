// SPDX-License-Identifier: BSD-3-Clause
// What the core takes from its environment: one without a C library.
#ifndef GUNYAH_PORT_H
#define GUNYAH_PORT_H

#include <gunyah/session.h>

// The allocator of sessions that bring none: it has no memory, so that gunyah_open() answers GUNYAH_ERR_OUT_OF_MEMORY.
struct gunyah_allocator gunyah_internal_default_allocator(void);

#endif
