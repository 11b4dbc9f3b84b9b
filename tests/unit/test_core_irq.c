// SPDX-License-Identifier: BSD-3-Clause
// Lent interrupts: messages, sides, and the two words that generations have for the same refusal.
#include "scripted_rm.h"

#define HANDLE 0x44332211

static struct gunyah_irq *lent(struct fake_rm *rm)
{
    struct gunyah_irq *irq = NULL;

    script_word(HANDLE);
    cr_assert_eq(gunyah_irq_lend(rm->rm, (gunyah_vmid_t){SCRIPT_VMID}, gunyah_virq(40), 0x0d0c0b0a, &irq), GUNYAH_OK);
    return irq;
}

static struct gunyah_irq *offered(struct fake_rm *rm)
{
    struct gunyah_irq *irq = NULL;

    cr_assert_eq(gunyah_irq_open(rm->rm, HANDLE, &irq), GUNYAH_OK);
    return irq;
}

static struct gunyah_irq *accepted(struct fake_rm *rm)
{
    struct gunyah_irq *irq = offered(rm);

    script_word(77);
    cr_assert_eq(gunyah_irq_accept(irq, gunyah_virq(0), NULL), GUNYAH_OK);
    return irq;
}

Test(core_irq, lend_and_reclaim)
{
    struct fake_rm *rm = script_open();
    struct gunyah_irq *irq = lent(rm);

    SCRIPT_SENT(rm, 0x56000051, SCRIPT_VMID, 0, 0, 0, 40, 0, 0, 0, 0x0a, 0x0b, 0x0c, 0x0d);
    cr_expect_eq(gunyah_irq_handle(irq), (uint32_t)HANDLE);
    cr_expect_eq(gunyah_rm_close(&rm->rm), GUNYAH_ERR_IN_USE);
    cr_expect_eq(gunyah_irq_notify(irq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000054, 0x11, 0x22, 0x33, 0x44, 1, 0, 0, 0);
    script_error(0x12);
    cr_expect_eq(gunyah_irq_reclaim(&irq), GUNYAH_ERR_RM_IN_USE);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0x12, "VM_IRQ_RECLAIM");
    script_error(0x10);
    cr_expect_eq(gunyah_irq_reclaim(&irq), GUNYAH_ERR_RM_IRQ_INUSE);
    cr_expect_not_null(irq);
    cr_expect_eq(gunyah_irq_reclaim(&irq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000053, 0x11, 0x22, 0x33, 0x44);
    cr_expect_null(irq);
    script_close(rm, NULL);
}

Test(core_irq, lend_refused)
{
    static const uint32_t errors[] = {1, 0xf, 0x10, 0x99};
    struct fake_rm *rm = script_open();
    struct gunyah_irq *irq = (struct gunyah_irq *)rm;

    cr_expect_eq(gunyah_irq_lend(rm->rm, (gunyah_vmid_t){0}, gunyah_virq(40), 0, &irq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_null(irq);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_ARGUMENT_INVALID, "gunyah_irq_lend");
    cr_expect_eq(gunyah_irq_lend(rm->rm, (gunyah_vmid_t){5}, gunyah_virq(40), 0, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_lend(NULL, (gunyah_vmid_t){5}, gunyah_virq(40), 0, &irq), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_open(NULL, 1, &irq), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_open(rm->rm, 1, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(rm->fake.calls, 0u, "nothing leaves");
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        script_error(errors[i]);
        cr_expect_eq(gunyah_irq_lend(rm->rm, (gunyah_vmid_t){5}, gunyah_virq(40), 0, &irq),
                     gunyah_error_from_rm(errors[i]));
        cr_expect_null(irq);
        script_failed(rm, GUNYAH_DOMAIN_RM, errors[i], "VM_IRQ_LEND");
    }
    script_error(0);
    cr_expect_eq(gunyah_irq_lend(rm->rm, (gunyah_vmid_t){5}, gunyah_virq(40), 0, &irq), GUNYAH_ERR_PROTOCOL);
    cr_expect_null(irq);
    script_close(rm, NULL);
}

Test(core_irq, accept_and_release)
{
    struct fake_rm *rm = script_open();
    struct gunyah_irq *irq = offered(rm);
    gunyah_virq_t virq = {0};

    cr_expect_eq(script_requests(rm), 0u, "nobody is asked");
    script_error(0x12);
    cr_expect_eq(gunyah_irq_accept(irq, gunyah_virq(0), &virq), GUNYAH_ERR_RM_IN_USE);
    SCRIPT_SENT(rm, 0x56000050, 0x11, 0x22, 0x33, 0x44, 0xff, 0xff, 0xff, 0xff);
    cr_expect_eq(virq.value, 0u, "untouched");
    script_word(77);
    cr_expect_eq(gunyah_irq_accept(irq, gunyah_virq(0x0201), &virq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000050, 0x11, 0x22, 0x33, 0x44, 1, 2, 0, 0);
    cr_expect_eq(virq.value, 77u);
    cr_expect_eq(gunyah_irq_notify(irq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000054, 0x11, 0x22, 0x33, 0x44, 4, 0, 0, 0);
    cr_expect_eq(gunyah_irq_release(irq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000052, 0x11, 0x22, 0x33, 0x44);
    cr_expect_eq(gunyah_irq_notify(irq), GUNYAH_OK);
    SCRIPT_SENT(rm, 0x56000054, 0x11, 0x22, 0x33, 0x44, 2, 0, 0, 0);
    script_error(0x11);
    cr_expect_eq(gunyah_irq_notify(irq), GUNYAH_ERR_RM_IRQ_RELEASED);
    script_failed(rm, GUNYAH_DOMAIN_RM, 0x11, "VM_IRQ_NOTIFY");
    cr_expect_eq(gunyah_irq_close(&irq), GUNYAH_OK);
    script_close(rm, NULL);
}

// It is not accepted, whatever this side believed.
Test(core_irq, released_already)
{
    static const uint32_t errors[] = {0x12, 0x11};

    for (size_t i = 0; i < 2; i++) {
        struct fake_rm *rm = script_open();
        struct gunyah_irq *irq = accepted(rm);

        script_error(7);
        cr_expect_eq(gunyah_irq_release(irq), GUNYAH_ERR_RM_HANDLE_INVALID);
        script_error(errors[i]);
        cr_expect_eq(gunyah_irq_release(irq), gunyah_error_from_rm(errors[i]));
        cr_expect_eq(gunyah_irq_release(irq), GUNYAH_ERR_OBJECT_STATE);
        cr_expect_eq(gunyah_irq_close(&irq), GUNYAH_OK);
        script_close(rm, NULL);
    }
}

// Success that does not say which interrupt it is: it is accepted, and can be released.
Test(core_irq, accepted_in_silence)
{
    struct fake_rm *rm = script_open();
    struct gunyah_irq *irq = offered(rm);

    script_error(0);
    cr_expect_eq(gunyah_irq_accept(irq, gunyah_virq(0), NULL), GUNYAH_ERR_PROTOCOL);
    cr_expect_eq(gunyah_irq_release(irq), GUNYAH_OK);
    cr_expect_eq(gunyah_irq_close(&irq), GUNYAH_OK);
    script_close(rm, NULL);
}

Test(core_irq, sides)
{
    static struct gunyah_irq *(*const sides[])(struct fake_rm * rm) = {lent, offered, accepted};

    for (unsigned side = 0; side < 3; side++) {
        struct fake_rm *rm = script_open();
        struct gunyah_irq *irq = sides[side](rm);
        struct gunyah_irq *mine = irq;
        const size_t before = script_requests(rm);

        if (side != 0)
            cr_expect_eq(gunyah_irq_reclaim(&mine), GUNYAH_ERR_OBJECT_STATE);
        if (side != 1)
            cr_expect_eq(gunyah_irq_accept(irq, gunyah_virq(0), NULL), GUNYAH_ERR_OBJECT_STATE);
        if (side != 2)
            cr_expect_eq(gunyah_irq_release(irq), GUNYAH_ERR_OBJECT_STATE);
        cr_expect_eq(script_requests(rm), before, "nothing leaves");
        cr_expect_eq(gunyah_irq_close(&irq), GUNYAH_OK);
        cr_expect_eq(gunyah_irq_close(&irq), GUNYAH_ERR_HANDLE);
        cr_expect_eq(gunyah_irq_release(mine), GUNYAH_ERR_HANDLE);
        cr_expect_eq(gunyah_irq_handle(mine), GUNYAH_RM_HANDLE_INVALID);
        script_close(rm, NULL);
    }
    cr_expect_eq(gunyah_irq_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_reclaim(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_notify(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_irq_handle(NULL), GUNYAH_RM_HANDLE_INVALID);
}
