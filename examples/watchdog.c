// SPDX-License-Identifier: BSD-3-Clause
// A VM that minds its watchdog until it hangs, and HLOS, which runs the VM and is told: docs/vcpus-and-devices.md explains it. And a
// watchdog that is made by calls. The open hypervisor has none; the machine here is the one of the manual.
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096
#define SECOND UINT64_C(1000000000)
#define PAS_ID 28 // Of the guest's image, for the platform that authenticates it.
#define BITE 40

static _Alignas(PAGE) char image[16 * PAGE]; // Memory of HLOS, with what the guest is to run.

struct side {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
};

static void must(const struct side *side, enum gunyah_error error)
{
    const struct gunyah_error_info *info = side != NULL ? gunyah_last_error(side->g) : NULL;

    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), info != NULL ? info->advice : gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

static void open_session(struct side *side)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    options.backend = gunyah_sim_backend(side->vm);
    must(NULL, gunyah_open(&options, &side->g));
}

// ---- the guest ----------------------------------------------------------------------------------------------------

// Returns whether it has a watchdog, which counts now.
static bool start_watchdog(struct gunyah *g)
{
    if (gunyah_own_watchdog_set_times(g, 2000, 3000) != GUNYAH_OK)
        return false;
    const enum gunyah_error error = gunyah_own_watchdog_enable(g);
    // Some hypervisors refuse to switch on what is on.
    return error == GUNYAH_OK || error == GUNYAH_ERR_ARGUMENT_INVALID;
}

static void tell(const struct side *guest, const char *what)
{
    struct gunyah_own_watchdog_status status;

    must(guest, gunyah_own_watchdog_get_status(guest->g, &status));
    printf("guest: %s: %u ms%s\n", what, (unsigned)status.since_pet_ms, status.expired ? ", too long" : "");
}

static void work(const struct side *guest)
{
    for (int i = 0; i < 5; i++) {
        must(NULL, gunyah_sim_advance(guest->sim, SECOND)); // Something that takes a second.
        must(guest, gunyah_own_watchdog_pet(guest->g));
    }
    tell(guest, "worked for 5 s, and pet it");
}

// ---- HLOS ---------------------------------------------------------------------------------------------------------

static uint32_t lend_image(struct gunyah_rm *rm, const struct side *hlos, struct gunyah_vm *vm)
{
    const struct gunyah_memparcel_access access = {gunyah_vm_vmid(vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    const struct gunyah_memory_region region = {(uintptr_t)image, sizeof(image)};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    options.access = &access;
    options.access_count = 1;
    options.regions = &region;
    options.region_count = 1;
    options.vm = vm;
    must(hlos, gunyah_memparcel_create(rm, &options, &parcel));
    return gunyah_memparcel_handle(parcel);
}

// VMs of the platform have a watchdog.
static void start_guest(struct gunyah_rm *rm, const struct side *hlos, struct gunyah_vm *vm)
{
    struct gunyah_vm_image where = GUNYAH_VM_IMAGE_INIT;

    where.authentication = GUNYAH_VM_AUTH_PLATFORM;
    where.memparcel = lend_image(rm, hlos, vm);
    where.dtb_size = sizeof(image);
    must(hlos, gunyah_vm_configure(vm, &where));
    must(hlos, gunyah_vm_authenticate(vm, PAS_ID));
    must(hlos, gunyah_vm_init(vm));
    must(hlos, gunyah_vm_start(vm));
}

static struct gunyah_watchdog *find_watchdog(const struct side *hlos, struct gunyah_vm *vm)
{
    struct gunyah_vm_resource resources[16];
    struct gunyah_watchdog *watchdog = NULL;
    size_t count = 0;

    must(hlos, gunyah_vm_resources(vm, resources, 16, &count));
    for (size_t i = 0; i < count; i++) {
        if (resources[i].type == GUNYAH_VM_RESOURCE_TYPE_WATCHDOG)
            must(hlos, gunyah_watchdog_open(hlos->g, resources[i].cap, &watchdog));
    }
    return watchdog;
}

// The system sleeps, and does not run the guest.
static void sleep_for_a_minute(const struct side *hlos, struct gunyah_watchdog *watchdog)
{
    must(hlos, gunyah_watchdog_freeze(watchdog));
    must(NULL, gunyah_sim_advance(hlos->sim, 60 * SECOND));
    must(hlos, gunyah_watchdog_unfreeze(watchdog));
    printf("HLOS: slept for a minute\n");
}

static void wait_for_the_end(const struct side *hlos, struct gunyah_vm *vm)
{
    struct gunyah_vm_exit how;

    must(hlos, gunyah_vm_wait(vm, GUNYAH_VM_STATE_BIT(GUNYAH_VM_STATE_EXITED), 4 * SECOND, NULL));
    must(hlos, gunyah_vm_exit_info(vm, SECOND, &how));
    printf("HLOS: %s\n", gunyah_vm_exit_text(&how));
}

static void run_guest(struct gunyah_rm *rm, const struct side *hlos)
{
    struct side guest = {.sim = hlos->sim};
    struct gunyah_vm *vm = NULL;

    must(hlos, gunyah_vm_create(gunyah_rm_vmm(rm), gunyah_vmid(0), &vm));
    start_guest(rm, hlos, vm);
    must(NULL, gunyah_sim_find_vm(hlos->sim, gunyah_vm_vmid(vm), &guest.vm));
    open_session(&guest);
    if (!start_watchdog(guest.g)) {
        printf("guest: no watchdog\n");
        exit(EXIT_FAILURE);
    }
    work(&guest);
    sleep_for_a_minute(hlos, find_watchdog(hlos, vm));
    tell(&guest, "woke up");
    must(NULL, gunyah_sim_advance(hlos->sim, 5 * SECOND / 2)); // It hangs.
    tell(&guest, "hangs");
    wait_for_the_end(hlos, vm);
    must(&guest, gunyah_close(&guest.g));
    must(hlos, gunyah_vm_destroy(&vm, SECOND, NULL));
}

static void be_hlos(struct gunyah_sim *sim)
{
    const struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_rm_queue wire = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_rm_options connection = GUNYAH_RM_OPTIONS_INIT;
    struct side hlos = {.sim = sim};
    struct gunyah_rm *rm = NULL;

    options.vmid = gunyah_vmid(GUNYAH_VMID_HLOS);
    must(NULL, gunyah_sim_add_rm(sim, NULL));
    must(NULL, gunyah_sim_configure_vm(sim, &config));
    must(NULL, gunyah_sim_add_vm(sim, &options, &hlos.vm));
    must(NULL, gunyah_sim_get_rm_queue(hlos.vm, &wire));
    open_session(&hlos);
    connection.send_cap = wire.send_cap;
    connection.receive_cap = wire.receive_cap;
    connection.send_virq = wire.send_virq;
    connection.receive_virq = wire.receive_virq;
    must(&hlos, gunyah_rm_open(hlos.g, &connection, &rm));
    run_guest(rm, &hlos);
    must(&hlos, gunyah_rm_close(&rm));
    must(NULL, gunyah_close(&hlos.g));
}

// ---- by calls -----------------------------------------------------------------------------------------------------

// For a vCPU that is not active yet. Who binds the bite, hears of it.
static struct gunyah_watchdog *make_watchdog(const struct side *owner, struct gunyah_partition *partition,
                                             struct gunyah_cspace *cspace, struct gunyah_vic *vic,
                                             struct gunyah_thread *thread)
{
    struct gunyah_watchdog *watchdog = NULL;

    must(owner, gunyah_watchdog_create(partition, cspace, &watchdog));
    must(owner, gunyah_watchdog_configure(watchdog, false)); // A bite is no reason to stop the machine.
    must(owner, gunyah_watchdog_activate(watchdog));
    must(owner, gunyah_watchdog_bind_bite_virq(watchdog, vic, gunyah_virq(BITE)));
    must(owner, gunyah_watchdog_attach_vcpu(watchdog, thread));
    return watchdog;
}

static void be_owner(struct gunyah_sim *sim)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct side owner = {.sim = sim};
    struct gunyah_partition *partition = NULL;
    struct gunyah_cspace *cspace = NULL;
    struct gunyah_thread *thread = NULL;
    struct gunyah_vic *vic = NULL;

    options.privileged = true;
    must(NULL, gunyah_sim_add_vm(sim, &options, &owner.vm));
    must(NULL, gunyah_sim_get_vm_info(owner.vm, &info));
    open_session(&owner);
    must(&owner, gunyah_partition_open(owner.g, info.partition, &partition));
    must(&owner, gunyah_cspace_open(owner.g, info.cspace, &cspace));
    must(&owner, gunyah_vic_open(owner.g, info.vic, &vic));
    must(&owner, gunyah_thread_create(partition, cspace, &thread));
    struct gunyah_watchdog *watchdog = make_watchdog(&owner, partition, cspace, vic, thread);
    if (gunyah_watchdog_unfreeze(watchdog) == GUNYAH_ERR_BUSY)
        printf("owner: %s\n", gunyah_last_error(owner.g)->advice);
    must(NULL, gunyah_close(&owner.g));
}

int main(void)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim = NULL;

    options.as_manual = true;
    must(NULL, gunyah_sim_create(&options, &sim));
    be_hlos(sim);
    be_owner(sim);
    must(NULL, gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
