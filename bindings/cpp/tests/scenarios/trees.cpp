// SPDX-License-Identifier: BSD-3-Clause
// The scenario of a device tree: HLOS finds its own.
#include "scenario.hpp"

#include <gunyah/dt.hpp>

namespace scenario
{

static void find_channel(gh::device_tree &tree)
{
    gh::dt_device device;

    const auto found = tree.next(device);
    step("HLOS finds a device", found)
        .text("name", device.name)
        .number("kind", device.kind)
        .number("message_size", device.queues.send.message_size)
        .number("depth", device.queues.receive.depth)
        .number("virq", device.queues.receive.interrupt.virq.value);
    step("it is the only one", tree.next(device));
    const auto none = tree.find(GUNYAH_DT_DOORBELL, 1);
    step("no doorbell is there", none).text("text", tree.last_problem().text);
}

void device_tree()
{
    static const std::uint64_t zeros[8] = {};
    host h;

    const auto bytes = h.hlos.vm.find_device_tree();
    step("HLOS finds its tree", bytes);
    auto tree = gh::device_tree::open(*bytes);
    step("HLOS opens it", tree);
    const auto info = tree->vm_info();
    step("HLOS finds itself", info)
        .hex("hypervisor", info->hypervisor)
        .number("has_vmid", info->has_vmid)
        .number("vmid", info->vmid.value)
        .number("has_owner", info->has_owner);
    find_channel(*tree);
    step("HLOS closes the other", h.hlos.rm.close());
    auto second = tree->open_rm(h.hlos.g);
    step("HLOS connects as the tree says", second);
    const auto self = second->self();
    step("HLOS asks who it is", self).number("vmid", self->value);
    const auto none = gh::device_tree::open(zeros);
    step("zeros are no tree", none).text("text", none->last_problem().text);
    gh::throwing(second->close());
}

} // namespace scenario
