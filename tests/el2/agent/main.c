// SPDX-License-Identifier: BSD-3-Clause
// The agent: a guest that does what it is asked to from outside of the emulator, with instructions of its own.
#include "guest.h"
#include "message.h"

#include "../semihosting.h"

#include <programs.h>

#include <string.h>

#define HVC 0xd4000002u
#define SMC 0xd4000003u
#define WORD 8

// What vCPUs run that calls make (programs.S).
struct code {
    const unsigned char *first;
    const unsigned char *end;
};

extern const struct code agent_programs[PROGRAM_COUNT];

// To where recordings expect the programs.
static void load_programs(void)
{
    for (uint64_t i = 0; i < PROGRAM_COUNT; i++) {
        const struct code *program = &agent_programs[i];
        memcpy((void *)(uintptr_t)(PROGRAMS_FIRST + i * PROGRAMS_SPACE), program->first,
               (size_t)(program->end - program->first));
    }
}

static void execute(uint32_t conduit, uint32_t immediate, struct guest_state *state)
{
    guest_instruction = (conduit == 0 ? HVC : SMC) | immediate << 5;
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" : : "r"(&guest_instruction) : "memory");
    guest_execute(state);
}

// In words where that can be.
static unsigned next_size(uint64_t address, uint64_t left)
{
    return address % WORD == 0 && left >= WORD ? WORD : 1;
}

static uint64_t read(uint64_t address, uint8_t *to, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        const unsigned size = next_size(address + done, count - done);
        uint64_t value;
        const uint64_t syndrome = guest_load(address + done, size, &value);
        if (syndrome != 0)
            return syndrome;
        memcpy(to + done, &value, size);
        done += size;
    }
    return 0;
}

static uint64_t write(uint64_t address, const uint8_t *from, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        const unsigned size = next_size(address + done, count - done);
        uint64_t value = 0;
        memcpy(&value, from + done, size);
        const uint64_t syndrome = guest_store(address + done, size, value);
        if (syndrome != 0)
            return syndrome;
        done += size;
    }
    return 0;
}

// Nothing is awaited but the time.
static void wait(uint64_t nanoseconds)
{
    guest_wait(NULL, NULL, 0, nanoseconds, NULL);
}

// What has to do with the processor and its memory. Returns false for another operation.
static bool answer_processor(struct agent_message *message)
{
    uint64_t *w = message->w;

    switch (message->operation) {
    case AGENT_BOOT:
        message->u.state = (struct guest_state){.x = {w[0]}};
        guest_boot(&message->u.state);
        w[0] = message->u.state.x[0];
        if (w[0] == GUNYAH_HVERR_OK)
            load_programs();
        return true;
    case AGENT_CALL:
        execute((uint32_t)w[0], (uint32_t)w[1], &message->u.state);
        return true;
    case AGENT_READ:
        w[0] = read(w[0], message->u.bytes, w[1]);
        return true;
    case AGENT_WRITE:
        w[0] = write(w[0], message->u.bytes, w[1]);
        return true;
    case AGENT_LOAD:
        w[0] = guest_load(w[0], (unsigned)w[1], &w[1]);
        return true;
    case AGENT_STORE:
        w[0] = guest_store(w[0], (unsigned)w[1], w[2]);
        return true;
    case AGENT_WAIT:
        wait(w[0]);
        return true;
    default:
        return false;
    }
}

static bool answer_interrupts(struct agent_message *message)
{
    uint64_t *w = message->w;
    const uint32_t virq = (uint32_t)w[0];

    switch (message->operation) {
    case AGENT_SET_TRIGGER:
        w[0] = guest_set_trigger(virq, w[1] != 0);
        return true;
    case AGENT_ENABLE:
        guest_enable(virq, w[1] != 0);
        return true;
    case AGENT_IS_PENDING:
        w[0] = guest_is_pending(virq);
        return true;
    case AGENT_CLEAR:
        guest_clear(virq);
        return true;
    case AGENT_ACKNOWLEDGE:
        w[0] = guest_acknowledge();
        return true;
    case AGENT_END:
        guest_end(virq);
        return true;
    default:
        return false;
    }
}

_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring)
{
    static struct agent_message message;

    (void)device_tree;
    (void)wiring;
    while (semihosting_receive(&message, sizeof(message))) {
        if (!answer_processor(&message) && !answer_interrupts(&message)) {
            semihosting_write("agent: an operation that there is not\n");
            semihosting_exit(1);
        }
        if (!semihosting_send(&message, sizeof(message)))
            semihosting_exit(1);
    }
    semihosting_exit(0);
}
