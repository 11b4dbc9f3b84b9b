// SPDX-License-Identifier: BSD-3-Clause
#include "vm.h"

#include "../semihosting.h"

_Noreturn void guest_main(const struct el2_wiring *wiring)
{
    static struct demo_vm vm = {.name = "echo"};
    bool ok;

    echo_vm_start(&vm, wiring, 0);
    ok = demo_open(&vm);
    while (ok)
        ok = demo_echo(&vm);
    semihosting_exit(1);
}
