// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_doorbell(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t doorbell = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t vic = {0xb2b2b2b2b2b2b2b2};

    const int32_t r10 = gunyah_hypercall_doorbell_bind_virq(g, doorbell, vic, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r10, "doorbell_bind_virq", 0x6010, 0xc6008010, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r11 = gunyah_hypercall_doorbell_unbind_virq(g, doorbell);
    gunyah_wire_expect(wire, r11, "doorbell_unbind_virq", 0x6011, 0xc6008011, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const struct gunyah_doorbell_send_result r12 = gunyah_hypercall_doorbell_send(g, doorbell, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r12.error, "doorbell_send", 0x6012, 0xc6008012, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});
    cr_expect_eq(r12.old_flags, 0x1111111181111111);

    const struct gunyah_doorbell_receive_result r13 =
        gunyah_hypercall_doorbell_receive(g, doorbell, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r13.error, "doorbell_receive", 0x6013, 0xc6008013, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});
    cr_expect_eq(r13.old_flags, 0x1111111181111111);

    const int32_t r14 = gunyah_hypercall_doorbell_reset(g, doorbell);
    gunyah_wire_expect(wire, r14, "doorbell_reset", 0x6014, 0xc6008014, 1, (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r15 = gunyah_hypercall_doorbell_mask(g, doorbell, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5);
    gunyah_wire_expect(wire, r15, "doorbell_mask", 0x6015, 0xc6008015, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0}});
}

Test(vectors, doorbell)
{
    gunyah_wire_run(gunyah_vectors_doorbell);
}
