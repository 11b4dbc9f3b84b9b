// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_cspace(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t cspace = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t cap = {0xb2b2b2b2b2b2b2b2};
    const gunyah_capid_t target = {0xc3c3c3c3c3c3c3c3};

    const int32_t r22 = gunyah_hypercall_cspace_delete_cap_from(g, cspace, cap);
    gunyah_wire_expect(wire, r22, "cspace_delete_cap_from", 0x6022, 0xc6008022, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    const struct gunyah_cspace_copy_cap_from_result r23 =
        gunyah_hypercall_cspace_copy_cap_from(g, cspace, cap, target, 0x91919191);
    gunyah_wire_expect(wire, r23.error, "cspace_copy_cap_from", 0x6023, 0xc6008023, 2,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xc3c3c3c3c3c3c3c3, 0x91919191, 0}});
    cr_expect_eq(r23.new_cap.value, 0x1111111181111111);

    const int32_t r24 = gunyah_hypercall_cspace_revoke_cap_from(g, cspace, cap);
    gunyah_wire_expect(wire, r24, "cspace_revoke_cap_from", 0x6024, 0xc6008024, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    const int32_t r25 = gunyah_hypercall_cspace_configure(g, cspace, 0x91919191);
    gunyah_wire_expect(wire, r25, "cspace_configure", 0x6025, 0xc6008025, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0}});

    const int32_t r3e = gunyah_hypercall_cspace_attach_thread(g, cspace, cap);
    gunyah_wire_expect(wire, r3e, "cspace_attach_thread", 0x603e, 0xc600803e, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    const int32_t r59 = gunyah_hypercall_cspace_revoke_caps_from(g, cspace, cap);
    gunyah_wire_expect(wire, r59, "cspace_revoke_caps_from", 0x6059, 0xc6008059, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
}

Test(vectors, cspace)
{
    gunyah_wire_run(gunyah_vectors_cspace);
}
