// SPDX-License-Identifier: BSD-3-Clause
// The guest that echoes (examples/baremetal), and the VM that talks to it, on the stand-in.
#include "guest.h"

#include "../semihosting.h"

#include <echo-demo.h>

static uint64_t echo_place = TARGET_OWNER;
static uint64_t talker_place = TARGET_PEER;

static void enter(const struct demo_vm *vm)
{
    const uint64_t *place = vm->context;

    guest_speak_for(*place);
}

static bool connect(struct demo_vm *from, struct demo_vm *to, uint32_t virq)
{
    const uint64_t *sender = from->context;
    const uint64_t *receiver = to->context;
    struct guest_state state = {.x = {*sender, *receiver, DEMO_DEPTH, DEMO_MESSAGE_SIZE, 0, virq}};

    guest_connect_msgqueue(&state);
    from->wiring.psci_method = "hvc";
    from->wiring.message_size = DEMO_MESSAGE_SIZE;
    from->wiring.send_cap = gunyah_capid(state.x[1]);
    to->wiring.receive_cap = gunyah_capid(state.x[2]);
    to->wiring.receive_virq = gunyah_virq(virq);
    enter(to);
    guest_enable(virq, true);
    return state.x[0] == GUNYAH_HVERR_OK && guest_set_trigger(virq, true);
}

static bool make_machine(struct demo *demo)
{
    struct guest_state state = {.x = {0}};

    guest_reset(&state);
    return state.x[0] == GUNYAH_HVERR_OK && connect(&demo->talker, &demo->echo, DEMO_ECHO_VIRQ) &&
           connect(&demo->echo, &demo->talker, DEMO_TALKER_VIRQ);
}

_Noreturn void guest_main(const struct el2_wiring *wiring)
{
    static struct demo demo = {
        .print = semihosting_write,
        .enter = enter,
        .echo.context = &echo_place,
        .talker.context = &talker_place,
    };

    (void)wiring;
    semihosting_exit(!make_machine(&demo) || !demo_run(&demo));
}
