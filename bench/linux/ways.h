// SPDX-License-Identifier: BSD-3-Clause
// The same work by the library and by what a VMM would have otherwise.
#ifndef GUNYAH_BENCH_LINUX_WAYS_H
#define GUNYAH_BENCH_LINUX_WAYS_H

#include "machine.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- the loop of a vCPU (loops.c) --------------------------------------------------------------------------------

// What these return: the sum of what the guest wrote, which is 1 each time.

// So many exits, each handed to a serial port.
uint64_t loop_by_library(const struct machine *machine, unsigned long count);
uint64_t loop_by_hand(unsigned long count);

// The driver alone: its exits are not looked at.
uint64_t loop_of_driver(unsigned long count);

// ---- which device is it (lookups.c) ------------------------------------------------------------------------------

#define LOOKUP_ACCESSES 4096
#define LOOKUP_MAX_REGIONS 256

struct lookup {
    struct gunyah_mmio_bus bus;
    struct gunyah_mmio_region regions[LOOKUP_MAX_REGIONS];
    uint64_t addresses[LOOKUP_ACCESSES]; // each device as often, in no order
    uint64_t sum;                        // of what was written
};

// So many devices of a page each, with gaps.
bool lookup_prepare(struct lookup *lookup, size_t regions);

// A write of 4 bytes, by way of the same list of regions.
enum gunyah_error access_by_library(const struct lookup *lookup, uint64_t address, uint8_t *data);
enum gunyah_error access_by_search(const struct lookup *lookup, uint64_t address, uint8_t *data);
enum gunyah_error access_by_bsearch(const struct lookup *lookup, uint64_t address, uint8_t *data);

#ifdef __cplusplus
}
#endif

#endif
