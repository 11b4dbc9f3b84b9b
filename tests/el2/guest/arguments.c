// SPDX-License-Identifier: BSD-3-Clause
#include "guest.h"

#include "../semihosting.h"

#include <string.h>

#define MAX_WORDS 4

// Cut at the blanks.
static size_t split(char *line, const char *words[MAX_WORDS])
{
    size_t count = 0;

    for (char *place = line; *place != '\0'; place++) {
        if (*place == ' ')
            *place = '\0';
        else if ((place == line || place[-1] == '\0') && count < MAX_WORDS)
            words[count++] = place;
    }
    return count;
}

static bool is_equal(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

static bool read(size_t count, const char *const words[], struct guest_arguments *arguments)
{
    arguments->watchdogs = count == 4 && is_equal(words[3], "watchdogs");
    if (count != 3 && !arguments->watchdogs)
        return false;
    arguments->convention = is_equal(words[0], "smccc") ? GUNYAH_CONVENTION_SMCCC : GUNYAH_CONVENTION_IMMEDIATE;
    arguments->conduit = is_equal(words[1], "smc") ? GUNYAH_CONDUIT_SMC : GUNYAH_CONDUIT_HVC;
    arguments->wanted = words[2];
    return (arguments->convention == GUNYAH_CONVENTION_SMCCC || is_equal(words[0], "immediate")) &&
           (arguments->conduit == GUNYAH_CONDUIT_SMC || is_equal(words[1], "hvc"));
}

void guest_read_arguments(struct guest_arguments *arguments)
{
    static char line[128];
    const char *words[MAX_WORDS];

    if (semihosting_command_line(line, sizeof(line)) && read(split(line, words), words, arguments))
        return;
    semihosting_write("guest: these arguments are wanted: smccc|immediate hvc|smc case|object [watchdogs]\n");
    semihosting_exit(1);
}

bool guest_wants(const struct guest_arguments *arguments, const char *name)
{
    const size_t length = strlen(arguments->wanted);

    return strlen(name) >= length && memcmp(name, arguments->wanted, length) == 0 &&
           (name[length] == '.' || name[length] == '\0');
}
