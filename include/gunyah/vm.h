// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtual machines: make, feed, start, watch and end them.
 *
 * The life of a VM, and the calls that take it there:
 *
 *     gunyah_vm_create          LOAD
 *     memory parcels (memory.h)
 *     gunyah_vm_configure       LOAD, RESET -> INIT, or AUTH when the platform authenticates the image
 *     gunyah_vm_authenticate    AUTH -> INIT
 *     gunyah_vm_set_*           INIT; boot registers READY
 *     gunyah_vm_init            INIT -> READY
 *     gunyah_vm_start           READY -> RUNNING
 *     gunyah_vm_stop, or the guest by itself     RUNNING, PAUSED -> EXITED
 *     gunyah_vm_reset           EXITED, READY, INIT_FAILED -> RESETTING -> RESET
 *     gunyah_vm_destroy         from anywhere to the end
 *
 * A step that fails after it began takes the VM to INIT_FAILED, from where only gunyah_vm_reset() or gunyah_vm_destroy()
 * lead on. A call in the wrong state is refused here (GUNYAH_ERR_OBJECT_STATE) before it reaches anybody; when a request
 * failed, the next function asks for the state first (message VM_GET_STATE).
 *
 * Who provides VMs is a struct gunyah_vmm: gunyah_rm_vmm() of a connection to the Resource Manager, or gunyah_linux_vmm()
 * of a driver (linux.h says what is different then). With the Resource Manager, the state of a VM is kept up to date by
 * notifications, which are taken whenever a function of this file or of rm.h runs; they are not lost when nobody reads them
 * as events.
 *
 * Threads: a VM belongs to the thread that its session belongs to. All functions that take a timeout block at most so
 * long; all others block until the provider answers, at most its own time-out (gunyah_rm_options.default_timeout_ns).
 *
 * "The request errors" are, for functions that ask the provider:
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (closed, or of another kind);
 *         GUNYAH_ERR_TIMEOUT (the Resource Manager did not answer);
 *         GUNYAH_ERR_PROTOCOL (it answered what makes no sense);
 *         GUNYAH_ERR_BUSY (another request is under way, gunyah_rm_begin());
 *         GUNYAH_ERR_UNIMPLEMENTED (this generation does not know the request);
 *         GUNYAH_ERR_DENIED (not the owner, or not allowed for this VM);
 *         GUNYAH_ERR_RM_VMID_INVALID (the VM is gone);
 *         GUNYAH_ERR_RM_VM_STATE (its state changed under way);
 *         GUNYAH_ERR_NO_MEMORY (of the kernel, where a driver makes VMs);
 *         the errors of the queue (rm.h).
 * gunyah_last_error() tells the request, the raw code, and what to do about it.
 */
#ifndef GUNYAH_VM_H
#define GUNYAH_VM_H

#include "doorbell.h"
#include "msgqueue.h"
#include "vmm.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gunyah_rm;
struct gunyah_vm;

/** Returns the provider that a connection to the Resource Manager is, as long as that is open; null for a stale handle. */
const struct gunyah_vmm *gunyah_rm_vmm(struct gunyah_rm *rm);

/**
 * Make a VM, in the state LOAD.
 *
 * @param vmm   Provider. Borrowed until the handle is closed.
 * @param vmid  A static VMID that this caller may use, below 64; 0: any of the dynamic ones.
 * @param vm    Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OPTION (the provider is older than this library);
 *         GUNYAH_ERR_ARGUMENT_INVALID (vmid is 64 or more);
 *         GUNYAH_ERR_NO_RESOURCES (VMID taken or not allowed, or no dynamic one is left);
 *         GUNYAH_ERR_OUT_OF_MEMORY (no handle: nothing was made).
 *
 * After GUNYAH_ERR_TIMEOUT or GUNYAH_ERR_PROTOCOL the VM may be there all the same, and hold its VMID. gunyah_vm_open()
 * finds it: of the VMIDs that it can have, vmid or 0x80 to 0xbe, the one in LOAD that nobody here made. Message VM_ALLOCATE.
 */
enum gunyah_error gunyah_vm_create(const struct gunyah_vmm *vmm, gunyah_vmid_t vmid, struct gunyah_vm **vm);

/**
 * Open a VM that exists: one that this caller owns and lost the handle of, or a peer to look at.
 *
 * @param vmm   Provider. Borrowed until the handle is closed.
 * @param vmid  The VM.
 * @param vm    Where the handle is stored; null on failure.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: neither this VM, nor one of its own, nor a peer);
 *         GUNYAH_ERR_OPTION (the provider is older than this library);
 *         GUNYAH_ERR_ARGUMENT_INVALID (vmid is 0);
 *         GUNYAH_ERR_NO_RESOURCES (there is no such VM);
 *         GUNYAH_ERR_OUT_OF_MEMORY.
 *
 * Message VM_GET_STATE.
 */
enum gunyah_error gunyah_vm_open(const struct gunyah_vmm *vmm, gunyah_vmid_t vmid, struct gunyah_vm **vm);

/**
 * Close a handle, set the caller's pointer to null, and leave the VM as it is. Its memory parcels stay, without a VM
 * to be reclaimed with.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE (closed already).
 *
 * Makes no request.
 */
enum gunyah_error gunyah_vm_close(struct gunyah_vm **vm);

/** Returns the VMID of a VM; 0 for a null or stale handle. */
gunyah_vmid_t gunyah_vm_vmid(const struct gunyah_vm *vm);

/**
 * Say where the image and the device tree are.
 *
 * @param image  Copied.
 * @return GUNYAH_OK (the VM is in INIT, or in AUTH with PLATFORM);
 *         the request errors;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_OBJECT_STATE (not LOAD or RESET);
 *         GUNYAH_ERR_ADDR_OVERFLOW (an offset plus its size wraps around);
 *         GUNYAH_ERR_ARGUMENT_INVALID (an unknown authentication, or no parcel; a range is not within the parcel);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (of a driver: dtb_offset);
 *         GUNYAH_ERR_RM_MEM_INVALID (there is no such parcel, or it is not for this VM);
 *         GUNYAH_ERR_RM_MAP_FAILED (the memory cannot be taken from its owner);
 *         GUNYAH_ERR_DEVICE_TREE (of a driver: there is none);
 *         GUNYAH_ERR_UNSUPPORTED (a driver that cannot authenticate in this way, or not start at this offset).
 *
 * After ARGUMENT_INVALID, MEM_INVALID or MAP_FAILED that the Resource Manager answered, the VM is in INIT_FAILED without a
 * configuration, and can neither be reset nor deallocated any more.
 *
 * Where it had to be asked whether a reset was done, this waits, for the default time-out at most, until all is told that
 * led to it, which would otherwise be taken for news. Message VM_CONFIG_IMAGE.
 */
enum gunyah_error gunyah_vm_configure(struct gunyah_vm *vm, const struct gunyah_vm_image *image);

/**
 * Have the platform authenticate the image.
 *
 * @param pas_id  Number of the image for the platform's peripheral authentication service.
 * @return GUNYAH_OK (the VM is in INIT);
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not AUTH);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the image was not configured with PLATFORM; or the driver does not take it);
 *         GUNYAH_ERR_UNSUPPORTED (the driver lacks the module for it).
 *
 * On any other failure the VM is in INIT_FAILED. Message VM_AUTH_IMAGE.
 */
enum gunyah_error gunyah_vm_authenticate(struct gunyah_vm *vm, uint32_t pas_id);

/**
 * Say where the Resource Manager puts the firmware that starts a protected VM.
 *
 * @param memparcel  Handle of a parcel that the VM is in the access list of.
 * @param range      In the parcel.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: no firmware was loaded at boot);
 *         GUNYAH_ERR_OBJECT_STATE (not INIT);
 *         GUNYAH_ERR_ADDR_OVERFLOW;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not within the parcel, or the image was not configured with ANDROID);
 *         GUNYAH_ERR_RM_MEM_INVALID.
 *
 * Message VM_SET_FIRMWARE_MEM.
 */
enum gunyah_error gunyah_vm_set_firmware_memory(struct gunyah_vm *vm, uint32_t memparcel,
                                                struct gunyah_memory_region range);

/**
 * Let the owner give these pieces of the VM's address space a page at a time, when the VM touches them.
 *
 * @param ranges  Aligned to 4 KiB.
 * @param count   At least 1. They have to fit into one message: 913 do, with packets of 240 bytes.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: image configured with PLATFORM);
 *         GUNYAH_ERR_OBJECT_STATE (not INIT);
 *         GUNYAH_ERR_ARGUMENT_SIZE (count, or a size of 0);
 *         GUNYAH_ERR_MESSAGE_TOO_LONG (count);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT;
 *         GUNYAH_ERR_ADDR_OVERFLOW;
 *         GUNYAH_ERR_BUSY (said before).
 *
 * Message VM_SET_DEMAND_PAGING, of later generations.
 */
enum gunyah_error gunyah_vm_set_demand_paging(struct gunyah_vm *vm, const struct gunyah_memory_region *ranges,
                                              size_t count);

/**
 * Place the image or the firmware in the VM's address space, instead of where its device tree says.
 *
 * @param which  The image or the firmware.
 * @param range  Aligned to 4 KiB.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not INIT);
 *         GUNYAH_ERR_ARGUMENT_INVALID (which);
 *         GUNYAH_ERR_ARGUMENT_SIZE (0);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT;
 *         GUNYAH_ERR_ADDR_OVERFLOW.
 *
 * Message VM_SET_ADDRESS_LAYOUT, of later generations.
 */
enum gunyah_error gunyah_vm_set_address_layout(struct gunyah_vm *vm, enum gunyah_vm_range which,
                                               struct gunyah_memory_region range);

/**
 * Set a register that the VM's boot vCPU starts with. Without this, x0 is the address of the device tree and PC that of
 * the image.
 *
 * @param set    Which registers.
 * @param index  Within the set: 0 to 30 for X; 0 for PC; 0 for SP_EL0 and 1 for SP_EL1.
 * @param value  What it starts with.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: the authentication fixes this register);
 *         GUNYAH_ERR_OBJECT_STATE (not READY: after gunyah_vm_init(), before gunyah_vm_start());
 *         GUNYAH_ERR_ARGUMENT_INVALID (set or index);
 *         GUNYAH_ERR_UNSUPPORTED (a driver without boot registers; or one that does not take this value).
 *
 * Message VM_SET_CONTEXT, of later generations.
 */
enum gunyah_error gunyah_vm_set_boot_register(struct gunyah_vm *vm, enum gunyah_vm_register_set set, uint32_t index,
                                              uint64_t value);

/**
 * Set the wall clock of a VM that has a virtual one.
 *
 * @param time_base  Nanoseconds of the epoch that the guest uses, at the moment of the counter.
 * @param counter    The system counter at that moment, in ticks.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not INIT or READY).
 *
 * Message VM_SET_TIME_BASE.
 */
enum gunyah_error gunyah_vm_set_time_base(struct gunyah_vm *vm, uint64_t time_base, uint64_t counter);

/**
 * Allow, or forbid, that the VM is debugged.
 *
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_DENIED: a production device);
 *         GUNYAH_ERR_OBJECT_STATE (not INIT).
 *
 * Message VM_SET_DEBUG, of later generations.
 */
enum gunyah_error gunyah_vm_set_debug(struct gunyah_vm *vm, bool allowed);

/**
 * Have the device tree read, and all that it asks for made.
 *
 * @return GUNYAH_OK (the VM is in READY);
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not INIT);
 *         GUNYAH_ERR_RM_MEM_INVALID (the device tree cannot be read);
 *         GUNYAH_ERR_ARGUMENT_INVALID (what it asks for is refused);
 *         GUNYAH_ERR_NO_RESOURCES (it asks for no VM at all, or for more than there is).
 *
 * On these last three, the VM is in INIT_FAILED. Message VM_INIT.
 */
enum gunyah_error gunyah_vm_init(struct gunyah_vm *vm);

/**
 * Start the VM.
 *
 * @return GUNYAH_OK (the VM is in RUNNING);
 *         the request errors;
 *         GUNYAH_ERR_OBJECT_STATE (not READY);
 *         GUNYAH_ERR_NO_RESOURCES (a parcel does not fit the device tree, or is shared where it has to be lent);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the device tree has no room for what the VM is to find there).
 *
 * On failure at the Resource Manager, the VM is in INIT_FAILED. Message VM_START.
 */
enum gunyah_error gunyah_vm_start(struct gunyah_vm *vm);

/**
 * Ask the guest to end, or end it.
 *
 * @param force  True: its vCPUs are killed at once, and the VM is in EXITED. False: the guest gets a notification and
 *               ends by itself, or does not; gunyah_vm_wait() tells.
 * @return GUNYAH_OK;
 *         the request errors (GUNYAH_ERR_RM_VM_STATE: also, it is forbidden to stop this VM);
 *         GUNYAH_ERR_OBJECT_STATE (not RUNNING or PAUSED);
 *         GUNYAH_ERR_ARGUMENT_INVALID (reason);
 *         GUNYAH_ERR_IN_USE (vCPUs are open, vcpu.h);
 *         GUNYAH_ERR_UNSUPPORTED (a driver that cannot ask a guest).
 *
 * Message VM_STOP.
 */
enum gunyah_error gunyah_vm_stop(struct gunyah_vm *vm, bool force, enum gunyah_vm_stop_reason reason);

/**
 * Begin to take a VM apart: its resources go, memory parcels that it accepted are released. gunyah_vm_wait() for RESET
 * tells when it is done; only then can its memory be reclaimed. After that it can be configured again.
 *
 * @return GUNYAH_OK (the VM is in RESETTING);
 *         the request errors (GUNYAH_ERR_DENIED: it is forbidden to reset this VM);
 *         GUNYAH_ERR_OBJECT_STATE (not EXITED, READY or INIT_FAILED);
 *         GUNYAH_ERR_IN_USE (vCPUs are open, vcpu.h).
 *
 * Message VM_RESET.
 */
enum gunyah_error gunyah_vm_reset(struct gunyah_vm *vm);

/** Bit of a state in the mask that gunyah_vm_wait() takes. */
#define GUNYAH_VM_STATE_BIT(state) (UINT32_C(1) << (state))

/** Every state in which a VM does not go on by itself any more. */
#define GUNYAH_VM_STATES_ENDED                                                                                         \
    (GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_EXITED) | GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_INIT_FAILED) |                  \
     GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_RESET) | GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_DEFUNCT))

/**
 * Tell what a VM is doing, as far as the provider has said: makes no request, unless it has said nothing yet.
 *
 * @param status  Filled in.
 * @return GUNYAH_OK;
 *         the request errors.
 *
 * Message VM_GET_STATE, and notification VM_STATUS.
 */
enum gunyah_error gunyah_vm_get_status(struct gunyah_vm *vm, struct gunyah_vm_status *status);

/**
 * Wait until a VM is in one of several states.
 *
 * @param states      GUNYAH_VM_STATE_BIT() of each, or GUNYAH_VM_STATES_ENDED.
 * @param timeout_ns  Nanoseconds; 0 only looks; GUNYAH_WAIT_FOREVER.
 * @param status      Filled in with what it is in; may be null.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_ARGUMENT_INVALID (no state, or one that there is not);
 *         GUNYAH_ERR_TIMEOUT;
 *         GUNYAH_ERR_DEADLOCK (simulator);
 *         GUNYAH_ERR_NO_RESOURCES (a driver of the operating system: the process may not wait for a file).
 *
 * When the time is over, it asks once whether a notification was lost. Notification VM_STATUS, message VM_GET_STATE.
 */
enum gunyah_error gunyah_vm_wait(struct gunyah_vm *vm, uint32_t states, uint64_t timeout_ns,
                                 struct gunyah_vm_status *status);

/**
 * Tell how a VM ended. The state says that it did a moment earlier, so that this waits.
 *
 * @param timeout_ns  Nanoseconds; 0 only looks; GUNYAH_WAIT_FOREVER.
 * @param exit        Filled in.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_TIMEOUT (as far as is known it has not ended since it was configured);
 *         GUNYAH_ERR_DEADLOCK (simulator);
 *         the errors of the queue (rm.h).
 *
 * Makes no request. Only the owner is told, and nobody who opens a VM later. Notification VM_EXITED.
 */
enum gunyah_error gunyah_vm_exit_info(struct gunyah_vm *vm, uint64_t timeout_ns, struct gunyah_vm_exit *exit);

/**
 * Returns how a VM ended, in words: a clause without a full stop, such as "the guest switched the system off". It lives
 * for ever. For what it does not know, "unknown".
 */
const char *gunyah_vm_exit_text(const struct gunyah_vm_exit *exit);

/**
 * Tell what the caller and a VM share: doorbells, message queues, vCPUs, and more.
 *
 * @param resources  Filled in, as many as there is room for; may be null if capacity is 0.
 * @param capacity   How many there is room for.
 * @param count      How many there are.
 * @return GUNYAH_OK;
 *         the request errors;
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (count is more than capacity; those that fit are there);
 *         GUNYAH_ERR_NO_RESOURCES (the VM was not initialised yet).
 *
 * Give cap and virq to gunyah_doorbell_open() or gunyah_msgqueue_open(), or let gunyah_vm_open_doorbell() and
 * gunyah_vm_open_msgqueue() do it; and cap of the kinds that are objects to the open function of each: gunyah_thread_open(),
 * gunyah_vpm_group_open(), gunyah_virtio_mmio_open(), gunyah_watchdog_open(). Message VM_GET_HYP_RESOURCES.
 */
enum gunyah_error gunyah_vm_resources(struct gunyah_vm *vm, struct gunyah_vm_resource *resources, size_t capacity,
                                      size_t *count);

/**
 * Open the doorbell that the caller rings, or the one that rings the caller, shared with a VM.
 *
 * @param label     As in the device tree.
 * @param sends     True: the caller rings it.
 * @param doorbell  Where the handle is stored, ready to use; null on failure.
 * @return GUNYAH_OK;
 *         as gunyah_vm_resources();
 *         as gunyah_doorbell_open();
 *         GUNYAH_ERR_RM_LOOKUP_FAILED (there is none with this label; from the library, nobody was asked for it);
 *         GUNYAH_ERR_OUT_OF_MEMORY (also, for the list of resources while it is looked through).
 */
enum gunyah_error gunyah_vm_open_doorbell(struct gunyah_vm *vm, uint32_t label, bool sends,
                                          struct gunyah_doorbell **doorbell);

/**
 * Open the message queue that the caller sends to, or receives from, shared with a VM.
 *
 * @param label         As in the device tree.
 * @param sends         True: the caller sends.
 * @param message_size  Bytes of the largest message, as in the device tree; 0: 240, what it is when that says nothing.
 * @param queue         Where the handle is stored, ready to use; null on failure.
 * @return GUNYAH_OK;
 *         as gunyah_vm_open_doorbell();
 *         as gunyah_msgqueue_open().
 */
enum gunyah_error gunyah_vm_open_msgqueue(struct gunyah_vm *vm, uint32_t label, bool sends, uint32_t message_size,
                                          struct gunyah_msgqueue **queue);

/** What gunyah_vm_destroy() could not do. */
struct gunyah_vm_remains {
    size_t size;                    /**< sizeof(struct gunyah_vm_remains). */
    enum gunyah_error error;        /**< Of the first step that failed; GUNYAH_OK if nothing remains. */
    const char *step;               /**< That step: "stop", "wait for the exit", ...; "" for none. It lives for ever. */
    struct gunyah_vm_status status; /**< What the VM was last known to do; NONE when it is gone. */
    uint32_t memparcels;            /**< Parcels that could not be reclaimed: their memory must not be used. */
    uint32_t first_memparcel;       /**< Handle of one of them. */
};

#define GUNYAH_VM_REMAINS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_vm_remains), GUNYAH_OK, "", {GUNYAH_VM_STATE_NONE, GUNYAH_OS_STATUS_NONE, 0}, 0,          \
            GUNYAH_RM_HANDLE_INVALID                                                                                   \
    }

/**
 * End a VM, whatever it is doing, and get everything back: stop it, wait for its end, reset it, wait for that, reclaim
 * the memory parcels that were made for it, and give its VMID back. A VM that is configured and not initialised cannot
 * be reset: it is initialised first, or its authentication is failed. A step that fails does not keep the later ones from
 * being tried where that is safe; memory is reclaimed only when the VM does not have it any more.
 *
 * @param vm          Its handle and those of its parcels are closed, and *vm is null, when all is done. Otherwise what is
 *                    left stays, and it may be called again.
 * @param timeout_ns  Nanoseconds for each of the two waits.
 * @param remains     Filled in; may be null.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_HANDLE;
 *         GUNYAH_ERR_OPTION (remains);
 *         else the error of the first step that failed, which is also what gunyah_last_error() tells.
 *
 * The steps are "ask for the state", "stop", "wait for the exit", "initialise", "reset", "wait for the reset", "reclaim the
 * memory" and "deallocate". Messages VM_GET_STATE, VM_STOP, VM_AUTH_IMAGE, VM_INIT, VM_RESET, MEM_RECLAIM, VM_DEALLOCATE.
 */
enum gunyah_error gunyah_vm_destroy(struct gunyah_vm **vm, uint64_t timeout_ns, struct gunyah_vm_remains *remains);

#ifdef __cplusplus
}
#endif

#endif
