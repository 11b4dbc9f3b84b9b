// SPDX-License-Identifier: BSD-3-Clause
// Message queues: which send, receive, flush and threshold interrupts, on edge and on level lines.
#include "conformance.h"

enum { DEPTH = 4, SIZE = 16 };

// A queue of the privileged VM with both interrupts bound to it.
struct line {
    struct owner owner;
    struct gunyah_msgqueue *queue;
    gunyah_virq_t not_full;
    gunyah_virq_t not_empty;
};

static bool make_line(struct target *target, enum target_trigger trigger, struct line *line)
{
    line->not_full = target_free_virq(target);
    line->not_empty = target_free_virq(target);
    EXPECT_TRUE(conformance_owner(target, &line->owner));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, line->not_full, trigger));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, line->not_empty, trigger));
    EXPECT_TRUE(conformance_make_msgqueue(target, &line->owner, DEPTH, SIZE, &line->queue));
    EXPECT_OK(gunyah_msgqueue_bind_send_virq(line->queue, line->owner.vic, line->not_full));
    EXPECT_OK(gunyah_msgqueue_bind_receive_virq(line->queue, line->owner.vic, line->not_empty));
    return true;
}

// Look at both interrupts, once.
static bool look(struct target *target, const struct line *line, bool not_full, bool not_empty)
{
    EXPECT_EQ(conformance_take(line->owner.g, line->not_full), not_full ? GUNYAH_OK : GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(conformance_take(line->owner.g, line->not_empty), not_empty ? GUNYAH_OK : GUNYAH_ERR_TIMEOUT);
    return true;
}

static enum gunyah_error send(const struct line *line, uint32_t flags)
{
    return gunyah_msgqueue_send(line->queue, "8 bytes", 8, flags, NULL);
}

static enum gunyah_error receive(const struct line *line)
{
    char buffer[SIZE];
    size_t size;

    return gunyah_msgqueue_receive(line->queue, buffer, sizeof(buffer), &size, NULL);
}

// Fill the queue and drain it. At which fill of the way up, and of the way down, does an edge interrupt come?
static bool round_trip(struct target *target, const struct line *line, uint32_t up, uint32_t down)
{
    for (uint32_t count = 1; count <= DEPTH; count++) {
        EXPECT_OK(send(line, 0));
        EXPECT_TRUE(look(target, line, false, count == up));
        EXPECT_TRUE(look(target, line, false, false));
    }
    EXPECT_EQ(send(line, 0), GUNYAH_ERR_FULL);
    EXPECT_TRUE(look(target, line, false, false));
    for (uint32_t count = DEPTH; count-- > 0;) {
        EXPECT_OK(receive(line));
        EXPECT_TRUE(look(target, line, count == down, false));
        EXPECT_TRUE(look(target, line, false, false));
    }
    EXPECT_EQ(receive(line), GUNYAH_ERR_EMPTY);
    EXPECT_TRUE(look(target, line, false, false));
    return true;
}

static bool first_message_and_first_room_interrupt(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    // Binding raises nothing, although the queue has room.
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_TRUE(round_trip(target, &line, 1, DEPTH - 1));
    EXPECT_TRUE(round_trip(target, &line, 1, DEPTH - 1));
    return true;
}

static bool receive_threshold_chooses_the_message(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    for (uint32_t threshold = 1; threshold <= DEPTH; threshold++) {
        EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, threshold));
        EXPECT_TRUE(look(target, &line, false, false));
        EXPECT_TRUE(round_trip(target, &line, threshold, DEPTH - 1));
    }
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 2));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM));
    EXPECT_TRUE(round_trip(target, &line, DEPTH, DEPTH - 1));
    // Keeping the threshold changes nothing.
    EXPECT_OK(gunyah_hypercall_msgqueue_configure_receive(line.owner.g, gunyah_msgqueue_capid(line.queue),
                                                          GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED,
                                                          GUNYAH_MSGQUEUE_DELAY_UNCHANGED));
    EXPECT_TRUE(round_trip(target, &line, DEPTH, DEPTH - 1));
    return true;
}

static bool send_threshold_chooses_the_room(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    for (uint32_t threshold = 0; threshold < DEPTH; threshold++) {
        // The queue is below the threshold already: that interrupts at once.
        EXPECT_OK(gunyah_msgqueue_set_send_threshold(line.queue, threshold));
        EXPECT_TRUE(look(target, &line, true, false));
        EXPECT_TRUE(round_trip(target, &line, 1, threshold));
    }
    EXPECT_OK(gunyah_hypercall_msgqueue_configure_send(line.owner.g, gunyah_msgqueue_capid(line.queue),
                                                       GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED,
                                                       GUNYAH_MSGQUEUE_DELAY_UNCHANGED));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_TRUE(round_trip(target, &line, 1, DEPTH - 1));
    return true;
}

static bool thresholds_look_at_what_is_there(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 3));
    EXPECT_OK(send(&line, 0));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 2));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 1));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_OK(gunyah_msgqueue_set_send_threshold(line.queue, 1));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(gunyah_msgqueue_set_send_threshold(line.queue, 2));
    EXPECT_TRUE(look(target, &line, true, false));
    // With the maximum nothing is looked at, even when the queue is full.
    EXPECT_OK(send(&line, 0));
    EXPECT_OK(send(&line, 0));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM));
    EXPECT_TRUE(look(target, &line, false, false));
    return true;
}

static bool push_interrupts_below_the_threshold(struct target *target)
{
    const gunyah_msgqueue_send_flags_t push = {GUNYAH_MSGQUEUE_PUSH};
    struct line line;
    char data[99] = {0};

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, DEPTH));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(send(&line, GUNYAH_MSGQUEUE_PUSH));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_OK(send(&line, GUNYAH_MSGQUEUE_PUSH));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_TRUE(look(target, &line, false, false));
    // A message that is dropped does not push.
    const gunyah_capid_t cap = gunyah_msgqueue_capid(line.queue);
    const int64_t dropped = target_by_mode(target, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_hypercall_msgqueue_send(line.owner.g, cap, 0, data, push).error, dropped);
    EXPECT_EQ(gunyah_hypercall_msgqueue_send(line.owner.g, cap, sizeof(data), data, push).error, dropped);
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_EQ(send(&line, GUNYAH_MSGQUEUE_PUSH), GUNYAH_ERR_FULL);
    EXPECT_TRUE(look(target, &line, false, false));
    return true;
}

static bool push_comes_once_on_a_level_line(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, DEPTH));
    EXPECT_OK(send(&line, GUNYAH_MSGQUEUE_PUSH));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_TRUE(look(target, &line, false, false));
    return true;
}

// Unless it is as the manual says, where flushing takes the interrupt back.
static bool flush_interrupts_the_sender(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(gunyah_msgqueue_flush(line.queue));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, true));
    EXPECT_OK(gunyah_msgqueue_flush(line.queue));
    EXPECT_TRUE(look(target, &line, !target->as_manual, false));
    EXPECT_OK(gunyah_msgqueue_flush(line.queue));
    EXPECT_TRUE(look(target, &line, false, false));
    return true;
}

static bool flush_withdraws_a_level_interrupt(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(send(&line, 0));
    EXPECT_OK(gunyah_msgqueue_flush(line.queue));
    EXPECT_TRUE(look(target, &line, !target->as_manual, false));
    return true;
}

static bool flush_keeps_thresholds(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 2));
    EXPECT_OK(send(&line, 0));
    EXPECT_OK(gunyah_msgqueue_flush(line.queue));
    EXPECT_TRUE(look(target, &line, !target->as_manual, false));
    EXPECT_TRUE(round_trip(target, &line, 2, DEPTH - 1));
    return true;
}

static bool level_line_stays_while_the_reason_does(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_TRUE(look(target, &line, false, false));
    for (int i = 0; i < DEPTH; i++) {
        EXPECT_OK(send(&line, 0));
        EXPECT_TRUE(look(target, &line, false, true));
    }
    for (int i = 1; i < DEPTH; i++) {
        EXPECT_OK(receive(&line));
        EXPECT_TRUE(look(target, &line, true, true));
        EXPECT_TRUE(look(target, &line, true, true));
    }
    // Reading the last one does not withdraw: it comes once more for nothing.
    EXPECT_OK(receive(&line));
    EXPECT_TRUE(look(target, &line, true, true));
    EXPECT_TRUE(look(target, &line, true, false));
    // So does filling the queue on the other side.
    for (int i = 0; i < DEPTH; i++)
        EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, true, true));
    EXPECT_TRUE(look(target, &line, false, true));
    return true;
}

static bool level_line_follows_the_threshold(struct target *target)
{
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, true));
    // Raising the threshold above what is there withdraws.
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(line.queue, 2));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(gunyah_msgqueue_set_send_threshold(line.queue, 1));
    EXPECT_TRUE(look(target, &line, true, false));
    EXPECT_OK(gunyah_msgqueue_set_send_threshold(line.queue, 0));
    EXPECT_TRUE(look(target, &line, false, false));
    return true;
}

static bool binding_raises_nothing(struct target *target)
{
    struct owner owner;
    struct line line;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_line(target, TARGET_LEVEL, &line));
    EXPECT_OK(gunyah_msgqueue_unbind_receive_virq(line.queue));
    EXPECT_OK(gunyah_msgqueue_unbind_receive_virq(line.queue));
    EXPECT_OK(send(&line, 0));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(gunyah_msgqueue_bind_receive_virq(line.queue, owner.vic, line.not_empty));
    EXPECT_TRUE(look(target, &line, false, false));
    EXPECT_OK(send(&line, GUNYAH_MSGQUEUE_PUSH));
    EXPECT_TRUE(look(target, &line, false, true));
    return true;
}

static bool unbinding_withdraws_a_level_and_keeps_an_edge(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct line line;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(make_line(target, (enum target_trigger)trigger, &line));
        EXPECT_OK(send(&line, 0));
        EXPECT_OK(gunyah_msgqueue_unbind_receive_virq(line.queue));
        EXPECT_TRUE(look(target, &line, false, trigger == TARGET_EDGE));
        EXPECT_TRUE(look(target, &line, false, false));
    }
    return true;
}

static bool sides_bind_apart(struct target *target)
{
    struct line line;
    const gunyah_virq_t other = target_free_virq(target);

    EXPECT_TRUE(make_line(target, TARGET_EDGE, &line));
    EXPECT_EQ(gunyah_msgqueue_bind_send_virq(line.queue, line.owner.vic, other), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_msgqueue_bind_receive_virq(line.queue, line.owner.vic, other), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_msgqueue_bind_receive_virq(line.queue, line.owner.vic, gunyah_virq(0)), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_OK(gunyah_msgqueue_unbind_send_virq(line.queue));
    EXPECT_EQ(gunyah_msgqueue_bind_receive_virq(line.queue, line.owner.vic, other), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_OK(gunyah_msgqueue_bind_send_virq(line.queue, line.owner.vic, other));
    return true;
}

static bool interrupts_cross_vms(struct target *target)
{
    struct target_msgqueue wanted = {.from = TARGET_PEER, .to = TARGET_OWNER, .depth = 2, .message_size = 8};
    struct gunyah_msgqueue *sender;
    struct gunyah_msgqueue *receiver;
    char buffer[8];
    size_t size;

    REQUIRE(target->has_wait);
    wanted.send_virq = target_free_virq(target);
    wanted.receive_virq = target_free_virq(target);
    EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
    struct gunyah *from = target->vms[wanted.from].g;
    struct gunyah *to = target->vms[wanted.to].g;

    EXPECT_OK(gunyah_msgqueue_send(sender, "a", 1, 0, NULL));
    EXPECT_OK(conformance_take(to, wanted.receive_virq));
    EXPECT_EQ(conformance_take(to, wanted.receive_virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_msgqueue_send(sender, "b", 1, 0, NULL));
    EXPECT_EQ(conformance_take(from, wanted.send_virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_msgqueue_receive(receiver, buffer, sizeof(buffer), &size, NULL));
    // The interrupt of one VM is not that of the other with the same number.
    EXPECT_EQ(conformance_take(to, wanted.send_virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(conformance_take(from, wanted.send_virq));
    EXPECT_EQ(conformance_take(from, wanted.receive_virq), GUNYAH_ERR_TIMEOUT);
    return true;
}

static const struct conformance_case cases[] = {
    {"msgqueue_virq.first_message_and_first_room_interrupt", first_message_and_first_room_interrupt},
    {"msgqueue_virq.receive_threshold_chooses_the_message", receive_threshold_chooses_the_message},
    {"msgqueue_virq.send_threshold_chooses_the_room", send_threshold_chooses_the_room},
    {"msgqueue_virq.thresholds_look_at_what_is_there", thresholds_look_at_what_is_there},
    {"msgqueue_virq.push_interrupts_below_the_threshold", push_interrupts_below_the_threshold},
    {"msgqueue_virq.push_comes_once_on_a_level_line", push_comes_once_on_a_level_line},
    {"msgqueue_virq.flush_interrupts_the_sender", flush_interrupts_the_sender},
    {"msgqueue_virq.flush_withdraws_a_level_interrupt", flush_withdraws_a_level_interrupt},
    {"msgqueue_virq.flush_keeps_thresholds", flush_keeps_thresholds},
    {"msgqueue_virq.level_line_stays_while_the_reason_does", level_line_stays_while_the_reason_does},
    {"msgqueue_virq.level_line_follows_the_threshold", level_line_follows_the_threshold},
    {"msgqueue_virq.binding_raises_nothing", binding_raises_nothing},
    {"msgqueue_virq.unbinding_withdraws_a_level_and_keeps_an_edge", unbinding_withdraws_a_level_and_keeps_an_edge},
    {"msgqueue_virq.sides_bind_apart", sides_bind_apart},
    {"msgqueue_virq.interrupts_cross_vms", interrupts_cross_vms},
};

const struct conformance_suite conformance_msgqueue_virq = {cases, COUNT_OF(cases)};
