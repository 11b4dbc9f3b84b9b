// SPDX-License-Identifier: BSD-3-Clause
// What Linux says about this machine, or what a folder says that looks like one: with dev, proc and sys in it.
#ifndef GUNYAH_MACHINE_H
#define GUNYAH_MACHINE_H

#include "cli.h"

#include <gunyah/linux.h>
#include <stdbool.h>
#include <stddef.h>

struct machine {
    const char *root; // "" for this machine
    char node[256];   // which is there; empty: none
    enum gunyah_error node_error;
    struct gunyah_error_info error;
    struct gunyah_linux_info info; // if there was no error
};

// Options of a command that looks at a machine.
extern const struct cli_option machine_options[];

// Reads these options, looks for a node, and asks what is behind it.
void machine_from_options(struct cli *cli, struct machine *machine);

// A file as text without the line end; false if it cannot be read. A file that is longer is cut off.
bool machine_read(const struct machine *machine, const char *path, char *text, size_t size);

// The same as bytes.
bool machine_read_bytes(const struct machine *machine, const char *path, void *bytes, size_t room, size_t *size);

// Whether a file is there, or may be used in the ways of access(2).
bool machine_may(const struct machine *machine, const char *path, int mode);

// Returns the word behind a name in a file of lines, such as "Max locked memory" in /proc/self/limits; NULL if there is none.
// It lies in text, which is overwritten.
const char *machine_read_field(const struct machine *machine, const char *path, const char *name, char *text,
                               size_t size);

#endif
