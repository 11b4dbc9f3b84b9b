// SPDX-License-Identifier: BSD-3-Clause
// Memory of VMs, by address and by file.
#include "mistakes.h"

#include <sys/resource.h>

static int share_pointer(void)
{
    return on_vm(SET_MEM, NOWHERE);
}

static int lend_pointer(void)
{
    return on_vm(LEND_MEM, NOWHERE);
}

static int share(uint32_t flags, uint64_t address, uint64_t size, void *memory)
{
    struct region region = {1, flags, address, size, (uintptr_t)memory};
    return on_vm(SET_MEM, &region);
}

static int share_fine(void)
{
    return share(7, BASE, PAGE, map_memory(PAGE));
}

static int share_flags(void)
{
    return share(8, BASE, PAGE, map_memory(PAGE));
}

static int share_nothing(void)
{
    return share(7, BASE, 0, map_memory(PAGE));
}

static int share_odd_size(void)
{
    return share(7, BASE, PAGE + 8, map_memory(2 * PAGE));
}

static int share_odd_address(void)
{
    return share(7, BASE + 8, PAGE, map_memory(PAGE));
}

static int share_odd_memory(void)
{
    return share(7, BASE, PAGE, map_memory(2 * PAGE) + 8);
}

static int share_wraps(void)
{
    return share(7, UINT64_MAX - PAGE + 1, 2 * PAGE, map_memory(2 * PAGE));
}

static int share_unmapped(void)
{
    char *memory = map_memory(PAGE);

    munmap(memory, PAGE);
    return share(7, BASE, PAGE, memory);
}

static int share_half_mapped(void)
{
    char *memory = map_memory(2 * PAGE);

    munmap(memory + PAGE, PAGE);
    return share(7, BASE, 2 * PAGE, memory);
}

static int share_protected(int protection, uint32_t flags)
{
    char *memory = map_memory(PAGE);

    EXPECT(mprotect(memory, PAGE, protection) == 0);
    return share(flags, BASE, PAGE, memory);
}

static int share_no_access(void)
{
    return share_protected(PROT_NONE, 1);
}

static int share_read_only(void)
{
    return share_protected(PROT_READ, 3);
}

static int share_read_only_to_read(void)
{
    return share_protected(PROT_READ, 1);
}

static int share_two(uint32_t second_label, uint64_t second_address)
{
    struct region one = {1, 7, BASE, 2 * PAGE, (uintptr_t)map_memory(2 * PAGE)};
    struct region two = {second_label, 7, second_address, PAGE, one.userspace_addr};
    const int vm = create_vm(open_node());

    return call(vm, SET_MEM, &one) != 0 ? call(vm, SET_MEM, &one) : call(vm, SET_MEM, &two);
}

static int share_label_twice(void)
{
    return share_two(1, BASE + 4 * PAGE);
}

static int share_overlap(void)
{
    return share_two(2, BASE + PAGE);
}

static int share_behind(void)
{
    return share_two(2, BASE + 2 * PAGE);
}

// A wrong flag counts before a label that is taken.
static int share_order(void)
{
    struct region region = {1, 7, BASE, PAGE, (uintptr_t)map_memory(PAGE)};
    const int vm = create_vm(open_node());

    EXPECT(call(vm, SET_MEM, &region) == 0);
    region.flags = 8;
    return call(vm, SET_MEM, &region);
}

// Who has no CAP_IPC_LOCK may pin as much as RLIMIT_MEMLOCK says, in all.
static int share_too_much(void)
{
    const struct rlimit limit = {4 * PAGE, 4 * PAGE};
    struct region region = {1, 7, BASE, 3 * PAGE, (uintptr_t)map_memory(3 * PAGE)};
    const int vm = create_vm(open_node());

    EXPECT(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
    EXPECT(getuid() != 0 || setuid(65534) == 0);
    EXPECT(call(vm, SET_MEM, &region) == 0);
    region.label = 2;
    region.guest_phys_addr += 4 * PAGE;
    return call(vm, SET_MEM, &region);
}

static int do_share(int fd, void *argument)
{
    return call(fd, SET_MEM, argument);
}

static int share_other_process(void)
{
    struct region region = {1, 7, BASE, PAGE, (uintptr_t)map_memory(PAGE)};
    return in_another_process(do_share, create_vm(open_node()), &region);
}

static int reclaim_pointer(void)
{
    return on_vm(RECLAIM, NOWHERE);
}

static int reclaim(uint64_t address, uint64_t size)
{
    struct range range = {address, size};
    return on_vm(RECLAIM, &range);
}

static int reclaim_odd_address(void)
{
    return reclaim(BASE + 8, PAGE);
}

static int reclaim_odd_size(void)
{
    return reclaim(BASE, PAGE + 8);
}

static int reclaim_nothing(void)
{
    return reclaim(BASE, PAGE);
}

static int do_reclaim(int fd, void *argument)
{
    return call(fd, RECLAIM, argument);
}

static int reclaim_other_process(void)
{
    struct range range = {BASE, PAGE};
    return in_another_process(do_reclaim, create_vm(open_node()), &range);
}

// Who asks counts before what is asked for.
static int reclaim_order(void)
{
    return in_another_process(do_reclaim, create_vm(open_node()), NOWHERE);
}

static int on_device(unsigned long command, void *argument)
{
    return call(open_node(), command, argument);
}

static int create_mem_pointer(void)
{
    return on_device(CREATE_MEM, NOWHERE);
}

static int create_mem_flags(void)
{
    struct create_mem create = {.flags = 4, .size = PAGE};
    return on_device(CREATE_MEM, &create);
}

static int create_mem_size(void)
{
    struct create_mem create = {.size = PAGE + 1};
    return on_device(CREATE_MEM, &create);
}

static int map_with(struct map_mem map, bool with_file)
{
    struct create_mem create = {.size = 4 * PAGE};
    const int device = open_node();

    if (with_file)
        map.guest_mem_fd = (uint32_t)ioctl(device, CREATE_MEM, &create);
    return call(create_vm(device), MAP_MEM, &map);
}

static int map_pointer(void)
{
    return on_vm(MAP_MEM, NOWHERE);
}

static int map_fine(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX, 0, 0, PAGE}, true);
}

static int map_flags(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX | 0x80, 0, 0, PAGE}, true);
}

static int map_access(void)
{
    return map_with((struct map_mem){BASE, 0x73, 0, 0, PAGE}, true);
}

static int map_no_rights(void)
{
    return map_with((struct map_mem){BASE, 1, 0, 0, PAGE}, true);
}

static int map_odd_offset(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX, 0, 8, PAGE}, true);
}

static int map_nothing(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX, 0, 0, 0}, true);
}

static int map_wraps(void)
{
    return map_with((struct map_mem){UINT64_MAX - PAGE + 1, LEND_RWX, 0, 0, 2 * PAGE}, true);
}

static int map_no_fd(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX, 1000, 0, PAGE}, false);
}

static int map_other_fd(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX, (uint32_t)open_node(), 0, PAGE}, false);
}

static int map_twice(uint32_t second_flags, uint64_t second_size)
{
    struct create_mem create = {.size = 4 * PAGE};
    struct map_mem map = {BASE, LEND_RWX, 0, 0, 2 * PAGE};
    const int device = open_node();
    const int vm = create_vm(device);
    int error;

    map.guest_mem_fd = (uint32_t)ioctl(device, CREATE_MEM, &create);
    error = call(vm, MAP_MEM, &map);
    map.flags = second_flags;
    map.size = second_size;
    return error != 0 ? error : call(vm, MAP_MEM, &map);
}

static int map_overlap(void)
{
    return map_twice(LEND_RWX, PAGE);
}

static int unmap_fine(void)
{
    return map_twice(LEND_RWX | UNMAP, 2 * PAGE);
}

static int unmap_part(void)
{
    return map_twice(LEND_RWX | UNMAP, PAGE);
}

static int unmap_other_flags(void)
{
    return map_twice(SHARE_RWX | UNMAP, 2 * PAGE);
}

static int unmap_nothing(void)
{
    return map_with((struct map_mem){BASE, LEND_RWX | UNMAP, 0, 0, PAGE}, true);
}

static const struct mistake mistakes[] = {
    {"CREATE_GUEST_MEM: pointer", create_mem_pointer, BY_FILE(EFAULT)},
    {"CREATE_GUEST_MEM: flags", create_mem_flags, BY_FILE(EINVAL)},
    {"CREATE_GUEST_MEM: size", create_mem_size, BY_FILE(EINVAL)},
    {"SET_USER_MEM_REGION: pointer", share_pointer, BY_ADDRESS(EFAULT)},
    {"LEND_USER_MEM: pointer", lend_pointer, ANDROID(EFAULT, ENOTTY, ENOTTY)},
    {"memory: fine", share_fine, BY_ADDRESS(0)},
    {"memory: flags", share_flags, BY_ADDRESS(EINVAL)},
    {"memory: no size", share_nothing, BY_ADDRESS(EINVAL)},
    {"memory: odd size", share_odd_size, BY_ADDRESS(EINVAL)},
    {"memory: odd guest address", share_odd_address, BY_ADDRESS(EINVAL)},
    {"memory: odd address", share_odd_memory, BY_ADDRESS(EINVAL)},
    {"memory: wraps", share_wraps, {0, EOVERFLOW, EOVERFLOW, EINVAL, EINVAL, ENOTTY, ENOTTY}},
    {"memory: not mapped", share_unmapped, WHEN_GIVEN(EFAULT)},
    {"memory: half mapped", share_half_mapped, WHEN_GIVEN(EFAULT)},
    {"memory: no access", share_no_access, WHEN_GIVEN(EFAULT)},
    {"memory: read only", share_read_only, WHEN_GIVEN(EFAULT)},
    {"memory: read only, to be read", share_read_only_to_read, BY_ADDRESS(0)},
    {"memory: label twice", share_label_twice, WHEN_GIVEN(EEXIST)},
    {"memory: overlap", share_overlap, BY_ADDRESS(EEXIST)},
    {"memory: one behind the other", share_behind, BY_ADDRESS(0)},
    {"memory: order of checks", share_order, {EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, -1, -1}},
    {"memory: RLIMIT_MEMLOCK", share_too_much, {ENOMEM, ENOMEM, ENOMEM, 0, 0, -1, -1}},
    {"memory: another process", share_other_process, {EPERM, -1, -1, EPERM, EPERM, ENOTTY, ENOTTY}},
    {"RECLAIM_REGION: pointer", reclaim_pointer, LATEST(EFAULT)},
    {"RECLAIM_REGION: odd address", reclaim_odd_address, LATEST(EINVAL)},
    {"RECLAIM_REGION: odd size", reclaim_odd_size, LATEST(EINVAL)},
    {"RECLAIM_REGION: nothing there", reclaim_nothing, LATEST(0)},
    {"RECLAIM_REGION: another process", reclaim_other_process, LATEST(EPERM)},
    {"RECLAIM_REGION: order of checks", reclaim_order, LATEST(EPERM)},
    {"MAP_MEM: pointer", map_pointer, BY_FILE(EFAULT)},
    {"MAP_MEM: fine", map_fine, BY_FILE(0)},
    {"MAP_MEM: flags", map_flags, BY_FILE(EINVAL)},
    {"MAP_MEM: access", map_access, BY_FILE(EINVAL)},
    {"MAP_MEM: no rights", map_no_rights, BY_FILE(EINVAL)},
    {"MAP_MEM: odd offset", map_odd_offset, BY_FILE(EINVAL)},
    {"MAP_MEM: no size", map_nothing, BY_FILE(EINVAL)},
    {"MAP_MEM: wraps", map_wraps, BY_FILE(EINVAL)},
    {"MAP_MEM: no file", map_no_fd, BY_FILE(EINVAL)},
    {"MAP_MEM: another file", map_other_fd, BY_FILE(EINVAL)},
    {"MAP_MEM: overlap", map_overlap, BY_FILE(EEXIST)},
    {"MAP_MEM: unmap", unmap_fine, BY_FILE(0)},
    {"MAP_MEM: unmap a part", unmap_part, BY_FILE(ENOENT)},
    {"MAP_MEM: unmap with other flags", unmap_other_flags, BY_FILE(ENOENT)},
    {"MAP_MEM: unmap nothing", unmap_nothing, BY_FILE(ENOENT)},
};

Test(mistakes, memory)
{
    check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}
