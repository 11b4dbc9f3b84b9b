// SPDX-License-Identifier: BSD-3-Clause
// The language of scripts: one instruction a line. docs/emulated-node.md describes it.
#include "emu_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 5

// A line on its way to an instruction.
struct line {
    struct emu_instruction *to;
    char *words[MAX_WORDS];
    uint32_t count;
    const char *wrong; // What is, or null.
};

struct verb {
    const char *name;
    uint32_t least; // Words behind it, ...
    uint32_t most;  // ... and at most; MAX_WORDS: a text to the end of the line.
    void (*parse)(struct line *line);
};

static uint64_t number(struct line *line, uint32_t index)
{
    const char *word = line->words[index];
    char *end;
    uint64_t value;

    errno = 0;
    value = strtoull(word, &end, 0);
    if (word[0] == '-' || end == word || *end != 0 || errno != 0)
        line->wrong = "not a number";
    return value;
}

static uint32_t small(struct line *line, uint32_t index)
{
    const uint64_t value = number(line, index);

    if (value > UINT32_MAX)
        line->wrong = "a number that is too large";
    return (uint32_t)value;
}

static uint32_t width(struct line *line, uint32_t index)
{
    const uint64_t value = number(line, index);

    if (value == 0 || value > 8 || (value & (value - 1)) != 0)
        line->wrong = "a width is 1, 2, 4 or 8";
    return (uint32_t)value;
}

static void step(struct line *line, enum gunyah_emu_action action, uint32_t label)
{
    line->to->word = EMU_SAY_STEP;
    line->to->step.action = action;
    line->to->step.label = label;
}

static void parse_read(struct line *line)
{
    step(line, GUNYAH_EMU_READ, 0);
    line->to->word = EMU_SAY_READ;
    line->to->step.address = number(line, 1);
    line->to->step.width = width(line, 2);
    line->to->checked = line->count > 3;
    if (line->to->checked)
        line->to->step.value = number(line, 3);
}

static void parse_write(struct line *line)
{
    step(line, GUNYAH_EMU_WRITE, 0);
    line->to->word = EMU_SAY_WRITE;
    line->to->step.address = number(line, 1);
    line->to->step.width = width(line, 2);
    line->to->step.value = number(line, 3);
}

static void parse_abort_read(struct line *line)
{
    parse_read(line);
    line->to->aborts = true;
}

static void parse_abort_write(struct line *line)
{
    parse_write(line);
    line->to->aborts = true;
}

// Replaces \n, which is all that a console needs.
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != 0; from++) {
        const bool is_line_end = from[0] == '\\' && from[1] == 'n';
        *to++ = (char)(is_line_end ? '\n' : *from);
        from += is_line_end;
    }
    *to = 0;
}

static void parse_text(struct line *line)
{
    char *end;

    step(line, GUNYAH_EMU_WRITE, 0);
    line->to->word = EMU_SAY_TEXT;
    line->to->step.width = 1;
    line->to->step.address = strtoull(line->words[1], &end, 0);
    if (end == line->words[1] || *end != ' ' || end[1] == 0) {
        line->wrong = "an address and a text are wanted";
        return;
    }
    unescape(end + 1);
    line->to->step.text = end + 1;
}

static void parse_print(struct line *line)
{
    step(line, GUNYAH_EMU_PRINT, 0);
    line->to->step.text = line->words[1];
}

static void parse_wait(struct line *line)
{
    if (line->count > 1)
        step(line, GUNYAH_EMU_WAIT, small(line, 1));
    else
        step(line, GUNYAH_EMU_WAIT_FOREVER, 0);
}

static void parse_on(struct line *line)
{
    step(line, GUNYAH_EMU_CPU_ON, small(line, 1));
}

static void parse_off(struct line *line)
{
    step(line, GUNYAH_EMU_CPU_OFF, 0);
}

static void parse_poweroff(struct line *line)
{
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
}

static void parse_reset(struct line *line)
{
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET);
}

// The reason begins with 16 bits of flags, of which bit 15 says that the call was one of 64 bits; the type is its second word.
static void parse_reset2(struct line *line)
{
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2);
    line->to->step.value = (uint64_t)small(line, 1) << 32 | 0x8000;
}

static void parse_watchdog(struct line *line)
{
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE);
}

static void parse_crash(struct line *line)
{
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR);
}

static void parse_exit(struct line *line)
{
    const uint32_t code = small(line, 1);

    if (code > UINT16_MAX)
        line->wrong = "a code has 16 bits";
    step(line, GUNYAH_EMU_END, GUNYAH_VM_EXIT_TYPE_VM_EXIT);
    line->to->step.value = (uint64_t)code << 16;
}

static void parse_fail(struct line *line)
{
    static const struct {
        const char *name;
        uint32_t value;
    } errors[] = {{"EACCES", EACCES}, {"EBUSY", EBUSY},           {"EIO", EIO},
                  {"ENOMEM", ENOMEM}, {"EOPNOTSUPP", EOPNOTSUPP}, {"EINVAL", EINVAL}};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (strcmp(line->words[1], errors[i].name) == 0) {
            step(line, GUNYAH_EMU_FAIL, errors[i].value);
            return;
        }
    }
    line->wrong = "RUN fails with EACCES, EBUSY, EIO, ENOMEM, EOPNOTSUPP or EINVAL";
}

static void parse_swallow(struct line *line)
{
    step(line, GUNYAH_EMU_SWALLOW, 0);
}

static void parse_repeat(struct line *line)
{
    line->to->word = EMU_SAY_REPEAT;
    line->to->count = number(line, 1);
}

static void parse_end(struct line *line)
{
    line->to->word = EMU_SAY_END;
}

static const struct verb verbs[] = {
    {"read", 2, 3, parse_read},
    {"write", 3, 3, parse_write},
    {"abort-read", 2, 2, parse_abort_read},
    {"abort-write", 3, 3, parse_abort_write},
    {"text", 1, MAX_WORDS, parse_text},
    {"print", 1, MAX_WORDS, parse_print},
    {"wait", 0, 1, parse_wait},
    {"on", 1, 1, parse_on},
    {"off", 0, 0, parse_off},
    {"poweroff", 0, 0, parse_poweroff},
    {"reset", 0, 0, parse_reset},
    {"reset2", 1, 1, parse_reset2},
    {"watchdog", 0, 0, parse_watchdog},
    {"crash", 0, 0, parse_crash},
    {"exit", 1, 1, parse_exit},
    {"fail", 1, 1, parse_fail},
    {"swallow", 0, 0, parse_swallow},
    {"repeat", 1, 1, parse_repeat},
    {"end", 0, 0, parse_end},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

// Cuts the text behind the verb into words; one word of it all, if that is what the verb wants.
static bool split(struct line *line, char *rest, const struct verb *verb)
{
    char *state = NULL;

    if (verb->most == MAX_WORDS) {
        rest += strspn(rest, " \t");
        line->words[1] = rest;
        line->count = *rest != 0 ? 2 : 1;
    } else {
        for (char *word = strtok_r(rest, " \t", &state); word != NULL; word = strtok_r(NULL, " \t", &state)) {
            if (line->count > verb->most)
                return false;
            line->words[line->count++] = word;
        }
    }
    return line->count > verb->least;
}

// Returns what is wrong with the line, or null.
static const char *parse_line(char *text, struct emu_instruction *to)
{
    struct line line = {.to = to, .count = 1};
    char *end = text + strcspn(text, " \t");
    char *rest = *end != 0 ? end + 1 : end;
    const struct verb *verb;

    *end = 0;
    verb = find_verb(text);
    if (verb == NULL)
        return "no such instruction";
    if (!split(&line, rest, verb))
        return "a wrong number of words";
    verb->parse(&line);
    return line.wrong;
}

// Loops of a vCPU must be closed before the next one's instructions, and not be too deep.
static const char *check_loops(uint32_t *depth, const struct emu_instruction *instruction)
{
    if (instruction->word == EMU_SAY_REPEAT && ++*depth > EMU_MAX_LOOPS)
        return "loops are 8 deep at most";
    if (instruction->word == EMU_SAY_END && (*depth)-- == 0)
        return "nothing to end";
    return NULL;
}

static const char *parse_vcpu(const char *text, uint32_t depth, uint32_t *vcpu)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 0);

    if (end == text || *end != 0 || value > UINT16_MAX)
        return "vcpu wants an index";
    *vcpu = (uint32_t)value;
    return depth != 0 ? "a loop has no end" : NULL;
}

static const char *parse_all(struct emu_script *script, uint32_t *line)
{
    uint32_t vcpu = 0;
    uint32_t depth = 0;
    const char *wrong = NULL;

    for (char *text = script->text, *next; text != NULL && wrong == NULL; text = next) {
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = 0;
        ++*line;
        text += strspn(text, " \t");
        if (*text == 0 || *text == '#')
            continue;
        if (strncmp(text, "vcpu ", 5) == 0) {
            wrong = parse_vcpu(text + 5, depth, &vcpu);
        } else {
            struct emu_instruction *instruction = &script->instructions[script->count++];
            instruction->line = *line;
            instruction->vcpu = vcpu;
            wrong = parse_line(text, instruction);
            if (wrong == NULL)
                wrong = check_loops(&depth, instruction);
        }
    }
    return wrong == NULL && depth != 0 ? "a loop has no end" : wrong;
}

static size_t count_lines(const char *text)
{
    size_t count = 1;

    for (; *text != 0; text++)
        count += *text == '\n';
    return count;
}

struct emu_script *gunyah_internal_emu_parse_script(const char *text, char *problem, size_t size,
                                                    enum gunyah_error *error)
{
    struct emu_script *script = calloc(1, sizeof(*script));
    const char *wrong;
    uint32_t line = 0;

    *error = GUNYAH_ERR_OUT_OF_MEMORY;
    if (script != NULL) {
        script->text = strdup(text);
        script->instructions = calloc(count_lines(text), sizeof(*script->instructions));
    }
    if (script == NULL || script->text == NULL || script->instructions == NULL) {
        gunyah_internal_emu_free_script(script);
        return NULL;
    }
    wrong = parse_all(script, &line);
    if (wrong == NULL) {
        *error = GUNYAH_OK;
        return script;
    }
    snprintf(problem, size, "line %u of the script: %s", line, wrong);
    *error = GUNYAH_ERR_ARGUMENT_INVALID;
    gunyah_internal_emu_free_script(script);
    return NULL;
}

void gunyah_internal_emu_free_script(struct emu_script *script)
{
    if (script == NULL)
        return;
    free(script->instructions);
    free(script->text);
    free(script);
}
