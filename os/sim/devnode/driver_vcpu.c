// SPDX-License-Identifier: BSD-3-Clause
// vCPUs: RUN, which is answered when there is something for the VMM to do.
#include "emu_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STATUS_EXITED 2
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

void gunyah_internal_emu_release_vcpu(struct emu_vcpu *vcpu)
{
    if (--vcpu->references != 0)
        return;
    while (vcpu->waiters != NULL)
        gunyah_internal_emu_drop_waiter(&vcpu->waiters);
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

    if (has(emu, EMU_RUN_OWNER) && request->process != vcpu->vm->process)
        return -EPERM;
    return gunyah_internal_emu_enter(vcpu, request);
}

int64_t gunyah_internal_emu_enter(struct emu_vcpu *vcpu, const struct emu_request *request)
{
    vcpu->vm->stirred = true;
    return gunyah_internal_emu_add_waiter(&vcpu->waiters, request, NULL) ? EMU_ANSWERED : -ENOMEM;
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

// An exit that comes together with a signal is in the page, if there is one, and nobody is told.
static int64_t answer_exit(struct emu_vcpu *vcpu, int64_t value)
{
    const bool swallow = vcpu->swallow;

    vcpu->swallow = false;
    return swallow ? -EINTR : value;
}

// Returns what RUN answers, unless the VM is over; EMU_ANSWERED: nothing yet.
static int64_t move(struct emu *emu, struct emu_vcpu *vcpu)
{
    for (int i = 0; i < TURN_STEPS && vcpu->vm->state == EMU_RUNNING; i++) {
        switch (gunyah_internal_emu_do_step(emu, vcpu)) {
        case EMU_DONE:
            break;
        case EMU_WAITS:
            return EMU_ANSWERED;
        case EMU_EXITS:
            vcpu->state = EMU_IN_EXIT;
            return answer_exit(vcpu, 0);
        case EMU_FAILS:
            return -(int64_t)vcpu->step.label;
        }
    }
    vcpu->vm->stirred = true;
    return EMU_ANSWERED;
}

// A signed VM has no exits. RUN waits for its end, while the hypervisor runs it, or as the processor of one that it does not run.
static int64_t advance_signed(struct emu *emu, struct emu_vcpu *vcpu)
{
    const int64_t value = vcpu->vm->proxy ? move(emu, vcpu) : EMU_ANSWERED;

    return value == EMU_ANSWERED && vcpu->vm->state != EMU_RUNNING
               ? answer_exit(vcpu, gunyah_internal_emu_reason(emu, vcpu->vm))
               : value;
}

// Returns what RUN answers; EMU_ANSWERED: nothing yet.
static int64_t advance(struct emu *emu, struct emu_vcpu *vcpu)
{
    int64_t value;
    int error;

    if (vcpu->vm->is_signed)
        return advance_signed(emu, vcpu);
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
    value = move(emu, vcpu);
    if (value != EMU_ANSWERED || vcpu->vm->state == EMU_RUNNING)
        return value;
    fill_status(vcpu);
    return answer_exit(vcpu, 0);
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
            if (value >= 0 && vcpu->vm->proxy && gunyah_internal_emu_pending_signal(request->thread) == EMU_SIGNAL)
                value = -EMU_RESTART;
            gunyah_internal_emu_answer(emu, request, value);
        }
        gunyah_internal_emu_drop_waiter(&vcpu->waiters);
    }
}

// What the hypervisor runs moves by itself.
static void run_by_itself(struct emu *emu, struct emu_vm *vm)
{
    for (const struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        if (function->type == EMU_FN_VCPU && vm->state == EMU_RUNNING)
            move(emu, function->vcpu);
    }
}

static void turn_vm(struct emu *emu, struct emu_vm *vm)
{
    vm->stirred = false;
    if (vm->is_signed && !vm->proxy)
        run_by_itself(emu, vm);
    for (struct emu_file *file = emu->files; file != NULL; file = file->next) {
        struct emu_vcpu *vcpu = file->object;
        if (is_vcpu_kind(file->kind) && vcpu->vm == vm)
            turn(emu, vcpu);
    }
}

void gunyah_internal_emu_turn_all(struct emu *emu)
{
    bool stirred = false;

    for (struct emu_vm *vm = emu->vms; vm != NULL; vm = vm->next) {
        stirred = stirred || vm->stirred;
        if (vm->stirred)
            turn_vm(emu, vm);
    }
    if (stirred)
        gunyah_internal_emu_wake_sleepers(emu);
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
        if (is_vcpu_kind(file->kind) && vcpu->waiters != NULL)
            return true;
    }
    return emu->sleepers != NULL;
}

// Some kernels wait for the end of a VM that the hypervisor runs, and for nothing else.
static bool is_deaf(const struct emu *emu, const struct emu_vm *vm)
{
    return vm->is_signed && !vm->proxy && has(emu, EMU_SIGNED_DEAF);
}

static void mind_signals(const struct emu *emu, struct emu_vcpu *vcpu)
{
    if (!is_deaf(emu, vcpu->vm))
        gunyah_internal_emu_mind_waiters(emu, &vcpu->waiters);
    vcpu->vm->stirred = true; // The next one may have waited for this one.
}

void gunyah_internal_emu_mind_signals(struct emu *emu)
{
    for (struct emu_file *file = emu->files; file != NULL; file = file->next) {
        if (is_vcpu_kind(file->kind))
            mind_signals(emu, file->object);
    }
    gunyah_internal_emu_mind_waiters(emu, &emu->sleepers);
}
