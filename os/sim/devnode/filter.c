// SPDX-License-Identifier: BSD-3-Clause
// What the program is stopped at: opening files, asking whether it may, and ioctls of the kinds that the driver has; where there is a
// contiguous area, reading and mapping too. All other calls go straight to the kernel.
#include "emu_internal.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NO_CALL UINT32_MAX
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))
// Notify if the accumulator has this value.
#define NOTIFY_IF(value) SKIP_UNLESS((value), 1), RETURN(SECCOMP_RET_USER_NOTIF)

int gunyah_internal_emu_install_filter(bool with_area)
{
    // The low half of an argument comes first on the processors that this is for.
    struct sock_filter code[] = {
        LOAD(nr),
        NOTIFY_IF(with_area ? SYS_read : NO_CALL),
        NOTIFY_IF(with_area ? SYS_pread64 : NO_CALL),
        NOTIFY_IF(with_area ? SYS_mmap : NO_CALL),
#ifdef SYS_open
        NOTIFY_IF(SYS_open),
        NOTIFY_IF(SYS_access),
#endif
        NOTIFY_IF(SYS_openat),
        NOTIFY_IF(SYS_openat2),
        NOTIFY_IF(SYS_faccessat),
        NOTIFY_IF(SYS_faccessat2),
        SKIP_UNLESS(SYS_ioctl, 10),
        LOAD(args[1]),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 8), // The byte above the number is the kind.
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
        NOTIFY_IF('G'),
        NOTIFY_IF('A'),
        NOTIFY_IF(0xb2), // Qualcomm's.
        RETURN(SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    // A call that the supervisor has begun to answer is not interrupted by a signal, but by the supervisor.
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
}
