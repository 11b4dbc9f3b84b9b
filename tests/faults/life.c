// SPDX-License-Identifier: BSD-3-Clause
#include "life.h"

#define PAGES 16
#define LABEL 7
#define PSCI_SYSTEM_OFF 0x84000008
#define PATIENCE_NS UINT64_C(1000000000)

// Of HLOS: the image and the memory that both see.
static _Alignas(GUNYAH_RM_PAGE_SIZE) unsigned char image[PAGES * GUNYAH_RM_PAGE_SIZE];
static _Alignas(GUNYAH_RM_PAGE_SIZE) unsigned char window[GUNYAH_RM_PAGE_SIZE];

static bool step(struct life *life, const char *name, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return true;
    life->step = name;
    life->error = error;
    return false;
}

// What the device tree of the VM would say.
static enum gunyah_error declare(const struct machine *machine)
{
    static const struct gunyah_sim_vdevice vdevices[] = {
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 1},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = 2},
        {.type = GUNYAH_SIM_VDEVICE_SHM, .label = LABEL, .allocate_base = true},
    };
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    config.name = "guest";
    config.vdevices = vdevices;
    config.vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]);
    return gunyah_sim_configure_vm(machine->sim, &config);
}

// The parcels go with the VM, so that nobody has to keep their handles.
static enum gunyah_error lend_image(const struct life *life, uint32_t *memparcel)
{
    const struct gunyah_memory_region region = {(uintptr_t)image, sizeof(image)};
    const struct gunyah_memparcel_access access = {gunyah_vm_vmid(life->vm), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel;

    options.access = &access;
    options.access_count = 1;
    options.regions = &region;
    options.region_count = 1;
    options.vm = life->vm;
    const enum gunyah_error error = gunyah_memparcel_create(life->machine->rm, &options, &parcel);
    *memparcel = gunyah_memparcel_handle(parcel);
    return error;
}

static enum gunyah_error share_window(const struct life *life)
{
    const struct gunyah_memory_region region = {(uintptr_t)window, sizeof(window)};
    const struct gunyah_memparcel_access access[] = {
        {gunyah_vmid(GUNYAH_VMID_HLOS), GUNYAH_PGTABLE_ACCESS_RW, 0},
        {gunyah_vm_vmid(life->vm), GUNYAH_PGTABLE_ACCESS_RW, 0},
    };
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = LABEL;
    options.access = access;
    options.access_count = 2;
    options.regions = &region;
    options.region_count = 1;
    options.vm = life->vm;
    enum gunyah_error error = gunyah_memparcel_create(life->machine->rm, &options, &parcel);
    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_rm_vm_entry entry = {gunyah_vm_vmid(life->vm), 0};
    return gunyah_memparcel_notify(parcel, GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, LABEL, &entry, 1);
}

static bool start(struct life *life, uint32_t memparcel)
{
    struct gunyah_vm_image configuration = GUNYAH_VM_IMAGE_INIT;

    configuration.memparcel = memparcel;
    configuration.dtb_size = GUNYAH_RM_PAGE_SIZE;
    return step(life, "configure", gunyah_vm_configure(life->vm, &configuration)) &&
           step(life, "init", gunyah_vm_init(life->vm)) && step(life, "start", gunyah_vm_start(life->vm));
}

static enum gunyah_error use_resources(const struct life *life)
{
    struct gunyah_doorbell *doorbell;
    const enum gunyah_error error = gunyah_vm_open_doorbell(life->vm, 1, true, &doorbell);

    return error == GUNYAH_OK ? gunyah_doorbell_close(&doorbell) : error;
}

// The guest switches itself off.
static enum gunyah_error power_off(const struct life *life)
{
    struct gunyah_registers registers = {{PSCI_SYSTEM_OFF}};
    struct gunyah_sim_vm *guest;
    const enum gunyah_error error = gunyah_sim_find_vm(life->machine->sim, gunyah_vm_vmid(life->vm), &guest);

    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_backend *backend = gunyah_sim_backend(guest);
    backend->ops->call(backend->context, GUNYAH_CONDUIT_HVC, 0, &registers);
    return GUNYAH_OK;
}

static enum gunyah_error wait_for(const struct life *life, enum gunyah_vm_state state)
{
    return gunyah_vm_wait(life->vm, GUNYAH_VM_STATE_BIT(state), PATIENCE_NS, NULL);
}

// It ends by itself, and its owner is told how.
static bool end(struct life *life)
{
    struct gunyah_vm_exit how;

    return step(life, "power off", power_off(life)) &&
           step(life, "wait for the exit", wait_for(life, GUNYAH_VM_STATE_EXITED)) &&
           step(life, "exit info", gunyah_vm_exit_info(life->vm, PATIENCE_NS, &how)) &&
           step(life, "kind of exit",
                how.type == GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID);
}

static bool reset(struct life *life)
{
    return step(life, "reset", gunyah_vm_reset(life->vm)) &&
           step(life, "wait for the reset", wait_for(life, GUNYAH_VM_STATE_RESET));
}

static bool stop(struct life *life)
{
    return step(life, "stop", gunyah_vm_stop(life->vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP)) &&
           step(life, "wait for the stop", wait_for(life, GUNYAH_VM_STATE_EXITED));
}

bool life_run(struct life *life, struct machine *machine)
{
    uint32_t memparcel;

    *life = (struct life){.machine = machine};
    return step(life, "declare", declare(machine)) &&
           step(life, "create", gunyah_vm_create(gunyah_rm_vmm(machine->rm), gunyah_vmid(0), &life->vm)) &&
           step(life, "lend", lend_image(life, &memparcel)) && step(life, "share", share_window(life)) &&
           start(life, memparcel) && step(life, "resources", use_resources(life)) && end(life) && reset(life) &&
           start(life, memparcel) && stop(life);
}
