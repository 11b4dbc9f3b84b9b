// SPDX-License-Identifier: BSD-3-Clause
// A VM whose caches are off beside a hypervisor whose caches are on. The memory of the process is what the VM sees; lines
// are what the hypervisor sees. The worst that a cache may do is what this one always does: it has every line from the
// moment on that the VM synchronised it, and writes nothing back by itself.

#include "sim_internal.h"

#include <string.h>

#define LINE UINT64_C(64)
#define LINES 2048u
#define BUCKETS 1024u
#define NO_LINE UINT32_MAX

struct line {
    uint64_t address;
    uint64_t dirty; // One bit a byte.
    uint32_t next;  // In its bucket.
    bool used;
    unsigned char bytes[LINE];
};

struct sim_cache {
    struct gunyah_backend_ops ops; // The VM's own: they synchronise.
    uint32_t oldest;
    uint32_t buckets[BUCKETS];
    struct line lines[LINES];
};

// A part of a buffer that lies in one line.
struct part {
    uint64_t line;
    size_t offset;
    size_t size;
};

static struct part first_part(uint64_t address, size_t size)
{
    const size_t offset = (size_t)(address % LINE);
    const size_t room = (size_t)LINE - offset;

    return (struct part){address - offset, offset, size < room ? size : room};
}

static uint32_t bucket_of(uint64_t line)
{
    return (uint32_t)(line / LINE % BUCKETS);
}

static uint32_t find(const struct sim_cache *cache, uint64_t line)
{
    uint32_t at = cache->buckets[bucket_of(line)];

    while (at != NO_LINE && cache->lines[at].address != line)
        at = cache->lines[at].next;
    return at;
}

static void unlink_line(struct sim_cache *cache, uint32_t place)
{
    uint32_t *link = &cache->buckets[bucket_of(cache->lines[place].address)];

    while (*link != place)
        link = &cache->lines[*link].next;
    *link = cache->lines[place].next;
}

// The line, in the place of the oldest one if it is not there.
static struct line *get(struct sim_cache *cache, uint64_t address)
{
    uint32_t place = find(cache, address);
    uint32_t *bucket = &cache->buckets[bucket_of(address)];
    struct line *line;

    if (place != NO_LINE)
        return &cache->lines[place];
    place = cache->oldest;
    cache->oldest = (cache->oldest + 1) % LINES;
    line = &cache->lines[place];
    if (line->used)
        unlink_line(cache, place);
    *line = (struct line){.address = address, .next = *bucket, .used = true};
    memset(line->bytes, GUNYAH_SIM_STALE_BYTE, sizeof(line->bytes));
    *bucket = place;
    return line;
}

void gunyah_internal_sim_read_cache(const struct sim_cache *cache, uint64_t address, void *to, size_t size)
{
    unsigned char *at = to;

    while (size != 0) {
        const struct part part = first_part(address, size);
        const uint32_t place = find(cache, part.line);
        if (place != NO_LINE)
            memcpy(at, cache->lines[place].bytes + part.offset, part.size);
        else
            memset(at, GUNYAH_SIM_STALE_BYTE, part.size);
        at += part.size;
        address += part.size;
        size -= part.size;
    }
}

void gunyah_internal_sim_write_cache(struct sim_cache *cache, uint64_t address, const void *from, size_t size)
{
    const unsigned char *at = from;

    while (size != 0) {
        const struct part part = first_part(address, size);
        struct line *line = get(cache, part.line);
        memcpy(line->bytes + part.offset, at, part.size);
        line->dirty = UINT64_MAX;
        at += part.size;
        address += part.size;
        size -= part.size;
    }
}

// What the hypervisor wrote goes to memory, and from then on both see the same, until one of them writes.
static void clean_and_invalidate(struct line *line, struct part part)
{
    unsigned char *memory = (unsigned char *)(uintptr_t)part.line;

    for (size_t i = part.offset; i < part.offset + part.size; i++) {
        if ((line->dirty >> i & 1) != 0)
            memory[i] = line->bytes[i];
        else
            line->bytes[i] = memory[i];
        line->dirty &= ~(UINT64_C(1) << i);
    }
}

static void backend_sync(void *context, const void *buffer, size_t size)
{
    const struct gunyah_sim_vm *vm = context;
    uint64_t address = (uintptr_t)buffer;

    // What is not mapped has no lines either, and the call that follows says so.
    if (!gunyah_internal_sim_is_mapped(address, size))
        return;
    pthread_mutex_lock(&vm->sim->lock);
    while (size != 0) {
        const struct part part = first_part(address, size);
        clean_and_invalidate(get(vm->cache, part.line), part);
        address += part.size;
        size -= part.size;
    }
    pthread_mutex_unlock(&vm->sim->lock);
}

void gunyah_internal_sim_drop_cache(struct gunyah_sim_vm *vm)
{
    if (vm->cache == NULL)
        return;
    vm->sim->allocator.release(vm->sim->allocator.context, vm->cache, sizeof(*vm->cache));
    vm->cache = NULL;
    vm->backend.ops = &gunyah_internal_sim_ops;
}

static enum gunyah_error add_cache(struct gunyah_sim_vm *vm)
{
    struct sim_cache *cache = vm->sim->allocator.allocate(vm->sim->allocator.context, sizeof(*cache));

    if (cache == NULL)
        return gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a cache");
    memset(cache, 0, sizeof(*cache));
    for (uint32_t i = 0; i < BUCKETS; i++)
        cache->buckets[i] = NO_LINE;
    cache->ops = gunyah_internal_sim_ops;
    cache->ops.sync = backend_sync;
    vm->cache = cache;
    vm->backend.ops = &cache->ops;
    return GUNYAH_OK;
}

static enum gunyah_error set_incoherent(struct gunyah_sim_vm *vm, bool incoherent)
{
    if (vm->open)
        return gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_IN_USE, "a session of the VM is open: close it first");
    if (incoherent == (vm->cache != NULL))
        return GUNYAH_OK;
    if (incoherent)
        return add_cache(vm);
    gunyah_internal_sim_drop_cache(vm);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_set_incoherent(struct gunyah_sim_vm *vm, bool incoherent)
{
    enum gunyah_error error;

    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = set_incoherent(vm, incoherent);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}
