// SPDX-License-Identifier: BSD-3-Clause
// What the core takes from its environment: a hosted one.
#ifndef GUNYAH_PORT_H
#define GUNYAH_PORT_H

#include <gunyah/session.h>

// The allocator of sessions that bring none: malloc and free.
struct gunyah_allocator gunyah_internal_default_allocator(void);

#endif
