// SPDX-License-Identifier: BSD-3-Clause
// What the linter says of trees as existing VMMs make them: all of them start, and some not as they were meant.
#include "lint_kit.h"

#include <libfdt.h>

#define NOTE GUNYAH_DT_NOTE
#define WARNING GUNYAH_DT_WARNING
#define ERROR GUNYAH_DT_ERROR

#define OLD GUNYAH_DT_RM_2023
#define ALL GUNYAH_DT_RM_ALL

#define CONFIG "/gunyah-vm-config"
#define PRODUCT "/qcom,vm-config"

// Most of them write the cells into the node memory itself, where they have no effect. base-address has the length of the
// default all the same; size-max has not.
#define CELLS(tree)                                                                                                    \
    {tree, "own-cells", NOTE, ALL, CONFIG "/memory", "#address-cells", "there"},                                       \
    {                                                                                                                  \
        tree, "own-cells", NOTE, ALL, CONFIG "/memory", "#size-cells", "there"                                         \
    }
#define NO_SIZE(tree)                                                                                                  \
    {                                                                                                                  \
        tree, "size-max-missing", NOTE, ALL, CONFIG "/memory", "size-max", "missing"                                   \
    }
#define SIZE_IGNORED(tree)                                                                                             \
    {                                                                                                                  \
        tree, "property-length", WARNING, ALL, CONFIG "/memory", "size-max", "8 bytes, not the 4"                      \
    }
#define PHANDLE(tree)                                                                                                  \
    {                                                                                                                  \
        tree, "interrupts-phandle", NOTE, ALL, CONFIG "/interrupts", "config", "the phandle 1"                         \
    }
#define GENERATE(tree)                                                                                                 \
    {                                                                                                                  \
        tree, "property-ignored", NOTE, ALL, CONFIG "/vdevices", "generate", "there"                                   \
    }
#define SHM_CELLS(tree)                                                                                                \
    {                                                                                                                  \
        tree, "own-cells", NOTE, ALL, CONFIG "/vdevices/shm-1/memory", "#address-cells", "there"                       \
    }
#define CROSVM(tree)                                                                                                   \
    SIZE_IGNORED(tree), CELLS(tree), PHANDLE(tree),                                                                    \
        {tree, "property-ignored", NOTE, ALL, CONFIG "/vcpus", "no-timer-wakeups", "there"}, GENERATE(tree),           \
        SHM_CELLS(tree)

static const struct expected table[] = {
    CROSVM("vmm-crosvm"),
    CROSVM("vmm-crosvm-firmware"),
    CROSVM("vmm-droidvm"),

    CELLS("vmm-kernel-sample"),
    NO_SIZE("vmm-kernel-sample"),
    PHANDLE("vmm-kernel-sample"),

    CELLS("vmm-qemu-early"),
    NO_SIZE("vmm-qemu-early"),
    PHANDLE("vmm-qemu-early"),
    GENERATE("vmm-qemu-early"),
    SHM_CELLS("vmm-qemu-early"),

    SIZE_IGNORED("vmm-qemu-late"),
    CELLS("vmm-qemu-late"),
    PHANDLE("vmm-qemu-late"),
    GENERATE("vmm-qemu-late"),

    CELLS("vmm-test-vmm"),
    NO_SIZE("vmm-test-vmm"),
    PHANDLE("vmm-test-vmm"),
    GENERATE("vmm-test-vmm"),
    // A slip in the spelling: the host cannot take its ring back.
    {"vmm-test-vmm", "property-unknown", WARNING, ALL, CONFIG "/vdevices/bell-1", "source-can-clean", "not known"},
};

static const struct expected product[] = {
    {"vmm-product", "property-ignored", NOTE, ALL, PRODUCT, "boot-config", "there"},
    {"vmm-product", "property-ignored", NOTE, ALL, PRODUCT, "qcom,pasid", "there"},
    {"vmm-product", "property-ignored", NOTE, ALL, PRODUCT, "qcom,primary-vm-index", "there"},
    {"vmm-product", "interrupts-phandle", NOTE, ALL, PRODUCT "/interrupts", "config", "the phandle 1"},
    {"vmm-product", "later-only", WARNING, OLD, PRODUCT "/vdevices/minidump", "vdevice-type", "\"minidump\""},
    {"vmm-product", "own-cells", NOTE, ALL, PRODUCT "/vdevices/virtio-mmio/memory", "#address-cells", "there"},
    {"vmm-product", "own-cells", NOTE, ALL, PRODUCT "/vdevices/swiotlb-shm/memory", "#address-cells", "there"},
};

static struct lint lint;
static struct tree tree;

Test(dt_lint_vmms, what_vmms_make)
{
    lint_init(&lint);
    lint_expect_all(&lint, table, COUNT(table));
}

Test(dt_lint_vmms, a_signed_vm_of_a_product)
{
    lint_init(&lint);
    lint.options.trusted = true;
    lint_expect_all(&lint, product, COUNT(product));
}

// Without the platform's word, it asks for too much, and says too little about its memory.
Test(dt_lint_vmms, the_same_unsigned)
{
    static const char *const rules[] = {"trusted-only", "trusted-only", "base-missing"};

    lint_init(&lint);
    tree_load(&tree, MADE("lint/vmm-product"));
    lint_run(&lint, &tree);
    cr_expect_eq(lint.linter.errors, 2);
    cr_expect_eq(lint.linter.warnings, 2);
    cr_assert_eq(lint.count, COUNT(product) + COUNT(rules));
    for (size_t i = 0; i < COUNT(rules); i++)
        cr_expect_str_eq(lint.found[3 + i].rule->name, rules[i]);
}

// A tree that the real Resource Manager accepted. It added /hypervisor and more to it, so that this is taken out again.
Test(dt_lint_vmms, a_tree_that_was_accepted)
{
    lint_init(&lint);
    tree_load(&tree, REAL("secondary-vm-two-doorbells-shm"));
    lint_run(&lint, &tree);
    cr_expect_eq(lint.linter.errors, 1);
    cr_expect_str_eq(lint.found[0].rule->name, "hypervisor-node");

    cr_assert_eq(fdt_del_node(tree.bytes, fdt_path_offset(tree.bytes, "/hypervisor")), 0);
    lint_run(&lint, &tree);
    cr_expect_eq(lint.linter.errors, 0);
    cr_expect_eq(lint.linter.warnings, 0);
    cr_expect_eq(lint.linter.notes, 6);
}

// Of the primary VM, which has no configuration.
Test(dt_lint_vmms, trees_that_are_not_for_a_vmm)
{
    static const char *const paths[] = {REAL("stock-production"), REAL("priv-debug")};
    static const char *const rules[] = {"config-missing", "hypervisor-node", "psci-method", "memory-name"};

    lint_init(&lint);
    for (size_t i = 0; i < COUNT(paths); i++) {
        tree_load(&tree, paths[i]);
        lint_run(&lint, &tree);
        cr_assert_eq(lint.count, COUNT(rules));
        for (size_t j = 0; j < COUNT(rules); j++)
            cr_expect_str_eq(lint.found[j].rule->name, rules[j]);
    }
}
