// SPDX-License-Identifier: BSD-3-Clause
// A Resource Manager that follows a script: what it answers to each request, one after the other, and what it tells before
// and after. Requests can be looked at afterwards, byte by byte.
#ifndef GUNYAH_TESTS_SCRIPTED_RM_H
#define GUNYAH_TESTS_SCRIPTED_RM_H

#include "fake_rm.h"

#define SCRIPT_REPLIES 64
#define SCRIPT_VMID 0x85 // the VM that the tests are about
#define SCRIPT_NO_STATE 0xff

struct script_reply {
    uint32_t error;
    uint8_t data[400];
    size_t size;
    bool silent;                      // no reply at all
    uint8_t before;                   // state that it tells before the reply
    uint8_t after;                    // and after it
    void (*more)(struct fake_rm *rm); // also before the reply; may be null
};

struct script {
    struct script_reply replies[SCRIPT_REPLIES];
    size_t count;
    size_t next;
};

static struct script script;

// To everything that is not in the script it says OK.
static inline void script_answers(struct fake_rm *rm)
{
    if (script.next == script.count) {
        fake_rm_ok(rm);
        return;
    }
    const struct script_reply *reply = &script.replies[script.next++];
    if (reply->before != SCRIPT_NO_STATE)
        fake_rm_vm_status(rm, SCRIPT_VMID, reply->before);
    if (reply->more != NULL)
        reply->more(rm);
    if (!reply->silent)
        fake_rm_replies(rm, reply->error, reply->data, reply->size);
    if (reply->after != SCRIPT_NO_STATE)
        fake_rm_vm_status(rm, SCRIPT_VMID, reply->after);
}

// The next request that is not in the script yet.
static inline struct script_reply *script_reply(uint32_t error, const void *data, size_t size)
{
    cr_assert(script.count < SCRIPT_REPLIES && size <= sizeof(script.replies[0].data));
    struct script_reply *reply = &script.replies[script.count++];

    *reply = (struct script_reply){.error = error, .size = size, .before = SCRIPT_NO_STATE, .after = SCRIPT_NO_STATE};
    if (size != 0)
        memcpy(reply->data, data, size);
    return reply;
}

static inline struct script_reply *script_error(uint32_t error)
{
    return script_reply(error, NULL, 0);
}

static inline struct script_reply *script_word(uint32_t word)
{
    return script_reply(0, &word, sizeof(word));
}

// A connection, with a short patience.
static inline struct fake_rm *script_open(void)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    script = (struct script){.count = 0};
    rm->fake.ops.now = NULL;
    rm->fake.ops.wait = NULL;
    rm->fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_WAIT;
    rm->on_request = script_answers;
    options.default_timeout_ns = FAKE_RM_TIMEOUT;
    fake_rm_connect(rm, &options);
    return rm;
}

// The VM of the tests, as it was found.
static inline struct gunyah_vm *script_vm(struct fake_rm *rm, uint8_t state)
{
    struct gunyah_vm *vm = NULL;

    script_word(state);
    cr_assert_eq(gunyah_vm_open(gunyah_rm_vmm(rm->rm), (gunyah_vmid_t){SCRIPT_VMID}, &vm), GUNYAH_OK);
    return vm;
}

static inline void script_close(struct fake_rm *rm, struct gunyah_vm **vm)
{
    cr_expect_eq(script.next, script.count, "%zu of %zu replies", script.next, script.count);
    if (vm != NULL)
        cr_expect_eq(gunyah_vm_close(vm), GUNYAH_OK);
    fake_rm_close(rm);
}

// ---- what was sent -----------------------------------------------------------------------------------------------

static inline bool script_begins(const struct fake_rm_packet *packet)
{
    return (packet->bytes[1] & 3) == REQUEST;
}

static inline size_t script_requests(const struct fake_rm *rm)
{
    size_t count = 0;

    for (size_t i = 0; i < rm->sent_count; i++)
        count += script_begins(&rm->sent[i]);
    return count;
}

// The payload of a request, counted from 0.
static inline size_t script_payload(const struct fake_rm *rm, size_t which, uint32_t *id, uint8_t payload[63 * 232])
{
    size_t i = 0;
    size_t size = 0;

    for (which++; i < rm->sent_count; i++) {
        which -= script_begins(&rm->sent[i]);
        if (which == 0)
            break;
    }
    cr_assert(i < rm->sent_count, "no such request");
    *id = rm->sent[i].bytes[4] | (uint32_t)rm->sent[i].bytes[5] << 8 | (uint32_t)rm->sent[i].bytes[6] << 16 |
          (uint32_t)rm->sent[i].bytes[7] << 24;
    do {
        memcpy(payload + size, rm->sent[i].bytes + 8, rm->sent[i].size - 8);
        size += rm->sent[i].size - 8;
        i++;
    } while (i < rm->sent_count && !script_begins(&rm->sent[i]));
    return size;
}

static inline uint32_t script_id(const struct fake_rm *rm, size_t which)
{
    static uint8_t payload[63 * 232];
    uint32_t id;

    script_payload(rm, which, &id, payload);
    return id;
}

// The last request was this, and nothing else.
static inline void script_sent(const struct fake_rm *rm, uint32_t id, const void *bytes, size_t size)
{
    static uint8_t payload[63 * 232];
    uint32_t sent_id;
    const size_t sent = script_payload(rm, script_requests(rm) - 1, &sent_id, payload);

    cr_expect_eq(sent_id, id, "%#x, not %#x", sent_id, id);
    cr_assert_eq(sent, size, "%zu bytes, not %zu", sent, size);
    if (size != 0)
        cr_expect_arr_eq(payload, bytes, size);
}

#define SCRIPT_SENT(rm, id, ...)                                                                                       \
    do {                                                                                                               \
        const uint8_t expected_[] = {__VA_ARGS__};                                                                     \
        script_sent(rm, id, expected_, sizeof(expected_));                                                             \
    } while (0)

// What failed, in the words of gunyah_last_error().
static inline void script_failed(const struct fake_rm *rm, enum gunyah_domain domain, int64_t code, const char *call)
{
    const struct gunyah_error_info *info = gunyah_last_error(rm->g);

    cr_expect_eq(info->domain, domain);
    cr_expect_eq(info->code, code);
    cr_expect_str_eq(info->call, call);
    cr_expect(strlen(info->advice) > 10, "%s has no advice", info->call);
}

#endif
