// SPDX-License-Identifier: BSD-3-Clause
// The scenario of a device tree: HLOS finds its own.
#include "scenario.h"

#include <gunyah/dt.h>

static void find_channel(struct gunyah_dt *dt)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

    step("HLOS finds a device", gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device), GUNYAH_OK);
    text("name", device.name);
    number("kind", device.kind, GUNYAH_DT_RESOURCE_MANAGER);
    number("message_size", device.queues.send.message_size, 240);
    number("depth", device.queues.receive.depth, 8);
    number("virq", device.queues.receive.interrupt.virq.value, 961);
    step("it is the only one", gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_NOT_FOUND);
    step("no doorbell is there", gunyah_dt_find_label(dt, GUNYAH_DT_DOORBELL, 1, &device), GUNYAH_ERR_NOT_FOUND);
    text("text", gunyah_dt_last_problem(dt)->text);
}

static void refuse_bytes(void)
{
    static const uint64_t zeros[8] = {0};
    struct gunyah_dt dt;

    step("zeros are no tree", gunyah_dt_open(zeros, sizeof(zeros), &dt), GUNYAH_ERR_DEVICE_TREE);
    text("text", gunyah_dt_last_problem(&dt)->text);
}

void device_tree(void)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct gunyah_rm *second = NULL;
    gunyah_vmid_t self = {0};
    const void *blob = NULL;
    size_t size = 0;
    struct gunyah_dt dt;
    struct host host;

    open_host(&host);
    step("HLOS finds its tree", gunyah_sim_find_device_tree(host.hlos.vm, &blob, &size), GUNYAH_OK);
    step("HLOS opens it", gunyah_dt_open(blob, size, &dt), GUNYAH_OK);
    step("HLOS finds itself", gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    hex("hypervisor", info.hypervisor, GUNYAH_DT_HYPERVISOR_QCOM);
    number("has_vmid", info.has_vmid, 1);
    number("vmid", info.vmid.value, HLOS_VMID);
    number("has_owner", info.has_owner, 0);
    find_channel(&dt);
    step("HLOS closes the other", gunyah_rm_close(&host.hlos.rm), GUNYAH_OK);
    step("HLOS connects as the tree says", gunyah_rm_open_dt(host.hlos.g, &dt, &second), GUNYAH_OK);
    step("HLOS asks who it is", gunyah_vm_self(second, &self), GUNYAH_OK);
    number("vmid", self.value, HLOS_VMID);
    refuse_bytes();
    host.hlos.rm = second;
    close_host(&host);
}
