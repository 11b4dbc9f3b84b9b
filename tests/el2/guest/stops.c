// SPDX-License-Identifier: BSD-3-Clause
// What a guest does not come back from. Each case passes when the stand-in ends the machine and says why, which is what
// the tests look for (../CMakeLists.txt); it fails when it goes on.
#include "guest.h"

#include "../protocol.h"

#define PSCI_SYSTEM_OFF 0x84000008u

static bool device_page_as_a_buffer(struct target *target)
{
    const gunyah_msgqueue_send_flags_t no_flags = {0};
    struct target_msgqueue wanted = {.from = TARGET_OWNER, .to = TARGET_PEER, .depth = 2, .message_size = 8};
    const void *device = (const void *)(uintptr_t)EL2_GICD_BASE;

    EXPECT_TRUE(target->ops->connect_msgqueue(target, &wanted));
    gunyah_hypercall_msgqueue_send(target->vms[TARGET_OWNER].g, wanted.send_cap, 8, device, no_flags);
    return false;
}

static bool waiting_for_nothing(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);

    EXPECT_OK(gunyah_wait(target->vms[TARGET_OWNER].g, &virq, 1, GUNYAH_WAIT_FOREVER, NULL));
    return false;
}

static bool powering_off(struct target *target)
{
    struct gunyah_registers r = {{PSCI_SYSTEM_OFF}};

    gunyah_smccc(target->vms[TARGET_PEER].g, &r);
    return false;
}

static const struct conformance_case cases[] = {
    {"stops.device_page_as_a_buffer", device_page_as_a_buffer},
    {"stops.waiting_for_nothing", waiting_for_nothing},
    {"stops.powering_off", powering_off},
};

const struct conformance_suite guest_stops = {cases, COUNT_OF(cases)};
