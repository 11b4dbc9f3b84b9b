// SPDX-License-Identifier: BSD-3-Clause
// A privileged VM makes objects of the kinds that the library has no handles for, by the stubs. Which error wins when several
// apply is the recordings' business (tests/recordings); here, that all of it is there in the simulator, and comes apart again.
#include "sim_vm.h"

#include <gunyah/gunyah.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define BASE UINT64_C(0x800000000) // docs/simulator.md
#define PAGE UINT64_C(0x1000)
#define READ_WRITE UINT32_C(0x0f0066) // for user and kernel, write-back
#define BASIC_RW 6u
#define SPARSE_RW 0x10006u
#define VMID 0x50
#define WAKE_UP 40

struct owner {
    struct gunyah_sim *sim;
    struct gunyah *g;
    struct gunyah_sim_vm_info self;
};

static struct owner new_owner(enum gunyah_convention convention)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_open_options open = GUNYAH_OPEN_OPTIONS_INIT;
    struct owner owner = {.self = GUNYAH_SIM_VM_INFO_INIT};
    struct gunyah_sim_vm *vm;

    options.privileged = true;
    cr_assert(eq(int, gunyah_sim_create(NULL, &owner.sim), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(owner.sim, &options, &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_vm_info(vm, &owner.self), GUNYAH_OK));
    open.backend = gunyah_sim_backend(vm);
    open.convention = convention;
    cr_assert(eq(int, gunyah_open(&open, &owner.g), GUNYAH_OK));
    return owner;
}

static void end_owner(struct owner *owner)
{
    cr_expect(eq(int, gunyah_close(&owner->g), GUNYAH_OK));
    cr_expect(eq(int, gunyah_sim_destroy(&owner->sim), GUNYAH_OK));
}

static int32_t activate(const struct owner *owner, gunyah_capid_t cap)
{
    return gunyah_hypercall_object_activate(owner->g, cap);
}

static gunyah_capid_t new_extent(const struct owner *owner, uint64_t base, uint64_t size, uint32_t attrs)
{
    const struct gunyah_partition_create_memextent_result made =
        gunyah_hypercall_partition_create_memextent(owner->g, owner->self.partition, owner->self.cspace);

    cr_assert(eq(int, made.error, GUNYAH_HVERR_OK));
    cr_assert(
        eq(int,
           gunyah_hypercall_memextent_configure(owner->g, made.new_cap, base, size, (gunyah_memextent_attrs_t){attrs}),
           GUNYAH_HVERR_OK));
    return made.new_cap;
}

static gunyah_capid_t new_addrspace(const struct owner *owner)
{
    const struct gunyah_partition_create_addrspace_result made =
        gunyah_hypercall_partition_create_addrspace(owner->g, owner->self.partition, owner->self.cspace);

    cr_assert(eq(int, made.error, GUNYAH_HVERR_OK));
    cr_assert(
        eq(int, gunyah_hypercall_addrspace_configure(owner->g, made.new_cap, gunyah_vmid(VMID)), GUNYAH_HVERR_OK));
    cr_assert(eq(int, activate(owner, made.new_cap), GUNYAH_HVERR_OK));
    return made.new_cap;
}

static int32_t map(const struct owner *owner, gunyah_capid_t space, gunyah_capid_t extent, uint64_t address)
{
    return gunyah_hypercall_addrspace_map(owner->g, space, extent, address,
                                          (gunyah_memextent_mapping_attrs_t){READ_WRITE},
                                          (gunyah_addrspace_map_flags_t){0}, 0, 0);
}

// Bytes that are mapped at the address and belong to the extent; 0 if the call says anything else.
static uint64_t mapped(const struct owner *owner, gunyah_capid_t space, gunyah_capid_t extent, uint64_t address)
{
    const struct gunyah_addrspace_lookup_result found =
        gunyah_hypercall_addrspace_lookup(owner->g, space, extent, address, 16 * PAGE);

    return found.error == GUNYAH_HVERR_OK ? found.size : 0;
}

static void delete (const struct owner *owner, gunyah_capid_t cap)
{
    cr_expect(eq(int, gunyah_hypercall_cspace_delete_cap_from(owner->g, owner->self.cspace, cap), GUNYAH_HVERR_OK));
}

static void memory_is_lent_on_and_comes_back(enum gunyah_convention convention)
{
    struct owner owner = new_owner(convention);
    const gunyah_capid_t space = new_addrspace(&owner);
    const gunyah_capid_t extent = new_extent(&owner, BASE, 8 * PAGE, BASIC_RW);
    const gunyah_capid_t child = new_extent(&owner, BASE, PAGE, BASIC_RW);

    cr_expect(eq(int, activate(&owner, extent), GUNYAH_HVERR_OK));
    cr_expect(eq(int, map(&owner, space, extent, 0x100000), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x100000), 8 * PAGE));
    // A child takes its pages out of what the parent maps, and with its end they are the parent's again.
    cr_expect(eq(int,
                 gunyah_hypercall_memextent_configure_derive(owner.g, child, extent, 2 * PAGE, PAGE,
                                                             (gunyah_memextent_attrs_t){BASIC_RW}),
                 GUNYAH_HVERR_OK));
    cr_expect(eq(int, activate(&owner, child), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, child, 0x102000), 0)); // it goes on behind what the child has
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x103000), 5 * PAGE));
    cr_expect(eq(int, map(&owner, space, extent, 0x200000), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x200000), 2 * PAGE));
    delete (&owner, child);
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x200000), 8 * PAGE));
    // What is deleted is unmapped, and its memory can be had again.
    delete (&owner, extent);
    const gunyah_capid_t again = new_extent(&owner, BASE, 8 * PAGE, BASIC_RW);
    cr_expect(eq(int, activate(&owner, again), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, again, 0x100000), 0));
    end_owner(&owner);
}

Test(sim_objects, memory_is_lent_on_and_comes_back)
{
    memory_is_lent_on_and_comes_back(GUNYAH_CONVENTION_SMCCC);
    memory_is_lent_on_and_comes_back(GUNYAH_CONVENTION_IMMEDIATE);
}

Test(sim_objects, a_sparse_extent_shows_what_it_is_given)
{
    struct owner owner = new_owner(GUNYAH_CONVENTION_SMCCC);
    const gunyah_capid_t space = new_addrspace(&owner);
    const gunyah_capid_t extent = new_extent(&owner, BASE, 8 * PAGE, SPARSE_RW);
    const gunyah_memextent_donate_options_t to_child = {GUNYAH_MEMEXTENT_DONATE_TYPE_TO_CHILD};
    const gunyah_memextent_donate_options_t to_parent = {GUNYAH_MEMEXTENT_DONATE_TYPE_TO_PARENT};

    cr_expect(eq(int, activate(&owner, extent), GUNYAH_HVERR_OK));
    cr_expect(eq(int, map(&owner, space, extent, 0x100000), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x100000), 0));
    cr_expect(eq(int, gunyah_hypercall_memextent_donate(owner.g, to_child, owner.self.partition, extent, 0, 3 * PAGE),
                 GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x100000), 3 * PAGE));
    cr_expect(eq(int,
                 gunyah_hypercall_memextent_donate(owner.g, to_child, owner.self.partition, extent, 2 * PAGE, PAGE),
                 GUNYAH_HVERR_MEMDB_NOT_OWNER));
    cr_expect(eq(int, gunyah_hypercall_memextent_donate(owner.g, to_parent, extent, owner.self.partition, PAGE, PAGE),
                 GUNYAH_HVERR_OK));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x100000), PAGE));
    cr_expect(eq(u64, mapped(&owner, space, extent, 0x102000), PAGE));
    end_owner(&owner);
}

// Returns an active vCPU in a group of its own, which only vcpu_run runs.
static gunyah_capid_t new_vcpu(const struct owner *owner, gunyah_capid_t space)
{
    const gunyah_vcpu_option_flags_t options = {GUNYAH_VCPU_OPTION_FLAGS_VCPU_RUN_SCHEDULED_MASK};
    const struct gunyah_partition_create_thread_result made =
        gunyah_hypercall_partition_create_thread(owner->g, owner->self.partition, owner->self.cspace);
    const struct gunyah_partition_create_vic_result vic =
        gunyah_hypercall_partition_create_vic(owner->g, owner->self.partition, owner->self.cspace);

    cr_assert(eq(int, made.error | vic.error, GUNYAH_HVERR_OK));
    cr_assert(eq(int, gunyah_hypercall_vic_configure(owner->g, vic.new_cap, 1, 32, (gunyah_vic_option_flags_t){0}, 0),
                 GUNYAH_HVERR_OK));
    cr_assert(eq(int, activate(owner, vic.new_cap), GUNYAH_HVERR_OK));
    cr_expect(
        eq(int, gunyah_hypercall_cspace_attach_thread(owner->g, owner->self.cspace, made.new_cap), GUNYAH_HVERR_OK));
    cr_expect(eq(int, gunyah_hypercall_addrspace_attach_thread(owner->g, space, made.new_cap), GUNYAH_HVERR_OK));
    cr_expect(eq(int, gunyah_hypercall_vic_attach_vcpu(owner->g, vic.new_cap, made.new_cap, 0), GUNYAH_HVERR_OK));
    cr_expect(eq(int, gunyah_hypercall_vcpu_configure(owner->g, made.new_cap, options), GUNYAH_HVERR_OK));
    cr_assert(eq(int, activate(owner, made.new_cap), GUNYAH_HVERR_OK));
    delete (owner, vic.new_cap); // the vCPU keeps it
    return made.new_cap;
}

Test(sim_objects, a_vcpu_lives_and_ends)
{
    struct owner owner = new_owner(GUNYAH_CONVENTION_SMCCC);
    const gunyah_capid_t vcpu = new_vcpu(&owner, new_addrspace(&owner));
    struct gunyah_vcpu_run_result run;

    run = gunyah_hypercall_vcpu_run(owner.g, vcpu, 0, 0, 0);
    cr_expect(eq(int, run.error, GUNYAH_HVERR_OK));
    cr_expect(eq(u32, run.vcpu_state, GUNYAH_VCPU_RUN_STATE_POWERED_OFF));
    cr_expect(eq(int,
                 gunyah_hypercall_vcpu_bind_virq(owner.g, vcpu, owner.self.vic, gunyah_virq(WAKE_UP),
                                                 GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
                 GUNYAH_HVERR_OK));
    cr_expect(eq(int, gunyah_hypercall_vcpu_poweron(owner.g, vcpu, 0x1000, 0, (gunyah_vcpu_poweron_flags_t){0}),
                 GUNYAH_HVERR_OK));
    // It has no code here: it could go on, for ever.
    run = gunyah_hypercall_vcpu_run(owner.g, vcpu, 0, 0, 0);
    cr_expect(eq(u32, run.vcpu_state, GUNYAH_VCPU_RUN_STATE_READY));
    cr_expect(eq(int, gunyah_hypercall_vcpu_kill(owner.g, vcpu), GUNYAH_HVERR_OK));
    run = gunyah_hypercall_vcpu_run(owner.g, vcpu, 0, 0, 0);
    cr_expect(eq(u32, run.vcpu_state, GUNYAH_VCPU_RUN_STATE_POWERED_OFF));
    cr_expect(eq(u64, run.state_data_0, 1)); // and will not come back
    end_owner(&owner);
}

// An address space has as many places as the platform has processors; and the hypervisor has its memory back.
Test(sim_objects, vcpus_that_are_deleted_leave_nothing)
{
    struct owner owner = new_owner(GUNYAH_CONVENTION_SMCCC);
    const gunyah_capid_t space = new_addrspace(&owner);

    delete (&owner, new_vcpu(&owner, space));
    const size_t needed = gunyah_sim_snapshot_size(owner.sim);
    for (int i = 0; i < 20; i++)
        delete (&owner, new_vcpu(&owner, space));
    cr_expect(eq(sz, gunyah_sim_snapshot_size(owner.sim), needed));
    end_owner(&owner);
}
