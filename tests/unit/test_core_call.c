// SPDX-License-Identifier: BSD-3-Clause
// The one place where a call leaves the library: encoding, counters, observer.
#include "fake_backend.h"

#include <string.h>

static void expect_registers(const struct gunyah_registers *actual, struct gunyah_registers expected)
{
    for (int i = 0; i < 8; i++)
        cr_expect(actual->x[i] == expected.x[i], "x%d is 0x%llx", i, (unsigned long long)actual->x[i]);
}

Test(core_call, encode_smccc)
{
    struct gunyah_registers r = {{99, 1, 2, 3, 4, 5, 6, 7}};

    cr_expect_eq(gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, 0x12, &r), 0);
    expect_registers(&r, (struct gunyah_registers){{0xc6008012, 1, 2, 3, 4, 5, 6, 7}});
}

Test(core_call, encode_immediate)
{
    struct gunyah_registers r = {{99, 1, 2, 3, 4, 5, 6, 7}};

    cr_expect_eq(gunyah_call_encode(GUNYAH_CONVENTION_IMMEDIATE, 0x12, &r), 0x6012);
    expect_registers(&r, (struct gunyah_registers){{1, 2, 3, 4, 5, 6, 7, 0}});
}

Test(core_call, encode_cuts_large_numbers)
{
    struct gunyah_registers r = {{0}};

    gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, 0x3fff, &r);
    cr_expect_eq(r.x[0], 0xc600bfff);
    gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, 0x4000, &r);
    cr_expect_eq(r.x[0], 0xc6008000);
    gunyah_call_encode(GUNYAH_CONVENTION_SMCCC, 0xffffffff, &r);
    cr_expect_eq(r.x[0], 0xc600bfff);
    cr_expect_eq(gunyah_call_encode(GUNYAH_CONVENTION_IMMEDIATE, 0x1ff, &r), 0x61ff);
    cr_expect_eq(gunyah_call_encode(GUNYAH_CONVENTION_IMMEDIATE, 0x200, &r), 0x6000);
    cr_expect_eq(gunyah_call_encode(GUNYAH_CONVENTION_IMMEDIATE, 0xffffffff, &r), 0x61ff);
}

Test(core_call, counters)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah *g = fake_session(&fake);
    const struct gunyah_counters *counters = gunyah_call_counters(g);
    struct gunyah_registers r = {{0}};

    cr_assert(counters != NULL);
    cr_expect_eq(gunyah_call_count(g), 2u, "the UID and the identity");
    cr_expect_eq(counters->by_number[0], 1u);
    cr_expect_eq(counters->others, 1u);
    gunyah_call(g, 0x12, &r);
    gunyah_call(g, 0x12, &r);
    gunyah_call(g, 127, &r);
    gunyah_call(g, 128, &r);
    gunyah_call(g, 0xfffffffe, &r);
    gunyah_smccc(g, &r);
    cr_expect_eq(gunyah_call_count(g), 8u);
    cr_expect_eq(counters->others, 4u);
    cr_expect_eq(counters->by_number[0x12], 2u);
    cr_expect_eq(counters->by_number[127], 1u);
    cr_expect_eq(counters->answered_by_observer, 0u);
    uint64_t numbered = 0;
    for (size_t i = 0; i < GUNYAH_COUNTED_CALLS; i++)
        numbered += counters->by_number[i];
    cr_expect_eq(numbered, 4u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect(gunyah_call_counters(NULL) == NULL);
    cr_expect_eq(gunyah_call_count(NULL), 0u);
}

Test(core_call, smccc_is_the_same_in_both_conventions)
{
    static const enum gunyah_convention conventions[] = {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONVENTION_IMMEDIATE};

    for (size_t i = 0; i < 2; i++) {
        struct fake fake;
        fake_init(&fake);
        struct gunyah_open_options options = fake_options(&fake);
        struct gunyah *g = NULL;
        struct gunyah_registers r = {{0x80000001, 1, 2, 3, 4, 5, 6, 7}};

        options.convention = conventions[i];
        cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
        fake_answers(&fake, 21, 22, 23);
        gunyah_smccc(g, &r);
        cr_expect_eq(fake.immediate, 0);
        expect_registers(&fake.sent, (struct gunyah_registers){{0x80000001, 1, 2, 3, 4, 5, 6, 7}});
        expect_registers(&r, (struct gunyah_registers){{21, 22, 23}});
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}

Test(core_call, conduit)
{
    struct fake fake;
    fake_init(&fake);
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;
    struct gunyah_registers r = {{0}};

    options.conduit = GUNYAH_CONDUIT_SMC;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    gunyah_call(g, 1, &r);
    cr_expect_eq(fake.conduit, GUNYAH_CONDUIT_SMC);
    gunyah_smccc(g, &r);
    cr_expect_eq(fake.conduit, GUNYAH_CONDUIT_SMC);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);

    options.conduit = GUNYAH_CONDUIT_DEFAULT;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_expect_eq(fake.conduit, GUNYAH_CONDUIT_HVC);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

// The backend's hvc is used where it does, and only there.
Test(core_call, straight)
{
    static const struct gunyah_observer nobody = {NULL, NULL, NULL};
    static const struct {
        enum gunyah_convention convention;
        enum gunyah_conduit conduit;
        const struct gunyah_observer *observer;
        bool straight;
    } rows[] = {
        {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_DEFAULT, NULL, true},
        {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC, NULL, true},
        {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC, NULL, false},
        {GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC, NULL, false},
        {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC, &nobody, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake fake;
        fake_init(&fake);
        struct gunyah_open_options options = fake_options(&fake);
        struct gunyah *g = NULL;
        struct gunyah_registers smccc = {{0x80000001, 1, 2, 3, 4, 5, 6, 7}};
        struct gunyah_registers r = {{99, 1, 2, 3, 4, 5, 6, 7}};

        options.convention = rows[i].convention;
        options.conduit = rows[i].conduit;
        options.observer = rows[i].observer;
        cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
        fake_answers(&fake, 21, 22, 23);
        gunyah_smccc(g, &smccc);
        cr_expect_eq(fake.straight, rows[i].straight ? 1u : 0u);
        cr_expect_eq(fake.sent.x[0], 0x80000001);
        cr_expect(!rows[i].straight || fake.number == GUNYAH_CALL_SMCCC);
        gunyah_call(g, 0x1234, &r);
        cr_expect_eq(fake.straight, rows[i].straight ? 2u : 0u);
        cr_expect(!rows[i].straight || (fake.number == 0x1234 && fake.sent.x[0] == 0xc6009234));
        expect_registers(&r, (struct gunyah_registers){{21, 22, 23}});
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}

// In either convention, registers that are in the form of SMCCC go out as those that are put into it.
Test(core_call, encoded)
{
    static const struct {
        enum gunyah_convention convention;
        uint16_t immediate;
        struct gunyah_registers sent;
    } rows[] = {
        {GUNYAH_CONVENTION_SMCCC, 0, {{0xc6008012, 1, 2, 3, 4, 5, 6, 7}}},
        {GUNYAH_CONVENTION_IMMEDIATE, 0x6012, {{1, 2, 3, 4, 5, 6, 7, 0}}},
    };

    for (size_t i = 0; i < 2; i++) {
        struct fake fake;
        fake_init(&fake);
        struct gunyah_open_options options = fake_options(&fake);
        struct gunyah *g = NULL;
        struct gunyah_registers r = {{0xc6008012, 1, 2, 3, 4, 5, 6, 7}};

        options.convention = rows[i].convention;
        cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
        gunyah_call_encoded(g, 0x12, &r);
        cr_expect_eq(fake.immediate, rows[i].immediate);
        expect_registers(&fake.sent, rows[i].sent);
        cr_expect_eq(gunyah_call_counters(g)->by_number[0x12], 1u);
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}

// ---- the observer ------------------------------------------------------------------------------------------------

struct watcher {
    unsigned before;
    unsigned after;
    uint64_t sequence; // of the last event
    uint32_t number;
    struct gunyah_registers call;
    struct gunyah_registers answer_before;
    struct gunyah_registers answer_after;
    bool spoil;     // scribble over the answer, and let the call go
    bool keep_back; // answer BUSY and 0x77
    bool rewrite;   // turn the answer into 0x88
};

static bool watch_before(void *context, const struct gunyah_call_event *event)
{
    struct watcher *watcher = context;

    watcher->before++;
    watcher->sequence = event->sequence;
    watcher->number = event->number;
    watcher->call = *event->call;
    watcher->answer_before = *event->answer;
    if (watcher->spoil)
        memset(event->answer, 0xee, sizeof(*event->answer));
    if (watcher->keep_back)
        *event->answer = (struct gunyah_registers){{31, 0x77}};
    return watcher->keep_back;
}

static void watch_after(void *context, const struct gunyah_call_event *event)
{
    struct watcher *watcher = context;

    watcher->after++;
    cr_expect_eq(event->sequence, watcher->sequence);
    cr_expect_eq(event->number, watcher->number);
    expect_registers(event->call, watcher->call);
    watcher->answer_after = *event->answer;
    if (watcher->rewrite)
        event->answer->x[1] = 0x88;
}

static struct gunyah *watched_session(struct fake *fake, struct watcher *watcher, enum gunyah_convention convention)
{
    struct gunyah_observer observer = {watcher, watch_before, watch_after};
    struct gunyah *g = NULL;

    fake_init(fake);
    struct gunyah_open_options options = fake_options(fake);
    options.observer = &observer;
    options.convention = convention;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    memset(&observer, 0, sizeof(observer)); // it was copied
    fake->calls = 0;
    return g;
}

Test(core_call, observer_sees_opening)
{
    struct fake fake;
    struct watcher watcher = {0};
    struct gunyah *g = watched_session(&fake, &watcher, GUNYAH_CONVENTION_DEFAULT);

    cr_expect_eq(watcher.before, 2u);
    cr_expect_eq(watcher.after, 2u);
    cr_expect_eq(watcher.sequence, 1u, "the first one is 0");
    cr_expect_eq(watcher.number, 0u);
    cr_expect_eq(watcher.call.x[0], 0xc6008000);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

// A call looks alike to the observer in both conventions.
Test(core_call, observer_sees_the_canonical_call)
{
    static const struct {
        enum gunyah_convention convention;
        uint16_t immediate;
        struct gunyah_registers sent;
    } rows[] = {
        {GUNYAH_CONVENTION_SMCCC, 0, {{0xc6008012, 1, 2, 3, 4, 5, 6, 7}}},
        {GUNYAH_CONVENTION_IMMEDIATE, 0x6012, {{1, 2, 3, 4, 5, 6, 7, 0}}},
    };

    for (size_t i = 0; i < 2; i++) {
        struct fake fake;
        struct watcher watcher = {0};
        struct gunyah *g = watched_session(&fake, &watcher, rows[i].convention);
        struct gunyah_registers r = {{99, 1, 2, 3, 4, 5, 6, 7}};

        watcher.spoil = true;
        fake_answers(&fake, 0, 21, 22);
        gunyah_call(g, 0x12, &r);
        cr_expect_eq(watcher.number, 0x12u);
        expect_registers(&watcher.call, (struct gunyah_registers){{0xc6008012, 1, 2, 3, 4, 5, 6, 7}});
        expect_registers(&watcher.answer_before, (struct gunyah_registers){{0xc6008012, 1, 2, 3, 4, 5, 6, 7}});
        expect_registers(&watcher.answer_after, (struct gunyah_registers){{0, 21, 22}});
        cr_expect_eq(fake.immediate, rows[i].immediate);
        expect_registers(&fake.sent, rows[i].sent);
        expect_registers(&r, (struct gunyah_registers){{0, 21, 22}});
        cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    }
}

Test(core_call, observer_keeps_a_call_back)
{
    struct fake fake;
    struct watcher watcher = {0};
    struct gunyah *g = watched_session(&fake, &watcher, GUNYAH_CONVENTION_IMMEDIATE);
    const uint64_t first = watcher.sequence + 1;
    const uint64_t before = gunyah_call_count(g);
    struct gunyah_registers r = {{0}};

    watcher.keep_back = true;
    const struct gunyah_doorbell_send_result sent = gunyah_hypercall_doorbell_send(g, gunyah_capid(5), 1);
    cr_expect_eq(sent.error, 31);
    cr_expect_eq(sent.old_flags, 0x77u);
    cr_expect_eq(fake.calls, 0u, "nothing left");
    cr_expect_eq(watcher.sequence, first);
    cr_expect_eq(watcher.answer_after.x[1], 0x77u, "after sees it too");
    cr_expect_eq(gunyah_call_counters(g)->by_number[0x12], 0u);
    cr_expect_eq(gunyah_call_counters(g)->answered_by_observer, 1u);
    gunyah_call(g, 128, &r);
    gunyah_smccc(g, &r);
    cr_expect_eq(gunyah_call_count(g), before);
    cr_expect_eq(gunyah_call_counters(g)->answered_by_observer, 3u);

    watcher.keep_back = false;
    gunyah_hypercall_doorbell_send(g, gunyah_capid(5), 1);
    cr_expect_eq(watcher.sequence, first + 3, "numbers have no gap");
    cr_expect_eq(fake.calls, 1u);
    cr_expect_eq(gunyah_call_count(g), before + 1);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_call, observer_changes_an_answer)
{
    struct fake fake;
    struct watcher watcher = {0};
    struct gunyah *g = watched_session(&fake, &watcher, GUNYAH_CONVENTION_SMCCC);

    watcher.rewrite = true;
    fake_answers(&fake, 0, 1, 0);
    cr_expect_eq(gunyah_hypercall_doorbell_send(g, gunyah_capid(5), 1).old_flags, 0x88u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_call, observer_sees_smccc)
{
    struct fake fake;
    struct watcher watcher = {0};
    struct gunyah *g = watched_session(&fake, &watcher, GUNYAH_CONVENTION_IMMEDIATE);
    struct gunyah_registers r = {{0x80000000, 1, 2}};

    gunyah_smccc(g, &r);
    cr_expect_eq(watcher.number, GUNYAH_CALL_SMCCC);
    expect_registers(&watcher.call, (struct gunyah_registers){{0x80000000, 1, 2}});
    expect_registers(&fake.sent, (struct gunyah_registers){{0x80000000, 1, 2}});
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}

Test(core_call, observer_functions_may_be_null)
{
    struct fake fake;
    fake_init(&fake);
    const struct gunyah_observer observer = {NULL, NULL, NULL};
    struct gunyah_open_options options = fake_options(&fake);
    struct gunyah *g = NULL;

    options.observer = &observer;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    fake_answers(&fake, 0, 5, 0);
    cr_expect_eq(gunyah_hypercall_doorbell_send(g, gunyah_capid(5), 1).old_flags, 5u);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
}
