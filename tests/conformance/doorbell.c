// SPDX-License-Identifier: BSD-3-Clause
// Doorbells: flags, masks, reset, sides. Interrupts are in doorbell_virq.c.
#include "conformance.h"

#define ALL UINT64_MAX
#define TOP (UINT64_C(1) << 63)

// One call, and the flags that it answers.
struct step {
    enum { SEND, RECEIVE, MASK } call;
    uint64_t flags;
    uint64_t second; // MASK: the acknowledge mask; otherwise the flags before
};

static bool take_steps(struct target *target, struct gunyah_doorbell *doorbell, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t old = ~steps[i].second;
        switch (steps[i].call) {
        case SEND:
            EXPECT_OK(gunyah_doorbell_send(doorbell, steps[i].flags, &old));
            EXPECT_EQ(old, steps[i].second);
            break;
        case RECEIVE:
            EXPECT_OK(gunyah_doorbell_receive(doorbell, steps[i].flags, &old));
            EXPECT_EQ(old, steps[i].second);
            break;
        case MASK:
            EXPECT_OK(gunyah_doorbell_mask(doorbell, steps[i].flags, steps[i].second));
            break;
        }
    }
    return true;
}

static bool run_steps(struct target *target, const struct step *steps, size_t count)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(take_steps(target, doorbell, steps, count));
    return true;
}

static bool flags_accumulate_until_cleared(struct target *target)
{
    static const struct step steps[] = {
        {SEND, 0, 0},
        {RECEIVE, TOP, 0},
        {SEND, 1, 0},
        {RECEIVE, 1, 1},
        {SEND, 2, 0},
        {RECEIVE, TOP, 2},
        {SEND, 0x80, 2},
        {SEND, 2, 0x82},
        {RECEIVE, TOP, 0x82},
        {SEND, TOP, 0x82},
        {RECEIVE, TOP, TOP | 0x82},
        {SEND, ALL, 0x82},
        {RECEIVE, 0x55, ALL},
        {RECEIVE, ALL, ALL - 0x55},
        {RECEIVE, ALL, 0},
    };
    return run_steps(target, steps, COUNT_OF(steps));
}

static bool masks_do_not_hide_flags(struct target *target)
{
    static const struct step steps[] = {
        {MASK, 0, 0},    {SEND, 0x101, 0},     {SEND, 0x1010, 0x101}, {RECEIVE, 0x1000, 0x1111},
        {MASK, 0xff, 0}, {SEND, 0x101, 0x111}, {RECEIVE, ALL, 0x111}, {RECEIVE, ALL, 0},
    };
    return run_steps(target, steps, COUNT_OF(steps));
}

static bool acknowledged_flags_go_when_it_interrupts(struct target *target)
{
    static const struct step steps[] = {
        // An enabled flag clears all acknowledged ones, also those that are not enabled.
        {MASK, 0xff, 0xff00},
        {SEND, 0x101, 0},
        {SEND, 0x1010, 0x1},
        {RECEIVE, ALL, 0x11},
        // Without an enabled flag they stay.
        {MASK, 0, 0xff},
        {SEND, 0x101, 0},
        {SEND, 0x1010, 0x101},
        {RECEIVE, ALL, 0x1111},
        // Everything is enabled and acknowledged: nothing can be seen.
        {MASK, ALL, ALL},
        {SEND, 0x101, 0},
        {SEND, 0x1010, 0},
        {RECEIVE, 1, 0},
        // Some of what is sent stays, and a send of nothing acknowledges again.
        {MASK, 0xf0, 0x10},
        {SEND, 0x1f, 0},
        {SEND, 0, 0x0f},
        {SEND, 0x20, 0x0f},
        {SEND, 0, 0x2f},
        {RECEIVE, ALL, 0x2f},
    };
    return run_steps(target, steps, COUNT_OF(steps));
}

static bool changing_the_mask_acknowledges(struct target *target)
{
    static const struct step steps[] = {
        {MASK, 1, 0},
        {SEND, 0xf0, 0},
        // A flag becomes enabled: acknowledged.
        {MASK, 0x10, 0x30},
        {RECEIVE, 1, 0xc0},
        {MASK, 0x80, 0x40},
        {RECEIVE, 1, 0x80},
        // One was enabled and is still: acknowledged, too.
        {MASK, 0x80, 0},
        {SEND, 0x400, 0x80},
        {MASK, 0x80, 0x400},
        {RECEIVE, 1, 0x80},
        // None is enabled any more: kept.
        {MASK, 0, 0x80},
        {RECEIVE, ALL, 0x80},
    };
    return run_steps(target, steps, COUNT_OF(steps));
}

static bool reset_makes_it_fresh(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    static const struct step fresh[] = {{SEND, 0x101, 0}, {SEND, 0, 0x101}, {RECEIVE, ALL, 0x101}};

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(take_steps(target, doorbell, fresh, COUNT_OF(fresh)));
    EXPECT_OK(gunyah_doorbell_mask(doorbell, 0xf, ALL));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 0xff0, NULL));
    EXPECT_OK(gunyah_doorbell_reset(doorbell));
    EXPECT_TRUE(take_steps(target, doorbell, fresh, COUNT_OF(fresh)));
    return true;
}

static bool receiving_names_a_flag(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t send_only;
    uint64_t old = 77;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 3, NULL));
    EXPECT_EQ(gunyah_doorbell_receive(doorbell, 0, &old), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(old, 77);
    EXPECT_EQ(gunyah_hypercall_doorbell_receive(owner.g, gunyah_doorbell_capid(doorbell), 0).old_flags, 0);
    // The right is looked at first.
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace,
                                 GUNYAH_RIGHT_DOORBELL_SEND, &send_only));
    EXPECT_EQ(gunyah_hypercall_doorbell_receive(owner.g, send_only, 0).error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_doorbell_receive(doorbell, 1, NULL));
    EXPECT_OK(gunyah_doorbell_receive(doorbell, 2, &old));
    EXPECT_EQ(old, 2);
    return true;
}

static bool doorbells_do_not_mix(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *a;
    struct gunyah_doorbell *b;
    uint64_t old = 77;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &a));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &b));
    EXPECT_OK(gunyah_doorbell_send(a, 1, NULL));
    EXPECT_OK(gunyah_doorbell_send(b, 2, &old));
    EXPECT_EQ(old, 0);
    EXPECT_OK(gunyah_doorbell_reset(a));
    EXPECT_OK(gunyah_doorbell_receive(b, ALL, &old));
    EXPECT_EQ(old, 2);
    return true;
}

static bool crosses_vms(struct target *target)
{
    for (int from = 0; from < TARGET_PLAIN_VMS; from++) {
        struct target_doorbell wanted = {.from = from, .to = 1 - from};
        struct gunyah_doorbell *sender;
        struct gunyah_doorbell *receiver;
        uint64_t old = 77;
        EXPECT_TRUE(conformance_connect_doorbell(target, &wanted, &sender, &receiver));
        EXPECT_OK(gunyah_doorbell_send(sender, 5, &old));
        EXPECT_EQ(old, 0);
        EXPECT_OK(gunyah_doorbell_send(sender, 8, &old));
        EXPECT_EQ(old, 5);
        EXPECT_OK(gunyah_doorbell_receive(receiver, 5, &old));
        EXPECT_EQ(old, 13);
        EXPECT_OK(gunyah_doorbell_send(sender, 0, &old));
        EXPECT_EQ(old, 8);
    }
    return true;
}

static bool sides_have_their_right_only(struct target *target)
{
    struct target_doorbell wanted = {.from = TARGET_OWNER, .to = TARGET_OWNER};
    struct gunyah_doorbell *sender;
    struct gunyah_doorbell *receiver;
    struct owner owner;
    const enum gunyah_error refused = GUNYAH_ERR_INSUFFICIENT_RIGHTS;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_connect_doorbell(target, &wanted, &sender, &receiver));
    EXPECT_EQ(gunyah_doorbell_receive(sender, 1, NULL), refused);
    EXPECT_EQ(gunyah_doorbell_mask(sender, 1, 0), refused);
    EXPECT_EQ(gunyah_doorbell_reset(sender), refused);
    EXPECT_EQ(gunyah_doorbell_bind_virq(sender, owner.vic, target_free_virq(target)), refused);
    EXPECT_EQ(gunyah_doorbell_unbind_virq(sender), refused);
    EXPECT_EQ(gunyah_doorbell_activate(sender), refused);
    EXPECT_OK(gunyah_doorbell_send(sender, 1, NULL));

    EXPECT_EQ(gunyah_doorbell_send(receiver, 1, NULL), refused);
    EXPECT_EQ(gunyah_doorbell_bind_virq(receiver, owner.vic, target_free_virq(target)), refused);
    EXPECT_EQ(gunyah_doorbell_unbind_virq(receiver), refused);
    EXPECT_EQ(gunyah_doorbell_activate(receiver), refused);
    EXPECT_OK(gunyah_doorbell_receive(receiver, 1, NULL));
    EXPECT_OK(gunyah_doorbell_mask(receiver, 1, 0));
    EXPECT_OK(gunyah_doorbell_reset(receiver));
    return true;
}

static bool opening_checks_its_options(struct target *target)
{
    static const uint32_t unbindable[] = {1, 31, 1020, UINT32_MAX};
    struct gunyah *g = target->vms[TARGET_PEER].g;
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *doorbell;

    for (size_t i = 0; i < COUNT_OF(unbindable); i++) {
        options.virq = gunyah_virq(unbindable[i]);
        EXPECT_EQ(gunyah_doorbell_open(g, &options, &doorbell), GUNYAH_ERR_ARGUMENT_INVALID);
        EXPECT_TRUE(doorbell == NULL);
    }
    options.virq = gunyah_virq(0);
    options.size = 0;
    EXPECT_EQ(gunyah_doorbell_open(g, &options, &doorbell), GUNYAH_ERR_OPTION);
    options.size = sizeof(options);
    EXPECT_EQ(gunyah_doorbell_open(NULL, &options, &doorbell), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_doorbell_open(g, NULL, &doorbell), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_doorbell_open(g, &options, NULL), GUNYAH_ERR_NULL);
    EXPECT_OK(gunyah_doorbell_open(g, &options, &doorbell));
    EXPECT_EQ(gunyah_doorbell_send(doorbell, 1, NULL), conformance_no_such_cap_error(target));
    return true;
}

static const struct conformance_case cases[] = {
    {"doorbell.flags_accumulate_until_cleared", flags_accumulate_until_cleared},
    {"doorbell.masks_do_not_hide_flags", masks_do_not_hide_flags},
    {"doorbell.acknowledged_flags_go_when_it_interrupts", acknowledged_flags_go_when_it_interrupts},
    {"doorbell.changing_the_mask_acknowledges", changing_the_mask_acknowledges},
    {"doorbell.reset_makes_it_fresh", reset_makes_it_fresh},
    {"doorbell.receiving_names_a_flag", receiving_names_a_flag},
    {"doorbell.doorbells_do_not_mix", doorbells_do_not_mix},
    {"doorbell.crosses_vms", crosses_vms},
    {"doorbell.sides_have_their_right_only", sides_have_their_right_only},
    {"doorbell.opening_checks_its_options", opening_checks_its_options},
};

const struct conformance_suite conformance_doorbell = {cases, COUNT_OF(cases)};
