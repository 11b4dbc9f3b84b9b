// SPDX-License-Identifier: BSD-3-Clause
// Who authenticates a VM: the platform, firmware, or nobody.
#include "kit.h"

#include <errno.h>

#define BOOT_CONTEXT 0x4010470au
#define FIRMWARE_CONFIG 0x40104112u
#define AUTHENTICATE 0x40104116u
#define TRUSTED_VMID 29u
#define PAS_ID 28u

static struct gunyah_vm_image kit_make_trusted(struct kit *kit)
{
    struct gunyah_vm_image image = kit_image();

    kit_make_vm_with_id(kit, A16, TRUSTED_VMID);
    kit_write_tree(kit->ram + TREE, (int)TREE_SIZE);
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    return image;
}

Test(linux_auth, by_the_platform)
{
    struct kit kit;
    const struct gunyah_vm_image image = kit_make_trusted(&kit);

    cr_expect_eq(gunyah_vm_vmid(kit.vm).value, TRUSTED_VMID);
    for (unsigned life = 0; life < 2; life++) {
        cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
        kit_expect_state(&kit, GUNYAH_VM_STATE_AUTH);
        cr_expect_eq(gunyah_vm_init(kit.vm), GUNYAH_ERR_OBJECT_STATE);
        cr_expect_eq(kernel_calls(AUTHENTICATE, 0), life);
        cr_assert_eq(gunyah_vm_authenticate(kit.vm, PAS_ID), GUNYAH_OK);
        kit_expect_state(&kit, GUNYAH_VM_STATE_INIT);
        const struct call *told = kernel_call(AUTHENTICATE, 0, life);
        cr_assert(told != NULL);
        cr_expect_eq(get32(told->argument), TRUSTED_VMID);
        cr_expect_eq(get32(told->argument + 4), PAS_ID);
        cr_expect_eq(get64(told->argument + 8), RAM);
        cr_expect_eq(get64(told->argument + 16), RAM_SIZE);
        cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
        cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_X, 1, 1), GUNYAH_ERR_DENIED);
        kit_expect_failure(&kit, GUNYAH_ERR_DENIED, "gunyah_vm_set_boot_register", 0);
        cr_assert_eq(gunyah_vm_start(kit.vm), GUNYAH_OK);
        cr_assert_eq(gunyah_vm_stop(kit.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
        cr_assert_eq(gunyah_vm_reset(kit.vm), GUNYAH_OK);
    }
    cr_expect_eq(kernel_calls(BOOT_CONTEXT, 0), 0u);
    kit_close(&kit);
}

Test(linux_auth, that_the_kernel_refuses)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {ENOENT, GUNYAH_ERR_UNSUPPORTED}, {EINVAL, GUNYAH_ERR_ARGUMENT_INVALID}, {ENOMEM, GUNYAH_ERR_NO_MEMORY}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit kit;
        const struct gunyah_vm_image image = kit_make_trusted(&kit);
        cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
        kernel_refuses(AUTHENTICATE, rows[i].number);
        cr_expect_eq(gunyah_vm_authenticate(kit.vm, PAS_ID), rows[i].error);
        kit_expect_failure(&kit, rows[i].error, "VM_SET_AUTH_TYPE", rows[i].number);
        kit_expect_state(&kit, GUNYAH_VM_STATE_INIT_FAILED);
        kit_close(&kit);
    }
}

Test(linux_auth, that_does_not_fit)
{
    struct gunyah_vm *vm = NULL;
    struct kit kit;
    struct gunyah_vm_image image = kit_make_trusted(&kit);

    image.image_offset = 0x1000;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    image.authentication = GUNYAH_VM_AUTH_ANDROID;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    image.image_offset = 0;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED); // The VMID is not for this one.
    image.authentication = GUNYAH_VM_AUTH_NONE;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    kit_close(&kit);

    kit_make_vm(&kit, A16);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_ARGUMENT_INVALID); // It has no VMID.
    kit_close(&kit);

    kit_open(&kit, A15);
    cr_expect_eq(gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(TRUSTED_VMID), &vm),
                 GUNYAH_ERR_UNSUPPORTED);
    kit_close(&kit);
}

// Firmware is told to the driver when it is known where it is; the driver needs no other word.
Test(linux_auth, by_firmware)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A16);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.authentication = GUNYAH_VM_AUTH_ANDROID;
    cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_firmware_memory(kit.vm, IMAGE_LABEL, (struct gunyah_memory_region){0, 0x1000}),
                 GUNYAH_OK);
    cr_expect_eq(kernel_calls(FIRMWARE_CONFIG, 0), 1u);
    cr_expect_eq(kernel_calls(AUTHENTICATE, 0), 0u);
    kit_close(&kit);
}
