// SPDX-License-Identifier: BSD-3-Clause
#include "typed_machine.h"
#include "machine.h"
#include "typed.h"

#include <gunyah/abi/names.h>
#include <recording.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMCCC_NUMBERS UINT64_C(0x7fff)

// A call of the recording, on its way through the library and back.
struct passage {
    uint32_t number;
    const uint64_t *arguments;
    unsigned first; // register of the first argument
    struct machine_state *state;
    enum gunyah_model_conduit conduit;
    uint16_t immediate;
    enum machine_outcome outcome;
    bool made;
};

struct typed_machine {
    struct machine machine; // first
    struct machine *model;
    struct gunyah_backend backend;
    struct gunyah *by_smccc;
    struct gunyah *by_immediate;
    struct passage *passage;
    unsigned long *calls;
    char broken[160];
};

static struct typed_machine *typed_of(struct machine *machine)
{
    return (struct typed_machine *)machine;
}

static void breaks(struct typed_machine *machine, const struct passage *passage, const char *how)
{
    snprintf(machine->broken, sizeof(machine->broken), "%s: %s", gunyah_call_name(passage->number), how);
    machine->machine.broken = machine->broken;
}

// ---- what the library calls --------------------------------------------------------------------------------------

static bool same_arguments(const struct passage *passage, const struct gunyah_registers *registers)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(passage->number);

    for (unsigned i = 0; i < shape->argument_count; i++) {
        if (registers->x[passage->first + i] != passage->arguments[i])
            return false;
    }
    return true;
}

// Calls that open a session belong to no recording.
static void call_model(void *context, enum gunyah_conduit conduit, uint16_t immediate,
                       struct gunyah_registers *registers)
{
    struct typed_machine *machine = context;
    struct passage *passage = machine->passage;
    struct machine_state state = {.next = 0};

    (void)conduit;
    if (passage == NULL) {
        memcpy(state.x, registers->x, sizeof(registers->x));
        machine->model->ops->call(machine->model, GUNYAH_MODEL_HVC, immediate, &state);
        memcpy(registers->x, state.x, sizeof(registers->x));
        return;
    }
    if (passage->made)
        breaks(machine, passage, "the library makes more than one call");
    if (immediate != passage->immediate || !same_arguments(passage, registers))
        breaks(machine, passage, "the library passes other arguments");
    passage->made = true;
    passage->outcome = machine->model->ops->call(machine->model, passage->conduit, passage->immediate, passage->state);
    memcpy(registers->x, passage->state->x, sizeof(registers->x));
}

static const struct gunyah_backend_ops backend_ops = {
    .size = sizeof(struct gunyah_backend_ops),
    .name = "recording",
    .capabilities = GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_PROBE_IMMEDIATE,
    .call = call_model,
};

static struct gunyah *open_session(struct typed_machine *machine, enum gunyah_convention convention)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = &machine->backend;
    options.convention = convention;
    gunyah_open(&options, &g);
    return g;
}

// ---- what the recording calls ------------------------------------------------------------------------------------

static const struct typed_call *find_in(const struct typed_call *calls, uint32_t number)
{
    while (calls->make != NULL && calls->number != number)
        calls++;
    return calls->make != NULL ? calls : NULL;
}

static const struct typed_call *find(uint32_t number)
{
    static const struct typed_call *const tables[] = {typed_capabilities, typed_devices, typed_memory, typed_pairs,
                                                      typed_vcpus};
    const struct typed_call *call = NULL;

    for (size_t i = 0; call == NULL && i < sizeof(tables) / sizeof(tables[0]); i++)
        call = find_in(tables[i], number);
    return call;
}

// Which call it is, and where its arguments begin. False: it is another one than the table has.
static bool decode(struct passage *passage)
{
    const uint64_t id = passage->state->x[0];

    if (passage->conduit != GUNYAH_MODEL_HVC)
        return false;
    if (passage->immediate != 0) {
        passage->number = (uint32_t)passage->immediate - GUNYAH_IMMEDIATE_BASE;
        passage->first = 0;
    } else {
        passage->number = (uint32_t)(id & SMCCC_NUMBERS);
        passage->first = 1;
        if ((id & ~SMCCC_NUMBERS) != GUNYAH_SMCCC_BASE)
            return false;
    }
    return passage->number < GUNYAH_HYPERCALL_TABLE_SIZE && gunyah_call_info(passage->number) != NULL;
}

// The hypervisor looks at 32 bits, and functions have parameters of that size.
static bool is_narrow(const char *type)
{
    static const char *const narrow[] = {"u32", "virq", "cap_rights", "count"};

    for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++) {
        if (strcmp(type, narrow[i]) == 0)
            return true;
    }
    return false;
}

static bool can_say(const struct passage *passage, const struct typed_call *call)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(passage->number);

    if (call->can_say != NULL)
        return call->can_say(passage->arguments);
    for (unsigned i = 0; i < shape->argument_count; i++) {
        const char *type = shape->arguments[i].type;
        if (passage->arguments[i] != 0 && strcmp(type, "reserved") == 0)
            return false;
        if (passage->arguments[i] > UINT32_MAX && is_narrow(type))
            return false;
    }
    return true;
}

// No message is empty: success without a size means that the hypervisor could not write to the buffer.
static enum gunyah_error expected_error(const struct passage *passage)
{
    const uint64_t *x = passage->state->x;

    if (passage->number == GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE && (int32_t)x[0] == GUNYAH_HVERR_OK && x[1] == 0)
        return GUNYAH_ERR_ADDR_INVALID;
    // The state is told then too.
    if (passage->number == GUNYAH_HYPERCALL_VCPU_RUN_CHECK && (int32_t)x[0] == GUNYAH_HVERR_BUSY)
        return GUNYAH_OK;
    return gunyah_error_from_hypervisor((int32_t)x[0]);
}

static void compare(struct typed_machine *machine, const struct passage *passage, const struct typed_answer *answer)
{
    if (answer->error != expected_error(passage)) {
        breaks(machine, passage, "the library tells another error than the hypervisor");
        return;
    }
    for (unsigned i = 0; i < answer->count; i++) {
        if (answer->results[i] != passage->state->x[1 + i])
            breaks(machine, passage, "the library tells another result than the hypervisor");
    }
}

static enum machine_outcome call(struct machine *base, enum gunyah_model_conduit conduit, uint16_t immediate,
                                 struct machine_state *state)
{
    struct typed_machine *machine = typed_of(base);
    struct passage passage = {.state = state, .conduit = conduit, .immediate = immediate};
    const bool is_known = decode(&passage);
    const struct typed_call *typed = is_known ? find(passage.number) : NULL;
    uint64_t arguments[8];
    struct typed_answer answer = {.error = GUNYAH_OK};

    memcpy(arguments, &state->x[passage.first], sizeof(arguments));
    passage.arguments = arguments;
    if (typed == NULL || !can_say(&passage, typed))
        return machine->model->ops->call(machine->model, conduit, immediate, state);
    ++*machine->calls;
    machine->passage = &passage;
    typed->make(passage.first == 1 ? machine->by_smccc : machine->by_immediate, arguments, &answer);
    machine->passage = NULL;
    if (passage.made) {
        if (passage.outcome == MACHINE_RETURNED)
            compare(machine, &passage, &answer);
        return passage.outcome;
    }
    const enum machine_outcome outcome = machine->model->ops->call(machine->model, conduit, immediate, state);
    if (outcome == MACHINE_RETURNED && (int32_t)state->x[0] == GUNYAH_HVERR_OK && !typed->is_strict)
        breaks(machine, &passage, "the library refuses what the hypervisor takes");
    return outcome;
}

// ---- everything else is the model's ------------------------------------------------------------------------------

static bool start(struct machine *base, bool stock)
{
    struct typed_machine *machine = typed_of(base);
    const bool started = machine->model->ops->start(machine->model, stock);

    base->caps = machine->model->caps;
    base->broken = NULL;
    return started;
}

static void free_machine(struct machine *base)
{
    struct typed_machine *machine = typed_of(base);

    gunyah_close(&machine->by_smccc);
    gunyah_close(&machine->by_immediate);
    machine_free(machine->model);
    free(machine);
}

static bool read_bytes(struct machine *base, uint64_t address, void *to, size_t size)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->read(model, address, to, size);
}

static bool write_bytes(struct machine *base, uint64_t address, const void *from, size_t size)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->write(model, address, from, size);
}

static uint64_t load(struct machine *base, uint64_t address, unsigned int size, uint64_t *value)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->load(model, address, size, value);
}

static uint64_t store(struct machine *base, uint64_t address, unsigned int size, uint64_t value)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->store(model, address, size, value);
}

static bool virq_set_trigger(struct machine *base, uint32_t virq, bool edge)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->virq_set_trigger(model, virq, edge);
}

static void virq_enable(struct machine *base, uint32_t virq, bool enable)
{
    struct machine *model = typed_of(base)->model;

    model->ops->virq_enable(model, virq, enable);
}

static bool virq_pending(struct machine *base, uint32_t virq)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->virq_pending(model, virq);
}

static void virq_clear(struct machine *base, uint32_t virq)
{
    struct machine *model = typed_of(base)->model;

    model->ops->virq_clear(model, virq);
}

static uint32_t virq_acknowledge(struct machine *base)
{
    struct machine *model = typed_of(base)->model;

    return model->ops->virq_acknowledge(model);
}

static void virq_end(struct machine *base, uint32_t virq)
{
    struct machine *model = typed_of(base)->model;

    model->ops->virq_end(model, virq);
}

static void wait_for(struct machine *base, uint64_t nanoseconds)
{
    struct machine *model = typed_of(base)->model;

    model->ops->wait(model, nanoseconds);
}

static const struct machine_ops ops = {
    .start = start,
    .free = free_machine,
    .call = call,
    .read = read_bytes,
    .write = write_bytes,
    .load = load,
    .store = store,
    .virq_set_trigger = virq_set_trigger,
    .virq_enable = virq_enable,
    .virq_pending = virq_pending,
    .virq_clear = virq_clear,
    .virq_acknowledge = virq_acknowledge,
    .virq_end = virq_end,
    .wait = wait_for,
};

struct machine *machine_new_typed(unsigned long *calls)
{
    struct typed_machine *machine = calloc(1, sizeof(*machine));

    if (machine == NULL)
        return NULL;
    machine->machine.ops = &ops;
    machine->backend = (struct gunyah_backend){&backend_ops, machine};
    machine->calls = calls;
    machine->model = machine_new_model();
    if (machine->model != NULL && machine->model->ops->start(machine->model, false)) {
        machine->by_smccc = open_session(machine, GUNYAH_CONVENTION_SMCCC);
        machine->by_immediate = open_session(machine, GUNYAH_CONVENTION_IMMEDIATE);
    }
    if (machine->by_smccc != NULL && machine->by_immediate != NULL)
        return &machine->machine;
    if (machine->model != NULL)
        machine_free(machine->model);
    gunyah_close(&machine->by_smccc);
    free(machine);
    return NULL;
}
