// SPDX-License-Identifier: BSD-3-Clause
// vCPUs: exits of every kind, those that a signal hides, the end of a VM, and how a thread is brought back.
#include "kit.h"

#include <linux_vm.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#define ADD 0x40104704u
#define RUN 0x4705u

// 8 bytes at an address are written; or read, with 4 bytes left over from before.
#define MMIO_WRITE                                                                                                     \
    {                                                                                                                  \
        .reason = 1, .content = { 0x10, 0x20, 0x30, 0x40, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 0, 0, 1 }          \
    }
#define MMIO_READ                                                                                                      \
    {                                                                                                                  \
        .reason = 1, .content = { 0, 0x10, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 2 }                               \
    }
#define SYSTEM_OFF                                                                                                     \
    {                                                                                                                  \
        .reason = 2, .content = { 2, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0x80, 0, 0 }                                  \
    }

static struct gunyah_vcpu *open_vcpu(const struct kit *kit, uint32_t index, int signal)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *vcpu = NULL;

    options.index = index;
    options.signal = signal;
    cr_assert_eq(gunyah_vcpu_open(kit->vm, &options, &vcpu), GUNYAH_OK);
    return vcpu;
}

// A VM that runs, with its first vCPU.
static struct gunyah_vcpu *begin(struct kit *kit, enum kernel_flavour flavour, const struct step *steps, size_t count)
{
    kit_make_vm(kit, flavour);
    kit_configure(kit);
    kit_start(kit);
    kernel_runs(steps, count);
    return open_vcpu(kit, 0, 0);
}

static void finish(struct kit *kit, struct gunyah_vcpu **vcpu)
{
    cr_expect_eq(gunyah_vcpu_close(vcpu), GUNYAH_OK);
    kit_close(kit);
}

static struct gunyah_vcpu_exit run(struct gunyah_vcpu *vcpu, enum gunyah_vcpu_exit_kind kind)
{
    struct gunyah_vcpu_exit seen;

    cr_assert_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_OK);
    cr_expect_eq(seen.kind, kind, "%d", seen.kind);
    return seen;
}

Test(linux_vcpu, mmio)
{
    static const struct step steps[] = {MMIO_WRITE, MMIO_READ, MMIO_READ, MMIO_READ};
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 4);

    const struct gunyah_vcpu_exit write = run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    cr_expect_eq(write.address, 0x40302010u);
    cr_expect_eq(write.length, 8u);
    cr_expect(write.is_write);
    cr_expect_eq(gunyah_vcpu_exit_value(&write), 0x0807060504030201u);
    gunyah_vcpu_exit_answer(&write, 0);
    cr_expect_eq(write.data[0], 1, "nothing is read");

    struct gunyah_vcpu_exit read = run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    cr_expect_eq(get32(kernel_page(0) + 8), 0u, "the reason was cleared");
    cr_expect_eq(read.address, 0x1000u);
    cr_expect_eq(read.length, 2u);
    cr_expect(!read.is_write);
    cr_expect_eq(gunyah_vcpu_exit_value(&read), 0u, "nothing is written");
    gunyah_vcpu_exit_answer(&read, 0x12345678);
    read = run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    static const uint8_t answered[8] = {0x78, 0x56};
    cr_expect_arr_eq(kernel_page(0) + 24, answered, 8);
    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    static const uint8_t nothing[8] = {0};
    cr_expect_arr_eq(kernel_page(0) + 24, nothing, 8, "what nobody answers is 0, and not of an earlier exit");
    finish(&kit, &vcpu);
}

Test(linux_vcpu, a_length_that_there_is_not)
{
    static const struct step steps[] = {{.reason = 1, .content = {[16] = 3}},
                                        {.reason = 1, .content = {[16] = 0}},
                                        {.reason = 1, .content = {[16] = 16}},
                                        {.reason = 9}};
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 4);

    for (unsigned i = 0; i < 3; i++)
        cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_UNKNOWN).reason, 1u);
    cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_UNKNOWN).reason, 9u);
    cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_UNKNOWN).reason, 0u);
    finish(&kit, &vcpu);
}

// A signal that is pending when an exit is made: EINTR, and the page is filled.
Test(linux_vcpu, an_exit_behind_a_signal)
{
    static const struct step steps[] = {
        {.error = EINTR, .reason = 1, .content = {0, 0x10, [8] = 42, [16] = 1, [20] = 1}},
        {.error = EINTR},
        MMIO_READ,
    };
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 3);

    const struct gunyah_vcpu_exit seen = run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    cr_expect_eq(gunyah_vcpu_exit_value(&seen), 42u);
    const struct gunyah_vcpu_exit nothing = run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    cr_expect_eq(nothing.address, 0u);
    cr_expect(nothing.data == NULL);
    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, the_end)
{
    static const struct step steps[] = {SYSTEM_OFF};
    struct gunyah_vm_exit why;
    struct gunyah_vm_status status;
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 1);
    struct gunyah_vcpu *other = open_vcpu(&kit, 1, 0);

    cr_expect_eq(gunyah_vm_wait(kit.vm, GUNYAH_VM_STATES_ENDED, 1000000, NULL), GUNYAH_ERR_TIMEOUT);
    const struct gunyah_vcpu_exit seen = run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
    cr_expect_eq(seen.end, GUNYAH_VM_END_EXITED);
    cr_expect_eq(seen.cause.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    cr_expect_eq(seen.cause.flags, 0x8000u);
    cr_expect_eq(seen.cause.code, 0u);
    // From now on the driver says nothing more, and the page is stale.
    cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED).cause.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    cr_expect_eq(run(other, GUNYAH_VCPU_EXIT_VM_ENDED).cause.flags, 0x8000u);

    cr_expect_eq(gunyah_vm_wait(kit.vm, GUNYAH_VM_STATES_ENDED, GUNYAH_WAIT_FOREVER, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_EXITED);
    cr_expect_eq(gunyah_vm_exit_info(kit.vm, 0, &why), GUNYAH_OK);
    cr_expect_str_eq(gunyah_vm_exit_text(&why), "the guest switched the system off");
    cr_expect_eq(gunyah_vm_wait(kit.vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_RUNNING), 1000000, NULL),
                 GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_vcpu_close(&other), GUNYAH_OK);
    finish(&kit, &vcpu);
}

// While one thread is still telling the others, the next vCPU says what it was told itself, as often as it is asked.
Test(linux_vcpu, the_end_while_another_thread_tells_it)
{
    static const struct step steps[] = {SYSTEM_OFF};
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 1);

    atomic_store(&kit.node->vms->end, END_COMES);
    run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
    const struct gunyah_vcpu_exit again = run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
    cr_expect_eq(again.cause.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    cr_expect_eq(again.reason, 2u);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, ways_to_end)
{
    static const struct {
        struct step step;
        enum gunyah_vm_state state;
        struct gunyah_vm_exit cause;
    } rows[] = {
        {{.reason = 2, .content = {3, [4] = 4}}, GUNYAH_VM_STATE_EXITED, {.type = GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE}},
        {{.reason = 2, .content = {1}}, GUNYAH_VM_STATE_INIT_FAILED, {.type = GUNYAH_VM_EXIT_TYPE_VM_EXIT}},
        {{.reason = 2, .content = {2, [8] = 4, [12] = 1, 0, 2}},
         GUNYAH_VM_STATE_EXITED,
         {.type = GUNYAH_VM_EXIT_TYPE_VM_EXIT, .flags = 1, .code = 2}},
        // SYSTEM_RESET2 has 16 bytes, of which 8 are there.
        {{.reason = 2, .content = {2, [4] = 3, [8] = 16, [12] = 0, 0x80, 0, 0, 1, 2, 3, 0x80}},
         GUNYAH_VM_STATE_EXITED,
         {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, .flags = 0x8000, .reset_type = 0x80030201}},
        {{.reason = 2, .content = {2, [4] = 3, [8] = 8, [12] = 0, 0, 0, 0, 1, 2, 3, 4}},
         GUNYAH_VM_STATE_EXITED,
         {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, .reset_type = 0x04030201}},
        // A size that says that there is nothing.
        {{.reason = 2, .content = {2, [4] = 1, [12] = 0xff, 0xff, 0xff, 0xff}},
         GUNYAH_VM_STATE_EXITED,
         {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gunyah_vm_exit why;
        struct kit kit;
        struct gunyah_vcpu *vcpu = begin(&kit, A14, &rows[i].step, 1);
        cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED).end, (enum gunyah_vm_end)rows[i].step.content[0]);
        kit_expect_state(&kit, rows[i].state);
        cr_assert_eq(gunyah_vm_exit_info(kit.vm, 0, &why), GUNYAH_OK);
        cr_expect_eq(why.type, rows[i].cause.type);
        cr_expect_eq(why.flags, rows[i].cause.flags);
        cr_expect_eq(why.code, rows[i].cause.code);
        cr_expect_eq(why.reset_type, rows[i].cause.reset_type, "0x%x", why.reset_type);
        finish(&kit, &vcpu);
    }
}

// Around the end, the hypervisor does not let anybody in for a moment.
Test(linux_vcpu, busy)
{
    static const struct step steps[] = {{.error = EBUSY}, {.error = EBUSY}, {.error = EBUSY}, SYSTEM_OFF};
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 4);

    run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, busy_for_ever)
{
    struct gunyah_vcpu_exit seen;
    struct step steps[600] = {{0}};
    struct kit kit;

    for (size_t i = 0; i < 600; i++)
        steps[i].error = EBUSY;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 600);
    cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_ERR_BUSY);
    cr_expect_eq(gunyah_vcpu_last_error(vcpu)->code, EBUSY);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, failures)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {EACCES, GUNYAH_ERR_DENIED},           {EIO, GUNYAH_ERR_FAILURE},    {ENOMEM, GUNYAH_ERR_NO_MEMORY},
        {EINVAL, GUNYAH_ERR_ARGUMENT_INVALID}, {EPERM, GUNYAH_ERR_DENIED},   {EOPNOTSUPP, GUNYAH_ERR_UNIMPLEMENTED},
        {ENODEV, GUNYAH_ERR_NO_RESOURCES},     {EPROTO, GUNYAH_ERR_UNKNOWN},
    };
    struct gunyah_vcpu_exit seen;
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, NULL, 0);

    cr_expect_eq(gunyah_vcpu_last_error(vcpu)->domain, GUNYAH_DOMAIN_NONE);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernel_refuses(RUN, rows[i].number);
        cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), rows[i].error);
        const struct gunyah_error_info *info = gunyah_vcpu_last_error(vcpu);
        cr_expect_eq(info->error, rows[i].error);
        cr_expect_eq(info->domain, GUNYAH_DOMAIN_BACKEND);
        cr_expect_eq(info->code, rows[i].number);
        cr_expect_str_eq(info->call, "VCPU_RUN");
    }
    cr_expect_eq(gunyah_last_error(kit.g)->domain, GUNYAH_DOMAIN_NONE, "the session knows nothing of it");
    finish(&kit, &vcpu);
}

// ---- going on ----------------------------------------------------------------------------------------------------

Test(linux_vcpu, page_faults_and_actions)
{
    static const struct step steps[] = {
        {.reason = 3, .content = {0, 0x10, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 7}}, // -ENOENT
        {.reason = 3, .content = {0, 0x20, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}},    // -EPERM
        {.reason = 1, .content = {[16] = 4, 0, 0, 0, 0, 7}},
        {.error = EINTR},
    };
    struct gunyah_vcpu_exit seen;
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A15, steps, 4);

    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_HANDLED), GUNYAH_ERR_OBJECT_STATE, "no exit yet");
    seen = run(vcpu, GUNYAH_VCPU_EXIT_PAGE_FAULT);
    cr_expect_eq(seen.address, 0x1000u);
    cr_expect(!seen.is_mapped);
    seen = run(vcpu, GUNYAH_VCPU_EXIT_PAGE_FAULT);
    cr_expect_eq(kernel_page(0)[28], 0, "handled, if nobody says otherwise");
    cr_expect_eq(seen.address, 0x2000u);
    cr_expect(seen.is_mapped);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_FAULT), GUNYAH_OK);
    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    cr_expect_eq(kernel_page(0)[28], 1);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, (enum gunyah_vcpu_action)3), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_RETRY), GUNYAH_OK);
    run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    cr_expect_eq(kernel_page(0)[37], 2);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_HANDLED), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_str_eq(gunyah_vcpu_last_error(vcpu)->call, "gunyah_vcpu_resume");
    finish(&kit, &vcpu);
}

Test(linux_vcpu, a_driver_without_actions)
{
    static const struct step steps[] = {MMIO_READ};
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 1);

    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_FAULT), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_RETRY), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_HANDLED), GUNYAH_OK);
    finish(&kit, &vcpu);
}

// ---- coming back -------------------------------------------------------------------------------------------------

Test(linux_vcpu, cancelled_before)
{
    static const struct step steps[] = {
        {.error = EINTR, .reason = 1, .content = {[16] = 1, [20] = 1}}, // and cancelled meanwhile, see below
        MMIO_READ,
    };
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, steps, 2);

    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    gunyah_vcpu_cancel(vcpu);
    gunyah_vcpu_cancel(vcpu);
    run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    run(vcpu, GUNYAH_VCPU_EXIT_MMIO);
    gunyah_vcpu_cancel(NULL);
    finish(&kit, &vcpu);
}

static void do_nothing(int signal)
{
    (void)signal;
}

struct runner {
    struct gunyah_vcpu *vcpu;
    enum gunyah_error error;
    struct gunyah_vcpu_exit seen;
};

static void *run_in_a_thread(void *argument)
{
    struct runner *runner = argument;

    runner->error = gunyah_vcpu_run(runner->vcpu, &runner->seen);
    return NULL;
}

// Whether the thread is inside or still on its way, it comes back.
Test(linux_vcpu, cancelled_by_another_thread, .timeout = 60)
{
    static const struct step asleep = {.blocks = true};
    struct sigaction action = {.sa_handler = do_nothing};
    struct kit kit;

    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    for (unsigned i = 0; i < 200; i++) {
        struct runner runner = {.error = GUNYAH_ERR_UNKNOWN};
        pthread_t thread;
        kit_make_vm(&kit, A14);
        kit_configure(&kit);
        kit_start(&kit);
        kernel_runs(&asleep, 1);
        runner.vcpu = open_vcpu(&kit, 0, SIGUSR1);
        cr_assert_eq(pthread_create(&thread, NULL, run_in_a_thread, &runner), 0);
        gunyah_vcpu_cancel(runner.vcpu);
        cr_assert_eq(pthread_join(thread, NULL), 0);
        cr_expect_eq(runner.error, GUNYAH_OK);
        cr_expect_eq(runner.seen.kind, GUNYAH_VCPU_EXIT_INTERRUPTED);
        finish(&kit, &runner.vcpu);
    }
}

// Two vCPUs and the session's thread hear of the end.
Test(linux_vcpu, the_end_in_several_threads, .timeout = 60)
{
    static const struct step steps[] = {SYSTEM_OFF, SYSTEM_OFF};
    struct kit kit;

    for (unsigned i = 0; i < 100; i++) {
        struct runner runners[2] = {{NULL, GUNYAH_ERR_UNKNOWN, {0}}, {NULL, GUNYAH_ERR_UNKNOWN, {0}}};
        pthread_t threads[2];
        struct gunyah_vm_exit why;
        kit_make_vm(&kit, A15);
        kit_configure(&kit);
        kit_start(&kit);
        kernel_runs(steps, 2);
        for (uint32_t n = 0; n < 2; n++)
            runners[n].vcpu = open_vcpu(&kit, n, 0);
        for (uint32_t n = 0; n < 2; n++)
            cr_assert_eq(pthread_create(&threads[n], NULL, run_in_a_thread, &runners[n]), 0);
        cr_expect_eq(gunyah_vm_exit_info(kit.vm, GUNYAH_WAIT_FOREVER, &why), GUNYAH_OK);
        cr_expect_eq(why.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
        for (uint32_t n = 0; n < 2; n++) {
            cr_assert_eq(pthread_join(threads[n], NULL), 0);
            cr_expect_eq(runners[n].seen.kind, GUNYAH_VCPU_EXIT_VM_ENDED);
            cr_expect_eq(gunyah_vcpu_close(&runners[n].vcpu), GUNYAH_OK);
        }
        kit_close(&kit);
    }
}

// ---- handles -----------------------------------------------------------------------------------------------------

Test(linux_vcpu, opening)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *vcpu = NULL;
    struct gunyah_vcpu *other = NULL;
    struct gunyah_vcpu_exit seen;
    struct kit kit;

    kit_make_vm(&kit, A14);
    cr_expect_eq(gunyah_vcpu_open(kit.vm, NULL, &vcpu), GUNYAH_ERR_OBJECT_STATE, "not configured");
    kit_configure(&kit);
    cr_expect_eq(gunyah_vcpu_open(kit.vm, NULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vcpu_open(NULL, NULL, &vcpu), GUNYAH_ERR_NULL);
    options.index = 2;
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_ERR_NOT_FOUND, "the tree has two, and idle states");
    kit_expect_failure(&kit, GUNYAH_ERR_NOT_FOUND, "gunyah_vcpu_open", 0);
    options.index = 1;
    options.size--;
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_ERR_OPTION);
    options.size++;
    const unsigned before = open_files();
    kernel_refuses(ADD, ENOMEM);
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_ERR_NO_MEMORY);
    kit_expect_failure(&kit, GUNYAH_ERR_NO_MEMORY, "VM_ADD_FUNCTION (vCPU)", ENOMEM);
    cr_expect_eq(open_files(), before);
    // The driver has it then, and makes it once: the next time, it is the same one.
    kernel_refuses(0x4706, EINVAL);
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_failure(&kit, GUNYAH_ERR_ARGUMENT_INVALID, "VCPU_MMAP_SIZE", EINVAL);
    cr_expect(vcpu == NULL);
    cr_assert_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_OK);
    cr_expect_eq(kernel_calls(ADD, 1), 1u);
    cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_OK);
    kit_close(&kit);

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_OK);
    cr_expect_eq(get32(kernel_call(ADD, 1, 0)->argument), 1u);
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &other), GUNYAH_ERR_IN_USE);
    cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_ERR_NO_RESOURCES, "not started");
    cr_expect_eq(gunyah_vcpu_run(vcpu, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vcpu_run(NULL, &seen), GUNYAH_ERR_NULL);
    other = vcpu;
    cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_OK);
    cr_expect(vcpu == NULL);
    cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vcpu_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vcpu_run(other, &seen), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_vcpu_resume(other, GUNYAH_VCPU_ACTION_HANDLED), GUNYAH_ERR_HANDLE);
    cr_expect(gunyah_vcpu_last_error(other) == NULL);
    gunyah_vcpu_cancel(other);
    // The driver keeps its vCPUs: the same one is opened again.
    cr_assert_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_OK);
    cr_expect_eq(kernel_calls(ADD, 1), 1u);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, a_vm_with_vcpus_stays)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct kit kit;
    struct gunyah_vcpu *vcpu = begin(&kit, A14, NULL, 0);

    cr_expect_eq(gunyah_vm_stop(kit.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_ERR_IN_USE);
    kit_expect_failure(&kit, GUNYAH_ERR_IN_USE, "gunyah_vm_stop", 0);
    cr_expect_eq(gunyah_vm_destroy(&kit.vm, 0, &remains), GUNYAH_ERR_IN_USE);
    cr_expect_str_eq(remains.step, "stop");
    kit_expect_failure(&kit, GUNYAH_ERR_IN_USE, "gunyah_vm_destroy", 0);
    cr_expect(kit.vm != NULL);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
    // Without its handle, it lives until its last vCPU is closed.
    cr_expect_eq(gunyah_vm_close(&kit.vm), GUNYAH_OK);
    run(vcpu, GUNYAH_VCPU_EXIT_UNKNOWN);
    finish(&kit, &vcpu);
}

Test(linux_vcpu, left_open)
{
    struct kit kit;

    begin(&kit, A14, NULL, 0);
    kit.vm = NULL;
    kit_close(&kit);
}
