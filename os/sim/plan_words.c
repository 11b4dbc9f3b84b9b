// SPDX-License-Identifier: BSD-3-Clause
// Words of a plan: numbers, times, chances, and names of what the ABI has names for.

#include "plan_words.h"

#include <gunyah/abi/names.h>
#include <gunyah/abi/rm_names.h>

#include <string.h>

#define CALLS 256
#define ERROR_FIRST (-16)
#define ERROR_LAST 1023
#define MESSAGES 256 // Of a group.
#define RM_ERROR_LAST 255
#define MILLION 1000000
#define PPM_PER_PERCENT 10000

bool gunyah_internal_plan_is(struct plan_word word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.text, text, word.size) == 0;
}

// Decimal digits at the beginning. Returns how many there are; 0 also if the number is too large.
static size_t read_digits(struct plan_word word, uint64_t *value)
{
    size_t size = 0;

    *value = 0;
    for (; size < word.size && word.text[size] >= '0' && word.text[size] <= '9'; size++) {
        const uint64_t digit = (uint64_t)(word.text[size] - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return 0;
        *value = *value * 10 + digit;
    }
    return size;
}

struct plan_word gunyah_internal_plan_behind(struct plan_word word, size_t size)
{
    return (struct plan_word){word.text + size, word.size - size};
}

bool gunyah_internal_plan_number(struct plan_word word, uint64_t *value)
{
    const size_t digits = read_digits(word, value);

    return digits != 0 && digits == word.size;
}

bool gunyah_internal_plan_duration(struct plan_word word, uint64_t *nanoseconds)
{
    static const struct {
        const char *name;
        uint64_t nanoseconds;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    uint64_t count;
    const size_t digits = read_digits(word, &count);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && digits != 0; i++) {
        if (!gunyah_internal_plan_is(gunyah_internal_plan_behind(word, digits), units[i].name))
            continue;
        *nanoseconds = count * units[i].nanoseconds;
        return count <= UINT64_MAX / 2 / units[i].nanoseconds;
    }
    return false;
}

// Digits behind the point of a percentage, in parts per million.
static size_t read_fraction(struct plan_word word, uint64_t *ppm)
{
    uint64_t weight = PPM_PER_PERCENT;
    size_t size = 0;

    *ppm = 0;
    for (; size < word.size && word.text[size] >= '0' && word.text[size] <= '9' && weight > 1; size++) {
        weight /= 10;
        *ppm += (uint64_t)(word.text[size] - '0') * weight;
    }
    return size;
}

// A percentage, or parts per million. Chance 0 would mean always.
bool gunyah_internal_plan_chance(struct plan_word word, uint64_t *ppm)
{
    uint64_t fraction = 0;
    const size_t digits = read_digits(word, ppm);

    word = gunyah_internal_plan_behind(word, digits);
    if (digits == 0 || *ppm > UINT32_MAX)
        return false;
    if (gunyah_internal_plan_is(word, "ppm"))
        return *ppm != 0 && *ppm <= MILLION;
    *ppm *= PPM_PER_PERCENT;
    if (word.size != 0 && word.text[0] == '.') {
        const size_t size = read_fraction(gunyah_internal_plan_behind(word, 1), &fraction);
        word = gunyah_internal_plan_behind(word, size != 0 ? 1 + size : 0);
    }
    *ppm += fraction;
    return gunyah_internal_plan_is(word, "%") && *ppm != 0 && *ppm <= MILLION;
}

bool gunyah_internal_plan_find_call(struct plan_word word, uint32_t *number)
{
    *number = GUNYAH_SIM_ANY_CALL;
    if (gunyah_internal_plan_is(word, "any"))
        return true;
    for (*number = 0; *number < CALLS; ++*number) {
        const struct gunyah_call_shape *call = gunyah_call_info(*number);
        if (call != NULL && gunyah_internal_plan_is(word, call->name))
            return true;
    }
    return false;
}

bool gunyah_internal_plan_find_error(struct plan_word word, uint64_t *error)
{
    for (int32_t code = ERROR_FIRST; code <= ERROR_LAST; code++) {
        const char *name = gunyah_hverr_name(code);
        if (code == GUNYAH_HVERR_OK || name == NULL || !gunyah_internal_plan_is(word, name))
            continue;
        *error = (uint64_t)(int64_t)code;
        return true;
    }
    return false;
}

// False also for the name of a notification, which nobody asks with.
bool gunyah_internal_plan_find_message(struct plan_word word, uint32_t *id)
{
    static const uint32_t groups[] = {0x51000000, 0x56000000};

    *id = GUNYAH_SIM_RM_ANY_MESSAGE;
    if (gunyah_internal_plan_is(word, "any"))
        return true;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        for (*id = groups[i]; *id < groups[i] + MESSAGES; ++*id) {
            const struct gunyah_rm_message_shape *message = gunyah_rm_message_info(*id);
            if (message != NULL && gunyah_internal_plan_is(word, message->name))
                return true;
        }
    }
    return false;
}

// By its name or by its number.
bool gunyah_internal_plan_find_rm_error(struct plan_word word, uint64_t *error)
{
    const char *unimplemented = gunyah_rm_error_name(GUNYAH_RMERR_UNIMPLEMENTED);

    if (gunyah_internal_plan_number(word, error))
        return *error != GUNYAH_RMERR_OK && *error <= UINT32_MAX;
    *error = GUNYAH_RMERR_UNIMPLEMENTED;
    if (gunyah_internal_plan_is(word, unimplemented))
        return true;
    for (*error = GUNYAH_RMERR_OK + 1; *error <= RM_ERROR_LAST; ++*error) {
        const char *name = gunyah_rm_error_name((uint32_t)*error);
        if (name != NULL && gunyah_internal_plan_is(word, name))
            return true;
    }
    return false;
}
