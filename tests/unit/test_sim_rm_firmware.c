// SPDX-License-Identifier: BSD-3-Clause
// The firmware of protected VMs: how it is handed over, where a VM wants it, and the copy that a start makes.

#include "sim_rm.h"

#define OK "00000000"
#define UNIMPLEMENTED "ffffffff"
#define NORESOURCE "02000000"
#define DENIED "03000000"
#define MSG_INVALID "04000000"
#define BUSY "05000000"
#define ARGUMENT_INVALID "06000000"
#define HANDLE_INVALID "07000000"
#define MEM_INVALID "0a000000"
#define VM_STATE "14000000"
#define TWICE "01000000" // an error of 2023 comes with the hypervisor's one
#define PAGE 4096
#define ADDRESS UINT64_C(0x70000000)

static _Alignas(PAGE) unsigned char firmware[2 * PAGE];
static _Alignas(PAGE) unsigned char place[3 * PAGE];

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;

// Send a request whose `@` stands for an address and a size, as a region has them. Its reply begins like this.
static void give(struct rm_end *hlos, uint32_t id, const char *request, const void *memory, uint64_t size,
                 const char *reply)
{
    char text[256];
    uint64_t words[2] = {(uintptr_t)memory, size};
    size_t at = 0;

    for (; *request != '\0'; request++) {
        if (*request != '@') {
            text[at++] = *request;
            continue;
        }
        for (int i = 0; i < 16; i++)
            at += (size_t)sprintf(text + at, "%02x", (unsigned)(words[i / 8] >> (8 * (i % 8)) & 0xff));
    }
    text[at] = '\0';
    rm_ask(hlos, id, text, reply);
}

static void donate_firmware(struct rm_end *hlos, const char *handle)
{
    char reply[32];

    snprintf(reply, sizeof(reply), OK "%s", handle);
    give(hlos, GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 ff000700 01000000 @", firmware, sizeof(firmware),
         reply);
}

static void why(const struct rm_end *end, const char *reason)
{
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(end->vm), (char *)reason));
}

Test(sim_rm_firmware, is_handed_over_in_2023)
{
    static const char good[] = "0200 0000 04000000 0000000000000000 0010000000000000";
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_attach(&other, new_vm(sim, 5));
    give(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 ff000700 01000000 @", place, PAGE, OK "00000000");
    give(&hlos, GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 05000700 01000000 @", place + PAGE, PAGE,
         OK "01000000");
    give(&hlos, GUNYAH_RM_MEM_DONATE, "00000200 00000000 01000000 ff000700 01000000 @", place + 2 * PAGE, PAGE,
         OK "02000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_DONATE, "00000000 00000000 01000000 ff000600 01000000 00", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "01000000 00000000 01000000 ff000600 01000000 0000000000000100 0010000000000000",
           OK "03000000");
    donate_firmware(&hlos, "04000000");
    rm_ask(&other, GUNYAH_RM_FW_SET_VM_FIRMWARE, good, DENIED);
    why(&other, "only HLOS may send this");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 04000000 0000000000000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0300 0100 09000000 0000000000000000 0010000000000000", UNIMPLEMENTED);
    why(&hlos, "a reserved field or an unknown flag of the firmware is set");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0100 0000 09000000 0000000000000000 0010000000000000",
           ARGUMENT_INVALID);
    why(&hlos, "there is no such kind of firmware to hand over");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 09000000 0000000000000000 0000000000000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 01000000 0000000000000000 0010000000000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 04000000 0000000000000000 0000000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 04000000 0010000000000000 0010000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 04000000 0000000000000000 0120000000000000",
           ARGUMENT_INVALID);
    why(&hlos, "the firmware is empty, does not begin its parcel, or leaves it");
    // Lent, devices, and a parcel that is to grow.
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 00000000 0000000000000000 0010000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 03000000 0000000000000000 0010000000000000",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 02000000 0000000000000000 0010000000000000", DENIED);
    why(&hlos, "the parcel waits for more regions");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, good, OK);
    // The memory is the Resource Manager's from here on.
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "04000000 00000000", HANDLE_INVALID);
    give(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 05000700 01000000 @", firmware, PAGE, MEM_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, good, BUSY);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, is_final_at_the_milestone)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&other, GUNYAH_RM_FW_MILESTONE, "00", DENIED);
    why(&other, "only HLOS may send this");
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "00", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "00", DENIED);
    rm_ask(&other, GUNYAH_RM_FW_MILESTONE, "", DENIED);
    why(&other, "the milestone has passed");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "", DENIED);
    why(&hlos, "the milestone has passed");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, is_handed_over_later)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);

    donate_firmware(&hlos, "00000000");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE,
           "0200 0200 00000000 0000000000000000 0010000000000000 0010000000000000 0010000000000000 00", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0100", UNIMPLEMENTED);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0400", UNIMPLEMENTED);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 00000000 0100000000000000 ffffffffffffffff",
           ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE,
           "0200 0200 00000000 0000000000000000 0010000000000000 0100000000000000 ffffffffffffffff", ARGUMENT_INVALID);
    // Zeros stand for what is not there: no kind of firmware.
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0100", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 07000000", HANDLE_INVALID);
    // Without the flag, the range of the configuration does not count.
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE,
           "0200 0000 00000000 0000000000000000 0010000000000000 0030000000000000 0010000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200", BUSY);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, a_bad_range_costs_the_parcel_later)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);

    donate_firmware(&hlos, "00000000");
    rm_ask(&hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE,
           "0200 0200 00000000 0000000000000000 0010000000000000 0010000000000000 0110000000000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000", HANDLE_INVALID);
    gunyah_sim_destroy(&sim);
}

// A VM in the state INIT with its image as parcel 0, and `place` as parcel 1.
static struct gunyah_sim *configured(struct rm_end *hlos, enum gunyah_rm_generation generation, const char *auth,
                                     const struct gunyah_sim_vm_config *config)
{
    struct gunyah_sim *sim = rm_machine(hlos, generation);
    char request[256];

    memset(firmware, 0x11, sizeof(firmware));
    memset(place, 0xee, sizeof(place));
    cr_assert(eq(int, gunyah_sim_configure_vm(sim, config), GUNYAH_OK));
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000400000000000",
           OK "00000000");
    give(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 @", place, sizeof(place),
         OK "01000000");
    donate_firmware(hlos, "02000000");
    rm_ask(hlos, GUNYAH_RM_FW_SET_VM_FIRMWARE, "0200 0000 02000000 0000000000000000 0018000000000000", OK);
    snprintf(request, sizeof(request),
             "8000 %s 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", auth);
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE, request, OK);
    return sim;
}

Test(sim_rm_firmware, a_vm_says_where_it_wants_it)
{
    static const char good[] = "8000 0000 01000000 0000000000000000 0030000000000000";
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_GENERATION_2023, "0200", &defaults);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 01000000", MSG_INVALID TWICE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8100 0100 01000000 0000000000000000 0030000000000000",
           MSG_INVALID TWICE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8100 0000 01000000 0000000000000000 0030000000000000",
           NORESOURCE TWICE);
    rm_ask(&other, GUNYAH_RM_VM_SET_FIRMWARE_MEM, good, DENIED TWICE);
    why(&other, "the caller is neither the VM itself, nor its owner, nor its peer");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "0500 0000 01000000 0000000000000000 0030000000000000",
           VM_STATE TWICE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 09000000 0000000000000000 0030000000000000",
           MEM_INVALID TWICE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 01000000 0000000000000000 0130000000000000",
           ARGUMENT_INVALID TWICE);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 01000000 0200000000000000 ffffffffffffffff",
           ARGUMENT_INVALID TWICE);
    why(&hlos, "the place of the firmware leaves its parcel");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, good, OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);

    sim = configured(&hlos, GUNYAH_RM_GENERATION_2023, "0000", &defaults);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, good, ARGUMENT_INVALID TWICE);
    why(&hlos, "the VM is not authenticated by firmware");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);

    // The later generation says once what is wrong.
    sim = configured(&hlos, GUNYAH_RM_GENERATION_LATER, "0000", &defaults);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, good, ARGUMENT_INVALID);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, none_can_be_wanted_before_it_is_there)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &defaults), GUNYAH_OK));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000400000000000",
           OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "8000 0200 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 09000000 0000000000000000 0030000000000000", DENIED TWICE);
    why(&hlos, "no firmware has been handed over");
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", NORESOURCE);
    why(&hlos, "the VM needs firmware, and none has been handed over");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);

    // The later generation does not even take the image.
    sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_LATER);
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000400000000000",
           OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "8000 0200 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000", ARGUMENT_INVALID);
    why(&hlos, "the VM is to be authenticated by firmware, and none has been handed over");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

// How VM_INIT goes for a VM whose firmware is to be in this parcel.
static void inits(const struct gunyah_sim_vm_config *config, const char *parcel, const char *reply, const char *reason)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = configured(&hlos, GUNYAH_RM_GENERATION_2023, "0200", config);
    char request[128];

    snprintf(request, sizeof(request), "8000 0000 %s 0000000000000000 0030000000000000", parcel);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, request, OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", reply);
    why(&hlos, reason);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, its_place_is_apart_from_the_image_or_its_beginning)
{
    static const char bad[] = "the firmware has no address, or none apart from the image; inside of the image, not the "
                              "base address";
    static const char fine[] = "nothing was refused";
    struct gunyah_sim_vm_config config = defaults;

    inits(&config, "01000000", ARGUMENT_INVALID, bad);
    inits(&config, "00000000", OK, fine);
    config.firmware_base = config.base;
    inits(&config, "01000000", ARGUMENT_INVALID, bad);
    inits(&config, "00000000", OK, fine);
    config.firmware_base = ADDRESS;
    inits(&config, "01000000", OK, fine);
    inits(&config, "00000000", ARGUMENT_INVALID, bad);
    // 4 MiB are kept for it unless the configuration says otherwise.
    config.firmware_base = config.base - 0x400000;
    inits(&config, "01000000", OK, fine);
    config.firmware_base += PAGE;
    inits(&config, "01000000", ARGUMENT_INVALID, bad);
    config.firmware_size_max = 0x400000 - PAGE;
    inits(&config, "01000000", OK, fine);
    config.firmware_base = UINT64_C(1) << 36;
    inits(&config, "01000000", ARGUMENT_INVALID, bad);
    // Above the image, from its end on.
    config.size_max = 0x400000;
    config.firmware_base = config.base + 0x400000;
    inits(&config, "01000000", OK, fine);
    config.firmware_base -= PAGE;
    inits(&config, "01000000", ARGUMENT_INVALID, bad);
    config.firmware_base = ADDRESS;
    config.firmware_size_max = PAGE + 1;
    inits(&config, "01000000", MEM_INVALID,
          "the memory of the configuration is not aligned to 4 KiB, or beyond 36 bits");
}

// How VM_START goes with the firmware there, or at its ADDRESS.
static struct gunyah_sim *started(struct rm_end *hlos, const struct gunyah_sim_vm_config *config, const char *where,
                                  bool milestone, const char *reply, const char *reason)
{
    struct gunyah_sim *sim = configured(hlos, GUNYAH_RM_GENERATION_2023, "0200", config);
    char request[128];

    snprintf(request, sizeof(request), "8000 0000 %s", where);
    if (where[0] != '\0')
        rm_ask(hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, request, OK);
    if (milestone)
        rm_ask(hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(hlos, GUNYAH_RM_VM_START, "80000000", reply);
    why(hlos, reason);
    rm_forget(hlos);
    return sim;
}

Test(sim_rm_firmware, a_start_copies_it)
{
    struct gunyah_sim_vm_config config = defaults;
    struct rm_end hlos;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    void *memory;

    config.firmware_base = ADDRESS;
    sim = started(&hlos, &config, "01000000 0000000000000000 0030000000000000", true, OK, "nothing was refused");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "03000000");
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, ADDRESS, sizeof(place), &memory), GUNYAH_OK));
    cr_assert(eq(ptr, memory, place));
    // This generation copies the whole parcel, whatever was said to be the size; zeros follow.
    for (size_t i = 0; i < sizeof(place); i++)
        cr_assert(eq(int, place[i], i < sizeof(firmware) ? 0x11 : 0));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, a_start_copies_as_much_as_was_said_later)
{
    struct gunyah_sim_vm_config config = defaults;
    struct rm_end hlos;
    struct gunyah_sim *sim;

    config.firmware_base = ADDRESS;
    sim = configured(&hlos, GUNYAH_RM_GENERATION_LATER, "0200", &config);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 01000000 0000000000000000 0030000000000000", OK);
    // Another place than the configuration's, as the owner wants it.
    rm_ask(&hlos, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, "8000 0000 01000000 0000006000000000 0030000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", OK);
    for (size_t i = 0; i < sizeof(place); i++)
        cr_assert(eq(int, place[i], i < 0x1800 ? 0x11 : 0));
    struct gunyah_sim_vm *vm;
    void *memory;
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, ADDRESS, PAGE, &memory), GUNYAH_ERR_ADDR_INVALID));
    cr_assert(eq(int, gunyah_sim_find_memory(vm, 0x60000000, PAGE, &memory), GUNYAH_OK));
    cr_assert(eq(ptr, memory, place));
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

static void start_fails(const struct gunyah_sim_vm_config *config, const char *where, bool milestone, const char *reply,
                        const char *reason)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = started(&hlos, config, where, milestone, reply, reason);

    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    cr_assert(eq(int, place[0], 0xee));
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_MEM_RECLAIM, "01000000 00000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "80000000", OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, starts_that_fail)
{
    static const char whole[] = "01000000 0000000000000000 0030000000000000";
    static const char large[] =
        "the place of the firmware is larger than the configuration allows, or not the whole of "
        "its parcel";
    struct gunyah_sim_vm_config config = defaults;

    config.firmware_base = ADDRESS;
    start_fails(&config, whole, false, DENIED, "the firmware is not final before FW_MILESTONE");
    start_fails(&config, "", true, MEM_INVALID, "the place of the firmware is smaller than the firmware");
    // In a part of its parcel, even with room enough.
    start_fails(&config, "01000000 0010000000000000 0020000000000000", true, NORESOURCE, large);
    config.firmware_size_max = 0x2000;
    start_fails(&config, whole, true, NORESOURCE, large);
    // In the image, which must have room for all that is kept for firmware, and places that are no pages.
    config.firmware_base = 0;
    config.firmware_size_max = 0x401000;
    start_fails(&config, "00000000 0000000000000000 0030000000000000", true, NORESOURCE, large);
    config.firmware_size_max = 0x400000;
    start_fails(&config, "00000000 0000000000000000 ff1f000000000000", true, MEM_INVALID,
                "the place of the firmware is smaller than the firmware");
    start_fails(&config, "00000000 0008000000000000 0030000000000000", true, DENIED,
                "the place of the firmware does not begin with a page");
    start_fails(&config, "00000000 0010000000000000 0128000000000000", true, ARGUMENT_INVALID,
                "the place of the firmware does not consist of pages");
}

Test(sim_rm_firmware, its_parcel_is_lent_to_the_vm_alone)
{
    struct gunyah_sim_vm_config config = defaults;
    struct rm_end hlos;
    struct gunyah_sim *sim;

    config.firmware_base = ADDRESS;
    sim = configured(&hlos, GUNYAH_RM_GENERATION_2023, "0200", &config);
    rm_ask(&hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 00000000 02000000 03000700 80000700 01000000 0000006000000000 0030000000000000", OK "03000000");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_FIRMWARE_MEM, "8000 0000 03000000 0000000000000000 0030000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", NORESOURCE);
    why(&hlos, "the firmware must be lent to this VM alone, and its address be free");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_firmware, registers_of_a_protected_vm_are_its_firmwares)
{
    struct gunyah_sim_vm_config config = defaults;
    struct rm_end hlos;
    struct gunyah_sim *sim;

    config.firmware_base = ADDRESS;
    sim = configured(&hlos, GUNYAH_RM_GENERATION_LATER, "0200", &config);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 00 00000000 0000000000000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 01 00000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 0e 00000000 0000000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 0f 00000000 0000000000000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 1e 00000000 0000000000000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 00 1f 00000000 0000000000000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 01 00 00000000 0000000000000000", DENIED);
    why(&hlos, "the VM is authenticated, and its entry is not the owner's to choose");
    rm_ask(&hlos, GUNYAH_RM_VM_SET_CONTEXT, "8000 02 01 00000000 0000000000000000", OK);
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}
