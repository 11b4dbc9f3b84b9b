// SPDX-License-Identifier: BSD-3-Clause
// The words that follow a verb.
#include "scenario_line.h"

#include <stdio.h>
#include <string.h>

uint32_t scenario_line_column(const struct line *line)
{
    return line->at < line->count ? line->words[line->at].column : line->end;
}

bool scenario_line_wrong(struct line *line, const char *expected)
{
    if (line->at < line->count)
        return scenario_wrong(line->problem, line->number, scenario_line_column(line), "\"%.40s\": expected %s",
                              line->words[line->at].text, expected);
    return scenario_wrong(line->problem, line->number, scenario_line_column(line), "expected %s", expected);
}

// The next word if it is not quoted, or "", which nothing is called.
const char *scenario_plain_word(const struct line *line)
{
    return line->at < line->count && !line->words[line->at].quoted ? line->words[line->at].text : "";
}

int scenario_find_vm(const struct scenario *scenario, const char *name)
{
    for (int i = 0; i < scenario->vm_count; i++) {
        if (strcmp(scenario->vms[i].name, name) == 0)
            return i;
    }
    return SCENARIO_NOBODY;
}

int scenario_find_object(const struct scenario *scenario, const char *name)
{
    for (int i = 0; i < scenario->object_count; i++) {
        if (strcmp(scenario->objects[i].name, name) == 0)
            return i;
    }
    return SCENARIO_NOBODY;
}

// Some names begin lines of the trace, or stand for something else.
const char *scenario_name_problem(const struct scenario *scenario, const char *name)
{
    static const char *const taken[] = {"rm",  "root",    "the",  "msgqueue", "hypervisor", "expect", "any",
                                        "for", "forever", "push", "cspace",   "partition",  "vic"};
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const size_t size = strlen(name);

    if (size == 0 || size > SCENARIO_MAX_NAME || strspn(name, allowed) != size ||
        strchr("0123456789-", name[0]) != NULL)
        return "a name: a letter, and at most 14 more, digits, - or _";
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (strcmp(taken[i], name) == 0)
            return "another name: this one has a meaning of its own";
    }
    if (scenario_find_verb(name, false) != NULL || scenario_find_verb(name, true) != NULL)
        return "another name: this one is a verb";
    if (scenario_find_vm(scenario, name) != SCENARIO_NOBODY || scenario_find_object(scenario, name) != SCENARIO_NOBODY)
        return "another name: this one is taken";
    return NULL;
}

static bool is_free_name(struct line *line, const char *name)
{
    const char *wrong = scenario_name_problem(line->scenario, name);

    return wrong == NULL || scenario_line_wrong(line, wrong);
}

// Which side of a queue or a doorbell a verb is for.
static bool has_side(const struct scenario_object *object, enum scenario_verb verb, int vm)
{
    switch (verb) {
    case SCENARIO_SEND:
    case SCENARIO_RING:
        return object->from == vm;
    case SCENARIO_RECEIVE:
    case SCENARIO_CLEAR:
    case SCENARIO_MASK:
    case SCENARIO_RESET:
        return object->to == vm || (object->to == SCENARIO_NOBODY && object->from == vm);
    default:
        return object->from == vm || object->to == vm;
    }
}

static bool read_object(struct line *line, char letter, int *index)
{
    const struct scenario_object *object;

    *index = scenario_find_object(line->scenario, scenario_plain_word(line));
    if (*index == SCENARIO_NOBODY)
        return scenario_line_wrong(line, letter == 'q'   ? "a queue that was declared above"
                                         : letter == 'b' ? "a doorbell that was declared above"
                                                         : "a queue or a doorbell that was declared above");
    object = &line->scenario->objects[*index];
    if (letter == 'q' && object->kind != SCENARIO_A_QUEUE)
        return scenario_line_wrong(line, "a queue: this is a doorbell");
    if (letter == 'b' && object->kind != SCENARIO_A_DOORBELL)
        return scenario_line_wrong(line, "a doorbell: this is a queue");
    if (!has_side(object, line->verb->verb, line->step->vm))
        return scenario_line_wrong(line, "something that this VM is on the right side of");
    line->at++;
    return true;
}

bool scenario_read_data(struct line *line)
{
    struct scenario_word *word = &line->words[line->at];

    if (line->at == line->count)
        return scenario_line_wrong(line, "a message: \"text\", or hex: and digits");
    if (word->quoted) {
        line->step->data = (const uint8_t *)word->text;
        line->step->size = word->size;
    } else if (!scenario_hex(word, &line->step->data, &line->step->size)) {
        return scenario_line_wrong(line, "a message: \"text\", or hex: and an even number of digits");
    }
    line->at++;
    return true;
}

static bool read_objects(struct line *line)
{
    struct scenario_step *step = line->step;

    do {
        int index;
        if (step->count == SCENARIO_MAX_VALUES)
            return scenario_line_wrong(line, "fewer things to wait for");
        if (!read_object(line, 'o', &index))
            return false;
        step->values[step->count++].value = (uint64_t)index;
    } while (scenario_find_object(line->scenario, scenario_plain_word(line)) != SCENARIO_NOBODY);
    return true;
}

// Names of capabilities are left to the one who makes the call: they are not numbers yet.
static bool read_arguments(struct line *line)
{
    struct scenario_step *step = line->step;

    while (line->at < line->count && strcmp(scenario_plain_word(line), "expect") != 0) {
        const char *word = scenario_plain_word(line);
        struct scenario_value *value = &step->values[step->count];

        if (step->count == 7)
            return scenario_line_wrong(line, "at most seven arguments");
        if (!scenario_number(word, &value->value)) {
            if (scenario_find_object(line->scenario, word) == SCENARIO_NOBODY && strcmp(word, "cspace") != 0 &&
                strcmp(word, "partition") != 0 && strcmp(word, "vic") != 0)
                return scenario_line_wrong(line, "a number, a queue, a doorbell, cspace, partition or vic");
            value->name = word;
        }
        step->count++;
        line->at++;
    }
    return true;
}

// name=number
bool scenario_read_named(struct line *line, struct scenario_value *value)
{
    struct scenario_word *word = &line->words[line->at];
    char *equals = word->quoted ? NULL : strchr(word->text, '=');

    if (equals == NULL || equals == word->text || !scenario_number(equals + 1, &value->value))
        return scenario_line_wrong(line, "name=number");
    *equals = 0;
    value->place = (struct scenario_place){line->number, word->column};
    value->name = word->text;
    line->at++;
    return true;
}

static bool read_fields(struct line *line)
{
    struct scenario_step *step = line->step;

    while (line->at < line->count && strcmp(scenario_plain_word(line), "expect") != 0) {
        if (strncmp(scenario_plain_word(line), "hex:", 4) == 0 && step->data == NULL) {
            if (!scenario_read_data(line))
                return false;
        } else if (step->count == SCENARIO_MAX_VALUES) {
            return scenario_line_wrong(line, "fewer fields");
        } else if (!scenario_read_named(line, &step->values[step->count++])) {
            return false;
        }
    }
    return true;
}

static bool read_new_vm(struct line *line)
{
    struct scenario *scenario = line->scenario;

    if (!is_free_name(line, scenario_plain_word(line)))
        return false;
    if (scenario->vm_count == SCENARIO_MAX_VMS)
        return scenario_line_wrong(line, "at most 16 VMs");
    line->step->vm = scenario->vm_count;
    snprintf(scenario->vms[scenario->vm_count++].name, sizeof(scenario->vms[0].name), "%s", scenario_plain_word(line));
    line->at++;
    return true;
}

static bool read_new_object(struct line *line)
{
    struct scenario *scenario = line->scenario;
    struct scenario_object *object = &scenario->objects[scenario->object_count];

    if (!is_free_name(line, scenario_plain_word(line)))
        return false;
    if (scenario->object_count == SCENARIO_MAX_OBJECTS)
        return scenario_line_wrong(line, "at most 64 queues, doorbells and copies");
    *object = (struct scenario_object){.from = SCENARIO_NOBODY, .to = SCENARIO_NOBODY};
    snprintf(object->name, sizeof(object->name), "%s", scenario_plain_word(line));
    line->step->made = scenario->object_count++;
    line->at++;
    return true;
}

static bool read_text(struct line *line)
{
    if (line->at == line->count || !line->words[line->at].quoted)
        return scenario_line_wrong(line, "a \"text\"");
    line->step->text = line->words[line->at++].text;
    return true;
}

static bool skip(struct line *line, bool is_right, const char *expected)
{
    if (!is_right)
        return scenario_line_wrong(line, expected);
    line->at++;
    return true;
}

bool scenario_read_word(struct line *line, char letter)
{
    struct scenario_step *step = line->step;
    const char *word = scenario_plain_word(line);

    switch (letter) {
    case 'V':
        return read_new_vm(line);
    case 'N':
        return read_new_object(line);
    case 'q':
    case 'b':
    case 'o':
        return read_object(line, letter, &step->object);
    case 'n':
        return skip(line, scenario_number(word, &step->number), "a number");
    case 't':
        return scenario_read_duration(line, word, &step->number) && ++line->at;
    case 'c':
        return skip(line, scenario_find_call(word, &step->number), "a hypercall, such as msgqueue_send");
    case 'm':
        return skip(line, scenario_find_message(word, false, &step->number),
                    "a message of the Resource Manager, such as VM_ALLOCATE");
    case 'd':
        return scenario_read_data(line);
    case 's':
        return read_text(line);
    case 'w':
        return read_objects(line);
    case 'a':
        return read_arguments(line);
    default:
        return read_fields(line);
    }
}
