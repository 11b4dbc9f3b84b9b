// SPDX-License-Identifier: BSD-3-Clause
// Random VMs: the linter has nothing to say of their trees, and what was asked for is in them.
#include "build_random.h"

#include <gunyah/dt_lint.h>

#define SEEDS 120

static struct asked asked;

// ---- What is in the tree -----------------------------------------------------------------------------------------

// The number of an interrupt, by the bindings of the GIC; here they are all SPIs.
static void expect_interrupts(const char *path, const struct gunyah_dt_interrupt *interrupts, size_t count)
{
    uint32_t cells[6];

    if (interrupts[0].virq.value == 0) {
        cr_expect_not(kit_has(path, "interrupts"), "%s", path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        cells[3 * i] = 0;
        cells[3 * i + 1] = interrupts[i].virq.value - 32;
        cells[3 * i + 2] = interrupts[i].level ? 4 : 1;
    }
    kit_expect_cells(path, "interrupts", cells, 3 * count);
}

static void expect_number(const char *path, const char *property, uint32_t value)
{
    if (value != 0)
        kit_expect_u32(path, property, value);
    else
        cr_expect_not(kit_has(path, property), "%s: %s", path, property);
}

static void expect_peer(const char *path, const char *peer)
{
    kit_expect_flag(path, "peer-default", peer == NULL);
    if (peer != NULL)
        kit_expect_string(path, "peer", peer);
}

static void expect_strings(const char *path, const char *property, const char *const *strings, size_t count)
{
    cr_expect_eq(kit_has(path, property), count > 0, "%s: %s", path, property);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(fdt_stringlist_get(built.bytes, kit_node(path), property, (int)i, NULL), strings[i]);
}

static void expect_parcel(const char *vdevice, uint32_t label, uint64_t address)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/memory", vdevice);
    kit_expect_u32(path, "label", label);
    kit_expect_flag(path, "allocate-base", address == 0);
    if (address != 0)
        kit_expect_u64(path, "base", address);
}

static void expect_queue(const char *path, uint32_t message_size, uint32_t depth)
{
    expect_number(path, "message-size", message_size);
    expect_number(path, "queue-depth", depth);
}

static void expect_vdevice(const char *path, const struct asked_item *item)
{
    static const char *const types[] = {
        "rm-rpc", "doorbell",     "doorbell-source", "message-queue", "message-queue-pair",
        "shm",    "shm-doorbell", "virtio-mmio",     "iomem",         "vrtc-pl031"};

    kit_expect_string(path, "vdevice-type", types[item->kind]);
    switch (item->kind) {
    case ASKED_RM_RPC:
        expect_queue(path, item->rm_rpc.message_size, item->rm_rpc.queue_depth);
        kit_expect_flag(path, "console-dev", item->rm_rpc.console);
        expect_interrupts(path, &item->rm_rpc.send_interrupt, 1 + (item->rm_rpc.send_interrupt.virq.value != 0));
        break;
    case ASKED_DOORBELL:
    case ASKED_SOURCE:
        kit_expect_u32(path, "label", item->bell.label);
        kit_expect_flag(path, "source-can-clear", item->bell.source_can_clear);
        expect_peer(path, item->bell.peer);
        expect_interrupts(path, &item->bell.interrupt, 1);
        break;
    case ASKED_MSGQUEUE:
        kit_expect_u32(path, "label", item->queue.label);
        expect_queue(path, item->queue.message_size, item->queue.queue_depth);
        kit_expect_flag(path, "is-sender", item->queue.sends);
        kit_expect_flag(path, "is-receiver", !item->queue.sends);
        expect_interrupts(path, &item->queue.interrupt, 1);
        break;
    case ASKED_PAIR:
        kit_expect_u32(path, "label", item->pair.label);
        expect_queue(path, item->pair.message_size, item->pair.queue_depth);
        expect_peer(path, item->pair.peer);
        expect_interrupts(path, &item->pair.send_interrupt, 1 + (item->pair.send_interrupt.virq.value != 0));
        break;
    case ASKED_SHM:
    case ASKED_SHM_DOORBELL:
        expect_parcel(path, item->shm.label, item->shm.address);
        expect_strings(path, "push-compatible", item->shm.compatible, item->shm.compatible_count);
        cr_expect_eq(kit_has(path, "dma_base"), item->shm.has_dma_base);
        break;
    case ASKED_VIRTIO:
        expect_parcel(path, item->virtio.label, item->virtio.address);
        expect_number(path, "virtio,device-type", item->virtio.device_type);
        kit_expect_u32(path, "vqs-num", item->virtio.queue_count);
        kit_expect_flag(path, "dma-coherent", item->virtio.dma_coherent);
        expect_interrupts(path, &item->virtio.interrupt, 1);
        break;
    case ASKED_IOMEM:
        expect_strings(path, "push-compatible", item->iomem.compatible, item->iomem.compatible_count);
        break;
    default:
        kit_expect_flag(path, "allocate-base", item->rtc.address == 0);
        if (item->rtc.address != 0)
            kit_expect_u64(path, "base", item->rtc.address);
        break;
    }
}

static void expect_range(const char *path, uint64_t address, uint64_t size)
{
    const uint32_t cells[] = {(uint32_t)(address >> 32), (uint32_t)address, (uint32_t)(size >> 32), (uint32_t)size};

    kit_expect_cells(path, "reg", cells, 4);
}

static void expect_device(const struct gunyah_dt_device_node *device)
{
    char path[96];

    snprintf(path, sizeof(path), "/%s@%llx", device->name, (unsigned long long)device->address);
    expect_range(path, device->address, device->bytes);
    expect_strings(path, "compatible", device->compatible, device->compatible_count);
    expect_interrupts(path, &device->interrupt, 1);
    kit_expect_flag(path, "dma-coherent", device->dma_coherent);
}

static void expect_reserved(const struct gunyah_dt_reserved *reserved)
{
    char path[96];

    snprintf(path, sizeof(path), "/reserved-memory/%s", reserved->name);
    kit_expect_flag(path, "no-map", reserved->no_map);
    if (reserved->has_label) {
        expect_range(path, reserved->address, reserved->bytes);
        kit_expect_u32(path, "qcom,label", reserved->label);
    } else {
        kit_expect_u64(path, "size", reserved->bytes);
        cr_expect_eq(kit_has(path, "alignment"), reserved->alignment != 0);
    }
}

static void expect_vm(void)
{
    char cpu[32];

    kit_expect_string(CONFIG, "image-name", asked.config.image_name);
    kit_expect_u64(CONFIG "/memory", "base-address", asked.config.base_address);
    expect_range("/memory", asked.config.base_address, asked.config.memory_size);
    cr_expect_eq(kit_has(CONFIG "/memory", "firmware-address"), asked.config.has_firmware);
    cr_expect_eq(kit_has("/chosen", "bootargs"), asked.machine.bootargs != NULL);
    if (asked.config.affinity != GUNYAH_DT_AFFINITY_PROXY)
        kit_expect_cells(CONFIG "/vcpus", "affinity-map", asked.map, asked.machine.vcpu_count);
    for (uint32_t i = 0; i < asked.machine.vcpu_count; i++) {
        snprintf(cpu, sizeof(cpu), "/cpus/cpu@%x", i);
        kit_expect_u32(cpu, "reg", i);
    }
    snprintf(cpu, sizeof(cpu), "/cpus/cpu@%x", asked.machine.vcpu_count);
    cr_expect_lt(fdt_path_offset(built.bytes, cpu), 0);
}

Test(dt_build_random, what_was_asked_for_is_there)
{
    char path[64];

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        asked_make(&asked, seed);
        asked_build(&asked);
        expect_vm();
        for (size_t i = 0; i < asked.count; i++) {
            const struct asked_item *const item = &asked.items[i];
            snprintf(path, sizeof(path), VDEVICES "/%s", item->name);
            if (item->kind < ASKED_KINDS)
                expect_vdevice(path, item);
            else if (item->kind == ASKED_DEVICE)
                expect_device(&item->device);
            else
                expect_reserved(&item->reserved);
        }
    }
}

// ---- What the linter says ----------------------------------------------------------------------------------------

static void print_finding(void *context, const struct gunyah_dt_finding *finding)
{
    char text[1024];

    gunyah_dt_finding_format(finding, text, sizeof(text));
    cr_expect(false, "seed %u: %s", *(const uint32_t *)context, text);
}

Test(dt_build_random, both_generations_take_it)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;
    uint32_t seed;

    options.report = print_finding;
    options.context = &seed;
    for (seed = 1; seed <= SEEDS; seed++) {
        asked_make(&asked, seed);
        asked_build(&asked);
        options.region_size = gunyah_dt_region_size(built.size);
        cr_expect_eq(gunyah_dt_lint(built.bytes, built.size, &options, &linter), GUNYAH_OK);
        cr_expect_eq(linter.errors + linter.warnings + linter.notes, 0, "seed %u", seed);
    }
}

// ---- How it comes to be ------------------------------------------------------------------------------------------

// In a buffer that is always too small, the same tree comes to be: what it is told to take is enough each time.
Test(dt_build_random, growing_is_the_same)
{
    static struct tree small;
    size_t size;

    for (uint32_t seed = 1; seed <= SEEDS / 4; seed++) {
        asked_make(&asked, seed);
        asked_build(&asked);
        memset(small.bytes, 0xa5, sizeof(small.bytes));
        cr_assert_eq(gunyah_dt_build_begin(&build, small.bytes, 0, &asked.machine, &asked.config),
                     GUNYAH_ERR_OUT_OF_MEMORY);
        cr_assert_eq(
            gunyah_dt_build_begin(&build, small.bytes, gunyah_dt_build_room(&build), &asked.machine, &asked.config),
            GUNYAH_OK);
        for (size_t i = 0; i < asked.count; i++) {
            enum gunyah_error error = asked_add(&build, &asked.items[i]);
            if (error == GUNYAH_ERR_OUT_OF_MEMORY) {
                cr_assert_eq(gunyah_dt_build_grow(&build, small.bytes, gunyah_dt_build_room(&build)), GUNYAH_OK);
                error = asked_add(&build, &asked.items[i]);
            }
            cr_assert_eq(error, GUNYAH_OK, "seed %u", seed);
        }
        if (gunyah_dt_build_finish(&build, &size) == GUNYAH_ERR_OUT_OF_MEMORY) {
            cr_assert_eq(gunyah_dt_build_grow(&build, small.bytes, gunyah_dt_build_room(&build)), GUNYAH_OK);
            cr_assert_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_OK, "seed %u", seed);
        }
        cr_assert_eq(size, built.size);
        cr_expect_eq(memcmp(small.bytes, built.bytes, size), 0, "seed %u", seed);
    }
}

// A tree of ours is also one that can be edited: what is added behind is as if it had been added before.
Test(dt_build_random, editing_is_the_same)
{
    static struct tree part;
    static struct asked half;
    size_t size;

    for (uint32_t seed = 1; seed <= SEEDS / 4; seed++) {
        asked_make(&asked, seed);
        while (asked.count > 0 && asked.items[asked.count - 1].kind >= ASKED_KINDS)
            asked.count--;
        asked_build(&asked);
        const struct tree all = built;
        half = asked;
        half.count = asked.count / 2;
        asked_build(&half);
        cr_assert_eq(gunyah_dt_build_edit(&build, part.bytes, sizeof(part.bytes), built.bytes, built.size, NULL),
                     GUNYAH_OK);
        for (size_t i = half.count; i < asked.count; i++)
            cr_assert_eq(asked_add(&build, &asked.items[i]), GUNYAH_OK, "seed %u", seed);
        cr_assert_eq(gunyah_dt_build_finish(&build, &size), GUNYAH_OK);
        cr_assert_eq(size, all.size);
        cr_expect_eq(memcmp(part.bytes, all.bytes, size), 0, "seed %u", seed);
    }
}
