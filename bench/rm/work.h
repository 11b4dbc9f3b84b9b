// SPDX-License-Identifier: BSD-3-Clause
// What the Resource Manager's client is measured at, and who answers it.
#ifndef WORK_H
#define WORK_H

#include <gunyah/gunyah.h>

// What answers is in a section of its own, so that its instructions are told from those of the library.
#define PEER __attribute__((section("hypervisor")))

#define FRAGMENT_PAYLOAD 232 // of a packet of 240 bytes
#define FRAGMENTS_MAX 63     // of one message
#define REGIONS 512          // of one message
#define RECEIVED_AT_LEAST 8  // an error word, and another one

// A hypervisor and a Resource Manager: every call and every request succeeds at once.
struct peer {
    uint64_t header;   // of the request that is to be answered; 0: none
    size_t reply_size; // of the payload, with the error word
    size_t replied;
};

// x0 to x7 of a call, and then of its answer.
void peer_answer(struct peer *peer, uint64_t *x);

// A session over this backend, and a connection. The memory is the caller's.
struct work {
    struct peer *peer;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

bool work_open(struct work *work, const struct gunyah_backend *backend, struct peer *peer);

// "state": so many VM_GET_STATE. "out", "in": one message of so many fragments. "lend": so many parcels of REGIONS regions.
// False: it failed, or there is no such work.
bool work_do(const struct work *work, const char *what, size_t count);

// Of argv[2].
size_t work_number(const char *text);

#endif
