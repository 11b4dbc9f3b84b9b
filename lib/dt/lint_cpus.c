// SPDX-License-Identifier: BSD-3-Clause
// Rules about CPUs, PSCI and the timer, as the VM's own tree has them.
#include "lint.h"

#include <string.h>

#define INDEX_BITS 6
#define TIMER_INTERRUPTS 4
#define SPECIFIER 3

void gunyah_lint_cpus(struct linter *linter)
{
    uint32_t cells = 0;

    if (!gunyah_view_u32(linter, linter->cpus, "#size-cells", &cells))
        gunyah_lint_say(linter, RULE_CPUS_CELLS, "#size-cells", "is missing, which means 1");
    else if (cells != 0)
        gunyah_lint_number(linter, RULE_CPUS_CELLS, "#size-cells", "is ", cells, "");
    if (gunyah_lint_here(linter)->address_cells == 0)
        gunyah_lint_say(linter, RULE_CPUS_CELLS, "#address-cells", "is 0");
    if (gunyah_view_has(linter, linter->cpus, "ranges"))
        gunyah_lint_say(linter, RULE_CPUS_RANGES, "ranges", "is there");
}

static uint32_t ones(uint64_t value)
{
    uint32_t count = 0;

    for (; value != 0; value &= value - 1)
        count++;
    return count;
}

// The bits in which CPUs differ make their index.
static void check_index(struct linter *linter, uint64_t mpidr)
{
    uint64_t before = 0;

    for (uint32_t i = 0; i < linter->cpus_seen; i++) {
        if (linter->mpidrs[i] == mpidr) {
            gunyah_lint_number(linter, RULE_CPU_TWICE, "reg", "is ", mpidr, ", as that of another CPU");
            return;
        }
        before |= linter->mpidrs[i] ^ linter->mpidrs[0];
    }
    const uint64_t all = linter->cpus_seen > 0 ? before | (mpidr ^ linter->mpidrs[0]) : 0;
    if (ones(before) <= INDEX_BITS && ones(all) > INDEX_BITS)
        gunyah_lint_number(linter, RULE_CPU_INDEX, "reg", "is ", mpidr,
                           ", which differs from the others in too many bits");
}

static void check_reg(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const uint32_t cells = gunyah_lint_parent(linter)->address_cells;
    uint64_t mpidr = 0;

    if (gunyah_view_cells(linter, node, "reg", cells, &mpidr))
        check_index(linter, mpidr);
    else if (gunyah_view_has(linter, node, "reg"))
        gunyah_lint_number(linter, RULE_CPU_REG, "reg", "has ", gunyah_view_length(linter, node, "reg"), " bytes");
    else
        gunyah_lint_say(linter, RULE_CPU_REG, "reg", "is missing");
    linter->mpidrs[linter->cpus_seen] = mpidr;
}

static bool begins(const char *string, const char *with)
{
    const size_t length = strlen(with);

    return strlen(string) >= length && memcmp(string, with, length) == 0;
}

// Whether the CPU waits for somebody to start it.
static bool check_status(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const bool is_first = linter->cpus_seen == 0;
    const char *const status = gunyah_view_string(linter, node, "status");

    if (!gunyah_view_has(linter, node, "status"))
        return !is_first;
    if (status != NULL && gunyah_view_same(status, "okay")) {
        if (!is_first)
            gunyah_lint_string(linter, RULE_CPU_BOOTS, "status", status, "");
        return false;
    }
    if (status != NULL && gunyah_view_same(status, "disabled"))
        return true;
    if (status == NULL || !begins(status, "fail"))
        gunyah_lint_string(linter, RULE_CPU_STATUS, "status", status != NULL ? status : "", "");
    return false;
}

static void check_enable_method(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);
    const char *method = gunyah_view_string(linter, node, "enable-method");

    if (method == NULL)
        method = gunyah_view_string(linter, linter->cpus, "enable-method");
    if (method == NULL)
        gunyah_lint_say(linter, RULE_ENABLE_METHOD, "enable-method", "is missing");
    else if (!gunyah_view_same(method, "psci") && !gunyah_view_same(method, "qcom,gunyah-hvc"))
        gunyah_lint_string(linter, RULE_ENABLE_METHOD, "enable-method", method, "");
}

void gunyah_lint_cpu(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);

    if (linter->cpus_seen == MAX_CPUS)
        return; // Too many, which is said of the root.
    if (!gunyah_view_is(linter, node, "device_type", "cpu")) {
        if (begins(gunyah_lint_name(linter), "cpu@"))
            gunyah_lint_say(linter, RULE_CPU_TYPE, "device_type", "is not \"cpu\"");
        return;
    }
    check_reg(linter);
    if (check_status(linter))
        check_enable_method(linter);
    if (linter->vcpus >= 0 && !linter->is_proxy && linter->uses_psci &&
        !gunyah_view_has(linter, node, "cpu-idle-states"))
        gunyah_lint_say(linter, RULE_IDLE_STATES, "cpu-idle-states", "is missing");
    linter->cpus_seen++;
}

// A rule about the compatible of a node that the generations look for in different ways.
static void check_compatible(struct linter *linter, enum rule rule, bool is_any, bool is_first)
{
    const char *const first = gunyah_view_string(linter, gunyah_lint_node(linter), "compatible");
    struct text text = gunyah_lint_text(linter);

    if (is_first)
        return;
    gunyah_text_add(&text, "begins with ");
    gunyah_text_quote(&text, first != NULL ? first : "");
    gunyah_lint_report(linter, rule, is_any ? GUNYAH_DT_RM_LATER : GUNYAH_DT_RM_ALL, "compatible");
}

void gunyah_lint_psci(struct linter *linter)
{
    const int node = linter->psci;
    const char *const method = gunyah_view_string(linter, node, "method");

    check_compatible(linter, RULE_PSCI_COMPATIBLE,
                     gunyah_view_compatible_any(linter, node, "arm,psci-1.0") ||
                         gunyah_view_compatible_any(linter, node, "arm,psci-0.2"),
                     gunyah_view_compatible_first(linter, node, "arm,psci-1.0") ||
                         gunyah_view_compatible_first(linter, node, "arm,psci-0.2"));
    if (method != NULL && !gunyah_view_same(method, "hvc"))
        gunyah_lint_string(linter, RULE_PSCI_METHOD, "method", method, "");
}

void gunyah_lint_timer(struct linter *linter)
{
    const int node = linter->timer;
    const uint32_t cells = gunyah_view_array(linter, node, "interrupts").count;

    check_compatible(linter, RULE_TIMER_COMPATIBLE, true,
                     gunyah_view_compatible_first(linter, node, "arm,armv8-timer"));
    if (cells < TIMER_INTERRUPTS * SPECIFIER)
        gunyah_lint_number(linter, RULE_TIMER_INTERRUPTS, "interrupts", "has ", cells / SPECIFIER, " interrupts");
}
