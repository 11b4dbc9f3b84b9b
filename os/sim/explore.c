// SPDX-License-Identifier: BSD-3-Clause
// Exploration: one schedule after the other, each on a machine of its own.

#include "explore_internal.h"

#include <options.h>
#include <port.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_MEMORY ((size_t)1 << 20)
#define DEFAULT_MAX_SCHEDULES 100000
#define DEFAULT_MAX_STEPS 10000

void gunyah_internal_explore_find(struct gunyah_sim_exploration *e, enum gunyah_sim_finding finding, uint32_t guest,
                                  const char *sentence)
{
    if (e->result->finding != GUNYAH_SIM_FINDING_NONE)
        return;
    e->result->finding = finding;
    e->result->guest = guest;
    snprintf(e->result->sentence, sizeof(e->result->sentence), "%s", sentence);
}

void gunyah_internal_explore_fail(struct gunyah_sim_exploration *e, enum gunyah_error error, const char *format, ...)
{
    va_list arguments;

    e->error = error;
    va_start(arguments, format);
    vsnprintf(e->result->sentence, sizeof(e->result->sentence), format, arguments);
    va_end(arguments);
}

// ---- What is asked for -------------------------------------------------------------------------------------------------

static enum gunyah_error refuse(struct gunyah_sim_explore_result *result, enum gunyah_error error, const char *sentence)
{
    snprintf(result->sentence, sizeof(result->sentence), "%s", sentence);
    return error;
}

static enum gunyah_error check_scenario(const struct gunyah_sim_scenario *scenario,
                                        struct gunyah_sim_explore_result *result)
{
    if (!options_known(scenario, scenario->size, sizeof(*scenario)))
        return refuse(result, GUNYAH_ERR_OPTION, "scenario.size is wrong: start from GUNYAH_SIM_SCENARIO_INIT");
    if (scenario->guest_count == 0 || scenario->guest_count > GUNYAH_SIM_MAX_GUESTS)
        return refuse(result, GUNYAH_ERR_ARGUMENT_SIZE, "guest_count must be 1 to 16");
    if (scenario->setup == NULL || scenario->teardown == NULL)
        return refuse(result, GUNYAH_ERR_NULL, "the scenario has no setup, or no teardown");
    for (uint32_t i = 0; i < scenario->guest_count; i++) {
        if (scenario->guests[i] == NULL)
            return refuse(result, GUNYAH_ERR_NULL, "one of the guests is a null pointer");
    }
    return GUNYAH_OK;
}

static enum gunyah_error check_options(const struct gunyah_sim_explore_options *options,
                                       struct gunyah_sim_explore_result *result)
{
    if (!options_known(options, options->size, sizeof(*options)))
        return refuse(result, GUNYAH_ERR_OPTION, "options.size is wrong: start from GUNYAH_SIM_EXPLORE_OPTIONS_INIT");
    if (options->machine != NULL && !options_known(options->machine, options->machine->size, sizeof(*options->machine)))
        return refuse(result, GUNYAH_ERR_OPTION, "machine.size is wrong: start from GUNYAH_SIM_OPTIONS_INIT");
    if (options->mode != GUNYAH_SIM_SYSTEMATIC && options->mode != GUNYAH_SIM_RANDOM)
        return refuse(result, GUNYAH_ERR_OPTION, "the mode is neither systematic nor random");
    if (options->time_jumps > GUNYAH_SIM_MAX_DEVIATIONS || options->late_interrupts > GUNYAH_SIM_MAX_DEVIATIONS ||
        options->needless_wakeups > GUNYAH_SIM_MAX_DEVIATIONS || options->change_points > GUNYAH_SIM_MAX_DEVIATIONS)
        return refuse(result, GUNYAH_ERR_OPTION,
                      "time_jumps, late_interrupts, needless_wakeups and change_points must be at most 255");
    if (options->max_steps > GUNYAH_SIM_MAX_STEPS)
        return refuse(result, GUNYAH_ERR_OPTION, "max_steps must be at most 1000000");
    return GUNYAH_OK;
}

static bool find_allocator(const struct gunyah_sim_explore_options *options, struct gunyah_allocator *allocator)
{
    *allocator = options->machine != NULL && options->machine->allocator != NULL ? *options->machine->allocator
                                                                                 : gunyah_internal_default_allocator();
    return allocator->allocate != NULL && allocator->release != NULL;
}

// ---- A schedule --------------------------------------------------------------------------------------------------------

static enum gunyah_error make_machine(struct gunyah_sim_exploration *e)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;

    options.memory = DEFAULT_MEMORY;
    if (e->options.machine != NULL)
        options = *e->options.machine;
    options.size = sizeof(options);
    options.threads = 1;
    return gunyah_sim_create(&options, &e->sim);
}

static void run_guests(struct gunyah_sim_exploration *e)
{
    const struct gunyah_sim_scenario *scenario = e->scenario;
    const char *complaint;

    e->sim->explore = e;
    gunyah_internal_explore_guests(e);
    e->sim->explore = NULL;
    if (e->error != GUNYAH_OK)
        return;
    if (e->options.schedule != NULL && e->count < e->given) {
        gunyah_internal_explore_fail(e, GUNYAH_ERR_ARGUMENT_INVALID,
                                     "the schedule is not of this scenario: it goes on after the end");
        return;
    }
    if (e->result->finding != GUNYAH_SIM_FINDING_NONE || scenario->check == NULL)
        return;
    complaint = scenario->check(scenario->context);
    if (complaint != NULL)
        gunyah_internal_explore_find(e, GUNYAH_SIM_FINDING_CHECK, 0, complaint);
}

// With a larger bound, systematic exploration passes the schedules of the smaller ones again.
static bool is_new(const struct gunyah_sim_exploration *e)
{
    return e->options.schedule != NULL || e->options.mode != GUNYAH_SIM_SYSTEMATIC ||
           gunyah_internal_explore_oddity(e) == e->bound;
}

static void count(struct gunyah_sim_exploration *e)
{
    if (!is_new(e))
        return;
    e->result->schedules++;
    e->result->steps += e->count;
    if (e->count > e->result->longest)
        e->result->longest = e->count;
}

static void run_schedule(struct gunyah_sim_exploration *e)
{
    const struct gunyah_sim_scenario *scenario = e->scenario;
    const enum gunyah_error error = make_machine(e);
    const char *complaint;

    if (error != GUNYAH_OK) {
        gunyah_internal_explore_fail(e, error, "the machine cannot be made");
        return;
    }
    complaint = scenario->setup(scenario->context, e->sim);
    if (complaint != NULL) {
        gunyah_internal_explore_fail(e, GUNYAH_ERR_FAILURE, "setup failed: %s", complaint);
    } else {
        run_guests(e);
        count(e);
    }
    scenario->teardown(scenario->context);
    if (gunyah_sim_destroy(&e->sim) != GUNYAH_OK)
        gunyah_internal_explore_fail(e, GUNYAH_ERR_IN_USE, "a session is open after teardown, which must close all");
}

// ---- All of them -------------------------------------------------------------------------------------------------------

static void run_schedules(struct gunyah_sim_exploration *e)
{
    if (!gunyah_internal_explore_start(e)) {
        gunyah_internal_explore_fail(e, GUNYAH_ERR_NO_RESOURCES, "no more threads can be started");
        return;
    }
    do
        run_schedule(e);
    while (e->error == GUNYAH_OK && e->result->finding == GUNYAH_SIM_FINDING_NONE &&
           gunyah_internal_explore_choose_another(e));
    gunyah_internal_explore_stop(e);
}

static void explore(struct gunyah_sim_exploration *e)
{
    if (e->options.schedule != NULL && !gunyah_internal_explore_read(e, e->options.schedule))
        return;
    run_schedules(e);
    if (e->result->finding != GUNYAH_SIM_FINDING_NONE && !gunyah_internal_explore_write(e))
        gunyah_internal_explore_fail(e, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for the schedule");
}

static enum gunyah_error explore_with(const struct gunyah_allocator *allocator,
                                      const struct gunyah_sim_explore_options *options,
                                      const struct gunyah_sim_scenario *scenario,
                                      struct gunyah_sim_explore_result *result)
{
    const uint32_t max_steps = options->max_steps != 0 ? options->max_steps : DEFAULT_MAX_STEPS;
    const size_t size = sizeof(struct explore_decision) * max_steps;
    struct gunyah_sim_exploration *e = allocator->allocate(allocator->context, sizeof(*e));
    struct explore_decision *decisions = e != NULL ? allocator->allocate(allocator->context, size) : NULL;
    enum gunyah_error error;

    if (decisions == NULL) {
        if (e != NULL)
            allocator->release(allocator->context, e, sizeof(*e));
        return refuse(result, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for the exploration");
    }
    memset(e, 0, sizeof(*e));
    e->options = *options;
    e->options.max_steps = max_steps;
    if (e->options.max_schedules == 0)
        e->options.max_schedules = DEFAULT_MAX_SCHEDULES;
    e->scenario = scenario;
    e->allocator = *allocator;
    e->decisions = decisions;
    e->result = result;
    explore(e);
    error = e->error;
    allocator->release(allocator->context, decisions, size);
    allocator->release(allocator->context, e, sizeof(*e));
    return error;
}

enum gunyah_error gunyah_sim_explore(const struct gunyah_sim_explore_options *options,
                                     const struct gunyah_sim_scenario *scenario,
                                     struct gunyah_sim_explore_result *result)
{
    static const struct gunyah_sim_explore_options defaults = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_allocator allocator;
    enum gunyah_error error;
    size_t size;

    if (result == NULL)
        return GUNYAH_ERR_NULL;
    size = result->size;
    if (size < sizeof(*result))
        return GUNYAH_ERR_OPTION;
    *result = (struct gunyah_sim_explore_result)GUNYAH_SIM_EXPLORE_RESULT_INIT;
    result->size = size;
    if (scenario == NULL)
        return refuse(result, GUNYAH_ERR_NULL, "the scenario is a null pointer");
    if (options == NULL)
        options = &defaults;
    error = check_options(options, result);
    if (error == GUNYAH_OK)
        error = check_scenario(scenario, result);
    if (error != GUNYAH_OK)
        return error;
    if (!find_allocator(options, &allocator))
        return refuse(result, GUNYAH_ERR_NULL, "a function of the allocator is a null pointer");
    return explore_with(&allocator, options, scenario, result);
}
