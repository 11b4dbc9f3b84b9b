// SPDX-License-Identifier: BSD-3-Clause
// Finding the device of an access: the library's bus, a list that is gone through, and bsearch(3).
#include "ways.h"

#include <stdlib.h>
#include <string.h>

#define FIRST UINT64_C(0x9000000)
#define SIZE 0x1000
#define STRIDE 0x2000

static enum gunyah_error device(void *context, struct gunyah_mmio_access *access)
{
    struct lookup *lookup = context;

    lookup->sum += access->value;
    return GUNYAH_OK;
}

// All devices in turn, then in an order that a processor does not learn.
static void shuffle(struct lookup *lookup, size_t regions)
{
    uint64_t random = 1;

    for (size_t i = 0; i < LOOKUP_ACCESSES; i++)
        lookup->addresses[i] = FIRST + i % regions * STRIDE + 8;
    for (size_t i = LOOKUP_ACCESSES - 1; i > 0; i--) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        const size_t other = (size_t)(random >> 33) % (i + 1);
        const uint64_t address = lookup->addresses[i];
        lookup->addresses[i] = lookup->addresses[other];
        lookup->addresses[other] = address;
    }
}

bool lookup_prepare(struct lookup *lookup, size_t regions)
{
    lookup->sum = 0;
    if (regions == 0 || gunyah_mmio_bus_init(&lookup->bus, lookup->regions, LOOKUP_MAX_REGIONS) != GUNYAH_OK)
        return false;
    for (size_t i = 0; i < regions; i++) {
        const struct gunyah_mmio_region region = {FIRST + i * STRIDE, SIZE, device, lookup};
        if (gunyah_mmio_bus_add(&lookup->bus, &region) != GUNYAH_OK)
            return false;
    }
    shuffle(lookup, regions);
    return true;
}

enum gunyah_error access_by_library(const struct lookup *lookup, uint64_t address, uint8_t *data)
{
    return gunyah_mmio_bus_access(&lookup->bus, address, data, 4, true);
}

// As a little-endian machine does it in the least code.
static enum gunyah_error write_to(const struct gunyah_mmio_region *region, uint64_t address, const uint8_t *data)
{
    struct gunyah_mmio_access access = {.offset = address - region->address, .length = 4, .is_write = true};

    memcpy(&access.value, data, 4);
    return region->function(region->context, &access);
}

enum gunyah_error access_by_search(const struct lookup *lookup, uint64_t address, uint8_t *data)
{
    for (size_t i = 0; i < lookup->bus.count; i++) {
        const struct gunyah_mmio_region *region = &lookup->regions[i];
        if (address - region->address < region->size)
            return write_to(region, address, data);
    }
    return GUNYAH_ERR_NOT_FOUND;
}

static int compare(const void *key, const void *element)
{
    const uint64_t address = *(const uint64_t *)key;
    const struct gunyah_mmio_region *region = element;

    if (address < region->address)
        return -1;
    return address - region->address >= region->size;
}

enum gunyah_error access_by_bsearch(const struct lookup *lookup, uint64_t address, uint8_t *data)
{
    const struct gunyah_mmio_region *region =
        bsearch(&address, lookup->regions, lookup->bus.count, sizeof(*region), compare);

    return region != NULL ? write_to(region, address, data) : GUNYAH_ERR_NOT_FOUND;
}
