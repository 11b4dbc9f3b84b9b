// SPDX-License-Identifier: BSD-3-Clause
// The guest that runs twice, as two VMs. What its files share.
#ifndef PAIR_H
#define PAIR_H

#include <guest.h>

#define PAIR_MILLISECOND UINT64_C(1000000)
#define PAIR_SLICE (5 * PAIR_MILLISECOND)
#define PAIR_LONG (100 * PAIR_MILLISECOND) // for what must not last for ever when it fails

// The VM that this guest is.
struct pair_self {
    struct target target; // for expectations alone
    struct el2_wiring wiring;
    struct gunyah *g;
    struct gunyah_msgqueue *out;
    struct gunyah_msgqueue *in;
    struct gunyah_doorbell *bell_out;
    struct gunyah_doorbell *bell_in;
};

extern struct pair_self self;

// A case is a part for either VM. It passes when both do.
struct pair_case {
    const char *name;
    bool (*parts[2])(struct target *target);
};

struct pair_suite {
    const struct pair_case *cases;
    size_t count;
};

// One file each.
extern const struct pair_suite pair_context;
extern const struct pair_suite pair_doorbells;
extern const struct pair_suite pair_isolation;
extern const struct pair_suite pair_messages;
extern const struct pair_suite pair_power;
extern const struct pair_suite pair_waits;

// ---- self.c ---------------------------------------------------------------------------------------------------------

// Open the session and both ends of all that is wired.
void pair_open(const struct el2_wiring *wiring, const struct guest_arguments *arguments);

// Time of this VM, in nanoseconds.
uint64_t pair_now(void);

// Let the other VM run, by the hypervisor's call.
bool pair_yield(struct target *target);

// Take a message of this size, if there is one.
enum gunyah_error pair_look(void *message, size_t size);

// Send what is at the address; wait for a message of this size.
bool pair_send(struct target *target, const void *message, size_t size);
bool pair_receive(struct target *target, void *message, size_t size);

#endif
