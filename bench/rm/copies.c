// SPDX-License-Identifier: BSD-3-Clause
// rm-copies: how many bytes the client copies, counted in memcpy and memmove; and that it copies no payload twice. The linker
// leads the library's calls of them here.
#include "host.h"

#include <stdio.h>

static size_t copied;

void *__real_memcpy(void *to, const void *from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
    copied += size;
    return __real_memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    copied += size;
    return __real_memmove(to, from, size);
}

// What the client itself looks at: the head of a request, to tell whether an RM survives it, and two words of its reply.
#define LOOKED_AT (16 + 8)
// Behind the error word of a reply that is not looked at.
#define WORD 4

static bool once(const struct work *work, const char *title, const char *what, size_t count, size_t payload)
{
    copied = 0;
    const bool good = work_do(work, what, count) && copied >= payload && copied <= payload + LOOKED_AT;
    printf("%-44s %12zu %12zu%s\n", title, payload, copied, good ? "" : "  not once");
    return good;
}

int main(void)
{
    const size_t most = (size_t)FRAGMENTS_MAX * FRAGMENT_PAYLOAD;
    // A head, a list of one VM, a list of regions, and an empty list.
    const size_t parcel = GUNYAH_RM_MEM_GIVE_SIZE + 3 * GUNYAH_RM_LIST_SIZE + GUNYAH_RM_MEM_ACL_SIZE +
                          (size_t)REGIONS * GUNYAH_RM_MEM_REGION_SIZE;
    struct work work;
    bool good = host_open(&work);

    printf("%-44s %12s %12s\n", "bytes of both payloads", "there", "copied");
    good = good && once(&work, "request of 63 fragments, and its reply", "out", FRAGMENTS_MAX, most + WORD);
    good = good && once(&work, "request, and its reply of 63 fragments", "in", FRAGMENTS_MAX,
                        GUNYAH_RM_VM_SIZE + most - GUNYAH_RM_ERROR_SIZE);
    good = good && once(&work, "MEM_LEND of 512 regions, and its reply", "lend", 1, parcel + WORD);
    return good ? 0 : 1;
}
