// SPDX-License-Identifier: BSD-3-Clause
// One life of a VM and the next: what is told of them, late or never, and how they end.
#include "scripted_vm.h"

static void says_that_it_ran_and_ended(struct fake_rm *rm)
{
    fake_rm_vm_status(rm, SCRIPT_VMID, 3);
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
}

static void says_that_it_is_reset(struct fake_rm *rm)
{
    fake_rm_vm_status(rm, SCRIPT_VMID, 10);
    fake_rm_vm_status(rm, SCRIPT_VMID, 11);
}

// A reply that says less than what is known already.
Test(core_vm_lives, replies_come_late)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = vm_in(rm, 2);

    script_error(0)->more = says_that_it_ran_and_ended;
    cr_expect_eq(gunyah_vm_start(vm), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 9);
    script_error(0)->more = says_that_it_is_reset;
    cr_expect_eq(gunyah_vm_reset(vm), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 11);
    // It begins again.
    script_error(0)->before = 1;
    cr_expect_eq(configure(vm), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 1);
    // An answer to a question is old when something newer was told meanwhile.
    script_error(5);
    cr_expect_eq(gunyah_vm_init(vm), GUNYAH_ERR_BUSY);
    script_word(1)->before = 2;
    cr_expect_eq(state_of(vm), 2);
    script_close(rm, &vm);
}

static void nothing_is_left(struct fake_rm *rm)
{
    cr_expect_eq(rm->taken, rm->queued, "all that was told has been heard");
}

// The notifications of a life come when a question has told already that it is over: they do not count, and the next life
// begins after that of its end.
Test(core_vm_lives, notifications_come_a_life_late)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = vm_in(rm, 2);
    struct gunyah_vm_exit ended;

    script_error(0)->silent = true;
    cr_expect_eq(gunyah_vm_start(vm), GUNYAH_ERR_TIMEOUT);
    script_word(11);
    cr_expect_eq(state_of(vm), 11);
    fake_rm_vm_status(rm, SCRIPT_VMID, 1);
    fake_rm_vm_status(rm, SCRIPT_VMID, 2);
    cr_expect_eq(state_of(vm), 11);
    rm->latency = 5;
    fake_rm_vm_status(rm, SCRIPT_VMID, 3);
    says_exited(rm, 1, NULL, 0, 0);
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    says_that_it_is_reset(rm);
    rm->latency = 0;
    script_error(0)->more = nothing_is_left;
    cr_expect_eq(configure(vm), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 1);
    cr_expect_eq(gunyah_vm_init(vm), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 2);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_ERR_TIMEOUT);
    fake_rm_vm_status(rm, SCRIPT_VMID, 1);
    fake_rm_vm_status(rm, SCRIPT_VMID, 2);
    cr_expect_eq(state_of(vm), 2);
    says_exited(rm, 1, NULL, 0, 0);
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    cr_expect_eq(state_of(vm), 9);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_OK);
    script_close(rm, &vm);
}

// The notification of the reset was lost: the next life is heard of all the same, by who waits for ever too.
Test(core_vm_lives, the_end_of_a_life_is_lost)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = vm_in(rm, 2);
    struct gunyah_vm_status status;
    struct gunyah_vm_exit ended;

    script_error(0)->silent = true;
    cr_expect_eq(gunyah_vm_start(vm), GUNYAH_ERR_TIMEOUT);
    script_word(11);
    cr_expect_eq(state_of(vm), 11);
    cr_expect_eq(configure(vm), GUNYAH_OK);
    rm->latency = 5;
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    says_exited(rm, 1, NULL, 0, 0);
    rm->latency = 0;
    cr_expect_eq(gunyah_vm_wait(vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_EXITED), GUNYAH_WAIT_FOREVER, &status),
                 GUNYAH_OK);
    cr_expect_eq(gunyah_vm_exit_info(vm, GUNYAH_WAIT_FOREVER, &ended), GUNYAH_OK);
    script_close(rm, &vm);
}

// A VM of a peer, which was reset long ago, begins again.
Test(core_vm_lives, opened_after_its_life)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 11);

    fake_rm_vm_status(rm, SCRIPT_VMID, 1);
    cr_expect_eq(state_of(vm), 1);
    script_close(rm, &vm);
}

Test(core_vm_lives, exit_info)
{
    static const uint8_t reason[16] = {1, 0x80, 4, 0, 0xf0, 0xf1, 0xf2, 0xf3, 1, 2, 3, 4, 5, 6, 7, 8};
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 3);
    struct gunyah_vm_exit ended;

    cr_expect_eq(gunyah_vm_exit_info(vm, 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_ERR_TIMEOUT);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_vm_exit_info");
    // All of SYSTEM_RESET2.
    rm->latency = 5;
    says_exited(rm, 3, reason, 16, 16);
    rm->latency = 0;
    cr_expect_eq(gunyah_vm_exit_info(vm, 10000, &ended), GUNYAH_OK);
    cr_expect_eq(ended.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2);
    cr_expect_eq(ended.flags, 0x8001);
    cr_expect_eq(ended.code, 4);
    cr_expect_eq(ended.reset_type, 0xf3f2f1f0u);
    cr_expect_eq(ended.reset_cookie, 0x0807060504030201u);
    cr_expect_eq(script_requests(rm), 1u, "nobody was asked");
    // Reasons of other lengths, none at all, and one that is not there.
    says_exited(rm, 7, reason, 4, 4);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_OK, "what was told before");
    cr_expect_eq(ended.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED);
    cr_expect_eq(ended.reset_type, 0u);
    says_exited(rm, 0, NULL, 0, 0);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_OK);
    cr_expect_eq(ended.type, GUNYAH_VM_EXIT_TYPE_VM_EXIT);
    cr_expect_eq(ended.code, 0);
    says_exited(rm, 1, reason, 5, 4);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_OK);
    cr_expect_eq(ended.type, GUNYAH_VM_EXIT_TYPE_VM_EXIT, "it was not believed");
    script_close(rm, &vm);
}

// It is kept until the VM is configured for another life.
Test(core_vm_lives, exit_info_of_the_last_life)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 3);
    struct gunyah_vm_exit ended;

    says_exited(rm, 1, NULL, 0, 0);
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    fake_rm_vm_status(rm, SCRIPT_VMID, 11);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_OK);
    cr_expect_eq(configure(vm), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_exit_info(vm, 0, &ended), GUNYAH_ERR_TIMEOUT);
    script_close(rm, &vm);
}
