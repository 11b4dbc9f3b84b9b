// SPDX-License-Identifier: BSD-3-Clause
// Memory for what is larger than a handle: kept by its session for the next one when it is released.
#include "internal.h"

#define CACHE_LINE 64

struct block {
    struct block *next;    // of all blocks of the session, the newest first
    struct handle *before; // the newest handle when it was allocated
    size_t size;           // of what was allocated, with this header and what aligning may take
    bool used;
};

#define OVERHEAD (sizeof(struct block) + CACHE_LINE - 1)

static void *memory_of(struct block *block)
{
    return (void *)(((uintptr_t)block + OVERHEAD) & ~(uintptr_t)(CACHE_LINE - 1));
}

static struct block *find_free(const struct gunyah *g, size_t size)
{
    struct block *block = g->blocks;

    while (block != NULL && (block->used || block->size < size))
        block = block->next;
    return block;
}

static struct block *allocate(struct gunyah *g, size_t size)
{
    struct block *block = g->allocator.allocate(g->allocator.context, size);

    if (block == NULL)
        return NULL;
    block->next = g->blocks;
    block->before = g->handles;
    block->size = size;
    g->blocks = block;
    return block;
}

void *gunyah_internal_block(struct gunyah *g, size_t size, const char *function, enum gunyah_error *error)
{
    struct block *block = find_free(g, size + OVERHEAD);

    if (block == NULL)
        block = allocate(g, size + OVERHEAD);
    if (block == NULL) {
        *error = gunyah_internal_refuse(g, function, GUNYAH_ERR_OUT_OF_MEMORY);
        return NULL;
    }
    block->used = true;
    *error = GUNYAH_OK;
    return memory_of(block);
}

void gunyah_internal_block_release(struct gunyah *g, const void *memory)
{
    struct block *block = g->blocks;

    while (memory_of(block) != memory)
        block = block->next;
    block->used = false;
}

void gunyah_internal_memory_free(struct gunyah *g)
{
    for (;;) {
        struct block *block = g->blocks;
        struct handle *handle = g->handles;
        if (block != NULL && block->before == handle) {
            g->blocks = block->next;
            g->allocator.release(g->allocator.context, block, block->size);
        } else if (handle != NULL) {
            g->handles = handle->next;
            g->allocator.release(g->allocator.context, handle, sizeof(*handle));
        } else {
            return;
        }
    }
}
