// SPDX-License-Identifier: BSD-3-Clause
// A recording while it is played, and the kinds of line that it is made of.
#ifndef REPLAY_PLAYER_H
#define REPLAY_PLAYER_H

#include "machine.h"
#include "recording.h"
#include "symbols.h"

#define PLAYER_MAX_WORDS 2048
#define PLAYER_MAX_BYTES (UINT64_C(1) << 20) // that one line may touch

struct player {
    const char *path;
    unsigned long line;
    unsigned long reports; // left to print
    struct recording_result result;
    struct machine *machine;
    struct symbols symbols;
    bool started;
    bool stock;
    // The line: its words, and what is behind the arrow, or NULL.
    const char *words[PLAYER_MAX_WORDS];
    size_t count;
    char *answer;
};

/** How a line went. */
enum line_result {
    LINE_MATCHED,
    LINE_DIFFERED,  // reported
    LINE_MALFORMED, // not reported
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

/** The line did not get what was recorded: print so, unless enough has been printed. Returns LINE_DIFFERED. */
enum line_result player_differs(struct player *player, const char *format, ...);

/** Did no two runs agree about the answer, so that any will do? */
bool player_accepts(const struct player *player);

/** Compare a text with the answer of the line. */
enum line_result player_compare(struct player *player, const char *text);

/** Word i of the line as an operand. False: there is none, or it makes no sense. */
bool player_operand(const struct player *player, size_t i, uint64_t *value);

#endif
