// SPDX-License-Identifier: BSD-3-Clause
// Many at once, in each flavour: signals, vCPUs in threads, and rings. Each exit comes exactly once, and no ring is lost.
#include "emulated.h"

#include <libfdt.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

// ---- signals -----------------------------------------------------------------------------------------------------

#define WRITES 2000

static atomic_uint handled;

static void count_signal(int signal)
{
    (void)signal;
    atomic_fetch_add(&handled, 1);
}

// A thread that sends a signal to another one whenever it may.
struct sender {
    sem_t go;
    sem_t sent;
    pthread_t target;
    atomic_bool is_over;
};

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0) {
    }
}

static void *send_signals(void *context)
{
    struct sender *sender = context;

    for (;;) {
        wait_for(&sender->go);
        if (atomic_load(&sender->is_over))
            return NULL;
        EXPECT(pthread_kill(sender->target, SIGUSR2) == 0);
        EXPECT(sem_post(&sender->sent) == 0);
    }
}

// The guest writes one number after the other, and every second run gets a signal: before it, in it, or behind it.
static void count_under_fire(const struct vmm *vmm, struct sender *sender)
{
    struct gunyah_vcpu_exit exit;
    unsigned runs = 0;
    uint64_t next = 0;

    do {
        if (runs++ % 2 == 0) {
            wait_for(&sender->sent);
            EXPECT(sem_post(&sender->go) == 0);
        }
        EXPECT(gunyah_vcpu_run(vmm->vcpu, &exit) == GUNYAH_OK);
        if (exit.kind == GUNYAH_VCPU_EXIT_MMIO && exit.is_write)
            EXPECT(gunyah_vcpu_exit_value(&exit) == next++);
        else if (exit.kind == GUNYAH_VCPU_EXIT_MMIO)
            gunyah_vcpu_exit_answer(&exit, next);
        else
            EXPECT(exit.kind == GUNYAH_VCPU_EXIT_INTERRUPTED || exit.kind == GUNYAH_VCPU_EXIT_VM_ENDED);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    EXPECT(next == WRITES);
    wait_for(&sender->sent);
}

struct fire {
    int flags; // of the handler
    bool is_blocked;
};

static int loses_nothing(void *context)
{
    const struct fire *fire = context;
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = fire->flags};
    struct sender sender = {.target = pthread_self()};
    pthread_t thread;
    sigset_t signals;
    struct vmm vmm;

    atomic_store(&handled, 0);
    EXPECT(sigaction(SIGUSR2, &action, NULL) == 0);
    vmm_make(&vmm);
    vmm_start(&vmm);
    EXPECT(sem_init(&sender.go, 0, 0) == 0 && sem_init(&sender.sent, 0, 1) == 0);
    EXPECT(pthread_create(&thread, NULL, send_signals, &sender) == 0);
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    if (fire->is_blocked)
        EXPECT(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    count_under_fire(&vmm, &sender);
    atomic_store(&sender.is_over, true);
    EXPECT(sem_post(&sender.go) == 0 && pthread_join(thread, NULL) == 0);
    EXPECT((atomic_load(&handled) == 0) == fire->is_blocked);
    EXPECT(sem_destroy(&sender.go) == 0 && sem_destroy(&sender.sent) == 0);
    return vmm_close(&vmm);
}

// What the guest does: 0, 1, 2 ..., and now and then a question whose answer is how far it is.
struct counter {
    uint64_t next;
    unsigned wrong;
};

static void count_up(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    struct counter *counter = context;

    (void)vcpu;
    if (step->action == GUNYAH_EMU_READ && step->address != 0)
        counter->wrong += step->value != counter->next;
    if (counter->next == WRITES)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
    else if (counter->next % 8 == 7 && step->action != GUNYAH_EMU_READ)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_READ, .address = 0x2000, .width = 8};
    else
        *step = (struct gunyah_emu_step){
            .action = GUNYAH_EMU_WRITE, .address = 0x1000, .width = 4, .value = counter->next++};
}

static void expect_nothing_lost(const char *flavour, struct fire fire)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    struct counter counter = {0};

    options.flavour = flavour;
    options.debug = true;
    options.guest = count_up;
    options.guest_context = &counter;
    cr_assert_eq(gunyah_emu_call(&options, loses_nothing, &fire, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.status, 0, "%s: 0x%x", flavour, (unsigned)result.status);
    cr_expect_eq(result.left, 0u);
    cr_expect_eq(counter.next, (uint64_t)WRITES);
    cr_expect_eq(counter.wrong, 0u, "%s: %u answers did not arrive", flavour, counter.wrong);
}

Test(emulated_storm, signals, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_nothing_lost(all_flavours[i], (struct fire){.flags = 0});
}

// With SA_RESTART, the kernel goes on without the library: those are to be blocked.
Test(emulated_storm, blocked_signals_that_restart, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_nothing_lost(all_flavours[i], (struct fire){.flags = SA_RESTART, .is_blocked = true});
}

// ---- vCPUs -------------------------------------------------------------------------------------------------------

// As many as a device gives to a VM, in several VMs of one process; and as many as there can be in any.
#define MAX_VCPUS 64
#define MAX_VMS 6

struct shape {
    unsigned vms;
    unsigned vcpus;
    unsigned writes; // of each vCPU
};

static struct shape shape; // of the test; the child has it from the start

struct runner {
    struct gunyah_vcpu *vcpu;
    uint64_t index;
    unsigned writes;
};

static void *run_to_the_end(void *context)
{
    struct runner *runner = context;
    struct gunyah_vcpu_exit exit;

    do {
        EXPECT(gunyah_vcpu_run(runner->vcpu, &exit) == GUNYAH_OK);
        if (exit.kind != GUNYAH_VCPU_EXIT_MMIO)
            continue;
        EXPECT(exit.address == 0x1000 * runner->index);
        EXPECT(gunyah_vcpu_exit_value(&exit) == runner->writes++);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

// One of the VMs: its vCPUs, and the threads that they have.
struct crowd {
    struct gunyah_vm *vm;
    struct runner runners[MAX_VCPUS];
    pthread_t threads[MAX_VCPUS];
};

// The tree has two vCPUs.
static void add_vcpus(const struct vmm *vmm)
{
    void *tree = vmm->ram + TREE;

    EXPECT(fdt_open_into(tree, tree, (int)TREE_SIZE) == 0);
    for (uint32_t i = 2; i < shape.vcpus; i++) {
        char name[16];
        snprintf(name, sizeof(name), "cpu@%u", i);
        const int node = fdt_add_subnode(tree, fdt_path_offset(tree, "/cpus"), name);
        EXPECT(node >= 0);
        EXPECT(fdt_setprop_string(tree, node, "device_type", "cpu") == 0);
        EXPECT(fdt_setprop_string(tree, node, "compatible", "arm,armv8") == 0);
        EXPECT(fdt_setprop_u32(tree, node, "reg", i) == 0);
        EXPECT(fdt_setprop_string(tree, node, "enable-method", "psci") == 0);
    }
    EXPECT(fdt_pack(tree) == 0);
}

static void crowd_make(const struct vmm *vmm, struct crowd *crowd)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct vmm one = *vmm;

    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &one.vm));
    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(vmm, gunyah_vm_add_memory(one.vm, &memory, &one.image));
    one.ram = memory.memory;
    vmm_write_tree(&one);
    add_vcpus(&one);
    vmm_use_tree(&one);
    MUST(vmm, gunyah_vm_init(one.vm));
    MUST(vmm, gunyah_vm_start(one.vm));
    crowd->vm = one.vm;
    for (uint32_t i = 0; i < shape.vcpus; i++) {
        struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
        options.index = i;
        crowd->runners[i].index = i;
        MUST(vmm, gunyah_vcpu_open(one.vm, &options, &crowd->runners[i].vcpu));
    }
}

static void crowd_end(const struct vmm *vmm, struct crowd *crowd)
{
    struct gunyah_vm_exit why;

    MUST(vmm, gunyah_vm_exit_info(crowd->vm, GUNYAH_WAIT_FOREVER, &why));
    EXPECT(why.type == GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    for (unsigned i = 0; i < shape.vcpus; i++) {
        EXPECT(pthread_join(crowd->threads[i], NULL) == 0);
        EXPECT(crowd->runners[i].writes == shape.writes);
        MUST(vmm, gunyah_vcpu_close(&crowd->runners[i].vcpu));
    }
    MUST(vmm, gunyah_vm_destroy(&crowd->vm, 0, NULL));
}

static int runs_many(void *context)
{
    static struct crowd crowds[MAX_VMS];
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    for (unsigned i = 0; i < shape.vms; i++)
        crowd_make(&vmm, &crowds[i]);
    for (unsigned i = 0; i < shape.vms * shape.vcpus; i++) {
        struct crowd *crowd = &crowds[i % shape.vms];
        const unsigned vcpu = i / shape.vms;
        EXPECT(pthread_create(&crowd->threads[vcpu], NULL, run_to_the_end, &crowd->runners[vcpu]) == 0);
    }
    for (unsigned i = 0; i < shape.vms; i++)
        crowd_end(&vmm, &crowds[i]);
    return vmm_close(&vmm);
}

// vCPU 0 switches the others on, writes as they do, and switches the system off when all have rung.
struct scene {
    struct gunyah_emu_step next[MAX_VMS][MAX_VCPUS];
    unsigned done[MAX_VMS];
};

static void act(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    struct scene *scene = context;
    struct gunyah_emu_step *next = &scene->next[vcpu->vm % MAX_VMS][vcpu->vcpu];

    if (vcpu->vcpu == 0 && next->label < shape.vcpus - 1) {
        next->label++;
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_CPU_ON, .label = next->label};
        return;
    }
    *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WAIT_FOREVER};
    if (next->value < shape.writes)
        *step = (struct gunyah_emu_step){
            .action = GUNYAH_EMU_WRITE, .address = UINT64_C(0x1000) * vcpu->vcpu, .width = 4, .value = next->value++};
    else if (++scene->done[vcpu->vm % MAX_VMS] == shape.vcpus)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
}

static void expect_crowd(const char *flavour, struct shape wanted)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    struct scene scene = {0};

    shape = wanted;
    options.flavour = flavour;
    options.debug = true;
    options.guest = act;
    options.guest_context = &scene;
    cr_assert_eq(gunyah_emu_call(&options, runs_many, NULL, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.status, 0, "%s: 0x%x", flavour, (unsigned)result.status);
    cr_expect_eq(result.vms, shape.vms);
    cr_expect_eq(result.left, 0u);
}

Test(emulated_storm, many_vcpus, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_crowd(all_flavours[i], (struct shape){.vms = MAX_VMS, .vcpus = 8, .writes = 40});
}

Test(emulated_storm, as_many_vcpus_as_can_be, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_crowd(all_flavours[i], (struct shape){.vms = 1, .vcpus = MAX_VCPUS, .writes = 10});
}
