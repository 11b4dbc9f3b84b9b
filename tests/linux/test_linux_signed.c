// SPDX-License-Identifier: BSD-3-Clause
// VMs of signed firmware: what Qualcomm's driver is told, and what is made of its answers.
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CREATE_VM = 0xb201, CREATE_VCPU = 0xb240, SET_NAME = 0x4010b241, VCPU_COUNT = 0xb243, VCPU_RUN = 0xb280 };
#define WAIT_FOR_EXIT 0xc014b202ul

static void make_vm(struct kit *kit, enum kernel_flavour flavour)
{
    kit_open(kit, flavour);
    cr_assert_eq(gunyah_vm_create(gunyah_linux_vmm(kit->node, kit->g), gunyah_vmid(0), &kit->vm), GUNYAH_OK);
}

static void load(struct kit *kit, enum kernel_flavour flavour)
{
    make_vm(kit, flavour);
    cr_assert_eq(gunyah_vm_load_firmware(kit->vm, "trustedvm"), GUNYAH_OK);
    kit_expect_state(kit, GUNYAH_VM_STATE_INIT);
}

static struct gunyah_vcpu *open_vcpu(const struct kit *kit, uint32_t index)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *vcpu = NULL;

    options.index = index;
    cr_assert_eq(gunyah_vcpu_open(kit->vm, &options, &vcpu), GUNYAH_OK);
    return vcpu;
}

static struct gunyah_vcpu *launch(struct kit *kit, enum kernel_flavour flavour)
{
    load(kit, flavour);
    kit_start(kit);
    return open_vcpu(kit, 0);
}

static void finish(struct kit *kit, struct gunyah_vcpu *vcpu)
{
    cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_OK);
    kit_close(kit);
}

static struct gunyah_vcpu_exit run(struct gunyah_vcpu *vcpu, enum gunyah_vcpu_exit_kind kind)
{
    struct gunyah_vcpu_exit seen;

    cr_assert_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_OK);
    cr_expect_eq(seen.kind, kind, "%d", seen.kind);
    return seen;
}

// ---- what the driver is told -------------------------------------------------------------------------------------

Test(linux_signed, calls)
{
    static const uint8_t name[16] = "trustedvm";
    struct gunyah_vm_resource list[4];
    struct kit kit;
    size_t count = 0;

    load(&kit, Q1);
    cr_expect_eq(kernel_calls(CREATE_VM, 0), 1u);
    cr_assert_eq(kernel_calls(SET_NAME, 0), 1u);
    cr_expect_arr_eq(kernel_call(SET_NAME, 0, 0)->argument, name, sizeof(name));
    cr_expect_eq(gunyah_vm_resources(kit.vm, list, 4, &count), GUNYAH_OK);
    cr_expect_eq(count, 2u);
    cr_expect_eq(list[1].type, GUNYAH_VM_RESOURCE_TYPE_VCPU);
    cr_expect_eq(list[1].label, 1u);
    cr_expect_eq(gunyah_vm_resources(kit.vm, list, 1, &count), GUNYAH_ERR_BUFFER_TOO_SMALL);
    struct gunyah_vcpu *second = open_vcpu(&kit, 1);
    cr_expect_eq(kernel_calls(CREATE_VCPU, 0), 1u);
    kit_start(&kit);
    cr_expect_eq(kernel_calls(CREATE_VCPU, 0), 2u, "the driver starts nothing without all vCPUs");
    cr_expect_eq(get32(kernel_call(CREATE_VCPU, 0, 0)->argument), 1u);
    cr_expect_eq(get32(kernel_call(CREATE_VCPU, 0, 1)->argument), 0u);
    cr_expect_eq(kernel_calls(VCPU_RUN, 0), 0u, "a vCPU starts the VM");
    struct gunyah_vcpu *first = open_vcpu(&kit, 0);
    cr_expect_eq(kernel_calls(CREATE_VCPU, 0), 2u);
    cr_expect_eq(gunyah_vcpu_close(&first), GUNYAH_OK);
    finish(&kit, second);
}

// One that does not tell has one.
Test(linux_signed, a_driver_that_does_not_count)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *vcpu = NULL;
    struct kit kit;

    load(&kit, Q0);
    options.index = 1;
    cr_expect_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_ERR_NOT_FOUND);
    kit_expect_failure(&kit, GUNYAH_ERR_NOT_FOUND, "gunyah_vcpu_open", 0);
    kit_start(&kit);
    cr_expect_eq(kernel_calls(CREATE_VCPU, 0), 1u);
    kit_close(&kit);
}

Test(linux_signed, names)
{
    static const uint8_t longest[16] = "fifteen-letters";
    struct kit kit;

    make_vm(&kit, Q1);
    cr_expect_eq(gunyah_vm_load_firmware(NULL, "trustedvm"), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, ""), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, "sixteen-letters-"), GUNYAH_ERR_ARGUMENT_SIZE);
    kit_expect_failure(&kit, GUNYAH_ERR_ARGUMENT_SIZE, "gunyah_vm_load_firmware", 0);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, (const char *)longest), GUNYAH_ERR_NOT_FOUND);
    kit_expect_failure(&kit, GUNYAH_ERR_NOT_FOUND, "VM_SET_FW_NAME", EINVAL);
    kit_expect_state(&kit, GUNYAH_VM_STATE_LOAD);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, "trustedvm"), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_load_firmware(kit.vm, "trustedvm"), GUNYAH_ERR_OBJECT_STATE);
    kit_close(&kit);
}

// ---- what is made of its answers ---------------------------------------------------------------------------------

Test(linux_signed, failures_to_load)
{
    static const struct {
        unsigned long call;
        int number;
        enum gunyah_error error;
        const char *name;
        enum gunyah_vm_state state;
    } rows[] = {
        {SET_NAME, EINVAL, GUNYAH_ERR_NOT_FOUND, "VM_SET_FW_NAME", GUNYAH_VM_STATE_LOAD},
        {SET_NAME, ENOENT, GUNYAH_ERR_NOT_FOUND, "VM_SET_FW_NAME", GUNYAH_VM_STATE_LOAD},
        {SET_NAME, ENODEV, GUNYAH_ERR_NO_RESOURCES, "VM_SET_FW_NAME", GUNYAH_VM_STATE_INIT_FAILED},
        {SET_NAME, EEXIST, GUNYAH_ERR_OBJECT_STATE, "VM_SET_FW_NAME", GUNYAH_VM_STATE_INIT_FAILED},
        {SET_NAME, ENOMEM, GUNYAH_ERR_NO_MEMORY, "VM_SET_FW_NAME", GUNYAH_VM_STATE_INIT_FAILED},
        {SET_NAME, EPERM, GUNYAH_ERR_DENIED, "VM_SET_FW_NAME", GUNYAH_VM_STATE_INIT_FAILED},
        {VCPU_COUNT, EAGAIN, GUNYAH_ERR_UNKNOWN, "VM_GET_VCPU_COUNT", GUNYAH_VM_STATE_INIT_FAILED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit kit;
        make_vm(&kit, Q1);
        kernel_refuses(rows[i].call, rows[i].number);
        cr_expect_eq(gunyah_vm_load_firmware(kit.vm, "trustedvm"), rows[i].error, "%zu", i);
        kit_expect_failure(&kit, rows[i].error, rows[i].name, rows[i].number);
        kit_expect_state(&kit, rows[i].state);
        kit_close(&kit);
    }
}

// What a driver to come may return.
Test(linux_signed, reasons)
{
    static const struct {
        uint32_t reason;
        enum gunyah_vm_exit_type type;
        uint16_t code;
        enum gunyah_vm_end end;
        const char *text;
    } rows[] = {
        {0, GUNYAH_VM_EXIT_TYPE_VM_EXIT, GUNYAH_VM_EXIT_CODE_UNKNOWN, GUNYAH_VM_END_EXITED, "unknown"},
        {1, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF, 0, GUNYAH_VM_END_EXITED, "the guest switched the system off"},
        {3, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, 0, GUNYAH_VM_END_EXITED,
         "the guest reset the system in a way of its own"},
        {4, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE, 0, GUNYAH_VM_END_CRASHED, "the guest did not pet its watchdog"},
        {6, GUNYAH_VM_EXIT_TYPE_ASYNC_HW_ERROR, 0, GUNYAH_VM_END_CRASHED,
         "the guest was stopped on an error of the hardware"},
        {7, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED, 0, GUNYAH_VM_END_EXITED, "its owner stopped it"},
        {99, (enum gunyah_vm_exit_type)99, 0, GUNYAH_VM_END_EXITED, "unknown"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct step step = {.reason = rows[i].reason};
        struct kit kit;
        struct gunyah_vcpu *vcpu = launch(&kit, Q1);
        kernel_runs(&step, 1);
        for (int twice = 0; twice < 2; twice++) {
            const struct gunyah_vcpu_exit seen = run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
            cr_expect_eq(seen.reason, rows[i].reason);
            cr_expect_eq(seen.cause.type, rows[i].type);
            cr_expect_eq(seen.cause.code, rows[i].code);
            cr_expect_eq(seen.end, rows[i].end);
            cr_expect_str_eq(gunyah_vm_exit_text(&seen.cause), rows[i].text);
        }
        cr_expect_eq(kernel_calls(VCPU_RUN, 0), 1u, "nobody asks a driver twice");
        kit_expect_state(&kit, GUNYAH_VM_STATE_EXITED);
        finish(&kit, vcpu);
    }
}

// Only where RUN has not told.
Test(linux_signed, a_driver_that_tells_by_another_call)
{
    static const uint8_t name[16] = "trustedvm";
    const struct step untold = {.reason = 0};
    const struct step told = {.reason = 2};
    struct kit kit;

    struct gunyah_vcpu *vcpu = launch(&kit, Q1_LE);
    kernel_runs(&untold, 1);
    kernel_tells(4);
    cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED).cause.type, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE);
    cr_assert_eq(kernel_calls(WAIT_FOR_EXIT, 0), 1u);
    cr_expect_arr_eq(kernel_call(WAIT_FOR_EXIT, 0, 0)->argument, name, sizeof(name));
    finish(&kit, vcpu);

    vcpu = launch(&kit, Q1_LE);
    kernel_runs(&told, 1);
    cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED).cause.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET);
    cr_expect_eq(kernel_calls(WAIT_FOR_EXIT, 0), 0u);
    finish(&kit, vcpu);
}

Test(linux_signed, failures_to_run)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {EINVAL, GUNYAH_ERR_NO_RESOURCES}, {EPERM, GUNYAH_ERR_DENIED},  {EIO, GUNYAH_ERR_FAILURE},
        {ENOMEM, GUNYAH_ERR_NO_MEMORY},    {EACCES, GUNYAH_ERR_DENIED}, {ENODEV, GUNYAH_ERR_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct step step = {.error = rows[i].number};
        struct gunyah_vcpu_exit seen;
        struct kit kit;
        struct gunyah_vcpu *vcpu = launch(&kit, Q1);
        kernel_runs(&step, 1);
        cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), rows[i].error);
        cr_expect_eq(gunyah_vcpu_last_error(vcpu)->code, rows[i].number);
        cr_expect_str_eq(gunyah_vcpu_last_error(vcpu)->call, "VCPU_RUN (Qualcomm)");
        cr_expect_eq(gunyah_vcpu_resume(vcpu, GUNYAH_VCPU_ACTION_HANDLED), GUNYAH_ERR_OBJECT_STATE);
        kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
        finish(&kit, vcpu);
    }
}

// Who was interrupted was inside: a refusal after that is the end, which nobody has told of.
Test(linux_signed, an_end_that_a_signal_hid)
{
    static const int refusals[] = {EINVAL, EPERM};

    for (size_t i = 0; i < 2; i++) {
        const struct step steps[] = {{.error = EINTR}, {.error = EINTR}, {.error = refusals[i]}};
        struct kit kit;
        struct gunyah_vcpu *vcpu = launch(&kit, Q1);
        kernel_runs(steps, 3);
        run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
        run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
        cr_expect_eq(run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED).cause.code, GUNYAH_VM_EXIT_CODE_UNKNOWN);
        finish(&kit, vcpu);
    }
}

// Who was cancelled on the way in was not.
Test(linux_signed, a_start_that_fails_after_a_cancellation)
{
    const struct step refused = {.error = EINVAL};
    struct gunyah_vcpu_exit seen;
    struct kit kit;
    struct gunyah_vcpu *vcpu = launch(&kit, Q1);

    gunyah_vcpu_cancel(vcpu);
    run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    kernel_runs(&refused, 1);
    cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_ERR_NO_RESOURCES);
    finish(&kit, vcpu);
}

// After a reset, it is another VM, which did not run.
Test(linux_signed, a_reset_forgets)
{
    const struct step interrupted = {.error = EINTR};
    const struct step refused = {.error = EINVAL};
    struct gunyah_vcpu_exit seen;
    struct kit kit;

    struct gunyah_vcpu *vcpu = launch(&kit, Q1);
    kernel_runs(&interrupted, 1);
    run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_stop(kit.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_reset(kit.vm), GUNYAH_OK);
    kernel_is(&kernel_flavours[Q1]);
    cr_assert_eq(gunyah_vm_load_firmware(kit.vm, "trustedvm"), GUNYAH_OK);
    vcpu = open_vcpu(&kit, 0);
    cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_ERR_NO_RESOURCES);
    cr_expect_str_eq(gunyah_vcpu_last_error(vcpu)->call, "gunyah_vcpu_run");
    cr_expect_eq(kernel_calls(VCPU_RUN, 0), 0u, "RUN would have started it");
    kit_start(&kit);
    kernel_runs(&refused, 1);
    cr_expect_eq(gunyah_vcpu_run(vcpu, &seen), GUNYAH_ERR_NO_RESOURCES);
    cr_expect_str_eq(gunyah_vcpu_last_error(vcpu)->call, "VCPU_RUN (Qualcomm)");
    finish(&kit, vcpu);
}

// ---- cancelling --------------------------------------------------------------------------------------------------

// Without a signal: the next time, once, and not in the driver.
Test(linux_signed, cancelled_before)
{
    const struct step over = {.reason = 1};
    struct kit kit;
    struct gunyah_vcpu *vcpu = launch(&kit, Q1);
    const unsigned inherited = inherited_files();

    kernel_runs(&over, 1);
    gunyah_vcpu_cancel(vcpu);
    gunyah_vcpu_cancel(vcpu);
    cr_expect_eq(inherited_files(), inherited);
    run(vcpu, GUNYAH_VCPU_EXIT_INTERRUPTED);
    cr_expect_eq(kernel_calls(VCPU_RUN, 0), 0u);
    cr_expect_eq(inherited_files(), inherited);
    run(vcpu, GUNYAH_VCPU_EXIT_VM_ENDED);
    finish(&kit, vcpu);
}

static void do_nothing(int signal)
{
    (void)signal;
}

static void *run_once(void *context)
{
    run(context, GUNYAH_VCPU_EXIT_INTERRUPTED);
    return NULL;
}

// It may be on its way in, or inside.
Test(linux_signed, cancelled_meanwhile)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    const struct sigaction action = {.sa_handler = do_nothing};
    const struct step waits = {.blocks = true};
    struct gunyah_vcpu *vcpu = NULL;
    struct kit kit;

    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    options.signal = SIGUSR1;
    load(&kit, Q1);
    kit_start(&kit);
    cr_assert_eq(gunyah_vcpu_open(kit.vm, &options, &vcpu), GUNYAH_OK);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        kernel_runs(&waits, 1);
        cr_assert_eq(pthread_create(&thread, NULL, run_once, vcpu), 0);
        gunyah_vcpu_cancel(vcpu);
        cr_assert_eq(pthread_join(thread, NULL), 0);
    }
    finish(&kit, vcpu);
}

// ---- limits ------------------------------------------------------------------------------------------------------

// A whole life, in which the call after so many others fails. Returns whether one did.
static bool live(unsigned calls, int number, enum gunyah_error wanted)
{
    struct gunyah_vcpu_exit seen;
    struct gunyah_vcpu *vcpu = NULL;
    struct kit kit;
    enum gunyah_error error;

    kit_open(&kit, Q1);
    kernel_fails(calls, number);
    error = gunyah_vm_create(gunyah_linux_vmm(kit.node, kit.g), gunyah_vmid(0), &kit.vm);
    if (error == GUNYAH_OK)
        error = gunyah_vm_load_firmware(kit.vm, "trustedvm");
    if (error == GUNYAH_OK)
        error = gunyah_vm_init(kit.vm);
    if (error == GUNYAH_OK)
        error = gunyah_vm_start(kit.vm);
    if (error == GUNYAH_OK)
        error = gunyah_vcpu_open(kit.vm, NULL, &vcpu);
    if (error == GUNYAH_OK)
        error = gunyah_vcpu_run(vcpu, &seen);
    kernel_is(&kernel_flavours[Q1]);
    cr_expect(error == GUNYAH_OK || error == wanted, "after %u calls: %s", calls, gunyah_error_name(error));
    if (vcpu != NULL)
        cr_expect_eq(gunyah_vcpu_close(&vcpu), GUNYAH_OK);
    kit_close(&kit);
    return error != GUNYAH_OK;
}

// CREATE_VM, SET_FW_NAME, GET_VCPU_COUNT, two vCPUs, VCPU_RUN; and the question for the reason, which may fail.
Test(linux_signed, limits_of_the_kernel)
{
    for (unsigned calls = 0; calls < 6; calls++) {
        cr_expect(live(calls, ENOMEM, GUNYAH_ERR_NO_MEMORY), "%u", calls);
        cr_expect(live(calls, EMFILE, GUNYAH_ERR_NO_RESOURCES), "%u", calls);
    }
    cr_expect_not(live(6, ENOMEM, GUNYAH_ERR_NO_MEMORY));
}

// No file is left for a copy of a vCPU's, after the vCPU was made; then there is one.
Test(linux_signed, limits_of_the_process)
{
    struct rlimit usual;
    struct rlimit small;
    struct kit kit;
    int next;

    load(&kit, Q1);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    next = dup(0);
    close(next);
    small = (struct rlimit){(rlim_t)next + 1, usual.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &small), 0);
    cr_expect_eq(gunyah_vm_start(kit.vm), GUNYAH_ERR_NO_RESOURCES);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
    kit_expect_failure(&kit, GUNYAH_ERR_NO_RESOURCES, "fcntl", EMFILE);
    kit_expect_state(&kit, GUNYAH_VM_STATE_READY);
    cr_expect_eq(gunyah_vm_start(kit.vm), GUNYAH_OK);
    cr_expect_eq(kernel_calls(CREATE_VCPU, 0), 2u);
    finish(&kit, open_vcpu(&kit, 0));
}
