// SPDX-License-Identifier: BSD-3-Clause
// Mistakes with Qualcomm's driver.
#ifndef MISTAKES_SIGNED_H
#define MISTAKES_SIGNED_H

#define FLAVOUR_NAMES "q1", "q1-6.1", "q1-le"
#include "mistakes.h"
#include "signed.h"

#define EVERY(error)                                                                                                   \
    {                                                                                                                  \
        error, error, error                                                                                            \
    }
#define LATER(error)                                                                                                   \
    {                                                                                                                  \
        EINVAL, EINVAL, error                                                                                          \
    }
#define NAME "trustedvm"

static inline int on_fresh(unsigned long command, void *argument)
{
    return call(create_signed(), command, argument);
}

static inline int on_loaded(unsigned long command, void *argument)
{
    return call(load(NAME), command, argument);
}

#endif
