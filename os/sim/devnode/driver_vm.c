// SPDX-License-Identifier: BSD-3-Clause
// What a VM is told before it starts, and its start.
#include "emu_internal.h"

#include <errno.h>
#include <string.h>

int64_t gunyah_internal_emu_set_dtb(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct emu_range wanted = {0};

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (has(emu, EMU_ROUNDS_TREE))
        wanted.size += -wanted.size % EMU_PAGE;
    if (has(emu, EMU_CHECKS_WRAP) && wanted.address + wanted.size < wanted.address)
        return -EOVERFLOW;
    vm->dtb = wanted;
    return 0;
}

int64_t gunyah_internal_emu_set_firmware(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct emu_range wanted = {0};

    (void)emu;
    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    vm->firmware = wanted;
    if (vm->authentication == GUNYAH_VM_AUTH_NONE)
        vm->authentication = GUNYAH_VM_AUTH_ANDROID;
    return 0;
}

#define QCOM_TRUSTED_VM 1

struct authentication {
    uint32_t type;
    uint32_t size;
    uint64_t argument;
};

struct trusted_vm {
    uint16_t vmid;
    uint32_t pas_id;
    uint64_t address;
    uint64_t size;
};

// Nothing stands behind the type ANDROID_PVM, 0: such a VM is one that firmware is set for.
int64_t gunyah_internal_emu_set_authentication(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct authentication wanted = {0};
    struct trusted_vm trusted = {0};

    (void)emu;
    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (wanted.type != QCOM_TRUSTED_VM)
        return -ENOENT;
    if (wanted.size > sizeof(trusted))
        return -EINVAL;
    if (!gunyah_internal_emu_read(request->process, &trusted, wanted.argument, wanted.size))
        return -EFAULT;
    vm->authentication = GUNYAH_VM_AUTH_PLATFORM;
    vm->platform = (struct emu_platform){trusted.vmid, trusted.pas_id, {trusted.address, trusted.size}};
    return 0;
}

#define EXTENSION_TIMER_WAKEUP 0

int64_t gunyah_internal_emu_check_extension(struct emu *emu, struct emu_request *request)
{
    (void)emu;
    return request->argument == EXTENSION_TIMER_WAKEUP;
}

#define REGISTER_MASK UINT32_C(0xffff)

enum register_set { SET_X = 0, SET_PC = 1, SET_SP = 2 };

struct boot_context {
    uint32_t reg;
    uint32_t reserved;
    uint64_t value;
};

static bool is_register(uint32_t reg)
{
    static const uint32_t last[] = {[SET_X] = 31, [SET_PC] = 0, [SET_SP] = 2};
    const uint32_t set = reg >> 8 & 0xff;

    return set <= SET_SP && (reg & 0xff) <= last[set];
}

// A pointer that ends in binary 10 is the kernel's own, it thinks. It refuses the first ones. Of the others, it would stop at most and
// lose the rest; here, all of them are lost.
#define OWN_POINTER 2
#define LAST_REFUSED 1026

static int keep_register(struct emu *emu, struct emu_vm *vm, uint32_t reg, uint64_t value)
{
    uint32_t index = 0;

    if (has(emu, EMU_POINTERS) && value % 4 == OWN_POINTER) {
        gunyah_internal_emu_trace(emu, "vm %u: the kernel takes 0x%llx for a pointer of its own", vm->serial,
                                  (unsigned long long)value);
        if (value <= LAST_REFUSED)
            return -EINVAL;
        value = 0;
    }
    while (index < vm->register_count && vm->registers[index].id != reg)
        index++;
    if (index == vm->register_count)
        vm->register_count++;
    vm->registers[index] = (struct emu_register){reg, value};
    return 0;
}

int64_t gunyah_internal_emu_set_boot_context(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct boot_context wanted = {0};

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (vm->state != EMU_NEW || !is_register(wanted.reg) ||
        (has(emu, EMU_WHOLE_REGISTER) && wanted.reg > REGISTER_MASK))
        return -EINVAL;
    return keep_register(emu, vm, wanted.reg & REGISTER_MASK, wanted.value);
}

// Of an area, there are the pages that the program has mapped.
static int check_mapped(const struct emu_image *image)
{
    const struct emu_region *region = image->region;
    const uint64_t end = region->offset + (image->range.address - region->address) + image->range.size;

    return gunyah_internal_emu_is_within(region, &image->range) && end <= region->memory->mapped ? 0 : -EINVAL;
}

// Where pages are the image, that is how many there are; the last one is none if a part of it is no tree.
static int find_pages(const struct emu *emu, struct emu_vm *vm, struct emu_image *image)
{
    const bool is_platform = vm->authentication == GUNYAH_VM_AUTH_PLATFORM;
    const struct emu_range where = is_platform ? vm->platform.image : vm->dtb;

    image->range = (struct emu_range){where.address - where.address % EMU_PAGE, where.size - where.size % EMU_PAGE};
    if (image->range.size == 0)
        return -EINVAL;
    image->region = gunyah_internal_emu_find_region(vm, (struct emu_range){image->range.address, EMU_PAGE});
    if (image->region == NULL)
        return -ENOENT;
    if (gunyah_internal_emu_is_area(emu, image->region->memory))
        return check_mapped(image);
    if (gunyah_internal_emu_is_within(image->region, &image->range))
        return 0;
    return has(emu, EMU_GUEST_MEMORY) ? -ENOENT : -EFAULT;
}

// Else it is all of the region that the device tree is in.
static int find_whole(const struct emu *emu, struct emu_vm *vm, struct emu_image *image)
{
    image->region = vm->dtb.size != 0 ? gunyah_internal_emu_find_region(vm, vm->dtb) : NULL;
    if (image->region == NULL || (has(emu, EMU_ROUNDS_TREE) && !gunyah_internal_emu_is_within(image->region, &vm->dtb)))
        return -EINVAL;
    image->range = (struct emu_range){image->region->address, image->region->size};
    return 0;
}

static int find_image(const struct emu *emu, struct emu_vm *vm, struct emu_image *image)
{
    const int error = has(emu, EMU_TREE_PAGES) ? find_pages(emu, vm, image) : find_whole(emu, vm, image);

    if (error == 0 && vm->authentication == GUNYAH_VM_AUTH_ANDROID &&
        gunyah_internal_emu_find_region(vm, vm->firmware) == NULL)
        return has(emu, EMU_TREE_PAGES) ? -ENOENT : -EINVAL;
    return error;
}

static void bind(struct emu_vm *vm)
{
    for (struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        if (function->type == EMU_FN_VCPU)
            gunyah_internal_emu_bind_vcpu(function->vcpu);
    }
}

void gunyah_internal_emu_begin(struct emu *emu, struct emu_vm *vm)
{
    vm->state = EMU_RUNNING;
    vm->on = 1;
    bind(vm);
    vm->stirred = true;
    emu->result->vms++;
}

static int start(struct emu *emu, struct emu_vm *vm)
{
    int error;

    if (vm->vm == NULL) {
        error = gunyah_internal_emu_allocate_at_rm(emu, vm);
        if (error != 0)
            return error; // This alone can be tried again.
    }
    error = find_image(emu, vm, &vm->image);
    if (error == 0)
        error = gunyah_internal_emu_load_at_rm(emu, vm, &vm->image);
    if (error == 0)
        error = gunyah_internal_emu_start_at_rm(emu, vm, &vm->image);
    if (error == 0)
        gunyah_internal_emu_begin(emu, vm);
    else
        vm->state = EMU_FAILED;
    return error;
}

int64_t gunyah_internal_emu_start_vm(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    int error;

    if (vm->state == EMU_RUNNING)
        return 0;
    if (vm->state != EMU_NEW)
        return -ENODEV;
    error = start(emu, vm);
    if (error == 0)
        gunyah_internal_emu_trace(emu, "vm %u: VM_START: runs with VMID %u", vm->serial, gunyah_vm_vmid(vm->vm).value);
    return error;
}
