// SPDX-License-Identifier: BSD-3-Clause
// What a value of a type of the ABI table means: the name of an enumeration's value, the flags that are set, the parts of
// a bit field.
#ifndef GUNYAH_VALUE_MEANING_H
#define GUNYAH_VALUE_MEANING_H

#include "facts.h"

#include <stddef.h>

// Writes the meaning, such as "RUNNING", "SANITIZE, APPEND" or "DEPTH 8, MAX_MESSAGE_SIZE 240". Nothing if there is none.
void value_meaning(const char *type, uint64_t value, char *text, size_t size);

// The same for a type that is at hand.
void value_meaning_of(const struct fact_kind *kind, uint64_t value, char *text, size_t size);

#endif
