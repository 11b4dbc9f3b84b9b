// SPDX-License-Identifier: BSD-3-Clause
// gunyah-emu: gunyah emu, for a machine that has nothing else of the command.
#include "commands.h"

int main(int argc, char **argv)
{
    struct cli_command alone = emu_command;

    alone.name = "gunyah-emu";
    cli_main(&alone, argc, argv);
}
