// SPDX-License-Identifier: BSD-3-Clause
// How a call reaches the function that answers it, whichever convention it came by. table.c is generated to this shape.
#ifndef GUNYAH_MODEL_DISPATCH_H
#define GUNYAH_MODEL_DISPATCH_H

#include "state.h"

#define MODEL_MAX_CAPS 3
#define MODEL_MAX_EARLY 2

/** A call on its way. */
struct model_call {
    struct gunyah_model *model;
    struct thread *thread;        // the caller
    const uint64_t *arg;          // in the order of the ABI table, reserved words included
    uint64_t result[8];           // result[0] is the error's place where the call has one; 0 at first
    bool no_return;               // set by a call after which the caller does not go on
    void *object[MODEL_MAX_CAPS]; // objects: what the capabilities name, in the order of their lookup
};

enum model_cap_flags {
    MODEL_CAP_ACTIVE = 1,  // the object must be active
    MODEL_CAP_UNTYPED = 2, // rights are tested before the type
};

/** A capability that is looked up before the call is answered. */
struct model_cap {
    uint8_t argument;
    uint8_t type; // enum gunyah_object_type
    uint8_t flags;
    uint32_t rights;
};

/** An argument with bits that must be 0, which is found out before anything is looked up. */
struct model_early {
    uint8_t argument;
    int8_t error;
    uint64_t zero;
};

struct model_entry {
    /** Answers the call. The result is its error, or, of a call without errors, of no meaning. */
    int32_t (*handler)(struct model_call *call);
    uint8_t result_count;
    uint8_t has_error;
    uint8_t reserved_zero; // arguments, one bit each, that the immediate convention wants to be 0
    uint8_t reserved_ones; // ... and all ones
    uint8_t cap_count;
    struct model_cap caps[MODEL_MAX_CAPS];
    uint8_t early_count;
    struct model_early early[MODEL_MAX_EARLY];
    uint64_t api_flag; // bit of hypervisor_identify without which there is no such call; 0: there always is
};

/** Returns the entry of a hypercall number, or NULL when the model does not have the call. */
const struct model_entry *gunyah_model_entry_of(uint32_t number);

/** Are the bits 0 that the manual reserves in the arguments of a call, beyond those that the hypervisor looks at? */
bool gunyah_model_manual_bits_hold(uint32_t number, const uint64_t *arg);

/** Look a capability up in the caller's capability space, with the checks and in the order of the hypervisor. */
int32_t gunyah_model_look_up(struct model_call *call, gunyah_capid_t id, const struct model_cap *want, void **object);

/** Copy from and to the memory of the caller. One that belongs to no VM of the embedder has none that calls reach. */
enum gunyah_model_memory gunyah_model_read(const struct model_call *call, uint64_t address, void *to, size_t size);
enum gunyah_model_memory gunyah_model_write(const struct model_call *call, uint64_t address, const void *from,
                                            size_t size);

/** As gunyah_model_call(), for a thread that may be no VM's. */
enum gunyah_model_outcome gunyah_model_thread_call(struct gunyah_model *model, struct thread *thread,
                                                   enum gunyah_model_conduit conduit, uint16_t immediate,
                                                   struct gunyah_model_registers *registers);

/** SMCCC: any function. */
enum gunyah_model_outcome gunyah_model_smccc(struct model_call *call, struct gunyah_model_registers *registers);

/** SMCCC: a hypercall. */
enum gunyah_model_outcome gunyah_model_hypercall_smccc(struct model_call *call, uint32_t number,
                                                       struct gunyah_model_registers *registers);

/** SMCCC: a vCPU minds its watchdog. Returns false if it has none, and for another function. */
bool gunyah_model_watchdog_call(struct model_call *call, uint32_t id, struct gunyah_model_registers *registers);

/** PSCI. x holds x0 to x3, in and out. Returns false for an unknown function. */
bool gunyah_model_psci(struct model_call *call, uint32_t id, uint64_t x[4], enum gunyah_model_outcome *outcome);

#endif
