// SPDX-License-Identifier: BSD-3-Clause
// Address spaces and memory extents, from nothing to their end, once for every hypercall of it and every error that it may be
// refused with. What was refused has changed nothing: the same step succeeds when it is taken again, and in the end everything
// is the partition's again.
#include <gunyah/abi/names.h>
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <model.h>
#include <sim_internal.h>

#include <state.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA (2u << 20)
#define PAGE ((uint64_t)GUNYAH_MEMEXTENT_PAGE_SIZE)
#define MEMORY UINT64_C(0x800000000) // of the simulator's partition
#define MEMORY_SIZE UINT64_C(0x40000000)
#define ALL GUNYAH_PGTABLE_ACCESS_RWX
#define ANY GUNYAH_MEMEXTENT_MEMTYPE_ANY
#define BASIC GUNYAH_MEMEXTENT_TYPE_BASIC
#define SPARSE GUNYAH_MEMEXTENT_TYPE_SPARSE
#define SYNC GUNYAH_MEMEXTENT_SYNC
#define NO_SYNC GUNYAH_MEMEXTENT_NO_SYNC

struct story {
    struct gunyah_sim *sim;
    struct gunyah *g;
    size_t allocated; // bytes that the session has
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
    struct gunyah_addrspace *space;
    struct gunyah_memextent *page;
    struct gunyah_memextent *root;
    struct gunyah_memextent *child;
};

// ---- the steps ---------------------------------------------------------------------------------------------------

static enum gunyah_error create_page(struct story *s)
{
    return gunyah_memextent_create(s->partition, s->cspace, &s->page);
}

static enum gunyah_error configure_page(struct story *s)
{
    return gunyah_memextent_configure(s->page, MEMORY, PAGE, ALL, ANY, BASIC);
}

static enum gunyah_error activate_page(struct story *s)
{
    return gunyah_memextent_activate(s->page);
}

static enum gunyah_error create_space(struct story *s)
{
    return gunyah_addrspace_create(s->partition, s->cspace, &s->space);
}

static enum gunyah_error configure_space(struct story *s)
{
    return gunyah_addrspace_configure(s->space, gunyah_vmid(40));
}

static enum gunyah_error configure_info_area(struct story *s)
{
    return gunyah_addrspace_configure_info_area(s->space, s->page, 0x1000);
}

static enum gunyah_error add_range(struct story *s)
{
    return gunyah_addrspace_add_vmmio_range(s->space, 0x70000000, PAGE);
}

static enum gunyah_error activate_space(struct story *s)
{
    return gunyah_addrspace_activate(s->space);
}

static enum gunyah_error attach_controller(struct story *s)
{
    const gunyah_addrspace_attach_vdevice_flags_t none = {0};

    return gunyah_addrspace_attach_vdevice(s->space, s->vic, 0, 0x50000000, 16 * PAGE, none);
}

static enum gunyah_error create_root(struct story *s)
{
    return gunyah_memextent_create_sparse(s->partition, s->cspace, MEMORY + 16 * PAGE, 16 * PAGE, ALL, ANY, &s->root);
}

static enum gunyah_error create_child(struct story *s)
{
    return gunyah_memextent_create(s->partition, s->cspace, &s->child);
}

static enum gunyah_error derive_child(struct story *s)
{
    return gunyah_memextent_configure_derive(s->child, s->root, 4 * PAGE, 4 * PAGE, ALL, ANY, SPARSE);
}

static enum gunyah_error activate_child(struct story *s)
{
    return gunyah_memextent_activate(s->child);
}

static enum gunyah_error map_root(struct story *s)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = 0x100000;
    return gunyah_addrspace_map(s->space, s->root, &mapping);
}

static enum gunyah_error map_page(struct story *s)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = 0x200000;
    return gunyah_addrspace_map(s->space, s->page, &mapping);
}

static enum gunyah_error update_page(struct story *s)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = 0x200000;
    mapping.user_access = GUNYAH_PGTABLE_ACCESS_R;
    mapping.kernel_access = GUNYAH_PGTABLE_ACCESS_R;
    return gunyah_addrspace_update_access(s->space, s->page, &mapping);
}

static enum gunyah_error unmap_page(struct story *s)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = 0x200000;
    return gunyah_addrspace_unmap(s->space, s->page, &mapping);
}

static enum gunyah_error donate_to_root(struct story *s)
{
    return gunyah_memextent_donate_from_partition(s->partition, s->root, 0, 8 * PAGE, NO_SYNC);
}

static enum gunyah_error donate_to_child(struct story *s)
{
    return gunyah_memextent_donate_to_child(s->root, s->child, 0, 2 * PAGE, NO_SYNC);
}

static enum gunyah_error sync_all(struct story *s)
{
    return gunyah_memextent_sync_all(s->root);
}

// Four pages are the root's, two are the child's.
static enum gunyah_error look_up(struct story *s)
{
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;
    const enum gunyah_error error = gunyah_addrspace_lookup(s->space, s->root, 0x100000, 16 * PAGE, &found);

    cr_assert(eq(u64, found.length, error == GUNYAH_OK ? 4 * PAGE : 0));
    return error;
}

static enum gunyah_error zero_child(struct story *s)
{
    return gunyah_memextent_zero_range(s->child, 0, 4 * PAGE);
}

static enum gunyah_error take_from_child(struct story *s)
{
    return gunyah_memextent_donate_to_parent(s->child, s->root, PAGE, PAGE, SYNC);
}

static enum gunyah_error take_from_root(struct story *s)
{
    return gunyah_memextent_donate_to_partition(s->root, s->partition, 5 * PAGE, PAGE, SYNC);
}

static enum gunyah_error unmap_root(struct story *s)
{
    return gunyah_memextent_unmap_all(s->root, SYNC);
}

static const struct step {
    const char *name;
    enum gunyah_error (*take)(struct story *s);
} steps[] = {
    {"create a page", create_page},
    {"configure a page", configure_page},
    {"activate a page", activate_page},
    {"create a space", create_space},
    {"configure a space", configure_space},
    {"configure the information area", configure_info_area},
    {"add a range", add_range},
    {"activate a space", activate_space},
    {"attach a controller", attach_controller},
    {"create a root", create_root},
    {"map the root", map_root},
    {"create a child", create_child},
    {"derive the child", derive_child},
    {"activate the child", activate_child},
    {"donate to the root", donate_to_root},
    {"donate to the child", donate_to_child},
    {"synchronise", sync_all},
    {"look up", look_up},
    {"map the page", map_page},
    {"update the page", update_page},
    {"unmap the page", unmap_page},
    {"clear the child", zero_child},
    {"take from the child", take_from_child},
    {"take from the root", take_from_root},
    {"unmap the root", unmap_root},
};

// ---- the machine -------------------------------------------------------------------------------------------------

static void *allocate(void *context, size_t size)
{
    struct story *s = context;

    s->allocated += size;
    return malloc(size);
}

static void release(void *context, void *memory, size_t size)
{
    struct story *s = context;

    s->allocated -= size;
    free(memory);
}

static void begin(struct story *s)
{
    struct gunyah_sim_options machine = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    const struct gunyah_allocator allocator = {s, allocate, release};

    memset(s, 0, sizeof(*s));
    machine.memory = ARENA;
    cr_assert(eq(int, gunyah_sim_create(&machine, &s->sim), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_vm_info(gunyah_sim_root(s->sim), &info), GUNYAH_OK));
    options.backend = gunyah_sim_backend(gunyah_sim_root(s->sim));
    options.allocator = &allocator;
    cr_assert(eq(int, gunyah_open(&options, &s->g), GUNYAH_OK));
    cr_assert(eq(int, gunyah_partition_open(s->g, info.partition, &s->partition), GUNYAH_OK));
    cr_assert(eq(int, gunyah_cspace_open(s->g, info.cspace, &s->cspace), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vic_create(s->partition, s->cspace, &s->vic), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vic_configure(s->vic, 1, 32), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vic_activate(s->vic), GUNYAH_OK));
}

static size_t caps_of(const struct story *s)
{
    struct gunyah_model *model = s->sim->model;

    return ((const struct cspace *)model_at(model, model->root_cspace))->count;
}

static void discard(const struct story *s, gunyah_capid_t cap)
{
    cr_assert(eq(int, gunyah_cspace_delete(s->cspace, cap), GUNYAH_OK));
}

// Delete what the story has made. All memory, and the VMID, can then be had again.
static void end(struct story *s, size_t caps)
{
    discard(s, gunyah_memextent_capid(s->child));
    discard(s, gunyah_memextent_capid(s->root));
    discard(s, gunyah_addrspace_capid(s->space));
    discard(s, gunyah_memextent_capid(s->page));
    cr_assert(eq(sz, caps_of(s), caps));
    cr_assert(eq(int, create_page(s), GUNYAH_OK));
    cr_assert(eq(int, gunyah_memextent_configure(s->page, MEMORY, MEMORY_SIZE, ALL, ANY, BASIC), GUNYAH_OK));
    cr_assert(eq(int, activate_page(s), GUNYAH_OK), "something of the partition's memory is lost");
    cr_assert(eq(int, create_space(s), GUNYAH_OK));
    cr_assert(eq(int, configure_space(s), GUNYAH_OK));
    cr_assert(eq(int, activate_space(s), GUNYAH_OK), "the VMID is lost");
    cr_assert(eq(int, gunyah_close(&s->g), GUNYAH_OK));
    cr_assert(eq(sz, s->allocated, 0));
    cr_assert(eq(int, gunyah_sim_destroy(&s->sim), GUNYAH_OK));
}

// The story, in which one call fails. Returns how many steps did.
static unsigned tell(uint64_t nth, int32_t error)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct story s;
    unsigned failures = 0;

    begin(&s);
    const size_t caps = caps_of(&s);
    fault.nth = nth;
    fault.error = error;
    cr_assert(eq(int, gunyah_sim_add_fault(s.sim, &fault), GUNYAH_OK));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const enum gunyah_error told = steps[i].take(&s);
        if (told == GUNYAH_OK)
            continue;
        failures++;
        cr_assert(eq(int, told, gunyah_error_from_hypervisor(error)), "%s", steps[i].name);
        cr_assert(eq(int, gunyah_last_error(s.g)->domain, GUNYAH_DOMAIN_HYPERVISOR));
        cr_assert(eq(int, (int)gunyah_last_error(s.g)->code, error));
        cr_assert(eq(int, steps[i].take(&s), GUNYAH_OK), "%s, again, after %s", steps[i].name,
                  gunyah_hverr_name(error));
    }
    cr_assert(eq(int, gunyah_sim_clear_faults(s.sim), GUNYAH_OK));
    end(&s, caps);
    return failures;
}

Test(faults, every_call_on_memory_is_refused_once)
{
    static const int32_t errors[] = {
        GUNYAH_HVERR_UNIMPLEMENTED,
        GUNYAH_HVERR_RETRY,
        GUNYAH_HVERR_ARGUMENT_INVALID,
        GUNYAH_HVERR_NOMEM,
        GUNYAH_HVERR_BUSY,
        GUNYAH_HVERR_DENIED,
        GUNYAH_HVERR_OBJECT_STATE,
        GUNYAH_HVERR_MEMDB_NOT_OWNER,
        GUNYAH_HVERR_MEMEXTENT_MAPPINGS_FULL,
        GUNYAH_HVERR_CSPACE_CAP_NULL,
        GUNYAH_HVERR_CSPACE_FULL,
        GUNYAH_HVERR_ADDR_INVALID,
    };
    uint64_t calls = 0;

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        uint64_t nth = 1;
        while (tell(nth, errors[i]) == 1)
            nth++;
        // The last one was behind the last call.
        if (calls == 0)
            calls = nth - 1;
        cr_assert(eq(u64, nth - 1, calls));
    }
    // One for each step, and two more for the one that makes three calls.
    cr_assert(eq(u64, calls, sizeof(steps) / sizeof(steps[0]) + 2));
}
