// SPDX-License-Identifier: BSD-3-Clause
// Hostile trees for the simulated Resource Manager: it reads a configuration, and writes into the tree what a VM has. What it
// accepts, it can read again, and what it refuses has not changed.
#include "trees.h"

#include <model_tree.h>

#define MEMORY 6

static struct gunyah_model_tree room;
static struct gunyah_model_rm_device devices[GUNYAH_MODEL_TREE_VDEVICES];
static uint8_t before[GUNYAH_MODEL_TREE_SIZE];

// What the model would have made of a configuration: everything, as it was wanted.
static struct gunyah_model_rm_made make(const struct gunyah_model_rm_config *config,
                                        struct gunyah_model_rm_memory memory[MEMORY])
{
    static const uint16_t vmids[] = {3, 0x80, 3};

    for (uint32_t i = 0; i < config->vdevice_count; i++) {
        const struct gunyah_model_rm_channel ends = {{i}, {~(uint64_t)i}, 32 + i, 1000 + i};
        devices[i].wanted = config->vdevices[i];
        devices[i].ends = ends;
    }
    for (uint32_t i = 0; i < MEMORY; i++)
        memory[i] = (struct gunyah_model_rm_memory){
            .ipa = UINT64_C(0x80000000) + i % 3 * UINT64_C(0x100000000),
            .size = 0x1000,
            .handle = i / 2,
            .label = i,
            .own = i == 0,
            .firmware = i == 4,
            .exclusive = i == 2,
            .devices = i == 5,
            .vmids = vmids,
            .vmid_count = 3,
        };
    return (struct gunyah_model_rm_made){
        .vmid = 0x80,
        .owner = 3,
        .name = "name",
        .uri = config->uri != NULL ? "uri" : "",
        .seed = 1,
        .devices = devices,
        .device_count = config->vdevice_count,
        .rtc = config->rtc,
        .rtc_base = config->rtc_base,
        .memory = memory,
        .memory_count = MEMORY,
    };
}

static void look(const char *text)
{
    if (text != NULL && strlen(text) > GUNYAH_MODEL_TREE_SIZE)
        abort();
}

// All that a configuration points to is there.
static void look_at(const struct gunyah_model_rm_config *config)
{
    if (config->vdevice_count > GUNYAH_MODEL_TREE_VDEVICES)
        abort();
    look(config->name);
    look(config->uri);
    for (uint32_t i = 0; i < config->vdevice_count; i++)
        look(config->vdevices[i].peer_id);
}

static void run(const uint8_t *bytes, size_t size, enum gunyah_rm_generation generation)
{
    const struct gunyah_model_rm_trees trees = gunyah_model_tree_hooks(&room);
    const struct gunyah_model_rm_tree tree = {trees.room, trees.room_size, trees.room_size, generation, false};
    struct gunyah_model_rm_memory memory[MEMORY];
    struct gunyah_model_rm_config config;

    memset(trees.room, 0, trees.room_size);
    memcpy(trees.room, bytes, size);
    memcpy(before, trees.room, sizeof(before));
    if (trees.parse(trees.context, &tree, &config) == RM_FINE) {
        look_at(&config);
        const struct gunyah_model_rm_made made = make(&config, memory);
        if (trees.patch(trees.context, &tree, &made) == RM_FINE) {
            if (fdt_check_full(trees.room, trees.room_size) != 0)
                abort();
            return;
        }
    }
    if (memcmp(before, trees.room, sizeof(before)) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *const bytes = tree_of(data, &size);

    if (size <= GUNYAH_MODEL_TREE_SIZE) {
        run(bytes, size, GUNYAH_RM_GENERATION_2023);
        run(bytes, size, GUNYAH_RM_GENERATION_LATER);
    }
    free(bytes);
    return 0;
}
