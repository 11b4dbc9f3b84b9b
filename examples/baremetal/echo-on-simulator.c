// SPDX-License-Identifier: BSD-3-Clause
// The demonstration in a process: the same guests, with the simulator in the place of the backend for bare metal.
// echo-on-simulator <vm.dtb>
#include "demo-tree.h"
#include "echo-demo.h"

#include <gunyah/sim.h>

#include <stdio.h>
#include <stdlib.h>

// What the freestanding library has under this name executes instructions.
const struct gunyah_backend *gunyah_baremetal_backend(const struct gunyah_baremetal_options *options,
                                                      struct gunyah_baremetal *baremetal)
{
    (void)baremetal;
    return gunyah_sim_backend(options->context);
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

// A VM's own tree, aligned as a VM finds it.
static bool give_tree(struct demo_vm *vm, const char *path, const struct demo_tree *values)
{
    static _Alignas(8) unsigned char trees[2][4096];
    unsigned char *tree = trees[vm == &talker];
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    vm->tree_size = fread(tree, 1, sizeof(trees[0]), file);
    vm->device_tree = tree;
    fclose(file);
    return demo_tree_write(tree, vm->tree_size, values);
}

static bool give_trees(const char *path, const struct gunyah_sim_msgqueue *there,
                       const struct gunyah_sim_msgqueue *back)
{
    const struct demo_tree of_echo = {.vmid = 1,
                                      .send_cap = back->send_cap.value,
                                      .receive_cap = there->receive_cap.value,
                                      .send_virq = back->send_virq.value,
                                      .receive_virq = there->receive_virq.value};
    const struct demo_tree of_talker = {.vmid = 2,
                                        .send_cap = there->send_cap.value,
                                        .receive_cap = back->receive_cap.value,
                                        .send_virq = there->send_virq.value,
                                        .receive_virq = back->receive_virq.value};

    return give_tree(&echo, path, &of_echo) && give_tree(&talker, path, &of_talker);
}

static struct gunyah_sim *make_machine(const char *path)
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
    talker.context = talker_vm;
    if (!give_trees(path, &there, &back)) {
        fprintf(stderr, "%s: not the tree of a VM of this demonstration\n", path);
        return NULL;
    }
    return sim;
}

int main(int argc, char **argv)
{
    struct gunyah_sim *sim = argc == 2 ? make_machine(argv[1]) : NULL;

    if (sim == NULL || !demo_open(&echo) || !demo_open(&talker) || !demo_talk(&talker) || !demo_close(&talker) ||
        !demo_close(&echo))
        return EXIT_FAILURE;
    return gunyah_sim_destroy(&sim) == GUNYAH_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
