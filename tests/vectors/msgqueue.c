// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

static void send_and_receive(struct wire *wire, gunyah_capid_t queue)
{
    struct gunyah *g = wire->g;
    const gunyah_msgqueue_send_flags_t flags = {0x80000001};
    void *const address = (void *)(uintptr_t)0xffff0000e5e5e5e5; // never touched

    const struct gunyah_msgqueue_send_result r1b =
        gunyah_hypercall_msgqueue_send(g, queue, 0xd4d4d4d4d4d4d4d4, address, flags);
    gunyah_wire_expect(wire, r1b.error, "msgqueue_send", 0x601b, 0xc600801b, 2,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xffff0000e5e5e5e5, 0x80000001, 0}});
    cr_expect_eq(r1b.not_full, wire->answer.x[1] == 1);

    const struct gunyah_msgqueue_receive_result r1c =
        gunyah_hypercall_msgqueue_receive(g, queue, address, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r1c.error, "msgqueue_receive", 0x601c, 0xc600801c, 3,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xffff0000e5e5e5e5, 0xd4d4d4d4d4d4d4d4, 0}});
    cr_expect_eq(r1c.size, wire->answer.x[1]);
    cr_expect_eq(r1c.not_empty, wire->answer.x[2] == 1);
}

static void bind(struct wire *wire, gunyah_capid_t queue, gunyah_capid_t vic)
{
    struct gunyah *g = wire->g;

    const int32_t r17 = gunyah_hypercall_msgqueue_bind_send_virq(g, queue, vic, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r17, "msgqueue_bind_send_virq", 0x6017, 0xc6008017, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r18 = gunyah_hypercall_msgqueue_bind_receive_virq(g, queue, vic, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r18, "msgqueue_bind_receive_virq", 0x6018, 0xc6008018, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r19 = gunyah_hypercall_msgqueue_unbind_send_virq(g, queue);
    gunyah_wire_expect(wire, r19, "msgqueue_unbind_send_virq", 0x6019, 0xc6008019, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r1a = gunyah_hypercall_msgqueue_unbind_receive_virq(g, queue);
    gunyah_wire_expect(wire, r1a, "msgqueue_unbind_receive_virq", 0x601a, 0xc600801a, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});
}

void gunyah_vectors_msgqueue(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t queue = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t vic = {0xb2b2b2b2b2b2b2b2};

    bind(wire, queue, vic);
    gunyah_wire_answer(wire, 1, 0);
    send_and_receive(wire, queue);
    gunyah_wire_answer(wire, 0, 1);
    send_and_receive(wire, queue);
    gunyah_wire_answer(wire, 0x1111111181111111, 1);

    const int32_t r1d = gunyah_hypercall_msgqueue_flush(g, queue);
    gunyah_wire_expect(wire, r1d, "msgqueue_flush", 0x601d, 0xc600801d, 1, (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r1f = gunyah_hypercall_msgqueue_configure_send(g, queue, 0x91919191, 0x92929292);
    gunyah_wire_expect(wire, r1f, "msgqueue_configure_send", 0x601f, 0xc600801f, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0xffffffffffffffff}});

    const int32_t r20 = gunyah_hypercall_msgqueue_configure_receive(g, queue, 0x91919191, 0x92929292);
    gunyah_wire_expect(wire, r20, "msgqueue_configure_receive", 0x6020, 0xc6008020, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0xffffffffffffffff}});

    const gunyah_msgqueue_create_info_t info = {0xd4d4d4d4d4d4d4d4};
    const int32_t r21 = gunyah_hypercall_msgqueue_configure(g, queue, info);
    gunyah_wire_expect(wire, r21, "msgqueue_configure", 0x6021, 0xc6008021, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});
}

Test(vectors, msgqueue)
{
    gunyah_wire_run(gunyah_vectors_msgqueue);
}
