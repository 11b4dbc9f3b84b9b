// SPDX-License-Identifier: BSD-3-Clause
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define ARENA (UINT32_C(16) << 20)
#define CALL_NANOSECONDS 10000 // what a call costs, as far as anything depends on it

#define QUEUE_DEPTH 8
#define QUEUE_SIZE 240
#define QUEUE_SEND_VIRQ 960
#define QUEUE_RECEIVE_VIRQ 961

static const struct gunyah_model_vm_options primary_options = {
    .vmid = 3,
    .vcpus = 8,
    .max_caps = 1024,
    .max_virqs = GUNYAH_VIC_MAX_VIRQS,
    .hwirq_first = 32,
    .hwirq_count = 224,
};

static enum gunyah_model_memory read_memory(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct machine *machine = context;
    (void)vm;
    return memory_read(machine->memory, address, to, size);
}

static enum gunyah_model_memory write_memory(void *context, uint32_t vm, uint64_t address, const void *from,
                                             size_t size)
{
    const struct machine *machine = context;
    (void)vm;
    return memory_write(machine->memory, address, from, size);
}

/** A call of the root VM that must succeed. Returns x1. */
static uint64_t root_call(struct machine *machine, bool *good, uint16_t number, uint64_t a, uint64_t b, uint64_t c,
                          uint64_t d)
{
    struct gunyah_model_registers registers = {{a, b, c, d}};
    gunyah_model_call(machine->model, machine->root.vm, 0, GUNYAH_MODEL_HVC, (uint16_t)(GUNYAH_IMMEDIATE_BASE + number),
                      &registers);
    if (registers.x[0] != GUNYAH_HVERR_OK)
        *good = false;
    return registers.x[1];
}

/** Copy a capability of the root VM into the next slot of the primary VM. */
static uint64_t give(struct machine *machine, bool *good, uint64_t cap, uint32_t rights)
{
    return root_call(machine, good, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, machine->root.cspace.value, cap,
                     machine->primary.cspace.value, rights);
}

/** A queue between the two VMs, bound on the primary VM's side by the given call. Returns the primary VM's end. */
static uint64_t make_queue(struct machine *machine, bool *good, uint16_t bind, uint32_t virq, uint32_t right)
{
    uint64_t queue = root_call(machine, good, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, machine->root.partition.value,
                               machine->root.cspace.value, 0, 0);
    uint64_t shape = (uint64_t)QUEUE_SIZE << GUNYAH_MSGQUEUE_CREATE_INFO_MAX_MESSAGE_SIZE_SHIFT | QUEUE_DEPTH;
    root_call(machine, good, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, queue, shape, 0, 0);
    root_call(machine, good, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, queue, 0, 0, 0);
    root_call(machine, good, bind, queue, machine->primary.vic.value, virq, 0);
    return give(machine, good, queue, right);
}

static bool wire(struct machine *machine, bool stock)
{
    bool good = true;
    const struct gunyah_model_vm *primary = &machine->primary;
    struct machine_caps *caps = &machine->caps;
    memset(caps, 0xff, sizeof(*caps));
    caps->rmtx = make_queue(machine, &good, GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, QUEUE_SEND_VIRQ,
                            GUNYAH_RIGHT_MSGQUEUE_SEND);
    caps->rmrx = make_queue(machine, &good, GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, QUEUE_RECEIVE_VIRQ,
                            GUNYAH_RIGHT_MSGQUEUE_RECEIVE);
    give(machine, &good, machine->root.vcpu[0].value, GUNYAH_RIGHT_THREAD_AFFINITY);
    if (stock)
        return good;
    caps->partition = give(machine, &good, machine->root.partition.value, UINT32_MAX);
    caps->cspace = give(machine, &good, primary->cspace.value, UINT32_MAX);
    caps->vic = give(machine, &good, primary->vic.value, UINT32_MAX);
    caps->addrspace = give(machine, &good, primary->addrspace.value, UINT32_MAX);
    caps->vcpu = give(machine, &good, primary->vcpu[0].value, UINT32_MAX);
    caps->vpm = give(machine, &good, primary->vpm_group.value, UINT32_MAX);
    return good;
}

bool machine_start(struct machine *machine, bool stock)
{
    const struct gunyah_model_env env = {.context = machine, .read = read_memory, .write = write_memory};
    *machine = (struct machine){.arena = malloc(ARENA), .memory = memory_new()};
    if (machine->arena == NULL || machine->memory == NULL)
        return false;
    if (gunyah_model_init(machine->arena, ARENA, NULL, &env, &machine->model, &machine->root) != GUNYAH_HVERR_OK)
        return false;
    if (gunyah_model_add_vm(machine->model, &primary_options, &machine->primary) != GUNYAH_HVERR_OK)
        return false;
    return wire(machine, stock);
}

void machine_stop(struct machine *machine)
{
    memory_free(machine->memory);
    free(machine->arena);
    *machine = (struct machine){.model = NULL};
}

enum gunyah_model_outcome machine_call(struct machine *machine, enum gunyah_model_conduit conduit, uint16_t immediate,
                                       struct machine_registers *registers)
{
    struct gunyah_model_registers low;
    memcpy(low.x, registers->x, sizeof(low.x));
    gunyah_model_advance(machine->model, CALL_NANOSECONDS);
    enum gunyah_model_outcome outcome =
        gunyah_model_call(machine->model, machine->primary.vm, 0, conduit, immediate, &low);
    memcpy(registers->x, low.x, sizeof(low.x));
    for (int i = 10; i <= 17 && outcome == GUNYAH_MODEL_CLOBBERED; i++)
        registers->x[i] = 0;
    return outcome;
}

uint64_t machine_slot(const struct machine *machine, uint64_t id)
{
    uint64_t factor = machine->caps.rmtx ^ machine->caps.rmrx;
    return factor != 0 ? (id ^ machine->caps.rmtx) / factor : UINT64_MAX;
}
