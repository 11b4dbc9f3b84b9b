// SPDX-License-Identifier: BSD-3-Clause
// Recordings played on a machine, and what is said of it. tests/replay has another machine for the same.
#ifndef GUNYAH_REPLAY_H
#define GUNYAH_REPLAY_H

#include "cli.h"

struct machine;

struct replay_options {
    const char *expected; // path of a list of recordings that differ; NULL: none does
    bool all;             // differences are shown, not the first of each recording only
};

// Options of the command, as rows of its table, and what cli_next() returned for one of them.
#define REPLAY_OPTIONS                                                                                                 \
    {'a', "all", NULL, "show every difference, and not five of each recording"},                                       \
    {                                                                                                                  \
        'e', "expect-failures", "FILE", "names of recordings that differ, one a line; that one does not is told"       \
    }
void replay_read_option(const struct cli *cli, int option, struct replay_options *options);

// Plays what the arguments name on a machine, which it frees; NULL, if there was no memory for it. Returns the exit status.
int replay_files(const struct cli *cli, struct machine *machine, const struct replay_options *options);

#endif
