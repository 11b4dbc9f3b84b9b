// SPDX-License-Identifier: BSD-3-Clause
// Three races that most orders hide: each is found, systematically and at random, and repeated from its schedule; what is
// mended is not found fault with.

#include "explore_world.h"

#include <gunyah/sim_rm.h>
#include <pthread.h>

// ---- A wake-up that is lost between receive and wait -------------------------------------------------------------------

#define MESSAGES 2

static const char *send_messages(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        if (gunyah_msgqueue_send(world->send[1], &i, sizeof(i), 0, NULL) != GUNYAH_OK)
            return "a message was not sent";
    }
    return NULL;
}

static uint32_t drain(struct world *world)
{
    unsigned char message[8];
    uint32_t count = 0;
    size_t size;

    while (gunyah_msgqueue_receive(world->receive[1], message, sizeof(message), &size, NULL) == GUNYAH_OK)
        count++;
    return count;
}

static const char *receive_and_forget(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (uint32_t count = drain(world); count < MESSAGES; count += drain(world)) {
        gunyah_msgqueue_wait_not_empty(world->receive[1], 0); // "an old interrupt"
        if (gunyah_msgqueue_wait_not_empty(world->receive[1], GUNYAH_WAIT_FOREVER) != GUNYAH_OK)
            return "the wait failed";
    }
    return NULL;
}

static const char *receive(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (uint32_t count = drain(world); count < MESSAGES; count += drain(world)) {
        if (gunyah_msgqueue_wait_not_empty(world->receive[1], GUNYAH_WAIT_FOREVER) != GUNYAH_OK)
            return "the wait failed";
    }
    return NULL;
}

// ---- A parcel that is reclaimed before it is released ------------------------------------------------------------------

static _Alignas(4096) unsigned char page[4096];

struct parcel {
    struct gunyah_rm *rm[2]; // Of the owner, and of the VM that it is shared with.
    struct gunyah_memparcel *side[2];
};

static struct gunyah_rm *connect(struct world *world, uint32_t vm)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    struct gunyah_rm *rm = NULL;

    gunyah_sim_get_rm_queue(world->vm[vm], &queue);
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    gunyah_rm_open(world->g[vm], &options, &rm);
    return rm;
}

static const char *share_page(struct world *world)
{
    const struct gunyah_memparcel_access access[2] = {{gunyah_vmid(3), GUNYAH_PGTABLE_ACCESS_RW, 0},
                                                      {gunyah_vmid(2), GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_memory_region region = {(uintptr_t)page, sizeof(page)};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct parcel *parcel = world->own;

    *parcel = (struct parcel){.rm = {NULL}};
    if (gunyah_sim_add_rm(world->sim, NULL) != GUNYAH_OK)
        return "no Resource Manager";
    for (uint32_t i = 0; i < 2; i++)
        parcel->rm[i] = connect(world, i);
    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.access = access;
    options.access_count = 2;
    options.regions = &region;
    options.region_count = 1;
    if (gunyah_memparcel_create(parcel->rm[0], &options, &parcel->side[0]) != GUNYAH_OK)
        return gunyah_sim_rm_reason(world->vm[0]);
    offer.memparcel = gunyah_memparcel_handle(parcel->side[0]);
    gunyah_memparcel_open(parcel->rm[1], &offer, &parcel->side[1]);
    if (gunyah_memparcel_accept(&parcel->side[1], NULL, NULL, 0, NULL) != GUNYAH_OK)
        return gunyah_sim_rm_reason(world->vm[1]);
    return NULL;
}

static const char *reclaim(void *context, uint32_t guest)
{
    struct world *world = context;
    struct parcel *parcel = world->own;

    (void)guest;
    if (gunyah_doorbell_wait(world->hear[0], 1, GUNYAH_WAIT_FOREVER, NULL) != GUNYAH_OK)
        return "the wait failed";
    return gunyah_memparcel_reclaim(&parcel->side[0], false) == GUNYAH_OK ? NULL : "the parcel is not free";
}

static const char *tell_and_release(void *context, uint32_t guest)
{
    struct world *world = context;
    struct parcel *parcel = world->own;

    (void)guest;
    gunyah_doorbell_send(world->ring[0], 1, NULL);
    return gunyah_memparcel_release(parcel->side[1], false) == GUNYAH_OK ? NULL : "the parcel cannot be released";
}

static const char *release_and_tell(void *context, uint32_t guest)
{
    struct world *world = context;
    struct parcel *parcel = world->own;

    (void)guest;
    if (gunyah_memparcel_release(parcel->side[1], false) != GUNYAH_OK)
        return "the parcel cannot be released";
    gunyah_doorbell_send(world->ring[0], 1, NULL);
    return NULL;
}

// ---- A ring that is lost while the doorbell is masked -------------------------------------------------------------------

#define ALL_FLAGS UINT64_C(3)

static const char *ring_twice(void *context, uint32_t guest)
{
    struct world *world = context;

    (void)guest;
    for (uint64_t flag = 1; flag <= 2; flag++)
        gunyah_doorbell_send(world->ring[1], flag, NULL);
    return NULL;
}

// Handles flags with the doorbell masked, and waits when there are none.
static const char *hear(struct world *world, enum gunyah_error unmask(struct gunyah_doorbell *bell))
{
    const gunyah_virq_t virq = gunyah_virq(BELL_VIRQ);
    uint64_t seen = 0;
    uint64_t flags;

    for (;;) {
        if (gunyah_doorbell_mask(world->hear[1], 0, 0) != GUNYAH_OK ||
            gunyah_doorbell_receive(world->hear[1], ALL_FLAGS, &flags) != GUNYAH_OK)
            return "the doorbell does not work";
        seen |= flags;
        if (seen == ALL_FLAGS)
            return NULL;
        if (unmask(world->hear[1]) != GUNYAH_OK)
            return "the doorbell cannot be unmasked";
        if (gunyah_wait(world->g[1], &virq, 1, GUNYAH_WAIT_FOREVER, NULL) != GUNYAH_OK)
            return "the wait failed";
    }
}

static enum gunyah_error enable(struct gunyah_doorbell *bell)
{
    return gunyah_doorbell_mask(bell, UINT64_MAX, 0);
}

// A reset lets everything through again; and forgets the flags.
static const char *hear_and_reset(void *context, uint32_t guest)
{
    (void)guest;
    return hear(context, gunyah_doorbell_reset);
}

static const char *hear_and_enable(void *context, uint32_t guest)
{
    (void)guest;
    return hear(context, enable);
}

// ---- All of them -------------------------------------------------------------------------------------------------------

static struct parcel parcels;

static const struct race {
    const char *name;
    const char *(*more)(struct world *world);
    gunyah_sim_guest_fn *other;
    gunyah_sim_guest_fn *bad;
    gunyah_sim_guest_fn *good;
    enum gunyah_sim_finding finding;
    uint32_t guest;
    const char *sentence;
    uint32_t time_jumps; // How often the Resource Manager answers before a guest goes on.
    // What is found first, the same on every machine and by every compiler: systematically, and with seed 0.
    const char *schedule;
    const char *drawn;
} races[] = {
    {"wake-up", NULL, send_messages, receive_and_forget, receive, GUNYAH_SIM_FINDING_DEADLOCK, 1,
     "nothing can wake the guests that wait: b for 41", 0, "ba2b.0fd0", "ba2b.0fd0"},
    {"parcel", share_page, reclaim, tell_and_release, release_and_tell, GUNYAH_SIM_FINDING_GUEST, 0,
     "the parcel is not free", 1, "ab2a5+a2.cd5a", "aba4+a.130b"},
    {"mask", NULL, ring_twice, hear_and_reset, hear_and_enable, GUNYAH_SIM_FINDING_DEADLOCK, 1,
     "nothing can wake the guests that wait: b for 40", 0, "b2a2b5.c386", "b2ab5ab4.26b2"},
};

#define RACES (sizeof(races) / sizeof(races[0]))

static struct world world;

static struct gunyah_sim_scenario scenario_of(const struct race *race, gunyah_sim_guest_fn *guest)
{
    world = new_world(2);
    world.more = race->more;
    world.own = &parcels;
    return new_scenario(&world, race->other, guest, NULL);
}

static void expect_finding(const struct race *race, const struct gunyah_sim_explore_result *result)
{
    cr_assert(eq(int, result->finding, race->finding), "%s: %s", race->name, result->sentence);
    cr_expect(eq(u32, result->guest, race->guest), "%s", race->name);
    cr_expect(eq(str, (char *)result->sentence, (char *)race->sentence), "%s", race->name);
    cr_assert(ne(ptr, (void *)result->schedule, NULL));
}

// What was found comes again, with the same trace, from the text alone.
static void expect_repeated(const struct race *race, const char *schedule)
{
    static char first[TRACE_SIZE];
    struct gunyah_sim_scenario scenario = scenario_of(race, race->bad);
    struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;

    options.schedule = schedule;
    world.traces = true;
    for (int i = 0; i < 2; i++) {
        struct gunyah_sim_explore_result result = explore(&options, &scenario);
        expect_finding(race, &result);
        cr_expect(eq(str, (char *)result.schedule, (char *)schedule), "%s", race->name);
        cr_expect(eq(u64, result.schedules, 1));
        if (i == 0)
            memcpy(first, world.trace, sizeof(first));
        cr_expect(eq(str, world.trace, first), "%s", race->name);
        gunyah_sim_explore_release(&result);
    }
}

// Returns what was found, for gunyah_sim_explore_release().
static struct gunyah_sim_explore_result find(const struct race *race, const struct gunyah_sim_explore_options *options)
{
    struct gunyah_sim_scenario scenario = scenario_of(race, race->bad);
    struct gunyah_sim_explore_result result = explore(options, &scenario);
    struct gunyah_sim_explore_result again;

    expect_finding(race, &result);
    again = explore(options, &scenario);
    expect_finding(race, &again);
    cr_expect(eq(str, (char *)again.schedule, (char *)result.schedule), "%s", race->name);
    cr_expect(eq(u64, again.schedules, result.schedules), "%s", race->name);
    gunyah_sim_explore_release(&again);
    expect_repeated(race, result.schedule);
    return result;
}

Test(sim_explore_races, systematically)
{
    for (size_t i = 0; i < RACES; i++) {
        struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
        struct gunyah_sim_explore_result result;
        options.time_jumps = races[i].time_jumps;
        result = find(&races[i], &options);
        cr_expect(eq(str, (char *)result.schedule, (char *)races[i].schedule));
        gunyah_sim_explore_release(&result);
    }
}

Test(sim_explore_races, at_random)
{
    for (size_t i = 0; i < RACES; i++) {
        for (uint64_t seed = 0; seed < 3; seed++) {
            struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
            struct gunyah_sim_explore_result result;
            options.mode = GUNYAH_SIM_RANDOM;
            options.seed = seed;
            options.time_jumps = races[i].time_jumps;
            options.max_schedules = 1000;
            result = find(&races[i], &options);
            if (seed == 0)
                cr_expect(eq(str, (char *)result.schedule, (char *)races[i].drawn));
            gunyah_sim_explore_release(&result);
        }
    }
}

Test(sim_explore_races, mended_systematically)
{
    for (size_t i = 0; i < RACES; i++) {
        struct gunyah_sim_scenario scenario = scenario_of(&races[i], races[i].good);
        struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
        struct gunyah_sim_explore_result result;

        options.needless_wakeups = 1;
        options.time_jumps = races[i].time_jumps;
        result = explore(&options, &scenario);
        cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s: %s", races[i].name, result.sentence);
        cr_expect(result.exhausted, "%s: %llu", races[i].name, (unsigned long long)result.schedules);
    }
}

Test(sim_explore_races, mended_at_random)
{
    for (size_t i = 0; i < RACES; i++) {
        struct gunyah_sim_scenario scenario = scenario_of(&races[i], races[i].good);
        struct gunyah_sim_explore_options options = GUNYAH_SIM_EXPLORE_OPTIONS_INIT;
        struct gunyah_sim_explore_result result;

        options.mode = GUNYAH_SIM_RANDOM;
        options.needless_wakeups = 1;
        options.time_jumps = races[i].time_jumps;
        options.max_schedules = 200;
        result = explore(&options, &scenario);
        cr_expect(eq(int, result.finding, GUNYAH_SIM_FINDING_NONE), "%s: %s", races[i].name, result.sentence);
        cr_expect(eq(u64, result.schedules, 200));
        cr_expect(not(result.exhausted));
    }
}
