// SPDX-License-Identifier: BSD-3-Clause
// Eventfds that ring a VM's doorbells, and those that a VM's writes ring.
#include "emulate.h"

#include <pthread.h>

static void add_irqfd(int vm, int fd, uint32_t label)
{
    const struct fn_irqfd irqfd = {(uint32_t)fd, label, 0, 0};

    EXPECT(add_fn(vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
}

static void add_ioeventfd(int vm, int fd, const struct fn_ioeventfd *wanted)
{
    struct fn_ioeventfd ioeventfd = *wanted;

    ioeventfd.fd = fd;
    EXPECT(add_fn(vm, FN_IOEVENTFD, &ioeventfd, sizeof(ioeventfd)) == 0);
}

static eventfd_t count_of(int fd)
{
    eventfd_t count = 0;

    return eventfd_read(fd, &count) == 0 ? count : 0;
}

// The guest takes one interrupt for each ring that came while it waited; the driver leaves the count alone.
static int ring(void *context)
{
    const int bell = eventfd(0, EFD_NONBLOCK);
    struct guest guest;

    (void)context;
    prepare(&guest);
    add_irqfd(guest.vm, bell, 7);
    EXPECT(eventfd_write(bell, 1) == 0); // Too early: nobody hears it.
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        EXPECT(run(&guest) == 0 && guest.page->mmio.phys_addr == 0x1000);
        EXPECT(eventfd_write(bell, 1) == 0);
    }
    expect_end(&guest, 1);
    EXPECT(count_of(bell) == 3);
    return 0;
}

Test(bells, ring)
{
    for (size_t i = 0; i < FLAVOURS; i++)
        emulate(flavours[i], "write 0x1000 4 1\nwait 7\nwrite 0x1000 4 2\nwait 7\npoweroff\n", ring, NULL);
}

static int added_late(void *context)
{
    const int bell = eventfd(1, EFD_NONBLOCK);
    struct guest guest;

    (void)context;
    launch(&guest);
    add_irqfd(guest.vm, bell, 8); // With a count that does not ring.
    interrupt_every(1000);
    EXPECT(run(&guest) == EINTR);
    interrupt_every(0);
    EXPECT(eventfd_write(bell, 1) == 0);
    expect_end(&guest, 1);
    return 0;
}

Test(bells, added_late)
{
    emulate("a14", "wait 8\npoweroff\n", added_late, NULL);
}

struct ringer {
    int bell;
    pthread_t thread;
};

static void *ring_once(void *context)
{
    const struct ringer *ringer = context;

    EXPECT(eventfd_write(ringer->bell, 1) == 0);
    return NULL;
}

// RUN is inside of the guest's wait when another thread rings.
static int ring_in_run(void *context)
{
    struct ringer ringer = {.bell = eventfd(0, 0)};
    struct guest guest;

    (void)context;
    launch(&guest);
    add_irqfd(guest.vm, ringer.bell, 7);
    EXPECT(pthread_create(&ringer.thread, NULL, ring_once, &ringer) == 0);
    expect_end(&guest, 1);
    pthread_join(ringer.thread, NULL);
    return 0;
}

Test(bells, ring_in_run)
{
    emulate("a14", "wait 7\npoweroff\n", ring_in_run, NULL);
}

static int match(void *context)
{
    const int any = eventfd(0, EFD_NONBLOCK);
    const int five = eventfd(0, EFD_NONBLOCK);
    const int six = eventfd(0, EFD_NONBLOCK);
    struct guest guest;

    (void)context;
    launch(&guest);
    add_ioeventfd(guest.vm, any, &(struct fn_ioeventfd){.addr = 0x1000, .len = 4}); // The length does not count.
    add_ioeventfd(guest.vm, five, &(struct fn_ioeventfd){.datamatch = 5, .addr = 0x2000, .len = 4, .flags = 1});
    add_ioeventfd(guest.vm, six, &(struct fn_ioeventfd){.datamatch = 6, .addr = 0x2000, .len = 4, .flags = 1});
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->mmio.phys_addr == 0x1000 && !guest.page->mmio.is_write); // A read is an exit always.
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->mmio.phys_addr == 0x2000 && guest.page->mmio.len == 4); // Of another value.
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->mmio.phys_addr == 0x2000 && guest.page->mmio.len == 2); // Of another width.
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->mmio.phys_addr == 0x1004);
    expect_end(&guest, 1);
    EXPECT(count_of(any) == 3);
    EXPECT(count_of(five) == 1);
    EXPECT(count_of(six) == 2);
    return 0;
}

Test(bells, match)
{
    static const char script[] = "write 0x1000 4 7\n"
                                 "write 0x1000 1 7\n"
                                 "write 0x1000 8 7\n"
                                 "read 0x1000 4\n"
                                 "write 0x2000 4 5\n"
                                 "write 0x2000 4 6\n"
                                 "write 0x2000 4 6\n"
                                 "write 0x2000 4 7\n"
                                 "write 0x2000 2 5\n"
                                 "write 0x1004 4 7\n"
                                 "poweroff\n";

    emulate("a14", script, match, NULL);
    emulate("u17", script, match, NULL);
}

static int removed(void *context)
{
    const int fd = eventfd(0, EFD_NONBLOCK);
    const struct fn_ioeventfd wanted = {.addr = 0x1000, .len = 4};
    struct guest guest;

    (void)context;
    launch(&guest);
    add_ioeventfd(guest.vm, fd, &wanted);
    EXPECT(remove_fn(guest.vm, FN_IOEVENTFD, &wanted, sizeof(wanted)) == 0);
    EXPECT(run(&guest) == 0 && guest.page->mmio.phys_addr == 0x1000);
    EXPECT(count_of(fd) == 0);
    return 0;
}

Test(bells, removed)
{
    emulate("a14", "write 0x1000 4 1\n", removed, NULL);
}

// A full eventfd blocks nobody.
static int full(void *context)
{
    const int fd = eventfd(0, 0);
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(eventfd_write(fd, UINT64_MAX - 1) == 0);
    add_ioeventfd(guest.vm, fd, &(struct fn_ioeventfd){.addr = 0x1000});
    expect_end(&guest, 1);
    return 0;
}

Test(bells, full)
{
    emulate("a14", "write 0x1000 4 1\npoweroff\n", full, NULL);
}
