// SPDX-License-Identifier: BSD-3-Clause
// Calls that need no capability: identity, trace, entropy.
#include "wire.h"

void gunyah_vectors_system(struct wire *wire)
{
    struct gunyah *g = wire->g;

    // x0 is a result, not an error. Nothing is sent.
    const struct gunyah_hypervisor_identify_result r00 = gunyah_hypercall_hypervisor_identify(g);
    gunyah_wire_expect(wire, (int32_t)r00.hyp_api_info.bits, "hypervisor_identify", 0x6000, 0xc6008000, 4,
                       (struct words){0, {0}});
    cr_expect_eq(r00.hyp_api_info.bits, wire->answer.x[0]);
    cr_expect_eq(r00.api_flags_0.bits, 0x1111111181111111);
    cr_expect_eq(r00.api_flags_1.bits, 0x2222222282222222);
    cr_expect_eq(r00.api_flags_2.bits, 0x3333333383333333);

    const struct gunyah_trace_update_class_flags_result r3f =
        gunyah_hypercall_trace_update_class_flags(g, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5);
    gunyah_wire_expect(wire, r3f.error, "trace_update_class_flags", 0x603f, 0xc600803f, 2,
                       (struct words){3, {0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0}});
    cr_expect_eq(r3f.flags, 0x1111111181111111);

    const struct gunyah_prng_get_entropy_result r57 = gunyah_hypercall_prng_get_entropy(g, 0x91919191);
    gunyah_wire_expect(wire, r57.error, "prng_get_entropy", 0x6057, 0xc6008057, 5, (struct words){2, {0x91919191, 0}});
    cr_expect_eq(r57.data0, 0x81111111);
    cr_expect_eq(r57.data1, 0x82222222);
    cr_expect_eq(r57.data2, 0x83333333);
    cr_expect_eq(r57.data3, 0x84444444);
}

Test(vectors, system)
{
    gunyah_wire_run(gunyah_vectors_system);
}
