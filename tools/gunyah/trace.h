// SPDX-License-Identifier: BSD-3-Clause
// What happens on a simulated machine, and the ways to write it down: text, JSON lines, pcapng, a chart.
#ifndef GUNYAH_TRACE_H
#define GUNYAH_TRACE_H

#include "json.h"

#include <gunyah/backend.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TRACE_NOBODY (-1)
#define TRACE_MAX_VMS 16

enum trace_kind {
    TRACE_CALL,     // a hypercall, and its answer
    TRACE_PENDING,  // an interrupt becomes pending
    TRACE_TAKEN,    // and is taken
    TRACE_WAITS,    // a VM begins to wait,
    TRACE_GOES_ON,  // and does not wait any more
    TRACE_RM_ASKED, // a VM asked the Resource Manager,
    TRACE_RM_TELLS, // which answers, or tells a VM something
    TRACE_NOTE,     // somebody's words
    TRACE_FAILED,   // something else was expected
    TRACE_OTHER,
};

struct trace_event {
    enum trace_kind kind;
    uint64_t time_ns;
    int vm;           // TRACE_NOBODY: of no VM
    const char *text; // as the simulator tells it
    bool is_error;
    // A call. answer is NULL if it did not return.
    uint32_t number;
    const struct gunyah_registers *call;
    const struct gunyah_registers *answer;
    bool is_injected;
    const char *names[7]; // of the capabilities among the arguments, from x1 on; NULL: none that is known
    const uint8_t *data;  // the message that went; NULL: none
    size_t size;
    bool is_packet; // of the Resource Manager's channel
    // An interrupt.
    uint32_t virq;
};

struct chart;

struct trace {
    FILE *text; // NULL: not wanted, as the others
    bool json;  // text is JSON lines
    FILE *pcapng;
    struct chart *chart;
    const char *vms[TRACE_MAX_VMS];
    int vm_count;
};

// Says who is there, before anything happens to it. The name lives as long as the trace.
void trace_add_vm(struct trace *trace, const char *name);

void trace_write(struct trace *trace, const struct trace_event *event);

// Writes a call in a few words, "msgqueue_send(q, PUSH) \"hello\"", and its answer, "OK, not_full 1".
void trace_call_words(const struct trace_event *event, char *text, size_t size);
void trace_answer_words(const struct trace_event *event, char *text, size_t size);

// The error that a call was answered with; 0 for one that has none.
int32_t trace_error(const struct trace_event *event);

// trace_pcapng.c: VM i has the interfaces 2 * i, for calls, and 2 * i + 1, for packets of the Resource Manager.
void trace_pcapng_add_vm(FILE *file, const char *name);
void trace_pcapng_write(FILE *file, const struct trace_event *event);

// trace_json.c
void trace_json_write(const struct trace *trace, const struct trace_event *event);

#endif
