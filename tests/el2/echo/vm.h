// SPDX-License-Identifier: BSD-3-Clause
// The example's VMs on the stand-in (examples/baremetal), each an image of its own.
#ifndef ECHO_VM_H
#define ECHO_VM_H

#include <echo-demo.h>
#include <guest.h>

// Take the wiring over. Without a wiring, or with that of another place, the guest ends.
void echo_vm_start(struct demo_vm *vm, const struct el2_wiring *wiring, uint64_t place);

#endif
