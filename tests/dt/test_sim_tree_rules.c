// SPDX-License-Identifier: BSD-3-Clause
// Trees that the simulated Resource Manager refuses: each row breaks one rule, and the same tree is fine for a generation that
// does not have the rule.
#include "sim_tree.h"

#define VDEVICES "/gunyah-vm-config/vdevices"
#define CONFIG "/gunyah-vm-config"
#define TEXT_80 "0123456789012345678901234567890123456789012345678901234567890123456789012345678X"

enum { RM_2023 = 1, RM_LATER = 2, RM_BOTH = 3 };

// What is done to a tree that nothing is wrong with.
enum edit { NOTHING, SET, DELETE, ADD_NODE, DELETE_NODE };

struct rule {
    unsigned refused_by; // RM_*
    uint32_t error;
    const char *reason;
    enum edit edit;
    const char *path;
    const char *property; // Or the name of a new node.
    const char *value;    // See bytes_of().
};

// "<1 0x2>": cells; "": no bytes; else strings, with bars between them. Returns the size.
static int bytes_of(const char *value, unsigned char bytes[256])
{
    int size = 0;

    if (value[0] != '<') {
        for (size = 0; value[size] != '\0'; size++)
            bytes[size] = value[size] == '|' ? '\0' : (unsigned char)value[size];
        bytes[size] = '\0';
        return size > 0 ? size + 1 : 0;
    }
    for (value++; *value != '>'; size += 4) {
        char *end;
        const fdt32_t cell = cpu_to_fdt32((uint32_t)strtoul(value, &end, 0));
        memcpy(bytes + size, &cell, sizeof(cell));
        value = end;
    }
    return size;
}

static void set(const struct rule *rule)
{
    unsigned char bytes[256];
    const int size = bytes_of(rule->value, bytes);

    cr_assert_eq(fdt_setprop(made_tree(), node_at(rule->path), rule->property, bytes, size), 0);
}

static void edit(const struct rule *rule)
{
    void *tree = made_tree();

    cr_assert_eq(fdt_open_into(tree, tree, TREE_REGION), 0);
    if (rule->edit == SET)
        set(rule);
    if (rule->edit == DELETE)
        cr_assert_eq(fdt_delprop(tree, node_at(rule->path), rule->property), 0, "%s", rule->property);
    if (rule->edit == ADD_NODE)
        cr_assert_geq(fdt_add_subnode(tree, node_at(rule->path), rule->property), 0);
    if (rule->edit == DELETE_NODE)
        cr_assert_eq(fdt_del_node(tree, node_at(rule->path)), 0);
    cr_assert_eq(fdt_pack(tree), 0);
}

static void describe(const struct rule *rule, unsigned generation, char text[512])
{
    snprintf(text, 512, "%s %s %s (generation %u)", rule->path != NULL ? rule->path : "",
             rule->property != NULL ? rule->property : "", rule->value != NULL ? rule->value : "", generation);
}

static void begin(struct made *made, unsigned generation, const char *tree)
{
    made_open(made, generation == RM_2023 ? GUNYAH_RM_GENERATION_2023 : GUNYAH_RM_GENERATION_LATER);
    made_load(made, tree);
    made_allocate(made);
    made_share(made, 7, tree_pages[0]);
}

static void at_init(const char *tree, const struct rule *rule, unsigned generation)
{
    const bool is_refused = (rule->refused_by & generation) != 0;
    struct made made;
    char what[512];

    describe(rule, generation, what);
    begin(&made, generation, tree);
    edit(rule);
    cr_expect_eq(made_init(&made, 1), is_refused ? rule->error : GUNYAH_RMERR_OK, "%s: %s", what, made_reason(&made));
    cr_expect_str_eq(made_reason(&made), is_refused ? rule->reason : "nothing was refused", "%s", what);
    if (!is_refused)
        cr_expect_eq(made_start(&made), GUNYAH_RMERR_OK, "%s: %s", what, made_reason(&made));
    made_close(&made);
}

static void at_start(const char *tree, const struct rule *rule, unsigned generation)
{
    const bool is_refused = (rule->refused_by & generation) != 0;
    static unsigned char before[TREE_REGION];
    struct made made;
    char what[512];

    describe(rule, generation, what);
    begin(&made, generation, tree);
    edit(rule);
    cr_assert_eq(made_init(&made, 1), GUNYAH_RMERR_OK, "%s: %s", what, made_reason(&made));
    memcpy(before, made_tree(), sizeof(before));
    cr_expect_eq(made_start(&made), is_refused ? rule->error : GUNYAH_RMERR_OK, "%s: %s", what, made_reason(&made));
    cr_expect_str_eq(made_reason(&made), is_refused ? rule->reason : "nothing was refused", "%s", what);
    // All or nothing.
    cr_expect_eq(memcmp(before, made_tree(), sizeof(before)) == 0, is_refused, "%s", what);
    made_close(&made);
}

typedef void expectation(const char *tree, const struct rule *rule, unsigned generation);

static void check(const char *tree, const struct rule *rules, size_t count, expectation *expect)
{
    for (size_t i = 0; i < count; i++) {
        expect(tree, &rules[i], RM_2023);
        expect(tree, &rules[i], RM_LATER);
    }
}

#define CHECK(tree, rules, expect) check(tree, rules, sizeof(rules) / sizeof((rules)[0]), expect)

#define MEM_INVALID GUNYAH_RMERR_MEM_INVALID
#define ARGUMENT GUNYAH_RMERR_ARGUMENT_INVALID
#define DENIED GUNYAH_RMERR_DENIED
#define NORESOURCE GUNYAH_RMERR_NORESOURCE

Test(dt_sim_tree_rules, the_vm_as_a_whole)
{
    static const char no_config[] = "the device tree has no node gunyah-vm-config, or it has a status";
    static const char name[] = "gunyah-vm-config has no image-name, or one of 80 characters and more";
    static const char trusted[] = "gunyah-vm-config asks for what only VMs get that the platform authenticates";
    static const struct rule rules[] = {
        {0, 0, NULL, NOTHING, NULL, NULL, NULL},
        {RM_BOTH, NORESOURCE, no_config, DELETE_NODE, CONFIG, NULL, NULL},
        {RM_LATER, NORESOURCE, no_config, SET, CONFIG, "status", "okay"},
        {RM_BOTH, MEM_INVALID, name, DELETE, CONFIG, "image-name", NULL},
        {RM_BOTH, MEM_INVALID, name, SET, CONFIG, "image-name", TEXT_80},
        {0, 0, NULL, SET, CONFIG, "image-name", &TEXT_80[1]},
        {0, 0, NULL, SET, CONFIG, "vm-uri", TEXT_80},
        {RM_BOTH, MEM_INVALID, "vm-guid is not hexadecimal digits, 8-4-4-4-12", SET, CONFIG, "vm-guid",
         "01234567-89ab-cdef-0123-456789ABCDEG"},
        {0, 0, NULL, SET, CONFIG, "vm-attrs", "nobody-knows-this"},
        {RM_BOTH, DENIED, trusted, SET, CONFIG, "vm-attrs", "crash-fatal"},
        {RM_BOTH, DENIED, trusted, SET, CONFIG, "iomemory-ranges", "<0 0 0 0 0 0x1000 3>"},
        {RM_BOTH, DENIED, trusted, SET, CONFIG, "gic-irq-ranges", "<32 32>"},
        {RM_BOTH, DENIED, trusted, SET, CONFIG "/memory", "is-direct", ""},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, memory)
{
    static const char unaligned[] = "the memory of the configuration is not aligned to 4 KiB, or beyond 36 bits";
    static const char order[] = "size-min is larger than size-max";
    static const char overflow[] = "an address of memory and its size end beyond 64 bits";
    static const char other[] = "a node with device_type \"memory\" is not /memory";
    static const struct rule rules[] = {
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "base-address", "<0 0x80000100>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "base-address", "<0x10 0>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "size-max", "<0 0x10000001>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "size-min", "<0 1>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "firmware-address", "<0 1>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, CONFIG "/memory", "firmware-size-max", "<0 1>"},
        {RM_BOTH, ARGUMENT, order, SET, CONFIG "/memory", "size-min", "<0 0x10001000>"},
        {RM_BOTH, MEM_INVALID, overflow, SET, CONFIG "/memory", "size-max", "<0xffffffff 0x80000000>"},
        {RM_BOTH, MEM_INVALID, overflow, SET, CONFIG "/memory", "firmware-size-max", "<0xffffffff 0xfffff000>"},
        // A size of another length is no size, and everything is the VM's.
        {0, 0, NULL, SET, CONFIG "/memory", "size-max", "<0x10000001>"},
        {RM_BOTH, MEM_INVALID, other, SET, "/intc", "device_type", "memory"},
        {0, 0, NULL, SET, "/chosen", "device_type", "cpu"},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, vcpus)
{
    static const char map[] = "affinity is not \"proxy\", and affinity-map has not one cell for each CPU";
    static const char slice[] = "affinity is not \"proxy\", and sched-timeslice is not 100 to 100000 us";
    static const char priority[] = "affinity is not \"proxy\", and sched-priority is not below 0, or below -63";
    static const char idle[] = "affinity is not \"proxy\", there is PSCI, and a CPU has no cpu-idle-states";
    static const struct rule rules[] = {
        {0, 0, NULL, NOTHING, NULL, NULL, NULL},
        {RM_BOTH, ARGUMENT, "gunyah-vm-config has no node vcpus", DELETE_NODE, CONFIG "/vcpus", NULL, NULL},
        {RM_LATER, ARGUMENT, "gunyah-vm-config has no node vcpus", SET, CONFIG "/vcpus", "status", "okay"},
        {RM_BOTH, ARGUMENT, map, DELETE, CONFIG "/vcpus", "affinity-map", NULL},
        {RM_BOTH, ARGUMENT, map, SET, CONFIG "/vcpus", "affinity-map", "<0>"},
        {RM_BOTH, ARGUMENT, slice, DELETE, CONFIG "/vcpus", "sched-timeslice", NULL},
        {RM_BOTH, ARGUMENT, slice, SET, CONFIG "/vcpus", "sched-timeslice", "<99>"},
        {0, 0, NULL, SET, CONFIG "/vcpus", "sched-timeslice", "<100>"},
        {0, 0, NULL, SET, CONFIG "/vcpus", "sched-timeslice", "<100000>"},
        {RM_BOTH, ARGUMENT, slice, SET, CONFIG "/vcpus", "sched-timeslice", "<100001>"},
        {RM_BOTH, ARGUMENT, priority, DELETE, CONFIG "/vcpus", "sched-priority", NULL},
        {RM_BOTH, ARGUMENT, priority, SET, CONFIG "/vcpus", "sched-priority", "<0xffffffc0>"},
        {0, 0, NULL, SET, CONFIG "/vcpus", "sched-priority", "<0xffffffc1>"},
        {RM_BOTH, ARGUMENT, idle, DELETE, "/cpus/cpu@1", "cpu-idle-states", NULL},
        {0, 0, NULL, SET, CONFIG "/vcpus", "affinity", "nobody-knows-this"},
    };
    CHECK(MADE("sim/static"), rules, at_init);
}

Test(dt_sim_tree_rules, cpus)
{
    static const char none[] = "the device tree has no node with CPUs";
    static const char number[] = "the configuration wants no vCPU, or more than the platform has processors";
    static const char cells[] = "/cpus has not #size-cells 0, or #address-cells 0, or ranges";
    static const char twice[] = "two CPUs have the same reg, or those of all differ in more than 6 bits";
    static const char status[] = "status of a CPU is neither \"okay\" nor \"disabled\" nor \"fail\"";
    static const char method[] = "a CPU that does not boot has neither enable-method \"psci\" nor \"qcom,gunyah-hvc\"";
    static const struct rule rules[] = {
        {RM_BOTH, MEM_INVALID, none, DELETE_NODE, "/cpus", NULL, NULL},
        {RM_LATER, MEM_INVALID, none, SET, "/cpus", "status", "okay"},
        {RM_2023, MEM_INVALID, none, SET, CONFIG "/vcpus", "config", "/nowhere"},
        // An alias, here one that leads to itself, is no path.
        {RM_2023, MEM_INVALID, none, SET, CONFIG "/vcpus", "config", "cpus"},
        {RM_2023, ARGUMENT, number, SET, CONFIG "/vcpus", "config", "/chosen"},
        {RM_LATER, MEM_INVALID, cells, DELETE, "/cpus", "#size-cells", NULL},
        {RM_LATER, MEM_INVALID, cells, SET, "/cpus", "#address-cells", "<0>"},
        {RM_LATER, MEM_INVALID, cells, SET, "/cpus", "ranges", ""},
        {RM_LATER, MEM_INVALID, "reg of a CPU has not the #address-cells of /cpus", SET, "/cpus/cpu@1", "reg", "<0 1>"},
        {RM_LATER, MEM_INVALID, twice, SET, "/cpus/cpu@1", "reg", "<0>"},
        {RM_LATER, MEM_INVALID, twice, SET, "/cpus/cpu@1", "reg", "<0x7f>"},
        {0, 0, NULL, SET, "/cpus/cpu@1", "reg", "<0x3f>"},
        {RM_BOTH, MEM_INVALID, status, SET, "/cpus/cpu@1", "status", "ok"},
        {0, 0, NULL, SET, "/cpus/cpu@1", "status", "fail-sss"},
        {0, 0, NULL, SET, "/cpus/cpu@0", "status", "okay"},
        {RM_BOTH, MEM_INVALID, method, SET, "/cpus/cpu@0", "status", "disabled"},
        {RM_BOTH, MEM_INVALID, method, DELETE, "/cpus/cpu@1", "enable-method", NULL},
        {RM_BOTH, MEM_INVALID, method, SET, "/cpus/cpu@1", "enable-method", "spin-table"},
        {0, 0, NULL, SET, "/cpus/cpu@1", "enable-method", "qcom,gunyah-hvc"},
        {0, 0, NULL, DELETE, "/cpus/cpu@1", "device_type", NULL},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, the_interrupt_controller)
{
    static const char config[] = "config of interrupts leads to no interrupt controller";
    static const char gic[] =
        "the interrupt controller is no \"arm,gic-v3\" with interrupt-controller and #interrupt-cells 3";
    static const char stride[] = "the redistributors are not in one region, or their stride is wrong";
    static const struct rule rules[] = {
        // A later generation takes what the root says.
        {RM_2023, MEM_INVALID, config, DELETE_NODE, CONFIG "/interrupts", NULL, NULL},
        {RM_2023, MEM_INVALID, config, DELETE, CONFIG "/interrupts", "config", NULL},
        {RM_BOTH, MEM_INVALID, config, SET, CONFIG "/interrupts", "config", "/nowhere"},
        {RM_BOTH, MEM_INVALID, config, SET, CONFIG "/interrupts", "config", "<77>"},
        {0, 0, NULL, SET, CONFIG "/interrupts", "config", "<1>"},
        {RM_BOTH, ARGUMENT, gic, SET, CONFIG "/interrupts", "config", "/chosen"},
        {RM_BOTH, ARGUMENT, gic, SET, "/intc", "compatible", "arm,gic-400"},
        {RM_BOTH, ARGUMENT, gic, DELETE, "/intc", "interrupt-controller", NULL},
        {RM_BOTH, ARGUMENT, gic, SET, "/intc", "#interrupt-cells", "<4>"},
        {RM_BOTH, ARGUMENT, stride, SET, "/intc", "#redistributor-regions", "<2>"},
        {RM_BOTH, ARGUMENT, stride, SET, "/intc", "redistributor-stride", "<0x20000>"},
        {RM_BOTH, ARGUMENT, stride, SET, "/intc", "redistributor-stride", "<0 0x10000>"},
        {RM_BOTH, ARGUMENT, stride, SET, "/intc", "redistributor-stride", "<0 0x21000>"},
        {0, 0, NULL, SET, "/intc", "redistributor-stride", "<0 0x30000>"},
        {RM_BOTH, ARGUMENT, "reg of the interrupt controller has not two ranges", SET, "/intc", "reg",
         "<0 0x3fff0000 0 0x10000>"},
        {0, 0, NULL, DELETE, "/intc", "reg", NULL},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, vdevices)
{
    static const char unknown[] = "the simulator has no virtual device of this vdevice-type";
    static const char pushed[] = "push-compatible of a vdevice has too many strings";
    static const char generate[] = "generate of a vdevice is no path, or has 256 characters";
    static const char peer[] = "a vdevice has neither peer-default nor peer";
    static const char direction[] = "a vdevice message-queue has not one of is-sender and is-receiver";
    static const char nobody[] = "the peer of a virtual device does not exist";
    static const char failed[] = "a vCPU or a virtual device of the configuration cannot be made";
    static const struct rule rules[] = {
        {0, 0, NULL, SET, VDEVICES "/rtc", "vdevice-type", "nobody-knows-this"},
        {RM_BOTH, NORESOURCE, unknown, SET, VDEVICES "/bell", "vdevice-type", "virtio-mmio"},
        {RM_LATER, NORESOURCE, unknown, SET, VDEVICES "/bell", "vdevice-type", "virtio-pci"},
        {RM_BOTH, MEM_INVALID, pushed, SET, VDEVICES "/pair", "push-compatible", "1|2|3|4|5|6|7"},
        {RM_BOTH, MEM_INVALID, generate, SET, VDEVICES "/bell", "generate", "hypervisor/bell"},
        {RM_BOTH, MEM_INVALID, "a vdevice has both generate and patch", SET, VDEVICES "/bell", "patch", "/bell"},
        {RM_BOTH, MEM_INVALID, peer, DELETE, VDEVICES "/bell", "peer-default", NULL},
        {RM_BOTH, MEM_INVALID, peer, DELETE, VDEVICES "/pair", "peer", NULL},
        {RM_BOTH, MEM_INVALID, "a vdevice has no peer-default", DELETE, VDEVICES "/sender", "peer-default", NULL},
        {RM_BOTH, MEM_INVALID, "a vdevice has no peer-default", DELETE, VDEVICES "/shm", "peer-default", NULL},
        {RM_BOTH, MEM_INVALID, direction, DELETE, VDEVICES "/sender", "is-sender", NULL},
        {RM_BOTH, MEM_INVALID, direction, SET, VDEVICES "/sender", "is-receiver", ""},
        {RM_BOTH, NORESOURCE, nobody, SET, VDEVICES "/pair", "peer", "vm-name:nobody"},
        {RM_BOTH, NORESOURCE, nobody, SET, VDEVICES "/pair", "peer", "HLOS"},
        {RM_BOTH, NORESOURCE, nobody, SET, VDEVICES "/pair", "peer", "vm-guid:0"},
        {RM_BOTH, NORESOURCE, nobody, SET, VDEVICES "/pair", "peer", "vm-guid:00000000-0000-0000-0000-000000000000"},
        {RM_BOTH, NORESOURCE, failed, SET, VDEVICES "/pair", "queue-depth", "<256>"},
        {RM_BOTH, NORESOURCE, failed, SET, VDEVICES "/sender", "message-size", "<1024>"},
        {RM_BOTH, NORESOURCE, failed, SET, VDEVICES "/rpc", "queue-depth", "<256>"},
        {RM_BOTH, NORESOURCE, failed, SET, VDEVICES "/pair", "interrupts", "<0 40 1 0 61 1>"},
        // Then the Resource Manager chooses.
        {0, 0, NULL, SET, VDEVICES "/pair", "interrupts", "<0 40 3 0 61 1>"},
        {0, 0, NULL, SET, VDEVICES "/pair", "interrupts", "<0 988 1>"},
        {RM_BOTH, MEM_INVALID, "there are two vdevices vrtc-pl031", SET, VDEVICES "/shm/memory", "vdevice-type",
         "vrtc-pl031"},
        {RM_BOTH, MEM_INVALID,
         "a vdevice vrtc-pl031 has not one of base and allocate-base, or base is not aligned to 4 KiB", DELETE,
         VDEVICES "/rtc", "base", NULL},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, shared_memory)
{
    static const char place[] = "memory of a vdevice has not one of base and allocate-base";
    static const char unaligned[] = "memory of a vdevice, or reserved memory, is not aligned to 4 KiB";
    static const struct rule rules[] = {
        {RM_BOTH, MEM_INVALID, "a vdevice shm has no node memory", DELETE_NODE, VDEVICES "/shm/memory", NULL, NULL},
        {RM_2023, MEM_INVALID, "a vdevice shm has another node beside memory", ADD_NODE, VDEVICES "/shm", "other",
         NULL},
        {RM_BOTH, MEM_INVALID, "memory of a vdevice has no label", DELETE, VDEVICES "/shm/memory", "label", NULL},
        {0, 0, NULL, SET, VDEVICES "/shm", "label", "<7>"},
        {RM_BOTH, MEM_INVALID, place, DELETE, VDEVICES "/shm/memory", "base", NULL},
        {RM_BOTH, MEM_INVALID, place, SET, VDEVICES "/shm/memory", "allocate-base", ""},
        // The cells are those of the vdevice, whatever its memory says.
        {RM_BOTH, MEM_INVALID, place, SET, VDEVICES "/shm", "#address-cells", "<1>"},
        {0, 0, NULL, SET, VDEVICES "/shm/memory", "#address-cells", "<1>"},
        {RM_BOTH, MEM_INVALID, unaligned, SET, VDEVICES "/shm/memory", "base", "<0 1>"},
        {RM_LATER, MEM_INVALID, "/reserved-memory has no ranges", DELETE, "/reserved-memory", "ranges", NULL},
    };
    CHECK(MADE("sim/good"), rules, at_init);
}

Test(dt_sim_tree_rules, starts)
{
    static const char missing[] = "a virtual device wants memory with a label that no parcel has";
    static const char reserved[] = "reserved memory has no label, and no parcel has its range";
    static const char node[] = "a node cannot be made where generate wants it, or not with the cells there are";
    static const struct rule rules[] = {
        {RM_2023, DENIED, "the device tree has a node /hypervisor", ADD_NODE, "/", "hypervisor", NULL},
        {RM_2023, NORESOURCE, "the device tree has no node /chosen", DELETE_NODE, "/chosen", NULL, NULL},
        {RM_BOTH, NORESOURCE, missing, SET, VDEVICES "/shm", "label", "<8>"},
        {RM_BOTH, NORESOURCE, reserved, SET, "/reserved-memory/bounce", "reg", "<0 0xb0000000 0 0x1000>"},
        {RM_BOTH, ARGUMENT, node, SET, VDEVICES "/bell", "generate", "/"},
        {RM_BOTH, ARGUMENT, node, SET, VDEVICES "/bell", "generate", "//bell"},
        // All addresses of this VM fit into one cell.
        {0, 0, NULL, SET, "/", "#address-cells", "<1>"},
        {RM_BOTH, ARGUMENT, node, SET, "/reserved-memory", "#address-cells", "<3>"},
    };
    CHECK(MADE("sim/good"), rules, at_start);
}

// In a node with a status, a later generation sees nothing, whatever it says; in that of 2023, it makes no difference.
Test(dt_sim_tree_rules, a_status_hides_from_a_later_generation)
{
    static const char unknown[] = "the simulator has no virtual device of this vdevice-type";
    static const struct rule refused = {RM_2023, NORESOURCE, unknown, NOTHING, NULL, NULL, NULL};

    at_init(MADE("sim/status"), &refused, RM_2023);
    at_init(MADE("sim/status"), &refused, RM_LATER);
}

Test(dt_sim_tree_rules, no_rm_rpc_without_generate)
{
    static const struct rule rule = {0, 0, NULL, DELETE, VDEVICES "/rpc", "generate", NULL};
    struct made made;

    begin(&made, RM_LATER, MADE("sim/good"));
    edit(&rule);
    cr_expect_eq(made_init(&made, 1), MEM_INVALID);
    cr_expect_str_eq(made_reason(&made), "a vdevice rm-rpc has no generate");
    made_close(&made);

    // The one of 2023 does not survive that.
    begin(&made, RM_2023, MADE("sim/good"));
    edit(&rule);
    cr_expect_eq(made_init(&made, 1), UINT32_MAX);
    cr_expect_str_eq(made_reason(&made), "the device tree has a vdevice rm-rpc without generate");
    cr_expect_eq(made_ask(&made, GUNYAH_RM_VM_GET_VMID, "%s", ""), UINT32_MAX);
    made_close(&made);
}
