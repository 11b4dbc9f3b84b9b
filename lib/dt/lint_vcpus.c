// SPDX-License-Identifier: BSD-3-Clause
// Rules about how the vCPUs are scheduled.
#include "lint.h"

#define LEAST_TIMESLICE 100
#define MOST_TIMESLICE 100000
#define HIGHEST_PRIORITY 63

static void check_affinity(struct linter *linter)
{
    static const char *const known[] = {"static", "sticky", "pinned", "proxy"};
    const char *const affinity = gunyah_view_string(linter, linter->vcpus, "affinity");

    if (affinity == NULL)
        return;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (gunyah_view_same(affinity, known[i]))
            return;
    }
    gunyah_lint_string(linter, RULE_AFFINITY, "affinity", affinity, "");
}

static void check_map(struct linter *linter)
{
    const struct cells map = gunyah_view_array(linter, linter->vcpus, "affinity-map");

    if (map.data == NULL)
        gunyah_lint_say(linter, RULE_AFFINITY_MAP, "affinity-map", "is missing");
    else if (map.count != linter->cpu_count)
        gunyah_lint_number(linter, RULE_AFFINITY_MAP, "affinity-map", "has the length ", map.count,
                           ", which is not the number of CPUs");
}

static void check_timeslice(struct linter *linter)
{
    uint32_t timeslice = 0;

    if (!gunyah_view_u32(linter, linter->vcpus, "sched-timeslice", &timeslice))
        gunyah_lint_say(linter, RULE_TIMESLICE, "sched-timeslice", "is missing");
    else if (timeslice < LEAST_TIMESLICE || timeslice > MOST_TIMESLICE)
        gunyah_lint_number(linter, RULE_TIMESLICE, "sched-timeslice", "is ", timeslice, " us");
}

static void check_priority(struct linter *linter)
{
    uint32_t cell = 0;

    gunyah_view_u32(linter, linter->vcpus, "sched-priority", &cell);
    const bool is_negative = cell >> 31 != 0;
    const uint32_t size = is_negative ? 0 - cell : cell;
    if (size > HIGHEST_PRIORITY || (!is_negative && !linter->options.trusted))
        gunyah_lint_number(linter, RULE_PRIORITY, "sched-priority", is_negative ? "is -" : "is ", size, "");
}

static void check_config(struct linter *linter)
{
    const char *const path = gunyah_view_string(linter, linter->vcpus, "config");

    if (path != NULL && !gunyah_view_same(path, "/cpus"))
        gunyah_lint_string(linter, RULE_VCPUS_CONFIG, "config", path, "");
}

void gunyah_lint_vcpus(struct linter *linter)
{
    check_affinity(linter);
    check_config(linter);
    if (linter->is_proxy)
        return; // The rest is the owner's.
    check_map(linter);
    check_timeslice(linter);
    check_priority(linter);
}
