// SPDX-License-Identifier: BSD-3-Clause
// What the files of the Resource Manager's client share, and what is built on top of it.
#ifndef GUNYAH_RM_CLIENT_H
#define GUNYAH_RM_CLIENT_H

#include "events.h"
#include "frame.h"

#include <gunyah/rm.h>

#include <internal.h>

// What becomes of the message that is being received.
enum rm_use {
    RM_USE_NONE, // it is dropped
    RM_USE_REPLY,
    RM_USE_EVENT,
};

enum rm_progress {
    RM_PROGRESS_NONE, // no request is under way
    RM_PROGRESS_SENDING,
    RM_PROGRESS_SENT,
    RM_PROGRESS_ANSWERED,
};

// A request and where its reply goes. What it points to must live until the request is over.
struct rm_exchange {
    const char *function; // of the library, for its refusals
    uint32_t id;
    const struct rm_piece *request;
    size_t request_count;
    const struct rm_piece *reply; // behind the error word
    size_t reply_count;
};

// What the client itself looks at: where most requests have a VMID, and where IPA_RESERVE counts its ranges,
struct rm_request_head {
    gunyah_vmid_t vmid; // for IPA_RESERVE, its type is the lower byte
    uint8_t between[10];
    uint32_t ranges;
};
GUNYAH_STATIC_ASSERT(offsetof(struct rm_request_head, ranges) == GUNYAH_RM_IPA_RESERVE_RANGES_OFFSET, "as on the wire");

// and where each reply has its error.
struct rm_reply_head {
    uint32_t error;
    uint32_t first; // word of the data
};

// The request that is under way, and its reply.
struct rm_request {
    enum rm_progress progress;
    bool broken;   // the reply does not follow the protocol
    bool too_long; // the reply does not fit
    struct rm_exchange exchange;
    struct rm_header header; // of the first packet
    struct rm_request_head sent_head;
    size_t size; // of the payload
    size_t sent;
    size_t received; // with the error word
    struct rm_reply_head received_head;
};

// What the client knows of a VM, to tell which requests an RM survives.
enum rm_vm_knowledge {
    RM_VM_UNKNOWN = 0,
    RM_VM_EXISTS,     // but may have no configuration
    RM_VM_CONFIGURED, // or was, and the RM still keeps the configuration
};

#define RM_VMIDS 256

// Packets that are taken without asking what time it is: as many as an RM keeps for a VM, and a queue.
#define RM_BURST (GUNYAH_RM_MAX_NOTIFICATIONS + GUNYAH_RM_QUEUE_DEPTH)

struct rm {
    struct gunyah *g;
    struct gunyah_msgqueue *to;
    struct gunyah_msgqueue *from;
    gunyah_virq_t virqs[2]; // to receive, to send; 0: it cannot be waited for
    uint32_t packet_size;
    enum gunyah_rm_generation generation;
    uint64_t default_timeout_ns;
    uint8_t *packet; // of either direction: what is in it is done with before the next one
    struct rm_request request;
    struct rm_piece pieces[2]; // of gunyah_rm_begin()
    struct rm_assembly assembly;
    enum rm_use use;          // of the message in assembly
    struct rm_record *record; // RM_USE_EVENT: where it goes; null: there was no room
    struct rm_events events;
    struct gunyah_rm_counters counters;
    uint8_t vms[RM_VMIDS]; // enum rm_vm_knowledge by VMID
};

// ---- client.c ----------------------------------------------------------------------------------------------------

// The connection of a good handle; null, and the error.
struct rm *gunyah_internal_rm(const struct gunyah_rm *handle, const char *function, enum gunyah_error *error);

// gunyah_rm_begin(), from pieces to pieces.
enum gunyah_error gunyah_internal_rm_begin(struct rm *rm, const struct rm_exchange *exchange);

// gunyah_rm_finish(); function is the one to blame for running out of time.
enum gunyah_error gunyah_internal_rm_finish(struct rm *rm, size_t *reply_size, uint64_t timeout_ns,
                                            const char *function);

// gunyah_rm_call(), from pieces to pieces.
enum gunyah_error gunyah_internal_rm_call(struct rm *rm, const struct rm_exchange *exchange, size_t *reply_size,
                                          uint64_t timeout_ns);

// Nothing is under way any more; what still comes of the reply is dropped.
void gunyah_internal_rm_forget(struct rm *rm);

// ---- transport.c -------------------------------------------------------------------------------------------------

// Take one packet from the queue, if there is one, and do what it asks for. GUNYAH_ERR_EMPTY: there is none.
enum gunyah_error gunyah_internal_rm_receive(struct rm *rm);

// Send what is left of the request, as far as there is room.
enum gunyah_error gunyah_internal_rm_send(struct rm *rm);

// A wait with a time-out.
struct rm_patience {
    uint64_t start;
    uint64_t timeout_ns;
    uint64_t looks;
};

void gunyah_internal_rm_patience(const struct rm *rm, struct rm_patience *patience, uint64_t timeout_ns);

// Send and receive what can be without waiting, then wait for more. GUNYAH_OK: something may have changed;
// GUNYAH_ERR_TIMEOUT: the time is over, which is not recorded.
enum gunyah_error gunyah_internal_rm_look(struct rm *rm, struct rm_patience *patience);

// ---- notice.c ----------------------------------------------------------------------------------------------------

// Every notification of one packet passes here as it comes, before it becomes an event or is lost for want of room. All
// that change a state have one packet.
void gunyah_internal_rm_noticed(struct rm *rm, uint32_t id, const uint8_t *payload, size_t size);

// The oldest notification that came and is what it says it is. False: there is none.
bool gunyah_internal_rm_next_event(struct rm *rm, struct gunyah_rm_event *event);

// ---- guard.c -----------------------------------------------------------------------------------------------------

// Does the RM survive the request that is about to leave?
bool gunyah_internal_rm_survives(const struct rm *rm);

// The request under way succeeded: note what this tells about a VM.
void gunyah_internal_rm_learn(struct rm *rm);

// A VM is in this state.
void gunyah_internal_rm_learn_state(struct rm *rm, gunyah_vmid_t vmid, enum gunyah_vm_state state);

#endif
