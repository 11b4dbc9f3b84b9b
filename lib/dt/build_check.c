// SPDX-License-Identifier: BSD-3-Clause
// What texts, names, paths and interrupts may be.
#include "build.h"

#define NAME_MOST 31
#define PATH_MOST 199

// ---- Texts -------------------------------------------------------------------------------------------------------

// The length of a string; more than the most if it is longer.
static size_t length_of(const char *string, size_t most)
{
    size_t length = 0;

    while (length <= most && string[length] != '\0')
        length++;
    return length;
}

bool gunyah_build_is_text(const char *string, size_t most)
{
    const size_t length = string != NULL ? length_of(string, most) : 0;

    if (length == 0 || length > most)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (string[i] < ' ' || string[i] > '~')
            return false;
    }
    return true;
}

static bool is_of_name(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || character == ',' || character == '.' || character == '_' ||
           character == '+' || character == '-';
}

static bool is_component(const char *string, size_t length)
{
    if (length == 0 || length > NAME_MOST)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_of_name(string[i]))
            return false;
    }
    return true;
}

bool gunyah_build_is_name(const char *string)
{
    return string != NULL && is_component(string, length_of(string, NAME_MOST));
}

bool gunyah_build_is_path(const char *string)
{
    const size_t length = length_of(string, PATH_MOST);
    size_t first = 1;

    if (length > PATH_MOST || string[0] != '/')
        return false;
    for (size_t i = 1; i <= length; i++) {
        if (i < length && string[i] != '/')
            continue;
        if (!is_component(string + first, i - first))
            return false;
        first = i + 1;
    }
    return true;
}

// ---- Interrupts --------------------------------------------------------------------------------------------------

// Kinds of interrupts, by their number in a specifier: where they begin in the GIC, and how many there are.
static const struct {
    uint32_t first;
    uint32_t count;
} kinds[] = {{32, 988}, {16, 16}, {4096, 1024}, {1056, 64}};

bool gunyah_build_specifier(struct gunyah_dt_interrupt interrupt, uint32_t specifier[BUILD_SPECIFIER])
{
    for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const uint32_t number = interrupt.virq.value - kinds[i].first;
        if (interrupt.virq.value < kinds[i].first || number >= kinds[i].count)
            continue;
        specifier[0] = i;
        specifier[1] = number;
        specifier[2] = interrupt.level ? 4 : 1;
        return true;
    }
    return false;
}
