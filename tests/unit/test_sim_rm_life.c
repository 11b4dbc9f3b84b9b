// SPDX-License-Identifier: BSD-3-Clause
// The life of VMs that the simulator's Resource Manager makes: every step, and every step that is not allowed.

#include "sim_rm.h"

#define OK "00000000"
#define VM_STATE "14000000"
#define MSG_INVALID "04000000"
#define VMID_INVALID "0d000000"
#define DENIED "03000000"
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET2_64 0xc4000012

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;
static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};

static struct gunyah_sim_vm_config config_with(const struct gunyah_sim_vdevice *vdevices, size_t count)
{
    struct gunyah_sim_vm_config config = defaults;

    config.vdevices = vdevices;
    config.vdevice_count = count;
    return config;
}

Test(sim_rm_life, vmids)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&other, GUNYAH_RM_VM_ALLOCATE, "00000000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_ALLOCATE, "", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "0000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "81000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "1f000000", OK);         // asked for: the id is not repeated
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "1f000000", "02000000"); // taken
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "05000000", "02000000"); // a VM that is there already
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "03000000", "02000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "40000000", "02000000");
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "80000000", OK);
    rm_ask(&other, GUNYAH_RM_VM_DEALLOCATE, "81000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    for (int i = 0x82; i <= 0xbe; i++) {
        char reply[32];
        snprintf(reply, sizeof(reply), OK "%02x000000", (unsigned)i);
        rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", reply);
    }
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "02000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, ids_of_the_manager_are_not_for_the_simulator)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;

    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "07000000", OK);
    options.vmid = gunyah_vmid(7);
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_BUSY));
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(7), &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, from_allocation_to_deallocation)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_config config = defaults;
    struct gunyah_sim_vm *vm;
    void *memory;

    rm_start_guest(sim, &hlos, NULL, &config);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "03000000");
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    // Its image is at the base address, and is HLOS's memory.
    cr_assert(eq(int, gunyah_sim_find_memory(vm, 0x80000000, 0x100000, &memory), GUNYAH_OK));
    cr_assert(eq(ptr, memory, (void *)(uintptr_t)RM_RAM));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, 0x80000000, 0x100001, &memory), GUNYAH_ERR_ADDR_INVALID));
    cr_assert(eq(ptr, memory, NULL));
    // Every step again is the wrong one.
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", "0b000000");
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0700 04000000 00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 0a 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_MEM_RELEASED, "00000000 8000 0000 00000000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 0b 00 0000");
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "80000000", OK);
    rm_silent(&hlos);
    // The slot, and the memory, are used again.
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "01000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, a_reset_takes_steps)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_start_guest(sim, &hlos, NULL, &defaults);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    // RESETTING at first, and not to be touched.
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", VM_STATE);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "0b000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, who_may_do_what)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    static const char image[] = "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000";

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&other, GUNYAH_RM_VM_CONFIG_IMAGE, image, DENIED);
    rm_ask(&other, GUNYAH_RM_VM_AUTH_IMAGE, "80000000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_INIT, "80000000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_START, "80000000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", VMID_INVALID);
    rm_ask(&other, GUNYAH_RM_VM_RESET, "80000000", VMID_INVALID);
    rm_ask(&other, GUNYAH_RM_VM_GET_STATE, "80000000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_GET_CRASH_MSG, "80000000", VMID_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE, "80000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "8100", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "81000000", VMID_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000100", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_AUTH_IMAGE, "8000 0100 00000000 1c000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_AUTH_IMAGE, "8000 0100 00000000", MSG_INVALID);
    // HLOS and what ran before are not to be stopped.
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "0500 01 00 03000000", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "05000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "03000000", VMID_INVALID);
    gunyah_sim_destroy(&sim);
}

// CONFIG_IMAGE with 1 MiB at RM_RAM, lent to the VM, ends like this.
static void configures(const char *rest, const char *reply, const char *status)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    char request[256];

    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    snprintf(request, sizeof(request), "8000 %s", rest);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE, request, reply);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, status);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, images)
{
    static const char init[] = "8000 0000 01 00 0000";
    static const char failed[] = "8000 0000 08 00 0000";

    configures("0000 00000000 0000000000000000 0000100000000000 0000000000000000 0000100000000000", OK, init);
    configures("0200 00000000 0000000000000000 0000100000000000 0000000000000000 0000100000000000", OK, init);
    configures("0100 00000000 0000000000000000 0000100000000000 0000000000000000 0000100000000000", OK,
               "8000 0000 06 00 0000");
    configures("0300 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", "06000000", failed);
    configures("0000 01000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", "0a000000", failed);
    configures("0000 00000000 0100000000000000 0000100000000000 0000000000000000 0000000000000000", "06000000", failed);
    configures("0000 00000000 0000000000000000 0000000000000000 0100100000000000 0000000000000000", "06000000", failed);
    configures("0000 00000000 ffffffffffffffff 0200000000000000 0000000000000000 0000000000000000", "06000000", failed);
}

// VM_INIT with this configuration is refused like this, and the VM can be reset and used again.
static void init_fails(const struct gunyah_sim_vm_config *config, const char *reply, const char *reason)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm *vm;

    if (config != NULL)
        cr_assert(eq(int, gunyah_sim_configure_vm(sim, config), GUNYAH_OK));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", reply);
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(hlos.vm), (char *)reason));
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 01 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 08 00 0000");
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "80000000", OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, configurations_that_do_not_work)
{
    static const struct gunyah_sim_vdevice stranger = {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .peer = {77}};
    static const struct gunyah_sim_vdevice twins[2] = {{.type = GUNYAH_SIM_VDEVICE_RM_RPC},
                                                       {.type = GUNYAH_SIM_VDEVICE_RM_RPC}};
    static const struct gunyah_sim_vdevice deep = {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .receive_virq = {31}};
    struct gunyah_sim_vm_config config = defaults;

    init_fails(NULL, "0a000000", "there is no configuration, or it cannot be read");
    config.base = 0x80000100;
    init_fails(&config, "0a000000", "the memory of the configuration is not aligned to 4 KiB, or beyond 36 bits");
    config = defaults;
    config.vcpus = 9;
    init_fails(&config, "06000000", "the configuration wants no vCPU, or more than the platform has processors");
    config = config_with(&stranger, 1);
    init_fails(&config, "02000000", "the peer of a virtual device does not exist");
    config = config_with(twins, 2);
    init_fails(&config, "02000000", "a vCPU or a virtual device of the configuration cannot be made");
    config = config_with(&deep, 1);
    init_fails(&config, "02000000", "a vCPU or a virtual device of the configuration cannot be made");
}

Test(sim_rm_life, a_guest_with_a_channel_ends_by_itself)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_config config = config_with(&channel, 1);
    unsigned char request[4] = {1, 0, 4, 0};

    config.name = "guest";
    rm_start_guest(sim, &hlos, &guest, &config);
    rm_ask(&guest, GUNYAH_RM_VM_GET_VMID, "", OK "80000000");
    rm_ask(&guest, GUNYAH_RM_VM_GET_OWNER, "", OK "03000000");
    rm_ask(&guest, GUNYAH_RM_VM_GET_PEERS, "", OK "01000000 03000000");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_PEERS, "", OK "01000000 80000000");
    rm_ask(&hlos, GUNYAH_RM_VM_LOOKUP_NAME, "0500 0000 6775657374 000000", OK "01000000 80000000");
    rm_ask(&hlos, GUNYAH_RM_VM_LOOKUP_NAME, "0500 0000 6775657374 000001", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_LOOKUP_NAME, "", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_LOOKUP_NAME, "5000 0000", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_LOOKUP_GUID, "00000000", MSG_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_SET_STATUS, "00040000", DENIED);
    rm_ask(&guest, GUNYAH_RM_VM_SET_CRASH_MSG, "0300 0000 666f6f 00", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_CRASH_MSG, "80000000", OK "0300 0000 666f6f 00");
    rm_ask(&guest, GUNYAH_RM_VM_EXIT, "0000 02 00", MSG_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_EXIT, "0000 00 01", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 00 00 01000000", OK);
    rm_told(&guest, GUNYAH_RM_NOTIFY_VM_SHUTDOWN, "01000000");
    rm_request(&guest, GUNYAH_RM_VM_EXIT, request, sizeof(request));
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0000 04000000 01000400");
    gunyah_sim_destroy(&sim);
}

static uint64_t psci(struct gunyah_sim_vm *vm, uint64_t function, uint64_t a, uint64_t b)
{
    struct gunyah_registers registers = {{function, a, b}};

    vm_raw(vm, GUNYAH_CONDUIT_HVC, 0, &registers);
    return registers.x[0];
}

Test(sim_rm_life, psci_ends_a_guest)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm *vm;

    rm_start_guest(sim, &hlos, NULL, &defaults);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    psci(vm, PSCI_SYSTEM_OFF, 0, 0);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0100 04000000 00000000");
    rm_silent(&hlos);
    gunyah_sim_destroy(&sim);

    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    rm_start_guest(sim, &hlos, NULL, &defaults);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    psci(vm, PSCI_SYSTEM_RESET2_64, 0x80000001, 0x1122334455667788);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0300 10000000 00800000 01000080 88776655 44332211");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, a_session_ends_with_its_vm)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm *vm;
    const struct gunyah_backend *backend;

    rm_start_guest(sim, &hlos, NULL, &defaults);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    backend = gunyah_sim_backend(vm);
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_OK));
    cr_assert(eq(u64, vm_call(vm, GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL), UINT64_C(0x5100000000008001)));
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    cr_assert(eq(u64, vm_ring(vm, gunyah_capid(0), 1), GUNYAH_HVERR_OBJECT_STATE));
    cr_assert(eq(int, vm_wait_one(vm, 40, UINT64_MAX), GUNYAH_ERR_OBJECT_STATE));
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    cr_assert(eq(u64, vm_ring(vm, gunyah_capid(0), 1), GUNYAH_HVERR_OBJECT_STATE));
    backend->ops->close(backend->context);
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_ERR_OBJECT_STATE));
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, resources)
{
    static const struct gunyah_sim_vdevice vdevices[] = {
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 0x11, .receive_virq = {40}},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 0x22},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 0x33},
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
    };
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_config config = config_with(vdevices, 4);
    static unsigned char bytes[2048];
    static char text[8192];

    rm_start_guest(sim, &hlos, &guest, &config);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, "03000000", OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, "81000000", "06000000");
    rm_request(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(&hlos, text));
    cr_assert(eq(sz, rm_bytes(text, bytes), 8 + 5 * 44));
    cr_assert(eq(int, bytes[4], 5));
    // A vCPU first, then both doorbells and both queues: ring each, and send by each.
    cr_assert(eq(int, bytes[8], 4));
    unsigned kinds = 0;
    for (const unsigned char *entry = bytes + 52; entry < bytes + 8 + 5 * 44; entry += 44) {
        uint64_t cap;
        memcpy(&cap, entry + 12, sizeof(cap));
        cr_assert(eq(int, entry[2], 0x80));
        kinds |= 1u << entry[0];
        if (entry[0] == 0)
            cr_assert(eq(u64, vm_ring(hlos.vm, gunyah_capid(cap), 5), GUNYAH_HVERR_OK));
        if (entry[0] == 2)
            cr_assert(eq(u64, vm_send(hlos.vm, gunyah_capid(cap), "hello", 5), GUNYAH_HVERR_OK));
    }
    cr_assert(eq(uint, kinds, 0xf));
    // The guest hears its doorbell by the interrupt that its configuration names.
    cr_assert(eq(int, vm_wait_one(guest.vm, 40, 0), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, later_generations_know_more)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);
    static const char pc[] = "8000 01 00 00000000 0000008000000000";

    gunyah_sim_configure_vm(sim, &defaults);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 00000000 02000000 03000700 80000700 01000000 0000005000000000 0000100000000000", OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, pc, VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0000008000000000 0010000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", "05000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000 0000001000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0001004000000000 0000001000000000", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "80000001", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, pc, OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 1e 00000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 1f 00000000 0000000000000000", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 02 02 00000000 0000000000000000", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 03 00 00000000 0000000000000000", "06000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 01 00 01000000 0000000000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, old_generations_know_less)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 01 00 00000000 0000008000000000", "ffffffff");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", "ffffffff");
    // An error of this one comes with another one behind it.
    rm_ask(&hlos, GUNYAH_RM_VM_SET_TIME_BASE, "", MSG_INVALID "01000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, an_image_must_be_lent)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    gunyah_sim_configure_vm(sim, &defaults);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 00000000 02000000 03000700 80000700 01000000 0000005000000000 0000100000000000", OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", "02000000");
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(hlos.vm), "the image is shared, and this generation wants it lent"));
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_life, a_snapshot_of_a_vm_that_is_gone)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm *vm;
    const struct gunyah_backend *backend;

    rm_start_guest(sim, &hlos, NULL, &defaults);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    backend = gunyah_sim_backend(vm);
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_OK));
    size_t size = gunyah_sim_snapshot_size(sim);
    void *snapshot = malloc(size);
    cr_assert(eq(int, gunyah_sim_snapshot(sim, snapshot, size), GUNYAH_OK));
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    cr_assert(eq(u64, vm_ring(vm, gunyah_capid(0), 1), GUNYAH_HVERR_OBJECT_STATE));
    // Back to when it ran: it runs.
    cr_assert(eq(int, gunyah_sim_restore(sim, snapshot, size), GUNYAH_OK));
    cr_assert(eq(u64, vm_ring(vm, gunyah_capid(0), 1), GUNYAH_HVERR_ARGUMENT_INVALID));
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "03000000");
    backend->ops->close(backend->context);
    free(snapshot);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}
