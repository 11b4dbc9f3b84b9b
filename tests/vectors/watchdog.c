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
