// SPDX-License-Identifier: BSD-3-Clause
// What stops the real Resource Manager stops that of the simulator.

#include "sim_rm.h"

#define OK "00000000"
#define VM_STATE "14000000"

static void expect_dead(struct rm_end *hlos)
{
    char text[64];

    rm_request(hlos, GUNYAH_RM_VM_GET_VMID, NULL, 0);
    cr_assert(not(rm_reply(hlos, text)));
}

static void expect_death(struct rm_end *hlos, uint32_t id, const char *request)
{
    unsigned char bytes[64];
    char text[64];

    rm_request(hlos, id, bytes, rm_bytes(request, bytes));
    cr_assert(not(rm_reply(hlos, text)));
    expect_dead(hlos);
}

static void dies(uint32_t id, const char *request)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    expect_death(&hlos, id, request);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_stops, requests)
{
    dies(GUNYAH_RM_VM_DEALLOCATE, "81000000");
    dies(GUNYAH_RM_VM_RESET, "80000000");
    dies(GUNYAH_RM_VM_EXIT, "00000000");
    dies(GUNYAH_RM_VM_IRQ_LEND, "");
    dies(GUNYAH_RM_VM_CONSOLE_WRITE, "");
}

#define IMAGE(vmid_auth, handle) vmid_auth handle "0000000000000000 0000000000000000 0000000000000000 0010000000000000"

static struct gunyah_sim *with_an_image(struct rm_end *hlos, enum gunyah_rm_generation generation)
{
    static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim *sim = rm_machine(hlos, generation);

    gunyah_sim_configure_vm(sim, &defaults);
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    return sim;
}

// A configuration is there from a VM_CONFIG_IMAGE that succeeds until the end of the reset, whatever the state is called.
Test(sim_rm_stops, a_reset_without_a_configuration_stops_it)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_an_image(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE, IMAGE("80000000", "07000000"), "0a000000");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    expect_death(&hlos, GUNYAH_RM_VM_RESET, "80000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);

    sim = with_an_image(&hlos, GUNYAH_RM_GENERATION_2023);
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE, IMAGE("80000000", "00000000"), OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", VM_STATE);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "0b000000");
    expect_death(&hlos, GUNYAH_RM_VM_RESET, "80000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

// The reset is promised, and it stops on the way.
Test(sim_rm_stops, a_reset_after_an_unknown_authentication)
{
    for (int later = 0; later < 2; later++) {
        struct rm_end hlos;
        struct gunyah_sim *sim =
            with_an_image(&hlos, later != 0 ? GUNYAH_RM_GENERATION_LATER : GUNYAH_RM_GENERATION_2023);

        rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE, IMAGE("80000300", "00000000"), "06000000");
        rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
        gunyah_sim_advance(sim, 10000000);
        if (later != 0)
            rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "0b000000");
        else
            expect_dead(&hlos);
        rm_forget(&hlos);
        gunyah_sim_destroy(&sim);
    }
}
