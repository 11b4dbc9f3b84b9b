// SPDX-License-Identifier: BSD-3-Clause
#include "vm.h"

#include "../protocol.h"
#include "../semihosting.h"

static bool set_trigger(const struct gunyah_dt_interrupt *interrupt)
{
    return guest_set_trigger(interrupt->virq.value, !interrupt->level);
}

static bool set_triggers(const void *device_tree)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_dt dt;

    return gunyah_dt_open(device_tree, EL2_TREE_SIZE, &dt) == GUNYAH_OK &&
           gunyah_dt_find_label(&dt, GUNYAH_DT_MSGQUEUE_PAIR, ECHO_LABEL, &device) == GUNYAH_OK &&
           set_trigger(&device.queues.send.interrupt) && set_trigger(&device.queues.receive.interrupt);
}

void echo_vm_start(struct demo_vm *vm, const void *device_tree)
{
    vm->print = semihosting_write;
    vm->device_tree = device_tree;
    vm->tree_size = EL2_TREE_SIZE;
    vm->gicd = EL2_GICD_BASE;
    if (!set_triggers(device_tree)) {
        vm->print("the device tree leads to no queues; are there two guests?\n");
        semihosting_exit(1);
    }
}
