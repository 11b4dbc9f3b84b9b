// SPDX-License-Identifier: BSD-3-Clause
// What the doctor looks at.
#ifndef GUNYAH_DOCTOR_H
#define GUNYAH_DOCTOR_H

#include "machine.h"

enum verdict {
    VERDICT_NONE, // It does not apply to this machine, or cannot be known.
    VERDICT_FINE,
    VERDICT_NOTE,    // Somebody may stumble over it.
    VERDICT_PROBLEM, // Something does not work.
};

struct finding {
    char text[256]; // what was found, as one clause
};

struct check {
    const char *id; // stays as it is, for scripts
    enum verdict (*look)(const struct machine *machine, struct finding *finding);
    const char *why;
    const char *cure; // NULL: what the library advises about the node
};

// The last one has no id.
extern const struct check doctor_checks[];

#endif
