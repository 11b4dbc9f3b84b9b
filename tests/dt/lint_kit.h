// SPDX-License-Identifier: BSD-3-Clause
// What the linter finds in a tree, and what it should find.
#ifndef LINT_KIT_H
#define LINT_KIT_H

#include "trees.h"

#include <gunyah/dt_lint.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define MAX_FOUND 32

// A finding, kept longer than the linter keeps it.
struct found {
    const struct gunyah_dt_rule *rule;
    enum gunyah_dt_severity severity;
    uint32_t generations;
    char path[256];
    char property[64];
    char text[256];
};

struct lint {
    struct gunyah_dt_lint_options options;
    struct gunyah_dt_linter linter;
    struct found found[MAX_FOUND];
    size_t count;
};

// What is expected of a tree: findings in this order. The text has the value somewhere.
struct expected {
    const char *tree;
    const char *rule; // null: nothing is found
    enum gunyah_dt_severity severity;
    uint32_t generations;
    const char *path;
    const char *property;
    const char *value;
};

static inline void lint_keep(void *context, const struct gunyah_dt_finding *finding)
{
    struct lint *lint = context;

    cr_assert_lt(lint->count, MAX_FOUND);
    struct found *found = &lint->found[lint->count++];
    found->rule = finding->rule;
    found->severity = finding->severity;
    found->generations = finding->generations;
    snprintf(found->path, sizeof(found->path), "%s", finding->path);
    snprintf(found->property, sizeof(found->property), "%s", finding->property);
    snprintf(found->text, sizeof(found->text), "%s", finding->text);
}

static inline void lint_init(struct lint *lint)
{
    static const struct gunyah_dt_lint_options init = GUNYAH_DT_LINT_OPTIONS_INIT;

    lint->options = init;
    lint->options.report = lint_keep;
    lint->options.context = lint;
}

static inline void lint_run(struct lint *lint, const struct tree *tree)
{
    lint->count = 0;
    cr_assert_eq(gunyah_dt_lint(tree->bytes, tree->size, &lint->options, &lint->linter), GUNYAH_OK);
    cr_expect_eq(lint->linter.errors + lint->linter.warnings + lint->linter.notes, lint->count);
}

static inline void lint_compare(const struct found *found, const struct expected *row)
{
    cr_expect_str_eq(found->rule->name, row->rule, "%s", row->tree);
    cr_expect_eq(found->severity, row->severity, "%s: %d", row->tree, found->severity);
    cr_expect_eq(found->generations, row->generations, "%s: %u", row->tree, found->generations);
    cr_expect_str_eq(found->path, row->path, "%s", row->tree);
    cr_expect_str_eq(found->property, row->property, "%s", row->tree);
    cr_expect(strstr(found->text, row->value) != NULL, "%s: \"%s\"", row->tree, found->text);
}

// Compares a tree, whose rows are next to each other, with what is found in it. Returns how many rows it has.
static inline size_t lint_expect(struct lint *lint, const char *path, const struct expected *rows, size_t rest)
{
    static struct tree tree;
    size_t of_tree = 1;

    while (of_tree < rest && strcmp(rows[of_tree].tree, rows[0].tree) == 0)
        of_tree++;
    tree_load(&tree, path);
    lint_run(lint, &tree);
    const size_t expected = rows[0].rule != NULL ? of_tree : 0;
    cr_expect_eq(lint->count, expected, "%s: %zu findings, not %zu", rows[0].tree, lint->count, expected);
    for (size_t i = 0; i < expected && i < lint->count; i++)
        lint_compare(&lint->found[i], &rows[i]);
    return of_tree;
}

// The same for all the trees of a table.
static inline void lint_expect_all(struct lint *lint, const struct expected *rows, size_t count)
{
    char path[512];

    for (size_t i = 0; i < count;) {
        snprintf(path, sizeof(path), MADE("lint/%s"), rows[i].tree);
        i += lint_expect(lint, path, rows + i, count - i);
    }
}

#endif
