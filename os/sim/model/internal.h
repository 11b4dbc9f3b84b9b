// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the model offer to each other.
#ifndef GUNYAH_MODEL_INTERNAL_H
#define GUNYAH_MODEL_INTERNAL_H

#include "state.h"

// ---- heap.c -------------------------------------------------------------------------------------------------------------

void gunyah_model_heap_init(struct gunyah_model *model);

/** Returns zeroed memory, aligned to 8, or 0. Takes a bounded number of steps, as does freeing. */
model_ref gunyah_model_heap_take(struct gunyah_model *model, size_t size);

void gunyah_model_heap_free(struct gunyah_model *model, model_ref ref);

/** Bytes that a piece of memory has, at least as many as were taken. */
uint32_t gunyah_model_heap_size(struct gunyah_model *model, model_ref ref);

/** Who wants to know what the heap consists of. */
struct heap_visitor {
    void *context;
    void (*found)(void *context, model_ref ref, bool is_free); // each piece of memory once
    bool (*take_free)(void *context, model_ref ref);           // was this one found, free, and not taken yet?
};

/** Is the heap in order? Whatever is in it, this reads nothing beyond its top, if that is within the arena. */
bool gunyah_model_heap_check(struct gunyah_model *model, const struct heap_visitor *visitor);

// ---- object.c -----------------------------------------------------------------------------------------------------------

/** Returns a new object in INIT without a capability, or NULL: no memory. */
void *gunyah_model_object_create(struct gunyah_model *model, enum gunyah_object_type type);

/** Bytes of an object of this type; 0: there are none. */
uint32_t gunyah_model_object_size(uint32_t type);

/** Every right that objects of this type know. */
uint32_t gunyah_model_object_rights(enum gunyah_object_type type);

/** INIT to ACTIVE, or to FAILED with an error. */
int32_t gunyah_model_object_activate_now(struct gunyah_model *model, struct object *object);

/** Put the object on the list of the doomed if nothing refers to it any more. */
void gunyah_model_object_check(struct gunyah_model *model, struct object *object);

/** Every capability of the object becomes a revoked one. The object may be doomed then. */
void gunyah_model_object_revoke(struct gunyah_model *model, struct object *object);

/** Give up a reference. Does nothing for ref 0. */
void gunyah_model_object_release(struct gunyah_model *model, model_ref ref);

/** Destroy the doomed, and whatever that dooms. */
void gunyah_model_object_reap(struct gunyah_model *model);

// ---- cspace.c and cap.c -------------------------------------------------------------------------------------------------

/** Choose how the ids of a new capability space look. */
void gunyah_model_cspace_scramble(struct gunyah_model *model, struct cspace *cspace);

int32_t gunyah_model_cspace_activate(struct gunyah_model *model, void *object);
void gunyah_model_cspace_destroy(struct gunyah_model *model, void *object);

/** Take the lowest free slot. CSPACE_FULL or NOMEM. */
int32_t gunyah_model_cspace_take_slot(struct gunyah_model *model, struct cspace *cspace, uint32_t *slot);
void gunyah_model_cspace_free_slot(struct gunyah_model *model, struct cspace *cspace, uint32_t slot);

/** The capability of a taken slot. */
struct cap *gunyah_model_cspace_cap(struct gunyah_model *model, const struct cspace *cspace, uint32_t slot);

gunyah_capid_t gunyah_model_cspace_id(const struct cspace *cspace, uint32_t slot);

/** Which taken slot an id names: ARGUMENT_INVALID (no id of this space) or CSPACE_CAP_NULL. */
int32_t gunyah_model_cspace_slot(struct gunyah_model *model, const struct cspace *cspace, gunyah_capid_t id,
                                 uint32_t *slot);

/** As gunyah_model_cspace_slot(), and the capability is not revoked. */
int32_t gunyah_model_cap_find(struct gunyah_model *model, const struct cspace *cspace, gunyah_capid_t id,
                              struct cap **cap);

/** Give a new object its master capability. */
int32_t gunyah_model_cap_create(struct gunyah_model *model, struct cspace *cspace, struct object *object,
                                gunyah_capid_t *id);

/** Give an object a further capability. */
int32_t gunyah_model_cap_derive(struct gunyah_model *model, struct cspace *cspace, struct object *object,
                                uint32_t rights, gunyah_capid_t *id);

/** Delete the capability with this id if it is a valid one of the object. */
void gunyah_model_cap_discard(struct gunyah_model *model, struct cspace *cspace, gunyah_capid_t id,
                              const struct object *object);

/** Delete the capability of a taken slot, valid or revoked. The object may be doomed then. */
void gunyah_model_cap_delete(struct gunyah_model *model, struct cspace *cspace, uint32_t slot);

/** Take a capability out of its object's list. The object may be doomed then. */
void gunyah_model_cap_unlink(struct gunyah_model *model, struct cap *cap);

// ---- virq.c -------------------------------------------------------------------------------------------------------------

int32_t gunyah_model_source_bind(struct gunyah_model *model, struct source *source, const struct vic *vic,
                                 uint64_t virq);
void gunyah_model_source_unbind(struct gunyah_model *model, struct source *source);

/** The source goes without being unbound: nobody can have the line any more. */
void gunyah_model_source_abandon(struct gunyah_model *model, struct source *source);

/** An event: interrupts lines of both kinds. */
void gunyah_model_source_assert(struct gunyah_model *model, struct source *source);

/** An event that only lines see that are configured for edges. */
void gunyah_model_source_assert_edge(struct gunyah_model *model, struct source *source);

/** The reason of the interrupt has gone. An edge stays. */
void gunyah_model_source_clear(struct gunyah_model *model, struct source *source);

/** Is there still a reason for the interrupt? */
bool gunyah_model_source_condition(struct gunyah_model *model, model_ref source);

/** Is it bound to a line that is configured for edges? */
bool gunyah_model_source_is_edge(struct gunyah_model *model, const struct source *source);

/** Work out anew what a line whose bits were changed means to its VM. */
void gunyah_model_line_changed(struct gunyah_model *model, struct vic *vic, uint32_t line, uint32_t bits);

/** Withdraw what is pending on a line; returns its new bits. */
uint32_t gunyah_model_line_withdraw(struct gunyah_model *model, const struct line *line);

// ---- the objects' own files ---------------------------------------------------------------------------------------------

int32_t gunyah_model_addrspace_activate(struct gunyah_model *model, void *object);
void gunyah_model_addrspace_destroy(struct gunyah_model *model, void *object);
void gunyah_model_addrspace_forget(struct gunyah_model *model, void *object);
void gunyah_model_doorbell_init(struct gunyah_model *model, void *object);
void gunyah_model_doorbell_destroy(struct gunyah_model *model, void *object);
int32_t gunyah_model_memextent_activate(struct gunyah_model *model, void *object);
void gunyah_model_memextent_destroy(struct gunyah_model *model, void *object);
void gunyah_model_memextent_forget(struct gunyah_model *model, void *object);
void gunyah_model_msgqueue_init(struct gunyah_model *model, void *object);
int32_t gunyah_model_msgqueue_activate(struct gunyah_model *model, void *object);
void gunyah_model_msgqueue_destroy(struct gunyah_model *model, void *object);
void gunyah_model_vic_init(struct gunyah_model *model, void *object);
int32_t gunyah_model_vic_activate(struct gunyah_model *model, void *object);
void gunyah_model_vic_destroy(struct gunyah_model *model, void *object);
void gunyah_model_thread_init(struct gunyah_model *model, void *object);
int32_t gunyah_model_thread_activate(struct gunyah_model *model, void *object);
void gunyah_model_thread_destroy(struct gunyah_model *model, void *object);
void gunyah_model_thread_forget(struct gunyah_model *model, void *object);
void gunyah_model_virtio_init(struct gunyah_model *model, void *object);
int32_t gunyah_model_virtio_activate(struct gunyah_model *model, void *object);
void gunyah_model_virtio_destroy(struct gunyah_model *model, void *object);
void gunyah_model_virtio_forget(struct gunyah_model *model, void *object);
void gunyah_model_watchdog_init(struct gunyah_model *model, void *object);
void gunyah_model_watchdog_destroy(struct gunyah_model *model, void *object);
void gunyah_model_vpm_group_init(struct gunyah_model *model, void *object);
void gunyah_model_vpm_group_destroy(struct gunyah_model *model, void *object);

void gunyah_model_vrtc_init(struct gunyah_model *model, void *object);
int32_t gunyah_model_vrtc_activate(struct gunyah_model *model, void *object);

/** How many messages a queue holds for which so many are asked. */
uint32_t gunyah_model_msgqueue_depth(const struct gunyah_model *model, uint32_t wanted);

/** Put a message into an active queue. False: it is full, or the message is too large. */
bool gunyah_model_msgqueue_put(struct gunyah_model *model, struct msgqueue *queue, const void *bytes, uint32_t size);

/** Take a message of at most max_size bytes out of an active queue. Returns its size; 0: there is none. */
uint32_t gunyah_model_msgqueue_take(struct gunyah_model *model, struct msgqueue *queue, void *bytes);

/** Would the source of this doorbell or queue raise its interrupt now? */
bool gunyah_model_doorbell_condition(const struct doorbell *doorbell);
bool gunyah_model_msgqueue_send_condition(const struct msgqueue *queue);
bool gunyah_model_msgqueue_receive_condition(const struct msgqueue *queue);
bool gunyah_model_virtio_backend_condition(const struct virtio_mmio *device);
bool gunyah_model_virtio_frontend_condition(const struct virtio_mmio *device);
bool gunyah_model_watchdog_is_expired(const struct watchdog *watchdog);

/** The next random word. */
uint64_t gunyah_model_random(struct gunyah_model *model);

/** The first two words of hypervisor_identify, and the UID. */
uint64_t gunyah_model_api_info(const struct gunyah_model *model);
uint64_t gunyah_model_api_flags(const struct gunyah_model *model);
uint32_t gunyah_model_uid(const struct gunyah_model *model, uint32_t word);

// ---- vm.c ---------------------------------------------------------------------------------------------------------------

/** End a VM. parts: as gunyah_model_vm_create() gave them. */
void gunyah_model_vm_destroy(struct gunyah_model *model, uint32_t vm, struct gunyah_model_vm *parts);

/** Parts of a VM that exists. */
struct cspace *gunyah_model_vm_cspace(struct gunyah_model *model, uint32_t vm);
struct vic *gunyah_model_vm_vic(struct gunyah_model *model, uint32_t vm);

/** Make a VM; without a root VM yet, it becomes the root VM. Nothing remains of a failure. */
int32_t gunyah_model_vm_create(struct gunyah_model *model, const struct gunyah_model_vm_options *options,
                               struct gunyah_model_vm *out);

#endif
