// SPDX-License-Identifier: BSD-3-Clause
// Guest memory is the memory of the process, or what the caches make of it.

#include "sim_internal.h"

#include <string.h>

// The first page stands for what is never mapped, so that a null pointer is an answer and not the end of the process.
#define FIRST_MAPPED UINT64_C(4096)

bool gunyah_internal_sim_is_mapped(uint64_t address, uint64_t size)
{
    return address >= FIRST_MAPPED && address <= UINTPTR_MAX && size <= UINTPTR_MAX - (uintptr_t)address;
}

enum gunyah_model_memory gunyah_internal_sim_read(void *context, uint32_t vm, uint64_t address, void *to, size_t size)
{
    const struct gunyah_sim_vm *reader = ((const struct gunyah_sim *)context)->vms[vm];

    if (!gunyah_internal_sim_is_mapped(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    if (reader != NULL && reader->cache != NULL)
        gunyah_internal_sim_read_cache(reader->cache, address, to, size);
    else
        memcpy(to, (const void *)(uintptr_t)address, size);
    return GUNYAH_MODEL_MEMORY_OK;
}

enum gunyah_model_memory gunyah_internal_sim_write(void *context, uint32_t vm, uint64_t address, const void *from,
                                                   size_t size)
{
    const struct gunyah_sim_vm *writer = ((const struct gunyah_sim *)context)->vms[vm];

    if (!gunyah_internal_sim_is_mapped(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    if (writer != NULL && writer->cache != NULL)
        gunyah_internal_sim_write_cache(writer->cache, address, from, size);
    else
        memcpy((void *)(uintptr_t)address, from, size);
    return GUNYAH_MODEL_MEMORY_OK;
}
