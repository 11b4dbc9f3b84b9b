// SPDX-License-Identifier: BSD-3-Clause
// What a word of a plan says. Nothing here needs a machine, or its lock.
#ifndef GUNYAH_PLAN_WORDS_H
#define GUNYAH_PLAN_WORDS_H

#include <gunyah/sim_hostile.h>

// Some bytes of a plan; no zero ends them.
struct plan_word {
    const char *text;
    size_t size;
};

bool gunyah_internal_plan_is(struct plan_word word, const char *text);
struct plan_word gunyah_internal_plan_behind(struct plan_word word, size_t size);

// False: the word is something else, or too large.
bool gunyah_internal_plan_number(struct plan_word word, uint64_t *value);
bool gunyah_internal_plan_duration(struct plan_word word, uint64_t *nanoseconds);
bool gunyah_internal_plan_chance(struct plan_word word, uint64_t *ppm);

// False: nothing has this name.
bool gunyah_internal_plan_find_call(struct plan_word word, uint32_t *number);
bool gunyah_internal_plan_find_error(struct plan_word word, uint64_t *error);
bool gunyah_internal_plan_find_message(struct plan_word word, uint32_t *id);
bool gunyah_internal_plan_find_rm_error(struct plan_word word, uint64_t *error);

#endif
