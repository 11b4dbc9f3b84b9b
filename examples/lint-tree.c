// SPDX-License-Identifier: BSD-3-Clause
// lint-tree <file.dtb>: tells what the Resource Manager will say of a VM's device tree.
#include <gunyah/dt_lint.h>
#include <stdio.h>

#define MAX_TREE (2u * 1024u * 1024u)

static void report(void *context, const struct gunyah_dt_finding *finding)
{
    char text[1024];

    gunyah_dt_finding_format(finding, text, sizeof(text));
    fputs(text, context);
}

static int lint(const void *dtb, size_t size)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;

    options.report = report;
    options.context = stdout;
    if (gunyah_dt_lint(dtb, size, &options, &linter) != GUNYAH_OK)
        return 2;
    printf("%u errors, %u warnings, %u notes\n", linter.errors, linter.warnings, linter.notes);
    return linter.errors > 0;
}

int main(int argc, char **argv)
{
    static _Alignas(8) unsigned char tree[MAX_TREE];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;

    if (file == NULL)
        return fputs("usage: lint-tree FILE.dtb\n", stderr), 2;
    const size_t size = fread(tree, 1, sizeof(tree), file);
    fclose(file);
    return lint(tree, size);
}
