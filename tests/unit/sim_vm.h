// SPDX-License-Identifier: BSD-3-Clause
// What the tests of the simulator do with its VMs, straight through the seam.
#ifndef SIM_VM_H
#define SIM_VM_H

#include <gunyah/sim.h>

#include <stdlib.h>

static inline void vm_raw(struct gunyah_sim_vm *vm, enum gunyah_conduit conduit, uint16_t immediate,
                          struct gunyah_registers *registers)
{
    const struct gunyah_backend *backend = gunyah_sim_backend(vm);

    backend->ops->call(backend->context, conduit, immediate, registers);
}

// Hypercall with up to three arguments, by SMCCC. Returns x0; x1 goes to *result if that is not null.
static inline uint64_t vm_call(struct gunyah_sim_vm *vm, uint32_t number, uint64_t a, uint64_t b, uint64_t c,
                               uint64_t *result)
{
    struct gunyah_registers registers = {{GUNYAH_SMCCC_BASE | number, a, b, c, 0, 0, 0, 0}};

    vm_raw(vm, GUNYAH_CONDUIT_HVC, 0, &registers);
    if (result != NULL)
        *result = registers.x[1];
    return registers.x[0];
}

// Make calls and tell which of them failed with an error: bit 0 is the first one.
static inline unsigned vm_failures(struct gunyah_sim_vm *vm, uint32_t call, unsigned calls, int32_t error)
{
    unsigned failed = 0;

    for (unsigned i = 0; i < calls; i++) {
        if (vm_call(vm, call, 0, 0, 0, NULL) == (uint64_t)(int64_t)error)
            failed |= 1u << i;
    }
    return failed;
}

static inline uint64_t vm_ring(struct gunyah_sim_vm *vm, gunyah_capid_t doorbell, uint64_t flags)
{
    return vm_call(vm, GUNYAH_HYPERCALL_DOORBELL_SEND, doorbell.value, flags, 0, NULL);
}

static inline uint64_t vm_clear(struct gunyah_sim_vm *vm, gunyah_capid_t doorbell, uint64_t flags, uint64_t *old)
{
    return vm_call(vm, GUNYAH_HYPERCALL_DOORBELL_RECEIVE, doorbell.value, flags, 0, old);
}

static inline uint64_t vm_send(struct gunyah_sim_vm *vm, gunyah_capid_t queue, const void *data, size_t size)
{
    return vm_call(vm, GUNYAH_HYPERCALL_MSGQUEUE_SEND, queue.value, size, (uintptr_t)data, NULL);
}

// The size of the message goes to *size.
static inline uint64_t vm_receive(struct gunyah_sim_vm *vm, gunyah_capid_t queue, void *buffer, size_t room,
                                  uint64_t *size)
{
    return vm_call(vm, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, queue.value, (uintptr_t)buffer, room, size);
}

static inline enum gunyah_error vm_wait(struct gunyah_sim_vm *vm, const uint32_t *virqs, size_t count,
                                        uint64_t timeout_ns, size_t *index)
{
    const struct gunyah_backend *backend = gunyah_sim_backend(vm);
    gunyah_virq_t list[8];

    for (size_t i = 0; i < count; i++)
        list[i] = gunyah_virq(virqs[i]);
    return backend->ops->wait(backend->context, list, count, timeout_ns, index);
}

static inline enum gunyah_error vm_wait_one(struct gunyah_sim_vm *vm, uint32_t virq, uint64_t timeout_ns)
{
    return vm_wait(vm, &virq, 1, timeout_ns, NULL);
}

// PSCI SYSTEM_RESET, which stops the real hypervisor when the VM with VMID 3 asks for it.
static inline uint64_t vm_crash(struct gunyah_sim_vm *vm)
{
    struct gunyah_registers registers = {{0x84000009}};

    vm_raw(vm, GUNYAH_CONDUIT_SMC, 0, &registers);
    return registers.x[0];
}

// An allocator that has memory until the bool that is its context says that it is empty.
static inline void *allocate_until_told(void *context, size_t size)
{
    return *(bool *)context ? NULL : malloc(size);
}

static inline void release_to_malloc(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

#define CRASHING_VMID 3

static inline struct gunyah_sim *new_sim(uint32_t threads)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;

    options.threads = threads;
    options.seed = 7;
    gunyah_sim_create(&options, &sim);
    return sim;
}

static inline struct gunyah_sim_vm *new_vm(struct gunyah_sim *sim, uint16_t vmid)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;

    options.vmid = gunyah_vmid(vmid);
    gunyah_sim_add_vm(sim, &options, &vm);
    return vm;
}

static inline struct gunyah_sim_doorbell new_doorbell(struct gunyah_sim_vm *from, struct gunyah_sim_vm *to,
                                                      uint32_t virq)
{
    struct gunyah_sim_doorbell doorbell = GUNYAH_SIM_DOORBELL_INIT;

    doorbell.from = from;
    doorbell.to = to;
    doorbell.virq = gunyah_virq(virq);
    return doorbell;
}

static inline struct gunyah_sim_msgqueue new_msgqueue(struct gunyah_sim_vm *from, struct gunyah_sim_vm *to,
                                                      uint32_t send_virq, uint32_t receive_virq)
{
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;

    queue.from = from;
    queue.to = to;
    queue.depth = 2;
    queue.message_size = 64;
    queue.send_virq = gunyah_virq(send_virq);
    queue.receive_virq = gunyah_virq(receive_virq);
    return queue;
}

#endif
