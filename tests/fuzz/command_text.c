// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as what the command reads of others: as lines of a log, of each kind, as a scenario, and as a plan of trouble.
// What is decoded has texts that end; a scenario or a plan that is refused says where, and a plan leaves nothing behind then.
#include "decode.h"
#include "scenario.h"
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

static void parse_scenario(const char *text, size_t size)
{
    struct scenario_problem problem;
    struct scenario *scenario = scenario_parse(text, size, &problem);

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
    parse_scenario((const char *)data, size);
    follow_plan((const char *)data, size);
    return 0;
}
