// SPDX-License-Identifier: BSD-3-Clause
// What the files of the Resource Manager share.
#ifndef GUNYAH_MODEL_RM_INTERNAL_H
#define GUNYAH_MODEL_RM_INTERNAL_H

#include "internal.h"
#include "model_rm.h"

#define RM_MAX_VMID 255u

/** A message that is on its way to a VM. */
struct rm_message {
    model_ref next;
    uint32_t id;
    uint64_t due; // not sent before
    uint16_t sequence;
    uint8_t type;
    bool quiet;   // raises no interrupt
    bool fatal;   // the Resource Manager stops behind its first packet
    bool garbled; // its packets follow no protocol
    uint32_t size;
    uint8_t bytes[];
};

/** A message that has come in part. */
struct rm_partial {
    uint32_t size;
    uint32_t room;
    uint32_t id;
    uint16_t sequence;
    uint8_t type;
    uint8_t fragments;
    uint8_t missing;
    uint8_t bytes[];
};

/** The two queues between a VM and the Resource Manager. */
struct rm_channel {
    model_ref to_rm;   // queues; held
    model_ref from_rm;
    struct gunyah_model_rm_channel ends; // of the VM
    model_ref partial;
    model_ref sending; // has begun, or waits for room or its time
    uint32_t sent;     // packets of it
    model_ref reply;   // waits for sending to end; another one replaces it
    model_ref first;   // notifications that wait likewise
    model_ref last;
    uint32_t pending; // how many
};

/** A VM as the Resource Manager knows it. */
struct rm_vm {
    model_ref next; // by VMID
    uint16_t vmid;
    uint16_t owner;
    uint8_t state; // enum gunyah_vm_state
    uint8_t os_status;
    uint16_t app_status;
    enum gunyah_model_rm_reason reason; // of the last refusal
    bool machine;                       // the model has this VM
    bool adopted;                       // ... and had it before the Resource Manager knew it
    model_ref channel;
    uint8_t peers[RM_MAX_VMID]; // VMIDs, in the order of their coming
    uint32_t peer_count;
    char name[GUNYAH_MODEL_RM_NAME_SIZE];
    char uri[GUNYAH_MODEL_RM_NAME_SIZE];
    uint8_t guid[GUNYAH_MODEL_RM_GUID_SIZE];
    uint32_t previous_id; // of the last request, for answers that are stale
    uint16_t previous_sequence;
};

struct rm {
    struct gunyah_model_rm_options options;
    uint64_t wake; // when it runs next
    bool dead;
    uint16_t sequence; // of notifications
    model_ref vms;
    model_ref reply; // where handlers write: GUNYAH_RM_MAX_PAYLOAD bytes
    gunyah_capid_t own_vcpu; // in HLOS's capability space
};

/** A request while it is handled. */
struct rm_call {
    struct gunyah_model *model;
    struct rm *rm;
    struct rm_vm *from;
    const uint8_t *request;
    uint32_t size;
    uint8_t *reply; // behind the error word
    uint32_t reply_size;
    bool extra_word; // an error is followed by the hypervisor's one
};

/** Answers a request: writes a reply, or says why not. */
typedef enum gunyah_model_rm_reason rm_handler(struct rm_call *call);

// ---- bytes: little endian, any alignment --------------------------------------------------------------------------------

uint16_t gunyah_model_rm_get16(const uint8_t *from);
uint32_t gunyah_model_rm_get32(const uint8_t *from);
uint64_t gunyah_model_rm_get64(const uint8_t *from);
void gunyah_model_rm_put16(uint8_t *to, uint16_t value);
void gunyah_model_rm_put32(uint8_t *to, uint32_t value);
void gunyah_model_rm_put64(uint8_t *to, uint64_t value);

/** Begin with the room of so many bytes behind what the reply has. */
uint8_t *gunyah_model_rm_reply_room(struct rm_call *call, uint32_t size);

/** Put a word behind what the reply has. */
void gunyah_model_rm_reply32(struct rm_call *call, uint32_t value);

// ---- rm.c ---------------------------------------------------------------------------------------------------------------

struct rm *gunyah_model_rm_of(struct gunyah_model *model);

/** A served queue was used by its VM. */
void gunyah_model_rm_poke(struct gunyah_model *model);

/** A VM gives the Resource Manager the time it needs to answer. */
void gunyah_model_rm_yield(struct gunyah_model *model);

/** Run what is due now. */
void gunyah_model_rm_run(struct gunyah_model *model);

/** Free memory of the arena. Does nothing for ref 0. */
void gunyah_model_rm_free(struct gunyah_model *model, model_ref ref);

/** Run at this time, or before. */
void gunyah_model_rm_schedule(struct rm *rm, uint64_t when);

/** The Resource Manager stops for ever. */
void gunyah_model_rm_die(struct gunyah_model *model, enum gunyah_model_rm_reason reason, uint16_t vmid);

void gunyah_model_rm_observe(struct gunyah_model *model, const struct gunyah_model_rm_event *event);

// ---- rm_channel.c -------------------------------------------------------------------------------------------------------

/** Make the queues of a VM. The interrupts are in ends; 0: none. Nothing remains of a failure. */
int32_t gunyah_model_rm_channel_open(struct gunyah_model *model, struct rm_vm *vm, uint32_t depth, uint32_t size,
                                     const struct gunyah_model_rm_channel *ends);
void gunyah_model_rm_channel_close(struct gunyah_model *model, struct rm_vm *vm);

/** Take the next message off the queue. Returns NULL when there is none; else it belongs to the caller. */
struct rm_partial *gunyah_model_rm_receive(struct gunyah_model *model, struct rm_vm *vm);

/** Go on sending. */
void gunyah_model_rm_transmit(struct gunyah_model *model, struct rm_vm *vm);

/** Memory for a message of this size; NULL: none. */
struct rm_message *gunyah_model_rm_message(struct gunyah_model *model, uint8_t type, uint32_t id, uint32_t size);

/** Hand a notification over. It is the channel's from here on, and may be gone. */
void gunyah_model_rm_queue(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *message);

/** Hand a reply over, likewise. */
void gunyah_model_rm_post(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *reply);

/** Tell the observer of a notification, and hand it over. */
void gunyah_model_rm_announce(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *message);

/** Tell a VM something, if it can hear. */
void gunyah_model_rm_notify(struct gunyah_model *model, uint16_t vmid, uint32_t id, const uint8_t *payload,
                            uint32_t size);

// ---- rm_reply.c ---------------------------------------------------------------------------------------------------------

/** Handle a request and answer it. */
void gunyah_model_rm_handle(struct gunyah_model *model, struct rm_vm *from, const struct rm_partial *request);

// ---- rm_mischief.c ------------------------------------------------------------------------------------------------------

/** Hand a reply over, with what is to go wrong with it. */
void gunyah_model_rm_send_reply(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *reply,
                                const struct gunyah_model_rm_mischief *mischief);

// ---- rm_vm.c ------------------------------------------------------------------------------------------------------------

struct rm_vm *gunyah_model_rm_find(struct gunyah_model *model, uint16_t vmid);

/** A VM in state LOAD. Returns NULL without memory. */
struct rm_vm *gunyah_model_rm_add(struct gunyah_model *model, uint16_t vmid, uint16_t owner);
void gunyah_model_rm_remove(struct gunyah_model *model, struct rm_vm *vm);

void gunyah_model_rm_make_peers(struct rm_vm *one, struct rm_vm *other);
void gunyah_model_rm_part_peers(struct gunyah_model *model, struct rm_vm *vm);

/** May this VM ask about that one? */
bool gunyah_model_rm_may_ask(const struct rm_vm *vm, const struct rm_vm *from);

rm_handler gunyah_model_rm_vm_allocate;
rm_handler gunyah_model_rm_vm_deallocate;

// ---- rm_query.c ---------------------------------------------------------------------------------------------------------

rm_handler gunyah_model_rm_vm_get_id;
rm_handler gunyah_model_rm_vm_get_state;
rm_handler gunyah_model_rm_vm_get_vmid;
rm_handler gunyah_model_rm_vm_get_owner;
rm_handler gunyah_model_rm_vm_get_peers;
rm_handler gunyah_model_rm_vm_get_type;
rm_handler gunyah_model_rm_vm_lookup_uri;
rm_handler gunyah_model_rm_vm_lookup_guid;
rm_handler gunyah_model_rm_vm_lookup_name;
rm_handler gunyah_model_rm_vm_get_hyp_resources;

#endif
