// SPDX-License-Identifier: BSD-3-Clause
// Plans: faults and hazards as text, one a line. Lines are read and added one after the other; if one of them is wrong,
// those before it are taken back.

#include "plan_words.h"
#include "sim_internal.h"

#include <options.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PLAN_LIMIT ((size_t)1 << 20)
#define SHOWN 32 // Bytes of a word that are told.

enum key {
    KEY_ERROR,
    KEY_KIND,
    KEY_VALUE,
    KEY_VM,
    KEY_NTH,
    KEY_COUNT,
    KEY_CHANCE,
    KEY_AFTER,
    KEY_SPREAD,
    KEY_EVERY,
    KEYS
};

static const char *const key_names[KEYS] = {"error", "kind",   "value", "vm",     "nth",
                                            "count", "chance", "after", "spread", "every"};

struct plan {
    struct gunyah_sim *sim;
    const char *at; // Of the line.
    const char *end;
    struct gunyah_sim_plan_problem problem;
    uint64_t seed;
    // Options of the line.
    unsigned seen; // One bit a key.
    uint64_t values[KEYS];
    struct gunyah_sim_vm *vm;
    struct plan_word value; // What it may be depends on the kind, which may follow.
};

static const char a_duration[] = "a duration, such as 50ms, in ns, us, ms or s";

static bool wrong(struct plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool wrong(struct plan *plan, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(plan->problem.text, sizeof(plan->problem.text), format, arguments);
    va_end(arguments);
    return false;
}

// Something else was expected in the place of a word.
static bool unexpected(struct plan *plan, struct plan_word word, const char *expected)
{
    char shown[SHOWN + 4];
    size_t size = word.size < SHOWN ? word.size : SHOWN;

    if (word.size == 0)
        return wrong(plan, "expected %s, and the line ends", expected);
    for (size_t i = 0; i < size; i++)
        shown[i] = word.text[i];
    for (size_t i = 0; i < size; i++) {
        if (shown[i] < ' ' || shown[i] > '~')
            shown[i] = '?';
    }
    snprintf(shown + size, sizeof(shown) - size, "%s", word.size > SHOWN ? "..." : "");
    return wrong(plan, "expected %s, not \"%s\"", expected, shown);
}

// ---- words -----------------------------------------------------------------------------------------------------------

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// The next word of the line; size 0: there is none.
static struct plan_word next_word(struct plan *plan)
{
    struct plan_word word;

    while (plan->at < plan->end && is_space(*plan->at))
        plan->at++;
    word.text = plan->at;
    if (plan->at < plan->end && *plan->at == '#')
        plan->at = plan->end;
    else
        while (plan->at < plan->end && !is_space(*plan->at) && *plan->at != '#')
            plan->at++;
    word.size = word.text < plan->end && *word.text == '#' ? 0 : (size_t)(plan->at - word.text);
    return word;
}

static bool find_vm(const struct gunyah_sim *sim, struct plan_word word, struct gunyah_sim_vm **vm)
{
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        *vm = sim->vms[i];
        if (*vm != NULL && gunyah_internal_plan_is(word, (*vm)->name))
            return true;
    }
    return false;
}

// ---- requests to the Resource Manager --------------------------------------------------------------------------------

// What value= is.
enum rm_value { RM_NO_VALUE, RM_ERROR, RM_DURATION, RM_NUMBER };

static const struct {
    const char *name;
    enum gunyah_sim_rm_mischief mischief;
    enum rm_value value;
} rm_kinds[] = {
    {"fail", GUNYAH_SIM_RM_FAIL, RM_ERROR},
    {"ignore", GUNYAH_SIM_RM_IGNORE, RM_NO_VALUE},
    {"lose-reply", GUNYAH_SIM_RM_LOSE_REPLY, RM_NO_VALUE},
    {"repeat-reply", GUNYAH_SIM_RM_REPEAT_REPLY, RM_NO_VALUE},
    {"stale-reply", GUNYAH_SIM_RM_STALE_REPLY, RM_NO_VALUE},
    {"other-reply", GUNYAH_SIM_RM_OTHER_REPLY, RM_NO_VALUE},
    {"late-reply", GUNYAH_SIM_RM_LATE_REPLY, RM_DURATION},
    {"cut-reply", GUNYAH_SIM_RM_CUT_REPLY, RM_NUMBER},
    {"pad-reply", GUNYAH_SIM_RM_PAD_REPLY, RM_NUMBER},
    {"garbage", GUNYAH_SIM_RM_GARBAGE, RM_NO_VALUE},
    {"flood", GUNYAH_SIM_RM_FLOOD, RM_NUMBER},
    {"no-interrupt", GUNYAH_SIM_RM_NO_INTERRUPT, RM_NO_VALUE},
    {"die", GUNYAH_SIM_RM_DIE, RM_NO_VALUE},
    {"die-midway", GUNYAH_SIM_RM_DIE_MIDWAY, RM_NO_VALUE},
};

// Its place in the table.
static bool find_kind(struct plan_word word, uint64_t *kind)
{
    for (*kind = 0; *kind < sizeof(rm_kinds) / sizeof(rm_kinds[0]); ++*kind) {
        if (gunyah_internal_plan_is(word, rm_kinds[*kind].name))
            return true;
    }
    return false;
}

// ---- options ---------------------------------------------------------------------------------------------------------

static bool read_value(struct plan *plan, enum key key, struct plan_word word)
{
    uint64_t *value = &plan->values[key];

    switch (key) {
    case KEY_ERROR:
        return gunyah_internal_plan_find_error(word, value) ||
               unexpected(plan, word, "an error of the hypervisor, such as BUSY");
    case KEY_KIND:
        return find_kind(word, value) || unexpected(plan, word, "a kind of fault, such as fail or late-reply");
    case KEY_VALUE:
        plan->value = word;
        return true;
    case KEY_VM:
        return find_vm(plan->sim, word, &plan->vm) || unexpected(plan, word, "the name of a VM of this machine");
    case KEY_CHANCE:
        return gunyah_internal_plan_chance(word, value) ||
               unexpected(plan, word, "a chance above 0, such as 2.5% or 100ppm");
    case KEY_AFTER:
    case KEY_SPREAD:
    case KEY_EVERY:
        return gunyah_internal_plan_duration(word, value) || unexpected(plan, word, a_duration);
    default:
        return gunyah_internal_plan_number(word, value) || unexpected(plan, word, "a number");
    }
}

static bool read_option(struct plan *plan, struct plan_word word, unsigned allowed)
{
    for (unsigned key = 0; key < KEYS; key++) {
        const size_t size = strlen(key_names[key]);
        if (word.size <= size || memcmp(word.text, key_names[key], size) != 0 || word.text[size] != '=')
            continue;
        if ((allowed >> key & 1) == 0)
            return wrong(plan, "%s= is nothing that this kind of line has", key_names[key]);
        if ((plan->seen >> key & 1) != 0)
            return wrong(plan, "%s= is there twice", key_names[key]);
        plan->seen |= 1u << key;
        return read_value(plan, (enum key)key, gunyah_internal_plan_behind(word, size + 1));
    }
    return unexpected(plan, word, "an option, such as nth=2, or the end of the line");
}

// The rest of the line: each of the options at most once, and those that it needs.
static bool read_options(struct plan *plan, unsigned allowed, unsigned needed)
{
    plan->seen = 0;
    plan->vm = NULL;
    memset(plan->values, 0, sizeof(plan->values));
    for (struct plan_word word = next_word(plan); word.size != 0; word = next_word(plan)) {
        if (!read_option(plan, word, allowed | needed))
            return false;
    }
    for (unsigned key = 0; key < KEYS; key++) {
        if ((needed & ~plan->seen & 1u << key) != 0)
            return wrong(plan, "expected %s=", key_names[key]);
    }
    // With nth, once; else always.
    if ((plan->seen & 1u << KEY_NTH) == 0)
        plan->values[KEY_NTH] = 1;
    else if ((plan->seen & 1u << KEY_COUNT) == 0)
        plan->values[KEY_COUNT] = 1;
    return true;
}

// ---- lines -----------------------------------------------------------------------------------------------------------

#define BIT(key) (1u << KEY_##key)
#define WHEN (BIT(NTH) | BIT(COUNT) | BIT(CHANCE))

// What was added, or why it was not.
static enum gunyah_error added(struct plan *plan, enum gunyah_error error)
{
    if (error != GUNYAH_OK)
        wrong(plan, "%s", plan->sim->last_error);
    return error;
}

static enum gunyah_error read_seed(struct plan *plan)
{
    const struct plan_word word = next_word(plan);

    if (!gunyah_internal_plan_number(word, &plan->seed)) {
        unexpected(plan, word, "a number");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    return read_options(plan, 0, 0) ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID;
}

static enum gunyah_error read_fault(struct plan *plan)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    const struct plan_word word = next_word(plan);

    if (!gunyah_internal_plan_find_call(word, &fault.call)) {
        unexpected(plan, word, "a hypercall, such as msgqueue_send, or any");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    if (!read_options(plan, BIT(VM) | WHEN, BIT(ERROR)))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    fault.vm = plan->vm;
    fault.error = (int32_t)(uint32_t)plan->values[KEY_ERROR];
    fault.nth = plan->values[KEY_NTH];
    fault.count = plan->values[KEY_COUNT];
    fault.chance = (uint32_t)plan->values[KEY_CHANCE];
    return added(plan, gunyah_internal_sim_add_fault(plan->sim, &fault));
}

// Without a value, what fails is DENIED; there is no such choice for the other kinds that need one.
static bool read_rm_value(struct plan *plan, uint64_t *value)
{
    const enum rm_value kind = rm_kinds[plan->values[KEY_KIND]].value;

    if ((plan->seen & BIT(VALUE)) == 0)
        return kind == RM_NO_VALUE || kind == RM_ERROR || wrong(plan, "expected value=");
    switch (kind) {
    case RM_ERROR:
        return gunyah_internal_plan_find_rm_error(plan->value, value) ||
               unexpected(plan, plan->value, "an error of the Resource Manager, such as BUSY");
    case RM_DURATION:
        return gunyah_internal_plan_duration(plan->value, value) || unexpected(plan, plan->value, a_duration);
    case RM_NUMBER:
        return gunyah_internal_plan_number(plan->value, value) || unexpected(plan, plan->value, "a number");
    default:
        return wrong(plan, "value= is nothing that kind=%s has", rm_kinds[plan->values[KEY_KIND]].name);
    }
}

static enum gunyah_error read_rm_fault(struct plan *plan)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    const struct plan_word word = next_word(plan);

    if (!gunyah_internal_plan_find_message(word, &fault.message)) {
        unexpected(plan, word, "a request to the Resource Manager, such as VM_START, or any");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    if (!read_options(plan, BIT(VALUE) | BIT(VM) | WHEN, BIT(KIND)) || !read_rm_value(plan, &fault.value))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    fault.vm = plan->vm;
    fault.mischief = rm_kinds[plan->values[KEY_KIND]].mischief;
    fault.nth = plan->values[KEY_NTH];
    fault.count = plan->values[KEY_COUNT];
    fault.chance = (uint32_t)plan->values[KEY_CHANCE];
    return added(plan, gunyah_internal_sim_add_rm_fault(plan->sim, &fault));
}

// A kind of hazard, and the options of its lines.
struct hazard_line {
    const char *name;
    enum gunyah_sim_hazard_kind kind;
    unsigned allowed;
    unsigned needed;
};

static const struct hazard_line hazard_lines[] = {
    {"lost", GUNYAH_SIM_VIRQ_LOST, BIT(VM) | WHEN, 0},
    {"late", GUNYAH_SIM_VIRQ_LATE, BIT(VM) | BIT(SPREAD) | WHEN, BIT(AFTER)},
    {"twice", GUNYAH_SIM_VIRQ_TWICE, BIT(VM) | BIT(SPREAD) | WHEN, BIT(AFTER)},
    {"flood", GUNYAH_SIM_VIRQ_FLOOD, WHEN, BIT(VM) | BIT(EVERY)},
    {"heap-empty", GUNYAH_SIM_HEAP_EMPTY, WHEN, 0},
};

static bool read_virq(struct plan *plan, gunyah_virq_t *virq)
{
    const struct plan_word word = next_word(plan);
    uint64_t number;

    if (gunyah_internal_plan_is(word, "any"))
        return true;
    if (!gunyah_internal_plan_number(word, &number) || number < GUNYAH_VIRQ_SPI_FIRST || number > GUNYAH_VIRQ_SPI_LAST)
        return unexpected(plan, word, "an interrupt, 32 to 1019, or any");
    *virq = gunyah_virq((uint32_t)number);
    return true;
}

static enum gunyah_error read_hazard(struct plan *plan, const struct hazard_line *line)
{
    struct gunyah_sim_hazard hazard = GUNYAH_SIM_HAZARD_INIT;

    hazard.kind = line->kind;
    if (line->kind != GUNYAH_SIM_HEAP_EMPTY && !read_virq(plan, &hazard.virq))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    if (!read_options(plan, line->allowed, line->needed))
        return GUNYAH_ERR_ARGUMENT_INVALID;
    hazard.vm = plan->vm;
    hazard.after_ns = plan->values[KEY_AFTER] + plan->values[KEY_EVERY]; // No line has both.
    hazard.spread_ns = plan->values[KEY_SPREAD];
    hazard.nth = plan->values[KEY_NTH];
    hazard.count = plan->values[KEY_COUNT];
    hazard.chance = (uint32_t)plan->values[KEY_CHANCE];
    return added(plan, gunyah_internal_sim_add_hazard(plan->sim, &hazard));
}

static enum gunyah_error read_line(struct plan *plan)
{
    const struct plan_word word = next_word(plan);

    if (word.size == 0)
        return GUNYAH_OK;
    if (gunyah_internal_plan_is(word, "seed"))
        return read_seed(plan);
    if (gunyah_internal_plan_is(word, "fault"))
        return read_fault(plan);
    if (gunyah_internal_plan_is(word, "rm-fault"))
        return read_rm_fault(plan);
    for (size_t i = 0; i < sizeof(hazard_lines) / sizeof(hazard_lines[0]); i++) {
        if (gunyah_internal_plan_is(word, hazard_lines[i].name))
            return read_hazard(plan, &hazard_lines[i]);
    }
    unexpected(plan, word, "seed, fault, rm-fault, lost, late, twice, flood or heap-empty");
    return GUNYAH_ERR_ARGUMENT_INVALID;
}

static enum gunyah_error read_lines(struct plan *plan, const char *text, size_t size)
{
    const char *end = text + size;
    enum gunyah_error error = GUNYAH_OK;

    while (text < end && error == GUNYAH_OK) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        plan->at = text;
        plan->end = stop != NULL ? stop : end;
        plan->problem.line++;
        error = read_line(plan);
        text = plan->end + (stop != NULL ? 1 : 0);
    }
    return error;
}

static enum gunyah_error add_plan(struct plan *plan, const char *text, size_t size)
{
    const uint64_t before = plan->sim->rule_ids;
    enum gunyah_error error;

    if (size > PLAN_LIMIT) {
        wrong(plan, "a plan has 1 MiB at most");
        return GUNYAH_ERR_ARGUMENT_SIZE;
    }
    error = read_lines(plan, text, size);
    if (error != GUNYAH_OK) {
        gunyah_internal_sim_drop_rules(plan->sim, before);
        return error;
    }
    plan->sim->rule_seed = plan->seed;
    plan->problem.line = 0;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_add_plan(struct gunyah_sim *sim, const char *text, size_t size,
                                      struct gunyah_sim_plan_problem *problem)
{
    struct plan plan = {.sim = sim};
    enum gunyah_error error;

    if (sim == NULL || text == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    if (problem != NULL && problem->size < sizeof(*problem)) {
        error = gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                         "problem.size is too small: start from GUNYAH_SIM_PLAN_PROBLEM_INIT");
    } else {
        plan.seed = sim->rule_seed;
        error = add_plan(&plan, text, size);
        if (error != GUNYAH_OK && error != GUNYAH_ERR_OUT_OF_MEMORY)
            gunyah_internal_sim_fail(sim, error, "the plan is not understood: its problem says where and why");
        if (problem != NULL) {
            problem->line = plan.problem.line;
            memcpy(problem->text, plan.problem.text, sizeof(problem->text));
        }
    }
    pthread_mutex_unlock(&sim->lock);
    return error;
}
