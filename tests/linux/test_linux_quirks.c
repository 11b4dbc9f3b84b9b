// SPDX-License-Identifier: BSD-3-Clause
// What drivers take otherwise than it is said: the size of a device tree, and values of boot registers.
#include "kit.h"

#define SET_DTB 0x40104702
#define BOOT_CONTEXT 0x4010470a

Test(linux_quirks, trees_are_pages)
{
    for (enum kernel_flavour flavour = 0; flavour < KERNEL_FLAVOURS; flavour++) {
        struct gunyah_vm_image image = kit_image();
        struct kit kit;
        if ((kernel_flavours[flavour].capabilities & GUNYAH_LINUX_SIGNED_FIRMWARE) != 0)
            continue; // It starts signed firmware alone.
        kit_make_vm(&kit, flavour);
        kit_write_tree(kit.ram + TREE, 0x800);
        image.dtb_size = 0x1001;
        cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
        const struct call *told = kernel_call(SET_DTB, 0, 0);
        cr_assert(told != NULL);
        cr_expect_eq(get64(told->argument), RAM + TREE);
        cr_expect_eq(get64(told->argument + 8), 0x2000u);
        kit_close(&kit);
    }
}

Test(linux_quirks, trees_begin_at_a_page)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_write_tree(kit.ram + TREE + 8, 0x800);
    image.dtb_offset = TREE + 8;
    image.dtb_size = 0x1000;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    cr_expect_eq(kernel_calls(SET_DTB, 0), 0u);
    kit_close(&kit);
}

struct value {
    enum gunyah_vm_register_set set;
    uint32_t index;
    uint64_t value;
    bool is_lost; // where drivers keep pointers
};

static const struct value values[] = {
    {GUNYAH_VM_REGISTER_SET_X, 0, 0, true},
    {GUNYAH_VM_REGISTER_SET_PC, 0, 0, true},
    {GUNYAH_VM_REGISTER_SET_X, 1, 0, false},
    {GUNYAH_VM_REGISTER_SET_SP, 1, 0, false},
    {GUNYAH_VM_REGISTER_SET_X, 1, 1, false},
    {GUNYAH_VM_REGISTER_SET_X, 1, 2, true},
    {GUNYAH_VM_REGISTER_SET_X, 1, 3, false},
    {GUNYAH_VM_REGISTER_SET_X, 1, 4, false},
    {GUNYAH_VM_REGISTER_SET_X, 30, UINT64_MAX - 1, true},
    {GUNYAH_VM_REGISTER_SET_X, 30, UINT64_MAX, false},
    {GUNYAH_VM_REGISTER_SET_SP, 0, RAM + 0x1006, true},
    {GUNYAH_VM_REGISTER_SET_PC, 0, RAM + 0x1004, false},
};

// The driver hears of those alone that it does not lose.
Test(linux_quirks, values_that_are_lost)
{
    static const enum kernel_flavour with[] = {A15, U15, A16, A16_EXTENSIONS};

    for (size_t i = 0; i < 4; i++) {
        const bool keeps_pointers = i < 2;
        unsigned told = 1; // of the entry
        struct kit kit;
        kit_make_vm(&kit, with[i]);
        kit_configure(&kit);
        cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
        for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
            const struct value *value = &values[j];
            const bool refused = keeps_pointers && value->is_lost;
            told += refused ? 0 : 1;
            cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, value->set, value->index, value->value),
                         refused ? GUNYAH_ERR_UNSUPPORTED : GUNYAH_OK, "%zu: %zu", i, j);
            if (refused)
                kit_expect_failure(&kit, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_set_boot_register", 0);
        }
        cr_expect_eq(kernel_calls(BOOT_CONTEXT, 0), told);
        kit_close(&kit);
    }
}

// The entry is a register too.
Test(linux_quirks, entries_that_are_lost)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, U15);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.image_offset = 0x1002;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    image.image_offset = 0x1000;
    cr_expect_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    kit_close(&kit);
}

// Firmware is what sets the registers of a VM that it starts, with each of these drivers.
Test(linux_quirks, registers_of_a_vm_with_firmware)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A15);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.authentication = GUNYAH_VM_AUTH_ANDROID;
    cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_X, 1, 1), GUNYAH_ERR_DENIED);
    cr_expect_eq(kernel_calls(BOOT_CONTEXT, 0), 0u);
    kit_close(&kit);
}
