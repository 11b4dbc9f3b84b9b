// SPDX-License-Identifier: BSD-3-Clause
// With the library. What has its default is not said.
#include "trees.h"

#include <gunyah/dt_build.h>

static bool add_bells(struct gunyah_dt_build *build)
{
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_bell source = GUNYAH_DT_BELL_INIT;
    bool is_good = true;

    for (uint32_t i = 0; i < 6; i++) {
        bell.label = i;
        bell.interrupt.virq = gunyah_virq(32 + i);
        is_good = is_good && gunyah_dt_add_doorbell(build, &bell) == GUNYAH_OK;
    }
    for (uint32_t i = 0; i < 4; i++) {
        source.label = i;
        is_good = is_good && gunyah_dt_add_doorbell_source(build, &source) == GUNYAH_OK;
    }
    return is_good;
}

static bool add_queues(struct gunyah_dt_build *build)
{
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    struct gunyah_dt_msgqueue_pair pair = GUNYAH_DT_MSGQUEUE_PAIR_INIT;
    bool is_good = gunyah_dt_add_rm_rpc(build, &rm_rpc) == GUNYAH_OK;

    for (uint32_t i = 0; i < 2; i++) {
        pair.label = i;
        pair.send_interrupt.virq = gunyah_virq(64 + 2 * i);
        pair.receive_interrupt.virq = gunyah_virq(65 + 2 * i);
        is_good = is_good && gunyah_dt_add_msgqueue_pair(build, &pair) == GUNYAH_OK;
    }
    return is_good;
}

static bool add_memory(struct gunyah_dt_build *build)
{
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    struct gunyah_dt_virtio virtio = GUNYAH_DT_VIRTIO_INIT;
    bool is_good = true;

    for (uint32_t i = 0; i < 2; i++) {
        shm.label = 1 + i;
        shm.address = UINT64_C(0xa0000000) + i * UINT64_C(0x100000);
        is_good = is_good && gunyah_dt_add_shm(build, &shm) == GUNYAH_OK;
    }
    virtio.label = 3;
    virtio.interrupt.virq = gunyah_virq(80);
    return is_good && gunyah_dt_add_virtio_mmio(build, &virtio) == GUNYAH_OK;
}

size_t build_by_library(void *buffer, size_t size)
{
    struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    struct gunyah_dt_build build;
    size_t length = 0;

    machine.vcpu_count = 2;
    machine.bootargs = "console=ttyS0";
    const bool is_good = gunyah_dt_build_begin(&build, buffer, size, &machine, &config) == GUNYAH_OK &&
                         add_bells(&build) && add_queues(&build) && add_memory(&build);
    return is_good && gunyah_dt_build_finish(&build, &length) == GUNYAH_OK ? length : 0;
}

int discover_by_library(const void *tree, size_t size, struct found *found)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    struct gunyah_dt dt;

    if (gunyah_dt_open(tree, size, &dt) != GUNYAH_OK || gunyah_dt_rm_options(&dt, &options) != GUNYAH_OK)
        return 0;
    *found = (struct found){options.send_cap.value, options.receive_cap.value, options.send_virq.value,
                            options.receive_virq.value};
    return 1;
}
