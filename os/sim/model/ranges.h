// SPDX-License-Identifier: BSD-3-Clause
// Sets of ranges of addresses without overlaps, as the root of a tree, 0 when empty. What must not fail takes its memory from a
// reserve when the heap is empty. Whatever may fail starts by filling that up, or does not start: so that nothing is half done,
// and enough is left.
#ifndef GUNYAH_MODEL_RANGES_H
#define GUNYAH_MODEL_RANGES_H

#include "internal.h"

#define PAGE UINT64_C(0x1000)
#define PAGE_MASK (PAGE - 1)

/** Fill the reserve up. False: no memory, and who may fail does so now. Then one call's changes do not fail. */
bool gunyah_model_ranges_ready(struct gunyah_model *model);

/** The first range that ends at this address or behind it, or NULL. */
const struct range *gunyah_model_ranges_find(struct gunyah_model *model, model_ref set, uint64_t at);

/** Put a range in, in the place of what is there. False: no memory. */
bool gunyah_model_ranges_put(struct gunyah_model *model, model_ref *set, const struct range *what);

/** Take addresses out. Were the reserve empty too, what is behind them in the same range would go with them. */
void gunyah_model_ranges_cut(struct gunyah_model *model, model_ref *set, uint64_t first, uint64_t last);

/** Give what is there and has this tag another one. Needs no memory. */
void gunyah_model_ranges_retag(struct gunyah_model *model, model_ref *set, const struct range *where, uint32_t to);

/** Take all out. */
void gunyah_model_ranges_clear(struct gunyah_model *model, model_ref *set);

#endif
