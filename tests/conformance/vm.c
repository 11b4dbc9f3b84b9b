// SPDX-License-Identifier: BSD-3-Clause
// VMs: their life, what is refused in which state, and how they end.
#include "made.h"

#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_SYSTEM_RESET2 0xc4000012
#define VENDOR_RESET 0x80000001

static bool is_in(struct target *target, struct gunyah_vm *vm, enum gunyah_vm_state state)
{
    struct gunyah_vm_status status;

    EXPECT_OK(gunyah_vm_wait(vm, GUNYAH_VM_STATE_BIT(state), MADE_PATIENCE_NS, &status));
    EXPECT_EQ(status.state, state);
    return true;
}

// Nothing but what is named may be done now.
static bool refuses(struct target *target, const struct made *made, bool configure, bool init, bool start, bool stop,
                    bool reset)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = gunyah_memparcel_handle(made->image);
    if (configure)
        EXPECT_EQ(gunyah_vm_configure(made->vm, &image), GUNYAH_ERR_OBJECT_STATE);
    if (init)
        EXPECT_EQ(gunyah_vm_init(made->vm), GUNYAH_ERR_OBJECT_STATE);
    if (start)
        EXPECT_EQ(gunyah_vm_start(made->vm), GUNYAH_ERR_OBJECT_STATE);
    if (stop)
        EXPECT_EQ(gunyah_vm_stop(made->vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP), GUNYAH_ERR_OBJECT_STATE);
    if (reset)
        EXPECT_EQ(gunyah_vm_reset(made->vm), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool walks_through_its_states(struct target *target)
{
    struct hlos hlos;
    struct made made;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_TRUE(conformance_make_vm(target, &hlos, &made));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_LOAD));
    EXPECT_TRUE(refuses(target, &made, false, true, true, true, true));
    EXPECT_TRUE(conformance_configure_vm(target, &made));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_INIT));
    EXPECT_TRUE(refuses(target, &made, true, false, true, true, true));
    EXPECT_OK(gunyah_vm_init(made.vm));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_READY));
    EXPECT_TRUE(refuses(target, &made, true, true, false, true, false));
    EXPECT_OK(gunyah_vm_start(made.vm));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_RUNNING));
    EXPECT_TRUE(refuses(target, &made, true, true, true, false, true));
    EXPECT_OK(gunyah_vm_stop(made.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_EXITED));
    EXPECT_TRUE(refuses(target, &made, true, true, true, true, false));
    EXPECT_OK(gunyah_vm_reset(made.vm));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_RESET));
    EXPECT_TRUE(refuses(target, &made, false, true, true, true, true));
    EXPECT_OK(gunyah_vm_destroy(&made.vm, MADE_PATIENCE_NS, NULL));
    EXPECT_OK(gunyah_rm_close(&hlos.rm));
    return true;
}

static bool lives_twice(struct target *target)
{
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
    gunyah_vmid_t vmid;

    EXPECT_TRUE(conformance_running_vm(target, &hlos, &made, &guest));
    EXPECT_OK(gunyah_vm_self(guest, &vmid));
    EXPECT_EQ(vmid.value, made.vmid.value);
    EXPECT_OK(gunyah_vm_stop(made.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
    EXPECT_OK(gunyah_vm_reset(made.vm));
    EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_RESET));
    EXPECT_TRUE(conformance_start_vm(target, &made));
    EXPECT_TRUE(conformance_enter(target, &made, &guest));
    EXPECT_OK(gunyah_vm_self(guest, &vmid));
    EXPECT_EQ(vmid.value, made.vmid.value);
    EXPECT_OK(gunyah_vm_destroy(&made.vm, MADE_PATIENCE_NS, NULL));
    return true;
}

static bool ends(struct target *target, const struct made *made, struct gunyah_vm_exit *exit)
{
    EXPECT_TRUE(is_in(target, made->vm, GUNYAH_VM_STATE_EXITED));
    EXPECT_OK(gunyah_vm_exit_info(made->vm, MADE_PATIENCE_NS, exit));
    return true;
}

static bool is_stopped_by_force(struct target *target)
{
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
    struct gunyah_vm_exit exit;

    EXPECT_TRUE(conformance_running_vm(target, &hlos, &made, &guest));
    EXPECT_EQ(gunyah_vm_exit_info(made.vm, 0, &exit), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_vm_stop(made.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
    EXPECT_TRUE(ends(target, &made, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED);
    return true;
}

static bool exits_when_it_is_asked_to(struct target *target)
{
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
    struct gunyah_rm_event event;
    struct gunyah_vm_exit exit;

    EXPECT_TRUE(conformance_running_vm(target, &hlos, &made, &guest));
    EXPECT_OK(gunyah_vm_stop(made.vm, false, GUNYAH_VM_STOP_REASON_RESTART));
    EXPECT_TRUE(conformance_event(target, guest, GUNYAH_RM_NOTIFY_VM_SHUTDOWN, &event));
    EXPECT_EQ(event.vm_shutdown.reason, GUNYAH_VM_STOP_REASON_RESTART);
    // Nobody ends it but itself.
    EXPECT_EQ(gunyah_vm_wait(made.vm, GUNYAH_VM_STATES_ENDED, 1000000, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(gunyah_guest_exit(guest, GUNYAH_VM_EXIT_CODE_UNKNOWN, true), GUNYAH_ERR_ARGUMENT_INVALID);
    gunyah_guest_exit(guest, GUNYAH_VM_EXIT_CODE_DEVICE_ERROR, true);
    EXPECT_TRUE(ends(target, &made, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_VM_EXIT);
    EXPECT_EQ(exit.code, GUNYAH_VM_EXIT_CODE_DEVICE_ERROR);
    EXPECT_EQ(exit.flags, GUNYAH_RM_VM_EXIT_FLAG_RESTART);
    return true;
}

static bool ends_by_psci(struct target *target, uint64_t function, struct gunyah_vm_exit *exit)
{
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;

    EXPECT_TRUE(conformance_running_vm(target, &hlos, &made, &guest));
    conformance_psci(target, function, VENDOR_RESET, UINT64_C(0x1122334455667788));
    EXPECT_TRUE(ends(target, &made, exit));
    EXPECT_OK(gunyah_vm_destroy(&made.vm, MADE_PATIENCE_NS, NULL));
    return true;
}

static bool switches_itself_off(struct target *target)
{
    struct gunyah_vm_exit exit;

    EXPECT_TRUE(ends_by_psci(target, PSCI_SYSTEM_OFF, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    return true;
}

static bool resets_itself(struct target *target)
{
    struct gunyah_vm_exit exit;

    EXPECT_TRUE(ends_by_psci(target, PSCI_SYSTEM_RESET, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET);
    return true;
}

static bool resets_itself_in_its_own_way(struct target *target)
{
    struct gunyah_vm_exit exit;

    EXPECT_TRUE(ends_by_psci(target, PSCI_SYSTEM_RESET2, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2);
    EXPECT_EQ(exit.reset_type, VENDOR_RESET);
    EXPECT_EQ(exit.reset_cookie, UINT64_C(0x1122334455667788));
    return true;
}

// After so many steps of its life. Its VMID and its memory are free then.
static bool is_destroyed_after(struct target *target, const struct hlos *hlos, unsigned steps)
{
    struct made made;
    gunyah_vmid_t first;

    EXPECT_TRUE(conformance_make_vm(target, hlos, &made));
    first = made.vmid;
    if (steps > 0)
        EXPECT_TRUE(conformance_configure_vm(target, &made));
    if (steps > 1)
        EXPECT_OK(gunyah_vm_init(made.vm));
    if (steps > 2)
        EXPECT_OK(gunyah_vm_start(made.vm));
    if (steps > 3)
        EXPECT_OK(gunyah_vm_stop(made.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
    if (steps > 4)
        EXPECT_OK(gunyah_vm_reset(made.vm));
    if (steps > 5)
        EXPECT_TRUE(is_in(target, made.vm, GUNYAH_VM_STATE_RESET));
    EXPECT_OK(gunyah_vm_destroy(&made.vm, MADE_PATIENCE_NS, NULL));
    EXPECT_EQ(made.vm, NULL);
    EXPECT_EQ(gunyah_vm_open(hlos->vmm, first, &made.vm), GUNYAH_ERR_NO_RESOURCES);
    EXPECT_TRUE(conformance_make_vm(target, hlos, &made));
    EXPECT_EQ(made.vmid.value, first.value);
    EXPECT_OK(gunyah_vm_destroy(&made.vm, MADE_PATIENCE_NS, NULL));
    return true;
}

static bool is_destroyed_from_every_state(struct target *target)
{
    struct hlos hlos;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    for (unsigned steps = 0; steps <= 6; steps++)
        EXPECT_TRUE(is_destroyed_after(target, &hlos, steps));
    EXPECT_OK(gunyah_rm_close(&hlos.rm));
    return true;
}

static bool has_a_wanted_vmid(struct target *target)
{
    struct hlos hlos;
    struct gunyah_vm *vm;
    struct gunyah_vm *again;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_OK(gunyah_vm_create(hlos.vmm, gunyah_vmid(31), &vm));
    EXPECT_EQ(gunyah_vm_vmid(vm).value, 31);
    EXPECT_EQ(gunyah_vm_create(hlos.vmm, gunyah_vmid(31), &again), GUNYAH_ERR_NO_RESOURCES);
    EXPECT_EQ(gunyah_vm_create(hlos.vmm, gunyah_vmid(64), &again), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_vm_open(hlos.vmm, gunyah_vmid(31), &again));
    EXPECT_OK(gunyah_vm_close(&again));
    EXPECT_OK(gunyah_vm_destroy(&vm, MADE_PATIENCE_NS, NULL));
    return true;
}

static bool needs_a_parcel_of_its_own(struct target *target)
{
    struct hlos hlos;
    struct gunyah_vm *vm;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct gunyah_vm_status status;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_OK(gunyah_vm_create(hlos.vmm, gunyah_vmid(0), &vm));
    EXPECT_EQ(gunyah_vm_configure(vm, &image), GUNYAH_ERR_ARGUMENT_INVALID);
    image.memparcel = 77;
    EXPECT_EQ(gunyah_vm_configure(vm, &image), GUNYAH_ERR_RM_MEM_INVALID);
    EXPECT_OK(gunyah_vm_get_status(vm, &status));
    EXPECT_EQ(status.state, GUNYAH_VM_STATE_INIT_FAILED);
    // To reset it would stop the Resource Manager.
    EXPECT_EQ(gunyah_vm_reset(vm), GUNYAH_ERR_WOULD_CRASH);
    return true;
}

static const struct conformance_case cases[] = {
    {"vm.walks_through_its_states", walks_through_its_states},
    {"vm.lives_twice", lives_twice},
    {"vm.is_stopped_by_force", is_stopped_by_force},
    {"vm.exits_when_it_is_asked_to", exits_when_it_is_asked_to},
    {"vm.switches_itself_off", switches_itself_off},
    {"vm.resets_itself", resets_itself},
    {"vm.resets_itself_in_its_own_way", resets_itself_in_its_own_way},
    {"vm.is_destroyed_from_every_state", is_destroyed_from_every_state},
    {"vm.has_a_wanted_vmid", has_a_wanted_vmid},
    {"vm.needs_a_parcel_of_its_own", needs_a_parcel_of_its_own},
};

const struct conformance_suite conformance_vm = {cases, COUNT_OF(cases)};
