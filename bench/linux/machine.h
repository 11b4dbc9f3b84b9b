// SPDX-License-Identifier: BSD-3-Clause
// A VM of a driver of Linux, with one vCPU and a doorbell in each direction, for the measurements.
#ifndef GUNYAH_BENCH_LINUX_MACHINE_H
#define GUNYAH_BENCH_LINUX_MACHINE_H

#include <gunyah/gunyah.h>
#include <gunyah/linux.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SERIAL UINT64_C(0x9000000) // where the guest writes, 4 bytes each time
#define SERIAL_SIZE 8

struct machine {
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *vm;
    struct gunyah_vcpu *vcpu;
    struct gunyah_doorbell *bell; // rung by us
    struct gunyah_doorbell *rung; // rung by the guest
    int rung_fd;
};

// Start one behind a node, with a device tree of this file that has a doorbell of the label 7. False: it says why.
bool machine_open(struct machine *machine, const char *node, const char *tree);

bool machine_close(struct machine *machine);

#ifdef __cplusplus
}
#endif

#endif
