// SPDX-License-Identifier: BSD-3-Clause
// Calls in four manners, each made many times. Usable from assembly.
#ifndef CALLS_H
#define CALLS_H

#define MESSAGE_SIZE 240

#define SUBJECT_CAP 0
#define SUBJECT_FLAGS 8
#define SUBJECT_MESSAGE 16

#ifndef __ASSEMBLER__

#include <gunyah/gunyah.h>

#include <stddef.h>

// What is called, and with what.
struct subject {
    gunyah_capid_t cap;
    uint64_t flags;
    unsigned char *message;
    struct gunyah *g;
    struct gunyah_doorbell *doorbell;
    struct gunyah_msgqueue *msgqueue;
};

_Static_assert(offsetof(struct subject, cap) == SUBJECT_CAP, "by_hand.S");
_Static_assert(offsetof(struct subject, flags) == SUBJECT_FLAGS, "by_hand.S");
_Static_assert(offsetof(struct subject, message) == SUBJECT_MESSAGE, "by_hand.S");

// Make a call so many times, at least once. False: it failed.
typedef bool calls(const struct subject *subject, uint64_t count);

calls by_hand_nothing, by_hand_null, by_hand_ring, by_hand_send, by_hand_receive;
calls by_library_nothing;
calls direct_null, direct_ring, direct_send, direct_receive;
calls session_null, session_ring, session_send, session_receive;
calls typed_ring, typed_send, typed_receive;

// Answer hvc from now on. In a process it is undefined: the kernel's signal comes to the place of a hypervisor.
void hypervisor_start(void);

// The program's: x0 to x7 of a call, and then of its answer.
void hypervisor_answer(uint64_t *x);

// What start.S enters. Returns the exit status.
int calls_main(int argc, char **argv);

// By start.S.
long system_call(long number, long a, const void *b, void *c, long d);

#endif

#endif
