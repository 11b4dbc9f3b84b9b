// SPDX-License-Identifier: BSD-3-Clause
// RUN: exits, and what keeps one from being told.
#include "emulate.h"

#include <pthread.h>
#include <signal.h>

static uint64_t data_of(const struct guest *guest)
{
    uint64_t value;

    memcpy(&value, guest->page->mmio.data, sizeof(value));
    return value;
}

static void expect_mmio(const struct guest *guest, uint64_t address, uint32_t length, bool is_write)
{
    EXPECT(guest->page->exit_reason == EXIT_MMIO);
    EXPECT(guest->page->mmio.phys_addr == address);
    EXPECT(guest->page->mmio.len == length);
    EXPECT(guest->page->mmio.is_write == is_write);
}

static void answer(struct guest *guest, uint64_t value)
{
    memcpy(guest->page->mmio.data, &value, sizeof(value));
}

static int widths(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    for (uint32_t width = 1; width <= 8; width *= 2) {
        EXPECT(run(&guest) == 0);
        expect_mmio(&guest, 0x1000 + width, width, true);
        EXPECT((data_of(&guest) & (UINT64_MAX >> (64 - 8 * width))) ==
               (UINT64_C(0x1122334455667788) & (UINT64_MAX >> (64 - 8 * width))));
        EXPECT(run(&guest) == 0);
        expect_mmio(&guest, 0x2000 + width, width, false);
        answer(&guest, UINT64_C(0xaabbccddeeff0011)); // Only its low bytes count.
    }
    expect_end(&guest, 1);
    return 0;
}

Test(run, mmio)
{
    static const char script[] = "write 0x1001 1 0x1122334455667788\n"
                                 "read 0x2001 1 0x11\n"
                                 "write 0x1002 2 0x1122334455667788\n"
                                 "read 0x2002 2 0x0011\n"
                                 "write 0x1004 4 0x1122334455667788\n"
                                 "read 0x2004 4 0xeeff0011\n"
                                 "write 0x1008 8 0x1122334455667788\n"
                                 "read 0x2008 8 0xaabbccddeeff0011\n"
                                 "poweroff\n";

    for (size_t i = 0; i < FLAVOURS; i++)
        emulate(flavours[i], script, widths, NULL);
}

// A narrow write leaves what was there before it.
static int stale_bytes(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(run(&guest) == 0);
    EXPECT(data_of(&guest) == UINT64_C(0x1122334455667788));
    EXPECT(run(&guest) == 0);
    EXPECT(data_of(&guest) == UINT64_C(0x11223344556677ff));
    return 0;
}

Test(run, stale)
{
    emulate("a14", "write 0x1000 8 0x1122334455667788\nwrite 0x1000 1 0xff\n", stale_bytes, NULL);
}

static int use_memory(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    memcpy(guest.memory + 8, "\x01\x02\x03\x04", 4);
    expect_end(&guest, 1);
    EXPECT(memcmp(guest.memory + 16, "\x44\x33\x22\x11", 4) == 0);
    return 0;
}

Test(run, memory)
{
    for (size_t i = 0; i < FLAVOURS; i++)
        emulate(flavours[i], "read 0x80000008 4 0x04030201\nwrite 0x80000010 4 0x11223344\npoweroff\n", use_memory,
                NULL);
}

// What comes after VM_START is taken, and never seen by the VM.
static int late_memory(void *context)
{
    struct region region = {5, 7, UINT64_C(0xa0000000), PAGE, (uintptr_t)map_memory(PAGE)};
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(call(guest.vm, SET_MEM, &region) == 0);
    expect_end(&guest, 1);
    return 0;
}

Test(run, late_memory)
{
    emulate("a14", "abort-read 0xa0000000 4\nabort-write 0x50000000 4 1\npoweroff\n", late_memory, NULL);
}

static int faults(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    for (int i = 0; i < 3; i++) {
        EXPECT(run(&guest) == 0);
        EXPECT(guest.page->exit_reason == EXIT_PAGE_FAULT);
        EXPECT(guest.page->page_fault.phys_addr == UINT64_C(0xa0000000));
        EXPECT(guest.page->page_fault.attempt == -ENOENT);
        guest.page->page_fault.resume_action = i == 0 ? 3 : 2; // No such action; once more.
        if (i == 0)
            EXPECT(run(&guest) == EINVAL);
        guest.page->page_fault.resume_action = i == 2 ? 1 : 2; // At last, tell the guest.
    }
    expect_end(&guest, 1);
    return 0;
}

Test(run, page_faults)
{
    static const char *const with[] = {"a15", "a16", "u15", "u17"};

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
        emulate(with[i], "abort-write 0xa0000000 4 1\npoweroff\n", faults, NULL);
}

// Memory that was taken back and unmapped is asked for again, and found where the VMM maps it anew.
static int take_back(void *context)
{
    struct region region = {5, 7, UINT64_C(0xa0000000), PAGE, (uintptr_t)map_memory(PAGE)};
    struct range range = {region.guest_phys_addr, PAGE};
    char *memory = (char *)(uintptr_t)region.userspace_addr;
    struct guest guest;

    (void)context;
    prepare(&guest);
    EXPECT(call(guest.vm, LEND_MEM, &region) == 0);
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->exit_reason == EXIT_MMIO);
    EXPECT(memory[0] == 1);
    EXPECT(call(guest.vm, RECLAIM, &range) == 0);
    EXPECT(munmap(memory, PAGE) == 0);
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->exit_reason == EXIT_PAGE_FAULT);
    EXPECT(guest.page->page_fault.phys_addr == range.guest_phys_addr);
    EXPECT(guest.page->page_fault.attempt == -EFAULT);
    EXPECT(mmap(memory, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
           memory);
    memory[0] = 2;
    guest.page->page_fault.resume_action = 2;
    expect_end(&guest, 1);
    return 0;
}

Test(run, memory_that_is_taken_back)
{
    emulate("a16",
            "write 0xa0000000 1 1\n"
            "write 0x1000 4 0\n"
            "read 0xa0000000 1 2\n"
            "poweroff\n",
            take_back, NULL);
}

static int refuse_mmio(void *context)
{
    const bool *may_retry = context;
    struct guest guest;

    launch(&guest);
    EXPECT(run(&guest) == 0);
    guest.page->mmio.resume_action = 2;
    EXPECT(run(&guest) == (*may_retry ? 0 : EINVAL));
    guest.page->mmio.resume_action = 1;
    expect_end(&guest, 1);
    return 0;
}

Test(run, resume_actions)
{
    bool may_retry = true;

    emulate("u17", "abort-read 0x1000 4\npoweroff\n", refuse_mmio, &may_retry);
    may_retry = false;
    emulate("a15", "abort-read 0x1000 4\npoweroff\n", refuse_mmio, &may_retry);
    emulate("a16", "abort-read 0x1000 4\npoweroff\n", refuse_mmio, &may_retry);
}

// ---- ends --------------------------------------------------------------------------------------------------------

static int end_type(void *context)
{
    const uint16_t *type = context;
    struct guest guest;

    launch(&guest);
    expect_end(&guest, *type);
    EXPECT(guest.page->status.reason_size == (*type == 3 ? 16 : 4));
    // From here on RUN answers at once, and leaves the page alone.
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->exit_reason == 0);
    EXPECT(call(guest.vm, VM_START, NULL) == ENODEV);
    return 0;
}

Test(run, ends)
{
    static const struct {
        const char *script;
        uint16_t type;
    } ends[] = {{"exit 0", 0}, {"poweroff", 1}, {"reset", 2}, {"reset2 0", 3}, {"watchdog", 4}, {"crash", 5}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        uint16_t type = ends[i].type;
        emulate("a14", ends[i].script, end_type, &type);
    }
}

static int busy_at_end(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(run(&guest) == EBUSY);
    EXPECT(guest.page->exit_reason == 0);
    expect_end(&guest, 1);
    return 0;
}

Test(run, fails)
{
    emulate("a14", "fail EBUSY\npoweroff\n", busy_at_end, NULL);
}

static int removed(void *context)
{
    const uint32_t id = 0;
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(remove_fn(guest.vm, FN_VCPU, &id, sizeof(id)) == 0);
    EXPECT(guest.page->immediate_exit == 1);
    EXPECT(run(&guest) == ENODEV);
    return 0;
}

static int not_in_tree(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(call(add_vcpu(guest.vm, 2), VCPU_RUN, NULL) == ENODEV);
    EXPECT(call(add_vcpu(guest.vm, 1), MMAP_SIZE, NULL) == 0);
    return 0;
}

Test(run, no_vcpu)
{
    emulate("a14", NULL, removed, NULL);
    emulate("a14", NULL, not_in_tree, NULL);
}

// ---- signals -----------------------------------------------------------------------------------------------------

static int interrupted(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    interrupt_every(1000);
    EXPECT(run(&guest) == EINTR);
    EXPECT(guest.page->exit_reason == 0);
    return 0;
}

Test(run, signals)
{
    emulate("a14", "wait\n", interrupted, NULL);
}

static int immediate_exit(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    guest.page->immediate_exit = 1;
    for (int i = 0; i < 2; i++) {
        EXPECT(run(&guest) == EINTR);
        EXPECT(guest.page->immediate_exit == 1 && guest.page->exit_reason == 0);
    }
    guest.page->immediate_exit = 0;
    expect_end(&guest, 1);
    return 0;
}

Test(run, immediate_exit)
{
    emulate("a14", NULL, immediate_exit, NULL);
}

static int hidden_by_signal(void *context)
{
    const struct sigaction action = {.sa_handler = ignore};
    pid_t *self = context;
    struct guest guest;

    *self = getpid();
    sigaction(SIGUSR1, &action, NULL);
    launch(&guest);
    EXPECT(run(&guest) == EINTR);
    expect_mmio(&guest, 0x1000, 4, true);
    expect_end(&guest, 1);
    return 0;
}

// Signals the VMM just before its exit.
static void signal_and_write(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    const pid_t *vmm = context;
    const bool wrote = step->action == GUNYAH_EMU_WRITE;

    (void)vcpu;
    *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WRITE, .address = 0x1000, .width = 4, .value = 1};
    if (wrote)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = 1};
    else
        cr_assert_eq(kill(*vmm, SIGUSR1), 0);
}

// A signal that is pending when an exit is made wins over it: the exit is in the page.
Test(run, hidden_by_signal)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    pid_t *vmm = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert(vmm != MAP_FAILED);
    options.guest = signal_and_write;
    options.guest_context = vmm;
    emulate_with(&options, hidden_by_signal, vmm);
}

static int swallowed(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT(run(&guest) == EINTR);
    expect_mmio(&guest, 0x1000, 4, false);
    answer(&guest, 5);
    expect_end(&guest, 1);
    return 0;
}

Test(run, swallowed)
{
    emulate("a14", "swallow\nread 0x1000 4 5\npoweroff\n", swallowed, NULL);
}

#define STORM 500

// Signals all the time; a VMM that looks at the page after EINTR loses no access. Other ioctls may be interrupted here too, and
// have done nothing then.
static int storm(void *context)
{
    struct guest guest;
    uint32_t seen = 0;

    (void)context;
    launch(&guest);
    interrupt_every(100);
    do {
        const int error = run(&guest);
        EXPECT(error == 0 || error == EINTR);
        if (guest.page->exit_reason == EXIT_MMIO) {
            expect_mmio(&guest, 0x1000, 4, false);
            answer(&guest, seen++);
        }
    } while (guest.page->exit_reason != EXIT_STATUS);
    EXPECT(seen == STORM);
    return 0;
}

static void count_reads(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    uint64_t *next = context;

    cr_assert_eq(vcpu->vm, 0);
    cr_assert(step->action != GUNYAH_EMU_READ || step->value == *next - 1);
    *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_READ, .address = 0x1000, .width = 4};
    if ((*next)++ == STORM)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = 1};
}

Test(run, storm)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    uint64_t next = 0;

    options.guest = count_reads;
    options.guest_context = &next;
    emulate_with(&options, storm, NULL);
    cr_expect_eq(next, STORM + 1);
}

// ---- several vCPUs -----------------------------------------------------------------------------------------------

struct second {
    struct guest guest;
    int bell;
};

static void *run_second(void *context)
{
    struct second *second = context;
    struct guest *guest = &second->guest;

    guest->vcpu = add_vcpu(guest->vm, 1);
    guest->page = map_page(guest->vcpu);
    EXPECT(run(guest) == 0);
    expect_mmio(guest, 0x2000, 4, true);
    EXPECT(eventfd_write(second->bell, 1) == 0);
    expect_end(guest, 1); // The first one's end is its own too.
    return NULL;
}

static int two_vcpus(void *context)
{
    struct second second = {.bell = eventfd(0, 0)};
    const struct fn_irqfd irqfd = {(uint32_t)second.bell, 7, 0, 0};
    struct guest guest;
    pthread_t thread;

    (void)context;
    launch(&guest);
    EXPECT(add_fn(guest.vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
    second.guest = guest;
    EXPECT(pthread_create(&thread, NULL, run_second, &second) == 0);
    EXPECT(run(&guest) == 0);
    expect_mmio(&guest, 0x1000, 4, false); // The second has not said a word yet.
    expect_end(&guest, 1);
    pthread_join(thread, NULL);
    return 0;
}

Test(run, two_vcpus)
{
    static const char script[] = "read 0x1000 4\n"
                                 "on 1\n"
                                 "wait 7\n"
                                 "poweroff\n"
                                 "vcpu 1\n"
                                 "write 0x2000 4 1\n"
                                 "off\n";

    emulate("a14", script, two_vcpus, NULL);
}
