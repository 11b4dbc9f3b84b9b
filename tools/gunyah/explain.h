// SPDX-License-Identifier: BSD-3-Clause
// What gunyah explain looks through. Each function adds to the report what fits.
#ifndef GUNYAH_EXPLAIN_H
#define GUNYAH_EXPLAIN_H

#include "report.h"

struct question {
    struct report *report;
    const char *what; // a name or a number; NULL: everything
    bool is_number;
    bool is_negative;
    uint64_t number;   // the magnitude
    const char *value; // the second word: an error of a call, a value of a type; NULL: none
    bool value_is_number;
    uint64_t value_number;
    bool value_used; // set by who understood it
};

// Returns whether a word means a name: in capitals or not, and with what headers put before it or without.
bool explain_named(const char *word, const char *name);

void explain_call(struct question *question);
void explain_error(struct question *question);
void explain_message(struct question *question);
void explain_ioctl(struct question *question);
void explain_type(struct question *question);

#endif
