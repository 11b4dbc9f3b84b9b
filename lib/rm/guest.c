// SPDX-License-Identifier: BSD-3-Clause
// What a guest says of itself, and its console.
#include "client.h"

#include <gunyah/guest.h>

#include <string.h>

// ---- the guest ---------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_guest_set_status(struct gunyah_rm *connection, enum gunyah_os_status os, uint16_t application)
{
    const struct rm_vm_set_status message = {(uint8_t)os, application};
    uint8_t request[GUNYAH_RM_VM_SET_STATUS_SIZE];
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if ((unsigned)os > GUNYAH_OS_STATUS_CRASHED)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    return gunyah_internal_rm_ask_bytes(rm, __func__, GUNYAH_RM_VM_SET_STATUS, request,
                                        rm_put_vm_set_status(request, &message), NULL, 0);
}

enum gunyah_error gunyah_guest_set_crash_message(struct gunyah_rm *connection, const char *message)
{
    struct rm_text_request request;
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if (message == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    const size_t length = strlen(message);
    gunyah_internal_rm_put_text(&request, message, length < GUNYAH_RM_MAX_CRASH_MSG ? length : GUNYAH_RM_MAX_CRASH_MSG);
    return gunyah_internal_rm_ask_pieces(rm, __func__, GUNYAH_RM_VM_SET_CRASH_MSG, request.pieces, RM_TEXT_PIECES, NULL,
                                         0);
}

enum gunyah_error gunyah_guest_exit(struct gunyah_rm *connection, enum gunyah_vm_exit_code code, bool restart)
{
    const struct rm_vm_exit message = {restart ? GUNYAH_RM_VM_EXIT_FLAG_RESTART : 0, (uint8_t)code};
    uint8_t request[GUNYAH_RM_VM_EXIT_SIZE];
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if ((unsigned)code > GUNYAH_VM_EXIT_CODE_DEVICE_ERROR || code == GUNYAH_VM_EXIT_CODE_UNKNOWN)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_ARGUMENT_INVALID);
    const struct rm_piece from = {.from = request, .size = rm_put_vm_exit(request, &message)};
    const struct rm_exchange exchange = {__func__, GUNYAH_RM_VM_EXIT, &from, 1, NULL, 0};
    error = gunyah_internal_rm_begin(rm, &exchange);
    if (error != GUNYAH_OK)
        return error;
    // Only a refusal is answered. A caller that outlives its VM, as in a simulator, has a session without one.
    error = gunyah_internal_rm_finish(rm, NULL, GUNYAH_RM_DEFAULT_TIMEOUT, __func__);
    gunyah_internal_rm_forget(rm);
    return error == GUNYAH_ERR_OBJECT_STATE ? GUNYAH_OK : error;
}

// ---- consoles ----------------------------------------------------------------------------------------------------

static enum gunyah_error ask_console(const struct gunyah_rm *connection, const char *function, uint32_t id,
                                     gunyah_vmid_t vmid)
{
    const struct rm_vm message = {vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, function, &error);

    if (rm == NULL)
        return error;
    return gunyah_internal_rm_ask_bytes(rm, function, id, request, rm_put_vm(request, &message), NULL, 0);
}

enum gunyah_error gunyah_console_open(struct gunyah_rm *rm, gunyah_vmid_t vmid)
{
    return ask_console(rm, __func__, GUNYAH_RM_VM_CONSOLE_OPEN, vmid);
}

enum gunyah_error gunyah_console_close(struct gunyah_rm *rm, gunyah_vmid_t vmid)
{
    return ask_console(rm, __func__, GUNYAH_RM_VM_CONSOLE_CLOSE, vmid);
}

enum gunyah_error gunyah_console_flush(struct gunyah_rm *rm, gunyah_vmid_t vmid)
{
    return ask_console(rm, __func__, GUNYAH_RM_VM_CONSOLE_FLUSH, vmid);
}

static enum gunyah_error write_part(struct rm *rm, const char *function, gunyah_vmid_t vmid, const uint8_t *bytes,
                                    size_t size)
{
    const struct rm_vm_console_write message = {vmid, (uint16_t)size};
    uint8_t head[GUNYAH_RM_VM_CONSOLE_WRITE_SIZE];
    const struct rm_piece pieces[2] = {
        {.from = head, .size = rm_put_vm_console_write(head, &message)},
        {.from = bytes, .size = size},
    };

    return gunyah_internal_rm_ask_pieces(rm, function, GUNYAH_RM_VM_CONSOLE_WRITE, pieces, 2, NULL, 0);
}

enum gunyah_error gunyah_console_write(struct gunyah_rm *connection, gunyah_vmid_t vmid, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if (data == NULL && size != 0)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    // A packet of each, so that the other side gets what it prints in the packets that its queue has room for.
    const size_t most = rm->packet_size - GUNYAH_RM_HEADER_SIZE - GUNYAH_RM_VM_CONSOLE_WRITE_SIZE;
    while (error == GUNYAH_OK && size > 0) {
        const size_t part = size < most ? size : most;
        error = write_part(rm, __func__, vmid, bytes, part);
        bytes += part;
        size -= part;
    }
    return error;
}
