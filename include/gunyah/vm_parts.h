// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What a VM is made of where a driver makes it: memory of the process, or firmware of the platform; interrupts, and writes that
 * are heard of.
 *
 * Providers that have no such driver (the Resource Manager's client) answer GUNYAH_ERR_UNSUPPORTED: there, memory is given
 * as parcels (memory.h), and doorbells are opened by gunyah_vm_open_doorbell().
 *
 * vm.h says what "the request errors" are, and what holds for all functions of a VM.
 */
#ifndef GUNYAH_VM_PARTS_H
#define GUNYAH_VM_PARTS_H

#include "vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Give a VM a piece of memory. It has it from gunyah_vm_start() on, until it is destroyed or reset.
 *
 * The image and the device tree go into one piece, which gunyah_vm_configure() is told by its number. On production devices
 * that piece has to be lent, which the default kind does where it can be done. Memory that the caller brings must stay
 * mapped until the VM is gone; what the provider makes is unmapped with the VM.
 *
 * An area of the kernel is held by one VM at a time, until that is destroyed: what the platform authenticates, it may want to
 * be of one. Of any other VM, only the pages of the device tree may come from it: drivers give no other page of an area.
 *
 * @param memory  What is given. If memory->memory is null, where it is made is stored there.
 * @param number  Where the number is stored that struct gunyah_vm_image knows it by; may be null.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_UNSUPPORTED (the provider has nothing like it; or not this kind, not for memory of the caller, or no
 *                                 areas);
 *         GUNYAH_ERR_OBJECT_STATE (not LOAD);
 *         GUNYAH_ERR_ARGUMENT_INVALID (kind, or access; memory and area, or area is another kind of node);
 *         GUNYAH_ERR_NOT_FOUND (there is no such area);
 *         GUNYAH_ERR_ARGUMENT_SIZE (length is 0, or more than the area has);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (address, length or memory);
 *         GUNYAH_ERR_ADDR_OVERFLOW (address plus length wraps around);
 *         GUNYAH_ERR_ADDR_INVALID (the process has no such memory, or must not write it);
 *         GUNYAH_ERR_IN_USE (the VM has another piece there, or with this label; or somebody has the area);
 *         GUNYAH_ERR_NO_MEMORY (of the kernel or of the area, or more than the process may lock);
 *         GUNYAH_ERR_NO_RESOURCES (no file descriptor is left);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * May block for seconds: the driver locks the pages.
 */
enum gunyah_error gunyah_vm_add_memory(struct gunyah_vm *vm, struct gunyah_vm_memory *memory, uint32_t *number);

/**
 * Take pages from a VM that runs: those that the guest has said it does without, a balloon's. What they are good for is the
 * caller's again: unmapping them, giving them back to the kernel with madvise(2), or using them for something else.
 *
 * They still belong to the piece that was given. If the VM touches one of them, it has it again, with what is there then;
 * and if the process has nothing there any more, its vCPU comes back with GUNYAH_VCPU_EXIT_PAGE_FAULT, is_mapped true.
 *
 * @param range  In the VM, aligned to pages, within one piece.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_BUSY: also, a page is under way to the VM; the others were taken);
 *         GUNYAH_ERR_UNSUPPORTED (the provider or its driver has nothing like it, or not for memory of an area);
 *         GUNYAH_ERR_OBJECT_STATE (not RUNNING);
 *         GUNYAH_ERR_ARGUMENT_SIZE (0);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT;
 *         GUNYAH_ERR_ADDR_OVERFLOW;
 *         GUNYAH_ERR_ADDR_INVALID (not within a piece of the VM's memory).
 *
 * vCPUs may run meanwhile.
 */
enum gunyah_error gunyah_vm_reclaim_memory(struct gunyah_vm *vm, struct gunyah_memory_region range);

/** Characters of the longest name of firmware. */
#define GUNYAH_VM_FIRMWARE_NAME_MAX 15

/**
 * Make a VM of firmware that the platform has signed, in place of memory and gunyah_vm_configure(): it is loaded, authenticated
 * and given its memory.
 *
 * @param name  As the device's vendor calls it, 1 to GUNYAH_VM_FIRMWARE_NAME_MAX characters: "trustedvm".
 * @return GUNYAH_OK (the VM is in INIT);
 *         the request errors;
 *         GUNYAH_ERR_UNSUPPORTED (the provider or its driver has nothing like it);
 *         GUNYAH_ERR_OBJECT_STATE (not LOAD or RESET);
 *         GUNYAH_ERR_ARGUMENT_SIZE (of name);
 *         GUNYAH_ERR_NOT_FOUND (the device has no such firmware);
 *         GUNYAH_ERR_NO_RESOURCES (another VM is made of it, or there is no memory set aside for it);
 *         GUNYAH_ERR_DENIED (it is not authentic).
 *
 * The VM has as many vCPUs as gunyah_vm_resources() tells. Blocks for as long as loading takes, seconds.
 */
enum gunyah_error gunyah_vm_load_firmware(struct gunyah_vm *vm, const char *name);

/**
 * Open a doorbell of the VM that the caller rings: an interrupt of the VM.
 *
 * @param label     Of a node "doorbell" in the VM's device tree.
 * @param level     The interrupt is a level that the VM's taking it ends; else an edge.
 * @param doorbell  Where the handle is stored, ready for gunyah_doorbell_send() with the flag 1; null on failure.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_UNSUPPORTED (the provider has nothing like it);
 *         GUNYAH_ERR_OBJECT_STATE (not INIT or READY: after gunyah_vm_configure(), before gunyah_vm_start());
 *         GUNYAH_ERR_NOT_FOUND (the device tree has no such node);
 *         GUNYAH_ERR_IN_USE (it is open);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NO_RESOURCES.
 *
 * The handle may be closed at any time; the interrupt stays until the VM is gone, and gunyah_vm_open_doorbell() opens it
 * again.
 */
enum gunyah_error gunyah_vm_add_irq(struct gunyah_vm *vm, uint32_t label, bool level,
                                    struct gunyah_doorbell **doorbell);

/**
 * Open a doorbell that the VM rings by writing to an address, without an exit.
 *
 * @param notify    Which writes.
 * @param doorbell  Where the handle is stored, ready for gunyah_doorbell_wait() and gunyah_doorbell_receive(), which see the
 *                  flag 1; null on failure.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_UNSUPPORTED (the provider has nothing like it);
 *         GUNYAH_ERR_OBJECT_STATE (not LOAD, INIT, READY or RUNNING);
 *         GUNYAH_ERR_ARGUMENT_SIZE (length);
 *         GUNYAH_ERR_ADDR_OVERFLOW;
 *         GUNYAH_ERR_IN_USE (there is another one that these writes would ring; some drivers take one for each address);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NO_RESOURCES.
 *
 * Some drivers compare the length only where there is a value too.
 */
enum gunyah_error gunyah_vm_add_notify(struct gunyah_vm *vm, const struct gunyah_vm_notify *notify,
                                       struct gunyah_doorbell **doorbell);

#ifdef __cplusplus
}
#endif

#endif
