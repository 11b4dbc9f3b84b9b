// SPDX-License-Identifier: BSD-3-Clause
// What instructions.sh counts: one kind of work, many times, in a VM whose driver costs next to nothing. It fails if the guest's
// writes did not arrive.
#include "ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum gunyah_error access_fn(const struct lookup *lookup, uint64_t address, uint8_t *data);

static struct lookup lookup;

static uint64_t look_up(access_fn *access, size_t regions, unsigned long count)
{
    uint8_t data[8] = {1};

    if (regions > LOOKUP_MAX_REGIONS || !lookup_prepare(&lookup, regions))
        return 0;
    for (unsigned long i = 0; i < count; i++)
        access(&lookup, lookup.addresses[i % LOOKUP_ACCESSES], data);
    return lookup.sum;
}

static uint64_t loop_in_machine(const char *tree, unsigned long count)
{
    struct machine machine;

    if (!machine_open(&machine, "/dev/null", tree))
        return 0;
    const uint64_t sum = loop_by_library(&machine, count);
    return machine_close(&machine) ? sum : 0;
}

// The sum of what was written.
static uint64_t work(const char *what, const char *argument, unsigned long count)
{
    const size_t regions = strtoul(argument, NULL, 10);

    if (strcmp(what, "driver") == 0)
        return loop_of_driver(count);
    if (strcmp(what, "loop-hand") == 0)
        return loop_by_hand(count);
    if (strcmp(what, "loop-library") == 0)
        return loop_in_machine(argument, count);
    if (strcmp(what, "bus") == 0)
        return look_up(access_by_library, regions, count);
    if (strcmp(what, "search") == 0)
        return look_up(access_by_search, regions, count);
    if (strcmp(what, "bsearch") == 0)
        return look_up(access_by_bsearch, regions, count);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return fputs("usage: count-linux driver|loop-hand|loop-library GUEST.dtb COUNT\n"
                     "       count-linux bus|search|bsearch REGIONS COUNT\n",
                     stderr),
               2;
    const unsigned long count = strtoul(argv[3], NULL, 10);
    return work(argv[1], argv[2], count) != count;
}
