// SPDX-License-Identifier: BSD-3-Clause
// Hostile VMs: any packets to the Resource Manager, from HLOS, from a VM that was there before and from one that is made
// meanwhile, with any configuration. The input is a list of steps; most packets begin well, so that requests get far.
#include "states.h"

#include <model_rm.h>

#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE (1024u * 1024u)
#define RAM_BASE UINT64_C(0x50000000)
#define RAM_SIZE 4096u
#define HLOS 3u
#define NEIGHBOUR 5u
#define MADE 0x80u
#define PACKET 240u
#define CLOCK UINT64_C(0x9010000)

struct machine {
    struct gunyah_model *model;
    unsigned char ram[RAM_SIZE];
    struct gunyah_model_rm_vdevice vdevices[4];
    struct gunyah_model_rm_config config;
    bool dead;
};

struct input {
    const uint8_t *data;
    size_t size;
};

static uint8_t next(struct input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

static bool is_ram(uint64_t address, size_t size)
{
    return address >= RAM_BASE && address - RAM_BASE <= RAM_SIZE && size <= RAM_SIZE - (address - RAM_BASE);
}

static enum gunyah_model_memory read_ram(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct machine *machine = context;

    (void)vm;
    if (!is_ram(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy(to, machine->ram + (address - RAM_BASE), size);
    return GUNYAH_MODEL_MEMORY_OK;
}

static enum gunyah_model_memory write_ram(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    struct machine *machine = context;

    (void)vm;
    if (!is_ram(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy(machine->ram + (address - RAM_BASE), from, size);
    return GUNYAH_MODEL_MEMORY_OK;
}

static void observe(void *context, const struct gunyah_model_rm_event *event)
{
    struct machine *machine = context;

    machine->dead |= event->kind == GUNYAH_MODEL_RM_DEAD;
}

static bool configure(void *context, uint16_t vmid, struct gunyah_model_rm_config *config)
{
    const struct machine *machine = context;

    (void)vmid;
    *config = machine->config;
    return true;
}

// A configuration for the VMs to come.
static void declare(struct machine *machine, struct input *input)
{
    static const uint64_t bases[] = {0x80000000, 0, 0x40000000, 0xfffffffff000, 0x1000, 0x80000001};

    machine->config = (struct gunyah_model_rm_config){
        .name = "vm", .vcpus = next(input) % 10u, .base = bases[next(input) % 6u], .vdevices = machine->vdevices};
    machine->config.vdevice_count = next(input) % 5u;
    machine->config.size_max = (uint64_t)next(input) << 20;
    for (uint32_t i = 0; i < machine->config.vdevice_count; i++) {
        const uint8_t kind = next(input);
        machine->vdevices[i] = (struct gunyah_model_rm_vdevice){
            .type = (enum gunyah_model_rm_vdevice_type)(kind % 7u),
            .console = true,
            .allocate_base = (kind & 0x80) != 0,
            .optional = (kind & 0x40) != 0,
            .peer = next(input),
            .label = next(input) % 4u,
            .depth = next(input),
            .send_virq = next(input) * 4u,
            .receive_virq = next(input) * 4u,
            .base = (uint64_t)next(input) << 24,
        };
    }
    const uint8_t clock = next(input);
    machine->config.rtc = (clock & 1) != 0;
    machine->config.rtc_base = (clock & 2) != 0 ? GUNYAH_MODEL_RM_ANYWHERE : CLOCK + bases[clock / 4u % 6u];
}

static uint64_t call(struct machine *machine, uint32_t vm, uint32_t number, uint64_t a, uint64_t b, uint64_t c)
{
    struct gunyah_model_registers r = {{0xC6008000u | number, a, b, c}};

    if (!gunyah_model_vm_runs(machine->model, vm))
        return UINT64_MAX;
    if (gunyah_model_call(machine->model, vm, 0, GUNYAH_MODEL_HVC, 0, &r) > GUNYAH_MODEL_CLOBBERED)
        return UINT64_MAX;
    return r.x[0];
}

static uint32_t sender(struct input *input)
{
    static const uint32_t vms[] = {HLOS, HLOS, NEIGHBOUR, MADE};

    return vms[next(input) % 4u];
}

static void receive_all(struct machine *machine, uint32_t vm)
{
    struct gunyah_model_rm_channel channel;

    if (!gunyah_model_rm_channel_of(machine->model, vm, &channel))
        return;
    while (call(machine, vm, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, channel.receive_cap.value, RAM_BASE + 2048, PACKET) ==
           0) {
    }
}

static void packet(struct machine *machine, struct input *input)
{
    static const uint32_t groups[] = {0x56000000, 0x56000000, 0x51000010, 0x56000080, 0x56000050};
    struct gunyah_model_rm_channel channel;
    const uint32_t vm = sender(input);
    const uint8_t shape = next(input);
    const uint32_t id = groups[shape % 5u] + next(input) % 0x36u;
    uint8_t *ram = machine->ram;
    uint32_t size = 8;

    ram[0] = (shape & 0xc0) == 0xc0 ? next(input) : 0x21;
    ram[1] = (shape & 0x20) != 0 ? next(input) : 1;
    ram[2] = ram[3] = 0;
    memcpy(ram + 4, &id, sizeof(id));
    for (uint32_t left = next(input) % (PACKET - 7u); left > 0; left--)
        ram[size++] = next(input);
    if (gunyah_model_rm_channel_of(machine->model, vm, &channel))
        call(machine, vm, GUNYAH_HYPERCALL_MSGQUEUE_SEND, channel.send_cap.value, size, RAM_BASE);
}

// Loads and stores of a VM, at its clock or near it. What faults changes nothing.
static void touch(struct machine *machine, struct input *input)
{
    const uint32_t vm = sender(input);
    const uint64_t address = CLOCK + (uint64_t)next(input) * 0x11 - 4;
    const uint32_t size = 1u << next(input) % 4u;
    uint64_t value = next(input);

    if (!gunyah_model_vm_runs(machine->model, vm))
        return;
    gunyah_model_store(machine->model, vm, address, size, value << 24);
    if (!gunyah_model_load_register(machine->model, vm, address, size, &value))
        return;
    if (size != 4 || address % 4 != 0 || value > UINT32_MAX)
        abort();
}

static void start(struct machine *machine, void *arena)
{
    static const uint16_t vmids[] = {HLOS, NEIGHBOUR};
    const struct gunyah_model_env env = {.context = machine, .read = read_ram, .write = write_ram};
    const struct gunyah_model_options model = {.api_flags = GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK};
    const struct gunyah_model_rm_options options = {.generation = GUNYAH_RM_GENERATION_LATER};
    const struct gunyah_model_rm_env rm_env = {.context = machine, .observe = observe, .configure = configure};
    struct gunyah_model_vm vm;

    memset(machine, 0, sizeof(*machine));
    if (gunyah_model_init(arena, ARENA_SIZE, &model, &env, &machine->model, &vm) != GUNYAH_HVERR_OK ||
        gunyah_model_rm_start(machine->model, &options, &rm_env) != GUNYAH_HVERR_OK)
        abort();
    for (size_t i = 0; i < sizeof(vmids) / sizeof(vmids[0]); i++) {
        const struct gunyah_model_vm_options shape = {.vmid = vmids[i],
                                                      .vcpus = 1,
                                                      .max_caps = 64,
                                                      .max_virqs = GUNYAH_VIC_MAX_VIRQS,
                                                      .hwirq_first = 32,
                                                      .hwirq_count = i == 0 ? 32 : 0};
        struct gunyah_model_rm_channel channel = {.send_virq = 960, .receive_virq = 961};
        if (gunyah_model_add_vm(machine->model, &shape, &vm) != GUNYAH_HVERR_OK ||
            gunyah_model_rm_attach(machine->model, vm.vm, 8, &channel) != GUNYAH_HVERR_OK)
            abort();
    }
    machine->config =
        (struct gunyah_model_rm_config){.name = "vm", .vcpus = 1, .base = 0x80000000, .rtc = true, .rtc_base = CLOCK};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct machine machine;
    static _Alignas(16) unsigned char arena[ARENA_SIZE];
    struct input input = {data, size};

    start(&machine, arena);
    while (input.size > 0 && !machine.dead) {
        const uint8_t step = next(&input);
        if (step < 180)
            packet(&machine, &input);
        else if (step < 200)
            declare(&machine, &input);
        else if (step < 210)
            receive_all(&machine, sender(&input));
        else if (step < 248)
            gunyah_model_advance(machine.model, UINT64_C(100000) * next(&input));
        else if (step < 250)
            touch(&machine, &input);
        else if (step < 253)
            call(&machine, sender(&input), GUNYAH_HYPERCALL_SCHEDULER_YIELD, 0, 0, 0);
        else
            must_restore(machine.model);
    }
    return 0;
}
