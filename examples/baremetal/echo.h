// SPDX-License-Identifier: BSD-3-Clause
#ifndef ECHO_H
#define ECHO_H

#include <gunyah/baremetal.h>
#include <gunyah/gunyah.h>

// What the boot code has found in the device tree.
struct wiring {
    const char *psci_method; // "hvc" or "smc"
    gunyah_capid_t send_cap;
    gunyah_capid_t receive_cap;
    gunyah_virq_t send_virq;    // not full
    gunyah_virq_t receive_virq; // not empty
    uint32_t message_size;
};

// All the memory that the guest needs; it can be a static variable.
struct echo {
    struct gunyah_baremetal baremetal;
    struct gunyah_arena arena;
    struct gunyah *g;
    struct gunyah_msgqueue *out;
    struct gunyah_msgqueue *in;
    unsigned char memory[2048];
    size_t kept; // bytes of a message that waits for room; 0: none
    _Alignas(64) unsigned char message[1024];
};

// Open a session and both queues. The options are the embedder's: its hooks, and what it knows of the machine.
enum gunyah_error echo_open(struct echo *echo, const struct wiring *wiring,
                            const struct gunyah_baremetal_options *options);

// Send back all messages that are there, or as many as there is room for; wait before, when there are none or is no
// room. GUNYAH_ERR_TIMEOUT when that did not change.
enum gunyah_error echo_serve(struct echo *echo, uint64_t timeout_ns);

#endif
