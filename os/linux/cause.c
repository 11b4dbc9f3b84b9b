// SPDX-License-Identifier: BSD-3-Clause
// What an errno usually means. The kernel has few numbers, and its log has the rest.
#include "linux_internal.h"

#include <errno.h>

#define ANY_CALL LINUX_CALLS
#define ANY_NUMBER (-1)

static const char not_gunyah[] = "what is behind the node is not Gunyah's driver";
static const char give_the_path[] = "Give the path of Gunyah's own node, usually /dev/gunyah.";

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
    {LINUX_CREATE_VM, ENOTTY, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_CREATE_VM, EINVAL, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},

    {ANY_CALL, EACCES, GUNYAH_ERR_DENIED, "this process may not do that",
     "Ask for the right to use the node; on Android, SELinux has to allow the ioctl too."},
    {ANY_CALL, EPERM, GUNYAH_ERR_DENIED, "this process may not do that",
     "Only the process that made a VM may do that; look for a seccomp filter too."},
    {ANY_CALL, EMFILE, GUNYAH_ERR_NO_RESOURCES, "this process has no file descriptor left",
     "Close some, or raise RLIMIT_NOFILE."},
    {ANY_CALL, ENFILE, GUNYAH_ERR_NO_RESOURCES, "the system has no open file left", "Raise fs.file-max."},
    {ANY_CALL, ENOMEM, GUNYAH_ERR_NO_MEMORY, "the kernel has no memory left for this", "Free memory, and try again."},

    {LINUX_UNKNOWN_CALL, ANY_NUMBER, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
    {LINUX_QUALCOMM_CREATE_VM, ANY_NUMBER, GUNYAH_ERR_NOT_GUNYAH, not_gunyah, give_the_path},
};

enum gunyah_error gunyah_internal_linux_explain(enum linux_call call, int number, struct gunyah_error_info *info)
{
    *info = (struct gunyah_error_info){
        .error = GUNYAH_ERR_UNKNOWN,
        .domain = GUNYAH_DOMAIN_BACKEND,
        .code = number,
        .call = gunyah_internal_linux_call_name(call),
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
