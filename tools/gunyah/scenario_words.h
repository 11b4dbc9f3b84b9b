// SPDX-License-Identifier: BSD-3-Clause
// Lines of a scenario in words, what words may be, and the table of verbs.
#ifndef GUNYAH_SCENARIO_WORDS_H
#define GUNYAH_SCENARIO_WORDS_H

#include "scenario.h"

#define SCENARIO_MAX_WORDS 32

struct scenario_word {
    char *text; // ends with a zero; quoted text may have others
    size_t size;
    uint32_t column;
    bool quoted;
};

// What is wrong, and where.
bool scenario_wrong(struct scenario_problem *problem, uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Cuts a line in place; a comment ends it. Returns false and tells the problem.
bool scenario_split(char *line, uint32_t number, struct scenario_word *words, uint32_t *count,
                    struct scenario_problem *problem);

bool scenario_number(const char *text, uint64_t *value);
bool scenario_duration(const char *text, uint64_t *nanoseconds);                    // 50ms; "forever" is not one
bool scenario_hex(struct scenario_word *word, const uint8_t **bytes, size_t *size); // hex:0102, in place

enum scenario_option_kind {
    SCENARIO_OPTION_FLAG,
    SCENARIO_OPTION_NUMBER,
    SCENARIO_OPTION_DURATION,
    SCENARIO_OPTION_VM,
    SCENARIO_OPTION_ERROR,    // of the hypervisor
    SCENARIO_OPTION_MISCHIEF, // enum gunyah_sim_rm_mischief
    SCENARIO_OPTION_RM_VALUE, // a number, or an error of the Resource Manager
};

struct scenario_option {
    const char *name;
    enum scenario_option_kind kind;
    uint64_t initial;
    uint64_t max; // of a number
    bool needed;
};

struct scenario_verb_info {
    const char *name;
    enum scenario_verb verb;
    bool by_vm; // its line begins with the name of a VM
    // What follows the verb, one letter a word: V a new VM, N a new object, q a queue, b a doorbell, o any object, n a
    // number, t a duration, d data, s text, c a call, m a message, w objects as many as wanted, a arguments likewise, f
    // fields likewise.
    const char *words;
    struct scenario_option options[SCENARIO_MAX_OPTIONS];
};

const struct scenario_verb_info *scenario_find_verb(const char *name, bool by_vm);

bool scenario_find_hypervisor_error(const char *name, uint64_t *error);
bool scenario_find_rm_error(const char *name, uint64_t *error);
bool scenario_find_call(const char *name, uint64_t *number);
bool scenario_find_message(const char *name, bool notification, uint64_t *id);
bool scenario_find_mischief(const char *name, uint64_t *kind);

#endif
