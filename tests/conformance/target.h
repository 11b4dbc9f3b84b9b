// SPDX-License-Identifier: BSD-3-Clause
// What a case of the suite runs on: VMs of one hypervisor, and what only somebody outside of them can do.
//
// The suite uses nothing but the public headers, this one, and memcpy, memset, memcmp and strlen, so that the same
// cases run in a process, at EL1, and on a live system. Whoever runs it fills in a struct target; only that differs.
#ifndef TARGET_H
#define TARGET_H

#include <gunyah/gunyah.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target;

// A VM that the suite speaks for. The capabilities are those of a privileged one: with all rights, but not masters.
struct target_vm {
    struct gunyah *g;
    gunyah_capid_t partition;
    gunyah_capid_t cspace;
    gunyah_capid_t vic;
};

// The VMs of a target. All may drive each other's objects in any order, from one thread.
enum {
    TARGET_OWNER = 0, // Privileged.
    TARGET_PEER = 1,  // Another one, with nothing but what it is given.
    TARGET_PLAIN_VMS = 2,
    // These have a session when their operation below was asked for it.
    TARGET_HLOS = 2,  // Has a channel to the Resource Manager, and makes VMs.
    TARGET_GUEST = 3, // A VM that HLOS made and started.
    TARGET_VMS = 4,
};

// What every VM that HLOS makes is configured with, unless that is by its device tree: TARGET_GUEST_NAME, a channel with a console, one vCPU, and between it
// and HLOS doorbells and message queues in both directions. A parcel with TARGET_GUEST_WINDOW is mapped where the Resource
// Manager chooses, if there is one.
#define TARGET_GUEST_NAME "guest"
#define TARGET_GUEST_BASE 0x80000000 // where its image is
#define TARGET_GUEST_CLOCK 0x9010000 // where its clock is, if it is configured by its device tree
enum {
    TARGET_GUEST_BELL = 1,      // HLOS rings
    TARGET_GUEST_BELL_BACK = 2, // the VM rings
    TARGET_GUEST_QUEUES = 3,
    TARGET_GUEST_WINDOW = 4,
};

// Interrupts of HLOS that are the hardware's.
enum {
    TARGET_HWIRQ_FIRST = 40,
    TARGET_HWIRQ_COUNT = 8,
};

// A VM's channel to the Resource Manager, with its interrupts edge triggered; and its device tree.
struct target_channel {
    gunyah_capid_t send_cap;
    gunyah_capid_t receive_cap;
    gunyah_virq_t send_virq;
    gunyah_virq_t receive_virq;
    const void *tree; // Null: it has none.
    size_t tree_size;
};

// A doorbell from one VM to another. The capabilities come back: one with the SEND right alone, one with RECEIVE alone.
struct target_doorbell {
    int from;
    int to;
    gunyah_virq_t virq; // of the receiver, edge triggered; 0: none
    gunyah_capid_t send_cap;
    gunyah_capid_t receive_cap;
};

// A message queue from one VM to another. The capabilities come back as those of a doorbell do.
struct target_msgqueue {
    int from;
    int to;
    uint32_t depth;
    uint32_t message_size;
    gunyah_virq_t send_virq;    // of the sender, edge triggered; 0: none
    gunyah_virq_t receive_virq; // of the receiver, edge triggered; 0: none
    gunyah_capid_t send_cap;
    gunyah_capid_t receive_cap;
};

enum target_trigger {
    TARGET_LEVEL = 0,
    TARGET_EDGE = 1,
};

struct target_ops {
    bool (*connect_doorbell)(struct target *target, struct target_doorbell *doorbell);
    bool (*connect_msgqueue)(struct target *target, struct target_msgqueue *queue);
    // How a VM takes an interrupt (GICD_ICFGR).
    bool (*set_trigger)(struct target *target, int vm, gunyah_virq_t virq, enum target_trigger trigger);
    // The machine gets a Resource Manager of the generation of 2023, and HLOS. Once a case.
    bool (*start_rm)(struct target *target, struct target_channel *channel);
    // The session of the VM with this VMID, which runs; the one before it is closed.
    bool (*enter_guest)(struct target *target, gunyah_vmid_t vmid, struct target_channel *channel);

    // An instruction of a VM that loads, or stores, 1, 2, 4 or 8 bytes at an address where it has no memory. False: it gets an
    // abort.
    bool (*load)(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t *value);
    bool (*store)(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t value);

    // An expectation failed. It may be told again by the callers of the place, innermost first.
    void (*fail)(struct target *target, const char *file, int line, const char *expression, uint64_t got,
                 uint64_t expected);
    // The case needs something that this target does not have.
    void (*skip)(struct target *target, const char *missing);
};

struct target {
    const struct target_ops *ops;
    struct target_vm vms[TARGET_VMS];
    enum gunyah_convention convention; // of all sessions
    enum gunyah_conduit conduit;
    // Interrupts that are free in every VM. A case takes new ones, so that cases may follow each other on one machine.
    uint32_t next_virq;
    uint32_t last_virq;
    // Physical memory of the partition that no extent has, and VMIDs that are free. A case takes new ones of these, too.
    uint64_t next_memory;
    uint64_t memory_end;
    uint16_t next_vmid;
    uint16_t last_vmid;
    bool by_trees; // The case sets it before start_rm(): VMs are configured by their device trees.
    bool has_wait;
    bool scrambled_capids; // ids of one capability space are malformed in any other one
    bool open_hypervisor;  // identifies itself as the open one
    bool has_watchdogs;    // which the open one does not
    bool as_manual;        // answers as the manual says, where the open one was recorded to do something else
};

static inline gunyah_virq_t target_free_virq(struct target *target)
{
    return gunyah_virq(target->next_virq <= target->last_virq ? target->next_virq++ : 0);
}

// Whole pages, which may be used by one case alone; 0 if there are none left.
static inline uint64_t target_free_memory(struct target *target, uint64_t size)
{
    const uint64_t base = target->next_memory;

    if (size > target->memory_end - base)
        return 0;
    target->next_memory += size;
    return base;
}

static inline gunyah_vmid_t target_free_vmid(struct target *target)
{
    return gunyah_vmid(target->next_vmid <= target->last_vmid ? target->next_vmid++ : 0);
}

// What is expected of the hypervisor that the manual describes, and of the one that was recorded.
static inline int64_t target_by_mode(const struct target *target, int64_t manual, int64_t recorded)
{
    return target->as_manual ? manual : recorded;
}

static inline bool target_expect(struct target *target, const char *file, int line, const char *expression,
                                 uint64_t got, uint64_t expected)
{
    if (got == expected)
        return true;
    target->ops->fail(target, file, line, expression, got, expected);
    return false;
}

// Expectations are for functions that return bool, true for success, and have a parameter `target`. One that fails is
// told and ends the function with false. Helpers are such functions too: their callers write EXPECT_TRUE(helper(...))
// and add their own line to what is told. Arguments are evaluated once and compared as 64 bits, signed ones extended.
#define EXPECT_EQ(got, expected)                                                                                       \
    do {                                                                                                               \
        if (!target_expect(target, __FILE__, __LINE__, #got, (uint64_t)(got), (uint64_t)(expected)))                   \
            return false;                                                                                              \
    } while (0)
#define EXPECT_TRUE(got) EXPECT_EQ((got), true)
#define EXPECT_FALSE(got) EXPECT_EQ((got), false)
#define EXPECT_OK(got) EXPECT_EQ((got), GUNYAH_OK)

// Ends a case as skipped.
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            target->ops->skip(target, #condition);                                                                     \
            return true;                                                                                               \
        }                                                                                                              \
    } while (0)

#endif
