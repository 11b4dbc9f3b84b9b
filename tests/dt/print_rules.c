// SPDX-License-Identifier: BSD-3-Clause
// The rules of the linter as a table in Markdown, for docs/device-tree.md.
#include <gunyah/dt_lint.h>

#include <stdio.h>
#include <string.h>

// What means something to Markdown, or to HTML in it.
static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_<>|", *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

static const char *severity(enum gunyah_dt_severity severity)
{
    return severity == GUNYAH_DT_FINE ? "" : gunyah_dt_severity_name(severity);
}

int main(void)
{
    const struct gunyah_dt_rule *rule;

    puts("| Rule | 2023 | later | What is demanded | Otherwise | Cure |\n|-|-|-|-|-|-|");
    for (size_t i = 0; (rule = gunyah_dt_lint_rule(i)) != NULL; i++) {
        printf("| `%s` | %s | %s | ", rule->name, severity(rule->rm_2023), severity(rule->rm_later));
        print_escaped(rule->rule);
        fputs(" | ", stdout);
        print_escaped(rule->consequence);
        fputs(" | ", stdout);
        print_escaped(rule->cure);
        puts(" |");
    }
    return 0;
}
