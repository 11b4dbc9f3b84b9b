// SPDX-License-Identifier: BSD-3-Clause
// The example's VMs on the stand-in (examples/baremetal), each an image of its own.
#ifndef ECHO_VM_H
#define ECHO_VM_H

#include <echo-demo.h>
#include <guest.h>

// Hand the device tree over, and set up the interrupts that it names. Without one, the guest ends.
void echo_vm_start(struct demo_vm *vm, const void *device_tree);

#endif
