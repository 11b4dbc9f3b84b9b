// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

static void map(struct wire *wire, gunyah_capid_t addrspace, gunyah_capid_t memextent)
{
    struct gunyah *g = wire->g;
    const gunyah_memextent_mapping_attrs_t attrs = {0x91919191};
    const gunyah_memextent_access_attrs_t access = {0x93939393};
    const gunyah_addrspace_map_flags_t flags = {0x92929292};

    // These three have no reserved word.
    const int32_t r2b = gunyah_hypercall_addrspace_map(g, addrspace, memextent, 0xd4d4d4d4d4d4d4d4, attrs, flags,
                                                       0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6);
    gunyah_wire_expect(wire, r2b, "addrspace_map", 0x602b, 0xc600802b, 1,
                       (struct words){7,
                                      {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0x91919191,
                                       0x92929292, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6}});

    const int32_t r2c = gunyah_hypercall_addrspace_unmap(g, addrspace, memextent, 0xd4d4d4d4d4d4d4d4, flags,
                                                         0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6);
    gunyah_wire_expect(wire, r2c, "addrspace_unmap", 0x602c, 0xc600802c, 1,
                       (struct words){6,
                                      {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0x92929292,
                                       0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6}});

    const int32_t r2d = gunyah_hypercall_addrspace_update_access(g, addrspace, memextent, 0xd4d4d4d4d4d4d4d4, access,
                                                                 flags, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6);
    gunyah_wire_expect(wire, r2d, "addrspace_update_access", 0x602d, 0xc600802d, 1,
                       (struct words){7,
                                      {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0x93939393,
                                       0x92929292, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6}});

    const struct gunyah_addrspace_lookup_result r5a =
        gunyah_hypercall_addrspace_lookup(g, addrspace, memextent, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5);
    gunyah_wire_expect(
        wire, r5a.error, "addrspace_lookup", 0x605a, 0xc600805a, 4,
        (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0}});
    cr_expect_eq(r5a.offset, 0x1111111181111111);
    cr_expect_eq(r5a.size, 0x2222222282222222);
    cr_expect_eq(r5a.map_attrs.bits, 0x83333333);
}

static void attach(struct wire *wire, gunyah_capid_t addrspace, gunyah_capid_t other)
{
    struct gunyah *g = wire->g;
    const gunyah_addrspace_attach_vdevice_flags_t flags = {0xf6f6f6f6f6f6f6f6};

    const int32_t r2a = gunyah_hypercall_addrspace_attach_thread(g, addrspace, other);
    gunyah_wire_expect(wire, r2a, "addrspace_attach_thread", 0x602a, 0xc600802a, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0}});

    const int32_t r2f = gunyah_hypercall_addrspace_attach_vdma(g, addrspace, other, 0x91919191);
    gunyah_wire_expect(wire, r2f, "addrspace_attach_vdma", 0x602f, 0xc600802f, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r62 = gunyah_hypercall_addrspace_attach_vdevice(g, addrspace, other, 0x91919191, 0xd4d4d4d4d4d4d4d4,
                                                                  0xe5e5e5e5e5e5e5e5, flags);
    gunyah_wire_expect(wire, r62, "addrspace_attach_vdevice", 0x6062, 0xc6008062, 1,
                       (struct words){6,
                                      {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0xd4d4d4d4d4d4d4d4,
                                       0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6}});
}

void gunyah_vectors_addrspace(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t addrspace = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t other = {0xb2b2b2b2b2b2b2b2};

    map(wire, addrspace, other);
    attach(wire, addrspace, other);

    const int32_t r2e = gunyah_hypercall_addrspace_configure(g, addrspace, gunyah_vmid(0x9595));
    gunyah_wire_expect(wire, r2e, "addrspace_configure", 0x602e, 0xc600802e, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x9595, 0}});

    const int32_t r5b = gunyah_hypercall_addrspace_configure_info_area(g, addrspace, other, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r5b, "addrspace_configure_info_area", 0x605b, 0xc600805b, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0}});

    const enum gunyah_addrspace_vmmio_configure_op op = (enum gunyah_addrspace_vmmio_configure_op)0x91919191;
    const int32_t r60 =
        gunyah_hypercall_addrspace_configure_vmmio(g, addrspace, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, op);
    gunyah_wire_expect(wire, r60, "addrspace_configure_vmmio", 0x6060, 0xc6008060, 1,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0x91919191, 0}});

    // Its only word is reserved.
    const struct gunyah_addrspace_find_info_area_result r6a = gunyah_hypercall_addrspace_find_info_area(g);
    gunyah_wire_expect(wire, r6a.error, "addrspace_find_info_area", 0x606a, 0xc600806a, 3, (struct words){1, {0}});
    cr_expect_eq(r6a.ipa, 0x1111111181111111);
    cr_expect_eq(r6a.size, 0x2222222282222222);
}

Test(vectors, addrspace)
{
    gunyah_wire_run(gunyah_vectors_addrspace);
}
