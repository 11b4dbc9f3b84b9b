// SPDX-License-Identifier: BSD-3-Clause
// Guests that are a VM each: their machine, what connects them, and where they find it (wiring.h).
#include "standin.h"

#include "../protocol.h"
#include "../wiring.h"

// In the last page of a guest's memory.
#define WIRING_ADDRESS (EL2_GUEST_END - 0x1000)

// Interrupts of the first VM; those of the other one follow each.
#define NOT_EMPTY_VIRQ 40
#define NOT_FULL_VIRQ 50
#define BELL_VIRQ 60

static struct el2_wiring wiring[STANDIN_GUESTS];

static void expect(int32_t hverr)
{
    if (hverr != GUNYAH_HVERR_OK)
        standin_stop("the guests cannot be wired");
}

static void connect(unsigned from, unsigned to)
{
    uint64_t queue[8] = {
        from, to, EL2_WIRING_DEPTH, EL2_WIRING_MESSAGE_SIZE, NOT_FULL_VIRQ + from, NOT_EMPTY_VIRQ + to,
    };
    uint64_t bell[8] = {from, to, BELL_VIRQ + to};

    expect(standin_connect_msgqueue(queue));
    expect(standin_connect_doorbell(bell));
    wiring[from].queue_out = queue[1];
    wiring[to].queue_in = queue[2];
    wiring[from].bell_out = bell[1];
    wiring[to].bell_in = bell[2];
    wiring[from].not_full_virq = NOT_FULL_VIRQ + from;
    wiring[to].not_empty_virq = NOT_EMPTY_VIRQ + to;
    wiring[to].bell_virq = BELL_VIRQ + to;
}

static uint64_t write_tree(unsigned guest)
{
    const struct el2_wiring *own = &wiring[guest];
    const struct gunyah_model_rm_channel queues = {
        .send_cap = {own->queue_out},
        .receive_cap = {own->queue_in},
        .send_virq = (uint32_t)own->not_full_virq,
        .receive_virq = (uint32_t)own->not_empty_virq,
    };

    return standin_write_tree(guest, &queues);
}

void standin_wire_guests(void)
{
    uint64_t nothing_special[8] = {0};

    expect(standin_machine_reset(nothing_special));
    connect(0, 1);
    connect(1, 0);
    for (unsigned guest = 0; guest < STANDIN_GUESTS; guest++) {
        standin_vcpu_add(guest, EL2_GUEST_BASE, write_tree(guest), WIRING_ADDRESS);
        wiring[guest].place = guest;
        standin_write(NULL, standin_machine.vms[guest].vm, WIRING_ADDRESS, &wiring[guest], sizeof(wiring[guest]));
    }
}
