// SPDX-License-Identifier: BSD-3-Clause
// A line of a scenario on its way to a step, and what reads the parts of it.
#ifndef GUNYAH_SCENARIO_LINE_H
#define GUNYAH_SCENARIO_LINE_H

#include "scenario_words.h"

struct line {
    struct scenario *scenario;
    struct scenario_problem *problem;
    uint32_t number;
    struct scenario_word words[SCENARIO_MAX_WORDS];
    uint32_t count;
    uint32_t at;  // the next word
    uint32_t end; // column behind the last one
    const struct scenario_verb_info *verb;
    struct scenario_step *step;
};

// What is expected in the place of the next word. Returns false.
bool scenario_line_wrong(struct line *line, const char *expected);

// The column of the next word, or behind the last one.
uint32_t scenario_line_column(const struct line *line);

// The next word if it is not quoted, or "", which nothing is called.
const char *scenario_plain_word(const struct line *line);

// Why nothing new can have this name: what is expected in its place. NULL: it can.
const char *scenario_name_problem(const struct scenario *scenario, const char *name);

int scenario_find_vm(const struct scenario *scenario, const char *name);
int scenario_find_object(const struct scenario *scenario, const char *name);

// Each reads from the next word on, and goes behind what it has read; or tells the problem and returns false.
bool scenario_read_word(struct line *line, char letter); // of a verb's words
bool scenario_read_data(struct line *line);
bool scenario_read_duration(struct line *line, const char *text, uint64_t *value);
bool scenario_read_named(struct line *line, struct scenario_value *value);
bool scenario_read_options(struct line *line);
bool scenario_read_expect(struct line *line);

#endif
