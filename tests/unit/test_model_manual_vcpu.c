// SPDX-License-Identifier: BSD-3-Clause
// The model as the manual says and as it was recorded, one test for each row of docs/fidelity.md: vCPUs.
#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))
#define WAKE_UP 40
#define HALT 41
#define PRIMARY 3 // VMID

static void options(struct machine *machine)
{
    static const struct {
        uint64_t options;
        int32_t manual;
        int32_t recorded;
    } rows[] = {
        {0, GUNYAH_HVERR_OK, GUNYAH_HVERR_OK},
        {1, GUNYAH_HVERR_OK, GUNYAH_HVERR_OK}, // debugging; pinned
        {2, GUNYAH_HVERR_OK, GUNYAH_HVERR_OK}, // of HLOS; what to do with errors
        {3, GUNYAH_HVERR_OK, GUNYAH_HVERR_OK},
        {GUNYAH_VCPU_OPTION_FLAGS_DEBUG_ALLOWED_MASK, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK},
        {GUNYAH_VCPU_OPTION_FLAGS_VCPU_RUN_SCHEDULED_MASK, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK},
        {GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK},
        {UINT64_C(1) << 62, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ARGUMENT_INVALID},
    };
    const uint64_t vcpu = MAKE(machine, THREAD);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        IS(ASK(machine, VCPU_CONFIGURE, vcpu, rows[i].options), by_mode(machine, rows[i].manual, rows[i].recorded));
}

Test(model_manual_vcpu, options)
{
    in_both_modes(options);
}

// Bit 0 is not "pinned" there, and a vCPU of HLOS can be activated.
static void options_mean(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t vcpu = prepare_vcpu(machine, space);
    const uint64_t hlos = prepare_vcpu(machine, space);

    IS(ASK(machine, VIC_ATTACH_VCPU, make_vic(machine), vcpu, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, VIC_ATTACH_VCPU, make_vic(machine), hlos, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_CONFIGURE, vcpu, 1), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, 1, UINT64_MAX), GUNYAH_HVERR_OK);
    IS(activate(machine, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, 2, UINT64_MAX), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_DENIED));
    IS(ASK(machine, VCPU_CONFIGURE, hlos, machine->manual ? 2 : GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK),
       GUNYAH_HVERR_OK);
    IS(activate(machine, hlos), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_OBJECT_CONFIG));
}

Test(model_manual_vcpu, options_mean)
{
    in_both_modes(options_mean);
}

static void without_a_controller(struct machine *machine)
{
    const uint64_t group = MAKE(machine, VPM_GROUP);
    const uint64_t vcpu = prepare_vcpu(machine, make_addrspace(machine, 5));

    activate(machine, group);
    IS(ASK(machine, VPM_GROUP_ATTACH_VCPU, group, vcpu, 0), GUNYAH_HVERR_OK);
    IS(activate(machine, vcpu), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_ARGUMENT_INVALID));
    if (!machine->manual)
        return;
    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, WAKE_UP, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    // It waits, and no interrupt ever comes.
    machine->trap = (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_WAIT};
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP));
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP));
    IS(delete_cap(machine, vcpu), GUNYAH_HVERR_OK);
}

Test(model_manual_vcpu, without_a_controller)
{
    in_both_modes(without_a_controller);
}

static void priority(struct machine *machine)
{
    const int32_t above = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_DENIED);
    const uint64_t vcpu = MAKE(machine, THREAD);

    IS(ASK(machine, VCPU_SET_PRIORITY, vcpu, 62), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_PRIORITY, vcpu, 63), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_DENIED));
    IS(ASK(machine, VCPU_SET_PRIORITY, vcpu, 64), above);
    IS(ASK(machine, VCPU_SET_PRIORITY, machine->root.vcpu[0].value, 64), above);
    IS(ASK(machine, VCPU_SET_PRIORITY, machine->root.vcpu[0].value, 62), GUNYAH_HVERR_OBJECT_STATE);
}

Test(model_manual_vcpu, priority)
{
    in_both_modes(priority);
}

static void timeslice(struct machine *machine)
{
    const uint64_t vcpu = MAKE(machine, THREAD);

    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 99999), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 100000),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 999999),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 1000000), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 100000000), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_TIMESLICE, vcpu, 100000001), GUNYAH_HVERR_ARGUMENT_INVALID);
}

Test(model_manual_vcpu, timeslice)
{
    in_both_modes(timeslice);
}

// Returns a vCPU that only vcpu_run runs, switched on.
static uint64_t make_proxy(struct machine *machine)
{
    const uint64_t vcpu = make_vcpu(machine, make_addrspace(machine, 5));

    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, WAKE_UP, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    return vcpu;
}

static void killed(struct machine *machine)
{
    const int32_t again = by_mode(machine, GUNYAH_HVERR_OBJECT_STATE, GUNYAH_HVERR_OK);
    const uint64_t vcpu = make_proxy(machine);

    IS(ASK(machine, VCPU_KILL, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_KILL, vcpu), again); // on its way
    IS(ASK(machine, VCPU_RUN, vcpu), again);
    cr_expect(eq(u64, machine->x[1], machine->manual ? 0 : GUNYAH_VCPU_RUN_STATE_POWERED_OFF));
    cr_expect(eq(u64, machine->x[2], machine->manual ? 0 : 1));
    IS(ASK(machine, VCPU_KILL, vcpu), again); // gone
    IS(ASK(machine, VCPU_RUN_CHECK, vcpu), again);
    IS(ASK(machine, VCPU_REGISTER_WRITE, vcpu, GUNYAH_VCPU_REGISTER_SET_X, 0, 1), GUNYAH_HVERR_OBJECT_STATE);
}

Test(model_manual_vcpu, killed)
{
    in_both_modes(killed);
}

static void wake_up_unbound(struct machine *machine)
{
    const uint64_t vcpu = make_proxy(machine);

    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_UNBIND_VIRQ, vcpu, GUNYAH_VCPU_VIRQ_TYPE_HALT), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_UNBIND_VIRQ, vcpu, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN, vcpu), by_mode(machine, GUNYAH_HVERR_BUSY, GUNYAH_HVERR_OK));
    // It runs by itself, once there is a processor that gets to it.
    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, 1, UINT64_MAX), GUNYAH_HVERR_OK);
    machine->trap = (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_WAIT};
    gunyah_model_advance(machine->model, 10000000);
    cr_expect(eq(int, machine->trap.stop == GUNYAH_MODEL_STOP_NEVER, machine->manual));
    // And may be bound again.
    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, WAKE_UP, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
}

Test(model_manual_vcpu, wake_up_unbound)
{
    in_both_modes(wake_up_unbound);
}

// What it waits for a VMM to do is done with nothing, since nobody would do it any more.
Test(model_manual_vcpu, wake_up_unbound_during_an_access)
{
    struct machine *machine = new_machine(true);
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t vcpu = make_vcpu(machine, space);

    IS(ASK(machine, ADDRSPACE_CONFIGURE_VMMIO, space, 0x5000, PAGE, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, WAKE_UP, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    machine->trap =
        (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_LOAD, .address = 0x5008, .size = 4, .target = 3};
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ));
    IS(ASK(machine, VCPU_UNBIND_VIRQ, vcpu, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN_CHECK, vcpu), GUNYAH_HVERR_BUSY); // it can run
    end_machine(machine);
}

static void faults(struct machine *machine)
{
    const uint64_t vcpu = make_proxy(machine);
    const uint64_t state = machine->manual ? GUNYAH_VCPU_RUN_STATE_FAULT : GUNYAH_VCPU_RUN_STATE_READY;

    gunyah_model_virq_set_trigger(machine->model, ROOT, HALT, GUNYAH_MODEL_EDGE);
    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, HALT, GUNYAH_VCPU_VIRQ_TYPE_HALT), GUNYAH_HVERR_OK);
    machine->trap = (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_STORE, .address = 0x9000, .size = 4};
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], state));
    cr_expect(eq(int, gunyah_model_virq_pending(machine->model, ROOT, HALT), machine->manual));
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], state));
}

Test(model_manual_vcpu, faults)
{
    in_both_modes(faults);
}

static void check_of_one_that_runs(struct machine *machine)
{
    const uint64_t vcpu = make_proxy(machine);

    IS(ASK(machine, VCPU_RUN_CHECK, vcpu), GUNYAH_HVERR_BUSY);
    cr_expect(eq(u64, machine->x[1], machine->manual ? 0 : GUNYAH_VCPU_RUN_STATE_BLOCKED));
    machine->trap = (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_WAIT};
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN_CHECK, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP));
    cr_expect(eq(u64, machine->x[3], GUNYAH_VCPU_RUN_WAKEUP_FROM_WFI));
}

Test(model_manual_vcpu, check_of_one_that_runs)
{
    in_both_modes(check_of_one_that_runs);
}

static void words_that_are_not_used(struct machine *machine)
{
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK);
    const uint64_t vcpu = make_proxy(machine);

    IS(ASK(machine, VCPU_RUN, vcpu, 7, 0, 0), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_RUN, vcpu, 0, 1, 0), refused);
    IS(ASK(machine, VCPU_RUN, vcpu, 0, 0, 1), refused);
}

Test(model_manual_vcpu, words_that_are_not_used)
{
    in_both_modes(words_that_are_not_used);
}

// ---- where the real hypervisor stops ------------------------------------------------------------------------------------

static void affinity_that_is_not_there(struct machine *machine)
{
    const uint64_t vcpu = MAKE(machine, THREAD);

    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, GUNYAH_VIC_MAX_VCPUS - 1, UINT64_MAX), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, GUNYAH_VIC_MAX_VCPUS, UINT64_MAX),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, STOPPED));
    IS(ASK(machine, VCPU_SET_AFFINITY, vcpu, 0, UINT64_MAX), by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
}

Test(model_manual_vcpu, affinity_that_is_not_there)
{
    in_both_modes(affinity_that_is_not_there);
}

// Those of a VM have the option, whatever can be asked for.
static void end_of_a_critical_vcpu(struct machine *machine)
{
    const struct gunyah_model_vm_options options = {
        .vmid = 4, .vcpus = 1, .max_caps = 8, .max_virqs = 32, .vcpu_options = GUNYAH_VCPU_OPTION_FLAGS_CRITICAL_MASK};
    struct gunyah_model_vm vm;

    IS(gunyah_model_add_vm(machine->model, &options, &vm), GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_KILL, vm.vcpu[0].value), by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
    IS(ASK(machine, SCHEDULER_YIELD, 0), by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
}

Test(model_manual_vcpu, end_of_a_critical_vcpu)
{
    in_both_modes(end_of_a_critical_vcpu);
}

static void reset_of_the_primary_vm(struct machine *machine)
{
    const struct gunyah_model_vm_options options = {.vmid = PRIMARY, .vcpus = 1, .max_caps = 8, .max_virqs = 32};
    struct gunyah_model_registers registers = {{0x84000009}};
    struct gunyah_model_vm vm;

    IS(gunyah_model_add_vm(machine->model, &options, &vm), GUNYAH_HVERR_OK);
    IS(gunyah_model_call(machine->model, vm.vm, 0, GUNYAH_MODEL_SMC, 0, &registers),
       by_mode(machine, GUNYAH_MODEL_NO_RETURN, GUNYAH_MODEL_CRASHED));
    IS(ASK(machine, VCPU_RUN_CHECK, vm.vcpu[0].value), by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
    if (machine->manual)
        cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET));
}

Test(model_manual_vcpu, reset_of_the_primary_vm)
{
    in_both_modes(reset_of_the_primary_vm);
}
