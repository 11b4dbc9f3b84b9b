// SPDX-License-Identifier: BSD-3-Clause
// Calls that are answered later: lists of them, and what a signal does to one.
#include "emu_internal.h"

#include <errno.h>
#include <stdlib.h>

bool gunyah_internal_emu_add_waiter(struct emu_waiter **waiters, const struct emu_request *request, emu_ioctl_fn *again)
{
    struct emu_waiter *waiter = calloc(1, sizeof(*waiter));

    if (waiter == NULL)
        return false;
    waiter->request = *request;
    waiter->again = again;
    while (*waiters != NULL)
        waiters = &(*waiters)->next;
    *waiters = waiter;
    return true;
}

void gunyah_internal_emu_drop_waiter(struct emu_waiter **waiters)
{
    struct emu_waiter *first = *waiters;

    *waiters = first->next;
    free(first);
}

// Returns whether a call that goes on is over by a signal. One that is perhaps for another thread counts when that has not taken it
// after a while.
static bool is_interrupted(const struct emu *emu, struct emu_waiter *waiter)
{
    const enum emu_signal signal = gunyah_internal_emu_pending_signal(waiter->request.thread);
    const bool was_doubtful = waiter->doubtful;

    waiter->doubtful = signal == EMU_PERHAPS_SIGNAL;
    if (signal == EMU_SIGNAL)
        gunyah_internal_emu_answer(emu, &waiter->request, -EMU_RESTART);
    else if (was_doubtful && waiter->doubtful)
        gunyah_internal_emu_answer(emu, &waiter->request, -EINTR);
    else
        return !gunyah_internal_emu_is_waiting(emu, &waiter->request);
    return true;
}

void gunyah_internal_emu_mind_waiters(const struct emu *emu, struct emu_waiter **waiters)
{
    while (*waiters != NULL) {
        if (is_interrupted(emu, *waiters))
            gunyah_internal_emu_drop_waiter(waiters);
        else
            waiters = &(*waiters)->next;
    }
}

// ---- sleepers ----------------------------------------------------------------------------------------------------

int64_t gunyah_internal_emu_sleep(struct emu *emu, const struct emu_request *request, emu_ioctl_fn *again)
{
    return gunyah_internal_emu_add_waiter(&emu->sleepers, request, again) ? EMU_ANSWERED : -ENOMEM;
}

// One that nobody waits for any more must not take what another one waits for.
void gunyah_internal_emu_wake_sleepers(struct emu *emu)
{
    struct emu_waiter **link = &emu->sleepers;

    while (*link != NULL) {
        struct emu_request *request = &(*link)->request;
        const int64_t value = gunyah_internal_emu_is_waiting(emu, request) ? (*link)->again(emu, request) : 0;
        if (value != EMU_ANSWERED) {
            gunyah_internal_emu_answer(emu, request, value);
            gunyah_internal_emu_drop_waiter(link);
        } else {
            link = &(*link)->next;
        }
    }
}

void gunyah_internal_emu_end_sleepers(struct emu *emu, const struct emu_file *file)
{
    struct emu_waiter **link = &emu->sleepers;

    while (*link != NULL) {
        if ((*link)->request.file == file) {
            gunyah_internal_emu_answer(emu, &(*link)->request, -EBADF);
            gunyah_internal_emu_drop_waiter(link);
        } else {
            link = &(*link)->next;
        }
    }
}
