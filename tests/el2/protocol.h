// SPDX-License-Identifier: BSD-3-Clause
// What the stand-in and the guest agree on beyond Gunyah's own calls: where they lie, and the calls that only tests have.
// Usable from assembly and linker scripts.
//
// A guest that is alone speaks for all VMs of the suite, in turn: TPIDR_EL1 holds the place of the one that speaks now
// (enum in tests/conformance/target.h), as it would differ between the vCPUs that a hypervisor switches. It counts for
// calls, for the interrupt controller, and for waiting. Two guests are a VM each (wiring.h).
#ifndef EL2_PROTOCOL_H
#define EL2_PROTOCOL_H

// The RAM of the machine: the stand-in's, then that of each guest, where run.sh loads its image.
#define EL2_STANDIN_BASE 0x40200000
#define EL2_MEMORY_BASE 0x48000000

// A guest's memory as the guest sees it: intermediate addresses, the same for all.
#define EL2_GUEST_BASE 0x44000000
#define EL2_GUEST_SIZE 0x04000000
#define EL2_GUEST_END 0x48000000

// Where a VM of two has its device tree, which run.sh loads, and what it may read there.
#define EL2_TREE 0x47e00000
#define EL2_TREE_SIZE 0x1ff000

// How much further up in the machine the memory of the platform (below) lies than its physical addresses say.
#define EL2_PLATFORM_DISTANCE 0x40000000

// Physical memory of the partition, for extents: addresses alone, nothing of the machine is there.
#define EL2_FREE_MEMORY 0x800000000
#define EL2_FREE_MEMORY_SIZE 0x40000000

// Devices; of these the guest has the distributor and its redistributor of the interrupt controller, and no others.
#define EL2_DEVICES_BASE 0x08000000
#define EL2_DEVICES_END 0x40000000
#define EL2_GICD_BASE 0x08000000
#define EL2_GICD_END 0x08010000
#define EL2_GICR_BASE 0x080a0000
#define EL2_GICR_END 0x080c0000

// `hvc #n`, arguments and results in x0 to x7. x0 comes back as an error code of the hypervisor.
#define EL2_CALL_FIRST EL2_CALL_RESET
#define EL2_CALL_LAST EL2_CALL_FIND_GUEST

// A new machine with all VMs. x0: its first word of hypervisor_identify, or 0; x1: first word of its UID, or 0; x2: not 0 if
// nobody is to answer any other call; x3: its second word of hypervisor_identify, or 0. x1 to x3: partition, capability space, interrupt controller of the privileged one.
#define EL2_CALL_RESET 0xf000
// x0: from, x1: to, x2: interrupt of the receiver or 0. x1: capability to send, x2: to receive.
#define EL2_CALL_CONNECT_DOORBELL 0xf001
// x0: from, x1: to, x2: depth, x3: message size, x4, x5: interrupts of sender and receiver or 0. Results as above.
#define EL2_CALL_CONNECT_MSGQUEUE 0xf002
// The VM has done its part and does not go on. When all have, the machine ends with success.
#define EL2_CALL_PASSED 0xf003
// A new machine, the one that the recordings were made on (os/sim/replay/platform.h), of which the guest that is alone is
// the primary VM: from now on it has that machine's RAM, all zero, and what it maps by calls around its own memory. x0: not 0 for
// the stock machine.
// x1 to x8: struct platform_caps.
#define EL2_CALL_BOOT 0xf004

// A Resource Manager for the machine of EL2_CALL_RESET, and HLOS as the VM in TARGET_HLOS. x0: not 0 if VMs that it makes are
// configured by their device trees. x1 to x4: its channel: capabilities to send and to receive, interrupts likewise. x5, x6: its
// device tree, and how much may be read there; 0: none.
#define EL2_CALL_START_RM 0xf005
// From now on TARGET_GUEST is the VM with the VMID in x0, made by the Resource Manager. Results as above.
#define EL2_CALL_FIND_GUEST 0xf006

// How the stand-in ends the emulator.
#define EL2_EXIT_FAILURE 1
#define EL2_EXIT_CRASHED 2     // a call crashed the hypervisor
#define EL2_EXIT_POWERED_OFF 3 // every VM is off

// Registers of the distributor that there are, by their offset. All others are there too, but read as zero and ignore
// writes: every interrupt is of group 1 and of one priority, and goes to the one vCPU.
#define EL2_GICD_CTLR 0x0
#define EL2_GICD_TYPER 0x4
#define EL2_GICD_ISENABLER 0x100
#define EL2_GICD_ICENABLER 0x180
#define EL2_GICD_ISPENDR 0x200
#define EL2_GICD_ICPENDR 0x280
#define EL2_GICD_ICFGR 0xc00
#define EL2_GICD_IROUTER 0x6000
#define EL2_GICD_IROUTER_END 0x8000

#endif
