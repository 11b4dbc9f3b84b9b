// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Who is who: this VM, its owner, its peers, and VMs by their names.
 *
 * "The request errors" are those of vm.h. The Resource Manager tells a VM of itself, of the VMs that it owns, of its
 * owner and of its peers; of others it says nothing.
 */
#ifndef GUNYAH_IDENTITY_H
#define GUNYAH_IDENTITY_H

#include "rm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a name, an URI or a kind of signature, with the 0 at its end. */
#define GUNYAH_VM_TEXT_SIZE (GUNYAH_RM_MAX_NAME + 1)

/** Bytes of a crash message, with the 0 at its end. */
#define GUNYAH_VM_CRASH_MESSAGE_SIZE (GUNYAH_RM_MAX_CRASH_MSG + 1)

/** What is known of a VM. Texts are empty where there is none. */
struct gunyah_vm_identity {
    bool has_guid;
    uint8_t guid[GUNYAH_RM_GUID_SIZE];
    char name[GUNYAH_VM_TEXT_SIZE];
    char uri[GUNYAH_VM_TEXT_SIZE];
    char authentication[GUNYAH_VM_TEXT_SIZE]; /**< How its image was signed. */
};

/** Tell the VMID of this VM. GUNYAH_OK; the request errors. Message VM_GET_VMID. */
enum gunyah_error gunyah_vm_self(struct gunyah_rm *rm, gunyah_vmid_t *vmid);

/** Tell the VMID of the owner of this VM. GUNYAH_OK; the request errors. Message VM_GET_OWNER. */
enum gunyah_error gunyah_vm_owner(struct gunyah_rm *rm, gunyah_vmid_t *vmid);

/**
 * Tell the peers of this VM.
 *
 * @param vms       Filled in, as many as there is room for; may be null if capacity is 0.
 * @param capacity  How many there is room for.
 * @param count     How many there are.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (count is more than capacity; those that fit are there).
 *
 * Message VM_GET_PEERS.
 */
enum gunyah_error gunyah_vm_peers(struct gunyah_rm *rm, struct gunyah_rm_vm_entry *vms, size_t capacity, size_t *count);

/**
 * Tell who a VM is.
 *
 * @param vmid  0: this VM.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_NO_RESOURCES (no such VM, or not for the caller to know);
 *         GUNYAH_ERR_RM_VM_STATE (not READY, RUNNING or PAUSED).
 *
 * Message VM_GET_ID.
 */
enum gunyah_error gunyah_vm_identify(struct gunyah_rm *rm, gunyah_vmid_t vmid, struct gunyah_vm_identity *identity);

/**
 * Find VMs by name.
 *
 * @param name  1 to 79 bytes.
 * @return as gunyah_vm_peers();
 *         GUNYAH_ERR_ARGUMENT_SIZE (of the name).
 *
 * VMs that the caller may not know of are left out. Message VM_LOOKUP_NAME.
 */
enum gunyah_error gunyah_vm_lookup_name(struct gunyah_rm *rm, const char *name, struct gunyah_rm_vm_entry *vms,
                                        size_t capacity, size_t *count);

/** Find VMs by URI. As gunyah_vm_lookup_name(). Message VM_LOOKUP_URI. */
enum gunyah_error gunyah_vm_lookup_uri(struct gunyah_rm *rm, const char *uri, struct gunyah_rm_vm_entry *vms,
                                       size_t capacity, size_t *count);

/** Find VMs by GUID. As gunyah_vm_peers(). Message VM_LOOKUP_GUID. */
enum gunyah_error gunyah_vm_lookup_guid(struct gunyah_rm *rm, const uint8_t guid[GUNYAH_RM_GUID_SIZE],
                                        struct gunyah_rm_vm_entry *vms, size_t capacity, size_t *count);

/** Tell what the host is: GUNYAH_RM_HOST_TYPE. GUNYAH_OK; the request errors. Message VM_HOST_GET_TYPE. */
enum gunyah_error gunyah_vm_host_type(struct gunyah_rm *rm, uint32_t *type);

/**
 * Tell the last words of a VM.
 *
 * @param vmid     A VM that the caller owns.
 * @param message  Filled in, at most GUNYAH_VM_CRASH_MESSAGE_SIZE bytes with the 0 at the end; empty if it said none.
 * @return GUNYAH_OK;
 *         the request errors.
 *
 * Message VM_GET_CRASH_MSG.
 */
enum gunyah_error gunyah_vm_crash_message(struct gunyah_rm *rm, gunyah_vmid_t vmid,
                                          char message[GUNYAH_VM_CRASH_MESSAGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
