// SPDX-License-Identifier: BSD-3-Clause
// Plays one recording of hypercalls on a machine that is booted for it, and tells what is answered differently.
// tests/recordings/README.md describes the format.
#ifndef REPLAY_RECORDING_H
#define REPLAY_RECORDING_H

#include <stdbool.h>
#include <stdio.h>

struct machine;

/** The model. NULL: no memory. */
struct machine *machine_new_model(void);

void machine_free(struct machine *machine);

/** An answer that is not as recorded. The texts are valid during the call. */
struct recording_difference {
    const char *path;
    unsigned long line;
    const char *operation; // the line without its answer; long ones are shortened
    const char *expected;
    const char *answered;
};

/** Who is told, as it goes. */
struct recording_observer {
    void *context;
    void (*differs)(void *context, const struct recording_difference *difference);
    /** The recording cannot be played further. Line 0: it has none. */
    void (*fails)(void *context, const char *path, unsigned long line, const char *why);
    /** That many lines are done. */
    void (*goes_on)(void *context, const char *path, unsigned long lines);
};

struct recording_result {
    unsigned long lines;       // that have an answer
    unsigned long matched;     // ... and got it
    unsigned long differences; // things that were not as recorded, also on lines without an answer
    bool failed;               // it could not be played to its end
};

/** Play a file from where it is to its end. Its name is for what is told. */
struct recording_result recording_play(struct machine *machine, FILE *file, const char *path,
                                       const struct recording_observer *observer);

#endif
