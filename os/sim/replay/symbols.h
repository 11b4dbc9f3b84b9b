// SPDX-License-Identifier: BSD-3-Clause
// Names of values in a recording, and operands made of them.
#ifndef REPLAY_SYMBOLS_H
#define REPLAY_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    char *name;
    uint64_t value;
};

struct symbols {
    struct symbol *list;
    size_t count;
    size_t room;
};

void symbols_free(struct symbols *symbols);

/** False: no memory. */
bool symbols_set(struct symbols *symbols, const char *name, uint64_t value);

/** All ones for a name that was never set. */
uint64_t symbols_get(const struct symbols *symbols, const char *name, size_t length);

/** A number as strtoull reads it, sign included, and nothing behind it. */
bool number_parse(const char *text, uint64_t *value);

/** A number, `$name`, or `$name` followed by `+`, `-` or `^` and a number. */
bool operand_parse(const struct symbols *symbols, const char *text, uint64_t *value);

#endif
