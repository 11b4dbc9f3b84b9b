// SPDX-License-Identifier: BSD-3-Clause
// What the scenarios have in common: lines of results, and the machines that they begin with. README.md says both in words.
#ifndef SCENARIO_H
#define SCENARIO_H

#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- results -----------------------------------------------------------------------------------------------------

// Collects results from here on; the trace goes to standard output by itself.
void begin_results(void);

// Prints what was collected, behind the trace.
void print_results(void);

// Ends the program when something failed that no scenario is about.
void must(enum gunyah_error error, const char *what);

// Begins a line. Ends the program if the error is not the expected one.
void step(const char *what, enum gunyah_error error, enum gunyah_error expected);

// Add a value to the line: in decimal, in hexadecimal, bytes, or a text. Numbers are compared with what is expected.
void number(const char *key, uint64_t value, uint64_t expected);
void hex(const char *key, uint64_t value, uint64_t expected);
void bytes(const char *key, const void *data, size_t size);
void text(const char *key, const char *value);

// ---- machines ----------------------------------------------------------------------------------------------------

#define DEPTH 4
#define MESSAGE_SIZE 16
#define HLOS_VMID 3
#define GUEST_VMID 128 // The first of the dynamic ones.
#define GUEST_BELL 1   // Labels of what HLOS and the guest share.
#define GUEST_QUEUE 2
#define GUEST_BASE UINT64_C(0x80000000)
#define IMAGE UINT64_C(0x40000000) // Memory of HLOS. Nobody touches it, so that it need not be there.
#define IMAGE_SIZE UINT64_C(0x200000)

// One VM of a pair.
struct side {
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
    struct gunyah_msgqueue *queue;
    struct gunyah_doorbell *bell;
    gunyah_capid_t bell_cap;
};

// Alice sends and rings, bob receives.
struct pair {
    struct gunyah_sim *sim;
    struct side alice;
    struct side bob;
};

// A VM that makes objects by itself.
struct maker {
    struct gunyah_sim *sim;
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
};

// A VM and its connection to the Resource Manager.
struct client {
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

// HLOS, and a guest that it makes.
struct host {
    struct gunyah_sim *sim;
    struct client hlos;
    struct gunyah_vm *made;
    struct gunyah_memparcel *image;
    struct client guest;
};

void open_sim(struct gunyah_sim **sim);
struct gunyah *open_session(struct gunyah_sim_vm *vm);
void open_pair(struct pair *pair);
void close_pair(struct pair *pair);
void open_maker(struct maker *maker);
void close_maker(struct maker *maker);
void open_host(struct host *host);
void close_host(struct host *host);
void make_guest(struct host *host);  // To READY.
void enter_guest(struct host *host); // RUNNING; a session of the guest's own.
void leave_guest(struct host *host); // Closes that.
void destroy_guest(struct host *host);

// ---- the scenarios -----------------------------------------------------------------------------------------------

void identify(void);
void doorbell(void);
void doorbell_wait(void);
void msgqueue(void);
void msgqueue_refused(void);
void msgqueue_wait(void);
void cspace(void);
void objects(void);
void closed(void);
void in_use(void);
void observer(void);
void faults(void);
void vm(void);
void refused(void);
void request(void);
void parcel(void);
void events(void);
void device_tree(void);

#endif
