// SPDX-License-Identifier: BSD-3-Clause
// Calls of recordings, made by the library's functions for objects.
#ifndef REPLAY_TYPED_H
#define REPLAY_TYPED_H

#include <gunyah/abi/numbers.h>
#include <gunyah/gunyah.h>

#define TYPED_RESULTS 5

// What a function of the library told: what it returned, and what stands in registers from x1 on, as far as it tells that.
struct typed_answer {
    enum gunyah_error error;
    unsigned count;
    uint64_t results[TYPED_RESULTS];
};

// Makes one call with these arguments through the library, which may refuse it, and opens and closes what it needs.
typedef void typed_function(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer);

// Can these arguments be said by a function? Registers can hold reserved words, and bits that mean nothing.
typedef bool typed_check(const uint64_t *arguments);

struct typed_call {
    uint32_t number;
    typed_function *make;
    typed_check *can_say; // NULL: if reserved words are 0, and numbers of 32 bits have no more
    // The library refuses what the hypervisor takes, because nobody could want what that does.
    bool is_strict;
};

// Ends with a call that has no function.
extern const struct typed_call typed_capabilities[];
extern const struct typed_call typed_devices[];
extern const struct typed_call typed_memory[];
extern const struct typed_call typed_pairs[];
extern const struct typed_call typed_vcpus[];

static inline gunyah_capid_t typed_cap(uint64_t id)
{
    return (gunyah_capid_t){id};
}

#endif
