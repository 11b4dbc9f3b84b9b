// SPDX-License-Identifier: BSD-3-Clause
// Doorbells: when they interrupt, on edge and on level lines.
#include "conformance.h"

#define ALL UINT64_MAX

// A doorbell of the privileged VM that is bound to an interrupt of it.
struct line {
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_virq_t virq;
};

static bool make_line(struct target *target, enum target_trigger trigger, struct line *line)
{
    EXPECT_TRUE(conformance_owner(target, &line->owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &line->owner, trigger, &line->doorbell, &line->virq));
    return true;
}

static enum gunyah_error send(const struct line *line, uint64_t flags)
{
    return gunyah_doorbell_send(line->doorbell, flags, NULL);
}

static enum gunyah_error receive(const struct line *line, uint64_t clear)
{
    return gunyah_doorbell_receive(line->doorbell, clear, NULL);
}

// The interrupt comes so many times in a row, and then no more.
static bool comes(struct target *target, const struct line *line, int times)
{
    for (int i = 0; i < times; i++)
        EXPECT_OK(conformance_take(line->owner.g, line->virq));
    EXPECT_EQ(conformance_take(line->owner.g, line->virq), GUNYAH_ERR_TIMEOUT);
    return true;
}

// The interrupt does not end.
static bool stays(struct target *target, const struct line *line)
{
    for (int i = 0; i < 3; i++)
        EXPECT_OK(conformance_take(line->owner.g, line->virq));
    return true;
}

static bool edge_comes_once_a_send(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_TRUE(comes(target, &line, 0));
    EXPECT_OK(send(&line, 2));
    EXPECT_TRUE(comes(target, &line, 1));
    // Also while the flag is still set, and for none at all.
    EXPECT_OK(send(&line, 2));
    EXPECT_TRUE(comes(target, &line, 1));
    EXPECT_OK(receive(&line, ALL));
    EXPECT_TRUE(comes(target, &line, 0));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(comes(target, &line, 1));
    // Two sends before anybody looks are one interrupt, and receiving does not take it back.
    EXPECT_OK(send(&line, 4));
    EXPECT_OK(send(&line, 8));
    EXPECT_OK(receive(&line, ALL));
    EXPECT_TRUE(comes(target, &line, 1));
    return true;
}

static bool edge_outlives_reset_and_mask(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(send(&line, 1));
    EXPECT_OK(gunyah_doorbell_reset(line.doorbell));
    EXPECT_TRUE(comes(target, &line, 1));
    EXPECT_OK(send(&line, 1));
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0, 0));
    EXPECT_TRUE(comes(target, &line, 1));
    return true;
}

// A send whose flags are not enabled still asserts an edge.
static bool edge_comes_for_masked_flags(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0xf0, 0));
    EXPECT_OK(send(&line, 1));
    EXPECT_TRUE(comes(target, &line, 1));
    EXPECT_OK(send(&line, 0x11));
    EXPECT_TRUE(comes(target, &line, 1));
    return true;
}

static bool enabling_a_set_flag_interrupts(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct line line;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(make_line(target, (enum target_trigger)trigger, &line));
        EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0, 0));
        EXPECT_TRUE(comes(target, &line, 0));
        EXPECT_OK(send(&line, 0x11));
        EXPECT_TRUE(comes(target, &line, trigger == TARGET_EDGE));
        EXPECT_OK(gunyah_doorbell_mask(line.doorbell, ALL, 0));
        EXPECT_OK(conformance_take(line.owner.g, line.virq));
        // It was enabled and is still: an edge does not come again, a level is there anyway.
        EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 1, 0));
        EXPECT_EQ(conformance_take(line.owner.g, line.virq), trigger == TARGET_EDGE ? GUNYAH_ERR_TIMEOUT : GUNYAH_OK);
        EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0x100, 0));
        EXPECT_TRUE(comes(target, &line, 0));
    }
    return true;
}

static bool level_stays_until_received(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_TRUE(comes(target, &line, 0));
    EXPECT_OK(send(&line, 3));
    EXPECT_TRUE(stays(target, &line));
    EXPECT_OK(receive(&line, 1));
    EXPECT_TRUE(stays(target, &line));
    // Receiving the rest does not withdraw: it comes once more for nothing.
    EXPECT_OK(receive(&line, ALL));
    EXPECT_TRUE(comes(target, &line, 1));
    // A send of nothing has nothing to say.
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(comes(target, &line, 0));
    return true;
}

static bool every_flag_of_a_fresh_one_interrupts(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    for (int round = 0; round < 2; round++) {
        for (int bit = 0; bit < 64; bit++) {
            EXPECT_OK(send(&line, UINT64_C(1) << bit));
            EXPECT_TRUE(stays(target, &line));
            EXPECT_OK(receive(&line, UINT64_C(1) << bit));
            EXPECT_TRUE(comes(target, &line, 1));
        }
        EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0, 0));
        EXPECT_OK(gunyah_doorbell_reset(line.doorbell));
    }
    return true;
}

static bool level_is_withdrawn_by_reset_and_mask(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(send(&line, 1));
    EXPECT_OK(gunyah_doorbell_reset(line.doorbell));
    EXPECT_TRUE(comes(target, &line, 0));
    EXPECT_OK(send(&line, 1));
    EXPECT_TRUE(stays(target, &line));
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0, 0));
    EXPECT_TRUE(comes(target, &line, 0));
    // The flag is kept, and shows again when it is enabled.
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, ALL, 0));
    EXPECT_TRUE(stays(target, &line));
    return true;
}

static bool level_ignores_masked_flags(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, 0xf0, 0));
    EXPECT_OK(send(&line, 1));
    EXPECT_TRUE(comes(target, &line, 0));
    EXPECT_OK(send(&line, 0x10));
    EXPECT_TRUE(stays(target, &line));
    EXPECT_OK(receive(&line, 0x10));
    EXPECT_TRUE(comes(target, &line, 1));
    return true;
}

static bool acknowledged_level_comes_once_a_send(struct target *target)
{
    struct line line;
    uint64_t old = 77;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, ALL, ALL));
    EXPECT_OK(send(&line, 0x80));
    EXPECT_TRUE(comes(target, &line, 1));
    EXPECT_OK(gunyah_doorbell_receive(line.doorbell, ALL, &old));
    EXPECT_EQ(old, 0);
    // What is not acknowledged keeps the line.
    EXPECT_OK(gunyah_doorbell_mask(line.doorbell, ALL, 3));
    EXPECT_OK(send(&line, 1));
    EXPECT_TRUE(comes(target, &line, 1));
    EXPECT_OK(send(&line, 6));
    EXPECT_TRUE(stays(target, &line));
    return true;
}

static bool trigger_chooses_the_view(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(send(&line, 1));
    EXPECT_TRUE(stays(target, &line));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, line.virq, TARGET_EDGE));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, line.virq, TARGET_LEVEL));
    // The flag is still set, and the line still says so.
    EXPECT_TRUE(stays(target, &line));
    EXPECT_OK(receive(&line, ALL));
    EXPECT_TRUE(comes(target, &line, 1));
    return true;
}

static bool binding_raises_nothing(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct line line;
        REQUIRE(target->has_wait);
        line.virq = target_free_virq(target);
        EXPECT_TRUE(conformance_owner(target, &line.owner));
        EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, line.virq, (enum target_trigger)trigger));
        EXPECT_TRUE(conformance_make_doorbell(target, &line.owner, &line.doorbell));
        EXPECT_OK(send(&line, 1));
        EXPECT_OK(gunyah_doorbell_bind_virq(line.doorbell, line.owner.vic, line.virq));
        EXPECT_TRUE(comes(target, &line, 0));
        EXPECT_OK(send(&line, 2));
        EXPECT_OK(conformance_take(line.owner.g, line.virq));
    }
    return true;
}

static bool unbinding_withdraws_a_level_and_keeps_an_edge(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct line line;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(make_line(target, (enum target_trigger)trigger, &line));
        EXPECT_OK(send(&line, 1));
        EXPECT_OK(gunyah_doorbell_unbind_virq(line.doorbell));
        EXPECT_TRUE(comes(target, &line, trigger == TARGET_EDGE));
        EXPECT_OK(send(&line, 2));
        EXPECT_TRUE(comes(target, &line, 0));
        EXPECT_OK(gunyah_doorbell_bind_virq(line.doorbell, line.owner.vic, line.virq));
        EXPECT_TRUE(comes(target, &line, 0));
    }
    return true;
}

static bool deletion_withdraws_a_level_and_keeps_an_edge(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct line line;
        struct gunyah_doorbell *next;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(make_line(target, (enum target_trigger)trigger, &line));
        EXPECT_OK(send(&line, 1));
        EXPECT_OK(gunyah_cspace_delete(line.owner.cspace, gunyah_doorbell_capid(line.doorbell)));
        EXPECT_TRUE(comes(target, &line, trigger == TARGET_EDGE));
        // The next one on the same interrupt begins anew.
        EXPECT_TRUE(conformance_make_doorbell(target, &line.owner, &next));
        EXPECT_OK(gunyah_doorbell_bind_virq(next, line.owner.vic, line.virq));
        EXPECT_TRUE(comes(target, &line, 0));
        EXPECT_OK(gunyah_doorbell_send(next, 1, NULL));
        EXPECT_OK(conformance_take(line.owner.g, line.virq));
    }
    return true;
}

static bool interrupts_cross_vms(struct target *target)
{
    for (int from = 0; from < TARGET_PLAIN_VMS; from++) {
        struct target_doorbell wanted = {.from = from, .to = 1 - from};
        struct gunyah_doorbell *sender;
        struct gunyah_doorbell *receiver;
        REQUIRE(target->has_wait);
        wanted.virq = target_free_virq(target);
        EXPECT_TRUE(conformance_connect_doorbell(target, &wanted, &sender, &receiver));
        EXPECT_OK(gunyah_doorbell_send(sender, 1, NULL));
        EXPECT_EQ(conformance_take(target->vms[from].g, wanted.virq), GUNYAH_ERR_TIMEOUT);
        EXPECT_OK(conformance_take(target->vms[1 - from].g, wanted.virq));
        EXPECT_EQ(conformance_take(target->vms[1 - from].g, wanted.virq), GUNYAH_ERR_TIMEOUT);
    }
    return true;
}

static const struct conformance_case cases[] = {
    {"doorbell_virq.edge_comes_once_a_send", edge_comes_once_a_send},
    {"doorbell_virq.edge_outlives_reset_and_mask", edge_outlives_reset_and_mask},
    {"doorbell_virq.edge_comes_for_masked_flags", edge_comes_for_masked_flags},
    {"doorbell_virq.enabling_a_set_flag_interrupts", enabling_a_set_flag_interrupts},
    {"doorbell_virq.level_stays_until_received", level_stays_until_received},
    {"doorbell_virq.every_flag_of_a_fresh_one_interrupts", every_flag_of_a_fresh_one_interrupts},
    {"doorbell_virq.level_is_withdrawn_by_reset_and_mask", level_is_withdrawn_by_reset_and_mask},
    {"doorbell_virq.level_ignores_masked_flags", level_ignores_masked_flags},
    {"doorbell_virq.acknowledged_level_comes_once_a_send", acknowledged_level_comes_once_a_send},
    {"doorbell_virq.trigger_chooses_the_view", trigger_chooses_the_view},
    {"doorbell_virq.binding_raises_nothing", binding_raises_nothing},
    {"doorbell_virq.unbinding_withdraws_a_level_and_keeps_an_edge", unbinding_withdraws_a_level_and_keeps_an_edge},
    {"doorbell_virq.deletion_withdraws_a_level_and_keeps_an_edge", deletion_withdraws_a_level_and_keeps_an_edge},
    {"doorbell_virq.interrupts_cross_vms", interrupts_cross_vms},
};

const struct conformance_suite conformance_doorbell_virq = {cases, COUNT_OF(cases)};
