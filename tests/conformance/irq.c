// SPDX-License-Identifier: BSD-3-Clause
// Hardware interrupts that HLOS lends to a VM that it made.
#include "made.h"

#define LABEL 21

struct pair {
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
    struct gunyah_irq *lent;
    struct gunyah_irq *borrowed;
};

// The VM is told of the interrupt, and opens what it is told of.
static bool open_pair(struct target *target, struct pair *pair)
{
    struct gunyah_rm_event event;

    EXPECT_TRUE(conformance_running_vm(target, &pair->hlos, &pair->made, &pair->guest));
    EXPECT_OK(gunyah_irq_lend(pair->hlos.rm, pair->made.vmid, gunyah_virq(TARGET_HWIRQ_FIRST), LABEL, &pair->lent));
    EXPECT_OK(gunyah_irq_notify(pair->lent));
    EXPECT_TRUE(conformance_event(target, pair->guest, GUNYAH_RM_NOTIFY_VM_IRQ_LENT, &event));
    EXPECT_EQ(event.irq_lent.owner.value, GUNYAH_VMID_HLOS);
    EXPECT_EQ(event.irq_lent.handle, gunyah_irq_handle(pair->lent));
    EXPECT_EQ(event.irq_lent.label, LABEL);
    EXPECT_OK(gunyah_irq_open(pair->guest, event.irq_lent.handle, &pair->borrowed));
    return true;
}

static bool tells_lender(struct target *target, const struct pair *pair, uint32_t notification)
{
    struct gunyah_rm_event event;

    EXPECT_OK(gunyah_irq_notify(pair->borrowed));
    EXPECT_TRUE(conformance_event(target, pair->hlos.rm, notification, &event));
    EXPECT_EQ(event.irq.handle, gunyah_irq_handle(pair->lent));
    return true;
}

static bool goes_there_and_back(struct target *target)
{
    const gunyah_virq_t virq = gunyah_virq(TARGET_HWIRQ_FIRST);
    gunyah_virq_t accepted;
    struct gunyah_irq *again;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_EQ(gunyah_irq_lend(pair.hlos.rm, pair.made.vmid, virq, LABEL, &again), GUNYAH_ERR_RM_IRQ_INUSE);
    EXPECT_OK(gunyah_irq_accept(pair.borrowed, gunyah_virq(0), &accepted));
    EXPECT_EQ(accepted.value, virq.value);
    EXPECT_TRUE(tells_lender(target, &pair, GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED));
    const enum gunyah_error error = gunyah_irq_reclaim(&pair.lent);
    EXPECT_TRUE(error == GUNYAH_ERR_RM_IN_USE || error == GUNYAH_ERR_RM_IRQ_INUSE);
    EXPECT_OK(gunyah_irq_release(pair.borrowed));
    EXPECT_TRUE(tells_lender(target, &pair, GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED));
    EXPECT_OK(gunyah_irq_reclaim(&pair.lent));
    EXPECT_EQ(pair.lent, NULL);
    // The lender has it again.
    EXPECT_OK(gunyah_irq_lend(pair.hlos.rm, pair.made.vmid, virq, LABEL, &again));
    EXPECT_OK(gunyah_irq_reclaim(&again));
    EXPECT_OK(gunyah_irq_close(&pair.borrowed));
    return true;
}

static bool sides_are_not_confused(struct target *target)
{
    struct gunyah_irq *stranger;
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_EQ(gunyah_irq_accept(pair.lent, gunyah_virq(0), NULL), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_irq_release(pair.lent), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_irq_release(pair.borrowed), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_irq_reclaim(&pair.borrowed), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_irq_accept(pair.borrowed, gunyah_virq(0), NULL));
    EXPECT_EQ(gunyah_irq_accept(pair.borrowed, gunyah_virq(0), NULL), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_irq_open(pair.guest, 12345, &stranger));
    EXPECT_EQ(gunyah_irq_accept(stranger, gunyah_virq(0), NULL), GUNYAH_ERR_RM_HANDLE_INVALID);
    return true;
}

static bool only_hardware_is_lent(struct target *target)
{
    struct hlos hlos;
    struct gunyah_irq *irq;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_irq_lend(hlos.rm, gunyah_vmid(0x80), target_free_virq(target), LABEL, &irq),
              GUNYAH_ERR_RM_IRQ_INVALID);
    EXPECT_EQ(irq, NULL);
    return true;
}

static bool comes_back_with_the_vm(struct target *target)
{
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_irq_accept(pair.borrowed, gunyah_virq(0), NULL));
    EXPECT_OK(gunyah_vm_destroy(&pair.made.vm, MADE_PATIENCE_NS, NULL));
    EXPECT_OK(gunyah_irq_reclaim(&pair.lent));
    return true;
}

static const struct conformance_case cases[] = {
    {"irq.goes_there_and_back", goes_there_and_back},
    {"irq.sides_are_not_confused", sides_are_not_confused},
    {"irq.only_hardware_is_lent", only_hardware_is_lent},
    {"irq.comes_back_with_the_vm", comes_back_with_the_vm},
};

const struct conformance_suite conformance_irq = {cases, COUNT_OF(cases)};
