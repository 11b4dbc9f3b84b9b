// SPDX-License-Identifier: BSD-3-Clause
// Reads the names of a past, line by line. The words of a line stand in a fixed order.
#include "scenario_line.h"
#include "scenario_past.h"

#include <gunyah/abi/rm.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// The longest payload of packets of 240 bytes.
#define LONGEST_UNHEARD ((GUNYAH_RM_MAX_FRAGMENTS + 1) * (size_t)(240 - GUNYAH_RM_HEADER_SIZE))

struct reader {
    struct scenario_past *past;
    uint32_t line;
    struct scenario_word words[SCENARIO_MAX_WORDS];
    uint32_t count;
    uint32_t at; // the next word
    char *why;
    size_t why_size;
};

static bool wrong(const struct reader *reader, const char *text)
{
    snprintf(reader->why, reader->why_size, "line %" PRIu32 " of the names in the file: %s", reader->line, text);
    return false;
}

static bool expected(const struct reader *reader, const char *what)
{
    char text[120];

    snprintf(text, sizeof(text), "expected %s", what);
    return wrong(reader, text);
}

// The next word, or "" if there is none.
static const char *next(struct reader *reader)
{
    const bool is_plain = reader->at < reader->count && !reader->words[reader->at].quoted;

    return is_plain ? reader->words[reader->at++].text : "";
}

static bool read_number(struct reader *reader, uint64_t max, uint64_t *value)
{
    return (scenario_number(next(reader), value) && *value <= max) || expected(reader, "a number");
}

static bool read_u32(struct reader *reader, uint32_t *value)
{
    uint64_t number;

    if (!read_number(reader, UINT32_MAX, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static bool read_new_name(struct reader *reader, char name[SCENARIO_MAX_NAME + 1])
{
    const char *word = next(reader);
    const char *needed = scenario_name_problem(&reader->past->names, word);

    if (needed != NULL)
        return expected(reader, needed);
    snprintf(name, SCENARIO_MAX_NAME + 1, "%s", word);
    return true;
}

static bool read_vm_name(struct reader *reader, int *vm)
{
    *vm = scenario_find_vm(&reader->past->names, next(reader));
    return *vm != SCENARIO_NOBODY || expected(reader, "a VM of a line above");
}

static bool read_channel_name(struct reader *reader, int *vm)
{
    if (!read_vm_name(reader, vm))
        return false;
    return reader->past->names.vms[*vm].has_channel || expected(reader, "a VM with a channel");
}

// ---- lines -------------------------------------------------------------------------------------------------------

static bool read_rm(struct reader *reader)
{
    reader->past->names.has_rm = true;
    return true;
}

static bool read_vm(struct reader *reader)
{
    struct scenario *names = &reader->past->names;
    struct scenario_vm vm = {.has_channel = false};
    uint64_t vmid;

    if (names->vm_count == SCENARIO_MAX_VMS)
        return expected(reader, "at most 16 VMs");
    if (!read_new_name(reader, vm.name) || !read_number(reader, GUNYAH_VMID_ROOT - 1, &vmid))
        return false;
    while (reader->at < reader->count) {
        const char *word = next(reader);
        if (strcmp(word, "immediate") == 0)
            vm.immediate = true;
        else if (strcmp(word, "ended") == 0)
            vm.has_ended = true;
        else
            return expected(reader, "\"immediate\" or \"ended\"");
    }
    reader->past->vmids[names->vm_count] = (uint16_t)vmid;
    names->vms[names->vm_count++] = vm;
    return true;
}

static bool read_channel(struct reader *reader)
{
    uint64_t sequence;
    int vm;

    if (!reader->past->names.has_rm)
        return expected(reader, "\"rm\" above");
    if (!read_vm_name(reader, &vm) || !read_number(reader, UINT16_MAX, &sequence))
        return false;
    reader->past->names.vms[vm].has_channel = true;
    reader->past->sequences[vm] = (uint16_t)sequence;
    return true;
}

static bool read_knowledge(struct reader *reader)
{
    const char *word;
    uint64_t vmid;
    int vm;

    if (!read_channel_name(reader, &vm) || !read_number(reader, SCENARIO_VMIDS - 1, &vmid))
        return false;
    word = next(reader);
    if (strcmp(word, "exists") != 0 && strcmp(word, "configured") != 0)
        return expected(reader, "\"exists\" or \"configured\"");
    reader->past->knowledge[vm][vmid] = word[0] == 'e' ? SCENARIO_KNOWS_IT_EXISTS : SCENARIO_KNOWS_IT_IS_CONFIGURED;
    return true;
}

static bool read_unheard(struct reader *reader)
{
    const uint8_t *payload;
    uint32_t id;
    size_t size;
    int vm;

    if (!read_channel_name(reader, &vm) || !read_u32(reader, &id))
        return false;
    if (reader->at == reader->count || !scenario_hex(&reader->words[reader->at++], &payload, &size) ||
        size > LONGEST_UNHEARD)
        return expected(reader, "the bytes of a notification");
    return scenario_past_add_unheard(reader->past, vm, id, payload, size) || expected(reader, "more memory");
}

static bool read_object(struct reader *reader)
{
    struct scenario *names = &reader->past->names;
    const int index = names->object_count;
    struct scenario_object object = {.to = SCENARIO_NOBODY};

    if (index == SCENARIO_MAX_OBJECTS)
        return expected(reader, "at most 64 queues, doorbells and copies");
    object.kind = strcmp(reader->words[0].text, "queue") == 0 ? SCENARIO_A_QUEUE : SCENARIO_A_DOORBELL;
    if (!read_new_name(reader, object.name) || !read_vm_name(reader, &object.from))
        return false;
    if (reader->at < reader->count && strcmp(reader->words[reader->at].text, "-") == 0)
        reader->at++;
    else if (!read_vm_name(reader, &object.to))
        return false;
    if (!read_u32(reader, &object.send_virq) || !read_u32(reader, &object.receive_virq) ||
        !read_number(reader, UINT64_MAX, &reader->past->from_cap[index]) ||
        !read_number(reader, UINT64_MAX, &reader->past->to_cap[index]))
        return false;
    names->objects[names->object_count++] = object;
    return true;
}

static bool read_line(struct reader *reader)
{
    static const struct {
        const char *name;
        bool (*read)(struct reader *reader);
    } kinds[] = {
        {"rm", read_rm},           {"vm", read_vm},        {"channel", read_channel}, {"knows", read_knowledge},
        {"unheard", read_unheard}, {"queue", read_object}, {"doorbell", read_object},
    };
    const char *word = next(reader);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(word, kinds[i].name) != 0)
            continue;
        if (!kinds[i].read(reader))
            return false;
        return reader->at == reader->count || expected(reader, "the end of the line");
    }
    return expected(reader, "rm, vm, channel, knows, unheard, queue or doorbell");
}

bool scenario_past_read_names(struct scenario_past *past, char *text, size_t size, char *why, size_t why_size)
{
    struct reader reader = {.past = past, .why_size = why_size};
    struct scenario_problem problem;

    reader.why = why;
    for (size_t begin = 0, end; begin < size; begin = end + 1) {
        const char *stop = memchr(text + begin, '\n', size - begin);

        reader.line++;
        reader.at = 0;
        if (stop == NULL)
            return expected(&reader, "the end of the line");
        end = (size_t)(stop - text);
        text[end] = 0;
        if (strlen(text + begin) != end - begin)
            return expected(&reader, "text");
        if (!scenario_split(text + begin, reader.line, reader.words, &reader.count, &problem))
            return wrong(&reader, problem.text);
        if (!read_line(&reader))
            return false;
    }
    return true;
}
