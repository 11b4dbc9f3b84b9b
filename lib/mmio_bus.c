// SPDX-License-Identifier: BSD-3-Clause
// A sorted list of regions, and the one among them that an address is in.
#include <gunyah/mmio_bus.h>

#include <string.h>

#define MAX_LENGTH 8

enum gunyah_error gunyah_mmio_bus_init(struct gunyah_mmio_bus *bus, struct gunyah_mmio_region *regions, size_t capacity)
{
    if (bus == NULL || (regions == NULL && capacity != 0))
        return GUNYAH_ERR_NULL;
    *bus = (struct gunyah_mmio_bus){.regions = regions, .capacity = capacity};
    return GUNYAH_OK;
}

// How many regions begin at this address or below. Each step is a sum, not a branch: which half it is, no processor can guess.
static size_t rank(const struct gunyah_mmio_bus *bus, uint64_t address)
{
    size_t low = 0;

    if (bus->count == 0)
        return 0;
    for (size_t left = bus->count; left > 1; left -= left / 2)
        low += bus->regions[low + left / 2].address <= address ? left / 2 : 0;
    return low + (bus->regions[low].address <= address);
}

static uint64_t last_byte(const struct gunyah_mmio_region *region)
{
    return region->address + (region->size - 1);
}

static enum gunyah_error check(const struct gunyah_mmio_region *region)
{
    if (region->function == NULL)
        return GUNYAH_ERR_NULL;
    if (region->size == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    return last_byte(region) < region->address ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

// Is it between the two that it would come between?
static bool is_free(const struct gunyah_mmio_bus *bus, size_t place, const struct gunyah_mmio_region *region)
{
    if (place > 0 && last_byte(&bus->regions[place - 1]) >= region->address)
        return false;
    return place == bus->count || last_byte(region) < bus->regions[place].address;
}

enum gunyah_error gunyah_mmio_bus_add(struct gunyah_mmio_bus *bus, const struct gunyah_mmio_region *region)
{
    if (bus == NULL || region == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = check(region);
    if (error != GUNYAH_OK)
        return error;
    const size_t place = rank(bus, region->address);
    if (!is_free(bus, place, region))
        return GUNYAH_ERR_BUSY;
    if (bus->count == bus->capacity)
        return GUNYAH_ERR_FULL;
    struct gunyah_mmio_region *at = &bus->regions[place];
    memmove(at + 1, at, (bus->count - place) * sizeof(*at));
    *at = *region;
    bus->count++;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_mmio_bus_remove(struct gunyah_mmio_bus *bus, uint64_t address)
{
    if (bus == NULL)
        return GUNYAH_ERR_NULL;
    const size_t place = rank(bus, address);
    if (place == 0 || bus->regions[place - 1].address != address)
        return GUNYAH_ERR_NOT_FOUND;
    struct gunyah_mmio_region *at = &bus->regions[place - 1];
    memmove(at, at + 1, (bus->count - place) * sizeof(*at));
    bus->count--;
    return GUNYAH_OK;
}

// The region with all of these addresses, or null.
static const struct gunyah_mmio_region *find(const struct gunyah_mmio_bus *bus, uint64_t address, uint32_t length)
{
    const size_t place = rank(bus, address);

    if (place == 0)
        return NULL;
    const struct gunyah_mmio_region *region = &bus->regions[place - 1];
    const uint64_t offset = address - region->address;
    return offset < region->size && region->size - offset >= length ? region : NULL;
}

// The guest's order of bytes, whatever this machine's is. Written like this, a compiler makes one load or store of each.
static uint16_t get16(const uint8_t *data)
{
    return (uint16_t)(data[0] | data[1] << 8);
}

static uint32_t get32(const uint8_t *data)
{
    return get16(data) | (uint32_t)get16(data + 2) << 16;
}

static uint64_t value_of(const uint8_t *data, uint32_t length)
{
    switch (length) {
    case 1:
        return data[0];
    case 2:
        return get16(data);
    case 4:
        return get32(data);
    default:
        return get32(data) | (uint64_t)get32(data + 4) << 32;
    }
}

static void put_value(uint8_t *data, uint32_t length, uint64_t value)
{
    for (uint32_t i = 0; i < length; i++)
        data[i] = (uint8_t)(value >> 8 * i);
}

enum gunyah_error gunyah_mmio_bus_access(const struct gunyah_mmio_bus *bus, uint64_t address, uint8_t *data,
                                         uint32_t length, bool is_write)
{
    if (bus == NULL || data == NULL)
        return GUNYAH_ERR_NULL;
    if (length == 0 || length > MAX_LENGTH || (length & (length - 1)) != 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    const struct gunyah_mmio_region *region = find(bus, address, length);
    if (region == NULL)
        return GUNYAH_ERR_NOT_FOUND;
    struct gunyah_mmio_access access = {.offset = address - region->address, .length = length, .is_write = is_write};
    if (is_write)
        access.value = value_of(data, length);
    const enum gunyah_error error = region->function(region->context, &access);
    if (error == GUNYAH_OK && !is_write)
        put_value(data, length, access.value);
    return error;
}
