// SPDX-License-Identifier: BSD-3-Clause
#include "scenario_words.h"
#include "hex.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scenario_wrong(struct scenario_problem *problem, uint32_t line, uint32_t column, const char *format, ...)
{
    va_list arguments;

    problem->place = (struct scenario_place){line, column};
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof(problem->text), format, arguments);
    va_end(arguments);
    return false;
}

// Reads what stands behind a backslash. Returns how much that was, or 0.
static size_t read_escape(const char *text, char *byte)
{
    static const char names[] = "nrt0\\\"";
    static const char bytes[] = "\n\r\t\0\\\"";
    const char *found = text[0] != 0 ? strchr(names, text[0]) : NULL;
    uint8_t value;

    if (found != NULL) {
        *byte = bytes[found - names];
        return 1;
    }
    if (text[0] != 'x' || !hex_read(text + 1, &value))
        return 0;
    *byte = (char)value;
    return 3;
}

// Reads quoted text in place. Returns where it ends, behind the quote, or NULL.
static char *read_quoted(char *line, char *from, uint32_t number, struct scenario_word *word,
                         struct scenario_problem *problem)
{
    const uint32_t begin = (uint32_t)(from - line) + 1;
    char *to = from;

    word->text = to;
    word->quoted = true;
    for (from++; *from != '"'; to++) {
        if (*from == 0) {
            scenario_wrong(problem, number, begin, "the text has no end: expected a \"");
            return NULL;
        }
        if (*from == '\\') {
            const size_t size = read_escape(from + 1, to);
            if (size == 0) {
                scenario_wrong(problem, number, (uint32_t)(from - line) + 1,
                               "expected \\n, \\r, \\t, \\0, \\\\, \\\" or \\x and two digits");
                return NULL;
            }
            from += 1 + size;
        } else {
            *to = *from++;
        }
    }
    *to = 0;
    word->size = (size_t)(to - word->text);
    return from + 1;
}

static char *read_plain(char *from, struct scenario_word *word)
{
    word->text = from;
    word->quoted = false;
    word->size = strcspn(from, " \t");
    return from + word->size;
}

bool scenario_split(char *line, uint32_t number, struct scenario_word *words, uint32_t *count,
                    struct scenario_problem *problem)
{
    *count = 0;
    for (char *at = line + strspn(line, " \t"); *at != 0 && *at != '#'; at += strspn(at, " \t")) {
        const uint32_t column = (uint32_t)(at - line) + 1;
        struct scenario_word *word = &words[*count];

        if (*count == SCENARIO_MAX_WORDS)
            return scenario_wrong(problem, number, column, "a line has at most %d words", SCENARIO_MAX_WORDS);
        word->column = column;
        at = *at == '"' ? read_quoted(line, at, number, word, problem) : read_plain(at, word);
        if (at == NULL)
            return false;
        if (*at != 0 && *at != ' ' && *at != '\t')
            return scenario_wrong(problem, number, (uint32_t)(at - line) + 1, "expected a space behind the text");
        ++*count;
        if (*at != 0)
            *at++ = 0;
    }
    return true;
}

bool scenario_number(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    return isdigit((unsigned char)text[0]) && *end == 0 && errno == 0;
}

bool scenario_duration(const char *text, uint64_t *nanoseconds)
{
    static const struct {
        const char *unit;
        uint64_t nanoseconds;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    char *end;
    const uint64_t count = strtoull(text, &end, 10);

    if (!isdigit((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].unit) == 0) {
            *nanoseconds = count * units[i].nanoseconds;
            return count <= UINT64_MAX / 2 / units[i].nanoseconds;
        }
    }
    return false;
}

bool scenario_hex(struct scenario_word *word, const uint8_t **bytes, size_t *size)
{
    const char *from = word->text + 4;
    uint8_t *to = (uint8_t *)word->text;

    if (word->quoted || strncmp(word->text, "hex:", 4) != 0 || strlen(from) % 2 != 0)
        return false;
    for (; *from != 0; from += 2) {
        if (!hex_read(from, to++))
            return false;
    }
    *bytes = (const uint8_t *)word->text;
    *size = (size_t)(to - *bytes);
    return true;
}
