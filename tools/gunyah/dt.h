// SPDX-License-Identifier: BSD-3-Clause
// The commands of gunyah dt, one a file.
#ifndef GUNYAH_COMMAND_DT_H
#define GUNYAH_COMMAND_DT_H

#include "cli.h"

#include <gunyah/dt_lint.h>

#define MAX_TREE (2u * 1024 * 1024) // Linux takes no larger one.

// For gunyah_dt_lint(): writes a finding for people to a stream.
void dt_print_finding(void *stream, const struct gunyah_dt_finding *finding);

extern const struct cli_command dt_lint_command;
extern const struct cli_command dt_show_command;
extern const struct cli_command dt_build_command;

#endif
