// SPDX-License-Identifier: BSD-3-Clause
// VMs of signed firmware: how they start, how they end, and what RUN says of it.
#include "emulate.h"
#include "signed.h"

#include <pthread.h>

static const struct gunyah_emu_firmware firmware[] = {{"trustedvm", 1, 1, 0}, {"oemvm", 2, 0, 0}, {"hypvm", 0, 2, 0}};

static struct gunyah_emu_result emulate_signed(const char *flavour, const char *script, int (*program)(void *),
                                               void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.flavour = flavour;
    options.script = script;
    options.firmware = firmware;
    options.firmware_count = sizeof(firmware) / sizeof(firmware[0]);
    return emulate_with(&options, program, context);
}

static bool tells_always(const char *flavour)
{
    return strcmp(flavour, "q1-6.1") == 0;
}

// ---- ends --------------------------------------------------------------------------------------------------------

struct end {
    const char *name;
    int reason;
};

static int ends(void *context)
{
    const struct end *end = context;
    const int vm = load(end->name);
    const int vcpu = add_signed_vcpu(vm, 0);

    EXPECT(ioctl(vcpu, Q_RUN) == end->reason);
    // Nobody is told a second time.
    EXPECT(call(vcpu, Q_RUN, NULL) == EINVAL);
    EXPECT(call(vm, Q_VCPU_COUNT, NULL) == EAGAIN);
    return 0;
}

// The reason is that of the Resource Manager's notification, if the driver has waited for it.
Test(signed_vm, ends)
{
    static const struct {
        const char *script;
        int reason;
    } rows[] = {
        {NULL, 1},
        {"exit 7\n", 0},
        {"watchdog\n", 4},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < SIGNED_FLAVOURS; j++) {
            struct end proxy = {"trustedvm", tells_always(signed_flavours[j]) ? rows[i].reason : 0};
            struct end by_hypervisor = {"hypvm", rows[i].reason};
            cr_expect_eq(emulate_signed(signed_flavours[j], rows[i].script, ends, &proxy).vms, 1);
            cr_expect_eq(emulate_signed(signed_flavours[j], rows[i].script, ends, &by_hypervisor).vms, 1);
        }
    }
}

// ---- vCPUs -------------------------------------------------------------------------------------------------------

static void *run_in_thread(void *context)
{
    const int *vcpu = context;

    return (void *)(intptr_t)ioctl(*vcpu, Q_RUN);
}

static int two_vcpus(void *context)
{
    const int vm = load("oemvm");
    const int *reason = context;
    pthread_t thread;
    void *second_reason;
    int first;
    int second;

    EXPECT(ioctl(vm, Q_VCPU_COUNT) == 2);
    first = add_signed_vcpu(vm, 0);
    second = add_signed_vcpu(vm, 1);
    EXPECT(pthread_create(&thread, NULL, run_in_thread, &second) == 0);
    EXPECT(ioctl(first, Q_RUN) == *reason);
    EXPECT(pthread_join(thread, &second_reason) == 0);
    EXPECT((intptr_t)second_reason == *reason);
    return 0;
}

// The second one waits until the first one switches it on, and ends the VM for both.
Test(signed_vm, vcpus)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++) {
        int reason = tells_always(signed_flavours[i]) ? 2 : 0;
        emulate_signed(signed_flavours[i], "on 1\nwait\nvcpu 1\nprint second\nreset\n", two_vcpus, &reason);
    }
}

// ---- signals and ends of the VMM ---------------------------------------------------------------------------------

static int interrupted(void *context)
{
    const char *name = context;
    const int vcpu = add_signed_vcpu(load(name), 0);

    for (int i = 0; i < 3; i++) {
        interrupt_every(2000);
        EXPECT(call(vcpu, Q_RUN, NULL) == EINTR);
        interrupt_every(0);
    }
    return 0;
}

// The VM goes on, and RUN waits for it again.
Test(signed_vm, signals)
{
    char proxy[] = "trustedvm";
    char by_hypervisor[] = "hypvm";

    for (size_t i = 0; i < SIGNED_FLAVOURS; i++)
        cr_expect_eq(emulate_signed(signed_flavours[i], "wait\n", interrupted, proxy).vms, 1);
    // The first driver waits for the end alone.
    for (size_t i = 1; i < SIGNED_FLAVOURS; i++)
        cr_expect_eq(emulate_signed(signed_flavours[i], "wait\n", interrupted, by_hypervisor).vms, 1);
}

// Another process sends a signal as soon as the VM runs, and lets it go on then.
static int deaf(void *context)
{
    const struct sigaction action = {.sa_handler = ignore};
    const int vm = load("hypvm");
    const int vcpu = add_signed_vcpu(vm, 0);
    struct virtio_irqfd irqfd = {1, 1, eventfd(0, 0), 0};
    const volatile uint32_t *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, vm, 0);
    const uint64_t ring = 1;

    (void)context;
    EXPECT(shared != MAP_FAILED);
    EXPECT(call(vm, Q_IRQFD, &irqfd) == 0);
    EXPECT(sigaction(SIGALRM, &action, NULL) == 0);
    if (fork() == 0) {
        while (*shared == 0)
            ;
        EXPECT(kill(getppid(), SIGALRM) == 0);
        EXPECT(write(irqfd.fd, &ring, sizeof(ring)) == sizeof(ring));
        _exit(0);
    }
    EXPECT(ioctl(vcpu, Q_RUN) == 2);
    return 0;
}

// What the VM does last takes longer than it takes to look for a signal.
Test(signed_vm, no_signals)
{
    emulate_signed("q1", "write 0x90000000 4 1\nwait 1\nrepeat 100000\nwrite 0x90000004 4 1\nend\nreset\n", deaf, NULL);
}

static int hidden(void *context)
{
    const int vcpu = add_signed_vcpu(load("trustedvm"), 0);

    (void)context;
    EXPECT(call(vcpu, Q_RUN, NULL) == EINTR);
    EXPECT(call(vcpu, Q_RUN, NULL) == EINVAL);
    return 0;
}

// A signal that comes together with the end hides it, for ever.
Test(signed_vm, end_behind_a_signal)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++)
        emulate_signed(signed_flavours[i], "swallow\npoweroff\n", hidden, NULL);
}

static int fails(void *context)
{
    const int vcpu = add_signed_vcpu(load("trustedvm"), 0);

    (void)context;
    EXPECT(call(vcpu, Q_RUN, NULL) == EIO);
    EXPECT(ioctl(vcpu, Q_RUN) >= 0);
    return 0;
}

Test(signed_vm, failures)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++)
        emulate_signed(signed_flavours[i], "fail EIO\npoweroff\n", fails, NULL);
}

static int is_killed(void *context)
{
    const char *name = context;
    int channel[2];
    pid_t child;
    char byte;

    EXPECT(pipe(channel) == 0);
    child = fork();
    if (child == 0) {
        const int vcpu = add_signed_vcpu(load(name), 0);
        EXPECT(write(channel[1], "x", 1) == 1);
        ioctl(vcpu, Q_RUN);
        _exit(1);
    }
    EXPECT(read(channel[0], &byte, 1) == 1);
    EXPECT(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
    // The firmware is free for the next one, as soon as the driver has seen that the files are closed.
    for (;;) {
        const int error = set_name(create_signed(), name);
        EXPECT(error == 0 || error == ENODEV);
        if (error == 0)
            return 0;
    }
}

Test(signed_vm, killed_in_run)
{
    char proxy[] = "trustedvm";
    char by_hypervisor[] = "hypvm";

    for (size_t i = 0; i < SIGNED_FLAVOURS; i++) {
        emulate_signed(signed_flavours[i], "wait\n", is_killed, proxy);
        emulate_signed(signed_flavours[i], "wait\n", is_killed, by_hypervisor);
    }
}

// ---- what the hypervisor runs ------------------------------------------------------------------------------------

// Nobody is in RUN any more, and the VM writes all the same.
static int runs_by_itself(void *context)
{
    const int vm = load("hypvm");
    const int vcpu = add_signed_vcpu(vm, 0);
    struct virtio_irqfd irqfd = {2, 1, eventfd(0, 0), 0};
    const uint64_t ring = 1;
    volatile uint32_t *shared;
    uint64_t size = 0;

    (void)context;
    EXPECT(call(vm, Q_SHARED_SIZE, &size) == 0);
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vm, 0);
    EXPECT(shared != MAP_FAILED);
    EXPECT(call(vm, Q_IRQFD, &irqfd) == 0);
    interrupt_every(2000);
    EXPECT(call(vcpu, Q_RUN, NULL) == EINTR);
    interrupt_every(0);
    EXPECT(shared[1] == 0);
    EXPECT(write(irqfd.fd, &ring, sizeof(ring)) == sizeof(ring));
    while (shared[1] == 0)
        ;
    EXPECT(shared[1] == 0x12345678);
    return 0;
}

Test(signed_vm, hypervisor_runs_it)
{
    for (size_t i = 1; i < SIGNED_FLAVOURS; i++)
        emulate_signed(signed_flavours[i], "wait 2\nwrite 0x90000004 4 0x12345678\nwait\n", runs_by_itself, NULL);
}

// ---- what later drivers tell -------------------------------------------------------------------------------------

static void *wait_for_exit(void *context)
{
    struct fw_name_and_exit_status exit = {"trustedvm", 99};
    const int *device = context;

    EXPECT(call(*device, Q_WAIT_FOR_EXIT, &exit) == 0);
    return (void *)(uintptr_t)exit.reason;
}

static int tells_exit(void *context)
{
    int device = open_signed();
    const int vcpu = add_signed_vcpu(load("trustedvm"), 0);
    pthread_t thread;
    void *reason;

    (void)context;
    EXPECT(pthread_create(&thread, NULL, wait_for_exit, &device) == 0);
    EXPECT(ioctl(vcpu, Q_RUN) == 0);
    EXPECT(pthread_join(thread, &reason) == 0 && (uintptr_t)reason == 4);
    EXPECT((uintptr_t)wait_for_exit(&device) == 4); // As long as there is the VM.
    return 0;
}

static int waits_for_exit(void *context)
{
    struct fw_name_and_exit_status exit = {"trustedvm", 99};
    const int device = open_signed();

    (void)context;
    load("trustedvm");
    interrupt_every(2000);
    EXPECT(call(device, Q_WAIT_FOR_EXIT, &exit) == EINTR);
    return 0;
}

Test(signed_vm, waiting_for_the_exit)
{
    emulate_signed("q1-le", "watchdog\n", tells_exit, NULL);
    emulate_signed("q1-le", NULL, waits_for_exit, NULL);
}

static int shows_memory(void *context)
{
    struct vm_mem_region region = {.idx = 0};
    const int vm = load("trustedvm");
    const unsigned char *memory;

    (void)context;
    EXPECT(call(vm, Q_MEM_REGION, &region) == 0);
    EXPECT(region.fw_phys != 0 && region.fw_size % PAGE == 0 && region.fd > vm);
    EXPECT(fcntl(region.fd, F_GETFD) == FD_CLOEXEC);
    memory = mmap(NULL, region.fw_size, PROT_READ, MAP_SHARED, region.fd, 0);
    EXPECT(memory != MAP_FAILED);
    EXPECT(memory[0x100000] == 0xd0 && memory[0x100001] == 0x0d); // A device tree.
    return 0;
}

Test(signed_vm, memory)
{
    emulate_signed("q1-le", NULL, shows_memory, NULL);
}

// ---- two nodes ---------------------------------------------------------------------------------------------------

static int runs_both(void *context)
{
    const int vcpu = add_signed_vcpu(load("trustedvm"), 0);
    struct guest guest;

    (void)context;
    launch(&guest);
    expect_end(&guest, 2);
    EXPECT(ioctl(vcpu, Q_RUN) == 2);
    finish(&guest);
    return 0;
}

Test(signed_vm, beside_another_driver)
{
    cr_expect_eq(emulate_signed("q1-6.1", "reset\n", runs_both, NULL).vms, 2);
}
