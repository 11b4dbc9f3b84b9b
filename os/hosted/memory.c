// SPDX-License-Identifier: BSD-3-Clause
#include <port.h>

#include <stdlib.h>

static void *allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

struct gunyah_allocator gunyah_internal_default_allocator(void)
{
    return (struct gunyah_allocator){NULL, allocate, release};
}
