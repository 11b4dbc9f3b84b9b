// SPDX-License-Identifier: BSD-3-Clause
// Plays one recording on a machine that is booted for it.
#ifndef REPLAY_RECORDING_H
#define REPLAY_RECORDING_H

#include <stdbool.h>

struct machine;

struct recording_result {
    unsigned long lines;      // that have an answer
    unsigned long matched;    // ... and got it
    unsigned long mismatches; // things that were not as recorded
    bool unusable;            // unreadable or malformed; the reason has been printed
};

/** Play a file, and print up to that many mismatches. */
struct recording_result recording_play(struct machine *machine, const char *path, unsigned long reports);

#endif
