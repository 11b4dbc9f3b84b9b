// SPDX-License-Identifier: BSD-3-Clause
// The backend for bare metal by itself: its own way to wait, and what it does where there is no Gunyah or no memory.
#include "guest.h"

#include "../protocol.h"

#define MILLISECOND UINT64_C(1000000)
#define NEWER_API UINT64_C(0x5100000000008002)
#define OTHER_UID 0x12345678

static const struct {
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
} manners[] = {
    {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_DEFAULT}, {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC},
    {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC},       {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_SMC},
    {GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC},
};

// A session without hooks, of the VM that speaks, in an arena.
static enum gunyah_error open_in(size_t manner, uintptr_t gicd, size_t arena_size, struct gunyah **g)
{
    static struct gunyah_baremetal baremetal;
    static struct gunyah_arena arena;
    static _Alignas(16) unsigned char memory[8192];
    struct gunyah_baremetal_options hooks = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, arena_size);

    hooks.gicd = gicd;
    hooks.has_smc = true;
    hooks.probe_immediate = true;
    options.backend = gunyah_baremetal_backend(&hooks, &baremetal);
    options.convention = manners[manner].convention;
    options.conduit = manners[manner].conduit;
    options.allocator = arena_size <= sizeof(memory) ? &allocator : NULL;
    return gunyah_open(&options, g);
}

// Every manner ends the same on a machine of this kind.
static bool refuses(struct target *target, uint64_t api_info, uint64_t uid, uint64_t silent, size_t count,
                    enum gunyah_error error)
{
    struct guest_state state = {.x = {api_info, uid, silent}};
    struct gunyah *g;

    guest_reset(&state);
    EXPECT_EQ(state.x[0], GUNYAH_HVERR_OK);
    guest_speak_for(TARGET_OWNER);
    for (size_t i = 0; i < count; i++) {
        EXPECT_EQ(open_in(i, 0, 8192, &g), error);
        EXPECT_TRUE(g == NULL);
    }
    return true;
}

static bool newer_hypervisor_is_refused(struct target *target)
{
    return refuses(target, NEWER_API, 0, false, COUNT_OF(manners), GUNYAH_ERR_API_VERSION);
}

// The immediate convention, which is the last, does not ask for the UID.
static bool other_hypervisor_is_refused(struct target *target)
{
    return refuses(target, 0, OTHER_UID, false, COUNT_OF(manners) - 1, GUNYAH_ERR_NOT_GUNYAH);
}

static bool silence_is_refused(struct target *target)
{
    return refuses(target, 0, 0, true, COUNT_OF(manners), GUNYAH_ERR_NOT_GUNYAH);
}

static bool arena_can_be_too_small(struct target *target)
{
    struct gunyah *g;

    EXPECT_EQ(open_in(0, 0, 0, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    EXPECT_EQ(open_in(0, 0, 64, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    // There is no heap to fall back on.
    EXPECT_EQ(open_in(0, 0, SIZE_MAX, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    return true;
}

// By the registers of the CPU interface, with interrupts masked.
static bool waits_without_a_hook(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbells[2];
    gunyah_virq_t virqs[2];
    struct gunyah *g;
    size_t index = 77;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(open_in(0, 0, 8192, &g));
    for (size_t i = 0; i < COUNT_OF(virqs); i++) {
        EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &doorbells[i], &virqs[i]));
        guest_enable(virqs[i].value, true);
    }
    EXPECT_EQ(gunyah_wait(g, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(gunyah_wait(g, virqs, 2, MILLISECOND, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(index, 77);
    EXPECT_OK(gunyah_doorbell_send(doorbells[1], 1, NULL));
    EXPECT_OK(gunyah_wait(g, virqs, 2, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 1);
    EXPECT_EQ(gunyah_wait(g, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_close(&g));
    return true;
}

// Two objects of one VM in a session without hooks. The doorbell's interrupt comes before the queue's.
struct two_objects {
    struct gunyah *g;
    struct gunyah_doorbell *bell;
    struct gunyah_msgqueue *queue;
    gunyah_virq_t virqs[2];
};

static bool open_two(struct target *target, uintptr_t gicd, struct two_objects *two)
{
    struct target_msgqueue wanted = {.from = TARGET_PEER, .to = TARGET_OWNER, .depth = 2, .message_size = 8};
    struct gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct owner owner;
    struct gunyah_doorbell *ringer;
    struct gunyah_msgqueue *sender, *receiver;
    uint64_t flags = 0;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &ringer, &bell.virq));
    wanted.receive_virq = target_free_virq(target);
    EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
    guest_speak_for(TARGET_OWNER);
    EXPECT_OK(open_in(0, gicd, 8192, &two->g));
    bell.cap = gunyah_doorbell_capid(ringer);
    queue.cap = wanted.receive_cap;
    queue.receive_virq = wanted.receive_virq;
    queue.message_size = wanted.message_size;
    EXPECT_OK(gunyah_doorbell_open(two->g, &bell, &two->bell));
    EXPECT_OK(gunyah_msgqueue_open(two->g, &queue, &two->queue));
    two->virqs[0] = bell.virq;
    two->virqs[1] = queue.receive_virq;
    EXPECT_TRUE(two->virqs[0].value < two->virqs[1].value);
    // The flags are found by looking, so that the interrupt of the doorbell stays pending.
    EXPECT_OK(gunyah_doorbell_send(ringer, 1, NULL));
    EXPECT_OK(gunyah_doorbell_wait(two->bell, 1, 0, &flags));
    EXPECT_OK(gunyah_msgqueue_send(sender, "m", 1, 0, NULL));
    guest_speak_for(TARGET_OWNER);
    return true;
}

static bool others_that_are_pending_do_not_hide(struct target *target)
{
    struct two_objects two;

    EXPECT_TRUE(open_two(target, EL2_GICD_BASE, &two));
    EXPECT_OK(gunyah_msgqueue_wait_not_empty(two.queue, MILLISECOND));
    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(two.queue, MILLISECOND), GUNYAH_ERR_TIMEOUT);
    // The doorbell's one is still pending, and comes as soon as somebody lets it.
    guest_let_in();
    EXPECT_EQ(guest_taken(), 0);
    guest_enable(two.virqs[0].value, true);
    EXPECT_EQ(guest_taken(), two.virqs[0].value);
    EXPECT_OK(gunyah_close(&two.g));
    return true;
}

static bool both_are_waited_for(struct target *target)
{
    struct two_objects two;
    size_t index = 77;

    EXPECT_TRUE(open_two(target, EL2_GICD_BASE, &two));
    EXPECT_OK(gunyah_wait(two.g, two.virqs, 2, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 0);
    EXPECT_OK(gunyah_wait(two.g, two.virqs, 2, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 1);
    EXPECT_OK(gunyah_close(&two.g));
    return true;
}

// What is pending still when a wait has ended does not come to whoever lets interrupts in.
static bool all_are_disabled_after_a_wait(struct target *target)
{
    struct two_objects two;

    EXPECT_TRUE(open_two(target, EL2_GICD_BASE, &two));
    EXPECT_OK(gunyah_wait(two.g, two.virqs, 2, 0, NULL));
    guest_let_in();
    EXPECT_EQ(guest_taken(), 0);
    guest_enable(two.virqs[1].value, true);
    EXPECT_EQ(guest_taken(), two.virqs[1].value);
    EXPECT_OK(gunyah_close(&two.g));
    return true;
}

// The limit that is documented: the first pending interrupt alone is seen.
static bool others_that_are_pending_hide_without_distributor(struct target *target)
{
    struct two_objects two;

    EXPECT_TRUE(open_two(target, 0, &two));
    guest_enable(two.virqs[0].value, true);
    guest_enable(two.virqs[1].value, true);
    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(two.queue, MILLISECOND), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_wait(two.g, two.virqs, 2, 0, NULL));
    EXPECT_OK(gunyah_msgqueue_wait_not_empty(two.queue, 0));
    EXPECT_OK(gunyah_close(&two.g));
    return true;
}

static const struct conformance_case cases[] = {
    {"baremetal.newer_hypervisor_is_refused", newer_hypervisor_is_refused},
    {"baremetal.other_hypervisor_is_refused", other_hypervisor_is_refused},
    {"baremetal.silence_is_refused", silence_is_refused},
    {"baremetal.arena_can_be_too_small", arena_can_be_too_small},
    {"baremetal.waits_without_a_hook", waits_without_a_hook},
    {"baremetal.others_that_are_pending_do_not_hide", others_that_are_pending_do_not_hide},
    {"baremetal.both_are_waited_for", both_are_waited_for},
    {"baremetal.all_are_disabled_after_a_wait", all_are_disabled_after_a_wait},
    {"baremetal.others_that_are_pending_hide_without_distributor", others_that_are_pending_hide_without_distributor},
};

const struct conformance_suite guest_baremetal = {cases, COUNT_OF(cases)};
