// SPDX-License-Identifier: BSD-3-Clause
// Plans: faults and hazards as text, one a line. Lines are read and added one after the other; if one of them is wrong,
// those before it are taken back.

#include "sim_internal.h"

#include <options.h>

#include <gunyah/abi/names.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PLAN_LIMIT ((size_t)1 << 20)
#define CALLS 256
#define ERROR_FIRST (-16)
#define ERROR_LAST 1023
#define MILLION 1000000
#define PPM_PER_PERCENT 10000
#define SHOWN 32 // Bytes of a word that are told.

struct word {
    const char *text;
    size_t size;
};

enum key { KEY_ERROR, KEY_VM, KEY_NTH, KEY_COUNT, KEY_CHANCE, KEY_AFTER, KEY_SPREAD, KEY_EVERY, KEYS };

static const char *const key_names[KEYS] = {"error", "vm", "nth", "count", "chance", "after", "spread", "every"};

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
};

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
static bool unexpected(struct plan *plan, struct word word, const char *expected)
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
static struct word next_word(struct plan *plan)
{
    struct word word;

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

static bool is_word(struct word word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.text, text, word.size) == 0;
}

// Decimal digits at the beginning. Returns how many there are; 0 also if the number is too large.
static size_t read_digits(struct word word, uint64_t *value)
{
    size_t size = 0;

    *value = 0;
    for (; size < word.size && word.text[size] >= '0' && word.text[size] <= '9'; size++) {
        const uint64_t digit = (uint64_t)(word.text[size] - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return 0;
        *value = *value * 10 + digit;
    }
    return size;
}

static struct word behind(struct word word, size_t size)
{
    return (struct word){word.text + size, word.size - size};
}

static bool read_number(struct word word, uint64_t *value)
{
    const size_t digits = read_digits(word, value);

    return digits != 0 && digits == word.size;
}

static bool read_duration(struct word word, uint64_t *nanoseconds)
{
    static const struct {
        const char *name;
        uint64_t nanoseconds;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    uint64_t count;
    const size_t digits = read_digits(word, &count);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && digits != 0; i++) {
        if (!is_word(behind(word, digits), units[i].name))
            continue;
        *nanoseconds = count * units[i].nanoseconds;
        return count <= UINT64_MAX / 2 / units[i].nanoseconds;
    }
    return false;
}

// Digits behind the point of a percentage, in parts per million.
static size_t read_fraction(struct word word, uint64_t *ppm)
{
    uint64_t weight = PPM_PER_PERCENT;
    size_t size = 0;

    *ppm = 0;
    for (; size < word.size && word.text[size] >= '0' && word.text[size] <= '9' && weight > 1; size++) {
        weight /= 10;
        *ppm += (uint64_t)(word.text[size] - '0') * weight;
    }
    return size;
}

// A percentage, or parts per million. Chance 0 would mean always.
static bool read_chance(struct word word, uint64_t *ppm)
{
    uint64_t fraction = 0;
    const size_t digits = read_digits(word, ppm);

    word = behind(word, digits);
    if (digits == 0 || *ppm > UINT32_MAX)
        return false;
    if (is_word(word, "ppm"))
        return *ppm != 0 && *ppm <= MILLION;
    *ppm *= PPM_PER_PERCENT;
    if (word.size != 0 && word.text[0] == '.') {
        const size_t size = read_fraction(behind(word, 1), &fraction);
        word = behind(word, size != 0 ? 1 + size : 0);
    }
    *ppm += fraction;
    return is_word(word, "%") && *ppm != 0 && *ppm <= MILLION;
}

static bool find_call(struct word word, uint32_t *number)
{
    *number = GUNYAH_SIM_ANY_CALL;
    if (is_word(word, "any"))
        return true;
    for (*number = 0; *number < CALLS; ++*number) {
        const struct gunyah_call_shape *call = gunyah_call_info(*number);
        if (call != NULL && is_word(word, call->name))
            return true;
    }
    return false;
}

static bool find_error(struct word word, uint64_t *error)
{
    for (int32_t code = ERROR_FIRST; code <= ERROR_LAST; code++) {
        const char *name = gunyah_hverr_name(code);
        if (code == GUNYAH_HVERR_OK || name == NULL || !is_word(word, name))
            continue;
        *error = (uint64_t)(int64_t)code;
        return true;
    }
    return false;
}

static bool find_vm(const struct gunyah_sim *sim, struct word word, struct gunyah_sim_vm **vm)
{
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        *vm = sim->vms[i];
        if (*vm != NULL && is_word(word, (*vm)->name))
            return true;
    }
    return false;
}

// ---- options ---------------------------------------------------------------------------------------------------------

static bool read_value(struct plan *plan, enum key key, struct word word)
{
    uint64_t *value = &plan->values[key];

    switch (key) {
    case KEY_ERROR:
        return find_error(word, value) || unexpected(plan, word, "an error of the hypervisor, such as BUSY");
    case KEY_VM:
        return find_vm(plan->sim, word, &plan->vm) || unexpected(plan, word, "the name of a VM of this machine");
    case KEY_CHANCE:
        return read_chance(word, value) || unexpected(plan, word, "a chance above 0, such as 2.5% or 100ppm");
    case KEY_AFTER:
    case KEY_SPREAD:
    case KEY_EVERY:
        return read_duration(word, value) || unexpected(plan, word, "a duration, such as 50ms, in ns, us, ms or s");
    default:
        return read_number(word, value) || unexpected(plan, word, "a number");
    }
}

static bool read_option(struct plan *plan, struct word word, unsigned allowed)
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
        return read_value(plan, (enum key)key, behind(word, size + 1));
    }
    return unexpected(plan, word, "an option, such as nth=2, or the end of the line");
}

// The rest of the line: each of the options at most once, and those that it needs.
static bool read_options(struct plan *plan, unsigned allowed, unsigned needed)
{
    plan->seen = 0;
    plan->vm = NULL;
    memset(plan->values, 0, sizeof(plan->values));
    for (struct word word = next_word(plan); word.size != 0; word = next_word(plan)) {
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
    const struct word word = next_word(plan);

    if (!read_number(word, &plan->seed)) {
        unexpected(plan, word, "a number");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    return read_options(plan, 0, 0) ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID;
}

static enum gunyah_error read_fault(struct plan *plan)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    const struct word word = next_word(plan);

    if (!find_call(word, &fault.call)) {
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
    const struct word word = next_word(plan);
    uint64_t number;

    if (is_word(word, "any"))
        return true;
    if (!read_number(word, &number) || number < GUNYAH_VIRQ_SPI_FIRST || number > GUNYAH_VIRQ_SPI_LAST)
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
    const struct word word = next_word(plan);

    if (word.size == 0)
        return GUNYAH_OK;
    if (is_word(word, "seed"))
        return read_seed(plan);
    if (is_word(word, "fault"))
        return read_fault(plan);
    for (size_t i = 0; i < sizeof(hazard_lines) / sizeof(hazard_lines[0]); i++) {
        if (is_word(word, hazard_lines[i].name))
            return read_hazard(plan, &hazard_lines[i]);
    }
    unexpected(plan, word, "seed, fault, lost, late, twice, flood or heap-empty");
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
