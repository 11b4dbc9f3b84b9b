// SPDX-License-Identifier: BSD-3-Clause
// rm-costs <work> COUNT, on this machine. count.py counts the instructions.
#include "host.h"

int main(int argc, char **argv)
{
    struct work work;

    return argc == 3 && host_open(&work) && work_do(&work, argv[1], work_number(argv[2])) ? 0 : 1;
}
