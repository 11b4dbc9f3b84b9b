// SPDX-License-Identifier: BSD-3-Clause
// The suite: cases, in one table for each file, and what they share.
//
// A case may leave objects behind, and looks only at those that it made itself, so that cases may run in any order, on
// a fresh machine each or one after the other.
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "target.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct conformance_case {
    const char *name; // "msgqueue.fills_and_recovers"
    bool (*run)(struct target *target);
};

struct conformance_suite {
    const struct conformance_case *cases;
    size_t count;
};

extern const struct conformance_suite conformance_addrspace;
extern const struct conformance_suite conformance_cspace;
extern const struct conformance_suite conformance_cspace_revoke;
extern const struct conformance_suite conformance_donate;
extern const struct conformance_suite conformance_doorbell;
extern const struct conformance_suite conformance_doorbell_virq;
extern const struct conformance_suite conformance_dt; // Where the library has device trees.
extern const struct conformance_suite conformance_identify;
extern const struct conformance_suite conformance_irq;
extern const struct conformance_suite conformance_mapping;
extern const struct conformance_suite conformance_memextent;
extern const struct conformance_suite conformance_memory;
extern const struct conformance_suite conformance_msgqueue;
extern const struct conformance_suite conformance_msgqueue_rules;
extern const struct conformance_suite conformance_msgqueue_virq;
extern const struct conformance_suite conformance_object;
extern const struct conformance_suite conformance_own_watchdog;
extern const struct conformance_suite conformance_rm;
extern const struct conformance_suite conformance_system;
extern const struct conformance_suite conformance_thread;
extern const struct conformance_suite conformance_thread_run;
extern const struct conformance_suite conformance_vic;
extern const struct conformance_suite conformance_virtio;
extern const struct conformance_suite conformance_vm;
extern const struct conformance_suite conformance_vm_parts;
extern const struct conformance_suite conformance_vpm_group;
extern const struct conformance_suite conformance_wait;
extern const struct conformance_suite conformance_watchdog;

// All of them; the list ends with a null pointer.
extern const struct conformance_suite *const conformance_suites[];

// Returns how many cases there are.
size_t conformance_count(void);

// Returns a case by its place in the order of the list; null beyond the end.
const struct conformance_case *conformance_at(size_t index);

// ---- kit.c: what cases share ----------------------------------------------------------------------------------------

// Handles of the privileged VM.
struct owner {
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
};

bool conformance_owner(struct target *target, struct owner *owner);

// Objects of the privileged VM: created, configured, active.
bool conformance_make_doorbell(struct target *target, const struct owner *owner, struct gunyah_doorbell **doorbell);
bool conformance_make_msgqueue(struct target *target, const struct owner *owner, uint32_t depth, uint32_t message_size,
                               struct gunyah_msgqueue **queue);
bool conformance_make_cspace(struct target *target, const struct owner *owner, uint32_t max_caps,
                             struct gunyah_cspace **cspace);

// A basic extent of memory that nobody else has: of this size, to be used in every way; and an address space.
bool conformance_make_memextent(struct target *target, const struct owner *owner, uint64_t size,
                                struct gunyah_memextent **extent);
bool conformance_make_addrspace(struct target *target, const struct owner *owner, struct gunyah_addrspace **addrspace);

// A doorbell of the privileged VM that is bound to a fresh interrupt of its own.
bool conformance_bind_doorbell(struct target *target, const struct owner *owner, enum target_trigger trigger,
                               struct gunyah_doorbell **doorbell, gunyah_virq_t *virq);

// Both ends of a connection, opened in their VMs.
bool conformance_connect_doorbell(struct target *target, struct target_doorbell *wanted,
                                  struct gunyah_doorbell **sender, struct gunyah_doorbell **receiver);
bool conformance_connect_msgqueue(struct target *target, struct target_msgqueue *wanted,
                                  struct gunyah_msgqueue **sender, struct gunyah_msgqueue **receiver);

// A handle for a capability that the VM has.
bool conformance_open_doorbell(struct target *target, struct gunyah *g, gunyah_capid_t cap,
                               struct gunyah_doorbell **doorbell);

// What the hypervisor, and the library after it, say of an id that is no capability of the space.
int32_t conformance_no_such_cap(const struct target *target);
enum gunyah_error conformance_no_such_cap_error(const struct target *target);

// Look for one interrupt and take it: GUNYAH_OK, or GUNYAH_ERR_TIMEOUT when it is not pending.
enum gunyah_error conformance_take(struct gunyah *g, gunyah_virq_t virq);

// Let time pass in this VM.
bool conformance_pass(struct target *target, const struct owner *owner, uint64_t nanoseconds);

// A vCPU with a capability space, an address space, and an interrupt controller of its own in which it is number 0; it is
// not active yet.
bool conformance_new_thread(struct target *target, const struct owner *owner, struct gunyah_thread **thread);

// A handle for a capability of the same thread with these rights alone.
bool conformance_weaken_thread(struct target *target, const struct owner *owner, const struct gunyah_thread *thread,
                               uint32_t rights, struct gunyah_thread **weak);

#endif
