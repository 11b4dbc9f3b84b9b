// SPDX-License-Identifier: BSD-3-Clause
// The demonstration in a process: the same guests, with the simulator in the place of the backend for bare metal.
#include "echo-demo.h"

#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>

// What the freestanding library has under these names executes instructions.
const struct gunyah_backend *gunyah_baremetal_backend(const struct gunyah_baremetal_options *options,
                                                      struct gunyah_baremetal *baremetal)
{
    (void)baremetal;
    return gunyah_sim_backend(options->context);
}

enum gunyah_conduit gunyah_baremetal_conduit(const char *method)
{
    (void)method;
    return GUNYAH_CONDUIT_HVC;
}

static void print(const char *text)
{
    fputs(text, stdout);
}

static bool let_echo_run(void);

static struct demo_vm echo = {.name = "echo", .print = print};
static struct demo_vm talker = {.name = "talker", .print = print, .let_others_run = let_echo_run};

// One thread is both VMs.
static bool let_echo_run(void)
{
    return demo_echo(&echo);
}

static struct gunyah_sim *make_machine(void)
{
    struct gunyah_sim *sim = NULL;
    struct gunyah_sim_vm *echo_vm = NULL;
    struct gunyah_sim_vm *talker_vm = NULL;
    struct gunyah_sim_msgqueue there = GUNYAH_SIM_MSGQUEUE_INIT;

    if (gunyah_sim_create(NULL, &sim) != GUNYAH_OK || gunyah_sim_add_vm(sim, NULL, &echo_vm) != GUNYAH_OK ||
        gunyah_sim_add_vm(sim, NULL, &talker_vm) != GUNYAH_OK)
        return NULL;
    there.depth = DEMO_DEPTH;
    there.message_size = DEMO_MESSAGE_SIZE;
    struct gunyah_sim_msgqueue back = there;
    there.from = back.to = talker_vm;
    there.to = back.from = echo_vm;
    there.send_virq = gunyah_virq(DEMO_TALKER_ROOM_VIRQ);
    there.receive_virq = gunyah_virq(DEMO_ECHO_VIRQ);
    back.send_virq = gunyah_virq(DEMO_ECHO_ROOM_VIRQ);
    back.receive_virq = gunyah_virq(DEMO_TALKER_VIRQ);
    if (gunyah_sim_connect_msgqueue(sim, &there) != GUNYAH_OK || gunyah_sim_connect_msgqueue(sim, &back) != GUNYAH_OK)
        return NULL;
    echo.context = echo_vm;
    echo.wiring =
        (struct wiring){"hvc", back.send_cap, there.receive_cap, back.send_virq, there.receive_virq, DEMO_MESSAGE_SIZE};
    talker.context = talker_vm;
    talker.wiring =
        (struct wiring){"hvc", there.send_cap, back.receive_cap, there.send_virq, back.receive_virq, DEMO_MESSAGE_SIZE};
    return sim;
}

int main(void)
{
    struct gunyah_sim *sim = make_machine();

    if (sim == NULL || !demo_open(&echo) || !demo_open(&talker) || !demo_talk(&talker) || !demo_close(&talker) ||
        !demo_close(&echo))
        return EXIT_FAILURE;
    return gunyah_sim_destroy(&sim) == GUNYAH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
