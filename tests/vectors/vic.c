// SPDX-License-Identifier: BSD-3-Clause
// Interrupt controllers and hardware interrupts.
#include "wire.h"

void gunyah_vectors_vic(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t first = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t second = {0xb2b2b2b2b2b2b2b2};
    const gunyah_vic_option_flags_t options = {0xd4d4d4d4d4d4d4d4};

    const int32_t r26 = gunyah_hypercall_hwirq_bind_virq(g, first, second, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r26, "hwirq_bind_virq", 0x6026, 0xc6008026, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r27 = gunyah_hypercall_hwirq_unbind_virq(g, first);
    gunyah_wire_expect(wire, r27, "hwirq_unbind_virq", 0x6027, 0xc6008027, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    // No reserved word.
    const int32_t r28 = gunyah_hypercall_vic_configure(g, first, 0x91919191, 0x92929292, options, 0x93939393);
    gunyah_wire_expect(wire, r28, "vic_configure", 0x6028, 0xc6008028, 1,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0xd4d4d4d4d4d4d4d4, 0x93939393}});

    const int32_t r29 = gunyah_hypercall_vic_attach_vcpu(g, first, second, 0x91919191);
    gunyah_wire_expect(wire, r29, "vic_attach_vcpu", 0x6029, 0xc6008029, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r56 = gunyah_hypercall_vic_bind_msi_source(g, first, second);
    gunyah_wire_expect(wire, r56, "vic_bind_msi_source", 0x6056, 0xc6008056, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    // All seven words are arguments; a bool is one byte, zero extended.
    const int32_t r67 = gunyah_hypercall_vgic_set_mpidr_mapping(g, first, 0xd4d4d4d4d4d4d4d4, 0x91919191, 0x92929292,
                                                                0x93939393, 0x94949494, true);
    gunyah_wire_expect(
        wire, r67, "vgic_set_mpidr_mapping", 0x6067, 0xc6008067, 1,
        (struct words){7, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0x91919191, 0x92929292, 0x93939393, 0x94949494, 1}});
}

Test(vectors, vic)
{
    gunyah_wire_run(gunyah_vectors_vic);
}
