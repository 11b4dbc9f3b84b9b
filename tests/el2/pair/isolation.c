// SPDX-License-Identifier: BSD-3-Clause
// Neither VM reaches what belongs to the other, by itself and by asking the hypervisor.
#include "pair.h"

#include "../protocol.h"

// At the same address in both VMs.
static uint64_t own[EL2_WIRING_MESSAGE_SIZE / sizeof(uint64_t)];

static uint64_t mark_of(uint64_t place)
{
    return UINT64_C(0xc0ffee0000000000) + place;
}

static bool own_is_marked(struct target *target)
{
    for (size_t i = 0; i < COUNT_OF(own); i++)
        EXPECT_EQ(own[i], mark_of(self.wiring.place) << i);
    return true;
}

static bool receive_to_own(struct target *target)
{
    size_t size = 0;
    enum gunyah_error error = gunyah_msgqueue_receive(self.in, own, sizeof(own), &size, NULL);

    while (error == GUNYAH_ERR_EMPTY) {
        EXPECT_OK(gunyah_msgqueue_wait_not_empty(self.in, PAIR_LONG));
        error = gunyah_msgqueue_receive(self.in, own, sizeof(own), &size, NULL);
    }
    EXPECT_OK(error);
    EXPECT_EQ(size, sizeof(own));
    return true;
}

// Everything at the same time in both VMs: each writes, lets the other one write, and looks again.
static bool memory_is_its_own(struct target *target)
{
    const uint64_t address = (uint64_t)(uintptr_t)own;
    const uint64_t other = mark_of(1 - self.wiring.place);
    uint64_t message[COUNT_OF(own)];

    for (size_t i = 0; i < COUNT_OF(own); i++)
        own[i] = mark_of(self.wiring.place) << i;
    EXPECT_TRUE(pair_yield(target));
    EXPECT_TRUE(own_is_marked(target));
    // From the same address.
    EXPECT_TRUE(pair_send(target, &address, sizeof(address)));
    EXPECT_TRUE(pair_send(target, own, sizeof(own)));
    EXPECT_TRUE(pair_receive(target, message, sizeof(address)));
    EXPECT_EQ(message[0], address);
    EXPECT_TRUE(pair_receive(target, message, sizeof(message)));
    for (size_t i = 0; i < COUNT_OF(own); i++)
        EXPECT_EQ(message[i], other << i);
    EXPECT_TRUE(own_is_marked(target));
    // To the same address.
    EXPECT_TRUE(pair_send(target, own, sizeof(own)));
    EXPECT_TRUE(receive_to_own(target));
    EXPECT_EQ(own[0], other);
    return true;
}

// Where the memory of both lies in the machine, and the stand-in's.
static const uint64_t physical[] = {
    EL2_STANDIN_BASE,
    EL2_MEMORY_BASE,
    EL2_MEMORY_BASE + EL2_GUEST_SIZE - 8,
    EL2_MEMORY_BASE + EL2_GUEST_SIZE,
    EL2_MEMORY_BASE + 2 * EL2_GUEST_SIZE - 8,
    EL2_GUEST_BASE - 8,
    EL2_GUEST_END,
};

static bool memory_of_others_is_out_of_reach(struct target *target)
{
    for (size_t i = 0; i < COUNT_OF(physical); i++) {
        EXPECT_TRUE(guest_read_faults(physical[i]));
        EXPECT_TRUE(guest_write_faults(physical[i]));
        EXPECT_TRUE(guest_jump_faults(physical[i]));
    }
    return true;
}

// A message from where the sender cannot read is dropped in silence.
static bool send_from_elsewhere(struct target *target)
{
    const gunyah_msgqueue_send_flags_t no_flags = {0};
    const uint64_t last = 1;

    for (size_t i = 0; i < COUNT_OF(physical); i++) {
        const void *outside = (const void *)(uintptr_t)physical[i];
        EXPECT_EQ(
            gunyah_hypercall_msgqueue_send(self.g, gunyah_capid(self.wiring.queue_out), 8, outside, no_flags).error,
            GUNYAH_HVERR_OK);
    }
    EXPECT_TRUE(pair_send(target, &last, sizeof(last)));
    return true;
}

static bool receive_the_last_alone(struct target *target)
{
    uint64_t message = 0;

    EXPECT_TRUE(pair_receive(target, &message, sizeof(message)));
    EXPECT_EQ(message, 1);
    return true;
}

static bool tell_capabilities(struct target *target)
{
    const uint64_t caps[] = {self.wiring.queue_out, self.wiring.queue_in, self.wiring.bell_out, self.wiring.bell_in};
    uint64_t flags = 0;

    EXPECT_TRUE(pair_send(target, caps, sizeof(caps)));
    EXPECT_OK(gunyah_doorbell_wait(self.bell_in, UINT64_MAX, PAIR_LONG, &flags));
    EXPECT_EQ(flags, 1);
    return true;
}

// Ids of another capability space are malformed in this one.
static bool try_capabilities(struct target *target)
{
    const gunyah_msgqueue_send_flags_t no_flags = {0};
    uint64_t caps[4];
    uint64_t buffer = 0;

    EXPECT_TRUE(pair_receive(target, caps, sizeof(caps)));
    for (size_t i = 0; i < COUNT_OF(caps); i++) {
        const gunyah_capid_t cap = gunyah_capid(caps[i]);
        EXPECT_EQ(gunyah_hypercall_msgqueue_send(self.g, cap, 8, &buffer, no_flags).error,
                  GUNYAH_HVERR_ARGUMENT_INVALID);
        EXPECT_EQ(gunyah_hypercall_msgqueue_receive(self.g, cap, &buffer, 8).error, GUNYAH_HVERR_ARGUMENT_INVALID);
        EXPECT_EQ(gunyah_hypercall_doorbell_send(self.g, cap, 1).error, GUNYAH_HVERR_ARGUMENT_INVALID);
        EXPECT_EQ(gunyah_hypercall_doorbell_receive(self.g, cap, 1).error, GUNYAH_HVERR_ARGUMENT_INVALID);
    }
    EXPECT_OK(gunyah_doorbell_send(self.bell_out, 1, NULL));
    return true;
}

static const struct pair_case cases[] = {
    {"isolation.same_address_is_other_memory", {memory_is_its_own, memory_is_its_own}},
    {"isolation.other_memory_is_out_of_reach", {memory_of_others_is_out_of_reach, memory_of_others_is_out_of_reach}},
    {"isolation.calls_reach_no_further", {send_from_elsewhere, receive_the_last_alone}},
    {"isolation.other_capabilities_are_none", {tell_capabilities, try_capabilities}},
};

const struct pair_suite pair_isolation = {cases, COUNT_OF(cases)};
