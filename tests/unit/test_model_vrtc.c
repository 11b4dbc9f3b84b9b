// SPDX-License-Identifier: BSD-3-Clause
// Real-time clocks of the model: what may be done to one, its registers, and who reaches them. What is expected comes from the
// PL031's manual and the source of the hypervisor, which plays a part of it.
#include "vrtc.h"

#include "model_machine.h"
#include "vcpu.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (int)(what), (int)(expected)))
#define AT UINT64_C(0x9010000)
#define SECOND UINT64_C(1000000000)
#define NOTHING UINT64_C(0xeeeeeeeeeeeeeeee)
#define WAKE_UP 40

// Registers.
#define DR 0x000
#define MR 0x004
#define LR 0x008
#define CR 0x00c
#define IMSC 0x010
#define RIS 0x014
#define MIS 0x018
#define ICR 0x01c

static struct thread *root_vcpu(struct machine *machine)
{
    const struct vm *vm = model_at(machine->model, machine->model->vms[ROOT]);

    return model_at(machine->model, vm->thread[0]);
}

static struct addrspace *root_space(struct machine *machine)
{
    return model_at(machine->model, root_vcpu(machine)->addrspace);
}

static struct vrtc *new_clock(struct machine *machine)
{
    struct vrtc *vrtc = gunyah_model_object_create(machine->model, GUNYAH_OBJECT_TYPE_VRTC);

    cr_assert(ne(ptr, vrtc, NULL));
    vrtc->object.references++;
    return vrtc;
}

// A clock at AT that the root VM has.
static struct vrtc *add_clock(struct machine *machine)
{
    struct vrtc *vrtc = new_clock(machine);

    cr_assert(eq(int, gunyah_model_vrtc_configure(vrtc, AT), GUNYAH_HVERR_OK));
    cr_assert(eq(int, gunyah_model_object_activate_now(machine->model, &vrtc->object), GUNYAH_HVERR_OK));
    cr_assert(eq(int, gunyah_model_vrtc_attach(machine->model, vrtc, root_space(machine)), GUNYAH_HVERR_OK));
    return vrtc;
}

static void wait_for(struct machine *machine, uint64_t nanoseconds)
{
    gunyah_model_advance(machine->model, nanoseconds);
}

// What a load of a word gives; NOTHING: an abort.
static uint64_t load(struct machine *machine, uint64_t offset)
{
    uint64_t value = NOTHING;

    gunyah_model_load_register(machine->model, ROOT, AT + offset, 4, &value);
    return value;
}

static int store(struct machine *machine, uint64_t offset, uint32_t size, uint64_t value)
{
    return (int)gunyah_model_store(machine->model, ROOT, AT + offset, size, value);
}

// ---- registers

static void identity(struct machine *machine)
{
    static const uint8_t bytes[] = {0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    add_clock(machine);
    for (size_t i = 0; i < sizeof(bytes); i++)
        cr_expect(eq(u64, load(machine, 0xfe0 + 4 * i), bytes[i]));
}

Test(model_vrtc, says_what_it_is)
{
    in_both_modes(identity);
}

static void others(struct machine *machine)
{
    add_clock(machine);
    wait_for(machine, 5 * SECOND);
    cr_expect(eq(u64, load(machine, CR), 1));
    for (uint64_t offset = 0x10; offset < 0xfe0; offset += 4)
        cr_expect(eq(u64, load(machine, offset), 0), "offset 0x%x", (unsigned)offset);
    cr_expect(eq(u64, load(machine, MR), 0));
}

Test(model_vrtc, the_others_are_zero)
{
    in_both_modes(others);
}

// Every word of the page but one keeps what it is.
static void ignored(struct machine *machine)
{
    add_clock(machine);
    wait_for(machine, 7 * SECOND);
    const size_t size = gunyah_model_snapshot_size(machine->model);
    unsigned char *before = malloc(size);
    unsigned char *after = malloc(size);
    cr_assert(eq(int, gunyah_model_snapshot(machine->model, before, size), GUNYAH_HVERR_OK));
    for (uint64_t offset = 0; offset < PAGE; offset += 4) {
        if (offset != LR)
            IS(store(machine, offset, 4, 0x12345678), GUNYAH_MODEL_STORE_DONE);
    }
    cr_assert(eq(int, gunyah_model_snapshot(machine->model, after, size), GUNYAH_HVERR_OK));
    cr_expect(eq(int, memcmp(before, after, size), 0));
    free(before);
    free(after);
}

Test(model_vrtc, takes_one_store_alone)
{
    in_both_modes(ignored);
}

// ---- the time

static void runs(struct machine *machine)
{
    add_clock(machine);
    // Not set yet: the seconds of the machine.
    cr_expect(eq(u64, load(machine, DR), 0));
    cr_expect(eq(u64, load(machine, LR), 0));
    wait_for(machine, SECOND - 1);
    cr_expect(eq(u64, load(machine, DR), 0));
    wait_for(machine, 1);
    cr_expect(eq(u64, load(machine, DR), 1));
    wait_for(machine, 3600 * SECOND);
    cr_expect(eq(u64, load(machine, DR), 3601));
    cr_expect(eq(u64, load(machine, LR), 0));
}

Test(model_vrtc, goes_by_virtual_time)
{
    in_both_modes(runs);
}

static void based(struct machine *machine)
{
    struct vrtc *vrtc = add_clock(machine);

    wait_for(machine, 10 * SECOND);
    // A count that is yet to come, by one tick, leaves it as it was.
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 5 * SECOND, 10 * SECOND + 1),
       GUNYAH_HVERR_ARGUMENT_INVALID);
    cr_expect(eq(u64, load(machine, DR), 10));
    // Four seconds ago it was half a second before this.
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 1700000000 * SECOND - SECOND / 2, 6 * SECOND),
       GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, DR), 1700000003));
    cr_expect(eq(u64, load(machine, LR), 1699999999));
    wait_for(machine, SECOND / 2);
    cr_expect(eq(u64, load(machine, DR), 1700000004));
    // Once is enough, and that is asked first.
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 1, UINT64_MAX), GUNYAH_HVERR_BUSY);
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 1, 0), GUNYAH_HVERR_BUSY);
    cr_expect(eq(u64, load(machine, DR), 1700000004));
}

Test(model_vrtc, is_set_once)
{
    in_both_modes(based);
}

// What it is set to may leave it where it was; then it is not set.
static void unmoved(struct machine *machine)
{
    struct vrtc *vrtc = add_clock(machine);

    wait_for(machine, 10 * SECOND);
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 8 * SECOND, 8 * SECOND), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, DR), 10));
    cr_expect(eq(u64, load(machine, LR), 8));
    // The counter as it is now is not in the future.
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 3 * SECOND, 10 * SECOND), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, DR), 3));
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 3 * SECOND, 10 * SECOND), GUNYAH_HVERR_BUSY);
}

Test(model_vrtc, may_be_set_to_what_it_is)
{
    in_both_modes(unmoved);
}

static void written(struct machine *machine)
{
    struct vrtc *vrtc = add_clock(machine);

    wait_for(machine, 10 * SECOND + SECOND / 4);
    IS(store(machine, LR, 4, 1000), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u64, load(machine, DR), 1000));
    cr_expect(eq(u64, load(machine, LR), 1000));
    // A second begins with the store.
    wait_for(machine, SECOND - 1);
    cr_expect(eq(u64, load(machine, DR), 1000));
    wait_for(machine, 1);
    cr_expect(eq(u64, load(machine, DR), 1001));
    cr_expect(eq(u64, load(machine, LR), 1000));
    // Backwards, to the largest, and to what a word does not hold.
    IS(store(machine, LR, 4, 0), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u64, load(machine, DR), 0));
    IS(store(machine, LR, 4, UINT32_MAX), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u64, load(machine, DR), UINT32_MAX));
    wait_for(machine, SECOND);
    cr_expect(eq(u64, load(machine, DR), 0));
    cr_expect(eq(u64, load(machine, LR), UINT32_MAX));
    IS(store(machine, LR, 4, UINT64_C(0x500000007)), GUNYAH_MODEL_STORE_DONE);
    cr_expect(eq(u64, load(machine, DR), 7));
    // That counts as being set.
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 1, 0), GUNYAH_HVERR_BUSY);
}

Test(model_vrtc, is_set_by_its_vm)
{
    in_both_modes(written);
}

// ---- accesses

static void odd(struct machine *machine)
{
    static const struct {
        uint64_t offset;
        uint32_t size;
    } faults[] = {
        {0, 1},          {0, 2},     {0, 8},    {LR, 1},     {LR, 2},         {LR, 8},
        {1, 4},          {2, 4},     {3, 4},    {LR + 2, 4}, {LR + 1, 1},     {0xffc, 8}, // beyond its end
        {0xffd, 4},      {0xffe, 4}, {PAGE, 4}, {PAGE, 1},   {UINT64_MAX, 1}, {UINT64_MAX - 3, 4},
        {UINT64_MAX, 4},
    };

    add_clock(machine);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        uint64_t value = NOTHING;
        cr_expect(eq(int,
                     gunyah_model_load_register(machine->model, ROOT, AT + faults[i].offset, faults[i].size, &value),
                     false),
                  "load %zu", i);
        cr_expect(eq(u64, value, NOTHING));
        cr_expect(eq(int, store(machine, faults[i].offset, faults[i].size, 77), GUNYAH_MODEL_STORE_FAULT), "store %zu",
                  i);
    }
    cr_expect(eq(u64, load(machine, DR), 0));
    cr_expect(eq(u64, load(machine, LR), 0));
    cr_expect(eq(u64, load(machine, 0xffc), 0xb1));
}

Test(model_vrtc, takes_aligned_words_alone)
{
    in_both_modes(odd);
}

static void hidden(struct machine *machine)
{
    const uint64_t space = machine->root.addrspace.value;
    const uint64_t extent = make_extent(machine, MEMORY, PAGE, 7);

    add_clock(machine);
    // Memory that is mapped there is what there is.
    IS(ASK(machine, ADDRSPACE_MAP, space, extent, AT, 0xf0066), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, CR), NOTHING));
    IS(ASK(machine, ADDRSPACE_UNMAP, space, extent, AT), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, CR), 1));
    // So are registers of an interrupt controller, but where they are not.
    IS(ASK(machine, ADDRSPACE_ATTACH_VDEVICE, space, make_vic(machine), 0, AT + 0x800, 0x800), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, CR), 1));
    cr_expect(eq(u64, load(machine, 0x7fc), 0));
    cr_expect(eq(u64, load(machine, 0x800), NOTHING));
    cr_expect(eq(u64, load(machine, 0xffc), NOTHING));
}

Test(model_vrtc, lies_below_what_is_mapped)
{
    in_both_modes(hidden);
}

// ---- its life

static void placed(struct machine *machine)
{
    static const uint64_t wrong[] = {1, 0x800, AT + 4, UINT64_MAX, UINT64_MAX - 0xfff};
    struct vrtc *vrtc = new_clock(machine);

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        IS(gunyah_model_vrtc_configure(vrtc, wrong[i]), GUNYAH_HVERR_ADDR_INVALID);
    IS(gunyah_model_vrtc_attach(machine->model, vrtc, root_space(machine)), GUNYAH_HVERR_OBJECT_STATE);
    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 1, 0), GUNYAH_HVERR_OBJECT_STATE);
    IS(gunyah_model_vrtc_configure(vrtc, 0), GUNYAH_HVERR_OK);
    IS(gunyah_model_vrtc_configure(vrtc, AT), GUNYAH_HVERR_OK);
    IS(gunyah_model_object_activate_now(machine->model, &vrtc->object), GUNYAH_HVERR_OK);
    // The address is asked first.
    IS(gunyah_model_vrtc_configure(vrtc, 4), GUNYAH_HVERR_ADDR_INVALID);
    IS(gunyah_model_vrtc_configure(vrtc, 0), GUNYAH_HVERR_OBJECT_STATE);
    IS(gunyah_model_vrtc_attach(machine->model, vrtc, root_space(machine)), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, load(machine, CR), 1));

    vrtc = new_clock(machine);
    IS(gunyah_model_object_activate_now(machine->model, &vrtc->object), GUNYAH_HVERR_OBJECT_CONFIG);
    IS(vrtc->object.state, GUNYAH_OBJECT_STATE_FAILED);
}

Test(model_vrtc, is_placed_before_it_is_active)
{
    in_both_modes(placed);
}

// 36 bits of addresses.
static void limits(struct machine *machine)
{
    static const struct {
        uint64_t ipa;
        int32_t error;
    } places[] = {
        {(UINT64_C(1) << 36) - 0x1000, GUNYAH_HVERR_OK},
        {UINT64_C(1) << 36, GUNYAH_HVERR_ADDR_INVALID},
        {UINT64_MAX - 0x1fff, GUNYAH_HVERR_ADDR_INVALID},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct vrtc *vrtc = new_clock(machine);
        uint64_t value = NOTHING;
        IS(gunyah_model_vrtc_configure(vrtc, places[i].ipa), GUNYAH_HVERR_OK);
        IS(gunyah_model_object_activate_now(machine->model, &vrtc->object), GUNYAH_HVERR_OK);
        IS(gunyah_model_vrtc_attach(machine->model, vrtc, root_space(machine)), places[i].error);
        IS(gunyah_model_load_register(machine->model, ROOT, places[i].ipa + CR, 4, &value),
           places[i].error == GUNYAH_HVERR_OK);
    }
}

Test(model_vrtc, is_within_an_address_space)
{
    in_both_modes(limits);
}

// The last holder but one gives it up: it stays. With the last one it goes, and leaves nothing.
static void replaced(struct machine *machine)
{
    const size_t empty = gunyah_model_heap_used(machine->model);
    struct vrtc *first = add_clock(machine);
    const size_t one = gunyah_model_heap_used(machine->model);

    IS(store(machine, LR, 4, 50), GUNYAH_MODEL_STORE_DONE);
    gunyah_model_object_release(machine->model, model_ref_of(machine->model, first));
    gunyah_model_object_reap(machine->model);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), one));
    cr_expect(eq(u64, load(machine, DR), 50));
    struct vrtc *second = add_clock(machine);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), one));
    cr_expect(eq(u64, load(machine, DR), 0));
    // The same one again.
    IS(gunyah_model_vrtc_attach(machine->model, second, root_space(machine)), GUNYAH_HVERR_OK);
    IS(second->object.references, 2);
    cr_expect(gt(sz, one, empty));
}

Test(model_vrtc, is_replaced)
{
    in_both_modes(replaced);
}

static void outlived(struct machine *machine)
{
    const size_t before = gunyah_model_heap_used(machine->model);
    const uint64_t cap = make_addrspace(machine, 5);
    struct vrtc *vrtc = new_clock(machine);
    struct addrspace *space;

    struct cap *found;
    cr_assert(eq(
        int,
        gunyah_model_cap_find(machine->model, gunyah_model_vm_cspace(machine->model, ROOT), gunyah_capid(cap), &found),
        GUNYAH_HVERR_OK));
    space = model_at(machine->model, found->object);
    IS(gunyah_model_vrtc_configure(vrtc, AT), GUNYAH_HVERR_OK);
    IS(gunyah_model_object_activate_now(machine->model, &vrtc->object), GUNYAH_HVERR_OK);
    IS(gunyah_model_vrtc_attach(machine->model, vrtc, space), GUNYAH_HVERR_OK);
    IS(vrtc->object.references, 2);
    IS(delete_cap(machine, cap), GUNYAH_HVERR_OK);
    IS(vrtc->object.references, 1);
    gunyah_model_object_release(machine->model, model_ref_of(machine->model, vrtc));
    gunyah_model_object_reap(machine->model);
    cr_expect(eq(sz, gunyah_model_heap_used(machine->model), before));
}

Test(model_vrtc, outlives_an_address_space)
{
    in_both_modes(outlived);
}

// A new address space is not active, and takes none.
static void too_early(struct machine *machine)
{
    struct addrspace *space = gunyah_model_object_create(machine->model, GUNYAH_OBJECT_TYPE_ADDRSPACE);
    struct vrtc *vrtc = add_clock(machine);

    IS(gunyah_model_vrtc_attach(machine->model, vrtc, space), GUNYAH_HVERR_OBJECT_STATE);
    IS(space->vrtc, 0);
    IS(vrtc->object.references, 2);
}

Test(model_vrtc, needs_an_active_address_space)
{
    in_both_modes(too_early);
}

// ---- vCPUs that the model runs

static struct thread *thread_of(struct machine *machine, uint64_t cap)
{
    struct cap *found;

    cr_assert(eq(
        int,
        gunyah_model_cap_find(machine->model, gunyah_model_vm_cspace(machine->model, ROOT), gunyah_capid(cap), &found),
        GUNYAH_HVERR_OK));
    return model_at(machine->model, found->object);
}

// A vCPU in the root VM's address space that the caller runs.
static uint64_t proxy_vcpu(struct machine *machine, uint32_t virq)
{
    const uint64_t vcpu = make_vcpu(machine, machine->root.addrspace.value);

    IS(ASK(machine, VCPU_BIND_VIRQ, vcpu, machine->root.vic.value, virq, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
       GUNYAH_HVERR_OK);
    IS(ASK(machine, VCPU_POWERON, vcpu, 0x1000), GUNYAH_HVERR_OK);
    return vcpu;
}

#define LOAD(at, bytes, to)                                                                                            \
    {                                                                                                                  \
        {.stop = GUNYAH_MODEL_STOP_LOAD, .address = AT + (at), .size = (bytes), .target = (to)},                       \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define STORE(at, bytes, what)                                                                                         \
    {                                                                                                                  \
        {.stop = GUNYAH_MODEL_STOP_STORE, .address = AT + (at), .size = (bytes), .value = (what)},                     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        {.stop = GUNYAH_MODEL_STOP_NEVER},                                                                             \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static void by_vcpus(struct machine *machine)
{
    static const struct machine_step first[] = {STORE(LR, 4, 600), LOAD(DR, 4, 5), LOAD(0xfe0, 4, 30), LOAD(CR, 4, 31),
                                                END};
    static const struct machine_step second[] = {LOAD(DR, 4, 7), END};

    add_clock(machine);
    const uint64_t one = proxy_vcpu(machine, WAKE_UP);
    const uint64_t other = proxy_vcpu(machine, WAKE_UP + 1);
    machine->steps = first;
    IS(ASK(machine, VCPU_RUN, one), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_READY));
    cr_expect(eq(u64, thread_of(machine, one)->guest.x[5], 600));
    cr_expect(eq(u64, thread_of(machine, one)->guest.x[30], 0x31));
    cr_expect(eq(u64, thread_of(machine, one)->guest.pc, 0x1010));
    // Another one of the same address space has the same clock.
    wait_for(machine, 5 * SECOND);
    machine->steps = second;
    IS(ASK(machine, VCPU_RUN, other), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, thread_of(machine, other)->guest.x[7], 605));
}

Test(model_vrtc, is_one_for_all_vcpus)
{
    in_both_modes(by_vcpus);
}

// The clock comes before the VMM, and what it does not take is no VMM's either. Next to it, the VMM is asked.
static void before_the_vmm(struct machine *machine)
{
    static const struct machine_step taken[] = {LOAD(CR, 4, 4), END};
    static const struct machine_step beside[] = {LOAD(PAGE, 4, 5), END};
    static const struct machine_step faults[] = {LOAD(CR, 8, 6), END};

    add_clock(machine);
    const uint64_t vcpu = proxy_vcpu(machine, WAKE_UP);
    struct thread *thread = thread_of(machine, vcpu);
    IS(ASK(machine, ADDRSPACE_CONFIGURE_VMMIO, machine->root.addrspace.value, AT - PAGE, 3 * PAGE), GUNYAH_HVERR_OK);
    machine->steps = taken;
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_READY));
    cr_expect(eq(u64, thread->guest.x[4], 1));
    machine->steps = beside;
    IS(ASK(machine, VCPU_RUN, vcpu), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ));
    cr_expect(eq(u64, machine->x[2], AT + PAGE));
    thread->guest.x[6] = 66;
    machine->steps = faults;
    const uint64_t pc = thread->guest.pc;
    IS(ASK(machine, VCPU_RUN, vcpu, 99), GUNYAH_HVERR_OK);
    cr_expect(ne(u64, machine->x[1], GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ));
    cr_expect(eq(u64, thread->guest.x[5], 99));
    cr_expect(eq(u64, thread->guest.x[6], 66));
    cr_expect(eq(u64, thread->guest.pc, pc));
}

Test(model_vrtc, comes_before_the_vmm)
{
    in_both_modes(before_the_vmm);
}

// ---- snapshots

static void kept(struct machine *machine)
{
    struct vrtc *vrtc = add_clock(machine);

    IS(gunyah_model_vrtc_set_time_base(machine->model, vrtc, 40 * SECOND, 0), GUNYAH_HVERR_OK);
    // The test alone holds it: the audit wants to know all who do.
    gunyah_model_object_release(machine->model, model_ref_of(machine->model, vrtc));
    const size_t size = gunyah_model_snapshot_size(machine->model);
    void *snapshot = malloc(size);
    cr_assert(eq(int, gunyah_model_snapshot(machine->model, snapshot, size), GUNYAH_HVERR_OK));
    wait_for(machine, 3 * SECOND);
    IS(store(machine, LR, 4, 1), GUNYAH_MODEL_STORE_DONE);
    cr_assert(eq(int, gunyah_model_restore(machine->model, snapshot, size), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, load(machine, DR), 40));
    cr_expect(eq(u64, load(machine, LR), 40));
    void *room = malloc(gunyah_model_audit_size(machine->model));
    cr_expect(eq(ptr, (void *)gunyah_model_audit(machine->model, room), NULL));
    free(room);
    free(snapshot);
}

Test(model_vrtc, is_part_of_a_snapshot)
{
    in_both_modes(kept);
}
