// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The emulated node: /dev/gunyah for programs on a Linux host that has no Gunyah.
 *
 * A program runs as it is, with its own memory, threads and file descriptors. What it asks of /dev/gunyah is answered by
 * the caller of this header, as the kernel driver of a chosen flavour answers it, errno by errno; VMs are made at the
 * simulator's Resource Manager; and what their vCPUs do is written in a script, or decided by a function.
 * docs/emulated-node.md is the guide, and the tool gunyah-emu does the same for the command line.
 *
 * It needs Linux 5.19, and no privilege: the program is confined by seccomp(2) with user notification, and so cannot
 * gain privileges by execve(2). Nothing of it remains when it has ended: no file, no process.
 *
 * The functions are in a library of their own, libgunyah_emu.a. They keep no global state; two threads may each run an
 * emulation. Memory comes from malloc.
 */
#ifndef GUNYAH_EMU_H
#define GUNYAH_EMU_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A kernel interface. All texts live for ever. */
struct gunyah_emu_flavour {
    const char *name; /**< "a14". */
    const char *text; /**< Which kernels have it, as one clause. */
};

/** Returns a flavour, and null after the last one. The first is the default. */
const struct gunyah_emu_flavour *gunyah_emu_get_flavour(size_t index);

/** What a vCPU does. */
enum gunyah_emu_action {
    GUNYAH_EMU_WAIT = 0,         /**< Until the doorbell `label` rings, by an irqfd. */
    GUNYAH_EMU_WAIT_FOREVER = 1, /**< Nothing any more. */
    GUNYAH_EMU_READ = 2,         /**< Load `width` bytes at `address`: of memory, or of a device, which is an exit. */
    GUNYAH_EMU_WRITE = 3,        /**< Store the low `width` bytes of `value` at `address`. */
    GUNYAH_EMU_CPU_ON = 4,       /**< Let the vCPU with the index `label` run. */
    GUNYAH_EMU_CPU_OFF = 5,      /**< Stop until another vCPU says CPU_ON. */
    GUNYAH_EMU_END =
        6, /**< End the VM, with the exit type `label` (enum gunyah_vm_exit_type) and the reason `value`. */
    GUNYAH_EMU_FAIL = 7, /**< The hypervisor call behind RUN fails once: RUN answers the errno `label`. */
    GUNYAH_EMU_SWALLOW =
        8,                /**< The next exit comes together with a signal: it is in the page, and RUN answers EINTR. */
    GUNYAH_EMU_PRINT = 9, /**< Write `text` as a line to the trace. */
};

/** One thing that a vCPU does. */
struct gunyah_emu_step {
    enum gunyah_emu_action action;
    uint32_t label;
    uint32_t width; /**< 1, 2, 4 or 8. */
    uint64_t address;
    uint64_t value;
    const char *text; /**< Lives until the next step is asked for. */
    bool aborted;     /**< Afterwards: the access ended in an abort. */
};

/** Where a vCPU is. */
struct gunyah_emu_vcpu {
    uint32_t vm;   /**< Counts the VMs of an emulation, from 0. */
    uint32_t vcpu; /**< Its index. */
};

/**
 * Decides what a vCPU does next.
 *
 * @param step  What it did last, with what it read in `value`; all zeros at its start. To be replaced.
 */
typedef void gunyah_emu_guest_fn(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step);

/** Receives one line, without a line end. The text is valid during the call. */
typedef void gunyah_emu_trace_fn(void *context, const char *line);

/** Firmware that the platform has signed: what VMs of Qualcomm's driver are made of. */
struct gunyah_emu_firmware {
    const char *name;        /**< 1 to 15 characters. */
    uint32_t vcpus;          /**< That the VMM runs, at most 8; 0: one, which the hypervisor runs. */
    uint32_t virtio_devices; /**< At most 16, with the labels 1, 2, ...; docs/emulated-node.md says where they are. */
    uint32_t input_devices;  /**< Of those, the last so many are input devices. */
};

/** Options of gunyah_emu_run() and gunyah_emu_call(). */
struct gunyah_emu_options {
    size_t size;                /**< sizeof(struct gunyah_emu_options). */
    const char *flavour;        /**< Null: the first of gunyah_emu_get_flavour(). */
    const char *script;         /**< What vCPUs do, in the language of docs/emulated-node.md; null: they power off. */
    gunyah_emu_guest_fn *guest; /**< Decides in place of the script, unless null. */
    void *guest_context;        /**< Handed to guest. */
    bool debug;                 /**< The Resource Manager is a debug build: main memory may be shared. */
    gunyah_emu_trace_fn *trace; /**< Null: no trace. */
    void *trace_context;        /**< Handed to trace. */
    const char
        *cma_name;     /**< Name of a contiguous area of the kernel, which is the node "/dev/NAME"; null: none. Flavours
                               with MAP_CMA_MEM can have one. Reading files and mapping takes longer then. */
    uint64_t cma_size; /**< Its size in bytes, a multiple of 4 KiB. */
    const struct gunyah_emu_firmware *firmware; /**< Null: one called "trustedvm", with a vCPU and a device. */
    size_t firmware_count;                      /**< At most 16, with names of their own. */
};

#define GUNYAH_EMU_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_emu_options), NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, 0, NULL, 0                 \
    }

/** How an emulation went. */
struct gunyah_emu_result {
    size_t size;       /**< sizeof(struct gunyah_emu_result), set by the caller. */
    int status;        /**< Of the program, as waitpid(2) tells it. */
    uint32_t vms;      /**< VMs that were started. */
    uint32_t left;     /**< VMs that could not be taken apart when their last file descriptor had gone. The Resource
                          Manager keeps one whose image it refused; otherwise it is 0. */
    uint32_t failures; /**< Reads of the script that brought something else than it says, and accesses that aborted. */
    char problem[160]; /**< The first failure, or what was wrong with the options, as a sentence; "" for nothing. */
};

#define GUNYAH_EMU_RESULT_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(struct gunyah_emu_result), 0, 0, 0, 0, ""                                                               \
    }

/**
 * Run a program with an emulated node, until it and all processes that came of it have ended.
 *
 * @param options    Null for the defaults.
 * @param arguments  The program, found as execvp(3) does, and its arguments; null after the last.
 * @param result     Filled in, on failure too.
 * @return GUNYAH_OK (the program ran; result.status tells how it ended);
 *         GUNYAH_ERR_NULL (arguments, or the first of them);
 *         GUNYAH_ERR_OPTION (a size; there is no such flavour, or it has no contiguous area, or none like that; firmware);
 *         GUNYAH_ERR_ARGUMENT_INVALID (the script: result.problem names the line);
 *         GUNYAH_ERR_NOT_FOUND (the program cannot be executed);
 *         GUNYAH_ERR_UNSUPPORTED (this kernel, or a confinement that is there already, does not allow it);
 *         GUNYAH_ERR_OUT_OF_MEMORY (also, of processes or file descriptors).
 *
 * Blocks. SIGCHLD of the caller must not be ignored. If the caller is killed, so is the program.
 */
enum gunyah_error gunyah_emu_run(const struct gunyah_emu_options *options, char *const arguments[],
                                 struct gunyah_emu_result *result);

/**
 * Run a function with an emulated node, in a child of this process.
 *
 * @param options   Null for the defaults.
 * @param function  Its result is the exit status of the child, which then ends by exit(3).
 * @param context   Handed to the function.
 * @param result    Filled in, on failure too.
 * @return As gunyah_emu_run(), without GUNYAH_ERR_NOT_FOUND.
 */
enum gunyah_error gunyah_emu_call(const struct gunyah_emu_options *options, int (*function)(void *context),
                                  void *context, struct gunyah_emu_result *result);

#ifdef __cplusplus
}
#endif

#endif
