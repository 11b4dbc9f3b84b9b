// SPDX-License-Identifier: BSD-3-Clause
// Who this VM is, and how it calls.
#include "tree.h"

#include <string.h>

// Names of the hypervisor's node.
static const struct {
    enum gunyah_dt_hypervisor flag;
    const char *compatible;
} hypervisors[] = {
    {GUNYAH_DT_HYPERVISOR_GUNYAH, "gunyah-hypervisor"},        {GUNYAH_DT_HYPERVISOR_QCOM, "qcom,gunyah-hypervisor"},
    {GUNYAH_DT_HYPERVISOR_QCOM, "qcom,gunyah-hypervisor-1.0"}, {GUNYAH_DT_HYPERVISOR_HAVEN, "qcom,haven-hypervisor"},
    {GUNYAH_DT_HYPERVISOR_HAVEN, "qcom,haven-hypervisor-1.0"},
};

static const char *const vm_ids[] = {
    "qcom,gunyah-vm-id",
    "qcom,gunyah-vm-id-1.0",
    "qcom,haven-vm-id",
    "qcom,haven-vm-id-1.0",
};

static const char *const pscis[] = {"arm,psci", "arm,psci-0.2", "arm,psci-1.0"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_compatible(const void *blob, int node, const char *const *names, size_t count)
{
    int length;
    const char *compatible = fdt_getprop(blob, node, "compatible", &length);

    for (size_t i = 0; compatible != NULL && i < count; i++) {
        if (fdt_stringlist_contains(compatible, length, names[i]))
            return true;
    }
    return false;
}

// The first node with one of these names; negative if there is none.
static int find(const void *blob, const char *const *names, size_t count)
{
    int node = 0;

    while (node >= 0 && !is_compatible(blob, node, names, count))
        node = fdt_next_node(blob, node, NULL);
    return node;
}

static uint32_t hypervisor_names(const void *blob)
{
    uint32_t flags = 0;

    for (int node = 0; node >= 0; node = fdt_next_node(blob, node, NULL)) {
        for (size_t i = 0; i < COUNT(hypervisors); i++) {
            if (is_compatible(blob, node, &hypervisors[i].compatible, 1))
                flags |= (uint32_t)hypervisors[i].flag;
        }
    }
    return flags;
}

static void read_vm(struct dt_reader *reader, struct gunyah_dt_vm_info *info)
{
    info->has_vmid = gunyah_internal_dt_vmid(reader, "qcom,vmid", &info->vmid);
    info->has_owner = gunyah_internal_dt_vmid(reader, "qcom,owner-vmid", &info->owner);
    info->vendor = gunyah_internal_dt_text(reader, "qcom,vendor");
    info->image_name = gunyah_internal_dt_text(reader, "qcom,image-name");
    info->uri = gunyah_internal_dt_text(reader, "qcom,vm-uri");
    info->guid = gunyah_internal_dt_text(reader, "qcom,vm-guid");
    info->peers = gunyah_internal_dt_texts(reader, "qcom,peers", &info->peer_count);
}

enum gunyah_error gunyah_dt_get_vm_info(struct gunyah_dt *dt, struct gunyah_dt_vm_info *info)
{
    struct gunyah_dt_vm_info found = GUNYAH_DT_VM_INFO_INIT;
    const enum gunyah_error error = gunyah_internal_dt_check(dt);

    if (error != GUNYAH_OK)
        return error;
    if (info == NULL)
        return GUNYAH_ERR_NULL;
    if (info->size < sizeof(*info))
        return GUNYAH_ERR_OPTION;
    struct dt_reader reader = {dt, find(dt->blob, vm_ids, COUNT(vm_ids)), GUNYAH_OK};
    found.size = info->size;
    found.hypervisor = hypervisor_names(dt->blob);
    if (reader.node >= 0)
        read_vm(&reader, &found);
    else if (found.hypervisor == 0)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, -1, NULL, "it names no hypervisor and no VMID");
    if (reader.error == GUNYAH_OK)
        *info = found;
    return reader.error;
}

enum gunyah_error gunyah_dt_psci_conduit(struct gunyah_dt *dt, enum gunyah_conduit *conduit)
{
    const enum gunyah_error error = gunyah_internal_dt_check(dt);

    if (error != GUNYAH_OK)
        return error;
    if (conduit == NULL)
        return GUNYAH_ERR_NULL;
    struct dt_reader reader = {dt, find(dt->blob, pscis, COUNT(pscis)), GUNYAH_OK};
    if (reader.node < 0)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, -1, NULL, "it has no node of PSCI");
    const char *method = gunyah_internal_dt_text(&reader, "method");
    if (method != NULL && memcmp(method, "hvc", sizeof("hvc")) == 0)
        *conduit = GUNYAH_CONDUIT_HVC;
    else if (method != NULL && memcmp(method, "smc", sizeof("smc")) == 0)
        *conduit = GUNYAH_CONDUIT_SMC;
    else
        gunyah_internal_dt_malformed(&reader, "method", "it must be \"hvc\" or \"smc\"");
    return reader.error;
}
