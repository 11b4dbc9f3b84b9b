// SPDX-License-Identifier: BSD-3-Clause
// Sessions of VMs, and how they go on where others ended: what the client of the Resource Manager knows is found out by asking
// it, and taught by answering it, in the place of the machine, which notices nothing.
#include "scenario_past.h"
#include "scenario_run.h"

#include <gunyah/gunyah.h>

#include <stdlib.h>
#include <string.h>

#define PACKET_SIZE 240
#define PAYLOAD_SIZE (PACKET_SIZE - GUNYAH_RM_HEADER_SIZE)

static const char no_memory[] = "out of memory";

// ---- in the place of the machine ---------------------------------------------------------------------------------

static void put(uint8_t *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static void put_header(uint8_t *packet, uint8_t type, uint16_t sequence, uint32_t id)
{
    put(packet, GUNYAH_RM_API, 1);
    put(packet + 1, type, 1);
    put(packet + 2, sequence, 2);
    put(packet + 4, id, 4);
}

// The next notification for this VM that nobody has heard yet, or NULL.
static const struct scenario_unheard *find_unheard(struct run_vm *vm)
{
    while (vm->stand_in.unheard != NULL && vm->stand_in.unheard->vm != vm->index)
        vm->stand_in.unheard = vm->stand_in.unheard->next;
    return vm->stand_in.unheard;
}

// The next packet of it. Returns its size; 0: there is none.
static size_t put_unheard(struct run_vm *vm, uint8_t *packet)
{
    struct run_stand_in *stand_in = &vm->stand_in;
    const struct scenario_unheard *unheard = find_unheard(vm);
    enum gunyah_rm_packet_type type = GUNYAH_RM_PACKET_TYPE_CONTINUATION;
    size_t left, part, more;

    if (unheard == NULL)
        return 0;
    if (stand_in->told == 0)
        type = GUNYAH_RM_PACKET_TYPE_NOTIFICATION;
    more = unheard->size == 0 ? 0 : (unheard->size - 1) / PAYLOAD_SIZE;
    put_header(packet, (uint8_t)(type | more << GUNYAH_RM_FRAGMENTS_SHIFT), 0, unheard->id);
    left = unheard->size - stand_in->told;
    part = left < PAYLOAD_SIZE ? left : PAYLOAD_SIZE;
    memcpy(packet + GUNYAH_RM_HEADER_SIZE, unheard->payload + stand_in->told, part);
    stand_in->told += part;
    if (part == left) {
        stand_in->unheard = unheard->next;
        stand_in->told = 0;
    }
    return GUNYAH_RM_HEADER_SIZE + part;
}

// The reply to the request that came last. Returns its size; 0: none came.
static size_t put_reply(struct run_stand_in *stand_in, uint8_t *packet)
{
    if (!stand_in->is_asked)
        return 0;
    stand_in->is_asked = false;
    put_header(packet, GUNYAH_RM_PACKET_TYPE_REPLY, (uint16_t)(stand_in->next_sequence - 1), stand_in->id);
    put(packet + GUNYAH_RM_HEADER_SIZE, stand_in->error, GUNYAH_RM_ERROR_SIZE);
    put(packet + GUNYAH_RM_HEADER_SIZE + GUNYAH_RM_ERROR_SIZE, stand_in->state, GUNYAH_RM_VM_GET_STATE_REPLY_SIZE);
    return GUNYAH_RM_HEADER_SIZE + GUNYAH_RM_ERROR_SIZE + GUNYAH_RM_VM_GET_STATE_REPLY_SIZE;
}

static void take_request(struct run_stand_in *stand_in, const uint8_t *packet)
{
    stand_in->is_asked = true;
    stand_in->next_sequence = (uint16_t)((packet[2] | packet[3] << 8) + 1);
    stand_in->id = 0;
    for (unsigned i = 0; i < 4; i++)
        stand_in->id |= (uint32_t)packet[4 + i] << 8 * i;
}

static void answer_receive(struct run_vm *vm, const struct gunyah_registers *call, struct gunyah_registers *answer)
{
    uint8_t *packet = (uint8_t *)(uintptr_t)call->x[2];
    size_t size = put_unheard(vm, packet);

    if (size == 0)
        size = put_reply(&vm->stand_in, packet);
    answer->x[0] = (uint64_t)(size != 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_MSGQUEUE_EMPTY);
    answer->x[1] = size;
}

// An open hypervisor, whose only calls are those by which a session is opened and packets are carried.
static bool answer_call(void *context, const struct gunyah_call_event *event)
{
    struct run_vm *vm = context;
    struct gunyah_registers *answer = event->answer;
    gunyah_hyp_api_info_t api = {0};

    if (!vm->stand_in.is_on)
        return false;
    *answer = (struct gunyah_registers){{0}};
    switch (event->number) {
    case GUNYAH_CALL_SMCCC:
        *answer = (struct gunyah_registers){
            {GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3, 0, 0, 0, 0}};
        break;
    case GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY:
        api = gunyah_hyp_api_info_with_api_version(api, 1);
        answer->x[0] = gunyah_hyp_api_info_with_is_64bit(api, 1).bits;
        break;
    case GUNYAH_HYPERCALL_MSGQUEUE_SEND:
        take_request(&vm->stand_in, (const uint8_t *)(uintptr_t)event->call->x[3]);
        break;
    case GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE:
        answer_receive(vm, event->call, answer);
        break;
    default:
        answer->x[0] = (uint64_t)GUNYAH_HVERR_UNIMPLEMENTED;
        break;
    }
    return true;
}

// Lets a client ask about a VM; an error teaches it nothing. Returns whether it did: what a Resource Manager would not survive,
// it keeps back.
static bool ask(struct run_vm *vm, uint32_t message, uint16_t vmid, uint32_t error, uint32_t state)
{
    const uint8_t request[4] = {(uint8_t)vmid, (uint8_t)(vmid >> 8)};
    uint8_t reply[GUNYAH_RM_VM_GET_STATE_REPLY_SIZE];
    size_t size;

    vm->stand_in.error = error;
    vm->stand_in.state = state;
    return gunyah_rm_call(vm->rm, message, request, sizeof(request), reply, sizeof(reply), &size,
                          GUNYAH_RM_DEFAULT_TIMEOUT) != GUNYAH_ERR_WOULD_CRASH;
}

// ---- from a past -------------------------------------------------------------------------------------------------

// All it knows of VMs it has by their states. What it has to hear comes before the first answer; a connection numbers its
// requests from 0 on.
static void teach(struct run_vm *vm, const struct scenario_past *past)
{
    vm->stand_in.unheard = past->unheard;
    if (find_unheard(vm) != NULL)
        ask(vm, GUNYAH_RM_VM_GET_STATE, GUNYAH_VMID_SELF, GUNYAH_RMERR_DENIED, 0);
    for (uint16_t vmid = 1; vmid < SCENARIO_VMIDS; vmid++) {
        const uint8_t known = past->knowledge[vm->index][vmid];
        if (known != SCENARIO_KNOWS_NOTHING)
            ask(vm, GUNYAH_RM_VM_GET_STATE, vmid, GUNYAH_RMERR_OK,
                known == SCENARIO_KNOWS_IT_EXISTS ? GUNYAH_VM_STATE_LOAD : GUNYAH_VM_STATE_RUNNING);
    }
    for (uint32_t i = 0; i <= UINT16_MAX && vm->stand_in.next_sequence != past->sequences[vm->index]; i++)
        ask(vm, GUNYAH_RM_VM_GET_STATE, GUNYAH_VMID_SELF, GUNYAH_RMERR_DENIED, 0);
}

static const char *go_on(struct run *run, int index, const struct scenario_past *past)
{
    struct run_vm *vm = &run->vms[index];
    const struct scenario_vm *info = &past->names.vms[index];
    struct gunyah_sim_vm *there;
    const char *wrong;

    gunyah_sim_find_vm(run->sim, gunyah_vmid(past->vmids[index]), &there);
    vm->stand_in.is_on = true;
    wrong = run_open_vm(run, index, there);
    if (wrong == NULL && info->has_channel && !info->has_ended)
        teach(vm, past);
    vm->stand_in.is_on = false;
    return wrong;
}

const char *run_go_on(struct run *run, struct scenario_past *past)
{
    const char *wrong = NULL;

    run->sim = past->sim;
    past->sim = NULL;
    for (int i = 0; i < past->names.object_count; i++) {
        run->from_cap[i] = gunyah_capid(past->from_cap[i]);
        run->to_cap[i] = gunyah_capid(past->to_cap[i]);
    }
    run_watch(run);
    run->is_quiet = true;
    for (int i = 0; i < past->names.vm_count && wrong == NULL; i++)
        wrong = go_on(run, i, past);
    run->is_quiet = false;
    return wrong;
}

// ---- to a past ---------------------------------------------------------------------------------------------------

static bool keep_unheard(struct run_vm *vm, struct scenario_past *past)
{
    struct gunyah_rm_event event;

    while (gunyah_rm_next_event(vm->rm, &event, 0) == GUNYAH_OK) {
        if (!scenario_past_add_unheard(past, vm->index, event.id, event.payload, event.size))
            return false;
    }
    return true;
}

static bool keep_client(struct run_vm *vm, struct scenario_past *past)
{
    bool is_kept;

    vm->stand_in = (struct run_stand_in){.is_on = true};
    is_kept = keep_unheard(vm, past);
    ask(vm, GUNYAH_RM_VM_GET_STATE, GUNYAH_VMID_SELF, GUNYAH_RMERR_DENIED, 0);
    past->sequences[vm->index] = (uint16_t)(vm->stand_in.next_sequence - 1);
    for (uint16_t vmid = 1; vmid < SCENARIO_VMIDS; vmid++) {
        uint8_t *known = &past->knowledge[vm->index][vmid];
        if (ask(vm, GUNYAH_RM_VM_RESET, vmid, GUNYAH_RMERR_DENIED, 0))
            *known = SCENARIO_KNOWS_IT_IS_CONFIGURED;
        else if (ask(vm, GUNYAH_RM_VM_DEALLOCATE, vmid, GUNYAH_RMERR_DENIED, 0))
            *known = SCENARIO_KNOWS_IT_EXISTS;
    }
    vm->stand_in.is_on = false;
    return is_kept;
}

// Whether a VM has ended under its session tells a wait.
static bool has_ended(const struct run_vm *vm)
{
    const gunyah_virq_t any = gunyah_virq(GUNYAH_VIRQ_SPI_FIRST);

    return vm->g == NULL || gunyah_wait(vm->g, &any, 1, 0, NULL) == GUNYAH_ERR_OBJECT_STATE;
}

static bool keep_names(struct run *run, struct scenario_past *past)
{
    past->names = *run->scenario;
    for (int i = 0; i < run->scenario->object_count; i++) {
        past->from_cap[i] = run->from_cap[i].value;
        past->to_cap[i] = run->to_cap[i].value;
    }
    for (int i = 0; i < run->scenario->vm_count; i++) {
        struct run_vm *vm = &run->vms[i];
        past->vmids[i] = vm->own.vmid.value;
        past->names.vms[i].has_ended = has_ended(vm);
        if (vm->rm != NULL && !keep_client(vm, past))
            return false;
    }
    return true;
}

// The machine comes first: what is done to find out the rest is no part of it.
const char *run_keep(struct run *run, uint8_t **bytes, size_t *size)
{
    struct scenario_past *past = calloc(1, sizeof(*past));
    const size_t machine_size = gunyah_sim_save_size(run->sim);
    uint8_t *machine = malloc(machine_size);
    const char *wrong = no_memory;

    if (past != NULL && machine != NULL && gunyah_sim_save(run->sim, machine, machine_size) == GUNYAH_OK)
        wrong = scenario_past_check_machine(machine, machine_size);
    if (wrong == NULL) {
        run->is_quiet = true;
        *bytes = keep_names(run, past) ? scenario_past_write(past, machine, machine_size, size) : NULL;
        wrong = *bytes != NULL ? NULL : no_memory;
    }
    free(machine);
    scenario_past_free(past);
    return wrong;
}

// ---- opening -----------------------------------------------------------------------------------------------------

static const char *open_channel(struct run_vm *vm)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    if (gunyah_sim_get_rm_queue(vm->vm, &queue) != GUNYAH_OK)
        return gunyah_sim_last_error(vm->run->sim);
    options.send_cap = vm->rm_send = queue.send_cap;
    options.receive_cap = vm->rm_receive = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    return gunyah_rm_open(vm->g, &options, &vm->rm) == GUNYAH_OK ? NULL : gunyah_last_error(vm->g)->text;
}

const char *run_open_vm(struct run *run, int index, struct gunyah_sim_vm *there)
{
    const struct scenario_vm *info = &run->scenario->vms[index];
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct run_vm *vm = &run->vms[index];
    const struct gunyah_observer observer = {.context = vm, .before = answer_call, .after = run_hear_call};
    const bool was_quiet = run->is_quiet;
    enum gunyah_error error;

    vm->run = run;
    vm->index = index;
    vm->vm = there;
    trace_add_vm(run->trace, info->name);
    vm->own = (struct gunyah_sim_vm_info)GUNYAH_SIM_VM_INFO_INIT;
    gunyah_sim_get_vm_info(vm->vm, &vm->own);
    if (info->has_ended)
        return NULL;
    options.backend = gunyah_sim_backend(vm->vm);
    options.observer = &observer;
    options.convention = info->immediate ? GUNYAH_CONVENTION_IMMEDIATE : GUNYAH_CONVENTION_DEFAULT;
    run->is_quiet = true;
    error = gunyah_open(&options, &vm->g);
    run->is_quiet = was_quiet;
    if (error != GUNYAH_OK)
        return gunyah_error_text(error);
    return info->has_channel ? open_channel(vm) : NULL;
}
