// SPDX-License-Identifier: BSD-3-Clause
// What the files of the simulator share. Functions named gunyah_internal_sim_* expect the machine's lock to be held,
// unless they say otherwise.
#ifndef GUNYAH_SIM_INTERNAL_H
#define GUNYAH_SIM_INTERNAL_H

#include "model/model.h"
#include "model/model_rm.h"

#include <gunyah/sim_hostile.h>

#include <pthread.h>

#define SIM_MAX_VMS 255 // The root VM, and VMIDs 1 to 254.
#define SIM_NAME_SIZE 16
#define SIM_MAX_VDEVICES 64
#define SIM_NEVER UINT64_MAX // A deadline that is never reached.

// The wait that a VM's thread is inside of.
struct sim_wait {
    uint64_t deadline;         // Virtual time, or SIM_NEVER.
    bool blocked;              // Counted in gunyah_sim.blocked: cannot go on by itself.
    enum gunyah_error verdict; // Why it is blocked no longer; GUNYAH_OK: look at the interrupts again.
};

struct gunyah_sim_vm {
    struct gunyah_sim *sim;
    struct gunyah_model_vm parts; // Ids in the root VM's capability space.
    gunyah_vmid_t vmid;
    char name[SIM_NAME_SIZE];
    gunyah_capid_t partition; // Ids in its own capability space.
    gunyah_capid_t cspace;
    gunyah_capid_t vic;
    struct gunyah_backend backend;
    bool made; // By the Resource Manager.
    bool open; // A session is open.
    bool lost; // The VM has ended under the session.
    struct sim_wait wait;
    struct sim_cache *cache; // Null: it sees what the hypervisor sees.
    void *tree;              // A primary VM's; null: nobody asked for it yet.
    pthread_cond_t wake;     // Signalled when wait.blocked becomes false.
};

enum sim_rule_kind { SIM_RULE_CALL, SIM_RULE_RM, SIM_RULE_HAZARD };

// Something that a test wants to go wrong, in the order of adding.
struct sim_rule {
    struct sim_rule *next;
    enum sim_rule_kind kind;
    union {
        struct gunyah_sim_fault call;
        struct gunyah_sim_rm_fault rm;
        struct gunyah_sim_hazard hazard;
    } what;
    uint64_t nth; // As in what, which is the public form.
    uint64_t count;
    uint32_t chance;
    uint32_t place; // Among those that there are: what chance goes by.
    uint64_t id;    // No other rule of the machine has or had it.
    uint64_t since; // Virtual time of adding.
    uint64_t seen;  // How often it had its turn.
};

#define SIM_MAX_LATE 64

// An interrupt on its way.
struct sim_late {
    uint64_t due;
    uint32_t vm;
    uint32_t virq;
};

// A configuration of gunyah_sim_configure_vm(), as the model takes it.
struct sim_config {
    struct sim_config *next;
    gunyah_vmid_t vmid;
    char name[GUNYAH_MODEL_RM_NAME_SIZE];
    char uri[GUNYAH_MODEL_RM_NAME_SIZE];
    struct gunyah_model_rm_config model;
    struct gunyah_model_rm_vdevice vdevices[SIM_MAX_VDEVICES];
};

struct gunyah_sim {
    struct gunyah_sim_exploration *explore; // Decides who goes on; null: nobody does. Changes only while no VM runs.
    pthread_mutex_t lock;                   // Guards everything below, and the model.
    struct gunyah_model *model;
    uint64_t call_ns;
    uint64_t earliest; // No wait ends before this time; may be too early, never too late.
    uint32_t threads;  // Threads that drive VMs.
    uint32_t blocked;  // Threads of them that cannot go on.
    uint32_t in_wait;  // Threads inside a wait, blocked or about to leave.
    uint32_t sessions; // Open ones.
    bool crashed;      // The real hypervisor would have stopped.
    struct sim_rule *rules;
    uint64_t rule_seed;
    uint64_t rule_ids; // That were given.
    uint32_t late_count;
    struct sim_late late[SIM_MAX_LATE]; // In the order in which they set out.
    struct sim_config *configs;
    struct gunyah_model_tree *tree; // Null: no tree is looked at.
    gunyah_sim_trace_fn *trace;
    void *trace_context;
    const char *last_error;
    struct gunyah_allocator allocator;
    void *arena;
    size_t arena_size;
    struct gunyah_sim_vm *vms[SIM_MAX_VMS]; // By the model's number: 0 is the root VM, else the VMID. Null: none.
};

// What an instruction asks for.
enum sim_call_kind {
    SIM_CALL_HYPERCALL, // number: the hypercall.
    SIM_CALL_SMCCC,     // number: the function id.
    SIM_CALL_OTHER,     // number: the immediate.
};

struct sim_call {
    enum sim_call_kind kind;
    enum gunyah_model_conduit conduit;
    uint32_t number;
    unsigned first; // Register of the first argument: 0 in the immediate form, 1 in SMCCC.
};

// How a call ended, for the trace.
enum sim_answer {
    SIM_ANSWER_RETURNED,
    SIM_ANSWER_INJECTED,
    SIM_ANSWER_GONE,
    SIM_ANSWER_NO_RETURN,
    SIM_ANSWER_CRASHED,
};

// machine.c
enum gunyah_error gunyah_internal_sim_fail(struct gunyah_sim *sim, enum gunyah_error error, const char *sentence);
struct gunyah_sim_vm *gunyah_internal_sim_new_vm(struct gunyah_sim *sim, gunyah_vmid_t vmid,
                                                 const char *name); // Not yet of the machine; null: no memory.
bool gunyah_internal_sim_is_name(const char *name);                 // Of a VM.
struct gunyah_sim *gunyah_internal_sim_new(const struct gunyah_allocator *allocator); // Has nothing; null: no memory.
void gunyah_internal_sim_free(struct gunyah_sim *sim);                                // Whatever it has.
struct gunyah_model_env gunyah_internal_sim_env(struct gunyah_sim *sim);

// wire.c
int32_t gunyah_internal_sim_grant(struct gunyah_sim_vm *vm, gunyah_capid_t master, uint32_t rights,
                                  gunyah_capid_t *cap); // Copy one of the root VM's; returns GUNYAH_HVERR_*.
enum gunyah_error gunyah_internal_sim_refuse(struct gunyah_sim *sim, int32_t hverr); // Fail as the hypervisor did.

// memory.c: whether a VM can have this memory, and operations of the model's environment.
bool gunyah_internal_sim_is_mapped(uint64_t address, uint64_t size);
enum gunyah_model_memory gunyah_internal_sim_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size);
enum gunyah_model_memory gunyah_internal_sim_write(void *context, uint32_t vm, uint64_t address, const void *from,
                                                   size_t size);

// backend.c
extern const struct gunyah_backend_ops gunyah_internal_sim_ops;

// wait.c
void gunyah_internal_sim_pending(void *context, uint32_t vm, uint32_t virq); // Of the model's environment.
void gunyah_internal_sim_pass(struct gunyah_sim *sim, uint64_t nanoseconds); // Time passes; waits end by it.
uint64_t gunyah_internal_sim_next_event(const struct gunyah_sim *sim);       // When, but for waits, or SIM_NEVER.
void gunyah_internal_sim_watchdog(void *context, uint32_t vm,
                                  enum gunyah_model_watchdog what); // Of the model's environment.
void gunyah_internal_sim_stop(struct gunyah_sim *sim);              // The hypervisor has crashed.
enum gunyah_error gunyah_internal_sim_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                           uint64_t timeout_ns, size_t *index);

// Parts of a wait, for who decides himself when it ends: its beginning, which counts it in; the first of its interrupts from
// a place on that is pending, or count; taking one.
enum gunyah_error gunyah_internal_sim_begin_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                                 uint64_t timeout_ns);
size_t gunyah_internal_sim_find_pending(const struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                        size_t from);
void gunyah_internal_sim_take(struct gunyah_sim_vm *vm, gunyah_virq_t virq);

void gunyah_internal_sim_end_vm(void *context, uint32_t vm); // Of the Resource Manager's environment.

// rm.c
bool gunyah_internal_sim_rm_env(struct gunyah_sim *sim, struct gunyah_model_rm_env *env); // False: no memory.

// explore_guest.c: a guest of an exploration comes to a call, or to a wait. Without the machine's lock. The first: whether
// it may call; not when its schedule is over.
bool gunyah_internal_sim_explore_call(struct gunyah_sim_exploration *e, const struct sim_call *call);
enum gunyah_error gunyah_internal_sim_explore_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count,
                                                   uint64_t timeout_ns, size_t *index);

// rm_config.c
bool gunyah_internal_sim_configure(void *context, uint16_t vmid,
                                   struct gunyah_model_rm_config *config); // Of the Resource Manager's environment.
void gunyah_internal_sim_drop_configs(struct gunyah_sim *sim);

// device_tree.c
bool gunyah_internal_sim_add_trees(struct gunyah_sim *sim, struct gunyah_model_rm_trees *trees); // False: no memory.
void gunyah_internal_sim_drop_trees(struct gunyah_sim *sim);
void gunyah_internal_sim_drop_tree(struct gunyah_sim_vm *vm);

// rm_fault.c
struct gunyah_model_rm_mischief gunyah_internal_sim_interfere(void *context, uint16_t vmid,
                                                              uint32_t id); // Of the Resource Manager's environment.
enum gunyah_error gunyah_internal_sim_add_rm_fault(struct gunyah_sim *sim, const struct gunyah_sim_rm_fault *fault);

// fault.c
int32_t gunyah_internal_sim_next_fault(struct gunyah_sim_vm *vm, const struct sim_call *call); // GUNYAH_HVERR_OK: none.
void gunyah_internal_sim_answer_fault(const struct sim_call *call, int32_t error, struct gunyah_registers *registers);
enum gunyah_error gunyah_internal_sim_add_fault(struct gunyah_sim *sim, const struct gunyah_sim_fault *fault);

// rule.c
enum gunyah_error gunyah_internal_sim_add_rule(struct gunyah_sim *sim, const struct sim_rule *rule);
void gunyah_internal_sim_drop_rules(struct gunyah_sim *sim, uint64_t id); // Those with a larger id.
bool gunyah_internal_sim_is_over(const struct sim_rule *rule);
bool gunyah_internal_sim_strikes(const struct gunyah_sim *sim, struct sim_rule *rule); // It has its turn.
uint64_t gunyah_internal_sim_draw(const struct gunyah_sim *sim, const struct sim_rule *rule, uint64_t what);
// What snapshots have of rules, and of interrupts on their way.
size_t gunyah_internal_sim_progress_size(const struct gunyah_sim *sim);
void gunyah_internal_sim_save_progress(const struct gunyah_sim *sim, void *to);
size_t gunyah_internal_sim_check_progress(const void *from, size_t size); // Returns what it takes; 0: it is truncated.
void gunyah_internal_sim_restore_progress(struct gunyah_sim *sim, const void *from);

// hazard.c: operations of the model's environment, and what comes by itself.
bool gunyah_internal_sim_interrupt(void *context, uint32_t vm, uint32_t virq);
bool gunyah_internal_sim_allocate(void *context);
uint64_t gunyah_internal_sim_next_hazard(const struct gunyah_sim *sim); // Virtual time, or SIM_NEVER.
void gunyah_internal_sim_bring_hazards(struct gunyah_sim *sim);         // Whose time is now.
void gunyah_internal_sim_forget_late(struct gunyah_sim *sim, uint32_t vm);
enum gunyah_error gunyah_internal_sim_add_hazard(struct gunyah_sim *sim, const struct gunyah_sim_hazard *hazard);

// cache.c: what calls of a VM that has one read and write.
void gunyah_internal_sim_read_cache(const struct sim_cache *cache, uint64_t address, void *to, size_t size);
void gunyah_internal_sim_write_cache(struct sim_cache *cache, uint64_t address, const void *from, size_t size);
void gunyah_internal_sim_drop_cache(struct gunyah_sim_vm *vm);

// trace.c: each does nothing when nobody traces.
void gunyah_internal_sim_trace_call(struct gunyah_sim_vm *vm, const struct sim_call *call,
                                    const struct gunyah_registers *before, const struct gunyah_registers *after,
                                    enum sim_answer answer);
void gunyah_internal_sim_trace_crash(struct gunyah_sim *sim);
void gunyah_internal_sim_trace_watchdog(const struct gunyah_sim *sim, uint32_t vm, enum gunyah_model_watchdog what);
void gunyah_internal_sim_trace_pending(struct gunyah_sim_vm *vm, uint32_t virq);
void gunyah_internal_sim_trace_lost(const struct gunyah_sim *sim, uint32_t vm, uint32_t virq);
void gunyah_internal_sim_trace_late(const struct gunyah_sim *sim, uint32_t vm, uint32_t virq, uint64_t due);
void gunyah_internal_sim_trace_empty(const struct gunyah_sim *sim);
void gunyah_internal_sim_trace_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count);
void gunyah_internal_sim_trace_take(struct gunyah_sim_vm *vm, gunyah_virq_t virq);
void gunyah_internal_sim_trace_miss(struct gunyah_sim_vm *vm, gunyah_virq_t virq);
void gunyah_internal_sim_trace_needless(struct gunyah_sim_vm *vm);
void gunyah_internal_sim_trace_register(const struct gunyah_sim_vm *vm, const char *does, uint64_t address,
                                        size_t bytes, uint64_t value);
void gunyah_internal_sim_trace_end(struct gunyah_sim_vm *vm, enum gunyah_error error);
void gunyah_internal_sim_trace_rm(void *context,
                                  const struct gunyah_model_rm_event *event); // Of the Resource Manager's environment.
void gunyah_internal_sim_trace_join(const char *what, const struct gunyah_sim_vm *from, gunyah_capid_t send,
                                    const struct gunyah_sim_vm *to, gunyah_capid_t receive);

#endif
