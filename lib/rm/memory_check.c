// SPDX-License-Identifier: BSD-3-Clause
// Lists of memory, looked at before they are sent.
#include "client.h"

// ---- regions -----------------------------------------------------------------------------------------------------

static enum gunyah_error check_region(const struct gunyah_memory_region *region)
{
    if (region->size == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if ((region->address | region->size) % GUNYAH_RM_PAGE_SIZE != 0)
        return GUNYAH_ERR_ARGUMENT_ALIGNMENT;
    return region->address > UINT64_MAX - (region->size - 1) ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

static uint64_t last_of(const struct gunyah_memory_region *region)
{
    return region->address + (region->size - 1);
}

static bool overlaps_any(const struct gunyah_memory_region *region, const struct gunyah_memory_region *others,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (region->address <= last_of(&others[i]) && others[i].address <= last_of(region))
            return true;
    }
    return false;
}

// A region above all that were before overlaps none of them; regions mostly come in this order.
enum gunyah_error gunyah_internal_rm_check_regions(const struct gunyah_memory_region *regions, size_t count)
{
    uint64_t highest = 0;

    if (count == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (regions == NULL)
        return GUNYAH_ERR_NULL;
    for (size_t i = 0; i < count; i++) {
        const enum gunyah_error error = check_region(&regions[i]);
        if (error != GUNYAH_OK)
            return error;
        if (i > 0 && regions[i].address <= highest && overlaps_any(&regions[i], regions, i))
            return GUNYAH_ERR_ARGUMENT_INVALID;
        if (last_of(&regions[i]) > highest)
            highest = last_of(&regions[i]);
    }
    return GUNYAH_OK;
}

// ---- who may do what -----------------------------------------------------------------------------------------------

static bool is_named(gunyah_vmid_t vmid, const struct gunyah_memparcel_access *access, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (access[i].vmid.value == vmid.value)
            return true;
    }
    return false;
}

static bool rights_are_valid(uint8_t rights, bool io)
{
    const uint8_t known = GUNYAH_PGTABLE_ACCESS_RWX;

    if ((rights & ~known) != 0 || (rights & GUNYAH_PGTABLE_ACCESS_R) == 0)
        return false;
    return !io || (rights & GUNYAH_PGTABLE_ACCESS_X) == 0;
}

enum gunyah_error gunyah_internal_rm_check_access(const struct gunyah_memparcel_access *access, size_t count, bool io)
{
    if (count == 0 || count > GUNYAH_RM_MAX_LIST)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (access == NULL)
        return GUNYAH_ERR_NULL;
    for (size_t i = 0; i < count; i++) {
        if (access[i].reserved != 0 || access[i].vmid.value == 0 || !rights_are_valid(access[i].rights, io))
            return GUNYAH_ERR_ARGUMENT_INVALID;
        if (is_named(access[i].vmid, access, i))
            return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_check_attributes(const struct gunyah_memparcel_vm_attribute *attributes,
                                                      size_t count, bool io,
                                                      const struct gunyah_memparcel_access *access, size_t access_count)
{
    if (count > GUNYAH_RM_MAX_LIST)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (attributes == NULL && count != 0)
        return GUNYAH_ERR_NULL;
    for (size_t i = 0; i < count; i++) {
        const uint16_t attribute = attributes[i].attribute;
        if (attribute > GUNYAH_MEMPARCEL_ATTRIBUTE_CACHED || (attribute == GUNYAH_MEMPARCEL_ATTRIBUTE_DEVICE) != io)
            return GUNYAH_ERR_ARGUMENT_INVALID;
        if (!is_named(attributes[i].vmid, access, access_count))
            return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    return GUNYAH_OK;
}
