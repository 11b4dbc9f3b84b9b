// SPDX-License-Identifier: BSD-3-Clause
// A recording while it is played, and the kinds of line that it is made of.
#ifndef REPLAY_PLAYER_H
#define REPLAY_PLAYER_H

#include "machine.h"
#include "recording.h"
#include "symbols.h"

#define PLAYER_MAX_WORDS 2048
#define PLAYER_MAX_BYTES (UINT64_C(1) << 20) // that one line may touch
#define PLAYER_TEXT 128                      // of a report, with its zero byte

struct player {
    const char *path;
    unsigned long line;
    const struct recording_observer *observer;
    struct recording_result result;
    struct machine *machine;
    struct symbols symbols;
    bool started;
    bool stock;
    // The line: its words, and what is behind the arrow, or NULL.
    const char *words[PLAYER_MAX_WORDS];
    size_t count;
    char *answer;
    char wrong[PLAYER_TEXT]; // what is malformed in it, where that is known
};

/** How a line went. */
enum line_result {
    LINE_MATCHED,
    LINE_DIFFERED,  // reported
    LINE_MALFORMED, // not reported
    LINE_NO_MEMORY, // likewise
};

/** Plays the line in player. */
typedef enum line_result line_function(struct player *player);

line_function line_call;  // call NAME CONVENTION ARGUMENT... [=$SYMBOL]
line_function line_smccc; // smccc FUNCTION CONDUIT ARGUMENT...
line_function line_raw;   // hvc IMMEDIATE ARGUMENT..., smc IMMEDIATE ARGUMENT...

line_function line_fill;
line_function line_copy;
line_function line_dump;
line_function line_sum;
line_function line_peek;
line_function line_poke;

line_function line_irqcfg;
line_function line_virq;
line_function line_take;
line_function line_clear;

/** The line did not get what was recorded. Returns LINE_DIFFERED. */
enum line_result player_differs(struct player *player, const char *expected, const char *answered);

/** A word of the line makes no sense, as this says. Returns LINE_MALFORMED. */
enum line_result player_malformed(struct player *player, const char *what, const char *word);

/** Did no two runs agree about the answer, so that any will do? */
bool player_accepts(const struct player *player);

/** Compare a text with the answer of the line. */
enum line_result player_compare(struct player *player, const char *text);

/** Word i of the line as an operand. False: there is none, or it makes no sense. */
bool player_operand(struct player *player, size_t i, uint64_t *value);

#endif
