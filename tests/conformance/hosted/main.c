// SPDX-License-Identifier: BSD-3-Clause
// Runs the suite on the simulator: every case is a test of its own, and has a machine of its own for every manner of calling.
// With --list-cases alone, prints the names of the cases.
#include "sim_target.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_manner manners[] = {
    {.name = "SMCCC over hvc", .convention = GUNYAH_CONVENTION_SMCCC, .conduit = GUNYAH_CONDUIT_HVC},
    {.name = "SMCCC over smc", .convention = GUNYAH_CONVENTION_SMCCC, .conduit = GUNYAH_CONDUIT_SMC},
    {.name = "the immediate of hvc", .convention = GUNYAH_CONVENTION_IMMEDIATE, .conduit = GUNYAH_CONDUIT_HVC},
};
static const struct sim_manner with_watchdogs = {.name = "SMCCC, of the open hypervisor with watchdogs",
                                                 .convention = GUNYAH_CONVENTION_SMCCC,
                                                 .conduit = GUNYAH_CONDUIT_HVC,
                                                 .watchdogs = true};
static const struct sim_manner manuals[] = {
    {.name = "SMCCC, as the manual says",
     .convention = GUNYAH_CONVENTION_SMCCC,
     .conduit = GUNYAH_CONDUIT_HVC,
     .as_manual = true},
    {.name = "the immediate, as the manual says",
     .convention = GUNYAH_CONVENTION_IMMEDIATE,
     .conduit = GUNYAH_CONDUIT_HVC,
     .as_manual = true},
};

ParameterizedTestParameters(conformance, as_recorded)
{
    const size_t count = conformance_count();
    size_t *places = cr_malloc(count * sizeof(*places));

    for (size_t i = 0; i < count; i++)
        places[i] = i;
    return cr_make_param_array(size_t, places, count, NULL);
}

// Time is virtual: a case that takes seconds never ends.
ParameterizedTest(size_t *place, conformance, as_recorded, .timeout = 20)
{
    const struct conformance_case *testcase = conformance_at(*place);

    for (size_t i = 0; i < COUNT_OF(manners); i++)
        cr_expect(sim_target_run(testcase, &manners[i]), "%s by %s", testcase->name, manners[i].name);
}

// Cases that hold the hypervisor to what was recorded where the manual says otherwise (docs/fidelity.md), of objects about which
// the two disagree in nearly everything that is refused.
static const char *const as_recorded[] = {
    "addrspace.capabilities_are_checked",
    "addrspace.controllers_are_attached_once",
    "addrspace.overlapping_ranges_do_not_reach_the_hypervisor",
    "addrspace.ranges_are_checked",
    "addrspace.vcpus_and_devices_are_attached",
    "mapping.access_can_be_changed",
    "mapping.end_of_the_address_space_is_kept",
    "mapping.mapping_over_something_replaces_it",
    "mapping.mappings_need_good_capabilities",
    "mapping.sparse_extents_show_what_they_own",
    "memextent.capabilities_are_checked",
    "memextent.creating_needs_a_slot",
    "memextent.derived_as_the_hypervisor_says",
    "thread.pinned_one_stays",
    "thread.priority_has_limits",
    "thread.some_options_are_refused_at_activation",
    "thread.timeslice_has_limits",
    "thread_run.each_function_has_its_rights",
    "thread_run.is_handed_over_for_good",
    "thread_run.is_off_then_on_then_gone",
    "thread_run.is_switched_on_once",
    "thread_run.one_that_was_killed_stays_off",
    "thread_run.only_the_caller_switches_itself_off",
    "thread_run.resuming_is_checked",
    "thread_run.wakes_who_runs_it",
    "vic.hardware_is_somebody_elses",
    "virtio.input_data_has_its_sizes",
    "vpm_group.state_follows_the_vcpus",
};

static bool is_as_recorded(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(as_recorded); i++) {
        if (strcmp(as_recorded[i], name) == 0)
            return true;
    }
    return false;
}

// What passes on the hypervisor and on the one that its manual describes depends on neither. One process for all of them; and a
// suite of its own, since Criterion loses memory of one that has tests with and without parameters.
Test(conformance_manual, as_the_manual_says, .timeout = 60)
{
    for (size_t place = 0; place < conformance_count(); place++) {
        const struct conformance_case *testcase = conformance_at(place);

        for (size_t i = 0; i < COUNT_OF(manuals) && !is_as_recorded(testcase->name); i++)
            cr_expect(sim_target_run(testcase, &manuals[i]), "%s by %s", testcase->name, manuals[i].name);
    }
}

// What the API flags add depends on nothing else that the manual says.
Test(conformance_manual, open_hypervisor_with_watchdogs, .timeout = 60)
{
    size_t count = 0;

    for (size_t place = 0; place < conformance_count(); place++) {
        const struct conformance_case *testcase = conformance_at(place);

        if (strstr(testcase->name, "watchdog") == NULL)
            continue;
        count++;
        cr_expect(sim_target_run(testcase, &with_watchdogs), "%s by %s", testcase->name, with_watchdogs.name);
    }
    cr_expect_gt(count, 0u);
}

static int list_cases(void)
{
    for (size_t place = 0; place < conformance_count(); place++)
        printf("%s\n", conformance_at(place)->name);
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    if (argc == 2 && strcmp(argv[1], "--list-cases") == 0)
        return list_cases();
    struct criterion_test_set *tests = criterion_initialize();
    bool passed = true;
    if (criterion_handle_args(argc, argv, true))
        passed = criterion_run_all_tests(tests) != 0;
    criterion_finalize(tests);
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
