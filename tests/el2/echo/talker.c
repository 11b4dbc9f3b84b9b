// SPDX-License-Identifier: BSD-3-Clause
#include "vm.h"

#include "../semihosting.h"

// The machine ends when the talker has nothing more to say.
_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring)
{
    static struct demo_vm vm = {.name = "talker"};

    (void)wiring;
    echo_vm_start(&vm, device_tree);
    semihosting_exit(!demo_open(&vm) || !demo_talk(&vm) || !demo_close(&vm));
}
