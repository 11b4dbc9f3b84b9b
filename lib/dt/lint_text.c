// SPDX-License-Identifier: BSD-3-Clause
#include "lint_text.h"

#include <gunyah/dt_lint.h>

#define QUOTED 40u
#define SMALL 100000u

static void put(struct text *text, char character)
{
    if (text->length + 1 < text->size) {
        text->buffer[text->length] = character;
        text->buffer[text->length + 1] = '\0';
    }
    text->length++;
}

void gunyah_text_add(struct text *text, const char *string)
{
    while (*string != '\0')
        put(text, *string++);
}

void gunyah_text_quote(struct text *text, const char *string)
{
    put(text, '"');
    for (uint32_t i = 0; i < QUOTED && string[i] != '\0'; i++) {
        const bool prints = string[i] >= ' ' && string[i] <= '~';
        if (prints)
            put(text, string[i]);
        else
            put(text, '?');
    }
    put(text, '"');
}

void gunyah_text_number(struct text *text, uint64_t number)
{
    const uint32_t base = number < SMALL ? 10 : 16;
    char digits[20];
    size_t count = 0;

    if (base == 16)
        gunyah_text_add(text, "0x");
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0)
        put(text, digits[--count]);
}

const char *gunyah_dt_severity_name(enum gunyah_dt_severity severity)
{
    switch (severity) {
    case GUNYAH_DT_NOTE:
        return "note";
    case GUNYAH_DT_WARNING:
        return "warning";
    case GUNYAH_DT_ERROR:
        return "error";
    default:
        return "fine";
    }
}

// The rule, and for whom it is how bad, if that is not the same for all.
static void add_rule(struct text *text, const struct gunyah_dt_finding *finding)
{
    const struct gunyah_dt_rule *const rule = finding->rule;

    gunyah_text_add(text, " [");
    gunyah_text_add(text, rule->name);
    if (finding->generations == GUNYAH_DT_RM_2023)
        gunyah_text_add(text, "; 2023");
    else if (finding->generations == GUNYAH_DT_RM_LATER)
        gunyah_text_add(text, "; later");
    else if (rule->rm_2023 != rule->rm_later) {
        gunyah_text_add(text, "; 2023: ");
        gunyah_text_add(text, gunyah_dt_severity_name(rule->rm_2023));
        gunyah_text_add(text, ", later: ");
        gunyah_text_add(text, gunyah_dt_severity_name(rule->rm_later));
    }
    gunyah_text_add(text, "]\n");
}

size_t gunyah_dt_finding_format(const struct gunyah_dt_finding *finding, char *buffer, size_t size)
{
    struct text text = {buffer, size, 0};

    if (size > 0)
        buffer[0] = '\0';
    gunyah_text_add(&text, gunyah_dt_severity_name(finding->severity));
    gunyah_text_add(&text, ": ");
    gunyah_text_add(&text, finding->path);
    if (finding->property[0] != '\0') {
        gunyah_text_add(&text, ": ");
        gunyah_text_add(&text, finding->property);
    }
    gunyah_text_add(&text, " ");
    gunyah_text_add(&text, finding->text);
    add_rule(&text, finding);
    gunyah_text_add(&text, "    Effect: ");
    gunyah_text_add(&text, finding->rule->consequence);
    gunyah_text_add(&text, ".\n    Cure: ");
    gunyah_text_add(&text, finding->rule->cure);
    gunyah_text_add(&text, "\n");
    return text.length;
}
