// SPDX-License-Identifier: BSD-3-Clause
// Runs a program of a test, and expects that all went well.
#ifndef EMULATE_H
#define EMULATE_H

#include "matrix.h"
#include "node.h"

#include <criterion/criterion.h>

static const char *const flavours[] = {"a14", "a14e", "u10", "a15", "a16", "u15", "u17"};
#define FLAVOURS (sizeof(flavours) / sizeof(flavours[0]))

static inline struct gunyah_emu_result emulate_with(const struct gunyah_emu_options *options, int (*program)(void *),
                                                    void *context)
{
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    cr_assert_eq(call_emulated(options, program, context, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.left, 0);
    cr_expect_eq(result.failures, 0, "%s", result.problem);
    cr_assert_eq(result.status, 0, "%s: the program ended with 0x%x", options->flavour, result.status);
    return result;
}

// Main memory may be shared: flavours without lending have to.
static inline struct gunyah_emu_result emulate(const char *flavour, const char *script, int (*program)(void *),
                                               void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.flavour = flavour;
    options.script = script;
    options.debug = true;
    return emulate_with(&options, program, context);
}

#endif
