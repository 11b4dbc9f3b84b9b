// SPDX-License-Identifier: BSD-3-Clause
// The driver as the Resource Manager sees it: a client in HLOS, by which VMs are made, started and taken apart.
#include "emu_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MEMORY_SIZE (64 << 20)
#define HLOS_VMID 3
#define MAX_RESOURCES 256
#define MAX_VCPUS 64       // As many as bits of emu_vm.on.
#define METADATA_SIZE 8192 // At the beginning of an image that the platform authenticates.

static enum gunyah_error connect(struct emu_rm *rm)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    enum gunyah_error error = gunyah_sim_get_rm_queue(rm->hlos, &queue);

    if (error != GUNYAH_OK)
        return error;
    session.backend = gunyah_sim_backend(rm->hlos);
    error = gunyah_open(&session, &rm->g);
    if (error != GUNYAH_OK)
        return error;
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    options.generation = rm->generation;
    return gunyah_rm_open(rm->g, &options, &rm->rm);
}

enum gunyah_error gunyah_internal_emu_open_rm(struct emu *emu)
{
    struct emu_rm *rm = &emu->rm;
    struct gunyah_sim_options machine = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_rm_options options = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options hlos = GUNYAH_SIM_VM_OPTIONS_INIT;
    enum gunyah_error error;

    rm->generation = has(emu, EMU_PAGE_FAULTS) ? GUNYAH_RM_GENERATION_LATER : GUNYAH_RM_GENERATION_2023;
    machine.memory = MEMORY_SIZE;
    machine.max_vcpus = MAX_VCPUS;
    options.debug = emu->options->debug;
    options.generation = rm->generation;
    hlos.vmid.value = HLOS_VMID;
    error = gunyah_sim_create(&machine, &rm->sim);
    if (error == GUNYAH_OK)
        error = gunyah_sim_add_rm(rm->sim, &options);
    if (error == GUNYAH_OK)
        error = gunyah_sim_add_vm(rm->sim, &hlos, &rm->hlos);
    return error == GUNYAH_OK ? connect(rm) : error;
}

void gunyah_internal_emu_close_rm(struct emu *emu)
{
    struct emu_rm *rm = &emu->rm;

    // It closes when no VM is left.
    if (rm->rm != NULL)
        gunyah_rm_close(&rm->rm);
    if (rm->g != NULL)
        gunyah_close(&rm->g);
    if (rm->sim != NULL)
        gunyah_sim_destroy(&rm->sim);
}

// The errno that the driver makes of a refusal. What the library refused would have been an invalid argument.
static int to_errno(const struct emu *emu, enum gunyah_error error)
{
    const struct gunyah_error_info *info = gunyah_last_error(emu->rm.g);

    if (error == GUNYAH_OK)
        return 0;
    gunyah_internal_emu_trace(emu, "%s: %s", info->call, info->text);
    if (info->domain != GUNYAH_DOMAIN_RM)
        return error == GUNYAH_ERR_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
    switch ((uint32_t)info->code) {
    case GUNYAH_RMERR_UNIMPLEMENTED:
        return -EOPNOTSUPP;
    case GUNYAH_RMERR_NOMEM:
        return -ENOMEM;
    case GUNYAH_RMERR_NORESOURCE:
        return -ENODEV;
    case GUNYAH_RMERR_DENIED:
        return -EPERM;
    case GUNYAH_RMERR_BUSY:
        return -EBUSY;
    default:
        return (uint32_t)info->code <= GUNYAH_RMERR_IRQ_RELEASED ? -EINVAL : -EBADMSG;
    }
}

int gunyah_internal_emu_allocate_at_rm(struct emu *emu, struct emu_vm *vm)
{
    return to_errno(emu, gunyah_vm_create(gunyah_rm_vmm(emu->rm.rm), gunyah_vmid(vm->platform.vmid), &vm->vm));
}

// Whether a page of it was given to a VM already. The Resource Manager would refuse it as memory that is not the caller's.
static bool is_given(const struct emu *emu, const struct emu_region *wanted)
{
    const uint64_t from = wanted->memory != NULL ? wanted->offset : wanted->user;

    for (const struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        for (const struct emu_region *region = vm->regions; region != NULL; region = region->next) {
            const uint64_t begin = region->memory != NULL ? region->offset : region->user;
            if (region->hlos != NULL && region->memory == wanted->memory && region->process == wanted->process &&
                from < begin + region->size && begin < from + wanted->size)
                return true;
        }
    }
    return false;
}

// Finds addresses that stand for it. Nobody looks into them but for the device tree: the VMM's memory is where it is. What a VM had
// that is authenticated is cleared.
static int place(const struct emu *emu, const struct emu_vm *vm, struct emu_region *region)
{
    const int rights = vm->authentication == GUNYAH_VM_AUTH_NONE ? PROT_NONE : PROT_READ | PROT_WRITE;
    void *address;

    if (region->hlos != NULL)
        return 0;
    if (is_given(emu, region))
        return -EINVAL;
    address = mmap(NULL, region->size, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED)
        return -ENOMEM;
    region->hlos = address;
    return 0;
}

static uint8_t access_of(const struct emu_region *region)
{
    return (uint8_t)((region->rights & EMU_ALLOW_READ ? GUNYAH_PGTABLE_ACCESS_R : 0) |
                     (region->rights & EMU_ALLOW_WRITE ? GUNYAH_PGTABLE_ACCESS_W : 0) |
                     (region->rights & EMU_ALLOW_EXEC ? GUNYAH_PGTABLE_ACCESS_X : 0));
}

// A range of the region becomes a parcel of the VM.
static int give(struct emu *emu, struct emu_vm *vm, struct emu_region *region, const struct emu_range *range,
                uint32_t *handle)
{
    const struct gunyah_memparcel_access access[] = {{gunyah_vm_vmid(vm->vm), access_of(region), 0},
                                                     {{HLOS_VMID}, GUNYAH_PGTABLE_ACCESS_RWX, 0}};
    struct gunyah_memory_region where = {0, range->size};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;
    int error = place(emu, vm, region);

    if (error != 0)
        return error;
    where.address = (uintptr_t)region->hlos + (range->address - region->address);
    options.transaction = region->lent ? GUNYAH_MEMPARCEL_TRANSACTION_LEND : GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = region->label;
    options.access = access;
    options.access_count = region->lent ? 1 : 2;
    options.regions = &where;
    options.region_count = 1;
    options.vm = vm->vm;
    error = to_errno(emu, gunyah_memparcel_create(emu->rm.rm, &options, &parcel));
    *handle = gunyah_memparcel_handle(parcel);
    return error;
}

static bool is_paged(const struct emu *emu, const struct emu_vm *vm)
{
    return has(emu, EMU_PAGE_FAULTS) && vm->authentication != GUNYAH_VM_AUTH_PLATFORM;
}

// Where memory is paged in on demand, only the image has to be there at the start.
static int give_all(struct emu *emu, struct emu_vm *vm, const struct emu_image *image, uint32_t *handle)
{
    uint32_t other;
    int error = give(emu, vm, image->region, &image->range, handle);

    for (struct emu_region *region = vm->regions; region != NULL && error == 0; region = region->next) {
        const struct emu_range whole = {region->address, region->size};
        if (region != image->region && !is_paged(emu, vm))
            error = give(emu, vm, region, &whole, &other);
    }
    return error;
}

// Where the image is the pages of the tree, the firmware is given for itself.
static int set_firmware(struct emu *emu, struct emu_vm *vm, const struct emu_image *image, uint32_t handle)
{
    struct gunyah_memory_region range = {vm->firmware.address - image->range.address, vm->firmware.size};
    int error = 0;

    if (has(emu, EMU_TREE_PAGES)) {
        range.address = 0;
        error = give(emu, vm, gunyah_internal_emu_find_region(vm, vm->firmware), &vm->firmware, &handle);
    }
    return error == 0 ? to_errno(emu, gunyah_vm_set_firmware_memory(vm->vm, handle, range)) : error;
}

static int configure(struct emu *emu, struct emu_vm *vm, const struct emu_image *image, uint32_t handle)
{
    struct gunyah_vm_image where = GUNYAH_VM_IMAGE_INIT;
    int error;

    where.authentication = vm->authentication;
    where.memparcel = handle;
    where.image_size = vm->authentication == GUNYAH_VM_AUTH_PLATFORM ? METADATA_SIZE : 0;
    where.dtb_offset = vm->dtb.address - image->range.address;
    where.dtb_size = vm->dtb.size;
    error = to_errno(emu, gunyah_vm_configure(vm->vm, &where));
    if (error == 0 && vm->authentication == GUNYAH_VM_AUTH_PLATFORM)
        return to_errno(emu, gunyah_vm_authenticate(vm->vm, vm->platform.pas_id));
    if (error == 0 && vm->authentication == GUNYAH_VM_AUTH_ANDROID)
        error = set_firmware(emu, vm, image, handle);
    if (error == 0 && has(emu, EMU_PAGE_FAULTS)) {
        const struct gunyah_memory_region range = {image->range.address, image->range.size};
        error = to_errno(emu, gunyah_vm_set_address_layout(vm->vm, GUNYAH_VM_RANGE_IMAGE, range));
    }
    return error;
}

// The Resource Manager reads the device tree from the addresses that stand for it, unless it refuses them.
static int hand_over_tree(const struct emu *emu, const struct emu_vm *vm, const struct emu_region *region)
{
    const uint64_t offset = vm->dtb.address - region->address;
    const uint64_t first = offset % EMU_PAGE;

    if (offset >= region->size || vm->dtb.size > region->size - offset)
        return 0;
    if (mprotect(region->hlos + offset - first, vm->dtb.size + first, PROT_READ | PROT_WRITE) != 0)
        return -ENOMEM;
    if (gunyah_internal_emu_read_region(region, offset, region->hlos + offset, vm->dtb.size))
        return 0;
    return has(emu, EMU_LATE_PINNING) ? -EFAULT : -EINVAL;
}

// It has written into it what the VM has.
static void take_tree_back(const struct emu_vm *vm, const struct emu_region *region)
{
    const uint64_t offset = vm->dtb.address - region->address;

    gunyah_internal_emu_write_region(region, offset, region->hlos + offset, vm->dtb.size);
}

// Without an address layout, the image is mapped where the tree says, which may not be where the VMM means it to be.
static bool is_in_place(const struct emu *emu, const struct emu_vm *vm, const struct emu_image *image)
{
    struct gunyah_sim_vm *guest;
    void *memory;

    return gunyah_sim_find_vm(emu->rm.sim, gunyah_vm_vmid(vm->vm), &guest) == GUNYAH_OK &&
           gunyah_sim_find_memory(guest, image->range.address, EMU_PAGE, &memory) == GUNYAH_OK &&
           memory == image->region->hlos + (image->range.address - image->region->address);
}

static void note_resource(struct emu_vm *vm, const struct gunyah_vm_resource *resource)
{
    if (resource->type == GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND && vm->bell_count < EMU_MAX_VDEVICES) {
        vm->bells[vm->bell_count++] = resource->label;
    } else if (resource->type == GUNYAH_VM_RESOURCE_TYPE_VCPU) {
        vm->vcpus++;
        vm->proxy = resource->virq.value != 0; // It wakes the thread that runs it.
    }
}

static int note_resources(struct emu *emu, struct emu_vm *vm)
{
    struct gunyah_vm_resource *resources = calloc(MAX_RESOURCES, sizeof(*resources));
    size_t count = 0;
    int error;

    if (resources == NULL)
        return -ENOMEM;
    error = to_errno(emu, gunyah_vm_resources(vm->vm, resources, MAX_RESOURCES, &count));
    for (size_t i = 0; error == 0 && i < count; i++)
        note_resource(vm, &resources[i]);
    free(resources);
    return error;
}

static int set_registers(struct emu *emu, struct emu_vm *vm)
{
    int error = 0;

    if (vm->authentication != GUNYAH_VM_AUTH_NONE)
        return 0;
    for (uint32_t i = 0; error == 0 && i < vm->register_count; i++) {
        const struct emu_register *reg = &vm->registers[i];
        if (has(emu, EMU_POINTERS) && reg->value == 0)
            continue; // Null is no entry.
        error = to_errno(emu, gunyah_vm_set_boot_register(vm->vm, (enum gunyah_vm_register_set)(reg->id >> 8),
                                                          reg->id & 0xff, reg->value));
    }
    return error;
}

int gunyah_internal_emu_load_at_rm(struct emu *emu, struct emu_vm *vm, const struct emu_image *image)
{
    uint32_t handle = GUNYAH_RM_HANDLE_INVALID;
    int error = give_all(emu, vm, image, &handle);

    if (error == 0)
        error = hand_over_tree(emu, vm, image->region);
    if (error == 0)
        error = configure(emu, vm, image, handle);
    if (error == 0)
        error = to_errno(emu, gunyah_vm_init(vm->vm));
    if (error == 0)
        error = set_registers(emu, vm);
    if (error == 0)
        error = note_resources(emu, vm);
    return error;
}

int gunyah_internal_emu_start_at_rm(struct emu *emu, struct emu_vm *vm, const struct emu_image *image)
{
    int error = to_errno(emu, gunyah_vm_start(vm->vm));

    if (error == 0 && !is_in_place(emu, vm, image))
        error = -ENODEV;
    if (error == 0)
        take_tree_back(vm, image->region);
    return error;
}

void gunyah_internal_emu_end_at_rm(struct emu *emu, struct emu_vm *vm)
{
    to_errno(emu, gunyah_vm_stop(vm->vm, true, GUNYAH_VM_STOP_REASON_SHUTDOWN));
}

void gunyah_internal_emu_destroy_at_rm(struct emu *emu, struct emu_vm *vm)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;

    if (vm->vm == NULL || gunyah_vm_destroy(&vm->vm, GUNYAH_WAIT_FOREVER, &remains) == GUNYAH_OK)
        return;
    emu->result->left++;
    gunyah_internal_emu_trace(emu, "vm %u: remains, since it could not %s: %s", vm->serial, remains.step,
                              gunyah_error_text(remains.error));
}
