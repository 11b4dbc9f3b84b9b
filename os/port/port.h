// SPDX-License-Identifier: BSD-3-Clause
// What the library takes from its environment. os/hosted and os/freestanding each define it.
#ifndef GUNYAH_PORT_H
#define GUNYAH_PORT_H

#include <gunyah/session.h>

// The allocator of those that bring none. Hosted: malloc and free. Freestanding: it has no memory.
struct gunyah_allocator gunyah_internal_default_allocator(void);

#endif
