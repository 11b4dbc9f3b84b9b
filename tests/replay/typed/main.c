// SPDX-License-Identifier: BSD-3-Clause
// Plays recordings by the library's functions: replay-typed PATH... What the recording says, what registers hold and what the
// library tells has to be the same.
#include "../../../tools/gunyah/replay.h"
#include "typed_machine.h"

#include <stdio.h>

static unsigned long calls;

static int run(struct cli *cli)
{
    struct replay_options options = {NULL, false};
    int option;
    int status;

    while ((option = cli_next(cli)) != CLI_END)
        replay_read_option(cli, option, &options);
    status = replay_files(cli, machine_new_typed(&calls), &options);
    printf("%lu calls by functions\n", calls);
    return status;
}

static const struct cli_option options_of_replay[] = {REPLAY_OPTIONS, {0}};

static const struct cli_command command = {
    .name = "replay-typed",
    .summary = "Plays recordings of hypercalls by the library's functions.",
    .arguments = "PATH...",
    .options = options_of_replay,
    .run = run,
};

int main(int argc, char **argv)
{
    cli_main(&command, argc, argv);
}
