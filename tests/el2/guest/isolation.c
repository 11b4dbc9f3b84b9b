// SPDX-License-Identifier: BSD-3-Clause
// The hypervisor is out of the guest's reach, by itself and by asking the hypervisor.
#include "guest.h"

#include "../protocol.h"

// The kind of fault in a syndrome.
#define ESR_FAULT 0x3fu
#define ESR_ALIGNMENT 0x21u

static const uint64_t beyond[] = {
    0, EL2_DEVICES_BASE + 0x1000000, 0x40000000, EL2_STANDIN_BASE, EL2_MEMORY_BASE, EL2_GUEST_BASE - 8, EL2_GUEST_END,
};

static const gunyah_msgqueue_send_flags_t no_flags;

static bool guest_has_its_own_memory_alone(struct target *target)
{
    uint64_t mine = 0;

    EXPECT_FALSE(guest_read_faults((uint64_t)(uintptr_t)&mine));
    EXPECT_FALSE(guest_write_faults((uint64_t)(uintptr_t)&mine));
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        EXPECT_TRUE(guest_read_faults(beyond[i]));
        EXPECT_TRUE(guest_write_faults(beyond[i]));
        EXPECT_TRUE(guest_jump_faults(beyond[i]));
    }
    return true;
}

// A message from where the sender cannot read is dropped in silence.
static bool calls_reach_no_further(struct target *target)
{
    static const uint64_t addresses[] = {EL2_STANDIN_BASE,  EL2_MEMORY_BASE, EL2_GUEST_BASE - 8, EL2_GUEST_BASE - 4,
                                         EL2_GUEST_END - 4, EL2_GUEST_END,   UINT64_MAX - 3};
    struct gunyah *sender = target->vms[TARGET_OWNER].g;
    struct gunyah *receiver = target->vms[TARGET_PEER].g;
    struct target_msgqueue wanted = {.from = TARGET_OWNER, .to = TARGET_PEER, .depth = 2, .message_size = 8};
    uint64_t buffer;

    EXPECT_TRUE(target->ops->connect_msgqueue(target, &wanted));
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        const void *outside = (const void *)(uintptr_t)addresses[i];
        EXPECT_EQ(gunyah_hypercall_msgqueue_send(sender, wanted.send_cap, 8, outside, no_flags).error, GUNYAH_HVERR_OK);
        EXPECT_EQ(gunyah_hypercall_msgqueue_receive(receiver, wanted.receive_cap, &buffer, sizeof(buffer)).error,
                  GUNYAH_HVERR_MSGQUEUE_EMPTY);
    }
    return true;
}

// As on hardware while the MMU is off: what the images do without, libfdt among them, is seen to be missing.
static bool unaligned_accesses_fault(struct target *target)
{
    static _Alignas(8) const unsigned char bytes[16];
    const uint64_t address = (uint64_t)(uintptr_t)bytes;
    uint64_t value;

    for (unsigned size = 2; size <= 8; size *= 2) {
        EXPECT_EQ(guest_load(address + size, size, &value), 0);
        EXPECT_EQ(guest_load(address + size / 2, size, &value) & ESR_FAULT, ESR_ALIGNMENT);
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"isolation.guest_has_its_own_memory_alone", guest_has_its_own_memory_alone},
    {"isolation.calls_reach_no_further", calls_reach_no_further},
    {"isolation.unaligned_accesses_fault", unaligned_accesses_fault},
};

const struct conformance_suite guest_isolation = {cases, COUNT_OF(cases)};
