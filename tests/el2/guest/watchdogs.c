// SPDX-License-Identifier: BSD-3-Clause
// The watchdog of a VM of the platform at EL1: fast calls by real instructions, and a bark that comes as an interrupt. A
// hypervisor without watchdogs knows no such function.
#include "guest.h"

#include <gunyah/vm.h>
#include <made.h>

#define BARK 960 // the first interrupt that is free
#define MS UINT64_C(1000000)
#define ON 3
#define EXPIRED UINT32_C(0x80000000)

// The results are in x1 and x2.
static uint64_t fast(struct target *target, uint32_t id, uint64_t x[3])
{
    struct gunyah_registers registers = {{id, x[1], x[2], 3, 4, 5, 6, 7}};

    gunyah_smccc(target->vms[TARGET_GUEST].g, &registers);
    x[1] = registers.x[1];
    x[2] = registers.x[2];
    return registers.x[0];
}

static bool start_guest(struct target *target, struct hlos *hlos, struct made *made)
{
    struct gunyah_rm *guest;

    EXPECT_TRUE(conformance_hlos(target, hlos));
    EXPECT_TRUE(conformance_make_vm(target, hlos, made));
    EXPECT_TRUE(conformance_start_trusted_vm(target, made));
    EXPECT_TRUE(conformance_enter(target, made, &guest));
    return true;
}

static bool are_unknown(struct target *target)
{
    for (uint32_t id = GUNYAH_SMCCC_WATCHDOG_CONTROL; id <= GUNYAH_SMCCC_WATCHDOG_SET_TIME; id++) {
        uint64_t x[3] = {0, ON, 2};

        EXPECT_EQ(fast(target, id, x), UINT64_MAX);
        EXPECT_EQ(x[1], ON);
        EXPECT_EQ(x[2], 2);
    }
    return true;
}

static bool barks_then_bites(struct target *target)
{
    struct gunyah_vm_exit exit;
    const gunyah_virq_t bark = gunyah_virq(BARK);
    struct hlos hlos;
    struct made made;

    EXPECT_TRUE(start_guest(target, &hlos, &made));
    if (!target->has_watchdogs)
        return are_unknown(target);
    struct gunyah *g = target->vms[TARGET_GUEST].g;
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_GUEST, bark, TARGET_EDGE));
    EXPECT_EQ(fast(target, GUNYAH_SMCCC_WATCHDOG_SET_TIME, (uint64_t[3]){0, 20, 200}), GUNYAH_HVERR_OK);
    EXPECT_EQ(fast(target, GUNYAH_SMCCC_WATCHDOG_CONTROL, (uint64_t[3]){0, ON, 0}), GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_wait(g, &bark, 1, 15 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_wait(g, &bark, 1, 1000 * MS, NULL));
    uint64_t x[3] = {0};
    EXPECT_EQ(fast(target, GUNYAH_SMCCC_WATCHDOG_STATUS, x), GUNYAH_HVERR_OK);
    EXPECT_EQ(x[1], 1 | EXPIRED);
    EXPECT_TRUE(x[2] >= 20 && x[2] < 25);
    EXPECT_EQ(gunyah_wait(g, &bark, 1, 10 * MS, NULL), GUNYAH_ERR_TIMEOUT); // once, until the next pet
    EXPECT_EQ(fast(target, GUNYAH_SMCCC_WATCHDOG_PET, x), GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_wait(g, &bark, 1, 15 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_wait(g, &bark, 1, 1000 * MS, NULL));
    // Its owner hears of the bite while it waits.
    EXPECT_OK(gunyah_vm_exit_info(made.vm, MADE_PATIENCE_NS, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE);
    EXPECT_EQ(exit.code, GUNYAH_VM_EXIT_CODE_NORMAL);
    EXPECT_EQ(exit.flags, 0);
    return true;
}

static const struct conformance_case cases[] = {
    {"watchdogs.bark_is_an_interrupt_and_a_bite_the_end", barks_then_bites},
};

const struct conformance_suite guest_watchdogs = {cases, COUNT_OF(cases)};
