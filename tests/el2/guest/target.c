// SPDX-License-Identifier: BSD-3-Clause
// The target of the suite: a machine that the stand-in makes for each case, and sessions of its VMs.
#include "guest.h"

#include "../protocol.h"
#include "../semihosting.h"

#include <string.h>

#define FIRST_FREE_VIRQ 300
#define LAST_FREE_VIRQ 900
#define FIRST_FREE_VMID 0x40
#define LAST_FREE_VMID 0x7f
#define ARENA_SIZE 65536
#define OPEN_FLAGS UINT64_C(0x10000eff) // as it was recorded

struct el2_target {
    struct target target; // first: the suite hands it back
    struct guest_vm vms[TARGET_VMS];
    struct gunyah_arena arenas[TARGET_VMS];
    bool failed;
};

static _Alignas(16) unsigned char memory[TARGET_VMS][ARENA_SIZE];

static bool set_trigger(struct target *target, int vm, gunyah_virq_t virq, enum target_trigger trigger)
{
    (void)target;
    guest_speak_for((uint64_t)vm);
    return guest_set_trigger(virq.value, trigger == TARGET_EDGE);
}

// The interrupt is bound, so the VM has it.
static bool set_edge(struct target *target, int vm, gunyah_virq_t virq)
{
    return virq.value == 0 || set_trigger(target, vm, virq, TARGET_EDGE);
}

static bool connect_doorbell(struct target *target, struct target_doorbell *wanted)
{
    struct guest_state state = {.x = {(uint64_t)wanted->from, (uint64_t)wanted->to, wanted->virq.value}};

    guest_connect_doorbell(&state);
    wanted->send_cap = gunyah_capid(state.x[1]);
    wanted->receive_cap = gunyah_capid(state.x[2]);
    return state.x[0] == GUNYAH_HVERR_OK && set_edge(target, wanted->to, wanted->virq);
}

static bool connect_msgqueue(struct target *target, struct target_msgqueue *wanted)
{
    struct guest_state state = {.x = {(uint64_t)wanted->from, (uint64_t)wanted->to, wanted->depth, wanted->message_size,
                                      wanted->send_virq.value, wanted->receive_virq.value}};

    guest_connect_msgqueue(&state);
    wanted->send_cap = gunyah_capid(state.x[1]);
    wanted->receive_cap = gunyah_capid(state.x[2]);
    return state.x[0] == GUNYAH_HVERR_OK && set_edge(target, wanted->from, wanted->send_virq) &&
           set_edge(target, wanted->to, wanted->receive_virq);
}

static bool get_channel(struct target *target, int vm, const struct guest_state *state, struct target_channel *channel)
{
    *channel = (struct target_channel){
        gunyah_capid(state->x[1]),
        gunyah_capid(state->x[2]),
        gunyah_virq((uint32_t)state->x[3]),
        gunyah_virq((uint32_t)state->x[4]),
        (const void *)(uintptr_t)state->x[5],
        state->x[6],
    };
    return state->x[0] == GUNYAH_HVERR_OK && set_edge(target, vm, channel->send_virq) &&
           set_edge(target, vm, channel->receive_virq);
}

static bool open_session(struct el2_target *el2, int place);

static bool start_rm(struct target *target, struct target_channel *channel)
{
    struct guest_state state = {.x = {target->by_trees}};

    guest_start_rm(&state);
    return get_channel(target, TARGET_HLOS, &state, channel) && open_session((struct el2_target *)target, TARGET_HLOS);
}

static bool enter_guest(struct target *target, gunyah_vmid_t vmid, struct target_channel *channel)
{
    struct guest_state state = {.x = {vmid.value}};
    struct gunyah **g = &target->vms[TARGET_GUEST].g;

    if (*g != NULL && gunyah_close(g) != GUNYAH_OK)
        return false;
    guest_find_guest(&state);
    return get_channel(target, TARGET_GUEST, &state, channel) &&
           open_session((struct el2_target *)target, TARGET_GUEST);
}

static bool load(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t *value)
{
    int64_t number;

    (void)target;
    guest_speak_for((uint64_t)vm);
    if (guest_load(address, bytes, value) != 0)
        return false;
    // A word with a sign, which goes on in the upper half.
    return bytes != 4 || (guest_load_signed(address, &number) == 0 && number == (int32_t)number);
}

static bool store(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t value)
{
    (void)target;
    guest_speak_for((uint64_t)vm);
    return guest_store(address, bytes, value) == 0;
}

static void fail(struct target *target, const char *file, int line, const char *expression, uint64_t got,
                 uint64_t expected)
{
    struct el2_target *el2 = (struct el2_target *)target;

    el2->failed = true;
    guest_tell_failure(file, line, expression, got, expected);
}

static void skip(struct target *target, const char *missing)
{
    struct el2_target *el2 = (struct el2_target *)target;

    el2->failed = true;
    semihosting_write("the stand-in should have this: ");
    semihosting_write(missing);
    semihosting_write("\n");
}

static const struct target_ops ops = {
    connect_doorbell, connect_msgqueue, set_trigger, start_rm, enter_guest, load, store, fail, skip};

static bool open_session(struct el2_target *el2, int place)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_allocator allocator = gunyah_arena_allocator(&el2->arenas[place], memory[place], ARENA_SIZE);

    if (!guest_vm_start(&el2->vms[place], place))
        return false;
    options.backend = &el2->vms[place].backend;
    options.convention = el2->target.convention;
    options.conduit = el2->target.conduit;
    options.allocator = &allocator;
    return gunyah_open(&options, &el2->target.vms[place].g) == GUNYAH_OK;
}

static bool set_up(struct el2_target *el2)
{
    struct target_vm *owner = &el2->target.vms[TARGET_OWNER];
    const uint64_t flags = el2->target.has_watchdogs ? OPEN_FLAGS | GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK : 0;
    struct guest_state state = {.x = {0, 0, 0, flags}};

    guest_reset(&state);
    if (state.x[0] != GUNYAH_HVERR_OK)
        return false;
    owner->partition = gunyah_capid(state.x[1]);
    owner->cspace = gunyah_capid(state.x[2]);
    owner->vic = gunyah_capid(state.x[3]);
    for (int place = 0; place < TARGET_PLAIN_VMS; place++) {
        if (!open_session(el2, place))
            return false;
    }
    return true;
}

static bool tear_down(struct el2_target *el2)
{
    for (int place = 0; place < TARGET_VMS; place++) {
        if (el2->target.vms[place].g != NULL && gunyah_close(&el2->target.vms[place].g) != GUNYAH_OK)
            return false;
        if (el2->vms[place].changed_vectors) {
            semihosting_write("vector registers have changed\n");
            return false;
        }
    }
    return true;
}

bool guest_run(const struct conformance_case *testcase, const struct guest_arguments *arguments)
{
    static struct el2_target el2;

    memset(&el2, 0, sizeof(el2));
    el2.target.ops = &ops;
    el2.target.convention = arguments->convention;
    el2.target.conduit = arguments->conduit;
    el2.target.has_watchdogs = arguments->watchdogs;
    el2.target.next_virq = FIRST_FREE_VIRQ;
    el2.target.last_virq = LAST_FREE_VIRQ;
    el2.target.next_memory = EL2_FREE_MEMORY;
    el2.target.memory_end = EL2_FREE_MEMORY + EL2_FREE_MEMORY_SIZE;
    el2.target.next_vmid = FIRST_FREE_VMID;
    el2.target.last_vmid = LAST_FREE_VMID;
    el2.target.has_wait = true;
    el2.target.scrambled_capids = true;
    el2.target.open_hypervisor = true;
    if (!set_up(&el2)) {
        semihosting_write("the machine cannot be set up\n");
        return false;
    }
    const bool passed = testcase->run(&el2.target) && !el2.failed;
    return tear_down(&el2) && passed;
}
