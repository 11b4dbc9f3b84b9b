// SPDX-License-Identifier: BSD-3-Clause
// Functions of VMs.
#include "mistakes.h"

static int add_on(int vm, uint32_t type, const void *arg, uint32_t size)
{
    return add_fn(vm, type, arg, size) < 0 ? errno : 0;
}

static int add(uint32_t type, const void *arg, uint32_t size)
{
    return add_on(create_vm(open_node()), type, arg, size);
}

static int add_pointer(void)
{
    return on_vm(ADD_FN, NOWHERE);
}

static int add_argument_pointer(void)
{
    return add(99, NOWHERE, 4);
}

static int add_unknown(void)
{
    const uint32_t id = 0;
    return add(99, &id, sizeof(id));
}

static int add_too_large(void)
{
    static const char large[300];
    return add(FN_VCPU, large, 257);
}

static int add_wrong_size(void)
{
    const uint64_t id = 0;
    return add(FN_VCPU, &id, sizeof(id));
}

static int add_vcpu_twice(void)
{
    const uint32_t id = 3;
    const int vm = create_vm(open_node());

    add_vcpu(vm, id);
    return add_on(vm, FN_VCPU, &id, sizeof(id));
}

// Closing a vCPU does not free its id.
static int add_vcpu_closed(void)
{
    const uint32_t id = 3;
    const int vm = create_vm(open_node());

    close(add_vcpu(vm, id));
    return add_on(vm, FN_VCPU, &id, sizeof(id));
}

static int add_vcpu_removed(void)
{
    const uint32_t id = 3;
    const int vm = create_vm(open_node());

    add_vcpu(vm, id);
    EXPECT(remove_fn(vm, FN_VCPU, &id, sizeof(id)) == 0);
    return add_on(vm, FN_VCPU, &id, sizeof(id));
}

static int add_irqfd(uint32_t flags, int fd)
{
    const struct fn_irqfd irqfd = {(uint32_t)fd, 7, flags, 0};
    return add(FN_IRQFD, &irqfd, sizeof(irqfd));
}

static int irqfd_fine(void)
{
    return add_irqfd(1, eventfd(0, 0));
}

static int irqfd_flags(void)
{
    return add_irqfd(2, eventfd(0, 0));
}

static int irqfd_no_fd(void)
{
    return add_irqfd(0, 1000);
}

static int irqfd_no_eventfd(void)
{
    return add_irqfd(0, 2);
}

static int add_two_irqfds(uint32_t second_label, bool same_eventfd)
{
    struct fn_irqfd irqfd = {(uint32_t)eventfd(0, 0), 7, 0, 0};
    const int vm = create_vm(open_node());

    EXPECT(add_on(vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
    irqfd.label = second_label;
    if (!same_eventfd)
        irqfd.fd = (uint32_t)eventfd(0, 0);
    return add_on(vm, FN_IRQFD, &irqfd, sizeof(irqfd));
}

static int irqfd_twice(void)
{
    return add_two_irqfds(7, true);
}

static int irqfd_label_twice(void)
{
    return add_two_irqfds(7, false);
}

static int irqfd_eventfd_twice(void)
{
    return add_two_irqfds(8, true);
}

static int add_ioeventfd(uint64_t address, uint32_t length, uint32_t flags, int fd)
{
    const struct fn_ioeventfd ioeventfd = {0, address, length, fd, flags, 0};
    return add(FN_IOEVENTFD, &ioeventfd, sizeof(ioeventfd));
}

static int ioeventfd_fine(void)
{
    return add_ioeventfd(0x1000, 0, 0, eventfd(0, 0));
}

// What a VMM that takes the bit's number for its value passes.
static int ioeventfd_flags(void)
{
    return add_ioeventfd(0x1000, 4, 2, eventfd(0, 0));
}

static int ioeventfd_length(void)
{
    return add_ioeventfd(0x1000, 3, 0, eventfd(0, 0));
}

static int ioeventfd_no_length(void)
{
    return add_ioeventfd(0x1000, 0, 1, eventfd(0, 0));
}

static int ioeventfd_no_fd(void)
{
    return add_ioeventfd(0x1000, 4, 0, 1000);
}

static int ioeventfd_no_eventfd(void)
{
    return add_ioeventfd(0x1000, 4, 0, 2);
}

static int ioeventfd_wraps(void)
{
    return add_ioeventfd(UINT64_MAX - 2, 8, 0, eventfd(0, 0));
}

static int add_two_ioeventfds(uint32_t first_flags, uint32_t second_flags, uint64_t second_match)
{
    struct fn_ioeventfd ioeventfd = {5, 0x1000, 4, eventfd(0, 0), first_flags, 0};
    const int vm = create_vm(open_node());

    EXPECT(add_on(vm, FN_IOEVENTFD, &ioeventfd, sizeof(ioeventfd)) == 0);
    ioeventfd.flags = second_flags;
    ioeventfd.datamatch = second_match;
    return add_on(vm, FN_IOEVENTFD, &ioeventfd, sizeof(ioeventfd));
}

static int ioeventfd_twice(void)
{
    return add_two_ioeventfds(0, 0, 5);
}

static int ioeventfd_plain_and_match(void)
{
    return add_two_ioeventfds(0, 1, 5);
}

static int ioeventfd_two_matches(void)
{
    return add_two_ioeventfds(1, 1, 6);
}

static int ioeventfd_match_twice(void)
{
    return add_two_ioeventfds(1, 1, 5);
}

static int remove_pointer(void)
{
    return on_vm(REMOVE_FN, NOWHERE);
}

static int remove_nothing(void)
{
    const uint32_t id = 0;
    return remove_fn(create_vm(open_node()), FN_VCPU, &id, sizeof(id));
}

static int remove_no_size(void)
{
    const uint32_t id = 0;
    const int vm = create_vm(open_node());

    add_vcpu(vm, id);
    EXPECT(remove_fn(vm, FN_VCPU, &id, 0) == 0);
    return add_on(vm, FN_VCPU, &id, sizeof(id)); // Nothing was done.
}

static int remove_wrong_size(void)
{
    const uint64_t id = 0;
    const int vm = create_vm(open_node());

    add_vcpu(vm, 0);
    return remove_fn(vm, FN_VCPU, &id, sizeof(id));
}

static int remove_irqfd(void)
{
    struct fn_irqfd irqfd = {(uint32_t)eventfd(0, 0), 7, 0, 0};
    const int vm = create_vm(open_node());

    EXPECT(add_on(vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
    EXPECT(remove_fn(vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
    return add_on(vm, FN_IRQFD, &irqfd, sizeof(irqfd));
}

static const struct mistake mistakes[] = {
    {"ADD_FUNCTION: pointer", add_pointer, ALL(EFAULT)},
    {"ADD_FUNCTION: pointer of the argument", add_argument_pointer, ALL(EFAULT)},
    {"ADD_FUNCTION: unknown", add_unknown, ALL(ENOENT)},
    {"ADD_FUNCTION: too large", add_too_large, ALL(EINVAL)},
    {"ADD_FUNCTION: wrong size", add_wrong_size, ALL(EINVAL)},
    {"vCPU: twice", add_vcpu_twice, ALL(EEXIST)},
    {"vCPU: closed and added", add_vcpu_closed, ALL(EEXIST)},
    {"vCPU: removed and added", add_vcpu_removed, ALL(0)},
    {"irqfd: fine", irqfd_fine, ALL(0)},
    {"irqfd: flags", irqfd_flags, ALL(EINVAL)},
    {"irqfd: no file", irqfd_no_fd, ALL(EBADF)},
    {"irqfd: no eventfd", irqfd_no_eventfd, ALL(EINVAL)},
    {"irqfd: twice", irqfd_twice, ALL(EEXIST)},
    {"irqfd: label twice", irqfd_label_twice, {EEXIST, 0, EEXIST, EEXIST, EEXIST, EEXIST, EEXIST}},
    {"irqfd: eventfd twice", irqfd_eventfd_twice, ALL(0)},
    {"ioeventfd: fine", ioeventfd_fine, ALL(0)},
    {"ioeventfd: flags", ioeventfd_flags, ALL(EINVAL)},
    {"ioeventfd: length", ioeventfd_length, ALL(EINVAL)},
    {"ioeventfd: no length", ioeventfd_no_length, ALL(EINVAL)},
    {"ioeventfd: no file", ioeventfd_no_fd, ALL(EBADF)},
    {"ioeventfd: no eventfd", ioeventfd_no_eventfd, ALL(EINVAL)},
    {"ioeventfd: wraps", ioeventfd_wraps, {0, EINVAL, EINVAL, 0, 0, 0, 0}},
    {"ioeventfd: twice", ioeventfd_twice, ALL(EEXIST)},
    {"ioeventfd: plain, and with a match", ioeventfd_plain_and_match, {EEXIST, 0, -1, -1, EEXIST, -1, -1}},
    {"ioeventfd: two matches", ioeventfd_two_matches, {0, 0, -1, -1, 0, 0, 0}},
    {"ioeventfd: a match twice", ioeventfd_match_twice, ALL(EEXIST)},
    {"REMOVE_FUNCTION: pointer", remove_pointer, ALL(EFAULT)},
    {"REMOVE_FUNCTION: nothing", remove_nothing, {ENOENT, 0, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT}},
    {"REMOVE_FUNCTION: no size", remove_no_size, {EEXIST, -1, -1, -1, -1, -1, -1}},
    {"REMOVE_FUNCTION: wrong size", remove_wrong_size, {ENOENT, -1, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT}},
    {"REMOVE_FUNCTION: irqfd", remove_irqfd, ALL(0)},
};

Test(mistakes, functions)
{
    check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}
