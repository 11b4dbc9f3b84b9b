// SPDX-License-Identifier: BSD-3-Clause
// Reads scenarios line by line.
#include "scenario_line.h"
#include "scenario_past.h"

#include <gunyah/abi/names.h>
#include <gunyah/abi/rm_names.h>

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

// ---- what a statement needs, and leaves --------------------------------------------------------------------------

static bool note_object(struct line *line)
{
    const struct scenario_step *step = line->step;
    struct scenario_object *object = &line->scenario->objects[step->made];

    object->from = step->vm;
    object->to = SCENARIO_NOBODY;
    if (step->verb == SCENARIO_COPY)
        object->kind = line->scenario->objects[step->object].kind;
    else if (step->verb == SCENARIO_QUEUE || step->verb == SCENARIO_CREATE_QUEUE)
        object->kind = SCENARIO_A_QUEUE;
    else
        object->kind = SCENARIO_A_DOORBELL;
    if (step->vm != SCENARIO_NOBODY)
        return true;
    object->from = (int)(int64_t)step->options[0];
    object->to = (int)(int64_t)step->options[1];
    if (step->verb == SCENARIO_QUEUE) {
        object->size = (uint32_t)step->options[QUEUE_SIZE];
        object->send_virq = (uint32_t)step->options[QUEUE_SEND_VIRQ];
        object->receive_virq = (uint32_t)step->options[QUEUE_RECEIVE_VIRQ];
    } else {
        object->receive_virq = (uint32_t)step->options[DOORBELL_VIRQ];
    }
    return true;
}

static bool note_vm(struct line *line)
{
    struct scenario *scenario = line->scenario;
    const bool has_channel = line->step->options[VM_CHANNEL] != 0;

    if (has_channel && !scenario->has_rm)
        return scenario_wrong(line->problem, line->number, 1, "expected \"rm\" above: nobody is behind the channel");
    scenario->vms[line->step->vm].has_channel = has_channel;
    scenario->vms[line->step->vm].immediate = line->step->options[VM_IMMEDIATE] != 0;
    return true;
}

// The machine is made by the first line that is not about how it is made.
static bool check_first(struct line *line)
{
    const struct scenario *scenario = line->scenario;

    if (scenario->past != NULL)
        return scenario_wrong(line->problem, line->number, 1, "expected no such line: the machine is there already");
    for (size_t i = 0; i < scenario->step_count; i++) {
        if (scenario->steps[i].verb != SCENARIO_SEED && scenario->steps[i].verb != SCENARIO_PLAIN_CAPIDS)
            return scenario_wrong(line->problem, line->number, 1, "expected this line above all others");
    }
    return true;
}

static bool note_rm(struct line *line)
{
    struct scenario *scenario = line->scenario;

    if (scenario->vm_count != 0)
        return scenario_wrong(line->problem, line->number, 1, "expected this line above the first VM");
    if (scenario->has_rm)
        return scenario_wrong(line->problem, line->number, 1, "expected one \"rm\"");
    scenario->has_rm = true;
    return true;
}

static bool check_wait(struct line *line)
{
    const struct scenario_step *step = line->step;

    for (uint32_t i = 0; i < step->count; i++) {
        const struct scenario_object *object = &line->scenario->objects[step->values[i].value];
        if ((object->to == step->vm ? object->receive_virq : object->send_virq) == 0)
            return scenario_wrong(line->problem, line->number, line->words[2 + i].column,
                                  "\"%s\": expected something with an interrupt for this VM", object->name);
    }
    return true;
}

// A file must not choose addresses of this process: what it sends and receives lies in buffers.
static bool check_call(struct line *line)
{
    const struct gunyah_call_shape *shape = gunyah_call_info((uint32_t)line->step->number);

    for (unsigned i = 0; i < shape->argument_count; i++) {
        if (strcmp(shape->arguments[i].type, "guest_va") == 0)
            return scenario_wrong(line->problem, line->number, line->words[2].column,
                                  "\"%s\": expected a call without addresses; send and receive are verbs", shape->name);
    }
    return true;
}

// Likewise: the memory of a VM that was added by hand is that of this process.
static bool check_request(struct line *line)
{
    const struct gunyah_rm_message_shape *shape = gunyah_rm_message_info((uint32_t)line->step->number);

    for (size_t i = 0; i < 2 && shape->data[i] != NULL; i++) {
        for (unsigned k = 0; k < shape->data[i]->list_count; k++) {
            if (strcmp(shape->data[i]->lists[k].name, "regions") == 0)
                return scenario_wrong(line->problem, line->number, line->words[2].column,
                                      "\"%s\": expected a message that gives no memory away", shape->name);
        }
    }
    return true;
}

static bool check_statement(struct line *line)
{
    const struct scenario *scenario = line->scenario;
    const struct scenario_step *step = line->step;

    if (line->verb->by_vm && scenario->vms[step->vm].has_ended)
        return scenario_wrong(line->problem, line->number, 1,
                              "\"%s\": expected a VM that is there: it had ended when the machine was saved",
                              scenario->vms[step->vm].name);
    switch (step->verb) {
    case SCENARIO_SEED:
    case SCENARIO_PLAIN_CAPIDS:
        return check_first(line);
    case SCENARIO_RM:
        return note_rm(line);
    case SCENARIO_VM:
        return note_vm(line);
    case SCENARIO_QUEUE:
    case SCENARIO_DOORBELL:
    case SCENARIO_COPY:
    case SCENARIO_CREATE_QUEUE:
    case SCENARIO_CREATE_DOORBELL:
        return note_object(line);
    case SCENARIO_WAIT:
        return check_wait(line);
    case SCENARIO_CALL:
        return check_call(line);
    case SCENARIO_ASK:
        if (!check_request(line))
            return false;
        // fall through
    case SCENARIO_HEAR:
        if (!scenario->vms[step->vm].has_channel)
            return scenario_wrong(line->problem, line->number, 1,
                                  "expected a VM with a channel: \"vm %s channel\" declares one",
                                  scenario->vms[step->vm].name);
        return true;
    default:
        return true;
    }
}

static bool find_verb(struct line *line)
{
    line->step->vm = scenario_find_vm(line->scenario, scenario_plain_word(line));
    if (line->step->vm != SCENARIO_NOBODY)
        line->at++;
    line->verb = scenario_find_verb(scenario_plain_word(line), line->step->vm != SCENARIO_NOBODY);
    if (line->verb == NULL)
        return scenario_line_wrong(
            line, line->step->vm != SCENARIO_NOBODY
                      ? "what the VM does, such as send, receive, ring or wait"
                      : "a VM that was declared above, or a verb such as vm, queue, doorbell or fault");
    line->step->verb = line->verb->verb;
    line->at++;
    return true;
}

static bool read_statement(struct line *line)
{
    line->step->place = (struct scenario_place){line->number, line->words[0].column};
    line->step->object = line->step->made = SCENARIO_NOBODY;
    if (!find_verb(line))
        return false;
    for (const char *letter = line->verb->words; *letter != 0; letter++) {
        if (!scenario_read_word(line, *letter))
            return false;
    }
    return scenario_read_options(line) && scenario_read_expect(line) && check_statement(line);
}

// ---- the file ----------------------------------------------------------------------------------------------------

// A new step at the end, all zero, or NULL.
static struct scenario_step *add_step(struct scenario *scenario)
{
    struct scenario_step *steps = scenario->steps;

    if (scenario->step_count == scenario->step_room) {
        scenario->step_room = scenario->step_room == 0 ? FIRST_ROOM : 2 * scenario->step_room;
        steps = realloc(steps, scenario->step_room * sizeof(*steps));
        if (steps == NULL)
            return NULL;
        scenario->steps = steps;
    }
    memset(&steps[scenario->step_count], 0, sizeof(*steps));
    return &steps[scenario->step_count++];
}

static bool read_line(struct scenario *scenario, char *text, uint32_t number, struct scenario_problem *problem)
{
    struct line line = {.scenario = scenario, .problem = problem, .number = number};

    line.end = (uint32_t)strlen(text) + 1;
    if (!scenario_split(text, number, line.words, &line.count, problem))
        return false;
    if (line.count == 0)
        return true;
    line.step = add_step(scenario);
    if (line.step == NULL)
        return scenario_wrong(problem, 0, 0, "out of memory");
    return read_statement(&line);
}

static bool read_lines(struct scenario *scenario, size_t size, struct scenario_problem *problem)
{
    uint32_t number = 1;

    for (size_t begin = 0, end; begin < size; begin = end + 1, number++) {
        char *text = scenario->words + begin;
        const char *stop = memchr(text, '\n', size - begin);

        end = stop != NULL ? (size_t)(stop - scenario->words) : size;
        scenario->words[end] = 0;
        if (strlen(text) != end - begin)
            return scenario_wrong(problem, number, (uint32_t)strlen(text) + 1, "a zero byte: expected text");
        if (end > begin && text[end - begin - 1] == '\r')
            text[end - begin - 1] = 0;
        if (!read_line(scenario, text, number, problem))
            return false;
    }
    return true;
}

struct scenario *scenario_parse(const char *text, size_t size, struct scenario_past *past,
                                struct scenario_problem *problem)
{
    struct scenario *scenario = calloc(1, sizeof(*scenario));

    scenario_wrong(problem, 0, 0, "out of memory");
    if (scenario == NULL)
        return NULL;
    if (past != NULL)
        *scenario = past->names;
    scenario->past = past;
    scenario->words = malloc(size + 1);
    if (scenario->words != NULL) {
        memcpy(scenario->words, text, size);
        scenario->words[size] = 0;
        if (read_lines(scenario, size, problem))
            return scenario;
    }
    scenario_free(scenario);
    return NULL;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario == NULL)
        return;
    free(scenario->words);
    free(scenario->steps);
    free(scenario);
}
