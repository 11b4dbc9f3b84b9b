// SPDX-License-Identifier: BSD-3-Clause
// Hostile guests: any instruction with any registers, from two VMs, in any order, on a hypervisor with little memory. The
// input is a list of steps; arguments come from a small table of interesting values, so that calls get far.
#include "states.h"
#include "vcpu.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE (96u * 1024u)
#define RAM_BASE UINT64_C(0x50000000)
#define RAM_SIZE 4096u
#define MEMORY_BASE UINT64_C(0x90000000) // of the root partition
#define MEMORY_SIZE UINT64_C(0x100000)
#define MAX_KNOWN 24u
#define GUEST 3u // VMID, and number, of the VM beside the root

struct machine {
    struct gunyah_model *model;
    unsigned char ram[RAM_SIZE];
    uint64_t known[MAX_KNOWN]; // capability ids that were seen
    uint32_t known_count;
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

static enum gunyah_model_memory find_ram(uint64_t address, size_t size)
{
    if (address < RAM_SIZE)
        return GUNYAH_MODEL_MEMORY_DEVICE;
    if (address < RAM_BASE || address - RAM_BASE > RAM_SIZE || size > RAM_SIZE - (address - RAM_BASE))
        return GUNYAH_MODEL_MEMORY_FAULT;
    return GUNYAH_MODEL_MEMORY_OK;
}

static enum gunyah_model_memory read_ram(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct machine *machine = context;
    const enum gunyah_model_memory answer = find_ram(address, size);

    (void)vm;
    if (answer == GUNYAH_MODEL_MEMORY_OK)
        memcpy(to, machine->ram + (address - RAM_BASE), size);
    return answer;
}

static enum gunyah_model_memory write_ram(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    struct machine *machine = context;
    const enum gunyah_model_memory answer = find_ram(address, size);

    (void)vm;
    if (answer == GUNYAH_MODEL_MEMORY_OK)
        memcpy(machine->ram + (address - RAM_BASE), from, size);
    return answer;
}

// Physical memory is only written: nobody here looks at it. It must be some.
static void put(void *context, uint64_t address, const void *from, uint64_t size)
{
    (void)context;
    (void)from;
    if (size == 0 || size > MEMORY_SIZE || address < MEMORY_BASE || address - MEMORY_BASE > MEMORY_SIZE - size)
        abort();
}

// A vCPU does what its counter says: any stop, with whatever is in its registers.
static void run(void *context, uint32_t vcpu, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap)
{
    (void)context;
    (void)vcpu;
    guest->pc += 4;
    trap->stop = (enum gunyah_model_stop)(guest->pc / 4 % 5);
    trap->immediate = (guest->pc & 64) != 0 ? (uint16_t)(0x6000 + guest->x[0] % 0x70) : 0;
    trap->address = guest->x[1];
    trap->value = guest->x[2];
    trap->size = (uint8_t)(1u << (guest->pc / 4 % 4));
    trap->target = guest->pc / 4 % 32;
}

static void know(struct machine *machine, uint64_t id)
{
    machine->known[machine->known_count % MAX_KNOWN] = id;
    machine->known_count++;
}

static uint64_t argument(const struct machine *machine, struct input *input)
{
    static const uint64_t values[] = {
        0,
        1,
        2,
        7,
        8,
        31,
        32,
        40,
        256,
        1019,
        1020,
        0x3ff,
        0x10004,
        0x3ff00ff,
        0x80000000,
        0xfffffffe,
        0xffffffff,
        UINT64_MAX,
        UINT64_MAX - 1,
        RAM_BASE,
        RAM_BASE + 1,
        RAM_BASE + RAM_SIZE - 8,
        RAM_SIZE,
        MEMORY_BASE,
        MEMORY_BASE + 0x1000,
        0x1000,
        0x4000,
        0x10006,
        0xf0066,
        UINT64_C(1) << 63,
        14384,
        14385,
    };
    const uint8_t choice = next(input);

    if (choice < MAX_KNOWN)
        return machine->known[choice];
    if (choice < 128)
        return values[choice % (sizeof(values) / sizeof(values[0]))];
    if (choice < 192)
        return choice - 128u;
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | next(input);
    return value;
}

static void call(struct machine *machine, struct input *input)
{
    struct gunyah_model_registers r = {{0}};
    const uint8_t how = next(input);
    const uint8_t number = next(input);
    uint16_t immediate = 0;
    int first = 1;

    if (how & 1) {
        immediate = (uint16_t)(0x6000 + number);
        first = 0;
    }
    for (int i = first; i < 8; i++)
        r.x[i] = argument(machine, input);
    if (!(how & 1))
        r.x[0] = how & 8 ? argument(machine, input) : (0xC6008000u | number);
    if ((how & 0x11) == 0x10)
        r.x[0] = GUNYAH_SMCCC_WATCHDOG_CONTROL + number % 4u;
    const enum gunyah_model_conduit conduit = how & 4 ? GUNYAH_MODEL_SMC : GUNYAH_MODEL_HVC;
    const uint32_t vm = (how & 2) != 0 ? GUEST : 0;
    const enum gunyah_model_outcome outcome = gunyah_model_call(machine->model, vm, 0, conduit, immediate, &r);
    if (outcome <= GUNYAH_MODEL_CLOBBERED && (uint32_t)r.x[0] == 0)
        know(machine, r.x[1]);
}

static void interrupt(struct machine *machine, struct input *input)
{
    const uint8_t what = next(input);
    const uint32_t vm = (what & 0x80) != 0 ? GUEST : 0;
    const uint32_t virq = 30u + next(input);

    switch (what & 7) {
    case 0:
        gunyah_model_virq_set_trigger(machine->model, vm, virq, what & 8 ? GUNYAH_MODEL_EDGE : GUNYAH_MODEL_LEVEL);
        break;
    case 1:
        gunyah_model_virq_enable(machine->model, vm, virq, what & 8);
        break;
    case 2:
        gunyah_model_virq_clear(machine->model, vm, virq);
        break;
    case 3:
        gunyah_model_virq_acknowledge(machine->model, vm);
        break;
    case 4:
        gunyah_model_virq_end(machine->model, vm, virq);
        break;
    default:
        gunyah_model_virq_take(machine->model, vm, virq);
        break;
    }
}

// A watchdog that both VMs mind. Its capability becomes known.
static void add_watchdog(struct machine *machine)
{
    struct gunyah_model *model = machine->model;
    struct watchdog *watchdog = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_WATCHDOG);
    gunyah_capid_t cap;

    if (watchdog == NULL || gunyah_model_object_activate_now(model, &watchdog->object) != GUNYAH_HVERR_OK ||
        gunyah_model_cap_create(model, model_at(model, model->root_cspace), &watchdog->object, &cap) != GUNYAH_HVERR_OK)
        abort();
    for (uint32_t vm = 0; vm <= GUEST; vm += GUEST) {
        const struct vm *machine_of = model_at(model, model->vms[vm]);
        gunyah_model_thread_attach_watchdog(model, model_at(model, machine_of->thread[0]), watchdog);
    }
    know(machine, cap.value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct machine machine;
    static _Alignas(16) unsigned char arena[ARENA_SIZE];
    const struct gunyah_model_env env = {
        .context = &machine, .read = read_ram, .write = write_ram, .put = put, .run = run};
    // An input of an odd size is for the hypervisor that the manual describes.
    const struct gunyah_model_options model = {.api_flags = GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK,
                                               .memory_base = MEMORY_BASE,
                                               .memory_size = MEMORY_SIZE,
                                               .as_manual = size % 2 != 0};
    const struct gunyah_model_vm_options options = {
        .vmid = GUEST, .vcpus = 2, .max_caps = 200, .max_virqs = 64, .runs_vcpus = true};
    struct gunyah_model_vm root, guest;
    struct input input = {data, size};

    memset(&machine, 0, sizeof(machine));
    if (gunyah_model_init(arena, sizeof(arena), &model, &env, &machine.model, &root) != GUNYAH_HVERR_OK ||
        gunyah_model_add_vm(machine.model, &options, &guest) != GUNYAH_HVERR_OK)
        abort();
    know(&machine, root.partition.value);
    know(&machine, root.cspace.value);
    know(&machine, root.vic.value);
    know(&machine, guest.cspace.value);
    know(&machine, guest.vic.value);
    know(&machine, root.vcpu[0].value);
    know(&machine, guest.vcpu[1].value);
    know(&machine, guest.addrspace.value);
    know(&machine, guest.vpm_group.value);
    add_watchdog(&machine);
    while (input.size > 0) {
        const uint8_t step = next(&input);
        if (step < 200)
            call(&machine, &input);
        else if (step < 250)
            interrupt(&machine, &input);
        else if (step < 253)
            gunyah_model_advance(machine.model, UINT64_C(1000000) * next(&input));
        else
            must_restore(machine.model);
    }
    return 0;
}
