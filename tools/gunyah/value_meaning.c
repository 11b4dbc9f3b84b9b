// SPDX-License-Identifier: BSD-3-Clause
#include "value_meaning.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Appends, and cuts off what does not fit.
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void name_value(const struct fact_value *values, uint64_t value, char *text, size_t size)
{
    for (; values->name != NULL; values++) {
        if (values->value == value) {
            append(text, size, "%s", values->name);
            return;
        }
    }
}

// A field of one bit is a flag, a wider one a number.
static void name_fields(const struct fact_value *fields, uint64_t value, char *text, size_t size)
{
    uint64_t known = 0;

    for (; fields->name != NULL; fields++) {
        const uint64_t lowest = fields->value & -fields->value;
        known |= fields->value;
        if ((value & fields->value) == 0)
            continue;
        append(text, size, "%s%s", text[0] != 0 ? ", " : "", fields->name);
        if (fields->value != lowest)
            append(text, size, " %" PRIu64, (value & fields->value) / lowest);
    }
    if (text[0] != 0 && (value & ~known) != 0)
        append(text, size, ", 0x%" PRIx64, value & ~known);
}

void value_meaning_of(const struct fact_kind *kind, uint64_t value, char *text, size_t size)
{
    text[0] = 0;
    if (kind->is_enumeration)
        name_value(kind->values, value, text, size);
    else
        name_fields(kind->values, value, text, size);
}

void value_meaning(const char *type, uint64_t value, char *text, size_t size)
{
    text[0] = 0;
    for (const struct fact_kind *kind = fact_kinds; kind->name != NULL; kind++) {
        if (strcmp(kind->name, type) == 0) {
            value_meaning_of(kind, value, text, size);
            return;
        }
    }
}
