// SPDX-License-Identifier: BSD-3-Clause
// Only proprietary hypervisors have these.
#include "wire.h"

void gunyah_vectors_watchdog(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t watchdog = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t other = {0xb2b2b2b2b2b2b2b2};
    const gunyah_watchdog_bind_option_flags_t flags = {0xd4d4d4d4d4d4d4d4};
    const gunyah_watchdog_option_flags_t options = {0xd4d4d4d4d4d4d4d4};
    const enum gunyah_watchdog_manage_op operation = (enum gunyah_watchdog_manage_op)0x91919191;

    const int32_t r40 = gunyah_hypercall_watchdog_attach_vcpu(g, watchdog, other);
    gunyah_wire_expect(wire, r40, "watchdog_attach_vcpu", 0x6040, 0xc6008040, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    // Neither has a reserved word.
    const int32_t r41 = gunyah_hypercall_watchdog_bind_virq(g, watchdog, other, gunyah_virq(0x91919191), flags);
    gunyah_wire_expect(wire, r41, "watchdog_bind_virq", 0x6041, 0xc6008041, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0xd4d4d4d4d4d4d4d4}});

    const int32_t r42 = gunyah_hypercall_watchdog_unbind_virq(g, watchdog, flags);
    gunyah_wire_expect(wire, r42, "watchdog_unbind_virq", 0x6042, 0xc6008042, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4}});

    const int32_t r58 = gunyah_hypercall_watchdog_configure(g, watchdog, options);
    gunyah_wire_expect(wire, r58, "watchdog_configure", 0x6058, 0xc6008058, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});

    // No reserved word.
    const int32_t r63 = gunyah_hypercall_watchdog_manage(g, watchdog, operation);
    gunyah_wire_expect(wire, r63, "watchdog_manage", 0x6063, 0xc6008063, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0x91919191}});
}

Test(vectors, watchdog)
{
    gunyah_wire_run(gunyah_vectors_watchdog);
}

// What a VM asks for its own one.
static void own_watchdog(struct wire *wire)
{
    struct gunyah *g = wire->g;
    struct gunyah_own_watchdog_status status = {0};

    const enum gunyah_error enabled = gunyah_own_watchdog_enable(g);
    gunyah_wire_expect_fast(wire, enabled, "enable", 0x86000005, (struct words){1, {3}});

    const enum gunyah_error disabled = gunyah_own_watchdog_disable(g);
    gunyah_wire_expect_fast(wire, disabled, "disable", 0x86000005, (struct words){1, {2}});

    const enum gunyah_error told = gunyah_own_watchdog_get_status(g, &status);
    gunyah_wire_expect_fast(wire, told, "get_status", 0x86000006, (struct words){0, {0}});
    cr_expect_eq(status.enabled, told == GUNYAH_OK);
    cr_expect_eq(status.expired, told == GUNYAH_OK);
    cr_expect_eq(status.since_pet_ms, told == GUNYAH_OK ? 0x82222222 : 0);

    const enum gunyah_error pet = gunyah_own_watchdog_pet(g);
    gunyah_wire_expect_fast(wire, pet, "pet", 0x86000007, (struct words){0, {0}});

    const enum gunyah_error set = gunyah_own_watchdog_set_times(g, 0x7fff, 0xffff);
    gunyah_wire_expect_fast(wire, set, "set_times", 0x86000008, (struct words){2, {0x7fff, 0xffff}});
}

Test(vectors, own_watchdog)
{
    gunyah_wire_run(own_watchdog);
}
