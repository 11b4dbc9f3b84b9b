// SPDX-License-Identifier: BSD-3-Clause
// A guest at EL1 of an emulated machine, on which recordings are played.
#ifndef REPLAY_EMULATOR_MACHINE_H
#define REPLAY_EMULATOR_MACHINE_H

struct machine;

/** An emulator that runs the stand-in and its agent (tests/el2), by a command of the shell. NULL: no memory. */
struct machine *machine_new_emulator(const char *command);

#endif
