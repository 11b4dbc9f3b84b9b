// SPDX-License-Identifier: BSD-3-Clause
// Memory of contiguous areas of the kernel.
#include "kit.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATE_CMA 0x4114
#define MAP_CMA 0x40284115
#define SOME_NODE "/dev/null" // The driver of the tests is behind whatever is opened.

static void kit_make_empty_vm(struct kit *kit, enum kernel_flavour flavour)
{
    kit_open(kit, flavour);
    cr_assert_eq(gunyah_vm_create(gunyah_linux_vmm(kit->node, kit->g), gunyah_vmid(0), &kit->vm), GUNYAH_OK);
}

static struct gunyah_vm_memory area_memory(void)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    memory.label = IMAGE_LABEL;
    memory.address = RAM;
    memory.length = RAM_SIZE;
    memory.area = SOME_NODE;
    return memory;
}

Test(linux_area, what_the_driver_is_told)
{
    // The flags beside read, write and execute.
    static const struct {
        enum gunyah_vm_memory_kind kind;
        uint32_t flags;
    } rows[] = {{GUNYAH_VM_MEMORY_DEFAULT, 0x10}, {GUNYAH_VM_MEMORY_LEND, 0x10}, {GUNYAH_VM_MEMORY_SHARE, 0x20}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gunyah_vm_memory memory = area_memory();
        uint32_t number = 0;
        struct kit kit;
        struct stat info;
        kit_make_empty_vm(&kit, A16);
        const unsigned inherited = inherited_files();
        memory.kind = rows[i].kind;
        memory.access = GUNYAH_PGTABLE_ACCESS_RX;
        cr_assert_eq(gunyah_vm_add_memory(kit.vm, &memory, &number), GUNYAH_OK);
        cr_expect_eq(number, IMAGE_LABEL);
        cr_expect_eq(kernel_calls(CREATE_CMA, 0), 1u);
        const struct call *told = kernel_call(MAP_CMA, 0, 0);
        cr_assert(told != NULL);
        cr_expect_eq(get32(told->argument), IMAGE_LABEL);
        cr_expect_eq(get64(told->argument + 8), RAM);
        cr_expect_eq(get32(told->argument + 16), rows[i].flags | 5);
        cr_expect_eq(get64(told->argument + 24), 0u);
        cr_expect_eq(get64(told->argument + 32), RAM_SIZE);
        // What is mapped is what the VM has.
        const int fd = (int)get32(told->argument + 20);
        uint8_t byte = 0;
        ((uint8_t *)memory.memory)[RAM_SIZE - 1] = 7;
        cr_expect(fstat(fd, &info) == 0 && info.st_size == KERNEL_AREA_SIZE);
        cr_expect(pread(fd, &byte, 1, RAM_SIZE - 1) == 1 && byte == 7);
        cr_expect_eq(inherited_files(), inherited);
        kit_close(&kit);
    }
}

// The next life of a VM has the same memory of the area, and all of it is given back with the VM.
Test(linux_area, lives)
{
    struct gunyah_vm_memory memory = area_memory();
    struct kit kit;

    kit_make_empty_vm(&kit, A16);
    cr_assert_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_OK);
    kit.ram = memory.memory;
    for (unsigned life = 0; life < 2; life++) {
        kit_configure(&kit);
        kit_start(&kit);
        cr_assert_eq(gunyah_vm_stop(kit.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
        cr_assert_eq(gunyah_vm_reset(kit.vm), GUNYAH_OK);
        cr_expect_eq(kernel_calls(MAP_CMA, 0), life + 1);
    }
    cr_expect_eq(kernel_calls(CREATE_CMA, 0), 1u);
    // Somebody has it until then.
    struct gunyah_vm *other = NULL;
    cr_assert_eq(gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(0), &other), GUNYAH_OK);
    memory = area_memory();
    cr_expect_eq(gunyah_vm_add_memory(other, &memory, NULL), GUNYAH_ERR_IN_USE);
    kit_expect_failure(&kit, GUNYAH_ERR_IN_USE, "CREATE_CMA_MEM_FD", EBUSY);
    cr_assert_eq(gunyah_vm_destroy(&kit.vm, 0, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_add_memory(other, &memory, NULL), GUNYAH_OK, "%s", gunyah_last_error(kit.g)->text);
    kit.vm = other;
    kit_close(&kit);
}

// Nothing of what is refused is left, neither with the VM nor of files.
static void expect_refused(const struct kit *kit, const struct gunyah_vm_memory *wanted, enum gunyah_error error,
                           const char *call, int number)
{
    const unsigned files = open_files();
    struct gunyah_vm_memory memory = *wanted;

    cr_expect_eq(gunyah_vm_add_memory(kit->vm, &memory, NULL), error, "%s", gunyah_last_error(kit->g)->text);
    kit_expect_failure(kit, error, call, number);
    cr_expect_eq(open_files(), files);
}

Test(linux_area, areas_that_are_refused)
{
    struct gunyah_vm_memory memory = area_memory();
    struct kit kit;
    static uint8_t page[2 * 4096];

    kit_make_empty_vm(&kit, A16);
    memory.memory = page + (4096 - (uintptr_t)page % 4096);
    expect_refused(&kit, &memory, GUNYAH_ERR_ARGUMENT_INVALID, "gunyah_vm_add_memory", 0);
    memory = area_memory();
    memory.length = (KERNEL_AREA_SIZE / 0x1000 + 1) * 0x1000;
    expect_refused(&kit, &memory, GUNYAH_ERR_ARGUMENT_SIZE, "gunyah_vm_add_memory", 0);
    memory = area_memory();
    memory.area = "/dev/no-such-area";
    expect_refused(&kit, &memory, GUNYAH_ERR_NOT_FOUND, "open (area)", ENOENT);
    memory.area = "/dev";
    expect_refused(&kit, &memory, GUNYAH_ERR_ARGUMENT_INVALID, "open (area)", EISDIR);
    memory = area_memory();
    kernel_refuses(CREATE_CMA, ENOTTY);
    expect_refused(&kit, &memory, GUNYAH_ERR_ARGUMENT_INVALID, "CREATE_CMA_MEM_FD", ENOTTY);
    kernel_refuses(MAP_CMA, EINVAL);
    expect_refused(&kit, &memory, GUNYAH_ERR_ARGUMENT_ALIGNMENT, "VM_MAP_CMA_MEM", EINVAL);
    kernel_refuses(MAP_CMA, EEXIST);
    expect_refused(&kit, &memory, GUNYAH_ERR_IN_USE, "VM_MAP_CMA_MEM", EEXIST);
    // After all of that, it can be had.
    cr_expect_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_OK);
    kit_close(&kit);
}

Test(linux_area, drivers_without_areas)
{
    static const enum kernel_flavour without[] = {A14, U10, A15, U15};

    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        const struct gunyah_vm_memory memory = area_memory();
        struct kit kit;
        kit_make_empty_vm(&kit, without[i]);
        expect_refused(&kit, &memory, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_add_memory", 0);
        kit_close(&kit);
    }
}

// The driver would answer that all is well, and take nothing.
Test(linux_area, pages_are_not_taken_back)
{
    struct gunyah_vm_memory memory = area_memory();
    struct kit kit;

    kit_make_empty_vm(&kit, A16);
    cr_assert_eq(gunyah_vm_add_memory(kit.vm, &memory, NULL), GUNYAH_OK);
    kit.ram = memory.memory;
    kit_configure(&kit);
    kit_start(&kit);
    cr_expect_eq(gunyah_vm_reclaim_memory(kit.vm, (struct gunyah_memory_region){RAM, 0x1000}), GUNYAH_ERR_UNSUPPORTED);
    kit_expect_failure(&kit, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_reclaim_memory", 0);
    kit_close(&kit);
}
