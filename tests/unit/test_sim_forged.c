// SPDX-License-Identifier: BSD-3-Clause
// Saves whose checksum is right and whose state cannot be: each is refused, and told what is wrong with it.

#include "rm_memory.h"
#include "save.h"
#include "sim_state.h"

#define PARTS 48
#define CHECKSUM 40

typedef void forger(struct gunyah_model *model);

// The model in the bytes of a save. What is not part of a snapshot lies before it: nobody may look there.
static struct gunyah_model *model_in(unsigned char *bytes)
{
    size_t at = PARTS;

    while (memcmp(bytes + at, "modl", 4) != 0) {
        uint64_t length;
        memcpy(&length, bytes + at + 8, sizeof(length));
        at += (16 + (size_t)length + 7) / 8 * 8;
    }
    return (void *)(bytes + at + 16 - offsetof(struct gunyah_model, magic));
}

static void refuses(forger *forge, const char *sentence)
{
    struct state state = new_state();
    struct gunyah_sim *sim;
    uint64_t checksum;
    const char *why;
    size_t size;
    unsigned char *bytes = save_state(state.sim, &size);

    forge(model_in(bytes));
    memset(bytes + CHECKSUM, 0, sizeof(checksum));
    checksum = gunyah_internal_sim_checksum(bytes, size, 0);
    memcpy(bytes + CHECKSUM, &checksum, sizeof(checksum));
    cr_assert(eq(int, load_state(bytes, size, &sim, &why), GUNYAH_ERR_FORMAT), "wanted: %s", sentence);
    cr_assert(eq(str, (char *)why, (char *)sentence));
    cr_assert(eq(ptr, sim, NULL));
    free(bytes);
    gunyah_sim_destroy(&state.sim);
}

// ---- what is where

static struct vm *vm_of(struct gunyah_model *model, uint32_t vm)
{
    return model_at(model, model->vms[vm]);
}

static struct thread *vcpu_of(struct gunyah_model *model, uint32_t vm)
{
    return model_at(model, vm_of(model, vm)->thread[0]);
}

static struct cspace *cspace_of(struct gunyah_model *model, uint32_t vm)
{
    return model_at(model, vcpu_of(model, vm)->cspace);
}

static struct cap *first_cap(struct gunyah_model *model, uint32_t vm)
{
    return ((struct cap_table *)model_at(model, cspace_of(model, vm)->tables[0]))->slots;
}

static struct rm *rm_of(struct gunyah_model *model)
{
    return model_at(model, model->rm);
}

static struct rm_vm *first_rm_vm(struct gunyah_model *model)
{
    return model_at(model, rm_of(model)->vms);
}

static struct rm_channel *first_channel(struct gunyah_model *model)
{
    return model_at(model, first_rm_vm(model)->channel);
}

static struct rm_parcel *first_parcel(struct gunyah_model *model)
{
    return model_at(model, rm_of(model)->parcels);
}

// ---- the heap

static void other_top(struct gunyah_model *model)
{
    model->heap.top -= 8;
}

static void other_last(struct gunyah_model *model)
{
    model->heap.last -= 8;
}

static void no_free_blocks(struct gunyah_model *model)
{
    memset(model->heap.bins, 0, sizeof(model->heap.bins));
    memset(model->heap.steps, 0, sizeof(model->heap.steps));
    model->heap.classes = 0;
}

static void first_free_is_none(struct gunyah_model *model)
{
    for (uint32_t i = 0; i < HEAP_CLASSES * HEAP_STEPS; i++) {
        model_ref *bin = &model->heap.bins[i / HEAP_STEPS][i % HEAP_STEPS];
        if (*bin != 0)
            *bin = model->rm - 8;
    }
}

Test(sim_forged, heap)
{
    refuses(other_top, "the hypervisor's state is cut off");
    refuses(other_last, "the heap is not in order");
    refuses(no_free_blocks, "the heap is not in order");
    refuses(first_free_is_none, "the heap is not in order");
}

// ---- references

static void outside(struct gunyah_model *model)
{
    model->vms[0] = UINT32_MAX - 7;
}

static void in_the_middle(struct gunyah_model *model)
{
    model->rm += 8;
}

static void twice(struct gunyah_model *model)
{
    model->vms[9] = model->vms[5];
}

static void another_type(struct gunyah_model *model)
{
    vcpu_of(model, 5)->addrspace = vcpu_of(model, 5)->vic;
}

static void too_small(struct gunyah_model *model)
{
    // A region has less room than what it is taken for.
    rm_of(model)->vms = first_parcel(model)->first;
}

static void one_more(struct gunyah_model *model)
{
    cspace_of(model, 5)->object.references++;
}

static void itself(struct gunyah_model *model)
{
    rm_of(model)->parcels = model_ref_of(model, first_parcel(model));
    first_parcel(model)->next = rm_of(model)->parcels;
}

Test(sim_forged, references)
{
    refuses(outside, "a reference leads to no memory, or to what belongs to another thing");
    refuses(in_the_middle, "a reference leads to no memory, or to what belongs to another thing");
    refuses(twice, "a reference leads to no memory, or to what belongs to another thing");
    refuses(itself, "a reference leads to no memory, or to what belongs to another thing");
    refuses(another_type, "a reference leads to an object of another type");
    refuses(too_small, "something has less memory than it needs");
    refuses(one_more, "an object does not know how often it is used");
}

// ---- objects

static void no_list(struct gunyah_model *model)
{
    ((struct object *)model_at(model, first_cap(model, 3)->object))->caps = 0;
}

static void a_ring(struct gunyah_model *model)
{
    struct cap *cap = first_cap(model, 3);
    cap->next = cap->previous = model_ref_of(model, cap);
}

static void more_slots(struct gunyah_model *model)
{
    cspace_of(model, 3)->count++;
}

static void another_division(struct gunyah_model *model)
{
    cspace_of(model, 3)->inverse++;
}

static void neither(struct gunyah_model *model)
{
    memset(&model->crashed, 2, 1);
}

static void more_messages(struct gunyah_model *model)
{
    ((struct msgqueue *)model_at(model, first_channel(model)->to_rm))->count += 200;
}

static void ready_for_nothing(struct gunyah_model *model)
{
    struct vic *vic = model_at(model, vm_of(model, 5)->vic);
    vic->ready[15] |= UINT64_C(1) << 63;
}

static void another_line(struct gunyah_model *model)
{
    struct msgqueue *queue = model_at(model, first_channel(model)->from_rm);
    queue->receive.line++;
}

static void a_vcpu_elsewhere(struct gunyah_model *model)
{
    vcpu_of(model, 5)->vic_index = 3;
}

static void a_vcpu_too_many(struct gunyah_model *model)
{
    vm_of(model, 5)->vcpus = 200;
}

static void memory_of_nothing(struct gunyah_model *model)
{
    ((struct range *)model_at(model, model->memory))->tag = model->vms[0];
}

Test(sim_forged, objects)
{
    refuses(no_list, "a capability is on no list of its object");
    refuses(a_ring, "the list of an object's capabilities is not in order");
    refuses(more_slots, "a capability space does not know how many it has");
    refuses(another_division, "a capability space has ids that none can have");
    refuses(neither, "what is true or false is neither");
    refuses(more_messages, "a message queue does not know its messages");
    refuses(ready_for_nothing, "an interrupt is ready that is not there");
    refuses(another_line, "an interrupt comes from what raises another one");
    refuses(a_vcpu_elsewhere, "an interrupt controller has a vCPU that has another one");
    refuses(a_vcpu_too_many, "a VM is what none can be");
    refuses(memory_of_nothing, "memory belongs to nothing that can have any");
}

// ---- clocks

static struct rm_vm *made_rm_vm(struct gunyah_model *model)
{
    struct rm_vm *vm = first_rm_vm(model);
    while (vm->vmid != 0x80)
        vm = model_at(model, vm->next);
    return vm;
}

static struct vrtc *clock_of(struct gunyah_model *model)
{
    return model_at(model, made_rm_vm(model)->rtc);
}

static struct addrspace *made_addrspace(struct gunyah_model *model)
{
    return model_at(model, vcpu_of(model, 0x80)->addrspace);
}

static void a_clock_between_pages(struct gunyah_model *model)
{
    clock_of(model)->ipa += 4;
}

static void a_clock_at_the_end(struct gunyah_model *model)
{
    clock_of(model)->ipa = UINT64_MAX - 0xfff;
}

static void a_clock_nowhere(struct gunyah_model *model)
{
    clock_of(model)->ipa = VRTC_NOWHERE;
}

static void a_clock_beyond(struct gunyah_model *model)
{
    clock_of(model)->ipa = UINT64_C(1) << 36;
}

static void a_clock_beyond_of_a_vm_alone(struct gunyah_model *model)
{
    a_clock_beyond(model);
    clock_of(model)->object.references--;
    made_rm_vm(model)->rtc = 0;
}

static void a_clock_that_is_not_active(struct gunyah_model *model)
{
    clock_of(model)->object.state = GUNYAH_OBJECT_STATE_INIT;
    clock_of(model)->object.references--;
    made_rm_vm(model)->rtc = 0;
}

static void a_clock_that_is_none(struct gunyah_model *model)
{
    made_addrspace(model)->vrtc = vcpu_of(model, 5)->vic;
}

static void a_clock_that_nobody_counts(struct gunyah_model *model)
{
    made_addrspace(model)->vrtc = 0;
}

static void a_clock_of_a_vm_that_was_added(struct gunyah_model *model)
{
    struct rm_vm *hlos = first_rm_vm(model);
    hlos->rtc = made_rm_vm(model)->rtc;
    clock_of(model)->object.references++;
}

Test(sim_forged, clocks)
{
    refuses(a_clock_between_pages, "a clock is where none can be");
    refuses(a_clock_at_the_end, "a VM has a clock that is not where it can be");
    refuses(a_clock_nowhere, "a VM has a clock that is not where it can be");
    refuses(a_clock_beyond, "a VM has a clock that is not where it can be");
    refuses(a_clock_beyond_of_a_vm_alone, "an address space has a clock that it cannot have");
    refuses(a_clock_that_is_not_active, "an address space has a clock that it cannot have");
    refuses(a_clock_that_is_none, "a reference leads to an object of another type");
    refuses(a_clock_that_nobody_counts, "an object does not know how often it is used");
    refuses(a_clock_of_a_vm_that_was_added, "the Resource Manager knows a VM in a state that it cannot be in");
}

// ---- the Resource Manager

static void an_endless_name(struct gunyah_model *model)
{
    memset(first_rm_vm(model)->name, 'x', GUNYAH_MODEL_RM_NAME_SIZE);
}

static void a_peer_of_nobody(struct gunyah_model *model)
{
    first_rm_vm(model)->peers[0] = 99;
}

static void new_with_parts(struct gunyah_model *model)
{
    made_rm_vm(model)->state = GUNYAH_VM_STATE_LOAD;
}

static void bitten_by_nothing(struct gunyah_model *model)
{
    first_rm_vm(model)->bitten = true;
}

static void too_much_in_part(struct gunyah_model *model)
{
    ((struct rm_partial *)model_at(model, first_channel(model)->partial))->size = 1000;
}

static void more_memory(struct gunyah_model *model)
{
    first_parcel(model)->size += 4096;
}

static void more_acceptances(struct gunyah_model *model)
{
    first_parcel(model)->accepted++;
}

static void memory_beyond(struct gunyah_model *model)
{
    ((struct rm_region *)model_at(model, first_parcel(model)->first))->phys = UINT64_C(1) << 60;
}

static void no_generation(struct gunyah_model *model)
{
    rm_of(model)->options.generation = (enum gunyah_rm_generation)77;
}

Test(sim_forged, resource_manager)
{
    refuses(an_endless_name, "the Resource Manager knows a VM that none can be");
    refuses(a_peer_of_nobody, "a VM has a peer that does not know it");
    refuses(new_with_parts, "the Resource Manager knows a VM in a state that it cannot be in");
    refuses(bitten_by_nothing, "a VM has a watchdog that cannot have one, or was bitten by none");
    refuses(too_much_in_part, "a request has come in part, and that part is too long");
    refuses(more_memory, "a memory parcel does not know its regions");
    refuses(more_acceptances, "a memory parcel does not know who has accepted it");
    refuses(memory_beyond, "a memory parcel has a region where none can be");
    refuses(no_generation, "the Resource Manager is of no generation that there is");
}
