// SPDX-License-Identifier: BSD-3-Clause
// Message queues: what goes in comes out, once, in order, up to every limit.
#include "conformance.h"

#include <string.h>

#define GUARD 0xee

enum { LARGEST = GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE };

// Bytes of a message that tell which one it is.
static unsigned char byte_of(uint32_t message, size_t place)
{
    return (unsigned char)(message * 31 + place * 7 + (place >> 8));
}

static void fill(unsigned char *data, size_t size, uint32_t message)
{
    for (size_t i = 0; i < size; i++)
        data[i] = byte_of(message, i);
}

static bool send(struct target *target, struct gunyah_msgqueue *queue, uint32_t message, size_t size, bool not_full)
{
    unsigned char data[LARGEST];
    bool answer = !not_full;

    fill(data, size, message);
    EXPECT_OK(gunyah_msgqueue_send(queue, data, size, 0, &answer));
    EXPECT_EQ(answer, not_full);
    return true;
}

// Receive into a buffer of the largest message, and look at what lies before and behind the message.
static bool receive(struct target *target, struct gunyah_msgqueue *queue, uint32_t message, size_t size, bool not_empty)
{
    unsigned char buffer[LARGEST + 2];
    unsigned char expected[LARGEST];
    size_t received = 0;
    bool answer = !not_empty;

    memset(buffer, GUARD, sizeof(buffer));
    EXPECT_OK(gunyah_msgqueue_receive(queue, buffer + 1, gunyah_msgqueue_message_size(queue), &received, &answer));
    EXPECT_EQ(received, size);
    EXPECT_EQ(answer, not_empty);
    fill(expected, size, message);
    EXPECT_EQ(memcmp(buffer + 1, expected, size), 0);
    EXPECT_EQ(buffer[0], GUARD);
    for (size_t i = size + 1; i < sizeof(buffer); i++)
        EXPECT_EQ(buffer[i], GUARD);
    return true;
}

static bool expect_empty(struct target *target, struct gunyah_msgqueue *queue)
{
    unsigned char buffer[LARGEST];
    size_t size = 77;
    bool not_empty = true;

    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, &not_empty), GUNYAH_ERR_EMPTY);
    EXPECT_EQ(size, 77);
    EXPECT_FALSE(not_empty);
    return true;
}

static bool expect_full(struct target *target, struct gunyah_msgqueue *queue)
{
    bool not_full = true;

    EXPECT_EQ(gunyah_msgqueue_send(queue, "x", 1, 0, &not_full), GUNYAH_ERR_FULL);
    EXPECT_FALSE(not_full);
    return true;
}

static bool try_every_size(struct target *target, uint32_t depth, uint32_t largest)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, depth, largest, &queue));
    EXPECT_EQ(gunyah_msgqueue_message_size(queue), largest);
    for (uint32_t size = 1; size <= largest; size++) {
        EXPECT_TRUE(send(target, queue, size, size, depth > 1));
        EXPECT_TRUE(receive(target, queue, size, size, false));
    }
    EXPECT_TRUE(expect_empty(target, queue));
    return true;
}

static bool carries_every_size(struct target *target)
{
    static const struct {
        uint32_t depth, largest;
    } shapes[] = {{1, 1}, {1, LARGEST}, {255, 1}, {2, 16}, {8, 240}, {3, 7}, {255, LARGEST}};

    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        EXPECT_TRUE(try_every_size(target, shapes[i].depth, shapes[i].largest));
    return true;
}

static bool try_depth(struct target *target, uint32_t depth, uint32_t largest)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    uint32_t sent = 0;
    uint32_t received = 0;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, depth, largest, &queue));
    // Three rounds that begin at different places of the ring.
    for (uint32_t round = 0; round < 3; round++) {
        while (sent - received < depth) {
            EXPECT_TRUE(send(target, queue, sent, sent % largest + 1, sent - received + 1 < depth));
            sent++;
        }
        EXPECT_TRUE(expect_full(target, queue));
        while (received < sent) {
            EXPECT_TRUE(receive(target, queue, received, received % largest + 1, received + 1 < sent));
            received++;
        }
        EXPECT_TRUE(expect_empty(target, queue));
        EXPECT_TRUE(send(target, queue, sent, sent % largest + 1, depth > 1));
        sent++;
    }
    return true;
}

static bool fills_and_drains_in_order(struct target *target)
{
    static const struct {
        uint32_t depth, largest;
    } shapes[] = {{1, 8}, {2, 8}, {5, 8}, {8, 240}, {254, 3}, {255, 1}, {255, LARGEST}};

    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        EXPECT_TRUE(try_depth(target, shapes[i].depth, shapes[i].largest));
    return true;
}

static bool fills_and_recovers(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 2, 8, &queue));
    EXPECT_TRUE(send(target, queue, 1, 1, true));
    EXPECT_TRUE(send(target, queue, 2, 2, false));
    EXPECT_TRUE(expect_full(target, queue));
    EXPECT_TRUE(expect_full(target, queue));
    EXPECT_TRUE(receive(target, queue, 1, 1, true));
    // What was refused was not queued, and there is room for one more.
    EXPECT_TRUE(send(target, queue, 3, 8, false));
    EXPECT_TRUE(expect_full(target, queue));
    EXPECT_TRUE(receive(target, queue, 2, 2, true));
    EXPECT_TRUE(receive(target, queue, 3, 8, false));
    EXPECT_TRUE(expect_empty(target, queue));
    EXPECT_TRUE(expect_empty(target, queue));
    return true;
}

static bool flush_empties(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 3, 8, &queue));
    EXPECT_OK(gunyah_msgqueue_flush(queue));
    EXPECT_TRUE(send(target, queue, 1, 3, true));
    EXPECT_TRUE(send(target, queue, 2, 3, true));
    EXPECT_TRUE(send(target, queue, 3, 3, false));
    EXPECT_OK(gunyah_msgqueue_flush(queue));
    EXPECT_TRUE(expect_empty(target, queue));
    EXPECT_TRUE(send(target, queue, 4, 8, true));
    EXPECT_TRUE(receive(target, queue, 4, 8, false));
    return true;
}

static bool crosses_vms(struct target *target)
{
    for (int from = 0; from < TARGET_PLAIN_VMS; from++) {
        struct target_msgqueue wanted = {.from = from, .to = 1 - from, .depth = 4, .message_size = 240};
        struct gunyah_msgqueue *sender;
        struct gunyah_msgqueue *receiver;
        EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
        for (uint32_t i = 0; i < 4; i++)
            EXPECT_TRUE(send(target, sender, i, 240 - i, i < 3));
        EXPECT_TRUE(expect_full(target, sender));
        for (uint32_t i = 0; i < 4; i++)
            EXPECT_TRUE(receive(target, receiver, i, 240 - i, i < 3));
        EXPECT_TRUE(expect_empty(target, receiver));
    }
    return true;
}

static bool queues_do_not_mix(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *a;
    struct gunyah_msgqueue *b;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 2, 16, &a));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 2, 32, &b));
    EXPECT_TRUE(send(target, a, 1, 16, true));
    EXPECT_TRUE(expect_empty(target, b));
    EXPECT_TRUE(send(target, b, 2, 32, true));
    EXPECT_TRUE(send(target, a, 3, 16, false));
    EXPECT_TRUE(receive(target, b, 2, 32, false));
    EXPECT_TRUE(receive(target, a, 1, 16, true));
    EXPECT_TRUE(receive(target, a, 3, 16, false));
    return true;
}

// Each of the largest queues goes around its ring while the others are full.
static bool rings_stay_in_their_bounds(struct target *target)
{
    enum { QUEUES = 3, DEPTH = GUNYAH_MSGQUEUE_MAX_DEPTH, ROUND = DEPTH + 3, STEP = 1000 };
    struct owner owner;
    struct gunyah_msgqueue *queues[QUEUES];

    EXPECT_TRUE(conformance_owner(target, &owner));
    for (uint32_t i = 0; i < QUEUES; i++) {
        EXPECT_TRUE(conformance_make_msgqueue(target, &owner, DEPTH, LARGEST, &queues[i]));
        for (uint32_t n = 0; n < DEPTH; n++)
            EXPECT_TRUE(send(target, queues[i], i * STEP + n, LARGEST, n + 1 < DEPTH));
    }
    for (uint32_t i = 0; i < QUEUES; i++) {
        for (uint32_t n = 0; n < ROUND; n++) {
            EXPECT_TRUE(receive(target, queues[i], i * STEP + n, LARGEST, true));
            EXPECT_TRUE(send(target, queues[i], i * STEP + DEPTH + n, LARGEST, false));
        }
    }
    for (uint32_t i = 0; i < QUEUES; i++) {
        for (uint32_t n = 0; n < DEPTH; n++)
            EXPECT_TRUE(receive(target, queues[i], i * STEP + ROUND + n, LARGEST, n + 1 < DEPTH));
    }
    return true;
}

static bool sender_may_use_its_buffer_again(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char data[4] = "one";
    char buffer[8];
    size_t size = 0;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 2, 8, &queue));
    EXPECT_OK(gunyah_msgqueue_send(queue, data, sizeof(data), 0, NULL));
    memcpy(data, "two", sizeof(data));
    EXPECT_OK(gunyah_msgqueue_send(queue, data, sizeof(data), 0, NULL));
    memset(data, 0, sizeof(data));
    EXPECT_OK(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL));
    EXPECT_EQ(memcmp(buffer, "one", 4), 0);
    EXPECT_OK(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL));
    EXPECT_EQ(memcmp(buffer, "two", 4), 0);
    return true;
}

static const struct conformance_case cases[] = {
    {"msgqueue.carries_every_size", carries_every_size},
    {"msgqueue.fills_and_drains_in_order", fills_and_drains_in_order},
    {"msgqueue.fills_and_recovers", fills_and_recovers},
    {"msgqueue.flush_empties", flush_empties},
    {"msgqueue.crosses_vms", crosses_vms},
    {"msgqueue.queues_do_not_mix", queues_do_not_mix},
    {"msgqueue.rings_stay_in_their_bounds", rings_stay_in_their_bounds},
    {"msgqueue.sender_may_use_its_buffer_again", sender_may_use_its_buffer_again},
};

const struct conformance_suite conformance_msgqueue = {cases, COUNT_OF(cases)};
