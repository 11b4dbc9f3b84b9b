// SPDX-License-Identifier: BSD-3-Clause
// Recipes for the Resource Manager, for device trees, and for VMMs. docs/cookbook.md explains them. HLOS, which is simulated, asks the
// Resource Manager.
#include <gunyah/dt.h>
#include <gunyah/dt_build.h>
#include <gunyah/dt_lint.h>
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)
#define RAM UINT64_C(0x80000000)
#define RAM_SIZE (64 * UINT64_C(0x100000))
#define UART UINT64_C(0x9000000)

// Ends the program when something that cannot fail here failed.
static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

// ---- The Resource Manager ------------------------------------------------------------------------------------------

static struct gunyah_rm *connect(struct gunyah *g, const void *tree, size_t size)
{
    struct gunyah_rm *rm = NULL;
    struct gunyah_dt dt;

    must(gunyah_dt_open(tree, size, &dt));
    must(gunyah_rm_open_dt(g, &dt, &rm));
    return rm;
}

static void who_am_i(struct gunyah_rm *rm)
{
    gunyah_vmid_t self;

    must(gunyah_vm_self(rm, &self));
    printf("VM %u\n", self.value);
}

static void who_is_called(struct gunyah_rm *rm, const char *name)
{
    struct gunyah_rm_vm_entry vms[4];
    size_t count = 0;

    must(gunyah_vm_lookup_name(rm, name, vms, 4, &count));
    printf("%zu VMs are called %s\n", count, name);
}

// Messages that no function is for: docs/rm-messages.md has their bytes.
static void own_message(struct gunyah_rm *rm)
{
    uint32_t vmid = 0;
    size_t size = 0;

    must(gunyah_rm_call(rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, &vmid, sizeof(vmid), &size, 100 * MS));
    printf("VM_GET_VMID: %zu bytes, %" PRIu32 "\n", size, vmid);
}

static void hear(struct gunyah_rm *rm)
{
    struct gunyah_rm_event event;

    while (gunyah_rm_next_event(rm, &event, 0) == GUNYAH_OK) {
        if (event.id == GUNYAH_RM_NOTIFY_VM_STATUS)
            printf("VM %u: state %u\n", event.vm_status.vmid.value, event.vm_status.state);
    }
    if (gunyah_rm_get_counters(rm)->lost_events > 0)
        puts("some were lost: ask for the states");
}

static void a_vm_and_its_end(struct gunyah_rm *rm)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm = NULL;

    must(gunyah_vm_create(gunyah_rm_vmm(rm), gunyah_vmid(0), &vm)); // 0: the Resource Manager chooses.
    printf("VM %u\n", gunyah_vm_vmid(vm).value);
    if (gunyah_vm_destroy(&vm, 1000 * MS, &remains) != GUNYAH_OK)
        printf("it stays: \"%s\" failed\n", remains.step);
}

static void refuse(struct gunyah_sim *sim, uint32_t message, uint32_t code)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.message = message;
    fault.mischief = GUNYAH_SIM_RM_FAIL;
    fault.value = code;
    must(gunyah_sim_add_rm_fault(sim, &fault));
}

// ---- Device trees --------------------------------------------------------------------------------------------------

static size_t build(void *tree, size_t room)
{
    struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    struct gunyah_dt_msgqueue_pair pair = GUNYAH_DT_MSGQUEUE_PAIR_INIT;
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    struct gunyah_dt_build builder;
    size_t size = 0;

    config.image_name = "guest";
    pair.label = 1;
    must(gunyah_dt_build_begin(&builder, tree, room, &machine, &config));
    must(gunyah_dt_add_rm_rpc(&builder, &rm_rpc));
    must(gunyah_dt_add_msgqueue_pair(&builder, &pair));
    must(gunyah_dt_build_finish(&builder, &size));
    return size;
}

static void print_finding(void *context, const struct gunyah_dt_finding *finding)
{
    char text[1024];

    (void)context;
    gunyah_dt_finding_format(finding, text, sizeof(text));
    fputs(text, stdout);
}

static bool lint(const void *tree, size_t size)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;

    options.report = print_finding;
    must(gunyah_dt_lint(tree, size, &options, &linter));
    return linter.errors == 0;
}

static void devices(const void *tree, size_t size)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_dt dt;

    must(gunyah_dt_open(tree, size, &dt));
    while (gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device) == GUNYAH_OK)
        printf("a device of kind %d\n", (int)device.kind);
}

// ---- VMMs ----------------------------------------------------------------------------------------------------------

static void place(const void *file, size_t size)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    struct gunyah_boot_request request = GUNYAH_BOOT_REQUEST_INIT;
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    must(gunyah_boot_inspect(file, size, NULL, &kernel));
    request.memory = (struct gunyah_memory_region){RAM, RAM_SIZE};
    request.dtb_size = 0x10000;
    must(gunyah_boot_place(&kernel, &request, &layout));
    printf("kernel 0x%" PRIx64 ", device tree 0x%" PRIx64 "\n", layout.entry, layout.dtb);
}

static enum gunyah_error uart(void *context, struct gunyah_mmio_access *access)
{
    if (access->offset == 0 && access->is_write)
        fputc((int)access->value, context);
    else
        access->value = 0;
    return GUNYAH_OK;
}

static void write_to_uart(void)
{
    const struct gunyah_mmio_region region = {UART, 0x1000, uart, stdout};
    struct gunyah_mmio_region regions[4];
    struct gunyah_mmio_bus bus;

    must(gunyah_mmio_bus_init(&bus, regions, 4));
    must(gunyah_mmio_bus_add(&bus, &region));
    // In the loop around gunyah_vcpu_run(), address, data and length come from the exit.
    for (const char *text = "hello\n"; *text != 0; text++) {
        uint8_t data[1] = {(uint8_t)*text};
        must(gunyah_mmio_bus_access(&bus, UART, data, 1, true));
    }
}

// ---- The machine ---------------------------------------------------------------------------------------------------

static struct gunyah_sim_vm *make_machine(struct gunyah_sim **sim)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *hlos = NULL;

    options.vmid = gunyah_vmid(3);
    must(gunyah_sim_create(NULL, sim));
    must(gunyah_sim_add_rm(*sim, NULL));
    must(gunyah_sim_add_vm(*sim, &options, &hlos));
    must(gunyah_sim_get_rm_queue(hlos, &queue));
    return hlos;
}

static void ask(struct gunyah_sim *sim, struct gunyah_rm *rm)
{
    struct gunyah_vm *vm = NULL;

    who_am_i(rm);
    own_message(rm);
    who_is_called(rm, "guest");
    a_vm_and_its_end(rm);
    hear(rm);
    refuse(sim, GUNYAH_RM_VM_ALLOCATE, GUNYAH_RMERR_NOMEM);
    printf("another VM: %s\n", gunyah_error_name(gunyah_vm_create(gunyah_rm_vmm(rm), gunyah_vmid(0), &vm)));
}

int main(void)
{
    static _Alignas(8) unsigned char made[16384];
    static const uint32_t raw_kernel[] = {0xd503207f, 0x17ffffff}; // wfi, and again
    struct gunyah_sim *sim = NULL;
    struct gunyah_sim_vm *hlos = make_machine(&sim);
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;
    const void *tree = NULL;
    size_t size = 0;

    options.backend = gunyah_sim_backend(hlos);
    must(gunyah_open(&options, &g));
    must(gunyah_sim_find_device_tree(hlos, &tree, &size));
    devices(tree, size);
    struct gunyah_rm *rm = connect(g, tree, size);
    ask(sim, rm);
    size = build(made, sizeof(made));
    printf("the tree is %s\n", lint(made, size) ? "good" : "bad");
    place(raw_kernel, sizeof(raw_kernel));
    write_to_uart();
    must(gunyah_rm_close(&rm));
    must(gunyah_close(&g));
    must(gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
