// SPDX-License-Identifier: BSD-3-Clause
// Guests: their threads, their waits, what ends them, and what is found wrong.

#include "explore_world.h"

#include <pthread.h>

static const gunyah_virq_t bell_virq = {BELL_VIRQ};

static const char *wait_for_bell(void *context, uint32_t guest)
{
    struct world *world = context;

    world->value = (uint32_t)-gunyah_wait(world->g[guest], &bell_virq, 1, GUNYAH_WAIT_FOREVER, NULL);
    return NULL;
}

static const char *ring_next(void *context, uint32_t guest)
{
    struct world *world = context;

    gunyah_doorbell_send(world->ring[(guest + 1) % world->vms], 1, NULL);
    world_note(world, (char)('a' + guest));
    return NULL;
}

static const char *do_nothing(void *context, uint32_t guest)
{
    (void)context;
    (void)guest;
    return NULL;
}

// ---- Threads -----------------------------------------------------------------------------------------------------------

// A variable that nothing protects: a thread that runs while another one does would be a race.
static const char *count_up(void *context, uint32_t guest)
{
    struct world *world = context;

    world->thread[guest] = pthread_self();
    for (int i = 0; i < 2; i++) {
        const uint32_t before = world->value;
        gunyah_doorbell_send(world->ring[(guest + 1) % world->vms], 1, NULL);
        world->value = world->value + 1;
        if (world->value == before)
            return "it did not count";
    }
    return NULL;
}

static const char *counted(void *context)
{
    struct world *world = context;

    for (uint32_t i = 0; i < world->vms; i++) {
        if (pthread_equal(world->thread[i], pthread_self()) ||
            pthread_equal(world->thread[i], world->thread[(i + 1) % world->vms]))
            return "a guest has no thread of its own";
    }
    return world->value == 2 * world->vms ? NULL : "two guests counted at the same time";
}

Test(sim_explore_guests, one_at_a_time_each_in_its_thread)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, count_up, count_up, count_up);
    struct gunyah_sim_explore_result result;

    scenario.check = counted;
    result = explore(NULL, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s", result.sentence);
    cr_expect(result.exhausted);
    cr_expect(eq(u32, result.longest, 6));
}

Test(sim_explore_guests, no_calls_no_choice)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, do_nothing, do_nothing, NULL);
    struct gunyah_sim_explore_result result = explore(NULL, &scenario);

    cr_expect(result.exhausted);
    cr_expect(eq(u64, result.schedules, 1));
    cr_expect(eq(u64, result.steps, 0));
}

// What precedes the first call is no step: it runs in the order of the guests.
static const char *note_and_call(void *context, uint32_t guest)
{
    world_note(context, (char)('A' + guest));
    return ring_next(context, guest);
}

static const char *begun_in_order(void *context)
{
    struct world *world = context;

    return strncmp(world->order, "ABC", 3) == 0 ? NULL : "they began in another order";
}

Test(sim_explore_guests, begin_in_order)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, note_and_call, note_and_call, note_and_call);
    struct gunyah_sim_explore_result result;

    scenario.check = begun_in_order;
    result = explore(NULL, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE));
    // No guest has a call left behind its first one, so that nobody is preempted: 3! orders.
    cr_expect(eq(u64, result.schedules, 6));
}

// ---- Findings ----------------------------------------------------------------------------------------------------------

Test(sim_explore_guests, deadlock)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, do_nothing, wait_for_bell, wait_for_bell);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result;

    options.needless_wakeups = 5; // They do not save anybody.
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_DEADLOCK));
    cr_expect(eq(str, (char *)result.sentence, (char *)"nothing can wake the guests that wait: b for 40, c for 40"));
    cr_expect(eq(u32, result.guest, 1));
    cr_expect(eq(u64, result.schedules, 1));
    cr_expect(eq(str, (char *)result.schedule, (char *)".1cd9")); // No step: the halves of the offset basis.
    cr_expect(eq(u32, world.value, (uint32_t)-GUNYAH_ERR_DEADLOCK));
    gunyah_sim_explore_release(&result);
}

// More interrupts than a sentence has room for.
static const char *wait_for_many(void *context, uint32_t guest)
{
    struct world *world = context;
    gunyah_virq_t virqs[100];

    for (uint32_t i = 0; i < 100; i++)
        virqs[i] = gunyah_virq(100 + i);
    gunyah_wait(world->g[guest], virqs, 100, GUNYAH_WAIT_FOREVER, NULL);
    return NULL;
}

Test(sim_explore_guests, a_sentence_that_is_too_long)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, wait_for_many, wait_for_bell, wait_for_many);
    struct gunyah_sim_explore_result result = explore(NULL, &scenario);

    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_DEADLOCK));
    cr_expect(eq(sz, strlen(result.sentence), sizeof(result.sentence) - 1));
    cr_expect(eq(int, strncmp(result.sentence, "nothing can wake the guests that wait: a for 100 101 102 ", 57), 0));
    gunyah_sim_explore_release(&result);
}

static const char *complain(void *context, uint32_t guest)
{
    ring_next(context, guest);
    return "it is wrong";
}

// The wait of another guest is broken off; what that one says then is no finding.
static const char *wait_and_complain(void *context, uint32_t guest)
{
    wait_for_bell(context, guest);
    return "not this one";
}

Test(sim_explore_guests, complaint)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, do_nothing, wait_and_complain, complain);
    struct gunyah_sim_explore_result result = explore(NULL, &scenario);

    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_GUEST));
    cr_expect(eq(u32, result.guest, 2));
    cr_expect(eq(str, (char *)result.sentence, (char *)"it is wrong"));
    cr_expect(eq(u32, world.value, (uint32_t)-GUNYAH_ERR_OBJECT_STATE));
    gunyah_sim_explore_release(&result);
}

static const char *complain_at_once(void *context, uint32_t guest)
{
    (void)context;
    (void)guest;
    return "it does not begin well";
}

Test(sim_explore_guests, complaint_before_any_call)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, complain_at_once, ring_next, NULL);
    struct gunyah_sim_explore_result result = explore(NULL, &scenario);

    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_GUEST));
    cr_expect(eq(u32, result.guest, 0));
    cr_expect(eq(str, world.order, (char *)"b")); // Its call has failed, and it ended.
    gunyah_sim_explore_release(&result);
}

// Polls, without a word about it.
static const char *spin(void *context, uint32_t guest)
{
    struct world *world = context;
    uint64_t flags = 0;
    enum gunyah_error error = GUNYAH_OK;

    while (error == GUNYAH_OK && flags == 0)
        error = gunyah_doorbell_receive(world->hear[guest], 1, &flags);
    world->value = (uint32_t)-error;
    return NULL;
}

Test(sim_explore_guests, endless)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, spin, ring_next, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result;
    char schedule[32];

    options.max_steps = 50;
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_ENDLESS));
    cr_expect(eq(u32, result.guest, 0));
    cr_expect(eq(str, (char *)result.sentence, (char *)"after 50 steps the guests have not ended"));
    cr_expect(eq(u32, world.value, (uint32_t)-GUNYAH_ERR_OBJECT_STATE));
    snprintf(schedule, sizeof(schedule), "%s", result.schedule);
    cr_expect(eq(int, strncmp(schedule, "a50.", 4), 0));
    gunyah_sim_explore_release(&result);

    options.schedule = schedule;
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_ENDLESS));
    cr_expect(eq(str, (char *)result.schedule, schedule));
    gunyah_sim_explore_release(&result);
}

// Goes on although every call fails.
static const char *spin_for_ever(void *context, uint32_t guest)
{
    struct world *world = context;
    uint64_t flags = 0;

    while (flags == 0) {
        gunyah_doorbell_receive(world->hear[guest], 1, &flags);
        world->value++;
    }
    return NULL;
}

Test(sim_explore_guests, ended_by_force)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, spin_for_ever, spin_for_ever, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result;

    options.max_steps = 50;
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_ENDLESS));
    // a: 50 calls, one more that fails, and 50 that fail in vain; b: its first one, which fails, and those 50.
    cr_expect(eq(u32, world.value, 50 + 1 + 50 + 1 + 50));
    gunyah_sim_explore_release(&result);
}

// ---- Setup and teardown ------------------------------------------------------------------------------------------------

static const char *not_ready(struct world *world)
{
    (void)world;
    return "something is missing";
}

Test(sim_explore_guests, setup_fails)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, ring_next, ring_next, NULL);
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;

    world.more = not_ready;
    cr_expect(eq(int, gunyah_sim_explore(NULL, &scenario, &result), GUNYAH_ERR_FAILURE));
    cr_expect(eq(str, (char *)result.sentence, (char *)"setup failed: something is missing"));
    cr_expect(eq(u64, result.schedules, 0));
}

static void tear_nothing_down(void *context)
{
    (void)context;
}

Test(sim_explore_guests, sessions_stay_open)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, ring_next, complain, NULL);
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;

    scenario.teardown = tear_nothing_down;
    cr_expect(eq(int, gunyah_sim_explore(NULL, &scenario, &result), GUNYAH_ERR_IN_USE));
    cr_expect(eq(str, (char *)result.sentence, (char *)"a session is open after teardown, which must close all"));
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_GUEST));
    cr_expect(eq(int, strncmp(result.schedule, "ab.", 3), 0));
    gunyah_sim_explore_release(&result);
    world_teardown(&world);
    cr_expect(eq(int, gunyah_sim_destroy(&world.sim), GUNYAH_OK));
}

// Calls in one schedule, and waits in the next.
static const char *change_their_mind(void *context, uint32_t guest)
{
    struct world *world = context;
    uint32_t *times = world->own;

    return (*times)++ % 2 != 0 ? wait_for_bell(context, guest) : ring_next(context, guest);
}

Test(sim_explore_guests, not_the_same_each_time)
{
    uint32_t times = 0;
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, change_their_mind, ring_next, NULL);
    struct gunyah_sim_explore_result result = GUNYAH_SIM_EXPLORE_RESULT_INIT;
    enum gunyah_error error;

    world.own = &times;
    error = gunyah_sim_explore(NULL, &scenario, &result);
    cr_expect(eq(int, error, GUNYAH_ERR_FAILURE));
    cr_expect(eq(str, (char *)result.sentence,
                 (char *)"the scenario is not the same each time: at step 1 something else can be done than in the "
                         "schedule before"));
}

// ---- Polling -----------------------------------------------------------------------------------------------------------

static const char *poll_then_ring(void *context, uint32_t guest)
{
    struct world *world = context;
    uint64_t flags = 0;

    for (;;) {
        if (gunyah_doorbell_receive(world->hear[guest], 1, &flags) != GUNYAH_OK)
            return "the doorbell does not work";
        if (flags != 0)
            return ring_next(context, guest);
        gunyah_hypercall_scheduler_yield(world->g[guest], (gunyah_scheduler_yield_control_t){0}, 0);
    }
}

// c rings a, which rings b, and both poll: they may not keep c from it, or each other, for ever.
Test(sim_explore_guests, who_yields_lets_others_go)
{
    struct world world = new_world(3);
    struct gunyah_sim_scenario scenario = new_scenario(&world, poll_then_ring, poll_then_ring, ring_next);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
    struct gunyah_sim_explore_result result;

    options.max_steps = 100;
    options.preemptions = 1;
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s: %s", result.sentence, result.schedule);
    cr_expect(result.exhausted);

    options.mode = GUNYAH_SIM_RANDOM;
    options.max_schedules = 200;
    result = explore(&options, &scenario);
    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s: %s", result.sentence, result.schedule);
}

// ---- Waits -------------------------------------------------------------------------------------------------------------

static const char *look(void *context, uint32_t guest)
{
    struct world *world = context;
    const enum gunyah_error error = gunyah_wait(world->g[guest], &bell_virq, 1, 0, NULL);

    world_note(world, error == GUNYAH_OK ? '!' : error == GUNYAH_ERR_TIMEOUT ? '?' : 'x');
    return NULL;
}

static const char *has_seen(void *context)
{
    struct world *world = context;

    return strcmp(world->order, world->own) == 0 ? "that order" : NULL;
}

static bool can_end_as(gunyah_sim_guest_fn *a, gunyah_sim_guest_fn *b, const struct gunyah_sim_explore_options *options,
                       const char *order)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, a, b, NULL);
    struct gunyah_sim_explore_result result;
    bool found;

    scenario.check = has_seen;
    world.own = (void *)(uintptr_t)order;
    result = explore(options, &scenario);
    found = result.finding == GUNYAH_SIM_FINDING_CHECK;
    cr_assert(found || (result.finding == GUNYAH_SIM_FINDING_NONE && result.exhausted), "%s", result.sentence);
    gunyah_sim_explore_release(&result);
    return found;
}

// The bell was rung before anybody looks: whether that is seen is a matter of when the interrupt comes.
Test(sim_explore_guests, late_interrupts)
{
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    cr_expect(can_end_as(ring_next, look, &options, "a!"));
    cr_expect(can_end_as(ring_next, look, &options, "?a"));
    cr_expect(not(can_end_as(ring_next, look, &options, "a?")));
    options.late_interrupts = 1;
    cr_expect(can_end_as(ring_next, look, &options, "a!"));
    cr_expect(can_end_as(ring_next, look, &options, "a?"));
    cr_expect(not(can_end_as(ring_next, look, &options, "!a")));
}

// Two interrupts in the order of the list, or the other way round.
static const char *send_and_ring(void *context, uint32_t guest)
{
    struct world *world = context;

    gunyah_msgqueue_send(world->send[1], &guest, sizeof(guest), 0, NULL);
    gunyah_doorbell_send(world->ring[1], 1, NULL);
    world_note(world, 'a');
    return NULL;
}

static const char *take_both(void *context, uint32_t guest)
{
    const gunyah_virq_t virqs[2] = {{BELL_VIRQ}, {QUEUE_VIRQ}};
    struct world *world = context;

    for (int i = 0; i < 2; i++) {
        size_t index = 2;
        if (gunyah_wait(world->g[guest], virqs, 2, GUNYAH_WAIT_FOREVER, &index) != GUNYAH_OK)
            return "the wait failed";
        world_note(world, (char)('0' + index));
    }
    return NULL;
}

Test(sim_explore_guests, interrupts_come_in_another_order)
{
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    cr_expect(can_end_as(send_and_ring, take_both, &options, "a01"));
    cr_expect(not(can_end_as(send_and_ring, take_both, &options, "a10")));
    options.late_interrupts = 1;
    cr_expect(can_end_as(send_and_ring, take_both, &options, "a10"));
}

static const char *wait_and_note(void *context, uint32_t guest)
{
    struct world *world = context;
    size_t index = 2;
    const enum gunyah_error error = gunyah_wait(world->g[guest], &bell_virq, 1, 1000000, &index);

    world_note(world, error == GUNYAH_OK && index == 0 ? '!' : error == GUNYAH_ERR_TIMEOUT ? '?' : 'x');
    return NULL;
}

Test(sim_explore_guests, needless_wakeups)
{
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    cr_expect(can_end_as(ring_next, wait_and_note, &options, "a!"));
    cr_expect(not(can_end_as(ring_next, wait_and_note, &options, "!a")));
    options.needless_wakeups = 1;
    cr_expect(can_end_as(ring_next, wait_and_note, &options, "!a"));
}

// A millisecond, while the other guest makes one call of a microsecond, is over only if time jumps.
Test(sim_explore_guests, time_jumps)
{
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    cr_expect(not(can_end_as(ring_next, wait_and_note, &options, "?a")));
    cr_expect(can_end_as(do_nothing, wait_and_note, &options, "?"));
    options.time_jumps = 1;
    cr_expect(can_end_as(ring_next, wait_and_note, &options, "?a"));
    cr_expect(not(can_end_as(ring_next, wait_and_note, &options, "a?")));
    // The interrupt comes before the time is over, and yet too late.
    options.late_interrupts = 1;
    cr_expect(can_end_as(ring_next, wait_and_note, &options, "a?"));
}

// What a schedule did can be read in the trace.
Test(sim_explore_guests, deviations_in_the_trace)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, ring_next, wait_and_note, NULL);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    world.traces = true;
    options.schedule = with_check("b^a");
    explore(&options, &scenario);
    cr_expect(ne(ptr, strstr(world.trace, "vm2 wakes up for nothing\n"), NULL), "%s", world.trace);
    options.schedule = with_check("a+b-");
    explore(&options, &scenario);
    cr_expect(ne(ptr, strstr(world.trace, "vm2 does not see vIRQ 40 yet\n"), NULL), "%s", world.trace);
    cr_expect(ne(ptr, strstr(world.trace, "vm2 times out\n"), NULL), "%s", world.trace);
}

// A stop of the hypervisor ends waits, as ever.
static const char *crash(void *context, uint32_t guest)
{
    struct world *world = context;
    const struct gunyah_backend *backend = gunyah_sim_backend(world->vm[guest]);
    struct gunyah_registers registers = {{0x84000009}}; // PSCI SYSTEM_RESET of the VM with VMID 3

    backend->ops->call(backend->context, GUNYAH_CONDUIT_SMC, 0, &registers);
    return NULL;
}

Test(sim_explore_guests, a_crash_ends_waits)
{
    struct world world = new_world(2);
    struct gunyah_sim_scenario scenario = new_scenario(&world, crash, wait_for_bell, NULL);
    struct gunyah_sim_explore_result result = explore(NULL, &scenario);

    cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s", result.sentence);
    cr_expect(eq(u32, world.value, (uint32_t)-GUNYAH_ERR_CRASHED));
}
