// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The whole of libgunyah, but what is for some programs only: the simulator (gunyah/sim.h), the backend for bare metal
 * (gunyah/baremetal.h), and calls without a session (gunyah/direct.h and gunyah/conduit.h).
 */
#ifndef GUNYAH_GUNYAH_H
#define GUNYAH_GUNYAH_H

#include "abi/names.h"
#include "abi/numbers.h"
#include "abi/rm.h"
#include "abi/rm_names.h"
#include "abi/rm_types.h"
#include "abi/types.h"
#include "addrspace.h"
#include "backend.h"
#include "boot.h"
#include "call.h"
#include "cspace.h"
#include "doorbell.h"
#include "error.h"
#include "guest.h"
#include "hwirq.h"
#include "hypercalls.h"
#include "identity.h"
#include "irq.h"
#include "memextent.h"
#include "memory.h"
#include "mmio_bus.h"
#include "msgqueue.h"
#include "object.h"
#include "rm.h"
#include "session.h"
#include "system.h"
#include "thread.h"
#include "vcpu.h"
#include "version.h"
#include "vic.h"
#include "virtio_input.h"
#include "virtio_mmio.h"
#include "vm.h"
#include "vm_parts.h"
#include "vmm.h"
#include "vpm_group.h"
#include "watchdog.h"

#endif
