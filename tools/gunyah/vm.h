// SPDX-License-Identifier: BSD-3-Clause
// A VM that this process runs: its memory with a kernel in it, its vCPUs in threads, and a serial port.
#ifndef GUNYAH_COMMAND_VM_H
#define GUNYAH_COMMAND_VM_H

#include "cli.h"
#include "uart.h"

#include <gunyah/gunyah.h>
#include <gunyah/linux.h>
#include <pthread.h>

#define VM_MAX_VCPUS 64
#define VM_TREE_SIZE UINT64_C(0x200000) // of the VM's memory, with room for what the Resource Manager adds
#define VM_SERIAL UINT64_C(0x9000000)
#define VM_BELL 1 // label of the serial port's doorbell, if the tree is built

// What is asked for.
struct vm_request {
    const char *kernel;
    const char *initrd; // NULL: none
    const char *tree;   // NULL: one is built
    const char *node;   // NULL: the library's choice
    const char *bootargs;
    uint64_t base;
    uint64_t memory; // bytes
    uint32_t vcpus;
    uint64_t serial; // address
    bool has_bell;
    uint32_t bell; // label of the serial port's doorbell
};

struct vm_thread {
    struct vm *vm;
    struct gunyah_vcpu *vcpu;
    pthread_t thread;
};

struct vm {
    const struct cli *cli;
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *handle;
    uint8_t *memory; // of the guest, in this process
    struct gunyah_mmio_bus bus;
    struct gunyah_mmio_region devices[1];
    pthread_mutex_t lock; // of the serial port
    struct uart uart;
    bool interrupted; // the guest by the serial port, already
    int bell;         // an eventfd; -1: none
    int over;         // an eventfd: a vCPU says that the VM has ended
    uint32_t vcpu_count;
    struct vm_thread vcpus[VM_MAX_VCPUS];
};

// Makes and starts a VM, or ends the process.
void vm_start(struct vm *vm, const struct cli *cli, const struct vm_request *request);

// Its last step: the vCPUs, each in a thread.
void vm_run_vcpus(struct vm *vm, const struct vm_request *request);

// Hands bytes to the guest's serial port.
void vm_type(struct vm *vm, const uint8_t *bytes, size_t count);

// Stops what still runs, and takes all of it apart. Returns whether the guest ended by itself, and how.
bool vm_end(struct vm *vm, struct gunyah_vm_exit *how);

#endif
