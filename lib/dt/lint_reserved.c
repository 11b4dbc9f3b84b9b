// SPDX-License-Identifier: BSD-3-Clause
// Rules about /reserved-memory, where memory parcels find their place.
#include "lint.h"

static void check_reg(struct linter *linter, bool has_label)
{
    const struct level *const parent = gunyah_lint_parent(linter);
    const uint64_t entry = (uint64_t)parent->address_cells + parent->size_cells;
    const struct cells reg = gunyah_view_array(linter, gunyah_lint_node(linter), "reg");
    struct text text;

    if (reg.data == NULL)
        return;
    if (reg.count > entry)
        gunyah_lint_number(linter, RULE_RESERVED_REG, "reg", "has ", reg.count, " cells, more than one range");
    if (has_label)
        return;
    text = gunyah_lint_text(linter);
    gunyah_text_add(&text, "is a fixed place without qcom,label");
    gunyah_lint_report(linter, RULE_RESERVED_UNLABELLED, GUNYAH_DT_RM_ALL, "reg");
}

static void check_child(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const bool has_label = gunyah_view_has(linter, node, "qcom,label");

    check_reg(linter, has_label);
    if (has_label && gunyah_view_has(linter, node, "reusable"))
        gunyah_lint_say(linter, RULE_RESERVED_REUSABLE, "reusable", "is there");
    if (!gunyah_view_has(linter, node, "qcom,target-vmid"))
        return;
    if (!has_label)
        gunyah_lint_say(linter, RULE_RESERVED_TARGET, "qcom,label", "is missing");
    if (!gunyah_view_has(linter, node, "no-map"))
        gunyah_lint_say(linter, RULE_RESERVED_TARGET, "no-map", "is missing");
}

void gunyah_lint_reserved(struct linter *linter)
{
    if (linter->depth == 2)
        check_child(linter);
    else if (linter->depth == 1 && !gunyah_view_has(linter, gunyah_lint_node(linter), "ranges"))
        gunyah_lint_say(linter, RULE_RESERVED_RANGES, "ranges", "is missing");
}
