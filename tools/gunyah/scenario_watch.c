// SPDX-License-Identifier: BSD-3-Clause
// Hears the simulator and the sessions. The simulator's lines say what happened and in which order; the observer of a
// session has the registers of a call, and the message that it carries.
#include "scenario_run.h"

#include <gunyah/abi/names.h>

#include <stdlib.h>
#include <string.h>

#define NS_PER_US 1000

static int find_vm(const struct run *run, const char *name, size_t size)
{
    for (int i = 0; i < run->scenario->vm_count; i++) {
        const char *known = run->scenario->vms[i].name;
        if (strlen(known) == size && memcmp(known, name, size) == 0)
            return i;
    }
    return TRACE_NOBODY;
}

// Goes to the next word.
static const char *next(const char *text)
{
    text += strcspn(text, " ");
    return text + strspn(text, " ");
}

static int vm_at(const struct run *run, const char *text)
{
    return find_vm(run, text, strcspn(text, " "));
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

// "[     13.000 us] " in front of a line. Returns what follows.
static const char *read_time(const char *line, uint64_t *time_ns)
{
    char *end;
    const uint64_t microseconds = strtoull(line + 1, &end, 10);
    const char *rest = strstr(line, "] ");

    *time_ns = microseconds * NS_PER_US + (*end == '.' ? strtoull(end + 1, NULL, 10) : 0);
    return rest != NULL ? rest + 2 : line;
}

// A line about the Resource Manager: "rm answers alice VM_START #3 = OK", "rm tells alice VM_STATUS".
static void classify_rm(const struct run *run, struct trace_event *event)
{
    const char *verb = next(event->text);
    const char *equals = strstr(event->text, " = ");

    event->is_error = equals != NULL && strcmp(equals, " = OK") != 0;
    if (begins(verb, "answers ") || begins(verb, "tells ")) {
        event->kind = TRACE_RM_TELLS;
        event->vm = vm_at(run, next(verb));
    } else {
        event->is_error = true;
    }
}

// Returns false if it is a call, whose registers are to come.
static bool classify_vm(struct trace_event *event)
{
    const char *verb = next(event->text);

    if (begins(verb, "<- vIRQ ") || begins(verb, "takes vIRQ ")) {
        event->kind = verb[0] == '<' ? TRACE_PENDING : TRACE_TAKEN;
        event->virq = (uint32_t)strtoul(next(next(verb)), NULL, 10);
    } else if (begins(verb, "waits for")) {
        event->kind = TRACE_WAITS;
    } else if (begins(verb, "times out") || begins(verb, "is in a deadlock") || begins(verb, "stops waiting")) {
        event->kind = TRACE_GOES_ON;
        event->is_error = verb[0] != 's';
    } else if (begins(verb, "loses vIRQ ") || begins(verb, "gets vIRQ ")) {
        event->is_error = verb[0] == 'l';
    } else if (begins(verb, "reads ") || begins(verb, "writes ")) {
        event->kind = TRACE_OTHER;
    } else if (begins(verb, "asks ")) {
        event->kind = TRACE_RM_ASKED;
    } else {
        return false;
    }
    return true;
}

static void hear_line(void *context, const char *line)
{
    struct run *run = context;
    struct trace_event event = {.kind = TRACE_OTHER, .vm = TRACE_NOBODY};

    event.text = read_time(line, &event.time_ns);
    if (run->is_quiet)
        return;
    event.vm = vm_at(run, event.text);
    if (event.vm != TRACE_NOBODY) {
        if (!classify_vm(&event)) {
            snprintf(run->held, sizeof(run->held), "%s", event.text);
            run->held_time = event.time_ns;
            return;
        }
    } else if (begins(event.text, "rm ")) {
        classify_rm(run, &event);
    } else if (begins(event.text, "the hypervisor ")) {
        event.is_error = true;
    }
    if ((event.kind == TRACE_RM_TELLS || event.kind == TRACE_TAKEN) && event.vm == TRACE_NOBODY)
        event.kind = TRACE_OTHER;
    trace_write(run->trace, &event);
}

void run_watch(struct run *run)
{
    gunyah_sim_set_trace(run->sim, hear_line, run);
}

void run_tell(struct run *run, enum trace_kind kind, int vm, const char *text, bool is_error)
{
    trace_write(run->trace,
                &(struct trace_event){
                    .kind = kind, .time_ns = gunyah_sim_now(run->sim), .vm = vm, .text = text, .is_error = is_error});
}

static const char *name_of(const struct run_vm *vm, uint64_t cap)
{
    const struct run *run = vm->run;

    if (cap == GUNYAH_CAPID_INVALID)
        return NULL;
    for (int i = 0; i < run->scenario->object_count; i++) {
        const struct scenario_object *object = &run->scenario->objects[i];
        if ((object->from == vm->index && run->from_cap[i].value == cap) ||
            (object->to == vm->index && run->to_cap[i].value == cap))
            return object->name;
    }
    if (vm->rm != NULL && (vm->rm_send.value == cap || vm->rm_receive.value == cap))
        return "rm";
    if (cap == vm->own.cspace.value)
        return "cspace";
    if (cap == vm->own.partition.value)
        return "partition";
    return cap == vm->own.vic.value ? "vic" : NULL;
}

static void name_capabilities(const struct run_vm *vm, struct trace_event *event)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);

    for (unsigned i = 0; shape != NULL && i < shape->argument_count; i++) {
        if (strcmp(shape->arguments[i].type, "capid") == 0)
            event->names[i] = name_of(vm, event->call->x[i + 1]);
    }
}

// Addresses of this process are no part of a trace, since they differ from run to run.
static struct gunyah_registers without_addresses(const struct gunyah_call_event *event)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);
    struct gunyah_registers registers = *event->call;

    for (unsigned i = 0; shape != NULL && i < shape->argument_count; i++) {
        if (strcmp(shape->arguments[i].type, "guest_va") == 0)
            registers.x[i + 1] = 0;
    }
    return registers;
}

// Nor are registers that hold no result: they may be as they were before.
static struct gunyah_registers results_of(const struct gunyah_call_event *event)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);
    struct gunyah_registers registers = {{event->answer->x[0]}};

    for (unsigned i = 1; shape != NULL && i < shape->result_count; i++)
        registers.x[i] = event->answer->x[i];
    return registers;
}

static void find_message(const struct run *run, const struct gunyah_call_event *call, struct trace_event *event)
{
    if (!run->knows_buffers)
        return;
    if (call->number == GUNYAH_HYPERCALL_MSGQUEUE_SEND) {
        event->data = (const uint8_t *)(uintptr_t)call->call->x[3];
        event->size = call->call->x[2];
    } else if (call->number == GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE && trace_error(event) == GUNYAH_HVERR_OK) {
        event->data = (const uint8_t *)(uintptr_t)call->call->x[2];
        event->size = call->answer->x[1];
    }
}

void run_hear_call(void *context, const struct gunyah_call_event *call)
{
    const struct run_vm *vm = context;
    struct run *run = vm->run;
    const struct gunyah_registers registers = without_addresses(call);
    const struct gunyah_registers results = results_of(call);
    struct trace_event event = {
        .kind = TRACE_CALL,
        .time_ns = run->held_time,
        .vm = vm->index,
        .text = run->held,
        .number = call->number,
        .call = &registers,
        .answer = strstr(run->held, " does not return") == NULL ? &results : NULL,
        .is_injected = strstr(run->held, " (injected)") != NULL,
    };

    if (run->is_quiet || call->number == GUNYAH_CALL_SMCCC)
        return;
    name_capabilities(vm, &event);
    event.is_packet =
        vm->rm != NULL && (vm->rm_send.value == call->call->x[1] || vm->rm_receive.value == call->call->x[1]);
    event.is_error = trace_error(&event) != GUNYAH_HVERR_OK;
    find_message(run, call, &event);
    trace_write(run->trace, &event);
}
