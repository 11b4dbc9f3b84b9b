// SPDX-License-Identifier: BSD-3-Clause
// gunyah replay: does the simulator's hypervisor answer as the real one did?
#include "replay.h"
#include "commands.h"

#include <recording.h>

static int replay_run(struct cli *cli)
{
    struct replay_options options = {NULL, false};
    int option;

    while ((option = cli_next(cli)) != CLI_END)
        replay_read_option(cli, option, &options);
    return replay_files(cli, machine_new_model(), &options);
}

static const struct cli_option options_of_replay[] = {
    REPLAY_OPTIONS,
    {0},
};

const struct cli_command replay_command = {
    .name = "replay",
    .summary = "Plays recordings of hypercalls on the simulator's hypervisor, and says which answers differ.",
    .arguments = "PATH...",
    .details =
        "PATH is a recording, a folder of them (*.rec), or - for standard input. Each is played on a machine of its\n"
        "own, freshly booted, as a guest that calls, uses its memory and takes its interrupts. If all that was\n"
        "answered is as recorded, there is one line; otherwise the exit status is 1.",
    .options = options_of_replay,
    .run = replay_run,
    .has_json = true,
};
