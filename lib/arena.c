// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

// Bytes from here to where a piece may begin.
static size_t to_boundary(const void *memory)
{
    return (size_t)(-(uintptr_t)memory) & (_Alignof(max_align_t) - 1);
}

static void *allocate(void *context, size_t size)
{
    struct gunyah_arena *arena = context;

    if (arena == NULL || arena->memory == NULL)
        return NULL;
    const size_t skip = to_boundary(arena->memory + arena->used);
    const size_t left = arena->size - arena->used;
    if (skip > left || size > left - skip)
        return NULL;
    arena->used += skip + size;
    return arena->memory + arena->used - size;
}

// The last piece alone: a session releases its handles and then itself in the opposite order of taking them.
static void release(void *context, void *memory, size_t size)
{
    struct gunyah_arena *arena = context;
    const size_t start = (size_t)((unsigned char *)memory - arena->memory);
    const size_t end = start + size;

    // What came behind it began at a boundary, and left that as the end when it was released.
    if (end + to_boundary(arena->memory + end) >= arena->used)
        arena->used = start;
}

struct gunyah_allocator gunyah_arena_allocator(struct gunyah_arena *arena, void *memory, size_t size)
{
    if (arena != NULL)
        *arena = (struct gunyah_arena){memory, size, 0};
    return (struct gunyah_allocator){arena, allocate, release};
}
