// SPDX-License-Identifier: BSD-3-Clause
// The linter: which rules are looked at where, and how a finding is reported.
#include "lint.h"

#include <internal.h>

#include <string.h>

#define MIN_IPA_BITS 32
#define MAX_IPA_BITS 52

// How bad a rule is for the generations of a mask.
static enum gunyah_dt_severity worst(const struct gunyah_dt_rule *rule, uint32_t generations)
{
    const enum gunyah_dt_severity old = generations & GUNYAH_DT_RM_2023 ? rule->rm_2023 : GUNYAH_DT_FINE;
    const enum gunyah_dt_severity later = generations & GUNYAH_DT_RM_LATER ? rule->rm_later : GUNYAH_DT_FINE;

    return old > later ? old : later;
}

static uint32_t concerned(const struct linter *linter, const struct gunyah_dt_rule *rule, uint32_t generations)
{
    if (rule->rm_2023 == GUNYAH_DT_FINE)
        generations &= ~GUNYAH_DT_RM_2023;
    if (rule->rm_later == GUNYAH_DT_FINE)
        generations &= ~GUNYAH_DT_RM_LATER;
    return generations & linter->options.generations;
}

static void count(struct linter *linter, enum gunyah_dt_severity severity)
{
    if (severity == GUNYAH_DT_ERROR)
        linter->sum->errors++;
    else if (severity == GUNYAH_DT_WARNING)
        linter->sum->warnings++;
    else
        linter->sum->notes++;
}

struct text gunyah_lint_text(struct linter *linter)
{
    linter->text[0] = '\0';
    return (struct text){linter->text, sizeof(linter->text), 0};
}

void gunyah_lint_report(struct linter *linter, enum rule number, uint32_t generations, const char *property)
{
    const struct gunyah_dt_rule *const rule = gunyah_dt_lint_rule(number);
    const struct gunyah_dt_lint_options *const options = &linter->options;
    struct gunyah_dt_finding finding = {rule,         GUNYAH_DT_FINE, concerned(linter, rule, generations),
                                        linter->path, property,       linter->text};

    if (finding.generations == 0)
        return;
    finding.severity = worst(rule, finding.generations);
    count(linter, finding.severity);
    if (options->report != NULL)
        options->report(options->context, &finding);
}

void gunyah_lint_say(struct linter *linter, enum rule rule, const char *property, const char *clause)
{
    struct text text = gunyah_lint_text(linter);

    gunyah_text_add(&text, clause);
    gunyah_lint_report(linter, rule, GUNYAH_DT_RM_ALL, property);
}

void gunyah_lint_number(struct linter *linter, enum rule rule, const char *property, const char *before,
                        uint64_t number, const char *after)
{
    struct text text = gunyah_lint_text(linter);

    gunyah_text_add(&text, before);
    gunyah_text_number(&text, number);
    gunyah_text_add(&text, after);
    gunyah_lint_report(linter, rule, GUNYAH_DT_RM_ALL, property);
}

void gunyah_lint_string(struct linter *linter, enum rule rule, const char *property, const char *string,
                        const char *after)
{
    struct text text = gunyah_lint_text(linter);

    gunyah_text_add(&text, "is ");
    gunyah_text_quote(&text, string);
    gunyah_text_add(&text, after);
    gunyah_lint_report(linter, rule, GUNYAH_DT_RM_ALL, property);
}

const char *gunyah_lint_why_absent(const struct linter *linter, const char *property)
{
    return gunyah_view_has(linter, gunyah_lint_node(linter), property) ? "has another length, and counts as absent"
                                                                       : "is missing";
}

// Whether a child of the configuration is called this.
static bool is_part(const struct linter *linter, const char *name)
{
    return linter->depth == 2 && gunyah_lint_parent(linter)->node == linter->config &&
           gunyah_view_same(gunyah_lint_name(linter), name);
}

static bool is_vdevice_memory(const struct linter *linter)
{
    return linter->depth > 0 && gunyah_lint_parent(linter)->vdevice < VDEVICE_COUNT &&
           gunyah_view_same(gunyah_lint_name(linter), "memory");
}

static void check_config(struct linter *linter)
{
    if (gunyah_lint_node(linter) == linter->config)
        gunyah_lint_config(linter);
    else if (is_part(linter, "memory"))
        gunyah_lint_memory(linter);
    else if (is_part(linter, "vcpus"))
        gunyah_lint_vcpus(linter);
    else if (is_part(linter, "interrupts"))
        gunyah_lint_interrupts(linter);
}

static void check_node(struct linter *linter)
{
    const int node = gunyah_lint_node(linter);

    gunyah_lint_any(linter);
    gunyah_lint_properties(linter);
    if (gunyah_lint_is_below(linter, linter->config))
        check_config(linter);
    else
        gunyah_lint_line(linter);
    if (gunyah_lint_here(linter)->vdevice != VDEVICE_NONE)
        gunyah_lint_vdevice(linter);
    if (is_vdevice_memory(linter))
        gunyah_lint_vdevice_memory(linter);
    if (node == linter->gic)
        gunyah_lint_gic(linter);
    if (node == linter->cpus)
        gunyah_lint_cpus(linter);
    if (linter->depth == 2 && gunyah_lint_parent(linter)->node == linter->cpus)
        gunyah_lint_cpu(linter);
    if (node == linter->psci)
        gunyah_lint_psci(linter);
    if (node == linter->timer)
        gunyah_lint_timer(linter);
    if (gunyah_lint_is_below(linter, linter->reserved_memory))
        gunyah_lint_reserved(linter);
}

static bool options_are_good(const struct gunyah_dt_lint_options *options)
{
    return options->generations != 0 && (options->generations & ~GUNYAH_DT_RM_ALL) == 0 &&
           options->ipa_bits >= MIN_IPA_BITS && options->ipa_bits <= MAX_IPA_BITS;
}

static void check_tree(struct linter *linter)
{
    gunyah_lint_survey(linter);
    gunyah_lint_rewind(linter);
    gunyah_lint_root(linter);
    do
        check_node(linter);
    while (gunyah_lint_next(linter));
}

enum gunyah_error gunyah_dt_lint(const void *dtb, size_t max_size, const struct gunyah_dt_lint_options *options,
                                 struct gunyah_dt_linter *sum)
{
    if (options == NULL || sum == NULL)
        return GUNYAH_ERR_NULL;
    struct linter *const linter = (struct linter *)sum->memory;
    memset(sum, 0, sizeof(*sum));
    linter->sum = sum;
    linter->path[0] = '/';
    if (!gunyah_internal_options(&linter->options, sizeof(linter->options), options) ||
        !options_are_good(&linter->options))
        return GUNYAH_ERR_OPTION;
    const enum gunyah_error error = gunyah_dt_open(dtb, max_size, &linter->dt);
    if (error == GUNYAH_OK)
        check_tree(linter);
    if (error != GUNYAH_ERR_DEVICE_TREE)
        return error;
    gunyah_lint_say(linter, RULE_MALFORMED, "", linter->dt.problem.text);
    return GUNYAH_OK;
}
