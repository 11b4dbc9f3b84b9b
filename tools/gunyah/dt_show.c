// SPDX-License-Identifier: BSD-3-Clause
// gunyah dt show: what a VM finds in its device tree, and what the Resource Manager finds there before.
#include "dt.h"
#include "report.h"

#include <gunyah/dt.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [GUNYAH_DT_ANY] = "device",
    [GUNYAH_DT_RESOURCE_MANAGER] = "Resource Manager",
    [GUNYAH_DT_MSGQUEUE] = "message queue",
    [GUNYAH_DT_MSGQUEUE_PAIR] = "pair of message queues",
    [GUNYAH_DT_DOORBELL] = "doorbell",
    [GUNYAH_DT_DOORBELL_SOURCE] = "doorbell to ring",
    [GUNYAH_DT_SHARED_MEMORY] = "shared memory",
    [GUNYAH_DT_VIRTIO_MMIO] = "virtio device",
    [GUNYAH_DT_WATCHDOG] = "watchdog",
};

static void report_interrupt(struct report *report, const struct gunyah_dt_interrupt *interrupt)
{
    if (interrupt->virq.value != 0)
        report_format(report, "vIRQ", "%" PRIu32 ", by %s", interrupt->virq.value, interrupt->level ? "level" : "edge");
}

static void report_queue(struct report *report, const char *key, const struct gunyah_dt_queue *queue)
{
    if (queue->cap.value == GUNYAH_CAPID_INVALID)
        return;
    report_format(report, key, "CapID 0x%" PRIx64 ", %" PRIu32 " messages of %" PRIu32 " bytes, vIRQ %" PRIu32,
                  queue->cap.value, queue->depth, queue->message_size, queue->interrupt.virq.value);
}

static void report_bell(struct report *report, const char *key, const struct gunyah_dt_doorbell *bell)
{
    if (bell->cap.value != GUNYAH_CAPID_INVALID)
        report_format(report, key, "CapID 0x%" PRIx64, bell->cap.value);
    report_interrupt(report, &bell->interrupt);
}

static void report_memory(struct report *report, struct gunyah_dt *dt, const struct gunyah_dt_device *device,
                          const struct gunyah_dt_memory *memory)
{
    struct gunyah_dt_region region;

    report_list_begin(report, "memory");
    for (uint32_t i = 0; gunyah_dt_get_region(dt, device, i, &region) == GUNYAH_OK; i++)
        report_entry(report, "0x%" PRIx64 " bytes at 0x%" PRIx64, region.size, region.address);
    report_list_end(report);
    if (memory->has_memparcel)
        report_format(report, "memparcel", "%" PRIu32, memory->memparcel);
    if (memory->has_dma_base)
        report_format(report, "DMA base", "0x%" PRIx64, memory->dma_base);
}

static void report_details(struct report *report, struct gunyah_dt *dt, const struct gunyah_dt_device *device)
{
    switch (device->kind) {
    case GUNYAH_DT_RESOURCE_MANAGER:
    case GUNYAH_DT_MSGQUEUE:
    case GUNYAH_DT_MSGQUEUE_PAIR:
        report_queue(report, "send", &device->queues.send);
        report_queue(report, "receive", &device->queues.receive);
        break;
    case GUNYAH_DT_DOORBELL:
    case GUNYAH_DT_DOORBELL_SOURCE:
        report_bell(report, "doorbell", &device->doorbell);
        break;
    case GUNYAH_DT_SHARED_MEMORY:
        report_memory(report, dt, device, &device->memory);
        report_bell(report, "send", &device->memory.send_doorbell);
        report_bell(report, "receive", &device->memory.receive_doorbell);
        break;
    case GUNYAH_DT_VIRTIO_MMIO:
        report_format(report, "registers", "0x%" PRIx64 " bytes at 0x%" PRIx64, device->virtio_mmio.registers.size,
                      device->virtio_mmio.registers.address);
        report_interrupt(report, &device->virtio_mmio.interrupt);
        report_memory(report, dt, device, &device->virtio_mmio.memory);
        break;
    case GUNYAH_DT_WATCHDOG:
        report_interrupt(report, &device->watchdog);
        break;
    default:
        break;
    }
}

static void report_problem(struct report *report, const struct gunyah_dt_problem *problem)
{
    report_format(report, "problem", "%s%s%s: %s", problem->path, problem->property != NULL ? " " : "",
                  problem->property != NULL ? problem->property : "", problem->text);
}

// Returns whether all of them were understood.
static bool report_devices(struct report *report, struct gunyah_dt *dt)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    bool understood = true;
    enum gunyah_error error;

    while ((error = gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device)) != GUNYAH_ERR_NOT_FOUND) {
        report_thing(report, kinds[device.kind], device.name);
        if (error != GUNYAH_OK) {
            report_problem(report, gunyah_dt_last_problem(dt));
            understood = false;
        } else {
            if (device.has_label)
                report_format(report, "label", "0x%" PRIx32, device.label);
            if (device.has_peer)
                report_format(report, "peer", "VM %u", device.peer.value);
            report_text(report, "peer", device.peer_name);
            report_details(report, dt, &device);
        }
        report_thing_end(report);
    }
    return understood;
}

static bool report_vm(struct report *report, struct gunyah_dt *dt)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    enum gunyah_conduit conduit;
    const enum gunyah_error error = gunyah_dt_get_vm_info(dt, &info);

    if (error == GUNYAH_ERR_NOT_FOUND)
        return true;
    report_thing(report, "VM", info.image_name != NULL ? info.image_name : "without a name");
    if (error != GUNYAH_OK)
        report_problem(report, gunyah_dt_last_problem(dt));
    if (info.has_vmid)
        report_format(report, "VMID", "%u", info.vmid.value);
    if (info.has_owner)
        report_format(report, "owner", "VM %u", info.owner.value);
    report_text(report, "vendor", info.vendor);
    report_text(report, "URI", info.uri);
    report_text(report, "GUID", info.guid);
    if (gunyah_dt_psci_conduit(dt, &conduit) == GUNYAH_OK)
        report_text(report, "PSCI", conduit == GUNYAH_CONDUIT_SMC ? "smc" : "hvc");
    report_thing_end(report);
    return error == GUNYAH_OK;
}

// ---- the configuration -------------------------------------------------------------------------------------------

// Texts as such, words of 32 bits as such, other things as bytes; what is empty says by its name what it says.
static void format_value(const char *value, int length, char *text, size_t size)
{
    size_t at = 0;
    bool is_text = length > 0 && value[length - 1] == 0 && value[0] != 0;

    for (int i = 0; i < length; i++)
        is_text = is_text && ((value[i] >= ' ' && value[i] <= '~') || (value[i] == 0 && value[i - 1] != 0));
    text[0] = 0;
    for (int i = 0; i < length && at < size;) {
        const int step = is_text ? (int)strlen(value + i) + 1 : length % 4 == 0 ? 4 : 1;

        if (is_text)
            at += (size_t)snprintf(text + at, size - at, "%s\"%s\"", i > 0 ? ", " : "", value + i);
        else if (step == 4)
            at += (size_t)snprintf(text + at, size - at, "%s0x%" PRIx32, i > 0 ? " " : "",
                                   fdt32_ld((const fdt32_t *)(const void *)(value + i)));
        else
            at += (size_t)snprintf(text + at, size - at, "%s%02x", i > 0 ? " " : "", (unsigned char)value[i]);
        i += step;
    }
}

static void report_properties(struct report *report, const void *tree, int node)
{
    char text[512];
    const char *name;
    int property;
    int length;

    fdt_for_each_property_offset(property, tree, node)
    {
        const char *value = fdt_getprop_by_offset(tree, property, &name, &length);

        format_value(value, length, text, sizeof(text));
        report_entry(report, "%s%s%s", name, text[0] != 0 ? " = " : "", text);
    }
}

static void report_config(struct report *report, const void *tree)
{
    const int config = fdt_path_offset(tree, "/gunyah-vm-config");
    char path[GUNYAH_DT_MAX_NAME];
    int depth = 0;

    for (int node = config; node >= 0 && depth >= 0; node = fdt_next_node(tree, node, &depth)) {
        if (fdt_get_path(tree, node, path, sizeof(path)) != 0)
            snprintf(path, sizeof(path), "%s", fdt_get_name(tree, node, NULL));
        report_thing(report, "configuration", path);
        report_list_begin(report, "has");
        report_properties(report, tree, node);
        report_list_end(report);
        report_thing_end(report);
    }
}

static int dt_show_run(struct cli *cli)
{
    struct report report;
    struct gunyah_dt dt;
    size_t size;

    cli_no_options(cli);
    cli_arguments(cli, 1, 1);
    const char *path = cli->argv[cli->first];
    void *tree = cli_read_file(cli, path, MAX_TREE, &size);

    if (gunyah_dt_open(tree, size, &dt) != GUNYAH_OK)
        cli_fail(cli, "%s: %s", path, gunyah_dt_last_problem(&dt)->text);
    report_begin(&report, cli->json);
    bool understood = report_vm(&report, &dt);
    understood = report_devices(&report, &dt) && understood;
    report_config(&report, tree);
    report_end(&report);
    free(tree);
    if (report.count == 0)
        cli_warn(cli, "%s: nothing of Gunyah is in this tree", path);
    return understood && report.count > 0 ? 0 : CLI_PROBLEM;
}

const struct cli_command dt_show_command = {
    .name = "show",
    .summary = "Shows what a VM finds in its device tree, and the configuration that it is made from.",
    .arguments = "FILE",
    .details = "A running VM has its tree in /sys/firmware/fdt. FILE - is standard input. What cannot be understood\n"
               "makes the exit status 1.",
    .run = dt_show_run,
    .has_json = true,
};
