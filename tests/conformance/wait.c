// SPDX-License-Identifier: BSD-3-Clause
// Waiting: nothing that was sent before is lost, everything ends in time.
#include "conformance.h"

#define MILLISECOND UINT64_C(1000000)

static bool arguments_are_checked(struct target *target)
{
    static const uint32_t private[] = {0, 15, 16, 31, 1020, UINT32_MAX};
    struct gunyah *g = target->vms[TARGET_PEER].g;
    const gunyah_virq_t virq = target_free_virq(target);
    size_t index = 77;

    REQUIRE(target->has_wait);
    EXPECT_EQ(gunyah_wait(NULL, &virq, 1, 0, &index), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_wait(g, NULL, 1, 0, &index), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_wait(g, &virq, 0, 0, &index), GUNYAH_ERR_ARGUMENT_SIZE);
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        const gunyah_virq_t virqs[2] = {virq, gunyah_virq(private[i])};
        EXPECT_EQ(gunyah_wait(g, virqs, 2, GUNYAH_WAIT_FOREVER, &index), GUNYAH_ERR_ARGUMENT_INVALID);
    }
    EXPECT_EQ(index, 77);
    return true;
}

static bool send_before_wait_is_not_lost(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct owner owner;
        struct gunyah_doorbell *doorbell;
        gunyah_virq_t virq;
        size_t index = 77;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(conformance_owner(target, &owner));
        EXPECT_TRUE(conformance_bind_doorbell(target, &owner, (enum target_trigger)trigger, &doorbell, &virq));
        EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
        // Nobody could end this wait but the send that was before.
        EXPECT_OK(gunyah_wait(owner.g, &virq, 1, GUNYAH_WAIT_FOREVER, &index));
        EXPECT_EQ(index, 0);
    }
    return true;
}

static bool message_before_wait_is_not_lost(struct target *target)
{
    struct target_msgqueue wanted = {.from = TARGET_OWNER, .to = TARGET_PEER, .depth = 1, .message_size = 8};
    struct gunyah_msgqueue *sender;
    struct gunyah_msgqueue *receiver;
    char buffer[8];
    size_t size;

    REQUIRE(target->has_wait);
    wanted.send_virq = target_free_virq(target);
    wanted.receive_virq = target_free_virq(target);
    EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ(gunyah_msgqueue_receive(receiver, buffer, sizeof(buffer), &size, NULL), GUNYAH_ERR_EMPTY);
        EXPECT_OK(gunyah_msgqueue_send(sender, "a", 1, 0, NULL));
        EXPECT_OK(gunyah_msgqueue_wait_not_empty(receiver, GUNYAH_WAIT_FOREVER));
        EXPECT_EQ(gunyah_msgqueue_send(sender, "b", 1, 0, NULL), GUNYAH_ERR_FULL);
        EXPECT_OK(gunyah_msgqueue_receive(receiver, buffer, sizeof(buffer), &size, NULL));
        EXPECT_OK(gunyah_msgqueue_wait_not_full(sender, GUNYAH_WAIT_FOREVER));
    }
    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(receiver, 0), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(gunyah_msgqueue_wait_not_full(sender, 0), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool waits_end_in_time(struct target *target)
{
    static const uint64_t timeouts[] = {0, 1, MILLISECOND, 5 * MILLISECOND};
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_virq_t virq;
    size_t index = 77;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &doorbell, &virq));
    for (size_t i = 0; i < COUNT_OF(timeouts); i++) {
        EXPECT_EQ(gunyah_wait(owner.g, &virq, 1, timeouts[i], &index), GUNYAH_ERR_TIMEOUT);
        EXPECT_EQ(index, 77);
        EXPECT_EQ(gunyah_doorbell_wait(doorbell, 1, timeouts[i], NULL), GUNYAH_ERR_TIMEOUT);
    }
    // A wait that ended so takes nothing with it.
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    EXPECT_OK(gunyah_wait(owner.g, &virq, 1, 0, NULL));
    return true;
}

static bool takes_the_first_of_the_list(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbells[3];
    gunyah_virq_t virqs[3];
    size_t index = 77;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    for (size_t i = 0; i < 3; i++)
        EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &doorbells[i], &virqs[i]));
    EXPECT_OK(gunyah_doorbell_send(doorbells[2], 1, NULL));
    EXPECT_OK(gunyah_wait(owner.g, virqs, 3, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 2);
    EXPECT_OK(gunyah_doorbell_send(doorbells[1], 1, NULL));
    EXPECT_OK(gunyah_doorbell_send(doorbells[0], 1, NULL));
    const gunyah_virq_t backwards[3] = {virqs[2], virqs[1], virqs[0]};
    EXPECT_OK(gunyah_wait(owner.g, backwards, 3, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 1);
    EXPECT_OK(gunyah_wait(owner.g, backwards, 3, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 2);
    EXPECT_EQ(gunyah_wait(owner.g, backwards, 3, 0, &index), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool leaves_other_interrupts_alone(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *a;
    struct gunyah_doorbell *b;
    gunyah_virq_t virq_a;
    gunyah_virq_t virq_b;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &a, &virq_a));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &b, &virq_b));
    EXPECT_OK(gunyah_doorbell_send(a, 1, NULL));
    EXPECT_EQ(gunyah_wait(owner.g, &virq_b, 1, MILLISECOND, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_wait(owner.g, &virq_a, 1, 0, NULL));
    return true;
}

static bool interrupt_says_look_again_not_how_often(struct target *target)
{
    struct target_msgqueue wanted = {.from = TARGET_PEER, .to = TARGET_OWNER, .depth = 4, .message_size = 8};
    struct gunyah_msgqueue *sender;
    struct gunyah_msgqueue *receiver;
    char buffer[8];
    size_t size;

    REQUIRE(target->has_wait);
    wanted.receive_virq = target_free_virq(target);
    EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
    for (int i = 0; i < 3; i++)
        EXPECT_OK(gunyah_msgqueue_send(sender, "a", 1, 0, NULL));
    EXPECT_OK(gunyah_msgqueue_wait_not_empty(receiver, GUNYAH_WAIT_FOREVER));
    for (int i = 0; i < 3; i++)
        EXPECT_OK(gunyah_msgqueue_receive(receiver, buffer, sizeof(buffer), &size, NULL));
    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(receiver, MILLISECOND), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool doorbell_wait_reads_and_clears(struct target *target)
{
    for (int trigger = TARGET_LEVEL; trigger <= TARGET_EDGE; trigger++) {
        struct owner owner;
        struct gunyah_doorbell *doorbell;
        gunyah_virq_t virq;
        uint64_t flags = 77;
        uint64_t old = 77;
        REQUIRE(target->has_wait);
        EXPECT_TRUE(conformance_owner(target, &owner));
        EXPECT_TRUE(conformance_bind_doorbell(target, &owner, (enum target_trigger)trigger, &doorbell, &virq));
        EXPECT_OK(gunyah_doorbell_send(doorbell, 0x13, NULL));
        EXPECT_OK(gunyah_doorbell_wait(doorbell, 0x7, GUNYAH_WAIT_FOREVER, &flags));
        EXPECT_EQ(flags, 3);
        EXPECT_OK(gunyah_doorbell_wait(doorbell, 0x30, GUNYAH_WAIT_FOREVER, &flags));
        EXPECT_EQ(flags, 0x10);
        EXPECT_OK(gunyah_doorbell_send(doorbell, 0, &old));
        EXPECT_EQ(old, 0);
        flags = 77;
        EXPECT_EQ(gunyah_doorbell_wait(doorbell, ~UINT64_C(0), 0, &flags), GUNYAH_ERR_TIMEOUT);
        EXPECT_EQ(flags, 77);
    }
    return true;
}

// A flag that nobody waits for keeps a level line up. The wait must not go on for ever, nor take the flag.
static bool other_flags_do_not_end_or_prolong_a_wait(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_virq_t virq;
    uint64_t old = 77;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_LEVEL, &doorbell, &virq));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 2, NULL));
    EXPECT_EQ(gunyah_doorbell_wait(doorbell, 1, MILLISECOND, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, &old));
    EXPECT_EQ(old, 2);
    EXPECT_OK(gunyah_doorbell_wait(doorbell, 1, MILLISECOND, NULL));
    return true;
}

static bool nothing_bound_is_told(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_msgqueue *queue;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 8, &queue));
    EXPECT_EQ(gunyah_doorbell_wait(doorbell, 1, GUNYAH_WAIT_FOREVER, NULL), GUNYAH_ERR_NOT_BOUND);
    EXPECT_EQ(gunyah_msgqueue_wait_not_full(queue, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_NOT_BOUND);
    EXPECT_EQ(gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_NOT_BOUND);
    // Unbinding through the handle is remembered, a refused binding is not.
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, owner.vic, target_free_virq(target)));
    EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, owner.vic, gunyah_virq(5)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_doorbell_wait(doorbell, 1, GUNYAH_WAIT_FOREVER, NULL), GUNYAH_ERR_NOT_BOUND);
    return true;
}

static bool waiting_without_the_feature_is_refused(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);

    if (target->has_wait)
        EXPECT_EQ(gunyah_wait(target->vms[TARGET_OWNER].g, &virq, 1, 0, NULL), GUNYAH_ERR_TIMEOUT);
    else
        EXPECT_EQ(gunyah_wait(target->vms[TARGET_OWNER].g, &virq, 1, 0, NULL), GUNYAH_ERR_UNSUPPORTED);
    return true;
}

static const struct conformance_case cases[] = {
    {"wait.arguments_are_checked", arguments_are_checked},
    {"wait.send_before_wait_is_not_lost", send_before_wait_is_not_lost},
    {"wait.message_before_wait_is_not_lost", message_before_wait_is_not_lost},
    {"wait.waits_end_in_time", waits_end_in_time},
    {"wait.takes_the_first_of_the_list", takes_the_first_of_the_list},
    {"wait.leaves_other_interrupts_alone", leaves_other_interrupts_alone},
    {"wait.interrupt_says_look_again_not_how_often", interrupt_says_look_again_not_how_often},
    {"wait.doorbell_wait_reads_and_clears", doorbell_wait_reads_and_clears},
    {"wait.other_flags_do_not_end_or_prolong_a_wait", other_flags_do_not_end_or_prolong_a_wait},
    {"wait.nothing_bound_is_told", nothing_bound_is_told},
    {"wait.waiting_without_the_feature_is_refused", waiting_without_the_feature_is_refused},
};

const struct conformance_suite conformance_wait = {cases, COUNT_OF(cases)};
