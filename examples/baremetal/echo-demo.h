// SPDX-License-Identifier: BSD-3-Clause
// The guest that echoes, and another VM that talks to it: the same on bare metal and on the simulator. What it runs on
// gives two functions and wires the VMs.
#ifndef ECHO_DEMO_H
#define ECHO_DEMO_H

#include "echo.h"

enum {
    DEMO_DEPTH = 4,
    DEMO_MESSAGE_SIZE = 240,
    DEMO_ECHO_VIRQ = 40,
    DEMO_TALKER_VIRQ = 41,
};

struct demo_vm {
    struct wiring wiring;
    void *context; // of the backend's options
    struct echo guest;
};

struct demo {
    void (*print)(const char *text);
    // What follows is done by this VM.
    void (*enter)(const struct demo_vm *vm);
    struct demo_vm echo;
    struct demo_vm talker; // as the guest that echoes, but it sends first
};

// Returns false when something failed, which is printed.
bool demo_run(struct demo *demo);

#endif
