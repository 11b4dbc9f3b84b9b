// SPDX-License-Identifier: BSD-3-Clause
#ifndef ECHO_H
#define ECHO_H

#include <gunyah/baremetal.h>
#include <gunyah/dt.h>
#include <gunyah/gunyah.h>

// What the device tree calls the two queues.
#define ECHO_LABEL 1

// All the memory that the guest needs; it can be a static variable.
struct echo {
    struct gunyah_dt dt;
    struct gunyah_baremetal baremetal;
    struct gunyah_arena arena;
    struct gunyah *g;
    struct gunyah_msgqueue *out;
    struct gunyah_msgqueue *in;
    unsigned char memory[2048];
    size_t kept; // bytes of a message that waits for room; 0: none
    _Alignas(64) unsigned char message[1024];
};

// Open a session and both queues, as the device tree says: it is where x0 pointed to when the VM started, and so many bytes
// may be read there. The options are the embedder's: its hooks, and what it knows of the machine.
enum gunyah_error echo_open(struct echo *echo, const void *device_tree, size_t max_size,
                            const struct gunyah_baremetal_options *options);

// Send back all messages that are there, or as many as there is room for; wait before, when there are none or is no
// room. GUNYAH_ERR_TIMEOUT when that did not change.
enum gunyah_error echo_serve(struct echo *echo, uint64_t timeout_ns);

#endif
