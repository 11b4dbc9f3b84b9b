// SPDX-License-Identifier: BSD-3-Clause
#include "report.h"

#include <stdarg.h>
#include <string.h>

#define KEY_COLUMN 2
#define TEXT_COLUMN 14
#define LAST_COLUMN 110

void report_begin(struct report *report, bool as_json)
{
    *report = (struct report){.as_json = as_json, .json = JSON_INIT(stdout)};
    if (as_json)
        json_array(&report->json, NULL);
}

void report_begin_words(struct report *report)
{
    *report = (struct report){.as_words = true};
}

void report_end(struct report *report)
{
    if (report->as_json)
        json_end(&report->json);
}

void report_thing(struct report *report, const char *kind, const char *name)
{
    report->count++;
    report->name = name;
    report->what = NULL;
    if (report->as_words)
        return;
    if (report->as_json) {
        json_object(&report->json, NULL);
        json_text(&report->json, "kind", kind);
        json_text(&report->json, "name", name);
        return;
    }
    printf("%s%s %s%s%s\n", report->count > 1 ? "\n" : "", kind, cli_colour(stdout, CLI_BOLD), name,
           cli_colour(stdout, CLI_PLAIN));
}

void report_thing_end(struct report *report)
{
    if (report->as_words)
        cli_word(report->name, report->what);
    if (report->as_json)
        json_end(&report->json);
}

// From the column of texts on, and there again on further lines.
static void print_wrapped(const char *text)
{
    int column = TEXT_COLUMN;

    while (*text != 0) {
        const int length = (int)strcspn(text, " ");
        const bool starts = column == TEXT_COLUMN;

        if (!starts && column + 1 + length > LAST_COLUMN) {
            printf("\n%*s", TEXT_COLUMN, "");
            column = TEXT_COLUMN;
            continue;
        }
        column += printf("%s%.*s", starts ? "" : " ", length, text);
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_key(const char *key)
{
    printf("%*s%-*s ", KEY_COLUMN, "", TEXT_COLUMN - KEY_COLUMN - 1, key);
}

void report_text(struct report *report, const char *key, const char *text)
{
    if (text != NULL && report->as_words && strcmp(key, "what") == 0)
        report->what = text;
    if (text == NULL || report->as_words)
        return;
    if (report->as_json) {
        json_text(&report->json, key, text);
        return;
    }
    print_key(key);
    print_wrapped(text);
}

void report_format(struct report *report, const char *key, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    report_text(report, key, text);
}

void report_list_begin(struct report *report, const char *key)
{
    report->list_key = key;
    if (report->as_json)
        json_array(&report->json, key);
}

void report_entry(struct report *report, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (report->as_words)
        return;
    if (report->as_json) {
        json_text(&report->json, NULL, text);
        return;
    }
    print_key(report->list_key);
    report->list_key = "";
    print_wrapped(text);
}

void report_list_end(struct report *report)
{
    if (report->as_json)
        json_end(&report->json);
}

void report_list(struct report *report, const char *key, const char *const *entries)
{
    if (entries == NULL)
        return;
    report_list_begin(report, key);
    for (; *entries != NULL; entries++)
        report_entry(report, "%s", *entries);
    report_list_end(report);
}
