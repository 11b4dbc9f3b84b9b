// SPDX-License-Identifier: BSD-3-Clause
// Guest memory is the memory of the process.

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
    (void)context;
    (void)vm;
    if (!gunyah_internal_sim_is_mapped(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy(to, (const void *)(uintptr_t)address, size);
    return GUNYAH_MODEL_MEMORY_OK;
}

enum gunyah_model_memory gunyah_internal_sim_write(void *context, uint32_t vm, uint64_t address, const void *from,
                                                   size_t size)
{
    (void)context;
    (void)vm;
    if (!gunyah_internal_sim_is_mapped(address, size))
        return GUNYAH_MODEL_MEMORY_FAULT;
    memcpy((void *)(uintptr_t)address, from, size);
    return GUNYAH_MODEL_MEMORY_OK;
}
