// SPDX-License-Identifier: BSD-3-Clause
// Findings as text.
#include "text.h"

#include <gunyah/dt_lint.h>

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
