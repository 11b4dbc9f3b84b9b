// SPDX-License-Identifier: BSD-3-Clause
// A driver for the tests: it answers the ioctls of the process as one of the real ones does, or as the test says. Whatever is
// opened as the node is one; the numbers and errors are written by hand, as the kernels have them.
#ifndef GUNYAH_TESTS_LINUX_KERNEL_H
#define GUNYAH_TESTS_LINUX_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_FLAVOURS 10
#define KERNEL_MAX_CALLS 16

// A driver, and what the library has to find out about it.
struct flavour {
    const char *name;
    int unknown;                           // errno for a number that nobody has, on the node and on a VM
    int on_vm;                             // the same on a VM, if it is another one
    unsigned long calls[KERNEL_MAX_CALLS]; // ioctls that it has; 0 ends the list
    bool timer_wakeup;
    const char *found;     // name of the flavour
    uint32_t capabilities; // bits of gunyah_linux_capability
};

extern const struct flavour kernel_flavours[KERNEL_FLAVOURS];

// What stands behind the node from now on; null: what the process has opened, without a driver of the tests. The next call
// of this number fails once with this errno, if number is not 0.
void kernel_is(const struct flavour *flavour);
void kernel_refuses(unsigned long number, int error);

// How many files the process has open.
unsigned open_files(void);

#endif
