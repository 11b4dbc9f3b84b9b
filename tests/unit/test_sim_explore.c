// SPDX-License-Identifier: BSD-3-Clause
// Which schedules are tried, their text, and what is refused.

#include "explore_world.h"

#include <pthread.h>
#include <stdlib.h>

#define CALLS 3
#define MOST_ORDERS 64

// Notes its letter after each of its calls.
static const char *call_and_note(void *context, uint32_t guest)
{
    struct world *world = context;

    for (int i = 0; i < CALLS; i++) {
        gunyah_doorbell_send(world->ring[(guest + 1) % world->vms], 1, NULL);
        world_note(world, (char)('a' + guest));
    }
    return NULL;
}

// ---- All orders --------------------------------------------------------------------------------------------------------

struct orders {
    char seen[MOST_ORDERS][2 * CALLS + 1];
    size_t count;
    size_t runs;
};

static const char *keep_order(void *context)
{
    struct world *world = context;
    struct orders *orders = world->own;

    orders->runs++;
    for (size_t i = 0; i < orders->count; i++) {
        if (strcmp(orders->seen[i], world->order) == 0)
            return NULL;
    }
    cr_assert(lt(sz, orders->count, MOST_ORDERS));
    memcpy(orders->seen[orders->count++], world->order, 2 * CALLS + 1);
    return NULL;
}

// How often the guest changes before it has made all of its calls.
static unsigned preemptions_of(const char *order)
{
    int left[2] = {CALLS, CALLS};
    unsigned count = 0;

    for (size_t i = 0; i < 2 * CALLS; i++) {
        if (i > 0 && order[i] != order[i - 1] && left[order[i - 1] - 'a'] > 0)
            count++;
        left[order[i] - 'a']--;
    }
    return count;
}

// Counted one by one: words of three a and three b.
static size_t orders_within(unsigned preemptions)
{
    size_t count = 0;

    for (unsigned bits = 0; bits < 1u << (2 * CALLS); bits++) {
        char order[2 * CALLS + 1] = {0};
        size_t a = 0;
        for (size_t i = 0; i < 2 * CALLS; i++) {
            order[i] = (bits >> i & 1) != 0 ? 'a' : 'b';
            a += order[i] == 'a';
        }
        count += a == CALLS && preemptions_of(order) <= preemptions;
    }
    return count;
}

Test(sim_explore, every_order_within_the_bound_and_no_other)
{
    static struct orders orders;
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    size_t runs = 0;

    scenario.check = keep_order;
    world.own = &orders;
    for (options.preemptions = 0; options.preemptions <= 6; options.preemptions++) {
        struct gunyah_sim_explore_result result;
        orders.count = orders.runs = 0;
        result = explore(&options, &scenario);
        cr_expect(result.exhausted);
        cr_expect(eq(sz, orders.count, orders_within(options.preemptions)), "%u", options.preemptions);
        for (size_t i = 0; i < orders.count; i++)
            cr_expect(le(u32, preemptions_of(orders.seen[i]), options.preemptions));
        cr_expect(eq(u64, result.schedules, orders.count));
        cr_expect(eq(u64, result.steps, orders.count * 2 * CALLS));
        // Bounds are tried one after the other, each schedule once within each, up to where nothing is cut any more.
        if (options.preemptions <= 4)
            runs += orders.count;
        cr_expect(eq(sz, orders.runs, runs), "%u", options.preemptions);
        cr_expect(eq(u32, result.longest, 2 * CALLS));
    }
    cr_expect(eq(sz, orders_within(4), 20)); // 6 over 3
}

Test(sim_explore, a_limit_of_schedules)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result;

    options.max_schedules = 3;
    for (int mode = GUNYAH_SIM_SYSTEMATIC; mode <= GUNYAH_SIM_RANDOM; mode++) {
        options.mode = (enum gunyah_sim_explore_mode)mode;
        result = explore(&options, &scenario);
        cr_expect(eq(u64, result.schedules, 3));
        cr_expect(not(result.exhausted));
        cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE));
        cr_expect(eq(ptr, (void *)result.schedule, NULL));
        cr_expect(eq(str, (char *)result.sentence, (char *)""));
    }
}

static const char *append_order(void *context)
{
    struct world *world = context;

    memcpy((char *)world->own + strlen(world->own), world->order, strlen(world->order) + 1);
    return NULL;
}

static void orders_at_random(uint64_t seed, char *all)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    options.mode = GUNYAH_SIM_RANDOM;
    options.max_schedules = 8;
    options.seed = seed;
    world.own = all;
    all[0] = '\0';
    scenario.check = append_order;
    explore(&options, &scenario);
}

// The generator is splitmix64, whose numbers are the same everywhere: so are the orders. Those of two seeds differ.
Test(sim_explore, a_seed_is_an_order_of_orders)
{
    char first[8 * 2 * CALLS + 1];
    char again[sizeof(first)];

    orders_at_random(1, first);
    orders_at_random(1, again);
    cr_expect(eq(str, again, first));
    orders_at_random(2, again);
    cr_expect(ne(str, again, first));
}

// ---- Text --------------------------------------------------------------------------------------------------------------

static const char *always_wrong(void *context)
{
    (void)context;
    return "wrong";
}

Test(sim_explore, a_schedule_is_repeated)
{
    static const char *const given[] = {"ababab", "a3b3", "a2b2ab", "bbba3", "b1a02ab2"};
    static const char *const canonical[] = {"ababab", "a3b3", "a2b2ab", "b3a3", "ba3b2"};
    static const char *const orders[] = {"ababab", "aaabbb", "aabbab", "bbbaaa", "baaabb"};
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    scenario.check = always_wrong;
    options.preemptions = 0; // Does not count.
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        struct gunyah_sim_explore_result result;
        options.schedule = with_check(given[i]);
        result = explore(&options, &scenario);
        cr_expect(eq(str, world.order, (char *)orders[i]));
        cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_CHECK));
        cr_expect(eq(str, (char *)result.sentence, (char *)"wrong"));
        cr_expect(eq(str, (char *)result.schedule, (char *)with_check(canonical[i])));
        cr_expect(eq(u64, result.schedules, 1));
        cr_expect(not(result.exhausted));
        gunyah_sim_explore_release(&result);
        cr_expect(eq(ptr, (void *)result.schedule, NULL));
        gunyah_sim_explore_release(&result);
    }
    gunyah_sim_explore_release(NULL);
}

static void expect_refused(const char *schedule, const char *sentence)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;

    options.max_steps = 100;
    options.schedule = schedule;
    cr_expect(eq(int, gunyah_sim_explore(&options, &scenario, &result), GUNYAH_ERR_ARGUMENT_INVALID), "%s", schedule);
    cr_expect(eq(str, (char *)result.sentence, (char *)sentence));
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE));
    cr_expect(eq(ptr, (void *)result.schedule, NULL));
}

Test(sim_explore, damaged_schedules)
{
    char text[32];

    expect_refused("", "the schedule is damaged: the check at its end is wrong, at character 1");
    expect_refused("a3b3", "the schedule is damaged: the check at its end is wrong, at character 1");
    expect_refused("a3b3.0000", "the schedule is damaged: the check at its end is wrong, at character 5");
    expect_refused(with_check("c"), "the schedule is damaged: there is no such guest, at character 1");
    expect_refused(with_check("a3 b3"), "the schedule is damaged: there is no such guest, at character 3");
    expect_refused(with_check("a-^"), "the schedule is damaged: there is no such guest, at character 3");
    expect_refused(with_check("+^"), "the schedule is damaged: there is no such guest, at character 2");
    expect_refused(with_check("a3-"), "the schedule is damaged: there is no such guest, at character 3");
    expect_refused(with_check("a3b0"), "the schedule is damaged: a step is repeated no times, at character 5");
    expect_refused(with_check("a3b98"), "the schedule is damaged: it has more than max_steps steps, at character 6");
    expect_refused(with_check("a99999999999999999999b"),
                   "the schedule is damaged: it has more than max_steps steps, at character 22");
    // One character at a time, and cut at each place.
    for (size_t i = 0; i < strlen(with_check("a2b3a")); i++) {
        struct world world = new_world(2);
        struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
        struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
        struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
        options.schedule = text;
        snprintf(text, sizeof(text), "%s", with_check("a2b3a"));
        text[i] ^= 1;
        cr_expect(eq(int, gunyah_sim_explore(&options, &scenario, &result), GUNYAH_ERR_ARGUMENT_INVALID), "%s", text);
        text[i] = '\0';
        cr_expect(eq(int, gunyah_sim_explore(&options, &scenario, &result), GUNYAH_ERR_ARGUMENT_INVALID), "%s", text);
    }
}

Test(sim_explore, schedules_of_something_else)
{
    expect_refused(with_check("a4b2"), "the schedule is not of this scenario: at step 4 guest a cannot go on");
    expect_refused(with_check("a-"),
                   "the schedule is not of this scenario: at step 1 guest a cannot miss an interrupt");
    expect_refused(with_check("ab^"),
                   "the schedule is not of this scenario: at step 2 guest b cannot wake up for nothing");
    expect_refused(with_check("ab+"), "the schedule is not of this scenario: at step 3 nothing would happen by itself");
    expect_refused(with_check("a3b2"),
                   "the schedule is not of this scenario: it is over after step 5, and the guests are not");
    expect_refused(with_check("a3b3a"), "the schedule is not of this scenario: it goes on after the end");
    expect_refused(with_check(""),
                   "the schedule is not of this scenario: it is over after step 0, and the guests are not");
}

// ---- What is refused ---------------------------------------------------------------------------------------------------

static void refuse(enum gunyah_error error, const struct gunyah_sim_explore_options *options,
                   const struct gunyah_sim_scenario *scenario, const char *sentence)
{
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;

    result.schedules = 7;
    cr_expect(eq(int, gunyah_sim_explore(options, scenario, &result), error), "%s", sentence);
    cr_expect(eq(str, (char *)result.sentence, (char *)sentence));
    cr_expect(eq(u64, result.schedules, 0));
}

Test(sim_explore, scenarios_that_are_refused)
{
    struct world world = new_world(2);
    const struct gunyah_sim_scenario good = new_scenario(&world, call_and_note, call_and_note, NULL);
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    struct gunyah_sim_scenario scenario = good;

    cr_expect(eq(int, gunyah_sim_explore(NULL, &good, NULL), GUNYAH_ERR_NULL));
    result.size--;
    cr_expect(eq(int, gunyah_sim_explore(NULL, &good, &result), GUNYAH_ERR_OPTION));
    refuse(GUNYAH_ERR_NULL, NULL, NULL, "the scenario is a null pointer");
    scenario.size--;
    refuse(GUNYAH_ERR_OPTION, NULL, &scenario, "scenario.size is wrong: start from GUNYAH_SIM_SCENARIO_INIT");
    scenario = good;
    scenario.guest_count = 0;
    refuse(GUNYAH_ERR_ARGUMENT_SIZE, NULL, &scenario, "guest_count must be 1 to 16");
    scenario.guest_count = 17;
    refuse(GUNYAH_ERR_ARGUMENT_SIZE, NULL, &scenario, "guest_count must be 1 to 16");
    scenario.guest_count = 3;
    refuse(GUNYAH_ERR_NULL, NULL, &scenario, "one of the guests is a null pointer");
    scenario = good;
    scenario.setup = NULL;
    refuse(GUNYAH_ERR_NULL, NULL, &scenario, "the scenario has no setup, or no teardown");
    scenario = good;
    scenario.teardown = NULL;
    refuse(GUNYAH_ERR_NULL, NULL, &scenario, "the scenario has no setup, or no teardown");
}

Test(sim_explore, options_that_are_refused)
{
    static const char too_many[] =
        "time_jumps, late_interrupts, needless_wakeups and change_points must be at most 255";
    const struct gunyah_sim_explore_options good = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_options options = good;
    struct gunyah_sim_options machine = GUNYAH_SIM_OPTIONS_INIT;
    struct world world = new_world(2);
    const struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);

    options.size--;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, "options.size is wrong: start from GUNYAH_SIM_EXPLORE_OPTIONS_INIT");
    options = good;
    options.mode = (enum gunyah_sim_explore_mode)2;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, "the mode is neither systematic nor random");
    options = good;
    options.time_jumps = 256;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, too_many);
    options = good;
    options.late_interrupts = 256;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, too_many);
    options = good;
    options.needless_wakeups = 256;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, too_many);
    options = good;
    options.change_points = 256;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, too_many);
    options = good;
    options.max_steps = GUNYAH_SIM_MAX_STEPS + 1;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, "max_steps must be at most 1000000");
    options = good;
    options.machine = &machine;
    machine.size--;
    refuse(GUNYAH_ERR_OPTION, &options, &scenario, "machine.size is wrong: start from GUNYAH_SIM_OPTIONS_INIT");
    machine.size++;
    machine.memory = 1;
    refuse(GUNYAH_ERR_NO_MEMORY, &options, &scenario, "the machine cannot be made");
}

// ---- Memory ------------------------------------------------------------------------------------------------------------

struct purse {
    size_t pieces; // That are out.
    size_t fail_at;
    size_t asked;
};

static void *purse_take(void *context, size_t size)
{
    struct purse *purse = context;

    if (++purse->asked == purse->fail_at)
        return NULL;
    purse->pieces++;
    return malloc(size);
}

static void purse_put(void *context, void *memory, size_t size)
{
    struct purse *purse = context;

    (void)size;
    purse->pieces--;
    free(memory);
}

// Each request for memory fails once: the exploration says so, and keeps nothing.
Test(sim_explore, no_memory)
{
    struct purse purse = {0};
    const struct gunyah_allocator allocator = {&purse, purse_take, purse_put};
    struct gunyah_sim_options machine = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, call_and_note, call_and_note, NULL);
    enum gunyah_error error = GUNYAH_ERR_OUT_OF_MEMORY;

    scenario.check = always_wrong;
    machine.memory = 1 << 18;
    machine.allocator = &allocator;
    options.machine = &machine;
    for (size_t fail_at = 1; error != GUNYAH_OK; fail_at++) {
        purse = (struct purse){.fail_at = fail_at};
        error = gunyah_sim_explore(&options, &scenario, &result);
        cr_expect(error == GUNYAH_OK || error == GUNYAH_ERR_OUT_OF_MEMORY || error == GUNYAH_ERR_FAILURE, "%s",
                  result.sentence);
        gunyah_sim_explore_release(&result);
        cr_expect(eq(sz, purse.pieces, 0));
        cr_assert(lt(sz, fail_at, 100));
    }
}
