// SPDX-License-Identifier: BSD-3-Clause
// The model in this process, and what a guest adds to it.
#include "machine.h"
#include "memory.h"
#include "programs.h"
#include "recording.h"

#include <stdlib.h>
#include <string.h>

#define ARENA (UINT32_C(16) << 20)
#define CALL_NANOSECONDS 10000 // what a call costs, as far as anything depends on it
#define EXTERNAL_ABORT UINT64_C(0x96000010)
#define SPURIOUS 1023
#define NEXT_INSTRUCTION UINT64_C(0x41000004) // the guest has no code here

struct model_machine {
    struct machine machine; // first
    void *arena;
    struct memory *memory;
    struct platform platform;
};

static struct model_machine *model_of(struct machine *machine)
{
    return (struct model_machine *)machine;
}

/** Where the guest's address leads, and how many of the bytes. */
static enum gunyah_model_memory find(const struct model_machine *machine, uint64_t address, bool write, size_t size,
                                     struct gunyah_model_translation *found)
{
    const struct platform *platform = &machine->platform;
    if (!gunyah_model_translate(platform->model, platform->primary.vm, address, found))
        return platform_memory(address);
    if (!(write ? found->writable : found->readable))
        return GUNYAH_MODEL_MEMORY_FAULT;
    if (found->size > size)
        found->size = size;
    return GUNYAH_MODEL_MEMORY_OK;
}

static enum gunyah_model_memory read_memory(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct model_machine *machine = context;
    uint8_t *bytes = to;
    struct gunyah_model_translation found;
    (void)vm;
    for (; size != 0; address += found.size, bytes += found.size, size -= (size_t)found.size) {
        const enum gunyah_model_memory kind = find(machine, address, false, size, &found);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memory_read(machine->memory, found.address, bytes, (size_t)found.size);
    }
    return GUNYAH_MODEL_MEMORY_OK;
}

static void put_bytes(struct model_machine *machine, uint64_t physical, const void *from, size_t size)
{
    if (!memory_write(machine->memory, physical, from, size))
        machine->machine.broken = "out of memory";
}

static enum gunyah_model_memory write_memory(void *context, uint32_t vm, uint64_t address, const void *from,
                                             size_t size)
{
    struct model_machine *machine = context;
    const uint8_t *bytes = from;
    struct gunyah_model_translation found;
    (void)vm;
    for (; size != 0; address += found.size, bytes += found.size, size -= (size_t)found.size) {
        const enum gunyah_model_memory kind = find(machine, address, true, size, &found);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        put_bytes(machine, found.address, bytes, (size_t)found.size);
    }
    return GUNYAH_MODEL_MEMORY_OK;
}

static void put_memory(void *context, uint64_t address, const void *from, uint64_t size)
{
    struct model_machine *machine = context;
    if (from == NULL)
        memory_clear(machine->memory, address, size);
    else
        put_bytes(machine, address, from, (size_t)size);
}

/** A vCPU of the model, and the machine that it is in. */
struct vcpu {
    struct model_machine *machine;
    uint32_t vcpu;
};

/** Where an access of at most a word leads that does not cross a page. False: nowhere. */
static bool find_for_vcpu(const struct vcpu *vcpu, uint64_t address, uint32_t size, bool write, uint64_t *physical)
{
    struct gunyah_model_translation found;
    if (!gunyah_model_translate_vcpu(vcpu->machine->platform.model, vcpu->vcpu, address, &found) || found.size < size)
        return false;
    *physical = found.address;
    return write ? found.writable : found.readable;
}

static uint64_t from_bytes(const uint8_t bytes[8])
{
    uint64_t value = 0;
    for (size_t i = 8; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void to_bytes(uint64_t value, uint8_t bytes[8])
{
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static bool vcpu_load(void *context, uint64_t address, uint32_t size, uint64_t *value)
{
    const struct vcpu *vcpu = context;
    uint8_t bytes[8] = {0};
    uint64_t physical;
    if (!find_for_vcpu(vcpu, address, size, false, &physical))
        return false;
    memory_read(vcpu->machine->memory, physical, bytes, size);
    *value = from_bytes(bytes);
    return true;
}

static bool vcpu_store(void *context, uint64_t address, uint32_t size, uint64_t value)
{
    const struct vcpu *vcpu = context;
    uint8_t bytes[8];
    uint64_t physical;
    if (!find_for_vcpu(vcpu, address, size, true, &physical))
        return false;
    to_bytes(value, bytes);
    put_bytes(vcpu->machine, physical, bytes, size);
    return true;
}

static void run_vcpu(void *context, uint32_t number, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap)
{
    struct vcpu vcpu = {context, number};
    const struct program_memory memory = {&vcpu, vcpu_load, vcpu_store};
    program_run(&memory, guest, trap);
}

static bool start(struct machine *machine, bool stock)
{
    struct model_machine *model = model_of(machine);
    const struct gunyah_model_env env = {
        .context = model,
        .read = read_memory,
        .write = write_memory,
        .put = put_memory,
        .run = run_vcpu,
    };
    memory_free(model->memory);
    model->memory = memory_new();
    machine->broken = NULL;
    if (model->memory == NULL || !platform_boot(&model->platform, model->arena, ARENA, &env, stock))
        return false;
    machine->caps = model->platform.caps;
    return true;
}

static void free_model(struct machine *machine)
{
    struct model_machine *model = model_of(machine);
    memory_free(model->memory);
    free(model->arena);
    free(model);
}

static enum machine_outcome call(struct machine *machine, enum gunyah_model_conduit conduit, uint16_t immediate,
                                 struct machine_state *state)
{
    const struct platform *platform = &model_of(machine)->platform;
    struct gunyah_model_registers low;
    memcpy(low.x, state->x, sizeof(low.x));
    gunyah_model_advance(platform->model, CALL_NANOSECONDS);
    const enum gunyah_model_outcome outcome =
        gunyah_model_call(platform->model, platform->primary.vm, 0, conduit, immediate, &low);
    if (outcome == GUNYAH_MODEL_NO_RETURN)
        return MACHINE_HUNG;
    if (outcome == GUNYAH_MODEL_CRASHED)
        return MACHINE_PANICKED;
    memcpy(state->x, low.x, sizeof(low.x));
    state->next = NEXT_INSTRUCTION;
    if (outcome == GUNYAH_MODEL_CLOBBERED) {
        state->x[9] = state->next;
        memset(&state->x[10], 0, 8 * sizeof(state->x[0]));
    }
    return MACHINE_RETURNED;
}

static bool read_bytes(struct machine *machine, uint64_t address, void *to, size_t size)
{
    return read_memory(model_of(machine), 0, address, to, size) == GUNYAH_MODEL_MEMORY_OK;
}

static bool write_bytes(struct machine *machine, uint64_t address, const void *from, size_t size)
{
    return write_memory(model_of(machine), 0, address, from, size) == GUNYAH_MODEL_MEMORY_OK;
}

static uint64_t load(struct machine *machine, uint64_t address, unsigned int size, uint64_t *value)
{
    uint8_t bytes[8] = {0};
    if (!read_bytes(machine, address, bytes, size))
        return EXTERNAL_ABORT;
    *value = from_bytes(bytes);
    return 0;
}

static uint64_t store(struct machine *machine, uint64_t address, unsigned int size, uint64_t value)
{
    uint8_t bytes[8];
    to_bytes(value, bytes);
    if (write_bytes(machine, address, bytes, size))
        return 0;
    const struct platform *platform = &model_of(machine)->platform;
    switch (gunyah_model_store(platform->model, platform->primary.vm, address, size, value)) {
    case GUNYAH_MODEL_STORE_DONE:
        return 0;
    case GUNYAH_MODEL_STORE_CRASHED:
        return MACHINE_STORE_PANICKED;
    case GUNYAH_MODEL_STORE_FAULT:
        break;
    }
    return EXTERNAL_ABORT;
}

static bool virq_set_trigger(struct machine *machine, uint32_t virq, bool edge)
{
    const struct platform *platform = &model_of(machine)->platform;
    return gunyah_model_virq_set_trigger(platform->model, platform->primary.vm, virq,
                                         edge ? GUNYAH_MODEL_EDGE : GUNYAH_MODEL_LEVEL);
}

static void virq_enable(struct machine *machine, uint32_t virq, bool enable)
{
    const struct platform *platform = &model_of(machine)->platform;
    gunyah_model_virq_enable(platform->model, platform->primary.vm, virq, enable);
}

static bool virq_pending(struct machine *machine, uint32_t virq)
{
    const struct platform *platform = &model_of(machine)->platform;
    return gunyah_model_virq_pending(platform->model, platform->primary.vm, virq);
}

static void virq_clear(struct machine *machine, uint32_t virq)
{
    const struct platform *platform = &model_of(machine)->platform;
    gunyah_model_virq_clear(platform->model, platform->primary.vm, virq);
}

static uint32_t virq_acknowledge(struct machine *machine)
{
    const struct platform *platform = &model_of(machine)->platform;
    const uint32_t virq = gunyah_model_virq_acknowledge(platform->model, platform->primary.vm);
    return virq != 0 ? virq : SPURIOUS;
}

static void virq_end(struct machine *machine, uint32_t virq)
{
    const struct platform *platform = &model_of(machine)->platform;
    gunyah_model_virq_end(platform->model, platform->primary.vm, virq);
}

static void wait_for(struct machine *machine, uint64_t nanoseconds)
{
    gunyah_model_advance(model_of(machine)->platform.model, nanoseconds);
}

static const struct machine_ops ops = {
    .start = start,
    .free = free_model,
    .call = call,
    .read = read_bytes,
    .write = write_bytes,
    .load = load,
    .store = store,
    .virq_set_trigger = virq_set_trigger,
    .virq_enable = virq_enable,
    .virq_pending = virq_pending,
    .virq_clear = virq_clear,
    .virq_acknowledge = virq_acknowledge,
    .virq_end = virq_end,
    .wait = wait_for,
};

struct machine *machine_new_model(void)
{
    struct model_machine *model = calloc(1, sizeof(*model));
    if (model == NULL)
        return NULL;
    model->machine.ops = &ops;
    model->arena = malloc(ARENA);
    if (model->arena != NULL)
        return &model->machine;
    free(model);
    return NULL;
}
