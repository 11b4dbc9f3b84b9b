// SPDX-License-Identifier: BSD-3-Clause
#include "machine.h"

#include <stdio.h>

#define RAM UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x200000)
#define TREE UINT64_C(0x100000) // in it
#define TREE_SIZE UINT64_C(0x10000)
#define RING UINT64_C(0x9001000)
#define BELL 7

static bool read_tree(const char *path, uint8_t *to)
{
    FILE *file = fopen(path, "rb");
    const bool done = file != NULL && fread(to, 1, TREE_SIZE, file) != 0;

    if (file != NULL)
        fclose(file);
    if (!done)
        fprintf(stderr, "%s: cannot be read\n", path);
    return done;
}

static bool connect(struct machine *machine, const char *node)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info error;

    options.path = node;
    options.error = &error;
    session.error = &error;
    if (gunyah_linux_open(&options, &machine->node) == GUNYAH_OK) {
        session.backend = gunyah_linux_backend(machine->node);
        if (gunyah_open(&session, &machine->g) == GUNYAH_OK)
            return true;
    }
    fprintf(stderr, "%s: %s\n", error.call, error.text);
    return false;
}

static bool make(struct machine *machine, const char *tree)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    memory.address = RAM;
    memory.length = RAM_SIZE;
    if (gunyah_vm_create(gunyah_linux_vmm(machine->node, machine->g), gunyah_vmid(0), &machine->vm) ||
        gunyah_vm_add_memory(machine->vm, &memory, &image.memparcel) ||
        !read_tree(tree, (uint8_t *)memory.memory + TREE))
        return false;
    image.dtb_offset = TREE;
    image.dtb_size = TREE_SIZE;
    return gunyah_vm_configure(machine->vm, &image) == GUNYAH_OK;
}

static bool start(struct machine *machine)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;

    notify.address = RING;
    if (gunyah_vm_add_notify(machine->vm, &notify, &machine->rung) != GUNYAH_OK)
        return false;
    machine->rung_fd = gunyah_linux_doorbell_fd(machine->node, gunyah_doorbell_capid(machine->rung));
    return gunyah_vm_add_irq(machine->vm, BELL, false, &machine->bell) == GUNYAH_OK &&
           gunyah_vm_init(machine->vm) == GUNYAH_OK && gunyah_vm_start(machine->vm) == GUNYAH_OK &&
           gunyah_vcpu_open(machine->vm, NULL, &machine->vcpu) == GUNYAH_OK;
}

bool machine_open(struct machine *machine, const char *node, const char *tree)
{
    *machine = (struct machine){0};
    if (!connect(machine, node))
        return false;
    if (make(machine, tree) && start(machine))
        return true;
    fprintf(stderr, "%s: %s\n", gunyah_last_error(machine->g)->call, gunyah_last_error(machine->g)->text);
    return false;
}

bool machine_close(struct machine *machine)
{
    return gunyah_vcpu_close(&machine->vcpu) == GUNYAH_OK && gunyah_vm_destroy(&machine->vm, 0, NULL) == GUNYAH_OK &&
           gunyah_close(&machine->g) == GUNYAH_OK && gunyah_linux_close(&machine->node) == GUNYAH_OK;
}
