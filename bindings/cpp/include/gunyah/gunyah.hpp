// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The whole of libgunyah for C++17, but what is for some programs only: the simulator (gunyah/sim.hpp), device trees (gunyah/dt.hpp,
 * gunyah/dt_build.hpp) and the drivers of Linux (gunyah/linux.hpp, gunyah/linux_virtio.hpp). docs/cpp.md is the guide.
 *
 * Each function is one function of C, inlined; the comment there is its contract. Nothing here allocates, throws or needs RTTI; the
 * headers of a freestanding C++17 are enough. Where exceptions are enabled, gh::throwing() makes one of a failure.
 */
#ifndef GUNYAH_GUNYAH_HPP
#define GUNYAH_GUNYAH_HPP

#include "addrspace.hpp"
#include "cspace.hpp"
#include "doorbell.hpp"
#include "handle.hpp"
#include "hwirq.hpp"
#include "memextent.hpp"
#include "memory.hpp"
#include "mmio_bus.hpp"
#include "msgqueue.hpp"
#include "result.hpp"
#include "rm.hpp"
#include "session.hpp"
#include "thread.hpp"
#include "types.hpp"
#include "virtio_mmio.hpp"
#include "vm.hpp"
#include "watchdog.hpp"

#include <gunyah/gunyah.h>

#ifdef __cpp_exceptions
#include "throwing.hpp"
#endif

#endif
