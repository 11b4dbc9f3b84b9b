// SPDX-License-Identifier: BSD-3-Clause
// The kernel's interface as its headers have it, written down once more; and what programs of the tests need. A program runs in the
// child of gunyah_emu_call(), where EXPECT() ends it.
#ifndef NODE_H
#define NODE_H

#include <gunyah/emu.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);                          \
            _exit(99);                                                                                                 \
        }                                                                                                              \
    } while (0)

struct region {
    uint32_t label;
    uint32_t flags;
    uint64_t guest_phys_addr;
    uint64_t memory_size;
    uint64_t userspace_addr;
};

struct range {
    uint64_t guest_phys_addr;
    uint64_t size;
};

struct fn_desc {
    uint32_t type;
    uint32_t arg_size;
    uint64_t arg;
};

struct fn_irqfd {
    uint32_t fd;
    uint32_t label;
    uint32_t flags;
    uint32_t padding;
};

struct fn_ioeventfd {
    uint64_t datamatch;
    uint64_t addr;
    uint32_t len;
    int32_t fd;
    uint32_t flags;
    uint32_t padding;
};

struct boot_context {
    uint32_t reg;
    uint32_t reserved;
    uint64_t value;
};

struct auth_desc {
    uint32_t type;
    uint32_t arg_size;
    uint64_t arg;
};

struct qtvm_arg {
    uint16_t vm_id;
    uint32_t pas_id;
    uint64_t guest_phys_addr;
    uint64_t size;
};

struct create_mem {
    uint64_t flags;
    uint64_t size;
    uint64_t reserved[6];
};

struct map_mem {
    uint64_t guest_addr;
    uint32_t flags;
    uint32_t guest_mem_fd;
    uint64_t offset;
    uint64_t size;
};

struct map_cma {
    uint32_t label;
    uint64_t guest_addr;
    uint32_t flags;
    uint32_t guest_mem_fd;
    uint64_t offset;
    uint64_t size;
};

struct run_page {
    uint8_t immediate_exit;
    uint8_t padding[7];
    uint32_t exit_reason;
    uint32_t hole;
    union {
        struct {
            uint64_t phys_addr;
            uint8_t data[8];
            uint32_t len;
            uint8_t is_write;
            uint8_t resume_action;
        } mmio;
        struct {
            uint32_t status;
            uint16_t type;
            uint16_t padding;
            uint32_t reason_size;
            uint8_t reason[8];
        } status;
        struct {
            uint64_t phys_addr;
            int32_t attempt;
            uint8_t resume_action;
        } page_fault;
    };
};

enum { CREATE_VM = 0x4700, VM_START = 0x4703, VCPU_RUN = 0x4705, MMAP_SIZE = 0x4706, TENTATIVE = 0x4110 };
enum { SET_MEM = 0x40204701, SET_DTB = 0x40104702, ADD_FN = 0x40104704, REMOVE_FN = 0x40104707 };
enum { CREATE_MEM = 0x40404708, MAP_MEM = 0x40204709, SET_CONTEXT = 0x4010470a };
enum { LEND_MEM = 0x40204111, SET_FW = 0x40104112, RECLAIM = 0x40104113 };
enum { CREATE_CMA = 0x4114, MAP_CMA = 0x40284115 };
enum { SET_AUTH = 0x40104116, CHECK_EXTENSION = 0x4117, ANDROID_PVM = 0, QCOM_TRUSTED_VM = 1 };
enum { FN_VCPU = 1, FN_IRQFD = 2, FN_IOEVENTFD = 3 };
enum { EXIT_MMIO = 1, EXIT_STATUS = 2, EXIT_PAGE_FAULT = 3 };
enum { SHARE_RWX = 0x72, LEND_RWX = 0x71, UNMAP = 0x100 };

#define PAGE 4096
#define AREA_NAME "oemvm_cma"
#define AREA_SIZE 0x80000
#define BASE UINT64_C(0x80000000)
#define IMAGE_SIZE UINT64_C(0x40000)
#define DTB_OFFSET UINT64_C(0x10000)
#define DTB_SIZE UINT64_C(0x4000)

// What a VM of a test is made of.
struct guest {
    int device;
    int vm;
    int vcpu;
    int memory_fd;
    char *memory;
    struct run_page *page;
};

// 0, or the errno.
static inline int call(int fd, unsigned long command, void *argument)
{
    return ioctl(fd, command, argument) < 0 ? errno : 0;
}

static inline int open_node(void)
{
    const int fd = open("/dev/gunyah", O_RDWR | O_CLOEXEC);

    EXPECT(fd >= 0);
    return fd;
}

static inline int create_vm(int device)
{
    const int fd = ioctl(device, CREATE_VM, 0);

    EXPECT(fd >= 0);
    return fd;
}

static inline int add_fn(int vm, uint32_t type, const void *arg, uint32_t size)
{
    struct fn_desc desc = {type, size, (uintptr_t)arg};

    return ioctl(vm, ADD_FN, &desc);
}

static inline int remove_fn(int vm, uint32_t type, const void *arg, uint32_t size)
{
    struct fn_desc desc = {type, size, (uintptr_t)arg};

    return call(vm, REMOVE_FN, &desc);
}

static inline struct run_page *map_page(int vcpu)
{
    struct run_page *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

    EXPECT(page != MAP_FAILED);
    return page;
}

static inline int add_vcpu(int vm, uint32_t id)
{
    const int fd = add_fn(vm, FN_VCPU, &id, sizeof(id));

    EXPECT(fd >= 0);
    return fd;
}

static inline void load_tree(char *memory)
{
    const int file = open(GUEST_TREE, O_RDONLY | O_CLOEXEC);

    EXPECT(file >= 0);
    EXPECT(read(file, memory + DTB_OFFSET, DTB_SIZE) > 0);
    close(file);
}

static inline char *map_memory(size_t size)
{
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    EXPECT(memory != MAP_FAILED);
    return memory;
}

// Gives the image to the VM, by whichever of the calls the flavour has.
static inline void give_image(struct guest *guest)
{
    struct create_mem create = {.size = IMAGE_SIZE};
    struct region region = {0, 7, BASE, IMAGE_SIZE, 0};
    struct map_mem map = {BASE, LEND_RWX, 0, 0, IMAGE_SIZE};

    guest->memory_fd = ioctl(guest->device, CREATE_MEM, &create);
    if (guest->memory_fd >= 0) {
        guest->memory = mmap(NULL, IMAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, guest->memory_fd, 0);
        EXPECT(guest->memory != MAP_FAILED);
        map.guest_mem_fd = (uint32_t)guest->memory_fd;
        EXPECT(call(guest->vm, MAP_MEM, &map) == 0);
        return;
    }
    guest->memory = map_memory(IMAGE_SIZE);
    region.userspace_addr = (uintptr_t)guest->memory;
    if (call(guest->vm, LEND_MEM, &region) != 0)
        EXPECT(errno == ENOTTY && call(guest->vm, SET_MEM, &region) == 0);
}

// All but VM_START.
static inline void prepare(struct guest *guest)
{
    struct range dtb = {BASE + DTB_OFFSET, DTB_SIZE};

    guest->device = open_node();
    guest->vm = create_vm(guest->device);
    give_image(guest);
    load_tree(guest->memory);
    EXPECT(call(guest->vm, SET_DTB, &dtb) == 0);
    guest->vcpu = add_vcpu(guest->vm, 0);
    guest->page = map_page(guest->vcpu);
}

static inline void launch(struct guest *guest)
{
    prepare(guest);
    EXPECT(call(guest->vm, VM_START, NULL) == 0);
}

// RUN as a careful VMM calls it.
static inline int run(struct guest *guest)
{
    guest->page->exit_reason = 0;
    return call(guest->vcpu, VCPU_RUN, NULL);
}

static inline void expect_end(struct guest *guest, uint16_t type)
{
    EXPECT(run(guest) == 0);
    EXPECT(guest->page->exit_reason == EXIT_STATUS);
    EXPECT(guest->page->status.status == 2);
    EXPECT(guest->page->status.type == type);
}

static inline void finish(struct guest *guest)
{
    munmap(guest->page, PAGE);
    munmap(guest->memory, IMAGE_SIZE);
    close(guest->vcpu);
    close(guest->vm);
    close(guest->device);
    if (guest->memory_fd >= 0)
        close(guest->memory_fd);
}

static inline void ignore(int signal)
{
    (void)signal;
}

// Without SA_RESTART. Again and again, since the first may come before what it is to interrupt; never, if 0.
static inline void interrupt_every(long microseconds)
{
    const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    const struct sigaction action = {.sa_handler = ignore};

    EXPECT(sigaction(SIGALRM, &action, NULL) == 0);
    EXPECT(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

#endif
