// SPDX-License-Identifier: BSD-3-Clause
// The heap of the arena. Free blocks are kept in bins by size, two bitmaps find a bin that is not empty, and neighbours that
// are free grow together, so that taking and freeing have a bounded cost and what was deleted can be used for anything.
#include "internal.h"

#include <string.h>

#define HEADER 8u
#define GRANULE 16u // that all sizes are multiples of: the smallest block, so that what is left over is always one
#define FREE 1u     // in size

struct block {
    uint32_t size; // header included; lowest bit: free
    model_ref previous;
    // Free blocks only: neighbours in the bin.
    model_ref bin_next;
    model_ref bin_previous;
};

static struct block *block_at(struct gunyah_model *model, model_ref ref)
{
    return model_at(model, ref);
}

static uint32_t highest_bit(uint32_t word)
{
    uint32_t position = 0;
    for (uint32_t half = 16; half != 0; half /= 2) {
        if ((word >> half) == 0)
            continue;
        word >>= half;
        position += half;
    }
    return position;
}

/** The bin that a free block of this size belongs to. */
static void bin_of(uint32_t size, uint32_t *class, uint32_t *step)
{
    uint32_t high = highest_bit(size);
    *class = high - HEAP_FIRST_BITS;
    *step = (size >> (high - 2)) & (HEAP_STEPS - 1);
}

static void bin_insert(struct gunyah_model *model, model_ref ref)
{
    struct heap *heap = &model->heap;
    struct block *block = block_at(model, ref);
    uint32_t class;
    uint32_t step;
    bin_of(block->size, &class, &step);
    model_ref *bin = &heap->bins[class][step];
    block->size |= FREE;
    block->bin_previous = 0;
    block->bin_next = *bin;
    if (*bin != 0)
        block_at(model, *bin)->bin_previous = ref;
    *bin = ref;
    heap->classes |= UINT32_C(1) << class;
    heap->steps[class] = (uint8_t)(heap->steps[class] | 1u << step);
}

static void bin_remove(struct gunyah_model *model, model_ref ref)
{
    struct heap *heap = &model->heap;
    struct block *block = block_at(model, ref);
    uint32_t class;
    uint32_t step;
    block->size &= ~FREE;
    bin_of(block->size, &class, &step);
    if (block->bin_next != 0)
        block_at(model, block->bin_next)->bin_previous = block->bin_previous;
    if (block->bin_previous != 0) {
        block_at(model, block->bin_previous)->bin_next = block->bin_next;
        return;
    }
    heap->bins[class][step] = block->bin_next;
    if (block->bin_next != 0)
        return;
    heap->steps[class] = (uint8_t)(heap->steps[class] & ~(1u << step));
    if (heap->steps[class] == 0)
        heap->classes &= ~(UINT32_C(1) << class);
}

/** The first bin in which every block is large enough and that is not empty; 0 if there is none. */
static model_ref bin_search(const struct heap *heap, uint32_t size)
{
    uint32_t class;
    uint32_t step;
    uint32_t rounding = (UINT32_C(1) << (highest_bit(size) - 2)) - 1;
    bin_of(size + rounding, &class, &step);
    uint32_t steps = heap->steps[class] & (~0u << step);
    if (steps == 0) {
        uint32_t classes = class + 1 < HEAP_CLASSES ? heap->classes & (~0u << (class + 1)) : 0;
        if (classes == 0)
            return 0;
        class = model_lowest_bit(classes);
        steps = heap->steps[class];
    }
    return heap->bins[class][model_lowest_bit(steps)];
}

/** Tell the block behind this one where this one begins. */
static void set_follower(struct gunyah_model *model, model_ref ref)
{
    model_ref follower = ref + block_at(model, ref)->size;
    if (follower == model->heap.top)
        model->heap.last = ref;
    else
        block_at(model, follower)->previous = ref;
}

static void split(struct gunyah_model *model, model_ref ref, uint32_t size)
{
    struct block *block = block_at(model, ref);
    if (block->size == size)
        return;
    struct block *rest = block_at(model, ref + size);
    rest->size = block->size - size;
    rest->previous = ref;
    block->size = size;
    set_follower(model, ref + size);
    bin_insert(model, ref + size);
}

static model_ref extend(struct gunyah_model *model, uint32_t size)
{
    struct heap *heap = &model->heap;
    if (size > model->size - heap->top)
        return 0;
    model_ref ref = heap->top;
    struct block *block = block_at(model, ref);
    block->size = size;
    block->previous = heap->last;
    heap->last = ref;
    heap->top += size;
    return ref;
}

static model_ref first_block(void)
{
    return (model_ref)((sizeof(struct gunyah_model) + 15) / 16 * 16);
}

void gunyah_model_heap_init(struct gunyah_model *model)
{
    model->heap.top = first_block();
    // What lies between is nobody's, and part of a snapshot.
    memset(model + 1, 0, first_block() - sizeof(*model));
}

model_ref gunyah_model_heap_take(struct gunyah_model *model, size_t wanted)
{
    if (wanted > model->size || wanted > UINT32_MAX / 4)
        return 0;
    if (model->env.allocate != NULL && !model->env.allocate(model->env.context))
        return 0;
    uint32_t size = ((uint32_t)wanted + HEADER + GRANULE - 1) & ~(GRANULE - 1);
    model_ref ref = bin_search(&model->heap, size);
    if (ref != 0) {
        bin_remove(model, ref);
        split(model, ref, size);
    } else {
        ref = extend(model, size);
        if (ref == 0)
            return 0;
    }
    model->heap.used += block_at(model, ref)->size;
    memset(model_at(model, ref + HEADER), 0, block_at(model, ref)->size - HEADER);
    return ref + HEADER;
}

void gunyah_model_heap_free(struct gunyah_model *model, model_ref memory)
{
    struct heap *heap = &model->heap;
    model_ref ref = memory - HEADER;
    struct block *block = block_at(model, ref);
    model_ref follower = ref + block->size;
    heap->used -= block->size;
    if (follower != heap->top && (block_at(model, follower)->size & FREE) != 0) {
        bin_remove(model, follower);
        block->size += block_at(model, follower)->size;
    }
    model_ref previous = block->previous;
    if (previous != 0 && (block_at(model, previous)->size & FREE) != 0) {
        bin_remove(model, previous);
        block_at(model, previous)->size += block->size;
        ref = previous;
        block = block_at(model, ref);
    }
    if (ref + block->size == heap->top) {
        heap->top = ref;
        heap->last = block->previous;
        return;
    }
    set_follower(model, ref);
    bin_insert(model, ref);
}

void gunyah_model_wipe(struct gunyah_model *model)
{
    for (uint32_t class = 0; class < HEAP_CLASSES; class ++) {
        for (uint32_t step = 0; step < HEAP_STEPS; step++) {
            for (model_ref ref = model->heap.bins[class][step]; ref != 0; ref = block_at(model, ref)->bin_next)
                memset(model_at(model, ref + sizeof(struct block)), 0,
                       (block_at(model, ref)->size & ~FREE) - sizeof(struct block));
        }
    }
}

// ---- checking -----------------------------------------------------------------------------------------------------------

uint32_t gunyah_model_heap_size(struct gunyah_model *model, model_ref memory)
{
    return (block_at(model, memory - HEADER)->size & ~FREE) - HEADER;
}

/** Go from block to block, and count those that are free. No two of them are neighbours, and none is the last. */
static bool check_blocks(struct gunyah_model *model, const struct heap_visitor *visitor, uint32_t *free)
{
    const struct heap *heap = &model->heap;
    uint32_t used = 0;
    model_ref before = 0;
    bool was_free = false;
    for (model_ref ref = first_block(); ref < heap->top;) {
        const struct block *block = block_at(model, ref);
        const uint32_t size = block->size & ~FREE;
        const bool is_free = (block->size & FREE) != 0;
        if (size == 0 || size % GRANULE != 0 || size > heap->top - ref || block->previous != before ||
            (is_free && was_free))
            return false;
        *free += is_free ? 1 : 0;
        used += is_free ? 0 : size;
        visitor->found(visitor->context, ref + HEADER, is_free);
        was_free = is_free;
        before = ref;
        ref += size;
    }
    return heap->last == before && !was_free && heap->used == used;
}

/** Take the blocks of a bin off those that are free. */
static bool check_bin(struct gunyah_model *model, const struct heap_visitor *visitor, uint32_t class, uint32_t step,
                      uint32_t *free)
{
    const struct heap *heap = &model->heap;
    model_ref before = 0;
    if (((heap->steps[class] >> step & 1) != 0) != (heap->bins[class][step] != 0))
        return false;
    for (model_ref ref = heap->bins[class][step]; ref != 0; ref = block_at(model, ref)->bin_next) {
        uint32_t its_class;
        uint32_t its_step;
        if (ref > heap->top || !visitor->take_free(visitor->context, ref + HEADER))
            return false;
        bin_of(block_at(model, ref)->size & ~FREE, &its_class, &its_step);
        if (its_class != class || its_step != step || block_at(model, ref)->bin_previous != before)
            return false;
        --*free;
        before = ref;
    }
    return true;
}

bool gunyah_model_heap_check(struct gunyah_model *model, const struct heap_visitor *visitor)
{
    const struct heap *heap = &model->heap;
    uint32_t free = 0;
    if (heap->top % GRANULE != 0 || heap->top < first_block() || heap->top > model->size ||
        heap->classes >> HEAP_CLASSES != 0 || !check_blocks(model, visitor, &free))
        return false;
    for (uint32_t class = 0; class < HEAP_CLASSES; class ++) {
        if (heap->steps[class] >> HEAP_STEPS != 0 ||
            (heap->classes >> class & 1) != (heap->steps[class] != 0 ? 1u : 0u))
            return false;
        for (uint32_t step = 0; step < HEAP_STEPS; step++) {
            if (!check_bin(model, visitor, class, step, &free))
                return false;
        }
    }
    return free == 0;
}

size_t gunyah_model_heap_used(const struct gunyah_model *model)
{
    return model->heap.used;
}
