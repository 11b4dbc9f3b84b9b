// SPDX-License-Identifier: BSD-3-Clause
// The life of a VM of the driver: which calls it makes, with which bytes, and what failures leave behind.
#include "kit.h"

#include <errno.h>
#include <string.h>

#define SHARE 0x40204701u
#define LEND 0x40204111u
#define TREE_CONFIG 0x40104702u
#define START 0x4703u
#define BOOT_CONTEXT 0x4010470au
#define FIRMWARE_CONFIG 0x40104112u
#define ADD 0x40104704u

Test(linux_vm, from_nothing_to_the_end)
{
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_expect_state(&kit, GUNYAH_VM_STATE_LOAD);
    cr_expect_eq(gunyah_vm_vmid(kit.vm).value, 0);
    kit_configure(&kit);
    kit_expect_state(&kit, GUNYAH_VM_STATE_INIT);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    kit_expect_state(&kit, GUNYAH_VM_STATE_READY);
    cr_expect_eq(kernel_calls(START, 0), 0u);
    cr_assert_eq(gunyah_vm_start(kit.vm), GUNYAH_OK);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);

    cr_expect_eq(kernel_calls(0x4700, 0), 1u);
    cr_expect_eq(kernel_calls(START, 0), 1u);
    cr_expect_eq(kernel_calls(SHARE, 0), 0u);
    const struct call *lend = kernel_call(LEND, 0, 0);
    cr_assert(lend != NULL);
    cr_expect_eq(get32(lend->argument), IMAGE_LABEL);
    cr_expect_eq(get32(lend->argument + 4), 7u);
    cr_expect_eq(get64(lend->argument + 8), RAM);
    cr_expect_eq(get64(lend->argument + 16), RAM_SIZE);
    cr_expect_eq(get64(lend->argument + 24), (uintptr_t)kit.ram);
    const struct call *tree = kernel_call(TREE_CONFIG, 0, 0);
    cr_assert(tree != NULL);
    cr_expect_eq(get64(tree->argument), RAM + TREE);
    cr_expect_eq(get64(tree->argument + 8), TREE_SIZE);
    kit_close(&kit);
}

// What a session without hypercalls has.
Test(linux_vm, the_session)
{
    struct gunyah_identity identity = GUNYAH_IDENTITY_INIT;
    struct gunyah_registers registers = {{0, 1, 2}};
    struct kit kit;

    kit_open(&kit, A14);
    cr_expect_eq(gunyah_identify(kit.g, &identity), GUNYAH_OK);
    cr_expect_str_eq(identity.backend, "linux");
    cr_expect_eq(identity.api_version, 1u);
    cr_expect(!gunyah_has(kit.g, GUNYAH_FEATURE_HYPERCALLS));
    cr_expect(gunyah_has(kit.g, GUNYAH_FEATURE_DOORBELL));
    cr_expect(gunyah_has(kit.g, GUNYAH_FEATURE_WAIT));
    cr_expect(!gunyah_has(kit.g, GUNYAH_FEATURE_MSGQUEUE));
    gunyah_call(kit.g, GUNYAH_HYPERCALL_MSGQUEUE_SEND, &registers);
    cr_expect_eq((int32_t)registers.x[0], GUNYAH_HVERR_UNIMPLEMENTED);
    cr_expect(gunyah_linux_backend(NULL) == NULL);
    cr_expect(gunyah_linux_vmm(NULL, kit.g) == NULL);
    cr_expect(gunyah_linux_vmm(kit.node, NULL) == NULL);
    cr_expect_eq(gunyah_linux_doorbell_fd(kit.node, gunyah_capid(0)), -1);
    cr_expect_eq(gunyah_linux_doorbell_fd(kit.node, gunyah_capid(UINT64_MAX)), -1);
    cr_expect_eq(gunyah_linux_doorbell_fd(NULL, gunyah_capid(0)), -1);
    kit_close(&kit);
}

// ---- memory ------------------------------------------------------------------------------------------------------

static enum gunyah_error add(const struct kit *kit, enum gunyah_vm_memory_kind kind, uint32_t label, uint64_t address,
                             void *memory)
{
    struct gunyah_vm_memory wanted = GUNYAH_VM_MEMORY_INIT;

    wanted.kind = kind;
    wanted.access = GUNYAH_PGTABLE_ACCESS_RW;
    wanted.label = label;
    wanted.address = address;
    wanted.length = 0x1000;
    wanted.memory = memory;
    const enum gunyah_error error = gunyah_vm_add_memory(kit->vm, &wanted, NULL);
    cr_expect_eq(wanted.memory != NULL, error == GUNYAH_OK || memory != NULL);
    return error;
}

Test(linux_vm, ways_of_giving_memory)
{
    static const struct {
        enum kernel_flavour flavour;
        enum gunyah_vm_memory_kind kind;
        uint32_t call; // 0: it cannot be done
        uint32_t flags;
    } rows[] = {
        {A14, GUNYAH_VM_MEMORY_DEFAULT, LEND, 3},
        {A14, GUNYAH_VM_MEMORY_LEND, LEND, 3},
        {A14, GUNYAH_VM_MEMORY_SHARE, SHARE, 3},
        {U10, GUNYAH_VM_MEMORY_DEFAULT, SHARE, 3},
        {U10, GUNYAH_VM_MEMORY_LEND, 0, 0},
        {U10, GUNYAH_VM_MEMORY_SHARE, SHARE, 3},
        {U15, GUNYAH_VM_MEMORY_DEFAULT, 0x40204709, 0x30},
        {U15, GUNYAH_VM_MEMORY_LEND, 0x40204709, 0x31},
        {U15, GUNYAH_VM_MEMORY_SHARE, 0x40204709, 0x32},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit kit;
        kit_make_vm(&kit, rows[i].flavour);
        const enum gunyah_error error = add(&kit, rows[i].kind, 1, 0x1000, NULL);
        const struct call *last = NULL;
        for (unsigned n = 0; rows[i].call != 0 && kernel_call(rows[i].call, 0, n) != NULL; n++)
            last = kernel_call(rows[i].call, 0, n);
        if (rows[i].call == 0) {
            cr_expect_eq(error, GUNYAH_ERR_UNSUPPORTED);
            kit_expect_failure(&kit, error, "gunyah_vm_add_memory", 0);
        } else if (rows[i].flavour == U15) {
            cr_assert(error == GUNYAH_OK && last != NULL);
            cr_expect_eq(get64(last->argument), 0x1000u);
            cr_expect_eq(get32(last->argument + 8), rows[i].flags, "0x%x", get32(last->argument + 8));
            cr_expect_eq(get64(last->argument + 16), 0u);
            cr_expect_eq(get64(last->argument + 24), 0x1000u);
        } else {
            cr_assert(error == GUNYAH_OK && last != NULL);
            cr_expect_eq(get32(last->argument), 1u);
            cr_expect_eq(get32(last->argument + 4), rows[i].flags);
        }
        kit_close(&kit);
    }
}

Test(linux_vm, memory_of_the_driver)
{
    struct kit kit;

    kit_make_vm(&kit, U15);
    const struct call *made = kernel_call(0x40404708, 0, 0);
    cr_assert(made != NULL);
    cr_expect_eq(get64(made->argument), 1u, "closed on exec");
    cr_expect_eq(get64(made->argument + 8), RAM_SIZE);
    for (unsigned i = 16; i < 64; i++)
        cr_expect_eq(made->argument[i], 0);
    kit.ram[RAM_SIZE - 1] = 1; // it is mapped
    cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_DEFAULT, 1, 0x1000, kit.ram), GUNYAH_ERR_UNSUPPORTED);
    kit_close(&kit);
}

Test(linux_vm, memory_of_the_caller)
{
    static _Alignas(4096) uint8_t memory[4096];
    struct kit kit;

    kit_make_vm(&kit, A15);
    memory[0] = 42;
    cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_SHARE, 1, 0x1000, memory), GUNYAH_OK);
    cr_expect_eq(get64(kernel_call(SHARE, 0, 0)->argument + 24), (uintptr_t)memory);
    kit_close(&kit);
    cr_expect_eq(memory[0], 42, "it stays the caller's");
}

Test(linux_vm, memory_that_is_refused_by_the_library)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct kit kit;

    kit_make_vm(&kit, A14);
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, NULL, NULL), GUNYAH_ERR_NULL);
    memory.label = 1;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ARGUMENT_SIZE);
    memory.length = 0x1001;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    memory.length = 0x2000;
    memory.address = 0x10;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    memory.address = UINT64_MAX - 0xfff;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ADDR_OVERFLOW);
    memory.address = RAM - 0x1000;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_IN_USE, "its last page is the image's first");
    kit_expect_failure(&kit, GUNYAH_ERR_IN_USE, "gunyah_vm_add_memory", 0);
    memory.address = RAM + RAM_SIZE - 0x1000;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_IN_USE);
    memory.address = RAM + RAM_SIZE;
    memory.label = IMAGE_LABEL;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_IN_USE);
    memory.label = 1;
    memory.access = GUNYAH_PGTABLE_ACCESS_NONE;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    memory.access = GUNYAH_PGTABLE_ACCESS_R;
    memory.kind = (enum gunyah_vm_memory_kind)3;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    memory.kind = GUNYAH_VM_MEMORY_DEFAULT;
    memory.size--;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_OPTION);
    cr_expect(memory.memory == NULL);
    cr_expect_eq(kernel_calls(LEND, 0), 1u, "the kernel was not asked");
    memory.size = sizeof(memory);
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_OK);
    cr_expect_eq(get32(kernel_call(LEND, 0, 1)->argument + 4), 1u);
    cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_DEFAULT, 3, RAM - 0x1000, NULL), GUNYAH_OK, "next to it");
    kit_configure(&kit);
    memory.label = 2;
    memory.address = 0;
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_ERR_OBJECT_STATE);
    kit_close(&kit);
}

Test(linux_vm, memory_that_the_kernel_refuses)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {ENOMEM, GUNYAH_ERR_NO_MEMORY}, {EFAULT, GUNYAH_ERR_ADDR_INVALID}, {EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT},
        {EEXIST, GUNYAH_ERR_IN_USE},    {EPERM, GUNYAH_ERR_DENIED},        {ENOTTY, GUNYAH_ERR_UNSUPPORTED},
    };
    struct kit kit;

    kit_make_vm(&kit, A14);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernel_refuses(LEND, rows[i].number);
        cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_DEFAULT, 1, 0x1000, NULL), rows[i].error);
        kit_expect_failure(&kit, rows[i].error, "VM_ANDROID_LEND_USER_MEM", rows[i].number);
    }
    cr_expect(strstr(gunyah_last_error(kit.g)->advice, "capabilities") != NULL);
    kernel_refuses(LEND, ENOMEM);
    cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_DEFAULT, 1, 0x1000, NULL), GUNYAH_ERR_NO_MEMORY);
    cr_expect(strstr(gunyah_last_error(kit.g)->advice, "RLIMIT_MEMLOCK") != NULL);
    // Nothing of it is left.
    cr_expect_eq(add(&kit, GUNYAH_VM_MEMORY_DEFAULT, 1, 0x1000, NULL), GUNYAH_OK);
    kit_close(&kit);
}

// ---- configuring -------------------------------------------------------------------------------------------------

Test(linux_vm, images_that_are_refused)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_DEVICE_TREE);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.dtb_size = 64;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_DEVICE_TREE);
    image.dtb_size = 0;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_ARGUMENT_INVALID);
    image.dtb_size = RAM_SIZE - TREE + 1;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_ARGUMENT_INVALID);
    image = kit_image();
    image.memparcel = 1;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_RM_MEM_INVALID);
    image = kit_image();
    image.image_size = RAM_SIZE + 1;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_ARGUMENT_INVALID);
    image = kit_image();
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    // This driver has no boot registers.
    image = kit_image();
    image.image_offset = 0x1000;
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    image.image_offset = 0;
    cr_expect_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    kit_close(&kit);
}

// Where it could be left out too: not every driver takes the memory with the device tree for the image.
Test(linux_vm, the_entry_is_said)
{
    static const enum kernel_flavour with[] = {A15, A16, U15};

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
        struct kit kit;
        kit_make_vm(&kit, with[i]);
        kit_configure(&kit);
        const struct call *pc = kernel_call(BOOT_CONTEXT, 0, 0);
        cr_assert(pc != NULL);
        cr_expect_eq(get32(pc->argument), 0x100u);
        cr_expect_eq(get64(pc->argument + 8), RAM);
        kit_close(&kit);
    }
}

Test(linux_vm, boot_registers)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A15);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.image_offset = 0x1000;
    cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_X, 30, 0x1234567890), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_SP, 1, 1), GUNYAH_OK);
    const struct call *pc = kernel_call(BOOT_CONTEXT, 0, 0);
    const struct call *x30 = kernel_call(BOOT_CONTEXT, 0, 1);
    const struct call *sp = kernel_call(BOOT_CONTEXT, 0, 2);
    cr_assert(pc != NULL && x30 != NULL && sp != NULL);
    cr_expect_eq(get32(pc->argument), 0x100u);
    cr_expect_eq(get32(pc->argument + 4), 0u);
    cr_expect_eq(get64(pc->argument + 8), RAM + 0x1000);
    cr_expect_eq(get32(x30->argument), 30u);
    cr_expect_eq(get64(x30->argument + 8), 0x1234567890u);
    cr_expect_eq(get32(sp->argument), 0x201u);
    kernel_refuses(BOOT_CONTEXT, EINVAL);
    cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_PC, 0, 1), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_failure(&kit, GUNYAH_ERR_ARGUMENT_INVALID, "VM_SET_BOOT_CONTEXT", EINVAL);
    kit_close(&kit);
}

Test(linux_vm, settings_that_a_driver_lacks)
{
    struct kit kit;

    kit_make_vm(&kit, U10);
    kit_configure(&kit);
    cr_expect_eq(gunyah_vm_set_debug(kit.vm, true), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_vm_set_firmware_memory(kit.vm, IMAGE_LABEL, (struct gunyah_memory_region){0, 0x1000}),
                 GUNYAH_ERR_UNSUPPORTED);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_boot_register(kit.vm, GUNYAH_VM_REGISTER_SET_X, 0, 0), GUNYAH_ERR_UNSUPPORTED);
    kit_expect_failure(&kit, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_set_boot_register", 0);
    kit_close(&kit);
}

Test(linux_vm, firmware)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    image.authentication = GUNYAH_VM_AUTH_ANDROID;
    cr_assert_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_set_firmware_memory(kit.vm, 1, (struct gunyah_memory_region){0, 0x1000}),
                 GUNYAH_ERR_RM_MEM_INVALID);
    cr_expect_eq(gunyah_vm_set_firmware_memory(kit.vm, IMAGE_LABEL, (struct gunyah_memory_region){0x1000, RAM_SIZE}),
                 GUNYAH_ERR_RM_MEM_INVALID);
    cr_expect_eq(gunyah_vm_set_firmware_memory(kit.vm, IMAGE_LABEL, (struct gunyah_memory_region){0x1000, 0x2000}),
                 GUNYAH_OK);
    const struct call *firmware = kernel_call(FIRMWARE_CONFIG, 0, 0);
    cr_assert(firmware != NULL);
    cr_expect_eq(get64(firmware->argument), RAM + 0x1000);
    cr_expect_eq(get64(firmware->argument + 8), 0x2000u);
    kit_close(&kit);

    kit_make_vm(&kit, U10);
    kit_write_tree(kit.ram + TREE, (int)TREE_SIZE);
    kit_expect_image_refused(&kit, &image, GUNYAH_ERR_UNSUPPORTED);
    kit_close(&kit);
}

// ---- starting and ending -----------------------------------------------------------------------------------------

Test(linux_vm, a_start_that_fails)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {ENODEV, GUNYAH_ERR_NO_RESOURCES},
        {EINVAL, GUNYAH_ERR_ARGUMENT_INVALID},
        {EPERM, GUNYAH_ERR_DENIED},
        {EBADMSG, GUNYAH_ERR_RM_VM_STATE},
        {EBUSY, GUNYAH_ERR_BUSY},
        {ENOMEM, GUNYAH_ERR_NO_MEMORY},
        {EOPNOTSUPP, GUNYAH_ERR_UNIMPLEMENTED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gunyah_doorbell *bell = NULL;
        struct kit kit;
        kit_make_vm(&kit, A14);
        kit_configure(&kit);
        cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_OK);
        cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
        kernel_refuses(START, rows[i].number);
        cr_expect_eq(gunyah_vm_start(kit.vm), rows[i].error);
        kit_expect_failure(&kit, rows[i].error, "VM_START", rows[i].number);
        kit_expect_state(&kit, GUNYAH_VM_STATE_INIT_FAILED);
        cr_expect_eq(kernel_calls(ADD, 2), 0u, "no interrupt for a VM that never started");
        cr_expect_eq(gunyah_vm_start(kit.vm), GUNYAH_ERR_OBJECT_STATE);
        kit_close(&kit);
    }
}

Test(linux_vm, no_vm)
{
    static const struct flavour without_memory = {.name = "strange", .unknown = ENOTTY};
    struct kit kit;

    kit_open(&kit, A14);
    kernel_refuses(0x4700, EMFILE);
    cr_expect_eq(gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(0), &kit.vm), GUNYAH_ERR_NO_RESOURCES);
    kit_expect_failure(&kit, GUNYAH_ERR_NO_RESOURCES, "CREATE_VM", EMFILE);
    cr_expect(kit.vm == NULL);
    cr_expect_eq(gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(50), &kit.vm), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_vm_open(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(50), &kit.vm), GUNYAH_ERR_UNSUPPORTED);
    kit_expect_failure(&kit, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_open", 0);
    kit_close(&kit);

    kit_open_driver(&kit, &without_memory);
    cr_expect_eq(gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(0), &kit.vm), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(kernel_calls(0x4700, 0), 0u);
    kit_close(&kit);
}

Test(linux_vm, stopping_and_resetting)
{
    struct gunyah_vm_exit why;
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_doorbell *rung = NULL;
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, true, &bell), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &rung), GUNYAH_OK);
    kit_start(&kit);
    cr_expect_eq(gunyah_vm_stop(kit.vm, false, GUNYAH_VM_STOP_REASON_SHUTDOWN), GUNYAH_ERR_UNSUPPORTED);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
    cr_expect_eq(gunyah_vm_exit_info(kit.vm, 0, &why), GUNYAH_ERR_TIMEOUT);
    const unsigned before = open_files();
    cr_expect_eq(gunyah_vm_stop(kit.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
    cr_expect_eq(open_files(), before - 1);
    kit_expect_state(&kit, GUNYAH_VM_STATE_EXITED);
    cr_expect_eq(gunyah_vm_exit_info(kit.vm, 0, &why), GUNYAH_OK);
    cr_expect_eq(why.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED);
    cr_expect_eq(gunyah_vm_reset(kit.vm), GUNYAH_OK);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RESET);

    // The next life, with the same memory and doorbells.
    kernel_is(&kernel_flavours[A14]);
    kit_configure(&kit);
    cr_expect_eq(gunyah_vm_exit_info(kit.vm, 0, &why), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(kernel_calls(0x4700, 0), 1u);
    cr_expect_eq(kernel_calls(LEND, 0), 1u);
    cr_expect_eq(kernel_calls(ADD, 3), 1u);
    cr_expect_eq(kernel_calls(ADD, 2), 0u);
    kit_start(&kit);
    cr_expect_eq(kernel_calls(ADD, 2), 1u);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
    cr_expect_eq(gunyah_doorbell_send(bell, 1, NULL), GUNYAH_OK);
    kit_close(&kit);
}

Test(linux_vm, a_reset_vm_that_cannot_be_made_again)
{
    struct gunyah_vm_image image = kit_image();
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_reset(kit.vm), GUNYAH_OK);
    const unsigned before = open_files();
    kernel_refuses(LEND, ENOMEM);
    cr_expect_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_ERR_NO_MEMORY);
    cr_expect_eq(open_files(), before);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RESET);
    kernel_is(&kernel_flavours[A14]);
    cr_expect_eq(gunyah_vm_configure(kit.vm, &image), GUNYAH_OK);
    kit_close(&kit);
}

// A handle that is closed, a session that is closed without it.
Test(linux_vm, nothing_is_left_open)
{
    struct kit kit;

    kit_make_vm(&kit, A14);
    cr_expect_eq(gunyah_vm_close(&kit.vm), GUNYAH_OK);
    kit_close(&kit);
    kit_make_vm(&kit, U15);
    kit.vm = NULL;
    kit_close(&kit);
}

// The driver carries no hypercalls: a program's own watchdog is the kernel's.
Test(linux_vm, watchdogs_are_the_kernels)
{
    struct gunyah_own_watchdog_status status = {false, true, 5};
    struct kit kit;

    kit_open(&kit, A14);
    cr_expect_not(gunyah_has(kit.g, GUNYAH_FEATURE_WATCHDOG));
    cr_expect_eq(gunyah_own_watchdog_enable(kit.g), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_own_watchdog_disable(kit.g), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_own_watchdog_pet(kit.g), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_own_watchdog_set_times(kit.g, 1, 2), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_own_watchdog_get_status(kit.g, &status), GUNYAH_ERR_UNSUPPORTED);
    cr_expect(!status.enabled && status.expired && status.since_pet_ms == 5);
    cr_expect_str_eq(gunyah_last_error(kit.g)->call, "gunyah_own_watchdog_get_status");
    cr_expect(strstr(gunyah_last_error(kit.g)->text, "do not reach the hypervisor") != NULL);
    kit_close(&kit);
}

Test(linux_vm, two_sessions)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *other = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    options.backend = gunyah_linux_backend(kit.node);
    cr_assert_eq(gunyah_open(&options, &other), GUNYAH_OK);
    cr_expect(gunyah_linux_vmm(kit.node, other) == NULL);
    cr_expect(gunyah_linux_vmm(kit.node, kit.g) != NULL);
    cr_expect_eq(gunyah_vm_destroy(&kit.vm, 0, NULL), GUNYAH_OK);
    cr_expect(gunyah_linux_vmm(kit.node, other) != NULL);
    cr_expect_eq(gunyah_close(&other), GUNYAH_OK);
    kit_close(&kit);
}
