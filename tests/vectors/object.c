// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_object(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t first = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t second = {0xb2b2b2b2b2b2b2b2};

    const int32_t r0c = gunyah_hypercall_object_activate(g, first);
    gunyah_wire_expect(wire, r0c, "object_activate", 0x600c, 0xc600800c, 1, (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r0d = gunyah_hypercall_object_activate_from(g, first, second);
    gunyah_wire_expect(wire, r0d, "object_activate_from", 0x600d, 0xc600800d, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    const int32_t r0e = gunyah_hypercall_object_reset(g, first);
    gunyah_wire_expect(wire, r0e, "object_reset", 0x600e, 0xc600800e, 1, (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r0f = gunyah_hypercall_object_reset_from(g, first, second);
    gunyah_wire_expect(wire, r0f, "object_reset_from", 0x600f, 0xc600800f, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
}

Test(vectors, object)
{
    gunyah_wire_run(gunyah_vectors_object);
}
