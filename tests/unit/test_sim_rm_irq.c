// SPDX-License-Identifier: BSD-3-Clause
// Interrupts that VMs lend, and their consoles, by the simulator's Resource Manager.

#include "sim_rm.h"

#define OK "00000000"
#define DENIED "03000000"
#define MSG_INVALID "04000000"
#define ARGUMENT_INVALID "06000000"
#define HANDLE_INVALID "07000000"
#define IRQ_INVALID "0f000000"
#define IRQ_INUSE "10000000"
#define IRQ_RELEASED "11000000"
#define IN_USE "12000000"

static const struct gunyah_sim_vdevice console = {.type = GUNYAH_SIM_VDEVICE_RM_RPC, .console = true};

static struct gunyah_sim *start(struct rm_end *hlos, struct rm_end *guest)
{
    struct gunyah_sim *sim = rm_machine(hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    config.vdevices = &console;
    config.vdevice_count = 1;
    rm_start_guest(sim, hlos, guest, &config);
    return sim;
}

// HLOS has interrupts of the hardware from 32 to 255, as on the machine that was recorded.
Test(sim_rm_irq, lending)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = start(&hlos, &guest);

    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 20000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 1f000000 07000000", IRQ_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 00010000 07000000", IRQ_INVALID); // 256
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 c1030000 07000000", IRQ_INVALID); // the channel's
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_LEND, "03000000 20000000 07000000", IRQ_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 20000000 07000000", OK "20000000");
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 20000000 07000000", IRQ_INUSE);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 01000000", OK);
    rm_told(&guest, GUNYAH_RM_NOTIFY_VM_IRQ_LENT, "03000000 20000000 07000000");
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 01000000 01000000 05000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 01000000 01000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 03000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "21000000 01000000", HANDLE_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 01000000", HANDLE_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 04000000", IRQ_RELEASED);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_RELEASE, "20000000", IN_USE);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_ACCEPT, "21000000 ffffffff", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_ACCEPT, "20000000 ffffffff", HANDLE_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_ACCEPT, "20000000 21000000", ARGUMENT_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_ACCEPT, "20000000 ffffffff", OK "20000000");
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_ACCEPT, "20000000 20000000", IN_USE);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 02000000", IRQ_INUSE);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 04000000", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED, "20000000");
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 01000000", IRQ_INUSE);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", IN_USE);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RELEASE, "20000000", HANDLE_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_RELEASE, "20000000", OK);
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_NOTIFY, "20000000 02000000", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED, "20000000");
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", HANDLE_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_UNMAP, "20000000", "ffffffff");
    rm_silent(&guest);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_irq, a_reset_gives_interrupts_back)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = start(&hlos, &guest);

    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 20000000 07000000", OK "20000000");
    rm_ask(&guest, GUNYAH_RM_VM_IRQ_ACCEPT, "20000000 ffffffff", OK "20000000");
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", IN_USE);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10000000);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_RECLAIM, "20000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_IRQ_LEND, "80000000 20000000 07000000", OK "20000000");
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_irq, consoles)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct rm_end other;
    struct gunyah_sim *sim = start(&hlos, &guest);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_OPEN, "8000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_OPEN, "00000000", ARGUMENT_INVALID); // HLOS has none
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_OPEN, "05000000", ARGUMENT_INVALID);
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_OPEN, "06000000", ARGUMENT_INVALID);
    rm_ask(&other, GUNYAH_RM_VM_CONSOLE_OPEN, "80000000", DENIED);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_WRITE, "00000200 6869", DENIED);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_OPEN, "00000000", OK);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_OPEN, "00000000", OK);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_WRITE, "00000300 6869", MSG_INVALID);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_WRITE, "00000200 6869", OK); // nobody listens
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_FLUSH, "80000000", DENIED);
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_OPEN, "80000000", OK);
    rm_silent(&hlos);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_WRITE, "00000200 6869", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, "80000200 6869");
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_WRITE, "80000100 79", OK);
    rm_told(&guest, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, "00000100 79");
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_FLUSH, "80000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_CONSOLE_CLOSE, "80000000", OK);
    rm_ask(&guest, GUNYAH_RM_VM_CONSOLE_WRITE, "00000200 6869", OK);
    rm_silent(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_irq, status_and_milestone)
{
    struct rm_end hlos;
    struct rm_end other;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    rm_attach(&other, new_vm(sim, 5));
    rm_ask(&hlos, GUNYAH_RM_VM_SET_STATUS, "00 04 0000", DENIED);
    rm_ask(&other, GUNYAH_RM_VM_SET_STATUS, "00 04", MSG_INVALID);
    rm_ask(&other, GUNYAH_RM_VM_SET_STATUS, "00 08 0000", ARGUMENT_INVALID);
    rm_ask(&other, GUNYAH_RM_VM_SET_STATUS, "00 04 3412", OK);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "0500 0000 03 04 3412");
    rm_ask(&other, GUNYAH_RM_VM_SET_STATUS, "00 00 0000", OK); // leaves the first half
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "0500 0000 03 04 0000");
    rm_ask(&other, GUNYAH_RM_FW_MILESTONE, "", DENIED);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "00000000", MSG_INVALID);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", OK);
    rm_ask(&hlos, GUNYAH_RM_FW_MILESTONE, "", DENIED);
    gunyah_sim_destroy(&sim);
}
