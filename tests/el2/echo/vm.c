// SPDX-License-Identifier: BSD-3-Clause
#include "vm.h"

#include "../protocol.h"
#include "../semihosting.h"

void echo_vm_start(struct demo_vm *vm, const struct el2_wiring *wiring, uint64_t place)
{
    vm->print = semihosting_write;
    if (wiring == NULL || wiring->place != place) {
        vm->print("echo is to be the first VM, and talker the second\n");
        semihosting_exit(1);
    }
    vm->wiring = (struct wiring){
        .psci_method = "hvc",
        .send_cap = gunyah_capid(wiring->queue_out),
        .receive_cap = gunyah_capid(wiring->queue_in),
        .send_virq = gunyah_virq((uint32_t)wiring->not_full_virq),
        .receive_virq = gunyah_virq((uint32_t)wiring->not_empty_virq),
        .message_size = EL2_WIRING_MESSAGE_SIZE,
    };
    vm->gicd = EL2_GICD_BASE;
    if (!guest_set_trigger(vm->wiring.receive_virq.value, true) ||
        !guest_set_trigger(vm->wiring.send_virq.value, true)) {
        vm->print("the interrupts cannot be edge triggered\n");
        semihosting_exit(1);
    }
}
