// SPDX-License-Identifier: BSD-3-Clause
// VMs of signed firmware: what the library finds, how they start and end, vCPUs in threads, and coming back from RUN.
#include "signed.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

static const struct gunyah_emu_firmware firmware[] = {{"trustedvm", 1, 1, 0}, {"oemvm", 2, 0, 0}, {"hypvm", 0, 0, 0}};

static void emulate_signed(const char *flavour, const char *script, int (*vmm)(void *), void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = flavour;
    options.script = script;
    options.firmware = firmware;
    options.firmware_count = COUNT(firmware);
    cr_assert_eq(gunyah_emu_call(&options, vmm, context, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.status, 0, "%s: 0x%x", flavour, (unsigned)result.status);
    cr_expect_eq(result.left, 0u, "%s", flavour);
    cr_expect_eq(result.failures, 0u, "%s: %s", flavour, result.problem);
}

static void emulate_all_signed(const char *script, int (*vmm)(void *), void *context)
{
    for (size_t i = 0; i < COUNT(signed_flavours); i++)
        emulate_signed(signed_flavours[i], script, vmm, context);
}

// ---- in the child ------------------------------------------------------------------------------------------------

static void start(struct vmm *vmm, const struct gunyah_vcpu_options *options)
{
    MUST(vmm, gunyah_vm_init(vmm->vm));
    MUST(vmm, gunyah_vm_start(vmm->vm));
    MUST(vmm, gunyah_vcpu_open(vmm->vm, options, &vmm->vcpu));
}

static void expect_state(const struct vmm *vmm, enum gunyah_vm_state state)
{
    struct gunyah_vm_status status;

    MUST(vmm, gunyah_vm_get_status(vmm->vm, &status));
    EXPECT(status.state == state);
}

// ---- what is found -----------------------------------------------------------------------------------------------

static int is_found(void *context)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct vmm vmm;

    (void)context;
    open_signed(&vmm);
    EXPECT(gunyah_linux_get_info(vmm.node, &info) == GUNYAH_OK);
    EXPECT(info.flavour == GUNYAH_LINUX_QUALCOMM && strcmp(info.name, "Qualcomm") == 0);
    EXPECT(info.capabilities == GUNYAH_LINUX_SIGNED_FIRMWARE);
    return vmm_close(&vmm);
}

// The other driver is what is opened without a path.
static int finds_both(void *context)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    EXPECT(gunyah_linux_get_info(vmm.node, &info) == GUNYAH_OK);
    EXPECT(info.flavour == GUNYAH_LINUX_ANDROID_14);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    EXPECT(gunyah_vm_load_firmware(vmm.vm, "trustedvm") == GUNYAH_ERR_UNSUPPORTED);
    return vmm_close(&vmm);
}

Test(emulated_signed, driver)
{
    emulate_all_signed(NULL, is_found, NULL);
    emulate_signed("q1-6.1", NULL, finds_both, NULL);
}

// ---- ends --------------------------------------------------------------------------------------------------------

struct end {
    const char *name;
    enum gunyah_vm_exit_type type;
    enum gunyah_vm_end end;
};

static void expect_end(const struct gunyah_vcpu_exit *exit, const struct end *end)
{
    EXPECT(exit->end == end->end && exit->cause.type == end->type);
    EXPECT(exit->cause.code == (end->type == GUNYAH_VM_EXIT_TYPE_VM_EXIT ? GUNYAH_VM_EXIT_CODE_UNKNOWN : 0));
}

static int ends(void *context)
{
    const struct end *end = context;
    struct gunyah_vcpu_exit exit;
    struct gunyah_vm_exit why;
    struct vmm vmm;

    make_signed(&vmm, end->name);
    expect_state(&vmm, GUNYAH_VM_STATE_INIT);
    start(&vmm, NULL);
    expect_state(&vmm, GUNYAH_VM_STATE_RUNNING);
    exit = RUN(vmm.vcpu, VM_ENDED);
    expect_end(&exit, end);
    exit = RUN(vmm.vcpu, VM_ENDED); // Again, although the driver says it once.
    expect_end(&exit, end);
    MUST(&vmm, gunyah_vm_exit_info(vmm.vm, 0, &why));
    EXPECT(why.type == end->type);
    expect_state(&vmm, GUNYAH_VM_STATE_EXITED);
    return vmm_close(&vmm);
}

Test(emulated_signed, ends)
{
    static const struct {
        const char *script;
        enum gunyah_vm_exit_type type;
        enum gunyah_vm_end end;
    } rows[] = {
        {NULL, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF, GUNYAH_VM_END_EXITED},
        {"exit 0\n", GUNYAH_VM_EXIT_TYPE_VM_EXIT, GUNYAH_VM_END_EXITED},
        {"crash\n", GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR, GUNYAH_VM_END_CRASHED},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct end by_hypervisor = {"hypvm", rows[i].type, rows[i].end};
        struct end proxy = {"trustedvm", rows[i].type, rows[i].end};
        struct end untold = {"trustedvm", GUNYAH_VM_EXIT_TYPE_VM_EXIT, GUNYAH_VM_END_EXITED};
        emulate_all_signed(rows[i].script, ends, &by_hypervisor);
        emulate_signed("q1", rows[i].script, ends, &untold);
        emulate_signed("q1-6.1", rows[i].script, ends, &proxy);
        emulate_signed("q1-le", rows[i].script, ends, &proxy); // By WAIT_FOR_EXIT.
    }
}

// The signal that hides the end is the first thing that is told, and the end is the next.
static int hidden(void *context)
{
    const struct end *end = context;
    struct gunyah_vcpu_exit exit;
    struct vmm vmm;

    make_signed(&vmm, end->name);
    start(&vmm, NULL);
    RUN(vmm.vcpu, INTERRUPTED);
    exit = RUN(vmm.vcpu, VM_ENDED);
    expect_end(&exit, end);
    return vmm_close(&vmm);
}

Test(emulated_signed, end_behind_a_signal)
{
    struct end untold = {"trustedvm", GUNYAH_VM_EXIT_TYPE_VM_EXIT, GUNYAH_VM_END_EXITED};
    struct end told = {"trustedvm", GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET, GUNYAH_VM_END_EXITED};

    emulate_signed("q1", "swallow\nreset\n", hidden, &untold);
    emulate_signed("q1-6.1", "swallow\nreset\n", hidden, &untold);
    emulate_signed("q1-le", "swallow\nreset\n", hidden, &told);
}

static int fails(void *context)
{
    struct gunyah_vcpu_exit exit;
    struct vmm vmm;

    (void)context;
    make_signed(&vmm, "trustedvm");
    start(&vmm, NULL);
    EXPECT(gunyah_vcpu_run(vmm.vcpu, &exit) == GUNYAH_ERR_FAILURE);
    EXPECT(strcmp(gunyah_vcpu_last_error(vmm.vcpu)->call, "VCPU_RUN (Qualcomm)") == 0);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_signed, failure)
{
    emulate_all_signed("fail EIO\npoweroff\n", fails, NULL);
}

// Reset, it is another VM of the same firmware, or of another one.
static int boots_again(void *context)
{
    struct vmm vmm;

    (void)context;
    make_signed(&vmm, "trustedvm");
    for (int i = 0; i < 3; i++) {
        start(&vmm, NULL);
        RUN(vmm.vcpu, VM_ENDED);
        MUST(&vmm, gunyah_vcpu_close(&vmm.vcpu));
        MUST(&vmm, gunyah_vm_reset(vmm.vm));
        expect_state(&vmm, GUNYAH_VM_STATE_RESET);
        MUST(&vmm, gunyah_vm_load_firmware(vmm.vm, i == 0 ? "hypvm" : "trustedvm"));
    }
    return vmm_close(&vmm);
}

Test(emulated_signed, reboot)
{
    emulate_all_signed("reset\n", boots_again, NULL);
}

// ---- threads -----------------------------------------------------------------------------------------------------

static int runs_two(void *context)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vm_resource list[3];
    struct gunyah_vcpu *second = NULL;
    struct gunyah_vm_exit why;
    pthread_t threads[2];
    struct vmm vmm;
    size_t count;

    (void)context;
    make_signed(&vmm, "oemvm");
    MUST(&vmm, gunyah_vm_resources(vmm.vm, list, COUNT(list), &count));
    EXPECT(count == 2 && list[1].type == GUNYAH_VM_RESOURCE_TYPE_VCPU && list[1].label == 1);
    options.index = 2;
    EXPECT(gunyah_vcpu_open(vmm.vm, &options, &second) == GUNYAH_ERR_NOT_FOUND);
    start(&vmm, NULL);
    options.index = 1;
    MUST(&vmm, gunyah_vcpu_open(vmm.vm, &options, &second));
    EXPECT(pthread_create(&threads[0], NULL, run_signed, vmm.vcpu) == 0);
    EXPECT(pthread_create(&threads[1], NULL, run_signed, second) == 0);
    MUST(&vmm, gunyah_vm_exit_info(vmm.vm, GUNYAH_WAIT_FOREVER, &why));
    EXPECT(pthread_join(threads[0], NULL) == 0 && pthread_join(threads[1], NULL) == 0);
    MUST(&vmm, gunyah_vcpu_close(&second));
    return vmm_close(&vmm);
}

Test(emulated_signed, two_in_threads)
{
    emulate_all_signed("on 1\nwait\nvcpu 1\npoweroff\n", runs_two, NULL);
}

// A vCPU that comes late finds a VM that is over, which the other one may not have been told yet.
static int comes_late(void *context)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct gunyah_vcpu *second = NULL;
    pthread_t threads[2];
    struct vmm vmm;

    (void)context;
    options.index = 1;
    for (int i = 0; i < 20; i++) {
        make_signed(&vmm, "oemvm");
        start(&vmm, NULL);
        MUST(&vmm, gunyah_vcpu_open(vmm.vm, &options, &second));
        EXPECT(pthread_create(&threads[0], NULL, run_signed, vmm.vcpu) == 0);
        EXPECT(pthread_create(&threads[1], NULL, run_signed, second) == 0);
        EXPECT(pthread_join(threads[0], NULL) == 0 && pthread_join(threads[1], NULL) == 0);
        MUST(&vmm, gunyah_vcpu_close(&second));
        vmm_close(&vmm);
    }
    return EXIT_SUCCESS;
}

Test(emulated_signed, late_vcpu)
{
    emulate_all_signed("poweroff\n", comes_late, NULL);
}

// ---- coming back -------------------------------------------------------------------------------------------------

static int is_cancelled(void *context)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct vmm vmm;

    options.signal = SIGUSR1;
    make_signed(&vmm, context);
    start(&vmm, &options);
    cancel_often(vmm.vcpu);
    gunyah_vcpu_cancel(vmm.vcpu);
    RUN(vmm.vcpu, INTERRUPTED);
    expect_state(&vmm, GUNYAH_VM_STATE_RUNNING);
    return vmm_close(&vmm);
}

Test(emulated_signed, cancelling)
{
    char proxy[] = "trustedvm";
    char by_hypervisor[] = "hypvm";

    emulate_all_signed("wait\n", is_cancelled, proxy);
    emulate_signed("q1-6.1", "wait\n", is_cancelled, by_hypervisor);
    emulate_signed("q1-le", "wait\n", is_cancelled, by_hypervisor);
}

static int is_interrupted(void *context)
{
    const struct itimerval timer = {{0, 2000}, {0, 2000}};
    struct sigaction action = {.sa_handler = do_nothing};
    struct vmm vmm;

    (void)context;
    EXPECT(sigaction(SIGALRM, &action, NULL) == 0);
    make_signed(&vmm, "trustedvm");
    start(&vmm, NULL);
    EXPECT(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    for (int i = 0; i < 3; i++)
        RUN(vmm.vcpu, INTERRUPTED);
    EXPECT(gunyah_vm_destroy(&vmm.vm, 0, NULL) == GUNYAH_ERR_IN_USE);
    return vmm_close(&vmm);
}

Test(emulated_signed, signals)
{
    emulate_all_signed("wait\n", is_interrupted, NULL);
}

// ---- what is refused ---------------------------------------------------------------------------------------------

static void expect_refused(const struct vmm *vmm, enum gunyah_error error)
{
    EXPECT(error == GUNYAH_ERR_UNSUPPORTED);
    EXPECT(strstr(gunyah_last_error(vmm->g)->text, "signed firmware alone") != NULL);
    EXPECT(strstr(gunyah_last_error(vmm->g)->advice, "gunyah_vm_load_firmware") != NULL);
}

static int is_refused(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell;
    struct vmm vmm;

    (void)context;
    create_signed(&vmm);
    memory.address = RAM;
    memory.length = RAM_SIZE;
    image.memparcel = 0;
    expect_refused(&vmm, gunyah_vm_add_memory(vmm.vm, &memory, NULL));
    expect_refused(&vmm, gunyah_vm_configure(vmm.vm, &image));
    EXPECT(gunyah_vm_load_firmware(vmm.vm, "nobody") == GUNYAH_ERR_NOT_FOUND);
    expect_state(&vmm, GUNYAH_VM_STATE_LOAD);
    MUST(&vmm, gunyah_vm_load_firmware(vmm.vm, "trustedvm"));
    EXPECT(gunyah_vm_load_firmware(vmm.vm, "trustedvm") == GUNYAH_ERR_OBJECT_STATE);
    expect_refused(&vmm, gunyah_vm_add_irq(vmm.vm, 1, false, &bell));
    expect_refused(&vmm, gunyah_vm_add_notify(vmm.vm, &notify, &bell));
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    expect_refused(&vmm, gunyah_vm_set_boot_register(vmm.vm, GUNYAH_VM_REGISTER_SET_X, 0, 0));
    MUST(&vmm, gunyah_vm_start(vmm.vm));
    expect_refused(&vmm, gunyah_vm_reclaim_memory(vmm.vm, (struct gunyah_memory_region){RAM, 0x1000}));
    EXPECT(gunyah_vm_stop(vmm.vm, false, GUNYAH_VM_STOP_REASON_SHUTDOWN) == GUNYAH_ERR_UNSUPPORTED);
    return vmm_close(&vmm);
}

// Another one is made of it. The VM that was refused can be destroyed.
static int is_taken(void *context)
{
    struct gunyah_vm *other = NULL;
    struct vmm vmm;

    (void)context;
    make_signed(&vmm, "trustedvm");
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &other));
    EXPECT(gunyah_vm_load_firmware(other, "trustedvm") == GUNYAH_ERR_NO_RESOURCES);
    EXPECT(strcmp(gunyah_last_error(vmm.g)->call, "VM_SET_FW_NAME") == 0);
    MUST(&vmm, gunyah_vm_destroy(&other, 0, NULL));
    return vmm_close(&vmm);
}

Test(emulated_signed, refusals)
{
    emulate_all_signed(NULL, is_refused, NULL);
    emulate_all_signed(NULL, is_taken, NULL);
}
