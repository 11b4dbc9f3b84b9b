// SPDX-License-Identifier: BSD-3-Clause
// Every call that the table describes has a vector, and every vector's call is described.
#include "wire.h"

static void (*const groups[])(struct wire *wire) = {
    gunyah_vectors_addrspace, gunyah_vectors_cspace, gunyah_vectors_doorbell,  gunyah_vectors_memextent,
    gunyah_vectors_msgqueue,  gunyah_vectors_object, gunyah_vectors_partition, gunyah_vectors_system,
    gunyah_vectors_vcpu,      gunyah_vectors_vic,    gunyah_vectors_virtio,    gunyah_vectors_vpm_group,
    gunyah_vectors_watchdog,
};

Test(vectors, cover_every_call)
{
    struct wire wire = {0};
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        gunyah_wire_cover(&wire, groups[i]);
    for (uint32_t number = 0; number < 0x80; number++) {
        cr_expect(wire.covered[number] == (gunyah_call_info(number) != NULL), "call 0x%x", (unsigned)number);
        count += wire.covered[number];
    }
    cr_expect_eq(count, 99u, "%u calls", count);
}

Test(vectors, numbers_without_a_call)
{
    static const uint32_t unused[] = {0x08, 0x16, 0x1e, 0x33, 0x35,  0x36,      0x37,
                                      0x69, 0x6b, 0x7f, 0x80, 0x100, 0xffffffff};

    for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++) {
        cr_expect(gunyah_call_info(unused[i]) == NULL, "0x%x", (unsigned)unused[i]);
        cr_expect_str_eq(gunyah_call_name(unused[i]), "unknown");
    }
}

// One word of each type that a decoder tells apart.
Test(vectors, types_of_words)
{
    const struct gunyah_call_shape *send = gunyah_call_info(0x1b);
    const struct gunyah_call_shape *bind = gunyah_call_info(0x10);

    cr_expect_str_eq(send->arguments[0].name, "msgqueue");
    cr_expect_str_eq(send->arguments[0].type, "capid");
    cr_expect_str_eq(send->arguments[3].type, "msgqueue_send_flags");
    cr_expect_str_eq(send->arguments[4].type, "reserved");
    cr_expect_str_eq(send->results[0].type, "error");
    cr_expect_str_eq(send->results[1].name, "not_full");
    cr_expect_str_eq(send->results[1].type, "bool");
    cr_expect_str_eq(bind->arguments[2].type, "virq");
}
