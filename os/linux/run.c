// SPDX-License-Identifier: BSD-3-Clause
// Running vCPUs, so that nothing is lost and nothing comes twice.
//
// What VCPU_RUN returns does not tell whether the page is filled. A signal that is pending while an exit is made ends the
// call with EINTR, and the exit is in the page all the same; a VM that is over ends it with 0, and nothing is written any
// more. So the reason is cleared before each call, and what counts afterwards is the reason.
#include "linux_vm.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Between a vCPU's halt and the news of the VM's end, the hypervisor says EBUSY. It is asked again for so long.
#define MAX_TRIES 500
#define PAUSE_NS 1000000

static bool take_cancel(struct kernel_run *run)
{
    return __atomic_exchange_n(&run->immediate_exit, 0, __ATOMIC_SEQ_CST) != 0;
}

static int enter(struct linux_vcpu *vcpu)
{
    vcpu->run->exit_reason = 0;
    if (vcpu->signal != 0)
        atomic_store(&vcpu->thread, (int)syscall(SYS_gettid));
    const int result = gunyah_internal_linux_ioctl(vcpu->fd, LINUX_VCPU_RUN, 0);
    if (vcpu->signal != 0)
        atomic_store(&vcpu->thread, 0);
    return result;
}

void gunyah_internal_linux_tell_end(struct linux_vm *vm, const struct gunyah_vcpu_exit *exit)
{
    static const uint64_t one = 1;
    int expected = END_UNKNOWN;

    if (!atomic_compare_exchange_strong(&vm->end, &expected, END_COMES))
        return;
    vm->how = exit->end;
    vm->cause = exit->cause;
    atomic_store(&vm->end, END_IS_KNOWN);
    // A fresh eventfd takes one.
    (void)!write(vm->ended, &one, sizeof(one));
}

static enum gunyah_error deliver(struct linux_vcpu *vcpu, const struct gunyah_vcpu_exit *exit)
{
    if (exit->kind == GUNYAH_VCPU_EXIT_VM_ENDED) {
        vcpu->end = *exit;
        gunyah_internal_linux_tell_end(vcpu->vm, exit);
    }
    // Where the driver has no choice, these bytes are nobody's.
    gunyah_internal_linux_set_action(vcpu->run, exit->kind, GUNYAH_VCPU_ACTION_HANDLED);
    vcpu->last = exit->kind;
    return GUNYAH_OK;
}

// The driver has nothing to say: the VM is over, and this vCPU was told, or another one; or it says so without a reason.
static enum gunyah_error deliver_nothing(struct linux_vcpu *vcpu, struct gunyah_vcpu_exit *exit)
{
    const struct linux_vm *vm = vcpu->vm;

    *exit = vcpu->end;
    if (exit->kind != GUNYAH_VCPU_EXIT_VM_ENDED && atomic_load(&vm->end) == END_IS_KNOWN) {
        exit->kind = GUNYAH_VCPU_EXIT_VM_ENDED;
        exit->reason = KERNEL_EXIT_STATUS;
        exit->end = vm->how;
        exit->cause = vm->cause;
    }
    vcpu->last = exit->kind;
    return GUNYAH_OK;
}

static enum gunyah_error deliver_interruption(struct linux_vcpu *vcpu, struct gunyah_vcpu_exit *exit)
{
    take_cancel(vcpu->run);
    *exit = (struct gunyah_vcpu_exit){.kind = GUNYAH_VCPU_EXIT_INTERRUPTED};
    vcpu->last = exit->kind;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_linux_vcpu_run(struct gunyah_vmm_vcpu *record, struct gunyah_vcpu_exit *exit)
{
    static const struct timespec pause = {0, PAUSE_NS};
    struct linux_vcpu *vcpu = record->own;
    int result = enter(vcpu);

    for (unsigned tries = 1; result == -EBUSY && tries < MAX_TRIES; tries++) {
        nanosleep(&pause, NULL);
        result = enter(vcpu);
    }
    const bool has_page = result >= 0 || result == -EINTR;
    if (has_page)
        gunyah_internal_linux_get_exit(vcpu->run, &vcpu->seen, exit);
    if (has_page && exit->reason != 0)
        return deliver(vcpu, exit);
    if (result == -EINTR)
        return deliver_interruption(vcpu, exit);
    if (result >= 0)
        return deliver_nothing(vcpu, exit);
    vcpu->last = GUNYAH_VCPU_EXIT_UNKNOWN;
    return gunyah_internal_linux_explain(LINUX_VCPU_RUN, -result, &record->failure);
}

static enum gunyah_error refuse(struct gunyah_vmm_vcpu *record, enum gunyah_error error, const char *text,
                                const char *advice)
{
    record->failure =
        (struct gunyah_error_info){error, GUNYAH_DOMAIN_LIBRARY, error, "gunyah_vcpu_resume", text, advice};
    return error;
}

enum gunyah_error gunyah_internal_linux_vcpu_resume(struct gunyah_vmm_vcpu *record, enum gunyah_vcpu_action action)
{
    struct linux_vcpu *vcpu = record->own;

    if (vcpu->last != GUNYAH_VCPU_EXIT_MMIO && vcpu->last != GUNYAH_VCPU_EXIT_PAGE_FAULT)
        return refuse(record, GUNYAH_ERR_OBJECT_STATE, "the vCPU's last exit leaves no choice",
                      "Say how it goes on after an exit for MMIO or a page fault, once it has come.");
    if (action != GUNYAH_VCPU_ACTION_HANDLED && (vcpu->vm->node->capabilities & GUNYAH_LINUX_RESUME) == 0)
        return refuse(record, GUNYAH_ERR_UNSUPPORTED, "with this driver, a vCPU goes on as if all was handled",
                      "Answer what is read with all ones, as a bus does where nothing is.");
    gunyah_internal_linux_set_action(vcpu->run, vcpu->last, action);
    return GUNYAH_OK;
}

void gunyah_internal_linux_vcpu_cancel(struct gunyah_vmm_vcpu *record)
{
    struct linux_vcpu *vcpu = record->own;

    // First this: who is on the way in finds it, whether the signal comes before or after.
    __atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
    const int thread = atomic_load(&vcpu->thread);
    if (thread != 0)
        syscall(SYS_tgkill, getpid(), thread, vcpu->signal);
}
