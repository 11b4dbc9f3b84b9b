// SPDX-License-Identifier: BSD-3-Clause
// Requests to the Resource Manager: what leaves, what becomes of each reply, and how long anybody waits.
#include "fake_rm.h"

#define GET_VMID 0x56000024

static const uint8_t *pattern(void)
{
    static uint8_t bytes[20000];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    return bytes;
}

// ---- requests ----------------------------------------------------------------------------------------------------

static void replies_vmid(struct fake_rm *rm)
{
    const uint8_t data[4] = {3, 0, 0, 0};

    fake_rm_replies(rm, 0, data, sizeof(data));
}

// As recorded: the request, and the reply of 16 bytes.
Test(core_rm_call, get_vmid_as_recorded)
{
    static const uint8_t expected[8] = {0x21, 0x01, 0x00, 0x00, 0x24, 0x00, 0x00, 0x56};
    struct fake_rm *rm = fake_rm_open();
    uint8_t reply[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    size_t size = 99;

    rm->on_request = replies_vmid;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, sizeof(reply), &size, 0), GUNYAH_OK);
    cr_assert_eq(rm->sent_count, 1u);
    cr_expect_eq(rm->sent[0].size, sizeof(expected));
    cr_expect_arr_eq(rm->sent[0].bytes, expected, sizeof(expected));
    cr_expect_eq(rm->sent[0].flags, 1u, "push");
    cr_expect_eq(size, 4u);
    cr_expect_eq(reply[0], 3);
    cr_expect_eq(reply[4], 9, "untouched");
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, sizeof(reply), NULL, 0), GUNYAH_OK);
    cr_expect_eq(rm->sent[1].bytes[2], 1, "the next sequence number");
    fake_rm_close(rm);
}

static void check_packets(const struct fake_rm *rm, size_t first, const uint8_t *payload, size_t size)
{
    const size_t packets = size == 0 ? 1 : (size + 231) / 232;

    cr_assert_eq(rm->sent_count - first, packets, "%zu bytes", size);
    for (size_t i = 0; i < packets; i++) {
        const struct fake_rm_packet *packet = &rm->sent[first + i];
        const size_t part = i + 1 < packets ? 232 : size - i * 232;

        cr_assert_eq(packet->size, part + 8);
        cr_expect_eq(packet->bytes[0], 0x21);
        cr_expect_eq(packet->bytes[1], (packets - 1) << 2 | (i == 0 ? REQUEST : CONTINUATION));
        cr_expect_arr_eq(packet->bytes + 2, rm->sent[first].bytes + 2, 6);
        cr_expect_arr_eq(packet->bytes + 8, payload + i * 232, part);
        cr_expect_eq(packet->flags, (uint64_t)(i + 1 == packets), "push on the last one only");
    }
}

Test(core_rm_call, fragments)
{
    static const size_t sizes[] = {0, 1, 231, 232, 233, 464, 465, 14384, 14616};
    struct fake_rm *rm = fake_rm_open();

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const size_t first = rm->sent_count;

        cr_expect_eq(fake_rm_ask(rm, 0x51000012, pattern(), sizes[i]), GUNYAH_OK);
        check_packets(rm, first, pattern(), sizes[i]);
    }
    const unsigned calls = rm->fake.calls;
    cr_expect_eq(fake_rm_ask(rm, 0x51000012, pattern(), 63 * 232 + 1), GUNYAH_ERR_MESSAGE_TOO_LONG);
    cr_expect_eq(fake_rm_ask(rm, 0x51000012, pattern(), SIZE_MAX), GUNYAH_ERR_MESSAGE_TOO_LONG);
    cr_expect_eq(rm->fake.calls, calls, "nothing leaves");
    fake_rm_close(rm);
}

Test(core_rm_call, smaller_packets)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    options.message_size = 16;
    rm->on_request = fake_rm_ok;
    fake_rm_connect(rm, &options);
    cr_expect_eq(fake_rm_ask(rm, 0x51000012, "0123456789abcdefX", 17), GUNYAH_OK);
    cr_assert_eq(rm->sent_count, 3u);
    cr_expect_eq(rm->sent[0].bytes[1], 2 << 2 | REQUEST);
    cr_expect_eq(rm->sent[1].size, 16u);
    cr_expect_eq(rm->sent[2].size, 9u);
    cr_expect_eq(rm->sent[2].bytes[8], 'X');
    cr_expect_eq(fake_rm_ask(rm, 0x51000012, pattern(), 63 * 8 + 1), GUNYAH_ERR_MESSAGE_TOO_LONG);
    fake_rm_close(rm);
}

Test(core_rm_call, null_buffers)
{
    struct fake_rm *rm = fake_rm_open();
    uint8_t byte = 0;

    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 1, NULL, 0, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, &byte, 1, NULL, 1, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_call");
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 1, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_begin");
    cr_expect_eq(gunyah_rm_call(NULL, GET_VMID, NULL, 0, NULL, 0, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_begin(NULL, GET_VMID, NULL, 0, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_finish(NULL, NULL, 0), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_cancel(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(rm->fake.calls, 0u);
    fake_rm_close(rm);
}

// ---- replies -----------------------------------------------------------------------------------------------------

static void replies_state_of_unknown(struct fake_rm *rm)
{
    const uint32_t extra[2] = {0x11111111, 0x22222222};

    // Some generations add words to a refusal.
    fake_rm_replies(rm, 2, extra, sizeof(extra));
}

Test(core_rm_call, refusal)
{
    static const uint8_t vmid[4] = {7};
    struct fake_rm *rm = fake_rm_open();
    uint8_t reply[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    size_t size = 99;

    rm->on_request = replies_state_of_unknown;
    cr_expect_eq(gunyah_rm_call(rm->rm, 0x56000017, vmid, 4, reply, 8, &size, 0), GUNYAH_ERR_NO_RESOURCES);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_RM);
    cr_expect_eq(gunyah_last_error(rm->g)->code, 2);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "VM_GET_STATE");
    cr_expect_str_eq(gunyah_last_error(rm->g)->advice, "No VM has this VMID.");
    cr_expect_eq(size, 99u, "untouched");
    for (size_t i = 0; i < sizeof(reply); i++)
        cr_expect_eq(reply[i], 9, "untouched");
    fake_rm_close(rm);
}

static void replies_500_bytes(struct fake_rm *rm)
{
    fake_rm_replies(rm, 0, pattern(), 500);
}

Test(core_rm_call, long_reply)
{
    struct fake_rm *rm = fake_rm_open();
    uint8_t reply[501];
    size_t size = 0;

    reply[500] = 9;
    rm->on_request = replies_500_bytes;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, sizeof(reply), &size, 0), GUNYAH_OK);
    cr_expect_eq(size, 500u);
    cr_expect_arr_eq(reply, pattern(), 500);
    cr_expect_eq(reply[500], 9);
    fake_rm_close(rm);
}

Test(core_rm_call, reply_that_does_not_fit)
{
    static const size_t capacities[] = {0, 1, 228, 229, 499};
    struct fake_rm *rm = fake_rm_open();
    uint8_t reply[500];

    rm->on_request = replies_500_bytes;
    for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
        const size_t capacity = capacities[i];
        size_t size = 0;

        memset(reply, 9, sizeof(reply));
        cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, capacity != 0 ? reply : NULL, capacity, &size, 0),
                     GUNYAH_ERR_BUFFER_TOO_SMALL);
        cr_expect_eq(size, 500u, "how much there was");
        cr_expect_arr_eq(reply, pattern(), capacity);
        cr_expect_eq(reply[capacity], 9, "nothing behind it");
    }
    // All of it was taken from the queue.
    rm->on_request = replies_vmid;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, 4, NULL, 0), GUNYAH_OK);
    fake_rm_close(rm);
}

// Packets that are not full: the error word, then a byte in each.
static void replies_byte_by_byte(struct fake_rm *rm)
{
    fake_rm_says(rm, REPLY, 3, fake_rm_sequence(rm), fake_rm_id(rm), "\0\0\0", 4);
    for (unsigned i = 0; i < 3; i++)
        fake_rm_says(rm, CONTINUATION, 3, fake_rm_sequence(rm), fake_rm_id(rm), &"abc"[i], 1);
}

Test(core_rm_call, reply_in_crumbs)
{
    struct fake_rm *rm = fake_rm_open();
    char reply[4] = "....";
    size_t size = 0;

    rm->on_request = replies_byte_by_byte;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, 4, &size, 0), GUNYAH_OK);
    cr_expect_eq(size, 3u);
    cr_expect_arr_eq(reply, "abc.", 4);
    fake_rm_close(rm);
}

static void replies_without_error_word(struct fake_rm *rm)
{
    fake_rm_says(rm, REPLY, 0, fake_rm_sequence(rm), fake_rm_id(rm), "abc", 3);
}

static void replies_error_word_in_pieces(struct fake_rm *rm)
{
    fake_rm_says(rm, REPLY, 1, fake_rm_sequence(rm), fake_rm_id(rm), "\0\0\0", 3);
    fake_rm_says(rm, CONTINUATION, 1, fake_rm_sequence(rm), fake_rm_id(rm), "\0abc", 4);
}

static void replies_half_and_notifies(struct fake_rm *rm)
{
    fake_rm_says(rm, REPLY, 1, fake_rm_sequence(rm), fake_rm_id(rm), pattern(), 232);
    fake_rm_vm_status(rm, 5, 3);
}

Test(core_rm_call, broken_replies)
{
    struct fake_rm *rm = fake_rm_open();
    struct gunyah_rm_event event;
    uint8_t reply[232];

    rm->on_request = replies_without_error_word;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    rm->on_request = replies_error_word_in_pieces;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_PROTOCOL);
    rm->on_request = replies_half_and_notifies;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, 232, NULL, FAKE_RM_TIMEOUT), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 1u);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 0), GUNYAH_OK, "what cut it off is kept");
    rm->on_request = fake_rm_ok;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    fake_rm_close(rm);
}

static void replies_to_others(struct fake_rm *rm)
{
    const uint16_t sequence = fake_rm_sequence(rm);

    fake_rm_says(rm, REPLY, 0, (uint16_t)(sequence - 1), GET_VMID, "\1\0\0\0", 4);
    fake_rm_says(rm, REPLY, 0, sequence, GET_VMID + 1, "\1\0\0\0", 4);
    // A late one of several packets, with what looks like ours in the middle of it.
    fake_rm_says(rm, REPLY, 1, (uint16_t)(sequence + 1), GET_VMID, pattern(), 232);
    fake_rm_says(rm, CONTINUATION, 1, (uint16_t)(sequence + 1), GET_VMID, pattern(), 232);
    fake_rm_ok(rm);
    fake_rm_ok(rm);
}

Test(core_rm_call, stale_and_duplicate_replies)
{
    struct fake_rm *rm = fake_rm_open();

    rm->on_request = replies_to_others;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    rm->on_request = fake_rm_ok;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->stale_replies, 4u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->replies, 2u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->requests, 2u);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 0u);
    fake_rm_close(rm);
}

static void replies_among_rubbish(struct fake_rm *rm)
{
    const uint16_t sequence = fake_rm_sequence(rm);

    fake_rm_says_bytes(rm, "\x21\x02", 2);
    fake_rm_says_bytes(rm, "\x21\x02\0\0\x24\0\0", 7);
    fake_rm_says_bytes(rm, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
    fake_rm_says_bytes(rm, "\x22\x02\0\0\x24\0\0\x56\0\0\0\0", 12);
    fake_rm_says_bytes(rm, "\x31\x02\0\0\x24\0\0\x56\0\0\0\0", 12);
    fake_rm_says(rm, REPLY, 63, sequence, GET_VMID, "\0\0\0\0", 4);
    fake_rm_says(rm, REQUEST, 0, sequence, GET_VMID, "\0\0\0\0", 4);
    fake_rm_says(rm, CONTINUATION, 0, sequence, GET_VMID, "\0\0\0\0", 4);
    fake_rm_says(rm, CONTINUATION, 1, sequence, GET_VMID, "\0\0\0\0", 4);
    // Inside of ours: of another sequence, id, or length.
    fake_rm_says(rm, REPLY, 1, sequence, GET_VMID, "\0\0\0\0ab", 6);
    fake_rm_says(rm, CONTINUATION, 1, (uint16_t)(sequence + 1), GET_VMID, "x", 1);
    fake_rm_says(rm, CONTINUATION, 1, sequence, GET_VMID + 1, "x", 1);
    fake_rm_says(rm, CONTINUATION, 2, sequence, GET_VMID, "x", 1);
    fake_rm_says_bytes(rm, "\x21", 1);
    fake_rm_says(rm, CONTINUATION, 1, sequence, GET_VMID, "cd", 2);
    fake_rm_says(rm, CONTINUATION, 1, sequence, GET_VMID, "ef", 2);
}

Test(core_rm_call, malformed_packets)
{
    struct fake_rm *rm = fake_rm_open();
    char reply[8] = "........";
    size_t size = 0;

    rm->on_request = replies_among_rubbish;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, reply, 8, &size, 0), GUNYAH_OK);
    cr_expect_eq(size, 4u);
    cr_expect_arr_eq(reply, "abcd....", 8);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 13u);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &(struct gunyah_rm_event){0}, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 14u);
    fake_rm_close(rm);
}

// A hypervisor that says more than fits.
Test(core_rm_call, size_beyond_the_buffer)
{
    struct fake_rm *rm = fake_rm_open();

    rm->reported_size = 241;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->malformed, 1u);
    fake_rm_close(rm);
}

// ---- one after the other -----------------------------------------------------------------------------------------

Test(core_rm_call, one_request_at_a_time)
{
    struct fake_rm *rm = fake_rm_open();
    char reply[4] = "....";
    size_t size = 0;

    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_rm_cancel(rm->rm), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, reply, 4), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, "x", 1, NULL, 0), GUNYAH_ERR_BUSY);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_BUSY);
    cr_expect_eq(rm->sent_count, 1u);
    cr_expect_eq(gunyah_rm_finish(rm->rm, &size, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_finish");
    cr_expect_eq(gunyah_rm_finish(rm->rm, &size, 5000), GUNYAH_ERR_TIMEOUT, "still under way");
    fake_rm_replies(rm, 0, "abc", 3);
    cr_expect_eq(gunyah_rm_finish(rm->rm, &size, 0), GUNYAH_OK);
    cr_expect_eq(size, 3u);
    cr_expect_arr_eq(reply, "abc.", 4, "in the buffers of the one that was begun");
    cr_expect_eq(gunyah_rm_finish(rm->rm, &size, 0), GUNYAH_ERR_OBJECT_STATE);
    fake_rm_close(rm);
}

Test(core_rm_call, cancelled)
{
    struct fake_rm *rm = fake_rm_open();
    char first[300];
    char second[4] = "....";

    memset(first, '.', sizeof(first));
    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, first, sizeof(first)), GUNYAH_OK);
    fake_rm_says(rm, REPLY, 1, fake_rm_sequence(rm), GET_VMID, "\0\0\0\0", 4);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_rm_cancel(rm->rm), GUNYAH_OK);
    fake_rm_says(rm, CONTINUATION, 1, fake_rm_sequence(rm), GET_VMID, "late", 4);
    rm->on_request = fake_rm_ok;
    cr_expect_eq(gunyah_rm_call(rm->rm, GET_VMID, NULL, 0, second, 4, NULL, 0), GUNYAH_OK);
    cr_expect_eq(first[0], '.', "the buffer was the caller's again");
    cr_expect_arr_eq(second, "....", 4, "and what was late is not for the next one");
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->replies, 1u);
    fake_rm_close(rm);
}

Test(core_rm_call, late_reply)
{
    struct fake_rm *rm = fake_rm_open();

    rm->on_request = NULL;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_rm_call");
    fake_rm_replies(rm, 5, NULL, 0);
    rm->on_request = fake_rm_ok;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_get_counters(rm->rm)->stale_replies, 1u);
    fake_rm_close(rm);
}

// ---- errors of the queues ----------------------------------------------------------------------------------------

Test(core_rm_call, queue_that_is_gone)
{
    struct fake_rm *rm = fake_rm_open();

    rm->send_error = 51;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_CAP_REVOKED);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "msgqueue_send");
    cr_expect_eq(gunyah_rm_cancel(rm->rm), GUNYAH_ERR_OBJECT_STATE, "it is over");
    rm->send_error = 0;
    rm->receive_error = 53;
    cr_expect_eq(fake_rm_ask(rm, GET_VMID, NULL, 0), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(rm->sent_count, 0u, "nothing was sent");
    rm->receive_error = 0;
    rm->on_request = NULL;
    cr_expect_eq(gunyah_rm_begin(rm->rm, GET_VMID, NULL, 0, NULL, 0), GUNYAH_OK);
    rm->receive_error = 50;
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &(struct gunyah_rm_event){0}, 0), GUNYAH_ERR_CAP_NULL);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_CAP_NULL);
    cr_expect_eq(gunyah_rm_finish(rm->rm, NULL, 0), GUNYAH_ERR_OBJECT_STATE, "it is over");
    fake_rm_close(rm);
}
