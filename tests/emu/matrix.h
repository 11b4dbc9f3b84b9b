// SPDX-License-Identifier: BSD-3-Clause
// Each emulation of a test tells its flavour, for matrix.py.
#ifndef MATRIX_H
#define MATRIX_H

#include <gunyah/emu.h>

#include <stdio.h>

static inline enum gunyah_error call_emulated(const struct gunyah_emu_options *options, int (*function)(void *context),
                                              void *context, struct gunyah_emu_result *result)
{
    const char *flavour = options->flavour != NULL ? options->flavour : gunyah_emu_get_flavour(0)->name;

    fprintf(stderr, "flavour %s\n", flavour);
    return gunyah_emu_call(options, function, context, result);
}

#endif
