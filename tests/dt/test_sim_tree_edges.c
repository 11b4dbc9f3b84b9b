// SPDX-License-Identifier: BSD-3-Clause
// Where a tree lies and how large it may grow, what else may be in it, and who else may configure a VM.
#include "sim_tree.h"

#define VDEVICES "/gunyah-vm-config/vdevices"
#define MEM_INVALID GUNYAH_RMERR_MEM_INVALID
#define ARGUMENT GUNYAH_RMERR_ARGUMENT_INVALID

static struct made made;

static void begin_2023(void)
{
    made_good(&made, GUNYAH_RM_GENERATION_2023);
}

static void tear_down(void)
{
    made_close(&made);
}

// ---- room

static const char full[] = "the region of the device tree leaves less than 1 KiB for what is added";
static const char small[] = "the region of the device tree is too small for what is added";

Test(dt_sim_tree_edges, a_region_of_the_size_of_the_tree, .init = begin_2023, .fini = tear_down)
{
    made.region = fdt_totalsize(made_tree());
    expect_init(&made, MEM_INVALID, full);
}

Test(dt_sim_tree_edges, a_region_with_almost_enough_room, .init = begin_2023, .fini = tear_down)
{
    made.region = fdt_totalsize(made_tree()) + 1023;
    expect_init(&made, MEM_INVALID, full);
}

// How large the tree is that the Resource Manager makes of it.
static uint32_t grown_size(void)
{
    uint32_t size;

    begin_2023();
    expect_running(&made);
    size = fdt_totalsize(made_tree());
    made_close(&made);
    return size;
}

Test(dt_sim_tree_edges, a_region_that_is_just_large_enough)
{
    const uint32_t size = grown_size();

    begin_2023();
    cr_assert_geq(size - 1, fdt_totalsize(made_tree()) + 1024);
    made.region = size;
    expect_running(&made);
    // Behind the region, everything is as it was.
    cr_expect_eq(tree_image[TREE_OFFSET + size], 0xee);
    made_close(&made);

    begin_2023();
    made.region = size - 1;
    expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
    expect_start(&made, ARGUMENT, small);
    made_close(&made);
}

// A tree of more than 16 KiB is made in the region, which has to hold it twice.
Test(dt_sim_tree_edges, a_region_for_a_large_tree)
{
    static unsigned char ballast[16 * 1024];

    for (uint32_t missing = 0; missing < 2; missing++) {
        const uint32_t size = grown_size() + sizeof(ballast) + 12 + sizeof("ballast");
        const uint32_t rounded = (size + 3) & ~3u;
        begin_2023();
        loosen(TREE_REGION);
        cr_assert_eq(fdt_setprop(made_tree(), node_at("/chosen"), "ballast", ballast, sizeof(ballast)), 0);
        tighten();
        made.region = 2 * rounded - 16 * missing;
        expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
        if (missing != 0)
            expect_start(&made, ARGUMENT, small);
        else
            expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
        made_close(&made);
    }
}

Test(dt_sim_tree_edges, a_tree_that_is_too_large, .init = begin_2023, .fini = tear_down)
{
    static unsigned char ballast[64 * 1024];

    loosen(128 * 1024);
    cr_assert_eq(fdt_setprop(made_tree(), node_at("/chosen"), "ballast", ballast, sizeof(ballast)), 0);
    tighten();
    made.region = 256 * 1024;
    expect_init(&made, MEM_INVALID, "the device tree is larger than 64 KiB, which the simulator alone minds");
}

Test(dt_sim_tree_edges, no_tree_at_all, .init = begin_2023, .fini = tear_down)
{
    made.region = 0;
    expect_init(&made, MEM_INVALID, "there is no configuration, or it cannot be read");
}

Test(dt_sim_tree_edges, no_tree_but_something_else, .init = begin_2023, .fini = tear_down)
{
    memset(made_tree(), 0x5a, 4096);
    expect_init(&made, MEM_INVALID, "the device tree is damaged, cut off, or none");
}

// Of version 16, a header is shorter; older ones have no names in the structure.
Test(dt_sim_tree_edges, versions)
{
    for (uint32_t version = 15; version <= 16; version++) {
        begin_2023();
        fdt_set_version(made_tree(), version);
        expect_init(&made, version == 16 ? GUNYAH_RMERR_OK : MEM_INVALID,
                    version == 16 ? "nothing was refused" : "the device tree is damaged, cut off, or none");
        made_close(&made);
    }
}

Test(dt_sim_tree_edges, half_a_tree, .init = begin_2023, .fini = tear_down)
{
    made.region = fdt_totalsize(made_tree()) - 4;
    expect_init(&made, MEM_INVALID, "the device tree is damaged, cut off, or none");
}

// Nodes within nodes, of one letter, below the root.
static void nest(int depth)
{
    int node = 0;

    loosen(TREE_REGION);
    for (int i = 0; i < depth; i++) {
        node = fdt_add_subnode(made_tree(), node, "n");
        cr_assert_geq(node, 0);
    }
    tighten();
}

static const char deep[] = "a node of the device tree lies deeper than 16 levels, or its path has 256 characters";

Test(dt_sim_tree_edges, sixteen_levels, .init = begin_2023, .fini = tear_down)
{
    nest(16);
    expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
}

Test(dt_sim_tree_edges, seventeen_levels, .init = begin_2023, .fini = tear_down)
{
    nest(17);
    expect_init(&made, MEM_INVALID, deep);
}

Test(dt_sim_tree_edges, long_paths)
{
    char name[256];

    for (int length = 254; length <= 255; length++) {
        begin_2023();
        memset(name, 'n', sizeof(name));
        name[length] = '\0';
        loosen(TREE_REGION);
        new_node("/", name);
        tighten();
        expect_init(&made, length == 254 ? GUNYAH_RMERR_OK : MEM_INVALID, length == 254 ? "nothing was refused" : deep);
        made_close(&made);
    }
}

// libfdt looks for the end of a name each time.
Test(dt_sim_tree_edges, long_names_of_properties)
{
    char name[257];

    for (int length = 255; length <= 256; length++) {
        begin_2023();
        memset(name, 'n', sizeof(name));
        name[length] = '\0';
        loosen(TREE_REGION);
        cr_assert_eq(fdt_setprop_empty(made_tree(), node_at("/chosen"), name), 0);
        tighten();
        expect_init(&made, length == 255 ? GUNYAH_RMERR_OK : MEM_INVALID,
                    length == 255 ? "nothing was refused" : "the device tree is damaged, cut off, or none");
        made_close(&made);
    }
}

// ---- the place

// The image has two regions, and the tree lies in both.
Test(dt_sim_tree_edges, a_tree_in_two_pieces, .init = begin_2023, .fini = tear_down)
{
    static _Alignas(4096) unsigned char start[0x2000];
    const size_t piece = sizeof(start) - TREE_OFFSET;
    const void *tree;
    size_t size;
    struct gunyah_sim_vm *vm;

    memcpy(start + TREE_OFFSET, tree_image + TREE_OFFSET, piece);
    memmove(tree_image, tree_image + TREE_OFFSET + piece, TREE_REGION);
    cr_assert_eq(made_ask(&made, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 %s0700 02000000 %s %s %s %s",
                          made_number(GUEST, 2), made_number((uintptr_t)start, 8), made_number(sizeof(start), 8),
                          made_number((uintptr_t)tree_image, 8), made_number(IMAGE_SIZE, 8)),
                 GUNYAH_RMERR_OK);
    cr_assert_eq(made_configure(&made, 1), GUNYAH_RMERR_OK);
    cr_assert_eq(made_ask(&made, GUNYAH_RM_VM_INIT, "%s0000", made_number(GUEST, 2)), GUNYAH_RMERR_OK, "%s",
                 made_reason(&made));
    expect_start(&made, GUNYAH_RMERR_OK, "nothing was refused");
    memmove(tree_image + TREE_OFFSET + piece, tree_image, TREE_REGION - piece);
    memcpy(tree_image + TREE_OFFSET, start + TREE_OFFSET, piece);
    cr_assert_eq(fdt_check_full(made_tree(), TREE_REGION), 0);
    node_at("/hypervisor/qcom,gunyah-vm");
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &vm), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_ERR_ADDR_INVALID);
}

Test(dt_sim_tree_edges, a_tree_that_changes_meanwhile, .init = begin_2023, .fini = tear_down)
{
    expect_init(&made, GUNYAH_RMERR_OK, "nothing was refused");
    cr_assert_eq(fdt_setprop_inplace_u32(made_tree(), node_at(VDEVICES "/bell"), "label", 77), 0);
    expect_start(&made, MEM_INVALID, "the device tree has changed since VM_INIT");
}

// ---- what else may be in it

Test(dt_sim_tree_edges, no_dtb_patch)
{
    static const enum gunyah_rm_generation generations[] = {GUNYAH_RM_GENERATION_2023, GUNYAH_RM_GENERATION_LATER};

    for (int i = 0; i < 2; i++) {
        made_good(&made, generations[i]);
        loosen(TREE_REGION);
        cr_assert_eq(fdt_setprop_string(made_tree(), node_at("/gunyah-vm-config"), "vm-attrs", "no-dtb-patch"), 0);
        tighten();
        expect_running(&made);
        // That of 2023 does not know the attribute.
        cr_expect_eq(fdt_path_offset(made_tree(), "/hypervisor") < 0, i == 1);
        made_close(&made);
    }
}

// ---- memory of the machine

static size_t allocations;

static void *allocate(void *context, size_t size)
{
    (void)context;
    if (allocations == 0)
        return NULL;
    allocations--;
    return calloc(1, size);
}

static void release(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

Test(dt_sim_tree_edges, an_allocator_without_memory)
{
    const struct gunyah_allocator allocator = {NULL, allocate, release};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    const void *tree;
    size_t size;

    options.allocator = &allocator;
    allocations = 100;
    cr_assert_eq(gunyah_sim_create(&options, &sim), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_add_vm(sim, NULL, &vm), GUNYAH_OK);
    allocations = 0;
    cr_expect_eq(gunyah_sim_add_rm(sim, NULL), GUNYAH_ERR_OUT_OF_MEMORY);
    allocations = 1;
    cr_expect_eq(gunyah_sim_add_rm(sim, NULL), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_null(tree);
    allocations = 1;
    cr_expect_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_destroy(&sim), GUNYAH_OK);
}

// ---- configurations without a tree

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;

Test(dt_sim_tree_edges, a_declaration_wins, .init = begin_2023, .fini = tear_down)
{
    static unsigned char before[TREE_REGION];
    struct gunyah_sim_vm *vm;
    const void *tree;
    size_t size;

    cr_assert_eq(gunyah_sim_configure_vm(made.sim, &defaults), GUNYAH_OK);
    memset(made_tree(), 0x5a, 4096);
    memcpy(before, made_tree(), sizeof(before));
    expect_running(&made);
    cr_expect_eq(memcmp(before, made_tree(), sizeof(before)), 0);
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &vm), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_ERR_NOT_FOUND);
}

static void ask_resources(struct rm_end *end, uint16_t vmid, char text[RM_TEXT])
{
    unsigned char request[4] = {(unsigned char)vmid};

    rm_request(end, GUNYAH_RM_VM_GET_HYP_RESOURCES, request, sizeof(request));
    cr_assert(rm_reply(end, text), "VM %u: %s", vmid, gunyah_sim_rm_reason(end->vm));
    rm_forget(end);
}

// What both sides are told that they have in common, when the VM has started.
static void resources(char of_hlos[RM_TEXT], char of_guest[RM_TEXT])
{
    struct gunyah_sim_vm *vm;
    struct rm_end guest;

    expect_running(&made);
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &vm), GUNYAH_OK);
    rm_attach(&guest, vm);
    ask_resources(&made.hlos, GUEST, of_hlos);
    ask_resources(&guest, RM_HLOS, of_guest);
}

// The same VM, declared and in a tree: CapIDs, interrupts and labels are the same.
Test(dt_sim_tree_edges, both_ways_lead_to_the_same_resources)
{
    static const struct gunyah_sim_vdevice vdevices[] = {
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC,
         .console = true,
         .message_size = 240,
         .depth = 4,
         .send_virq = {72},
         .receive_virq = {73}},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 2, .source_can_clear = true, .receive_virq = {34}},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 3},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_SENDER, .label = 4, .message_size = 64, .depth = 2},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER, .label = 5, .receive_virq = {82}},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 6, .send_virq = {92}, .receive_virq = {93}},
        {.type = GUNYAH_SIM_VDEVICE_SHM, .label = 7, .base = 0xa0000000},
        // Shared memory with bells is all three.
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 8},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 8},
        {.type = GUNYAH_SIM_VDEVICE_SHM, .label = 8, .optional = true, .allocate_base = true},
    };
    static char by_tree[2][RM_TEXT];
    static char declared[2][RM_TEXT];
    struct gunyah_sim_vm_config config = defaults;

    begin_2023();
    resources(by_tree[0], by_tree[1]);
    made_close(&made);

    config.vcpus = 2;
    config.vdevices = vdevices;
    config.vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]);
    begin_2023();
    cr_assert_eq(gunyah_sim_configure_vm(made.sim, &config), GUNYAH_OK);
    resources(declared[0], declared[1]);
    made_close(&made);

    // An error code, a count, and at the least 10 of 44 bytes each.
    cr_expect_geq(strlen(by_tree[0]), 2 * (8 + 10 * 44));
    cr_expect_str_eq(by_tree[0], declared[0]);
    cr_expect_str_eq(by_tree[1], declared[1]);
}
