// SPDX-License-Identifier: BSD-3-Clause
// Events as JSON, one a line.
#include "trace.h"

#include <gunyah/abi/names.h>

#include <string.h>

static const char *const kinds[] = {
    [TRACE_CALL] = "call",
    [TRACE_PENDING] = "virq-pending",
    [TRACE_TAKEN] = "virq-taken",
    [TRACE_WAITS] = "waits",
    [TRACE_GOES_ON] = "goes-on",
    [TRACE_RM_ASKED] = "rm-asked",
    [TRACE_RM_TELLS] = "rm-tells",
    [TRACE_NOTE] = "note",
    [TRACE_FAILED] = "failed-expectation",
    [TRACE_OTHER] = "other",
};

// Addresses of the process differ from run to run.
static void write_words(struct json *json, const char *key, const struct gunyah_word_info *words, unsigned count,
                        const uint64_t *values)
{
    json_object(json, key);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(words[i].type, "guest_va") != 0 && strcmp(words[i].type, "reserved") != 0 &&
            strcmp(words[i].type, "error") != 0)
            json_hex(json, words[i].name, values[i]);
    }
    json_end(json);
}

static void write_data(struct json *json, const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * 1023 + 1];
    size_t used = 0;

    for (size_t i = 0; i < size && used + 2 < sizeof(text); i++) {
        text[used++] = digits[data[i] >> 4];
        text[used++] = digits[data[i] & 15];
    }
    text[used] = 0;
    json_text(json, "data", text);
}

static void write_call(struct json *json, const struct trace_event *event)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(event->number);
    const char *error = gunyah_hverr_name(trace_error(event));

    json_text(json, "call", gunyah_call_name(event->number));
    json_number(json, "number", event->number);
    if (event->names[0] != NULL)
        json_text(json, "object", event->names[0]);
    if (shape != NULL)
        write_words(json, "arguments", shape->arguments, shape->argument_count, &event->call->x[1]);
    if (event->answer != NULL) {
        json_text(json, "error", error);
        json_number(json, "error_number", trace_error(event));
    }
    if (shape != NULL && event->answer != NULL && trace_error(event) != GUNYAH_HVERR_UNIMPLEMENTED)
        write_words(json, "results", shape->results, shape->result_count, event->answer->x);
    if (event->is_injected)
        json_bool(json, "injected", true);
    if (event->data != NULL)
        write_data(json, event->data, event->size);
}

void trace_json_write(const struct trace *trace, const struct trace_event *event)
{
    struct json json = {.to = trace->text, .one_line = true};

    json_object(&json, NULL);
    json_number(&json, "time_ns", (int64_t)event->time_ns);
    json_text(&json, "event", kinds[event->kind]);
    if (event->vm != TRACE_NOBODY)
        json_text(&json, "vm", trace->vms[event->vm]);
    if (event->kind == TRACE_PENDING || event->kind == TRACE_TAKEN)
        json_number(&json, "virq", event->virq);
    if (event->kind == TRACE_CALL)
        write_call(&json, event);
    json_text(&json, "text", event->text);
    json_end(&json);
}
