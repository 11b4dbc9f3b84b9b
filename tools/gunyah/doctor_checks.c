// SPDX-License-Identifier: BSD-3-Clause
// Traps that users of Gunyah met, each with its cure. One row a check, and above it one function.
#include "doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIB UINT64_C(1024)
#define MEMLOCK_MIN (64 * KIB) // KiB: a small guest and its devices
#define CAP_IPC_LOCK 14

static enum verdict say(struct finding *finding, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(finding->text, sizeof(finding->text), format, arguments);
    va_end(arguments);
    return verdict;
}

// Drivers of one generation have the same traps.
static bool is_old(const struct machine *machine)
{
    const enum gunyah_linux_flavour flavour = machine->info.flavour;

    return flavour == GUNYAH_LINUX_ANDROID_14_EARLY || flavour == GUNYAH_LINUX_ANDROID_14 ||
           flavour == GUNYAH_LINUX_UPSTREAM_10;
}

static enum verdict look_hypervisor(const struct machine *machine, struct finding *finding)
{
    static const char path[] = "/sys/firmware/devicetree/base/hypervisor/compatible";
    char compatible[128];

    if (!machine_read(machine, path, compatible, sizeof(compatible)) && machine->node_error == GUNYAH_OK)
        return say(finding, VERDICT_NOTE, "a driver answers, and no device tree names a hypervisor: it is emulated");
    if (!machine_read(machine, path, compatible, sizeof(compatible)))
        return say(finding, VERDICT_PROBLEM, "no device tree names a hypervisor");
    if (strstr(compatible, "gunyah") == NULL && strstr(compatible, "haven") == NULL)
        return say(finding, VERDICT_PROBLEM, "the hypervisor is %s", compatible);
    return say(finding, VERDICT_FINE, "the device tree names %s", compatible);
}

static enum verdict look_node(const struct machine *machine, struct finding *finding)
{
    if (machine->node[0] == 0)
        return say(finding, VERDICT_PROBLEM, "there is neither /dev/gunyah nor /dev/qgunyah");
    return say(finding, VERDICT_FINE, "%s is there", machine->node);
}

static enum verdict look_permission(const struct machine *machine, struct finding *finding)
{
    if (machine->node[0] == 0)
        return VERDICT_NONE;
    if (!machine_may(machine, machine->node, R_OK | W_OK))
        return say(finding, VERDICT_PROBLEM, "this user may not open %s", machine->node);
    return say(finding, VERDICT_FINE, "this user may open %s", machine->node);
}

static enum verdict look_selinux(const struct machine *machine, struct finding *finding)
{
    char enforce[8];

    if (machine->node[0] == 0 || !machine_read(machine, "/sys/fs/selinux/enforce", enforce, sizeof(enforce)))
        return VERDICT_NONE;
    if (strcmp(enforce, "1") != 0)
        return say(finding, VERDICT_FINE, "SELinux permits all");
    if (machine->node_error == GUNYAH_ERR_DENIED)
        return say(finding, VERDICT_PROBLEM, "SELinux enforces its policy, and the node is refused");
    return say(finding, VERDICT_NOTE, "SELinux enforces its policy");
}

static enum verdict look_driver(const struct machine *machine, struct finding *finding)
{
    if (machine->node[0] == 0 || machine->node_error == GUNYAH_ERR_DENIED)
        return VERDICT_NONE;
    if (machine->node_error != GUNYAH_OK)
        return say(finding, VERDICT_PROBLEM, "%s", machine->error.text);
    if (machine->info.flavour == GUNYAH_LINUX_UNKNOWN)
        return say(finding, VERDICT_NOTE, "a driver that nobody has described");
    return say(finding, VERDICT_FINE, "the driver of %s", machine->info.name);
}

static enum verdict look_qualcomm(const struct machine *machine, struct finding *finding)
{
    if (machine->info.flavour == GUNYAH_LINUX_QUALCOMM)
        return say(finding, VERDICT_PROBLEM, "this is Qualcomm's own driver");
    return VERDICT_NONE;
}

static enum verdict look_memlock(const struct machine *machine, struct finding *finding)
{
    char text[4096];
    const char *effective = machine_read_field(machine, "/proc/self/status", "CapEff:", text, sizeof(text));
    uint64_t bytes;

    if (effective != NULL && (strtoull(effective, NULL, 16) >> CAP_IPC_LOCK & 1) != 0)
        return say(finding, VERDICT_FINE, "this process may lock all memory");
    const char *limit = machine_read_field(machine, "/proc/self/limits", "Max locked memory", text, sizeof(text));
    if (limit == NULL)
        return VERDICT_NONE;
    if (strcmp(limit, "unlimited") == 0)
        return say(finding, VERDICT_FINE, "this process may lock all memory");
    bytes = strtoull(limit, NULL, 10);
    return say(finding, bytes / KIB < MEMLOCK_MIN ? VERDICT_PROBLEM : VERDICT_NOTE,
               "this process may lock %" PRIu64 " KiB of memory", bytes / KIB);
}

static enum verdict look_overcommit(const struct machine *machine, struct finding *finding)
{
    char mode[8];

    if (!machine_read(machine, "/proc/sys/vm/overcommit_memory", mode, sizeof(mode)))
        return VERDICT_NONE;
    if (strcmp(mode, "2") == 0)
        return say(finding, VERDICT_NOTE, "the kernel gives out no more memory than it has");
    return say(finding, VERDICT_FINE, "memory is given out when it is used");
}

static enum verdict look_huge_pages(const struct machine *machine, struct finding *finding)
{
    char text[64];

    if (!machine_read(machine, "/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text)))
        return VERDICT_NONE;
    if (strstr(text, "[never]") != NULL)
        return say(finding, VERDICT_NOTE, "transparent huge pages are off");
    return say(finding, VERDICT_FINE, "transparent huge pages can be had");
}

static enum verdict look_shared_memory(const struct machine *machine, struct finding *finding)
{
    if (machine->node_error != GUNYAH_OK || (machine->info.capabilities & GUNYAH_LINUX_LEND) != 0 ||
        (machine->info.capabilities & GUNYAH_LINUX_SHARE) == 0)
        return VERDICT_NONE;
    return say(finding, VERDICT_PROBLEM, "this driver shares memory, and cannot lend it");
}

static enum verdict look_entry(const struct machine *machine, struct finding *finding)
{
    if (machine->node_error != GUNYAH_OK || machine->info.flavour == GUNYAH_LINUX_QUALCOMM)
        return VERDICT_NONE;
    if ((machine->info.capabilities & GUNYAH_LINUX_BOOT_REGISTERS) == 0)
        return say(finding, VERDICT_NOTE, "this driver cannot set the registers that a VM starts with");
    return say(finding, VERDICT_FINE, "the registers that a VM starts with can be set");
}

static enum verdict look_region_size(const struct machine *machine, struct finding *finding)
{
    return is_old(machine) ? say(finding, VERDICT_NOTE, "this driver takes at most 2 GiB in one region") : VERDICT_NONE;
}

static enum verdict look_irqfd(const struct machine *machine, struct finding *finding)
{
    return is_old(machine) ? say(finding, VERDICT_NOTE, "this driver does not survive an irqfd without its doorbell")
                           : VERDICT_NONE;
}

static enum verdict look_absent_vcpu(const struct machine *machine, struct finding *finding)
{
    return is_old(machine)
               ? say(finding, VERDICT_NOTE, "this driver does not survive the end of a VM with a vCPU of no CPU")
               : VERDICT_NONE;
}

static enum verdict look_run_page(const struct machine *machine, struct finding *finding)
{
    return is_old(machine)
               ? say(finding, VERDICT_NOTE, "this driver does not survive a touch behind the page of a vCPU")
               : VERDICT_NONE;
}

static enum verdict look_page_fault(const struct machine *machine, struct finding *finding)
{
    return is_old(machine) ? say(finding, VERDICT_NOTE, "this driver has no exit for a guest's page fault")
                           : VERDICT_NONE;
}

static enum verdict look_register_zero(const struct machine *machine, struct finding *finding)
{
    if (machine->info.flavour != GUNYAH_LINUX_UPSTREAM_15)
        return VERDICT_NONE;
    return say(finding, VERDICT_NOTE, "version 17 of this driver drops boot registers with the value 0");
}

static enum verdict look_vmid(const struct machine *machine, struct finding *finding)
{
    if (machine->info.flavour != GUNYAH_LINUX_ANDROID_14)
        return VERDICT_NONE;
    return say(finding, VERDICT_NOTE, "vendors' builds of this driver mishandle VMIDs above 63");
}

static bool is_older(const char *release, int major, int minor)
{
    char *dot;
    const long first = strtol(release, &dot, 10);
    const long second = *dot == '.' ? strtol(dot + 1, NULL, 10) : 0;

    return first < major || (first == major && second < minor);
}

static enum verdict look_emulator(const struct machine *machine, struct finding *finding)
{
    char text[512];

    if (machine_read(machine, "/proc/sys/kernel/osrelease", text, sizeof(text)) && is_older(text, 5, 19))
        return say(finding, VERDICT_NOTE, "Linux %s is older than 5.19", text);
    if (!machine_read(machine, "/proc/sys/kernel/seccomp/actions_avail", text, sizeof(text)))
        return say(finding, VERDICT_NOTE, "this kernel has no seccomp");
    if (strstr(text, "user_notif") == NULL)
        return say(finding, VERDICT_NOTE, "seccomp of this kernel has no user notification");
    if (machine_read(machine, "/proc/sys/kernel/yama/ptrace_scope", text, sizeof(text)) && text[0] >= '2')
        return say(finding, VERDICT_NOTE, "ptrace_scope is %s: no process may look at its child", text);
    return say(finding, VERDICT_FINE, "the emulated node can run");
}

const struct check doctor_checks[] = {
    {"hypervisor", look_hypervisor, "Only under Gunyah, on Arm64, there are VMs of Gunyah.",
     "Develop in the emulated node, \"gunyah emu\", and go to a device for the rest."},
    {"node", look_node, "VMs are made through a device node that the driver makes if it finds the hypervisor.",
     "Use a kernel with CONFIG_GUNYAH, load its module, and look for \"gunyah\" in the kernel's log."},
    {"node-permission", look_permission, "The node is root's, unless a rule of udev or ueventd says otherwise.",
     "Add a rule such as KERNEL==\"gunyah\", GROUP=\"kvm\", MODE=\"0660\", or hand an open node to the process."},
    {"selinux", look_selinux, "On Android, SELinux allows the node, and single ioctls of it, to few domains.",
     "Look for \"avc: denied\" in the kernel's log; allow ioctls of the types 'G' and 'A', or run as root in a domain "
     "that may."},
    {"driver", look_driver, "Seven incompatible drivers are behind this name.", NULL},
    {"qualcomm-driver", look_qualcomm, "It starts firmware that Qualcomm's tools signed, and nothing else.",
     "Look for a second node, or a kernel with the driver of Android 14 or later."},
    {"memlock", look_memlock,
     "The memory of a VM is locked. What is above the limit ends in ENOMEM, and the Resource Manager says error 7 to "
     "0x51000015.",
     "ulimit -l unlimited, LimitMEMLOCK=infinity for a service, or the capability CAP_IPC_LOCK."},
    {"overcommit", look_overcommit, "A VM asks for all of its memory at once, and mmap answers ENOMEM.",
     "sysctl vm.overcommit_memory=0, or give the VM less."},
    {"huge-pages", look_huge_pages,
     "Memory in small pages takes a message to the Resource Manager for each 2 MiB, and some devices fault on it.",
     "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled, and let the VMM ask with madvise(MADV_HUGEPAGE)."},
    {"shared-memory", look_shared_memory,
     "Production builds of the Resource Manager refuse a VM whose main memory is shared: VM_START answers ENODEV.",
     "Use a debug build of it, or a driver that lends: Android 14 and later."},
    {"entry-point", look_entry, "The first vCPU starts at the first byte of the memory that holds the device tree.",
     "Put the kernel there, or code that jumps to it; first_byte_is_entry tells gunyah_boot_place()."},
    {"region-size", look_region_size, "More ends in ENOMEM and a warning in the kernel's log.",
     "Give the memory in several regions, each with a label of its own."},
    {"irqfd-crash", look_irqfd, "An irqfd whose label no doorbell of the device tree has stops the whole system.",
     "Use the library's gunyah_vm_add_irq(), which looks at the tree before; else check every label."},
    {"vcpu-crash", look_absent_vcpu, "A vCPU that no node of /cpus has makes the kernel crash when the VM ends.",
     "Add vCPUs for nodes of /cpus alone; the library lets no other ones through."},
    {"run-page-crash", look_run_page, "Only the first page of a vCPU's mapping is there.",
     "Map what VCPU_MMAP_SIZE says, and touch no more than the 40 bytes of its structure."},
    {"page-fault", look_page_fault, "VCPU_RUN never returns when the guest touches memory that it does not have.",
     "Describe to the guest the memory that was given to it, and no more."},
    {"register-zero", look_register_zero, "A register that is not set holds what the Resource Manager left there.",
     "Let no guest rely on a 0 in a register that it starts with."},
    {"vmid", look_vmid, "The Resource Manager chooses VMIDs from 128 on; VM_START then answers EINVAL or ENODEV.",
     "Ask the vendor for a kernel that is repaired, or build one."},
    {"emulator", look_emulator, "\"gunyah emu\" answers a program through seccomp's user notification.",
     "Linux 5.19 or later, without kernel.yama.ptrace_scope above 1; in a container, allow seccomp and ptrace."},
    {NULL, NULL, NULL, NULL},
};
