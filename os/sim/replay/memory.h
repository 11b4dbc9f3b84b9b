// SPDX-License-Identifier: BSD-3-Clause
// The physical memory of the recorded machine: it exists where it is written.
#ifndef REPLAY_MEMORY_H
#define REPLAY_MEMORY_H

#include "platform.h"

struct memory;

/** Returns NULL when there is no memory for it. */
struct memory *memory_new(void);
void memory_free(struct memory *memory);

/** Copy from and to memory from PLATFORM_RAM_FIRST to PLATFORM_FREE_LAST. False: this process has no memory for it. */
void memory_read(const struct memory *memory, uint64_t address, void *to, size_t size);
bool memory_write(struct memory *memory, uint64_t address, const void *from, size_t size);
void memory_clear(struct memory *memory, uint64_t address, uint64_t size);

#endif
