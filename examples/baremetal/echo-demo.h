// SPDX-License-Identifier: BSD-3-Clause
// What two VMs do with each other, and tell of it: one runs the guest that echoes, the other one talks to it. The same
// on bare metal and on the simulator.
#ifndef ECHO_DEMO_H
#define ECHO_DEMO_H

#include "echo.h"

enum {
    DEMO_DEPTH = 4,
    DEMO_MESSAGE_SIZE = 240,
    DEMO_ECHO_VIRQ = 40,
    DEMO_TALKER_VIRQ = 41,
    DEMO_ECHO_ROOM_VIRQ = 50,
    DEMO_TALKER_ROOM_VIRQ = 51,
};

// Filled in by what it runs on.
struct demo_vm {
    const char *name;
    const void *device_tree;
    size_t tree_size;
    void *context;  // of the backend's options
    uintptr_t gicd; // as there
    void (*print)(const char *text);
    // The talker waits: do what the other VM does now. Null where each VM runs by itself.
    bool (*let_others_run)(void);
    // By demo_open().
    struct echo guest;
    gunyah_virq_t wakes; // for a message
};

// Each returns false when something failed, which is printed.
bool demo_open(struct demo_vm *vm);
bool demo_close(struct demo_vm *vm);

// Sleep until there are messages, and send them back.
bool demo_echo(struct demo_vm *vm);

// All that the talker has to say.
bool demo_talk(struct demo_vm *vm);

#endif
