// SPDX-License-Identifier: BSD-3-Clause
// gunyah: looks at, tries out and explains what has to do with the Gunyah hypervisor. docs/command.md is the guide.
#include "commands.h"

static const struct cli_command *const commands[] = {
#ifdef GUNYAH_HAS_LINUX
    &info_command,
    &doctor_command,
#endif
    &explain_command,
    &decode_command,
    &sim_command,
    &replay_command,
#ifdef GUNYAH_HAS_DEVICE_TREE
    &dt_command,
#endif
#ifdef GUNYAH_HAS_LINUX
    &vm_command,
#endif
#ifdef GUNYAH_HAS_EMU
    &emu_command,
#endif
    &bench_command,
    NULL, // the end
};

static const struct cli_command root = {
    .name = "gunyah",
    .summary = "Looks at, tries out and explains what has to do with the Gunyah hypervisor.",
    .details = "Exit status: 0 for success, 1 if something is wrong with what was looked at or it could not be done,\n"
               "2 if the command was called in a wrong way.",
    .parts = commands,
};

int main(int argc, char **argv)
{
    cli_main(&root, argc, argv);
}
