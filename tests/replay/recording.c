// SPDX-License-Identifier: BSD-3-Clause
// Reads a recording line by line and plays each one.
#define _POSIX_C_SOURCE 200809L
#include "player.h"
#include "programs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define BUFFER_FIRST UINT64_C(0x50000000)
#define BUFFER_SPACE UINT64_C(0x10000)
#define BUFFERS 16
#define NANOSECONDS_A_MICROSECOND 1000

static enum line_result line_wait(struct player *player)
{
    uint64_t microseconds;
    if (player->count != 2 || !player_operand(player, 1, &microseconds) || microseconds > UINT32_MAX)
        return LINE_MALFORMED;
    player->machine->ops->wait(player->machine, microseconds * NANOSECONDS_A_MICROSECOND);
    return LINE_MATCHED;
}

static enum line_result line_settle(struct player *player)
{
    uint64_t microseconds;
    return player->count == 2 && player_operand(player, 1, &microseconds) ? LINE_MATCHED : LINE_MALFORMED;
}

static const struct {
    const char *word;
    line_function *play;
    bool answers; // always; a poke may
} kinds[] = {
    {"call", line_call, true},      {"smccc", line_smccc, true},    {"hvc", line_raw, true},
    {"smc", line_raw, true},        {"fill", line_fill, false},     {"copy", line_copy, false},
    {"dump", line_dump, true},      {"sum", line_sum, true},        {"peek", line_peek, true},
    {"poke", line_poke, false},     {"irqcfg", line_irqcfg, false}, {"virq", line_virq, true},
    {"take", line_take, true},      {"clear", line_clear, true},    {"wait", line_wait, false},
    {"settle", line_settle, false},
};

enum line_result player_differs(struct player *player, const char *format, ...)
{
    va_list arguments;
    player->result.mismatches++;
    if (player->reports == 0)
        return LINE_DIFFERED;
    player->reports--;
    printf("%s:%lu: ", player->path, player->line);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return LINE_DIFFERED;
}

bool player_accepts(const struct player *player)
{
    return strcmp(player->answer, "?") == 0;
}

enum line_result player_compare(struct player *player, const char *text)
{
    if (player_accepts(player) || strcmp(player->answer, text) == 0)
        return LINE_MATCHED;
    return player_differs(player, "expected %s got %s", player->answer, text);
}

bool player_operand(const struct player *player, size_t i, uint64_t *value)
{
    return i < player->count && operand_parse(&player->symbols, player->words[i], value);
}

static bool define_symbols(struct player *player)
{
    const struct platform_caps *caps = &player->machine->caps;
    const struct {
        const char *name;
        uint64_t value;
    } given[] = {
        {"rmtx", caps->rmtx}, {"rmrx", caps->rmrx},           {"partition", caps->partition}, {"cspace", caps->cspace},
        {"vic", caps->vic},   {"addrspace", caps->addrspace}, {"vcpu", caps->vcpu},           {"vpm", caps->vpm},
    };
    bool good = true;
    char name[16];
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
        good = symbols_set(&player->symbols, given[i].name, given[i].value) && good;
    for (uint64_t i = 0; i < PROGRAM_COUNT; i++)
        good =
            symbols_set(&player->symbols, program_name((enum program)i), PROGRAMS_FIRST + i * PROGRAMS_SPACE) && good;
    for (unsigned int i = 0; i < BUFFERS; i++) {
        snprintf(name, sizeof(name), "buf%u", i);
        good = symbols_set(&player->symbols, name, BUFFER_FIRST + i * BUFFER_SPACE) && good;
    }
    return good;
}

static bool split(struct player *player, char *line)
{
    char *arrow = strstr(line, " -> ");
    player->answer = NULL;
    player->count = 0;
    if (arrow != NULL) {
        *arrow = '\0';
        player->answer = arrow + 4;
    }
    char *rest = NULL;
    for (char *word = strtok_r(line, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (player->count == PLAYER_MAX_WORDS)
            return false;
        player->words[player->count++] = word;
    }
    return player->count != 0;
}

/** Play the line whose words are in player. */
static enum line_result play(struct player *player)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(player->words[0], kinds[i].word) != 0)
            continue;
        bool may_answer = kinds[i].answers || kinds[i].play == line_poke;
        if (player->answer == NULL ? kinds[i].answers : !may_answer)
            return LINE_MALFORMED;
        return kinds[i].play(player);
    }
    return LINE_MALFORMED;
}

static void give_up(struct player *player, const char *why)
{
    fprintf(stderr, "%s:%lu: %s\n", player->path, player->line, why);
    player->result.unusable = true;
}

static void play_line(struct player *player, char *line, size_t length)
{
    if (length != 0 && line[length - 1] == '\n')
        line[--length] = '\0';
    if (memchr(line, '\0', length) != NULL) {
        give_up(player, "not a text");
        return;
    }
    if (strcmp(line, "# image: stock") == 0 && !player->started)
        player->stock = true;
    if (length == 0 || line[0] == '#')
        return;
    if (!player->started) {
        player->started = true;
        if (!player->machine->ops->start(player->machine, player->stock) || !define_symbols(player)) {
            give_up(player, "the machine does not start");
            return;
        }
    }
    bool good = split(player, line);
    bool answered = player->answer != NULL;
    enum line_result result = good ? play(player) : LINE_MALFORMED;
    if (result == LINE_MALFORMED) {
        give_up(player, "malformed line");
        return;
    }
    if (player->machine->broken) {
        give_up(player, "the machine does not answer");
        return;
    }
    player->result.lines += answered ? 1 : 0;
    player->result.matched += answered && result == LINE_MATCHED ? 1 : 0;
}

struct recording_result recording_play(struct machine *machine, const char *path, unsigned long reports)
{
    struct player player = {.path = path, .reports = reports, .machine = machine};
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        player.result.unusable = true;
        return player.result;
    }
    while (!player.result.unusable) {
        ssize_t length = getline(&line, &room, file);
        if (length < 0)
            break;
        player.line++;
        play_line(&player, line, (size_t)length);
    }
    if (ferror(file)) {
        perror(path);
        player.result.unusable = true;
    }
    fclose(file);
    free(line);
    symbols_free(&player.symbols);
    return player.result;
}
