// SPDX-License-Identifier: BSD-3-Clause
// Is this a state that the model can go on from? Its code trusts the arena: here everything is looked at that it trusts.
//
// First all objects are found, from the VMs, the Resource Manager and the capabilities on, and each block of the heap gets
// its one owner. Then what objects say of each other is compared. Whatever the bytes are, this ends, and reads nothing
// beyond the heap.
#ifndef GUNYAH_MODEL_AUDIT_H
#define GUNYAH_MODEL_AUDIT_H

#include "internal.h"

enum audit_thing {
    AUDIT_NOTHING,
    AUDIT_FREE,   // a block of the heap that is free
    AUDIT_BLOCK,  // of the heap, in use, and nobody's yet
    AUDIT_OWNED,  // a block that belongs to one thing
    AUDIT_OBJECT, // a block that is an object
    AUDIT_CAP,    // a valid capability, in a table
    AUDIT_SOURCE, // of interrupts, in an object
};

/** What is at a place of the arena. */
struct audit_mark {
    uint32_t references; // to an object, that count
    model_ref next;      // what is to be looked at after this
    uint8_t thing;       // enum audit_thing
    uint8_t low;         // the lowest three bits of its place
    bool listed;         // on one of the model's lists
};

struct audit {
    struct gunyah_model *model;
    struct audit_mark *marks; // one for each 8 bytes
    model_ref found;          // objects that are to be looked at
    uint32_t caps;            // how many valid ones there are
    const char *why;          // of the first failure: a sentence; NULL: all is well so far
};

// ---- audit.c ------------------------------------------------------------------------------------------------------------

/** Note what is wrong, if nothing was before. Returns false. */
bool gunyah_model_audit_fail(struct audit *audit, const char *why);

/** Is there such a thing at this place? */
bool gunyah_model_audit_is(const struct audit *audit, model_ref ref, enum audit_thing thing);
void gunyah_model_audit_put(struct audit *audit, model_ref ref, enum audit_thing thing);
struct audit_mark *gunyah_model_audit_mark(const struct audit *audit, model_ref ref);

/** A block of at least so many bytes gets its owner. Returns NULL after a failure. */
void *gunyah_model_audit_claim(struct audit *audit, model_ref ref, uint64_t size);

/** An object that somebody knows; ANY: of any type. Returns NULL after a failure. */
void *gunyah_model_audit_object(struct audit *audit, model_ref ref, enum gunyah_object_type type);

/** As gunyah_model_audit_object(), and it is kept alive by that. */
void *gunyah_model_audit_hold(struct audit *audit, model_ref ref, enum gunyah_object_type type);

/** As gunyah_model_audit_hold(), or nothing. False: a failure. */
bool gunyah_model_audit_may_hold(struct audit *audit, model_ref ref, enum gunyah_object_type type);

/** A set of ranges with one owner; none ends behind `last`. */
bool gunyah_model_audit_ranges(struct audit *audit, model_ref set, uint64_t last);

/** Neither of these is anything but true or false. */
bool gunyah_model_audit_bools(struct audit *audit, const bool *const *bools, uint32_t count);

#define AUDIT_BOOLS(audit, ...)                                                                                        \
    gunyah_model_audit_bools(audit, (const bool *const[]){__VA_ARGS__},                                                \
                             sizeof((const bool *const[]){__VA_ARGS__}) / sizeof(bool *))

static inline bool gunyah_model_audit_is_active(const struct object *object)
{
    return object->state == GUNYAH_OBJECT_STATE_ACTIVE;
}

// ---- audit_object.c, audit_vcpu.c, audit_link.c -------------------------------------------------------------------------

/** Find what an object has and knows. */
bool gunyah_model_audit_find(struct audit *audit, struct object *object);

/** Find what a vCPU, or a power group, knows. */
bool gunyah_model_audit_find_thread(struct audit *audit, struct thread *thread);
bool gunyah_model_audit_find_group(struct audit *audit, struct vpm_group *group);
bool gunyah_model_audit_find_source(struct audit *audit, const struct object *object, const struct source *source,
                                    enum source_kind kind);

/** Find a VM's parts. */
bool gunyah_model_audit_vm(struct audit *audit, uint32_t index);

/** Compare what objects say of each other, when all are found. */
bool gunyah_model_audit_links(struct audit *audit);

// ---- audit_rm.c, audit_memory.c -----------------------------------------------------------------------------------------

bool gunyah_model_audit_rm(struct audit *audit);

/** Compare what the Resource Manager says with what there is. */
bool gunyah_model_audit_rm_links(struct audit *audit);

/** Find the address spaces and the parcels that the Resource Manager keeps, and compare them. */
bool gunyah_model_audit_memory(struct audit *audit);

#endif
