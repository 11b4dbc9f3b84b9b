// SPDX-License-Identifier: BSD-3-Clause
// gunyah info: what is here.
#include "commands.h"
#include "machine.h"
#include "report.h"

#include <gunyah/version.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef GUNYAH_HAS_DEVICE_TREE
#include "dt.h"
#include <stdlib.h>
#endif

static const struct {
    uint32_t bit;
    const char *text;
} capabilities[] = {
    {GUNYAH_LINUX_SHARE, "sharing"},
    {GUNYAH_LINUX_LEND, "lending"},
    {GUNYAH_LINUX_GUEST_MEMORY, "memory of the driver"},
    {GUNYAH_LINUX_BOOT_REGISTERS, "boot registers"},
    {GUNYAH_LINUX_RESUME, "page faults as exits"},
    {GUNYAH_LINUX_FIRMWARE, "firmware for protected VMs"},
    {GUNYAH_LINUX_RECLAIM, "reclaiming while a VM runs"},
    {GUNYAH_LINUX_CMA, "contiguous memory"},
    {GUNYAH_LINUX_AUTHENTICATION, "a choice who authenticates"},
    {GUNYAH_LINUX_TIMER_WAKEUP, "no-timer-wakeups"},
};

// What this command, and with it the library that it was built with, can do.
static const char *const features[] = {
    "the simulator",
#ifdef GUNYAH_HAS_DEVICE_TREE
    "device trees",
#endif
#ifdef GUNYAH_HAS_GZIP
    "compressed kernels",
#endif
#ifdef GUNYAH_HAS_EMU
    "the emulated node",
#endif
    NULL,
};

static void report_library(struct report *report)
{
    report_thing(report, "library", "libgunyah");
    report_text(report, "version", gunyah_version_string());
    report_list(report, "has", features);
    report_thing_end(report);
}

static void report_kernel(struct report *report)
{
    struct utsname name;

    if (uname(&name) != 0)
        return;
    report_thing(report, "kernel", name.sysname);
    report_text(report, "release", name.release);
    report_text(report, "processor", name.machine);
    report_thing_end(report);
}

static void report_node(struct report *report, const struct machine *machine)
{
    report_thing(report, "node", machine->node[0] != 0 ? machine->node : "none");
    if (machine->node_error != GUNYAH_OK) {
        report_text(report, "problem", machine->error.text);
        report_text(report, "cure", machine->error.advice);
    } else {
        report_text(report, "driver", machine->info.name);
        report_list_begin(report, "has");
        for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
            if ((machine->info.capabilities & capabilities[i].bit) != 0)
                report_entry(report, "%s", capabilities[i].text);
        }
        report_list_end(report);
    }
    report_thing_end(report);
}

static void report_neighbours(struct report *report, const struct machine *machine)
{
    static const struct {
        const char *path;
        const char *text;
    } neighbours[] = {{"/dev/kvm", "KVM, or pKVM of Android"}, {"/dev/gzvm", "GenieZone of MediaTek"}};

    for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
        if (!machine_may(machine, neighbours[i].path, F_OK))
            continue;
        report_thing(report, "neighbour", neighbours[i].path);
        report_text(report, "what", neighbours[i].text);
        report_thing_end(report);
    }
}

#ifdef GUNYAH_HAS_DEVICE_TREE

static void report_tree(struct report *report, const void *tree, size_t size)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct gunyah_dt dt;

    if (gunyah_dt_open(tree, size, &dt) != GUNYAH_OK || gunyah_dt_get_vm_info(&dt, &info) != GUNYAH_OK) {
        report_text(report, "problem", gunyah_dt_last_problem(&dt)->text);
        return;
    }
    report_text(report, "vendor", info.vendor);
    report_text(report, "VM", info.image_name);
    if (info.has_vmid)
        report_format(report, "VMID", "%u", info.vmid.value);
    if (info.has_owner)
        report_format(report, "owner", "VM %u", info.owner.value);
}

static void report_whole_tree(struct report *report, const struct machine *machine)
{
    char *tree = aligned_alloc(8, MAX_TREE);
    size_t size;

    if (tree != NULL && machine_read_bytes(machine, "/sys/firmware/fdt", tree, MAX_TREE, &size))
        report_tree(report, tree, size);
    else
        report_text(report, "tree", "only root may read who this VM is, in /sys/firmware/fdt");
    free(tree);
}

#else

static void report_whole_tree(struct report *report, const struct machine *machine)
{
    (void)machine;
    report_text(report, "tree", "this command was built without device trees");
}

#endif

// The hypervisor itself answers no process; the device tree names it.
static void report_hypervisor(struct report *report, const struct machine *machine)
{
    char compatible[128];

    if (!machine_read(machine, "/sys/firmware/devicetree/base/hypervisor/compatible", compatible, sizeof(compatible)))
        return;
    report_thing(report, "hypervisor", compatible);
    report_whole_tree(report, machine);
    report_thing_end(report);
}

static int info_run(struct cli *cli)
{
    struct machine machine;
    struct report report;

    machine_from_options(cli, &machine);
    report_begin(&report, cli->json);
    report_library(&report);
    report_kernel(&report);
    report_hypervisor(&report, &machine);
    report_node(&report, &machine);
    report_neighbours(&report, &machine);
    report_end(&report);
    return 0;
}

const struct cli_command info_command = {
    .name = "info",
    .summary = "Shows what is here: library, kernel, hypervisor, and the driver behind the node with what it has.",
    .details = "To find out what the driver has, one VM without anything is made, and closed again.",
    .options = machine_options,
    .run = info_run,
    .has_json = true,
};
