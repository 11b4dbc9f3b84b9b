// SPDX-License-Identifier: BSD-3-Clause
// From nothing to a VM that runs, talks, and is taken apart again: what HLOS asks of the Resource Manager. The machine is
// simulated, and one thread is both VMs. docs/resource-manager.md explains it.
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define BOARD_ADDRESS UINT64_C(0x90000000) // in the guest
#define SEEN UINT64_C(0x1)

enum label { MAIN_MEMORY, QUEUE, BELL, BOARD }; // As in the guest's device tree.

static const gunyah_vmid_t hlos_vmid = {3};
static _Alignas(PAGE) char image[64 * PAGE]; // Memory of HLOS, with what the guest is to run.
static _Alignas(PAGE) char board[PAGE];      // Memory of HLOS, which both are to see.

// A VM with its session and its connection to the Resource Manager.
struct side {
    struct gunyah_sim_vm *vm;
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

static void make_machine(struct gunyah_sim **sim, struct side *hlos)
{
    static const struct gunyah_sim_vdevice vdevices[] = {
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER, .label = QUEUE},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = BELL},
        {.type = GUNYAH_SIM_VDEVICE_SHM, .label = BOARD, .base = BOARD_ADDRESS},
    };
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    must(NULL, gunyah_sim_create(NULL, sim));
    must(NULL, gunyah_sim_add_rm(*sim, NULL));
    options.vmid = hlos_vmid;
    must(NULL, gunyah_sim_add_vm(*sim, &options, &hlos->vm));
    config.vdevices = vdevices; // What the guest's device tree would say.
    config.vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]);
    must(NULL, gunyah_sim_configure_vm(*sim, &config));
}

static void connect(struct side *side)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    must(NULL, gunyah_sim_get_rm_queue(side->vm, &queue)); // On a device, its tree says this.
    session.backend = gunyah_sim_backend(side->vm);
    must(NULL, gunyah_open(&session, &side->g));
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    must(side, gunyah_rm_open(side->g, &options, &side->rm));
}

static void disconnect(struct side *side)
{
    must(side, gunyah_rm_close(&side->rm)); // Refused as long as a VM or a parcel is open.
    must(side, gunyah_close(&side->g));
}

// Lend to the guest alone, or share with it. The parcel goes with the VM, until gunyah_vm_destroy() takes it back.
static uint32_t give(const struct side *hlos, struct gunyah_vm *vm, bool share, uint32_t label, void *memory,
                     size_t size)
{
    const struct gunyah_memparcel_access access[] = {{gunyah_vm_vmid(vm), GUNYAH_PGTABLE_ACCESS_RWX, 0},
                                                     {hlos_vmid, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_memory_region region = {(uintptr_t)memory, size};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    options.transaction = share ? GUNYAH_MEMPARCEL_TRANSACTION_SHARE : GUNYAH_MEMPARCEL_TRANSACTION_LEND;
    options.label = label;
    options.access = access;
    options.access_count = share ? 2 : 1;
    options.regions = &region;
    options.region_count = 1;
    options.vm = vm;
    must(hlos, gunyah_memparcel_create(hlos->rm, &options, &parcel));
    return gunyah_memparcel_handle(parcel);
}

static void launch(const struct side *hlos, struct gunyah_vm *vm)
{
    struct gunyah_vm_image where = GUNYAH_VM_IMAGE_INIT;

    where.memparcel = give(hlos, vm, false, MAIN_MEMORY, image, sizeof(image));
    where.image_offset = PAGE;
    where.dtb_size = PAGE;
    give(hlos, vm, true, BOARD, board, sizeof(board));
    must(hlos, gunyah_vm_configure(vm, &where));
    must(hlos, gunyah_vm_init(vm));
    must(hlos, gunyah_vm_start(vm));
}

// The guest finds what it shares with its owner, takes a message, reads the board, rings, and ends.
static void guest_main(struct side *guest)
{
    struct gunyah_vm *owner = NULL;
    struct gunyah_msgqueue *queue = NULL;
    struct gunyah_doorbell *bell = NULL;
    gunyah_vmid_t vmid;
    char message[240];
    void *page = NULL;
    size_t size = 0;

    connect(guest);
    must(guest, gunyah_vm_owner(guest->rm, &vmid));
    must(guest, gunyah_vm_open(gunyah_rm_vmm(guest->rm), vmid, &owner));
    must(guest, gunyah_vm_open_msgqueue(owner, QUEUE, false, sizeof(message), &queue));
    must(guest, gunyah_vm_open_doorbell(owner, BELL, true, &bell));
    must(guest, gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER));
    must(guest, gunyah_msgqueue_receive(queue, message, sizeof(message), &size, NULL));
    must(NULL, gunyah_sim_find_memory(guest->vm, BOARD_ADDRESS, PAGE, &page));
    printf("guest: VM %u says \"%.*s\"; there stands \"%s\"\n", vmid.value, (int)size, message, (char *)page);
    must(guest, gunyah_doorbell_send(bell, SEEN, NULL));
    must(guest, gunyah_vm_close(&owner));
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

int main(void)
{
    struct gunyah_sim *sim = NULL;
    struct side hlos = {0};
    struct side guest = {0};
    struct gunyah_vm *vm = NULL;
    struct gunyah_vm_exit why;

    make_machine(&sim, &hlos);
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
    give(&hlos, vm, false, MAIN_MEMORY, image, sizeof(image));
    printf("HLOS: all is back: the next one is VM %u, with the same pages\n", gunyah_vm_vmid(vm).value);
    must(&hlos, gunyah_vm_destroy(&vm, GUNYAH_WAIT_FOREVER, NULL));
    disconnect(&hlos);
    must(NULL, gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
