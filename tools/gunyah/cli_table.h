// SPDX-License-Identifier: BSD-3-Clause
// The table of commands as the frame itself reads it: to run one of them, and to tell shells what there is.
#ifndef GUNYAH_CLI_TABLE_H
#define GUNYAH_CLI_TABLE_H

#include "cli.h"

// What a shell puts before the words of a line that it asks about.
#define CLI_COMPLETE "--complete"

// Option number i of a command: its own first, then what all have. NULL ends them.
const struct cli_option *cli_option_at(const struct cli *cli, size_t i);

// Goes on to the command of that name, if the present one has it.
bool cli_enter(struct cli *cli, const char *name);

// Prints what the last of some words may become, and ends the process.
_Noreturn void cli_complete(struct cli *cli, char **words, int count);

#endif
