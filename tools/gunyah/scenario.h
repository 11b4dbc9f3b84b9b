// SPDX-License-Identifier: BSD-3-Clause
// A scenario: what VMs do on a simulated machine, as a file says it. docs/sim-run.md describes the language.
#ifndef GUNYAH_SCENARIO_H
#define GUNYAH_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_MAX_VMS 16
#define SCENARIO_MAX_OBJECTS 64
#define SCENARIO_MAX_NAME 15
#define SCENARIO_MAX_MESSAGE 1023 // bytes of the longest one of a queue
#define SCENARIO_MAX_VALUES 16
#define SCENARIO_MAX_OPTIONS 6
#define SCENARIO_FILE_LIMIT (1u << 20)

#define SCENARIO_NOBODY (-1)
#define SCENARIO_FOREVER UINT64_MAX

struct scenario_place {
    uint32_t line; // from 1, as the column
    uint32_t column;
};

enum scenario_verb {
    // What the machine is.
    SCENARIO_SEED,
    SCENARIO_PLAIN_CAPIDS,
    SCENARIO_VM,
    SCENARIO_QUEUE,
    SCENARIO_DOORBELL,
    SCENARIO_RM,
    // What happens to it.
    SCENARIO_FAULT,
    SCENARIO_RM_FAULT,
    SCENARIO_PLAN,
    SCENARIO_CLEAR_FAULTS,
    SCENARIO_ADVANCE,
    SCENARIO_NOTE,
    // What a VM does.
    SCENARIO_SEND,
    SCENARIO_RECEIVE,
    SCENARIO_FLUSH,
    SCENARIO_RING,
    SCENARIO_CLEAR,
    SCENARIO_MASK,
    SCENARIO_RESET,
    SCENARIO_WAIT,
    SCENARIO_YIELD,
    SCENARIO_CREATE_QUEUE,
    SCENARIO_CREATE_DOORBELL,
    SCENARIO_COPY,
    SCENARIO_REVOKE,
    SCENARIO_DELETE,
    SCENARIO_CALL,
    SCENARIO_ASK,
    SCENARIO_HEAR,
};

// Options of verbs, by their place in the table.
enum { VM_VMID, VM_PRIVILEGED, VM_IMMEDIATE, VM_CHANNEL };
enum { QUEUE_FROM, QUEUE_TO, QUEUE_DEPTH, QUEUE_SIZE, QUEUE_SEND_VIRQ, QUEUE_RECEIVE_VIRQ };
enum { DOORBELL_FROM, DOORBELL_TO, DOORBELL_VIRQ };
enum { RM_LATER, RM_DEBUG, RM_LATENCY };
enum { FAULT_ERROR, FAULT_VM, FAULT_NTH, FAULT_COUNT };
enum { RM_FAULT_KIND, RM_FAULT_VALUE, RM_FAULT_VM, RM_FAULT_NTH, RM_FAULT_COUNT };
enum { SEND_PUSH };
enum { RECEIVE_SIZE };
enum { MASK_ENABLE, MASK_ACK };
enum { WAIT_FOR };
enum { CREATE_DEPTH, CREATE_SIZE };
enum { COPY_RIGHTS };

// A number that has a name: a field of a message, a result that is expected.
struct scenario_value {
    struct scenario_place place;
    const char *name;
    uint64_t value;
};

// What a step has to come to.
struct scenario_expect {
    struct scenario_place place;
    bool any;
    const char *error; // "OK" unless the file says something else
    struct scenario_value values[SCENARIO_MAX_VALUES];
    uint32_t count;
    const uint8_t *data; // NULL: any
    size_t size;
};

struct scenario_step {
    enum scenario_verb verb;
    struct scenario_place place;
    int vm;          // index, or SCENARIO_NOBODY
    int object;      // likewise
    int made;        // the object that the step makes
    uint64_t number; // flags, a duration, a call, a message, the kind of a fault
    uint64_t options[SCENARIO_MAX_OPTIONS];
    const char *text;    // of a note
    const uint8_t *data; // of a message
    size_t size;
    struct scenario_value values[SCENARIO_MAX_VALUES]; // arguments of a call, fields of a message, objects to wait for
    uint32_t count;
    struct scenario_expect expect;
};

struct scenario_vm {
    char name[SCENARIO_MAX_NAME + 1];
    bool has_channel; // to the Resource Manager
    bool immediate;   // its convention
    bool has_ended;   // before the machine was saved: nothing is left that it could do
};

enum scenario_kind { SCENARIO_A_QUEUE, SCENARIO_A_DOORBELL };

// Something that VMs have capabilities of.
struct scenario_object {
    char name[SCENARIO_MAX_NAME + 1];
    enum scenario_kind kind;
    int from; // the VM that sends or rings
    int to;   // the VM that hears; SCENARIO_NOBODY: one capability for all, of the VM above
    uint32_t size;
    uint32_t send_virq; // 0: none
    uint32_t receive_virq;
};

struct scenario_past;

struct scenario {
    char *words; // the file, in words, which steps point to
    struct scenario_vm vms[SCENARIO_MAX_VMS];
    int vm_count;
    struct scenario_object objects[SCENARIO_MAX_OBJECTS];
    int object_count;
    bool has_rm;
    struct scenario_step *steps;
    size_t step_count;
    size_t step_room;
    struct scenario_past *past; // what it goes on from; NULL: a new machine
    // No words of the file: its reader may set them.
    bool as_manual;
    bool is_kept; // the machine is, at the end
};

struct scenario_problem {
    struct scenario_place place;
    char text[200];
};

// Reads a scenario; a past, or NULL, lives longer than it does. Returns NULL and tells the first problem. Out of memory is a
// problem at line 0.
struct scenario *scenario_parse(const char *text, size_t size, struct scenario_past *past,
                                struct scenario_problem *problem);

void scenario_free(struct scenario *scenario);

#endif
