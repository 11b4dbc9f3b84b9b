// SPDX-License-Identifier: BSD-3-Clause
// Objects between VMs: what a Resource Manager does, with ordinary hypercalls of the root VM.

#include "sim_internal.h"

#include <options.h>

#include <string.h>

// An object between two VMs, as far as it has been made.
struct joint {
    struct gunyah_sim_vm *from;
    struct gunyah_sim_vm *to;
    gunyah_capid_t master;  // In the root VM's capability space.
    gunyah_capid_t send;    // In from's.
    gunyah_capid_t receive; // In to's.
};

// Make a hypercall as the root VM. The result beyond the error is optional.
static int32_t root_call(struct gunyah_sim *sim, uint32_t number, const uint64_t arguments[4], uint64_t *result)
{
    struct gunyah_model_registers registers = {.x = {GUNYAH_SMCCC_BASE | number}};

    memcpy(&registers.x[1], arguments, 4 * sizeof(arguments[0]));
    if (gunyah_model_call(sim->model, 0, 0, GUNYAH_MODEL_HVC, 0, &registers) == GUNYAH_MODEL_CRASHED) {
        gunyah_internal_sim_stop(sim);
        return GUNYAH_HVERR_FAILURE;
    }
    if (result != NULL)
        *result = registers.x[1];
    return (int32_t)(uint32_t)registers.x[0];
}

enum gunyah_error gunyah_internal_sim_refuse(struct gunyah_sim *sim, int32_t hverr)
{
    if (sim->crashed)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_CRASHED,
                                        "the hypervisor has crashed: return to a snapshot, or make a new machine");
    switch (hverr) {
    case GUNYAH_HVERR_ARGUMENT_INVALID:
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "the interrupt cannot be bound: shared ones are 32 to 1019");
    case GUNYAH_HVERR_BUSY:
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_BUSY,
                                        "the interrupt belongs to another object: take another one");
    case GUNYAH_HVERR_NOMEM:
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_NO_MEMORY,
                                        "the hypervisor has no memory: raise memory in the options of the machine");
    case GUNYAH_HVERR_CSPACE_FULL:
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_CSPACE_FULL,
                                        "a capability space is full: raise max_caps of the VM, or delete capabilities");
    default:
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_FAILURE,
                                        "the root VM has deleted a capability that this needs");
    }
}

int32_t gunyah_internal_sim_grant(struct gunyah_sim_vm *vm, gunyah_capid_t master, uint32_t rights, gunyah_capid_t *cap)
{
    const uint64_t arguments[4] = {vm->sim->vms[0]->parts.cspace.value, master.value, vm->parts.cspace.value, rights};
    uint64_t copy;
    int32_t hverr = root_call(vm->sim, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, arguments, &copy);

    if (hverr == GUNYAH_HVERR_OK)
        *cap = gunyah_capid(copy);
    return hverr;
}

static int32_t create(struct joint *joint, uint32_t number)
{
    const struct gunyah_model_vm *root = &joint->from->sim->vms[0]->parts;
    uint64_t cap;
    int32_t hverr = root_call(joint->from->sim, number, (uint64_t[4]){root->partition.value, root->cspace.value}, &cap);

    if (hverr == GUNYAH_HVERR_OK)
        joint->master = gunyah_capid(cap);
    return hverr;
}

static int32_t configure(const struct joint *joint, uint32_t depth, uint32_t message_size)
{
    gunyah_msgqueue_create_info_t info = {0};

    info = gunyah_msgqueue_create_info_with_depth(info, (uint16_t)depth);
    info = gunyah_msgqueue_create_info_with_max_message_size(info, (uint16_t)message_size);
    return root_call(joint->from->sim, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE,
                     (uint64_t[4]){joint->master.value, info.bits}, NULL);
}

static int32_t activate(const struct joint *joint)
{
    return root_call(joint->from->sim, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[4]){joint->master.value}, NULL);
}

static int32_t bind(const struct joint *joint, uint32_t number, const struct gunyah_sim_vm *vm, gunyah_virq_t virq)
{
    if (virq.value == 0)
        return GUNYAH_HVERR_OK;
    return root_call(vm->sim, number, (uint64_t[4]){joint->master.value, vm->parts.vic.value, virq.value}, NULL);
}

// The last step, which cannot fail: the interrupt is bound, so the VM has it.
static void set_edge(struct gunyah_sim_vm *vm, gunyah_virq_t virq)
{
    if (virq.value != 0)
        gunyah_model_virq_set_trigger(vm->sim->model, vm->parts.vm, virq.value, GUNYAH_MODEL_EDGE);
}

static void delete_cap(const struct gunyah_sim_vm *vm, gunyah_capid_t cap)
{
    if (cap.value == GUNYAH_CAPID_INVALID)
        return;
    root_call(vm->sim, GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM, (uint64_t[4]){vm->parts.cspace.value, cap.value}, NULL);
}

// With its last capability the object goes, and gives its interrupts back. The receiver's is the last one that is
// made, so after a failure there is none.
static void undo(const struct joint *joint)
{
    delete_cap(joint->from, joint->send);
    delete_cap(joint->from->sim->vms[0], joint->master);
}

static enum gunyah_error start(struct gunyah_sim *sim, struct gunyah_sim_vm *from, struct gunyah_sim_vm *to,
                               struct joint *joint)
{
    const gunyah_capid_t none = {GUNYAH_CAPID_INVALID};

    *joint = (struct joint){from, to, none, none, none};
    if (from == NULL || to == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_NULL, "from and to must both be VMs");
    if (from->sim != sim || to->sim != sim)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "a VM belongs to another machine");
    return GUNYAH_OK;
}

static enum gunyah_error finish(const struct joint *joint, int32_t hverr, const char *kind)
{
    if (hverr != GUNYAH_HVERR_OK) {
        undo(joint);
        return gunyah_internal_sim_refuse(joint->from->sim, hverr);
    }
    gunyah_internal_sim_trace_join(kind, joint->from, joint->send, joint->to, joint->receive);
    return GUNYAH_OK;
}

static int32_t make_msgqueue(struct joint *joint, const struct gunyah_sim_msgqueue *queue)
{
    int32_t hverr = create(joint, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE);

    if (hverr == GUNYAH_HVERR_OK)
        hverr = configure(joint, queue->depth, queue->message_size);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = activate(joint);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(joint, GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, joint->from, queue->send_virq);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(joint, GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, joint->to, queue->receive_virq);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(joint->from, joint->master, GUNYAH_RIGHT_MSGQUEUE_SEND, &joint->send);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(joint->to, joint->master, GUNYAH_RIGHT_MSGQUEUE_RECEIVE, &joint->receive);
    return hverr;
}

static enum gunyah_error connect_msgqueue(struct gunyah_sim *sim, struct gunyah_sim_msgqueue *queue)
{
    struct joint joint;
    enum gunyah_error error;

    if (!options_known(queue, queue->size, sizeof(*queue)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "queue.size is wrong: start from GUNYAH_SIM_MSGQUEUE_INIT");
    queue->send_cap = queue->receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    error = start(sim, queue->from, queue->to, &joint);
    if (error != GUNYAH_OK)
        return error;
    if (queue->depth == 0 || queue->depth > GUNYAH_MSGQUEUE_MAX_DEPTH)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "depth must be 1 to 255 messages");
    if (queue->message_size == 0 || queue->message_size > GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "message_size must be 1 to 1023 bytes");

    error = finish(&joint, make_msgqueue(&joint, queue), "msgqueue");
    if (error != GUNYAH_OK)
        return error;
    set_edge(queue->from, queue->send_virq);
    set_edge(queue->to, queue->receive_virq);
    queue->send_cap = joint.send;
    queue->receive_cap = joint.receive;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_connect_msgqueue(struct gunyah_sim *sim, struct gunyah_sim_msgqueue *queue)
{
    enum gunyah_error error;

    if (sim == NULL || queue == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = connect_msgqueue(sim, queue);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

static int32_t make_doorbell(struct joint *joint, const struct gunyah_sim_doorbell *doorbell)
{
    int32_t hverr = create(joint, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL);

    if (hverr == GUNYAH_HVERR_OK)
        hverr = activate(joint);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(joint, GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, joint->to, doorbell->virq);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(joint->from, joint->master, GUNYAH_RIGHT_DOORBELL_SEND, &joint->send);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(joint->to, joint->master, GUNYAH_RIGHT_DOORBELL_RECEIVE, &joint->receive);
    return hverr;
}

static enum gunyah_error connect_doorbell(struct gunyah_sim *sim, struct gunyah_sim_doorbell *doorbell)
{
    struct joint joint;
    enum gunyah_error error;

    if (!options_known(doorbell, doorbell->size, sizeof(*doorbell)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "doorbell.size is wrong: start from GUNYAH_SIM_DOORBELL_INIT");
    doorbell->send_cap = doorbell->receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    error = start(sim, doorbell->from, doorbell->to, &joint);
    if (error == GUNYAH_OK)
        error = finish(&joint, make_doorbell(&joint, doorbell), "doorbell");
    if (error != GUNYAH_OK)
        return error;
    set_edge(doorbell->to, doorbell->virq);
    doorbell->send_cap = joint.send;
    doorbell->receive_cap = joint.receive;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_connect_doorbell(struct gunyah_sim *sim, struct gunyah_sim_doorbell *doorbell)
{
    enum gunyah_error error;

    if (sim == NULL || doorbell == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = connect_doorbell(sim, doorbell);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
