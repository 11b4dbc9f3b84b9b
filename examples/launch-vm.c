// SPDX-License-Identifier: BSD-3-Clause
// From nothing to a VM that runs, talks, and is taken apart again. What the VM is stands in its device tree, launch-vm.dts; what
// it gets, it finds there. The machine is simulated, and one thread is both VMs. docs/resource-manager.md explains it.
#include <gunyah/dt.h>
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define TREE_OFFSET (32 * PAGE) // In the image; the Resource Manager adds to the tree.
#define SEEN UINT64_C(0x1)

enum label { MAIN_MEMORY, QUEUE, BELL, BOARD }; // As in launch-vm.dts.

static const gunyah_vmid_t hlos_vmid = {3};
static _Alignas(PAGE) char image[64 * PAGE]; // Memory of HLOS, with what the guest is to run, and its tree.
static _Alignas(PAGE) char board[PAGE];      // Memory of HLOS, which both are to see.

// A VM with its device tree, its session and its connection to the Resource Manager.
struct side {
    struct gunyah_sim_vm *vm;
    struct gunyah_dt dt;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

// Ends the program when something failed, and says what to do about it.
static void must(const struct side *side, enum gunyah_error error)
{
    const struct gunyah_error_info *info = side != NULL ? gunyah_last_error(side->g) : NULL;

    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), info != NULL ? info->advice : gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

// Any VM finds the Resource Manager in its tree. On a device, x0 leads to that.
static void connect(struct side *side)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    const void *tree = NULL;
    size_t size = 0;

    must(NULL, gunyah_sim_find_device_tree(side->vm, &tree, &size));
    must(NULL, gunyah_dt_open(tree, size, &side->dt));
    session.backend = gunyah_sim_backend(side->vm);
    must(NULL, gunyah_open(&session, &side->g));
    must(side, gunyah_rm_open_dt(side->g, &side->dt, &side->rm));
}

static void disconnect(struct side *side)
{
    must(side, gunyah_rm_close(&side->rm)); // Refused as long as a VM or a parcel is open.
    must(side, gunyah_close(&side->g));
}

// Lend to the guest alone, or share with it. The parcel goes with the VM, until gunyah_vm_destroy() takes it back.
static uint32_t give(const struct side *hlos, struct gunyah_vm *vm, enum label label, void *memory, size_t size)
{
    const struct gunyah_memparcel_access access[] = {{gunyah_vm_vmid(vm), GUNYAH_PGTABLE_ACCESS_RWX, 0},
                                                     {hlos_vmid, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_memory_region region = {(uintptr_t)memory, size};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    options.transaction = label == MAIN_MEMORY ? GUNYAH_MEMPARCEL_TRANSACTION_LEND : GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = label;
    options.access = access;
    options.access_count = label == MAIN_MEMORY ? 1 : 2;
    options.regions = &region;
    options.region_count = 1;
    options.vm = vm;
    must(hlos, gunyah_memparcel_create(hlos->rm, &options, &parcel));
    return gunyah_memparcel_handle(parcel);
}

static void launch(const struct side *hlos, struct gunyah_vm *vm)
{
    struct gunyah_vm_image where = GUNYAH_VM_IMAGE_INIT;

    where.memparcel = give(hlos, vm, MAIN_MEMORY, image, sizeof(image));
    where.dtb_offset = TREE_OFFSET;
    where.dtb_size = sizeof(image) - TREE_OFFSET;
    give(hlos, vm, BOARD, board, sizeof(board));
    must(hlos, gunyah_vm_configure(vm, &where));
    must(hlos, gunyah_vm_init(vm));
    must(hlos, gunyah_vm_start(vm));
}

// The guest finds in its tree what there is, takes a message, reads the board, rings, and ends.
static void guest_main(struct side *guest)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct gunyah_dt_device shared = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_dt_region region;
    struct gunyah_msgqueue *queue = NULL;
    struct gunyah_doorbell *bell = NULL;
    char message[240];
    void *page = NULL;
    size_t size = 0;

    connect(guest);
    must(NULL, gunyah_dt_get_vm_info(&guest->dt, &info));
    must(guest, gunyah_msgqueue_open_label(guest->g, &guest->dt, QUEUE, false, &queue));
    must(guest, gunyah_doorbell_open_label(guest->g, &guest->dt, BELL, true, &bell));
    must(NULL, gunyah_dt_find_label(&guest->dt, GUNYAH_DT_SHARED_MEMORY, BOARD, &shared));
    must(NULL, gunyah_dt_get_region(&guest->dt, &shared, 0, &region));
    must(NULL, gunyah_sim_find_memory(guest->vm, region.address, region.size, &page));
    must(guest, gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER));
    must(guest, gunyah_msgqueue_receive(queue, message, sizeof(message), &size, NULL));
    printf("guest: VM %u says \"%.*s\"; there stands \"%s\"\n", info.owner.value, (int)size, message, (char *)page);
    must(guest, gunyah_doorbell_send(bell, SEEN, NULL));
    must(guest, gunyah_guest_exit(guest->rm, GUNYAH_VM_EXIT_CODE_NORMAL, false)); // On a device, this is the end.
    disconnect(guest);
}

static void talk(const struct side *hlos, struct gunyah_vm *vm, struct side *guest)
{
    static const char message[] = "read the board";
    struct gunyah_msgqueue *queue = NULL;
    struct gunyah_doorbell *bell = NULL;
    uint64_t flags = 0;

    must(hlos, gunyah_vm_open_msgqueue(vm, QUEUE, true, 0, &queue));
    must(hlos, gunyah_vm_open_doorbell(vm, BELL, false, &bell));
    strcpy(board, "two VMs see this page");
    must(hlos, gunyah_msgqueue_send(queue, message, strlen(message), 0, NULL));
    guest_main(guest);
    must(hlos, gunyah_doorbell_wait(bell, SEEN, GUNYAH_WAIT_FOREVER, &flags));
    printf("HLOS: the guest rings 0x%llx\n", (unsigned long long)flags);
}

// A machine with HLOS in it, and in its memory the tree of the guest.
static void make_machine(struct gunyah_sim **sim, struct side *hlos, const char *tree)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    FILE *file = tree != NULL ? fopen(tree, "rb") : NULL;

    if (file == NULL || fread(image + TREE_OFFSET, 1, PAGE, file) == 0 || fclose(file) != 0) {
        fputs("usage: launch-vm launch-vm.dtb\n", stderr);
        exit(EXIT_FAILURE);
    }
    options.vmid = hlos_vmid;
    must(NULL, gunyah_sim_create(NULL, sim));
    must(NULL, gunyah_sim_add_rm(*sim, NULL));
    must(NULL, gunyah_sim_add_vm(*sim, &options, &hlos->vm));
    must(NULL, gunyah_sim_get_rm_queue(hlos->vm, &queue));
}

int main(int argc, char **argv)
{
    struct gunyah_sim *sim = NULL;
    struct side hlos = {0};
    struct side guest = {0};
    struct gunyah_vm *vm = NULL;
    struct gunyah_vm_exit why;

    make_machine(&sim, &hlos, argc > 1 ? argv[1] : NULL);
    connect(&hlos);
    must(&hlos, gunyah_vm_create(gunyah_rm_vmm(hlos.rm), gunyah_vmid(0), &vm));
    launch(&hlos, vm);
    printf("HLOS: VM %u runs\n", gunyah_vm_vmid(vm).value);
    must(NULL, gunyah_sim_find_vm(sim, gunyah_vm_vmid(vm), &guest.vm));
    talk(&hlos, vm, &guest);
    must(&hlos, gunyah_vm_exit_info(vm, GUNYAH_WAIT_FOREVER, &why));
    printf("HLOS: the VM is over: %s\n", gunyah_vm_exit_text(&why));
    must(&hlos, gunyah_vm_destroy(&vm, GUNYAH_WAIT_FOREVER, NULL));

    // Memory that is away cannot be lent, and a VMID that is taken cannot be had.
    must(&hlos, gunyah_vm_create(gunyah_rm_vmm(hlos.rm), gunyah_vmid(0), &vm));
    give(&hlos, vm, MAIN_MEMORY, image, sizeof(image));
    printf("HLOS: all is back: the next one is VM %u, with the same pages\n", gunyah_vm_vmid(vm).value);
    must(&hlos, gunyah_vm_destroy(&vm, GUNYAH_WAIT_FOREVER, NULL));
    disconnect(&hlos);
    must(NULL, gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
