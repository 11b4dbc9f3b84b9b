// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Names of calls, of their words and of the hypervisor's errors, for traces and decoders.
 *
 * Everything here is constant, needs no session, and may be used from any thread.
 */
#ifndef GUNYAH_ABI_NAMES_H
#define GUNYAH_ABI_NAMES_H

#include "numbers.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Name and type of one argument or result; the type is a name of the ABI table, such as "capid". */
struct gunyah_word_info {
    const char *name;
    const char *type;
};

/** What the ABI table says about the shape of a call. */
struct gunyah_call_shape {
    const char *name;
    uint8_t number;
    uint8_t argument_count;
    uint8_t result_count;
    struct gunyah_word_info arguments[7];
    struct gunyah_word_info results[8];
};

/** Returns the description of a call, or NULL when no call has this number. It lives for ever. */
const struct gunyah_call_shape *gunyah_call_info(uint32_t number);

/** Returns the name of a call, such as "doorbell_send", or "unknown". It lives for ever. */
const char *gunyah_call_name(uint32_t number);

/** Returns the name of an error of the hypervisor, such as "MSGQUEUE_FULL", or NULL. It lives for ever. */
const char *gunyah_hverr_name(int32_t error);

#ifdef __cplusplus
}
#endif

#endif
