// SPDX-License-Identifier: BSD-3-Clause
// What a VM does with its own watchdog: one that the platform authenticates gets one from the Resource Manager, where the
// hypervisor has them. Its owner may freeze it, and is told of its bite.
#include "made.h"

#define MS UINT64_C(1000000)
#define LONG_MS 1000
#define RESOURCES 16

// A VM with a watchdog, which runs, and its session.
struct kept {
    struct hlos hlos;
    struct made made;
    struct gunyah *g;
};

// As to any function that nobody knows, with the other registers as they were.
static bool has_none(struct target *target, struct gunyah *g)
{
    struct gunyah_own_watchdog_status status = {true, false, 5};
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_STATUS, 0x11, 0x22, 0x33}};

    EXPECT_EQ(gunyah_own_watchdog_set_times(g, 1000, 2000), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_own_watchdog_enable(g), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_own_watchdog_pet(g), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_own_watchdog_disable(g), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_own_watchdog_get_status(g, &status), GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_TRUE(status.enabled && !status.expired && status.since_pet_ms == 5);
    gunyah_smccc(g, &r);
    EXPECT_EQ(r.x[0], UINT64_MAX);
    EXPECT_TRUE(r.x[1] == 0x11 && r.x[2] == 0x22 && r.x[3] == 0x33);
    return true;
}

static bool not_every_vm_has_one(struct target *target)
{
    struct gunyah_rm *guest;
    struct hlos hlos;
    struct made made;

    EXPECT_TRUE(has_none(target, target->vms[TARGET_OWNER].g));
    EXPECT_TRUE(has_none(target, target->vms[TARGET_PEER].g));
    EXPECT_TRUE(conformance_running_vm(target, &hlos, &made, &guest));
    EXPECT_TRUE(has_none(target, hlos.g));
    EXPECT_TRUE(has_none(target, target->vms[TARGET_GUEST].g));
    return true;
}

static bool start(struct target *target, struct kept *kept)
{
    struct gunyah_rm *guest;

    EXPECT_TRUE(conformance_hlos(target, &kept->hlos));
    EXPECT_TRUE(conformance_make_vm(target, &kept->hlos, &kept->made));
    EXPECT_TRUE(conformance_start_trusted_vm(target, &kept->made));
    EXPECT_TRUE(conformance_enter(target, &kept->made, &guest));
    kept->g = target->vms[TARGET_GUEST].g;
    return true;
}

// Let time pass, in which the VM does nothing and goes on to run.
static bool sleeps(struct target *target, const struct kept *kept, uint64_t time_ms)
{
    EXPECT_EQ(gunyah_vm_wait(kept->made.vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_EXITED), time_ms * MS, NULL),
              GUNYAH_ERR_TIMEOUT);
    return true;
}

// It was pet so long ago, or a little longer: calls take time; one that is off, at least so long.
static bool says(struct target *target, const struct kept *kept, bool enabled, bool expired, uint32_t since_pet_ms)
{
    struct gunyah_own_watchdog_status status;

    EXPECT_OK(gunyah_own_watchdog_get_status(kept->g, &status));
    EXPECT_EQ(status.enabled, enabled);
    EXPECT_EQ(status.expired, expired);
    EXPECT_TRUE(status.since_pet_ms >= since_pet_ms);
    EXPECT_TRUE(!enabled || status.since_pet_ms - since_pet_ms <= 30);
    return true;
}

static bool is_bitten(struct target *target, const struct kept *kept, uint64_t within_ms)
{
    struct gunyah_vm_exit exit;

    EXPECT_OK(gunyah_vm_wait(kept->made.vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_EXITED), within_ms * MS, NULL));
    EXPECT_OK(gunyah_vm_exit_info(kept->made.vm, MADE_PATIENCE_NS, &exit));
    EXPECT_EQ(exit.type, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE);
    return true;
}

static bool is_off_at_first(struct target *target)
{
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    EXPECT_TRUE(says(target, &kept, false, false, 0));
    EXPECT_TRUE(sleeps(target, &kept, 500));
    EXPECT_TRUE(says(target, &kept, false, false, 500));
    return true;
}

// What a portable program takes for success is an error on this hypervisor, and changes nothing.
static bool is_switched_once(struct target *target)
{
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    EXPECT_EQ(gunyah_own_watchdog_disable(kept.g), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, LONG_MS, 2 * LONG_MS));
    EXPECT_TRUE(sleeps(target, &kept, 100));
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(says(target, &kept, true, false, 0));
    EXPECT_TRUE(sleeps(target, &kept, 100));
    EXPECT_EQ(gunyah_own_watchdog_enable(kept.g), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_last_error(kept.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    EXPECT_TRUE(says(target, &kept, true, false, 100));
    EXPECT_OK(gunyah_own_watchdog_disable(kept.g));
    EXPECT_TRUE(sleeps(target, &kept, UINT64_C(3) * LONG_MS));
    EXPECT_TRUE(says(target, &kept, false, false, 3 * LONG_MS));
    // It goes on where it was, unless it is pet.
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(says(target, &kept, true, false, 100));
    EXPECT_OK(gunyah_own_watchdog_disable(kept.g));
    EXPECT_OK(gunyah_own_watchdog_pet(kept.g));
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(says(target, &kept, true, false, 0));
    return true;
}

static bool is_pet_in_time(struct target *target)
{
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, 100, 200));
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    for (int i = 0; i < 3; i++) {
        EXPECT_TRUE(sleeps(target, &kept, 80));
        EXPECT_TRUE(says(target, &kept, true, false, 80));
        EXPECT_OK(gunyah_own_watchdog_pet(kept.g));
        EXPECT_TRUE(says(target, &kept, true, false, 0));
    }
    EXPECT_TRUE(sleeps(target, &kept, 150));
    EXPECT_TRUE(says(target, &kept, true, true, 150));
    EXPECT_OK(gunyah_own_watchdog_pet(kept.g));
    EXPECT_TRUE(says(target, &kept, true, false, 0));
    EXPECT_TRUE(sleeps(target, &kept, 150));
    EXPECT_TRUE(is_bitten(target, &kept, 60));
    return true;
}

static bool times_can_be_kept(struct target *target)
{
    struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_SET_TIME, 0xfffe, 0xfffe}};
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    // The hypervisor takes what is too long for the longest.
    gunyah_smccc(kept.g, &r);
    EXPECT_EQ((int32_t)r.x[0], GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, 100, LONG_MS));
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, GUNYAH_WATCHDOG_TIME_UNCHANGED, 300));
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, 200, GUNYAH_WATCHDOG_TIME_UNCHANGED));
    // Refused by the library; nothing changes.
    EXPECT_EQ(gunyah_own_watchdog_set_times(kept.g, 1, GUNYAH_WATCHDOG_MAX_TIME_MS + 1), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_last_error(kept.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(sleeps(target, &kept, 150));
    EXPECT_TRUE(says(target, &kept, true, false, 150));
    EXPECT_TRUE(sleeps(target, &kept, 100));
    EXPECT_TRUE(says(target, &kept, true, true, 250));
    EXPECT_TRUE(is_bitten(target, &kept, 60));
    return true;
}

// Bits of WATCHDOG_CONTROL that must be as they are.
static bool control_word_is_checked(struct target *target)
{
    static const uint32_t wrong[] = {0, 1, 4, 5, 6, 7, 0x80000003};
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct gunyah_registers r = {{GUNYAH_SMCCC_WATCHDOG_CONTROL, wrong[i]}};

        gunyah_smccc(kept.g, &r);
        EXPECT_EQ((int32_t)r.x[0], GUNYAH_HVERR_ARGUMENT_INVALID);
        EXPECT_TRUE(says(target, &kept, false, false, 0));
    }
    return true;
}

static bool bite_ends_the_vm(struct target *target)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, 10, 20));
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(is_bitten(target, &kept, 30));
    EXPECT_OK(gunyah_vm_destroy(&kept.made.vm, MADE_PATIENCE_NS, &remains));
    EXPECT_OK(gunyah_rm_close(&kept.hlos.rm));
    return true;
}

// The owner of a VM that it schedules itself has a capability for its watchdog.
static bool open_kept(struct target *target, const struct kept *kept, struct gunyah_watchdog **watchdog)
{
    struct gunyah_vm_resource resources[RESOURCES];
    size_t count;

    *watchdog = NULL;
    EXPECT_OK(gunyah_vm_resources(kept->made.vm, resources, RESOURCES, &count));
    for (size_t i = 0; i < count; i++) {
        if (resources[i].type != GUNYAH_VM_RESOURCE_TYPE_WATCHDOG)
            continue;
        EXPECT_TRUE(*watchdog == NULL);
        EXPECT_OK(gunyah_watchdog_open(kept->hlos.g, resources[i].cap, watchdog));
    }
    EXPECT_TRUE(*watchdog != NULL);
    return true;
}

static bool is_frozen_by_the_owner(struct target *target)
{
    struct gunyah_watchdog *watchdog;
    struct kept kept;

    if (!target->has_watchdogs)
        return true;
    EXPECT_TRUE(start(target, &kept));
    EXPECT_TRUE(open_kept(target, &kept, &watchdog));
    EXPECT_OK(gunyah_own_watchdog_set_times(kept.g, 100, 200));
    EXPECT_OK(gunyah_own_watchdog_enable(kept.g));
    EXPECT_TRUE(sleeps(target, &kept, 50));
    EXPECT_OK(gunyah_watchdog_freeze(watchdog));
    EXPECT_OK(gunyah_watchdog_freeze(watchdog));
    EXPECT_TRUE(sleeps(target, &kept, LONG_MS));
    EXPECT_OK(gunyah_watchdog_unfreeze(watchdog));
    EXPECT_TRUE(sleeps(target, &kept, LONG_MS));
    EXPECT_TRUE(says(target, &kept, false, false, 50 + 2 * LONG_MS));
    EXPECT_OK(gunyah_watchdog_unfreeze(watchdog));
    EXPECT_TRUE(says(target, &kept, true, false, 50));
    EXPECT_EQ(gunyah_watchdog_unfreeze(watchdog), GUNYAH_ERR_BUSY);
    EXPECT_TRUE(sleeps(target, &kept, 100));
    EXPECT_TRUE(says(target, &kept, true, true, 150));
    EXPECT_OK(gunyah_watchdog_freeze_and_reset(watchdog));
    EXPECT_TRUE(says(target, &kept, false, false, 150));
    EXPECT_OK(gunyah_watchdog_unfreeze(watchdog));
    EXPECT_TRUE(says(target, &kept, true, false, 0));
    EXPECT_TRUE(sleeps(target, &kept, 180));
    EXPECT_TRUE(is_bitten(target, &kept, 30));
    return true;
}

static const struct conformance_case cases[] = {
    {"own_watchdog.not_every_vm_has_one", not_every_vm_has_one},
    {"own_watchdog.is_off_at_first", is_off_at_first},
    {"own_watchdog.is_switched_once", is_switched_once},
    {"own_watchdog.is_pet_in_time", is_pet_in_time},
    {"own_watchdog.times_can_be_kept", times_can_be_kept},
    {"own_watchdog.control_word_is_checked", control_word_is_checked},
    {"own_watchdog.bite_ends_the_vm", bite_ends_the_vm},
    {"own_watchdog.is_frozen_by_the_owner", is_frozen_by_the_owner},
};

const struct conformance_suite conformance_own_watchdog = {cases, COUNT_OF(cases)};
