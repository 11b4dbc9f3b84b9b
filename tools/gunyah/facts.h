// SPDX-License-Identifier: BSD-3-Clause
// What the ABI table says in words. facts.c is generated from it. NULL stands for nothing to say, and ends a list.
#ifndef GUNYAH_FACTS_H
#define GUNYAH_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct fact_call {
    uint8_t number;
    const char *name;
    const char *summary;
    const char *note;
    const char *since; // a release, "2021-04"
    const char *state; // of availability, unless the open hypervisor answers it
    const char *const *arguments;
    const char *const *results;
    const char *const *errors; // names of codes, in the order in which they are checked
};

struct fact_message {
    uint32_t id;
    const char *name;
    bool notification;
    const char *summary;
    const char *note;
    const char *danger;
    const char *since;
    const char *state;
    const char *sender;
    const char *states; // in which the VM must be
    const char *const *errors;
};

struct fact_value {
    const char *name;
    uint64_t value; // or the mask of a field
};

// An enumeration, or words that consist of fields.
struct fact_kind {
    const char *name;
    const char *text;
    bool is_enumeration;
    const struct fact_value *values;
};

// The last row of each has the name NULL.
extern const struct fact_call fact_calls[];
extern const struct fact_message fact_messages[];
extern const struct fact_kind fact_kinds[];
extern const struct fact_value fact_hypervisor_errors[];
extern const struct fact_value fact_rm_errors[];

#endif
