// SPDX-License-Identifier: BSD-3-Clause
// Memory for what is larger than a handle: kept by its session for the next one when it is released.
#include "internal.h"

#define CACHE_LINE 64

struct block {
    struct block *next; // of all blocks of the session
    size_t allocated;   // with this header
    size_t size;
    void *memory;
    bool used;
};

static struct block *find_free(struct gunyah *g, size_t size)
{
    for (struct block *block = g->blocks; block != NULL; block = block->next) {
        if (!block->used && block->size >= size)
            return block;
    }
    return NULL;
}

static struct block *allocate(struct gunyah *g, size_t size)
{
    const size_t overhead = sizeof(struct block) + CACHE_LINE - 1;

    if (size > SIZE_MAX - overhead)
        return NULL;
    struct block *block = g->allocator.allocate(g->allocator.context, overhead + size);
    if (block == NULL)
        return NULL;
    const uintptr_t memory = ((uintptr_t)(block + 1) + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1);
    *block = (struct block){
        .next = g->blocks, .allocated = overhead + size, .size = size, .memory = (void *)memory, .used = false};
    g->blocks = block;
    return block;
}

void *gunyah_internal_block(struct gunyah *g, size_t size, const char *function, enum gunyah_error *error)
{
    struct block *block = find_free(g, size);

    if (block == NULL)
        block = allocate(g, size);
    if (block == NULL) {
        *error = gunyah_internal_refuse(g, function, GUNYAH_ERR_OUT_OF_MEMORY);
        return NULL;
    }
    block->used = true;
    *error = GUNYAH_OK;
    return block->memory;
}

void gunyah_internal_block_release(struct gunyah *g, const void *memory)
{
    struct block *block = g->blocks;

    while (block->memory != memory)
        block = block->next;
    block->used = false;
}

void gunyah_internal_blocks_free(struct gunyah *g)
{
    while (g->blocks != NULL) {
        struct block *block = g->blocks;
        g->blocks = block->next;
        g->allocator.release(g->allocator.context, block, block->allocated);
    }
}
