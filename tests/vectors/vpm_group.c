// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_vpm_group(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t group = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t other = {0xb2b2b2b2b2b2b2b2};
    const gunyah_vpm_group_option_flags_t flags = {0xd4d4d4d4d4d4d4d4};

    const int32_t r3c = gunyah_hypercall_vpm_group_attach_vcpu(g, group, other, 0x91919191);
    gunyah_wire_expect(wire, r3c, "vpm_group_attach_vcpu", 0x603c, 0xc600803c, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r43 = gunyah_hypercall_vpm_group_bind_virq(g, group, other, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r43, "vpm_group_bind_virq", 0x6043, 0xc6008043, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r44 = gunyah_hypercall_vpm_group_unbind_virq(g, group);
    gunyah_wire_expect(wire, r44, "vpm_group_unbind_virq", 0x6044, 0xc6008044, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const struct gunyah_vpm_group_get_state_result r45 = gunyah_hypercall_vpm_group_get_state(g, group);
    gunyah_wire_expect(wire, r45.error, "vpm_group_get_state", 0x6045, 0xc6008045, 2,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});
    cr_expect_eq(r45.vpm_state, 0x1111111181111111);

    const int32_t r66 = gunyah_hypercall_vpm_group_configure(g, group, flags);
    gunyah_wire_expect(wire, r66, "vpm_group_configure", 0x6066, 0xc6008066, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});
}

Test(vectors, vpm_group)
{
    gunyah_wire_run(gunyah_vectors_vpm_group);
}
