// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * A Resource Manager in the model: it plays the root VM's part, talks to VMs through message queues, and makes VMs.
 *
 * It runs in virtual time, and only when gunyah_model_advance() or a VM's scheduler_yield lets time pass: what is sent
 * to it is answered some time later. docs/simulator.md tells what it answers.
 */
#ifndef GUNYAH_MODEL_RM_H
#define GUNYAH_MODEL_RM_H

#include "model.h"
#include "rm_reason.h"

#include <gunyah/abi/rm_types.h>

#define GUNYAH_MODEL_RM_NAME_SIZE 80
#define GUNYAH_MODEL_RM_GUID_SIZE 16
#define GUNYAH_MODEL_RM_ANYWHERE UINT64_MAX

struct gunyah_model_rm_options {
    enum gunyah_rm_generation generation; /**< UNKNOWN: that of 2023. */
    bool debug;                           /**< A debug build: an image may be shared. */
    uint32_t latency_ns;                  /**< From a message to its answer; 0: as observed. */
};

/** A virtual device in the configuration of a VM. */
struct gunyah_model_rm_vdevice {
    enum gunyah_model_rm_vdevice_type {
        GUNYAH_MODEL_RM_RPC,               /**< The VM's own channel to the Resource Manager. */
        GUNYAH_MODEL_RM_DOORBELL,          /**< The VM receives, the peer sends. */
        GUNYAH_MODEL_RM_DOORBELL_SOURCE,   /**< The VM sends, the peer receives. */
        GUNYAH_MODEL_RM_MSGQUEUE_SENDER,   /**< The VM sends. */
        GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER, /**< The VM receives. */
        GUNYAH_MODEL_RM_MSGQUEUE_PAIR,     /**< Both directions. */
        GUNYAH_MODEL_RM_SHM,               /**< A parcel with this label is wanted at an address. */
    } type;
    uint16_t peer;         /**< VMID; 0: the VM's owner. */
    const char *peer_id;   /**< "vm-name:", "vm-guid:" or "vm-uri:" and who it is; null: peer counts. */
    bool source_can_clear; /**< Doorbells: the sender may clear flags too. */
    bool console;          /**< Channel: the VM has a console. */
    bool allocate_base;    /**< Memory: the Resource Manager chooses the address. */
    bool optional;         /**< Memory: no parcel is fine. */
    uint32_t label;
    uint32_t depth;        /**< Queues; 0: 8. */
    uint32_t message_size; /**< Queues; 0: 240. */
    uint32_t send_virq;    /**< The VM's; 0: the Resource Manager chooses. */
    uint32_t receive_virq; /**< The VM's; 0: the Resource Manager chooses. */
    uint64_t base;         /**< Memory. */
};

/** What the device tree of a VM tells the Resource Manager. */
struct gunyah_model_rm_config {
    const char *name; /**< Below GUNYAH_MODEL_RM_NAME_SIZE bytes; null: none. */
    const char *uri;  /**< As name. */
    uint8_t guid[GUNYAH_MODEL_RM_GUID_SIZE];
    uint32_t vcpus;
    uint32_t max_caps;
    bool no_shutdown;
    bool no_reset;
    bool crash_fatal;
    bool proxy;                 /**< Its vCPUs are run by its owner. */
    bool rtc;                   /**< It has a clock ... */
    uint64_t rtc_base;          /**< ... here; GUNYAH_MODEL_RM_ANYWHERE: the Resource Manager chooses. */
    uint64_t base;              /**< Where its memory begins. */
    uint64_t size_max;          /**< How large its memory may be; 0: up to the end of addresses. */
    uint64_t firmware_base;     /**< Where separate firmware goes; 0: nowhere. */
    uint64_t firmware_size_max; /**< How large it may be; 0: 4 MiB. */
    const struct gunyah_model_rm_vdevice *vdevices;
    uint32_t vdevice_count;
};

/** One VM's end of its channel to the Resource Manager, or of a virtual device. */
struct gunyah_model_rm_channel {
    gunyah_capid_t send_cap;    /**< In the VM's capability space; GUNYAH_CAPID_INVALID: it does not send. */
    gunyah_capid_t receive_cap; /**< In the VM's capability space; GUNYAH_CAPID_INVALID: it does not receive. */
    uint32_t send_virq;         /**< 0: none. */
    uint32_t receive_virq;      /**< 0: none. */
};

/** A virtual device that was made. */
struct gunyah_model_rm_device {
    struct gunyah_model_rm_vdevice wanted; /**< With its peer; peer_id is null. */
    struct gunyah_model_rm_channel ends;   /**< The VM's. */
};

/** Memory in a row that a VM has accepted. What one parcel brought comes together. */
struct gunyah_model_rm_memory {
    uint64_t ipa;
    uint64_t size;
    uint32_t handle; /**< Of the parcel. */
    uint32_t label;
    bool own;       /**< The VM's own memory: its image, and what came with label 0. */
    bool firmware;  /**< A parcel of its firmware's. */
    bool exclusive; /**< Lent to it alone. */
    bool devices;
    const uint16_t *vmids; /**< The parcel's owner, and whom it is for. */
    uint32_t vmid_count;
};

/** A VM that is about to start. */
struct gunyah_model_rm_made {
    uint16_t vmid;
    uint16_t owner;
    bool paged;                                   /**< Memory comes on demand. */
    const char *name;                             /**< "": none. */
    const char *uri;                              /**< "": none. */
    uint64_t seed;                                /**< A random number. */
    uint32_t bark_virq;                           /**< Of its watchdog; 0: it has none. */
    const struct gunyah_model_rm_device *devices; /**< In the order of its configuration. */
    uint32_t device_count;
    bool rtc;          /**< It has a clock ... */
    uint64_t rtc_base; /**< ... here. */
    const struct gunyah_model_rm_memory *memory;
    uint32_t memory_count;
};

/** A device tree in a VM's image. */
struct gunyah_model_rm_tree {
    void *bytes;     /**< A copy of its beginning. */
    size_t size;     /**< Of the copy. */
    uint64_t region; /**< How large the tree may become where it is. */
    enum gunyah_rm_generation generation;
    bool trusted; /**< The VM is authenticated by the platform. */
};

/** Who knows device trees: os/sim/tree, where there is libfdt. */
struct gunyah_model_rm_trees {
    void *context;
    void *room; /**< Where the model puts a tree for the others to work on, aligned to 8; null: nobody knows them. */
    size_t room_size;

    /** Read a configuration. What it points to is copied before anything else is asked. */
    enum gunyah_model_rm_reason (*parse)(void *context, const struct gunyah_model_rm_tree *tree,
                                         struct gunyah_model_rm_config *config);

    /** Write down what was made. The tree is as large as its header says then. It has not changed after a failure. */
    enum gunyah_model_rm_reason (*patch)(void *context, const struct gunyah_model_rm_tree *tree,
                                         const struct gunyah_model_rm_made *made);
};

/** What a test wants to go wrong with one request. */
struct gunyah_model_rm_mischief {
    enum gunyah_model_rm_mischief_kind {
        GUNYAH_MODEL_RM_OBEY = 0,
        GUNYAH_MODEL_RM_FAIL,         /**< Nothing is done, and the answer is `value`, an error code. */
        GUNYAH_MODEL_RM_IGNORE,       /**< Nothing is done, and there is no answer. */
        GUNYAH_MODEL_RM_LOSE_REPLY,   /**< It is done, and there is no answer. */
        GUNYAH_MODEL_RM_REPEAT_REPLY, /**< The answer comes twice. */
        GUNYAH_MODEL_RM_STALE_REPLY,  /**< An answer to the request before this one comes first. */
        GUNYAH_MODEL_RM_OTHER_REPLY,  /**< An answer with this number, but to another message, comes first. */
        GUNYAH_MODEL_RM_LATE_REPLY,   /**< The answer takes `value` nanoseconds longer. */
        GUNYAH_MODEL_RM_CUT_REPLY,    /**< The answer has `value` bytes at most, its error word included. */
        GUNYAH_MODEL_RM_PAD_REPLY,    /**< The answer has `value` zero bytes more. */
        GUNYAH_MODEL_RM_GARBAGE,      /**< Packets that follow no protocol come first. */
        GUNYAH_MODEL_RM_FLOOD,        /**< `value` notifications come first. */
        GUNYAH_MODEL_RM_NO_INTERRUPT, /**< The answer raises no interrupt. */
        GUNYAH_MODEL_RM_DIE,          /**< The Resource Manager stops before it does anything. */
        GUNYAH_MODEL_RM_DIE_MIDWAY,   /**< The Resource Manager stops after the first packet of the answer. */
    } kind;
    uint64_t value;
};

enum gunyah_model_rm_event_kind {
    GUNYAH_MODEL_RM_REQUEST,      /**< Has come whole. */
    GUNYAH_MODEL_RM_REPLY,        /**< Is queued; reason says why it refuses. */
    GUNYAH_MODEL_RM_NOTIFICATION, /**< Is queued. */
    GUNYAH_MODEL_RM_DROPPED,      /**< A packet that follows no protocol, or a message that is no request. */
    GUNYAH_MODEL_RM_DEAD,         /**< The Resource Manager has stopped, by reason. */
};

/** What an observer is told. */
struct gunyah_model_rm_event {
    enum gunyah_model_rm_event_kind kind;
    uint16_t vmid; /**< Of the VM at the other end. */
    uint16_t sequence;
    uint32_t id; /**< Of the message. */
    const uint8_t *payload;
    uint32_t size; /**< Of the payload, in bytes. */
    enum gunyah_model_rm_reason reason;
};

/** What the Resource Manager needs from around the model. Copied; not part of a snapshot. Nothing may call the model. */
struct gunyah_model_rm_env {
    void *context;

    /** May be null. */
    void (*observe)(void *context, const struct gunyah_model_rm_event *event);

    /** What goes wrong with this request. May be null: nothing. */
    struct gunyah_model_rm_mischief (*interfere)(void *context, uint16_t vmid, uint32_t id);

    /**
     * Tell the configuration of a VM in the place of its device tree, which is not looked at then, and not written. What
     * it points to is copied before anything else is asked. False: its device tree tells. May be null: it always does.
     */
    bool (*configure)(void *context, uint16_t vmid, struct gunyah_model_rm_config *config);

    struct gunyah_model_rm_trees trees;

    /** A VM that the Resource Manager made has ended. May be null. */
    void (*ended)(void *context, uint32_t vm);
};

/** Read a GUID of the form 8-4-4-4-12. False: it is none. */
bool gunyah_model_rm_parse_guid(const char *text, uint8_t guid[GUNYAH_MODEL_RM_GUID_SIZE]);

/**
 * Put a Resource Manager into the root VM.
 *
 * @param options  Null for the defaults.
 * @return GUNYAH_HVERR_OK;
 *         GUNYAH_HVERR_NOMEM;
 *         GUNYAH_HVERR_BUSY (there is one).
 */
int32_t gunyah_model_rm_start(struct gunyah_model *model, const struct gunyah_model_rm_options *options,
                              const struct gunyah_model_rm_env *env);

/** Has gunyah_model_rm_start() put one here, or into the model that this one was loaded from? */
bool gunyah_model_has_rm(const struct gunyah_model *model);

/** Give a loaded model's Resource Manager what it needs from around the model. */
void gunyah_model_rm_reconnect(struct gunyah_model *model, const struct gunyah_model_rm_env *env);

/** Is all of this memory of the machine, an address of HLOS and bytes from there on, where it is to be? */
typedef bool gunyah_model_rm_memory_fn(const void *context, uint64_t address, uint64_t size);

/**
 * Ask for all memory that the Resource Manager may read or write by itself: that of parcels, and of VMs that do not see
 * memory where it is. Returns whether all of it is there.
 */
bool gunyah_model_rm_needs(struct gunyah_model *model, gunyah_model_rm_memory_fn *has, const void *context);

/**
 * Give a VM that was not made by the Resource Manager a channel to it. The VM counts as running. The first such VM
 * with VMID 3 is HLOS; it also gets the Resource Manager's vCPU, with the right of affinity, and owns the others.
 *
 * @param depth    Of both queues: 1 to GUNYAH_MSGQUEUE_MAX_DEPTH.
 * @param channel  Its interrupts are asked for, its capabilities filled in.
 * @return GUNYAH_HVERR_OK;
 *         OBJECT_STATE (there is no Resource Manager);
 *         NOMEM;
 *         CSPACE_FULL;
 *         BUSY (the VM has a channel, or an interrupt is taken);
 *         ARGUMENT_INVALID (depth, interrupts).
 *
 * Nothing remains of a failure.
 */
int32_t gunyah_model_rm_attach(struct gunyah_model *model, uint32_t vm, uint32_t depth,
                               struct gunyah_model_rm_channel *channel);

/** Tell the channel of a VM. Returns false when it has none. */
bool gunyah_model_rm_channel_of(struct gunyah_model *model, uint32_t vm, struct gunyah_model_rm_channel *channel);

/**
 * Where memory of a VM really is, in the addresses of HLOS. Returns false when the range is not mapped whole, and in one
 * piece. VMs that the Resource Manager did not make have the memory of the machine as it is, but for what they have been
 * given at another address.
 */
bool gunyah_model_rm_find_memory(struct gunyah_model *model, uint32_t vm, uint64_t ipa, uint64_t size, uint64_t *phys);

/** Where the device tree of a VM is that it has configured, and how large it may be. False: the VM has not started. */
bool gunyah_model_rm_find_tree(struct gunyah_model *model, uint32_t vm, uint64_t *ipa, uint64_t *size);

/** Does a VM with this number exist? Those that the Resource Manager makes come and go. */
bool gunyah_model_vm_exists(const struct gunyah_model *model, uint32_t vm);

/** Did the Resource Manager make it? */
bool gunyah_model_vm_is_made(struct gunyah_model *model, uint32_t vm);

/** Does it, and may it make calls? Those that the Resource Manager makes are started, and end. */
bool gunyah_model_vm_runs(struct gunyah_model *model, uint32_t vm);

/** Why the Resource Manager last refused a request of this VM. */
enum gunyah_model_rm_reason gunyah_model_rm_last_reason(struct gunyah_model *model, uint32_t vm);

#endif
