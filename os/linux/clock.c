// SPDX-License-Identifier: BSD-3-Clause
// Time, and waiting for files.
#include "linux_internal.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#define SECOND UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)

uint64_t gunyah_internal_linux_now(void *context)
{
    struct timespec now;

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

uint64_t gunyah_internal_linux_deadline(uint64_t timeout_ns)
{
    const uint64_t now = gunyah_internal_linux_now(NULL);

    return timeout_ns < GUNYAH_WAIT_FOREVER - now ? now + timeout_ns : GUNYAH_WAIT_FOREVER;
}

// As poll() takes it: rounded up, so that nobody looks before the time is over.
static int left_until(uint64_t deadline)
{
    if (deadline == GUNYAH_WAIT_FOREVER)
        return -1;
    const uint64_t now = gunyah_internal_linux_now(NULL);
    const uint64_t left = deadline > now ? (deadline - now + MILLISECOND - 1) / MILLISECOND : 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

enum gunyah_error gunyah_internal_linux_poll(struct pollfd *files, size_t count, uint64_t deadline)
{
    for (;;) {
        const int left = left_until(deadline);
        const int ready = poll(files, (nfds_t)count, left);
        if (ready > 0)
            return GUNYAH_OK;
        // More files than the process may have by now, or no memory for the list.
        if (ready < 0 && errno != EINTR)
            return GUNYAH_ERR_NO_RESOURCES;
        // Nothing is there, or a signal came: the time decides.
        if (left == 0)
            return GUNYAH_ERR_TIMEOUT;
    }
}
