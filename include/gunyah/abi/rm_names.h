// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Names of the Resource Manager's messages, of their fields and of its errors, for traces and decoders.
 *
 * Everything here is constant, needs no session, and may be used from any thread.
 */
#ifndef GUNYAH_ABI_RM_NAMES_H
#define GUNYAH_ABI_RM_NAMES_H

#include "rm_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One field; the type is a name of the ABI table, such as "vmid" or "vm_state". Reserved fields are left out. */
struct gunyah_rm_field_info {
    const char *name;
    const char *type;
    uint8_t offset; /**< in bytes from the beginning of its layout */
    uint8_t size;   /**< in bytes */
};

struct gunyah_rm_layout_info;

/** What follows the fields of a layout, behind everything that the lists before it take: entries, or bytes. */
struct gunyah_rm_list_info {
    const char *name;
    const struct gunyah_rm_layout_info *header;     /**< begins the list and counts; NULL: the fields before count */
    const struct gunyah_rm_layout_info *entries[2]; /**< what an entry may be; NULL: bytes, or no other choice */
    const char *count;                              /**< name of the field that counts; NULL: always the same size */
    uint16_t size;                                  /**< of bytes that nothing counts, otherwise 0 */
    uint16_t max;                                   /**< entries or bytes; 0: as many as fit into a message */
    bool optional;                                  /**< may be missing, its header too */
    bool padded;                                    /**< bytes are filled up with zeros to a multiple of 4 */
    bool variable; /**< bytes follow each entry, which says how many; filled up to a multiple of 4 */
};

/** Fields in a row, then lists. All of it is packed and little-endian. */
struct gunyah_rm_layout_info {
    const char *name;
    const struct gunyah_rm_field_info *fields;
    const struct gunyah_rm_list_info *lists;
    uint8_t field_count;
    uint8_t list_count;
    uint16_t size;     /**< bytes of the fields, reserved ones included */
    uint16_t min_size; /**< the same with the headers of all lists that are not optional */
};

/** What the ABI table says about a message. */
struct gunyah_rm_message_shape {
    const char *name;
    uint32_t id;
    enum gunyah_rm_generation since; /**< UNKNOWN: no open Resource Manager answers it */
    bool notification;
    /** Of the request or of the notification: any of these; NULL: nothing, or not known. */
    const struct gunyah_rm_layout_info *data[2];
    /** Of the reply, behind the error word. */
    const struct gunyah_rm_layout_info *reply[2];
    /** Errors of the reply, GUNYAH_RMERR_*, each once; OK ends them. NULL: none. Any reply may besides be UNIMPLEMENTED,
     * MSG_INVALID, NOMEM and, where a list is too long, NORESOURCE. */
    const uint32_t *errors;
};

/** Returns the description of a message, or NULL when no message has this id. It lives for ever. */
const struct gunyah_rm_message_shape *gunyah_rm_message_info(uint32_t id);

/** Returns the name of a message, such as "VM_START", or "unknown". It lives for ever. */
const char *gunyah_rm_message_name(uint32_t id);

/** Returns the name of an error of the Resource Manager, such as "VMID_INVALID", or NULL. It lives for ever. */
const char *gunyah_rm_error_name(uint32_t error);

#ifdef __cplusplus
}
#endif

#endif
