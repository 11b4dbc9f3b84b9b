// SPDX-License-Identifier: BSD-3-Clause
// The commands of gunyah dt, one a file, and what they share with gunyah vm.
#ifndef GUNYAH_COMMAND_DT_H
#define GUNYAH_COMMAND_DT_H

#include "cli.h"

#include <gunyah/dt_build.h>
#include <gunyah/dt_lint.h>

#define MAX_TREE ((size_t)2 << 20) // Linux takes no larger one.
#define DT_MAX_ADDITIONS 64

enum dt_kind { DT_DOORBELL, DT_SOURCE, DT_SHM, DT_SERIAL };

struct dt_addition {
    enum dt_kind kind;
    uint64_t number; // label; of a serial port, its address
    uint64_t detail; // vIRQ; of memory, its address; 0: not told
};

// What a tree is made of.
struct dt_request {
    struct gunyah_dt_machine_options machine;
    struct gunyah_dt_config_options config;
    const void *original; // a tree that is edited, and has a machine of its own; NULL: none
    size_t original_size;
    struct dt_addition additions[DT_MAX_ADDITIONS];
    size_t count;
};

#define DT_REQUEST_INIT                                                                                                \
    {                                                                                                                  \
        .machine = GUNYAH_DT_MACHINE_OPTIONS_INIT, .config = GUNYAH_DT_CONFIG_OPTIONS_INIT                             \
    }

// Makes a tree in MAX_TREE bytes, aligned to 8. Returns its size; ends the process if there can be no such tree.
size_t dt_make(const struct cli *cli, const struct dt_request *request, void *tree);

// For gunyah_dt_lint(): writes a finding for people to a stream.
void dt_print_finding(void *stream, const struct gunyah_dt_finding *finding);

extern const struct cli_command dt_lint_command;
extern const struct cli_command dt_show_command;
extern const struct cli_command dt_build_command;

#endif
