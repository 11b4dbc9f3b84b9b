// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Virtio devices that a VMM plays for VMs of signed firmware, under Linux: Qualcomm's driver, capability SIGNED_FIRMWARE.
 *
 * The hypervisor keeps the registers of such a device, and the driver tells what the VM has done there. docs/linux.md has
 * the order of calls. The firmware says which devices there are, by labels.
 *
 * Threads: gunyah_linux_virtio_open() and gunyah_linux_virtio_close() belong to the thread that the session belongs to.
 * Between them, the other functions of one device belong to one thread at a time, any one, except for
 * gunyah_linux_virtio_cancel(): all threads may call that.
 *
 * Each function that can fail may, beside what it says, return GUNYAH_ERR_NULL; GUNYAH_ERR_DENIED (a policy forbids the
 * call); GUNYAH_ERR_UNKNOWN (another errno). gunyah_linux_virtio_last_error() tells more, except for what was wrong with
 * pointers. None allocates or blocks, unless it says so.
 */
#ifndef GUNYAH_LINUX_VIRTIO_H
#define GUNYAH_LINUX_VIRTIO_H

#include "abi/types.h"
#include "linux.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A device that is open. */
struct gunyah_linux_virtio;

/** Queues of a device: 0 to 15. */
#define GUNYAH_LINUX_VIRTIO_QUEUES 16

/** Bytes of the registers and the configuration of a device. */
#define GUNYAH_LINUX_VIRTIO_CONFIG_MAX 4096

/** What the VM, or its driver for the device, has done. */
enum gunyah_linux_virtio_event {
    GUNYAH_LINUX_VIRTIO_BUFFERS = 1,          /**< Buffers in queues, a bit of data each; only together with others. */
    GUNYAH_LINUX_VIRTIO_RESET = 2,            /**< It wants a reset: gunyah_linux_virtio_end_reset(). */
    GUNYAH_LINUX_VIRTIO_INTERRUPT_ACK = 4,    /**< It has taken interrupts; data is what it wrote. */
    GUNYAH_LINUX_VIRTIO_DRIVER_OK = 8,        /**< It is ready: gunyah_linux_virtio_begin(). */
    GUNYAH_LINUX_VIRTIO_DRIVER_FAILED = 0x10, /**< It has given up; only together with others. */
    GUNYAH_LINUX_VIRTIO_VM_ENDED = 0x100,     /**< There is nothing more to wait for. Some drivers tell. */
};

/** Options of gunyah_linux_virtio_open(). */
struct gunyah_linux_virtio_options {
    size_t size;          /**< sizeof(struct gunyah_linux_virtio_options). */
    const char *firmware; /**< Name that gunyah_vm_load_firmware() was called with. */
    uint32_t label;       /**< Of the device, not 0. */
    int signal;           /**< What gunyah_linux_virtio_cancel() sends to the thread that waits; 0: nothing. */
    struct gunyah_error_info *error; /**< Where gunyah_linux_virtio_open() tells why it failed; may be null. */
};

#define GUNYAH_LINUX_VIRTIO_OPTIONS_INIT                                                                               \
    {                                                                                                                  \
        sizeof(struct gunyah_linux_virtio_options), NULL, 0, 0, NULL                                                   \
    }

/**
 * Open a device of a VM that gunyah_vm_load_firmware() has made on this node.
 *
 * What options->error points to is filled in whatever the result is, as by gunyah_linux_open().
 *
 * @param options  With a signal, the caller has installed a handler for it (without SA_RESTART), which may do nothing.
 * @param device   Where it is stored; null on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (size; firmware is null);
 *         GUNYAH_ERR_NOT_FOUND (no VM of this node is made of that firmware, or it has no such device);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_NO_RESOURCES (no file descriptor is left).
 *
 * As long as it is open, the VM can neither be stopped by force, reset, nor destroyed. One device is opened once at a time.
 */
enum gunyah_error gunyah_linux_virtio_open(struct gunyah_linux *node, const struct gunyah_linux_virtio_options *options,
                                           struct gunyah_linux_virtio **device);

/**
 * Close a device that no thread waits for, its eventfds and its memory, and set the caller's pointer to null. GUNYAH_OK;
 * GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (*device is null: closed already).
 */
enum gunyah_error gunyah_linux_virtio_close(struct gunyah_linux_virtio **device);

/**
 * Tell why the last function that failed on this device failed.
 *
 * @return Details that stay as they are until the next failure; domain GUNYAH_DOMAIN_NONE if nothing failed yet; null for a
 *         null device.
 */
const struct gunyah_error_info *gunyah_linux_virtio_last_error(const struct gunyah_linux_virtio *device);

// ---- what the device is ------------------------------------------------------------------------------------------

/** Say which features the device has, before the VM is started. Ioctl SET_DEVICE_FEATURES. */
enum gunyah_error gunyah_linux_virtio_set_features(struct gunyah_linux_virtio *device, uint64_t features);

/** Tell which features the VM's driver has taken. Ioctl GET_DRIVER_FEATURES. */
enum gunyah_error gunyah_linux_virtio_get_features(struct gunyah_linux_virtio *device, uint64_t *features);

/**
 * Say how many entries a queue may have, before the VM is started; 0: there is no such queue.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (queue).
 *
 * Ioctl SET_QUEUE_NUM_MAX.
 */
enum gunyah_error gunyah_linux_virtio_set_queue_max(struct gunyah_linux_virtio *device, uint32_t queue, uint32_t max);

/** A queue as the VM's driver has set it up. Addresses are the VM's. */
struct gunyah_linux_virtio_queue {
    size_t size;          /**< sizeof(struct gunyah_linux_virtio_queue), set by the caller. */
    uint32_t entries;     /**< Their number. */
    bool ready;           /**< It may be used. */
    uint64_t descriptors; /**< Of the descriptor table, */
    uint64_t driver;      /**< of what the driver writes, the available ring, */
    uint64_t device;      /**< and of what the device writes, the used ring. */
};

#define GUNYAH_LINUX_VIRTIO_QUEUE_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(struct gunyah_linux_virtio_queue), 0, false, 0, 0, 0                                                    \
    }

/**
 * Tell how the VM's driver has set up a queue.
 *
 * @param info  Filled in.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (size too small);
 *         GUNYAH_ERR_ARGUMENT_INVALID (queue).
 *
 * Ioctl GET_QUEUE_INFO.
 */
enum gunyah_error gunyah_linux_virtio_get_queue(struct gunyah_linux_virtio *device, uint32_t queue,
                                                struct gunyah_linux_virtio_queue *info);

/**
 * Write what the VM reads of the device: registers of virtio-mmio from magic value on, and from byte 0x100 on its
 * configuration. Once, in whole words of 4 bytes.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (0, more than GUNYAH_LINUX_VIRTIO_CONFIG_MAX, or not a multiple of 4);
 *         GUNYAH_ERR_IN_USE (it was written already).
 *
 * Ioctl SET_DEVICE_CONFIG_DATA.
 */
enum gunyah_error gunyah_linux_virtio_set_config(struct gunyah_linux_virtio *device, const void *data, size_t size);

/**
 * Read the same, with what the VM has written to the configuration.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (0, or more than GUNYAH_LINUX_VIRTIO_CONFIG_MAX);
 *         GUNYAH_ERR_ADDR_INVALID (data is not the process's to write).
 *
 * Ioctl GET_DRIVER_CONFIG_DATA.
 */
enum gunyah_error gunyah_linux_virtio_get_config(struct gunyah_linux_virtio *device, void *data, size_t size);

/**
 * Map the memory that the VM and the process share for all devices of this VM. Where the VM has it, the firmware says.
 *
 * @param memory  Where it is, until the device is closed. Each call tells the same.
 * @param size    Bytes.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NO_MEMORY (the process cannot map that much).
 *
 * Ioctl GET_SHARED_MEMORY_SIZE, and mmap(2).
 */
enum gunyah_error gunyah_linux_virtio_map(struct gunyah_linux_virtio *device, void **memory, size_t *size);

/** What the VM reads of an input device. The numbers are those of virtio and of Linux' input events. */
struct gunyah_linux_virtio_input {
    size_t size;          /**< sizeof(struct gunyah_linux_virtio_input). */
    uint16_t bus_type;    /**< The device's ids ... */
    uint16_t vendor;      /**< ... */
    uint16_t product;     /**< ... */
    uint16_t version;     /**< ... end here. */
    uint32_t properties;  /**< A bit for each property. */
    uint32_t event_types; /**< Room for the codes of so many types of events, at most 32, ... */
    uint32_t axes;        /**< ... and for so many absolute axes, at most 64. */
};

#define GUNYAH_LINUX_VIRTIO_INPUT_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(struct gunyah_linux_virtio_input), 0, 0, 0, 0, 0, 0, 0                                                  \
    }

/** Bytes that one call of gunyah_linux_virtio_set_input_data() can give. */
#define GUNYAH_LINUX_VIRTIO_INPUT_DATA_MAX 128

/**
 * Say what an input device is, before the VM is started. Late drivers can.
 *
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (event_types, or axes);
 *         GUNYAH_ERR_OBJECT_CONFIG (it is no input device);
 *         GUNYAH_ERR_BUSY (it was said already; ids and properties are those of this call);
 *         GUNYAH_ERR_NO_MEMORY (of the hypervisor);
 *         GUNYAH_ERR_UNSUPPORTED (the driver has no such call).
 *
 * Ioctl SET_INPUT_DEVICE_CONFIG_DATA, hypercall virtio_input_configure.
 */
enum gunyah_error gunyah_linux_virtio_set_input(struct gunyah_linux_virtio *device,
                                                const struct gunyah_linux_virtio_input *input);

/**
 * Give what the VM reads when it selects something of an input device, before the VM is started. Late drivers can.
 *
 * Names, the serial number, ids and properties are replaced by a second call. Codes of a type of events, and what there
 * is to say of an axis, take a piece of the room that gunyah_linux_virtio_set_input() made: give each once.
 *
 * @param select     What it is.
 * @param subselect  EVBITS: the type of events, below 32. ABSINFO: the axis, below 64. Else 0.
 * @param data       NAME, SERIAL: text. EVBITS: a bit for each code. ABSINFO: five words, which are minimum, maximum, fuzz,
 *                   flat and resolution. PROPBITS: a bit for each property. DEVIDS: the ids. All little-endian.
 * @param size       Bytes: 1 to 128; 20 for ABSINFO, at most 8 for DEVIDS and 4 for PROPBITS.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (select, subselect, or there is no room for anything of the kind);
 *         GUNYAH_ERR_ARGUMENT_SIZE (size);
 *         GUNYAH_ERR_NO_RESOURCES (all room is taken);
 *         GUNYAH_ERR_WRONG_OBJECT_TYPE (it is no input device);
 *         GUNYAH_ERR_UNSUPPORTED (the driver has no such call).
 *
 * Ioctl SET_INPUT_DEVICE_DATA, hypercall virtio_input_set_data.
 */
enum gunyah_error gunyah_linux_virtio_set_input_data(struct gunyah_linux_virtio *device,
                                                     enum gunyah_virtio_input_select select, uint32_t subselect,
                                                     const void *data, size_t size);

// ---- while it runs -----------------------------------------------------------------------------------------------

/**
 * Tell the eventfd that becomes readable when the VM has put buffers into a queue. It is the device's, non-blocking, and
 * is rung after gunyah_linux_virtio_begin() only. Some drivers forget it with a reset: call this again after one.
 *
 * @param fd  Where its number is stored.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (queue);
 *         GUNYAH_ERR_IN_USE (somebody else has set one for this queue);
 *         GUNYAH_ERR_NO_RESOURCES (no file descriptor is left).
 *
 * Ioctl IOEVENTFD.
 */
enum gunyah_error gunyah_linux_virtio_get_kick(struct gunyah_linux_virtio *device, uint32_t queue, int *fd);

/**
 * Tell the eventfd that interrupts the VM when it is written to, by any thread: buffers have been used.
 *
 * @param fd  Where its number is stored; it is the device's.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_IN_USE (somebody else has set one);
 *         GUNYAH_ERR_NO_RESOURCES (no file descriptor is left).
 *
 * Ioctl IRQFD.
 */
enum gunyah_error gunyah_linux_virtio_get_irq(struct gunyah_linux_virtio *device, int *fd);

/**
 * Wait until the VM has done something.
 *
 * @param events  Bits of enum gunyah_linux_virtio_event; 0: a signal, or gunyah_linux_virtio_cancel().
 * @param data    What the events say; may be null.
 * @return GUNYAH_OK.
 *
 * Blocks. Ioctl WAIT_FOR_EVENT.
 */
enum gunyah_error gunyah_linux_virtio_wait(struct gunyah_linux_virtio *device, uint32_t *events, uint32_t *data);

/**
 * Make gunyah_linux_virtio_wait() come back with 0: the thread that waits or, if none does, the next one. Without a signal
 * in the options, a thread that waits already goes on until something happens. Any thread, and inside a signal handler.
 * Nothing happens for a null device.
 */
void gunyah_linux_virtio_cancel(struct gunyah_linux_virtio *device);

/** Take note that the VM's driver is ready: from now on, eventfds tell of buffers. Ioctl ACK_DRIVER_OK. */
enum gunyah_error gunyah_linux_virtio_begin(struct gunyah_linux_virtio *device);

/** Say that the device is as it was at the start, and uses no buffer any more. Ioctl ACK_RESET. */
enum gunyah_error gunyah_linux_virtio_end_reset(struct gunyah_linux_virtio *device);

#ifdef __cplusplus
}
#endif

#endif
