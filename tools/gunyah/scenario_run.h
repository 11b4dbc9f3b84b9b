// SPDX-License-Identifier: BSD-3-Clause
// Runs a scenario on a simulated machine.
#ifndef GUNYAH_SCENARIO_RUN_H
#define GUNYAH_SCENARIO_RUN_H

#include "scenario.h"
#include "trace.h"

#include <gunyah/rm.h>
#include <gunyah/sim_hostile.h>

#define SCENARIO_MAX_RESULTS 256

struct scenario_outcome {
    size_t steps;
    size_t failures; // expectations that were not met
    bool is_broken;  // a line could not be done at all: problem tells
    struct scenario_problem problem;
    // If scenario.is_kept: the bytes of a file, which free() takes, or NULL, and why.
    uint8_t *kept;
    size_t kept_size;
    const char *not_kept;
};

// Called for each expectation that was not met.
typedef void scenario_failed_fn(void *context, const struct scenario_step *step, const char *text);

void scenario_run(const struct scenario *scenario, struct trace *trace, scenario_failed_fn *failed, void *context,
                  struct scenario_outcome *outcome);

// ---- of the files that run it ------------------------------------------------------------------------------------

struct run;
struct scenario_unheard;

// What is in the place of the machine, for the session of a VM.
struct run_stand_in {
    bool is_on;
    bool is_asked; // a request has come, and no reply has gone
    uint32_t id;   // of that request
    uint16_t next_sequence;
    uint32_t error; // of the reply
    uint32_t state;
    const struct scenario_unheard *unheard; // what comes next
    size_t told;                            // bytes of it that have gone
};

struct run_vm {
    struct run *run;
    int index;
    struct gunyah_sim_vm *vm;
    struct gunyah_sim_vm_info own;
    struct gunyah *g;
    struct gunyah_rm *rm;
    gunyah_capid_t rm_send;
    gunyah_capid_t rm_receive;
    struct run_stand_in stand_in;
};

struct run_result {
    char name[64];
    uint64_t value;
};

// What a step has come to.
struct run_answer {
    char error[48];
    struct run_result results[SCENARIO_MAX_RESULTS];
    uint32_t count;
    const uint8_t *data;
    size_t size;
};

struct run {
    const struct scenario *scenario;
    struct trace *trace;
    struct gunyah_sim *sim;
    struct run_vm vms[SCENARIO_MAX_VMS];
    gunyah_capid_t from_cap[SCENARIO_MAX_OBJECTS];
    gunyah_capid_t to_cap[SCENARIO_MAX_OBJECTS];
    uint64_t seed;
    bool plain_capids;
    bool is_quiet;      // what opening a session does is of no interest
    bool knows_buffers; // addresses in calls are ours
    char held[512];     // a call's line, until its registers are known
    uint64_t held_time;
    uint8_t buffer[SCENARIO_MAX_MESSAGE];
    struct run_answer answer;
};

// scenario_watch.c: what the simulator and the sessions tell, as events of the trace.
void run_watch(struct run *run);
void run_hear_call(void *vm, const struct gunyah_call_event *call); // of the observer of a session
void run_tell(struct run *run, enum trace_kind kind, int vm, const char *text, bool is_error);

// scenario_session.c: each returns what is wrong, or NULL.
const char *run_open_vm(struct run *run, int index, struct gunyah_sim_vm *there); // of the scenario, and of the machine
const char *run_go_on(struct run *run, struct scenario_past *past);               // with the machine, which is taken
const char *run_keep(struct run *run, uint8_t **bytes, size_t *size); // as a file. The machine is good for nothing then

// scenario_steps.c: what a VM does. Fills run->answer. Returns false if that is not possible at all.
bool run_step(struct run *run, const struct scenario_step *step, struct scenario_problem *problem);

// scenario_message.c: the payload of a request. Returns its size, or 0 with false and the problem.
bool scenario_encode(const struct scenario_step *step, uint8_t *bytes, size_t room, size_t *size,
                     struct scenario_problem *problem);

#endif
