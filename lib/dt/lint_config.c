// SPDX-License-Identifier: BSD-3-Clause
// Rules about the VM's configuration: its own properties.
#include "lint.h"

#include <string.h>

#define NAME_LIMIT 80
#define GUID_LENGTH 36
#define HIGHEST_ACCESS 6

// Attributes of a VM. The ones that a trusted VM alone may have are refused for others.
static const struct {
    const char *name;
    uint32_t generations;
    bool is_trusted;
} attributes[] = {
    {"ras-error-handler", GUNYAH_DT_RM_ALL, false},
    {"amu-counting-disabled", GUNYAH_DT_RM_ALL, false},
    {"crash-fatal", GUNYAH_DT_RM_ALL, true},
    {"context-dump", GUNYAH_DT_RM_ALL, false},
    {"no-shutdown", GUNYAH_DT_RM_ALL, false},
    {"no-reset", GUNYAH_DT_RM_ALL, false},
    {"guest-ram-dump", GUNYAH_DT_RM_ALL, false},
    {"insecure-console", GUNYAH_DT_RM_ALL, false},
    {"bite-fatal", GUNYAH_DT_RM_LATER, false},
    {"allow-unprotected", GUNYAH_DT_RM_LATER, false},
    {"crash-restart", GUNYAH_DT_RM_LATER, false},
    {"vpm-virq", GUNYAH_DT_RM_LATER, false},
    {"nosve", GUNYAH_DT_RM_LATER, false},
    {"sme", GUNYAH_DT_RM_LATER, false},
    {"no-vpm-aggregation", GUNYAH_DT_RM_LATER, false},
    {"no-dtb-patch", GUNYAH_DT_RM_LATER, false},
    {"sdei", GUNYAH_DT_RM_LATER, false},
};

static void check_name(struct linter *linter)
{
    const char *const name = gunyah_view_string(linter, linter->config, "image-name");

    if (name == NULL)
        gunyah_lint_say(linter, RULE_IMAGE_NAME, "image-name", "is missing");
    else if (strlen(name) >= NAME_LIMIT)
        gunyah_lint_number(linter, RULE_IMAGE_NAME, "image-name", "has ", strlen(name), " characters");
}

static void check_uri(struct linter *linter)
{
    const char *const uri = gunyah_view_string(linter, linter->config, "vm-uri");

    if (uri != NULL && strlen(uri) >= NAME_LIMIT)
        gunyah_lint_number(linter, RULE_VM_URI, "vm-uri", "has ", strlen(uri), " characters");
}

static void check_only(struct linter *linter, enum rule rule, const char *property, const char *known)
{
    const char *const value = gunyah_view_string(linter, linter->config, property);

    if (value != NULL && !gunyah_view_same(value, known))
        gunyah_lint_string(linter, rule, property, value, "");
}

static bool is_hexadecimal(char digit)
{
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
}

static bool is_guid(const char *guid)
{
    if (strlen(guid) != GUID_LENGTH)
        return false;
    for (int i = 0; i < GUID_LENGTH; i++) {
        const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_hyphen ? guid[i] != '-' : !is_hexadecimal(guid[i]))
            return false;
    }
    return true;
}

static void check_guid(struct linter *linter)
{
    const char *const guid = gunyah_view_string(linter, linter->config, "vm-guid");

    if (guid != NULL && !is_guid(guid))
        gunyah_lint_string(linter, RULE_VM_GUID, "vm-guid", guid, "");
}

static void check_attribute(struct linter *linter, const char *name)
{
    struct text text = gunyah_lint_text(linter);

    gunyah_text_add(&text, "has ");
    gunyah_text_quote(&text, name);
    if (gunyah_view_same(name, "no-dtb-patch"))
        gunyah_lint_report(linter, RULE_NO_DTB_PATCH, GUNYAH_DT_RM_LATER, "vm-attrs");
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (!gunyah_view_same(attributes[i].name, name))
            continue;
        if (attributes[i].is_trusted && !linter->options.trusted)
            gunyah_lint_report(linter, RULE_TRUSTED_ONLY, GUNYAH_DT_RM_ALL, "vm-attrs");
        if (attributes[i].generations == GUNYAH_DT_RM_LATER)
            gunyah_lint_report(linter, RULE_LATER_ONLY, GUNYAH_DT_RM_2023, "vm-attrs");
        return;
    }
    gunyah_lint_report(linter, RULE_VM_ATTRS, GUNYAH_DT_RM_ALL, "vm-attrs");
}

static void check_attributes(struct linter *linter)
{
    const char *const first = gunyah_view_string(linter, linter->config, "vm-attrs");
    const uint32_t length = gunyah_view_length(linter, linter->config, "vm-attrs");

    if (first == NULL)
        return;
    for (uint32_t i = 0; i < length; i += (uint32_t)strlen(first + i) + 1)
        check_attribute(linter, first + i);
}

static void check_iomemory(struct linter *linter)
{
    const struct level *const root = &linter->levels[0];
    const struct cells cells = gunyah_view_array(linter, linter->config, "iomemory-ranges");

    if (root->address_cells > 2 || root->size_cells > 2)
        return; // The root's cells are wrong, which is said there.
    const uint32_t entry = 2 * root->address_cells + root->size_cells + 1;
    if (cells.count % entry != 0) {
        gunyah_lint_number(linter, RULE_IOMEMORY_RANGES, "iomemory-ranges", "has ", cells.count,
                           " cells, which are not whole entries");
        return;
    }
    for (uint32_t i = entry - 1; i < cells.count; i += entry) {
        if (gunyah_view_at(&cells, i) > HIGHEST_ACCESS)
            gunyah_lint_number(linter, RULE_IOMEMORY_RANGES, "iomemory-ranges", "has the access ",
                               gunyah_view_at(&cells, i), "");
    }
}

void gunyah_lint_trusted(struct linter *linter, const char *property)
{
    if (!linter->options.trusted && gunyah_view_has(linter, gunyah_lint_node(linter), property))
        gunyah_lint_say(linter, RULE_TRUSTED_ONLY, property, "is there");
}

void gunyah_lint_config(struct linter *linter)
{
    check_name(linter);
    check_only(linter, RULE_VM_TYPE, "vm-type", "aarch64-guest");
    check_only(linter, RULE_OS_TYPE, "os-type", "linux");
    check_uri(linter);
    check_guid(linter);
    check_attributes(linter);
    gunyah_lint_trusted(linter, "iomemory-ranges");
    gunyah_lint_trusted(linter, "gic-irq-ranges");
    check_iomemory(linter);
    if (linter->vcpus < 0)
        gunyah_lint_say(linter, RULE_VCPUS_MISSING, "", "has no node vcpus");
    if (!linter->options.trusted && fdt_subnode_offset(linter->dt.blob, linter->config, "memory") < 0)
        gunyah_lint_say(linter, RULE_BASE_MISSING, "", "has no node memory");
    if (fdt_subnode_offset(linter->dt.blob, linter->config, "interrupts") < 0)
        gunyah_lint_no_interrupts(linter);
}
