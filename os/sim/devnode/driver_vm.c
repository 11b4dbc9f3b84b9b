// SPDX-License-Identifier: BSD-3-Clause
// What a VM is told before it starts, and its start.
#include "emu_internal.h"

#include <errno.h>
#include <string.h>

// Where something is, as the VMM says it.
static int64_t set_range(struct emu *emu, struct emu_request *request, struct emu_range *range)
{
    struct emu_range wanted = {0};

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (has(emu, EMU_CHECKS_WRAP) && wanted.address + wanted.size < wanted.address)
        return -EOVERFLOW;
    *range = wanted;
    return 0;
}

int64_t gunyah_internal_emu_set_dtb(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;

    return set_range(emu, request, &vm->dtb);
}

int64_t gunyah_internal_emu_set_firmware(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    const int64_t value = set_range(emu, request, &vm->firmware);

    if (value == 0 && vm->authentication == GUNYAH_VM_AUTH_NONE)
        vm->authentication = GUNYAH_VM_AUTH_ANDROID;
    return value;
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

int64_t gunyah_internal_emu_set_boot_context(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct boot_context wanted = {0};
    uint32_t index = 0;

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (vm->state != EMU_NEW || !is_register(wanted.reg) ||
        (has(emu, EMU_WHOLE_REGISTER) && wanted.reg > REGISTER_MASK))
        return -EINVAL;
    while (index < vm->register_count && vm->registers[index].id != (wanted.reg & REGISTER_MASK))
        index++;
    if (index == vm->register_count)
        vm->register_count++;
    vm->registers[index] = (struct emu_register){wanted.reg & REGISTER_MASK, wanted.value};
    return 0;
}

// Returns the region that the device tree is in, or what the platform authenticates; or null and which errno.
static struct emu_region *find_image(const struct emu *emu, struct emu_vm *vm, int *error)
{
    const bool is_platform = vm->authentication == GUNYAH_VM_AUTH_PLATFORM;
    const struct emu_range where = is_platform ? vm->platform.image : vm->dtb;
    struct emu_region *image = gunyah_internal_emu_find_region(vm, where);

    *error = 0;
    if (image == NULL || where.size == 0)
        *error = has(emu, EMU_GUEST_MEMORY) ? -ENOENT : -EINVAL;
    else if (vm->authentication == GUNYAH_VM_AUTH_ANDROID && gunyah_internal_emu_find_region(vm, vm->firmware) == NULL)
        *error = -EINVAL;
    return *error == 0 ? image : NULL;
}

static void bind(struct emu_vm *vm)
{
    for (struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        if (function->type == EMU_FN_VCPU)
            gunyah_internal_emu_bind_vcpu(function->vcpu);
    }
}

static int start(struct emu *emu, struct emu_vm *vm)
{
    struct emu_region *image;
    int error;

    if (vm->vm == NULL) {
        error = gunyah_internal_emu_allocate_at_rm(emu, vm);
        if (error != 0)
            return error; // This alone can be tried again.
    }
    image = find_image(emu, vm, &error);
    if (image != NULL)
        error = gunyah_internal_emu_start_at_rm(emu, vm, image);
    vm->state = error == 0 ? EMU_RUNNING : EMU_FAILED;
    if (error == 0) {
        vm->on = 1;
        bind(vm);
        vm->stirred = true;
        emu->result->vms++;
    }
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
