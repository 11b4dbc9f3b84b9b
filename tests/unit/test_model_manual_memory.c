// SPDX-License-Identifier: BSD-3-Clause
// The model as the manual says and as it was recorded, one test for each row of docs/fidelity.md: memory and address
// spaces, and where the real hypervisor stops for them.
#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))
#define AT UINT64_C(0x100000)
#define BASIC_RWX 7u
#define SPARSE_RWX 0x10007u
#define READ_WRITE UINT64_C(0xf0066) // for user and kernel, write-back
#define READ UINT64_C(0xf0044)
#define PARTIAL 1u
#define END (UINT64_C(1) << 36) // of address spaces

static int32_t map(struct machine *machine, uint64_t space, uint64_t extent, uint64_t address, uint64_t attrs)
{
    return ASK(machine, ADDRSPACE_MAP, space, extent, address, attrs);
}

// Returns the attributes of what is mapped, if it is this extent's; 0 if it is not.
static uint64_t attrs_at(struct machine *machine, uint64_t space, uint64_t extent, uint64_t address)
{
    return ASK(machine, ADDRSPACE_LOOKUP, space, extent, address, PAGE) == GUNYAH_HVERR_OK ? machine->x[3] : 0;
}

static void unmap_nothing(struct machine *machine)
{
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ADDR_INVALID);
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    IS(map(machine, space, extent, AT, READ_WRITE), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_UNMAP, space, extent, AT + PAGE), refused);
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT + PAGE, 0x44), refused);
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT, 0x44), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, attrs_at(machine, space, extent, AT), READ));
    IS(ASK(machine, ADDRSPACE_UNMAP, space, extent, AT), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_UNMAP, space, extent, AT), refused);
}

Test(model_manual_memory, unmap_nothing)
{
    in_both_modes(unmap_nothing);
}

// Returns a sparse extent of four pages of the partition's, mapped.
static uint64_t make_sparse(struct machine *machine, uint64_t space)
{
    const uint64_t extent = make_extent(machine, MEMORY, 4 * PAGE, SPARSE_RWX);

    IS(ASK(machine, MEMEXTENT_DONATE, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, machine->root.partition.value, extent, 0,
           4 * PAGE),
       GUNYAH_HVERR_OK);
    IS(map(machine, space, extent, AT, READ_WRITE), GUNYAH_HVERR_OK);
    return extent;
}

static void access_of_a_sparse_extent(struct machine *machine)
{
    const int32_t expected = by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_ADDR_INVALID);
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_sparse(machine, space);

    // A part, the parts beside it, and all of it, which then are three pieces.
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT + PAGE, 0x44, PARTIAL, PAGE, PAGE), expected);
    cr_expect(eq(u64, attrs_at(machine, space, extent, AT), READ_WRITE));
    cr_expect(eq(u64, attrs_at(machine, space, extent, AT + PAGE), machine->manual ? READ : READ_WRITE));
    cr_expect(eq(u64, attrs_at(machine, space, extent, AT + 2 * PAGE), READ_WRITE));
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT, 0x77), expected);
    for (uint64_t page = 0; page < 4; page++)
        cr_expect(eq(u64, attrs_at(machine, space, extent, AT + page * PAGE), machine->manual ? 0xf0077 : READ_WRITE));
    IS(ASK(machine, ADDRSPACE_UNMAP, space, extent, AT), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT, 0x44),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ADDR_INVALID));
}

Test(model_manual_memory, access_of_a_sparse_extent)
{
    in_both_modes(access_of_a_sparse_extent);
}

static void mapping_over_something(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t one = make_extent(machine, MEMORY, 2 * PAGE, BASIC_RWX);
    const uint64_t other = make_extent(machine, MEMORY + 2 * PAGE, 2 * PAGE, BASIC_RWX);
    const int32_t over = by_mode(machine, GUNYAH_HVERR_EXISTING_MAPPING, GUNYAH_HVERR_OK);

    IS(map(machine, space, one, AT, READ_WRITE), GUNYAH_HVERR_OK);
    IS(map(machine, space, other, AT + PAGE, READ_WRITE), over);
    cr_expect(eq(u64, attrs_at(machine, space, one, AT), READ_WRITE));
    cr_expect(eq(u64, attrs_at(machine, space, one, AT + PAGE), machine->manual ? READ_WRITE : 0));
    IS(map(machine, space, one, AT, READ_WRITE), over);
    // Beside it there is room, and where something was.
    IS(map(machine, space, one, AT - 2 * PAGE, READ_WRITE), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_UNMAP, space, one, AT), GUNYAH_HVERR_OK);
    IS(map(machine, space, other, AT, READ_WRITE), GUNYAH_HVERR_OK);
}

Test(model_manual_memory, mapping_over_something)
{
    in_both_modes(mapping_over_something);
}

#define ADD GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD
#define REMOVE GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE

static int32_t vmmio(struct machine *machine, uint64_t space, uint64_t first, uint64_t size, uint32_t op)
{
    return ASK(machine, ADDRSPACE_CONFIGURE_VMMIO, space, first, size, op);
}

static void vmmio_ranges(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const int32_t overlap = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_BUSY);

    IS(vmmio(machine, space, 0x10000, 0x1000, ADD), GUNYAH_HVERR_OK);
    IS(vmmio(machine, space, 0x11000, 0x1000, ADD), GUNYAH_HVERR_OK);
    IS(vmmio(machine, space, 0x10000, 0x1000, ADD), overlap);
    IS(vmmio(machine, space, 0x11fff, 0x1000, ADD), overlap);
    IS(vmmio(machine, space, 0xf000, 0x4000, ADD), overlap);
    IS(vmmio(machine, space, END - 1, 1, ADD), GUNYAH_HVERR_OK);
    IS(vmmio(machine, space, END - 2, 1, ADD), GUNYAH_HVERR_OK);
    IS(vmmio(machine, space, END, 0x1000, ADD), by_mode(machine, GUNYAH_HVERR_ADDR_INVALID, GUNYAH_HVERR_OK));
    IS(vmmio(machine, space, UINT64_C(1) << 52, 0x1000, ADD),
       by_mode(machine, GUNYAH_HVERR_ADDR_INVALID, GUNYAH_HVERR_ARGUMENT_SIZE));
    IS(vmmio(machine, space, UINT64_MAX, 0x1000, ADD), GUNYAH_HVERR_ADDR_OVERFLOW);
    IS(vmmio(machine, space, 0x20000, 0, ADD), GUNYAH_HVERR_ARGUMENT_SIZE);
}

Test(model_manual_memory, vmmio_ranges)
{
    in_both_modes(vmmio_ranges);
}

static void vmmio_ranges_go(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const int32_t unknown = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_BUSY);

    IS(vmmio(machine, space, 0x10000, 0x1000, REMOVE), unknown);
    for (uint64_t i = 0; i < 128; i++)
        IS(vmmio(machine, space, 0x10000 + i * 0x1000, 0x1000, ADD), GUNYAH_HVERR_OK);
    IS(vmmio(machine, space, 0x1000, 0x1000, ADD), GUNYAH_HVERR_NORESOURCES);
    // Exactly one that is there, also when the next one follows without a gap.
    IS(vmmio(machine, space, 0x10000, 0x2000, REMOVE), unknown);
    IS(vmmio(machine, space, 0x10000, 0x800, REMOVE), unknown);
    IS(vmmio(machine, space, 0x10800, 0x800, REMOVE), unknown);
    IS(vmmio(machine, space, 0x11000, 0x1000, REMOVE), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_BUSY));
    IS(vmmio(machine, space, 0x11000, 0x1000, REMOVE), unknown);
    IS(vmmio(machine, space, 0x11000, 0x800, ADD), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_NORESOURCES));
}

Test(model_manual_memory, vmmio_ranges_go)
{
    in_both_modes(vmmio_ranges_go);
}

static void derived_outside(struct machine *machine)
{
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_ADDR_INVALID);
    const uint64_t parent = make_extent(machine, MEMORY, 2 * PAGE, BASIC_RWX);
    const uint64_t child = MAKE(machine, MEMEXTENT);

    IS(ASK(machine, MEMEXTENT_CONFIGURE_DERIVE, child, parent, PAGE, 2 * PAGE, BASIC_RWX), refused);
    IS(ASK(machine, MEMEXTENT_CONFIGURE_DERIVE, child, parent, 2 * PAGE, PAGE, BASIC_RWX), refused);
    IS(ASK(machine, MEMEXTENT_CONFIGURE_DERIVE, child, parent, PAGE, PAGE, BASIC_RWX), GUNYAH_HVERR_OK);
}

Test(model_manual_memory, derived_outside)
{
    in_both_modes(derived_outside);
}

static void number_of_donate(struct machine *machine)
{
    const uint64_t extent = make_extent(machine, MEMORY, 4 * PAGE, SPARSE_RWX);
    const uint64_t partition = machine->root.partition.value;
    const uint64_t first[7] = {GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, partition, extent, 0, PAGE};
    const uint64_t second[7] = {GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, partition, extent, PAGE, PAGE};
    const uint64_t reserved[7] = {GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, partition, extent, PAGE, PAGE, 1};

    for (int smccc = 0; smccc < 2; smccc++) {
        machine->smccc = smccc != 0;
        IS(ask(machine, 0x33, reserved), by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_UNIMPLEMENTED));
        IS(ask(machine, 0x33, smccc != 0 ? second : first),
           by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_UNIMPLEMENTED));
        IS(ask(machine, 0x35, first), GUNYAH_HVERR_UNIMPLEMENTED);
    }
    // The number that it has is not in the manual, which does not say that it is none.
    IS(ASK(machine, MEMEXTENT_DONATE, 0, partition, extent, 2 * PAGE, PAGE), GUNYAH_HVERR_OK);
    IS(ASK(machine, MEMEXTENT_DONATE, 0, partition, extent, PAGE, PAGE),
       by_mode(machine, GUNYAH_HVERR_MEMDB_NOT_OWNER, GUNYAH_HVERR_OK));
}

Test(model_manual_memory, number_of_donate)
{
    in_both_modes(number_of_donate);
}

static void upper_bits_of_attributes(struct machine *machine)
{
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK);
    const uint64_t high = UINT64_C(1) << 32;
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    IS(map(machine, space, extent, AT, READ_WRITE | high), refused);
    IS(map(machine, space, extent, 2 * AT, READ_WRITE), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, 2 * AT, 0x44 | high), refused);
}

Test(model_manual_memory, upper_bits_of_attributes)
{
    in_both_modes(upper_bits_of_attributes);
}

// ---- where the real hypervisor stops ------------------------------------------------------------------------------------

// What stops it goes on as an error, after which nothing is mapped and all else works.
static void expect_error(struct machine *machine, int32_t got, int32_t manual)
{
    IS(got, by_mode(machine, manual, STOPPED));
    IS(ASK(machine, SCHEDULER_YIELD, 0), by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
}

static void attributes_that_differ(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    expect_error(machine, map(machine, space, extent, AT, 0xf0064), GUNYAH_HVERR_ARGUMENT_INVALID);
    if (machine->manual)
        IS(map(machine, space, extent, AT, READ_WRITE), GUNYAH_HVERR_OK);
}

Test(model_manual_memory, attributes_that_differ)
{
    in_both_modes(attributes_that_differ);
}

// An extent that owns nothing is mapped nowhere yet: the real one stops when it is given something.
static void attributes_of_nothing(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, SPARSE_RWX);
    const uint64_t partition = machine->root.partition.value;

    IS(map(machine, space, extent, AT, 0xf0064), by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK));
    IS(ASK(machine, MEMEXTENT_DONATE, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, partition, extent, 0, PAGE),
       by_mode(machine, GUNYAH_HVERR_OK, STOPPED));
}

Test(model_manual_memory, attributes_of_nothing)
{
    in_both_modes(attributes_of_nothing);
}

static void execution_alone(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    IS(map(machine, space, extent, AT, 0xf0001), GUNYAH_HVERR_OK); // the user's alone is fine
    expect_error(machine, map(machine, space, extent, 2 * AT, 0xf0010), GUNYAH_HVERR_ARGUMENT_INVALID);
}

Test(model_manual_memory, execution_alone)
{
    in_both_modes(execution_alone);
}

static void access_that_differs(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    IS(map(machine, space, extent, AT, READ_WRITE), GUNYAH_HVERR_OK);
    expect_error(machine, ASK(machine, ADDRSPACE_UPDATE_ACCESS, space, extent, AT, 0x64),
                 GUNYAH_HVERR_ARGUMENT_INVALID);
    if (machine->manual)
        cr_expect(eq(u64, attrs_at(machine, space, extent, AT), READ_WRITE));
}

Test(model_manual_memory, access_that_differs)
{
    in_both_modes(access_that_differs);
}

// A child whose access is less than its parent's is mapped with less, which may be nothing that page tables know.
static void child_that_executes_alone(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, 2 * PAGE, BASIC_RWX);
    const uint64_t child = MAKE(machine, MEMEXTENT);

    IS(map(machine, space, extent, AT, 0xf0077), GUNYAH_HVERR_OK);
    IS(ASK(machine, MEMEXTENT_CONFIGURE_DERIVE, child, extent, 0, PAGE, 1), GUNYAH_HVERR_OK);
    expect_error(machine, activate(machine, child), GUNYAH_HVERR_ARGUMENT_INVALID);
    if (machine->manual)
        cr_expect(eq(u64, attrs_at(machine, space, extent, AT), 0xf0077));
}

Test(model_manual_memory, child_that_executes_alone)
{
    in_both_modes(child_that_executes_alone);
}

static void mapping_at_the_end(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, BASIC_RWX);

    IS(map(machine, space, extent, END - PAGE, READ_WRITE), GUNYAH_HVERR_OK);
    IS(map(machine, space, extent, END + PAGE, READ_WRITE), GUNYAH_HVERR_ADDR_INVALID);
    expect_error(machine, map(machine, space, extent, END, READ_WRITE), GUNYAH_HVERR_ADDR_INVALID);
}

Test(model_manual_memory, mapping_at_the_end)
{
    in_both_modes(mapping_at_the_end);
}

static void sparse_mapping_that_wraps(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t extent = make_extent(machine, MEMORY, 4 * PAGE, SPARSE_RWX);

    IS(map(machine, space, extent, (UINT64_C(1) << 48) - PAGE, READ_WRITE), GUNYAH_HVERR_ADDR_INVALID);
    expect_error(machine, map(machine, space, extent, 0 - PAGE, READ_WRITE), GUNYAH_HVERR_ADDR_OVERFLOW);
}

Test(model_manual_memory, sparse_mapping_that_wraps)
{
    in_both_modes(sparse_mapping_that_wraps);
}

static void vmmio_from_below(struct machine *machine)
{
    const uint64_t space = make_addrspace(machine, 5);

    IS(vmmio(machine, space, 0x10000, 0x1000, ADD), GUNYAH_HVERR_OK);
    expect_error(machine, vmmio(machine, space, 0xf800, 0x1000, ADD), GUNYAH_HVERR_ARGUMENT_INVALID);
}

Test(model_manual_memory, vmmio_from_below)
{
    in_both_modes(vmmio_from_below);
}

static void message_from_a_device(struct machine *machine)
{
    const uint64_t queue = make_queue(machine, 2, 16);

    expect_error(machine, ASK(machine, MSGQUEUE_SEND, queue, 4, 0x10), GUNYAH_HVERR_ADDR_INVALID);
}

Test(model_manual_memory, message_from_a_device)
{
    in_both_modes(message_from_a_device);
}

static void message_to_a_device(struct machine *machine)
{
    const uint64_t queue = make_queue(machine, 2, 16);

    IS(ASK(machine, MSGQUEUE_SEND, queue, 4, RAM), GUNYAH_HVERR_OK);
    expect_error(machine, ASK(machine, MSGQUEUE_RECEIVE, queue, 0x10, 4), GUNYAH_HVERR_ADDR_INVALID);
    if (machine->manual)
        IS(ASK(machine, MSGQUEUE_RECEIVE, queue, RAM, 4), GUNYAH_HVERR_OK);
}

Test(model_manual_memory, message_to_a_device)
{
    in_both_modes(message_to_a_device);
}
