// SPDX-License-Identifier: BSD-3-Clause
// Interrupts that are lent.
#include "client.h"

#include <gunyah/irq.h>

static struct handle *irq_of(const struct gunyah_irq *pointer, const char *function, enum gunyah_error *error)
{
    struct handle *handle = (struct handle *)pointer;

    *error = gunyah_internal_check(handle, HANDLE_IRQ, function);
    return *error == GUNYAH_OK ? handle : NULL;
}

static struct handle *irq_on(const struct gunyah_irq *pointer, enum lending_side side, const char *function,
                             enum gunyah_error *error)
{
    struct handle *handle = irq_of(pointer, function, error);

    if (handle == NULL || handle->side == side)
        return handle;
    *error = gunyah_internal_refuse(handle->g, function, GUNYAH_ERR_OBJECT_STATE);
    return NULL;
}

// ---- handles -----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_irq_open(struct gunyah_rm *connection, uint32_t number, struct gunyah_irq **out)
{
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (out != NULL)
        *out = NULL;
    if (rm == NULL)
        return error;
    if (out == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    *out =
        (struct gunyah_irq *)gunyah_internal_rm_open_handle(rm, HANDLE_IRQ, number, LENDING_OFFERED, __func__, &error);
    return error;
}

enum gunyah_error gunyah_irq_close(struct gunyah_irq **pointer)
{
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct handle *handle = irq_of(*pointer, __func__, &error);
    if (handle == NULL)
        return error;
    gunyah_internal_rm_close_handle(handle);
    *pointer = NULL;
    return GUNYAH_OK;
}

uint32_t gunyah_irq_handle(const struct gunyah_irq *irq)
{
    const struct handle *handle = (const struct handle *)irq;

    return handle != NULL && handle->kind == HANDLE_IRQ ? handle->number : GUNYAH_RM_HANDLE_INVALID;
}

// ---- the lender --------------------------------------------------------------------------------------------------

static enum gunyah_error lend(struct handle *handle, const char *function, const struct rm_vm_irq_lend *message)
{
    uint8_t request[GUNYAH_RM_VM_IRQ_LEND_SIZE];
    uint8_t reply[GUNYAH_RM_HANDLE_SIZE];
    struct rm_handle number = {GUNYAH_RM_HANDLE_INVALID};
    const enum gunyah_error error =
        gunyah_internal_rm_ask_bytes(handle->rm, function, GUNYAH_RM_VM_IRQ_LEND, request,
                                     rm_put_vm_irq_lend(request, message), reply, sizeof(reply));

    if (error != GUNYAH_OK)
        return error;
    rm_get_handle(reply, sizeof(reply), &number);
    handle->number = number.handle;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_irq_lend(struct gunyah_rm *connection, gunyah_vmid_t borrower, gunyah_virq_t virq,
                                  uint32_t label, struct gunyah_irq **out)
{
    const struct rm_vm_irq_lend message = {borrower, virq, label};
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (out != NULL)
        *out = NULL;
    if (rm == NULL)
        return error;
    if (out == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    if (borrower.value == 0)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    struct handle *handle =
        gunyah_internal_rm_open_handle(rm, HANDLE_IRQ, GUNYAH_RM_HANDLE_INVALID, LENDING_OWNED, __func__, &error);
    if (handle == NULL)
        return error;
    error = lend(handle, __func__, &message);
    if (error != GUNYAH_OK)
        gunyah_internal_rm_close_handle(handle);
    else
        *out = (struct gunyah_irq *)handle;
    return error;
}

// The message that names nothing but the handle.
static enum gunyah_error end(const struct handle *handle, uint32_t id, const char *function)
{
    const struct rm_handle message = {handle->number};
    uint8_t request[GUNYAH_RM_HANDLE_SIZE];

    return gunyah_internal_rm_ask_bytes(handle->rm, function, id, request, rm_put_handle(request, &message), NULL, 0);
}

enum gunyah_error gunyah_irq_reclaim(struct gunyah_irq **pointer)
{
    enum gunyah_error error;

    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct handle *handle = irq_on(*pointer, LENDING_OWNED, __func__, &error);
    if (handle == NULL)
        return error;
    error = end(handle, GUNYAH_RM_VM_IRQ_RECLAIM, __func__);
    if (error != GUNYAH_OK)
        return error;
    gunyah_internal_rm_close_handle(handle);
    *pointer = NULL;
    return GUNYAH_OK;
}

// ---- the borrower ------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_irq_accept(struct gunyah_irq *irq, gunyah_virq_t wanted, gunyah_virq_t *virq)
{
    uint8_t request[GUNYAH_RM_VM_IRQ_ACCEPT_SIZE];
    uint8_t bytes[GUNYAH_RM_VM_IRQ_ACCEPT_REPLY_SIZE];
    struct rm_vm_irq_accept_reply reply = {{0}};
    enum gunyah_error error;
    struct handle *handle = irq_on(irq, LENDING_OFFERED, __func__, &error);

    if (handle == NULL)
        return error;
    const struct rm_vm_irq_accept message = {handle->number,
                                             wanted.value != 0 ? wanted : gunyah_virq(GUNYAH_RM_VIRQ_ANY)};
    error = gunyah_internal_rm_ask_bytes(handle->rm, __func__, GUNYAH_RM_VM_IRQ_ACCEPT, request,
                                         rm_put_vm_irq_accept(request, &message), bytes, sizeof(bytes));
    // A reply that is too short says that it was accepted all the same.
    if (error == GUNYAH_OK || error == GUNYAH_ERR_PROTOCOL)
        handle->side = LENDING_ACCEPTED;
    if (error != GUNYAH_OK)
        return error;
    rm_get_vm_irq_accept_reply(bytes, sizeof(bytes), &reply);
    if (virq != NULL)
        *virq = reply.virq;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_irq_release(struct gunyah_irq *irq)
{
    enum gunyah_error error;
    struct handle *handle = irq_on(irq, LENDING_ACCEPTED, __func__, &error);

    if (handle == NULL)
        return error;
    error = end(handle, GUNYAH_RM_VM_IRQ_RELEASE, __func__);
    // It is not accepted: generations say so in different words.
    if (error == GUNYAH_OK || error == GUNYAH_ERR_RM_IN_USE || error == GUNYAH_ERR_RM_IRQ_RELEASED)
        handle->side = LENDING_OFFERED;
    return error;
}

// ---- telling -----------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_irq_notify(struct gunyah_irq *irq)
{
    static const uint8_t flags[] = {
        [LENDING_OWNED] = GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_LENT,
        [LENDING_OFFERED] = GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_RELEASED,
        [LENDING_ACCEPTED] = GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_ACCEPTED,
    };
    uint8_t request[GUNYAH_RM_VM_IRQ_NOTIFY_SIZE];
    enum gunyah_error error;
    const struct handle *handle = irq_of(irq, __func__, &error);

    if (handle == NULL)
        return error;
    const struct rm_vm_irq_notify message = {handle->number, flags[handle->side]};
    return gunyah_internal_rm_ask_bytes(handle->rm, __func__, GUNYAH_RM_VM_IRQ_NOTIFY, request,
                                        rm_put_vm_irq_notify(request, &message), NULL, 0);
}
