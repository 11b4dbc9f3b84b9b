// SPDX-License-Identifier: BSD-3-Clause
// A contiguous area of the kernel, and its memory.
#include "mistakes.h"

#include <sys/stat.h>

// The flavours without any have no such node.
#define AREA(error)                                                                                                    \
    {                                                                                                                  \
        ENOENT, ENOENT, ENOENT, ENOENT, error, ENOENT, ENOENT                                                          \
    }

static int open_area(void)
{
    return open("/dev/" AREA_NAME, O_RDWR | O_CLOEXEC);
}

// Where there is no area, the file that there is not.
static int create_area(void)
{
    return ioctl(open_area(), CREATE_CMA, 0);
}

static int on_area(unsigned long command)
{
    const int area = open_area();

    return area < 0 ? errno : call(area, command, NULL);
}

static int area_open(void)
{
    return open_area() < 0 ? errno : 0;
}

static int area_may_be_opened(void)
{
    return access("/dev/" AREA_NAME, R_OK | W_OK) != 0 ? errno : 0;
}

static int area_as_folder(void)
{
    return open("/dev/" AREA_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 ? errno : 0;
}

static int area_unknown(void)
{
    return on_area(0x477f);
}

static int area_create_vm(void)
{
    return on_area(CREATE_VM);
}

static int device_create(void)
{
    return call(open_node(), CREATE_CMA, NULL);
}

static int create_fine(void)
{
    return on_area(CREATE_CMA);
}

// What is left of the first one when the second one is asked for.
static int create_twice(bool closed, bool mapped)
{
    const int first = create_area();
    void *memory = MAP_FAILED;

    if (first < 0)
        return ENOENT;
    if (mapped)
        memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, first, 0);
    EXPECT(mapped == (memory != MAP_FAILED));
    if (closed)
        close(first);
    return on_area(CREATE_CMA);
}

static int create_while_open(void)
{
    return create_twice(false, false);
}

static int create_when_closed(void)
{
    return create_twice(true, false);
}

static int create_while_mapped(void)
{
    return create_twice(true, true);
}

// A VM has it, though the file is closed.
static int create_beside_vm(bool vm_is_closed)
{
    struct map_cma map = {.guest_addr = BASE, .flags = 7, .size = PAGE, .guest_mem_fd = (uint32_t)create_area()};
    const int vm = create_vm(open_node());

    if (call(vm, MAP_CMA, &map) != 0)
        return ENOENT;
    close((int)map.guest_mem_fd);
    if (vm_is_closed)
        close(vm);
    return on_area(CREATE_CMA);
}

static int create_while_a_vm_has_it(void)
{
    return create_beside_vm(false);
}

static int create_when_the_vm_is_gone(void)
{
    return create_beside_vm(true);
}

static int memory_unknown(void)
{
    const int memory = create_area();

    return memory < 0 ? ENOENT : call(memory, 0x477f, NULL);
}

static int memory_resized(void)
{
    const int memory = create_area();
    struct stat info;

    if (memory < 0)
        return ENOENT;
    EXPECT(fstat(memory, &info) == 0 && info.st_size == AREA_SIZE);
    return ftruncate(memory, AREA_SIZE + PAGE) == 0 && ftruncate(memory, PAGE) == 0 ? 0 : EINVAL;
}

static int map_and_map(size_t size, size_t second_size)
{
    const int memory = create_area();
    void *mapped;

    if (memory < 0)
        return ENOENT;
    mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (mapped == MAP_FAILED || second_size == 0)
        return mapped == MAP_FAILED ? errno : 0;
    munmap(mapped, size);
    return mmap(NULL, second_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0) == MAP_FAILED ? errno : 0;
}

static int map_all(void)
{
    return map_and_map(AREA_SIZE, 0);
}

static int map_more(void)
{
    return map_and_map(AREA_SIZE + PAGE, 0);
}

static int map_again(void)
{
    return map_and_map(PAGE, PAGE);
}

static int read_memory(bool mapped, bool by_offset)
{
    const int memory = create_area();
    char byte = 1;

    if (memory < 0)
        return ENOENT;
    EXPECT(!mapped || mmap(NULL, PAGE, PROT_READ, MAP_SHARED, memory, 0) != MAP_FAILED);
    if ((by_offset ? pread(memory, &byte, 1, 8) : read(memory, &byte, 1)) < 0)
        return errno;
    EXPECT(byte == 0);
    return 0;
}

static int read_unmapped(void)
{
    return read_memory(false, false);
}

static int pread_unmapped(void)
{
    return read_memory(false, true);
}

static int read_mapped(void)
{
    return read_memory(true, false);
}

static int map_pointer(void)
{
    return on_vm(MAP_CMA, NOWHERE);
}

static int map_with(struct map_cma map)
{
    if (map.guest_mem_fd == 0)
        map.guest_mem_fd = (uint32_t)create_area();
    return on_vm(MAP_CMA, &map);
}

static int map_fine(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 0x17, .size = AREA_SIZE});
}

// Nobody looks at them.
static int map_flags(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = UINT32_MAX, .size = PAGE});
}

static int map_nothing(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7});
}

static int map_odd_size(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = PAGE + 8});
}

static int map_odd_address(void)
{
    return map_with((struct map_cma){.guest_addr = BASE + 8, .flags = 7, .size = PAGE});
}

static int map_odd_offset(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = PAGE, .offset = 8});
}

static int map_no_file(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = PAGE, .guest_mem_fd = 1000});
}

// The shape counts before the file.
static int map_order(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = 8, .guest_mem_fd = 1000});
}

static int map_other_file(void)
{
    const uint32_t file = (uint32_t)eventfd(0, 0);
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = PAGE, .guest_mem_fd = file});
}

static int map_device(void)
{
    const int area = open_area();
    const uint32_t file = area >= 0 ? (uint32_t)area : 1000;
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = PAGE, .guest_mem_fd = file});
}

static int map_too_large(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = AREA_SIZE + PAGE});
}

static int map_too_far(void)
{
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = 2 * PAGE, .offset = AREA_SIZE - PAGE});
}

static int map_offset_wraps(void)
{
    const uint64_t offset = UINT64_MAX - PAGE + 1;
    return map_with((struct map_cma){.guest_addr = BASE, .flags = 7, .size = 2 * PAGE, .offset = offset});
}

static int map_wraps(void)
{
    return map_with((struct map_cma){.guest_addr = UINT64_MAX - PAGE + 1, .flags = 7, .size = 2 * PAGE});
}

static int map_second(uint64_t address, bool by_address)
{
    struct map_cma map = {.guest_addr = BASE, .flags = 7, .size = 2 * PAGE, .guest_mem_fd = (uint32_t)create_area()};
    struct region region = {0, 7, address, PAGE, (uintptr_t)map_memory(PAGE)};
    const int vm = create_vm(open_node());
    const int error = call(vm, MAP_CMA, &map);

    map.guest_addr = address;
    if (error != 0)
        return error;
    return by_address ? call(vm, SET_MEM, &region) : call(vm, MAP_CMA, &map);
}

static int map_overlap(void)
{
    return map_second(BASE + PAGE, false);
}

static int map_under_memory(void)
{
    return map_second(BASE + PAGE, true);
}

static int map_twice(void)
{
    return map_second(BASE + 2 * PAGE, false);
}

static int do_map(int fd, void *argument)
{
    return call(fd, MAP_CMA, argument);
}

// Who asks counts before what is asked for.
static int map_other_process(void)
{
    return in_another_process(do_map, create_vm(open_node()), NOWHERE);
}

static const struct mistake mistakes[] = {
    {"area: open", area_open, AREA(0)},
    {"area: access", area_may_be_opened, AREA(0)},
    {"area: as a folder", area_as_folder, AREA(ENOTDIR)},
    {"area: unknown", area_unknown, AREA(ENOTTY)},
    {"area: an ioctl of the device", area_create_vm, AREA(ENOTTY)},
    {"CREATE_CMA_MEM_FD: on the device", device_create, ALL(ENOTTY)},
    {"CREATE_CMA_MEM_FD: fine", create_fine, AREA(0)},
    {"CREATE_CMA_MEM_FD: while one is open", create_while_open, AREA(EBUSY)},
    {"CREATE_CMA_MEM_FD: when it is closed", create_when_closed, AREA(0)},
    {"CREATE_CMA_MEM_FD: while it is mapped", create_while_mapped, AREA(EBUSY)},
    {"CREATE_CMA_MEM_FD: while a VM has it", create_while_a_vm_has_it, AREA(EBUSY)},
    {"CREATE_CMA_MEM_FD: when the VM is gone", create_when_the_vm_is_gone, AREA(0)},
    {"memory: unknown ioctl", memory_unknown, AREA(ENOTTY)},
    {"memory: another size", memory_resized, AREA(EINVAL)},
    {"memory: mapped", map_all, AREA(0)},
    {"memory: too much mapped", map_more, AREA(EINVAL)},
    {"memory: mapped again", map_again, AREA(EINVAL)},
    {"memory: read, not mapped", read_unmapped, AREA(EINVAL)},
    {"memory: read at an offset, not mapped", pread_unmapped, AREA(EINVAL)},
    {"memory: read", read_mapped, AREA(0)},
    {"MAP_CMA_MEM: pointer", map_pointer, LATEST(EFAULT)},
    {"MAP_CMA_MEM: fine", map_fine, LATEST(0)},
    {"MAP_CMA_MEM: flags", map_flags, LATEST(0)},
    {"MAP_CMA_MEM: no size", map_nothing, LATEST(EINVAL)},
    {"MAP_CMA_MEM: odd size", map_odd_size, LATEST(EINVAL)},
    {"MAP_CMA_MEM: odd address", map_odd_address, LATEST(EINVAL)},
    {"MAP_CMA_MEM: odd offset", map_odd_offset, LATEST(0)},
    {"MAP_CMA_MEM: no file", map_no_file, LATEST(EBADF)},
    {"MAP_CMA_MEM: order of checks", map_order, LATEST(EINVAL)},
    {"MAP_CMA_MEM: another file", map_other_file, LATEST(EINVAL)},
    {"MAP_CMA_MEM: the area itself", map_device, LATEST(EINVAL)},
    {"MAP_CMA_MEM: too large", map_too_large, LATEST(EOVERFLOW)},
    {"MAP_CMA_MEM: too far", map_too_far, LATEST(EOVERFLOW)},
    {"MAP_CMA_MEM: offset wraps", map_offset_wraps, LATEST(EOVERFLOW)},
    {"MAP_CMA_MEM: wraps", map_wraps, LATEST(EINVAL)},
    {"MAP_CMA_MEM: overlap", map_overlap, LATEST(EEXIST)},
    {"MAP_CMA_MEM: under memory by address", map_under_memory, LATEST(EEXIST)},
    {"MAP_CMA_MEM: one behind the other", map_twice, LATEST(0)},
    {"MAP_CMA_MEM: another process", map_other_process, LATEST(EPERM)},
};

Test(mistakes, areas)
{
    check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}
