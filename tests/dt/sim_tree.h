// SPDX-License-Identifier: BSD-3-Clause
// VMs that the simulator's Resource Manager makes from device trees.
#ifndef SIM_TREE_H
#define SIM_TREE_H

#include "sim_rm.h"
#include "trees.h"

#include <libfdt.h>
#include <stdarg.h>

#define TREE_REGION (32 * 1024)
#define TREE_OFFSET 0x1000
#define IMAGE_SIZE 0x200000
#define GUEST 0x80

// Memory of HLOS: the VM's image, with its tree in it, and pages to share.
static _Alignas(4096) unsigned char tree_image[IMAGE_SIZE];
static _Alignas(4096) unsigned char tree_pages[2][4096];

// A machine with HLOS, and the VM that it makes.
struct made {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    uint64_t region; // Of the tree.
    uint16_t auth;   // enum gunyah_vm_auth
};

// api_flags 0: those of the open hypervisor.
static inline void made_open_with(struct made *made, enum gunyah_rm_generation generation, uint64_t api_flags)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_rm_options rm = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *hlos;

    // As in the debug build: CapIDs count from 0.
    options.plain_capids = true;
    options.api_flags = api_flags;
    rm.generation = generation;
    vm.vmid = gunyah_vmid(RM_HLOS);
    cr_assert_eq(gunyah_sim_create(&options, &made->sim), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_add_rm(made->sim, &rm), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_add_vm(made->sim, &vm, &hlos), GUNYAH_OK);
    rm_attach(&made->hlos, hlos);
    made->region = TREE_REGION;
    made->auth = GUNYAH_VM_AUTH_NONE;
}

static inline void made_open(struct made *made, enum gunyah_rm_generation generation)
{
    made_open_with(made, generation, 0);
}

static inline void made_close(struct made *made)
{
    rm_forget(&made->hlos);
    cr_assert_eq(gunyah_sim_destroy(&made->sim), GUNYAH_OK);
}

// Put the compiled tree where the VM's image has it. Behind it is what was there before.
static inline void made_load(struct made *made, const char *path)
{
    FILE *file = fopen(path, "rb");

    (void)made;
    cr_assert(file != NULL, "%s", path);
    memset(tree_image + TREE_OFFSET, 0xee, TREE_REGION);
    cr_assert_gt(fread(tree_image + TREE_OFFSET, 1, TREE_REGION, file), 0);
    fclose(file);
}

static inline void *made_tree(void)
{
    return tree_image + TREE_OFFSET;
}

// The error code of a request, which is written as printf() does it.
__attribute__((format(printf, 3, 4))) static inline uint32_t made_ask(struct made *made, uint32_t id,
                                                                      const char *format, ...)
{
    static unsigned char bytes[512];
    static char reply[1024];
    char text[512];
    uint32_t error = 0;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    rm_request(&made->hlos, id, bytes, rm_bytes(text, bytes));
    if (!rm_reply(&made->hlos, reply))
        return UINT32_MAX; // The Resource Manager is dead.
    rm_forget(&made->hlos);
    cr_assert_geq(rm_bytes(reply, bytes), sizeof(error));
    memcpy(&error, bytes, sizeof(error));
    return error;
}

// A number as requests have it: little endian, in so many bytes.
static inline const char *made_number(uint64_t value, size_t size)
{
    static char texts[8][17];
    static unsigned next;
    char *text = texts[next++ % 8];

    for (size_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", (unsigned)(value >> 8 * i & 0xff));
    return text;
}

// Share a page with the VM.
static inline void made_share(struct made *made, uint32_t label, const void *page)
{
    cr_assert_eq(made_ask(made, GUNYAH_RM_MEM_SHARE, "00000000 %s 02000000 %s0700 03000600 01000000 %s %s",
                          made_number(label, 4), made_number(GUEST, 2), made_number((uintptr_t)page, 8),
                          made_number(4096, 8)),
                 GUNYAH_RMERR_OK);
}

static inline void made_allocate(struct made *made)
{
    cr_assert_eq(made_ask(made, GUNYAH_RM_VM_ALLOCATE, "00000000"), GUNYAH_RMERR_OK);
}

// VM_CONFIG_IMAGE with the parcel of this handle.
static inline uint32_t made_configure(struct made *made, uint32_t handle)
{
    return made_ask(made, GUNYAH_RM_VM_CONFIG_IMAGE, "%s %s %s %s %s %s %s", made_number(GUEST, 2),
                    made_number(made->auth, 2), made_number(handle, 4), made_number(0, 8), made_number(0x1000, 8),
                    made_number(TREE_OFFSET, 8), made_number(made->region, 8));
}

// Lend the image, which gets this handle, and go on to VM_INIT. Returns its error code.
static inline uint32_t made_init(struct made *made, uint32_t handle)
{
    cr_assert_eq(made_ask(made, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 %s0700 01000000 %s %s",
                          made_number(GUEST, 2), made_number((uintptr_t)tree_image, 8), made_number(IMAGE_SIZE, 8)),
                 GUNYAH_RMERR_OK);
    cr_assert_eq(made_configure(made, handle), GUNYAH_RMERR_OK);
    if (made->auth == GUNYAH_VM_AUTH_PLATFORM)
        cr_assert_eq(made_ask(made, GUNYAH_RM_VM_AUTH_IMAGE, "%s 0100 00000000 1c000000", made_number(GUEST, 2)),
                     GUNYAH_RMERR_OK);
    return made_ask(made, GUNYAH_RM_VM_INIT, "%s0000", made_number(GUEST, 2));
}

static inline uint32_t made_start(struct made *made)
{
    return made_ask(made, GUNYAH_RM_VM_START, "%s0000", made_number(GUEST, 2));
}

static inline const char *made_reason(const struct made *made)
{
    return gunyah_sim_rm_reason(made->hlos.vm);
}

// A machine in which a VM is about to be made of sim/good.dts; label 7 is shared with it.
static inline void made_good(struct made *made, enum gunyah_rm_generation generation)
{
    made_open(made, generation);
    made_load(made, MADE("sim/good"));
    made_allocate(made);
    made_share(made, 7, tree_pages[0]);
}

static inline void expect_init(struct made *made, uint32_t error, const char *reason)
{
    cr_expect_eq(made_init(made, 1), error, "%s", made_reason(made));
    cr_expect_str_eq(made_reason(made), reason);
}

static inline void expect_start(struct made *made, uint32_t error, const char *reason)
{
    cr_expect_eq(made_start(made), error, "%s", made_reason(made));
    cr_expect_str_eq(made_reason(made), reason);
}

static inline void expect_running(struct made *made)
{
    expect_init(made, GUNYAH_RMERR_OK, "nothing was refused");
    expect_start(made, GUNYAH_RMERR_OK, "nothing was refused");
}

// ---- editing a tree before it is used: loosen, change, tighten

static inline int node_at(const char *path)
{
    const int node = fdt_path_offset(made_tree(), path);

    cr_assert_geq(node, 0, "%s", path);
    return node;
}

static inline void loosen(size_t size)
{
    cr_assert_eq(fdt_open_into(made_tree(), made_tree(), (int)size), 0);
}

static inline void tighten(void)
{
    cr_assert_eq(fdt_pack(made_tree()), 0);
}

static inline int new_node(const char *parent, const char *name)
{
    const int node = fdt_add_subnode(made_tree(), node_at(parent), name);

    cr_assert_geq(node, 0);
    return node;
}

// ---- comparing trees

static inline bool differs_by_chance(const char *property)
{
    return strcmp(property, "kaslr-seed") == 0;
}

// The properties of two nodes, in their order.
static inline void compare_properties(const void *one, int first, const void *other, int second, const char *path)
{
    int a = fdt_first_property_offset(one, first);
    int b = fdt_first_property_offset(other, second);

    while (a >= 0 && b >= 0) {
        const char *name;
        const char *wanted;
        int size;
        int length;
        const void *value = fdt_getprop_by_offset(one, a, &name, &size);
        const void *right = fdt_getprop_by_offset(other, b, &wanted, &length);
        cr_assert_str_eq(name, wanted, "%s: %s where %s is to be", path, name, wanted);
        cr_assert_eq(size, length, "%s: %s has %d bytes", path, name, size);
        if (!differs_by_chance(name))
            cr_assert_arr_eq(value, right, (size_t)size, "%s: %s", path, name);
        a = fdt_next_property_offset(one, a);
        b = fdt_next_property_offset(other, b);
    }
    cr_assert_eq(a, b, "%s: one has more properties", path);
}

// The next node below the first one, and its path; negative: there is none.
static inline int compare_next(const void *blob, int node, int *depth, char path[256])
{
    node = fdt_next_node(blob, node, depth);
    if (node < 0 || *depth <= 0)
        return -1;
    cr_assert_eq(fdt_get_path(blob, node, path, 256), 0);
    return node;
}

// Two nodes and all below them, in their order.
static inline void compare_nodes(const void *one, int first, const void *other, int second)
{
    char path[256] = "/";
    char wanted[256] = "/";
    int depth = 0;
    int level = 0;

    cr_assert_geq(first, 0);
    cr_assert_geq(second, 0);
    while (first >= 0 && second >= 0) {
        cr_assert_str_eq(path, wanted);
        compare_properties(one, first, other, second, path);
        first = compare_next(one, first, &depth, path);
        second = compare_next(other, second, &level, wanted);
    }
    cr_assert(eq(int, first < 0, second < 0), "one has more nodes");
}

#endif
