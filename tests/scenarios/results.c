// SPDX-License-Identifier: BSD-3-Clause
// Lines of results: kept while the trace is printed, and printed behind it.
#include "scenario.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *results;
static char *collected;
static size_t collected_size;
static const char *current = ""; // Step of the line.

void begin_results(void)
{
    results = open_memstream(&collected, &collected_size);
    if (results == NULL)
        exit(EXIT_FAILURE);
}

void print_results(void)
{
    fclose(results);
    printf("results:%s\n", collected);
    free(collected);
}

void must(enum gunyah_error error, const char *what)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

void step(const char *what, enum gunyah_error error, enum gunyah_error expected)
{
    current = what;
    fprintf(results, "\n%s: %s", what, gunyah_error_name(error));
    if (error == expected)
        return;
    fprintf(stderr, "%s: %s instead of %s\n", what, gunyah_error_name(error), gunyah_error_name(expected));
    exit(EXIT_FAILURE);
}

static void compare(const char *key, uint64_t value, uint64_t expected)
{
    if (value == expected)
        return;
    fprintf(stderr, "%s: %s is %" PRIu64 " instead of %" PRIu64 "\n", current, key, value, expected);
    exit(EXIT_FAILURE);
}

void number(const char *key, uint64_t value, uint64_t expected)
{
    fprintf(results, " %s=%" PRIu64, key, value);
    compare(key, value, expected);
}

void hex(const char *key, uint64_t value, uint64_t expected)
{
    fprintf(results, " %s=0x%" PRIx64, key, value);
    compare(key, value, expected);
}

void bytes(const char *key, const void *data, size_t size)
{
    const unsigned char *byte = data;

    fprintf(results, " %s=", key);
    for (size_t i = 0; i < size; i++)
        fprintf(results, "%02x", byte[i]);
}

void text(const char *key, const char *value)
{
    fprintf(results, " %s=\"%s\"", key, value);
}
