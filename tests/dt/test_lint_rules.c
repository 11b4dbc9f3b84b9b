// SPDX-License-Identifier: BSD-3-Clause
// Each rule of the linter: a tree that breaks it and, but for what cannot be had without, no other one; and trees
// at the edges, that break none.
#include "lint_kit.h"

#include <dirent.h>

#define FINE GUNYAH_DT_FINE
#define NOTE GUNYAH_DT_NOTE
#define WARNING GUNYAH_DT_WARNING
#define ERROR GUNYAH_DT_ERROR

#define OLD GUNYAH_DT_RM_2023
#define LATER GUNYAH_DT_RM_LATER
#define ALL GUNYAH_DT_RM_ALL

#define NAME_OF_31 "/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
// What fits into the linter's buffer of it.
#define PATH_OF_256                                                                                                    \
    NAME_OF_31 NAME_OF_31 NAME_OF_31 NAME_OF_31 NAME_OF_31 NAME_OF_31 NAME_OF_31 "/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

// The rows of a tree are next to each other, in the order of its findings.
static const struct expected table[] = {
    {"affinity", "affinity", WARNING, ALL, "/gunyah-vm-config/vcpus", "affinity", "\"statik\""},
    {"affinity-map", "affinity-map", ERROR, ALL, "/gunyah-vm-config/vcpus", "affinity-map",
     "the length 1, which is not the number of CPUs"},
    {"affinity-map-missing", "affinity-map", ERROR, ALL, "/gunyah-vm-config/vcpus", "affinity-map", "missing"},
    {"base-missing", "base-missing", WARNING, ALL, "/gunyah-vm-config/memory", "base-address", "missing"},
    {"base-missing-cells", "base-missing", WARNING, ALL, "/gunyah-vm-config/memory", "base-address", "another length"},
    {"base-rounded", "base-rounded", WARNING, ALL, "/gunyah-vm-config/memory", "base-address", "0x80001000"},
    {"base-too-high", "base-too-high", ERROR, ALL, "/gunyah-vm-config/memory", "base-address", "0x1000000000"},
    {"chosen", "chosen", ERROR, OLD, "/", "", "no node chosen"},
    {"config-missing", "config-missing", ERROR, ALL, "/", "", "no node gunyah-vm-config"},
    {"cpu-boots", "cpu-boots", WARNING, ALL, "/cpus/cpu@1", "status", "\"okay\""},
    {"cpu-index", "cpu-index", ERROR, LATER, "/cpus/cpu@1", "reg", "127"},
    {"cpu-reg", "cpu-reg", ERROR, LATER, "/cpus/cpu@1", "reg", "8"},
    {"cpu-status", "cpu-status", ERROR, ALL, "/cpus/cpu@1", "status", "\"ok\""},
    {"cpu-twice", "cpu-twice", ERROR, LATER, "/cpus/cpu@1", "reg", "0"},
    {"cpu-type", "cpu-type", WARNING, ALL, "/cpus/cpu@1", "device_type", "not \"cpu\""},
    {"cpus-cells", "cpus-cells", ERROR, LATER, "/cpus", "#size-cells", "missing, which means 1"},
    {"cpus-count", "cpus-count", ERROR, ALL, "/", "", "0"},
    {"cpus-ranges", "cpus-ranges", ERROR, LATER, "/cpus", "ranges", "there"},
    {"direction", "direction", ERROR, ALL, "/gunyah-vm-config/vdevices/queue", "is-sender",
     "there, and is-receiver too"},
    {"direction-missing", "direction", ERROR, ALL, "/gunyah-vm-config/vdevices/queue", "is-sender",
     "missing, and so is is-receiver"},
    {"enable-method", "enable-method", ERROR, ALL, "/cpus/cpu@1", "enable-method", "\"spin-table\""},
    {"enable-method-missing", "enable-method", ERROR, ALL, "/cpus/cpu@1", "enable-method", "missing"},
    {"enable-method-of-all", NULL, FINE, 0, NULL, NULL, NULL},
    {"firmware-above", "size-max-missing", NOTE, ALL, "/gunyah-vm-config/memory", "size-max", "missing"},
    {"firmware-above", "firmware-overlap", ERROR, ALL, "/gunyah-vm-config/memory", "firmware-address", "0x90000000"},
    {"firmware-in-image", NULL, FINE, 0, NULL, NULL, NULL},
    {"firmware-overlap", "firmware-overlap", ERROR, ALL, "/gunyah-vm-config/memory", "firmware-address", "0x7fc01000"},
    {"generate-and-patch", "generate-and-patch", ERROR, ALL, "/gunyah-vm-config/vdevices/iomem", "patch",
     "there beside generate"},
    {"gic-cells", "gic-cells", ERROR, ALL, "/intc", "#interrupt-cells", "4"},
    {"gic-compatible", "gic-compatible", ERROR, ALL, "/intc", "compatible", "\"arm,gic-400\""},
    {"gic-controller", "gic-compatible", ERROR, ALL, "/intc", "interrupt-controller", "missing"},
    {"gic-missing", "gic-missing", ERROR, ALL, "/", "", "no interrupt controller that is named as the VM's"},
    {"gic-redistributors", "gic-redistributors", ERROR, ALL, "/intc", "#redistributor-regions", "2"},
    {"gic-reg", "gic-reg", ERROR, ALL, "/intc", "reg", "4"},
    {"gic-reg-missing", NULL, FINE, 0, NULL, NULL, NULL},
    {"gic-stride", "gic-redistributors", ERROR, ALL, "/intc", "redistributor-stride", "65536"},
    {"gic-stride-unit", "gic-redistributors", ERROR, ALL, "/intc", "redistributor-stride", "0x28000"},
    {"good", NULL, FINE, 0, NULL, NULL, NULL},
    {"hypervisor-node", "hypervisor-node", ERROR, ALL, "/hypervisor", "", "there already"},
    {"idle-states", "idle-states", ERROR, ALL, "/cpus/cpu@1", "cpu-idle-states", "missing"},
    {"idle-states-psci", "idle-states", ERROR, ALL, "/cpus/cpu@0", "cpu-idle-states", "missing"},
    {"idle-states-psci", "idle-states", ERROR, ALL, "/cpus/cpu@1", "cpu-idle-states", "missing"},
    {"image-name", "image-name", ERROR, ALL, "/gunyah-vm-config", "image-name", "missing"},
    {"image-name-long", "image-name", ERROR, ALL, "/gunyah-vm-config", "image-name", "80"},
    {"image-name-longest", NULL, FINE, 0, NULL, NULL, NULL},
    {"interrupt-specifier", "interrupt-specifier", WARNING, ALL, "/gunyah-vm-config/vdevices/serial", "interrupts",
     "<0 988 1>"},
    {"interrupt-specifier-count", "interrupt-specifier", WARNING, ALL, "/gunyah-vm-config/vdevices/serial",
     "interrupts", "6"},
    {"interrupt-specifier-flags", "interrupt-specifier", WARNING, OLD, "/gunyah-vm-config/vdevices/serial",
     "interrupts", "<0 2 8>"},
    {"interrupts-config", "interrupts-config", ERROR, OLD, "/gunyah-vm-config/interrupts", "config",
     "neither a path nor a phandle"},
    {"interrupts-config-missing", "interrupts-config", ERROR, OLD, "/gunyah-vm-config", "", "no node interrupts"},
    {"interrupts-phandle", "interrupts-phandle", NOTE, ALL, "/gunyah-vm-config/interrupts", "config", "the phandle 1"},
    {"iomemory-ranges", "trusted-only", ERROR, ALL, "/gunyah-vm-config", "iomemory-ranges", "there"},
    {"iomemory-ranges", "iomemory-ranges", ERROR, ALL, "/gunyah-vm-config", "iomemory-ranges", "the access 7"},
    {"iomemory-ranges-length", "trusted-only", ERROR, ALL, "/gunyah-vm-config", "iomemory-ranges", "there"},
    {"iomemory-ranges-length", "iomemory-ranges", ERROR, ALL, "/gunyah-vm-config", "iomemory-ranges", "6"},
    {"label-missing", "label-missing", WARNING, ALL, "/gunyah-vm-config/vdevices/queue", "label", "missing"},
    {"label-twice", "label-twice", WARNING, ALL, "/gunyah-vm-config/vdevices/source", "label", "33"},
    {"later-only", "later-only", WARNING, OLD, "/gunyah-vm-config", "vmmio-ranges", "there"},
    {"later-only", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/iommu", "vdevice-type", "\"virtio-iommu\""},
    {"line-disabled", NULL, FINE, 0, NULL, NULL, NULL},
    {"line-of-hardware", "trusted-only", ERROR, ALL, "/gunyah-vm-config", "gic-irq-ranges", "there"},
    {"line-without-doorbell", "line-without-doorbell", WARNING, ALL, "/serial@2f8", "interrupts",
     "SPI 3, which no doorbell has"},
    {"memory-label", "memory-label", ERROR, ALL, "/gunyah-vm-config/vdevices/shm/memory", "label", "missing"},
    {"memory-label-zero", "memory-label-zero", WARNING, ALL, "/gunyah-vm-config/vdevices/shm/memory", "label", "0"},
    {"memory-name", "memory-name", ERROR, ALL, "/memory@90000000", "device_type", "\"memory\""},
    {"memory-overflow", "memory-overflow", ERROR, ALL, "/gunyah-vm-config/memory", "size-max", "0xffffffff80001000"},
    {"memory-place", "memory-place", ERROR, ALL, "/gunyah-vm-config/vdevices/shm/memory", "base", "0x90000000"},
    {"memory-place-missing", "memory-place", ERROR, ALL, "/gunyah-vm-config/vdevices/shm/memory", "base", "missing"},
    {"memory-place-rtc", "memory-place", ERROR, ALL, "/gunyah-vm-config/vdevices/rtc", "base", "missing"},
    {"no-dtb-patch", "no-dtb-patch", NOTE, LATER, "/gunyah-vm-config", "vm-attrs", "\"no-dtb-patch\""},
    {"no-dtb-patch", "later-only", WARNING, OLD, "/gunyah-vm-config", "vm-attrs", "\"no-dtb-patch\""},
    {"one-pci", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci1", "vdevice-type", "\"pci\""},
    {"one-pci", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci2", "vdevice-type", "\"pci\""},
    {"one-pci", "one-pci", ERROR, LATER, "/gunyah-vm-config/vdevices/pci2", "config", "missing, as in another one"},
    {"one-rtc", "one-rtc", ERROR, ALL, "/gunyah-vm-config/vdevices/rtc2", "vdevice-type", "that of another one"},
    {"os-type", "os-type", NOTE, ALL, "/gunyah-vm-config", "os-type", "\"zephyr\""},
    {"overlay", "overlay", WARNING, ALL, "/fragment/__overlay__", "", "an overlay that was not applied"},
    {"own-cells", "own-cells", NOTE, ALL, "/gunyah-vm-config/memory", "#address-cells", "there"},
    {"page-alignment", "page-alignment", ERROR, ALL, "/gunyah-vm-config/memory", "size-max", "0x10000800"},
    {"page-alignment-base", "page-alignment", ERROR, ALL, "/gunyah-vm-config/vdevices/shm/memory", "base",
     "0x90000010"},
    {"path-length", "path-length", ERROR, ALL, PATH_OF_256, "", "256"},
    {"pci-size", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci", "vdevice-type", "\"pci\""},
    {"pci-size", "pci-size", ERROR, LATER, "/gunyah-vm-config/vdevices/pci", "npmem-size", "0x300000"},
    {"pci-size-config", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci", "vdevice-type", "\"pci\""},
    {"pci-size-config", "pci-size", ERROR, LATER, "/gunyah-vm-config/vdevices/pci", "config-size", "0x100000"},
    {"pci-size-least", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci", "vdevice-type", "pci"},
    {"peer", "peer", ERROR, ALL, "/gunyah-vm-config/vdevices/serial", "peer-default", "missing, and so is peer"},
    {"peer-default", "peer", ERROR, ALL, "/gunyah-vm-config/vdevices/shm", "peer-default", "missing"},
    {"peer-form", "peer-form", WARNING, ALL, "/gunyah-vm-config/vdevices/source", "peer", "\"friend\""},
    {"priority", "priority", ERROR, ALL, "/gunyah-vm-config/vcpus", "sched-priority", "0"},
    {"priority-low", "priority", ERROR, ALL, "/gunyah-vm-config/vcpus", "sched-priority", "-64"},
    {"property-ignored", "property-ignored", NOTE, ALL, "/gunyah-vm-config/vcpus", "no-timer-wakeups", "there"},
    {"property-length", "property-length", WARNING, ALL, "/gunyah-vm-config/memory", "size-max", "8"},
    {"property-unknown", "property-unknown", WARNING, ALL, "/gunyah-vm-config/vdevices/serial", "source-can-clean",
     "not known here"},
    {"psci-compatible", "psci-compatible", WARNING, ALL, "/psci", "compatible", "\"arm,psci\""},
    {"psci-compatible-second", "psci-compatible", WARNING, LATER, "/psci", "compatible", "\"vendor,psci\""},
    {"psci-method", "psci-method", NOTE, ALL, "/psci", "method", "\"smc\""},
    {"psci-missing", "psci-missing", WARNING, ALL, "/", "", "no node for PSCI"},
    {"push-compatible", "push-compatible", ERROR, ALL, "/gunyah-vm-config/vdevices/virtio", "push-compatible", "7"},
    {"push-compatible-rm-rpc", "push-compatible", ERROR, ALL, "/gunyah-vm-config/vdevices/rpc", "push-compatible", "4"},
    {"reserved-ranges", "reserved-ranges", ERROR, ALL, "/reserved-memory", "ranges", "missing"},
    {"reserved-reg", "reserved-reg", ERROR, ALL, "/reserved-memory/parcel@a0000000", "reg", "8"},
    {"reserved-reusable", "reserved-reusable", WARNING, ALL, "/reserved-memory/parcel@a0000000", "reusable", "there"},
    {"reserved-target", "reserved-target", ERROR, ALL, "/reserved-memory/parcel@a0000000", "no-map", "missing"},
    {"reserved-unlabelled", "reserved-unlabelled", WARNING, ALL, "/reserved-memory/parcel@a0000000", "reg",
     "a fixed place without qcom,label"},
    {"rm-rpc-generate", "rm-rpc-generate", ERROR, ALL, "/gunyah-vm-config/vdevices/rpc", "generate", "missing"},
    {"root-cells", "root-cells", WARNING, ALL, "/", "#size-cells", "1"},
    {"size-max-missing", "size-max-missing", NOTE, ALL, "/gunyah-vm-config/memory", "size-max", "missing"},
    {"size-order", "size-order", ERROR, ALL, "/gunyah-vm-config/memory", "size-min", "0x10001000"},
    {"static", NULL, FINE, 0, NULL, NULL, NULL},
    {"status", "status", WARNING, LATER, "/gunyah-vm-config/vdevices/serial", "status", "\"okay\""},
    {"status-essential", "status-essential", ERROR, LATER, "/gunyah-vm-config/vcpus", "status", "\"okay\""},
    {"status-essential-cpus", "status-essential", ERROR, LATER, "/cpus", "status", "okay"},
    {"timer-compatible", "timer-compatible", WARNING, LATER, "/timer", "compatible", "\"arm,armv8.1-timer\""},
    {"timer-interrupts", "timer-interrupts", WARNING, LATER, "/timer", "interrupts", "3"},
    {"timer-missing", "timer-missing", NOTE, ALL, "/", "", "no timer"},
    {"timeslice", "timeslice", ERROR, ALL, "/gunyah-vm-config/vcpus", "sched-timeslice", "2"},
    {"timeslice-missing", "timeslice", ERROR, ALL, "/gunyah-vm-config/vcpus", "sched-timeslice", "missing"},
    {"too-deep", "too-deep", ERROR, ALL, "/d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/d11/d12/d13/d14/d15/d16", "", "16"},
    {"trusted-only", "trusted-only", ERROR, ALL, "/gunyah-vm-config", "vm-attrs", "\"crash-fatal\""},
    {"trusted-only", "trusted-only", ERROR, ALL, "/gunyah-vm-config", "gic-irq-ranges", "there"},
    {"trusted-only", "trusted-only", ERROR, ALL, "/gunyah-vm-config/memory", "is-direct", "there"},
    {"vcpus-config", "vcpus-config", WARNING, ALL, "/gunyah-vm-config/vcpus", "config", "\"/processors\""},
    {"vcpus-missing", "vcpus-missing", ERROR, ALL, "/gunyah-vm-config", "", "no node vcpus"},
    {"vdevice-memory", "vdevice-memory", ERROR, ALL, "/gunyah-vm-config/vdevices/shm", "", "no node memory"},
    {"vdevice-memory-virtio", "vdevice-memory", ERROR, OLD, "/gunyah-vm-config/vdevices/virtio", "", "no node memory"},
    {"vdevice-place", "vdevice-place", WARNING, LATER, "/devices/bell", "",
     "a vdevice in a place that is not looked at"},
    {"vdevice-place-walked", NULL, FINE, 0, NULL, NULL, NULL},
    {"vdevice-property", "vdevice-property", ERROR, ALL, "/gunyah-vm-config/vdevices/smmu", "smmu-handle", "missing"},
    {"vdevice-subnode", "vdevice-subnode", ERROR, OLD, "/gunyah-vm-config/vdevices/shm", "", "a node \"extra\""},
    {"vdevice-subnode-doorbell", "vdevice-subnode", ERROR, OLD, "/gunyah-vm-config/vdevices/shm-doorbell", "", "extra"},
    {"vdevice-type", "vdevice-type", WARNING, ALL, "/gunyah-vm-config/vdevices/serial", "vdevice-type",
     "\"door-bell\""},
    {"virtio-generate", "virtio-generate", ERROR, LATER, "/gunyah-vm-config/vdevices/virtio", "generate",
     "\"/hypervisor/virtio\""},
    {"virtio-generate-missing", "virtio-generate", ERROR, LATER, "/gunyah-vm-config/vdevices/virtio", "generate",
     "missing, which means /hypervisor/qcom,virtio_mmio"},
    {"virtio-generate-pci", "later-only", WARNING, OLD, "/gunyah-vm-config/vdevices/pci", "vdevice-type", "pci"},
    {"virtio-generate-pci", "virtio-generate", ERROR, LATER, "/gunyah-vm-config/vdevices/pci", "generate",
     "/hypervisor/pci"},
    {"vm-attrs", "vm-attrs", WARNING, ALL, "/gunyah-vm-config", "vm-attrs", "\"no-restart\""},
    {"vm-guid", "vm-guid", ERROR, ALL, "/gunyah-vm-config", "vm-guid", "\"0123456789ab-cdef-0123-456789abcdef0\""},
    {"vm-type", "vm-type", NOTE, ALL, "/gunyah-vm-config", "vm-type", "\"x86-guest\""},
    {"vm-uri", "vm-uri", WARNING, ALL, "/gunyah-vm-config", "vm-uri", "80"},
    {"vsmmu-count", "vsmmu-count", ERROR, ALL, "/gunyah-vm-config/vdevices/smmu", "num-cbs", "256"},
};

static struct lint lint;

Test(dt_lint_rules, each_tree_has_its_findings)
{
    lint_init(&lint);
    lint_expect_all(&lint, table, COUNT(table));
}

static bool in_table(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(table); i++) {
        if (strlen(table[i].tree) == length && memcmp(table[i].tree, name, length) == 0)
            return true;
    }
    return false;
}

Test(dt_lint_rules, no_tree_is_forgotten)
{
    DIR *folder = opendir(MADE_TREES "/lint");
    size_t trees = 0;

    cr_assert(folder != NULL);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *end = strstr(entry->d_name, ".dtb");
        if (end == NULL || strncmp(entry->d_name, "vmm-", 4) == 0)
            continue;
        cr_expect(in_table(entry->d_name, (size_t)(end - entry->d_name)), "%s", entry->d_name);
        trees++;
    }
    closedir(folder);
    cr_expect_gt(trees, 100);
}

static bool is_expected(const char *rule)
{
    // test_lint.c has these: they are not about a tree alone.
    static const char *const others[] = {"malformed", "region-full", "region-tight"};

    for (size_t i = 0; i < COUNT(table); i++) {
        if (table[i].rule != NULL && strcmp(table[i].rule, rule) == 0)
            return true;
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (strcmp(others[i], rule) == 0)
            return true;
    }
    return false;
}

Test(dt_lint_rules, each_rule_has_a_tree)
{
    size_t count = 0;

    for (const struct gunyah_dt_rule *rule; (rule = gunyah_dt_lint_rule(count)) != NULL; count++)
        cr_expect(is_expected(rule->name), "%s", rule->name);
    cr_expect_gt(count, 90);
}

// What is asked of one generation is what concerns it of what is asked of both, with its own severity.
static void expect_only(uint32_t generation)
{
    lint_init(&lint);
    lint.options.generations = generation;
    for (size_t i = 0; i < COUNT(table); i++) {
        static struct tree tree;
        char path[512];
        bool found = false;

        if (table[i].rule == NULL)
            continue;
        snprintf(path, sizeof(path), MADE("lint/%s"), table[i].tree);
        tree_load(&tree, path);
        lint_run(&lint, &tree);
        for (size_t j = 0; j < lint.count; j++) {
            const struct gunyah_dt_rule *rule = lint.found[j].rule;
            cr_expect_eq(lint.found[j].generations, generation);
            cr_expect_eq(lint.found[j].severity, generation == OLD ? rule->rm_2023 : rule->rm_later, "%s", rule->name);
            cr_expect_neq(lint.found[j].severity, FINE, "%s", rule->name);
            found |= strcmp(rule->name, table[i].rule) == 0;
        }
        cr_expect_eq(found, (table[i].generations & generation) != 0, "%s: %s", table[i].tree, table[i].rule);
    }
}

Test(dt_lint_rules, one_generation_alone)
{
    expect_only(OLD);
    expect_only(LATER);
}
