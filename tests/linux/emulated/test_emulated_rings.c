// SPDX-License-Identifier: BSD-3-Clause
// Rings from several threads at once, in both directions. A ring says that something was done since the last look: whoever looks
// after each has seen all of it in the end, and one that were lost would let him wait for ever.
#include "emulated.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

static int emulate_guest(const char *flavour, gunyah_emu_guest_fn *guest, void *context, int (*vmm)(void *))
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = flavour;
    options.debug = true;
    options.guest = guest;
    options.guest_context = context;
    cr_assert_eq(call_emulated(&options, vmm, NULL, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.left, 0u);
    return result.status;
}

// ---- interrupts --------------------------------------------------------------------------------------------------

#define RINGERS 4
#define RINGS 500
#define BACKLOG 4 // Without one that was lost, nobody waits for long until there is less to do.

struct ringer {
    int fd;
    atomic_uint *work;
};

// As a device in a thread of its own: first the work, then the ring.
static void *ring(void *context)
{
    static const uint64_t one = 1;
    const struct ringer *ringer = context;

    for (unsigned i = 0; i < RINGS; i++) {
        while (atomic_load(ringer->work) > BACKLOG)
            sched_yield();
        atomic_fetch_add(ringer->work, 1);
        EXPECT(write(ringer->fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
    }
    return NULL;
}

static int rings_from_threads(void *context)
{
    struct gunyah_doorbell *bell;
    struct gunyah_vcpu_exit exit;
    pthread_t threads[RINGERS];
    atomic_uint work = 0;
    struct vmm vmm;
    uint64_t count;

    (void)context;
    vmm_make(&vmm);
    MUST(&vmm, gunyah_vm_add_irq(vmm.vm, BELL, false, &bell));
    vmm_start(&vmm);
    struct ringer ringer = {gunyah_linux_doorbell_fd(vmm.node, gunyah_doorbell_capid(bell)), &work};
    for (unsigned i = 0; i < RINGERS; i++)
        EXPECT(pthread_create(&threads[i], NULL, ring, &ringer) == 0);
    // The guest asks how much there is to do, each time that it was interrupted.
    for (;;) {
        EXPECT(gunyah_vcpu_run(vmm.vcpu, &exit) == GUNYAH_OK);
        if (exit.kind != GUNYAH_VCPU_EXIT_MMIO)
            break;
        gunyah_vcpu_exit_answer(&exit, atomic_exchange(&work, 0));
    }
    EXPECT(exit.kind == GUNYAH_VCPU_EXIT_VM_ENDED);
    for (unsigned i = 0; i < RINGERS; i++)
        EXPECT(pthread_join(threads[i], NULL) == 0);
    // Nobody has read the file: its count is each ring.
    EXPECT(read(ringer.fd, &count, sizeof(count)) == (ssize_t)sizeof(count) && count == (uint64_t)RINGERS * RINGS);
    return vmm_close(&vmm);
}

static void work_when_interrupted(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    uint64_t *done = context;

    (void)vcpu;
    if (step->action == GUNYAH_EMU_READ)
        *done += step->value;
    if (*done == (uint64_t)RINGERS * RINGS)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
    else if (step->action == GUNYAH_EMU_WAIT && step->label == BELL)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_READ, .address = 0x1000, .width = 4};
    else
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WAIT, .label = BELL};
}

Test(emulated_rings, interrupts, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++) {
        uint64_t done = 0;
        cr_expect_eq(emulate_guest(all_flavours[i], work_when_interrupted, &done, rings_from_threads), 0, "%s",
                     all_flavours[i]);
        cr_expect_eq(done, (uint64_t)RINGERS * RINGS);
    }
}

// ---- notifications -----------------------------------------------------------------------------------------------

#define VCPUS 2
#define WRITES 1000
#define PROGRESS UINT64_C(0x2000) // in the memory: how far each vCPU is
#define NOTIFY UINT64_C(0x9001000)

static uint64_t progress_of(const struct vmm *vmm, uint32_t vcpu)
{
    const uint64_t *place = (const uint64_t *)(const void *)(vmm->ram + PROGRESS);

    return __atomic_load_n(place + vcpu, __ATOMIC_SEQ_CST);
}

// A vCPU in a thread. When it asks, it waits until all of what it has done was seen, if somebody looks.
struct runner {
    const struct vmm *vmm;
    struct gunyah_vcpu *vcpu;
    uint32_t index;
    atomic_ullong *seen; // how far the vCPU was; or null
    pthread_t thread;
};

static void *run_to_the_end(void *context)
{
    const struct runner *runner = context;
    struct gunyah_vcpu_exit exit;

    do {
        EXPECT(gunyah_vcpu_run(runner->vcpu, &exit) == GUNYAH_OK);
        while (exit.kind == GUNYAH_VCPU_EXIT_MMIO && runner->seen != NULL &&
               atomic_load(runner->seen) < progress_of(runner->vmm, runner->index))
            sched_yield();
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

// The caller hears the bell.
static void run_two(struct vmm *vmm, struct gunyah_doorbell **bell, struct runner runners[VCPUS], atomic_ullong *seen)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;

    vmm_make(vmm);
    notify.address = NOTIFY;
    MUST(vmm, gunyah_vm_add_notify(vmm->vm, &notify, bell));
    MUST(vmm, gunyah_vm_init(vmm->vm));
    MUST(vmm, gunyah_vm_start(vmm->vm));
    for (uint32_t i = 0; i < VCPUS; i++) {
        struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
        options.index = i;
        runners[i] = (struct runner){.vmm = vmm, .index = i, .seen = seen != NULL ? &seen[i] : NULL};
        MUST(vmm, gunyah_vcpu_open(vmm->vm, &options, &runners[i].vcpu));
        EXPECT(pthread_create(&runners[i].thread, NULL, run_to_the_end, &runners[i]) == 0);
    }
}

static int end_two(struct vmm *vmm, struct runner runners[VCPUS])
{
    for (uint32_t i = 0; i < VCPUS; i++) {
        EXPECT(pthread_join(runners[i].thread, NULL) == 0);
        MUST(vmm, gunyah_vcpu_close(&runners[i].vcpu));
    }
    return vmm_close(vmm);
}

static int hears_all(void *context)
{
    atomic_ullong seen[VCPUS] = {0, 0};
    struct runner runners[VCPUS];
    struct gunyah_doorbell *bell;
    struct vmm vmm;

    (void)context;
    run_two(&vmm, &bell, runners, seen);
    while (seen[0] != WRITES || seen[1] != WRITES) {
        MUST(&vmm, gunyah_doorbell_wait(bell, 1, GUNYAH_WAIT_FOREVER, NULL));
        for (uint32_t i = 0; i < VCPUS; i++)
            atomic_store(&seen[i], progress_of(&vmm, i));
    }
    return end_two(&vmm, runners);
}

// In an event loop of the caller. The count of the file is each write, whoever made it.
static int counts_all(void *context)
{
    struct runner runners[VCPUS];
    struct gunyah_doorbell *bell;
    uint64_t total = 0;
    struct vmm vmm;

    (void)context;
    run_two(&vmm, &bell, runners, NULL);
    const int fd = gunyah_linux_doorbell_fd(vmm.node, gunyah_doorbell_capid(bell));
    while (total < (uint64_t)VCPUS * WRITES) {
        uint64_t count = 0;
        struct pollfd file = {.fd = fd, .events = POLLIN};
        EXPECT(poll(&file, 1, -1) == 1);
        EXPECT(read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count));
        total += count;
    }
    EXPECT(total == (uint64_t)VCPUS * WRITES);
    return end_two(&vmm, runners);
}

// vCPU 0 switches the other one on. Each notes how far it is, and rings, and now and then it asks; the last to finish switches the
// system off.
struct scene {
    bool is_on;
    unsigned finished;
    uint64_t next[VCPUS];
};

static void ring_twice(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    struct scene *scene = context;
    uint64_t *next = &scene->next[vcpu->vcpu];
    const bool has_rung = step->action == GUNYAH_EMU_WRITE && step->address == NOTIFY;
    const bool has_noted = step->action == GUNYAH_EMU_WRITE && !has_rung;

    if (!scene->is_on)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_CPU_ON, .label = 1};
    else if (has_noted)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WRITE, .address = NOTIFY, .width = 4, .value = 1};
    else if (has_rung && *next % 8 == 0)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_READ, .address = 0x1000, .width = 4};
    else if (*next < WRITES)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WRITE,
                                         .address = RAM + PROGRESS + UINT64_C(8) * vcpu->vcpu,
                                         .width = 8,
                                         .value = ++*next};
    else if (++scene->finished < VCPUS)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WAIT_FOREVER};
    else
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
    scene->is_on = true;
}

Test(emulated_rings, notifications, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++) {
        struct scene heard = {0};
        struct scene counted = {0};
        cr_expect_eq(emulate_guest(all_flavours[i], ring_twice, &heard, hears_all), 0, "%s", all_flavours[i]);
        cr_expect_eq(emulate_guest(all_flavours[i], ring_twice, &counted, counts_all), 0, "%s", all_flavours[i]);
    }
}
