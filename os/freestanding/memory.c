// SPDX-License-Identifier: BSD-3-Clause
#include <port.h>

static void *allocate(void *context, size_t size)
{
    (void)context;
    (void)size;
    return NULL;
}

static void release(void *context, void *memory, size_t size)
{
    (void)context;
    (void)memory;
    (void)size;
}

struct gunyah_allocator gunyah_internal_default_allocator(void)
{
    return (struct gunyah_allocator){NULL, allocate, release};
}
