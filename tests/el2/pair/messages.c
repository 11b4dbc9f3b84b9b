// SPDX-License-Identifier: BSD-3-Clause
// Messages from one VM to the other.
#include "pair.h"

#define MOST EL2_WIRING_MESSAGE_SIZE

static const size_t sizes[] = {1, 7, 64, MOST};

static void fill(unsigned char *message, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        message[i] = (unsigned char)(seed + 3 * i);
}

static bool has_come(struct target *target, size_t size, unsigned seed)
{
    unsigned char message[MOST];

    EXPECT_TRUE(pair_receive(target, message, size));
    for (size_t i = 0; i < size; i++)
        EXPECT_EQ(message[i], (unsigned char)(seed + 3 * i));
    return true;
}

static bool send_and_expect_an_answer(struct target *target)
{
    unsigned char message[MOST];

    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        fill(message, sizes[i], i);
        EXPECT_TRUE(pair_send(target, message, sizes[i]));
        EXPECT_TRUE(has_come(target, sizes[i], 100 + i));
    }
    return true;
}

static bool expect_and_answer(struct target *target)
{
    unsigned char message[MOST];

    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        EXPECT_TRUE(has_come(target, sizes[i], i));
        fill(message, sizes[i], 100 + i);
        EXPECT_TRUE(pair_send(target, message, sizes[i]));
    }
    return true;
}

// The receiver takes nothing before the sender sleeps.
static bool fill_and_wait_for_room(struct target *target)
{
    for (unsigned i = 0; i < EL2_WIRING_DEPTH; i++)
        EXPECT_TRUE(pair_send(target, &i, sizeof(i)));
    const unsigned last = EL2_WIRING_DEPTH;
    EXPECT_EQ(gunyah_msgqueue_send(self.out, &last, sizeof(last), 0, NULL), GUNYAH_ERR_FULL);
    EXPECT_EQ(gunyah_msgqueue_wait_not_full(self.out, 0), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_msgqueue_wait_not_full(self.out, GUNYAH_WAIT_FOREVER));
    EXPECT_TRUE(pair_send(target, &last, sizeof(last)));
    return true;
}

static bool take_all_in_order(struct target *target)
{
    unsigned number = 0;

    for (unsigned i = 0; i <= EL2_WIRING_DEPTH; i++) {
        EXPECT_TRUE(pair_receive(target, &number, sizeof(number)));
        EXPECT_EQ(number, i);
    }
    EXPECT_EQ(pair_look(&number, sizeof(number)), GUNYAH_ERR_EMPTY);
    return true;
}

// Without a wait, a yield or an interrupt.
static bool poll(struct target *target, unsigned expected)
{
    const uint64_t start = pair_now();
    unsigned number = 0;
    enum gunyah_error error = GUNYAH_ERR_EMPTY;

    while (error == GUNYAH_ERR_EMPTY && pair_now() - start < PAIR_LONG)
        error = pair_look(&number, sizeof(number));
    EXPECT_OK(error);
    EXPECT_EQ(number, expected);
    return true;
}

static bool send_and_poll(struct target *target)
{
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_TRUE(pair_send(target, &i, sizeof(i)));
        EXPECT_TRUE(poll(target, 10 + i));
    }
    return true;
}

static bool poll_and_send(struct target *target)
{
    for (unsigned i = 0; i < 3; i++) {
        const unsigned answer = 10 + i;
        EXPECT_TRUE(poll(target, i));
        EXPECT_TRUE(pair_send(target, &answer, sizeof(answer)));
    }
    return true;
}

// As recorded: the answer is there after one yield. One that is refused hands nothing over.
static bool send_and_yield(struct target *target)
{
    const gunyah_scheduler_yield_control_t unknown_hint = {7};
    unsigned number = 77;

    EXPECT_TRUE(pair_yield(target));
    EXPECT_TRUE(pair_send(target, &number, sizeof(number)));
    EXPECT_EQ(gunyah_hypercall_scheduler_yield(self.g, unknown_hint, 0), GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(pair_look(&number, sizeof(number)), GUNYAH_ERR_EMPTY);
    EXPECT_TRUE(pair_yield(target));
    EXPECT_OK(pair_look(&number, sizeof(number)));
    EXPECT_EQ(number, 78);
    return true;
}

static bool sleep_and_answer(struct target *target)
{
    unsigned number = 0;

    EXPECT_TRUE(pair_receive(target, &number, sizeof(number)));
    EXPECT_EQ(number, 77);
    number++;
    EXPECT_TRUE(pair_send(target, &number, sizeof(number)));
    return true;
}

static const struct pair_case cases[] = {
    {"messages.go_both_ways", {send_and_expect_an_answer, expect_and_answer}},
    {"messages.room_wakes_the_sender", {fill_and_wait_for_room, take_all_in_order}},
    {"messages.who_polls_gets_them_too", {send_and_poll, poll_and_send}},
    {"messages.yield_hands_over", {send_and_yield, sleep_and_answer}},
};

const struct pair_suite pair_messages = {cases, COUNT_OF(cases)};
