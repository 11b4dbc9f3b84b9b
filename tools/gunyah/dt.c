// SPDX-License-Identifier: BSD-3-Clause
// gunyah dt: device trees, as a VM is made from them and as a VM finds them.
#include "dt.h"
#include "commands.h"

static const struct cli_command *const parts[] = {&dt_lint_command, &dt_show_command, &dt_build_command, NULL};

const struct cli_command dt_command = {
    .name = "dt",
    .summary = "Checks, shows and builds device trees of VMs.",
    .parts = parts,
};
