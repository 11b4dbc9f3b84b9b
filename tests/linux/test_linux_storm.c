// SPDX-License-Identifier: BSD-3-Clause
// Many threads: as many vCPUs as a VM can have, cancellations from everywhere, and rings. Nothing is lost, and nothing comes twice.
#include "kit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define ADD 0x40104704u

static struct step write_of(uint32_t value)
{
    struct step step = {.reason = 1, .content = {[16] = 4, [20] = 1}};

    for (unsigned i = 0; i < 4; i++)
        step.content[8 + i] = (uint8_t)(value >> 8 * i);
    return step;
}

static const struct step system_off = {.reason = 2, .content = {2, 0, 0, 0, 1}};

static void begin(struct kit *kit, unsigned vcpus)
{
    const struct gunyah_vm_image image = kit_image();

    kit_make_vm(kit, A15);
    kit_write_large_tree(kit->ram + TREE, (int)TREE_SIZE, vcpus);
    cr_assert_eq(gunyah_vm_configure(kit->vm, &image), GUNYAH_OK);
    kit_start(kit);
}

static struct gunyah_vcpu *open_vcpu(const struct kit *kit, uint32_t index, int signal)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *vcpu = NULL;

    options.index = index;
    options.signal = signal;
    cr_assert_eq(gunyah_vcpu_open(kit->vm, &options, &vcpu), GUNYAH_OK, "%u", index);
    return vcpu;
}

// ---- vCPUs -------------------------------------------------------------------------------------------------------

#define VCPUS KERNEL_MAX_VCPUS
#define WRITES 6400

// How often each number was written, whichever vCPU wrote it.
static atomic_uchar times[WRITES];

struct runner {
    struct gunyah_vcpu *vcpu;
    unsigned strange; // exits that nobody made
    enum gunyah_error error;
};

static void *run_to_the_end(void *context)
{
    struct runner *runner = context;
    struct gunyah_vcpu_exit seen = {0};

    while (runner->error == GUNYAH_OK && seen.kind != GUNYAH_VCPU_EXIT_VM_ENDED) {
        runner->error = gunyah_vcpu_run(runner->vcpu, &seen);
        const uint64_t value = gunyah_vcpu_exit_value(&seen);
        if (seen.kind == GUNYAH_VCPU_EXIT_MMIO && value < WRITES)
            atomic_fetch_add(&times[value], 1);
        else
            runner->strange += seen.kind != GUNYAH_VCPU_EXIT_VM_ENDED;
    }
    return NULL;
}

Test(linux_storm, many_vcpus, .timeout = 120)
{
    static struct step steps[WRITES + VCPUS];
    struct runner runners[VCPUS];
    pthread_t threads[VCPUS];
    struct gunyah_vm_exit why;
    struct kit kit;

    for (uint32_t i = 0; i < WRITES + VCPUS; i++)
        steps[i] = i < WRITES ? write_of(i) : system_off;
    // Every third one is hidden by a signal.
    for (uint32_t i = 0; i < WRITES; i += 3)
        steps[i].error = EINTR;
    begin(&kit, VCPUS);
    kernel_runs(steps, WRITES + VCPUS);
    for (uint32_t i = 0; i < VCPUS; i++)
        runners[i] = (struct runner){.vcpu = open_vcpu(&kit, i, 0)};
    for (uint32_t i = 0; i < VCPUS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, run_to_the_end, &runners[i]), 0);
    cr_expect_eq(gunyah_vm_exit_info(kit.vm, GUNYAH_WAIT_FOREVER, &why), GUNYAH_OK);
    cr_expect_eq(why.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    for (uint32_t i = 0; i < VCPUS; i++) {
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
        cr_expect_eq(runners[i].error, GUNYAH_OK);
        cr_expect_eq(runners[i].strange, 0u);
        cr_expect_eq(gunyah_vcpu_close(&runners[i].vcpu), GUNYAH_OK);
    }
    for (uint32_t i = 0; i < WRITES; i++)
        cr_assert_eq(atomic_load(&times[i]), 1, "%u", i);
    kit_close(&kit);
}

// ---- cancelling --------------------------------------------------------------------------------------------------

#define CANCELLERS 4
#define STEPS 2000

struct canceller {
    struct gunyah_vcpu *vcpu;
    atomic_bool is_over;
};

static void do_nothing(int signal)
{
    (void)signal;
}

static void *cancel(void *context)
{
    struct canceller *canceller = context;

    while (!atomic_load(&canceller->is_over)) {
        gunyah_vcpu_cancel(canceller->vcpu);
        sched_yield();
    }
    return NULL;
}

// The guest writes and sleeps in turn; only a cancellation wakes it.
Test(linux_storm, cancelling_from_everywhere, .timeout = 120)
{
    static struct step steps[STEPS];
    struct sigaction action = {.sa_handler = do_nothing};
    struct canceller canceller = {0};
    pthread_t threads[CANCELLERS];
    struct gunyah_vcpu_exit seen;
    unsigned interruptions = 0;
    uint32_t next = 0;
    struct kit kit;

    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    for (uint32_t i = 0; i < STEPS; i++)
        steps[i] = i % 2 != 0 ? (struct step){.blocks = true} : write_of(i / 2);
    steps[STEPS - 1] = system_off;
    begin(&kit, 2);
    kernel_runs(steps, STEPS);
    canceller.vcpu = open_vcpu(&kit, 0, SIGUSR1);
    for (unsigned i = 0; i < CANCELLERS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, cancel, &canceller), 0);
    do {
        cr_assert_eq(gunyah_vcpu_run(canceller.vcpu, &seen), GUNYAH_OK);
        if (seen.kind == GUNYAH_VCPU_EXIT_MMIO)
            cr_assert_eq(gunyah_vcpu_exit_value(&seen), next++);
        interruptions += seen.kind == GUNYAH_VCPU_EXIT_INTERRUPTED;
    } while (seen.kind == GUNYAH_VCPU_EXIT_MMIO || seen.kind == GUNYAH_VCPU_EXIT_INTERRUPTED);
    cr_expect_eq(seen.kind, GUNYAH_VCPU_EXIT_VM_ENDED);
    atomic_store(&canceller.is_over, true);
    for (unsigned i = 0; i < CANCELLERS; i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    cr_expect_eq(next, (uint32_t)STEPS / 2);
    cr_expect_geq(interruptions, (unsigned)STEPS / 2 - 1, "%u", interruptions);
    cr_expect_eq(gunyah_vcpu_close(&canceller.vcpu), GUNYAH_OK);
    kit_close(&kit);
}

// ---- rings -------------------------------------------------------------------------------------------------------

#define RINGERS 4
#define RINGS 2000
#define BACKLOG 4 // Without one that was lost, nobody waits for long until there is less to do.

struct ringer {
    int fd;
    atomic_uint work;
};

// As the driver does it for a write of a VM. First the work, then the ring.
static void *ring(void *context)
{
    static const uint64_t one = 1;
    struct ringer *ringer = context;

    for (unsigned i = 0; i < RINGS; i++) {
        while (atomic_load(&ringer->work) > BACKLOG)
            sched_yield();
        atomic_fetch_add(&ringer->work, 1);
        if (write(ringer->fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
            return context;
    }
    return NULL;
}

Test(linux_storm, rings, .timeout = 120)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct ringer ringer = {0};
    pthread_t threads[RINGERS];
    unsigned done = 0;
    uint64_t flags;
    void *result;
    struct kit kit;

    begin(&kit, 2);
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_OK);
    ringer.fd = (int)get32(kernel_call(ADD, 3, 0)->argument + 20);
    for (unsigned i = 0; i < RINGERS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, ring, &ringer), 0);
    while (done < RINGERS * RINGS) {
        cr_assert_eq(gunyah_doorbell_wait(bell, 1, GUNYAH_WAIT_FOREVER, &flags), GUNYAH_OK);
        cr_assert_eq(flags, 1u);
        done += atomic_exchange(&ringer.work, 0);
    }
    for (unsigned i = 0; i < RINGERS; i++) {
        cr_assert_eq(pthread_join(threads[i], &result), 0);
        cr_expect(result == NULL);
    }
    cr_expect_eq(done, (unsigned)RINGERS * RINGS);
    kit_close(&kit);
}
