// SPDX-License-Identifier: BSD-3-Clause
// What the files of the Resource Manager's client share, and what is built on top of it.
#ifndef GUNYAH_RM_CLIENT_H
#define GUNYAH_RM_CLIENT_H

#include "events.h"
#include "frame.h"
#include "messages.h"

#include <gunyah/memory.h>

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
    RM_PROGRESS_BROKEN, // answered, and the reply does not follow the protocol
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
    bool too_long; // the reply does not fit
    struct rm_exchange exchange;
    struct rm_header header; // of the first packet
    struct rm_request_head sent_head;
    const struct rm_rule *rule; // of guard.c; null: there is none for this message
    size_t size;                // of the payload
    size_t sent;
    size_t received; // with the error word
    struct rm_reply_head received_head;
};

// The message that is being received, if it has more than one packet. How full they are does not matter.
struct rm_assembly {
    struct rm_header continuation; // what each one has to say
    unsigned missing;              // that have not come; 0: no message is being received
};

// What the client knows of a VM, to tell which requests an RM survives.
enum {
    RM_VM_EXISTS = 1,
    RM_VM_CONFIGURED = 2, // or was, and the RM still keeps the configuration
    RM_VM_IN_DOUBT = 4,   // nobody answered whether it was reset or deallocated: VM_GET_STATE tells
};

#define RM_VMIDS 256

// A reply to VM_GET_ID, the longest that is known: a GUID and three texts.
#define RM_MAX_IDENTITY                                                                                                \
    (GUNYAH_RM_LIST32_SIZE + 4 * GUNYAH_RM_VM_ID_ENTRY_SIZE + GUNYAH_RM_GUID_SIZE + 3 * (GUNYAH_RM_MAX_NAME + 1))

// Packets that are taken without asking what time it is: as many as an RM keeps for a VM, and a queue.
#define RM_BURST (GUNYAH_RM_MAX_NOTIFICATIONS + GUNYAH_RM_QUEUE_DEPTH)

struct rm {
    struct gunyah *g;
    struct handle to; // message queues, of nobody else
    struct handle from;
    gunyah_virq_t virqs[2]; // to receive, to send; 0: it cannot be waited for
    uint32_t packet_size;
    enum gunyah_rm_generation generation;
    uint64_t default_timeout_ns;
    uint64_t looks;  // at the queue: the time, where there is no clock
    uint8_t *packet; // of either direction: what is in it is done with before the next one
    struct rm_request request;
    struct rm_piece pieces[2]; // of gunyah_rm_begin()
    struct rm_assembly assembly;
    enum rm_use use;          // of the message in assembly
    struct rm_record *record; // RM_USE_EVENT: where it goes; null: there was no room
    struct rm_events events;
    struct gunyah_rm_counters counters;
    uint8_t vms[RM_VMIDS]; // RM_VM_*, by VMID
    struct gunyah_vmm vmm;
    struct gunyah_vmm_vm *records; // to be kept up to date
    // Null, or, once there may be records, gunyah_internal_rm_vm_noticed(): firmware that manages no VMs has no code for it.
    void (*noticed)(struct rm *rm, uint32_t id, const uint8_t *payload, size_t size);
    unsigned users; // handles of VMs, parcels and lent interrupts that are open
    uint8_t identity[RM_MAX_IDENTITY];
};

// A list as it lies. One that is too long to be true is too long for any message.
static inline struct rm_piece rm_list_piece(const void *entries, size_t count, size_t entry_size)
{
    return (struct rm_piece){.from = entries, .size = count <= SIZE_MAX / entry_size ? count * entry_size : SIZE_MAX};
}

// The largest payload of a message.
static inline size_t rm_max_payload(const struct rm *rm)
{
    return (rm->packet_size - GUNYAH_RM_HEADER_SIZE) * (size_t)(GUNYAH_RM_MAX_FRAGMENTS + 1);
}

// How many regions a message has room for beside so many bytes.
static inline size_t rm_regions_beside(const struct rm *rm, size_t bytes)
{
    const size_t payload = rm_max_payload(rm);
    const size_t room = bytes < payload ? (payload - bytes) / GUNYAH_RM_MEM_REGION_SIZE : 0;

    return room < GUNYAH_RM_MAX_LIST ? room : GUNYAH_RM_MAX_LIST;
}

// ---- open.c ---------------------------------------------------------------------------------------------------------

// The connection of a good handle; null, and the error.
struct rm *gunyah_internal_rm(const struct gunyah_rm *handle, const char *function, enum gunyah_error *error);

// ---- client.c ----------------------------------------------------------------------------------------------------

// gunyah_rm_begin(), from pieces to pieces.
enum gunyah_error gunyah_internal_rm_begin(struct rm *rm, const struct rm_exchange *exchange);

// gunyah_rm_finish(); function is the one to blame for running out of time.
enum gunyah_error gunyah_internal_rm_finish(struct rm *rm, size_t *reply_size, uint64_t timeout_ns,
                                            const char *function);

// gunyah_rm_call(), from pieces to pieces.
enum gunyah_error gunyah_internal_rm_call(struct rm *rm, const struct rm_exchange *exchange, size_t *reply_size,
                                          uint64_t timeout_ns);

// The same with the time-out of the options, for a reply of at least so many bytes: what an RM adds to it does not matter,
// and a shorter one is GUNYAH_ERR_PROTOCOL. reply_size may be null.
enum gunyah_error gunyah_internal_rm_ask(struct rm *rm, const struct rm_exchange *exchange, size_t least,
                                         size_t *reply_size);

// The same from several pieces to bytes: those that are asked for.
enum gunyah_error gunyah_internal_rm_ask_pieces(struct rm *rm, const char *function, uint32_t id,
                                                const struct rm_piece *pieces, size_t count, void *reply,
                                                size_t reply_size);

// The same from bytes to bytes.
enum gunyah_error gunyah_internal_rm_ask_bytes(struct rm *rm, const char *function, uint32_t id, const void *request,
                                               size_t size, void *reply, size_t reply_size);

// ---- refused.c ---------------------------------------------------------------------------------------------------

// Translate and record what the RM refused.
enum gunyah_error gunyah_internal_rm_refused(struct gunyah *g, uint32_t message, uint32_t code);

// Record that the library keeps a message back that could stop the RM: GUNYAH_ERR_WOULD_CRASH.
enum gunyah_error gunyah_internal_rm_would_crash(struct gunyah *g, uint32_t message);

// ---- transport.c -------------------------------------------------------------------------------------------------

// Take one packet from the queue, if there is one, and do what it asks for. GUNYAH_ERR_EMPTY: there is none.
enum gunyah_error gunyah_internal_rm_receive(struct rm *rm);

// Nothing is under way any more; what still comes of the reply is dropped.
void gunyah_internal_rm_forget(struct rm *rm);

// Send what is left of the request, as far as there is room.
enum gunyah_error gunyah_internal_rm_send(struct rm *rm);

// A wait with a time-out.
struct rm_patience {
    uint64_t until; // by the clock, or GUNYAH_WAIT_FOREVER
    unsigned taken; // packets
};

void gunyah_internal_rm_patience(const struct rm *rm, struct rm_patience *patience, uint64_t timeout_ns);

// Send and receive what can be without waiting, then wait for more. GUNYAH_OK: something may have changed;
// GUNYAH_ERR_TIMEOUT: the time is over, which is not recorded.
enum gunyah_error gunyah_internal_rm_look(struct rm *rm, struct rm_patience *patience);

// ---- notice.c ----------------------------------------------------------------------------------------------------

// The oldest notification that came and is what it says it is. False: there is none.
bool gunyah_internal_rm_next_event(struct rm *rm, struct gunyah_rm_event *event);

// ---- records.c ---------------------------------------------------------------------------------------------------

// Bring the records of VMs up to date. Every notification of one packet passes here as it comes, before it becomes an event
// or is lost for want of room. All that change a state have one packet.
void gunyah_internal_rm_vm_noticed(struct rm *rm, uint32_t id, const uint8_t *payload, size_t size);

// A request for this VM begins.
void gunyah_internal_rm_vm_asks(struct gunyah_vmm_vm *vm);

// It was answered what the VM is doing, unless something newer was told meanwhile. False: there is no such state.
bool gunyah_internal_rm_vm_answered(struct gunyah_vmm_vm *vm, const struct rm_vm_get_state_reply *reply);

// There is no such VM any more, whatever is told of one with its VMID.
void gunyah_internal_rm_vm_gone(struct gunyah_vmm_vm *vm);

// VM_CONFIG_IMAGE succeeded: the VM begins again, in this state, or is further already.
void gunyah_internal_rm_vm_configured(struct gunyah_vmm_vm *vm, enum gunyah_vm_state state);

// A request succeeded that leads to this state; it may be further already.
void gunyah_internal_rm_vm_reached(struct gunyah_vmm_vm *vm, enum gunyah_vm_state state);

// ---- vm_set.c, vm_resources.c: operations of the provider of VMs ---------------------------------------------------

enum gunyah_error gunyah_internal_rm_vm_set(void *context, struct gunyah_vmm_vm *vm,
                                            const struct gunyah_vmm_setting *setting);

enum gunyah_error gunyah_internal_rm_vm_resources(void *context, struct gunyah_vmm_vm *vm,
                                                  struct gunyah_vm_resource *resources, size_t capacity, size_t *count);

// ---- handles.c ---------------------------------------------------------------------------------------------------

// A handle of something that is reached through this connection, or null, and the error.
struct handle *gunyah_internal_rm_open_handle(struct rm *rm, enum handle_kind kind, uint32_t number,
                                              enum lending_side side, const char *function, enum gunyah_error *error);

// Close it and set the pointer to null. The handle is good.
void gunyah_internal_rm_close_handle(struct handle *handle);

// ---- text.c ------------------------------------------------------------------------------------------------------

// A message that is one text, filled up to words.
#define RM_TEXT_PIECES 3

struct rm_text_request {
    uint8_t head[GUNYAH_RM_STRING_SIZE];
    struct rm_piece pieces[RM_TEXT_PIECES];
};

void gunyah_internal_rm_put_text(struct rm_text_request *request, const char *text, size_t length);

// ---- memory_check.c ----------------------------------------------------------------------------------------------

// Whether lists can be right; nothing is recorded.
enum gunyah_error gunyah_internal_rm_check_regions(const struct gunyah_memory_region *regions, size_t count);
enum gunyah_error gunyah_internal_rm_check_access(const struct gunyah_memparcel_access *access, size_t count, bool io);
enum gunyah_error gunyah_internal_rm_check_attributes(const struct gunyah_memparcel_vm_attribute *attributes,
                                                      size_t count, bool io,
                                                      const struct gunyah_memparcel_access *access,
                                                      size_t access_count);

// ---- memory_handle.c ---------------------------------------------------------------------------------------------

// MEM_RELEASE or MEM_RECLAIM. The handle stays open.
enum gunyah_error gunyah_internal_rm_end_parcel(const struct handle *parcel, uint32_t id, bool sanitize,
                                                const char *function);

// ---- guard.c -----------------------------------------------------------------------------------------------------

// Does the RM survive the request that is about to leave? Notes what is to be learnt from it.
bool gunyah_internal_rm_survives(struct rm *rm);

// The request under way ended: note what this tells about a VM.
void gunyah_internal_rm_learn(struct rm *rm);

#endif
