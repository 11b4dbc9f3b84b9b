// SPDX-License-Identifier: BSD-3-Clause
#include "platform.h"

#include "model_rm.h"

#include <string.h>

#define QUEUE_DEPTH 8
#define QUEUE_SEND_VIRQ 960
#define QUEUE_RECEIVE_VIRQ 961

/** Device pages that the guest has: the hypervisor stops when it is told to copy from or to them. */
static const struct {
    uint64_t first;
    uint64_t last;
} devices[] = {
    {0x00000000, 0x07ffffff}, // flash
    {0x08080000, 0x0809ffff}, // the interrupt translation service
    {0x09000000, 0x09000fff}, // UART
    {0x09010000, 0x09010fff}, // clock
    {0x09020000, 0x09020fff}, // firmware configuration
    {0x09030000, 0x09030fff}, // GPIO
    {0x0a000000, 0x0a003fff}, // virtio
    {0x10000000, 0x3fffffff}, // PCIe windows
};

static const struct gunyah_model_vm_options primary_options = {
    .vmid = 3,
    .vcpus = 8,
    .max_caps = 1024,
    .max_virqs = GUNYAH_VIC_MAX_VIRQS,
    .hwirq_first = 32,
    .hwirq_count = 224,
    .runs_vcpus = true,
    .vcpu_options = GUNYAH_VCPU_OPTION_FLAGS_PINNED_MASK | GUNYAH_VCPU_OPTION_FLAGS_CRITICAL_MASK,
    .ram_base = PLATFORM_RAM_FIRST,
    .ram_size = PLATFORM_RAM_LAST - PLATFORM_RAM_FIRST + 1,
};

static const struct gunyah_model_options model_options = {
    .memory_base = PLATFORM_FREE_FIRST,
    .memory_size = PLATFORM_FREE_LAST - PLATFORM_FREE_FIRST + 1,
};

enum gunyah_model_memory platform_memory(uint64_t address)
{
    if (address >= PLATFORM_RAM_FIRST && address <= PLATFORM_RAM_LAST)
        return GUNYAH_MODEL_MEMORY_OK;
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (address >= devices[i].first && address <= devices[i].last)
            return GUNYAH_MODEL_MEMORY_DEVICE;
    }
    return GUNYAH_MODEL_MEMORY_FAULT;
}

/** A call of the root VM that must succeed. Returns x1. */
static uint64_t root_call(struct platform *platform, bool *good, uint16_t number, uint64_t a, uint64_t b, uint64_t c,
                          uint64_t d)
{
    struct gunyah_model_registers registers = {{a, b, c, d}};
    gunyah_model_call(platform->model, platform->root.vm, 0, GUNYAH_MODEL_HVC,
                      (uint16_t)(GUNYAH_IMMEDIATE_BASE + number), &registers);
    if (registers.x[0] != GUNYAH_HVERR_OK)
        *good = false;
    return registers.x[1];
}

/** Copy a capability of the root VM into the next slot of the primary VM. */
static uint64_t give(struct platform *platform, bool *good, uint64_t cap, uint32_t rights)
{
    return root_call(platform, good, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, platform->root.cspace.value, cap,
                     platform->primary.cspace.value, rights);
}

/** The Resource Manager gives the primary VM the two queues, and its own vCPU. */
static bool attach(struct platform *platform)
{
    const struct gunyah_model_rm_env env = {.context = NULL};
    struct gunyah_model_rm_channel channel = {.send_virq = QUEUE_SEND_VIRQ, .receive_virq = QUEUE_RECEIVE_VIRQ};
    if (gunyah_model_rm_start(platform->model, NULL, &env) != GUNYAH_HVERR_OK)
        return false;
    if (gunyah_model_rm_attach(platform->model, platform->primary.vm, QUEUE_DEPTH, &channel) != GUNYAH_HVERR_OK)
        return false;
    platform->caps.rmtx = channel.send_cap.value;
    platform->caps.rmrx = channel.receive_cap.value;
    return true;
}

static bool wire(struct platform *platform, bool stock)
{
    bool good = true;
    const struct gunyah_model_vm *primary = &platform->primary;
    struct platform_caps *caps = &platform->caps;
    memset(caps, 0xff, sizeof(*caps));
    if (!attach(platform))
        return false;
    // It wants to know when the primary VM stops.
    for (uint32_t i = 0; i < primary_options.vcpus; i++)
        root_call(platform, &good, GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, primary->vcpu[i].value, platform->root.vic.value,
                  GUNYAH_VIRQ_SPI_FIRST + i, GUNYAH_VCPU_VIRQ_TYPE_HALT);
    if (stock)
        return good;
    caps->partition = give(platform, &good, platform->root.partition.value, UINT32_MAX);
    caps->cspace = give(platform, &good, primary->cspace.value, UINT32_MAX);
    caps->vic = give(platform, &good, primary->vic.value, UINT32_MAX);
    caps->addrspace = give(platform, &good, primary->addrspace.value, UINT32_MAX);
    caps->vcpu = give(platform, &good, primary->vcpu[0].value, UINT32_MAX);
    caps->vpm = give(platform, &good, primary->vpm_group.value, UINT32_MAX);
    return good;
}

bool platform_boot(struct platform *platform, void *arena, size_t size, const struct gunyah_model_env *env, bool stock)
{
    if (gunyah_model_init(arena, size, &model_options, env, &platform->model, &platform->root) != GUNYAH_HVERR_OK)
        return false;
    if (gunyah_model_add_vm(platform->model, &primary_options, &platform->primary) != GUNYAH_HVERR_OK)
        return false;
    return wire(platform, stock);
}
