// SPDX-License-Identifier: BSD-3-Clause
// VM_START, and what the Resource Manager makes of it.
#include "emulate.h"

// What is wrong with the VM that is started.
struct start {
    const char *name;
    void (*spoil)(struct guest *guest);
    bool production;
    bool shared;
    int expected;
    uint32_t left; // VMs that the Resource Manager does not let go.
};

static void nothing(struct guest *guest)
{
    (void)guest;
}

static void set_dtb(struct guest *guest, uint64_t address, uint64_t size)
{
    struct range range = {address, size};

    EXPECT(call(guest->vm, SET_DTB, &range) == 0);
}

static void dtb_elsewhere(struct guest *guest)
{
    set_dtb(guest, BASE - 0x10000, PAGE);
}

static void dtb_partly_outside(struct guest *guest)
{
    set_dtb(guest, BASE + IMAGE_SIZE - PAGE, 2 * PAGE);
}

static void tree_is_garbage(struct guest *guest)
{
    memset(guest->memory + DTB_OFFSET, 0x5a, 64);
}

static void tree_is_truncated(struct guest *guest)
{
    set_dtb(guest, BASE + DTB_OFFSET, 256);
}

// The size in a tree's header, its second word, is big-endian.
static void tree_has_no_room(struct guest *guest)
{
    const unsigned char *size = (unsigned char *)guest->memory + DTB_OFFSET + 4;

    set_dtb(guest, BASE + DTB_OFFSET, (uint64_t)size[2] << 8 | size[3]);
}

// The same length, another name.
static void tree_has_no_config(struct guest *guest)
{
    char *name = memmem(guest->memory + DTB_OFFSET, DTB_SIZE, "gunyah-vm-config", 16);

    EXPECT(name != NULL);
    memcpy(name, "gunyah-xx-config", 16);
}

static void same_page_twice(struct guest *guest)
{
    struct region region = {9, 7, BASE + 2 * IMAGE_SIZE, PAGE, (uintptr_t)guest->memory};

    EXPECT(call(guest->vm, SET_MEM, &region) == 0);
}

static void firmware_elsewhere(struct guest *guest)
{
    struct range range = {BASE - 0x10000, PAGE};

    EXPECT(call(guest->vm, SET_FW, &range) == 0);
}

static void firmware_inside(struct guest *guest)
{
    struct range range = {BASE, PAGE};

    EXPECT(call(guest->vm, SET_FW, &range) == 0);
}

static const struct start starts[] = {
    {"fine", nothing, false, false, 0, 0},
    {"fine on a production build", nothing, true, false, 0, 0},
    {"shared", nothing, false, true, 0, 0},
    {"shared on a production build", nothing, true, true, ENODEV, 0},
    {"tree outside", dtb_elsewhere, false, false, EINVAL, 0},
    {"tree partly outside", dtb_partly_outside, false, false, EINVAL, 1},
    {"garbage", tree_is_garbage, false, false, EINVAL, 0},
    {"truncated", tree_is_truncated, false, false, EINVAL, 0},
    {"no room for what the Resource Manager adds", tree_has_no_room, false, false, EINVAL, 0},
    {"no gunyah-vm-config", tree_has_no_config, false, false, ENODEV, 0},
    {"the same page in two regions", same_page_twice, false, false, EINVAL, 0},
    {"firmware outside", firmware_elsewhere, false, false, EINVAL, 0},
    {"firmware that was not loaded", firmware_inside, false, false, EPERM, 0},
};

static int try_start(void *context)
{
    const struct start *start = context;
    struct range dtb = {BASE + DTB_OFFSET, DTB_SIZE};
    struct region region = {0, 7, BASE, IMAGE_SIZE, 0};
    struct guest guest = {.memory_fd = -1};
    int error;

    guest.vm = create_vm(open_node());
    guest.memory = map_memory(IMAGE_SIZE);
    region.userspace_addr = (uintptr_t)guest.memory;
    EXPECT(call(guest.vm, start->shared ? SET_MEM : LEND_MEM, &region) == 0);
    load_tree(guest.memory);
    EXPECT(call(guest.vm, SET_DTB, &dtb) == 0);
    start->spoil(&guest);
    error = call(guest.vm, VM_START, NULL);
    // It runs, or will never run.
    EXPECT(call(guest.vm, VM_START, NULL) == (error == 0 ? 0 : ENODEV));
    return error;
}

Test(start, refusals)
{
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
        struct start start = starts[i];
        options.debug = !start.production;
        cr_assert_eq(call_emulated(&options, try_start, &start, &result), GUNYAH_OK, "%s", result.problem);
        cr_expect(WIFEXITED(result.status) && WEXITSTATUS(result.status) == start.expected, "%s: 0x%x", start.name,
                  result.status);
        cr_expect_eq(result.left, start.left, "%s: %u left", start.name, result.left);
        cr_expect_eq(result.vms, start.expected == 0);
    }
}

// Rights and addresses: the region is given anew with others.
static int start_with(uint32_t flags, uint64_t base)
{
    struct range dtb = {base + DTB_OFFSET, DTB_SIZE};
    struct region region = {0, flags, base, IMAGE_SIZE, (uintptr_t)map_memory(IMAGE_SIZE)};
    const int vm = create_vm(open_node());

    load_tree((char *)(uintptr_t)region.userspace_addr);
    EXPECT(call(vm, LEND_MEM, &region) == 0);
    EXPECT(call(vm, SET_DTB, &dtb) == 0);
    return call(vm, VM_START, NULL);
}

static int other_regions(void *context)
{
    const bool *production = context;

    EXPECT(start_with(0, BASE) == EINVAL);
    EXPECT(start_with(7, BASE + 0x200000) == ENODEV);
    EXPECT(start_with(1, BASE) == (*production ? ENODEV : 0));
    return 0;
}

Test(start, regions)
{
    for (int production = 0; production < 2; production++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        bool is_production = production != 0;
        options.debug = !is_production;
        emulate_with(&options, other_regions, &is_production);
    }
}

// Where the tree is, and what comes of it. Early drivers round its size up to pages, for which there has to be memory; later ones
// round it down, and what is cut off is missed.
struct place {
    uint64_t offset;
    uint64_t size;
    int expected[FLAVOURS]; // In the order of the flavours.
};

#define LAST (IMAGE_SIZE - 0x1800)

static const struct place places[] = {
    {0, 0, {EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL}},
    {DTB_OFFSET, DTB_SIZE, {0, 0, 0, 0, 0, 0, 0}},
    {DTB_OFFSET, DTB_SIZE + 8, {0, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL}},
    {DTB_OFFSET, PAGE - 8, {0, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL}},
    {DTB_OFFSET + 8, DTB_SIZE - 8, {0, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL}},
    {LAST, 0x1800, {0, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL}},
    {IMAGE_SIZE, PAGE, {EINVAL, EINVAL, EINVAL, ENOENT, ENOENT, ENOENT, ENOENT}},
    {IMAGE_SIZE - 2 * PAGE, 4 * PAGE, {EINVAL, EINVAL, EINVAL, EFAULT, EFAULT, ENOENT, ENOENT}},
};

static int start_at_place(void *context)
{
    const struct place *place = context;
    struct guest guest;
    int error;

    prepare(&guest);
    if (place->offset < IMAGE_SIZE)
        memmove(guest.memory + place->offset, guest.memory + DTB_OFFSET, PAGE);
    set_dtb(&guest, BASE + place->offset, place->size);
    error = call(guest.vm, VM_START, NULL);
    EXPECT(call(guest.vm, VM_START, NULL) == (error == 0 ? 0 : ENODEV));
    return error;
}

Test(start, places_of_the_tree)
{
    for (size_t i = 0; i < FLAVOURS * sizeof(places) / sizeof(places[0]); i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
        struct place place = places[i / FLAVOURS];
        options.flavour = flavours[i % FLAVOURS];
        options.debug = true;
        cr_assert_eq(call_emulated(&options, start_at_place, &place, &result), GUNYAH_OK, "%s", result.problem);
        cr_expect(WIFEXITED(result.status) && WEXITSTATUS(result.status) == place.expected[i % FLAVOURS],
                  "%s: 0x%llx: 0x%x", options.flavour, (unsigned long long)place.offset, result.status);
    }
}

// From nothing to the end, and once more: the second VM of a process is as good as the first.
static int two_lives(void *context)
{
    (void)context;
    for (int i = 0; i < 2; i++) {
        struct guest guest;
        launch(&guest);
        EXPECT(call(guest.vm, VM_START, NULL) == 0);
        expect_end(&guest, 1);
        finish(&guest);
    }
    return 0;
}

Test(start, lives)
{
    for (size_t i = 0; i < FLAVOURS; i++)
        cr_expect_eq(emulate(flavours[i], NULL, two_lives, NULL).vms, 2, "%s", flavours[i]);
}

static int many_at_once(void *context)
{
    struct guest guests[8];

    (void)context;
    for (int i = 0; i < 8; i++)
        launch(&guests[i]);
    for (int i = 0; i < 8; i++)
        expect_end(&guests[i], 1);
    return 0;
}

Test(start, many)
{
    cr_expect_eq(emulate("a14", NULL, many_at_once, NULL).vms, 8);
}

static int set_registers(void *context)
{
    struct boot_context x0 = {0, 0, BASE + DTB_OFFSET};
    struct boot_context pc = {0x100, 0, BASE};
    struct guest guest;

    (void)context;
    prepare(&guest);
    EXPECT(call(guest.vm, SET_CONTEXT, &x0) == 0);
    EXPECT(call(guest.vm, SET_CONTEXT, &pc) == 0);
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    EXPECT(call(guest.vm, SET_CONTEXT, &x0) == EINVAL);
    expect_end(&guest, 1);
    return 0;
}

// The kernel takes X31, which the Resource Manager refuses; but it is not told of a value that became no pointer.
static int set_too_much(void *context)
{
    static const uint64_t values[] = {1, 0, 1030};
    const bool *as_pointer = context;

    for (int i = 0; i < 3; i++) {
        struct boot_context x31 = {31, 0, values[i]};
        struct guest guest;
        prepare(&guest);
        EXPECT(call(guest.vm, SET_CONTEXT, &x31) == 0);
        EXPECT(call(guest.vm, VM_START, NULL) == (i != 0 && *as_pointer ? 0 : EINVAL));
        finish(&guest);
    }
    return 0;
}

Test(start, registers)
{
    static const char *const with[] = {"a15", "a16", "u15", "u17"};

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
        bool as_pointer = i != 1;
        emulate(with[i], NULL, set_registers, NULL);
        emulate(with[i], NULL, set_too_much, &as_pointer);
    }
}

// The number of the image and the VMID are the platform's. Registers are not the VMM's to choose, and what is above the image is
// given at once.
static int start_trusted(void *context)
{
    struct qtvm_arg trusted = {29, 28, BASE, IMAGE_SIZE};
    struct auth_desc desc = {QCOM_TRUSTED_VM, sizeof(trusted), (uintptr_t)&trusted};
    struct boot_context pc = {0x100, 0, BASE};
    struct range firmware = {BASE, PAGE};
    struct region other = {9, 7, BASE + 2 * IMAGE_SIZE, PAGE, 0};
    const bool *with_page_twice = context;
    struct guest guest;

    prepare(&guest);
    other.userspace_addr = (uintptr_t)(*with_page_twice ? guest.memory : map_memory(PAGE));
    EXPECT(call(guest.vm, LEND_MEM, &other) == 0);
    EXPECT(call(guest.vm, SET_CONTEXT, &pc) == 0);
    EXPECT(call(guest.vm, SET_AUTH, &desc) == 0);
    EXPECT(call(guest.vm, SET_FW, &firmware) == 0); // It changes nothing any more.
    if (*with_page_twice) {
        EXPECT(call(guest.vm, VM_START, NULL) == EINVAL);
        return 0;
    }
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    expect_end(&guest, 1);
    return 0;
}

static void look_for_vmid(void *context, const char *line)
{
    bool *found = context;

    *found = *found || strstr(line, "runs with VMID 29") != NULL;
}

Test(start, trusted)
{
    for (int with_page_twice = 0; with_page_twice < 2; with_page_twice++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        bool twice = with_page_twice != 0;
        bool found = false;
        options.flavour = "a16";
        options.trace = look_for_vmid;
        options.trace_context = &found;
        emulate_with(&options, start_trusted, &twice);
        cr_expect_eq(found, !twice);
    }
}

static int start_trusted_nowhere(void *context)
{
    struct qtvm_arg trusted = {29, 28, BASE - IMAGE_SIZE, IMAGE_SIZE};
    struct auth_desc desc = {QCOM_TRUSTED_VM, sizeof(trusted), (uintptr_t)&trusted};
    struct guest guest;

    (void)context;
    prepare(&guest);
    EXPECT(call(guest.vm, SET_AUTH, &desc) == 0);
    EXPECT(call(guest.vm, VM_START, NULL) != 0);
    return 0;
}

Test(start, trusted_without_image)
{
    emulate("a16", NULL, start_trusted_nowhere, NULL);
}

// Memory that the process does not have is found missing when the VM starts.
static int start_unmapped(void *context)
{
    struct guest guest;

    (void)context;
    prepare(&guest);
    EXPECT(munmap(guest.memory, IMAGE_SIZE) == 0);
    EXPECT(call(guest.vm, VM_START, NULL) == EFAULT);
    return 0;
}

Test(start, unmapped)
{
    emulate("a15", NULL, start_unmapped, NULL);
    emulate("a16", NULL, start_unmapped, NULL);
}

static bool tree_has(const struct guest *guest, const char *text)
{
    return memmem(guest->memory + DTB_OFFSET, DTB_SIZE, text, strlen(text)) != NULL;
}

// What the Resource Manager adds lies in the VM's memory, where the guest and the VMM find it.
static int see_tree(void *context)
{
    struct guest guest;

    (void)context;
    prepare(&guest);
    EXPECT(!tree_has(&guest, "qcom,gunyah-vm-id") && !tree_has(&guest, "qcom,gunyah-doorbell"));
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    EXPECT(tree_has(&guest, "qcom,gunyah-vm-id") && tree_has(&guest, "qcom,gunyah-doorbell"));
    expect_end(&guest, 1);
    return 0;
}

Test(start, tree)
{
    for (size_t i = 0; i < FLAVOURS; i++)
        emulate(flavours[i], NULL, see_tree, NULL);
}
