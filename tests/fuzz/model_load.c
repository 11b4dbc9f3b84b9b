// SPDX-License-Identifier: BSD-3-Clause
// Hostile snapshots: a good one, in which the input changes some bytes, and then VMs that call with what the rest of it says. What the
// audit lets through must be a state that the model can go on from, and whatever is done there, the audit finds nothing
// wrong afterwards. The first byte 0xff instead makes the rest a save for gunyah_sim_load().
#include "model_rm.h"

#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE (512u * 1024u)
#define RAM_BASE UINT64_C(0x50000000)
#define RAM_SIZE (64u * 1024u)
#define IMAGE (RAM_BASE + 0x8000)
#define HLOS 3u
#define NEIGHBOUR 5u
#define MADE 0x80u
#define MAX_KNOWN 64u
#define PACKET 240u
#define SPARE (64u * 1024u)
#define CLOCK UINT64_C(0x9010000) // of the VM that was made

struct machine {
    struct gunyah_model *model;
    unsigned char ram[RAM_SIZE];
    uint64_t known[MAX_KNOWN]; // capability ids
    uint32_t known_count;
};

struct input {
    const uint8_t *data;
    size_t size;
};

static struct machine machine;
static unsigned char *good;
static size_t good_size;
static unsigned char *bytes; // the good one, changed
static void *arena;          // a little larger, so that what is beyond its end is noticed
static void *room;           // for the audit

static uint8_t next(struct input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

static uint32_t next32(struct input *input)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value = value << 8 | next(input);
    return value;
}

static bool is_ram(const void *context, uint64_t address, uint64_t size)
{
    (void)context;
    return address >= RAM_BASE && address - RAM_BASE <= RAM_SIZE && size <= RAM_SIZE - (address - RAM_BASE);
}

static enum gunyah_model_memory read_ram(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    (void)context;
    (void)vm;
    if (!is_ram(NULL, address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy(to, machine.ram + (address - RAM_BASE), size);
    return GUNYAH_MODEL_MEMORY_OK;
}

static enum gunyah_model_memory write_ram(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    (void)context;
    (void)vm;
    if (!is_ram(NULL, address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy(machine.ram + (address - RAM_BASE), from, size);
    return GUNYAH_MODEL_MEMORY_OK;
}

static void pending(void *context, uint32_t vm, uint32_t virq)
{
    (void)context;
    if (vm >= GUNYAH_VMID_ROOT || virq < 32 || virq > 1019)
        abort();
}

static bool configure(void *context, uint16_t vmid, struct gunyah_model_rm_config *config)
{
    static const struct gunyah_model_rm_vdevice vdevices[] = {
        {.type = GUNYAH_MODEL_RM_RPC, .console = true},
        {.type = GUNYAH_MODEL_RM_DOORBELL, .label = 1},
        {.type = GUNYAH_MODEL_RM_MSGQUEUE_PAIR, .label = 2, .peer = NEIGHBOUR},
        {.type = GUNYAH_MODEL_RM_SHM, .label = 3, .base = 0x90000000, .optional = true},
    };

    (void)context;
    (void)vmid;
    *config = (struct gunyah_model_rm_config){.name = "vm", .vcpus = 2, .base = 0x80000000, .vdevices = vdevices};
    config->vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]);
    config->rtc = true;
    config->rtc_base = CLOCK;
    return true;
}

static const struct gunyah_model_env env = {.read = read_ram, .write = write_ram, .pending = pending};
static const struct gunyah_model_rm_env rm_env = {.configure = configure};

static uint64_t call(uint32_t vm, uint32_t number, const uint64_t arguments[7], uint64_t *result)
{
    struct gunyah_model_registers r = {{0xC6008000u | number}};

    memcpy(&r.x[1], arguments, 7 * sizeof(arguments[0]));
    if (!gunyah_model_vm_exists(machine.model, vm) || !gunyah_model_vm_runs(machine.model, vm))
        return UINT64_MAX;
    if (gunyah_model_call(machine.model, vm, 0, GUNYAH_MODEL_HVC, 0, &r) > GUNYAH_MODEL_CLOBBERED)
        return UINT64_MAX;
    if (result != NULL)
        *result = r.x[1];
    return r.x[0];
}

// What a VM does with its watchdog.
static void mind(uint32_t vm, uint32_t function, uint64_t a, uint64_t b)
{
    struct gunyah_model_registers r = {{GUNYAH_SMCCC_WATCHDOG_CONTROL + function % 4u, a, b}};

    if (gunyah_model_vm_exists(machine.model, vm) && gunyah_model_vm_runs(machine.model, vm))
        gunyah_model_call(machine.model, vm, 0, GUNYAH_MODEL_SMC, 0, &r);
}

static void know(uint64_t id)
{
    machine.known[machine.known_count++ % MAX_KNOWN] = id;
}

// ---- requests to the Resource Manager

static void receive_all(uint32_t vm)
{
    struct gunyah_model_rm_channel channel;

    if (!gunyah_model_rm_channel_of(machine.model, vm, &channel))
        return;
    for (int i = 0; i < 300; i++) {
        if (call(vm, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, (uint64_t[7]){channel.receive_cap.value, RAM_BASE, PACKET},
                 NULL) != 0)
            return;
    }
}

static void ask(uint32_t vm, uint32_t id, const uint8_t *payload, uint32_t size)
{
    struct gunyah_model_rm_channel channel;

    memcpy(machine.ram, (const uint8_t[8]){0x21, 1}, 8);
    memcpy(machine.ram + 4, &id, sizeof(id));
    memcpy(machine.ram + 8, payload, size);
    if (gunyah_model_rm_channel_of(machine.model, vm, &channel))
        call(vm, GUNYAH_HYPERCALL_MSGQUEUE_SEND, (uint64_t[7]){channel.send_cap.value, 8 + size, RAM_BASE}, NULL);
    gunyah_model_advance(machine.model, 400000);
}

// ---- the good one

static void add_vm(uint16_t vmid)
{
    const struct gunyah_model_vm_options shape = {.vmid = vmid,
                                                  .vcpus = 1,
                                                  .max_caps = 64,
                                                  .max_virqs = GUNYAH_VIC_MAX_VIRQS,
                                                  .hwirq_first = 32,
                                                  .hwirq_count = vmid == HLOS ? 32 : 0};
    struct gunyah_model_rm_channel channel = {.send_virq = 960, .receive_virq = 961};
    struct gunyah_model_vm vm;

    if (gunyah_model_add_vm(machine.model, &shape, &vm) != GUNYAH_HVERR_OK ||
        gunyah_model_rm_attach(machine.model, vm.vm, 8, &channel) != GUNYAH_HVERR_OK)
        abort();
    know(vm.cspace.value);
    know(vm.vic.value);
    know(vm.addrspace.value);
    know(vm.vcpu[0].value);
    know(channel.send_cap.value);
}

// Objects that calls make, in the root VM's space: of each type one, some of them joined.
static void add_objects(const struct gunyah_model_vm *root)
{
    static const uint32_t creators[] = {
        GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT, GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT,
        GUNYAH_HYPERCALL_PARTITION_CREATE_ADDRSPACE, GUNYAH_HYPERCALL_PARTITION_CREATE_THREAD,
        GUNYAH_HYPERCALL_PARTITION_CREATE_VIC,       GUNYAH_HYPERCALL_PARTITION_CREATE_VPM_GROUP,
        GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE,  GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL,
        GUNYAH_HYPERCALL_PARTITION_CREATE_CSPACE,    GUNYAH_HYPERCALL_PARTITION_CREATE_VIRTIO_MMIO,
        GUNYAH_HYPERCALL_PARTITION_CREATE_WATCHDOG,
    };
    uint64_t cap[sizeof(creators) / sizeof(creators[0])];

    for (size_t i = 0; i < sizeof(creators) / sizeof(creators[0]); i++) {
        call(0, creators[i], (uint64_t[7]){root->partition.value, root->cspace.value}, &cap[i]);
        know(cap[i]);
    }
    call(0, GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE, (uint64_t[7]){cap[0], 0x90000000, 0x4000, 0x10007}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[0]}, NULL);
    call(0, GUNYAH_HYPERCALL_MEMEXTENT_CONFIGURE_DERIVE, (uint64_t[7]){cap[1], cap[0], 0, 0x1000, 0x7}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[1]}, NULL);
    call(0, GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE, (uint64_t[7]){cap[2], 77}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[2]}, NULL);
    call(0, GUNYAH_HYPERCALL_ADDRSPACE_MAP, (uint64_t[7]){cap[2], cap[1], 0x10000, 0xf0077, 0, 0, 0}, NULL);
    call(0, GUNYAH_HYPERCALL_VIC_CONFIGURE, (uint64_t[7]){cap[4], 2, 100, 0}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[4]}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[5]}, NULL);
    call(0, GUNYAH_HYPERCALL_CSPACE_CONFIGURE, (uint64_t[7]){cap[8], 100}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[8]}, NULL);
    call(0, GUNYAH_HYPERCALL_CSPACE_ATTACH_THREAD, (uint64_t[7]){cap[8], cap[3]}, NULL);
    call(0, GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_THREAD, (uint64_t[7]){cap[2], cap[3]}, NULL);
    call(0, GUNYAH_HYPERCALL_VIC_ATTACH_VCPU, (uint64_t[7]){cap[4], cap[3], 1}, NULL);
    call(0, GUNYAH_HYPERCALL_VPM_GROUP_ATTACH_VCPU, (uint64_t[7]){cap[5], cap[3], 0}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[10]}, NULL);
    call(0, GUNYAH_HYPERCALL_WATCHDOG_ATTACH_VCPU, (uint64_t[7]){cap[10], cap[3]}, NULL);
    call(0, GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, (uint64_t[7]){cap[10], cap[4], 42, 0}, NULL);
    call(0, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, (uint64_t[7]){cap[10], GUNYAH_WATCHDOG_MANAGE_OP_FREEZE}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[3]}, NULL);
    call(0, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, (uint64_t[7]){cap[6], 4 | 64u << 16}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[6]}, NULL);
    call(0, GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, (uint64_t[7]){cap[6], cap[4], 40}, NULL);
    call(0, GUNYAH_HYPERCALL_MSGQUEUE_SEND, (uint64_t[7]){cap[6], 10, RAM_BASE}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[7]}, NULL);
    call(0, GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, (uint64_t[7]){cap[7], cap[4], 41}, NULL);
    call(0, GUNYAH_HYPERCALL_VIRTIO_MMIO_CONFIGURE, (uint64_t[7]){cap[1], cap[9], 2, 0}, NULL);
    call(0, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, (uint64_t[7]){cap[9]}, NULL);
}

// A VM that the Resource Manager has made, whose watchdog counts, a parcel of which half is accepted, a lent interrupt, and addresses that are
// kept.
static void add_guest(void)
{
    static const uint8_t lend[] = {0, 0, 0, 0,    0, 0,    0, 0, 1, 0, 0, 0,    0x80, 0, 7, 0, 1, 0,
                                   0, 0, 0, 0x80, 0, 0x50, 0, 0, 0, 0, 0, 0x40, 0,    0, 0, 0, 0, 0};
    static const uint8_t more[] = {0, 0, 0, 0,    9, 0,    0, 0, 1, 0, 0, 0,    5, 0, 7, 0, 1, 0,
                                   0, 0, 0, 0x10, 0, 0x50, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0};
    static const uint8_t accept[] = {1, 0, 0, 0, 0, 1, 0x80, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t image[] = {0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t signature[] = {0x80, 0, 1, 0, 0, 0, 0, 0, 0x1c, 0, 0, 0};
    static const uint8_t made[] = {0x80, 0, 0, 0};
    static const uint8_t irq[] = {5, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0};

    ask(HLOS, GUNYAH_RM_VM_ALLOCATE, (const uint8_t[4]){0}, 4);
    receive_all(HLOS);
    ask(HLOS, GUNYAH_RM_MEM_LEND, lend, sizeof(lend));
    ask(HLOS, GUNYAH_RM_VM_CONFIG_IMAGE, image, sizeof(image));
    ask(HLOS, GUNYAH_RM_VM_AUTH_IMAGE, signature, sizeof(signature));
    receive_all(HLOS);
    ask(HLOS, GUNYAH_RM_VM_INIT, made, sizeof(made));
    receive_all(HLOS);
    ask(HLOS, GUNYAH_RM_VM_START, made, sizeof(made));
    receive_all(HLOS);
    ask(HLOS, GUNYAH_RM_MEM_LEND, more, sizeof(more));
    ask(HLOS, GUNYAH_RM_VM_IRQ_LEND, irq, sizeof(irq));
    receive_all(HLOS);
    ask(NEIGHBOUR, GUNYAH_RM_MEM_ACCEPT, accept, sizeof(accept));
    ask(NEIGHBOUR, GUNYAH_RM_VM_IRQ_ACCEPT, (const uint8_t[8]){33, 0, 0, 0, 33}, 8);
    if (!gunyah_model_vm_runs(machine.model, MADE))
        abort();
    mind(MADE, 3, 5, 8);
    mind(MADE, 0, 3, 0);
}

int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static _Alignas(16) unsigned char first[ARENA_SIZE];
    const struct gunyah_model_options options = {
        .api_flags = GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK, .memory_base = 0x90000000, .memory_size = 0x100000};
    const struct gunyah_model_rm_options rm = {.generation = GUNYAH_RM_GENERATION_LATER};
    struct gunyah_model_vm root;

    (void)count;
    (void)arguments;
    if (gunyah_model_init(first, sizeof(first), &options, &env, &machine.model, &root) != GUNYAH_HVERR_OK ||
        gunyah_model_rm_start(machine.model, &rm, &rm_env) != GUNYAH_HVERR_OK)
        abort();
    know(root.partition.value);
    know(root.cspace.value);
    know(root.vic.value);
    add_vm(HLOS);
    add_vm(NEIGHBOUR);
    add_objects(&root);
    add_guest();
    gunyah_model_wipe(machine.model);
    good_size = gunyah_model_snapshot_size(machine.model);
    good = malloc(good_size);
    bytes = malloc(good_size);
    arena = malloc(good_size + SPARE);
    room = malloc(2 * (good_size + SPARE + sizeof(struct gunyah_model_vm)));
    if (good == NULL || bytes == NULL || arena == NULL || room == NULL ||
        gunyah_model_snapshot(machine.model, good, good_size) != GUNYAH_HVERR_OK ||
        gunyah_model_audit(machine.model, room) != NULL)
        abort();
    return 0;
}

// ---- what the input says

// Change some bytes: to anything, by a little, or to what stands elsewhere, which makes references that are almost right.
static void change(struct input *input)
{
    for (uint32_t left = next(input) % 8u; left > 0; left--) {
        const size_t at = next32(input) % (good_size / 4 - 4) * 4 + 16;
        const size_t other = next32(input) % (good_size / 4 - 4) * 4 + 16;
        uint32_t value;
        memcpy(&value, bytes + at, sizeof(value));
        switch (next(input) % 6u) {
        case 0:
            value = next32(input);
            break;
        case 1:
            value += next(input) - 128u;
            break;
        case 2:
            value ^= 1u << next(input) % 32u;
            break;
        case 3:
            value = next(input);
            break;
        case 4:
            value = 0;
            break;
        default:
            memcpy(&value, bytes + other, sizeof(value));
        }
        memcpy(bytes + at, &value, sizeof(value));
    }
}

static uint64_t argument(struct input *input)
{
    static const uint64_t values[] = {0,          1,        2,          8,       31,         32,      33,     40,
                                      300,        0x3ff,    0x4ffffu,   0x10007, 0x7,        0xf0077, 0x1000, 0x10000,
                                      0x90000000, RAM_BASE, UINT64_MAX, 0x20,    UINT32_MAX, 0x2000};
    const uint8_t choice = next(input);

    if (choice < 2 * MAX_KNOWN)
        return machine.known[choice % MAX_KNOWN];
    if (choice < 240)
        return values[choice % (sizeof(values) / sizeof(values[0]))];
    return next32(input);
}

// A load and a store of a VM, where it may have no memory.
static void touch(uint32_t vm, uint64_t address, uint64_t value)
{
    if (!gunyah_model_vm_exists(machine.model, vm) || !gunyah_model_vm_runs(machine.model, vm))
        return;
    gunyah_model_store(machine.model, vm, address, 4, value);
    gunyah_model_load_register(machine.model, vm, address, 4, &value);
}

static void step(struct input *input)
{
    static const uint32_t vms[] = {0, HLOS, NEIGHBOUR, MADE};
    static const uint32_t groups[] = {0x56000000, 0x56000000, 0x51000010, 0x56000080, 0x56000050};
    const uint8_t kind = next(input);
    const uint32_t vm = vms[kind >> 6];
    uint64_t arguments[7] = {0};
    uint8_t payload[PACKET - 8];
    uint64_t result = 0;
    uint32_t size = 0;

    switch (kind & 7) {
    case 0:
    case 1:
    case 2:
        for (int i = 0; i < 5; i++)
            arguments[i] = argument(input);
        if (call(vm, next(input) % 0x72u, arguments, &result) == 0)
            know(result);
        break;
    case 3:
    case 4:
        for (uint32_t left = next(input) % (PACKET - 8); left > 0; left--)
            payload[size++] = next(input);
        if (vm != 0)
            ask(vm, groups[(kind >> 3 & 7) % 5u] + next(input) % 0x36u, payload, size);
        break;
    case 5:
        receive_all(vm);
        break;
    case 6:
        gunyah_model_virq_take(machine.model, vm, 32 + argument(input) % 1000);
        gunyah_model_virq_enable(machine.model, vm, 32 + argument(input) % 1000, true);
        gunyah_model_virq_acknowledge(machine.model, vm);
        touch(vm, CLOCK + 4u * next(input), argument(input));
        break;
    default:
        if ((kind & 8) != 0)
            mind(vm, next(input), argument(input), argument(input));
        gunyah_model_advance(machine.model, next(input) * 10000u);
        break;
    }
}

static void load_save(struct input *input)
{
    struct gunyah_sim *sim;

    if (gunyah_sim_load(input->data, input->size, NULL, &sim, NULL) == GUNYAH_OK)
        gunyah_sim_destroy(&sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint32_t known_count = machine.known_count;

    if (size != 0 && data[0] == 0xff) {
        next(&input);
        load_save(&input);
        return 0;
    }
    memcpy(bytes, good, good_size);
    change(&input);
    if (gunyah_model_load(arena, good_size + SPARE, &env, bytes, good_size, &machine.model) == GUNYAH_HVERR_OK &&
        gunyah_model_audit(machine.model, room) == NULL && gunyah_model_rm_needs(machine.model, is_ram, NULL)) {
        const char *wrong;
        gunyah_model_rm_reconnect(machine.model, &rm_env);
        for (int i = 0; i < 64 && input.size != 0; i++)
            step(&input);
        wrong = gunyah_model_audit(machine.model, room);
        if (wrong != NULL) {
            fprintf(stderr, "%s\n", wrong);
            abort();
        }
    }
    machine.known_count = known_count;
    return 0;
}
