// SPDX-License-Identifier: BSD-3-Clause
// VMs with memory of a contiguous area of the kernel.
#include "emulated.h"

#include <errno.h>
#include <unistd.h>

#define AREA "oemvm_cma"

static void emulate_area(uint64_t size, const char *script, int (*vmm)(void *))
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.cma_name = AREA;
    options.cma_size = size;
    emulate_with(&options, "a16", script, vmm, NULL);
}

static enum gunyah_error add_area(struct vmm *vmm, uint64_t address)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    memory.address = address;
    memory.length = RAM_SIZE;
    memory.area = "/dev/" AREA;
    const enum gunyah_error error = gunyah_vm_add_memory(vmm->vm, &memory, &vmm->image);
    vmm->ram = memory.memory;
    return error;
}

static void configure_trusted(const struct vmm *vmm)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    vmm_write_tree(vmm);
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    image.memparcel = vmm->image;
    image.dtb_offset = TREE;
    image.dtb_size = TREE_SIZE;
    MUST(vmm, gunyah_vm_configure(vmm->vm, &image));
    MUST(vmm, gunyah_vm_authenticate(vmm->vm, 28));
}

// Through two lives: it is taken once, and is the VM's until that is destroyed.
static int runs_trusted(void *context)
{
    struct gunyah_vm *other = NULL;
    struct vmm vmm;
    struct vmm later;

    (void)context;
    vmm_open(&vmm);
    const struct gunyah_vmm *provider = gunyah_linux_vmm(vmm.node, vmm.g);
    MUST(&vmm, gunyah_vm_create(provider, gunyah_vmid(29), &vmm.vm));
    MUST(&vmm, add_area(&vmm, RAM));
    for (int life = 0; life < 2; life++) {
        configure_trusted(&vmm);
        vmm.ram[1] = 7;
        vmm_start(&vmm);
        RUN(vmm.vcpu, VM_ENDED);
        EXPECT(vmm.ram[0x3000] == 9);
        vmm.ram[0x3000] = 0;
        MUST(&vmm, gunyah_vcpu_close(&vmm.vcpu));
        MUST(&vmm, gunyah_vm_reset(vmm.vm));
    }
    later = vmm;
    MUST(&vmm, gunyah_vm_create(provider, gunyah_vmid(0), &other));
    later.vm = other;
    EXPECT(add_area(&later, RAM) == GUNYAH_ERR_IN_USE);
    EXPECT(gunyah_last_error(vmm.g)->code == EBUSY);
    MUST(&vmm, gunyah_vm_destroy(&vmm.vm, 0, NULL));
    MUST(&vmm, add_area(&later, RAM));
    MUST(&vmm, gunyah_vm_destroy(&later.vm, 0, NULL));
    return vmm_close(&vmm);
}

Test(emulated_area, authenticated)
{
    emulate_area(2 * RAM_SIZE,
                 "read 0x80000001 1 7\n"
                 "write 0x80003000 1 9\n"
                 "poweroff\n",
                 runs_trusted);
}

// Other pages than those of the tree never come, and the VMM is told.
static int runs_beside(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    MUST(&vmm, add_area(&vmm, RAM));
    vmm_configure(&vmm);
    vmm.ram[TREE + TREE_SIZE - 1] = 5;
    vmm_start(&vmm);
    const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, PAGE_FAULT);
    EXPECT(exit.address == RAM && exit.is_mapped);
    EXPECT(gunyah_vcpu_resume(vmm.vcpu, GUNYAH_VCPU_ACTION_FAULT) == GUNYAH_OK);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_area, not_authenticated)
{
    emulate_area(RAM_SIZE,
                 "read 0x8010ffff 1 5\n"
                 "abort-read 0x80000000 1\n"
                 "poweroff\n",
                 runs_beside);
}

static int is_refused(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    // The area has a page less.
    EXPECT(add_area(&vmm, RAM) == GUNYAH_ERR_ARGUMENT_SIZE);
    // Nobody keeps it.
    EXPECT(add_area(&vmm, RAM) == GUNYAH_ERR_ARGUMENT_SIZE);
    return vmm_close(&vmm);
}

Test(emulated_area, too_small)
{
    emulate_area(RAM_SIZE - 4096, NULL, is_refused);
}

static int has_none(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    EXPECT(add_area(&vmm, RAM) == GUNYAH_ERR_UNSUPPORTED);
    return vmm_close(&vmm);
}

static int has_none_of_this_name(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    EXPECT(add_area(&vmm, RAM) == GUNYAH_ERR_NOT_FOUND);
    return vmm_close(&vmm);
}

Test(emulated_area, without)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++) {
        const bool is_latest = all_flavours[i][1] == '1' && all_flavours[i][2] == '6';
        emulate(all_flavours[i], NULL, is_latest ? has_none_of_this_name : has_none, NULL);
    }
}
