// SPDX-License-Identifier: BSD-3-Clause
// A VMM that knows nothing of libgunyah: it speaks to the kernel driver of android14-6.1 by itself. It runs on a device, and in the
// emulated node on any Linux machine. docs/emulated-node.md runs it.
//
//     stranger-vmm guest.dtb
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUEST_BASE 0x80000000
#define GUEST_SIZE 0x200000
#define DTB_OFFSET 0x100000
#define DTB_SIZE 0x10000
#define SERIAL 0x9000000
#define SERIAL_READY 0x60
#define DOORBELL_REGISTER 0x9001000
#define DOORBELL_LABEL 7

struct memory_region {
    uint32_t label;
    uint32_t flags;
    uint64_t guest_address;
    uint64_t size;
    uint64_t user_address;
};

struct dtb_config {
    uint64_t guest_address;
    uint64_t size;
};

struct function {
    uint32_t type;
    uint32_t size;
    uint64_t argument;
};

struct irqfd {
    uint32_t fd;
    uint32_t label;
    uint32_t flags;
    uint32_t padding;
};

struct ioeventfd {
    uint64_t datamatch;
    uint64_t address;
    uint32_t length;
    int32_t fd;
    uint32_t flags;
    uint32_t padding;
};

struct run_page {
    uint8_t immediate_exit;
    uint8_t padding[7];
    uint32_t reason;
    uint32_t padding2;
    union {
        struct {
            uint64_t address;
            uint8_t data[8];
            uint32_t length;
            uint8_t is_write;
        } mmio;
        struct {
            uint32_t status;
            uint16_t type;
        } status;
    };
};

enum { EXIT_MMIO = 1, EXIT_STATUS = 2 };
enum { VCPU = 1, IRQFD = 2, IOEVENTFD = 3 };

#define CREATE_VM _IO('G', 0x0)
#define SET_DTB_CONFIG _IOW('G', 0x2, struct dtb_config)
#define VM_START _IO('G', 0x3)
#define ADD_FUNCTION _IOW('G', 0x4, struct function)
#define VCPU_RUN _IO('G', 0x5)
#define VCPU_MMAP_SIZE _IO('G', 0x6)
#define LEND_MEMORY _IOW('A', 0x11, struct memory_region)

static int must(const char *what, int result)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", what, strerror(errno));
        exit(EXIT_FAILURE);
    }
    return result;
}

static void *must_map(size_t size, int flags, int fd)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

    must("mmap", memory == MAP_FAILED ? -1 : 0);
    return memory;
}

static void add_memory(int vm, const char *tree)
{
    struct memory_region region = {.label = 0, .flags = 7, .guest_address = GUEST_BASE, .size = GUEST_SIZE};
    struct dtb_config dtb = {GUEST_BASE + DTB_OFFSET, DTB_SIZE};
    char *memory = must_map(GUEST_SIZE, MAP_SHARED | MAP_ANONYMOUS, -1);
    int file = must(tree, open(tree, O_RDONLY));

    must(tree, (int)read(file, memory + DTB_OFFSET, DTB_SIZE));
    close(file);
    region.user_address = (uintptr_t)memory;
    must("LEND_USER_MEM", ioctl(vm, LEND_MEMORY, &region));
    must("SET_DTB_CONFIG", ioctl(vm, SET_DTB_CONFIG, &dtb));
}

static int add_function(int vm, uint32_t type, const void *argument, uint32_t size)
{
    struct function function = {type, size, (uintptr_t)argument};

    return must("ADD_FUNCTION", ioctl(vm, ADD_FUNCTION, &function));
}

static void handle_mmio(struct run_page *page)
{
    if (page->mmio.is_write && page->mmio.address == SERIAL)
        putchar(page->mmio.data[0]);
    if (!page->mmio.is_write)
        memset(page->mmio.data, SERIAL_READY, sizeof(page->mmio.data));
}

// Rings the guest when it asks for it, which is no exit of the vCPU.
struct bells {
    int asked;
    int bell;
};

static void *ring(void *context)
{
    const struct bells *bells = context;
    eventfd_t count;

    must("read", eventfd_read(bells->asked, &count));
    must("write", eventfd_write(bells->bell, 1));
    return NULL;
}

int main(int argc, char **argv)
{
    int device = must("/dev/gunyah", open("/dev/gunyah", O_RDWR | O_CLOEXEC));
    int vm = must("CREATE_VM", ioctl(device, CREATE_VM, 0));
    struct bells bells = {eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC)};
    struct irqfd irqfd = {.fd = (uint32_t)bells.bell, .label = DOORBELL_LABEL};
    struct ioeventfd ioeventfd = {.address = DOORBELL_REGISTER, .fd = bells.asked};
    pthread_t ringer;
    uint32_t index = 0;
    int vcpu;
    struct run_page *page;

    if (argc != 2)
        return EXIT_FAILURE;
    add_memory(vm, argv[1]);
    add_function(vm, IRQFD, &irqfd, sizeof(irqfd));
    add_function(vm, IOEVENTFD, &ioeventfd, sizeof(ioeventfd));
    vcpu = add_function(vm, VCPU, &index, sizeof(index));
    must("VM_START", ioctl(vm, VM_START));
    page = must_map((size_t)must("VCPU_MMAP_SIZE", ioctl(vcpu, VCPU_MMAP_SIZE)), MAP_SHARED, vcpu);
    must("pthread_create", -pthread_create(&ringer, NULL, ring, &bells));
    do {
        page->reason = 0;
        must("VCPU_RUN", ioctl(vcpu, VCPU_RUN));
        if (page->reason == EXIT_MMIO)
            handle_mmio(page);
    } while (page->reason != EXIT_STATUS);
    pthread_join(ringer, NULL);
    printf("the guest ended with type %u\n", page->status.type);
    return EXIT_SUCCESS;
}
