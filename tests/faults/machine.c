// SPDX-License-Identifier: BSD-3-Clause
#include "machine.h"

#include <rm_memory.h>
#include <sim_internal.h>

#include <stdlib.h>
#include <string.h>

#define MEMORY (2u << 20)
#define TIMEOUT_NS UINT64_C(100000000) // far longer than any answer takes

// ---- the memory of the session -------------------------------------------------------------------------------------

static void *allocate(void *context, size_t size)
{
    struct machine *machine = context;

    machine->allocated += size;
    return malloc(size);
}

static void release(void *context, void *memory, size_t size)
{
    struct machine *machine = context;

    machine->allocated -= size;
    free(memory);
}

// ---- what is said --------------------------------------------------------------------------------------------------

static bool is_of_type(const uint8_t *packet, uint64_t size, unsigned type)
{
    return size >= GUNYAH_RM_HEADER_SIZE && (packet[GUNYAH_RM_HEADER_TYPE_OFFSET] & 3u) == type;
}

static bool before(void *context, const struct gunyah_call_event *event)
{
    struct machine *machine = context;
    struct record *record = &machine->record;
    const uint64_t *x = event->call->x;

    if (!machine->listening || record->count == MAX_CALLS)
        return false;
    struct spoken *spoken = &record->calls[record->count++];
    *spoken = (struct spoken){.number = event->number, .awaited = record->awaited};
    if (event->number != GUNYAH_HYPERCALL_MSGQUEUE_SEND)
        return false;
    const uint8_t *packet = (const uint8_t *)(uintptr_t)x[3];
    if (is_of_type(packet, x[2], GUNYAH_RM_PACKET_TYPE_REQUEST)) {
        memcpy(&spoken->request, packet + GUNYAH_RM_HEADER_ID_OFFSET, sizeof(spoken->request));
        record->awaited = spoken->request;
    }
    return false;
}

static void after(void *context, const struct gunyah_call_event *event)
{
    struct machine *machine = context;
    const uint8_t *packet = (const uint8_t *)(uintptr_t)event->call->x[2];

    if (event->number != GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE || event->answer->x[0] != GUNYAH_HVERR_OK)
        return;
    if (is_of_type(packet, event->answer->x[1], GUNYAH_RM_PACKET_TYPE_REPLY))
        machine->record.awaited = NO_MESSAGE;
}

void machine_listen(struct machine *machine)
{
    machine->record = (struct record){.count = 0};
    machine->listening = true;
}

// ---- setting up ----------------------------------------------------------------------------------------------------

static bool open_machine(struct machine *machine, uint32_t max_queue_depth)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;

    options.memory = MEMORY;
    options.max_queue_depth = max_queue_depth;
    vm.vmid = gunyah_vmid(GUNYAH_VMID_HLOS);
    return gunyah_sim_create(&options, &machine->sim) == GUNYAH_OK &&
           gunyah_sim_add_rm(machine->sim, NULL) == GUNYAH_OK &&
           gunyah_sim_add_vm(machine->sim, &vm, &machine->hlos) == GUNYAH_OK;
}

static bool open_session(struct machine *machine)
{
    const struct gunyah_allocator allocator = {machine, allocate, release};
    const struct gunyah_observer observer = {machine, before, after};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = gunyah_sim_backend(machine->hlos);
    options.allocator = &allocator;
    options.observer = &observer;
    return gunyah_open(&options, &machine->g) == GUNYAH_OK;
}

static bool open_connection(struct machine *machine)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    if (gunyah_sim_get_rm_queue(machine->hlos, &queue) != GUNYAH_OK)
        return false;
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    options.default_timeout_ns = TIMEOUT_NS;
    options.generation = GUNYAH_RM_GENERATION_2023;
    return gunyah_rm_open(machine->g, &options, &machine->rm) == GUNYAH_OK;
}

bool machine_open_with(struct machine *machine, uint32_t max_queue_depth)
{
    memset(machine, 0, sizeof(*machine));
    return open_machine(machine, max_queue_depth) && open_session(machine) && open_connection(machine);
}

bool machine_open(struct machine *machine)
{
    return machine_open_with(machine, 0);
}

bool machine_close(struct machine *machine)
{
    return gunyah_close(&machine->g) == GUNYAH_OK && gunyah_sim_destroy(&machine->sim) == GUNYAH_OK &&
           machine->allocated == 0;
}

// ---- what is left --------------------------------------------------------------------------------------------------

bool machine_has_starved(const struct machine *machine)
{
    return machine->sim->rules->seen >= machine->sim->rules->nth;
}

bool machine_rm_is_dead(const struct machine *machine)
{
    return gunyah_model_rm_of(machine->sim->model)->dead;
}

struct holdings machine_holdings(const struct machine *machine)
{
    struct gunyah_model *model = machine->sim->model;
    const struct rm *rm = gunyah_model_rm_of(model);
    struct holdings holdings = {
        .caps = gunyah_model_vm_cspace(model, machine->hlos->parts.vm)->count,
        .objects = ((const struct cspace *)model_at(model, model->root_cspace))->count,
        .heap = gunyah_sim_heap_used(machine->sim),
    };

    for (model_ref ref = rm->vms; ref != 0; ref = ((const struct rm_vm *)model_at(model, ref))->next)
        holdings.vms++;
    for (model_ref ref = rm->parcels; ref != 0; ref = ((const struct rm_parcel *)model_at(model, ref))->next)
        holdings.parcels++;
    return holdings;
}
