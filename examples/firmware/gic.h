// SPDX-License-Identifier: BSD-3-Clause
// The GICv3, as far as interrupts of the hypervisor need it.
#ifndef FIRMWARE_GIC_H
#define FIRMWARE_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_INTERRUPTS 1020

// The two addresses of `reg` in the device tree's node; these are the emulated machine's.
#define GICD UINT64_C(0x08000000)
#define GICR UINT64_C(0x080a0000)

// Set the controller up for the one CPU. Interrupts stay masked in the CPU.
void gic_start(void);

// Make a shared interrupt one of group 1, edge triggered; disabled.
void gic_configure(uint32_t interrupt);

void gic_enable(uint32_t interrupt);

// For the handler. GIC_INTERRUPTS or more: there is none.
uint32_t gic_acknowledge(void);
void gic_end(uint32_t interrupt);

#endif
