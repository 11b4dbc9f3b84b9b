// SPDX-License-Identifier: BSD-3-Clause
// The commands, each in a file of its own. main.c has the table.
#ifndef GUNYAH_COMMANDS_H
#define GUNYAH_COMMANDS_H

#include "cli.h"

extern const struct cli_command explain_command;

#endif
