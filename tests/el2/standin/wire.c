// SPDX-License-Identifier: BSD-3-Clause
// Objects between VMs: what a Resource Manager does, with ordinary calls of the root VM. Nothing is undone after a
// failure: the case has failed, and the next one gets a new machine.
#include "standin.h"

#include <string.h>

int32_t standin_root_call(uint32_t number, const uint64_t arguments[4], uint64_t *result)
{
    struct gunyah_model_registers registers = {.x = {GUNYAH_SMCCC_BASE | number}};

    memcpy(&registers.x[1], arguments, 4 * sizeof(arguments[0]));
    if (gunyah_model_call(standin_machine.model, standin_machine.root.vm, 0, GUNYAH_MODEL_HVC, 0, &registers) ==
        GUNYAH_MODEL_CRASHED)
        standin_stop("a call of the root VM crashed the hypervisor");
    if (result != NULL)
        *result = registers.x[1];
    return (int32_t)(uint32_t)registers.x[0];
}

int32_t standin_grant(const struct gunyah_model_vm *vm, gunyah_capid_t master, uint32_t rights, uint64_t *cap)
{
    return standin_root_call(GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM,
                             (uint64_t[4]){standin_machine.root.cspace.value, master.value, vm->cspace.value, rights},
                             cap);
}

static int32_t create(uint32_t number, gunyah_capid_t *master)
{
    return standin_root_call(
        number, (uint64_t[4]){standin_machine.root.partition.value, standin_machine.root.cspace.value}, &master->value);
}

static int32_t activate(gunyah_capid_t master)
{
    return standin_root_call(GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[4]){master.value}, NULL);
}

static int32_t bind(uint32_t number, gunyah_capid_t master, uint64_t vm, uint64_t virq)
{
    if (virq == 0)
        return GUNYAH_HVERR_OK;
    return standin_root_call(number, (uint64_t[4]){master.value, standin_machine.vms[vm].vic.value, virq}, NULL);
}

// Both ends, as x1 and x2.
static int32_t hand_out(gunyah_capid_t master, uint64_t from, uint32_t send, uint64_t to, uint32_t receive,
                        uint64_t x[8])
{
    int32_t hverr = standin_grant(&standin_machine.vms[from], master, send, &x[1]);

    if (hverr == GUNYAH_HVERR_OK)
        hverr = standin_grant(&standin_machine.vms[to], master, receive, &x[2]);
    return hverr;
}

static bool are_vms(const uint64_t x[8])
{
    return x[0] < STANDIN_PLAIN_VMS && x[1] < STANDIN_PLAIN_VMS;
}

int32_t standin_connect_doorbell(uint64_t x[8])
{
    const uint64_t from = x[0];
    const uint64_t to = x[1];
    gunyah_capid_t master;
    int32_t hverr;

    if (!are_vms(x))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    hverr = create(GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, &master);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = activate(master);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, master, to, x[2]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = hand_out(master, from, GUNYAH_RIGHT_DOORBELL_SEND, to, GUNYAH_RIGHT_DOORBELL_RECEIVE, x);
    return hverr;
}

static int32_t configure(gunyah_capid_t master, uint64_t depth, uint64_t message_size)
{
    gunyah_msgqueue_create_info_t info = {0};

    info = gunyah_msgqueue_create_info_with_depth(info, (uint16_t)depth);
    info = gunyah_msgqueue_create_info_with_max_message_size(info, (uint16_t)message_size);
    return standin_root_call(GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, (uint64_t[4]){master.value, info.bits}, NULL);
}

int32_t standin_connect_msgqueue(uint64_t x[8])
{
    const uint64_t from = x[0];
    const uint64_t to = x[1];
    gunyah_capid_t master;
    int32_t hverr;

    if (!are_vms(x))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    hverr = create(GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, &master);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = configure(master, x[2], x[3]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = activate(master);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, master, from, x[4]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = bind(GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, master, to, x[5]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = hand_out(master, from, GUNYAH_RIGHT_MSGQUEUE_SEND, to, GUNYAH_RIGHT_MSGQUEUE_RECEIVE, x);
    return hverr;
}
