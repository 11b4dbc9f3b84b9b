// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a tree that is edited: what the editor takes is a tree afterwards, which has all that it had. The last eight bytes
// choose what is added, and how much memory there is for it; all memory is as long as it is said to be.
#include "same_tree.h"

#include <gunyah/dt_build.h>

#include <stdlib.h>

#define CHOICES 8

static void need(bool condition)
{
    if (!condition)
        abort();
}

static void *allocate(size_t size)
{
    void *const memory = malloc(size > 0 ? size : 1);

    need(memory != NULL);
    return memory;
}

struct buffer {
    void *memory;
    size_t size;
};

// What it is told to take is enough, at once.
static void grow(struct gunyah_dt_build *build, struct buffer *buffer)
{
    const size_t size = gunyah_dt_build_room(build);
    void *const memory = allocate(size);

    need(size > buffer->size);
    need(gunyah_dt_build_grow(build, memory, size) == GUNYAH_OK);
    free(buffer->memory);
    buffer->memory = memory;
    buffer->size = size;
}

static enum gunyah_error begin(struct gunyah_dt_build *build, struct buffer *buffer, const void *tree, size_t size,
                               const struct gunyah_dt_config_options *config)
{
    const enum gunyah_error error = gunyah_dt_build_edit(build, buffer->memory, buffer->size, tree, size, config);

    if (error != GUNYAH_ERR_OUT_OF_MEMORY)
        return error;
    need(gunyah_dt_build_room(build) > buffer->size);
    free(buffer->memory);
    buffer->size = gunyah_dt_build_room(build);
    buffer->memory = allocate(buffer->size);
    need(gunyah_dt_build_edit(build, buffer->memory, buffer->size, tree, size, config) == GUNYAH_OK);
    return GUNYAH_OK;
}

static enum gunyah_error add_one(struct gunyah_dt_build *build, uint8_t choice)
{
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;

    bell.name = shm.name = rtc.name = rm_rpc.name = "of-the-fuzzer";
    bell.label = choice >> 2;
    bell.interrupt.virq = gunyah_virq(choice);
    shm.label = choice >> 2;
    shm.address = (uint64_t)choice << 12;
    switch (choice % 4) {
    case 0:
        return gunyah_dt_add_doorbell(build, &bell);
    case 1:
        return gunyah_dt_add_shm(build, &shm);
    case 2:
        return gunyah_dt_add_rtc(build, &rtc);
    default:
        return gunyah_dt_add_rm_rpc(build, &rm_rpc);
    }
}

static bool add(struct gunyah_dt_build *build, struct buffer *buffer, uint8_t choice)
{
    enum gunyah_error error = add_one(build, choice);

    if (error == GUNYAH_ERR_OUT_OF_MEMORY) {
        grow(build, buffer);
        error = add_one(build, choice);
        need(error != GUNYAH_ERR_OUT_OF_MEMORY);
    }
    return error == GUNYAH_OK;
}

static size_t finish(struct gunyah_dt_build *build, struct buffer *buffer)
{
    size_t size;

    if (gunyah_dt_build_finish(build, &size) == GUNYAH_ERR_OUT_OF_MEMORY) {
        grow(build, buffer);
        need(gunyah_dt_build_finish(build, &size) == GUNYAH_OK);
    }
    need(size > 0 && size <= buffer->size);
    return size;
}

// Where libfdt finds what was added; another node that is called the same may come before it.
static int find(const void *blob, bool is_config, bool has_vdevices)
{
    int node = fdt_subnode_offset(blob, 0, "gunyah-vm-config");

    if (node < 0)
        node = fdt_subnode_offset(blob, 0, "qcom,vm-config");
    if (!is_config)
        node = fdt_subnode_offset(blob, node, "vdevices");
    if (!is_config && has_vdevices)
        node = fdt_subnode_offset(blob, node, "of-the-fuzzer");
    return node;
}

static void check(void *blob, size_t size, const void *original, bool is_config, bool is_added)
{
    struct gunyah_dt dt;
    const bool had_vdevices = !is_config && find(original, false, false) >= 0;

    need(gunyah_dt_open(blob, size, &dt) == GUNYAH_OK);
    if (is_config || is_added || !had_vdevices)
        need(fdt_nop_node(blob, find(blob, is_config, had_vdevices)) == 0);
    need(same_tree(original, blob) == NULL);
}

static void edit(const void *tree, size_t size, const uint8_t *choices)
{
    static const struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    const bool is_config = choices[0] % 2 != 0;
    struct gunyah_dt_build build;
    struct buffer buffer = {NULL, choices[1] * (size_t)64};

    buffer.memory = allocate(buffer.size);
    if (begin(&build, &buffer, tree, size, is_config ? &config : NULL) == GUNYAH_OK) {
        const bool is_added = add(&build, &buffer, choices[2]);
        const size_t length = finish(&build, &buffer);
        check(buffer.memory, length, tree, is_config, is_added);
    } else {
        need(gunyah_dt_build_last_problem(&build)->text != NULL);
    }
    free(buffer.memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CHOICES)
        return 0;
    void *const tree = allocate(size);
    memcpy(tree, data, size);
    edit(tree, size, data + size - CHOICES);
    free(tree);
    return 0;
}
