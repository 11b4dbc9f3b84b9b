// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

static void *allocate(void *context, size_t size)
{
    struct gunyah_arena *arena = context;
    const size_t alignment = _Alignof(max_align_t);

    if (arena == NULL || arena->memory == NULL)
        return NULL;
    const size_t skip = (size_t)(-(uintptr_t)(arena->memory + arena->used)) & (alignment - 1);
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

    if (start + size == arena->used)
        arena->used = start;
}

struct gunyah_allocator gunyah_arena_allocator(struct gunyah_arena *arena, void *memory, size_t size)
{
    if (arena != NULL)
        *arena = (struct gunyah_arena){memory, size, 0};
    return (struct gunyah_allocator){arena, allocate, release};
}
