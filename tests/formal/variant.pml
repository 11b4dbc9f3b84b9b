// SPDX-License-Identifier: BSD-3-Clause
// The variant of a model, which the program that spin makes reads from its environment: so that all are one program.
#include "mistakes.pml"

c_decl {
    \#include <stdlib.h>
}
byte variant;

inline read_variant()
{
    c_code { now.variant = atoi(getenv("VARIANT")); }
}

inline choose(truth)
{
    if
    :: truth = false
    :: truth = true
    fi
}
