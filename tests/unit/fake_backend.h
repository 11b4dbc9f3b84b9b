// SPDX-License-Identifier: BSD-3-Clause
// A backend for the unit tests of the core: it answers what the test says, and counts what reaches it.
#ifndef GUNYAH_TESTS_FAKE_BACKEND_H
#define GUNYAH_TESTS_FAKE_BACKEND_H

#include <gunyah/gunyah.h>

#include <criterion/criterion.h>
#include <stdlib.h>

#define FAKE_ANSWERS 16

struct fake {
    struct gunyah_backend_ops ops; // may be changed before the session is opened
    struct gunyah_backend backend;

    // Who answers while the session is opened.
    bool answers_smccc;
    bool answers_immediate;
    struct gunyah_registers uid;
    struct gunyah_registers identity;
    bool found; // by probe
    enum gunyah_error open_error;

    // What later calls answer, one after the other; the last one for ever.
    struct gunyah_registers answers[FAKE_ANSWERS];
    size_t answer_count;
    size_t next_answer;

    // What waits answer, one after the other; the last one for ever. Each one takes a while.
    enum gunyah_error waits[FAKE_ANSWERS];
    size_t wait_count;
    size_t next_wait;
    uint64_t wait_ns;
    uint64_t now;

    // What reached it.
    unsigned probes;
    unsigned opens;
    unsigned closes;
    unsigned calls;    // all of them
    unsigned straight; // those by hvc
    uint32_t number;   // that hvc was told
    unsigned waited;
    enum gunyah_conduit conduit;
    uint16_t immediate;
    struct gunyah_registers sent;
    gunyah_virq_t wait_virq;
    uint64_t timeouts[FAKE_ANSWERS];
};

static inline bool fake_probe(void *context)
{
    struct fake *fake = context;

    fake->probes++;
    return fake->found;
}

static inline enum gunyah_error fake_open(void *context)
{
    struct fake *fake = context;

    fake->opens++;
    return fake->open_error;
}

static inline void fake_close(void *context)
{
    struct fake *fake = context;

    fake->closes++;
}

static inline struct gunyah_registers fake_answer(struct fake *fake, uint16_t immediate, uint64_t x0)
{
    const struct gunyah_registers nobody = {{UINT64_MAX}};

    if (immediate == 0 ? !fake->answers_smccc : !fake->answers_immediate)
        return nobody;
    if (immediate == 0 && x0 == 0x8600ff01)
        return fake->uid;
    if (immediate == 0x6000 || (immediate == 0 && x0 == 0xc6008000))
        return fake->identity;
    if (fake->answer_count == 0)
        return (struct gunyah_registers){{0}};
    const size_t i = fake->next_answer;
    if (i + 1 < fake->answer_count)
        fake->next_answer++;
    return fake->answers[i];
}

static inline void fake_call(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                             struct gunyah_registers *registers)
{
    struct fake *fake = context;

    fake->calls++;
    fake->conduit = conduit;
    fake->immediate = immediate;
    fake->sent = *registers;
    *registers = fake_answer(fake, immediate, registers->x[0]);
}

static inline void fake_hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct fake *fake = context;

    fake->straight++;
    fake->number = number;
    fake_call(context, GUNYAH_CONDUIT_HVC, 0, registers);
}

static inline enum gunyah_error fake_wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                                          size_t *index)
{
    struct fake *fake = context;
    const size_t i = fake->next_wait;

    if (fake->waited < FAKE_ANSWERS)
        fake->timeouts[fake->waited] = timeout_ns;
    fake->waited++;
    cr_assert(fake->waited < 1000, "it waits for ever");
    fake->wait_virq = virqs[0];
    fake->now += fake->wait_ns;
    if (i + 1 < fake->wait_count)
        fake->next_wait++;
    if (index != NULL)
        *index = count - 1;
    return fake->waits[i];
}

static inline uint64_t fake_now(void *context)
{
    const struct fake *fake = context;

    return fake->now;
}

// A hypervisor as the open one, in both conventions; everything it is asked succeeds.
static inline void fake_init(struct fake *fake)
{
    *fake = (struct fake){
        .ops =
            {
                .size = sizeof(struct gunyah_backend_ops),
                .name = "fake",
                .capabilities =
                    GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_WAIT | GUNYAH_BACKEND_SMC | GUNYAH_BACKEND_PROBE_IMMEDIATE,
                .probe = fake_probe,
                .open = fake_open,
                .close = fake_close,
                .call = fake_call,
                .hvc = fake_hvc,
                .wait = fake_wait,
                .now = fake_now,
            },
        .answers_smccc = true,
        .answers_immediate = true,
        .uid = {{0xcd8fd5c1, 0xdb5f53a4, 0x36ce6592, 0x145f3d67}},
        .identity = {{0x5100000000008001, 0x10000eff, 0, 0}},
        .found = true,
    };
    fake->backend = (struct gunyah_backend){&fake->ops, fake};
}

static inline struct gunyah_open_options fake_options(struct fake *fake)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = &fake->backend;
    return options;
}

// Open a session; what opening it took is not counted.
static inline struct gunyah *fake_session(struct fake *fake)
{
    const struct gunyah_open_options options = fake_options(fake);
    struct gunyah *g = NULL;

    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_assert(g != NULL);
    fake->calls = 0;
    return g;
}

// From now on, every call answers this.
static inline void fake_answers(struct fake *fake, uint64_t x0, uint64_t x1, uint64_t x2)
{
    fake->answers[0] = (struct gunyah_registers){{x0, x1, x2}};
    fake->answer_count = 1;
    fake->next_answer = 0;
}

// After what the other answers of calls.
static inline void fake_then_answers(struct fake *fake, uint64_t x0, uint64_t x1, uint64_t x2)
{
    cr_assert(fake->answer_count < FAKE_ANSWERS);
    fake->answers[fake->answer_count++] = (struct gunyah_registers){{x0, x1, x2}};
}

// malloc with a count of what lives, and a request that fails.
struct counter {
    struct gunyah_allocator allocator;
    size_t live; // bytes
    unsigned requests;
    unsigned fail_at; // request that fails, from 1 on; 0: none
};

static inline void *counter_allocate(void *context, size_t size)
{
    struct counter *counter = context;

    if (++counter->requests == counter->fail_at)
        return NULL;
    counter->live += size;
    return malloc(size);
}

static inline void counter_release(void *context, void *memory, size_t size)
{
    struct counter *counter = context;

    cr_expect(memory != NULL);
    counter->live -= size;
    free(memory);
}

static inline void counter_init(struct counter *counter)
{
    *counter = (struct counter){.allocator = {counter, counter_allocate, counter_release}};
}

#endif
