// SPDX-License-Identifier: BSD-3-Clause
// A VMM for signed firmware, which Qualcomm's driver starts: a vCPU, and a virtio console that the VM writes to. docs/linux.md
// explains it.
//
//     signed-vmm firmware [node]
#include <gunyah/gunyah.h>
#include <gunyah/linux_virtio.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHARED UINT64_C(0x90000000) // where the firmware has the memory that it shares
#define LABEL 1                     // of its console
#define ENTRIES 16
#define TRANSMIT 1 // queue
#define VIRTIO_1 (UINT64_C(1) << 32)

struct machine {
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *vm;
    struct gunyah_vcpu *vcpu;
    struct gunyah_linux_virtio *device;
    unsigned char *memory;
    size_t size;
    struct gunyah_linux_virtio_queue queue;
    uint16_t done; // buffers of it
    int kick;
    int irq;
    atomic_bool over;
};

static void must(const struct gunyah_error_info *info, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n%s\n", info->call, info->text, info->advice);
    exit(EXIT_FAILURE);
}

static void must_in(const struct machine *machine, enum gunyah_error error)
{
    must(gunyah_last_error(machine->g), error);
}

static void must_of(const struct machine *machine, enum gunyah_error error)
{
    must(gunyah_linux_virtio_last_error(machine->device), error);
}

static void come_back(int number)
{
    (void)number;
}

// ---- making the VM -----------------------------------------------------------------------------------------------

static void make(struct machine *machine, const char *firmware, const char *path)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info info;

    options.path = path;
    options.error = &info;
    session.error = &info;
    must(&info, gunyah_linux_open(&options, &machine->node));
    session.backend = gunyah_linux_backend(machine->node);
    must(&info, gunyah_open(&session, &machine->g));
    must_in(machine, gunyah_vm_create(gunyah_linux_vmm(machine->node, machine->g), gunyah_vmid(0), &machine->vm));
    must_in(machine, gunyah_vm_load_firmware(machine->vm, firmware));
    must_in(machine, gunyah_vm_init(machine->vm));
}

static void add_console(struct machine *machine, const char *firmware)
{
    // Magic value, version, and what it is; the rest of the registers is the hypervisor's.
    static const uint32_t registers[] = {0x74726976, 2, 3};
    struct gunyah_linux_virtio_options options = GUNYAH_LINUX_VIRTIO_OPTIONS_INIT;
    struct gunyah_error_info info;
    void *memory;

    options.firmware = firmware;
    options.label = LABEL;
    options.signal = SIGUSR1;
    options.error = &info;
    must(&info, gunyah_linux_virtio_open(machine->node, &options, &machine->device));
    must_of(machine, gunyah_linux_virtio_set_features(machine->device, VIRTIO_1));
    must_of(machine, gunyah_linux_virtio_set_queue_max(machine->device, TRANSMIT, ENTRIES));
    must_of(machine, gunyah_linux_virtio_set_config(machine->device, registers, sizeof(registers)));
    must_of(machine, gunyah_linux_virtio_map(machine->device, &memory, &machine->size));
    must_of(machine, gunyah_linux_virtio_get_kick(machine->device, TRANSMIT, &machine->kick));
    must_of(machine, gunyah_linux_virtio_get_irq(machine->device, &machine->irq));
    machine->memory = memory;
}

// ---- the console -------------------------------------------------------------------------------------------------

// The VM says where things are: what is not in the memory is not looked at.
static unsigned char *at(const struct machine *machine, uint64_t address, uint64_t length)
{
    const uint64_t offset = address - SHARED;

    return offset < machine->size && length <= machine->size - offset ? machine->memory + offset : NULL;
}

static uint16_t get16(const struct machine *machine, uint64_t address)
{
    const unsigned char *bytes = at(machine, address, sizeof(uint16_t));

    return bytes != NULL ? __atomic_load_n((const uint16_t *)(const void *)bytes, __ATOMIC_ACQUIRE) : 0;
}

static void set16(const struct machine *machine, uint64_t address, uint16_t value)
{
    unsigned char *bytes = at(machine, address, sizeof(uint16_t));

    if (bytes != NULL)
        __atomic_store_n((uint16_t *)(void *)bytes, value, __ATOMIC_RELEASE);
}

static void print(const struct machine *machine, uint16_t index)
{
    struct {
        uint64_t address;
        uint32_t length;
        uint16_t flags;
        uint16_t next;
    } descriptor;
    const unsigned char *bytes = at(machine, machine->queue.descriptors + 16 * (uint64_t)index, sizeof(descriptor));

    if (bytes == NULL)
        return;
    memcpy(&descriptor, bytes, sizeof(descriptor));
    bytes = at(machine, descriptor.address, descriptor.length);
    if (bytes != NULL)
        fwrite(bytes, 1, descriptor.length, stdout);
}

static void serve(struct machine *machine)
{
    static const uint64_t one = 1;
    const struct gunyah_linux_virtio_queue *queue = &machine->queue;

    while (queue->ready && machine->done != get16(machine, queue->driver + 2)) {
        const uint64_t place = machine->done % ENTRIES;
        const uint16_t index = get16(machine, queue->driver + 4 + 2 * place);
        print(machine, index);
        set16(machine, queue->device + 4 + 8 * place, index);
        set16(machine, queue->device + 2, ++machine->done);
    }
    if (write(machine->irq, &one, sizeof(one)) != sizeof(one))
        perror("interrupt");
}

static void *be_console(void *context)
{
    struct machine *machine = context;
    struct pollfd kick = {.fd = machine->kick, .events = POLLIN};
    uint64_t count;

    while (poll(&kick, 1, -1) >= 0 && !machine->over) {
        if (read(machine->kick, &count, sizeof(count)) == sizeof(count))
            serve(machine);
    }
    return NULL;
}

// ---- running it --------------------------------------------------------------------------------------------------

static void *be_vcpu(void *context)
{
    struct machine *machine = context;
    struct gunyah_vcpu_exit exit;

    do {
        must(gunyah_vcpu_last_error(machine->vcpu), gunyah_vcpu_run(machine->vcpu, &exit));
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    printf("the VM is over: %s\n", gunyah_vm_exit_text(&exit.cause));
    machine->over = true;
    gunyah_linux_virtio_cancel(machine->device);
    return NULL;
}

static void watch(struct machine *machine)
{
    uint32_t events;

    while (!machine->over) {
        must_of(machine, gunyah_linux_virtio_wait(machine->device, &events, NULL));
        if ((events & GUNYAH_LINUX_VIRTIO_DRIVER_OK) != 0) {
            must_of(machine, gunyah_linux_virtio_get_queue(machine->device, TRANSMIT, &machine->queue));
            must_of(machine, gunyah_linux_virtio_begin(machine->device));
        }
        if ((events & GUNYAH_LINUX_VIRTIO_RESET) != 0) {
            machine->done = 0;
            must_of(machine, gunyah_linux_virtio_end_reset(machine->device));
        }
    }
}

int main(int argc, char **argv)
{
    static const uint64_t one = 1;
    struct machine machine = {.queue = GUNYAH_LINUX_VIRTIO_QUEUE_INIT};
    const struct sigaction action = {.sa_handler = come_back};
    pthread_t vcpu;
    pthread_t console;

    if (argc < 2)
        return fprintf(stderr, "usage: signed-vmm firmware [node]\n"), 2;
    sigaction(SIGUSR1, &action, NULL);
    make(&machine, argv[1], argc > 2 ? argv[2] : NULL);
    add_console(&machine, argv[1]);
    must_in(&machine, gunyah_vm_start(machine.vm));
    must_in(&machine, gunyah_vcpu_open(machine.vm, NULL, &machine.vcpu));
    pthread_create(&console, NULL, be_console, &machine);
    pthread_create(&vcpu, NULL, be_vcpu, &machine);
    watch(&machine);
    pthread_join(vcpu, NULL);
    if (write(machine.kick, &one, sizeof(one)) != sizeof(one))
        perror("kick");
    pthread_join(console, NULL);
    gunyah_linux_virtio_close(&machine.device);
    gunyah_vcpu_close(&machine.vcpu);
    must_in(&machine, gunyah_vm_destroy(&machine.vm, 0, NULL));
    gunyah_close(&machine.g);
    gunyah_linux_close(&machine.node);
    return EXIT_SUCCESS;
}
