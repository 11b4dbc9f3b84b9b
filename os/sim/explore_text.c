// SPDX-License-Identifier: BSD-3-Clause
// Schedules as text. Each step is a letter, that of the guest which goes on; "-" behind it: it misses an interrupt; "^": it
// wakes up for nothing; "+" alone: time goes on. A number behind a step repeats it. At the end, a point and four
// hexadecimal digits of a check: the two halves of the 32-bit FNV-1a of what precedes the point, one XOR the other.

#include "explore_internal.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CHECK_SIZE 5 // ".1234"

static const char letters[] = "abcdefghijklmnop";
static const char marks[] = {[EXPLORE_RUN] = '\0', [EXPLORE_LATE] = '-', [EXPLORE_NEEDLESS] = '^'};

static unsigned check_of(const char *text, size_t size)
{
    uint32_t hash = UINT32_C(2166136261);

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT32_C(16777619);
    return (hash >> 16) ^ (hash & 0xffff);
}

// ---- Reading -----------------------------------------------------------------------------------------------------------

struct reader {
    struct gunyah_sim_exploration *e;
    const char *text;
    size_t place;
    size_t size; // Without the check.
};

static bool damaged(const struct reader *reader, const char *why)
{
    gunyah_internal_explore_fail(reader->e, GUNYAH_ERR_ARGUMENT_INVALID,
                                 "the schedule is damaged: %s, at character %zu", why, reader->place + 1);
    return false;
}

static bool read_check(struct reader *reader)
{
    const size_t size = strlen(reader->text);
    char check[CHECK_SIZE + 1];

    reader->size = reader->place = size < CHECK_SIZE ? 0 : size - CHECK_SIZE;
    snprintf(check, sizeof(check), ".%04x", check_of(reader->text, reader->size));
    if (strcmp(reader->text + reader->size, check) != 0)
        return damaged(reader, "the check at its end is wrong");
    reader->place = 0;
    return true;
}

static bool read_step(struct reader *reader, struct explore_step *step)
{
    const char letter = reader->text[reader->place];

    *step = (struct explore_step){EXPLORE_TIME, 0};
    if (letter != '+') {
        if (letter < 'a' || (uint32_t)(letter - 'a') >= reader->e->scenario->guest_count)
            return damaged(reader, "there is no such guest");
        *step = (struct explore_step){EXPLORE_RUN, (uint8_t)(letter - 'a')};
    }
    reader->place++;
    if (letter == '+')
        return true;
    for (unsigned kind = EXPLORE_LATE; kind <= EXPLORE_NEEDLESS; kind++) {
        if (reader->text[reader->place] != marks[kind])
            continue;
        step->kind = (uint8_t)kind;
        reader->place++;
        break;
    }
    return true;
}

static uint32_t read_number(struct reader *reader)
{
    uint32_t number = 0;

    while (reader->text[reader->place] >= '0' && reader->text[reader->place] <= '9') {
        if (number <= GUNYAH_SIM_MAX_STEPS)
            number = number * 10 + (uint32_t)(reader->text[reader->place] - '0');
        reader->place++;
    }
    return number;
}

static bool read_steps(struct reader *reader)
{
    struct gunyah_sim_exploration *e = reader->e;
    struct explore_step step;
    uint32_t count = 1;

    if (!read_step(reader, &step))
        return false;
    if (reader->text[reader->place] >= '0' && reader->text[reader->place] <= '9')
        count = read_number(reader);
    if (count == 0)
        return damaged(reader, "a step is repeated no times");
    if (count > e->options.max_steps - e->given)
        return damaged(reader, "it has more than max_steps steps");
    while (count-- > 0)
        e->decisions[e->given++] = (struct explore_decision){.step = step};
    return true;
}

bool gunyah_internal_explore_read(struct gunyah_sim_exploration *e, const char *text)
{
    struct reader reader = {e, text, 0, 0};

    if (!read_check(&reader))
        return false;
    while (reader.place < reader.size) {
        if (!read_steps(&reader))
            return false;
    }
    return true;
}

// ---- Writing -----------------------------------------------------------------------------------------------------------

// What gunyah_sim_explore_release() has to know precedes the text.
struct kept_text {
    struct gunyah_allocator allocator;
    size_t size;
    char text[];
};

static uint32_t equal_steps(const struct gunyah_sim_exploration *e, uint32_t from)
{
    const struct explore_step step = e->decisions[from].step;
    uint32_t count = 1;

    while (from + count < e->count && e->decisions[from + count].step.kind == step.kind &&
           e->decisions[from + count].step.guest == step.guest)
        count++;
    return count;
}

// A null text: only find out how long it is.
static size_t put_steps(struct explore_step step, uint32_t count, char *text)
{
    char piece[16] = {'+'};
    size_t size = 1;

    if (step.kind != EXPLORE_TIME)
        piece[0] = letters[step.guest];
    if (step.kind == EXPLORE_LATE || step.kind == EXPLORE_NEEDLESS)
        piece[size++] = marks[step.kind];
    if (count > 1)
        size += (size_t)snprintf(piece + size, sizeof(piece) - size, "%" PRIu32, count);
    if (text != NULL)
        memcpy(text, piece, size);
    return size;
}

static size_t put_all(const struct gunyah_sim_exploration *e, char *text)
{
    size_t size = 0;

    for (uint32_t i = 0; i < e->count;) {
        const uint32_t count = equal_steps(e, i);
        size += put_steps(e->decisions[i].step, count, text != NULL ? text + size : NULL);
        i += count;
    }
    return size;
}

bool gunyah_internal_explore_write(struct gunyah_sim_exploration *e)
{
    const size_t length = put_all(e, NULL);
    const size_t size = sizeof(struct kept_text) + length + CHECK_SIZE + 1;
    struct kept_text *kept = e->allocator.allocate(e->allocator.context, size);

    if (kept == NULL)
        return false;
    kept->allocator = e->allocator;
    kept->size = size;
    put_all(e, kept->text);
    snprintf(kept->text + length, CHECK_SIZE + 1, ".%04x", check_of(kept->text, length));
    e->result->schedule = kept->text;
    return true;
}

void gunyah_sim_explore_release(struct gunyah_sim_explore_result *result)
{
    struct kept_text *kept;

    if (result == NULL || result->schedule == NULL)
        return;
    kept = (struct kept_text *)(uintptr_t)(result->schedule - offsetof(struct kept_text, text));
    result->schedule = NULL;
    kept->allocator.release(kept->allocator.context, kept, kept->size);
}
