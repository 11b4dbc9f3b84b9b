// SPDX-License-Identifier: BSD-3-Clause
// Which nodes are devices, and the ways to find one. What counts is the node's own "compatible": a primary VM's devices and
// another VM's lie under parents of different names, or under a bus.
#include "tree.h"

// A node may have several of these; the first row that it has counts. The queues of a Resource Manager are queues too.
static const struct {
    enum gunyah_dt_kind kind;
    const char *compatible;
} kinds[] = {
    {GUNYAH_DT_RESOURCE_MANAGER, "gunyah-resource-manager"},
    {GUNYAH_DT_RESOURCE_MANAGER, "qcom,resource-manager"},
    {GUNYAH_DT_RESOURCE_MANAGER, "qcom,resource-manager-1-0"},
    {GUNYAH_DT_DOORBELL, "qcom,gunyah-doorbell"},
    {GUNYAH_DT_DOORBELL, "qcom,haven-doorbell"},
    {GUNYAH_DT_DOORBELL_SOURCE, "qcom,gunyah-doorbell-source"},
    {GUNYAH_DT_DOORBELL_SOURCE, "qcom,haven-doorbell-source"},
    {GUNYAH_DT_SHARED_MEMORY, "qcom,gunyah-shm-doorbell"},
    {GUNYAH_DT_SHARED_MEMORY, "qcom,haven-shm-doorbell"},
    {GUNYAH_DT_SHARED_MEMORY, "qcom,shared-memory"},
    {GUNYAH_DT_VIRTIO_MMIO, "virtio,mmio"},
    {GUNYAH_DT_WATCHDOG, "qcom,gh-watchdog"},
    {GUNYAH_DT_WATCHDOG, "qcom,hh-watchdog"},
    {GUNYAH_DT_MSGQUEUE, "qcom,gunyah-message-queue"},
    {GUNYAH_DT_MSGQUEUE, "qcom,haven-message-queue"},
};

static bool is_switched_off(const void *blob, int node)
{
    int length;
    const char *status = fdt_getprop(blob, node, "status", &length);

    return status != NULL && !fdt_stringlist_contains(status, length, "okay") &&
           !fdt_stringlist_contains(status, length, "ok");
}

static bool has(const void *blob, int node, const char *property)
{
    return fdt_getprop(blob, node, property, NULL) != NULL;
}

enum gunyah_dt_kind gunyah_internal_dt_kind(const struct gunyah_dt *dt, int node)
{
    int length;
    const char *compatible = fdt_getprop(dt->blob, node, "compatible", &length);

    if (compatible == NULL || is_switched_off(dt->blob, node))
        return GUNYAH_DT_ANY;
    size_t row = 0;
    while (row < sizeof(kinds) / sizeof(kinds[0]) &&
           !fdt_stringlist_contains(compatible, length, kinds[row].compatible))
        row++;
    if (row == sizeof(kinds) / sizeof(kinds[0]))
        return GUNYAH_DT_ANY;
    // Queues and pairs of them have the same names; only a single one says in which direction it goes.
    if (kinds[row].kind == GUNYAH_DT_MSGQUEUE && !has(dt->blob, node, "is-sender") &&
        !has(dt->blob, node, "is-receiver"))
        return GUNYAH_DT_MSGQUEUE_PAIR;
    return kinds[row].kind;
}

// "label" is a text on nodes that no Resource Manager made.
static bool has_label(const void *blob, int node, uint32_t label)
{
    int length;
    const fdt32_t *value = fdt_getprop(blob, node, "qcom,label", &length);

    if (value == NULL)
        value = fdt_getprop(blob, node, "label", &length);
    return value != NULL && length == (int)sizeof(*value) && gunyah_internal_dt_cell(value) == label;
}

int gunyah_internal_dt_next(const struct gunyah_dt *dt, int node, uint32_t wanted, const uint32_t *label)
{
    for (node = fdt_next_node(dt->blob, node, NULL); node >= 0; node = fdt_next_node(dt->blob, node, NULL)) {
        if (label != NULL && !has_label(dt->blob, node, *label))
            continue;
        const enum gunyah_dt_kind kind = gunyah_internal_dt_kind(dt, node);
        if (kind != GUNYAH_DT_ANY && (wanted >> kind & 1) != 0)
            break;
    }
    return node;
}

// What the three ways have in common.
static enum gunyah_error check(const struct gunyah_dt *dt, const struct gunyah_dt_device *device)
{
    const enum gunyah_error error = gunyah_internal_dt_check(dt);

    if (error != GUNYAH_OK)
        return error;
    if (device == NULL)
        return GUNYAH_ERR_NULL;
    return device->size >= sizeof(*device) ? GUNYAH_OK : GUNYAH_ERR_OPTION;
}

static uint32_t mask(enum gunyah_dt_kind kind)
{
    return kind == GUNYAH_DT_ANY ? DT_ANY_KIND : UINT32_C(1) << ((unsigned)kind & 31);
}

static enum gunyah_error describe_or_miss(struct gunyah_dt *dt, int node, struct gunyah_dt_device *device,
                                          const char *missing)
{
    if (node < 0)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, -1, NULL, missing);
    return gunyah_internal_dt_describe(dt, node, device);
}

enum gunyah_error gunyah_dt_next_device(struct gunyah_dt *dt, enum gunyah_dt_kind kind, struct gunyah_dt_device *device)
{
    const enum gunyah_error error = check(dt, device);

    if (error != GUNYAH_OK)
        return error;
    if (device->node < 0 || fdt_get_name(dt->blob, device->node, NULL) == NULL)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_ARGUMENT_INVALID, -1, NULL, "the device is of another tree");
    const int node = gunyah_internal_dt_next(dt, device->node, mask(kind), NULL);
    return describe_or_miss(dt, node, device, "there is no device of this kind, or no more");
}

enum gunyah_error gunyah_dt_find_label(struct gunyah_dt *dt, enum gunyah_dt_kind kind, uint32_t label,
                                       struct gunyah_dt_device *device)
{
    const enum gunyah_error error = check(dt, device);

    if (error != GUNYAH_OK)
        return error;
    const int node = gunyah_internal_dt_next(dt, 0, mask(kind), &label);
    return describe_or_miss(dt, node, device, "no device of this kind has this label");
}

enum gunyah_error gunyah_dt_find_path(struct gunyah_dt *dt, const char *path, struct gunyah_dt_device *device)
{
    const enum gunyah_error error = check(dt, device);

    if (error != GUNYAH_OK)
        return error;
    if (path == NULL)
        return GUNYAH_ERR_NULL;
    // Anything else would be an alias, and a tree can have one that means itself: libfdt would follow it for ever.
    if (path[0] != '/')
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_ARGUMENT_INVALID, -1, NULL, "a path begins with /");
    const int node = fdt_path_offset(dt->blob, path);
    if (node >= 0 && gunyah_internal_dt_kind(dt, node) == GUNYAH_DT_ANY)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, node, "compatible", "this node is no device");
    return describe_or_miss(dt, node, device, "there is no node of this path");
}
