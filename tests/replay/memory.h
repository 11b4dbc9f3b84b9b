// SPDX-License-Identifier: BSD-3-Clause
// The memory of the recorded guest: RAM that exists where it is written, device pages, and holes.
#ifndef REPLAY_MEMORY_H
#define REPLAY_MEMORY_H

#include "platform.h"

struct memory;

/** Returns NULL when there is no memory for it. */
struct memory *memory_new(void);
void memory_free(struct memory *memory);

/** Copy from and to the guest's memory. What lies before a page that refuses has been copied. */
enum gunyah_model_memory memory_read(struct memory *memory, uint64_t address, void *to, size_t size);
enum gunyah_model_memory memory_write(struct memory *memory, uint64_t address, const void *from, size_t size);

#endif
