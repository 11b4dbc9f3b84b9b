// SPDX-License-Identifier: BSD-3-Clause
// gunyah_dt_lint(): its options, what is no tree at all, hostile trees, and findings as text.
#include "lint_kit.h"

#include <libfdt.h>

static struct lint lint;
static struct tree tree;

static void load(const char *path)
{
    lint_init(&lint);
    tree_load(&tree, path);
}

static enum gunyah_error run(void)
{
    lint.count = 0;
    return gunyah_dt_lint(tree.bytes, tree.size, &lint.options, &lint.linter);
}

static void expect_one(const char *rule)
{
    cr_assert_eq(run(), GUNYAH_OK);
    cr_assert_eq(lint.count, 1, "%s: %zu findings", rule, lint.count);
    cr_expect_str_eq(lint.found[0].rule->name, rule);
}

Test(dt_lint, bad_arguments)
{
    load(MADE("lint/good"));
    cr_expect_eq(gunyah_dt_lint(NULL, tree.size, &lint.options, &lint.linter), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_lint(tree.bytes, tree.size, NULL, &lint.linter), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_lint(tree.bytes, tree.size, &lint.options, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_lint(tree.bytes + 4, tree.size - 4, &lint.options, &lint.linter),
                 GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect_eq(lint.count, 0);
}

Test(dt_lint, bad_options)
{
    load(MADE("lint/good"));
    lint.options.size--;
    cr_expect_eq(run(), GUNYAH_ERR_OPTION);
    lint.options.size++;
    lint.options.generations = 0;
    cr_expect_eq(run(), GUNYAH_ERR_OPTION);
    lint.options.generations = 4;
    cr_expect_eq(run(), GUNYAH_ERR_OPTION);
    lint.options.generations = GUNYAH_DT_RM_ALL;
    lint.options.ipa_bits = 31;
    cr_expect_eq(run(), GUNYAH_ERR_OPTION);
    lint.options.ipa_bits = 53;
    cr_expect_eq(run(), GUNYAH_ERR_OPTION);
    lint.options.ipa_bits = 52;
    cr_expect_eq(run(), GUNYAH_OK);
}

Test(dt_lint, nobody_listens)
{
    load(MADE("lint/trusted-only"));
    lint.options.report = NULL;
    cr_expect_eq(run(), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
    cr_expect_eq(lint.linter.errors, 3);
    cr_expect_eq(lint.linter.warnings, 0);
    cr_expect_eq(lint.linter.notes, 0);
}

Test(dt_lint, a_trusted_vm)
{
    load(MADE("lint/trusted-only"));
    lint.options.trusted = true;
    cr_expect_eq(run(), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
    // It may also run as its owner does.
    load(MADE("lint/priority"));
    lint.options.trusted = true;
    cr_expect_eq(run(), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
}

Test(dt_lint, a_larger_address_space)
{
    load(MADE("lint/base-too-high"));
    lint.options.ipa_bits = 37;
    cr_expect_eq(run(), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
}

Test(dt_lint, what_is_no_tree)
{
    load(MADE("lint/good"));
    tree.bytes[0] ^= 1;
    expect_one("malformed");
    cr_expect_str_eq(lint.found[0].path, "/");
    cr_expect_str_eq(lint.found[0].text, "this is no device tree: its magic number is wrong");
    tree.bytes[0] ^= 1;
    for (size_t size = 0; size < tree.size; size++) {
        lint.count = 0;
        cr_expect_eq(gunyah_dt_lint(tree.bytes, size, &lint.options, &lint.linter), GUNYAH_OK);
        cr_expect_eq(lint.linter.errors, 1, "%zu bytes", size);
    }
}

// The tree has no space at its end: dtc leaves none.
Test(dt_lint, room_for_the_resource_manager)
{
    load(MADE("lint/good"));
    const uint64_t enough = 2 * (tree.size + 0x2000);
    const uint64_t pages = (enough + 0xfff) & ~UINT64_C(0xfff);

    lint.options.region_size = tree.size;
    expect_one("region-full");
    lint.options.region_size = tree.size + 1023;
    expect_one("region-full");
    lint.options.region_size = tree.size + 1024;
    expect_one("region-tight");
    lint.options.region_size = enough - 1;
    expect_one("region-tight");
    lint.options.region_size = pages + 1;
    expect_one("region-tight");
    lint.options.region_size = pages;
    cr_expect_eq(run(), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
}

// Space inside of the tree is as good as space behind it.
Test(dt_lint, room_inside_of_the_tree)
{
    static struct tree large;

    load(MADE("lint/good"));
    cr_assert_eq(fdt_open_into(tree.bytes, large.bytes, 0xc000), 0);
    lint.options.region_size = 0xc000;
    cr_expect_eq(gunyah_dt_lint(large.bytes, 0xc000, &lint.options, &lint.linter), GUNYAH_OK);
    cr_expect_eq(lint.count, 0);
}

// ---- Edges ---------------------------------------------------------------------------------------------------------

// How many findings there are with a cell of a property set to this value.
static size_t findings_with(const char *path, const char *property, uint32_t cell, uint32_t value)
{
    const int node = fdt_path_offset(tree.bytes, path);
    const fdt32_t big_endian = cpu_to_fdt32(value);

    cr_assert_eq(fdt_setprop_inplace_namelen_partial(tree.bytes, node, property, (int)strlen(property), 4 * cell,
                                                     &big_endian, sizeof(big_endian)),
                 0);
    cr_assert_eq(run(), GUNYAH_OK);
    return lint.count;
}

Test(dt_lint, edges_of_the_schedule)
{
    static const char path[] = "/gunyah-vm-config/vcpus";

    load(MADE("lint/static"));
    cr_expect_eq(findings_with(path, "sched-timeslice", 0, 99), 1);
    cr_expect_eq(findings_with(path, "sched-timeslice", 0, 100001), 1);
    cr_expect_eq(findings_with(path, "sched-timeslice", 0, 100), 0);
    cr_expect_eq(findings_with(path, "sched-timeslice", 0, 100000), 0);
    cr_expect_eq(findings_with(path, "sched-priority", 0, (uint32_t)-64), 1);
    cr_expect_eq(findings_with(path, "sched-priority", 0, (uint32_t)INT32_MIN), 1);
    cr_expect_eq(findings_with(path, "sched-priority", 0, 0), 1);
    cr_expect_eq(findings_with(path, "sched-priority", 0, (uint32_t)-63), 0);
    lint.options.trusted = true;
    cr_expect_eq(findings_with(path, "sched-priority", 0, 63), 0);
    cr_expect_eq(findings_with(path, "sched-priority", 0, 64), 1);
}

Test(dt_lint, edges_of_interrupts)
{
    static const char path[] = "/gunyah-vm-config/vdevices/pair";
    static const uint32_t numbers[] = {988, 16, 1024, 64};

    load(MADE("lint/good"));
    for (uint32_t class = 0; class < COUNT(numbers); class ++) {
        findings_with(path, "interrupts", 0, class);
        cr_expect_eq(findings_with(path, "interrupts", 1, numbers[class]), 1);
        cr_expect_eq(findings_with(path, "interrupts", 1, numbers[class] - 1), 0);
    }
    cr_expect_eq(findings_with(path, "interrupts", 0, 4), 1);
    cr_expect_eq(findings_with(path, "interrupts", 0, 0), 0);
    cr_expect_eq(findings_with(path, "interrupts", 2, 0), 1);
    cr_expect_eq(findings_with(path, "interrupts", 2, 5), 1);
    // Bits above the trigger are for the CPUs of a PPI.
    cr_expect_eq(findings_with(path, "interrupts", 2, 0x304), 0);
}

Test(dt_lint, edges_of_memory)
{
    static const char path[] = "/gunyah-vm-config/memory";

    load(MADE("lint/good"));
    // The first page that is not below 2^36, and the last piece of 2 MiB that is.
    cr_expect_eq(findings_with(path, "size-max", 1, 0x1000), 0);
    cr_expect_eq(findings_with(path, "base-address", 0, 0xf), 0);
    cr_expect_eq(findings_with(path, "base-address", 1, 0xffe00000), 0);
    cr_expect_eq(findings_with(path, "base-address", 0, 0x10), 1);
    // All of the addresses from there on, and one page more.
    load(MADE("lint/good"));
    cr_expect_eq(findings_with(path, "size-max", 0, 0xffffffff), 0);
    cr_expect_eq(findings_with(path, "size-max", 1, 0x7ffff000), 0);
    cr_expect_eq(findings_with(path, "size-max", 1, 0x80000000), 1);
    // Right below the memory the firmware has 4 MiB; right above it, all.
    load(MADE("lint/good"));
    cr_expect_eq(findings_with(path, "firmware-address", 1, 0x7fc00000), 0);
    cr_expect_eq(findings_with(path, "firmware-address", 1, 0x7fc01000), 1);
    cr_expect_eq(findings_with(path, "firmware-address", 1, 0x8ffff000), 1);
    cr_expect_eq(findings_with(path, "firmware-address", 1, 0x90000000), 0);
}

// ---- Hostile trees -----------------------------------------------------------------------------------------------

static void set_string(const char *path, const char *property, const char *value)
{
    const int node = fdt_path_offset(tree.bytes, path);

    cr_assert_eq(fdt_setprop(tree.bytes, node, property, value, (int)strlen(value) + 1), 0);
}

static void load_with_room(const char *path)
{
    load(path);
    cr_assert_eq(fdt_open_into(tree.bytes, tree.bytes, TREE_CAPACITY), 0);
    tree.size = TREE_CAPACITY;
}

Test(dt_lint, aliases_in_a_circle)
{
    load_with_room(MADE("lint/good"));
    cr_assert_gt(fdt_add_subnode(tree.bytes, 0, "aliases"), 0);
    set_string("/aliases", "intc", "intc");
    set_string("/gunyah-vm-config/interrupts", "config", "intc");
    expect_one("gic-missing");
}

Test(dt_lint, strings_that_do_not_print)
{
    load_with_room(MADE("lint/good"));
    set_string("/gunyah-vm-config", "os-type", "\x1b[2J\n\xff");
    expect_one("os-type");
    cr_expect_str_eq(lint.found[0].text, "is \"?[2J??\"");
    set_string("/gunyah-vm-config", "os-type", "0123456789012345678901234567890123456789+");
    expect_one("os-type");
    cr_expect_str_eq(lint.found[0].text, "is \"0123456789012345678901234567890123456789\"");
}

Test(dt_lint, a_string_that_does_not_end)
{
    load_with_room(MADE("lint/good"));
    const int node = fdt_path_offset(tree.bytes, "/gunyah-vm-config");
    cr_assert_eq(fdt_setprop(tree.bytes, node, "os-type", "linux", 5), 0);
    expect_one("property-length");
    cr_expect_str_eq(lint.found[0].property, "os-type");
}

Test(dt_lint, cells_that_are_no_number)
{
    load_with_room(MADE("lint/good"));
    const int node = fdt_path_offset(tree.bytes, "/gunyah-vm-config");
    cr_assert_eq(fdt_setprop_u32(tree.bytes, node, "#address-cells", UINT32_MAX), 0);
    cr_expect_eq(run(), GUNYAH_OK);
    cr_assert_gt(lint.count, 0);
    cr_expect_str_eq(lint.found[0].rule->name, "property-length");
    cr_expect_str_eq(lint.found[0].property, "base-address");
}

// 65 CPUs are too many for anybody; what the linter remembers of them ends at 64.
Test(dt_lint, more_cpus_than_there_are)
{
    char name[16];

    load_with_room(MADE("lint/good"));
    for (int i = 2; i < 66; i++) {
        if (i == 64) {
            cr_expect_eq(run(), GUNYAH_OK);
            cr_expect_eq(lint.count, 0);
        }
        snprintf(name, sizeof(name), "cpu@%d", i);
        const int node = fdt_add_subnode(tree.bytes, fdt_path_offset(tree.bytes, "/cpus"), name);
        cr_assert_gt(node, 0);
        cr_assert_eq(fdt_setprop_u32(tree.bytes, node, "reg", (uint32_t)i), 0);
        cr_assert_eq(fdt_setprop_string(tree.bytes, node, "enable-method", "psci"), 0);
        cr_assert_eq(fdt_setprop_string(tree.bytes, node, "device_type", "cpu"), 0);
    }
    cr_assert_eq(run(), GUNYAH_OK);
    cr_assert_eq(lint.count, 2);
    cr_expect_str_eq(lint.found[0].rule->name, "cpus-count");
    cr_expect_str_eq(lint.found[0].text, "has 66 CPUs in /cpus");
    cr_expect_str_eq(lint.found[1].rule->name, "cpu-index");
}

Test(dt_lint, the_same_again)
{
    static struct lint again;

    load(MADE("lint/vmm-crosvm"));
    lint_init(&again);
    lint_run(&lint, &tree);
    memset(&again.linter, 0xa5, sizeof(again.linter));
    lint_run(&again, &tree);
    cr_assert_gt(lint.count, 1);
    cr_assert_eq(lint.count, again.count);
    for (size_t i = 0; i < lint.count; i++) {
        cr_expect_eq(lint.found[i].rule, again.found[i].rule);
        cr_expect_str_eq(lint.found[i].path, again.found[i].path);
        cr_expect_str_eq(lint.found[i].text, again.found[i].text);
    }
}

// ---- Text --------------------------------------------------------------------------------------------------------

static const struct gunyah_dt_rule rule = {
    "a-rule", GUNYAH_DT_ERROR, GUNYAH_DT_WARNING, "all is well", "nothing works", "Do it better.",
};

static const char *format(enum gunyah_dt_severity severity, uint32_t generations, const char *property)
{
    static char text[256];
    const struct gunyah_dt_finding finding = {&rule, severity, generations, "/a/b", property, "is 7"};

    cr_expect_eq(gunyah_dt_finding_format(&finding, text, sizeof(text)), strlen(text));
    return text;
}

Test(dt_lint, findings_as_text)
{
    cr_expect_str_eq(format(GUNYAH_DT_ERROR, GUNYAH_DT_RM_2023, "c"), "error: /a/b: c is 7 [a-rule; 2023]\n"
                                                                      "    Effect: nothing works.\n"
                                                                      "    Cure: Do it better.\n");
    cr_expect_str_eq(format(GUNYAH_DT_WARNING, GUNYAH_DT_RM_LATER, ""), "warning: /a/b is 7 [a-rule; later]\n"
                                                                        "    Effect: nothing works.\n"
                                                                        "    Cure: Do it better.\n");
    cr_expect_str_eq(format(GUNYAH_DT_ERROR, GUNYAH_DT_RM_ALL, ""),
                     "error: /a/b is 7 [a-rule; 2023: error, later: warning]\n"
                     "    Effect: nothing works.\n"
                     "    Cure: Do it better.\n");
}

Test(dt_lint, text_that_does_not_fit)
{
    const struct gunyah_dt_finding finding = {&rule, GUNYAH_DT_NOTE, GUNYAH_DT_RM_2023, "/a", "", "is 7"};
    const size_t length = gunyah_dt_finding_format(&finding, NULL, 0);
    char text[256];

    for (size_t size = 1; size < sizeof(text); size++) {
        memset(text, 'x', sizeof(text));
        cr_expect_eq(gunyah_dt_finding_format(&finding, text, size), length);
        cr_expect_eq(strlen(text), size <= length ? size - 1 : length);
        cr_expect_eq(text[size], 'x');
    }
    cr_expect_gt(length, 40);
}

Test(dt_lint, names_of_severities)
{
    cr_expect_str_eq(gunyah_dt_severity_name(GUNYAH_DT_NOTE), "note");
    cr_expect_str_eq(gunyah_dt_severity_name(GUNYAH_DT_WARNING), "warning");
    cr_expect_str_eq(gunyah_dt_severity_name(GUNYAH_DT_ERROR), "error");
    cr_expect_str_eq(gunyah_dt_severity_name(GUNYAH_DT_FINE), "fine");
    cr_expect_str_eq(gunyah_dt_severity_name((enum gunyah_dt_severity)4), "fine");
}

static char last(const char *text)
{
    return text[strlen(text) - 1];
}

// Texts are put together: clauses have no full stop, sentences have one.
Test(dt_lint, texts_of_rules)
{
    for (size_t i = 0; gunyah_dt_lint_rule(i) != NULL; i++) {
        const struct gunyah_dt_rule *one = gunyah_dt_lint_rule(i);

        cr_expect_lt(strspn(one->name, "abcdefghijklmnopqrstuvwxyz-"), 24);
        cr_expect_eq(strspn(one->name, "abcdefghijklmnopqrstuvwxyz-"), strlen(one->name), "%s", one->name);
        cr_expect(one->rm_2023 != GUNYAH_DT_FINE || one->rm_later != GUNYAH_DT_FINE, "%s", one->name);
        cr_assert(strlen(one->rule) > 0 && strlen(one->consequence) > 0 && strlen(one->cure) > 0, "%s", one->name);
        cr_expect_neq(last(one->rule), '.', "%s", one->name);
        cr_expect_neq(last(one->consequence), '.', "%s", one->name);
        cr_expect_eq(last(one->cure), '.', "%s", one->name);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(gunyah_dt_lint_rule(j)->name, one->name);
    }
    cr_expect_null(gunyah_dt_lint_rule(SIZE_MAX));
}
