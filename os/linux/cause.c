// SPDX-License-Identifier: BSD-3-Clause
// What an errno usually means. The kernel has few numbers, and its log has the rest.
#include "linux_internal.h"

#include <gunyah/abi/numbers.h>

#include <errno.h>

#define ANY_CALL LINUX_CALLS
#define ANY_NUMBER (-1)

static const char not_gunyah[] = "what is behind the node is not Gunyah's driver";
static const char give_the_path[] = "Give the path of Gunyah's own node, usually /dev/gunyah.";

static const char cannot_lock[] = "the pages cannot be locked in memory";
static const char raise_memlock[] = "Raise RLIMIT_MEMLOCK (ulimit -l) to the size of the VM, or give CAP_IPC_LOCK; "
                                    "drivers of Android 14 take at most 2 GiB "
                                    "in one piece.";
static const char no_such_memory[] = "the process has no such memory, or may not write it";
static const char map_it[] =
    "Map all of it, readable, and writable if the VM may write; files have to be as long as that.";
static const char not_aligned[] = "an address or a size is not a multiple of the kernel's page size";
static const char align_it[] = "Pages may be larger than 4 KiB: sysconf(_SC_PAGESIZE).";

static const char no_such_area[] = "there is no such contiguous area";
static const char not_an_area[] = "this node is not a contiguous area of the kernel";
static const char name_an_area[] = "Their nodes have the names that the machine's device tree gives them, "
                                   "memory-region-names of a gunyah-cma-vm-mem.";

static const char no_input[] = "this driver has no call for input devices";
static const char play_another[] =
    "Drivers for Linux 6 without Android have it; elsewhere, play devices of other types.";

// The first row that fits counts.
static const struct {
    enum linux_call call;
    int number;
    enum gunyah_error error;
    const char *text;
    const char *advice;
} causes[] = {
    {LINUX_OPEN, ENOENT, GUNYAH_ERR_NO_BACKEND, "there is no such device node",
     "Use a kernel that has the driver, on a machine whose hypervisor is Gunyah; without the hypervisor, the driver "
     "makes "
     "no node."},
    {LINUX_OPEN, ENODEV, GUNYAH_ERR_NO_BACKEND, "no driver is behind this node",
     "The node is older than the kernel: let devtmpfs or ueventd make it."},
    {LINUX_OPEN, ENXIO, GUNYAH_ERR_NO_BACKEND, "no driver is behind this node",
     "The node is older than the kernel: let devtmpfs or ueventd make it."},
    {LINUX_OPEN, EISDIR, GUNYAH_ERR_NOT_GUNYAH, "this is a folder, and no node", give_the_path},
    {LINUX_OPEN, EACCES, GUNYAH_ERR_DENIED, "this process may not open the node",
     "The node is root's unless a rule of udev or ueventd says otherwise; on Android, SELinux has to allow it too. An "
     "open "
     "one may be handed over as options.fd."},
    {LINUX_DUP, EBADF, GUNYAH_ERR_OPTION, "options.fd is not an open file",
     "Hand over the descriptor of an open node, or -1 for the path."},
    {LINUX_UNKNOWN_CALL, EACCES, GUNYAH_ERR_DENIED, "this process may not use the node",
     "SELinux allows single ioctls: let its policy allow those of type 'G' and 'A'."},
    {LINUX_UNKNOWN_CALL, EPERM, GUNYAH_ERR_DENIED, "this process may not use the node",
     "Look for a seccomp filter that refuses ioctls of type 'G' and 'A'."},
    {LINUX_UNKNOWN_CALL, ANY_NUMBER, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_QUALCOMM_CREATE_VM, ENOTTY, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_QUALCOMM_CREATE_VM, EINVAL, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_CREATE_VM, ENOTTY, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_CREATE_VM, EINVAL, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},

    {LINUX_SET_USER_MEM_REGION, ENOMEM, GUNYAH_ERR_NO_MEMORY, cannot_lock, raise_memlock},
    {LINUX_LEND_USER_MEM, ENOMEM, GUNYAH_ERR_NO_MEMORY, cannot_lock, raise_memlock},
    {LINUX_SET_USER_MEM_REGION, EFAULT, GUNYAH_ERR_ADDR_INVALID, no_such_memory, map_it},
    {LINUX_LEND_USER_MEM, EFAULT, GUNYAH_ERR_ADDR_INVALID, no_such_memory, map_it},
    {LINUX_SET_USER_MEM_REGION, EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT, not_aligned, align_it},
    {LINUX_LEND_USER_MEM, EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT, not_aligned, align_it},
    {LINUX_MAP_MEM, EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT, not_aligned, align_it},
    {LINUX_CREATE_GUEST_MEM, EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT, not_aligned, align_it},
    {LINUX_SET_USER_MEM_REGION, EEXIST, GUNYAH_ERR_IN_USE, "the VM has another piece of memory there",
     "Look at the label too."},
    {LINUX_LEND_USER_MEM, EEXIST, GUNYAH_ERR_IN_USE, "the VM has another piece of memory there",
     "Look at the label too."},
    {LINUX_MMAP, ENOMEM, GUNYAH_ERR_NO_MEMORY, "the process cannot map that much",
     "Ask for less, or look at RLIMIT_AS and at how much memory the kernel gives out."},

    {LINUX_OPEN_AREA, ENOENT, GUNYAH_ERR_NOT_FOUND, no_such_area, name_an_area},
    {LINUX_OPEN_AREA, ENODEV, GUNYAH_ERR_NOT_FOUND, no_such_area, name_an_area},
    {LINUX_OPEN_AREA, ENXIO, GUNYAH_ERR_NOT_FOUND, no_such_area, name_an_area},
    {LINUX_OPEN_AREA, EISDIR, GUNYAH_ERR_ARGUMENT_INVALID, not_an_area, name_an_area},
    {LINUX_CREATE_CMA_MEM, ENOTTY, GUNYAH_ERR_ARGUMENT_INVALID, not_an_area, name_an_area},
    {LINUX_CREATE_CMA_MEM, EINVAL, GUNYAH_ERR_ARGUMENT_INVALID, not_an_area, name_an_area},
    {LINUX_CREATE_CMA_MEM, EBUSY, GUNYAH_ERR_IN_USE, "somebody has the memory of this area",
     "One VM has it at a time: destroy the other one, and let go of all files and mappings of it."},
    {LINUX_MMAP_AREA, ENOMEM, GUNYAH_ERR_NO_MEMORY, "the area has not that much memory free",
     "The kernel uses an area while no VM has it, and does not get back each page at once: try again, or ask for "
     "less."},
    {LINUX_MAP_CMA_MEM, EINVAL, GUNYAH_ERR_ARGUMENT_ALIGNMENT, not_aligned, align_it},

    {LINUX_RECLAIM_REGION, EAGAIN, GUNYAH_ERR_BUSY, "a page is under way to the VM", "Take it a moment later."},
    {LINUX_RECLAIM_REGION, EBUSY, GUNYAH_ERR_BUSY, "a page is under way to the VM", "Take it a moment later."},

    {LINUX_SET_AUTH_TYPE, ENOENT, GUNYAH_ERR_UNSUPPORTED, "the kernel has nobody who authenticates in this way",
     "Load its module: gunyah_qtvm for images that the platform authenticates."},
    {LINUX_SET_AUTH_TYPE, EINVAL, GUNYAH_ERR_ARGUMENT_INVALID, "the driver does not take what it is to authenticate",
     "There are kernels whose module answers this to everything: look at the kernel's log, and try another one."},

    {LINUX_VM_START, ENODEV, GUNYAH_ERR_NO_RESOURCES,
     "the Resource Manager has no resources for what the device tree asks for, or a piece of memory does not fit it",
     "The kernel's log has the message and its error. Usual: no gunyah-vm-config, memory at another address than its "
     "base-address, or shared where a production device wants it lent."},
    {LINUX_VM_START, EINVAL, GUNYAH_ERR_ARGUMENT_INVALID, "the Resource Manager refuses the VM",
     "The kernel's log has the message and its error. Usual: no room behind the device tree for what is added to it "
     "(twice its size is enough), or something in it that is refused: gunyah_dt_lint() finds such things."},
    {LINUX_VM_START, EPERM, GUNYAH_ERR_DENIED, "this VM may not be started so",
     "Only the process that made a VM may start it; and firmware of protected VMs has to be on the device, if it is "
     "asked for."},
    {LINUX_VM_START, EBADMSG, GUNYAH_ERR_RM_VM_STATE, "the Resource Manager finds the VM in another state",
     "Destroy it, and make another one: after a failed start, nothing else is possible."},
    {LINUX_VM_START, EBUSY, GUNYAH_ERR_BUSY, "the Resource Manager is busy with something of this VM",
     "Wait until the VM before it is gone altogether, and make it again."},

    {LINUX_ADD_IRQFD, EEXIST, GUNYAH_ERR_IN_USE, "the VM has this interrupt already",
     "Give each doorbell a label of its own."},
    {LINUX_ADD_IOEVENTFD, EEXIST, GUNYAH_ERR_IN_USE, "the VM has a notification there already",
     "Drivers of Android 14 may take one for each address: let one doorbell hear all queues."},
    {LINUX_ADD_VCPU, EEXIST, GUNYAH_ERR_IN_USE, "the VM has this vCPU already", "Open each vCPU once."},

    {LINUX_VCPU_RUN, ENODEV, GUNYAH_ERR_NO_RESOURCES, "there is nothing to run",
     "Start the VM first; this vCPU has to be in its device tree, with vCPUs scheduled by proxy."},
    {LINUX_VCPU_RUN, EBUSY, GUNYAH_ERR_BUSY, "the vCPU is not to be run by anybody now",
     "vCPUs have to be scheduled by proxy: property affinity in the node vcpus of gunyah-vm-config."},
    {LINUX_VCPU_RUN, EACCES, GUNYAH_ERR_DENIED, "the hypervisor does not let this VM run the vCPU",
     "Look at the kernel's log; the VM may be gone."},
    {LINUX_VCPU_RUN, EIO, GUNYAH_ERR_FAILURE, "the hypervisor failed to run the vCPU", "Look at the kernel's log."},
    {LINUX_VCPU_RUN, EINVAL, GUNYAH_ERR_ARGUMENT_INVALID, "the hypervisor does not take the way in which it goes on",
     "Not every driver takes RETRY after MMIO."},

    {LINUX_QUALCOMM_SET_FW_NAME, EINVAL, GUNYAH_ERR_NOT_FOUND, "the device has no signed firmware of this name",
     "Nodes of the type qcom,gh-secure-vm-loader in the kernel's device tree say which there is: trustedvm on most."},
    {LINUX_QUALCOMM_SET_FW_NAME, ENOENT, GUNYAH_ERR_NOT_FOUND, "the file of the firmware is not there",
     "The kernel looks for the name with .mdt where it looks for all firmware."},
    {LINUX_QUALCOMM_SET_FW_NAME, ENODEV, GUNYAH_ERR_NO_RESOURCES, "the Resource Manager makes no VM for this firmware",
     "Another VM may be made of it, in another process too. The kernel's log has the rest."},
    {LINUX_QUALCOMM_SET_FW_NAME, EEXIST, GUNYAH_ERR_OBJECT_STATE, "the VM is made of firmware already",
     "Make another VM."},
    {LINUX_QUALCOMM_VCPU_RUN, EINVAL, GUNYAH_ERR_NO_RESOURCES, "the VM does not start, and will not be tried again",
     "Look at the kernel's log; make another VM."},
    {LINUX_QUALCOMM_VCPU_RUN, EPERM, GUNYAH_ERR_DENIED, "this vCPU is not to be run by anybody",
     "Look at the kernel's log; the VM may be gone."},
    {LINUX_VIRTIO_IOEVENTFD, EBUSY, GUNYAH_ERR_IN_USE, "somebody has set an eventfd for this queue already",
     "Open each device once."},
    {LINUX_VIRTIO_IRQFD, EBUSY, GUNYAH_ERR_IN_USE, "somebody has set an eventfd for this interrupt already",
     "Open each device once."},
    {LINUX_VIRTIO_SET_CONFIG, EBUSY, GUNYAH_ERR_IN_USE, "the configuration was written already",
     "Write all of it at once."},
    {LINUX_VIRTIO_GET_CONFIG, EFAULT, GUNYAH_ERR_ADDR_INVALID, "the process may not write there",
     "Give memory of the process."},
    {LINUX_VIRTIO_SET_INPUT, EINVAL, GUNYAH_ERR_UNSUPPORTED, no_input, play_another},
    {LINUX_VIRTIO_SET_INPUT_DATA, EINVAL, GUNYAH_ERR_UNSUPPORTED, no_input, play_another},
    {LINUX_QUALCOMM_VCPU_RUN, EIO, GUNYAH_ERR_FAILURE, "the hypervisor failed to run the vCPU",
     "Look at the kernel's log."},

    {ANY_CALL, EACCES, GUNYAH_ERR_DENIED, "this process may not do that",
     "Ask for the right to use the node; on Android, SELinux has to allow the ioctl too."},
    {ANY_CALL, EPERM, GUNYAH_ERR_DENIED, "this process may not do that",
     "Only the process that made a VM may do that; look for a seccomp filter too."},
    {ANY_CALL, EMFILE, GUNYAH_ERR_NO_RESOURCES, "this process has no file descriptor left",
     "Close some, or raise RLIMIT_NOFILE."},
    {ANY_CALL, ENFILE, GUNYAH_ERR_NO_RESOURCES, "the system has no open file left", "Raise fs.file-max."},
    {ANY_CALL, ENOMEM, GUNYAH_ERR_NO_MEMORY, "the kernel has no memory left for this", "Free memory, and try again."},
    {ANY_CALL, ENOTTY, GUNYAH_ERR_UNSUPPORTED, "this driver has no such call", "Look at the capabilities of the node."},
    {ANY_CALL, EOPNOTSUPP, GUNYAH_ERR_UNIMPLEMENTED, "the Resource Manager or the hypervisor has no such call",
     "Use newer firmware."},
    {ANY_CALL, EEXIST, GUNYAH_ERR_IN_USE, "the VM has it already", "Give it once."},
    {ANY_CALL, EINVAL, GUNYAH_ERR_ARGUMENT_INVALID, "the driver does not take these arguments",
     "Look at the kernel's log."},
    {ANY_CALL, EOVERFLOW, GUNYAH_ERR_ADDR_OVERFLOW, "an address plus a size wraps around", "Look at both."},
};

enum gunyah_error gunyah_internal_linux_explain(enum linux_call call, int number, struct gunyah_error_info *info)
{
    *info = (struct gunyah_error_info){
        .error = GUNYAH_ERR_UNKNOWN,
        .domain = GUNYAH_DOMAIN_BACKEND,
        .code = number,
        .call = gunyah_internal_linux_call_name(call != ANY_CALL ? call : LINUX_UNKNOWN_CALL),
        .text = "the driver answered what it is not known to answer",
        .advice = "Look at the kernel's log; the code is errno.",
    };
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if (causes[i].number != number && causes[i].number != ANY_NUMBER)
            continue;
        if (causes[i].call != call && causes[i].call != ANY_CALL)
            continue;
        info->error = causes[i].error;
        info->text = causes[i].text;
        info->advice = causes[i].advice;
        break;
    }
    return info->error;
}

// What the hypervisor answers to the calls that drivers hand on.
static const struct {
    int code;
    enum gunyah_error error;
    const char *text;
    const char *advice;
} answers[] = {
    {GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_ERR_ARGUMENT_INVALID, "the hypervisor does not take an argument",
     "Of an input device, say first how many types of events and axes there are."},
    {GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_ERR_ARGUMENT_SIZE, "the hypervisor does not take a size",
     "Give what the virtio specification has."},
    {GUNYAH_HVERR_NOMEM, GUNYAH_ERR_NO_MEMORY, "the hypervisor is out of memory", "Destroy a VM."},
    {GUNYAH_HVERR_NORESOURCES, GUNYAH_ERR_NO_RESOURCES, "there is no room for more",
     "Say first how many types of events and axes there are, and give each once."},
    {GUNYAH_HVERR_BUSY, GUNYAH_ERR_BUSY, "it was said already", "Say it once."},
    {GUNYAH_HVERR_OBJECT_STATE, GUNYAH_ERR_OBJECT_STATE, "it is too late for this", "Do it before the VM is started."},
    {GUNYAH_HVERR_OBJECT_CONFIG, GUNYAH_ERR_OBJECT_CONFIG, "the device is of another type",
     "The firmware says which type a device has."},
    {GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE, GUNYAH_ERR_WRONG_OBJECT_TYPE, "the device is of another type",
     "The firmware says which type a device has."},
};

enum gunyah_error gunyah_internal_linux_explain_hypervisor(enum linux_call call, int code,
                                                           struct gunyah_error_info *info)
{
    *info = (struct gunyah_error_info){
        .error = GUNYAH_ERR_UNKNOWN,
        .domain = GUNYAH_DOMAIN_HYPERVISOR,
        .code = code,
        .call = gunyah_internal_linux_call_name(call),
        .text = "the hypervisor answered what it is not known to answer",
        .advice = "Look at the kernel's log; the code is the hypervisor's.",
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].code != code)
            continue;
        info->error = answers[i].error;
        info->text = answers[i].text;
        info->advice = answers[i].advice;
        break;
    }
    return info->error;
}

enum gunyah_error gunyah_linux_explain(uint32_t number, int code, struct gunyah_error_info *info)
{
    const enum linux_call call = gunyah_internal_linux_find_call(number);

    if (info == NULL)
        return GUNYAH_ERR_NULL;
    gunyah_internal_linux_explain(call != LINUX_UNKNOWN_CALL ? call : ANY_CALL, code, info);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_linux_failed(struct gunyah_vmm_vm *vm, enum linux_call call, int number)
{
    return gunyah_internal_linux_explain(call, -number, &vm->failure);
}

enum gunyah_error gunyah_internal_linux_refuse(struct gunyah_vmm_vm *vm, enum gunyah_error error, const char *text,
                                               const char *advice)
{
    vm->failure = (struct gunyah_error_info){error, GUNYAH_DOMAIN_LIBRARY, error, vm->caller, text, advice};
    return error;
}
