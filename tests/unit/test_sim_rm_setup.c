// SPDX-License-Identifier: BSD-3-Clause
// What the owner of a VM may set before its start: where its memory is, whether it is paged, registers, debugging.

#include "sim_rm.h"

#define OK "00000000"
#define NORESOURCE "02000000"
#define DENIED "03000000"
#define MSG_INVALID "04000000"
#define BUSY "05000000"
#define ARGUMENT_INVALID "06000000"
#define HANDLE_INVALID "07000000"
#define MAP_FAILED "09000000"
#define MEM_INVALID "0a000000"
#define MEM_INUSE "0b000000"
#define VMID_INVALID "0d000000"
#define VM_STATE "14000000"

// 1 MiB at RM_RAM, and the MiB behind it.
#define IMAGE "01000000 0000005000000000 0000100000000000"
#define MORE "01000000 0000105000000000 0000100000000000"
#define OURS "02000000 03000700 80000700 "
#define ALONE "01000000 80000700 "

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;

static void why(const struct rm_end *end, const char *reason)
{
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(end->vm), (char *)reason));
}

static void config_image(struct rm_end *hlos, const char *vmid, const char *auth, const char *reply)
{
    char request[256];

    snprintf(request, sizeof(request),
             "%s %s 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", vmid, auth);
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE, request, reply);
}

// VM 0x80 of the later generation in the state INIT; its image is given like this.
static struct gunyah_sim *configured(struct rm_end *hlos, uint32_t how, const char *acl)
{
    struct gunyah_sim *sim = rm_machine(hlos, GUNYAH_RM_GENERATION_LATER);
    char request[256];

    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &defaults), GUNYAH_OK));
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    snprintf(request, sizeof(request), "00000000 00000000 %s " IMAGE, acl);
    rm_ask(hlos, how, request, OK "00000000");
    config_image(hlos, "8000", "0000", OK);
    return sim;
}

static void start(struct rm_end *hlos)
{
    rm_ask(hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(hlos, GUNYAH_RM_VM_START, "80000000", OK);
}

static void end(struct gunyah_sim *sim, struct rm_end *hlos)
{
    rm_forget(hlos);
    gunyah_sim_destroy(&sim);
}

static void memory_at(struct gunyah_sim *sim, uint64_t address, uint64_t size, uint64_t wanted)
{
    struct gunyah_sim_vm *vm;
    void *memory;

    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, address, size, &memory), GUNYAH_OK));
    cr_assert(eq(u64, (uintptr_t)memory, wanted));
}

Test(sim_rm_setup, layouts_that_are_refused)
{
    static const char good[] = "80000000 00000000 0000004000000000 0000100000000000";
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "81000100 00000000 0000004000000000 0000100000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "81000000 00000000 0000004000000000 0000100000000000", NORESOURCE);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "81000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "81000000 00000000 0000004000000000 0000100000000000", NORESOURCE);
    why(&hlos, "the VM has not been initialised");
    rm_ask(&other, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, good, DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "05000000 00000000 0000004000000000 0000100000000000", DENIED);
    why(&hlos, "memory is laid out between VM_CONFIG_IMAGE and VM_INIT");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0008004000000000 0000100000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000 0008100000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000 0000000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 02000000 00f0ffffffffffff 0010000000000000",
           ARGUMENT_INVALID);
    why(&hlos, "a range is empty, not aligned to 4 KiB, or too large");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 02000000 0000004000000000 0000100000000000",
           ARGUMENT_INVALID);
    why(&hlos, "there is no such range to place");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, good, OK);
    start(&hlos);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, good, DENIED);
    end(sim, &hlos);
}

Test(sim_rm_setup, a_layout_replaces_the_configuration)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);

    // Not a multiple of 2 MiB, unlike what a configuration may say.
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0010004000000000 0000200000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE MORE, OK "01000000");
    start(&hlos);
    memory_at(sim, 0x40001000, 0x200000, RM_RAM);
    end(sim, &hlos);

    // No byte more than it says.
    sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000 00f00f0000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", NORESOURCE);
    why(&hlos, "the memory of the VM is larger than its configuration allows");
    end(sim, &hlos);

    // Beyond the addresses of a VM.
    sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000000010000000 0000200000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", MEM_INVALID);
    end(sim, &hlos);

    // A reset takes it back.
    sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "80000000 00000000 0000004000000000 0000200000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    config_image(&hlos, "8000", "0000", OK);
    start(&hlos);
    memory_at(sim, 0x80000000, 0x100000, RM_RAM);
    end(sim, &hlos);
}

Test(sim_rm_setup, debugging)
{
    struct gunyah_sim_rm_options options = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);
    struct gunyah_sim_vm *primary;

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "800000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "81000101", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "81000002", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "81000001", NORESOURCE);
    rm_ask(&other, GUNYAH_RM_VM_SET_DEBUG, "80000001", DENIED);
    why(&other, "the VM belongs to another one");
    // Of itself a VM may, in another state.
    rm_ask(&other, GUNYAH_RM_VM_SET_DEBUG, "05000001", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "05000001", VM_STATE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "80000000", DENIED);
    why(&hlos, "a production build does not debug");
    end(sim, &hlos);

    sim = new_sim(1);
    options.generation = GUNYAH_RM_GENERATION_LATER;
    options.debug = true;
    vm.vmid = gunyah_vmid(RM_HLOS);
    cr_assert(eq(int, gunyah_sim_add_rm(sim, &options), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &vm, &primary), GUNYAH_OK));
    rm_attach(&hlos, primary);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE IMAGE, OK "00000000");
    config_image(&hlos, "8000", "0000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "80000001", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEBUG, "80000000", OK);
    end(sim, &hlos);
}

Test(sim_rm_setup, paging_that_is_refused)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "81000100 00000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "81000000 02000000 0000008000000000 0010000000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "81000000 01000010 0000008000000000 0010000000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "81000000 00000000", NORESOURCE);
    rm_ask(&other, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "05000000 00000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0000008000000000 0000000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0100008000000000 0010000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING,
           "80000000 02000000 0000008000000000 0010000000000000 00f0ffffffffffff 0010000000000000", ARGUMENT_INVALID);
    // Nothing was set; what stands behind the list does not count.
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0000008000000000 0000100000000000 ff", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0100008000000000 0010000000000000", BUSY);
    end(sim, &hlos);

    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE IMAGE, OK "00000000");
    config_image(&hlos, "8000", "0100", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_AUTH_IMAGE, "8000 0100 00000000 1c000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", DENIED);
    why(&hlos, "the platform authenticates the VM, so that its memory cannot be paged");
    end(sim, &hlos);
}

// Every resource of VM 0x80 that its owner is told of: type and label, as `4:0 9:1 `.
static void resources(struct rm_end *hlos, char *list)
{
    static unsigned char bytes[1024];
    static char text[2048];

    rm_request(hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(hlos, text));
    size_t size = rm_bytes(text, bytes);
    list[0] = '\0';
    for (size_t i = 8; i < size; i += 44) {
        uint64_t cap;
        memcpy(&cap, bytes + i + 12, sizeof(cap));
        cr_assert(ne(u64, cap, 0));
        cr_assert(ne(u64, cap, UINT64_MAX));
        list += sprintf(list, "%d:%d ", bytes[i], bytes[i + 8]);
    }
}

Test(sim_rm_setup, a_paged_vm_has_extents_and_no_parcels)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_SHARE, OURS);
    char list[256];

    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 01000000 0000008000000000 0000400000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE MORE, OK "01000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 07000000 02000000 03000600 80000600 01000000 0000205000000000 0010000000000000", OK "02000000");
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    resources(&hlos, list);
    cr_assert(eq(str, list, "4:0 9:0 9:1 9:2 9:3 10:0 "));
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", OK);
    memory_at(sim, 0x80000000, 0x200000, RM_RAM);
    // Image and private memory are known no more; what is shared besides is.
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "01000000 00000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "02000000 00000000", MEM_INUSE);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE IMAGE, MEM_INVALID);
    rm_forget(&hlos);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0700 04000000 00000000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 0a 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_MEM_RELEASED, "02000000 8000 0000 00000000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 0b 00 0000");
    rm_silent(&hlos);
    // The memory is the owner's again, and the VM is paged no more.
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 " ALONE "01000000 0000005000000000 0000200000000000",
           OK "04000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_setup, a_vm_that_is_not_paged_has_no_extents)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_SHARE, OURS);
    char list[256];

    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000000 00000000 " OURS MORE, OK "01000000");
    start(&hlos);
    resources(&hlos, list);
    cr_assert(eq(str, list, "4:0 "));
    // Memory that is shared counts as the VM's own too.
    memory_at(sim, 0x80000000, 0x200000, RM_RAM);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", MEM_INUSE);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "01000000 00000000", MEM_INUSE);
    end(sim, &hlos);
}

// A paged VM does not start with memory like this.
static void cannot_be_paged(uint32_t how, const char *image, const char *more)
{
    static const char sentence[] = "memory that is paged must be lent to the VM alone or shared with its owner alone, "
                                   "with all rights";
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, how, image);
    char request[256];

    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", OK);
    snprintf(request, sizeof(request), "00000000 00000000 %s " MORE, more);
    if (more[0] != '\0')
        rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, request, OK "01000000");
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", NORESOURCE);
    why(&hlos, sentence);
    // What it had taken can be reclaimed after the reset.
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    end(sim, &hlos);
}

Test(sim_rm_setup, what_can_be_paged)
{
    cannot_be_paged(GUNYAH_RM_MEM_SHARE, "02000000 03000600 80000700", "");
    cannot_be_paged(GUNYAH_RM_MEM_SHARE, "02000000 03000700 80000600", "");
    cannot_be_paged(GUNYAH_RM_MEM_SHARE, "03000000 03000700 80000700 07000400", "");
    cannot_be_paged(GUNYAH_RM_MEM_LEND, "01000000 80000600", "");
    cannot_be_paged(GUNYAH_RM_MEM_LEND, ALONE, "03000000 03000700 80000700 07000400");
}

Test(sim_rm_setup, a_start_that_failed_leaves_no_paging)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);

    rm_ask(&hlos, GUNYAH_RM_VM_SET_DEMAND_PAGING, "80000000 00000000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000000 00000000 03000000 03000700 80000700 07000400 " MORE, OK "01000000");
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", NORESOURCE);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    config_image(&hlos, "8000", "0000", OK);
    start(&hlos);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", MEM_INUSE);
    end(sim, &hlos);
}

Test(sim_rm_setup, an_image_that_is_shared_is_protected_until_the_start)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_MEM_SHARE, OURS);

    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", DENIED);
    why(&hlos, "the Resource Manager uses the parcel itself");
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    end(sim, &hlos);

    // One that is lent to the VM alone needs no protection, and may be taken back.
    sim = configured(&hlos, GUNYAH_RM_MEM_LEND, ALONE);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    end(sim, &hlos);

    // After the start, nothing but the acceptance holds it.
    sim = configured(&hlos, GUNYAH_RM_MEM_SHARE, OURS);
    start(&hlos);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    end(sim, &hlos);
}

Test(sim_rm_setup, what_cannot_be_protected)
{
    static const char sentence[] = "the image cannot be protected: a VM has it already, or it waits for more regions";
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000000 00000000 03000000 03000700 80000700 05000700 " IMAGE, OK "00000000");
    rm_ask(&other, GUNYAH_RM_MEM_ACCEPT, "00000000 00028000 00000000 00000000 00000000 00000000",
           OK "0100 0000 0000005000000000 0000100000000000");
    config_image(&hlos, "8000", "0000", MAP_FAILED);
    why(&hlos, sentence);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    end(sim, &hlos);

    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000200 00000000 " OURS IMAGE, OK "00000000");
    config_image(&hlos, "8000", "0000", MAP_FAILED);
    end(sim, &hlos);

    // By one VM after the other, and still the first one's.
    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "81000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000000 00000000 03000000 03000700 80000700 81000700 " IMAGE, OK "00000000");
    config_image(&hlos, "8000", "0000", OK);
    config_image(&hlos, "8100", "0000", MAP_FAILED);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "81000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", DENIED);
    end(sim, &hlos);

    // The generation of 2023 protects nothing.
    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE, "00000000 00000000 " OURS IMAGE, OK "00000000");
    config_image(&hlos, "8000", "0000", OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    end(sim, &hlos);
}

Test(sim_rm_setup, owners_hear_when_vcpus_can_go_on)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_config config = defaults;
    static unsigned char bytes[1024];
    static char text[2048];

    // The interrupts behind those of HLOS's channel, one for each vCPU; none if the hypervisor schedules the VM.
    config.vcpus = 2;
    rm_start_guest(sim, &hlos, NULL, &config);
    rm_request(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(&hlos, text));
    cr_assert(eq(sz, rm_bytes(text, bytes), 8 + 2 * 44));
    for (size_t i = 0; i < 2; i++) {
        uint32_t words[2];
        memcpy(&words[0], bytes + 8 + i * 44 + 8, sizeof(words[0]));
        memcpy(&words[1], bytes + 8 + i * 44 + 24, sizeof(words[1]));
        cr_assert(eq(u32, words[0], i));
        cr_assert(eq(u32, words[1], 962 + i));
    }
    // They are free again after the reset.
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    config.proxy = false;
    config.vcpus = 1;
    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &config), GUNYAH_OK));
    config_image(&hlos, "8000", "0000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_request(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(&hlos, text));
    cr_assert(eq(sz, rm_bytes(text, bytes), 8 + 44));
    cr_assert(eq(int, memcmp(bytes + 8 + 24, "\xff\xff\xff\xff", 4), 0));
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    config.proxy = true;
    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &config), GUNYAH_OK));
    config_image(&hlos, "8000", "0000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_request(&hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(&hlos, text));
    rm_bytes(text, bytes);
    cr_assert(eq(int, memcmp(bytes + 8 + 24, "\xc2\x03\x00\x00", 4), 0));
    end(sim, &hlos);
}
