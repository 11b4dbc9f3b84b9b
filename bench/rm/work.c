// SPDX-License-Identifier: BSD-3-Clause
#include "work.h"

#define VMID 0x80
#define PAGE UINT64_C(4096)

static unsigned char message[FRAGMENTS_MAX * FRAGMENT_PAYLOAD];

static bool ask(const struct work *work, uint32_t id, size_t size, size_t reply_size)
{
    size_t got = 0;

    work->peer->reply_size = reply_size;
    return gunyah_rm_call(work->rm, id, message, size, message, sizeof(message), &got, GUNYAH_RM_DEFAULT_TIMEOUT) ==
               GUNYAH_OK &&
           got == reply_size - GUNYAH_RM_ERROR_SIZE;
}

static bool ask_states(const struct work *work, size_t count)
{
    bool good = true;

    message[0] = VMID;
    for (size_t i = 0; i < count; i++)
        good = ask(work, GUNYAH_RM_VM_GET_STATE, GUNYAH_RM_VM_SIZE, RECEIVED_AT_LEAST) && good;
    return good;
}

static bool send_fragments(const struct work *work, size_t count)
{
    return ask(work, GUNYAH_RM_MEM_APPEND, count * FRAGMENT_PAYLOAD, RECEIVED_AT_LEAST);
}

static bool receive_fragments(const struct work *work, size_t count)
{
    return ask(work, GUNYAH_RM_VM_GET_HYP_RESOURCES, GUNYAH_RM_VM_SIZE, count * FRAGMENT_PAYLOAD);
}

static bool lend(const struct work *work, size_t count)
{
    static struct gunyah_memory_region regions[REGIONS];
    const struct gunyah_memparcel_access access = {{VMID}, GUNYAH_PGTABLE_ACCESS_RWX, 0};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel;
    bool good = true;

    // Not next to each other.
    for (size_t i = 0; i < REGIONS; i++)
        regions[i] = (struct gunyah_memory_region){2 * i * PAGE, PAGE};
    options.access = &access;
    options.access_count = 1;
    options.regions = regions;
    options.region_count = REGIONS;
    work->peer->reply_size = RECEIVED_AT_LEAST;
    for (size_t i = 0; i < count; i++)
        good = gunyah_memparcel_create(work->rm, &options, &parcel) == GUNYAH_OK &&
               gunyah_memparcel_close(&parcel) == GUNYAH_OK && good;
    return good;
}

bool work_open(struct work *work, const struct gunyah_backend *backend, struct peer *peer)
{
    static struct gunyah_arena arena;
    static _Alignas(16) unsigned char memory[16384];
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options rm = GUNYAH_RM_OPTIONS_INIT;

    options.backend = backend;
    options.allocator = &allocator;
    rm.send_cap = gunyah_capid(1);
    rm.receive_cap = gunyah_capid(2);
    work->peer = peer;
    return gunyah_open(&options, &work->g) == GUNYAH_OK && gunyah_rm_open(work->g, &rm, &work->rm) == GUNYAH_OK;
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool work_do(const struct work *work, const char *what, size_t count)
{
    static const struct {
        const char *name;
        bool (*done)(const struct work *work, size_t count);
    } works[] = {{"state", ask_states}, {"out", send_fragments}, {"in", receive_fragments}, {"lend", lend}};

    for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
        if (same(works[i].name, what))
            return works[i].done(work, count);
    }
    return false;
}

size_t work_number(const char *text)
{
    size_t value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (size_t)(*text - '0');
    return value;
}
