// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a guest says of itself: how far it is, why it ends, and its console.
 *
 * "The request errors" are those of vm.h.
 */
#ifndef GUNYAH_GUEST_H
#define GUNYAH_GUEST_H

#include "rm.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tell the peers how far this VM is. They see a status event.
 *
 * @param os           GUNYAH_OS_STATUS_NONE leaves it as it is.
 * @param application  Any number.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: a VM with a dynamic VMID may not);
 *         GUNYAH_ERR_ARGUMENT_INVALID (os).
 *
 * Message VM_SET_STATUS.
 */
enum gunyah_error gunyah_guest_set_status(struct gunyah_rm *rm, enum gunyah_os_status os, uint16_t application);

/**
 * Leave last words for the owner, gunyah_vm_crash_message().
 *
 * @param message  At most GUNYAH_RM_MAX_CRASH_MSG bytes count; the rest is cut off.
 * @return GUNYAH_OK;
 *         the request errors.
 *
 * Message VM_SET_CRASH_MSG.
 */
enum gunyah_error gunyah_guest_set_crash_message(struct gunyah_rm *rm, const char *message);

/**
 * End this VM.
 *
 * @param code     Why. GUNYAH_VM_EXIT_CODE_UNKNOWN is refused.
 * @param restart  The owner is asked to start it again.
 * @return does not, on success;
 *         the request errors;
 *         GUNYAH_ERR_ARGUMENT_INVALID (code; or the VM may not end by itself).
 *
 * In the simulator, where the program outlives its VM, success is GUNYAH_OK: the session has no VM any more, and can only be
 * closed. Message VM_EXIT.
 */
enum gunyah_error gunyah_guest_exit(struct gunyah_rm *rm, enum gunyah_vm_exit_code code, bool restart);

/**
 * Open a console: this VM's own, or that of a VM which this one owns. What the other side writes comes as events
 * (GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS). Opening an open one is no error.
 *
 * @param vmid  0: this VM's own.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: not the owner);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the VM has no console).
 *
 * Message VM_CONSOLE_OPEN.
 */
enum gunyah_error gunyah_console_open(struct gunyah_rm *rm, gunyah_vmid_t vmid);

/** Close a console. As gunyah_console_open(). Message VM_CONSOLE_CLOSE. */
enum gunyah_error gunyah_console_close(struct gunyah_rm *rm, gunyah_vmid_t vmid);

/**
 * Write to a console, in as many messages as it takes.
 *
 * @param data  Any bytes.
 * @param size  Bytes; 0 does nothing.
 * @return as gunyah_console_open();
 *         GUNYAH_ERR_DENIED (also: not opened by this side).
 *
 * If the other side has not opened it, the bytes are dropped in silence. On a failure, some may have been written.
 * Message VM_CONSOLE_WRITE.
 */
enum gunyah_error gunyah_console_write(struct gunyah_rm *rm, gunyah_vmid_t vmid, const void *data, size_t size);

/** Flush a console. As gunyah_console_open(). Message VM_CONSOLE_FLUSH, without an effect in any known generation. */
enum gunyah_error gunyah_console_flush(struct gunyah_rm *rm, gunyah_vmid_t vmid);

#ifdef __cplusplus
}
#endif

#endif
