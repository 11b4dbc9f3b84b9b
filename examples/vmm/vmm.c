// SPDX-License-Identifier: BSD-3-Clause
// A VMM for Linux and Android, with whichever driver is there: memory, a device tree, one vCPU in a thread of its own, a serial
// port, an interrupt, and a register that the guest rings by. docs/linux.md explains it.
//
//     vmm guest.dtb [kernel]
#include <gunyah/gunyah.h>
#include <gunyah/linux.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define RAM UINT64_C(0x80000000)
#define TREE_SIZE UINT64_C(0x10000) // with room for what the Resource Manager adds
#define MAX_KERNEL (64 << 20)
#define SERIAL UINT64_C(0x9000000)
#define SERIAL_SIZE 8
#define SERIAL_LINE_STATUS 5
#define SERIAL_READY 0x60
#define RING UINT64_C(0x9001000)
#define BELL 7 // label in the tree

struct machine {
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *vm;
    struct gunyah_vcpu *vcpu;
    struct gunyah_mmio_bus bus;
    struct gunyah_mmio_region devices[1];
};

static void must(const struct gunyah_error_info *info, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    if (info != NULL)
        fprintf(stderr, "%s: %s\n%s\n", info->call, info->text, info->advice);
    else
        fprintf(stderr, "%s\n", gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

// Ends the program when something failed, and says what to do about it.
static void must_in(const struct machine *machine, enum gunyah_error error)
{
    must(gunyah_last_error(machine->g), error);
}

// ---- making the VM -----------------------------------------------------------------------------------------------

static void connect(struct machine *machine)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info info;

    options.error = &info;
    session.error = &info;
    must(&info, gunyah_linux_open(&options, &machine->node));
    session.backend = gunyah_linux_backend(machine->node);
    must(&info, gunyah_open(&session, &machine->g));
}

static size_t read_file(const char *path, uint8_t *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    const size_t got = file != NULL ? fread(to, 1, size, file) : 0;

    if (got == 0 || got == size) {
        fprintf(stderr, "%s: %s\n", path, got == 0 ? "cannot be read" : "is too large");
        exit(EXIT_FAILURE);
    }
    fclose(file);
    return got;
}

// Where kernel and device tree go, and how much memory the guest has: at least four times what its kernel needs.
static struct gunyah_boot_layout place(const struct machine *machine, const struct gunyah_boot_kernel *kernel,
                                       uint64_t *ram_size)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_boot_request request = GUNYAH_BOOT_REQUEST_INIT;
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    must(NULL, gunyah_linux_get_info(machine->node, &info));
    *ram_size = (4 * kernel->memory_size / GUNYAH_BOOT_ALIGNMENT + 2) * GUNYAH_BOOT_ALIGNMENT;
    request.memory = (struct gunyah_memory_region){RAM, *ram_size};
    request.dtb_size = TREE_SIZE;
    request.first_byte_is_entry = (info.capabilities & GUNYAH_LINUX_BOOT_REGISTERS) == 0;
    must(NULL, gunyah_boot_place(kernel, &request, &layout));
    return layout;
}

static void make_vm(struct machine *machine, const char *tree, const uint8_t *file, size_t size)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    must(NULL, gunyah_boot_inspect(file, size, NULL, &kernel));
    const struct gunyah_boot_layout layout = place(machine, &kernel, &memory.length);
    must_in(machine, gunyah_vm_create(gunyah_linux_vmm(machine->node, machine->g), gunyah_vmid(0), &machine->vm));
    memory.address = RAM;
    must_in(machine, gunyah_vm_add_memory(machine->vm, &memory, &image.memparcel));

    uint8_t *ram = memory.memory;
    must(NULL, gunyah_boot_load(&kernel, file, size, NULL, ram + (layout.kernel - RAM), layout.dtb - layout.kernel));
    read_file(tree, ram + (layout.dtb - RAM), TREE_SIZE);
    image.image_offset = layout.entry - RAM;
    image.dtb_offset = layout.dtb - RAM;
    image.dtb_size = TREE_SIZE;
    must_in(machine, gunyah_vm_configure(machine->vm, &image));
}

static void start(struct machine *machine, struct gunyah_doorbell **bell, struct gunyah_doorbell **rung)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;

    notify.address = RING;
    must_in(machine, gunyah_vm_add_notify(machine->vm, &notify, rung));
    must_in(machine, gunyah_vm_add_irq(machine->vm, BELL, false, bell));
    must_in(machine, gunyah_vm_init(machine->vm));
    must_in(machine, gunyah_vm_start(machine->vm));
    must_in(machine, gunyah_vcpu_open(machine->vm, NULL, &machine->vcpu));
}

// ---- being the vCPU ----------------------------------------------------------------------------------------------

static enum gunyah_error serial(void *context, struct gunyah_mmio_access *access)
{
    (void)context;
    if (access->is_write && access->offset == 0)
        putchar((int)access->value);
    if (!access->is_write)
        access->value = access->offset == SERIAL_LINE_STATUS ? SERIAL_READY : 0;
    return GUNYAH_OK;
}

static void *run(void *context)
{
    struct machine *machine = context;
    struct gunyah_vcpu_exit exit;

    do {
        must(gunyah_vcpu_last_error(machine->vcpu), gunyah_vcpu_run(machine->vcpu, &exit));
        // Where no device is, writes are lost, and what is read is 0.
        if (exit.kind == GUNYAH_VCPU_EXIT_MMIO)
            gunyah_mmio_bus_access(&machine->bus, exit.address, exit.data, exit.length, exit.is_write);
        if (exit.kind == GUNYAH_VCPU_EXIT_PAGE_FAULT)
            gunyah_vcpu_resume(machine->vcpu, GUNYAH_VCPU_ACTION_FAULT);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

int main(int argc, char **argv)
{
    static uint8_t kernel[MAX_KERNEL];
    size_t kernel_size = 4;
    const struct gunyah_mmio_region port = {SERIAL, SERIAL_SIZE, serial, NULL};
    struct machine machine = {0};
    struct gunyah_doorbell *bell;
    struct gunyah_doorbell *rung;
    struct gunyah_vm_exit why;
    pthread_t thread;

    if (argc != 2 && argc != 3) {
        fputs("usage: vmm guest.dtb [kernel]\n", stderr);
        return EXIT_FAILURE;
    }
    kernel[3] = 0x14; // without a file, one instruction, "b ."
    if (argc == 3)
        kernel_size = read_file(argv[2], kernel, sizeof(kernel));
    must(NULL, gunyah_mmio_bus_init(&machine.bus, machine.devices, 1));
    must(NULL, gunyah_mmio_bus_add(&machine.bus, &port));
    connect(&machine);
    make_vm(&machine, argv[1], kernel, kernel_size);
    start(&machine, &bell, &rung);
    if (pthread_create(&thread, NULL, run, &machine) != 0)
        return EXIT_FAILURE;

    // The guest rings, and is rung.
    must_in(&machine, gunyah_doorbell_wait(rung, 1, GUNYAH_WAIT_FOREVER, NULL));
    must_in(&machine, gunyah_doorbell_send(bell, 1, NULL));
    must_in(&machine, gunyah_vm_exit_info(machine.vm, GUNYAH_WAIT_FOREVER, &why));
    pthread_join(thread, NULL);
    printf("the VM is over: %s\n", gunyah_vm_exit_text(&why));
    must_in(&machine, gunyah_vcpu_close(&machine.vcpu));
    must_in(&machine, gunyah_vm_destroy(&machine.vm, GUNYAH_WAIT_FOREVER, NULL));
    must(NULL, gunyah_close(&machine.g));
    must(NULL, gunyah_linux_close(&machine.node));
    return EXIT_SUCCESS;
}
