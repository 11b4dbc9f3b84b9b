// SPDX-License-Identifier: BSD-3-Clause
#include "vm.h"

#include "../semihosting.h"

_Noreturn void guest_main(const void *device_tree, const struct el2_wiring *wiring)
{
    static struct demo_vm vm = {.name = "echo"};
    bool ok;

    (void)wiring;
    echo_vm_start(&vm, device_tree);
    ok = demo_open(&vm);
    while (ok)
        ok = demo_echo(&vm);
    semihosting_exit(1);
}
