// SPDX-License-Identifier: BSD-3-Clause
// Signals at any time, in each flavour: each exit comes exactly once.
#include "emulated.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

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
    cr_assert_eq(call_emulated(&options, loses_nothing, &fire, &result), GUNYAH_OK, "%s", result.problem);
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
