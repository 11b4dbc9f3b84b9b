// SPDX-License-Identifier: BSD-3-Clause
// Opening and closing vCPUs.
#include "linux_vm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct linux_vcpu *find(const struct linux_vm *vm, uint32_t index)
{
    struct linux_vcpu *vcpu = vm->vcpus;

    while (vcpu != NULL && vcpu->index != index)
        vcpu = vcpu->next;
    return vcpu;
}

// Signed firmware has no page.
static enum gunyah_error open_gate(struct linux_vcpu *vcpu)
{
    const int result = gunyah_internal_linux_open_gate(&vcpu->gate, vcpu->fd, vcpu->vm->ended);

    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vcpu->vm->record, LINUX_DUP, result);
}

static enum gunyah_error map(struct linux_vcpu *vcpu)
{
    struct gunyah_vmm_vm *record = vcpu->vm->record;
    const int size = gunyah_internal_linux_ioctl(vcpu->fd, LINUX_VCPU_MMAP_SIZE, 0);

    if (size < (int)sizeof(struct kernel_run))
        return gunyah_internal_linux_failed(record, LINUX_VCPU_MMAP_SIZE, size < 0 ? size : -EINVAL);
    void *run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (run == MAP_FAILED)
        return gunyah_internal_linux_failed(record, LINUX_MMAP, -errno);
    vcpu->run = run;
    vcpu->run_size = (size_t)size;
    return GUNYAH_OK;
}

static void free_vcpu(struct linux_vcpu *vcpu)
{
    if (vcpu->run != NULL)
        munmap(vcpu->run, vcpu->run_size);
    if (vcpu->fd >= 0)
        close(vcpu->fd);
    gunyah_internal_linux_free_gate(&vcpu->gate);
    gunyah_internal_linux_release(vcpu->vm->node, vcpu, sizeof(*vcpu));
}

static enum gunyah_error make(struct linux_vm *vm, uint32_t index)
{
    struct linux_vcpu *vcpu = gunyah_internal_linux_allocate(vm->node, sizeof(*vcpu));

    if (vcpu == NULL)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory",
                                            "Give the node an allocator with more memory.");
    *vcpu = (struct linux_vcpu){.next = vm->vcpus, .vm = vm, .index = index};
    vcpu->gate.gate = -1;
    const enum linux_call call = is_signed(vm->node) ? LINUX_QUALCOMM_CREATE_VCPU : LINUX_ADD_VCPU;
    vcpu->fd = is_signed(vm->node)
                   ? gunyah_internal_linux_ioctl(vm->fd, call, index)
                   : gunyah_internal_linux_add_function(vm, call, KERNEL_FUNCTION_VCPU, &index, sizeof(index));
    if (vcpu->fd < 0) {
        const enum gunyah_error error = gunyah_internal_linux_failed(vm->record, call, vcpu->fd);
        free_vcpu(vcpu);
        return error;
    }
    vm->vcpus = vcpu;
    return GUNYAH_OK;
}

// Whatever happens once the driver has it, it makes none twice: it stays for the next time.
struct linux_vcpu *gunyah_internal_linux_get_vcpu(struct linux_vm *vm, uint32_t index, enum gunyah_error *error)
{
    struct linux_vcpu *vcpu = find(vm, index);

    *error = vcpu == NULL ? make(vm, index) : GUNYAH_OK;
    if (*error != GUNYAH_OK)
        return NULL;
    vcpu = find(vm, index);
    if (vcpu->run == NULL && vcpu->gate.gate < 0)
        *error = is_signed(vm->node) ? open_gate(vcpu) : map(vcpu);
    return *error == GUNYAH_OK ? vcpu : NULL;
}

static enum gunyah_error refuse_index(const struct linux_vm *vm)
{
    if (is_signed(vm->node))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_NOT_FOUND, "the firmware has no such vCPU",
                                            "gunyah_vm_resources() lists them, from 0.");
    return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_NOT_FOUND, "the VM's device tree has no such vCPU",
                                        "Count the nodes of /cpus, from 0.");
}

enum gunyah_error gunyah_internal_linux_vcpu_open(void *context, struct gunyah_vmm_vm *record, uint32_t index,
                                                  int signal, struct gunyah_vmm_vcpu *out)
{
    struct linux_vm *vm = record->own;

    (void)context;
    if (index >= vm->vcpus_of_the_tree)
        return refuse_index(vm);
    struct linux_vcpu *vcpu = find(vm, index);
    if (vcpu != NULL && vcpu->record != NULL)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_IN_USE, "this vCPU is open", "Open each vCPU once.");
    enum gunyah_error error;
    vcpu = gunyah_internal_linux_get_vcpu(vm, index, &error);
    if (vcpu == NULL)
        return error;
    vcpu->record = out;
    vcpu->signal = signal;
    vcpu->gate.signal = signal;
    vm->open_parts++;
    out->own = vcpu;
    return GUNYAH_OK;
}

void gunyah_internal_linux_vcpu_close(struct gunyah_vmm_vcpu *record)
{
    struct linux_vcpu *vcpu = record->own;
    struct linux_vm *vm = vcpu->vm;

    vcpu->record = NULL;
    gunyah_internal_linux_close_part(vm);
}

void gunyah_internal_linux_free_vcpus(struct linux_vm *vm)
{
    while (vm->vcpus != NULL) {
        struct linux_vcpu *vcpu = vm->vcpus;
        vm->vcpus = vcpu->next;
        free_vcpu(vcpu);
    }
    vm->open_parts = 0;
}
