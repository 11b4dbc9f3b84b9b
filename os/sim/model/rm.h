// SPDX-License-Identifier: BSD-3-Clause
// What the files of the Resource Manager share.
#ifndef GUNYAH_MODEL_RM_INTERNAL_H
#define GUNYAH_MODEL_RM_INTERNAL_H

#include "internal.h"
#include "model_rm.h"

#define RM_MAX_VMID 255u
#define RM_EXTENTS (GUNYAH_VM_EXTENT_LABEL_GUEST_SHARED + 1)

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
    model_ref to_rm; // queues; held
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
    model_ref parts;   // struct gunyah_model_vm of a VM that was made here
    model_ref links;   // to its peers, as its configuration wants them
    model_ref devices; // array: what its configuration wants, and what was made of it
    uint32_t device_count;
    model_ref rtc;          // its clock; held; 0: it has none
    model_ref ranges;       // its address space
    model_ref kept;         // addresses in it that only it places something at
    uint64_t memory_base;   // where its memory is to be ...
    uint64_t memory_max;    // ... and how large it may be
    uint64_t memory_size;   // how large it is
    uint64_t firmware_base; // where its firmware is to be ...
    uint64_t firmware_max;  // ... and how large it may be
    uint32_t image;         // parcel
    uint64_t dtb_offset;
    uint64_t dtb_size;
    uint32_t firmware;        // parcel
    uint64_t firmware_offset; // where the firmware is to be in it ...
    uint64_t firmware_size;   // ... and with how much room; 0: nowhere
    uint16_t auth;            // enum gunyah_vm_auth
    bool has_tree;            // its configuration is in its device tree
    bool configured;          // VM_CONFIG_IMAGE has succeeded since the last reset
    bool paged;               // VM_SET_DEMAND_PAGING has succeeded, likewise
    bool no_shutdown;
    bool no_reset;
    bool crash_fatal;
    bool proxy;
    bool console;
    bool console_open;       // by the VM
    bool console_open_owner; // by its owner
    uint8_t reset_stage;
    uint64_t reset_due;                               // when its next step is
    gunyah_capid_t vcpu_caps[GUNYAH_MODEL_MAX_VCPUS]; // the owner's
    model_ref extents[RM_EXTENTS];                    // of a paged VM, by label; held
    gunyah_capid_t extent_caps[RM_EXTENTS];           // likewise
    gunyah_capid_t addrspace_cap;                     // likewise
    model_ref watchdog;                               // of its vCPUs; held
    gunyah_capid_t watchdog_cap;                      // the owner's, if it runs the vCPUs
    bool bitten;                                      // by that; the Resource Manager does not know it yet
    bool exiting;                                     // has powered itself off
    uint16_t exit_type;                               // enum gunyah_vm_exit_type
    uint16_t exit_flags;
    uint32_t exit_words[3];
    uint32_t exit_word_count;
    uint32_t crash_size;
    uint8_t crash[GUNYAH_RM_MAX_CRASH_MSG];
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
    model_ref reply;   // where handlers write: GUNYAH_RM_MAX_PAYLOAD bytes
    model_ref parcels; // by age
    uint32_t next_handle;
    model_ref lendings;      // of interrupts
    bool milestone;          // FW_MILESTONE has been sent
    uint64_t firmware;       // of protected VMs: an address of the Resource Manager's own
    uint64_t firmware_size;  // 0: there is none
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
    bool extra_word; // an error is followed by the hypervisor's one:
    int32_t hverr;
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

/** Is this an id that memory can be for? */
bool gunyah_model_rm_is_vmid(struct gunyah_model *model, uint16_t vmid);

/** The VM that a request of its owner is about, whose id the request begins with. */
enum gunyah_model_rm_reason gunyah_model_rm_owned_vm(const struct rm_call *call, struct rm_vm **vm);

// ---- rm_state.c ---------------------------------------------------------------------------------------------------------

/** Change the state of a VM, and tell its peers. */
void gunyah_model_rm_set_state(struct gunyah_model *model, struct rm_vm *vm, enum gunyah_vm_state state);

/** Tell the peers how a VM is. */
void gunyah_model_rm_tell_status(struct gunyah_model *model, struct rm_vm *vm);

/** A VM ends, and its owner is told how. */
void gunyah_model_rm_exit(struct gunyah_model *model, struct rm_vm *vm, enum gunyah_vm_exit_type type, uint16_t flags,
                          uint16_t code);

/** A VM has powered itself off by PSCI. words: flags of the exit, and what SYSTEM_RESET2 said; NULL: neither. */
void gunyah_model_rm_powered_off(struct gunyah_model *model, uint32_t vm, enum gunyah_vm_exit_type type,
                                 const uint32_t words[4]);

/** Do what VMs wait for that have powered themselves off, or are being reset. */
void gunyah_model_rm_attend(struct gunyah_model *model, struct rm_vm *vm);

rm_handler gunyah_model_rm_vm_stop;
rm_handler gunyah_model_rm_vm_reset;
rm_handler gunyah_model_rm_vm_exit;

// ---- rm_init.c ----------------------------------------------------------------------------------------------------------

rm_handler gunyah_model_rm_vm_config_image;
rm_handler gunyah_model_rm_vm_auth_image;
rm_handler gunyah_model_rm_vm_init;

/** An image that was only the Resource Manager's is what it was before. */
void gunyah_model_rm_unprotect(struct gunyah_model *model, const struct rm_vm *vm);

/** Undo VM_INIT. */
void gunyah_model_rm_unmake(struct gunyah_model *model, struct rm_vm *vm);

// ---- rm_watchdog.c ------------------------------------------------------------------------------------------------------

/** Make the watchdog of a VM that is to have one, and that exists. What there is after a failure goes with the other one. */
enum gunyah_model_rm_reason gunyah_model_rm_make_watchdog(struct gunyah_model *model, struct rm_vm *vm);
void gunyah_model_rm_unmake_watchdog(struct gunyah_model *model, struct rm_vm *vm);

/** The interrupt of its bark; 0: there is none. */
uint32_t gunyah_model_rm_bark_virq(struct gunyah_model *model, const struct rm_vm *vm);

/** A VM that is to stop may take its time. */
void gunyah_model_rm_freeze_watchdog(struct gunyah_model *model, const struct rm_vm *vm);

/** A watchdog has bitten: the VM whose it is ends, when the Resource Manager gets to it. */
void gunyah_model_rm_bitten(struct gunyah_model *model, const struct watchdog *watchdog);
void gunyah_model_rm_attend_bite(struct gunyah_model *model, struct rm_vm *vm);

// ---- rm_start.c, rm_setup.c ---------------------------------------------------------------------------------------------

rm_handler gunyah_model_rm_vm_start;
rm_handler gunyah_model_rm_vm_set_context;
rm_handler gunyah_model_rm_vm_set_demand_paging;
rm_handler gunyah_model_rm_vm_set_address_layout;
rm_handler gunyah_model_rm_vm_set_debug;

// ---- rm_rtc.c -----------------------------------------------------------------------------------------------------------

/** Make the clock of a VM if its configuration wants one. A failure leaves something to be dropped. */
enum gunyah_model_rm_reason gunyah_model_rm_make_rtc(struct gunyah_model *model, struct rm_vm *vm,
                                                     const struct gunyah_model_rm_config *config);

/** The Resource Manager gives it up. The VM has it until it ends. */
void gunyah_model_rm_drop_rtc(struct gunyah_model *model, struct rm_vm *vm);

rm_handler gunyah_model_rm_vm_set_time_base;

// ---- rm_tree.c ----------------------------------------------------------------------------------------------------------

/** Find the configuration of a VM: declared, or in the device tree in its image. */
enum gunyah_model_rm_reason gunyah_model_rm_find_config(struct gunyah_model *model, struct rm_vm *vm,
                                                        struct gunyah_model_rm_config *config);

/** A VM that starts, and was configured by its device tree, finds in it what was made. */
enum gunyah_model_rm_reason gunyah_model_rm_write_tree(struct gunyah_model *model, struct rm_vm *vm);

// ---- rm_firmware.c ------------------------------------------------------------------------------------------------------

rm_handler gunyah_model_rm_fw_milestone;
rm_handler gunyah_model_rm_fw_set_vm_firmware;
rm_handler gunyah_model_rm_vm_set_firmware_mem;

/** Say where the firmware of a VM is to be, as its configuration wants it; size 0: it does not say. */
enum gunyah_model_rm_reason gunyah_model_rm_place_firmware(struct rm_vm *vm, uint64_t base, uint64_t size);

/** A VM that starts takes the parcel that its firmware is to be in. */
enum gunyah_model_rm_reason gunyah_model_rm_accept_firmware(struct gunyah_model *model, struct rm_vm *vm);

/** A VM that starts, and needs firmware, gets a copy of it. */
enum gunyah_model_rm_reason gunyah_model_rm_copy_firmware(struct rm_call *call, struct rm_vm *vm);

// ---- rm_link.c ----------------------------------------------------------------------------------------------------------

/** A doorbell or a queue between two VMs. */
struct rm_link {
    model_ref next;
    model_ref object; // held
    bool doorbell;
    bool source_can_clear;
    uint16_t from;
    uint16_t to;
    uint32_t label;
    gunyah_capid_t send_cap; // GUNYAH_CAPID_INVALID: the sender does not exist yet
    gunyah_capid_t receive_cap;
    uint32_t send_virq; // 0: none
    uint32_t receive_virq;
};

/** Make what a VM's configuration wants. What there is after a failure goes with gunyah_model_rm_cut_links(). */
enum gunyah_model_rm_reason gunyah_model_rm_make_links(struct gunyah_model *model, struct rm_vm *vm);
void gunyah_model_rm_cut_links(struct gunyah_model *model, struct rm_vm *vm);

/** Who is meant by "vm-name:", "vm-guid:" or "vm-uri:" and an id; NULL: nobody. */
struct rm_vm *gunyah_model_rm_find_peer(struct gunyah_model *model, const char *id);

/** A shared interrupt of a VM that nothing uses; 0: there is none. */
uint32_t gunyah_model_rm_free_virq(struct gunyah_model *model, uint32_t vm);

/** Let a source raise an interrupt of a VM; wanted 0: any that is free. */
int32_t gunyah_model_rm_bind(struct gunyah_model *model, uint16_t vmid, struct source *source, uint32_t wanted,
                             uint32_t *virq);

// ---- memory: rm_parcel.c, rm_accept.c -----------------------------------------------------------------------------------

rm_handler gunyah_model_rm_mem_donate;
rm_handler gunyah_model_rm_mem_lend;
rm_handler gunyah_model_rm_mem_share;
rm_handler gunyah_model_rm_mem_append;
rm_handler gunyah_model_rm_mem_accept;
rm_handler gunyah_model_rm_mem_release;
rm_handler gunyah_model_rm_mem_reclaim;
rm_handler gunyah_model_rm_mem_notify;
rm_handler gunyah_model_rm_mem_lookup;

/** A VM gives back one parcel that it has accepted, and the owner is told. False: there is none. */
bool gunyah_model_rm_release_one(struct gunyah_model *model, struct rm_vm *vm);

/** All memory of a VM goes back where it came from. */
void gunyah_model_rm_empty(struct gunyah_model *model, struct rm_vm *vm);

rm_handler gunyah_model_rm_ipa_reserve;

// ---- rm_irq.c, rm_console.c, rm_guest.c ---------------------------------------------------------------------------------

/** An interrupt that is lent. */
struct rm_lending {
    model_ref next;
    uint32_t virq; // handle, and the number on either side
    uint32_t label;
    uint16_t owner;
    uint16_t borrower;
    bool accepted;
};

rm_handler gunyah_model_rm_irq_lend;
rm_handler gunyah_model_rm_irq_accept;
rm_handler gunyah_model_rm_irq_release;
rm_handler gunyah_model_rm_irq_reclaim;
rm_handler gunyah_model_rm_irq_notify;

/** Interrupts that a VM has borrowed go back to be offered. */
void gunyah_model_rm_release_irqs(struct gunyah_model *model, const struct rm_vm *vm);

rm_handler gunyah_model_rm_console_open;
rm_handler gunyah_model_rm_console_close;
rm_handler gunyah_model_rm_console_write;
rm_handler gunyah_model_rm_console_flush;

rm_handler gunyah_model_rm_vm_set_status;
rm_handler gunyah_model_rm_vm_set_crash_msg;
rm_handler gunyah_model_rm_vm_get_crash_msg;

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
