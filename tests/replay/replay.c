// SPDX-License-Identifier: BSD-3-Clause
// "gunyah replay" for where that cannot be had: linked statically for another processor; and with --emulator COMMAND for
// recordings that are played at EL1 of the machine that this command of the shell starts: tests/el2/run.sh IMAGES agent.
#include "../../tools/gunyah/replay.h"
#include "emulator_machine.h"

#include <recording.h>

static int run(struct cli *cli)
{
    struct replay_options options = {NULL, false};
    const char *emulator = NULL;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'm')
            emulator = cli->argument;
        else
            replay_read_option(cli, option, &options);
    }
    return replay_files(cli, emulator != NULL ? machine_new_emulator(emulator) : machine_new_model(), &options);
}

static const struct cli_option options_of_replay[] = {
    REPLAY_OPTIONS,
    {'m', "emulator", "COMMAND", "play them at EL1 of the machine that this starts"},
    {0},
};

static const struct cli_command command = {
    .name = "gunyah-replay",
    .summary = "Plays recordings of hypercalls, and says which answers differ.",
    .arguments = "PATH...",
    .options = options_of_replay,
    .run = run,
};

int main(int argc, char **argv)
{
    cli_main(&command, argc, argv);
}
