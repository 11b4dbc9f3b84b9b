// SPDX-License-Identifier: BSD-3-Clause
// vCPUs in each flavour: MMIO of all widths, exits behind signals, page faults, two of them in threads, and cancelling.
#include "emulated.h"

#include <pthread.h>
#include <signal.h>

// ---- MMIO --------------------------------------------------------------------------------------------------------

static int answers(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    vmm_start(&vmm);
    for (uint32_t width = 1; width <= 8; width *= 2) {
        const uint64_t mask = UINT64_MAX >> (64 - 8 * width);
        const struct gunyah_vcpu_exit write = RUN(vmm.vcpu, MMIO);
        EXPECT(write.is_write && write.address == 0x1000 + width && write.length == width);
        EXPECT(gunyah_vcpu_exit_value(&write) == (UINT64_C(0x1122334455667788) & mask));
        const struct gunyah_vcpu_exit read = RUN(vmm.vcpu, MMIO);
        EXPECT(!read.is_write && read.address == 0x2000 + width && read.length == width);
        gunyah_vcpu_exit_answer(&read, UINT64_C(0xaabbccddeeff0011));
    }
    RUN(vmm.vcpu, MMIO); // nobody answers
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vcpu, mmio)
{
    emulate_all("write 0x1001 1 0x1122334455667788\n"
                "read 0x2001 1 0x11\n"
                "write 0x1002 2 0x1122334455667788\n"
                "read 0x2002 2 0x0011\n"
                "write 0x1004 4 0x1122334455667788\n"
                "read 0x2004 4 0xeeff0011\n"
                "write 0x1008 8 0x1122334455667788\n"
                "read 0x2008 8 0xaabbccddeeff0011\n"
                "read 0x3000 8 0\n"
                "poweroff\n",
                answers, NULL);
}

static int loses_nothing(void *context)
{
    struct gunyah_vcpu_exit exit;
    unsigned writes = 0;
    unsigned reads = 0;
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    vmm_start(&vmm);
    do {
        EXPECT(gunyah_vcpu_run(vmm.vcpu, &exit) == GUNYAH_OK);
        if (exit.kind != GUNYAH_VCPU_EXIT_MMIO)
            continue;
        if (exit.is_write)
            writes++;
        else
            gunyah_vcpu_exit_answer(&exit, ++reads != 0 ? 0x42 : 0);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    EXPECT(writes == 150 && reads == 50);
    return vmm_close(&vmm);
}

Test(emulated_vcpu, exits_behind_signals)
{
    emulate_all("repeat 50\n"
                "swallow\n"
                "write 0x1000 4 1\n"
                "write 0x1000 4 2\n"
                "fail EBUSY\n"
                "swallow\n"
                "read 0x1000 1 0x42\n"
                "write 0x1000 4 3\n"
                "end\n"
                "swallow\n"
                "poweroff\n",
                loses_nothing, NULL);
}

// ---- page faults -------------------------------------------------------------------------------------------------

static int faults(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    vmm_start(&vmm);
    const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, PAGE_FAULT);
    EXPECT(exit.address == 0x90001000 && !exit.is_mapped);
    EXPECT(gunyah_vcpu_resume(vmm.vcpu, GUNYAH_VCPU_ACTION_FAULT) == GUNYAH_OK);
    RUN(vmm.vcpu, MMIO);
    EXPECT(gunyah_vcpu_resume(vmm.vcpu, GUNYAH_VCPU_ACTION_FAULT) == GUNYAH_OK);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vcpu, page_faults)
{
    for (size_t i = 0; i < COUNT(later_flavours); i++)
        emulate(later_flavours[i], "abort-read 0x90001000 4\nabort-write 0x1000 4 1\npoweroff\n", faults, NULL);
}

static int sees_no_fault(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, MMIO);
    EXPECT(gunyah_vcpu_resume(vmm.vcpu, GUNYAH_VCPU_ACTION_FAULT) == GUNYAH_ERR_UNSUPPORTED);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vcpu, no_page_faults)
{
    for (size_t i = 0; i < COUNT(early_flavours); i++)
        emulate(early_flavours[i], "abort-read 0x90001000 4\nwrite 0x1000 4 1\npoweroff\n", sees_no_fault, NULL);
}

// ---- threads -----------------------------------------------------------------------------------------------------

struct runner {
    struct gunyah_vcpu *vcpu;
    unsigned writes;
};

static void *run_to_the_end(void *context)
{
    struct runner *runner = context;
    struct gunyah_vcpu_exit exit;

    do {
        EXPECT(gunyah_vcpu_run(runner->vcpu, &exit) == GUNYAH_OK);
        runner->writes += exit.kind == GUNYAH_VCPU_EXIT_MMIO;
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

static int runs_two(void *context)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct runner first = {0};
    struct runner second = {0};
    struct gunyah_vm_exit why;
    pthread_t threads[2];
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    options.index = 2;
    EXPECT(gunyah_vcpu_open(vmm.vm, &options, &second.vcpu) == GUNYAH_ERR_NOT_FOUND);
    options.index = 1;
    MUST(&vmm, gunyah_vcpu_open(vmm.vm, &options, &second.vcpu));
    vmm_start(&vmm);
    first.vcpu = vmm.vcpu;
    EXPECT(pthread_create(&threads[0], NULL, run_to_the_end, &first) == 0);
    EXPECT(pthread_create(&threads[1], NULL, run_to_the_end, &second) == 0);
    MUST(&vmm, gunyah_vm_exit_info(vmm.vm, GUNYAH_WAIT_FOREVER, &why));
    EXPECT(pthread_join(threads[0], NULL) == 0 && pthread_join(threads[1], NULL) == 0);
    EXPECT(first.writes == 1 && second.writes == 20);
    MUST(&vmm, gunyah_vcpu_close(&second.vcpu));
    return vmm_close(&vmm);
}

Test(emulated_vcpu, two_in_threads)
{
    emulate_all("vcpu 0\n"
                "write 0x1000 4 1\n"
                "on 1\n"
                "wait\n"
                "vcpu 1\n"
                "repeat 20\n"
                "write 0x2000 4 1\n"
                "end\n"
                "poweroff\n",
                runs_two, NULL);
}

// ---- coming back -------------------------------------------------------------------------------------------------

static int is_cancelled(void *context)
{
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
    struct vmm vmm;

    (void)context;
    options.signal = SIGUSR1;
    vmm_make(&vmm);
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    MUST(&vmm, gunyah_vm_start(vmm.vm));
    MUST(&vmm, gunyah_vcpu_open(vmm.vm, &options, &vmm.vcpu));
    cancel_often(vmm.vcpu);
    return vmm_close(&vmm);
}

Test(emulated_vcpu, cancelling)
{
    emulate_all("wait\n", is_cancelled, NULL);
}
