// SPDX-License-Identifier: BSD-3-Clause
// A node, a session and a VM for the tests, with a device tree of two vCPUs and two doorbells.
#ifndef GUNYAH_TESTS_LINUX_KIT_H
#define GUNYAH_TESTS_LINUX_KIT_H

#include "kernel.h"

#include <gunyah/gunyah.h>
#include <gunyah/linux.h>

#include <criterion/criterion.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define RAM UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x10000)
#define TREE UINT64_C(0x8000) // in it
#define TREE_SIZE UINT64_C(0x4000)
#define IMAGE_LABEL 7u
#define BELL 5u
#define SECOND_BELL 6u

struct kit {
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *vm;
    uint8_t *ram;
    unsigned files; // that were open before
};

// The node and a session on it.
static inline void kit_open_driver(struct kit *kit, const struct flavour *driver)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;

    *kit = (struct kit){.files = open_files()};
    kernel_is(driver);
    options.path = "/dev/null";
    cr_assert_eq(gunyah_linux_open(&options, &kit->node), GUNYAH_OK);
    // The log begins here.
    kernel_is(driver);
    session.backend = gunyah_linux_backend(kit->node);
    cr_assert_eq(gunyah_open(&session, &kit->g), GUNYAH_OK);
}

static inline void kit_open(struct kit *kit, enum kernel_flavour flavour)
{
    kit_open_driver(kit, &kernel_flavours[flavour]);
}

static inline void kit_close(struct kit *kit)
{
    if (kit->vm != NULL)
        cr_expect_eq(gunyah_vm_destroy(&kit->vm, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&kit->g), GUNYAH_OK);
    cr_expect_eq(gunyah_linux_close(&kit->node), GUNYAH_OK);
    cr_expect_eq(open_files(), kit->files);
}

// A VM with memory that the library makes.
static inline void kit_make_vm_with_id(struct kit *kit, enum kernel_flavour flavour, uint16_t vmid)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    uint32_t handle = 0;

    kit_open(kit, flavour);
    cr_assert_eq(gunyah_vm_create(gunyah_linux_vmm(kit->node, kit->g), gunyah_vmid(vmid), &kit->vm), GUNYAH_OK);
    memory.label = IMAGE_LABEL;
    memory.address = RAM;
    memory.length = RAM_SIZE;
    cr_assert_eq(gunyah_vm_add_memory(kit->vm, &memory, &handle), GUNYAH_OK);
    cr_expect_eq(handle, IMAGE_LABEL);
    kit->ram = memory.memory;
}

static inline void kit_make_vm(struct kit *kit, enum kernel_flavour flavour)
{
    kit_make_vm_with_id(kit, flavour, 0);
}

static inline void kit_node(void *tree, const char *name, const char *property, const char *value)
{
    cr_assert_eq(fdt_begin_node(tree, name), 0);
    cr_assert_eq(fdt_property(tree, property, value, (int)strlen(value) + 1), 0);
}

static inline void kit_write_large_tree(void *tree, int size, unsigned vcpus)
{
    cr_assert_eq(fdt_create(tree, size), 0);
    cr_assert_eq(fdt_finish_reservemap(tree), 0);
    cr_assert_eq(fdt_begin_node(tree, ""), 0);
    cr_assert_eq(fdt_begin_node(tree, "cpus"), 0);
    for (unsigned i = 0; i < vcpus; i++) {
        char name[16];
        snprintf(name, sizeof(name), "cpu@%x", i);
        kit_node(tree, name, "device_type", "cpu");
        fdt_end_node(tree);
    }
    kit_node(tree, "idle-states", "entry-method", "psci");
    fdt_end_node(tree);
    fdt_end_node(tree);
    kit_node(tree, "gunyah-vm-config", "image-name", "test");
    cr_assert_eq(fdt_begin_node(tree, "vdevices"), 0);
    kit_node(tree, "bell-5", "vdevice-type", "doorbell");
    cr_assert_eq(fdt_property_u32(tree, "label", BELL), 0);
    fdt_end_node(tree);
    kit_node(tree, "bell-6", "vdevice-type", "doorbell");
    cr_assert_eq(fdt_property_u32(tree, "qcom,label", SECOND_BELL), 0);
    cr_assert_eq(fdt_property_u32(tree, "label", 99), 0);
    fdt_end_node(tree);
    kit_node(tree, "shm-8", "vdevice-type", "shm");
    cr_assert_eq(fdt_property_u32(tree, "label", 8), 0);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_end_node(tree);
    cr_assert_eq(fdt_finish(tree), 0);
}

static inline void kit_write_tree(void *tree, int size)
{
    kit_write_large_tree(tree, size, 2);
}

static inline struct gunyah_vm_image kit_image(void)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = IMAGE_LABEL;
    image.dtb_offset = TREE;
    image.dtb_size = TREE_SIZE;
    return image;
}

static inline void kit_configure(const struct kit *kit)
{
    const struct gunyah_vm_image image = kit_image();

    kit_write_tree(kit->ram + TREE, (int)TREE_SIZE);
    cr_assert_eq(gunyah_vm_configure(kit->vm, &image), GUNYAH_OK);
}

static inline void kit_start(const struct kit *kit)
{
    cr_assert_eq(gunyah_vm_init(kit->vm), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_start(kit->vm), GUNYAH_OK);
}

static inline void kit_expect_state(const struct kit *kit, enum gunyah_vm_state state)
{
    struct gunyah_vm_status status;

    cr_assert_eq(gunyah_vm_get_status(kit->vm, &status), GUNYAH_OK);
    cr_expect_eq(status.state, state, "%d", status.state);
}

// What failed last: a system call with this errno, or, with a function of the library as the call, the library.
static inline void kit_expect_failure(const struct kit *kit, enum gunyah_error error, const char *call, int number)
{
    const struct gunyah_error_info *info = gunyah_last_error(kit->g);

    cr_expect_eq(info->error, error, "%s", gunyah_error_name(info->error));
    cr_expect_str_eq(info->call, call, "%s", info->call);
    cr_expect_eq(info->domain, number != 0 ? GUNYAH_DOMAIN_BACKEND : GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(info->code, number != 0 ? number : error);
    cr_expect(info->text[0] != '\0' && info->advice[0] != '\0');
}

static inline void kit_expect_image_refused(const struct kit *kit, const struct gunyah_vm_image *image,
                                            enum gunyah_error error)
{
    cr_expect_eq(gunyah_vm_configure(kit->vm, image), error);
    kit_expect_failure(kit, error, "gunyah_vm_configure", 0);
    kit_expect_state(kit, GUNYAH_VM_STATE_LOAD);
}

#endif
