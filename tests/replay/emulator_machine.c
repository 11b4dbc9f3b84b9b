// SPDX-License-Identifier: BSD-3-Clause
// The guest at EL1 of an emulated machine: an agent there does what it is asked to. The emulator goes on from recording to
// recording, unless the guest did not come back from a call.
#include "emulator_machine.h"
#include "../el2/protocol.h"
#include "emulator.h"
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct emulator_machine {
    struct machine machine; // first
    struct emulator emulator;
    enum machine_outcome ended; // with this outcome, if not MACHINE_RETURNED: until it is booted again
};

static struct emulator_machine *emulator_of(struct machine *machine)
{
    return (struct emulator_machine *)machine;
}

static void note_end(struct emulator_machine *machine)
{
    const int status = emulator_stop(&machine->emulator);
    if (status == EL2_EXIT_CRASHED) {
        machine->ended = MACHINE_PANICKED;
    } else if (status == EL2_EXIT_POWERED_OFF) {
        machine->ended = MACHINE_HUNG;
    } else {
        fprintf(stderr, "replay: %s: ended with status %d\n", machine->emulator.command, status);
        machine->machine.broken = "the machine does not answer";
    }
}

/** Ask the agent, and get its first word. All ones: there is no agent any more. */
static uint64_t ask(struct machine *machine, enum agent_operation operation, struct agent_message *message)
{
    struct emulator_machine *emulator = emulator_of(machine);
    message->operation = operation;
    if (emulator->emulator.process != 0 && emulator_ask(&emulator->emulator, message))
        return message->w[0];
    if (emulator->emulator.process != 0)
        note_end(emulator);
    return UINT64_MAX;
}

static bool start(struct machine *machine, bool stock)
{
    struct emulator_machine *emulator = emulator_of(machine);
    struct agent_message message = {.w = {stock}};
    if (emulator->emulator.process == 0 && !emulator_start(&emulator->emulator))
        return false;
    emulator->ended = MACHINE_RETURNED;
    machine->broken = NULL;
    if (ask(machine, AGENT_BOOT, &message) != 0)
        return false;
    memcpy(&machine->caps, &message.u.state.x[1], sizeof(machine->caps));
    return true;
}

static void free_emulator(struct machine *machine)
{
    emulator_stop(&emulator_of(machine)->emulator);
    free(machine);
}

static enum machine_outcome call(struct machine *machine, enum gunyah_model_conduit conduit, uint16_t immediate,
                                 struct machine_state *state)
{
    struct agent_message message = {.w = {conduit, immediate}};
    struct guest_state *guest = &message.u.state;
    memcpy(guest->x, state->x, sizeof(guest->x));
    memcpy(guest->q, state->q, sizeof(guest->q));
    guest->nzcv = state->nzcv;
    ask(machine, AGENT_CALL, &message);
    *state = (struct machine_state){
        .next = guest->next, .sp_before = guest->sp_before, .sp_after = guest->sp_after, .nzcv = guest->nzcv};
    memcpy(state->x, guest->x, sizeof(state->x));
    memcpy(state->q, guest->q, sizeof(state->q));
    return emulator_of(machine)->ended;
}

static size_t within_message(size_t size)
{
    return size < AGENT_BYTES ? size : AGENT_BYTES;
}

static bool read_bytes(struct machine *machine, uint64_t address, void *to, size_t size)
{
    for (size_t done = 0; done < size; done += within_message(size - done)) {
        struct agent_message message = {.w = {address + done, within_message(size - done)}};
        if (ask(machine, AGENT_READ, &message) != 0)
            return false;
        memcpy((uint8_t *)to + done, message.u.bytes, within_message(size - done));
    }
    return true;
}

static bool write_bytes(struct machine *machine, uint64_t address, const void *from, size_t size)
{
    for (size_t done = 0; done < size; done += within_message(size - done)) {
        struct agent_message message = {.w = {address + done, within_message(size - done)}};
        memcpy(message.u.bytes, (const uint8_t *)from + done, within_message(size - done));
        if (ask(machine, AGENT_WRITE, &message) != 0)
            return false;
    }
    return true;
}

static uint64_t load(struct machine *machine, uint64_t address, unsigned int size, uint64_t *value)
{
    struct agent_message message = {.w = {address, size}};
    const uint64_t syndrome = ask(machine, AGENT_LOAD, &message);
    *value = message.w[1];
    return syndrome;
}

static uint64_t store(struct machine *machine, uint64_t address, unsigned int size, uint64_t value)
{
    struct agent_message message = {.w = {address, size, value}};
    return ask(machine, AGENT_STORE, &message);
}

static bool virq_set_trigger(struct machine *machine, uint32_t virq, bool edge)
{
    struct agent_message message = {.w = {virq, edge}};
    return ask(machine, AGENT_SET_TRIGGER, &message) == 1;
}

static void virq_enable(struct machine *machine, uint32_t virq, bool enable)
{
    struct agent_message message = {.w = {virq, enable}};
    ask(machine, AGENT_ENABLE, &message);
}

static bool virq_pending(struct machine *machine, uint32_t virq)
{
    struct agent_message message = {.w = {virq}};
    return ask(machine, AGENT_IS_PENDING, &message) == 1;
}

static void virq_clear(struct machine *machine, uint32_t virq)
{
    struct agent_message message = {.w = {virq}};
    ask(machine, AGENT_CLEAR, &message);
}

static uint32_t virq_acknowledge(struct machine *machine)
{
    struct agent_message message = {.operation = 0};
    return (uint32_t)ask(machine, AGENT_ACKNOWLEDGE, &message);
}

static void virq_end(struct machine *machine, uint32_t virq)
{
    struct agent_message message = {.w = {virq}};
    ask(machine, AGENT_END, &message);
}

static void wait_for(struct machine *machine, uint64_t nanoseconds)
{
    struct agent_message message = {.w = {nanoseconds}};
    ask(machine, AGENT_WAIT, &message);
}

static const struct machine_ops ops = {
    .start = start,
    .free = free_emulator,
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

struct machine *machine_new_emulator(const char *command)
{
    struct emulator_machine *emulator = calloc(1, sizeof(*emulator));
    if (emulator == NULL)
        return NULL;
    emulator->machine.ops = &ops;
    emulator->emulator.command = command;
    return &emulator->machine;
}
