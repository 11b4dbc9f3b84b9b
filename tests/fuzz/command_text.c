// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as what the command reads of others: as lines of a log, of each kind, as a scenario, new or one that goes on, as the
// names that one goes on from, and as a plan of trouble. What is decoded has texts that end; a scenario or a plan that is refused
// says where, and a plan leaves nothing behind then; names that are read are written as they can be read again.
#include "decode.h"
#include "scenario_past.h"
#include "sim_internal.h"

#include <stdlib.h>
#include <string.h>

static void need(bool condition)
{
    if (!condition)
        abort();
}

static void check(const struct decoded *decoded)
{
    need(decoded->summary[0] != 0);
    need(strlen(decoded->summary) < sizeof(decoded->summary));
    need(decoded->count <= DECODE_MAX_FIELDS);
    need(decoded->left_out == 0 || decoded->count == DECODE_MAX_FIELDS);
    for (size_t i = 0; i < decoded->count; i++) {
        need(strlen(decoded->fields[i].name) < sizeof(decoded->fields[i].name));
        need(strlen(decoded->fields[i].meaning) < sizeof(decoded->fields[i].meaning));
    }
}

// Each line in memory of its own, so that a byte behind it is seen.
static void decode_lines(const char *text, size_t size, enum decode_kind kind)
{
    static struct decoded decoded;
    struct decoder decoder = {.kind = kind};

    for (size_t begin = 0, end; begin < size; begin = end + 1) {
        const char *stop = memchr(text + begin, '\n', size - begin);
        char *line;

        end = stop != NULL ? (size_t)(stop - text) : size;
        line = malloc(end - begin + 1);
        need(line != NULL);
        memcpy(line, text + begin, end - begin);
        line[end - begin] = 0;
        if (decode_line(&decoder, line, &decoded))
            check(&decoded);
        free(line);
    }
}

static void parse_scenario(const char *text, size_t size, struct scenario_past *past)
{
    struct scenario_problem problem;
    struct scenario *scenario = scenario_parse(text, size, past, &problem);

    if (scenario == NULL) {
        need(problem.place.line > 0 && problem.place.column > 0);
        need(problem.text[0] != 0 && strlen(problem.text) < sizeof(problem.text));
        return;
    }
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct scenario_step *step = &scenario->steps[i];
        need(step->vm < scenario->vm_count && step->object < scenario->object_count);
        need(step->count <= SCENARIO_MAX_VALUES && step->expect.count <= SCENARIO_MAX_VALUES);
    }
    scenario_free(scenario);
}

static struct scenario_past *read_names(const char *text, size_t size)
{
    struct scenario_past *past = calloc(1, sizeof(*past));
    char *copy = malloc(size + 1);
    char why[240] = "";

    need(past != NULL && copy != NULL);
    memcpy(copy, text, size);
    if (!scenario_past_read_names(past, copy, size, why, sizeof(why))) {
        need(why[0] != 0 && memchr(why, 0, sizeof(why)) != NULL);
        scenario_past_free(past);
        past = NULL;
    }
    free(copy);
    return past;
}

// What was written for these names, without the header before it.
static char *write_names(const struct scenario_past *past, size_t *size)
{
    char *bytes = scenario_past_write(past, "", 0, size);

    need(bytes != NULL);
    *size -= 40;
    memmove(bytes, bytes + 40, *size);
    return bytes;
}

static void go_on_from(const char *text, size_t size)
{
    struct scenario_past *past = read_names(text, size);
    struct scenario_past *again;
    char *written[2];
    size_t sizes[2];

    if (past == NULL)
        return;
    written[0] = write_names(past, &sizes[0]);
    again = read_names(written[0], sizes[0]);
    need(again != NULL);
    written[1] = write_names(again, &sizes[1]);
    need(sizes[0] == sizes[1] && memcmp(written[0], written[1], sizes[0]) == 0);
    free(written[0]);
    free(written[1]);
    scenario_past_free(again);
    scenario_past_free(past);
}

static void go_on_with(const char *text, size_t size)
{
    static const char names[] = "rm\nvm hlos 3\nchannel hlos 7\nvm a 4 immediate\nvm gone 5 ended\n"
                                "queue q hlos a 40 41 1 2\ndoorbell d a - 0 0 3 4\n";
    static struct scenario_past *past;

    if (past == NULL)
        past = read_names(names, sizeof(names) - 1);
    need(past != NULL);
    parse_scenario(text, size, past);
}

static void read_file(const char *bytes, size_t size)
{
    char why[240] = "";
    struct scenario_past *past = scenario_past_read(bytes, size, why, sizeof(why));

    need(past != NULL || (why[0] != 0 && memchr(why, 0, sizeof(why)) != NULL));
    scenario_past_free(past);
}

static struct gunyah_sim *make_machine(void)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;

    options.name = "a";
    need(gunyah_sim_create(NULL, &sim) == GUNYAH_OK);
    need(gunyah_sim_add_vm(sim, &options, &vm) == GUNYAH_OK);
    return sim;
}

static void follow_plan(const char *text, size_t size)
{
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
    static struct gunyah_sim *sim;

    if (sim == NULL)
        sim = make_machine();
    if (gunyah_sim_add_plan(sim, text, size, &problem) == GUNYAH_OK) {
        need(problem.line == 0 && problem.text[0] == 0);
        gunyah_sim_advance(sim, 10000);
    } else {
        need(problem.line > 0 && problem.text[0] != 0 && memchr(problem.text, 0, sizeof(problem.text)) != NULL);
        need(sim->rules == NULL);
    }
    gunyah_sim_clear_faults(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int kind = DECODE_AUTO; kind <= DECODE_DMESG; kind++)
        decode_lines((const char *)data, size, (enum decode_kind)kind);
    parse_scenario((const char *)data, size, NULL);
    go_on_with((const char *)data, size);
    go_on_from((const char *)data, size);
    read_file((const char *)data, size);
    follow_plan((const char *)data, size);
    return 0;
}
