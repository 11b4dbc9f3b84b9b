// SPDX-License-Identifier: BSD-3-Clause
// Addresses that VMs reserve with the simulator's Resource Manager, and what is placed among them.

#include "sim_rm.h"

#define OK "00000000"
#define NORESOURCE "02000000"
#define DENIED "03000000"
#define MSG_INVALID "04000000"
#define ARGUMENT_INVALID "06000000"
#define MEM_INVALID "0a000000"

// Beginnings of requests: the type, and the constraints.
#define FIXED "00000000 00000000 00000000 "
#define WINDOWS "01000000 00000000 00000000 "
#define FIRST "0000004000000000" // where the Resource Manager places the first thing for a guest
#define PAGE "0010000000000000"
#define GIB "0000004000000000"

static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};

// VM 0x80, running, with a channel.
static struct gunyah_sim *guest_of(struct rm_end *hlos, struct rm_end *guest, enum gunyah_rm_generation generation)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim *sim = rm_machine(hlos, generation);

    config.vdevices = &channel;
    config.vdevice_count = 1;
    rm_start_guest(sim, hlos, guest, &config);
    return sim;
}

static void why(const struct rm_end *end, const char *reason)
{
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(end->vm), (char *)reason));
}

Test(sim_rm_ipa, what_is_refused)
{
    static const char range[] = "a range is empty, not aligned to 4 KiB, or beyond the address space";
    static const char alignment[] = "an alignment is no power of 2, or below 4 KiB";
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);

    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "02000000 80000000 00000000", MSG_INVALID);
    why(&guest, "the payload does not have the size of this message");
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "02000000 80000000 00000000 1f000000", MSG_INVALID);
    why(&guest, "there is no such type of reservation");
    // Not normal memory, devices, and what only a platform knows.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 01000000 00000000 1f000000", ARGUMENT_INVALID);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 0c000000 00000000 1f000000", ARGUMENT_INVALID);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 44000000 00000000 1f000000", ARGUMENT_INVALID);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 00000000 01000000 1f000000", ARGUMENT_INVALID);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "1f000000", NORESOURCE);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST, MSG_INVALID);
    why(&guest, "the payload ends inside a list");
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST PAGE, MSG_INVALID);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0100000000000000 " PAGE "00", MSG_INVALID);
    why(&guest, "there are bytes behind the last list");
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0008004000000000 " PAGE, DENIED);
    why(&guest, range);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST "0000000000000000", DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST "0008000000000000", DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0000000010000000 " PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST "0000000000000000 " PAGE PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 00f0ffff0f000000 0020000000000000 " PAGE PAGE, DENIED);
    why(&guest, range);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST GIB PAGE "0030000000000000", DENIED);
    why(&guest, alignment);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST GIB PAGE "0008000000000000", DENIED);
    why(&guest, alignment);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST GIB PAGE "0000000000000000", DENIED);
    // Where the image is.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0000008000000000 " PAGE, DENIED);
    why(&guest, "the addresses are taken or reserved");
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 0000008000000000 0000100000000000 " PAGE PAGE, DENIED);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, hlos_has_no_addresses)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_ask(&hlos, GUNYAH_RM_IPA_RESERVE, "00000000 40000000 00000000 00000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST PAGE, DENIED);
    why(&hlos, "HLOS has no addresses to reserve");
    rm_ask(&hlos, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 " FIRST GIB PAGE PAGE, DENIED);
    // Nothing at all is fine.
    rm_ask(&hlos, GUNYAH_RM_IPA_RESERVE, FIXED "00000000", OK);
    rm_ask(&hlos, GUNYAH_RM_IPA_RESERVE, WINDOWS "00000000", OK "00000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, ranges_once_each)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);

    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "02000000 " FIRST PAGE "0010004000000000 " PAGE, OK);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 00f0ff3f00000000 0020000000000000", DENIED);
    // The memory of the VM's image is of the kind that all is; no other VM knows of these addresses.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 40000000 00000000 01000000 0000005000000000 " PAGE, OK);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, windows)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);

    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE,
           WINDOWS "03000000 0010004000000000 " GIB PAGE "0000200000000000 "   // to 2 MiB
                   "0010004000000000 " GIB "0030000000000000 " PAGE            // as close as can be
                   "ffffffffffffffff 0000000000000000 0020000000000000 " PAGE, // anywhere
           OK "03000000 0000204000000000 0010004000000000 0000000000000000");
    // It begins in the window, and may end behind it.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 0000006000000000 " PAGE "0030000000000000 " PAGE,
           OK "01000000 0000006000000000");
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 0000006000000000 0030000000000000 " PAGE PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 0000006000000000 0040000000000000 " PAGE PAGE,
           OK "01000000 0030006000000000");
    // All of a list, or nothing.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE,
           WINDOWS "02000000 0000007000000000 " PAGE PAGE PAGE "0000007000000000 " PAGE PAGE PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, WINDOWS "01000000 0000007000000000 " PAGE PAGE PAGE,
           OK "01000000 0000007000000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, a_second_range_that_is_taken)
{
    static const char request[] = FIXED "02000000 " FIRST PAGE "0000008000000000 " PAGE;
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_LATER);
    unsigned char bytes[64];
    char text[64];

    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, request, DENIED);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST PAGE, OK);
    gunyah_sim_destroy(&sim);

    // It stops the one of 2023, for every VM.
    sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);
    rm_request(&guest, GUNYAH_RM_IPA_RESERVE, bytes, rm_bytes(request, bytes));
    cr_assert(not(rm_reply(&guest, text)));
    rm_request(&hlos, GUNYAH_RM_VM_GET_VMID, bytes, 0);
    cr_assert(not(rm_reply(&hlos, text)));
    why(&guest, "IPA_RESERVE named a range that is not free behind one that is");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, only_the_vm_places_memory_there)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);

    // Two pages for any memory, and behind them one for memory with error correction, which there is none of.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST "0020000000000000", OK);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, "00000000 05000000 00000000 01000000 0020004000000000 " PAGE, OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 01000000 01000000 80000700 01000000 0000006000000000 " PAGE,
           OK "01000000");
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT, "01000000 00018000 00000000 00000000 00000000 00000000",
           OK "01000000 0030004000000000 " PAGE);
    rm_ask(&guest, GUNYAH_RM_MEM_RELEASE, "01000000 00000000", OK);
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "01000000 00018000 00000000 00000000 01000000 0020004000000000 " PAGE "00000000", MEM_INVALID);
    why(&guest, "the address is reserved for memory of another kind");
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "01000000 00018000 00000000 00000000 01000000 0010004000000000 " PAGE "00000000", OK);
    // A reservation outlives what was placed there.
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0010004000000000 " PAGE, DENIED);
    rm_ask(&guest, GUNYAH_RM_MEM_RELEASE, "01000000 00000000", OK);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0010004000000000 " PAGE, DENIED);
    // Not across its ends.
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 01000000 01000000 80000700 01000000 0000007000000000 0020000000000000",
           OK "02000000");
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "02000000 00018000 00000000 00000000 01000000 0010004000000000 0020000000000000 00000000", NORESOURCE);
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "02000000 00018000 00000000 00000000 01000000 00f0ff3f00000000 0020000000000000 00000000", NORESOURCE);
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "02000000 00018000 00000000 00000000 01000000 0000004000000000 0020000000000000 00000000", OK);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, a_vm_that_sees_memory_where_it_is)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    // Reserved addresses are not chosen for it, and there are no others for this memory.
    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&other, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 0000005000000000 " PAGE, OK);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 01000000 01000000 05000700 01000000 0000005000000000 " PAGE, OK OK);
    rm_ask(&other, GUNYAH_RM_MEM_ACCEPT, "00000000 00018000 00000000 00000000 00000000 00000000", NORESOURCE);
    rm_ask(&other, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00018000 00000000 00000000 01000000 0000005000000000 " PAGE "00000000", OK);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_ipa, a_reset_ends_reservations)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = guest_of(&hlos, &guest, GUNYAH_RM_GENERATION_2023);

    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST PAGE, OK);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", OK);
    rm_attach(&guest, guest.vm);
    rm_ask(&guest, GUNYAH_RM_IPA_RESERVE, FIXED "01000000 " FIRST PAGE, OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}
