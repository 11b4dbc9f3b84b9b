// SPDX-License-Identifier: BSD-3-Clause
// Hostile trees for the linter.
#include "trees.h"

#include <gunyah/dt_lint.h>

static void report(void *context, const struct gunyah_dt_finding *finding)
{
    char text[512];
    uint32_t *const count = context;
    const size_t length = gunyah_dt_finding_format(finding, text, sizeof(text));

    // What goes to a terminal is text.
    for (size_t i = 0; i < length && i + 1 < sizeof(text); i++) {
        if (text[i] == '\0')
            abort();
    }
    if (finding->severity == GUNYAH_DT_FINE || finding->generations == 0 || strlen(finding->text) == 0)
        abort();
    (*count)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;
    uint32_t count = 0;
    const size_t region = size;
    uint8_t *const tree = tree_of(data, &size);

    options.report = report;
    options.context = &count;
    options.region_size = region;
    if (gunyah_dt_lint(tree, size, &options, &linter) != GUNYAH_OK)
        abort();
    if (linter.errors + linter.warnings + linter.notes != count)
        abort();
    free(tree);
    return 0;
}
