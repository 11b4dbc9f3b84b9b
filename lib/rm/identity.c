// SPDX-License-Identifier: BSD-3-Clause
// Questions about VMs.
#include "client.h"

#include <gunyah/identity.h>

#include <string.h>

// ---- one VM ------------------------------------------------------------------------------------------------------

// A question without arguments, whose answer is one word.
static enum gunyah_error ask_for_word(const struct gunyah_rm *connection, const char *function, uint32_t id,
                                      const void *out, uint32_t *word)
{
    uint8_t reply[GUNYAH_RM_LIST32_SIZE];
    struct rm_list32 message = {0};
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, function, &error);

    if (rm == NULL)
        return error;
    if (out == NULL)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_NULL);
    error = gunyah_internal_rm_ask_bytes(rm, function, id, NULL, 0, reply, sizeof(reply));
    if (error == GUNYAH_OK)
        rm_get_list32(reply, sizeof(reply), &message);
    *word = message.count;
    return error;
}

static enum gunyah_error ask_for_vmid(const struct gunyah_rm *connection, const char *function, uint32_t id,
                                      gunyah_vmid_t *vmid)
{
    uint32_t word = 0;
    const enum gunyah_error error = ask_for_word(connection, function, id, vmid, &word);

    if (error == GUNYAH_OK)
        *vmid = gunyah_vmid((uint16_t)word);
    return error;
}

enum gunyah_error gunyah_vm_self(struct gunyah_rm *rm, gunyah_vmid_t *vmid)
{
    return ask_for_vmid(rm, __func__, GUNYAH_RM_VM_GET_VMID, vmid);
}

enum gunyah_error gunyah_vm_owner(struct gunyah_rm *rm, gunyah_vmid_t *vmid)
{
    return ask_for_vmid(rm, __func__, GUNYAH_RM_VM_GET_OWNER, vmid);
}

enum gunyah_error gunyah_vm_host_type(struct gunyah_rm *rm, uint32_t *type)
{
    uint32_t word = 0;
    const enum gunyah_error error = ask_for_word(rm, __func__, GUNYAH_RM_VM_HOST_GET_TYPE, type, &word);

    if (error == GUNYAH_OK)
        *type = word;
    return error;
}

// ---- lists of VMs ------------------------------------------------------------------------------------------------

// Entries are received where the caller wants them.
static enum gunyah_error ask_for_vms(struct rm *rm, const struct rm_exchange *question, struct gunyah_rm_vm_entry *vms,
                                     size_t capacity, size_t *count)
{
    uint8_t head[GUNYAH_RM_LIST32_SIZE];
    const size_t room = capacity < GUNYAH_RM_MAX_PAYLOAD ? capacity : GUNYAH_RM_MAX_PAYLOAD;
    const struct rm_piece reply[2] = {
        {.to = head, .size = sizeof(head)},
        {.to = vms, .size = room * GUNYAH_RM_VM_SIZE},
    };
    struct rm_exchange exchange = *question;
    struct rm_list32 list = {0};
    size_t size;

    if (count == NULL || (vms == NULL && capacity != 0))
        return gunyah_internal_refuse(rm->g, exchange.function, GUNYAH_ERR_NULL);
    exchange.reply = reply;
    exchange.reply_count = 2;
    const enum gunyah_error error = gunyah_internal_rm_ask(rm, &exchange, sizeof(head), &size);
    if (error != GUNYAH_OK)
        return error;
    rm_get_list32(head, sizeof(head), &list);
    if (list.count > (size - sizeof(head)) / GUNYAH_RM_VM_SIZE)
        return gunyah_internal_refuse(rm->g, exchange.function, GUNYAH_ERR_PROTOCOL);
    *count = list.count;
    return list.count > capacity ? gunyah_internal_refuse(rm->g, exchange.function, GUNYAH_ERR_BUFFER_TOO_SMALL)
                                 : GUNYAH_OK;
}

enum gunyah_error gunyah_vm_peers(struct gunyah_rm *connection, struct gunyah_rm_vm_entry *vms, size_t capacity,
                                  size_t *count)
{
    const struct rm_exchange exchange = {.function = __func__, .id = GUNYAH_RM_VM_GET_PEERS};
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    return rm != NULL ? ask_for_vms(rm, &exchange, vms, capacity, count) : error;
}

static enum gunyah_error look_up(const struct gunyah_rm *connection, const char *function, uint32_t id,
                                 const char *text, struct gunyah_rm_vm_entry *vms, size_t capacity, size_t *count)
{
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, function, &error);

    if (rm == NULL)
        return error;
    if (text == NULL)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_NULL);
    const size_t length = strlen(text);
    if (length == 0 || length > GUNYAH_RM_MAX_NAME)
        return gunyah_internal_refuse(rm->g, function, GUNYAH_ERR_ARGUMENT_SIZE);
    struct rm_text_request request;
    gunyah_internal_rm_put_text(&request, text, length);
    const struct rm_exchange exchange = {
        .function = function, .id = id, .request = request.pieces, .request_count = RM_TEXT_PIECES};
    return ask_for_vms(rm, &exchange, vms, capacity, count);
}

enum gunyah_error gunyah_vm_lookup_name(struct gunyah_rm *rm, const char *name, struct gunyah_rm_vm_entry *vms,
                                        size_t capacity, size_t *count)
{
    return look_up(rm, __func__, GUNYAH_RM_VM_LOOKUP_NAME, name, vms, capacity, count);
}

enum gunyah_error gunyah_vm_lookup_uri(struct gunyah_rm *rm, const char *uri, struct gunyah_rm_vm_entry *vms,
                                       size_t capacity, size_t *count)
{
    return look_up(rm, __func__, GUNYAH_RM_VM_LOOKUP_URI, uri, vms, capacity, count);
}

enum gunyah_error gunyah_vm_lookup_guid(struct gunyah_rm *connection, const uint8_t guid[GUNYAH_RM_GUID_SIZE],
                                        struct gunyah_rm_vm_entry *vms, size_t capacity, size_t *count)
{
    const struct rm_piece request = {.from = guid, .size = GUNYAH_RM_GUID_SIZE};
    const struct rm_exchange exchange = {
        .function = __func__, .id = GUNYAH_RM_VM_LOOKUP_GUID, .request = &request, .request_count = 1};
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if (guid == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    return ask_for_vms(rm, &exchange, vms, capacity, count);
}

// ---- texts -------------------------------------------------------------------------------------------------------

// What does not fit is cut off; what is left has its 0 already.
static void copy_text(char *to, const uint8_t *bytes, size_t size)
{
    memcpy(to, bytes, size < GUNYAH_RM_MAX_NAME ? size : GUNYAH_RM_MAX_NAME);
}

static void read_entry(uint8_t type, const uint8_t *bytes, size_t size, struct gunyah_vm_identity *identity)
{
    switch (type) {
    case GUNYAH_VM_ID_TYPE_GUID:
        identity->has_guid = size == GUNYAH_RM_GUID_SIZE;
        if (identity->has_guid)
            memcpy(identity->guid, bytes, GUNYAH_RM_GUID_SIZE);
        break;
    case GUNYAH_VM_ID_TYPE_URI:
        copy_text(identity->uri, bytes, size);
        break;
    case GUNYAH_VM_ID_TYPE_NAME:
        copy_text(identity->name, bytes, size);
        break;
    case GUNYAH_VM_ID_TYPE_SIGN_AUTH:
        copy_text(identity->authentication, bytes, size);
        break;
    default:
        break;
    }
}

// False: it ends too early.
static bool read_identity(const uint8_t *bytes, size_t size, struct gunyah_vm_identity *identity)
{
    struct rm_list32 list = {0};
    struct rm_vm_id_entry entry;

    rm_get_list32(bytes, size, &list);
    size_t offset = GUNYAH_RM_LIST32_SIZE;
    for (uint32_t i = 0; i < list.count; i++) {
        if (!rm_get_vm_id_entry(bytes + offset, size - offset, &entry))
            return false;
        offset += GUNYAH_RM_VM_ID_ENTRY_SIZE;
        const size_t padded = (entry.size + (size_t)3) & ~(size_t)3;
        if (padded > size - offset)
            return false;
        read_entry(entry.type, bytes + offset, entry.size, identity);
        offset += padded;
    }
    return true;
}

enum gunyah_error gunyah_vm_identify(struct gunyah_rm *connection, gunyah_vmid_t vmid,
                                     struct gunyah_vm_identity *identity)
{
    const struct rm_vm message = {vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    enum gunyah_error error;
    size_t size;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if (identity == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    const struct rm_piece from = {.from = request, .size = rm_put_vm(request, &message)};
    const struct rm_piece to = {.to = rm->identity, .size = sizeof(rm->identity)};
    const struct rm_exchange exchange = {__func__, GUNYAH_RM_VM_GET_ID, &from, 1, &to, 1};
    error = gunyah_internal_rm_ask(rm, &exchange, GUNYAH_RM_LIST32_SIZE, &size);
    if (error != GUNYAH_OK)
        return error;
    memset(identity, 0, sizeof(*identity));
    // What a later generation adds behind the entries that are known does not matter.
    const bool is_longer = size > sizeof(rm->identity);
    if (!read_identity(rm->identity, is_longer ? sizeof(rm->identity) : size, identity) && !is_longer)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_PROTOCOL);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_vm_crash_message(struct gunyah_rm *connection, gunyah_vmid_t vmid,
                                          char message[GUNYAH_VM_CRASH_MESSAGE_SIZE])
{
    const struct rm_vm question = {vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    uint8_t head[GUNYAH_RM_STRING_SIZE];
    struct rm_string text = {0};
    enum gunyah_error error;
    size_t size;
    struct rm *rm = gunyah_internal_rm(connection, __func__, &error);

    if (rm == NULL)
        return error;
    if (message == NULL)
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_NULL);
    const struct rm_piece from = {.from = request, .size = rm_put_vm(request, &question)};
    const struct rm_piece to[2] = {
        {.to = head, .size = sizeof(head)},
        {.to = message, .size = GUNYAH_RM_MAX_CRASH_MSG},
    };
    const struct rm_exchange exchange = {__func__, GUNYAH_RM_VM_GET_CRASH_MSG, &from, 1, to, 2};
    error = gunyah_internal_rm_ask(rm, &exchange, sizeof(head), &size);
    if (error != GUNYAH_OK)
        return error;
    rm_get_string(head, sizeof(head), &text);
    if (text.size > size - sizeof(head))
        return gunyah_internal_refuse(rm->g, __func__, GUNYAH_ERR_PROTOCOL);
    message[text.size < GUNYAH_RM_MAX_CRASH_MSG ? text.size : GUNYAH_RM_MAX_CRASH_MSG] = '\0';
    return GUNYAH_OK;
}
