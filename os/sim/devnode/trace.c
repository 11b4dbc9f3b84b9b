// SPDX-License-Identifier: BSD-3-Clause
// What the emulation says: lines of the trace, and the first failure of a guest.
#include "emu_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gunyah_internal_emu_trace(const struct emu *emu, const char *format, ...)
{
    char line[EMU_LINE];
    va_list arguments;

    if (emu->options->trace == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    emu->options->trace(emu->options->trace_context, line);
}

void gunyah_internal_emu_fail(struct emu *emu, const char *format, ...)
{
    char line[sizeof(emu->result->problem)];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (emu->result->failures++ == 0)
        memcpy(emu->result->problem, line, sizeof(line));
    gunyah_internal_emu_trace(emu, "%s", line);
}
