// SPDX-License-Identifier: BSD-3-Clause
// Lists of ranges. What is put in replaces what was there; neighbours that continue each other become one.
#include "ranges.h"

static struct range *range_at(struct gunyah_model *model, model_ref ref)
{
    return ref != 0 ? model_at(model, ref) : NULL;
}

const struct range *gunyah_model_ranges_find(struct gunyah_model *model, model_ref list, uint64_t at)
{
    const struct range *range = range_at(model, list);
    while (range != NULL && range->last < at)
        range = range_at(model, range->next);
    return range;
}

static void drop(struct gunyah_model *model, model_ref *link)
{
    const model_ref gone = *link;
    *link = range_at(model, gone)->next;
    gunyah_model_heap_free(model, gone);
}

/** Let a range begin later. */
static void advance(struct range *range, uint64_t first)
{
    range->value += first - range->first;
    range->first = first;
}

/** Take addresses out of the list; `spare` becomes the part behind a range that is cut in two, and is 0 then. */
static void cut(struct gunyah_model *model, model_ref *list, uint64_t first, uint64_t last, model_ref *spare)
{
    model_ref *link = list;
    while (*link != 0) {
        struct range *range = range_at(model, *link);
        if (range->first > last)
            return;
        if (range->first >= first && range->last <= last) {
            drop(model, link);
            continue;
        }
        if (range->first < first && range->last > last) {
            struct range *rest = range_at(model, *spare);
            *rest = *range;
            advance(rest, last + 1);
            range->last = first - 1;
            range->next = *spare;
            *spare = 0;
            return;
        }
        if (range->last >= first && range->first < first)
            range->last = first - 1;
        else if (range->first >= first)
            advance(range, last + 1);
        link = &range->next;
    }
}

static bool continues(const struct range *one, const struct range *other)
{
    return one->last + 1 == other->first && one->tag == other->tag &&
           one->value + (other->first - one->first) == other->value;
}

/** Let a range grow over the one behind it, if that goes on in the same way. */
static void join(struct gunyah_model *model, struct range *range)
{
    const struct range *next = range_at(model, range->next);
    if (next == NULL || !continues(range, next))
        return;
    range->last = next->last;
    drop(model, &range->next);
}

static void insert(struct gunyah_model *model, model_ref *list, model_ref ref)
{
    struct range *range = range_at(model, ref);
    struct range *previous = NULL;
    model_ref *link = list;
    while (*link != 0 && range_at(model, *link)->first < range->first) {
        previous = range_at(model, *link);
        link = &previous->next;
    }
    range->next = *link;
    *link = ref;
    join(model, range);
    if (previous != NULL)
        join(model, previous);
}

bool gunyah_model_ranges_put(struct gunyah_model *model, model_ref *list, const struct range *what)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct range));
    model_ref spare = gunyah_model_heap_take(model, sizeof(struct range));
    const bool good = ref != 0 && spare != 0;
    if (good) {
        *range_at(model, ref) = *what;
        cut(model, list, what->first, what->last, &spare);
        insert(model, list, ref);
        ref = 0;
    }
    if (ref != 0)
        gunyah_model_heap_free(model, ref);
    if (spare != 0)
        gunyah_model_heap_free(model, spare);
    return good;
}

bool gunyah_model_ranges_cut(struct gunyah_model *model, model_ref *list, uint64_t first, uint64_t last)
{
    model_ref spare = gunyah_model_heap_take(model, sizeof(struct range));
    if (spare == 0)
        return false;
    cut(model, list, first, last, &spare);
    if (spare != 0)
        gunyah_model_heap_free(model, spare);
    return true;
}

void gunyah_model_ranges_clear(struct gunyah_model *model, model_ref *list)
{
    while (*list != 0)
        drop(model, list);
}

void gunyah_model_ranges_retag(struct gunyah_model *model, model_ref list, uint32_t from, uint32_t to)
{
    struct range *before = NULL;
    for (struct range *range = range_at(model, list); range != NULL; range = range_at(model, range->next)) {
        if (range->tag == from)
            range->tag = to;
        if (before != NULL && continues(before, range)) {
            join(model, before);
            range = before;
        }
        before = range;
    }
}
