// SPDX-License-Identifier: BSD-3-Clause
// The model alone, with a root VM that makes all the calls, in one of its two modes.
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "model.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE (1u << 20)
#define PAGE UINT64_C(0x1000)
#define RAM UINT64_C(0x50000000) // of the caller; below the first page is a device
#define RAM_SIZE 0x1000u
#define MEMORY UINT64_C(0x90000000) // of the root partition
#define MEMORY_SIZE UINT64_C(0x100000)
#define ROOT 0u // its number

// What ask() returns when the call does not come back, or the hypervisor has stopped.
#define GONE INT32_MAX
#define STOPPED INT32_MIN

// What a vCPU does when it runs, with what is in its first registers. The last step is one at which it never stops.
struct machine_step {
    struct gunyah_model_trap trap;
    uint64_t x[3];
};

struct machine {
    struct gunyah_model *model;
    struct gunyah_model_vm root;
    bool manual;
    bool smccc;                       // how ask() calls; else by the immediate
    uint64_t x[8];                    // after the last call
    struct gunyah_model_trap trap;    // what a vCPU does when it runs, once
    const struct machine_step *steps; // or these, if it is not null
    uint64_t guest_x[3];              // of a vCPU that runs, as it came to its next step
    uint32_t dogs[3];                 // how often watchdogs did it: enum gunyah_model_watchdog
    uint8_t ram[RAM_SIZE];
    uint8_t memory[MEMORY_SIZE];
    uint8_t arena[ARENA_SIZE];
};

// Whether the caller has this memory.
static inline enum gunyah_model_memory machine_find(uint64_t address, size_t size)
{
    if (address < PAGE)
        return GUNYAH_MODEL_MEMORY_DEVICE;
    if (address < RAM || address - RAM > RAM_SIZE || size > RAM_SIZE - (address - RAM))
        return GUNYAH_MODEL_MEMORY_FAULT;
    return GUNYAH_MODEL_MEMORY_OK;
}

static inline enum gunyah_model_memory machine_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct machine *machine = context;
    const enum gunyah_model_memory answer = machine_find(address, size);

    (void)vm;
    if (answer == GUNYAH_MODEL_MEMORY_OK)
        memcpy(to, machine->ram + (address - RAM), size);
    return answer;
}

static inline enum gunyah_model_memory machine_write(void *context, uint32_t vm, uint64_t address, const void *from,
                                                     size_t size)
{
    struct machine *machine = context;
    const enum gunyah_model_memory answer = machine_find(address, size);

    (void)vm;
    if (answer == GUNYAH_MODEL_MEMORY_OK)
        memcpy(machine->ram + (address - RAM), from, size);
    return answer;
}

static inline void machine_put(void *context, uint64_t address, const void *from, uint64_t size)
{
    struct machine *machine = context;

    if (from != NULL)
        memcpy(machine->memory + (address - MEMORY), from, size);
    else
        memset(machine->memory + (address - MEMORY), 0, size);
}

static inline void machine_run(void *context, uint32_t vcpu, struct gunyah_model_guest *guest,
                               struct gunyah_model_trap *trap)
{
    struct machine *machine = context;

    (void)vcpu;
    memcpy(machine->guest_x, guest->x, sizeof(machine->guest_x));
    if (machine->steps != NULL && machine->steps->trap.stop != GUNYAH_MODEL_STOP_NEVER) {
        memcpy(guest->x, machine->steps->x, sizeof(machine->steps->x));
        machine->trap = machine->steps->trap;
        machine->steps++;
    }
    if (machine->trap.stop == GUNYAH_MODEL_STOP_NEVER)
        return;
    guest->pc += 4;
    *trap = machine->trap;
    machine->trap.stop = GUNYAH_MODEL_STOP_NEVER;
}

static inline void machine_watchdog(void *context, uint32_t vm, enum gunyah_model_watchdog what)
{
    struct machine *machine = context;

    (void)vm;
    machine->dogs[what]++;
}

// Returns a machine, which end_machine() frees; null: there is no memory. api_flags 0: those of its mode.
static inline struct machine *new_machine_with(bool manual, uint64_t api_flags)
{
    const struct gunyah_model_options options = {
        .seed = 1, .api_flags = api_flags, .memory_base = MEMORY, .memory_size = MEMORY_SIZE, .as_manual = manual};
    struct machine *machine = calloc(1, sizeof(*machine));
    const struct gunyah_model_env env = {.context = machine,
                                         .read = machine_read,
                                         .write = machine_write,
                                         .put = machine_put,
                                         .run = machine_run,
                                         .watchdog = machine_watchdog};

    if (machine == NULL)
        return NULL;
    machine->manual = manual;
    if (gunyah_model_init(machine->arena, sizeof(machine->arena), &options, &env, &machine->model, &machine->root) ==
        GUNYAH_HVERR_OK)
        return machine;
    free(machine);
    return NULL;
}

static inline struct machine *new_machine(bool manual)
{
    return new_machine_with(manual, 0);
}

static inline void end_machine(struct machine *machine)
{
    free(machine);
}

// Make a call by the root VM. Returns its error.
static inline int32_t ask(struct machine *machine, uint32_t number, const uint64_t args[7])
{
    struct gunyah_model_registers registers = {{0}};
    enum gunyah_model_outcome outcome;

    memcpy(registers.x + (machine->smccc ? 1 : 0), args, 7 * sizeof(args[0]));
    if (machine->smccc)
        registers.x[0] = GUNYAH_SMCCC_BASE | number;
    outcome = gunyah_model_call(machine->model, ROOT, 0, GUNYAH_MODEL_HVC,
                                machine->smccc ? 0 : (uint16_t)(GUNYAH_IMMEDIATE_BASE + number), &registers);
    memcpy(machine->x, registers.x, sizeof(machine->x));
    if (outcome == GUNYAH_MODEL_CRASHED)
        return STOPPED;
    return outcome == GUNYAH_MODEL_NO_RETURN ? GONE : (int32_t)registers.x[0];
}

// ASK(machine, DOORBELL_SEND, cap, flags): those that are not given are 0.
#define ASK(machine, name, ...) ask((machine), GUNYAH_HYPERCALL_##name, (const uint64_t[7]){__VA_ARGS__})

// Returns the master capability of a new object.
static inline uint64_t make(struct machine *machine, uint32_t number)
{
    const uint64_t args[7] = {machine->root.partition.value, machine->root.cspace.value};

    return ask(machine, number, args) == GUNYAH_HVERR_OK ? machine->x[1] : GUNYAH_CAPID_INVALID;
}

#define MAKE(machine, name) make((machine), GUNYAH_HYPERCALL_PARTITION_CREATE_##name)

// Returns a copy of a capability in the same space, with some of its rights.
static inline uint64_t copy(struct machine *machine, uint64_t cap, uint32_t rights)
{
    const uint64_t cspace = machine->root.cspace.value;

    return ASK(machine, CSPACE_COPY_CAP_FROM, cspace, cap, cspace, rights) == GUNYAH_HVERR_OK ? machine->x[1]
                                                                                              : GUNYAH_CAPID_INVALID;
}

static inline int32_t activate(struct machine *machine, uint64_t cap)
{
    return ASK(machine, OBJECT_ACTIVATE, cap);
}

static inline int32_t delete_cap(struct machine *machine, uint64_t cap)
{
    return ASK(machine, CSPACE_DELETE_CAP_FROM, machine->root.cspace.value, cap);
}

// Returns an active queue.
static inline uint64_t make_queue(struct machine *machine, uint32_t depth, uint32_t size)
{
    const uint64_t cap = MAKE(machine, MSGQUEUE);

    if (ASK(machine, MSGQUEUE_CONFIGURE, cap, depth | (uint64_t)size << 16) != GUNYAH_HVERR_OK ||
        activate(machine, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

// Returns an active extent of the partition's memory. BASIC or sparse, by the attributes.
static inline uint64_t make_extent(struct machine *machine, uint64_t base, uint64_t size, uint32_t attrs)
{
    const uint64_t cap = MAKE(machine, MEMEXTENT);

    if (ASK(machine, MEMEXTENT_CONFIGURE, cap, base, size, attrs) != GUNYAH_HVERR_OK ||
        activate(machine, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

static inline uint64_t make_addrspace(struct machine *machine, uint16_t vmid)
{
    const uint64_t cap = MAKE(machine, ADDRSPACE);

    if (ASK(machine, ADDRSPACE_CONFIGURE, cap, vmid) != GUNYAH_HVERR_OK || activate(machine, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

static inline uint64_t make_vic(struct machine *machine)
{
    const uint64_t cap = MAKE(machine, VIC);

    if (ASK(machine, VIC_CONFIGURE, cap, 1, 32) != GUNYAH_HVERR_OK || activate(machine, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

// Returns a vCPU in a space, with the root's capabilities and without an interrupt controller, that is not active yet.
static inline uint64_t prepare_vcpu(struct machine *machine, uint64_t addrspace)
{
    const uint64_t cap = MAKE(machine, THREAD);

    if (ASK(machine, CSPACE_ATTACH_THREAD, machine->root.cspace.value, cap) != GUNYAH_HVERR_OK ||
        ASK(machine, ADDRSPACE_ATTACH_THREAD, addrspace, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

// Returns an active vCPU with a controller of its own.
static inline uint64_t make_vcpu(struct machine *machine, uint64_t addrspace)
{
    const uint64_t cap = prepare_vcpu(machine, addrspace);

    if (ASK(machine, VIC_ATTACH_VCPU, make_vic(machine), cap, 0) != GUNYAH_HVERR_OK ||
        activate(machine, cap) != GUNYAH_HVERR_OK)
        return GUNYAH_CAPID_INVALID;
    return cap;
}

// Do the same in both modes, each on a fresh machine. api_flags 0: those of its mode.
static inline void in_both_modes_with(uint64_t api_flags, void (*what)(struct machine *machine))
{
    for (int manual = 0; manual < 2; manual++) {
        struct machine *machine = new_machine_with(manual != 0, api_flags);

        if (machine == NULL)
            abort();
        what(machine);
        end_machine(machine);
    }
}

static inline void in_both_modes(void (*what)(struct machine *machine))
{
    in_both_modes_with(0, what);
}

// What is expected in the machine's mode.
static inline int32_t by_mode(const struct machine *machine, int32_t manual, int32_t recorded)
{
    return machine->manual ? manual : recorded;
}

#endif
