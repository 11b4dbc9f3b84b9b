// SPDX-License-Identifier: BSD-3-Clause
// A privileged VM makes a vCPU, runs it, and ends it: docs/vcpus-and-devices.md explains it. In the simulator, a vCPU that calls
// made has no code to run: it only says that it could go on.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WAKE_UP 40
#define TURNS 3

struct owner {
    struct gunyah_sim *sim;
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
};

static void must(const struct owner *owner, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    const struct gunyah_error_info *info = owner->g != NULL ? gunyah_last_error(owner->g) : NULL;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), info != NULL ? info->text : gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

static void set_up(struct owner *owner)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_open_options open = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;

    options.privileged = true;
    must(owner, gunyah_sim_create(NULL, &owner->sim));
    must(owner, gunyah_sim_add_vm(owner->sim, &options, &vm));
    must(owner, gunyah_sim_get_vm_info(vm, &info));
    must(owner, gunyah_sim_set_trigger(vm, gunyah_virq(WAKE_UP), GUNYAH_SIM_EDGE));
    open.backend = gunyah_sim_backend(vm);
    must(owner, gunyah_open(&open, &owner->g));
    must(owner, gunyah_partition_open(owner->g, info.partition, &owner->partition));
    must(owner, gunyah_cspace_open(owner->g, info.cspace, &owner->cspace));
    must(owner, gunyah_vic_open(owner->g, info.vic, &owner->vic));
}

// Where its memory is to be mapped; there is none here.
static void give_address_space(const struct owner *owner, struct gunyah_thread *thread)
{
    struct gunyah_addrspace *space;

    must(owner, gunyah_addrspace_create(owner->partition, owner->cspace, &space));
    must(owner, gunyah_addrspace_configure(space, gunyah_vmid(0x40)));
    must(owner, gunyah_addrspace_activate(space));
    must(owner, gunyah_addrspace_attach_vcpu(space, thread));
}

static struct gunyah_thread *make_vcpu(const struct owner *owner)
{
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_thread *thread;
    struct gunyah_vic *vic;

    must(owner, gunyah_vic_create(owner->partition, owner->cspace, &vic));
    must(owner, gunyah_vic_configure(vic, 1, 64));
    must(owner, gunyah_vic_activate(vic));

    must(owner, gunyah_thread_create(owner->partition, owner->cspace, &thread));
    must(owner, gunyah_cspace_attach_thread(owner->cspace, thread));
    must(owner, gunyah_vic_attach_vcpu(vic, thread, 0));
    give_address_space(owner, thread);
    options.vcpu_run_scheduled = true;
    must(owner, gunyah_thread_configure(thread, &options));
    must(owner, gunyah_thread_activate(thread));
    must(owner, gunyah_thread_bind_wakeup_virq(thread, owner->vic, gunyah_virq(WAKE_UP)));
    return thread;
}

// A device of one register.
static uint64_t device_register;

// Do what the vCPU has stopped for. Returns whether it goes on.
static bool serve(const struct owner *owner, const struct gunyah_thread_exit *exit, struct gunyah_thread_resume *resume)
{
    const gunyah_virq_t wake_up = {WAKE_UP};

    switch (exit->state) {
    case GUNYAH_VCPU_RUN_STATE_READY:
        printf("it could go on\n");
        return true;
    case GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ:
        resume->value = device_register;
        return true;
    case GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE:
        device_register = exit->value;
        return true;
    case GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP:
        return gunyah_wait(owner->g, &wake_up, 1, GUNYAH_WAIT_FOREVER, NULL) == GUNYAH_OK;
    case GUNYAH_VCPU_RUN_STATE_POWERED_OFF:
        printf("it is off%s\n", exit->exited ? " for good" : "");
        return false;
    default:
        printf("state %d: %#" PRIx64 "\n", (int)exit->state, exit->data[0]);
        return false;
    }
}

static void run(const struct owner *owner, struct gunyah_thread *thread)
{
    struct gunyah_thread_resume resume = GUNYAH_THREAD_RESUME_INIT;
    struct gunyah_thread_exit exit;

    for (int turn = 0; turn < TURNS; turn++) {
        const enum gunyah_error error = gunyah_thread_run(thread, &resume, &exit);
        if (error == GUNYAH_ERR_RETRY)
            continue;
        must(owner, error);
        if (!serve(owner, &exit, &resume))
            return;
    }
}

int main(void)
{
    struct owner owner = {NULL};

    set_up(&owner);
    struct gunyah_thread *thread = make_vcpu(&owner);
    run(&owner, thread);
    must(&owner, gunyah_thread_power_on(thread, 0x80000000, 0, 0));
    run(&owner, thread);
    must(&owner, gunyah_thread_kill(thread));
    run(&owner, thread);
    if (gunyah_thread_set_affinity(thread, 99) == GUNYAH_ERR_WOULD_CRASH)
        printf("refused: %s\n", gunyah_last_error(owner.g)->text);
    return gunyah_close(&owner.g) || gunyah_sim_destroy(&owner.sim);
}
