// SPDX-License-Identifier: BSD-3-Clause
// A hypervisor without memory: whatever allocation fails, nothing remains of what failed, and the machine goes on. Mappings
// that are taken back are gone, memory or not.
#include "sim_vm.h"

#include <gunyah/gunyah.h>
#include <gunyah/sim_hostile.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#define BASE UINT64_C(0x800000000) // docs/simulator.md
#define PAGE UINT64_C(0x1000)
#define ADDRESS UINT64_C(0x1000000)   // where extents are mapped
#define READ_WRITE UINT32_C(0x0f0066) // for user and kernel, write-back
#define READ_ONLY UINT32_C(0x0f0044)
#define BASIC_RW 6u
#define BASIC_R 4u
#define SPARSE_RW 0x10006u
#define MAX_CAPS 32
#define PARTIAL 1u

// The root VM, and what it has made.
struct maker {
    struct gunyah_sim *sim;
    struct gunyah *g;
    struct gunyah_sim_vm_info self;
    gunyah_capid_t caps[MAX_CAPS];
    unsigned count;
    int32_t error; // the first one
};

static struct maker new_maker(void)
{
    struct gunyah_open_options open = GUNYAH_OPEN_OPTIONS_INIT;
    struct maker maker = {.sim = new_sim(1), .self = GUNYAH_SIM_VM_INFO_INIT};

    cr_assert(eq(int, gunyah_sim_get_vm_info(gunyah_sim_root(maker.sim), &maker.self), GUNYAH_OK));
    open.backend = gunyah_sim_backend(gunyah_sim_root(maker.sim));
    cr_assert(eq(int, gunyah_open(&open, &maker.g), GUNYAH_OK));
    return maker;
}

static void end_maker(struct maker *maker)
{
    cr_assert(eq(int, gunyah_close(&maker->g), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_destroy(&maker->sim), GUNYAH_OK));
}

static void starve(struct gunyah_sim *sim, uint64_t nth, uint64_t count)
{
    struct gunyah_sim_hazard hazard = GUNYAH_SIM_HAZARD_INIT;

    hazard.kind = GUNYAH_SIM_HEAP_EMPTY;
    hazard.nth = nth;
    hazard.count = count;
    cr_assert(eq(int, gunyah_sim_add_hazard(sim, &hazard), GUNYAH_OK));
}

static void step(struct maker *maker, int32_t error)
{
    if (maker->error == GUNYAH_HVERR_OK)
        maker->error = error;
}

// A new object; without memory, none. What is done to that one fails too, after the error that counts.
static gunyah_capid_t make(struct maker *maker, uint32_t create)
{
    uint64_t cap = GUNYAH_CAPID_INVALID;
    const uint64_t error =
        vm_call(gunyah_sim_root(maker->sim), create, maker->self.partition.value, maker->self.cspace.value, 0, &cap);

    step(maker, (int32_t)(uint32_t)error);
    if (error != GUNYAH_HVERR_OK)
        return gunyah_capid(GUNYAH_CAPID_INVALID);
    maker->caps[maker->count++] = gunyah_capid(cap);
    return gunyah_capid(cap);
}

static void activate(struct maker *maker, gunyah_capid_t cap)
{
    step(maker, gunyah_hypercall_object_activate(maker->g, cap));
}

static gunyah_capid_t make_extent(struct maker *maker, uint64_t page, uint64_t pages, uint32_t attrs)
{
    const gunyah_capid_t extent = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT);

    step(maker, gunyah_hypercall_memextent_configure(maker->g, extent, BASE + page * PAGE, pages * PAGE,
                                                     (gunyah_memextent_attrs_t){attrs}));
    activate(maker, extent);
    return extent;
}

static gunyah_capid_t make_part(struct maker *maker, gunyah_capid_t parent, uint64_t page, uint64_t pages,
                                uint32_t attrs)
{
    const gunyah_capid_t extent = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT);

    step(maker, gunyah_hypercall_memextent_configure_derive(maker->g, extent, parent, page * PAGE, pages * PAGE,
                                                            (gunyah_memextent_attrs_t){attrs}));
    activate(maker, extent);
    return extent;
}

static gunyah_capid_t make_addrspace(struct maker *maker, uint16_t vmid)
{
    const gunyah_capid_t addrspace = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_ADDRSPACE);

    step(maker, gunyah_hypercall_addrspace_configure(maker->g, addrspace, gunyah_vmid(vmid)));
    activate(maker, addrspace);
    return addrspace;
}

static int32_t map(const struct maker *maker, gunyah_capid_t addrspace, gunyah_capid_t extent, uint64_t address)
{
    return gunyah_hypercall_addrspace_map(maker->g, addrspace, extent, address,
                                          (gunyah_memextent_mapping_attrs_t){READ_WRITE},
                                          (gunyah_addrspace_map_flags_t){0}, 0, 0);
}

static int32_t donate(const struct maker *maker, enum gunyah_memextent_donate_type type, gunyah_capid_t from,
                      gunyah_capid_t to, uint64_t page, uint64_t pages)
{
    return gunyah_hypercall_memextent_donate(maker->g, (gunyah_memextent_donate_options_t){(uint32_t)type}, from, to,
                                             page * PAGE, pages * PAGE);
}

static int32_t unmap_all(const struct maker *maker, gunyah_capid_t extent)
{
    return gunyah_hypercall_memextent_modify(maker->g, extent, (gunyah_memextent_modify_flags_t){0}, 0, 0);
}

static void drop_all(struct maker *maker)
{
    while (maker->count > 0) {
        const gunyah_capid_t cap = maker->caps[--maker->count];
        cr_assert(eq(int, gunyah_hypercall_cspace_delete_cap_from(maker->g, maker->self.cspace, cap), GUNYAH_HVERR_OK));
    }
}

// ---- every kind of object --------------------------------------------------------------------------------------------

static void make_memory(struct maker *maker, gunyah_capid_t addrspace)
{
    const gunyah_capid_t whole = make_extent(maker, 0, 16, BASIC_RW);
    const gunyah_capid_t sparse = make_extent(maker, 32, 16, SPARSE_RW);

    step(maker, map(maker, addrspace, whole, ADDRESS));
    make_part(maker, whole, 4, 4, BASIC_R);
    step(maker, gunyah_hypercall_addrspace_update_access(maker->g, addrspace, whole, ADDRESS,
                                                         (gunyah_memextent_access_attrs_t){READ_ONLY & 0xff},
                                                         (gunyah_addrspace_map_flags_t){0}, 0, 0));
    step(maker, map(maker, addrspace, sparse, ADDRESS + 32 * PAGE));
    step(maker, donate(maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, maker->self.partition, sparse, 2, 8));
    const gunyah_capid_t part = make_part(maker, sparse, 4, 4, SPARSE_RW);
    step(maker, donate(maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, sparse, part, 1, 2));
    step(maker, donate(maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT, part, sparse, 1, 1));
    step(maker, gunyah_hypercall_addrspace_unmap(maker->g, addrspace, sparse, ADDRESS + 34 * PAGE,
                                                 (gunyah_addrspace_map_flags_t){PARTIAL}, 2 * PAGE, PAGE));
}

static void make_vcpu(struct maker *maker, gunyah_capid_t cspace, gunyah_capid_t addrspace)
{
    const gunyah_capid_t vic = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_VIC);
    const gunyah_capid_t group = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_VPM_GROUP);
    const gunyah_capid_t vcpu = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_THREAD);

    step(maker, gunyah_hypercall_vic_configure(maker->g, vic, 1, 64, (gunyah_vic_option_flags_t){0}, 0));
    activate(maker, vic);
    activate(maker, group);
    step(maker, gunyah_hypercall_cspace_attach_thread(maker->g, cspace, vcpu));
    step(maker, gunyah_hypercall_addrspace_attach_thread(maker->g, addrspace, vcpu));
    step(maker, gunyah_hypercall_vic_attach_vcpu(maker->g, vic, vcpu, 0));
    step(maker, gunyah_hypercall_vpm_group_attach_vcpu(maker->g, group, vcpu, 0));
    activate(maker, vcpu);
    step(maker, gunyah_hypercall_addrspace_attach_vdevice(maker->g, addrspace, vic, 0, 0x3000000, 0x10000,
                                                          (gunyah_addrspace_attach_vdevice_flags_t){0}));
}

static void make_device(struct maker *maker)
{
    const gunyah_capid_t page = make_extent(maker, 64, 1, BASIC_RW);
    const gunyah_capid_t device = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_VIRTIO_MMIO);
    const gunyah_virtio_option_flags_t flags =
        gunyah_virtio_option_flags_with_valid_device_type((gunyah_virtio_option_flags_t){0}, 1);

    step(maker,
         gunyah_hypercall_virtio_mmio_configure(maker->g, device, page, 2, flags, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT));
    activate(maker, device);
    step(maker, gunyah_hypercall_virtio_input_configure(maker->g, device, 1, 0, 4, 2));
}

static void make_everything(struct maker *maker)
{
    const gunyah_capid_t cspace = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_CSPACE);
    const gunyah_capid_t addrspace = make_addrspace(maker, 0x50);
    const gunyah_capid_t doorbell = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL);
    const gunyah_capid_t queue = make(maker, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE);
    gunyah_msgqueue_create_info_t info = {0};

    step(maker, gunyah_hypercall_cspace_configure(maker->g, cspace, 100));
    activate(maker, cspace);
    activate(maker, doorbell);
    info = gunyah_msgqueue_create_info_with_depth(info, 8);
    info = gunyah_msgqueue_create_info_with_max_message_size(info, 240);
    step(maker, gunyah_hypercall_msgqueue_configure(maker->g, queue, info));
    activate(maker, queue);
    step(maker, gunyah_hypercall_cspace_copy_cap_from(maker->g, maker->self.cspace, doorbell, cspace, 1).error);
    step(maker, gunyah_hypercall_addrspace_configure_vmmio(maker->g, addrspace, 0x9000000, PAGE,
                                                           GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD));
    make_memory(maker, addrspace);
    make_vcpu(maker, cspace, addrspace);
    make_device(maker);
}

static void look_for_hunger(void *context, const char *line)
{
    if (strstr(line, "gets no memory") != NULL)
        *(bool *)context = true;
}

// Errors that follow from the one that counts do not: what was not made cannot be used.
Test(sim_heap, any_allocation_for_any_object_fails_and_nothing_is_left)
{
    struct maker maker = new_maker();
    const size_t before = gunyah_sim_heap_used(maker.sim);
    bool starved = true;
    uint64_t nth = 0;
    unsigned refused = 0;

    gunyah_sim_set_trace(maker.sim, look_for_hunger, &starved);
    while (starved) {
        starved = false;
        starve(maker.sim, ++nth, 1);
        maker.error = GUNYAH_HVERR_OK;
        make_everything(&maker);
        // Ranges may come from the reserve.
        cr_assert(maker.error == GUNYAH_HVERR_OK || (starved && maker.error == GUNYAH_HVERR_NOMEM), "allocation %u: %d",
                  (unsigned)nth, maker.error);
        refused += maker.error == GUNYAH_HVERR_NOMEM;
        drop_all(&maker);
        gunyah_sim_clear_faults(maker.sim);
        cr_assert(eq(sz, gunyah_sim_heap_used(maker.sim), before), "allocation %u", (unsigned)nth);
    }
    // Thirteen objects, and what four of them hold.
    cr_assert(eq(uint, refused, 17));
    end_maker(&maker);
}

static enum gunyah_error build(struct gunyah_sim *sim, int what, struct gunyah_sim_vm *vm)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_msgqueue queue = new_msgqueue(vm, vm, 40, 41);
    struct gunyah_sim_doorbell doorbell = new_doorbell(vm, vm, 42);
    struct gunyah_sim_rm_queue channel = GUNYAH_SIM_RM_QUEUE_INIT;

    switch (what) {
    case 0:
        return gunyah_sim_connect_msgqueue(sim, &queue);
    case 1:
        return gunyah_sim_connect_doorbell(sim, &doorbell);
    case 2:
        return gunyah_sim_add_rm(sim, NULL);
    case 3:
        return gunyah_sim_get_rm_queue(vm, &channel);
    default:
        return gunyah_sim_add_vm(sim, &options, &vm);
    }
}

Test(sim_heap, any_allocation_for_a_part_of_a_machine_fails_and_nothing_is_left)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 3);

    for (int what = 0; what < 5; what++) {
        enum gunyah_error error = GUNYAH_ERR_NO_MEMORY;
        for (uint64_t nth = 1; error != GUNYAH_OK; nth++) {
            const size_t before = gunyah_sim_heap_used(sim);
            starve(sim, nth, 1);
            error = build(sim, what, vm);
            gunyah_sim_clear_faults(sim);
            cr_assert(error == GUNYAH_OK || error == GUNYAH_ERR_NO_MEMORY, "part %d, allocation %u: %s", what,
                      (unsigned)nth, gunyah_error_name(error));
            cr_assert(error == GUNYAH_OK || gunyah_sim_heap_used(sim) == before, "part %d, allocation %u", what,
                      (unsigned)nth);
            cr_assert(error != GUNYAH_OK || nth > 1, "part %d needs no memory", what);
        }
    }
    gunyah_sim_destroy(&sim);
}

// ---- mappings that are taken back ------------------------------------------------------------------------------------

// Three extents side by side, mapped side by side, so that to take out the middle one a range is cut in two.
struct row {
    struct maker maker;
    gunyah_capid_t addrspace;
    gunyah_capid_t extents[3];
};

static struct row new_row(void)
{
    struct row row = {.maker = new_maker()};

    row.addrspace = make_addrspace(&row.maker, 0x50);
    for (unsigned i = 0; i < 3; i++) {
        row.extents[i] = make_extent(&row.maker, i, 1, BASIC_RW);
        step(&row.maker, map(&row.maker, row.addrspace, row.extents[i], ADDRESS + i * PAGE));
    }
    cr_assert(eq(int, row.maker.error, GUNYAH_HVERR_OK));
    return row;
}

// Which of the extents is to be seen at its place: bit 0 is the first one.
static unsigned seen(const struct row *row)
{
    unsigned bits = 0;

    for (unsigned i = 0; i < 3; i++) {
        if (gunyah_hypercall_addrspace_lookup(row->maker.g, row->addrspace, row->extents[i], ADDRESS + i * PAGE, PAGE)
                .error == GUNYAH_HVERR_OK)
            bits |= 1u << i;
    }
    return bits;
}

Test(sim_heap, what_is_unmapped_is_gone_without_memory_too)
{
    struct row row = new_row();

    starve(row.maker.sim, 1, 0);
    cr_assert(eq(uint, seen(&row), 7));
    cr_assert(eq(int, unmap_all(&row.maker, row.extents[1]), GUNYAH_HVERR_OK));
    cr_assert(eq(uint, seen(&row), 5));
    // The reserve is enough for one call. Then what may fail says so, and does nothing; what may not goes on.
    cr_assert(eq(int, map(&row.maker, row.addrspace, row.extents[1], ADDRESS + PAGE), GUNYAH_HVERR_OK));
    cr_assert(eq(int, map(&row.maker, row.addrspace, row.extents[0], ADDRESS + 16 * PAGE), GUNYAH_HVERR_OK));
    cr_assert(eq(int, map(&row.maker, row.addrspace, row.extents[0], ADDRESS + 32 * PAGE), GUNYAH_HVERR_NOMEM));
    cr_assert(eq(uint, seen(&row), 7));
    cr_assert(eq(int, unmap_all(&row.maker, row.extents[1]), GUNYAH_HVERR_OK));
    cr_assert(eq(uint, seen(&row), 5));
    gunyah_sim_clear_faults(row.maker.sim);
    cr_assert(eq(int, map(&row.maker, row.addrspace, row.extents[1], ADDRESS + PAGE), GUNYAH_HVERR_OK));
    cr_assert(eq(uint, seen(&row), 7));
    drop_all(&row.maker);
    end_maker(&row.maker);
}

Test(sim_heap, what_is_deleted_is_gone_without_memory_too)
{
    struct row row = new_row();
    struct maker *maker = &row.maker;

    starve(maker->sim, 1, 0);
    cr_assert(eq(int, gunyah_hypercall_cspace_delete_cap_from(maker->g, maker->self.cspace, row.extents[1]),
                 GUNYAH_HVERR_OK));
    cr_assert(eq(int,
                 gunyah_hypercall_addrspace_lookup(maker->g, row.addrspace, row.extents[0], ADDRESS + PAGE, PAGE).error,
                 GUNYAH_HVERR_ADDR_INVALID));
    cr_assert(eq(uint, seen(&row), 5));
    end_maker(maker);
}

Test(sim_heap, a_donation_without_memory_changes_nothing)
{
    struct maker maker = new_maker();
    const gunyah_capid_t addrspace = make_addrspace(&maker, 0x50);
    const gunyah_capid_t parent = make_extent(&maker, 0, 8, SPARSE_RW);
    const gunyah_capid_t child = make_part(&maker, parent, 0, 8, SPARSE_RW);
    struct gunyah_addrspace_lookup_result found;

    step(&maker, donate(&maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, maker.self.partition, parent, 0, 8));
    step(&maker, map(&maker, addrspace, parent, ADDRESS));
    cr_assert(eq(int, maker.error, GUNYAH_HVERR_OK));
    starve(maker.sim, 1, 0);
    // The reserve is enough for a call, and then no more.
    for (uint64_t page = 1; maker.error == GUNYAH_HVERR_OK && page < 8; page += 2)
        step(&maker, donate(&maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, parent, child, page, 1));
    cr_assert(eq(int, maker.error, GUNYAH_HVERR_NOMEM));
    for (uint64_t page = 3; page < 8; page++) {
        found = gunyah_hypercall_addrspace_lookup(maker.g, addrspace, parent, ADDRESS + page * PAGE, PAGE);
        cr_assert(eq(int, found.error, GUNYAH_HVERR_OK));
        cr_assert(eq(u64, found.offset, page * PAGE));
    }
    drop_all(&maker);
    end_maker(&maker);
}

// A part that cannot be unmapped stays mapped, and is known to be.
Test(sim_heap, a_part_without_memory_stays)
{
    struct maker maker = new_maker();
    const gunyah_capid_t addrspace = make_addrspace(&maker, 0x50);
    const gunyah_capid_t sparse = make_extent(&maker, 0, 64, SPARSE_RW);
    const gunyah_addrspace_map_flags_t partial = {PARTIAL};
    uint64_t page = 1;
    int32_t error = GUNYAH_HVERR_OK;

    step(&maker, donate(&maker, GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD, maker.self.partition, sparse, 0, 64));
    step(&maker, map(&maker, addrspace, sparse, ADDRESS));
    cr_assert(eq(int, maker.error, GUNYAH_HVERR_OK));
    starve(maker.sim, 1, 0);
    for (; error == GUNYAH_HVERR_OK && page < 64; page += error == GUNYAH_HVERR_OK ? 2 : 0)
        error = gunyah_hypercall_addrspace_unmap(maker.g, addrspace, sparse, ADDRESS + page * PAGE, partial,
                                                 page * PAGE, PAGE);
    cr_assert(eq(int, error, GUNYAH_HVERR_NOMEM));
    for (uint64_t at = 0; at < 64; at++)
        cr_assert(eq(int,
                     gunyah_hypercall_addrspace_lookup(maker.g, addrspace, sparse, ADDRESS + at * PAGE, PAGE).error,
                     at < page && at % 2 == 1 ? GUNYAH_HVERR_ADDR_INVALID : GUNYAH_HVERR_OK));
    gunyah_sim_clear_faults(maker.sim);
    cr_assert(eq(
        int,
        gunyah_hypercall_addrspace_unmap(maker.g, addrspace, sparse, ADDRESS + page * PAGE, partial, page * PAGE, PAGE),
        GUNYAH_HVERR_OK));
    drop_all(&maker);
    end_maker(&maker);
}

Test(sim_heap, of_no_machine)
{
    cr_assert(eq(sz, gunyah_sim_heap_used(NULL), 0));
}
