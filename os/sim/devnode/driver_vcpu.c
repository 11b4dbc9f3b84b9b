// SPDX-License-Identifier: BSD-3-Clause
// vCPUs: RUN, which is answered when there is something for the VMM to do.
#include "emu_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STATUS_EXITED 2
#define RESTART 512    // ERESTARTSYS: EINTR, or the call once more, as the handler of the signal wants it.
#define TURN_STEPS 256 // A vCPU that has no end of steps lets others come too.

_Static_assert(sizeof(struct emu_run_page) == 40, "the page is the kernel's");

bool gunyah_internal_emu_init_vcpu(struct emu_vcpu *vcpu, struct emu_vm *vm, const struct emu_file *file)
{
    void *page = mmap(NULL, EMU_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file->memory, 0);

    vcpu->vm = vm;
    if (page == MAP_FAILED)
        return false;
    vcpu->page = page;
    return true;
}

void gunyah_internal_emu_bind_vcpu(struct emu_vcpu *vcpu)
{
    vcpu->bound = vcpu->id < vcpu->vm->vcpus;
}

static void forget_first(struct emu_waiter **waiters)
{
    struct emu_waiter *first = *waiters;

    *waiters = first->next;
    free(first);
}

void gunyah_internal_emu_release_vcpu(struct emu_vcpu *vcpu)
{
    if (--vcpu->references != 0)
        return;
    while (vcpu->waiters != NULL)
        forget_first(&vcpu->waiters);
    if (vcpu->page != NULL)
        munmap(vcpu->page, EMU_PAGE);
    free(vcpu);
}

int64_t gunyah_internal_emu_vcpu_mmap_size(struct emu *emu, struct emu_request *request)
{
    (void)emu;
    (void)request;
    return (int64_t)EMU_PAGE;
}

int64_t gunyah_internal_emu_run_vcpu(struct emu *emu, struct emu_request *request)
{
    struct emu_vcpu *vcpu = request->file->object;
    struct emu_waiter **link = &vcpu->waiters;
    struct emu_waiter *waiter;

    if (has(emu, EMU_RUN_OWNER) && request->process != vcpu->vm->process)
        return -EPERM;
    waiter = calloc(1, sizeof(*waiter));
    if (waiter == NULL)
        return -ENOMEM;
    waiter->request = *request;
    while (*link != NULL)
        link = &(*link)->next;
    *link = waiter;
    vcpu->vm->stirred = true;
    return EMU_ANSWERED;
}

static void fill_status(struct emu_vcpu *vcpu)
{
    const struct emu_vm *vm = vcpu->vm;
    struct emu_run_page *page = vcpu->page;

    page->exit_reason = EMU_EXIT_STATUS;
    page->status.status = STATUS_EXITED;
    page->status.type = vm->exit_type;
    page->status.padding = 0;
    page->status.reason_size = vm->exit_reason_size;
    memcpy(page->status.reason, vm->exit_reason, sizeof(page->status.reason));
    vcpu->state = EMU_DOWN;
}

// An exit that comes together with a signal is in the page, and nobody is told.
static int64_t answer_exit(struct emu_vcpu *vcpu)
{
    const bool swallow = vcpu->swallow;

    vcpu->swallow = false;
    return swallow ? -EINTR : 0;
}

// Returns what RUN answers; EMU_ANSWERED: nothing yet.
static int64_t advance(struct emu *emu, struct emu_vcpu *vcpu)
{
    int error;

    if (vcpu->removed || !vcpu->bound)
        return -ENODEV;
    if (vcpu->state == EMU_DOWN)
        return 0;
    if (!vcpu->vm->proxy)
        return -EBUSY;
    if (vcpu->page->immediate_exit != 0)
        return -EINTR;
    error = vcpu->state == EMU_IN_EXIT && vcpu->vm->state == EMU_RUNNING ? gunyah_internal_emu_resume(emu, vcpu) : 0;
    if (error != 0)
        return error;
    for (int i = 0; i < TURN_STEPS; i++) {
        if (vcpu->vm->state != EMU_RUNNING) {
            fill_status(vcpu);
            return answer_exit(vcpu);
        }
        switch (gunyah_internal_emu_do_step(emu, vcpu)) {
        case EMU_DONE:
            break;
        case EMU_WAITS:
            return EMU_ANSWERED;
        case EMU_EXITS:
            vcpu->state = EMU_IN_EXIT;
            return answer_exit(vcpu);
        case EMU_FAILS:
            return -(int64_t)vcpu->step.label;
        }
    }
    vcpu->vm->stirred = true;
    return EMU_ANSWERED;
}

// A vCPU runs only while somebody runs it. A signal wins over an exit, which is in the page then.
static void turn(struct emu *emu, struct emu_vcpu *vcpu)
{
    while (vcpu->waiters != NULL) {
        struct emu_request *request = &vcpu->waiters->request;
        if (gunyah_internal_emu_is_waiting(emu, request)) {
            int64_t value = advance(emu, vcpu);
            if (value == EMU_ANSWERED)
                return;
            if (value == 0 && gunyah_internal_emu_pending_signal(request->thread) == EMU_SIGNAL)
                value = -RESTART;
            gunyah_internal_emu_answer(emu, request, value);
        }
        forget_first(&vcpu->waiters);
    }
}

static void turn_vm(struct emu *emu, struct emu_vm *vm)
{
    vm->stirred = false;
    for (struct emu_file *file = emu->files; file != NULL; file = file->next) {
        struct emu_vcpu *vcpu = file->object;
        if (file->kind == EMU_VCPU && vcpu->vm == vm)
            turn(emu, vcpu);
    }
}

void gunyah_internal_emu_turn_all(struct emu *emu)
{
    for (struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        if (vm->stirred)
            turn_vm(emu, vm);
    }
}

bool gunyah_internal_emu_has_work(const struct emu *emu)
{
    for (const struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        if (vm->stirred)
            return true;
    }
    return false;
}

bool gunyah_internal_emu_is_run(const struct emu *emu)
{
    for (const struct emu_file *file = emu->files; file != NULL; file = file->next) {
        const struct emu_vcpu *vcpu = file->object;
        if (file->kind == EMU_VCPU && vcpu->waiters != NULL)
            return true;
    }
    return false;
}

// Returns whether a RUN that goes on is over by a signal. One that is perhaps for another thread counts when that has not taken it
// after a while.
static bool is_interrupted(const struct emu *emu, struct emu_waiter *waiter)
{
    const enum emu_signal signal = gunyah_internal_emu_pending_signal(waiter->request.thread);
    const bool was_doubtful = waiter->doubtful;

    waiter->doubtful = signal == EMU_PERHAPS_SIGNAL;
    if (signal == EMU_SIGNAL)
        gunyah_internal_emu_answer(emu, &waiter->request, -RESTART);
    else if (was_doubtful && waiter->doubtful)
        gunyah_internal_emu_answer(emu, &waiter->request, -EINTR);
    else
        return !gunyah_internal_emu_is_waiting(emu, &waiter->request);
    return true;
}

static void mind_signals(const struct emu *emu, struct emu_vcpu *vcpu)
{
    struct emu_waiter **link = &vcpu->waiters;

    while (*link != NULL) {
        if (is_interrupted(emu, *link))
            forget_first(link);
        else
            link = &(*link)->next;
    }
    vcpu->vm->stirred = true; // The next one may have waited for this one.
}

void gunyah_internal_emu_mind_signals(struct emu *emu)
{
    for (struct emu_file *file = emu->files; file != NULL; file = file->next) {
        if (file->kind == EMU_VCPU)
            mind_signals(emu, file->object);
    }
}
