// SPDX-License-Identifier: BSD-3-Clause
// A Resource Manager for the unit tests of its client: it says what the test says, byte by byte, however wrong, and keeps what it
// was sent. It stands behind the fake backend's two message queues.
#ifndef GUNYAH_TESTS_FAKE_RM_H
#define GUNYAH_TESTS_FAKE_RM_H

#include "fake_backend.h"

#include <gunyah/rm.h>

#include <string.h>

#define FAKE_RM_SEND_CAP 0x15
#define FAKE_RM_RECEIVE_CAP 0x16
#define FAKE_RM_PACKETS 400

enum { CONTINUATION = 0, REQUEST = 1, REPLY = 2, NOTIFICATION = 3 };

struct fake_rm_packet {
    size_t size;
    uint64_t flags;   // of the send
    unsigned visible; // from this moment on
    uint8_t bytes[240];
};

struct fake_rm {
    struct fake fake; // first: the context of the operations

    // To the client. Time passes with each yield and each wait.
    struct fake_rm_packet queue[FAKE_RM_PACKETS];
    size_t queued;
    size_t taken;
    unsigned moment;
    unsigned latency; // moments until what is queued can be seen
    bool endless;     // the last packet is there again and again
    uint64_t send_error;
    uint64_t receive_error;
    uint64_t reported_size; // instead of the true one

    // From the client.
    struct fake_rm_packet sent[FAKE_RM_PACKETS];
    size_t sent_count;
    size_t room; // until the queue is full
    size_t room_each_moment;
    unsigned yields;
    unsigned sends; // tried

    // Called when all of a request is there.
    void (*on_request)(struct fake_rm *rm);

    struct gunyah *g;
    struct gunyah_rm *rm;
};

// ---- what it says ------------------------------------------------------------------------------------------------

static inline void fake_rm_says_bytes(struct fake_rm *rm, const void *bytes, size_t size)
{
    cr_assert(rm->queued < FAKE_RM_PACKETS && size <= 240);
    struct fake_rm_packet *packet = &rm->queue[rm->queued++];

    packet->size = size;
    packet->visible = rm->moment + rm->latency;
    memcpy(packet->bytes, bytes, size);
}

static inline void fake_rm_says(struct fake_rm *rm, unsigned type, unsigned fragments, uint16_t sequence, uint32_t id,
                                const void *payload, size_t size)
{
    uint8_t bytes[240] = {
        0x21,
        (uint8_t)(type | fragments << 2),
        (uint8_t)sequence,
        (uint8_t)(sequence >> 8),
        (uint8_t)id,
        (uint8_t)(id >> 8),
        (uint8_t)(id >> 16),
        (uint8_t)(id >> 24),
    };

    cr_assert(size <= 232);
    if (size != 0)
        memcpy(bytes + 8, payload, size);
    fake_rm_says_bytes(rm, bytes, size + 8);
}

// The first packet of the last request.
static inline const struct fake_rm_packet *fake_rm_request(const struct fake_rm *rm)
{
    for (size_t i = rm->sent_count; i > 0; i--) {
        if ((rm->sent[i - 1].bytes[1] & 3) == REQUEST)
            return &rm->sent[i - 1];
    }
    cr_assert(false, "no request");
    return NULL;
}

static inline uint16_t fake_rm_sequence(const struct fake_rm *rm)
{
    const uint8_t *bytes = fake_rm_request(rm)->bytes;

    return (uint16_t)(bytes[2] | bytes[3] << 8);
}

static inline uint32_t fake_rm_id(const struct fake_rm *rm)
{
    const uint8_t *bytes = fake_rm_request(rm)->bytes;

    return bytes[4] | (uint32_t)bytes[5] << 8 | (uint32_t)bytes[6] << 16 | (uint32_t)bytes[7] << 24;
}

// Any message, in as many packets as it needs.
static inline void fake_rm_says_all(struct fake_rm *rm, unsigned type, uint16_t sequence, uint32_t id,
                                    const void *payload, size_t size)
{
    const unsigned fragments = size == 0 ? 0 : (unsigned)((size - 1) / 232);
    const uint8_t *bytes = payload;

    for (unsigned i = 0; i <= fragments; i++) {
        const size_t part = size < 232 ? size : 232;
        fake_rm_says(rm, i == 0 ? type : CONTINUATION, fragments, sequence, id, bytes, part);
        bytes += part;
        size -= part;
    }
}

// The reply to the last request: an error word, and data.
static inline void fake_rm_replies(struct fake_rm *rm, uint32_t error, const void *data, size_t size)
{
    static uint8_t payload[63 * 232];

    cr_assert(size <= sizeof(payload) - 4);
    memcpy(payload, &error, 4);
    if (size != 0)
        memcpy(payload + 4, data, size);
    fake_rm_says_all(rm, REPLY, fake_rm_sequence(rm), fake_rm_id(rm), payload, size + 4);
}

static inline void fake_rm_notifies(struct fake_rm *rm, uint32_t id, const void *payload, size_t size)
{
    fake_rm_says_all(rm, NOTIFICATION, 0x7777, id, payload, size);
}

static inline void fake_rm_vm_status(struct fake_rm *rm, uint16_t vmid, uint8_t state)
{
    const uint8_t payload[8] = {(uint8_t)vmid, (uint8_t)(vmid >> 8), 0, 0, state, 4, 0x34, 0x12};

    fake_rm_notifies(rm, 0x56100008, payload, sizeof(payload));
}

// An answer to every request.
static inline void fake_rm_ok(struct fake_rm *rm)
{
    fake_rm_replies(rm, 0, NULL, 0);
}

// ---- the queues --------------------------------------------------------------------------------------------------

static inline void fake_rm_moment(struct fake_rm *rm)
{
    rm->moment++;
    rm->room += rm->room_each_moment;
}

static inline void fake_rm_send(struct fake_rm *rm, struct gunyah_registers *r)
{
    rm->sends++;
    cr_assert_eq(r->x[1], (uint64_t)FAKE_RM_SEND_CAP);
    if (rm->send_error != 0) {
        *r = (struct gunyah_registers){{rm->send_error}};
        return;
    }
    if (rm->room == 0) {
        *r = (struct gunyah_registers){{61, 0}};
        return;
    }
    cr_assert(rm->sent_count < FAKE_RM_PACKETS && r->x[2] >= 8 && r->x[2] <= 240);
    struct fake_rm_packet *packet = &rm->sent[rm->sent_count++];
    packet->size = (size_t)r->x[2];
    packet->flags = r->x[4];
    memcpy(packet->bytes, (const void *)(uintptr_t)r->x[3], packet->size);
    rm->room--;
    *r = (struct gunyah_registers){{0, rm->room != 0}};

    const size_t first = (size_t)(fake_rm_request(rm) - rm->sent);
    if (rm->on_request != NULL && rm->sent_count - first == (size_t)(packet->bytes[1] >> 2) + 1)
        rm->on_request(rm);
}

static inline void fake_rm_receive(struct fake_rm *rm, struct gunyah_registers *r)
{
    cr_assert_eq(r->x[1], (uint64_t)FAKE_RM_RECEIVE_CAP);
    if (rm->receive_error != 0) {
        *r = (struct gunyah_registers){{rm->receive_error}};
        return;
    }
    if (rm->taken == rm->queued || rm->queue[rm->taken].visible > rm->moment) {
        *r = (struct gunyah_registers){{60, 0, 0}};
        return;
    }
    const struct fake_rm_packet *packet = &rm->queue[rm->taken];
    if (!rm->endless || rm->taken + 1 < rm->queued)
        rm->taken++;
    memcpy((void *)(uintptr_t)r->x[2], packet->bytes, packet->size);
    *r = (struct gunyah_registers){{0, rm->reported_size != 0 ? rm->reported_size : packet->size, 0}};
}

static inline void fake_rm_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                                struct gunyah_registers *registers)
{
    struct fake_rm *rm = context;

    switch (registers->x[0]) {
    case 0xc600801b:
        rm->fake.calls++;
        fake_rm_send(rm, registers);
        break;
    case 0xc600801c:
        rm->fake.calls++;
        fake_rm_receive(rm, registers);
        break;
    case 0xc600803b:
        rm->fake.calls++;
        rm->yields++;
        cr_assert(rm->yields < 100000, "it looks for ever");
        fake_rm_moment(rm);
        *registers = (struct gunyah_registers){{0}};
        break;
    default:
        fake_call(context, conduit, immediate, registers);
        break;
    }
}

static inline enum gunyah_error fake_rm_wait(void *context, const gunyah_virq_t *virqs, size_t count,
                                             uint64_t timeout_ns, size_t *index)
{
    fake_rm_moment(context);
    return fake_wait(context, virqs, count, timeout_ns, index);
}

// ---- the whole ---------------------------------------------------------------------------------------------------

static inline struct gunyah_rm_options fake_rm_options(void)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    options.send_cap = gunyah_capid(FAKE_RM_SEND_CAP);
    options.receive_cap = gunyah_capid(FAKE_RM_RECEIVE_CAP);
    return options;
}

// A session, without a connection.
static inline struct fake_rm *fake_rm_new(void)
{
    struct fake_rm *rm = calloc(1, sizeof(*rm));

    cr_assert(rm != NULL);
    fake_init(&rm->fake);
    rm->fake.backend.context = rm;
    rm->fake.ops.call = fake_rm_call;
    rm->fake.ops.hvc = NULL;
    rm->fake.ops.wait = fake_rm_wait;
    rm->room = SIZE_MAX;
    return rm;
}

static inline void fake_rm_connect(struct fake_rm *rm, const struct gunyah_rm_options *options)
{
    rm->g = fake_session(&rm->fake);
    cr_assert_eq(gunyah_rm_open(rm->g, options, &rm->rm), GUNYAH_OK);
}

// A connection as most tests want it: it yields and looks, and each look takes a microsecond.
static inline struct fake_rm *fake_rm_open(void)
{
    struct fake_rm *rm = fake_rm_new();
    const struct gunyah_rm_options options = fake_rm_options();

    rm->fake.ops.now = NULL;
    rm->fake.ops.wait = NULL;
    rm->fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_WAIT;
    rm->on_request = fake_rm_ok;
    fake_rm_connect(rm, &options);
    return rm;
}

static inline void fake_rm_close(struct fake_rm *rm)
{
    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&rm->g), GUNYAH_OK);
    free(rm);
}

#define FAKE_RM_TIMEOUT UINT64_C(100000) // a hundred looks

static inline enum gunyah_error fake_rm_ask(struct fake_rm *rm, uint32_t id, const void *request, size_t size)
{
    uint8_t reply[64];

    return gunyah_rm_call(rm->rm, id, request, size, reply, sizeof(reply), NULL, FAKE_RM_TIMEOUT);
}

#endif
