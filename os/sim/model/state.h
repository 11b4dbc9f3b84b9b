// SPDX-License-Identifier: BSD-3-Clause
// What the arena holds. Everything refers to everything else by its distance from the model, so that a copy of the arena
// is a copy of the state.
#ifndef GUNYAH_MODEL_STATE_H
#define GUNYAH_MODEL_STATE_H

#include "model_rm.h"

#include <stdbool.h>
#include <stdint.h>

/** Distance of a thing from the start of the model, in bytes; 0 is nothing. */
typedef uint32_t model_ref;

#define MODEL_MAX_VMS 256
#define MODEL_VMIDS 256
#define MODEL_NO_VM UINT32_MAX

/** Head of every object. */
struct object {
    model_ref caps;      // first of the list of its valid capabilities
    model_ref doomed;    // next of the objects that wait for their destruction
    uint32_t references; // held by other objects and by VMs
    uint8_t type;        // enum gunyah_object_type
    uint8_t state;       // enum gunyah_object_state
};

struct cap {
    model_ref object;
    model_ref previous; // neighbours in the object's list
    model_ref next;
    uint32_t rights;
    uint8_t state; // enum gunyah_cap_state
    bool master;
};

struct cap_table {
    uint64_t used; // one bit a slot
    struct cap slots[GUNYAH_CSPACE_TABLE_SLOTS];
};

struct cspace {
    struct object object;
    uint32_t max_caps;
    uint32_t count;   // slots that are taken
    uint64_t base;    // ids are (slot * factor) ^ base
    uint64_t inverse; // what division by factor is done with
    uint32_t factor;
    uint64_t full[(GUNYAH_CSPACE_TABLES + 63) / 64]; // tables without a free slot
    model_ref tables[GUNYAH_CSPACE_TABLES];
};

enum line_bits {
    LINE_EDGE = 1,    // configured for edges
    LINE_LATCH = 2,   // an assertion has not been delivered yet
    LINE_LEVEL = 4,   // the source holds the line
    LINE_ENABLED = 8, // by the VM
    LINE_ACTIVE = 16, // acknowledged, not ended
};

/** Sources of lines that no object of the model stands for: forwarded hardware interrupts. */
#define LINE_SOURCE_HARDWARE UINT32_MAX
#define LINE_SOURCE_LOST (UINT32_MAX - 1) // or nothing any more, and the line stays taken

/** A shared interrupt. */
struct line {
    model_ref source;
    uint32_t bits;
};

enum source_kind {
    SOURCE_DOORBELL,
    SOURCE_MSGQUEUE_SEND,
    SOURCE_MSGQUEUE_RECEIVE,
    SOURCE_VCPU, // wake-up or halt
    SOURCE_VPM_GROUP,
    SOURCE_VIRTIO_BACKEND,
    SOURCE_VIRTIO_FRONTEND,
    SOURCE_WATCHDOG_BARK,
    SOURCE_WATCHDOG_BITE,
};

/** Where interrupts come from; part of the object that raises them. */
struct source {
    model_ref vic; // 0: not bound
    model_ref owner;
    uint32_t line;
    uint32_t kind; // enum source_kind
};

struct vic {
    struct object object;
    uint32_t vm; // MODEL_NO_VM: belongs to no VM
    uint32_t max_vcpus;
    uint32_t max_virqs;
    model_ref lines;
    model_ref vcpus[GUNYAH_MODEL_MAX_VCPUS];          // active threads by index
    model_ref addrspace;                              // where its registers are; 0: nowhere yet
    uint64_t redistributors;                          // of which vCPUs it shows them, one bit each
    uint64_t ready[(GUNYAH_VIC_MAX_VIRQS + 63) / 64]; // lines that an acknowledgement would deliver
};

struct doorbell {
    struct object object;
    struct source source;
    uint64_t flags;
    uint64_t enable;
    uint64_t ack;
};

struct msgqueue {
    struct object object;
    struct source send;
    struct source receive;
    uint32_t depth; // 0: not configured
    uint32_t max_size;
    uint32_t stride; // bytes between messages in the buffer
    uint32_t count;
    uint32_t head;
    uint32_t tail;
    bool served; // the Resource Manager is at the other end
    uint32_t not_full_threshold;
    uint32_t not_empty_threshold;
    model_ref buffer;
};

/**
 * A piece of a set of addresses without overlaps (ranges.h): physical memory and its owners, an address space and
 * what is mapped there, an extent and where it is mapped.
 */
struct range {
    uint64_t first;
    uint64_t last;
    uint64_t value; // of the first address; grows with the addresses
    uint32_t tag;   // the same for all of them
    // Neighbours in the tree: what has lower addresses, and what has higher ones.
    model_ref below;
    model_ref above;
};

struct addrspace {
    struct object object;
    uint32_t vmid;
    model_ref table; // ranges: physical address, attributes
    model_ref vmmio; // ranges
    uint32_t vmmio_count;
    model_ref vdevices;  // ranges
    uint32_t threads;    // that it was given to
    model_ref info_area; // memory extent, 0: none
    model_ref vrtc;      // held; 0: none
};

#define VRTC_SIZE UINT64_C(0x1000)
#define VRTC_NOWHERE UINT64_MAX

/** A real-time clock. */
struct vrtc {
    struct object object;
    uint32_t load;      // the register of that name, in seconds
    uint64_t ipa;       // of its registers; VRTC_NOWHERE: not configured
    uint64_t time_base; // by what it is ahead of the counter, in ticks; 0: not set yet
};

#define EXTENT_MAPPINGS 4

/** Where an extent is mapped in an address space: all of a basic one once, parts of a sparse one each at most once. */
struct extent_mapping {
    model_ref addrspace; // 0: free
    model_ref ranges;    // of offsets: address in the address space, attributes
};

struct memextent {
    struct object object;
    model_ref parent; // memory extent; 0: the partition
    model_ref next;   // neighbours in the model's list of active extents
    model_ref previous;
    uint64_t base;        // physical
    uint64_t size;        // 0: not configured
    uint32_t attrs;       // gunyah_memextent_attrs_t
    uint32_t children;    // active
    uint32_t attachments; // devices and address spaces that use its memory
    model_ref device;     // virtio device whose registers it holds; 0: none
    struct extent_mapping mappings[EXTENT_MAPPINGS];
};

/** vCPUs that share their power state. */
struct vpm_group {
    struct object object;
    struct source source;
    uint64_t options; // gunyah_vpm_group_option_flags_t
    uint64_t awake;   // members that are neither off nor suspended, one bit each
    model_ref members[GUNYAH_MODEL_MAX_VCPUS];
};

enum thread_life {
    THREAD_NEW, // not activated
    THREAD_READY,
    THREAD_KILLED, // goes away as soon as it would run
    THREAD_EXITED,
};

/** What a vCPU that is on waits for. */
enum thread_wait {
    THREAD_WAITS_NOT,
    THREAD_WAITS_FOR_INTERRUPT,
    THREAD_WAITS_SUSPENDED,
    THREAD_WAITS_FOR_VMM, // to answer an access
    THREAD_WAITS_FAULTED, // for ever
};

/** A vCPU. */
struct thread {
    struct object object;
    uint32_t vm;    // MODEL_NO_VM: it was made by calls
    uint32_t index; // in its VM
    model_ref cspace;
    model_ref addrspace;
    model_ref vic;
    model_ref vpm_group;
    model_ref watchdog; // that it minds
    uint32_t vic_index;
    uint32_t vpm_index;
    struct source wakeup;
    struct source halt;
    uint64_t options; // gunyah_vcpu_option_flags_t
    uint32_t affinity;
    uint8_t life; // enum thread_life
    uint8_t wait; // enum thread_wait
    bool on;
    bool is_run;        // by the model; else somebody else does
    bool proxy;         // only vcpu_run runs it
    bool reset;         // it has called for a reset of its system, and reset_words tell which
    bool is_load;       // the access that it waits for
    uint8_t target;     // register that is loaded
    uint64_t access[3]; // address, bytes, value
    uint64_t suspend_state;
    uint64_t reset_words[3];
    uint64_t due; // when its physical CPU gets to it
    model_ref next_due;
    struct gunyah_model_guest guest;
    uint32_t prng_calls;  // in the window
    uint64_t prng_window; // its start
};

/** Counts from the last time that its VM pet it: barks after some time, and bites after some. */
struct watchdog {
    struct object object;
    struct source bark;
    struct source bite;
    model_ref next;   // of those that count, by the time of what they do next
    uint32_t vm;      // whose vCPU has enabled it; MODEL_NO_VM: none that the embedder knows
    uint32_t bark_ms; // times, from the last pet on
    uint32_t bite_ms;
    uint32_t freezes;
    bool critical;   // the machine goes down with its bite
    bool enabled;    // it counts
    bool resumes;    // it is frozen, and counts again when it is not
    bool bites_next; // it has barked since the last pet, or does not bark at all
    uint64_t pet;    // when it was pet, or could have been for what it has counted
    uint64_t left;   // nanoseconds that were left when it was switched off; UINT64_MAX: it will count from 0
};

/** Not an object: what makes a vCPU's registers mean something. */
struct vm {
    uint32_t index;
    uint32_t vmid;
    uint32_t vcpus;
    bool halted; // made by the Resource Manager, and not started, or ended
    model_ref vic;
    model_ref thread[GUNYAH_MODEL_MAX_VCPUS];
};

struct virtio_queue {
    uint32_t max;
    uint32_t size;
    uint32_t ready;
    uint64_t areas[3]; // descriptors, of the driver, of the device
};

#define VIRTIO_INPUT_DATA 128
#define VIRTIO_INPUT_EVENT_TYPES 32
#define VIRTIO_INPUT_ABS_AXES 64

/** What an input device answers for one selection. */
struct virtio_input_entry {
    uint32_t subselect;
    uint32_t size; // 0: free
    uint8_t data[VIRTIO_INPUT_DATA];
};

struct virtio_mmio {
    struct object object;
    struct source backend;  // interrupts the driver; the owner raises it
    struct source frontend; // interrupts the owner; the driver raises it
    model_ref extent;       // the page of registers
    uint32_t queue_count;
    bool is_input;
    uint32_t status;
    uint32_t interrupt_status;
    uint64_t notified; // queues, one bit each
    uint32_t reason;   // gunyah_virtio_mmio_notify_reason_t
    uint32_t device_features[2];
    uint32_t driver_features[2];
    uint32_t driver_word; // that the driver has selected, and the queue
    uint32_t queue;
    struct virtio_queue queues[GUNYAH_VIRTIO_MAX_QUEUES];
    // Input devices only.
    uint8_t select;
    uint8_t subselect;
    uint32_t event_types;
    uint32_t axes;
    model_ref entries;                  // of event types, and then of axes
    struct virtio_input_entry fixed[4]; // name, serial number, ids, properties
};

#define HEAP_FIRST_BITS 4 // the smallest block has 16 bytes
#define HEAP_CLASSES (32 - HEAP_FIRST_BITS)
#define HEAP_STEPS 4 // bins of a power of two

struct heap {
    uint32_t top;  // first byte that was never needed
    uint32_t last; // block before it
    uint32_t used; // bytes of blocks that are not free
    uint32_t classes;
    uint8_t steps[HEAP_CLASSES];
    model_ref bins[HEAP_CLASSES][HEAP_STEPS];
};

struct gunyah_model {
    // The embedder's: no part of a snapshot.
    struct gunyah_model_env env;
    struct gunyah_model_rm_env rm_env;
    size_t size; // of the arena, from the model on

    // From here to heap.top: the snapshot.
    uint64_t magic;
    uint64_t extent; // bytes of the snapshot, when it was taken
    struct gunyah_model_options options;
    uint64_t now;
    uint64_t random;
    uint64_t trace_flags;
    model_ref root_cspace;
    model_ref root_partition;
    gunyah_capid_t root_partition_cap;
    model_ref spare_ranges; // for changes that must not fail
    uint32_t spare_range_count;
    model_ref memory;                 // ranges of physical memory: their owners, partitions and extents
    model_ref extents;                // first of the list of active ones
    model_ref due;                    // first of the threads that run without being run by a call
    model_ref watchdogs;              // first of those that count
    uint64_t vmids[MODEL_VMIDS / 64]; // in use, one bit each
    model_ref doomed;                 // objects that nothing refers to any more
    model_ref rm;                     // the Resource Manager; 0: there is none
    bool crashed;
    model_ref vms[MODEL_MAX_VMS]; // by number; 0: there is none
    struct heap heap;
};

static inline void *model_at(struct gunyah_model *model, model_ref ref)
{
    return (uint8_t *)model + ref;
}

static inline model_ref model_ref_of(const struct gunyah_model *model, const void *thing)
{
    return (model_ref)((const uint8_t *)thing - (const uint8_t *)model);
}

/** Position of the lowest bit of a word that is not 0. */
static inline uint32_t model_lowest_bit(uint64_t word)
{
    uint32_t position = 0;
    for (uint32_t half = 32; half != 0; half /= 2) {
        if ((word & ((UINT64_C(1) << half) - 1)) != 0)
            continue;
        word >>= half;
        position += half;
    }
    return position;
}

#endif
