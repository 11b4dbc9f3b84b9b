// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Interrupt lending: a VM gives a hardware interrupt of its own to another VM for a while.
 *
 *     lender       gunyah_irq_lend -> notify ... -> reclaim
 *     borrower     OFFERED: gunyah_irq_open -> accept -> ACCEPTED: release -> OFFERED
 *
 * A handle knows which side it is on; a call that cannot be right is refused here (GUNYAH_ERR_OBJECT_STATE). "The
 * request errors" are those of vm.h.
 */
#ifndef GUNYAH_IRQ_H
#define GUNYAH_IRQ_H

#include "rm.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_irq;

/**
 * Lend an interrupt. It does not reach the lender any more, from now on.
 *
 * @param borrower  Who may accept it. The Resource Manager does not look whether there is such a VM.
 * @param virq      Interrupt of the lender that a hardware interrupt is bound to.
 * @param label     A number of the two sides' own.
 * @param irq       Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_ARGUMENT_INVALID (borrower is 0);
 *         GUNYAH_ERR_RM_IRQ_INVALID (not a hardware interrupt of the lender's);
 *         GUNYAH_ERR_RM_IRQ_INUSE (lent already);
 *         GUNYAH_ERR_NO_MEMORY;
 *         GUNYAH_ERR_OUT_OF_MEMORY (no handle: nothing was lent).
 *
 * After GUNYAH_ERR_TIMEOUT or GUNYAH_ERR_PROTOCOL it may be lent all the same, which lending it again tells by
 * GUNYAH_ERR_RM_IRQ_INUSE; no message tells its handle. Message VM_IRQ_LEND.
 */
enum gunyah_error gunyah_irq_lend(struct gunyah_rm *rm, gunyah_vmid_t borrower, gunyah_virq_t virq, uint32_t label,
                                  struct gunyah_irq **irq);

/**
 * Open an interrupt that another VM lends this one.
 *
 * @param handle  From the event GUNYAH_RM_NOTIFY_VM_IRQ_LENT.
 * @param irq     Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Makes no request.
 */
enum gunyah_error gunyah_irq_open(struct gunyah_rm *rm, uint32_t handle, struct gunyah_irq **irq);

/**
 * Close a handle, set the caller's pointer to null, and leave the interrupt as it is. GUNYAH_OK; GUNYAH_ERR_NULL;
 * GUNYAH_ERR_HANDLE (closed already). Makes no request.
 */
enum gunyah_error gunyah_irq_close(struct gunyah_irq **irq);

/** Returns the number that both VMs know the interrupt by; UINT32_MAX for a null or stale handle. */
uint32_t gunyah_irq_handle(const struct gunyah_irq *irq);

/**
 * Accept an interrupt.
 *
 * @param wanted  The number it gets in this VM; 0: that of the hardware, which is all that the 2023 generation can do.
 * @param virq    Where the number it got is stored; may be null.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (this side lends it, or has accepted it);
 *         GUNYAH_ERR_RM_HANDLE_INVALID (not lent to this VM);
 *         GUNYAH_ERR_RM_IN_USE, GUNYAH_ERR_RM_IRQ_INUSE (accepted already);
 *         GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_ERR_NO_MEMORY (it cannot be mapped there).
 *
 * Message VM_IRQ_ACCEPT.
 */
enum gunyah_error gunyah_irq_accept(struct gunyah_irq *irq, gunyah_virq_t wanted, gunyah_virq_t *virq);

/**
 * Give an accepted interrupt back; it can be accepted again.
 *
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not accepted by this side);
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_IN_USE, GUNYAH_ERR_RM_IRQ_RELEASED (it is not accepted, whatever this side believes).
 *
 * Message VM_IRQ_RELEASE.
 */
enum gunyah_error gunyah_irq_release(struct gunyah_irq *irq);

/**
 * Take an interrupt back that is not accepted, close the handle, and set the caller's pointer to null.
 *
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not lent by this side);
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_IN_USE, GUNYAH_ERR_RM_IRQ_INUSE (the borrower has it: *irq stays);
 *         GUNYAH_ERR_RM_IRQ_INVALID.
 *
 * Message VM_IRQ_RECLAIM.
 */
enum gunyah_error gunyah_irq_reclaim(struct gunyah_irq **irq);

/**
 * Tell the other side how things are: the lender that it is lent, the borrower that it has accepted or released it.
 * They see an event (rm.h).
 *
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_RM_HANDLE_INVALID;
 *         GUNYAH_ERR_RM_IRQ_INUSE, GUNYAH_ERR_RM_IRQ_RELEASED (not so).
 *
 * Message VM_IRQ_NOTIFY.
 */
enum gunyah_error gunyah_irq_notify(struct gunyah_irq *irq);

#ifdef __cplusplus
}
#endif

#endif
