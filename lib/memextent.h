// SPDX-License-Identifier: BSD-3-Clause
// What the files about memory extents and address spaces share: ranges of pages, and words for what is wrong with them.
#ifndef GUNYAH_INTERNAL_MEMEXTENT_H
#define GUNYAH_INTERNAL_MEMEXTENT_H

#include "internal.h"

extern const struct reason gunyah_internal_unaligned_address;
extern const struct reason gunyah_internal_unaligned_offset;
extern const struct reason gunyah_internal_unaligned_size;
extern const struct reason gunyah_internal_unknown_sync;

// Is it a whole number of pages?
static inline bool is_paged(uint64_t value)
{
    return value % GUNYAH_MEMEXTENT_PAGE_SIZE == 0;
}

// Is a range that is not empty inside of something of this size?
static inline bool is_inside(uint64_t offset, uint64_t size, uint64_t whole)
{
    return offset < whole && size <= whole - offset;
}

static inline bool is_sync(enum gunyah_memextent_sync sync)
{
    return sync == GUNYAH_MEMEXTENT_SYNC || sync == GUNYAH_MEMEXTENT_NO_SYNC;
}

// Is it one of the enumerators? Writing and executing without reading is none.
static inline bool is_access(enum gunyah_pgtable_access access)
{
    return (uint32_t)access <= GUNYAH_PGTABLE_ACCESS_RWX && (uint32_t)access != 3;
}

#endif
