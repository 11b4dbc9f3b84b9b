// SPDX-License-Identifier: BSD-3-Clause
// A driver for the tests: it answers the ioctls of the process as one of the real ones does, or as the test says. Whatever is
// opened as the node is one. Numbers, offsets and errors are written by hand, as the kernels have them.
#ifndef GUNYAH_TESTS_LINUX_KERNEL_H
#define GUNYAH_TESTS_LINUX_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_MAX_CALLS 16
#define KERNEL_MAX_LOG 512
#define KERNEL_MAX_ARGUMENT 64
#define KERNEL_MAX_VCPUS 64
#define KERNEL_AREA_SIZE 0x13000 // of a contiguous area, which any node is

enum kernel_flavour {
    A14E,
    A14E_WITH_FIRMWARE,
    A14,
    A14_OPPO,
    U10,
    A15,
    A16,
    A16_EXTENSIONS,
    A16_2026,
    U15,
    Q0,
    Q1,
    Q1_LE,
    KERNEL_FLAVOURS
};

// A driver, and what the library has to find out about it.
struct flavour {
    const char *name;
    int unknown;                           // errno for a number that nobody has
    int on_vm;                             // the same on a VM, if it is another one
    unsigned long calls[KERNEL_MAX_CALLS]; // ioctls that it may have or not; 0 ends the list
    bool timer_wakeup;
    bool newer;            // what is not in the list succeeds, too
    const char *found;     // name of the flavour
    uint32_t capabilities; // bits of gunyah_linux_capability
};

extern const struct flavour kernel_flavours[KERNEL_FLAVOURS];

// What stands behind the node from now on; null: what the process has opened, without a driver of the tests.
void kernel_is(const struct flavour *flavour);

// The next call of this number fails once with this errno.
void kernel_refuses(unsigned long number, int error);

// The call after this many others fails once with this errno, whichever it is.
void kernel_fails(unsigned after, int error);

// ---- what it was told --------------------------------------------------------------------------------------------

// A call that was not refused. Of functions, the argument of the function.
struct call {
    unsigned long number;
    uint32_t function; // 0: it is none
    uint8_t argument[KERNEL_MAX_ARGUMENT];
};

// The calls of one number (and function), from the first: null after the last.
const struct call *kernel_call(unsigned long number, uint32_t function, unsigned place);

// How many there were.
unsigned kernel_calls(unsigned long number, uint32_t function);

uint32_t get32(const uint8_t *bytes);
uint64_t get64(const uint8_t *bytes);

// ---- what vCPUs do -----------------------------------------------------------------------------------------------

// What one VCPU_RUN does: it may wait for a signal, fills the page, and returns 0 or fails.
struct step {
    int error;           // errno
    bool blocks;         // until a signal comes
    uint32_t reason;     // 0: the page stays as it is
    uint8_t content[24]; // of the page, from offset 16
};

// The steps of all vCPUs, one after the other; of those of signed firmware, reason is what VCPU_RUN returns. Then, VCPU_RUN returns 0 without a word.
void kernel_runs(const struct step *steps, size_t count);

// What VM_WAIT_FOR_EXIT tells.
void kernel_tells(uint32_t reason);

// The page as a vCPU of this index found it at its last VCPU_RUN: 40 bytes.
const uint8_t *kernel_page(uint32_t index);

// ---- files -------------------------------------------------------------------------------------------------------

// How many files the process has open; and how many of them would be inherited by a program that it starts.
unsigned open_files(void);
unsigned inherited_files(void);

#endif
