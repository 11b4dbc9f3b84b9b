// SPDX-License-Identifier: BSD-3-Clause
// The node itself, and VMs: how they come and go.
#include "signed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

void gunyah_internal_emu_open_node(struct emu *emu, const struct emu_request *request, enum emu_kind kind, int flags)
{
    struct emu_file *file = NULL;
    int fd;

    if ((flags & O_DIRECTORY) != 0 || ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)) {
        gunyah_internal_emu_answer(emu, request, (flags & O_DIRECTORY) != 0 ? -ENOTDIR : -EEXIST);
        return;
    }
    fd = gunyah_internal_emu_make_file(emu, kind == EMU_AREA ? emu->options->cma_name : "gunyah", 0, flags, &file);
    if (file == NULL) {
        gunyah_internal_emu_answer(emu, request, fd);
        return;
    }
    file->kind = kind;
    if (gunyah_internal_emu_give_file(emu, request, fd, flags))
        gunyah_internal_emu_trace(emu, "open");
}

static struct emu_vm *make_vm(struct emu *emu, const struct emu_request *request)
{
    struct emu_vm *vm = calloc(1, sizeof(*vm));

    if (vm == NULL)
        return NULL;
    vm->is_signed = request->file->kind == EMU_SIGNED_DEVICE;
    vm->process = request->process;
    vm->references = 1;
    vm->serial = emu->serials++;
    vm->next = emu->vms;
    emu->vms = vm;
    return vm;
}

static int64_t create_vm(struct emu *emu, const struct emu_request *request, enum emu_kind kind)
{
    const uint64_t size = kind == EMU_SIGNED_VM ? EMU_SHARED_SIZE : 0; // Of what is mapped of it.
    struct emu_vm *vm = make_vm(emu, request);
    struct emu_file *file = NULL;
    int error;
    int fd;

    if (vm == NULL)
        return -ENOMEM;
    error = has(emu, EMU_EARLY_VMID) ? gunyah_internal_emu_allocate_at_rm(emu, vm) : 0;
    fd = error == 0 ? gunyah_internal_emu_make_file(emu, "gunyah-vm", size, O_RDWR, &file) : error;
    if (file == NULL) {
        gunyah_internal_emu_forget_vm(emu, vm);
        return fd;
    }
    if (!gunyah_internal_emu_give_file(emu, request, fd, O_CLOEXEC)) {
        gunyah_internal_emu_forget_vm(emu, vm); // The file ends by itself, and belongs to nothing.
        return EMU_ANSWERED;
    }
    file->kind = kind;
    file->object = vm;
    gunyah_internal_emu_trace(emu, "vm %u: CREATE_VM", vm->serial);
    return EMU_ANSWERED;
}

int64_t gunyah_internal_emu_create_vm(struct emu *emu, struct emu_request *request)
{
    return request->argument == 0 ? create_vm(emu, request, EMU_VM) : -EINVAL;
}

// Qualcomm's driver does not look at the argument.
int64_t gunyah_internal_emu_create_signed(struct emu *emu, struct emu_request *request)
{
    return create_vm(emu, request, EMU_SIGNED_VM);
}

// The call by which the first users of the ABI asked for its early form.
int64_t gunyah_internal_emu_tentative(struct emu *emu, struct emu_request *request)
{
    (void)emu;
    (void)request;
    return 0;
}

void gunyah_internal_emu_forget_vm(struct emu *emu, struct emu_vm *vm)
{
    struct emu_vm **link = &emu->vms;

    while (*link != vm)
        link = &(*link)->next;
    *link = vm->next;
    while (vm->functions != NULL) {
        struct emu_function *function = vm->functions;
        vm->functions = function->next;
        gunyah_internal_emu_free_function(emu, function);
    }
    gunyah_internal_emu_destroy_at_rm(emu, vm);
    if (vm->is_signed)
        gunyah_internal_emu_unload_firmware(emu, vm);
    while (vm->regions != NULL) {
        struct emu_region *region = vm->regions;
        vm->regions = region->next;
        gunyah_internal_emu_free_region(region);
    }
    gunyah_internal_emu_trace(emu, "vm %u: gone", vm->serial);
    free(vm);
}
