// SPDX-License-Identifier: BSD-3-Clause
// The memory of guests, and the way through stage 2 for the addresses in calls. A guest has its MMU off, so that what it takes for
// an address is an intermediate one. On the platform the guest has, around its own memory, what the model maps.
#include "standin.h"

#include "../protocol.h"

#include <platform.h>

#include <string.h>

#define PAGE_SIZE UINT64_C(0x1000)

void *standin_memory_of(unsigned guest)
{
    return (void *)(uintptr_t)(EL2_MEMORY_BASE + (uint64_t)guest * EL2_GUEST_SIZE);
}

// ---- pages of the platform --------------------------------------------------------------------------------------------

static unsigned allowed(const struct gunyah_model_translation *found)
{
    return (found->readable ? STANDIN_READ : 0) | (found->writable ? STANDIN_WRITE : 0);
}

static bool show(unsigned table, uint64_t address, const struct gunyah_model_translation *found, unsigned access)
{
    void *place = standin_ram(found->address);

    if (place == NULL || (allowed(found) & access) == 0)
        return false;
    standin_map_page(table, address, (uint64_t)(uintptr_t)place, allowed(found));
    return true;
}

static bool translate(uint64_t address, struct gunyah_model_translation *found)
{
    return gunyah_model_translate(standin_machine.model, standin_machine.vms[STANDIN_OWNER].vm, address, found);
}

bool standin_show(uint64_t address, unsigned access)
{
    struct gunyah_model_translation found;

    return standin_machine.platform && translate(address, &found) && show(0, address, &found, access);
}

bool standin_show_vcpu(uint32_t vcpu, uint64_t address, unsigned access)
{
    struct gunyah_model_translation found;

    return gunyah_model_translate_vcpu(standin_machine.model, vcpu, address, &found) &&
           show(STANDIN_RUN, address, &found, access);
}

// ---- addresses in calls -----------------------------------------------------------------------------------------------

static enum gunyah_model_memory find_on_platform(uint64_t address, unsigned access, void **place)
{
    struct gunyah_model_translation found;

    if (!translate(address, &found))
        return platform_memory(address) == GUNYAH_MODEL_MEMORY_DEVICE ? GUNYAH_MODEL_MEMORY_DEVICE
                                                                      : GUNYAH_MODEL_MEMORY_FAULT;
    *place = standin_ram(found.address);
    return *place != NULL && (allowed(&found) & access) != 0 ? GUNYAH_MODEL_MEMORY_OK : GUNYAH_MODEL_MEMORY_FAULT;
}

// Where an address of a guest leads, with the rest of its page; neighbours may be anywhere.
static enum gunyah_model_memory find(uint32_t vm, uint64_t address, unsigned access, void **place)
{
    *place = standin_find(standin_guest_of(vm), address);
    if (*place != NULL)
        return GUNYAH_MODEL_MEMORY_OK;
    if (standin_machine.platform)
        return find_on_platform(address, access, place);
    if (address >= EL2_DEVICES_BASE && address < EL2_DEVICES_END)
        return GUNYAH_MODEL_MEMORY_DEVICE;
    return GUNYAH_MODEL_MEMORY_FAULT;
}

static size_t first_part(uint64_t address, size_t size)
{
    const uint64_t left = PAGE_SIZE - (address & (PAGE_SIZE - 1));

    return size < left ? size : left;
}

enum gunyah_model_memory standin_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    unsigned char *bytes = to;
    void *place;

    (void)context;
    while (size > 0) {
        const enum gunyah_model_memory kind = find(vm, address, STANDIN_READ, &place);
        const size_t part = first_part(address, size);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(bytes, place, part);
        address += part;
        bytes += part;
        size -= part;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}

enum gunyah_model_memory standin_write(void *context, uint32_t vm, uint64_t address, const void *from, size_t size)
{
    const unsigned char *bytes = from;
    void *place;

    (void)context;
    while (size > 0) {
        const enum gunyah_model_memory kind = find(vm, address, STANDIN_WRITE, &place);
        const size_t part = first_part(address, size);
        if (kind != GUNYAH_MODEL_MEMORY_OK)
            return kind;
        memcpy(place, bytes, part);
        address += part;
        bytes += part;
        size -= part;
    }
    return GUNYAH_MODEL_MEMORY_OK;
}
