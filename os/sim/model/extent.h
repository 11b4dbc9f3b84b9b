// SPDX-License-Identifier: BSD-3-Clause
// What memory extents own, and what of it their mappings show in address spaces.
#ifndef GUNYAH_MODEL_EXTENT_H
#define GUNYAH_MODEL_EXTENT_H

#include "ranges.h"

/** Give the root partition its memory, if it has any. NOMEM. */
int32_t gunyah_model_memory_init(struct gunyah_model *model);

/** Is this kind of access, or one of memory, possible for a mapping of the extent? */
bool gunyah_model_extent_allows(const struct memextent *extent, uint32_t mapping_attrs);
bool gunyah_model_extent_allows_access(const struct memextent *extent, uint32_t mapping_attrs);

bool gunyah_model_extent_is_sparse(const struct memextent *extent);

/** Do offset and size name whole pages of the extent? ARGUMENT_ALIGNMENT, and what is given for the others. */
int32_t gunyah_model_extent_check(const struct memextent *extent, uint64_t offset, uint64_t size, int32_t overflow,
                                  int32_t empty, int32_t outside);

/** Let something use the memory of a basic extent, until it takes itself off `attachments`. DENIED, BUSY (it has children). */
int32_t gunyah_model_extent_attach(struct memextent *extent);

/** Move all of a part of an extent from one owner to another: extents or a partition. MEMDB_NOT_OWNER, NOMEM. */
int32_t gunyah_model_memory_move(struct gunyah_model *model, uint64_t first, uint64_t last, model_ref from,
                                 model_ref to);

/** Does all of this memory belong to it? */
bool gunyah_model_memory_owned(struct gunyah_model *model, uint64_t first, uint64_t last, model_ref owner);

/** A part of an extent by offsets, both ends included. */
struct extent_part {
    uint64_t first;
    uint64_t last;
};

/** All of the extent. */
struct extent_part gunyah_model_extent_all(const struct memextent *extent);

/** Write what the extent owns of the part into the page tables of its mappings, or of one; or take it out again. */
int32_t gunyah_model_extent_show(struct gunyah_model *model, struct memextent *extent, struct extent_part part);
int32_t gunyah_model_extent_show_in(struct gunyah_model *model, struct memextent *extent,
                                    const struct extent_mapping *mapping, struct extent_part part);
void gunyah_model_extent_hide(struct gunyah_model *model, struct memextent *extent, struct extent_part part);
void gunyah_model_extent_hide_in(struct gunyah_model *model, struct memextent *extent,
                                 const struct extent_mapping *mapping, struct extent_part part);

/** The same for all of the part, whoever owns it. */
int32_t gunyah_model_extent_write_in(struct gunyah_model *model, struct memextent *extent,
                                     const struct extent_mapping *mapping, struct extent_part part);
void gunyah_model_extent_erase_in(struct gunyah_model *model, struct memextent *extent,
                                  const struct extent_mapping *mapping, struct extent_part part);

/** The part of another extent that is the same memory. */
struct extent_part gunyah_model_extent_within(const struct memextent *extent, const struct memextent *other,
                                              struct extent_part part);

/** Take back all mappings of the extent, or those into one address space. */
void gunyah_model_extent_unmap_all(struct gunyah_model *model, struct memextent *extent);
void gunyah_model_extents_leave(struct gunyah_model *model, const struct addrspace *addrspace);

#endif
