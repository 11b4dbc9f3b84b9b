// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels of the simulator's Resource Manager: who may give what to whom, and every refusal in its order.

#include "sim_rm.h"

#define OK "00000000"
#define MSG_INVALID "04000000"
#define ARGUMENT_INVALID "06000000"
#define HANDLE_INVALID "07000000"
#define VALIDATE_FAILED "08000000"
#define MEM_INVALID "0a000000"
#define MEM_INUSE "0b000000"
#define MEM_RELEASED "0c000000"
#define VMID_INVALID "0d000000"
#define DENIED "03000000"
#define NORESOURCE "02000000"
#define LOOKUP_FAILED "0e000000"

// A page, and two, of HLOS.
#define PAGE "0000005000000000 0010000000000000"
#define NEXT "0010005000000000 0010000000000000"
#define ONE "01000000 " PAGE

struct pair {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    struct rm_end guest; // VMID 5
};

static void open_pair(struct pair *pair, enum gunyah_rm_generation generation)
{
    pair->sim = rm_machine(&pair->hlos, generation);
    rm_attach(&pair->guest, new_vm(pair->sim, 5));
}

static void refuses(uint32_t id, const char *request, const char *reply)
{
    struct pair pair;
    unsigned char bytes[128];
    char text[64];

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, id, request, reply);
    // Nothing of the memory is taken, though perhaps a handle.
    rm_request(&pair.hlos, GUNYAH_RM_MEM_LEND, bytes,
               rm_bytes("00000000 00000000 01000000 05000700 02000000 " PAGE NEXT, bytes));
    cr_assert(rm_reply(&pair.hlos, text));
    cr_assert(eq(int, strncmp(text, OK, 8), 0));
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, lists)
{
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 00000000 00000000", MSG_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 02000000 " PAGE, MSG_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "01000000", MSG_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "00000000 00000000", MSG_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01020000 05000700 " ONE, NORESOURCE);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 00000000 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 00000000 00000000", ARGUMENT_INVALID);
}

Test(sim_rm_memory, rights)
{
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 02000000 05000700 05000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 63000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000200 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000800 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 02000000 05000700 03000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_SHARE, "00000000 00000000 01000000 05000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_DONATE, "00000000 00000000 02000000 05000700 06000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 05000600 " ONE, DENIED);
    refuses(GUNYAH_RM_MEM_LEND, "01000000 00000000 01000000 05000700 " ONE, ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "01000100 00000000 01000000 05000600 " ONE, ARGUMENT_INVALID);
}

Test(sim_rm_memory, attributes)
{
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "01000000 0100 0500", ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "01000000 0400 0500", ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "01000000 0200 0600", VMID_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE "02000000 0200 0500 0200 0500",
            ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 05000700 " ONE "01000000 0200 0500", ARGUMENT_INVALID);
}

Test(sim_rm_memory, regions)
{
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 0100005000000000 0010000000000000",
            ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 0000005000000000 0110000000000000",
            ARGUMENT_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 0000005000000000 0000000000000000",
            MEM_INVALID);
    // Twice the same, across the end of addresses, and devices as memory.
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 02000000 " PAGE PAGE, MEM_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 00f0ffffffff0000 0020000000000000",
            MEM_INVALID);
    refuses(GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 0000000000000100 0010000000000000",
            MEM_INVALID);
}

Test(sim_rm_memory, devices)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "01000000 00000000 01000000 05000600 " ONE, MEM_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND,
           "01000000 00000000 01000000 05000600 01000000 0000000000000100 0010000000000000 01000000 0100 0500",
           OK "01000000");
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "01000000 01019000 00000000 00000000 00000000 00000000",
           ARGUMENT_INVALID); // contiguously
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "01000000 01018000 00000000 00000000 00000000 00000000",
           OK "0100 00 00 0000000000000100 0010000000000000");
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "01000000 01000000", ARGUMENT_INVALID);
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, what_is_in_a_parcel_cannot_be_given_again)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_SHARE, "00000000 07000000 02000000 03000600 05000600 " ONE, OK OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 " PAGE, MEM_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 02000000 " NEXT PAGE, MEM_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 " NEXT, OK "03000000");
    // The borrower is no owner.
    rm_ask(&pair.guest, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 03000700 01000000 " PAGE, MEM_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", DENIED);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "09000000 00000000", HANDLE_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000", MSG_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", HANDLE_INVALID);
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, acceptance)
{
    struct pair pair;
    static const char none[] = "00000000 00 02 %02x 00 07000000 00000000 00000000 00000000";
    char request[256];
    void *memory;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 07000000 02000000 03000600 05000400 02000000 " PAGE NEXT "01000000 0300 0500", OK OK);
    // In the order of the checks.
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00020000 00000000 00000000 00000000", MSG_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "05000000 00020000 00000000 00000000 00000000 00000000", HANDLE_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 01020000 00000000 00000000 00000000 00000000",
           ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00010000 00000000 00000000 00000000 00000000",
           ARGUMENT_INVALID);
    snprintf(request, sizeof(request), none, 0x01);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, request, VALIDATE_FAILED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00020400 08000000 00000000 00000000 00000000", VALIDATE_FAILED);
    snprintf(request, sizeof(request), none, 0x02);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, request, VALIDATE_FAILED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00020200 07000000 02000000 05000400 03000600 00000000 01000000 0300 0500", VALIDATE_FAILED);
    snprintf(request, sizeof(request), none, 0x08);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, request, DENIED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00020000 00000000 00000000 00000500 00000000",
           ARGUMENT_INVALID);
    snprintf(request, sizeof(request), none, 0x80);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_ACCEPT, request, DENIED);
    snprintf(request, sizeof(request), none, 0x20);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, request, ARGUMENT_INVALID); // may not write
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00028000 00000000 00000000 03000000" PAGE NEXT PAGE "00000000",
           ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00028000 00000000 00000000 01000000 0000009000000000 0020000000000000 00000000", ARGUMENT_INVALID);
    // One address of two does not do to map; nothing is kept of it.
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00028000 00000000 00000000 01000000 0000009000000000 0010000000000000 00000000", ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", MEM_RELEASED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00028700 07000000 02000000 03000600 05000400 02000000 0000009000000000 0010000000000000 "
           "0000008000000000 0010000000000000 01000000 0300 0500",
           VALIDATE_FAILED); // not sanitized
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT,
           "00000000 00028600 07000000 02000000 03000600 05000400 02000000 0000009000000000 0010000000000000 "
           "0000008000000000 0010000000000000 01000000 0300 0500",
           OK);
    cr_assert(eq(int, gunyah_sim_find_memory(pair.guest.vm, 0x80000000, 0x1000, &memory), GUNYAH_OK));
    cr_assert(eq(ptr, memory, (void *)(uintptr_t)(RM_RAM + 0x1000)));
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, request, DENIED);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", MEM_INUSE);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", DENIED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 01000000", ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", OK);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", MEM_RELEASED);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    rm_silent(&pair.hlos);
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, the_manager_chooses_addresses)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 02000000 " PAGE NEXT, OK OK);
    // Such a VM sees memory where it is.
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00018000 00000000 00000000 00000000 00000000",
           OK "0200 00 00 " PAGE NEXT);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", OK);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00019000 00000000 00000000 00000000 00000000",
           OK "0100 00 00 0000005000000000 0020000000000000");
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, many_regions_are_accepted_in_parts)
{
    struct pair pair;
    static char request[64 * 1024];
    static char part[32 * 1024];
    size_t at = 0;
    size_t begin;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    for (unsigned i = 0; i < 512; i++)
        at += (size_t)snprintf(part + at, sizeof(part) - at, "00%02x%02x5000000000 0010000000000000", (i * 32) & 0xff,
                               (i * 32) >> 8 & 0xff);
    snprintf(request, sizeof(request), "00000200 00000000 01000000 05000700 00020000 %s", part);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, request, OK OK);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00018000 00000000 00000000 00000000 00000000", DENIED);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_APPEND, "00000000 01000000 00000000", ARGUMENT_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_APPEND, "07000000 01000000 01000000 0000006000000000 0010000000000000",
           HANDLE_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_APPEND, "00000000 01000000 01000000 0000006000000000 0010000000000000", DENIED);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_APPEND, "00000000 01000000 01000000 0000006000000000 0010000000000000", OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_APPEND, "00000000 01000000 01000000 0010006000000000 0010000000000000", DENIED);
    begin = (size_t)snprintf(request, sizeof(request), OK "0002 01 00 ");
    snprintf(request + begin, sizeof(request) - begin, "%s", part);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00010000 00000000 00000000 00000000 00000000", request);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", MEM_INUSE);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00018000 00000000 00000000 00000000 00000000",
           OK "0100 00 00 0000006000000000 0010000000000000");
    rm_ask(&pair.guest, GUNYAH_RM_MEM_RELEASE, "00000000 00000000", OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", OK);
    gunyah_sim_destroy(&pair.sim);
}

static void limit(enum gunyah_rm_generation generation, unsigned most)
{
    struct pair pair;
    char request[128];
    char reply[32];

    open_pair(&pair, generation);
    for (unsigned i = 0; i <= most; i++) {
        snprintf(request, sizeof(request),
                 "00000000 00000000 01000000 05000700 01000000 00%02x%02x5000000000 "
                 "0010000000000000",
                 (i * 16) & 0xff, (i * 16) >> 8 & 0xff);
        snprintf(reply, sizeof(reply), OK "%02x%02x0000", i & 0xff, i >> 8);
        rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, request, i < most ? reply : DENIED);
    }
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, limits_of_generations)
{
    limit(GUNYAH_RM_GENERATION_2023, 64);
    limit(GUNYAH_RM_GENERATION_LATER, 1024);
}

Test(sim_rm_memory, a_donation_is_for_good)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 05000700 " ONE, OK OK);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00008000 00000000 00000000 00000000 00000000",
           OK "0100 00 00 " PAGE);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", HANDLE_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 " ONE, MEM_INVALID);
    // Now it is the other one's to give.
    rm_ask(&pair.guest, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 03000700 " ONE, OK "02000000");
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_ACCEPT, "02000000 00018000 00000000 00000000 00000000 00000000",
           OK "0100 00 00 " PAGE);
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, sanitizing_writes_zeros)
{
    static _Alignas(4096) unsigned char page[4096];
    struct pair pair;
    char request[128];
    uint64_t address = (uintptr_t)page;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    memset(page, 0xa5, sizeof(page));
    size_t at = (size_t)snprintf(request, sizeof(request), "00000000 00000000 01000000 05000700 01000000 ");
    for (int i = 0; i < 8; i++)
        at += (size_t)snprintf(request + at, sizeof(request) - at, "%02x", (unsigned)(address >> (8 * i) & 0xff));
    snprintf(request + at, sizeof(request) - at, " 0010000000000000");
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, request, OK OK);
    cr_assert(eq(int, page[4095], 0xa5));
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 01000000", OK);
    cr_assert(eq(int, page[0], 0));
    cr_assert(eq(int, page[4095], 0));
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, notifications)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 07000000 02000000 03000600 05000400 02000000 " PAGE NEXT "01000000 0300 0500", OK OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000", MSG_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "01000000 01000000 44332211", HANDLE_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 03000000 44332211", ARGUMENT_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211", MSG_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 00000000", ARGUMENT_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 01000000", MSG_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 01000000 06000000", VMID_INVALID);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 01000000 ff000000", ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 01000000 05000000", DENIED);
    rm_silent(&pair.guest);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 01000000 44332211 01000000 05000000", OK);
    rm_told(&pair.guest, GUNYAH_RM_NOTIFY_MEM_SHARED,
            "00000000 00 02 00 00 0300 0000 07000000 44332211 02000000 03000600 05000400 "
            "02000000 0010000000000000 0010000000000000 01000000 0300 0500");
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 04000000 44332212", ARGUMENT_INVALID);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 04000000 44332211", MEM_RELEASED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 02000000 44332211", OK);
    rm_told(&pair.hlos, GUNYAH_RM_NOTIFY_MEM_RELEASED, "00000000 0500 0000 44332211");
    rm_ask(&pair.guest, GUNYAH_RM_MEM_ACCEPT, "00000000 00028000 00000000 00000000 00000000 00000000",
           OK "0200 00 00 " PAGE NEXT);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 02000000 44332211", MEM_INUSE);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_NOTIFY, "00000000 04000000 44332211", OK);
    rm_told(&pair.hlos, GUNYAH_RM_NOTIFY_MEM_ACCEPTED, "00000000 0500 0000 44332211");
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_NOTIFY, "00000000 08000000 44332211 01000000 05000000", OK);
    rm_told(&pair.guest, GUNYAH_RM_NOTIFY_MEM_RECALL, "00000000 44332211");
    rm_silent(&pair.hlos);
    gunyah_sim_destroy(&pair.sim);
}

Test(sim_rm_memory, a_parcel_is_found_by_what_it_is)
{
    struct pair pair;

    open_pair(&pair, GUNYAH_RM_GENERATION_2023);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_LEND, "00000000 07000000 01000000 05000700 " ONE, OK OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, "00000000 00000000 01000000 05000700 " ONE, OK OK);
    rm_ask(&pair.hlos, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, "00000000 00000000 01000000 05000600 " ONE, LOOKUP_FAILED);
    rm_ask(&pair.guest, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, "00000000 00000000 01000000 05000700 " ONE, LOOKUP_FAILED);
    gunyah_sim_destroy(&pair.sim);
}

// Nobody writes zeros to a device: what a VM had of them goes home as it is, and HLOS can give it away again.
Test(sim_rm_memory, devices_of_a_vm_that_ends)
{
    static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);

    config.base = UINT64_C(0x80000000);
    config.vdevices = &channel;
    config.vdevice_count = 1;
    rm_start_guest(sim, &hlos, &guest, &config);
    rm_ask(&hlos, GUNYAH_RM_MEM_DONATE,
           "01000000 00000000 01000000 80000600 01000000 0000000000000100 0010000000000000 00000000", OK "01000000");
    rm_ask(&guest, GUNYAH_RM_MEM_ACCEPT,
           "01000000 01008000 00000000 00000000 01000000 0000009000000000 0010000000000000 00000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    for (int i = 0; i < 10; i++)
        rm_yield(&hlos);
    rm_ask(&hlos, GUNYAH_RM_MEM_DONATE,
           "01000000 00000000 01000000 05000600 01000000 0000000000000100 0010000000000000 00000000", OK "02000000");
    rm_forget(&hlos);
    rm_forget(&guest);
    gunyah_sim_destroy(&sim);
}
