// SPDX-License-Identifier: BSD-3-Clause
// What gunyah-vm-config says of the VM as a whole: its name, its memory, how its vCPUs are scheduled.
#include "tree.h"

#include <string.h>

// Where a VM's memory is if its configuration does not say.
#define PLATFORM_BASE UINT64_C(0x28800000)
#define PLATFORM_SIZE UINT64_C(0x08000000)

#define LEAST_TIMESLICE 100 // microseconds
#define MOST_TIMESLICE 100000
#define HIGHEST_PRIORITY 63

static bool has_attribute(const struct tree *tree, const char *name)
{
    return fdt_stringlist_search(tree->blob, tree->config, "vm-attrs", name) >= 0;
}

static enum gunyah_model_rm_reason take_name(const struct tree *tree, struct gunyah_model_rm_config *config)
{
    const char *name = gunyah_tree_string(tree, tree->config, "image-name");
    const char *uri = gunyah_tree_string(tree, tree->config, "vm-uri");
    const char *guid = gunyah_tree_string(tree, tree->config, "vm-guid");
    if (name == NULL || strlen(name) >= GUNYAH_MODEL_RM_NAME_SIZE)
        return RM_TREE_NAME;
    config->name = name;
    config->uri = uri != NULL && strlen(uri) < GUNYAH_MODEL_RM_NAME_SIZE ? uri : NULL;
    return guid == NULL || gunyah_model_rm_parse_guid(guid, config->guid) ? RM_FINE : RM_TREE_GUID;
}

static enum gunyah_model_rm_reason take_attributes(const struct tree *tree, struct gunyah_model_rm_config *config)
{
    config->crash_fatal = has_attribute(tree, "crash-fatal");
    config->no_shutdown = config->crash_fatal || has_attribute(tree, "no-shutdown");
    config->no_reset = config->crash_fatal || has_attribute(tree, "no-reset");
    return config->crash_fatal && !tree->trusted ? RM_TREE_TRUSTED : RM_FINE;
}

static enum gunyah_model_rm_reason take_memory(const struct tree *tree, struct gunyah_model_rm_config *config)
{
    int node = fdt_subnode_offset(tree->blob, tree->config, "memory");
    uint64_t least = 0;
    config->base = PLATFORM_BASE;
    config->size_max = PLATFORM_SIZE;
    if (node < 0 || !gunyah_tree_is_read(tree, node))
        return RM_FINE;
    if (gunyah_tree_has(tree, node, "is-direct") && !tree->trusted)
        return RM_TREE_TRUSTED;
    if (gunyah_tree_address(tree, node, "base-address", &config->base))
        config->size_max = 0;
    bool has_size = gunyah_tree_size(tree, node, "size-max", &config->size_max);
    gunyah_tree_size(tree, node, "size-min", &least);
    gunyah_tree_address(tree, node, "firmware-address", &config->firmware_base);
    gunyah_tree_size(tree, node, "firmware-size-max", &config->firmware_size_max);
    if (least % TREE_PAGE != 0)
        return RM_CONFIG_MEMORY;
    if (has_size && least > config->size_max)
        return RM_TREE_MEMORY_ORDER;
    bool overflows =
        config->size_max > UINT64_MAX - config->base || config->firmware_size_max > UINT64_MAX - config->firmware_base;
    return overflows ? RM_TREE_MEMORY_OVERFLOW : RM_FINE;
}

static enum gunyah_model_rm_reason check_timeslice(const struct tree *tree, int vcpus)
{
    uint32_t timeslice = 0;
    gunyah_tree_u32(tree, vcpus, "sched-timeslice", &timeslice);
    return timeslice < LEAST_TIMESLICE || timeslice > MOST_TIMESLICE ? RM_TREE_TIMESLICE : RM_FINE;
}

/** An offset from the priority of the owner, below which a VM has to stay that nobody vouches for. */
static enum gunyah_model_rm_reason check_priority(const struct tree *tree, int vcpus)
{
    uint32_t priority = 0;
    gunyah_tree_u32(tree, vcpus, "sched-priority", &priority);
    bool is_negative = priority >> 31 != 0;
    uint32_t distance = is_negative ? 0 - priority : priority;
    return distance > HIGHEST_PRIORITY || (!is_negative && !tree->trusted) ? RM_TREE_PRIORITY : RM_FINE;
}

/** What vCPUs need that the hypervisor schedules. */
static enum gunyah_model_rm_reason check_schedule(const struct tree *tree, int vcpus, uint32_t count)
{
    int length;
    if (vcpus < 0)
        return RM_TREE_VCPUS;
    if (fdt_getprop(tree->blob, vcpus, "affinity-map", &length) == NULL || length % 4 != 0 ||
        (uint32_t)length / 4 != count)
        return RM_TREE_AFFINITY_MAP;
    enum gunyah_model_rm_reason reason = check_timeslice(tree, vcpus);
    return reason == RM_FINE ? check_priority(tree, vcpus) : reason;
}

static enum gunyah_model_rm_reason take_vcpus(const struct tree *tree, struct gunyah_model_rm_config *config)
{
    int vcpus = fdt_subnode_offset(tree->blob, tree->config, "vcpus");
    if (vcpus >= 0 && !gunyah_tree_is_read(tree, vcpus))
        vcpus = -FDT_ERR_NOTFOUND;
    config->proxy = vcpus >= 0 && gunyah_tree_is(tree, vcpus, "affinity", "proxy");
    enum gunyah_model_rm_reason reason = gunyah_tree_cpus(tree, vcpus, config->proxy, &config->vcpus);
    if (reason != RM_FINE || config->proxy)
        return reason;
    return check_schedule(tree, vcpus, config->vcpus);
}

enum gunyah_model_rm_reason gunyah_tree_config(const struct tree *tree, struct gunyah_model_rm_config *config)
{
    enum gunyah_model_rm_reason reason = take_name(tree, config);
    if (reason == RM_FINE)
        reason = take_attributes(tree, config);
    if (reason == RM_FINE && !tree->trusted &&
        (gunyah_tree_has(tree, tree->config, "iomemory-ranges") ||
         gunyah_tree_has(tree, tree->config, "gic-irq-ranges")))
        reason = RM_TREE_TRUSTED;
    if (reason == RM_FINE)
        reason = take_memory(tree, config);
    if (reason == RM_FINE)
        reason = gunyah_tree_gic(tree);
    return reason == RM_FINE ? take_vcpus(tree, config) : reason;
}
