// SPDX-License-Identifier: BSD-3-Clause
// A session whose backend records what the typed stubs put on the wire, and answers registers that are easy to tell
// apart. The vectors are written from the calling conventions, not from the ABI table: they check the table.
#ifndef GUNYAH_TESTS_WIRE_H
#define GUNYAH_TESTS_WIRE_H

#include <gunyah/gunyah.h>

#include <criterion/criterion.h>

// What a call answers when a vector does not say otherwise: x0 is an error, and
//   x1 = 0x1111111181111111, x2 = 0x2222222282222222, ... x7 = 0x7777777787777777
// so that a result of 32 bits is told from one of 64, and a sign extension from a zero extension.
struct wire {
    struct gunyah *g;
    int32_t error; // that the stubs must return for the x0 that is answered
    struct gunyah_registers answer;
    bool covered[128]; // by call number

    // The call that was made last.
    unsigned calls;
    unsigned straight; // of all calls of the session
    enum gunyah_conduit conduit;
    uint16_t immediate;
    struct gunyah_registers sent;
};

// Arguments and reserved words of a call, in order.
struct words {
    unsigned count;
    uint64_t x[7];
};

// The call that was made last is this one, and the stub returned the error that was answered.
//   immediate    of the hvc in the immediate convention, where the words begin in x0
//   function_id  in x0 in the SMCCC convention, where they begin in x1
//   results      how many the call has, the error included
void gunyah_wire_expect(struct wire *wire, int32_t error, const char *name, uint16_t immediate, uint32_t function_id,
                        unsigned results, struct words words);

// The same for a fast call, which is in the form of SMCCC whatever the convention, and has a function of the library in the
// place of a stub.
void gunyah_wire_expect_fast(struct wire *wire, enum gunyah_error error, const char *name, uint32_t function_id,
                             struct words words);

// Answer these in x1 and x2 to the calls that follow.
void gunyah_wire_answer(struct wire *wire, uint64_t x1, uint64_t x2);

// Run the vectors of a group in every convention and conduit, with every form of error.
void gunyah_wire_run(void (*group)(struct wire *wire));

// Run the vectors of a group once with a wire that goes on counting what is covered.
void gunyah_wire_cover(struct wire *wire, void (*group)(struct wire *wire));

// The groups.
void gunyah_vectors_addrspace(struct wire *wire);
void gunyah_vectors_cspace(struct wire *wire);
void gunyah_vectors_doorbell(struct wire *wire);
void gunyah_vectors_memextent(struct wire *wire);
void gunyah_vectors_msgqueue(struct wire *wire);
void gunyah_vectors_object(struct wire *wire);
void gunyah_vectors_partition(struct wire *wire);
void gunyah_vectors_system(struct wire *wire);
void gunyah_vectors_vcpu(struct wire *wire);
void gunyah_vectors_vic(struct wire *wire);
void gunyah_vectors_virtio(struct wire *wire);
void gunyah_vectors_vpm_group(struct wire *wire);
void gunyah_vectors_watchdog(struct wire *wire);

#endif
