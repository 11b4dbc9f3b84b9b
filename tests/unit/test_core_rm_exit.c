// SPDX-License-Identifier: BSD-3-Clause
// A guest that ends itself: only a refusal is answered.
#include "fake_rm.h"

#include <gunyah/guest.h>

#define OBJECT_STATE 33

// The VM is over, with its queues.
static void ends_it(struct fake_rm *rm)
{
    rm->receive_error = OBJECT_STATE;
}

static void refuses(struct fake_rm *rm)
{
    fake_rm_replies(rm, GUNYAH_RMERR_ARGUMENT_INVALID, NULL, 0);
}

static void says_nothing(struct fake_rm *rm)
{
    (void)rm;
}

static enum gunyah_error exit_guest(struct fake_rm *rm, void (*answer)(struct fake_rm *rm))
{
    rm->on_request = answer;
    return gunyah_guest_exit(rm->rm, GUNYAH_VM_EXIT_CODE_NORMAL, false);
}

// A caller that outlives its VM is told that all went well.
Test(rm_exit, the_vm_is_over)
{
    struct fake_rm *rm = fake_rm_open();

    cr_expect_eq(exit_guest(rm, ends_it), GUNYAH_OK);
    cr_expect_eq(fake_rm_id(rm), 0x56000085u);
    fake_rm_close(rm);
}

Test(rm_exit, refused)
{
    struct fake_rm *rm = fake_rm_open();

    cr_expect_eq(exit_guest(rm, refuses), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_RM);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "VM_EXIT");
    fake_rm_close(rm);
}

// Nothing left: no VM was ended by this.
Test(rm_exit, over_before)
{
    struct fake_rm *rm = fake_rm_open();

    rm->receive_error = OBJECT_STATE;
    cr_expect_eq(exit_guest(rm, ends_it), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_eq(rm->sent_count, 0u);
    fake_rm_close(rm);
}

// Nobody answers, and the VM lives: the next request is possible.
Test(rm_exit, no_answer)
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    rm->fake.ops.now = NULL;
    rm->fake.ops.wait = NULL;
    rm->fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_WAIT;
    options.default_timeout_ns = FAKE_RM_TIMEOUT;
    fake_rm_connect(rm, &options);
    cr_expect_eq(exit_guest(rm, says_nothing), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(exit_guest(rm, refuses), GUNYAH_ERR_ARGUMENT_INVALID);
    fake_rm_close(rm);
}
