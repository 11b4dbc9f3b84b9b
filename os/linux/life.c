// SPDX-License-Identifier: BSD-3-Clause
// The steps of a VM's life. The driver has fewer than the Resource Manager: it does them all in VM_START, and takes a VM
// apart when the last file of it is closed.
#include "linux_vm.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

// Files that are open keep a VM alive, and a vCPU may be inside its own.
static enum gunyah_error check_vcpus(struct linux_vm *vm)
{
    if (vm->open_parts == 0)
        return GUNYAH_OK;
    return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_IN_USE, "vCPUs or virtio devices of the VM are open",
                                        "Cancel them, let their threads end, and close them first.");
}

// ---- making ------------------------------------------------------------------------------------------------------

static enum gunyah_error create(struct linux_vm *vm)
{
    const enum linux_call call = is_signed(vm->node) ? LINUX_QUALCOMM_CREATE_VM : LINUX_CREATE_VM;
    const int fd = gunyah_internal_linux_ioctl(vm->node->fd, call, 0);

    if (fd < 0)
        return gunyah_internal_linux_failed(vm->record, call, fd);
    vm->fd = fd;
    return GUNYAH_OK;
}

static enum gunyah_error check_node(const struct gunyah_linux *node, struct gunyah_vmm_vm *record)
{
    if (record->vmid.value != GUNYAH_VMID_SELF && !has_any(node, GUNYAH_LINUX_AUTHENTICATION))
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED, "the driver chooses the VMID by itself",
                                            "Ask for VMID 0.");
    if (!has_any(node,
                 GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND | GUNYAH_LINUX_GUEST_MEMORY | GUNYAH_LINUX_SIGNED_FIRMWARE))
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver takes no memory in a way that is known",
                                            "Use a kernel with the driver of Android or of Linux.");
    return GUNYAH_OK;
}

static enum gunyah_error allocate(struct gunyah_linux *node, struct gunyah_vmm_vm *record)
{
    enum gunyah_error error = check_node(node, record);

    if (error != GUNYAH_OK)
        return error;
    struct linux_vm *vm = gunyah_internal_linux_allocate(node, sizeof(*vm));
    if (vm == NULL)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory",
                                            "Give the node an allocator with more memory.");
    *vm = (struct linux_vm){.next = node->vms, .node = node, .record = record, .fd = -1};
    node->vms = vm;
    vm->ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    error = vm->ended < 0 ? gunyah_internal_linux_failed(record, LINUX_EVENTFD, -errno) : create(vm);
    if (error != GUNYAH_OK) {
        gunyah_internal_linux_vm_free(vm);
        return error;
    }
    record->own = vm;
    reach(record, GUNYAH_VM_STATE_LOAD);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_linux_create_again(struct linux_vm *vm)
{
    uint64_t count;
    enum gunyah_error error = create(vm);

    for (struct linux_region *region = vm->regions; region != NULL && error == GUNYAH_OK; region = region->next)
        error = gunyah_internal_linux_give(vm, region);
    if (error == GUNYAH_OK)
        error = gunyah_internal_linux_give_bells(vm, false);
    if (error != GUNYAH_OK) {
        gunyah_internal_linux_vm_end(vm);
        return error;
    }
    atomic_store(&vm->end, END_UNKNOWN);
    // It may be empty.
    (void)!read(vm->ended, &count, sizeof(count));
    return GUNYAH_OK;
}

// ---- configuring -------------------------------------------------------------------------------------------------

static bool is_within(const struct linux_region *region, uint64_t offset, uint64_t size)
{
    return offset <= region->memory.length && size <= region->memory.length - offset;
}

static uint64_t page_size(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

// Some drivers round it up and others down; some give the Resource Manager nothing but these pages.
static uint64_t whole_pages(uint64_t size)
{
    return size + (page_size() - size % page_size()) % page_size();
}

// The platform's images have VMIDs of their own; any other is the driver's to choose.
static enum gunyah_error check_vmid(const struct linux_vm *vm, bool is_platform)
{
    const bool has_vmid = vm->record->vmid.value != GUNYAH_VMID_SELF;

    if (is_platform && !has_vmid)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_ARGUMENT_INVALID,
                                            "an image that the platform authenticates has a VMID of its own",
                                            "Make the VM with it, gunyah_vm_create().");
    if (!is_platform && has_vmid)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "the driver chooses the VMID by itself, unless the platform authenticates "
                                            "the image",
                                            "Make the VM with VMID 0.");
    return GUNYAH_OK;
}

static enum gunyah_error check_authentication(const struct linux_vm *vm, const struct gunyah_vm_image *image)
{
    if (image->authentication == GUNYAH_VM_AUTH_PLATFORM && !has_any(vm->node, GUNYAH_LINUX_AUTHENTICATION))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver cannot have an image authenticated by the platform",
                                            "Use GUNYAH_VM_AUTH_NONE, or a kernel with SET_AUTH_TYPE: those of Android "
                                            "16 have it.");
    if (image->authentication == GUNYAH_VM_AUTH_ANDROID && !has_any(vm->node, GUNYAH_LINUX_FIRMWARE))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver cannot have a VM started by firmware",
                                            "Use GUNYAH_VM_AUTH_NONE, or a kernel of Android.");
    if (image->image_offset != 0 && image->authentication != GUNYAH_VM_AUTH_NONE)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "a VM that is authenticated starts where its memory begins",
                                            "Put the image at offset 0, and the device tree behind it.");
    return check_vmid(vm, image->authentication == GUNYAH_VM_AUTH_PLATFORM);
}

static enum gunyah_error check_image(struct linux_vm *vm, const struct gunyah_vm_image *image,
                                     const struct linux_region *region)
{
    if (region == NULL)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_RM_MEM_INVALID, "the VM has no such memory",
                                            "Name the piece by the handle that gunyah_vm_add_memory() told.");
    if (!is_within(region, image->image_offset, image->image_size) || image->dtb_size == 0 ||
        !is_within(region, image->dtb_offset, image->dtb_size))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_ARGUMENT_INVALID,
                                            "the image or the device tree is not within the memory",
                                            "Put both into one piece of memory, and look at offsets and sizes.");
    if (image->dtb_offset % page_size() != 0)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_ARGUMENT_ALIGNMENT,
                                            "the device tree does not begin at a page",
                                            "Put it at a multiple of the kernel's page size: drivers count its pages.");
    if (image->image_offset != 0 && !has_any(vm->node, GUNYAH_LINUX_BOOT_REGISTERS))
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "with this driver, a VM starts at the first byte of the memory that its "
                                            "device tree is in",
                                            "Put the image at offset 0, and the device tree behind it.");
    if (!gunyah_internal_linux_is_tree((const uint8_t *)region->memory.memory + image->dtb_offset, image->dtb_size))
        return gunyah_internal_linux_refuse(
            vm->record, GUNYAH_ERR_DEVICE_TREE, "there is no device tree",
            "Put it there before this, complete, and not larger than it is said to be.");
    return check_authentication(vm, image);
}

// The first drivers with boot registers keep values as pointers. There, null is no value, and x0 and the PC would begin with
// what they begin with anyway, which is 0 for the others alone; and the kernel loses its way in pointers that look like its own.
static enum gunyah_error check_value(struct linux_vm *vm, uint32_t set, uint32_t index, uint64_t value)
{
    const uint32_t later = GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION;
    const bool begins_with_0 = set != GUNYAH_VM_REGISTER_SET_PC && (set != GUNYAH_VM_REGISTER_SET_X || index != 0);

    if (has_any(vm->node, later))
        return GUNYAH_OK;
    if (value == 0 && !begins_with_0)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver does not set a register to 0",
                                            "Leave x0 the address of the device tree; put the image at another address "
                                            "than 0.");
    if (value % 4 == 2)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_UNSUPPORTED,
                                            "this driver does not set a register to a value that ends in binary 10",
                                            "Tell the guest in its memory or its device tree, or in another value.");
    return GUNYAH_OK;
}

static enum gunyah_error set_register(struct linux_vm *vm, uint32_t set, uint32_t index, uint64_t value)
{
    const enum gunyah_error error = check_value(vm, set, index, value);

    if (error != GUNYAH_OK)
        return error;
    const struct kernel_boot_context wanted = gunyah_internal_linux_boot_register(set, index, value);
    const int result = gunyah_internal_linux_ioctl(vm->fd, LINUX_SET_BOOT_CONTEXT, (uintptr_t)&wanted);

    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, LINUX_SET_BOOT_CONTEXT, result);
}

static enum gunyah_error set_range(struct linux_vm *vm, enum linux_call call, uint64_t address, uint64_t size)
{
    const struct kernel_range range = {address, size};
    const int result = gunyah_internal_linux_ioctl(vm->fd, call, (uintptr_t)&range);

    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, call, result);
}

enum gunyah_error gunyah_internal_linux_configure(void *context, struct gunyah_vmm_vm *record,
                                                  const struct gunyah_vm_image *image)
{
    struct linux_vm *vm = record->own;
    const struct linux_region *region = gunyah_internal_linux_find_region(vm, image->memparcel);
    enum gunyah_error error = check_image(vm, image, region);

    (void)context;
    if (error == GUNYAH_OK && vm->fd < 0)
        error = gunyah_internal_linux_create_again(vm);
    if (error == GUNYAH_OK)
        error = set_range(vm, LINUX_SET_DTB_CONFIG, region->memory.address + image->dtb_offset,
                          whole_pages(image->dtb_size));
    // For the latest drivers, the image is the pages of the device tree: without this, that is where the VM would begin.
    if (error == GUNYAH_OK && image->authentication == GUNYAH_VM_AUTH_NONE &&
        has_any(vm->node, GUNYAH_LINUX_BOOT_REGISTERS))
        error = set_register(vm, GUNYAH_VM_REGISTER_SET_PC, 0, region->memory.address + image->image_offset);
    if (error != GUNYAH_OK)
        return error;
    vm->authentication = image->authentication;
    vm->image = region;
    vm->tree = (const uint8_t *)region->memory.memory + image->dtb_offset;
    vm->tree_size = image->dtb_size;
    vm->vcpus_of_the_tree = gunyah_internal_linux_tree_vcpus(vm->tree);
    record->exited = false;
    reach(record, image->authentication == GUNYAH_VM_AUTH_PLATFORM ? GUNYAH_VM_STATE_AUTH : GUNYAH_VM_STATE_INIT);
    return GUNYAH_OK;
}

// It is told now, and done by VM_START. Who was refused is left in a state that nobody knows.
static enum gunyah_error authenticate(struct linux_vm *vm, uint32_t pas_id)
{
    const struct kernel_trusted_vm image =
        gunyah_internal_linux_trusted_vm(vm->record->vmid, pas_id, &vm->image->memory);
    const struct kernel_authentication wanted = {
        .type = KERNEL_AUTHENTICATION_TRUSTED_VM, .size = sizeof(image), .argument = (uintptr_t)&image};
    const int result = gunyah_internal_linux_ioctl(vm->fd, LINUX_SET_AUTH_TYPE, (uintptr_t)&wanted);

    reach(vm->record, result >= 0 ? GUNYAH_VM_STATE_INIT : GUNYAH_VM_STATE_INIT_FAILED);
    return result >= 0 ? GUNYAH_OK : gunyah_internal_linux_failed(vm->record, LINUX_SET_AUTH_TYPE, result);
}

static enum gunyah_error set_boot_register(struct linux_vm *vm, const struct gunyah_vmm_setting *setting)
{
    // The driver would take it, and forget it.
    if (vm->authentication != GUNYAH_VM_AUTH_NONE)
        return gunyah_internal_linux_refuse(vm->record, GUNYAH_ERR_DENIED,
                                            "the driver sets no registers of a VM that is authenticated",
                                            "Let the image begin without them, or use GUNYAH_VM_AUTH_NONE.");
    return set_register(vm, setting->selector, setting->index, setting->values[0]);
}

static enum gunyah_error set_firmware(struct linux_vm *vm, const struct gunyah_vmm_setting *setting)
{
    const struct linux_region *region = gunyah_internal_linux_find_region(vm, setting->selector);

    if (region == NULL || !is_within(region, setting->values[0], setting->values[1]))
        return gunyah_internal_linux_refuse(
            vm->record, GUNYAH_ERR_RM_MEM_INVALID, "the VM has no such memory",
            "Name the piece by the handle that gunyah_vm_add_memory() told, and a range "
            "within it.");
    return set_range(vm, LINUX_SET_FW_CONFIG, region->memory.address + setting->values[0], setting->values[1]);
}

enum gunyah_error gunyah_internal_linux_set(void *context, struct gunyah_vmm_vm *record,
                                            const struct gunyah_vmm_setting *setting)
{
    const struct gunyah_linux *node = context;
    struct linux_vm *vm = record->own;

    if (setting->kind == GUNYAH_VMM_FIRMWARE_MEMORY && has_any(node, GUNYAH_LINUX_FIRMWARE))
        return set_firmware(vm, setting);
    if (setting->kind == GUNYAH_VMM_BOOT_REGISTER && has_any(node, GUNYAH_LINUX_BOOT_REGISTERS))
        return set_boot_register(vm, setting);
    if (setting->kind == GUNYAH_VMM_AUTHENTICATE)
        return authenticate(vm, setting->selector);
    return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED, "this driver has no such setting",
                                        "Look at the capabilities of the node, gunyah_linux_get_info().");
}

// ---- running and ending ------------------------------------------------------------------------------------------

// Interrupts come last: a driver of Android 14 does not survive one for a VM that never started. If one cannot be added, the
// VM runs all the same, and nobody is in it yet.
static enum gunyah_error start(struct linux_vm *vm)
{
    const int result = gunyah_internal_linux_ioctl(vm->fd, LINUX_VM_START, 0);

    if (result < 0) {
        reach(vm->record, GUNYAH_VM_STATE_INIT_FAILED);
        return gunyah_internal_linux_failed(vm->record, LINUX_VM_START, result);
    }
    reach(vm->record, GUNYAH_VM_STATE_RUNNING);
    return gunyah_internal_linux_give_bells(vm, true);
}

static enum gunyah_error end(struct linux_vm *vm, enum gunyah_vm_state state)
{
    const enum gunyah_error error = check_vcpus(vm);

    if (error != GUNYAH_OK)
        return error;
    gunyah_internal_linux_vm_end(vm);
    reach(vm->record, state);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_linux_act(void *context, struct gunyah_vmm_vm *record, enum gunyah_vmm_action action)
{
    switch (action) {
    case GUNYAH_VMM_ALLOCATE:
        return allocate(context, record);
    case GUNYAH_VMM_INIT:
        reach(record, GUNYAH_VM_STATE_READY);
        return GUNYAH_OK;
    case GUNYAH_VMM_START:
        return start(record->own);
    case GUNYAH_VMM_ABANDON:
        reach(record, GUNYAH_VM_STATE_READY);
        return GUNYAH_OK;
    case GUNYAH_VMM_RESET:
        return end(record->own, GUNYAH_VM_STATE_RESET);
    case GUNYAH_VMM_DEALLOCATE:
        return end(record->own, GUNYAH_VM_STATE_NONE);
    default:
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED, "the driver has no such step",
                                            "Use a newer release of this library.");
    }
}

enum gunyah_error gunyah_internal_linux_stop(void *context, struct gunyah_vmm_vm *record, bool force,
                                             enum gunyah_vm_stop_reason reason)
{
    (void)context;
    (void)reason;
    if (!force)
        return gunyah_internal_linux_refuse(record, GUNYAH_ERR_UNSUPPORTED, "the driver cannot ask a VM to end",
                                            "Ask the guest by a device or an interrupt of yours, or end it by force.");
    const enum gunyah_error error = end(record->own, GUNYAH_VM_STATE_EXITED);
    if (error != GUNYAH_OK)
        return error;
    record->exit = (struct gunyah_vm_exit){.type = GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED};
    record->exited = true;
    return GUNYAH_OK;
}
