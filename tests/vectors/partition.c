// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_partition(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t partition = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t cspace = {0xb2b2b2b2b2b2b2b2};

    const struct gunyah_partition_create_partition_result r01 =
        gunyah_hypercall_partition_create_partition(g, partition, cspace);
    gunyah_wire_expect(wire, r01.error, "partition_create_partition", 0x6001, 0xc6008001, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r01.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_cspace_result r02 =
        gunyah_hypercall_partition_create_cspace(g, partition, cspace);
    gunyah_wire_expect(wire, r02.error, "partition_create_cspace", 0x6002, 0xc6008002, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r02.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_addrspace_result r03 =
        gunyah_hypercall_partition_create_addrspace(g, partition, cspace);
    gunyah_wire_expect(wire, r03.error, "partition_create_addrspace", 0x6003, 0xc6008003, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r03.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_memextent_result r04 =
        gunyah_hypercall_partition_create_memextent(g, partition, cspace);
    gunyah_wire_expect(wire, r04.error, "partition_create_memextent", 0x6004, 0xc6008004, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r04.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_thread_result r05 =
        gunyah_hypercall_partition_create_thread(g, partition, cspace);
    gunyah_wire_expect(wire, r05.error, "partition_create_thread", 0x6005, 0xc6008005, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r05.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_doorbell_result r06 =
        gunyah_hypercall_partition_create_doorbell(g, partition, cspace);
    gunyah_wire_expect(wire, r06.error, "partition_create_doorbell", 0x6006, 0xc6008006, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r06.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_msgqueue_result r07 =
        gunyah_hypercall_partition_create_msgqueue(g, partition, cspace);
    gunyah_wire_expect(wire, r07.error, "partition_create_msgqueue", 0x6007, 0xc6008007, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r07.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_watchdog_result r09 =
        gunyah_hypercall_partition_create_watchdog(g, partition, cspace);
    gunyah_wire_expect(wire, r09.error, "partition_create_watchdog", 0x6009, 0xc6008009, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r09.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_vic_result r0a = gunyah_hypercall_partition_create_vic(g, partition, cspace);
    gunyah_wire_expect(wire, r0a.error, "partition_create_vic", 0x600a, 0xc600800a, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r0a.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_vpm_group_result r0b =
        gunyah_hypercall_partition_create_vpm_group(g, partition, cspace);
    gunyah_wire_expect(wire, r0b.error, "partition_create_vpm_group", 0x600b, 0xc600800b, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r0b.new_cap.value, 0x1111111181111111);

    const struct gunyah_partition_create_virtio_mmio_result r48 =
        gunyah_hypercall_partition_create_virtio_mmio(g, partition, cspace);
    gunyah_wire_expect(wire, r48.error, "partition_create_virtio_mmio", 0x6048, 0xc6008048, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});
    cr_expect_eq(r48.new_cap.value, 0x1111111181111111);
}

Test(vectors, partition)
{
    gunyah_wire_run(gunyah_vectors_partition);
}
