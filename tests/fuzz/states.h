// SPDX-License-Identifier: BSD-3-Clause
// What is true of a model's state at any time.
#ifndef FUZZ_STATES_H
#define FUZZ_STATES_H

#include <model.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Whatever was called, the state is one that a program may load.
static inline void must_be_sound(struct gunyah_model *model)
{
    void *room = malloc(gunyah_model_audit_size(model));
    const char *wrong = room != NULL ? gunyah_model_audit(model, room) : "no memory";

    free(room);
    if (wrong == NULL)
        return;
    fprintf(stderr, "%s\n", wrong);
    abort();
}

// A snapshot that is restored at once must change nothing: a second one has the same bytes.
static inline void must_restore(struct gunyah_model *model)
{
    const size_t size = gunyah_model_snapshot_size(model);
    unsigned char *first = malloc(size);
    unsigned char *second = malloc(size);

    if (first == NULL || second == NULL)
        abort();
    if (gunyah_model_snapshot(model, first, size) != GUNYAH_HVERR_OK ||
        gunyah_model_restore(model, first, size) != GUNYAH_HVERR_OK || gunyah_model_snapshot_size(model) != size ||
        gunyah_model_snapshot(model, second, size) != GUNYAH_HVERR_OK || memcmp(first, second, size) != 0)
        abort();
    free(first);
    free(second);
    must_be_sound(model);
}

#endif
