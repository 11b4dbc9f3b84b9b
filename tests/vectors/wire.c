// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

#include <string.h>

static const struct form {
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
    bool straight; // by the backend's hvc
} forms[] = {
    {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC, false},
    {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC, true},
    {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC, false},
    {GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC, false},
};

// Only the low half of x0 counts: one convention extends the sign, the other one does not.
static const struct error_form {
    uint64_t x0;
    int32_t error;
} error_forms[] = {
    {0x0000000000000000, 0},  {0xffffffffffffffff, -1}, {0x00000000ffffffff, -1}, {0xfffffffffffffffe, -2},
    {0x00000000fffffffe, -2}, {0x0000000000000028, 40}, {0xfeedface00000028, 40}, {0x0000000000000079, 121},
};

static void call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    struct wire *wire = context;

    wire->calls++;
    wire->conduit = conduit;
    wire->immediate = immediate;
    wire->sent = *registers;
    *registers = wire->answer;
}

// While the session is opened: the UID of the open hypervisor, then its identity.
static void call_while_opening(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                               struct gunyah_registers *registers)
{
    struct wire *wire = context;

    if (wire->g != NULL) {
        call(context, conduit, immediate, registers);
        return;
    }
    if (immediate == 0 && registers->x[0] == 0x8600ff01)
        *registers = (struct gunyah_registers){{0xcd8fd5c1, 0xdb5f53a4, 0x36ce6592, 0x145f3d67}};
    else
        *registers = (struct gunyah_registers){{0x5100000000008001, 0x10000eff, 0, 0}};
}

static void call_straight(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct wire *wire = context;

    wire->straight++;
    if (number == GUNYAH_CALL_SMCCC)
        cr_expect_eq(registers->x[0] >> 16, 0x8600u, "a fast call of the vendor's hypervisor service");
    else
        cr_expect_eq(registers->x[0], 0xc6008000 + number);
    call(context, GUNYAH_CONDUIT_HVC, 0, registers);
}

static void reset_answer(struct wire *wire, const struct error_form *form)
{
    wire->error = form->error;
    wire->answer =
        (struct gunyah_registers){{form->x0, 0x1111111181111111, 0x2222222282222222, 0x3333333383333333,
                                   0x4444444484444444, 0x5555555585555555, 0x6666666686666666, 0x7777777787777777}};
}

static void run_form(struct wire *wire, const struct form *form, const struct error_form *error_form,
                     void (*group)(struct wire *wire))
{
    const struct gunyah_backend_ops ops = {
        .size = sizeof(ops),
        .name = "wire",
        .capabilities = GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_SMC,
        .call = call_while_opening,
        .hvc = form->straight ? call_straight : NULL,
    };
    const struct gunyah_backend backend = {&ops, wire};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = &backend;
    options.convention = form->convention;
    options.conduit = form->conduit;
    reset_answer(wire, error_form);
    cr_assert_eq(gunyah_open(&options, &wire->g), GUNYAH_OK);
    wire->calls = 0;
    group(wire);
    cr_expect_eq(wire->straight != 0, form->straight);
    wire->straight = 0;
    gunyah_close(&wire->g);
}

void gunyah_wire_run(void (*group)(struct wire *wire))
{
    struct wire wire = {0};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        for (size_t j = 0; j < sizeof(error_forms) / sizeof(error_forms[0]); j++)
            run_form(&wire, &forms[i], &error_forms[j], group);
    }
}

void gunyah_wire_cover(struct wire *wire, void (*group)(struct wire *wire))
{
    run_form(wire, &forms[0], &error_forms[0], group);
}

void gunyah_wire_answer(struct wire *wire, uint64_t x1, uint64_t x2)
{
    wire->answer.x[1] = x1;
    wire->answer.x[2] = x2;
}

static struct gunyah_identity identity_of(const struct wire *wire)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;

    cr_assert_eq(gunyah_identify(wire->g, &identity), GUNYAH_OK);
    return identity;
}

// How a call must be on the wire: in the form of SMCCC, or with its number in the immediate.
static void expect_registers(const struct wire *wire, const char *name, bool smccc, uint16_t immediate,
                             uint32_t function_id, const struct words *words)
{
    uint64_t expected[8] = {0};

    if (smccc)
        expected[0] = function_id;
    memcpy(expected + (smccc ? 1 : 0), words->x, sizeof(words->x));
    for (unsigned i = 0; i < 8; i++)
        cr_expect(wire->sent.x[i] == expected[i], "%s: x%u is 0x%llx, not 0x%llx", name, i,
                  (unsigned long long)wire->sent.x[i], (unsigned long long)expected[i]);
    cr_expect_eq(wire->immediate, smccc ? 0 : immediate, "%s: immediate 0x%x", name, wire->immediate);
    cr_expect_eq(wire->conduit, identity_of(wire).conduit, "%s: conduit", name);
}

// The name and the number of words that decoders work with.
static void expect_description(const char *name, uint32_t number, unsigned arguments, unsigned results)
{
    const struct gunyah_call_shape *info = gunyah_call_info(number);

    cr_assert(info != NULL, "%s is not described", name);
    cr_expect_str_eq(info->name, name);
    cr_expect_eq(info->number, number, "%s: number", name);
    cr_expect_eq(info->argument_count, arguments, "%s: arguments", name);
    cr_expect_eq(info->result_count, results, "%s: results", name);
}

void gunyah_wire_expect(struct wire *wire, int32_t error, const char *name, uint16_t immediate, uint32_t function_id,
                        unsigned results, struct words words)
{
    const uint32_t number = function_id & 0x7f;
    const bool smccc = identity_of(wire).convention == GUNYAH_CONVENTION_SMCCC;

    expect_registers(wire, name, smccc, immediate, function_id, &words);
    expect_description(name, number, words.count, results);
    cr_expect_eq(wire->calls, 1u, "%s: %u calls", name, wire->calls);
    cr_expect_eq(error, wire->error, "%s: error %d", name, error);
    wire->calls = 0;
    wire->covered[number] = true;
}

void gunyah_wire_expect_fast(struct wire *wire, enum gunyah_error error, const char *name, uint32_t function_id,
                             struct words words)
{
    expect_registers(wire, name, true, 0, function_id, &words);
    cr_expect_eq(wire->calls, 1u, "%s: %u calls", name, wire->calls);
    cr_expect_eq(error, gunyah_error_from_hypervisor(wire->error), "%s: %s", name, gunyah_error_name(error));
    if (error != GUNYAH_OK)
        cr_expect_eq(gunyah_last_error(wire->g)->code, wire->error, "%s: the raw code", name);
    wire->calls = 0;
}
