// SPDX-License-Identifier: BSD-3-Clause
// Doorbells and queues between two VMs that the simulator's Resource Manager makes, and memory with a label.

#include "sim_rm.h"

#define OK "00000000"
#define NORESOURCE "02000000"

#define FIRST 0x80
#define SECOND 0x81

struct resource {
    int type;
    uint32_t label;
    uint64_t cap;
    uint32_t virq;
};

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;
static const struct gunyah_sim_vdevice of_first[] = {
    {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
    {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 7, .peer = {SECOND}, .send_virq = {40}, .receive_virq = {41}},
    {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 8, .peer = {SECOND}, .receive_virq = {42}},
};
static const struct gunyah_sim_vdevice of_second[] = {
    {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
    {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 7, .peer = {FIRST}, .send_virq = {50}, .receive_virq = {51}},
    {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 8, .peer = {FIRST}},
};

static void configure(struct gunyah_sim *sim, uint16_t vmid, const struct gunyah_sim_vdevice *vdevices, size_t count)
{
    struct gunyah_sim_vm_config config = defaults;

    config.vmid = gunyah_vmid(vmid);
    config.vdevices = vdevices;
    config.vdevice_count = count;
    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &config), GUNYAH_OK));
}

// From LOAD or RESET to RUNNING, with the parcel that is numbered like the VM.
static void start(struct gunyah_sim *sim, struct rm_end *hlos, unsigned vmid, struct rm_end *guest)
{
    struct gunyah_sim_vm *vm;
    char request[256];

    snprintf(request, sizeof(request),
             "%02x000000 %02x000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", vmid,
             vmid - FIRST);
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE, request, OK);
    snprintf(request, sizeof(request), "%02x000000", vmid);
    rm_ask(hlos, GUNYAH_RM_VM_INIT, request, OK);
    rm_ask(hlos, GUNYAH_RM_VM_START, request, OK);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid((uint16_t)vmid), &vm), GUNYAH_OK));
    rm_attach(guest, vm);
}

static void reset(struct gunyah_sim *sim, struct rm_end *hlos, unsigned vmid)
{
    char request[32];

    snprintf(request, sizeof(request), "%02x00 01 00 03000000", vmid);
    rm_ask(hlos, GUNYAH_RM_VM_STOP, request, OK);
    snprintf(request, sizeof(request), "%02x000000", vmid);
    rm_ask(hlos, GUNYAH_RM_VM_RESET, request, OK);
    gunyah_sim_advance(sim, 10000000);
}

static void end(struct gunyah_sim *sim, struct rm_end *hlos, struct rm_end *first, struct rm_end *second)
{
    rm_forget(hlos);
    rm_forget(first);
    rm_forget(second);
    gunyah_sim_destroy(&sim);
}

static struct gunyah_sim *allocated(struct rm_end *hlos)
{
    struct gunyah_sim *sim = rm_machine(hlos, GUNYAH_RM_GENERATION_2023);

    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "81000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 81000700 01000000 0000105000000000 0000100000000000",
           OK "01000000");
    return sim;
}

// What a VM is told that it has in common with another one.
static size_t resources(struct rm_end *end, unsigned peer, struct resource list[8])
{
    unsigned char request[4] = {(unsigned char)peer};
    unsigned char bytes[512];
    char text[1024];

    rm_request(end, GUNYAH_RM_VM_GET_HYP_RESOURCES, request, sizeof(request));
    cr_assert(rm_reply(end, text));
    cr_assert(eq(int, memcmp(text, OK, 8), 0));
    size_t count = (rm_bytes(text, bytes) - 8) / 44;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *entry = bytes + 8 + i * 44;
        list[i].type = entry[0];
        cr_assert(eq(int, entry[2], peer));
        memcpy(&list[i].label, entry + 8, 4);
        memcpy(&list[i].cap, entry + 12, 8);
        memcpy(&list[i].virq, entry + 24, 4);
    }
    return count;
}

static const struct resource *find(const struct resource *list, size_t count, int type)
{
    size_t i = 0;

    while (i < count && list[i].type != type)
        i++;
    cr_assert(lt(sz, i, count), "there is no resource of type %d", type);
    return &list[i];
}

// Each VM has one end of all three, and what goes in at one comes out at the other.
static void exchange(struct rm_end *first, struct rm_end *second)
{
    struct resource mine[8];
    struct resource theirs[8];
    char message[240];
    uint64_t size;

    cr_assert(eq(sz, resources(first, SECOND, mine), 3));
    cr_assert(eq(sz, resources(second, FIRST, theirs), 3));
    const struct resource *send = find(mine, 3, 2);
    const struct resource *receive = find(theirs, 3, 3);
    cr_assert(eq(u32, send->label, 7));
    cr_assert(eq(u32, send->virq, 40));
    cr_assert(eq(u32, receive->label, 7));
    cr_assert(eq(u32, receive->virq, 51));
    cr_assert(eq(u64, vm_send(first->vm, gunyah_capid(send->cap), "there", 5), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(second->vm, 51, 0), GUNYAH_OK));
    cr_assert(eq(u64, vm_receive(second->vm, gunyah_capid(receive->cap), message, 240, &size), GUNYAH_HVERR_OK));
    cr_assert(eq(int, memcmp(message, "there", 5), 0));
    send = find(theirs, 3, 2);
    receive = find(mine, 3, 3);
    cr_assert(eq(u32, send->virq, 50));
    cr_assert(eq(u32, receive->virq, 41));
    cr_assert(eq(u64, vm_send(second->vm, gunyah_capid(send->cap), "back", 4), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(first->vm, 41, 0), GUNYAH_OK));
    cr_assert(eq(u64, vm_receive(first->vm, gunyah_capid(receive->cap), message, 240, &size), GUNYAH_HVERR_OK));
    cr_assert(eq(int, memcmp(message, "back", 4), 0));
    send = find(theirs, 3, 0);
    cr_assert(eq(u32, send->label, 8));
    cr_assert(eq(u32, send->virq, 0xffffffff));
    cr_assert(eq(u32, find(mine, 3, 1)->virq, 42));
    cr_assert(eq(u64, vm_ring(second->vm, gunyah_capid(send->cap), 1), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(first->vm, 42, 0), GUNYAH_OK));
}

Test(sim_rm_links, two_guests_meet)
{
    struct rm_end hlos;
    struct rm_end first;
    struct rm_end second;
    struct gunyah_sim *sim = allocated(&hlos);

    configure(sim, FIRST, of_first, 3);
    configure(sim, SECOND, of_second, 3);
    start(sim, &hlos, FIRST, &first);
    // The second one is nothing yet.
    rm_ask(&first, GUNYAH_RM_VM_GET_HYP_RESOURCES, "81000000", NORESOURCE);
    start(sim, &hlos, SECOND, &second);
    exchange(&first, &second);
    rm_ask(&first, GUNYAH_RM_VM_GET_PEERS, "", OK "02000000 03000000 81000000");
    rm_ask(&second, GUNYAH_RM_VM_GET_PEERS, "", OK "02000000 03000000 80000000");
    // The owner has no part in it: a vCPU is all that it sees.
    rm_ask(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, "03000000", OK "00000000");
    end(sim, &hlos, &first, &second);
}

Test(sim_rm_links, each_may_go_and_come_again)
{
    struct rm_end hlos;
    struct rm_end first;
    struct rm_end second;
    struct resource list[8];
    struct gunyah_sim *sim = allocated(&hlos);

    configure(sim, FIRST, of_first, 3);
    configure(sim, SECOND, of_second, 3);
    start(sim, &hlos, FIRST, &first);
    start(sim, &hlos, SECOND, &second);
    reset(sim, &hlos, SECOND);
    rm_forget(&second);
    start(sim, &hlos, SECOND, &second);
    exchange(&first, &second);
    // The links are the first one's: they end with it, and the second one's ends too.
    cr_assert(eq(sz, resources(&second, FIRST, list), 3));
    uint64_t bell = find(list, 3, 0)->cap;
    reset(sim, &hlos, FIRST);
    cr_assert(ne(u64, vm_ring(second.vm, gunyah_capid(bell), 1), GUNYAH_HVERR_OK));
    rm_forget(&first);
    start(sim, &hlos, FIRST, &first);
    cr_assert(eq(sz, resources(&second, FIRST, list), 0));
    end(sim, &hlos, &first, &second);
}

Test(sim_rm_links, an_end_that_nobody_wants)
{
    static const struct gunyah_sim_vdevice other_label[] = {
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = 9, .peer = {FIRST}},
    };
    struct rm_end hlos;
    struct rm_end first;
    struct rm_end second;
    struct resource list[8];
    struct gunyah_sim *sim = allocated(&hlos);

    configure(sim, FIRST, of_first, 3);
    configure(sim, SECOND, other_label, 2);
    start(sim, &hlos, FIRST, &first);
    start(sim, &hlos, SECOND, &second);
    // Of the first one's three it has no end, and the first one has none of its own.
    cr_assert(eq(sz, resources(&second, FIRST, list), 1));
    cr_assert(eq(u32, find(list, 1, 0)->label, 9));
    cr_assert(eq(sz, resources(&first, SECOND, list), 3));
    end(sim, &hlos, &first, &second);
}

// ---- memory with a label

static void memory_at(struct gunyah_sim *sim, uint64_t address, enum gunyah_error wanted, uint64_t where)
{
    struct gunyah_sim_vm *vm;
    void *memory;

    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(FIRST), &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, address, 0x1000, &memory), wanted));
    cr_assert(eq(u64, (uintptr_t)memory, where));
}

// How a VM with such a vdevice starts when it is given a page with label 5.
static struct gunyah_sim *starts(struct rm_end *hlos, const struct gunyah_sim_vdevice *vdevice, const char *reply,
                                 const char *reason)
{
    struct gunyah_sim *sim = allocated(hlos);

    configure(sim, FIRST, vdevice, 1);
    rm_ask(hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 05000000 02000000 03000600 80000600 01000000 0000206000000000 0010000000000000", OK "02000000");
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(hlos, GUNYAH_RM_VM_START, "80000000", reply);
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(hlos->vm), (char *)reason));
    rm_forget(hlos);
    return sim;
}

Test(sim_rm_links, memory_goes_where_its_label_is_wanted)
{
    static const char fine[] = "nothing was refused";
    struct gunyah_sim_vdevice shm = {.type = GUNYAH_SIM_VDEVICE_SHM, .label = 5, .base = 0x20000000};
    struct rm_end hlos;
    struct gunyah_sim *sim = starts(&hlos, &shm, OK, fine);

    memory_at(sim, 0x20000000, GUNYAH_OK, 0x60200000);
    memory_at(sim, 0x20001000, GUNYAH_ERR_ADDR_INVALID, 0);
    gunyah_sim_destroy(&sim);
    // Where the Resource Manager likes.
    shm.allocate_base = true;
    sim = starts(&hlos, &shm, OK, fine);
    memory_at(sim, 0x20000000, GUNYAH_ERR_ADDR_INVALID, 0);
    memory_at(sim, 0x40000000, GUNYAH_OK, 0x60200000);
    gunyah_sim_destroy(&sim);
    // Nobody wants this label: the memory goes anywhere too.
    shm = (struct gunyah_sim_vdevice){.type = GUNYAH_SIM_VDEVICE_SHM, .label = 6, .optional = true, .base = 0x20000000};
    sim = starts(&hlos, &shm, OK, fine);
    memory_at(sim, 0x20000000, GUNYAH_ERR_ADDR_INVALID, 0);
    memory_at(sim, 0x40000000, GUNYAH_OK, 0x60200000);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_links, memory_that_cannot_go_there)
{
    struct gunyah_sim_vdevice shm = {.type = GUNYAH_SIM_VDEVICE_SHM, .label = 6, .base = 0x20000000};
    struct rm_end hlos;
    struct gunyah_sim *sim =
        starts(&hlos, &shm, NORESOURCE, "a virtual device wants memory with a label that no parcel has");

    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    gunyah_sim_destroy(&sim);
    // In the image, and at no page.
    shm.label = 5;
    shm.base = 0x80000000;
    sim = starts(&hlos, &shm, NORESOURCE, "a parcel cannot be placed where the configuration wants its label");
    gunyah_sim_destroy(&sim);
    shm.base = 0x20000800;
    sim = starts(&hlos, &shm, NORESOURCE, "a parcel cannot be placed where the configuration wants its label");
    // What was placed before can be reclaimed after the reset.
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", "0b000000");
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_links, memory_that_is_told_of_before_the_start)
{
    struct gunyah_sim_vdevice shm = {.type = GUNYAH_SIM_VDEVICE_SHM, .label = 5, .base = 0x20000000};
    struct rm_end hlos;
    struct gunyah_sim *sim = allocated(&hlos);

    // A VM that is ready takes it at once, and the Resource Manager says so for it.
    configure(sim, FIRST, &shm, 1);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 05000000 02000000 03000600 80000600 01000000 0000206000000000 0010000000000000", OK "02000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_NOTIFY, "02000000 01000000 44332211 01000000 80000000", OK);
    rm_forget(&hlos);
    memory_at(sim, 0x20000000, GUNYAH_OK, 0x60200000);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", OK);
    memory_at(sim, 0x20000000, GUNYAH_OK, 0x60200000);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}
