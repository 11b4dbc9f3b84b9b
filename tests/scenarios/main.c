// SPDX-License-Identifier: BSD-3-Clause
// scenarios <name>: plays one scenario and prints what happened. scenarios --list: their names, one a line.
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*play)(void);
} scenarios[] = {
    {"identify", identify},
    {"doorbell", doorbell},
    {"doorbell-wait", doorbell_wait},
    {"msgqueue", msgqueue},
    {"msgqueue-refused", msgqueue_refused},
    {"msgqueue-wait", msgqueue_wait},
    {"cspace", cspace},
    {"objects", objects},
    {"closed", closed},
    {"in-use", in_use},
    {"observer", observer},
    {"faults", faults},
    {"vm", vm},
    {"refused", refused},
    {"request", request},
    {"parcel", parcel},
    {"events", events},
#if DEVICE_TREE
    {"device-tree", device_tree},
#endif
};

#define COUNT (sizeof(scenarios) / sizeof(scenarios[0]))

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "";

    if (strcmp(name, "--list") == 0) {
        for (size_t i = 0; i < COUNT; i++)
            puts(scenarios[i].name);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(name, scenarios[i].name) != 0)
            continue;
        begin_results();
        scenarios[i].play();
        print_results();
        return EXIT_SUCCESS;
    }
    fputs("usage: scenarios --list | <name>\n", stderr);
    return 2;
}
