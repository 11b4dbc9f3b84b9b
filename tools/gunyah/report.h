// SPDX-License-Identifier: BSD-3-Clause
// Things with properties, for people or as JSON: an array of objects, or paragraphs with a heading.
#ifndef GUNYAH_REPORT_H
#define GUNYAH_REPORT_H

#include "cli.h"
#include "json.h"

struct report {
    bool as_json;
    bool as_words;
    const char *name; // of the thing, and what it is: as words
    const char *what;
    unsigned count;       // of things so far
    const char *list_key; // until the first entry of a list
    struct json json;
};

void report_begin(struct report *report, bool as_json);
void report_end(struct report *report);

// A report of names alone, for shells, with the text of "what" for each: a thing begins and ends, and nothing else is told.
void report_begin_words(struct report *report);

// A thing: "hypercall", "msgqueue_send".
void report_thing(struct report *report, const char *kind, const char *name);
void report_thing_end(struct report *report);

// Its properties. NULL for a value leaves it out.
void report_text(struct report *report, const char *key, const char *text);
void report_format(struct report *report, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_list(struct report *report, const char *key, const char *const *entries);

// A list that grows. For people, it is left out if nothing comes.
void report_list_begin(struct report *report, const char *key);
void report_entry(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_list_end(struct report *report);

#endif
