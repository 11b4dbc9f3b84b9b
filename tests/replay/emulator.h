// SPDX-License-Identifier: BSD-3-Clause
// A process of the emulator, and messages to the agent in it.
#ifndef REPLAY_EMULATOR_H
#define REPLAY_EMULATOR_H

#include "../el2/agent/message.h"

#include <stdbool.h>
#include <sys/types.h>

struct emulator {
    const char *command;
    pid_t process; // 0: it does not run
    int socket;
};

/** Start it. False: that cannot be; the reason has been printed. */
bool emulator_start(struct emulator *emulator);

/** Ask the agent. False: the emulator has ended; what is left to do is emulator_stop(). */
bool emulator_ask(struct emulator *emulator, struct agent_message *message);

/** Let it end, if it runs. Returns its exit status, or a negative number for another end. */
int emulator_stop(struct emulator *emulator);

#endif
