// SPDX-License-Identifier: BSD-3-Clause
// Options of a verb, and what is expected of it.
#include "scenario_line.h"

#include <string.h>

// ---- options -----------------------------------------------------------------------------------------------------

static bool read_vm(struct line *line, const char *text, uint64_t *value)
{
    const int vm = scenario_find_vm(line->scenario, text);

    *value = (uint64_t)(int64_t)vm;
    return vm != SCENARIO_NOBODY || scenario_line_wrong(line, "a VM that was declared above");
}

static bool read_rm_value(struct line *line, const char *text, uint64_t *value)
{
    if (scenario_number(text, value) || scenario_duration(text, value) || scenario_find_rm_error(text, value))
        return true;
    return scenario_line_wrong(line, "a number, a duration or an error of the Resource Manager");
}

static bool read_hypervisor_error(struct line *line, const char *text, uint64_t *value)
{
    if (scenario_find_hypervisor_error(text, value) && *value != 0)
        return true;
    return scenario_line_wrong(line, "an error of the hypervisor, such as MSGQUEUE_FULL");
}

bool scenario_read_duration(struct line *line, const char *text, uint64_t *value)
{
    return scenario_duration(text, value) ||
           scenario_line_wrong(line, "a duration, such as 50ms; the units are ns, us, ms and s");
}

static bool read_option_value(struct line *line, const struct scenario_option *option, const char *text,
                              uint64_t *value)
{
    switch (option->kind) {
    case SCENARIO_OPTION_VM:
        return read_vm(line, text, value);
    case SCENARIO_OPTION_ERROR:
        return read_hypervisor_error(line, text, value);
    case SCENARIO_OPTION_RM_VALUE:
        return read_rm_value(line, text, value);
    case SCENARIO_OPTION_MISCHIEF:
        return scenario_find_mischief(text, value) ||
               scenario_line_wrong(line, "a kind of fault, such as fail or late-reply");
    case SCENARIO_OPTION_DURATION:
        if (strcmp(text, "forever") == 0) {
            *value = SCENARIO_FOREVER;
            return true;
        }
        return scenario_read_duration(line, text, value);
    case SCENARIO_OPTION_FLAG:
    case SCENARIO_OPTION_NUMBER:
        break;
    }
    if (!scenario_number(text, value))
        return scenario_line_wrong(line, "a number behind the =");
    return *value <= option->max || scenario_line_wrong(line, "a smaller number");
}

// Whether the word is an option, "name" or "name=value"; *text: the value.
static bool is_option(const struct scenario_option *option, const char *word, const char **text)
{
    const size_t size = strlen(option->name);

    if (strncmp(word, option->name, size) != 0)
        return false;
    *text = word + size + 1;
    return option->kind == SCENARIO_OPTION_FLAG ? word[size] == 0 : word[size] == '=';
}

static bool read_option(struct line *line, bool *seen)
{
    const char *text = NULL;

    for (size_t i = 0; i < SCENARIO_MAX_OPTIONS && line->verb->options[i].name != NULL; i++) {
        const struct scenario_option *option = &line->verb->options[i];
        if (!is_option(option, scenario_plain_word(line), &text))
            continue;
        if (seen[i])
            return scenario_line_wrong(line, "every option once");
        seen[i] = true;
        line->step->options[i] = 1;
        if (option->kind != SCENARIO_OPTION_FLAG && !read_option_value(line, option, text, &line->step->options[i]))
            return false;
        line->at++;
        return true;
    }
    return scenario_line_wrong(line, line->verb->options[0].name != NULL
                                         ? "an option of this verb, \"expect\" or the end of the line"
                                         : "\"expect\" or the end of the line");
}

bool scenario_read_options(struct line *line)
{
    const struct scenario_option *options = line->verb->options;
    bool seen[SCENARIO_MAX_OPTIONS] = {false};

    for (size_t i = 0; i < SCENARIO_MAX_OPTIONS && options[i].name != NULL; i++)
        line->step->options[i] = options[i].initial;
    while (line->at < line->count && strcmp(scenario_plain_word(line), "expect") != 0) {
        if (!read_option(line, seen))
            return false;
    }
    for (size_t i = 0; i < SCENARIO_MAX_OPTIONS && options[i].name != NULL; i++) {
        if (options[i].needed && !seen[i])
            return scenario_wrong(line->problem, line->number, scenario_line_column(line), "expected %s=...",
                                  options[i].name);
    }
    return true;
}

// ---- what is expected --------------------------------------------------------------------------------------------

// What the library itself answers to some verbs. NULL ends a list.
static const char *const of_wait[] = {"TIMEOUT", "DEADLOCK", "CRASHED", NULL};
static const char *const of_client[] = {"TIMEOUT", "PROTOCOL", "WOULD_CRASH", "CRASHED", NULL};

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool is_error_of(enum scenario_verb verb, const char *name)
{
    uint64_t value;

    if (strcmp(name, "OK") == 0)
        return true;
    switch (verb) {
    case SCENARIO_WAIT:
        return is_one_of(name, of_wait);
    case SCENARIO_ASK:
        return is_one_of(name, of_client) || scenario_find_rm_error(name, &value);
    case SCENARIO_HEAR:
        return strcmp(name, "TIMEOUT") == 0 || scenario_find_message(name, true, &value);
    default:
        return scenario_find_hypervisor_error(name, &value);
    }
}

static const char *errors_of(enum scenario_verb verb)
{
    switch (verb) {
    case SCENARIO_WAIT:
        return "OK, TIMEOUT, DEADLOCK, CRASHED or any";
    case SCENARIO_ASK:
        return "OK, any, an error of the Resource Manager, TIMEOUT, PROTOCOL, WOULD_CRASH or CRASHED";
    case SCENARIO_HEAR:
        return "OK, TIMEOUT, any, or a notification, such as VM_STATUS";
    default:
        return "OK, any, or an error of the hypervisor, such as MSGQUEUE_FULL";
    }
}

static bool read_expected_data(struct line *line)
{
    struct scenario_expect *expect = &line->step->expect;

    if (line->verb->verb != SCENARIO_RECEIVE || expect->data != NULL)
        return scenario_line_wrong(line, "name=number or the end of the line");
    if (!scenario_read_data(line))
        return false;
    expect->data = line->step->data;
    expect->size = line->step->size;
    line->step->data = NULL;
    return true;
}

bool scenario_read_expect(struct line *line)
{
    struct scenario_expect *expect = &line->step->expect;

    expect->error = "OK";
    if (line->at == line->count)
        return true;
    expect->place = (struct scenario_place){line->number, scenario_line_column(line)};
    line->at++;
    if (!line->verb->by_vm) {
        line->at--;
        return scenario_line_wrong(line, "the end of the line: only what a VM does has a result");
    }
    expect->any = strcmp(scenario_plain_word(line), "any") == 0;
    if (!expect->any && !is_error_of(line->verb->verb, scenario_plain_word(line)))
        return scenario_line_wrong(line, errors_of(line->verb->verb));
    expect->error = line->words[line->at++].text;
    while (line->at < line->count) {
        const bool is_data = line->words[line->at].quoted || strncmp(scenario_plain_word(line), "hex:", 4) == 0;
        if (is_data                                ? !read_expected_data(line)
            : expect->count == SCENARIO_MAX_VALUES ? !scenario_line_wrong(line, "fewer values")
                                                   : !scenario_read_named(line, &expect->values[expect->count]))
            return false;
        expect->count += is_data ? 0 : 1;
    }
    return true;
}
