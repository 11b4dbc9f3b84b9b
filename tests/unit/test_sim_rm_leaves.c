// SPDX-License-Identifier: BSD-3-Clause
// What a VM that the simulator's Resource Manager made leaves when it is gone: nothing.
#include "sim_rm.h"

#include <gunyah/gunyah.h>

#define WAIT UINT64_C(100000000)
#define BELL 8
#define MAX_RESOURCES 16
#define LIVES 400 // enough that no gap between what is used has room for what they leave

struct world {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm_info hlos;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

// HLOS has its own capability space to look after.
static void setup(struct world *w, const struct gunyah_sim_vm_config *config)
{
    struct gunyah_sim_rm_options rm = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    struct gunyah_sim_vm *hlos;
    struct rm_end end;

    *w = (struct world){.sim = new_sim(1), .hlos = {.size = sizeof(w->hlos)}};
    vm.vmid = gunyah_vmid(RM_HLOS);
    vm.privileged = true;
    rm.generation = GUNYAH_RM_GENERATION_LATER;
    cr_assert(eq(int, gunyah_sim_add_rm(w->sim, &rm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(w->sim, &vm, &hlos), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_vm_info(hlos, &w->hlos), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_configure_vm(w->sim, config), GUNYAH_OK));
    rm_attach(&end, hlos);
    session.backend = gunyah_sim_backend(hlos);
    cr_assert(eq(int, gunyah_open(&session, &w->g), GUNYAH_OK));
    options.send_cap = end.queue.send_cap;
    options.receive_cap = end.queue.receive_cap;
    options.send_virq = end.queue.send_virq;
    options.receive_virq = end.queue.receive_virq;
    cr_assert(eq(int, gunyah_rm_open(w->g, &options, &w->rm), GUNYAH_OK));
}

static void teardown(struct world *w)
{
    cr_expect(eq(int, gunyah_close(&w->g), GUNYAH_OK));
    cr_expect(eq(int, gunyah_sim_destroy(&w->sim), GUNYAH_OK));
}

static struct gunyah_vm *make(struct world *w, bool paged)
{
    static const struct gunyah_memory_region memory = {RM_RAM, 0x100000};
    static const struct gunyah_memory_region page = {0x80000000, 0x1000};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct gunyah_memparcel *parcel;
    struct gunyah_vm *vm;

    cr_assert(eq(int, gunyah_vm_create(gunyah_rm_vmm(w->rm), gunyah_vmid(0), &vm), GUNYAH_OK));
    const struct gunyah_memparcel_access access = {gunyah_vm_vmid(vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    options.access = &access;
    options.access_count = 1;
    options.regions = &memory;
    options.region_count = 1;
    options.vm = vm;
    cr_assert(eq(int, gunyah_memparcel_create(w->rm, &options, &parcel), GUNYAH_OK));
    image.memparcel = gunyah_memparcel_handle(parcel);
    image.dtb_size = 0x1000;
    cr_assert(eq(int, gunyah_vm_configure(vm, &image), GUNYAH_OK));
    if (paged)
        cr_assert(eq(int, gunyah_vm_set_demand_paging(vm, &page, 1), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_init(vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_start(vm), GUNYAH_OK));
    return vm;
}

// The hypervisor's memory, of which the snapshot has what was ever needed, is used again by the lives that follow.
static void lives_take_no_memory(bool paged)
{
    static const struct gunyah_sim_vdevice bell = {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = BELL};
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct world w;
    size_t needed = 0;

    config.vdevices = &bell;
    config.vdevice_count = 1;
    setup(&w, &config);
    for (int life = 0; life < LIVES; life++) {
        struct gunyah_vm *vm = make(&w, paged);
        cr_assert(eq(int, gunyah_vm_destroy(&vm, WAIT, NULL), GUNYAH_OK));
        if (life == LIVES / 4)
            needed = gunyah_sim_snapshot_size(w.sim);
    }
    cr_expect(eq(sz, gunyah_sim_snapshot_size(w.sim), needed));
    teardown(&w);
}

Test(sim_rm_leaves, no_memory)
{
    lives_take_no_memory(false);
    lives_take_no_memory(true);
}

// The capabilities that HLOS has of the VM are copied, and no copy is good for anything afterwards.
Test(sim_rm_leaves, no_capabilities)
{
    static const struct gunyah_sim_vdevice bell = {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = BELL};
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_vm_resource resources[MAX_RESOURCES];
    gunyah_capid_t copies[MAX_RESOURCES], again;
    struct gunyah_cspace *cspace;
    struct world w;
    size_t count;

    config.vdevices = &bell;
    config.vdevice_count = 1;
    setup(&w, &config);
    struct gunyah_vm *vm = make(&w, true);
    cr_assert(eq(int, gunyah_cspace_open(w.g, w.hlos.cspace, &cspace), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_resources(vm, resources, MAX_RESOURCES, &count), GUNYAH_OK));
    cr_assert(eq(sz, count, 7), "a vCPU, a doorbell, four extents and an address space");
    for (size_t i = 0; i < count; i++)
        cr_assert(eq(int, gunyah_cspace_copy(cspace, resources[i].cap, cspace, UINT32_MAX, &copies[i]), GUNYAH_OK));
    cr_assert(eq(int, gunyah_vm_destroy(&vm, WAIT, NULL), GUNYAH_OK));
    for (size_t i = 0; i < count; i++) {
        // The Resource Manager gives its own capability of this one up, and revokes no other.
        if (resources[i].type == GUNYAH_VM_RESOURCE_TYPE_ADDRSPACE)
            continue;
        cr_expect(eq(int, gunyah_cspace_copy(cspace, copies[i], cspace, UINT32_MAX, &again), GUNYAH_ERR_CAP_REVOKED),
                  "type %d", (int)resources[i].type);
        cr_expect(
            eq(int, gunyah_cspace_copy(cspace, resources[i].cap, cspace, UINT32_MAX, &again), GUNYAH_ERR_CAP_NULL),
            "type %d", (int)resources[i].type);
    }
    teardown(&w);
}
