// SPDX-License-Identifier: BSD-3-Clause
// Random VMs, from a seed: what is asked for, and the tree that is built of it. Each of them is one that the Resource Manager can
// make.
#ifndef BUILD_RANDOM_H
#define BUILD_RANDOM_H

#include "build_kit.h"

#define MAX_ASKED 24

enum asked_kind {
    ASKED_RM_RPC,
    ASKED_DOORBELL,
    ASKED_SOURCE,
    ASKED_MSGQUEUE,
    ASKED_PAIR,
    ASKED_SHM,
    ASKED_SHM_DOORBELL,
    ASKED_VIRTIO,
    ASKED_IOMEM,
    ASKED_RTC,
    ASKED_KINDS, // of virtual devices
    ASKED_DEVICE = ASKED_KINDS,
    ASKED_RESERVED,
};

struct asked_item {
    enum asked_kind kind;
    char name[32];
    union {
        struct gunyah_dt_rm_rpc rm_rpc;
        struct gunyah_dt_bell bell;
        struct gunyah_dt_msgqueue queue;
        struct gunyah_dt_msgqueue_pair pair;
        struct gunyah_dt_shm shm;
        struct gunyah_dt_virtio virtio;
        struct gunyah_dt_iomem iomem;
        struct gunyah_dt_rtc rtc;
        struct gunyah_dt_device_node device;
        struct gunyah_dt_reserved reserved;
    };
};

struct asked {
    struct gunyah_dt_machine_options machine;
    struct gunyah_dt_config_options config;
    uint32_t map[64];
    char name[80];
    struct asked_item items[MAX_ASKED];
    size_t count;
    // Numbers that are not given out yet.
    uint32_t label;
    uint32_t spi;
    uint64_t address;
    uint64_t registers;
    uint32_t state;
};

static const char *const asked_compatible[] = {"one", "two,three", "four", "five", "six", "seven"};

// Xorshift: the same numbers everywhere.
static inline uint32_t asked_random(struct asked *asked, uint32_t below)
{
    asked->state ^= asked->state << 13;
    asked->state ^= asked->state >> 17;
    asked->state ^= asked->state << 5;
    return (asked->state >> 3) % below;
}

static inline bool asked_flag(struct asked *asked)
{
    return asked_random(asked, 2) == 0;
}

static inline struct gunyah_dt_interrupt asked_interrupt(struct asked *asked)
{
    const struct gunyah_dt_interrupt interrupt = {gunyah_virq(asked->spi), asked_flag(asked)};

    asked->spi += 1 + asked_random(asked, 8);
    return interrupt;
}

static inline uint32_t asked_label(struct asked *asked)
{
    const uint32_t label = asked->label;

    asked->label += asked_random(asked, 10) == 0 ? 0x10000000 : 1 + asked_random(asked, 5);
    return label;
}

// A place above the VM's memory, or none.
static inline uint64_t asked_address(struct asked *asked)
{
    if (asked_flag(asked))
        return 0;
    asked->address += UINT64_C(0x1000) * (1 + asked_random(asked, 100));
    return asked->address;
}

static inline uint32_t asked_message_size(struct asked *asked)
{
    return asked_flag(asked) ? 0 : 1 + asked_random(asked, 1023);
}

static inline uint32_t asked_depth(struct asked *asked)
{
    return asked_flag(asked) ? 0 : 1 + asked_random(asked, 255);
}

// ---- The VM ------------------------------------------------------------------------------------------------------

static inline void asked_schedule(struct asked *asked)
{
    struct gunyah_dt_config_options *const options = &asked->config;

    options->affinity = (enum gunyah_dt_affinity)asked_random(asked, 4);
    if (options->affinity == GUNYAH_DT_AFFINITY_PROXY)
        return;
    for (uint32_t i = 0; i < asked->machine.vcpu_count; i++)
        asked->map[i] = asked_random(asked, 8);
    options->affinity_map = asked->map;
    options->affinity_count = asked->machine.vcpu_count;
    options->priority = -1 - (int32_t)asked_random(asked, 63);
    options->timeslice = 100 + asked_random(asked, 99901);
}

static inline void asked_memory(struct asked *asked)
{
    struct gunyah_dt_config_options *const options = &asked->config;

    options->base_address = UINT64_C(0x40000000) + UINT64_C(0x200000) * (2 + asked_random(asked, 4096));
    options->memory_size = UINT64_C(0x1000) * (1 + asked_random(asked, 0x80000));
    if (asked_flag(asked))
        options->size_max = options->memory_size + UINT64_C(0x1000) * asked_random(asked, 0x80000);
    options->has_firmware = asked_flag(asked);
    if (options->has_firmware) {
        options->firmware_size_max = asked_flag(asked) ? 0 : UINT64_C(0x1000) * (1 + asked_random(asked, 0x400));
        options->firmware_address = options->base_address - 0x400000;
    }
    asked->address = options->base_address + 2 * UINT64_C(0x80000000);
}

static inline void asked_machine(struct asked *asked)
{
    asked->machine.vcpu_count = 1 + asked_random(asked, 64);
    if (asked_flag(asked)) {
        asked->machine.gicd_address = 0x8000000;
        asked->machine.gicr_address = 0x8010000;
    }
    if (asked_flag(asked))
        asked->machine.bootargs = "console=ttyS0 panic=-1";
    if (asked_flag(asked)) {
        asked->machine.initrd_start = asked->config.base_address + asked->config.memory_size / 2;
        asked->machine.initrd_end = asked->machine.initrd_start + 1;
    }
}

static inline void asked_identity(struct asked *asked)
{
    const uint32_t length = 1 + asked_random(asked, 79);

    for (uint32_t i = 0; i < length; i++)
        asked->name[i] = (char)('!' + asked_random(asked, '~' - '!' + 1));
    asked->config.image_name = asked->name;
    if (asked_flag(asked))
        asked->config.os_type = NULL;
    if (asked_flag(asked))
        asked->config.uri = "vmuid/a";
    if (asked_flag(asked))
        asked->config.guid = "01234567-89ab-cdef-0123-456789abcdef";
}

// ---- What it has -------------------------------------------------------------------------------------------------

static inline void asked_queues(struct asked *asked, struct asked_item *item)
{
    static const struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    static const struct gunyah_dt_msgqueue queue = GUNYAH_DT_MSGQUEUE_INIT;
    static const struct gunyah_dt_msgqueue_pair pair = GUNYAH_DT_MSGQUEUE_PAIR_INIT;
    const bool has_interrupts = asked_flag(asked);

    if (item->kind == ASKED_RM_RPC) {
        item->rm_rpc = rm_rpc;
        item->rm_rpc.name = item->name;
        item->rm_rpc.message_size = asked_message_size(asked);
        item->rm_rpc.queue_depth = asked_depth(asked);
        item->rm_rpc.console = asked_flag(asked);
        if (has_interrupts) {
            item->rm_rpc.send_interrupt = asked_interrupt(asked);
            item->rm_rpc.receive_interrupt = asked_interrupt(asked);
        }
    } else if (item->kind == ASKED_MSGQUEUE) {
        item->queue = queue;
        item->queue.name = item->name;
        item->queue.label = asked_label(asked);
        item->queue.sends = asked_flag(asked);
        item->queue.message_size = asked_message_size(asked);
        item->queue.queue_depth = asked_depth(asked);
        if (has_interrupts)
            item->queue.interrupt = asked_interrupt(asked);
    } else {
        item->pair = pair;
        item->pair.name = item->name;
        item->pair.label = asked_label(asked);
        item->pair.peer = asked_flag(asked) ? NULL : "vm-name:other";
        item->pair.message_size = asked_message_size(asked);
        item->pair.queue_depth = asked_depth(asked);
        if (has_interrupts) {
            item->pair.send_interrupt = asked_interrupt(asked);
            item->pair.receive_interrupt = asked_interrupt(asked);
        }
    }
}

static inline void asked_bell(struct asked *asked, struct asked_item *item)
{
    static const struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;

    item->bell = bell;
    item->bell.name = item->name;
    item->bell.label = asked_label(asked);
    item->bell.peer = asked_flag(asked) ? NULL : "vm-uri:vmuid/other";
    item->bell.source_can_clear = asked_flag(asked);
    if (item->kind == ASKED_DOORBELL && asked_flag(asked))
        item->bell.interrupt = asked_interrupt(asked);
}

static inline void asked_parcel(struct asked *asked, struct asked_item *item)
{
    static const struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    static const struct gunyah_dt_virtio virtio = GUNYAH_DT_VIRTIO_INIT;
    static const struct gunyah_dt_iomem iomem = GUNYAH_DT_IOMEM_INIT;

    if (item->kind == ASKED_VIRTIO) {
        item->virtio = virtio;
        item->virtio.name = item->name;
        item->virtio.label = asked_label(asked);
        item->virtio.address = asked_address(asked);
        item->virtio.interrupt = asked_interrupt(asked);
        item->virtio.device_type = asked_random(asked, 30);
        item->virtio.queue_count = 1 + asked_random(asked, 16);
        item->virtio.dma_coherent = asked_flag(asked);
    } else if (item->kind == ASKED_IOMEM) {
        item->iomem = iomem;
        item->iomem.name = item->name;
        item->iomem.label = asked_label(asked);
        item->iomem.compatible = asked_compatible;
        item->iomem.compatible_count = 1 + asked_random(asked, 6);
    } else {
        item->shm = shm;
        item->shm.name = item->name;
        item->shm.label = asked_label(asked);
        item->shm.address = asked_address(asked);
        item->shm.optional = asked_flag(asked);
        item->shm.has_dma_base = asked_flag(asked);
        item->shm.dma_base = (uint64_t)asked_random(asked, UINT32_MAX) << 12;
        item->shm.compatible = asked_compatible;
        item->shm.compatible_count = asked_random(asked, 7);
    }
}

static inline void asked_vdevice(struct asked *asked, struct asked_item *item)
{
    static const struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;

    switch (item->kind) {
    case ASKED_RM_RPC:
    case ASKED_MSGQUEUE:
    case ASKED_PAIR:
        asked_queues(asked, item);
        break;
    case ASKED_DOORBELL:
    case ASKED_SOURCE:
        asked_bell(asked, item);
        break;
    case ASKED_RTC:
        item->rtc = rtc;
        item->rtc.name = item->name;
        item->rtc.address = asked_address(asked);
        break;
    default:
        asked_parcel(asked, item);
        break;
    }
}

// An item that is called by its number.
static inline struct asked_item *asked_item(struct asked *asked, enum asked_kind kind)
{
    struct asked_item *const item = &asked->items[asked->count];

    item->kind = kind;
    snprintf(item->name, sizeof(item->name), "item%zu", asked->count);
    asked->count++;
    return item;
}

static inline void asked_device(struct asked *asked)
{
    static const struct gunyah_dt_device_node device = GUNYAH_DT_DEVICE_NODE_INIT;
    struct asked_item *const item = asked_item(asked, ASKED_DEVICE);

    item->device = device;
    item->device.name = item->name;
    item->device.compatible = asked_compatible;
    item->device.compatible_count = 1 + asked_random(asked, 6);
    item->device.address = asked->registers;
    item->device.bytes = 1 + asked_random(asked, 0x1000);
    item->device.dma_coherent = asked_flag(asked);
    asked->registers += item->device.bytes;
    for (size_t i = 0; i < asked->count; i++) {
        if (asked->items[i].kind == ASKED_DOORBELL && asked_flag(asked))
            item->device.interrupt = asked->items[i].bell.interrupt;
    }
}

static inline void asked_reserved(struct asked *asked)
{
    static const struct gunyah_dt_reserved reserved = GUNYAH_DT_RESERVED_INIT;
    struct asked_item *const item = asked_item(asked, ASKED_RESERVED);

    item->reserved = reserved;
    item->reserved.name = item->name;
    item->reserved.compatible = asked_flag(asked) ? NULL : "restricted-dma-pool";
    item->reserved.bytes = UINT64_C(0x1000) * (1 + asked_random(asked, 0x1000));
    item->reserved.no_map = asked_flag(asked);
    item->reserved.has_label = asked_flag(asked);
    if (item->reserved.has_label) {
        item->reserved.label = asked_label(asked);
        asked->address += 0x1000;
        item->reserved.address = asked->address;
        asked->address += item->reserved.bytes;
    } else if (asked_flag(asked)) {
        item->reserved.alignment = UINT64_C(1) << asked_random(asked, 30);
    }
}

// Make up a VM.
static inline void asked_make(struct asked *asked, uint32_t seed)
{
    static const struct gunyah_dt_machine_options machine_init = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    static const struct gunyah_dt_config_options config_init = GUNYAH_DT_CONFIG_OPTIONS_INIT;

    memset(asked, 0, sizeof(*asked));
    asked->state = seed * UINT32_C(2654435761) + 1;
    asked->machine = machine_init;
    asked->config = config_init;
    asked->label = 1;
    asked->spi = 32;
    asked->registers = 0x1000;
    asked_identity(asked);
    asked_memory(asked);
    asked_machine(asked);
    asked_schedule(asked);
    bool has_rtc = false;
    for (uint32_t left = asked_random(asked, 17); left > 0; left--) {
        const enum asked_kind kind = (enum asked_kind)asked_random(asked, ASKED_KINDS);
        if (kind == ASKED_RTC && has_rtc)
            continue;
        has_rtc |= kind == ASKED_RTC;
        asked_vdevice(asked, asked_item(asked, kind));
    }
    for (uint32_t left = asked_random(asked, 4); left > 0; left--)
        asked_device(asked);
    for (uint32_t left = asked_random(asked, 4); left > 0; left--)
        asked_reserved(asked);
}

// Add one of its items.
static inline enum gunyah_error asked_add(struct gunyah_dt_build *to, const struct asked_item *item)
{
    switch (item->kind) {
    case ASKED_RM_RPC:
        return gunyah_dt_add_rm_rpc(to, &item->rm_rpc);
    case ASKED_DOORBELL:
        return gunyah_dt_add_doorbell(to, &item->bell);
    case ASKED_SOURCE:
        return gunyah_dt_add_doorbell_source(to, &item->bell);
    case ASKED_MSGQUEUE:
        return gunyah_dt_add_msgqueue(to, &item->queue);
    case ASKED_PAIR:
        return gunyah_dt_add_msgqueue_pair(to, &item->pair);
    case ASKED_SHM:
        return gunyah_dt_add_shm(to, &item->shm);
    case ASKED_SHM_DOORBELL:
        return gunyah_dt_add_shm_doorbell(to, &item->shm);
    case ASKED_VIRTIO:
        return gunyah_dt_add_virtio_mmio(to, &item->virtio);
    case ASKED_IOMEM:
        return gunyah_dt_add_iomem(to, &item->iomem);
    case ASKED_RTC:
        return gunyah_dt_add_rtc(to, &item->rtc);
    case ASKED_DEVICE:
        return gunyah_dt_add_device(to, &item->device);
    default:
        return gunyah_dt_add_reserved(to, &item->reserved);
    }
}

// Build its tree, which is in built then.
static inline void asked_build(const struct asked *asked)
{
    cr_assert_eq(gunyah_dt_build_begin(&build, built.bytes, sizeof(built.bytes), &asked->machine, &asked->config),
                 GUNYAH_OK, "%s: %s", gunyah_dt_build_last_problem(&build)->path,
                 gunyah_dt_build_last_problem(&build)->text);
    for (size_t i = 0; i < asked->count; i++)
        cr_assert_eq(asked_add(&build, &asked->items[i]), GUNYAH_OK, "%s: %s",
                     gunyah_dt_build_last_problem(&build)->path, gunyah_dt_build_last_problem(&build)->text);
    kit_finish();
}

#endif
