// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

void gunyah_vectors_memextent(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t first = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t second = {0xb2b2b2b2b2b2b2b2};
    const gunyah_memextent_modify_flags_t flags = {0x91919191};
    const gunyah_memextent_attrs_t attrs = {0x92929292};
    const gunyah_memextent_donate_options_t options = {0x93939393};

    // No reserved word.
    const int32_t r30 = gunyah_hypercall_memextent_modify(g, first, flags, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5);
    gunyah_wire_expect(wire, r30, "memextent_modify", 0x6030, 0xc6008030, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5}});

    const int32_t r31 = gunyah_hypercall_memextent_configure(g, first, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, attrs);
    gunyah_wire_expect(wire, r31, "memextent_configure", 0x6031, 0xc6008031, 1,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0x92929292, 0}});

    const int32_t r32 =
        gunyah_hypercall_memextent_configure_derive(g, first, second, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, attrs);
    gunyah_wire_expect(
        wire, r32, "memextent_configure_derive", 0x6032, 0xc6008032, 1,
        (struct words){
            6, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0x92929292, 0}});

    // The options come first.
    const int32_t r61 =
        gunyah_hypercall_memextent_donate(g, options, first, second, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5);
    gunyah_wire_expect(
        wire, r61, "memextent_donate", 0x6061, 0xc6008061, 1,
        (struct words){
            6, {0x93939393, 0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0}});
}

Test(vectors, memextent)
{
    gunyah_wire_run(gunyah_vectors_memextent);
}
