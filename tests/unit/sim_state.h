// SPDX-License-Identifier: BSD-3-Clause
// A machine in a state that has something of everything, and what one can do with it from there.
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "sim_rm.h"

#include <gunyah/sim_hostile.h>

#define STATE_REGIONS 2
#define STATE_CLOCK UINT64_C(0x9010000) // of the VM that was made

struct state {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    struct gunyah_sim_msgqueue queue; // From HLOS to itself.
    struct gunyah_sim_doorbell bell;
    gunyah_capid_t guest_send; // The guest's end of its channel to the Resource Manager.
    gunyah_capid_t guest_receive;
    uint16_t guest_sequence;
};

static const struct gunyah_sim_vdevice state_channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};

// HLOS, a VM that was added, and one that the Resource Manager has made and started, with a clock; a message and an interrupt that
// nobody has taken, a request that came in part, faults that have counted, and an interrupt on its way.
static inline struct state new_state(void)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct gunyah_sim_rm_fault mischief = GUNYAH_SIM_RM_FAULT_INIT;
    struct gunyah_sim_hazard hazard = GUNYAH_SIM_HAZARD_INIT;
    struct gunyah_sim_doorbell late;
    struct state state = {.sim = NULL};
    struct rm_end guest;

    state.sim = rm_machine(&state.hlos, GUNYAH_RM_GENERATION_LATER);
    new_vm(state.sim, 5);
    config.base = UINT64_C(0x80000000);
    config.rtc = true;
    config.rtc_base = STATE_CLOCK;
    config.vdevices = &state_channel;
    config.vdevice_count = 1;
    rm_start_guest(state.sim, &state.hlos, &guest, &config);
    state.guest_send = guest.queue.send_cap;
    state.guest_receive = guest.queue.receive_cap;
    state.queue = new_msgqueue(state.hlos.vm, state.hlos.vm, 300, 301);
    state.bell = new_doorbell(state.hlos.vm, state.hlos.vm, 302);
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(state.sim, &state.queue), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(state.sim, &state.bell), GUNYAH_OK));
    fault.vm = state.hlos.vm;
    fault.call = GUNYAH_HYPERCALL_MSGQUEUE_SEND;
    fault.error = GUNYAH_HVERR_BUSY;
    fault.nth = 5;
    cr_assert(eq(int, gunyah_sim_add_fault(state.sim, &fault), GUNYAH_OK));
    mischief.message = GUNYAH_RM_VM_GET_VMID;
    mischief.mischief = GUNYAH_SIM_RM_FAIL;
    mischief.value = GUNYAH_RMERR_DENIED;
    mischief.nth = 2;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(state.sim, &mischief), GUNYAH_OK));
    rm_ask(&state.hlos, GUNYAH_RM_VM_GET_VMID, "", "00000000 03000000");
    cr_assert(eq(u64, vm_send(state.hlos.vm, state.queue.send_cap, "before", 7), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_ring(state.hlos.vm, state.bell.send_cap, 5), GUNYAH_HVERR_OK));
    late = new_doorbell(state.hlos.vm, state.hlos.vm, 303);
    cr_assert(eq(int, gunyah_sim_connect_doorbell(state.sim, &late), GUNYAH_OK));
    hazard.kind = GUNYAH_SIM_VIRQ_LATE;
    hazard.virq = gunyah_virq(303);
    hazard.after_ns = 3600000000000;
    cr_assert(eq(int, gunyah_sim_add_hazard(state.sim, &hazard), GUNYAH_OK));
    cr_assert(eq(u64, vm_ring(state.hlos.vm, late.send_cap, 1), GUNYAH_HVERR_OK));
    rm_send_packet(&state.hlos, 1, 1, 77, GUNYAH_RM_VM_GET_STATE, (const unsigned char *)"in part", 7);
    rm_yield(&state.hlos);
    return state;
}

struct state_text {
    char text[64 * 1024];
    size_t size;
};

static inline void state_line(void *context, const char *line)
{
    struct state_text *text = context;
    const size_t size = strlen(line);

    cr_assert(lt(sz, text->size + size + 1, sizeof(text->text)));
    memcpy(text->text + text->size, line, size);
    text->text[text->size + size] = '\n';
    text->size += size + 1;
}

static inline struct gunyah_sim_vm *state_vm(struct gunyah_sim *sim, uint16_t vmid)
{
    struct gunyah_sim_vm *vm;

    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(vmid), &vm), GUNYAH_OK));
    return vm;
}

// What a program does from there on, with a machine that may be a copy of the first one. The trace tells what came of it.
static inline void go_on(const struct state *state, struct gunyah_sim *sim, struct state_text *text)
{
    struct rm_end hlos = {.vm = state_vm(sim, RM_HLOS), .queue = state->hlos.queue, .sequence = 500};
    struct rm_end guest = {.vm = state_vm(sim, 0x80)};
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;
    char buffer[64];
    char reply[RM_TEXT];

    text->size = 0;
    cr_assert(eq(int, gunyah_sim_set_trace(sim, state_line, text), GUNYAH_OK));
    vm_wait_one(hlos.vm, 301, 1000);
    vm_receive(hlos.vm, state->queue.receive_cap, buffer, sizeof(buffer), NULL);
    vm_clear(hlos.vm, state->bell.receive_cap, UINT64_MAX, NULL);
    for (int i = 0; i < 6; i++)
        vm_send(hlos.vm, state->queue.send_cap, "after", 6);
    rm_request(&hlos, GUNYAH_RM_VM_GET_VMID, NULL, 0);
    rm_reply(&hlos, reply);
    guest.queue.send_cap = state->guest_send;
    guest.queue.receive_cap = state->guest_receive;
    rm_request(&guest, GUNYAH_RM_VM_GET_PEERS, NULL, 0);
    rm_reply(&guest, reply);
    rm_request(&hlos, GUNYAH_RM_VM_STOP, (const unsigned char *)"\x80\0\1\0\0\0\0\0", 8);
    rm_reply(&hlos, reply);
    rm_request(&hlos, GUNYAH_RM_VM_RESET, (const unsigned char *)"\x80\0\0\0", 4);
    rm_reply(&hlos, reply);
    rm_yield(&hlos);
    rm_request(&hlos, GUNYAH_RM_MEM_RECLAIM, (const unsigned char *)"\0\0\0\0\0\0\0\0", 8);
    rm_reply(&hlos, reply);
    gunyah_sim_advance(sim, 1000000);
    options.privileged = true;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    vm_call(vm, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, 8, 0, 0, NULL);
    rm_forget(&hlos);
    rm_forget(&guest);
    cr_assert(eq(int, gunyah_sim_set_trace(sim, NULL, NULL), GUNYAH_OK));
}

static inline unsigned char *save_state(struct gunyah_sim *sim, size_t *size)
{
    unsigned char *bytes;

    *size = gunyah_sim_save_size(sim);
    bytes = malloc(*size);
    cr_assert(eq(int, gunyah_sim_save(sim, bytes, *size), GUNYAH_OK));
    return bytes;
}

// The guest's image; nothing here touches it.
static const struct gunyah_sim_memory state_memory[] = {{(void *)(uintptr_t)RM_RAM, 1 << 19},
                                                        {(void *)(uintptr_t)(RM_RAM + (1 << 19)), 1 << 19}};

static inline enum gunyah_error load_state(const void *bytes, size_t size, struct gunyah_sim **sim, const char **why)
{
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;

    options.regions = state_memory;
    options.region_count = STATE_REGIONS;
    return gunyah_sim_load(bytes, size, &options, sim, why);
}

// An allocator that fails from some allocation on, and knows what was not given back.
struct state_memory_count {
    size_t left; // allocations that succeed
    size_t held; // bytes
};

static inline void *state_allocate(void *context, size_t size)
{
    struct state_memory_count *count = context;
    void *memory;

    if (count->left == 0)
        return NULL;
    count->left--;
    memory = malloc(size);
    count->held += size;
    return memory;
}

static inline void state_release(void *context, void *memory, size_t size)
{
    struct state_memory_count *count = context;

    count->held -= size;
    free(memory);
}

#endif
