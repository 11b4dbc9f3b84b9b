// SPDX-License-Identifier: BSD-3-Clause
// Qualcomm's driver: a VM is made by the name of firmware that the platform has signed, starts with the first RUN, and has no exits.
#include "signed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define NAME_SIZE 16
#define MAX_VCPUS 8
#define IMAGES 1 // Pieces of memory that firmware has.

struct name_and_reason {
    char name[NAME_SIZE];
    uint32_t reason;
};

struct memory_region {
    uint8_t index;
    uint64_t address;
    uint64_t size;
    int32_t fd;
};

_Static_assert(sizeof(struct name_and_reason) == 20 && sizeof(struct memory_region) == 32, "structures of the driver");

// ---- firmware ----------------------------------------------------------------------------------------------------

int64_t gunyah_internal_emu_set_name(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    const struct gunyah_emu_firmware *firmware;
    char name[NAME_SIZE];
    size_t index = 0;
    int error;

    if (!gunyah_internal_emu_read(request->process, name, request->argument, sizeof(name)))
        return -EFAULT;
    name[NAME_SIZE - 1] = 0;
    if (vm->made_of != NULL)
        return -EEXIST;
    while ((firmware = gunyah_internal_emu_get_firmware(emu, index)) != NULL && strcmp(firmware->name, name) != 0)
        index++;
    if (firmware == NULL)
        return -EINVAL;
    error = gunyah_internal_emu_load_firmware(emu, vm, request->file, index);
    if (error == 0)
        gunyah_internal_emu_trace(emu, "vm %u: is made of \"%s\"", vm->serial, name);
    return error;
}

int64_t gunyah_internal_emu_get_name(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;
    char name[NAME_SIZE] = "";

    (void)emu;
    if (vm->made_of != NULL)
        memcpy(name, vm->made_of->name, strlen(vm->made_of->name));
    return gunyah_internal_emu_write(request->process, request->argument, name, sizeof(name)) ? 0 : -EFAULT;
}

// How many the VMM has to make: one stands for all that the hypervisor runs.
static uint32_t wanted_vcpus(const struct emu_vm *vm)
{
    return vm->proxy ? vm->vcpus : 1;
}

int64_t gunyah_internal_emu_count_vcpus(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;

    (void)emu;
    if (vm->made_of == NULL)
        return -EINVAL;
    return vm->state == EMU_NEW ? (int64_t)wanted_vcpus(vm) : -EAGAIN;
}

int64_t gunyah_internal_emu_count_memory(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;

    (void)emu;
    return vm->made_of != NULL ? IMAGES : -EINVAL;
}

int64_t gunyah_internal_emu_get_memory(struct emu *emu, struct emu_request *request)
{
    const struct emu_vm *vm = request->file->object;
    struct memory_region region;

    if (!gunyah_internal_emu_read(request->process, &region, request->argument, sizeof(region)))
        return -EFAULT;
    if (vm->made_of == NULL || region.index >= IMAGES)
        return -EINVAL;
    region.address = vm->image.region->address;
    region.size = vm->image.region->size;
    region.fd = gunyah_internal_emu_hand_over(emu, request, vm->image.region->memory->fd);
    if (region.fd < 0)
        return -EFAULT;
    return gunyah_internal_emu_write(request->process, request->argument, &region, sizeof(region)) ? 0 : -EFAULT;
}

// ---- running -----------------------------------------------------------------------------------------------------

int64_t gunyah_internal_emu_create_vcpu(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    const uint32_t id = (uint32_t)request->argument;
    struct emu_function *function;

    if (id >= MAX_VCPUS)
        return -EINVAL;
    function = gunyah_internal_emu_make_function(vm, EMU_FN_VCPU, &id);
    return function != NULL ? gunyah_internal_emu_add_vcpu(emu, request, function) : -ENOMEM;
}

static uint32_t count_vcpus(const struct emu_vm *vm)
{
    uint32_t count = 0;

    for (const struct emu_function *function = vm->functions; function != NULL; function = function->next)
        count += function->type == EMU_FN_VCPU;
    return count;
}

// One attempt is all that there is.
static int start(struct emu *emu, struct emu_vm *vm)
{
    const bool was_tried = vm->tried;
    int error;

    vm->tried = true;
    if (was_tried || vm->made_of == NULL || count_vcpus(vm) != wanted_vcpus(vm))
        return -EINVAL;
    error = gunyah_internal_emu_start_at_rm(emu, vm, &vm->image);
    if (error != 0)
        return error;
    gunyah_internal_emu_begin(emu, vm);
    gunyah_internal_emu_trace(emu, "vm %u: VCPU_RUN: runs with VMID %u", vm->serial, gunyah_vm_vmid(vm->vm).value);
    return 0;
}

int64_t gunyah_internal_emu_run_signed(struct emu *emu, struct emu_request *request)
{
    struct emu_vcpu *vcpu = request->file->object;
    struct emu_vm *vm = vcpu->vm;
    const int error = vm->state != EMU_RUNNING ? start(emu, vm) : 0;

    if (error != 0)
        return error;
    // Others than those that the VM has count too.
    if (vm->proxy && vcpu->id >= vm->vcpus)
        return -EPERM;
    return gunyah_internal_emu_enter(vcpu, request);
}

// Why it ended is known to who waits for the end; some have only waited for a vCPU.
int64_t gunyah_internal_emu_reason(const struct emu *emu, struct emu_vm *vm)
{
    if (has(emu, EMU_SIGNED_LATER) && !vm->proxy) {
        for (uint32_t i = 0; i < vm->made_of->virtio_devices; i++)
            gunyah_internal_emu_raise_virtio(&vm->devices[i], EMU_VM_EXIT, 0);
    }
    return !vm->proxy || has(emu, EMU_SIGNED_REASON) ? vm->exit_type : 0;
}

static const struct emu_vm *find_named(const struct emu *emu, const char *name)
{
    for (const struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        if (vm->made_of != NULL && strncmp(vm->made_of->name, name, NAME_SIZE) == 0)
            return vm;
    }
    return NULL;
}

static int64_t look_for_exit(struct emu *emu, struct emu_request *request)
{
    struct name_and_reason exit;
    const struct emu_vm *vm;

    if (!gunyah_internal_emu_read(request->process, &exit, request->argument, sizeof(exit)))
        return -EFAULT;
    vm = find_named(emu, exit.name);
    if (vm == NULL)
        return -EINVAL;
    if (vm->state != EMU_OVER)
        return EMU_ANSWERED;
    exit.reason = vm->exit_type;
    return gunyah_internal_emu_write(request->process, request->argument, &exit, sizeof(exit)) ? 0 : -EFAULT;
}

int64_t gunyah_internal_emu_wait_for_exit(struct emu *emu, struct emu_request *request)
{
    const int64_t value = look_for_exit(emu, request);

    return value == EMU_ANSWERED ? gunyah_internal_emu_sleep(emu, request, look_for_exit) : value;
}
