// SPDX-License-Identifier: BSD-3-Clause
// What the files of the core share: the session, handles, and how a failure is recorded.
#ifndef GUNYAH_INTERNAL_H
#define GUNYAH_INTERNAL_H

#include <gunyah/gunyah.h>

#include <stdatomic.h>

// What a handle is. The values are far apart so that other memory is not taken for a handle.
enum handle_kind {
    HANDLE_CLOSED = 0,
    HANDLE_PARTITION = 0x47504152,
    HANDLE_CSPACE = 0x47435350,
    HANDLE_THREAD = 0x47544844,
    HANDLE_VPM_GROUP = 0x4756504d,
    HANDLE_HWIRQ = 0x47485751,
    HANDLE_VIRTIO_MMIO = 0x4756494f,
    HANDLE_WATCHDOG = 0x47574454,
    HANDLE_VIC = 0x47564943,
    HANDLE_DOORBELL = 0x47444252,
    HANDLE_MSGQUEUE = 0x474d5351,
    HANDLE_RM = 0x47524d43,
    HANDLE_VM = 0x47564d48,
    HANDLE_MEMPARCEL = 0x474d5043,
    HANDLE_IRQ = 0x47495251,
    HANDLE_VCPU = 0x47435055,
    HANDLE_MEMEXTENT = 0x474d4558,
    HANDLE_ADDRSPACE = 0x47415350,
};

// What a memory parcel or a lent interrupt is to this VM.
enum lending_side {
    LENDING_OWNED,    // made here
    LENDING_OFFERED,  // made by somebody else
    LENDING_ACCEPTED, // and accepted here
};

// Every handle is one of these, so that a session can use the memory of a closed handle for the next one of any kind.
// The public types (struct gunyah_msgqueue ...) are never defined: a pointer to one is a pointer to a struct handle.
struct handle {
    enum handle_kind kind;
    union {
        uint32_t message_size; // message queues
        uint32_t queues;       // virtio devices; 0: not configured
        uint32_t number;       // memory parcels and lent interrupts: what all VMs know them by
    };
    union {
        struct {
            gunyah_virq_t send_virq;
            gunyah_virq_t receive_virq; // doorbells too
            gunyah_capid_t cap;         // beside g: most functions load both, in one instruction
        };
        struct {
            struct gunyah_vmm_vm *owner; // parcels: the VM that they go with
            uint32_t label;
            uint8_t transaction; // enum gunyah_memparcel_transaction
            bool io;
            uint8_t side; // enum lending_side, lent interrupts too
        };
    };
    struct gunyah *g;         // stays when the handle is closed, so that a stale handle can be reported
    struct handle *next;      // of all handles of the session
    struct handle *next_free; // of the closed ones
    union {
        struct rm *rm; // Resource Managers, parcels, lent interrupts
        struct vm *vm; // VMs
        struct vcpu *vcpu;
        uint64_t extent_size;  // memory extents: 0 if it is not known
        struct claims *claims; // address spaces: null before there is one
    };
};

// The last failure, as cheap to store as can be: an empty queue is a failure too. Texts are found when somebody asks.
struct failure {
    enum gunyah_error error;
    enum gunyah_domain domain;
    int32_t code;                         // raw; the Resource Manager's have no sign
    uint32_t number;                      // hypercall or message, when domain is the hypervisor or the Resource Manager
    const char *function;                 // otherwise; and of fast calls, whose number is their function id
    const struct gunyah_error_info *told; // whose words to use; null: what is usual for this error
};

struct gunyah {
    // The hot path: the backend's hvc and its context, or the long way and the session itself.
    void (*leave)(void *context, uint32_t number, struct gunyah_registers *registers);
    void *leave_context;
    struct gunyah_counters counters;

    const struct gunyah_backend_ops *ops;
    void *context;
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
    bool observed;

    struct failure failure;
    struct gunyah_error_info told; // by a provider, the last time
    struct gunyah_error_info error_info;
    struct gunyah_observer observer;
    uint64_t sequence;
    struct gunyah_identity identity;
    struct gunyah_allocator allocator;
    struct handle *handles;
    struct handle *free_handles;
    struct block *blocks;
    uint32_t known_cpus;  // most vCPUs of a controller that the hypervisor accepted: it has as many processors
    uint16_t rm_sequence; // of the next request, whichever Resource Manager it goes to
    atomic_bool waiting;
};

// ---- way.c -------------------------------------------------------------------------------------------------------

// Let calls leave by the long way, until it is known that there is a shorter one.
void gunyah_internal_leave_by_long_way(struct gunyah *g);

// Let calls leave by the shortest way that the session allows.
void gunyah_internal_leave_by_shortest_way(struct gunyah *g);

// ---- failure.c ---------------------------------------------------------------------------------------------------

// Record that the library refuses, and return the error. A null session is allowed.
enum gunyah_error gunyah_internal_refuse(struct gunyah *g, const char *function, enum gunyah_error error);

// Record that the backend refuses, and return its error.
enum gunyah_error gunyah_internal_backend_failed(struct gunyah *g, const char *function, enum gunyah_error error);

// An error, in other words than those that are usual for it.
struct reason {
    enum gunyah_error error;
    const char *text;
    const char *advice;
};

// Record that the library refuses for this reason, and return the error. A null session is allowed.
enum gunyah_error gunyah_internal_refuse_for(struct gunyah *g, const char *function, const struct reason *reason);

// Record what a provider tells of its failure, and return the error.
enum gunyah_error gunyah_internal_told(struct gunyah *g, const struct gunyah_error_info *info);

// Translate and record what the hypervisor refused.
enum gunyah_error gunyah_internal_refused(struct gunyah *g, uint32_t number, int32_t code);

// The same for what it answered to the fast call with this function id.
enum gunyah_error gunyah_internal_fast_refused(struct gunyah *g, const char *function, uint32_t number, int32_t code);

// What the hypervisor answered to a call: GUNYAH_OK, or the error, recorded.
static inline enum gunyah_error gunyah_internal_answer(struct gunyah *g, uint32_t number, int32_t code)
{
    return code == GUNYAH_HVERR_OK ? GUNYAH_OK : gunyah_internal_refused(g, number, code);
}

// What the six above do with it.
enum gunyah_error gunyah_internal_record(struct gunyah *g, const struct failure *failure);

// Turn a recorded failure into texts.
void gunyah_internal_explain(const struct failure *failure, struct gunyah_error_info *info);

// The part of it for a failure that is about a message, which has neither a hypercall nor a function.
void gunyah_internal_rm_explain(const struct failure *failure, struct gunyah_error_info *info);

// ---- handle.c ----------------------------------------------------------------------------------------------------

// GUNYAH_OK, GUNYAH_ERR_NULL, or GUNYAH_ERR_HANDLE (recorded).
static inline enum gunyah_error gunyah_internal_check(const struct handle *handle, enum handle_kind kind,
                                                      const char *function)
{
    if (handle == NULL)
        return GUNYAH_ERR_NULL;
    return handle->kind == kind ? GUNYAH_OK : gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_HANDLE);
}

// The same for the second handle of a call, which must be of the session of the first one; or
// GUNYAH_ERR_ARGUMENT_INVALID. The first one is good; what is wrong with the second one is recorded in its session.
enum gunyah_error gunyah_internal_check_second(const struct handle *first, const struct handle *second,
                                               enum handle_kind kind, const char *function);

// A fresh handle with everything 0 but kind, session and cap; or null, and the error. A null session is allowed.
struct handle *gunyah_internal_open(struct gunyah *g, enum handle_kind kind, gunyah_capid_t cap, const char *function,
                                    enum gunyah_error *error);

// Make the object with the partition_create_* call of this number, and a handle for it; or null, and the error.
struct handle *gunyah_internal_create(struct gunyah_partition *partition, struct gunyah_cspace *into, uint32_t number,
                                      enum handle_kind kind, const char *function, enum gunyah_error *error);

// The session of a partition's handle, to record a failure there; null for a null handle.
static inline struct gunyah *gunyah_internal_session(const struct gunyah_partition *partition)
{
    return partition != NULL ? ((const struct handle *)partition)->g : NULL;
}

// Make a handle available again. A null handle is closed already.
enum gunyah_error gunyah_internal_close(struct handle *handle, enum handle_kind kind, const char *function);

// The CapID of a handle, or GUNYAH_CAPID_INVALID.
gunyah_capid_t gunyah_internal_capid(const struct handle *handle, enum handle_kind kind);

// ---- block.c -----------------------------------------------------------------------------------------------------

// Memory of the session for something larger than a handle, aligned to a cache line; or null, and the error. A block
// that was released is used again for one that is not larger. The size is far from SIZE_MAX.
void *gunyah_internal_block(struct gunyah *g, size_t size, const char *function, enum gunyah_error *error);

void gunyah_internal_block_release(struct gunyah *g, const void *memory);

// Give the memory of all handles and blocks back, in the opposite order of taking it: an arena has it again then.
void gunyah_internal_memory_free(struct gunyah *g);

// ---- vic.c -------------------------------------------------------------------------------------------------------

// The body of every gunyah_<object>_bind_*virq(): make the *_bind_*virq call of this number, and note the interrupt.
enum gunyah_error gunyah_internal_bind(struct handle *handle, enum handle_kind kind, const struct gunyah_vic *vic,
                                       gunyah_virq_t virq, uint32_t number, const char *function);

// The body of every gunyah_<object>_unbind_*virq().
enum gunyah_error gunyah_internal_unbind(struct handle *handle, enum handle_kind kind, uint32_t number,
                                         const char *function);

// ---- identify.c --------------------------------------------------------------------------------------------------

// Find the convention that the hypervisor answers, and who it is.
enum gunyah_error gunyah_internal_identify(struct gunyah *g, enum gunyah_convention wanted);

// ---- options.c ---------------------------------------------------------------------------------------------------

// Copy a size-first struct of the caller into one of ours, or only look at it. False: too small (nothing is copied), or its
// unknown tail is not zero.
bool gunyah_internal_options(void *to, size_t size, const void *from);

#endif
