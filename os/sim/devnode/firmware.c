// SPDX-License-Identifier: BSD-3-Clause
// Signed firmware: what there is, and how it becomes a VM that is ready to run. An image is nothing but metadata and a device tree
// that asks for what the firmware is said to have.
#include "signed.h"

#include <gunyah/dt_build.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FIRMWARE 16
#define MAX_NAME 15
#define MAX_VCPUS 8
#define MAX_DEVICES 16

#define FIRST_VMID 16 // Of those that HLOS may ask for.
#define FIRST_PAS_ID 28

#define IMAGE_ADDRESS UINT64_C(0x80000000)
#define IMAGE_SIZE UINT64_C(0x200000)
#define TREE_OFFSET UINT64_C(0x100000)
#define TREE_SIZE 16384
#define SHARED_LABEL 1

static const struct gunyah_emu_firmware usual[] = {{"trustedvm", 1, 1, 0}};

const struct gunyah_emu_firmware *gunyah_internal_emu_get_firmware(const struct emu *emu, size_t index)
{
    const bool is_given = emu->options->firmware != NULL;
    const size_t count = is_given ? emu->options->firmware_count : sizeof(usual) / sizeof(usual[0]);

    if (index >= count)
        return NULL;
    return is_given ? &emu->options->firmware[index] : &usual[index];
}

static bool is_twice(const struct emu *emu, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(emu->options->firmware[i].name, emu->options->firmware[index].name) == 0)
            return true;
    }
    return false;
}

bool gunyah_internal_emu_check_firmware(struct emu *emu)
{
    const struct gunyah_emu_firmware *firmware;
    const char *wrong = NULL;

    if (emu->options->firmware != NULL && emu->options->firmware_count > MAX_FIRMWARE)
        wrong = "there is more firmware than 16 pieces";
    for (size_t i = 0; wrong == NULL && (firmware = gunyah_internal_emu_get_firmware(emu, i)) != NULL; i++) {
        if (firmware->name == NULL || firmware->name[0] == 0 || strlen(firmware->name) > MAX_NAME)
            wrong = "a name of firmware has 1 to 15 characters";
        else if (firmware->vcpus > MAX_VCPUS || firmware->virtio_devices > MAX_DEVICES)
            wrong = "firmware has at most 8 vCPUs and 16 virtio devices";
        else if (firmware->input_devices > firmware->virtio_devices)
            wrong = "input devices are some of the virtio devices";
        else if (is_twice(emu, i))
            wrong = "two pieces of firmware have one name";
    }
    if (wrong != NULL)
        snprintf(emu->result->problem, sizeof(emu->result->problem), "%s", wrong);
    return wrong == NULL;
}

// ---- the image ---------------------------------------------------------------------------------------------------

// The interrupt of each device is a doorbell, and all have one memory in common with the VMM.
static enum gunyah_error add_devices(struct gunyah_dt_build *build, const struct gunyah_emu_firmware *firmware)
{
    struct gunyah_dt_shm shared = GUNYAH_DT_SHM_INIT;
    enum gunyah_error error = GUNYAH_OK;

    shared.label = SHARED_LABEL;
    shared.address = EMU_SHARED_ADDRESS;
    if (firmware->virtio_devices != 0)
        error = gunyah_dt_add_shm(build, &shared);
    for (uint32_t i = 0; error == GUNYAH_OK && i < firmware->virtio_devices; i++) {
        struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
        bell.label = i + 1;
        bell.interrupt.virq.value = GUNYAH_VIRQ_SPI_FIRST + i;
        bell.source_can_clear = true;
        error = gunyah_dt_add_doorbell(build, &bell);
    }
    return error;
}

// Returns the size of the tree; 0: there is none.
static size_t build_tree(const struct gunyah_emu_firmware *firmware, void *buffer, size_t size)
{
    static const uint32_t first_cpu = 0;
    struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    struct gunyah_dt_build build;
    size_t built = 0;

    config.image_name = firmware->name;
    config.base_address = IMAGE_ADDRESS;
    config.memory_size = IMAGE_SIZE;
    machine.vcpu_count = firmware->vcpus != 0 ? firmware->vcpus : 1;
    if (firmware->vcpus == 0) {
        config.affinity = GUNYAH_DT_AFFINITY_STATIC;
        config.affinity_map = &first_cpu;
        config.affinity_count = 1;
    }
    if (gunyah_dt_build_begin(&build, buffer, size, &machine, &config) != GUNYAH_OK ||
        add_devices(&build, firmware) != GUNYAH_OK || gunyah_dt_build_finish(&build, &built) != GUNYAH_OK)
        return 0;
    return built;
}

// ---- memory ------------------------------------------------------------------------------------------------------

// A region of the VM in this file, which is its own from now on.
static struct emu_region *add_region(struct emu_vm *vm, int fd, uint64_t address, uint64_t size)
{
    struct emu_region *region = calloc(1, sizeof(*region));
    struct emu_memory *memory = calloc(1, sizeof(*memory));

    if (region == NULL || memory == NULL || fd < 0) {
        free(region);
        free(memory);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    *memory = (struct emu_memory){.fd = fd, .references = 1};
    *region = (struct emu_region){
        .next = vm->regions,
        .rights = EMU_ALLOW_READ | EMU_ALLOW_WRITE | EMU_ALLOW_EXEC,
        .address = address,
        .size = size,
        .memory = memory,
    };
    vm->regions = region;
    return region;
}

static bool write_tree(struct emu_vm *vm, int fd)
{
    void *tree = malloc(TREE_SIZE);
    const size_t size = tree != NULL ? build_tree(vm->made_of, tree, TREE_SIZE) : 0;
    const bool done = size != 0 && pwrite(fd, tree, size, (off_t)TREE_OFFSET) == (ssize_t)size;

    free(tree);
    vm->dtb = (struct emu_range){IMAGE_ADDRESS + TREE_OFFSET, gunyah_dt_region_size(size)};
    return done;
}

static int make_image(struct emu_vm *vm)
{
    const int fd = memfd_create("image", MFD_CLOEXEC);

    vm->image = (struct emu_image){add_region(vm, fd, IMAGE_ADDRESS, IMAGE_SIZE), {IMAGE_ADDRESS, IMAGE_SIZE}};
    if (vm->image.region == NULL || ftruncate(fd, (off_t)IMAGE_SIZE) != 0 || !write_tree(vm, fd))
        return -ENOMEM;
    vm->image.region->lent = true;
    return 0;
}

// What the VMM maps of the VM's file is what the devices' queues are in.
static int make_devices(struct emu_vm *vm, const struct emu_file *file)
{
    struct emu_region *shared;

    if (vm->made_of->virtio_devices == 0)
        return 0;
    vm->devices = calloc(vm->made_of->virtio_devices, sizeof(*vm->devices));
    if (vm->devices == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < vm->made_of->virtio_devices; i++) {
        const bool is_input = vm->made_of->virtio_devices - i <= vm->made_of->input_devices;
        if (!gunyah_internal_emu_init_virtio(&vm->devices[i], i + 1, is_input))
            return -ENOMEM;
    }
    shared = add_region(vm, fcntl(file->memory, F_DUPFD_CLOEXEC, 0), EMU_SHARED_ADDRESS, EMU_SHARED_SIZE);
    if (shared == NULL)
        return -ENOMEM;
    shared->label = SHARED_LABEL;
    return 0;
}

// ---- loading -----------------------------------------------------------------------------------------------------

int gunyah_internal_emu_load_firmware(struct emu *emu, struct emu_vm *vm, const struct emu_file *file, size_t index)
{
    int error;

    vm->made_of = gunyah_internal_emu_get_firmware(emu, index);
    vm->authentication = GUNYAH_VM_AUTH_PLATFORM;
    vm->platform.vmid = (uint16_t)(FIRST_VMID + index);
    vm->platform.pas_id = (uint32_t)(FIRST_PAS_ID + index);
    error = gunyah_internal_emu_allocate_at_rm(emu, vm);
    if (error == 0)
        error = make_image(vm);
    if (error == 0)
        error = make_devices(vm, file);
    if (error == 0)
        error = gunyah_internal_emu_load_at_rm(emu, vm, &vm->image);
    if (error != 0)
        gunyah_internal_emu_unload_firmware(emu, vm);
    return error;
}

void gunyah_internal_emu_unload_firmware(struct emu *emu, struct emu_vm *vm)
{
    gunyah_internal_emu_destroy_at_rm(emu, vm);
    for (uint32_t i = 0; vm->devices != NULL && i < vm->made_of->virtio_devices; i++)
        gunyah_internal_emu_free_virtio(&vm->devices[i]);
    free(vm->devices);
    vm->devices = NULL;
    while (vm->regions != NULL) {
        struct emu_region *region = vm->regions;
        vm->regions = region->next;
        gunyah_internal_emu_free_region(region);
    }
    vm->image.region = NULL;
    vm->made_of = NULL;
}
