// SPDX-License-Identifier: BSD-3-Clause
// From files to a VM that is started.
#include "vm.h"

#ifdef GUNYAH_HAS_DEVICE_TREE
#include "dt.h"
#endif

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#define MAX_KERNEL ((size_t)1 << 30)

struct file {
    uint8_t *bytes;
    size_t size;
};

static void must(const struct vm *vm, const struct gunyah_error_info *info, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    if (info != NULL && info->error == error)
        cli_fail(vm->cli, "%s: %s: %s", info->call != NULL ? info->call : "VM", info->text, info->advice);
    cli_fail(vm->cli, "%s", gunyah_error_text(error));
}

static void must_in(const struct vm *vm, enum gunyah_error error)
{
    must(vm, gunyah_last_error(vm->g), error);
}

static struct file read_file(const struct vm *vm, const char *path, size_t limit)
{
    struct file file = {NULL, 0};

    if (path != NULL)
        file.bytes = cli_read_file(vm->cli, path, limit, &file.size);
    return file;
}

static void open_node(struct vm *vm, const char *path)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info info;

    options.path = path;
    options.error = session.error = &info;
    must(vm, &info, gunyah_linux_open(&options, &vm->node));
    session.backend = gunyah_linux_backend(vm->node);
    must(vm, &info, gunyah_open(&session, &vm->g));
}

static struct gunyah_boot_layout place(const struct vm *vm, const struct vm_request *request,
                                       const struct gunyah_boot_kernel *kernel, uint64_t initrd_size)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_boot_request room = GUNYAH_BOOT_REQUEST_INIT;
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    gunyah_linux_get_info(vm->node, &info);
    room.memory = (struct gunyah_memory_region){request->base, request->memory};
    room.dtb_size = VM_TREE_SIZE;
    room.initrd_size = initrd_size;
    room.first_byte_is_entry = (info.capabilities & GUNYAH_LINUX_BOOT_REGISTERS) == 0;
    const enum gunyah_error error = gunyah_boot_place(kernel, &room, &layout);

    if (error == GUNYAH_ERR_BUFFER_TOO_SMALL)
        cli_fail(vm->cli, "the VM needs %llu MiB of memory: say so with --memory",
                 (unsigned long long)((layout.end - request->base) >> 20) + 1);
    if (error == GUNYAH_ERR_UNSUPPORTED)
        cli_fail(vm->cli, "%s: this driver starts a VM at its first byte, and this kernel begins elsewhere",
                 request->kernel);
    if (error == GUNYAH_ERR_ARGUMENT_ALIGNMENT)
        cli_fail(vm->cli, "--base: 0x%llx is no multiple of 2 MiB", (unsigned long long)request->base);
    must(vm, NULL, error);
    return layout;
}

#ifdef GUNYAH_HAS_DEVICE_TREE

static struct file build_tree(const struct vm *vm, const struct vm_request *request,
                              const struct gunyah_boot_layout *layout, uint64_t initrd_size)
{
    struct dt_request wanted = DT_REQUEST_INIT;
    struct file tree = {.bytes = aligned_alloc(8, MAX_TREE)};

    if (tree.bytes == NULL)
        cli_fail(vm->cli, "out of memory");
    wanted.config.base_address = request->base;
    wanted.config.memory_size = request->memory;
    wanted.machine.vcpu_count = request->vcpus;
    wanted.machine.bootargs = request->bootargs;
    wanted.machine.initrd_start = layout->initrd;
    wanted.machine.initrd_end = layout->initrd != 0 ? layout->initrd + initrd_size : 0;
    wanted.additions[0] = (struct dt_addition){DT_DOORBELL, VM_BELL, GUNYAH_VIRQ_SPI_FIRST};
    wanted.additions[1] = (struct dt_addition){DT_SERIAL, request->serial, GUNYAH_VIRQ_SPI_FIRST};
    wanted.count = 2;
    tree.size = dt_make(vm->cli, &wanted, tree.bytes);
    return tree;
}

#else

static struct file build_tree(const struct vm *vm, const struct vm_request *request,
                              const struct gunyah_boot_layout *layout, uint64_t initrd_size)
{
    (void)request;
    (void)layout;
    (void)initrd_size;
    cli_misused(vm->cli,
                "this command was built without libfdt, and cannot build a device tree: give it one with --dtb");
}

#endif

static void give_memory(struct vm *vm, const struct vm_request *request, struct gunyah_vm_image *image)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    must_in(vm, gunyah_vm_create(gunyah_linux_vmm(vm->node, vm->g), gunyah_vmid(0), &vm->handle));
    memory.address = request->base;
    memory.length = request->memory;
    must_in(vm, gunyah_vm_add_memory(vm->handle, &memory, &image->memparcel));
    vm->memory = memory.memory;
}

static void make(struct vm *vm, const struct vm_request *request)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    const struct file file = read_file(vm, request->kernel, MAX_KERNEL);
    const struct file initrd = read_file(vm, request->initrd, MAX_KERNEL);
    struct file tree = read_file(vm, request->tree, VM_TREE_SIZE);
    enum gunyah_error error = gunyah_boot_inspect(file.bytes, file.size, NULL, &kernel);

    if (file.size == 0)
        cli_fail(vm->cli, "%s: nothing is in this file", request->kernel);
    if (error != GUNYAH_OK)
        cli_fail(vm->cli, "%s: %s", request->kernel, gunyah_error_text(error));
    open_node(vm, request->node);
    const struct gunyah_boot_layout layout = place(vm, request, &kernel, initrd.size);

    if (tree.bytes == NULL)
        tree = build_tree(vm, request, &layout, initrd.size);
    give_memory(vm, request, &image);
    error = gunyah_boot_load(&kernel, file.bytes, file.size, NULL, vm->memory + (layout.kernel - request->base),
                             layout.dtb - layout.kernel);
    if (error != GUNYAH_OK)
        cli_fail(vm->cli, "%s: %s", request->kernel, gunyah_error_text(error));
    memcpy(vm->memory + (layout.dtb - request->base), tree.bytes, tree.size);
    if (initrd.bytes != NULL)
        memcpy(vm->memory + (layout.initrd - request->base), initrd.bytes, initrd.size);
    image.image_offset = layout.entry - request->base;
    image.dtb_offset = layout.dtb - request->base;
    image.dtb_size = VM_TREE_SIZE;
    must_in(vm, gunyah_vm_configure(vm->handle, &image));
    free(file.bytes);
    free(initrd.bytes);
    free(tree.bytes);
}

static void add_bell(struct vm *vm, uint32_t label)
{
    struct gunyah_doorbell *bell;

    must_in(vm, gunyah_vm_add_irq(vm->handle, label, false, &bell));
    vm->bell = gunyah_linux_doorbell_fd(vm->node, gunyah_doorbell_capid(bell));
}

void vm_start(struct vm *vm, const struct cli *cli, const struct vm_request *request)
{
    vm->cli = cli;
    vm->bell = -1;
    vm->over = eventfd(0, EFD_CLOEXEC);
    make(vm, request);
    if (request->has_bell)
        add_bell(vm, request->bell);
    must_in(vm, gunyah_vm_init(vm->handle));
    must_in(vm, gunyah_vm_start(vm->handle));
    vm_run_vcpus(vm, request);
}
