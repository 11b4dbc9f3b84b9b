// SPDX-License-Identifier: BSD-3-Clause
// What a hosted C environment offers to the core.
#ifndef GUNYAH_HOSTED_H
#define GUNYAH_HOSTED_H

#include <gunyah/session.h>

// The allocator of sessions that bring none: malloc and free.
struct gunyah_allocator gunyah_hosted_allocator(void);

#endif
