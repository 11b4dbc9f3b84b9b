// SPDX-License-Identifier: BSD-3-Clause
// Plans: what a line means, and what is said of one that means nothing.

#include "sim_vm.h"

#include <gunyah/sim_hostile.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#define YIELD GUNYAH_HYPERCALL_SCHEDULER_YIELD

static enum gunyah_error plan(struct gunyah_sim *sim, const char *text, struct gunyah_sim_plan_problem *problem)
{
    static const struct gunyah_sim_plan_problem init = GUNYAH_SIM_PLAN_PROBLEM_INIT;

    *problem = init;
    return gunyah_sim_add_plan(sim, text, strlen(text), problem);
}

static void good(struct gunyah_sim *sim, const char *text)
{
    struct gunyah_sim_plan_problem problem;

    cr_assert(eq(int, plan(sim, text, &problem), GUNYAH_OK), "%u: %s", problem.line, problem.text);
    cr_assert(eq(uint, problem.line, 0));
    cr_assert(eq(str, (char *)problem.text, ""));
}

static void bad(struct gunyah_sim *sim, const char *text, uint32_t line, const char *why)
{
    struct gunyah_sim_plan_problem problem;

    cr_assert(eq(int, plan(sim, text, &problem), GUNYAH_ERR_ARGUMENT_INVALID), "%s", text);
    cr_assert(eq(uint, problem.line, line), "%s", text);
    cr_assert(eq(str, (char *)problem.text, (char *)why), "%s", text);
}

Test(sim_plan, faults)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *one = new_vm(sim, 1);
    struct gunyah_sim_vm *two = new_vm(sim, 2);

    good(sim, "# A plan.\n"
              "\n"
              "  fault scheduler_yield error=BUSY vm=vm1 nth=2 # once\r\n"
              "\tfault scheduler_yield error=RETRY vm=vm1 nth=3 count=2\n"
              "fault any error=NOMEM vm=vm2");
    cr_assert(eq(uint, vm_failures(one, YIELD, 2, GUNYAH_HVERR_BUSY), 2));
    cr_assert(eq(uint, vm_failures(one, YIELD, 3, GUNYAH_HVERR_RETRY), 3));
    cr_assert(eq(uint, vm_failures(two, YIELD, 3, GUNYAH_HVERR_NOMEM), 7));
    good(sim, "");
    good(sim, "\n\n#\n");
    gunyah_sim_destroy(&sim);
}

Test(sim_plan, hazards)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_doorbell bell = new_doorbell(vm, vm, 40);

    gunyah_sim_connect_doorbell(sim, &bell);
    good(sim, "late 40 vm=vm1 after=5us count=1\n"
              "twice any after=1ms nth=2\n"
              "lost any nth=3\n"
              "flood 41 vm=vm1 every=10ms count=2\n");
    vm_ring(vm, bell.send_cap, 1);
    cr_assert(eq(int, vm_wait_one(vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim), 5000));
    vm_ring(vm, bell.send_cap, 1); // at 5000, costs 1000
    cr_assert(eq(int, vm_wait_one(vm, 40, 0), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(vm, 40, GUNYAH_WAIT_FOREVER), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim), 1005000));
    vm_ring(vm, bell.send_cap, 1);
    cr_assert(eq(int, vm_wait_one(vm, 40, 0), GUNYAH_ERR_TIMEOUT));
    for (uint64_t beat = 1; beat <= 2; beat++) {
        cr_assert(eq(int, vm_wait_one(vm, 41, GUNYAH_WAIT_FOREVER), GUNYAH_OK));
        cr_assert(eq(u64, gunyah_sim_now(sim), beat * 10000000));
    }
    cr_assert(eq(int, vm_wait_one(vm, 41, GUNYAH_WAIT_FOREVER), GUNYAH_ERR_DEADLOCK));
    gunyah_sim_destroy(&sim);
}

static unsigned hits(const char *text)
{
    struct gunyah_sim *sim = new_sim(1);
    unsigned failed = 0;

    good(sim, text);
    for (int i = 0; i < 1000; i++)
        failed += vm_call(gunyah_sim_root(sim), YIELD, 0, 0, 0, NULL) == GUNYAH_HVERR_BUSY;
    gunyah_sim_destroy(&sim);
    return failed;
}

Test(sim_plan, chances_and_seeds)
{
    const unsigned seven = hits("fault any error=BUSY chance=12.5%\n");

    // 125 expected; the standard deviation is 10.5. The machine's own seed is 7.
    cr_assert(gt(uint, seven, 75));
    cr_assert(lt(uint, seven, 175));
    cr_assert(eq(uint, hits("seed 7\nfault any error=BUSY chance=125000ppm\n"), seven));
    cr_assert(ne(uint, hits("seed 11\nfault any error=BUSY chance=12.5%\n"), seven));
    cr_assert(eq(uint, hits("fault any error=BUSY chance=100%\n"), 1000));
    cr_assert(eq(uint, hits("fault any error=BUSY chance=0.0001%\n"), 0));
}

Test(sim_plan, what_is_wrong_is_told_and_nothing_is_added)
{
    struct gunyah_sim *sim = new_sim(1);
    const char *const kinds = "expected seed, fault, rm-fault, lost, late, twice, flood or heap-empty, not ";
    char text[160];

    strcat(strcpy(text, kinds), "\"flaut\"");
    bad(sim, "fault any error=BUSY\nflaut any\n", 2, text);
    strcat(strcpy(text, kinds), "\"??a?\"");
    bad(sim, "\x80\xff\x61\x01 b", 1, text);
    strcat(strcpy(text, kinds), "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"");
    bad(sim, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, text);
    bad(sim, "fault", 1, "expected a hypercall, such as msgqueue_send, or any, and the line ends");
    bad(sim, "fault send error=BUSY", 1, "expected a hypercall, such as msgqueue_send, or any, not \"send\"");
    bad(sim, "\n\nfault any", 3, "expected error=");
    bad(sim, "fault any error=OK", 1, "expected an error of the hypervisor, such as BUSY, not \"OK\"");
    bad(sim, "fault any error=", 1, "expected an error of the hypervisor, such as BUSY, and the line ends");
    bad(sim, "fault any error=BUSY vm=bob", 1, "expected the name of a VM of this machine, not \"bob\"");
    bad(sim, "fault any error=BUSY nth=0", 1, "nth is 0: the next one is 1");
    bad(sim, "fault any error=BUSY nth=-1", 1, "expected a number, not \"-1\"");
    bad(sim, "fault any error=BUSY nth=18446744073709551616", 1, "expected a number, not \"18446744073709551616\"");
    bad(sim, "fault any error=BUSY nth=1 nth=1", 1, "nth= is there twice");
    bad(sim, "fault any error=BUSY after=1s", 1, "after= is nothing that this kind of line has");
    bad(sim, "fault any error=BUSY often", 1,
        "expected an option, such as nth=2, or the end of the line, not \"often\"");
    bad(sim, "late 40", 1, "expected after=");
    bad(sim, "late 40 after=5", 1, "expected a duration, such as 50ms, in ns, us, ms or s, not \"5\"");
    bad(sim, "late 40 after=99999999999s", 1,
        "expected a duration, such as 50ms, in ns, us, ms or s, not \"99999999999s\"");
    bad(sim, "lost 31", 1, "expected an interrupt, 32 to 1019, or any, not \"31\"");
    bad(sim, "lost any spread=1s", 1, "spread= is nothing that this kind of line has");
    bad(sim, "flood 40 every=1s", 1, "expected vm=");
    bad(sim, "flood any every=1s vm=root", 1,
        "a flood needs a VM, a virq and a period: hazard.vm, hazard.virq, hazard.after_ns");
    bad(sim, "seed x", 1, "expected a number, not \"x\"");
    bad(sim, "seed 1 2", 1, "expected an option, such as nth=2, or the end of the line, not \"2\"");
    const char *const chances[] = {"0%", "0ppm", "0.00001%", "1.%", "%", "1", "101%", "1000001ppm", "4294967297%"};
    for (size_t i = 0; i < sizeof(chances) / sizeof(chances[0]); i++) {
        char line[64] = "lost any chance=";
        strcat(line, chances[i]);
        strcpy(text, "expected a chance above 0, such as 2.5% or 100ppm, not \"");
        strcat(strcat(text, chances[i]), "\"");
        bad(sim, line, 1, text);
    }
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), YIELD, 3, GUNYAH_HVERR_BUSY), 0));
    gunyah_sim_destroy(&sim);
}

Test(sim_plan, a_plan_that_is_refused_leaves_the_seed_and_what_there_was)
{
    struct gunyah_sim *sim = new_sim(1);

    good(sim, "fault any error=BUSY nth=2");
    bad(sim, "seed 9\nfault any error=DENIED\n?", 3,
        "expected seed, fault, rm-fault, lost, late, twice, flood or heap-empty, not \"?\"");
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), YIELD, 3, GUNYAH_HVERR_BUSY), 2));
    gunyah_sim_destroy(&sim);
}

Test(sim_plan, a_text_without_an_end)
{
    struct gunyah_sim *sim = new_sim(1);
    const char *text = "fault any error=BUSYfault any error=DENIED";
    char *exact = malloc(20);

    // A sanitizer sees what is read behind it.
    memcpy(exact, text, 20);
    cr_assert(eq(int, gunyah_sim_add_plan(sim, exact, 20, NULL), GUNYAH_OK));
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), YIELD, 2, GUNYAH_HVERR_BUSY), 3));
    cr_assert(eq(int, gunyah_sim_add_plan(sim, exact, 0, NULL), GUNYAH_OK));
    free(exact);
    gunyah_sim_destroy(&sim);
}

static void *allocate_some(void *context, size_t size)
{
    int *left = context;

    return (*left)-- > 0 ? malloc(size) : NULL;
}

Test(sim_plan, wrong_arguments)
{
    int left = 1000;
    const struct gunyah_allocator allocator = {&left, allocate_some, release_to_malloc};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
    char *much = calloc(1, ((size_t)1 << 20) + 1);
    struct gunyah_sim *sim;

    options.allocator = &allocator;
    gunyah_sim_create(&options, &sim);
    cr_assert(eq(int, gunyah_sim_add_plan(NULL, "", 0, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_add_plan(sim, NULL, 0, NULL), GUNYAH_ERR_NULL));
    problem.size--;
    cr_assert(eq(int, gunyah_sim_add_plan(sim, "lost any", 8, &problem), GUNYAH_ERR_OPTION));
    problem.size++;
    cr_assert(eq(int, gunyah_sim_add_plan(sim, much, ((size_t)1 << 20) + 1, &problem), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(str, (char *)problem.text, "a plan has 1 MiB at most"));
    left = 1;
    cr_assert(eq(int, plan(sim, "fault any error=BUSY\nfault any error=BUSY", &problem), GUNYAH_ERR_OUT_OF_MEMORY));
    cr_assert(eq(uint, problem.line, 2));
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), YIELD, 3, GUNYAH_HVERR_BUSY), 0));
    free(much);
    gunyah_sim_destroy(&sim);
}
