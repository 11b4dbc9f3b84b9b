// SPDX-License-Identifier: BSD-3-Clause
// The commands, each in a file of its own. main.c has the table.
#ifndef GUNYAH_COMMANDS_H
#define GUNYAH_COMMANDS_H

#include "cli.h"

// What the library was built without, its commands are without.
extern const struct cli_command explain_command;
extern const struct cli_command info_command;
extern const struct cli_command doctor_command;
extern const struct cli_command dt_command;
extern const struct cli_command emu_command;
extern const struct cli_command vm_command;
extern const struct cli_command bench_command;
extern const struct cli_command sim_command;
extern const struct cli_command decode_command;
extern const struct cli_command replay_command;

#endif
