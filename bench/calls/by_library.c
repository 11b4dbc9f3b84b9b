// SPDX-License-Identifier: BSD-3-Clause
// The calls by the stubs of direct.h, by those of hypercalls.h over a session, and by the typed functions.
#include "calls.h"

#include <gunyah/direct.h>

#define OK GUNYAH_HVERR_OK

// The condition is evaluated count times, unless it is false before. The loop is the same around all of them.
#define ALL(count, condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return false;                                                                                              \
        __asm__ volatile("" : "+r"(count));                                                                            \
    } while (--(count) != 0);                                                                                          \
    return true

// Nobody looks at the answer of a null call.
static inline bool identified(struct gunyah_hypervisor_identify_result result)
{
    (void)result;
    return true;
}

bool by_library_nothing(const struct subject *subject, uint64_t count)
{
    (void)subject;
    ALL(count, true);
}

bool direct_null(const struct subject *subject, uint64_t count)
{
    (void)subject;
    ALL(count, identified(gunyah_direct_hypervisor_identify(GUNYAH_DIRECT_HVC)));
}

bool direct_ring(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_direct_doorbell_send(GUNYAH_DIRECT_HVC, s.cap, s.flags).error == OK);
}

bool direct_send(const struct subject *subject, uint64_t count)
{
    const gunyah_msgqueue_send_flags_t none = {0};
    const struct subject s = *subject;

    ALL(count, gunyah_direct_msgqueue_send(GUNYAH_DIRECT_HVC, s.cap, MESSAGE_SIZE, s.message, none).error == OK);
}

bool direct_receive(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_direct_msgqueue_receive(GUNYAH_DIRECT_HVC, s.cap, s.message, MESSAGE_SIZE).error == OK);
}

bool session_null(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, identified(gunyah_hypercall_hypervisor_identify(s.g)));
}

bool session_ring(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_hypercall_doorbell_send(s.g, s.cap, s.flags).error == OK);
}

bool session_send(const struct subject *subject, uint64_t count)
{
    const gunyah_msgqueue_send_flags_t none = {0};
    const struct subject s = *subject;

    ALL(count, gunyah_hypercall_msgqueue_send(s.g, s.cap, MESSAGE_SIZE, s.message, none).error == OK);
}

bool session_receive(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_hypercall_msgqueue_receive(s.g, s.cap, s.message, MESSAGE_SIZE).error == OK);
}

bool typed_ring(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_doorbell_send(s.doorbell, s.flags, NULL) == GUNYAH_OK);
}

bool typed_send(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;

    ALL(count, gunyah_msgqueue_send(s.msgqueue, s.message, MESSAGE_SIZE, 0, NULL) == GUNYAH_OK);
}

bool typed_receive(const struct subject *subject, uint64_t count)
{
    const struct subject s = *subject;
    size_t size;

    ALL(count,
        gunyah_msgqueue_receive(s.msgqueue, s.message, MESSAGE_SIZE, &size, NULL) == GUNYAH_OK && size == MESSAGE_SIZE);
}
