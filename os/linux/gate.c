// SPDX-License-Identifier: BSD-3-Clause
// Calls that wait, and coming back from them, where the driver looks at nothing but signals: a cancellation that comes before the
// call would be lost.
//
// Such a call is made on a second descriptor, the gate. A cancellation first puts another file in the place of it, which has no such
// call, and then sends the signal: who is on the way in is refused, and who is inside is interrupted.
#include "linux_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int gunyah_internal_linux_open_gate(struct linux_gate *gate, int file, int closed)
{
    gate->file = file;
    gate->closed = closed;
    gate->gate = fcntl(file, F_DUPFD_CLOEXEC, 0);
    return gate->gate >= 0 ? 0 : -errno;
}

void gunyah_internal_linux_free_gate(struct linux_gate *gate)
{
    if (gate->gate >= 0)
        close(gate->gate);
    gate->gate = -1;
}

int gunyah_internal_linux_pass_gate(struct linux_gate *gate, enum linux_call call, uintptr_t argument)
{
    if (gate->signal != 0)
        atomic_store(&gate->thread, (int)syscall(SYS_gettid));
    const int result = gunyah_internal_linux_ioctl(gate->gate, call, argument);
    if (gate->signal != 0)
        atomic_store(&gate->thread, 0);
    if (result != -EINTR && result != -ENOTTY)
        return result;
    syscall(SYS_dup3, gate->file, gate->gate, O_CLOEXEC);
    return result == -EINTR ? result : -ECANCELED;
}

void gunyah_internal_linux_close_gate(const struct linux_gate *gate)
{
    syscall(SYS_dup3, gate->closed, gate->gate, O_CLOEXEC);
    const int thread = atomic_load(&gate->thread);
    if (thread != 0)
        syscall(SYS_tgkill, getpid(), thread, gate->signal);
}
