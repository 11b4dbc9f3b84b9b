// SPDX-License-Identifier: BSD-3-Clause
// From a tree's source to what a guest finds: the simulated Resource Manager reads and writes, the library looks, and the handles
// work.
#include "sim_tree.h"

#include <gunyah/identity.h>
#include <gunyah/vm.h>

#define SHM 7
#define SHM_BELLS 8

static struct made made;
static struct gunyah_dt dt;
static struct gunyah_dt_device device;
static struct gunyah_sim_vm *guest;

static void make_with(enum gunyah_rm_generation generation, uint64_t api_flags, enum gunyah_vm_auth auth)
{
    const void *tree;
    size_t size;

    made_open_with(&made, generation, api_flags);
    made.auth = (uint16_t)auth;
    made_load(&made, MADE("sim/good"));
    made_allocate(&made);
    made_share(&made, SHM, tree_pages[0]);
    made_share(&made, SHM_BELLS, tree_pages[1]);
    cr_assert_eq(made_init(&made, 2), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_start(&made), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &guest), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_find_device_tree(guest, &tree, &size), GUNYAH_OK);
    cr_assert_eq(size, TREE_REGION);
    cr_assert_eq(tree, made_tree());
    cr_assert_eq(gunyah_dt_open(tree, size, &dt), GUNYAH_OK, "%s", gunyah_dt_last_problem(&dt)->text);
}

static void make(enum gunyah_rm_generation generation)
{
    make_with(generation, 0, GUNYAH_VM_AUTH_NONE);
}

static void make_2023(void)
{
    make(GUNYAH_RM_GENERATION_2023);
}

static void make_later(void)
{
    make(GUNYAH_RM_GENERATION_LATER);
}

static void tear_down(void)
{
    made_close(&made);
}

static void find(const char *path)
{
    device = (struct gunyah_dt_device)GUNYAH_DT_DEVICE_INIT;
    cr_assert_eq(gunyah_dt_find_path(&dt, path, &device), GUNYAH_OK, "%s: %s", path, gunyah_dt_last_problem(&dt)->text);
}

static void expect_queue(const struct gunyah_dt_queue *queue, uint32_t virq, uint32_t size, uint32_t depth)
{
    cr_expect_neq(queue->cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(queue->interrupt.virq.value, virq);
    cr_expect_not(queue->interrupt.level);
    cr_expect_eq(queue->message_size, size);
    cr_expect_eq(queue->depth, depth);
}

static void expect_vm(void)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;

    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.hypervisor, GUNYAH_DT_HYPERVISOR_GUNYAH | GUNYAH_DT_HYPERVISOR_QCOM);
    cr_expect_eq(info.vmid.value, GUEST);
    cr_expect_eq(info.owner.value, RM_HLOS);
    cr_expect_str_eq(info.vendor, "us");
    cr_expect_str_eq(info.image_name, "good");
    cr_expect_str_eq(info.uri, "gunyah:good");
    cr_expect_str_eq(info.guid, "01234567-89ab-cdef-0123-456789ABCDEF");
}

static void expect_queues(void)
{
    find("/hypervisor/qcom,resource-mgr");
    cr_expect_eq(device.kind, GUNYAH_DT_RESOURCE_MANAGER);
    expect_queue(&device.queues.send, 72, 240, 4);
    expect_queue(&device.queues.receive, 73, 240, 4);
    cr_expect(device.queues.full_duplex);
    cr_expect_eq(device.queues.free_irq_start, 0);

    find("/hypervisor/sender");
    cr_expect_eq(device.kind, GUNYAH_DT_MSGQUEUE);
    // Nothing was asked for: it is the first that the Resource Manager gives away.
    expect_queue(&device.queues.send, 960, 64, 2);
    cr_expect_eq(device.queues.receive.cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(device.label, 4);

    find("/hypervisor/receiver");
    expect_queue(&device.queues.receive, 82, 240, 8);
    cr_expect_eq(device.queues.send.cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(device.label, 5);

    find("/hypervisor/qcom,message-queue-pair");
    cr_expect_eq(device.kind, GUNYAH_DT_MSGQUEUE_PAIR);
    expect_queue(&device.queues.send, 92, 240, 8);
    expect_queue(&device.queues.receive, 93, 240, 8);
    cr_expect_eq(device.label, 6);
    cr_expect_eq(device.peer.value, RM_HLOS);
    cr_expect_str_eq(device.peer_name, "vm-name:HLOS");
}

static void expect_doorbells(void)
{
    find("/hypervisor/bell-2");
    cr_expect_eq(device.kind, GUNYAH_DT_DOORBELL);
    cr_expect_eq(device.doorbell.interrupt.virq.value, 34);
    cr_expect(device.doorbell.interrupt.level);
    cr_expect_eq(device.label, 2);

    device = (struct gunyah_dt_device)GUNYAH_DT_DEVICE_INIT;
    cr_assert_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL_SOURCE, 3, &device), GUNYAH_OK);
    cr_expect_eq(strncmp(device.name, "qcom,doorbell@", 14), 0);
    cr_expect_eq(device.doorbell.interrupt.virq.value, 0);
}

// Where the guest sees a page of HLOS.
static void expect_page(const unsigned char *page)
{
    struct gunyah_dt_region region = {0, 0};
    void *memory;

    cr_assert_eq(device.kind, GUNYAH_DT_SHARED_MEMORY);
    cr_assert_eq(device.memory.region_count, 1);
    cr_assert_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_OK);
    cr_expect_eq(region.size, 4096);
    cr_assert_eq(gunyah_sim_find_memory(guest, region.address, region.size, &memory), GUNYAH_OK);
    cr_expect_eq(memory, page);
}

static void expect_compatible(const char *path, const char *compatible, bool is_there)
{
    const int node = fdt_path_offset(made_tree(), path);

    cr_assert_geq(node, 0, "%s", path);
    cr_expect_eq(fdt_node_check_compatible(made_tree(), node, compatible) == 0, is_there, "%s %s", path, compatible);
}

// What a vdevice pushes, its node has first, and the memory that it is about; its bells have not.
static void expect_pushed(void)
{
    expect_compatible("/hypervisor/shm", "swiotlb", true);
    expect_compatible("/hypervisor/shm", "qcom,shared-memory", true);
    expect_compatible("/reserved-memory/buffer@a0000000", "swiotlb", true);
    expect_compatible("/hypervisor/gpn", "qcom,gpn", true);
    expect_compatible("/hypervisor/gpn", "qcom,gunyah-shm-doorbell", true);
    expect_compatible("/hypervisor/qcom,resource-mgr", "one", true);
    expect_compatible("/hypervisor/bell-2", "qcom,gpn", false);
    for (int node = fdt_first_subnode(made_tree(), fdt_path_offset(made_tree(), "/hypervisor")); node >= 0;
         node = fdt_next_subnode(made_tree(), node)) {
        if (fdt_node_check_compatible(made_tree(), node, "qcom,gunyah-doorbell") == 0)
            cr_expect_neq(fdt_node_check_compatible(made_tree(), node, "qcom,gpn"), 0);
    }
}

static void expect_memory(void)
{
    struct gunyah_dt_region region;

    find("/hypervisor/shm");
    expect_page(tree_pages[0]);
    cr_assert_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_OK);
    cr_expect_eq(region.address, 0xa0000000);
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 0);
    cr_expect(device.memory.has_dma_base && device.memory.dma_base == 0x100000002);
    cr_expect_eq(device.peer.value, RM_HLOS);
    cr_expect_eq(device.memory.send_doorbell.cap.value, GUNYAH_CAPID_INVALID);

    find("/hypervisor/gpn");
    expect_page(tree_pages[1]);
    cr_expect(device.memory.has_memparcel && device.memory.memparcel == 1);
    cr_expect_neq(device.memory.send_doorbell.cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_neq(device.memory.receive_doorbell.cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_geq(device.memory.receive_doorbell.interrupt.virq.value, 960);
}

static void expect_all(void)
{
    expect_vm();
    expect_queues();
    expect_doorbells();
    expect_memory();
    expect_pushed();
}

Test(dt_sim_tree_found, generation_of_2023, .init = make_2023, .fini = tear_down)
{
    expect_all();
}

Test(dt_sim_tree_found, later_generation, .init = make_later, .fini = tear_down)
{
    expect_all();
}

// reg of /memory, as text.
static void expect_ram(const char *wanted)
{
    int size;
    const int node = fdt_path_offset(made_tree(), "/memory");
    const fdt32_t *reg = fdt_getprop(made_tree(), node, "reg", &size);
    char text[128] = "";

    cr_assert_not_null(reg);
    for (int i = 0; i < size / 4; i++)
        sprintf(text + strlen(text), "%x ", fdt32_ld(reg + i));
    cr_expect_str_eq(text, wanted);
}

// What the Resource Manager places itself comes right behind the VM's own memory; the later generation tells neighbours as one.
Test(dt_sim_tree_found, memory_in_the_order_of_acceptance, .init = make_2023, .fini = tear_down)
{
    struct gunyah_dt_region region;

    find("/hypervisor/gpn");
    cr_assert_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_OK);
    char wanted[128];
    sprintf(wanted, "0 80000000 0 200000 0 a0000000 0 1000 %x %x 0 1000 ", (unsigned)(region.address >> 32),
            (unsigned)region.address);
    expect_ram(wanted);
}

Test(dt_sim_tree_found, memory_sorted, .init = make_later, .fini = tear_down)
{
    struct gunyah_dt_region region;

    find("/hypervisor/gpn");
    cr_assert_eq(gunyah_dt_get_region(&dt, &device, 0, &region), GUNYAH_OK);
    char wanted[128];
    sprintf(wanted, "%x %x 0 1000 0 80000000 0 200000 0 a0000000 0 1000 ", (unsigned)(region.address >> 32),
            (unsigned)region.address);
    expect_ram(wanted);
}

// A VM that found the Resource Manager in its tree.
struct side {
    struct gunyah *g;
    struct gunyah_dt dt;
    struct gunyah_rm *rm;
};

static void connect(struct side *side, struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    const void *tree;
    size_t size;

    options.backend = gunyah_sim_backend(vm);
    cr_assert_eq(gunyah_open(&options, &side->g), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_find_device_tree(vm, &tree, &size), GUNYAH_OK);
    cr_assert_eq(gunyah_dt_open(tree, size, &side->dt), GUNYAH_OK);
    cr_assert_eq(gunyah_rm_open_dt(side->g, &side->dt, &side->rm), GUNYAH_OK, "%s",
                 gunyah_dt_last_problem(&side->dt)->text);
}

static void disconnect(struct side *side)
{
    cr_expect_eq(gunyah_rm_close(&side->rm), GUNYAH_OK);
    cr_expect_eq(gunyah_close(&side->g), GUNYAH_OK);
}

// What the guest sends by its tree comes out at HLOS, which asks the Resource Manager.
static void exchange(struct side *other, struct gunyah_vm *vm)
{
    struct gunyah_msgqueue *out;
    struct gunyah_msgqueue *in;
    struct gunyah_doorbell *bell;
    struct gunyah_doorbell *heard;
    char message[64];
    size_t size;
    uint64_t flags;

    cr_assert_eq(gunyah_msgqueue_open_label(other->g, &other->dt, 4, true, &out), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_open_msgqueue(vm, 4, false, 64, &in), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_send(out, "there", 5, 0, NULL), GUNYAH_OK);
    cr_assert_eq(gunyah_msgqueue_receive(in, message, sizeof(message), &size, NULL), GUNYAH_OK);
    cr_expect_eq(size, 5);
    cr_expect_eq(memcmp(message, "there", 5), 0);

    cr_assert_eq(gunyah_doorbell_open_label(other->g, &other->dt, 3, true, &bell), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_open_doorbell(vm, 3, false, &heard), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_send(bell, 0x5, NULL), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_wait(heard, 0x5, 0, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0x5);
}

Test(dt_sim_tree_found, handles_work, .init = make_2023, .fini = tear_down)
{
    struct side hlos;
    struct side other;
    struct gunyah_vm *vm;
    gunyah_vmid_t vmid;

    connect(&hlos, made.hlos.vm);
    connect(&other, guest);
    cr_assert_eq(gunyah_vm_self(other.rm, &vmid), GUNYAH_OK);
    cr_expect_eq(vmid.value, GUEST);
    cr_assert_eq(gunyah_vm_open(gunyah_rm_vmm(hlos.rm), vmid, &vm), GUNYAH_OK);
    exchange(&other, vm);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    disconnect(&other);
    disconnect(&hlos);
}

// ---- the tree of a primary VM

Test(dt_sim_tree_found, a_primary_vm)
{
    enum gunyah_conduit conduit = GUNYAH_CONDUIT_HVC;
    struct tree real;
    const void *tree;
    size_t size;

    made_open(&made, GUNYAH_RM_GENERATION_2023);
    cr_assert_eq(gunyah_sim_find_device_tree(made.hlos.vm, &tree, &size), GUNYAH_OK);
    cr_assert_eq(gunyah_dt_open(tree, size, &dt), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_OK);
    cr_expect_eq(conduit, GUNYAH_CONDUIT_SMC);
    tree_load(&real, REAL("stock-debug"));
    compare_nodes(tree, fdt_path_offset(tree, "/hypervisor"), real.bytes, fdt_path_offset(real.bytes, "/hypervisor"));
    made_close(&made);
}

Test(dt_sim_tree_found, no_tree_yet)
{
    const void *tree = &made;
    size_t size = 1;
    struct gunyah_sim_vm *stranger;

    made_open(&made, GUNYAH_RM_GENERATION_2023);
    cr_expect_eq(gunyah_sim_find_device_tree(NULL, &tree, &size), GUNYAH_ERR_NULL);
    cr_expect_null(tree);
    cr_expect_eq(size, 0);
    cr_expect_eq(gunyah_sim_find_device_tree(made.hlos.vm, NULL, &size), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_sim_find_device_tree(made.hlos.vm, &tree, NULL), GUNYAH_ERR_NULL);
    // No channel, and so nothing to tell.
    cr_assert_eq(gunyah_sim_add_vm(made.sim, NULL, &stranger), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(stranger, &tree, &size), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(gunyah_sim_find_device_tree(gunyah_sim_root(made.sim), &tree, &size), GUNYAH_ERR_NOT_FOUND);
    // Initialised, and nothing is written yet.
    made_load(&made, MADE("sim/good"));
    made_allocate(&made);
    made_share(&made, SHM, tree_pages[0]);
    cr_assert_eq(made_init(&made, 1), GUNYAH_RMERR_OK);
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &guest), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(guest, &tree, &size), GUNYAH_ERR_NOT_FOUND);
    cr_assert_eq(made_start(&made), GUNYAH_RMERR_OK);
    cr_expect_eq(gunyah_sim_find_device_tree(guest, &tree, &size), GUNYAH_OK);
    made_close(&made);
}

// ---- watchdogs

static uint64_t fast(uint32_t id, uint64_t x1, uint64_t x2)
{
    struct gunyah_registers registers = {{id, x1, x2}};

    vm_raw(guest, GUNYAH_CONDUIT_HVC, 0, &registers);
    return registers.x[0];
}

// The VM finds the interrupt of its bark, and that is the one that comes.
static void expect_watchdog(enum gunyah_rm_generation generation)
{
    make_with(generation, GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK, GUNYAH_VM_AUTH_PLATFORM);
    find("/hypervisor/qcom,gh-watchdog");
    cr_assert_eq(device.kind, GUNYAH_DT_WATCHDOG);
    cr_expect_not(device.watchdog.level);
    cr_assert_eq(fast(GUNYAH_SMCCC_WATCHDOG_SET_TIME, 10, 20), 0);
    cr_assert_eq(fast(GUNYAH_SMCCC_WATCHDOG_CONTROL, 3, 0), 0);
    cr_expect_eq(vm_wait_one(guest, device.watchdog.virq.value, 9000000), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(vm_wait_one(guest, device.watchdog.virq.value, 1000000), GUNYAH_OK);
    tear_down();
}

Test(dt_sim_tree_found, watchdog_of_a_vm_of_the_platform)
{
    expect_watchdog(GUNYAH_RM_GENERATION_2023);
    expect_watchdog(GUNYAH_RM_GENERATION_LATER);
}

// Without watchdogs, or without the platform, there is no such node.
Test(dt_sim_tree_found, no_watchdog_of_other_vms)
{
    make_with(GUNYAH_RM_GENERATION_LATER, 0, GUNYAH_VM_AUTH_PLATFORM);
    cr_expect_lt(fdt_path_offset(made_tree(), "/hypervisor/qcom,gh-watchdog"), 0);
    tear_down();
    make_with(GUNYAH_RM_GENERATION_LATER, GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK, GUNYAH_VM_AUTH_NONE);
    cr_expect_lt(fdt_path_offset(made_tree(), "/hypervisor/qcom,gh-watchdog"), 0);
    tear_down();
}
