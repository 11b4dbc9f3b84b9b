// SPDX-License-Identifier: BSD-3-Clause
// What the agent is asked over the emulator's standard input, and answers over its standard output: one message each,
// in the same form, always of the same size. Usable on the host: only words of 64 bits, little-endian.
#ifndef EL2_AGENT_MESSAGE_H
#define EL2_AGENT_MESSAGE_H

#include "../guest/state.h"

#define AGENT_BYTES 1024

// What to do. Words w0 to w2 of the message go in; the result comes back in w0, and where it says so in w1.
enum agent_operation {
    AGENT_BOOT,  // w0: not 0 for the stock machine. w0: error code; state.x[1] on: capabilities, as protocol.h says
    AGENT_CALL,  // w0: 0 hvc, 1 smc; w1: immediate; state: all registers. state: all registers afterwards
    AGENT_READ,  // w0: address; w1: count. w0: syndrome of the exception, or 0; bytes: what was read
    AGENT_WRITE, // w0: address; w1: count; bytes: what to write. w0: syndrome, or 0
    AGENT_LOAD,  // w0: address; w1: size. w0: syndrome, or 0; w1: value
    AGENT_STORE, // w0: address; w1: size; w2: value. w0: syndrome, or 0
    AGENT_SET_TRIGGER, // w0: vIRQ; w1: not 0 for edges. w0: not 0 if it is so now
    AGENT_ENABLE,      // w0: vIRQ; w1: not 0 to enable it
    AGENT_IS_PENDING,  // w0: vIRQ. w0: not 0 if it is
    AGENT_CLEAR,       // w0: vIRQ
    AGENT_ACKNOWLEDGE, // w0: vIRQ, from 1020 on if there is none
    AGENT_END,         // w0: vIRQ
    AGENT_WAIT,        // w0: nanoseconds
};

struct agent_message {
    uint64_t operation; // enum agent_operation
    uint64_t w[3];
    union {
        struct guest_state state;
        uint8_t bytes[AGENT_BYTES];
    } u;
};

#endif
