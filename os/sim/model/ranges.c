// SPDX-License-Identifier: BSD-3-Clause
// Sets of ranges. What is put in replaces what was there; neighbours that continue each other become one.
//
// A set is a treap: a search tree by addresses, in which each range has a weight that is below that of whoever is above it. The
// weights come from places in the arena, about which a guest knows nothing, so that the tree is about as deep as the logarithm
// of its size, whatever guests map.
#include "ranges.h"

// A call puts at most nine ranges into sets, of which each takes two for a while, and cuts eight; what is left is for the end of
// objects, which gives back more than it needs.
#define RESERVE 32

static struct range *range_at(struct gunyah_model *model, model_ref ref)
{
    return ref != 0 ? model_at(model, ref) : NULL;
}

static uint32_t weight_of(model_ref ref)
{
    uint32_t weight = ref;
    weight = (weight ^ weight >> 16) * UINT32_C(0x7feb352d);
    weight = (weight ^ weight >> 15) * UINT32_C(0x846ca68b);
    return weight ^ weight >> 16;
}

static bool is_heavier(model_ref one, model_ref other)
{
    return other == 0 || (one != 0 && weight_of(one) >= weight_of(other));
}

const struct range *gunyah_model_ranges_find(struct gunyah_model *model, model_ref set, uint64_t at)
{
    const struct range *found = NULL;
    const struct range *range = range_at(model, set);
    while (range != NULL) {
        if (range->last < at) {
            range = range_at(model, range->above);
            continue;
        }
        found = range;
        range = range_at(model, range->below);
    }
    return found;
}

/** The link that leads to the range that begins there. It is in the set. */
static model_ref *link_to(struct gunyah_model *model, model_ref *set, uint64_t first)
{
    model_ref *link = set;
    while (range_at(model, *link)->first != first) {
        struct range *range = range_at(model, *link);
        link = first < range->first ? &range->below : &range->above;
    }
    return link;
}

/** Hang two trees, one of them below the other, on a link. */
static void merge(struct gunyah_model *model, model_ref *link, model_ref below, model_ref above)
{
    while (below != 0 || above != 0) {
        if (is_heavier(below, above)) {
            *link = below;
            link = &range_at(model, below)->above;
            below = *link;
        } else {
            *link = above;
            link = &range_at(model, above)->below;
            above = *link;
        }
    }
    *link = 0;
}

/** Take a tree apart into what is below an address and what is not. */
static void part(struct gunyah_model *model, model_ref tree, uint64_t at, model_ref *below, model_ref *above)
{
    while (tree != 0) {
        struct range *range = range_at(model, tree);
        if (range->first < at) {
            *below = tree;
            below = &range->above;
            tree = range->above;
        } else {
            *above = tree;
            above = &range->below;
            tree = range->below;
        }
    }
    *below = 0;
    *above = 0;
}

/** There is nothing where the range is. */
static void insert(struct gunyah_model *model, model_ref *set, model_ref ref)
{
    struct range *range = range_at(model, ref);
    model_ref *link = set;
    while (*link != 0 && is_heavier(*link, ref)) {
        struct range *other = range_at(model, *link);
        link = range->first < other->first ? &other->below : &other->above;
    }
    part(model, *link, range->first, &range->below, &range->above);
    *link = ref;
}

static void push_spare(struct gunyah_model *model, model_ref ref)
{
    range_at(model, ref)->above = model->spare_ranges;
    model->spare_ranges = ref;
    model->spare_range_count++;
}

static void give(struct gunyah_model *model, model_ref ref)
{
    if (model->spare_range_count < RESERVE)
        push_spare(model, ref);
    else
        gunyah_model_heap_free(model, ref);
}

/** A range without a meaning; 0: neither the heap nor the reserve has one. */
static model_ref take(struct gunyah_model *model)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct range));
    if (ref != 0 || model->spare_ranges == 0)
        return ref;
    ref = model->spare_ranges;
    model->spare_ranges = range_at(model, ref)->above;
    model->spare_range_count--;
    return ref;
}

bool gunyah_model_ranges_ready(struct gunyah_model *model)
{
    while (model->spare_range_count < RESERVE) {
        const model_ref ref = gunyah_model_heap_take(model, sizeof(struct range));
        if (ref == 0)
            return false;
        push_spare(model, ref);
    }
    return true;
}

static void drop(struct gunyah_model *model, model_ref *set, const struct range *range)
{
    model_ref *link = link_to(model, set, range->first);
    const model_ref gone = *link;
    merge(model, link, range->below, range->above);
    give(model, gone);
}

/** Let a range begin later. */
static void advance(struct range *range, uint64_t first)
{
    range->value += first - range->first;
    range->first = first;
}

/**
 * Take addresses out; `spare` becomes the part behind a range that is cut in two, and is 0 then. Without one, that part goes too:
 * better too little is left than what must not be seen.
 */
static void cut(struct gunyah_model *model, model_ref *set, uint64_t first, uint64_t last, model_ref *spare)
{
    const struct range *found;
    while ((found = gunyah_model_ranges_find(model, *set, first)) != NULL && found->first <= last) {
        struct range *range = range_at(model, *link_to(model, set, found->first));
        if (range->first < first && range->last > last && *spare != 0) {
            struct range *rest = range_at(model, *spare);
            *rest = *range;
            advance(rest, last + 1);
            range->last = first - 1;
            insert(model, set, *spare);
            *spare = 0;
            return;
        }
        if (range->first < first) {
            range->last = first - 1;
        } else if (range->last > last) {
            advance(range, last + 1);
            return;
        } else {
            drop(model, set, range);
        }
    }
}

static bool continues(const struct range *one, const struct range *other)
{
    return one->last + 1 == other->first && one->tag == other->tag &&
           one->value + (other->first - one->first) == other->value;
}

/** Let a range grow over the one behind it, if that goes on in the same way. */
static void join(struct gunyah_model *model, model_ref *set, struct range *range)
{
    const struct range *next =
        range->last != UINT64_MAX ? gunyah_model_ranges_find(model, *set, range->last + 1) : NULL;
    if (next == NULL || !continues(range, next))
        return;
    const uint64_t last = next->last;
    drop(model, set, next);
    range->last = last;
}

/** The same for the one before it. */
static void join_before(struct gunyah_model *model, model_ref *set, const struct range *range)
{
    const struct range *previous = range->first != 0 ? gunyah_model_ranges_find(model, *set, range->first - 1) : NULL;
    if (previous != NULL && previous->last == range->first - 1)
        join(model, set, range_at(model, *link_to(model, set, previous->first)));
}

void gunyah_model_ranges_cut(struct gunyah_model *model, model_ref *set, uint64_t first, uint64_t last)
{
    model_ref spare = take(model);
    cut(model, set, first, last, &spare);
    if (spare != 0)
        give(model, spare);
}

bool gunyah_model_ranges_put(struct gunyah_model *model, model_ref *set, const struct range *what)
{
    const model_ref ref = take(model);
    model_ref spare = take(model);
    if (ref == 0 || spare == 0) {
        if (ref != 0)
            give(model, ref);
        return false;
    }
    cut(model, set, what->first, what->last, &spare);
    if (spare != 0)
        give(model, spare);
    struct range *range = range_at(model, ref);
    // One by one: what lies behind them is nobody's, and would be part of a snapshot.
    range->first = what->first;
    range->last = what->last;
    range->value = what->value;
    range->tag = what->tag;
    insert(model, set, ref);
    join(model, set, range);
    join_before(model, set, range);
    return true;
}

void gunyah_model_ranges_clear(struct gunyah_model *model, model_ref *set)
{
    while (*set != 0)
        drop(model, set, range_at(model, *set));
}

void gunyah_model_ranges_retag(struct gunyah_model *model, model_ref *set, const struct range *where, uint32_t to)
{
    uint64_t at = where->first;
    for (;;) {
        const struct range *found = gunyah_model_ranges_find(model, *set, at);
        if (found == NULL || found->first > where->last)
            return;
        struct range *range = range_at(model, *link_to(model, set, found->first));
        at = range->last;
        if (range->tag == where->tag) {
            range->tag = to;
            join(model, set, range);
            join_before(model, set, range);
        }
        if (at >= where->last)
            return;
        at++;
    }
}
