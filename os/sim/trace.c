// SPDX-License-Identifier: BSD-3-Clause
// The trace: one line for everything that happens. The same run must give the same bytes, so addresses of the process
// are never printed.

#include "sim_internal.h"

#include <gunyah/abi/names.h>
#include <gunyah/abi/rm_names.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 512
#define LARGEST_DECIMAL 0xfffff // Larger numbers are easier to read in hexadecimal.
#define NS_PER_US 1000

// A line in the making. What does not fit is cut off.
struct line {
    char text[LINE_SIZE];
    size_t used;
};

static void append(struct line *line, const char *format, ...)
{
    size_t room = sizeof(line->text) - line->used;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line->text + line->used, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void begin(struct line *line, const struct gunyah_sim *sim)
{
    uint64_t now = gunyah_model_now(sim->model);

    line->used = 0;
    append(line, "[%7" PRIu64 ".%03u us] ", now / NS_PER_US, (unsigned)(now % NS_PER_US));
}

static void end(const struct line *line, const struct gunyah_sim *sim)
{
    sim->trace(sim->trace_context, line->text);
}

static bool is_type(const struct gunyah_word_info *word, const char *type)
{
    return strcmp(word->type, type) == 0;
}

// Types whose values are amounts or places in a list, rather than bits or addresses.
static bool is_decimal(const struct gunyah_word_info *word)
{
    static const char *const types[] = {"size",     "count",     "index", "virq",       "vmid",
                                        "priority", "cpu_index", "bool",  "nanoseconds"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (is_type(word, types[i]))
            return true;
    }
    return false;
}

static void append_word(struct line *line, const struct gunyah_word_info *word, uint64_t value)
{
    if (is_type(word, "guest_va"))
        append(line, "%s=*", word->name);
    else if (is_decimal(word) && value <= LARGEST_DECIMAL)
        append(line, "%s=%" PRIu64, word->name, value);
    else
        append(line, "%s=0x%" PRIx64, word->name, value);
}

// A reserved word matters only in the immediate form, and only if it is neither 0 nor all ones, as some must be.
static bool is_shown(const struct gunyah_word_info *word, uint64_t value, bool immediate)
{
    return !is_type(word, "reserved") || (immediate && value != 0 && value != UINT64_MAX);
}

static void append_arguments(struct line *line, const struct gunyah_call_shape *info, const uint64_t *values,
                             bool immediate)
{
    const char *separator = "";

    append(line, "(");
    for (unsigned i = 0; i < info->argument_count; i++) {
        if (!is_shown(&info->arguments[i], values[i], immediate))
            continue;
        append(line, "%s", separator);
        append_word(line, &info->arguments[i], values[i]);
        separator = ", ";
    }
    append(line, ")");
}

static void append_error(struct line *line, int32_t error)
{
    const char *name = gunyah_hverr_name(error);

    if (name != NULL)
        append(line, "%s", name);
    else
        append(line, "error %" PRId32, error);
}

static void append_results(struct line *line, const struct gunyah_call_shape *info, const uint64_t *values)
{
    int32_t error = (int32_t)(uint32_t)values[0];

    append(line, " = ");
    for (unsigned i = 0; i < info->result_count; i++) {
        append(line, "%s", i > 0 ? ", " : "");
        if (!is_type(&info->results[i], "error")) {
            append_word(line, &info->results[i], values[i]);
            continue;
        }
        append_error(line, error);
        // Such a call has no other results: there may be anything in their registers.
        if (error == GUNYAH_HVERR_UNIMPLEMENTED)
            return;
    }
}

static void append_hypercall(struct line *line, const struct sim_call *call, const struct gunyah_registers *before,
                             const struct gunyah_registers *after, bool answered)
{
    const struct gunyah_call_shape *info = gunyah_call_info(call->number);

    if (info != NULL) {
        append(line, "%s", info->name);
        append_arguments(line, info, &before->x[call->first], call->first == 0);
        if (answered)
            append_results(line, info, after->x);
        return;
    }
    append(line, "unknown hypercall 0x%" PRIx32, call->number);
    if (answered) {
        append(line, " = ");
        append_error(line, (int32_t)(uint32_t)after->x[0]);
    }
}

// The functions that have a name here: what a VM does with its watchdog.
static const struct gunyah_call_shape *function_of(uint32_t id)
{
    static const struct gunyah_call_shape shapes[] = {
        {"watchdog_control", 0, 1, 1, {{"control", "watchdog_control"}}, {{"error", "error"}}},
        {"watchdog_status",
         0,
         0,
         3,
         {{NULL, NULL}},
         {{"error", "error"}, {"status", "watchdog_status"}, {"since_pet_ms", "count"}}},
        {"watchdog_pet", 0, 0, 1, {{NULL, NULL}}, {{"error", "error"}}},
        {"watchdog_set_time", 0, 2, 1, {{"bark_ms", "count"}, {"bite_ms", "count"}}, {{"error", "error"}}},
    };
    const uint32_t place = id - GUNYAH_SMCCC_WATCHDOG_CONTROL;

    return place < sizeof(shapes) / sizeof(shapes[0]) ? &shapes[place] : NULL;
}

static void append_function(struct line *line, const struct gunyah_call_shape *shape,
                            const struct gunyah_registers *before, const struct gunyah_registers *after, bool answered)
{
    append(line, "%s", shape->name);
    append_arguments(line, shape, &before->x[1], false);
    if (answered)
        append_results(line, shape, after->x);
}

static void append_call(struct line *line, const struct sim_call *call, const struct gunyah_registers *before,
                        const struct gunyah_registers *after, bool answered)
{
    const char *instruction = call->conduit == GUNYAH_MODEL_SMC ? "smc" : "hvc";

    if (call->kind == SIM_CALL_HYPERCALL) {
        append_hypercall(line, call, before, after, answered);
        return;
    }
    if (call->kind == SIM_CALL_SMCCC && function_of(call->number) != NULL) {
        append_function(line, function_of(call->number), before, after, answered);
        return;
    }
    if (call->kind == SIM_CALL_SMCCC)
        append(line, "smccc 0x%08" PRIx32, call->number);
    else
        append(line, "%s #0x%" PRIx32, instruction, call->number);
    if (answered)
        append(line, " = 0x%" PRIx64, after->x[0]);
}

void gunyah_internal_sim_trace_call(struct gunyah_sim_vm *vm, const struct sim_call *call,
                                    const struct gunyah_registers *before, const struct gunyah_registers *after,
                                    enum sim_answer answer)
{
    bool answered = answer == SIM_ANSWER_RETURNED || answer == SIM_ANSWER_INJECTED || answer == SIM_ANSWER_GONE;
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s ", vm->name);
    append_call(&line, call, before, after, answered);
    if (answer == SIM_ANSWER_INJECTED)
        append(&line, " (injected)");
    else if (answer == SIM_ANSWER_GONE)
        append(&line, " (the VM has ended)");
    else if (!answered)
        append(&line, " does not return");
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_crash(struct gunyah_sim *sim)
{
    struct line line;

    if (sim->trace == NULL)
        return;
    begin(&line, sim);
    append(&line, "the hypervisor has crashed: a real one stops here, and with it the machine");
    end(&line, sim);
}

void gunyah_internal_sim_trace_pending(struct gunyah_sim_vm *vm, uint32_t virq)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s <- vIRQ %" PRIu32, vm->name, virq);
    end(&line, vm->sim);
}

// Not every VM of the Resource Manager's has been asked for.
static void append_vm(struct line *line, const struct gunyah_sim *sim, uint32_t vm)
{
    if (vm < SIM_MAX_VMS && sim->vms[vm] != NULL)
        append(line, "%s", sim->vms[vm]->name);
    else
        append(line, "vm%" PRIu32, vm);
}

void gunyah_internal_sim_trace_watchdog(const struct gunyah_sim *sim, uint32_t vm, enum gunyah_model_watchdog what)
{
    static const char *const deeds[] = {
        [GUNYAH_MODEL_WATCHDOG_BARKS] = "barks",
        [GUNYAH_MODEL_WATCHDOG_BITES] = "bites",
        [GUNYAH_MODEL_WATCHDOG_BITES_CRITICALLY] = "bites, and takes the machine down",
    };
    struct line line;

    if (sim->trace == NULL)
        return;
    begin(&line, sim);
    if (vm < SIM_MAX_VMS)
        append_vm(&line, sim, vm);
    else // Of a vCPU that calls made.
        append(&line, "a vCPU");
    append(&line, ": its watchdog %s", deeds[what]);
    end(&line, sim);
}

static void append_time(struct line *line, uint64_t time)
{
    append(line, "%" PRIu64 ".%03u us", time / NS_PER_US, (unsigned)(time % NS_PER_US));
}

void gunyah_internal_sim_trace_lost(const struct gunyah_sim *sim, uint32_t vm, uint32_t virq)
{
    struct line line;

    if (sim->trace == NULL)
        return;
    begin(&line, sim);
    append_vm(&line, sim, vm);
    append(&line, " loses vIRQ %" PRIu32, virq);
    end(&line, sim);
}

void gunyah_internal_sim_trace_late(const struct gunyah_sim *sim, uint32_t vm, uint32_t virq, uint64_t due)
{
    struct line line;

    if (sim->trace == NULL)
        return;
    begin(&line, sim);
    append_vm(&line, sim, vm);
    append(&line, " gets vIRQ %" PRIu32 " at ", virq);
    append_time(&line, due);
    end(&line, sim);
}

void gunyah_internal_sim_trace_empty(const struct gunyah_sim *sim)
{
    struct line line;

    if (sim->trace == NULL)
        return;
    begin(&line, sim);
    append(&line, "the hypervisor gets no memory from its heap");
    end(&line, sim);
}

static void append_deadline(struct line *line, uint64_t deadline)
{
    if (deadline == SIM_NEVER) {
        append(line, " for ever");
        return;
    }
    append(line, " until ");
    append_time(line, deadline);
}

void gunyah_internal_sim_trace_wait(struct gunyah_sim_vm *vm, const gunyah_virq_t *virqs, size_t count)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s waits for", vm->name);
    for (size_t i = 0; i < count; i++)
        append(&line, "%s %" PRIu32, i > 0 ? "," : "", virqs[i].value);
    append_deadline(&line, vm->wait.deadline);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_take(struct gunyah_sim_vm *vm, gunyah_virq_t virq)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s takes vIRQ %" PRIu32, vm->name, virq.value);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_miss(struct gunyah_sim_vm *vm, gunyah_virq_t virq)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s does not see vIRQ %" PRIu32 " yet", vm->name, virq.value);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_needless(struct gunyah_sim_vm *vm)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s wakes up for nothing", vm->name);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_end(struct gunyah_sim_vm *vm, enum gunyah_error error)
{
    const char *how = error == GUNYAH_ERR_TIMEOUT    ? "times out"
                      : error == GUNYAH_ERR_DEADLOCK ? "is in a deadlock"
                                                     : "stops waiting";
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s %s", vm->name, how);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_register(const struct gunyah_sim_vm *vm, const char *does, uint64_t address,
                                        size_t bytes, uint64_t value)
{
    struct line line;

    if (vm->sim->trace == NULL)
        return;
    begin(&line, vm->sim);
    append(&line, "%s %s %zu bytes at 0x%" PRIx64 ": 0x%" PRIx64, vm->name, does, bytes, address, value);
    end(&line, vm->sim);
}

void gunyah_internal_sim_trace_join(const char *what, const struct gunyah_sim_vm *from, gunyah_capid_t send,
                                    const struct gunyah_sim_vm *to, gunyah_capid_t receive)
{
    struct line line;

    if (from->sim->trace == NULL)
        return;
    begin(&line, from->sim);
    append(&line, "%s from %s (0x%" PRIx64 ") to %s (0x%" PRIx64 ")", what, from->name, send.value, to->name,
           receive.value);
    end(&line, from->sim);
}

static void append_rm_name(struct line *line, uint32_t id)
{
    const struct gunyah_rm_message_shape *info = gunyah_rm_message_info(id);

    if (info != NULL)
        append(line, "%s", info->name);
    else
        append(line, "message 0x%08" PRIx32, id);
}

// The error word, and why.
static void append_rm_error(struct line *line, const struct gunyah_model_rm_event *event)
{
    const unsigned char *word = event->payload;
    uint32_t error = (uint32_t)word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
    const char *name = gunyah_rm_error_name(error);

    if (name != NULL)
        append(line, " = %s", name);
    else
        append(line, " = error 0x%" PRIx32, error);
    if (event->reason != RM_FINE)
        append(line, ": %s", gunyah_model_rm_refusal(event->reason)->sentence);
}

static void append_rm(struct line *line, const char *name, const struct gunyah_model_rm_event *event)
{
    switch (event->kind) {
    case GUNYAH_MODEL_RM_REQUEST:
        append(line, "%s asks ", name);
        append_rm_name(line, event->id);
        append(line, " #%u, %" PRIu32 " bytes", (unsigned)event->sequence, event->size);
        break;
    case GUNYAH_MODEL_RM_REPLY:
        append(line, "rm answers %s ", name);
        append_rm_name(line, event->id);
        append(line, " #%u", (unsigned)event->sequence);
        append_rm_error(line, event);
        break;
    case GUNYAH_MODEL_RM_NOTIFICATION:
        append(line, "rm tells %s ", name);
        append_rm_name(line, event->id);
        break;
    case GUNYAH_MODEL_RM_DROPPED:
        append(line, "rm drops %" PRIu32 " bytes from %s, which are no request", event->size, name);
        break;
    case GUNYAH_MODEL_RM_DEAD:
        append(line, "rm has crashed, and answers nobody any more: %s",
               gunyah_model_rm_refusal(event->reason)->sentence);
        break;
    }
}

void gunyah_internal_sim_trace_rm(void *context, const struct gunyah_model_rm_event *event)
{
    const struct gunyah_sim *sim = context;
    char name[SIM_NAME_SIZE];
    struct line line;

    if (sim->trace == NULL)
        return;
    snprintf(name, sizeof(name), "vm%u", (unsigned)event->vmid);
    if (event->vmid < SIM_MAX_VMS && sim->vms[event->vmid] != NULL)
        snprintf(name, sizeof(name), "%s", sim->vms[event->vmid]->name);
    begin(&line, sim);
    append_rm(&line, name, event);
    end(&line, sim);
}

enum gunyah_error gunyah_sim_set_trace(struct gunyah_sim *sim, gunyah_sim_trace_fn *trace, void *context)
{
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    sim->trace = trace;
    sim->trace_context = context;
    pthread_mutex_unlock(&sim->lock);
    return GUNYAH_OK;
}
