// SPDX-License-Identifier: BSD-3-Clause
// Reads a recording line by line and plays each one.
#include "recording.h"
#include "lines.h"
#include "player.h"
#include "programs.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST UINT64_C(0x50000000)
#define BUFFER_SPACE UINT64_C(0x10000)
#define BUFFERS 16
#define NANOSECONDS_A_MICROSECOND 1000
#define VERSION_LINE "# gunyah-recording: "
#define SHOWN 100       // of a text that is reported
#define SHOWN_BEFORE 16 // of them what is the same

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

enum answers { NEVER, MAY, ALWAYS };

static const struct kind {
    const char *word;
    line_function *play;
    enum answers answers;
    const char *form; // behind the word
} kinds[] = {
    {"call", line_call, ALWAYS, "NAME imm|hvc|smc ARGUMENT... [=$SYMBOL] -> REGISTERS"},
    {"smccc", line_smccc, ALWAYS, "FUNCTION hvc|smc ARGUMENT... -> REGISTERS"},
    {"hvc", line_raw, ALWAYS, "IMMEDIATE ARGUMENT... -> REGISTERS"},
    {"smc", line_raw, ALWAYS, "IMMEDIATE ARGUMENT... -> REGISTERS"},
    {"fill", line_fill, NEVER, "ADDRESS LENGTH FIRST STEP"},
    {"copy", line_copy, NEVER, "TO FROM LENGTH"},
    {"dump", line_dump, ALWAYS, "ADDRESS LENGTH -> BYTES"},
    {"sum", line_sum, ALWAYS, "ADDRESS LENGTH -> SUM"},
    {"peek", line_peek, ALWAYS, "ADDRESS 1|2|4|8 -> VALUE"},
    {"poke", line_poke, MAY, "ADDRESS 1|2|4|8 VALUE [-> fault SYNDROME]"},
    {"irqcfg", line_irqcfg, NEVER, "INTERRUPT edge|level"},
    {"virq", line_virq, ALWAYS, "INTERRUPT... -> pending LIST"},
    {"take", line_take, ALWAYS, "INTERRUPT... -> taken LIST"},
    {"clear", line_clear, ALWAYS, "INTERRUPT... -> pending LIST"},
    {"wait", line_wait, NEVER, "MICROSECONDS"},
    {"settle", line_settle, NEVER, "MICROSECONDS"},
};

static size_t first_difference(const char *left, const char *right)
{
    size_t i = 0;
    while (left[i] != '\0' && left[i] == right[i])
        i++;
    return i;
}

/** As much of a text as is shown, around a place. */
static void excerpt(char shown[PLAYER_TEXT], const char *text, size_t place)
{
    const size_t length = strlen(text);
    size_t first = length <= SHOWN || place <= SHOWN_BEFORE ? 0 : place - SHOWN_BEFORE;
    if (length > SHOWN && first > length - SHOWN)
        first = length - SHOWN;
    snprintf(shown, PLAYER_TEXT, "%s%.*s%s", first != 0 ? "..." : "", SHOWN, text + first,
             length - first > SHOWN ? "..." : "");
}

/** The line without its answer, as far as it is shown. */
static void show_operation(const struct player *player, char shown[PLAYER_TEXT])
{
    char text[PLAYER_TEXT] = "";
    size_t length = 0;
    for (size_t i = 0; i < player->count && length <= SHOWN; i++) {
        snprintf(text + length, sizeof(text) - length, "%s%.*s", i != 0 ? " " : "", SHOWN, player->words[i]);
        length = strlen(text);
    }
    excerpt(shown, text, 0);
}

enum line_result player_differs(struct player *player, const char *expected, const char *answered)
{
    char texts[3][PLAYER_TEXT];
    const size_t place = first_difference(expected, answered);
    show_operation(player, texts[0]);
    excerpt(texts[1], expected, place);
    excerpt(texts[2], answered, place);
    const struct recording_difference difference = {player->path, player->line, texts[0], texts[1], texts[2]};
    player->result.differences++;
    player->observer->differs(player->observer->context, &difference);
    return LINE_DIFFERED;
}

enum line_result player_malformed(struct player *player, const char *what, const char *word)
{
    snprintf(player->wrong, sizeof(player->wrong), "%s \"%.60s\"", what, word);
    return LINE_MALFORMED;
}

bool player_accepts(const struct player *player)
{
    return strcmp(player->answer, "?") == 0;
}

enum line_result player_compare(struct player *player, const char *text)
{
    if (player_accepts(player) || strcmp(player->answer, text) == 0)
        return LINE_MATCHED;
    return player_differs(player, player->answer, text);
}

bool player_operand(struct player *player, size_t i, uint64_t *value)
{
    if (i >= player->count)
        return false;
    if (operand_parse(&player->symbols, player->words[i], value))
        return true;
    player_malformed(player, "no number or symbol", player->words[i]);
    return false;
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

static void give_up(struct player *player, const char *why)
{
    player->observer->fails(player->observer->context, player->path, player->line, why);
    player->result.failed = true;
}

/** Cut a line into its words and its answer. */
static bool split(struct player *player, char *line)
{
    char *arrow = strstr(line, " -> ");
    char *rest = NULL;
    player->answer = NULL;
    player->count = 0;
    player->wrong[0] = '\0';
    if (arrow != NULL) {
        *arrow = '\0';
        player->answer = arrow + 4;
    }
    for (char *word = strtok_r(line, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (player->count == PLAYER_MAX_WORDS)
            return false;
        player->words[player->count++] = word;
    }
    return player->count != 0;
}

static const struct kind *find_kind(const char *word)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(word, kinds[i].word) == 0)
            return &kinds[i];
    }
    return NULL;
}

/** Say what is wrong with a line, and how one of its kind is written. */
static void give_up_line(struct player *player, const struct kind *kind)
{
    char why[2 * PLAYER_TEXT];
    snprintf(why, sizeof(why), "%s: it is written: %s %s", player->wrong[0] != '\0' ? player->wrong : "malformed",
             kind->word, kind->form);
    give_up(player, why);
}

static enum line_result play_kind(struct player *player, const struct kind *kind)
{
    const bool answered = player->answer != NULL;
    if (kind->answers != MAY && answered != (kind->answers == ALWAYS)) {
        snprintf(player->wrong, sizeof(player->wrong), answered ? "it has no answer" : "the answer is missing");
        return LINE_MALFORMED;
    }
    return kind->play(player);
}

/** Play the line whose words are in player. */
static void play(struct player *player)
{
    const struct kind *kind = find_kind(player->words[0]);
    const bool answered = player->answer != NULL;
    if (kind == NULL) {
        player_malformed(player, "there is no operation", player->words[0]);
        give_up(player, player->wrong);
        return;
    }
    const enum line_result result = play_kind(player, kind);
    if (result == LINE_MALFORMED) {
        give_up_line(player, kind);
    } else if (result == LINE_NO_MEMORY) {
        give_up(player, "out of memory");
    } else if (player->machine->broken != NULL) {
        give_up(player, player->machine->broken);
    } else if (answered) {
        player->result.lines++;
        player->result.matched += result == LINE_MATCHED ? 1 : 0;
    }
}

/** What is not text in an operation. False: nothing. */
static bool find_no_text(const struct lines *lines, char *why, size_t size)
{
    for (size_t i = 0; i < lines->length; i++) {
        const unsigned int byte = (unsigned char)lines->text[i];
        if (byte >= 0x20 && byte <= 0x7e)
            continue;
        snprintf(why, size, "byte %zu is 0x%02x: a recording is ASCII text with line feeds", i + 1, byte);
        return true;
    }
    return false;
}

static void play_comment(struct player *player, const char *line)
{
    const size_t prefix = strlen(VERSION_LINE);
    if (strcmp(line, "# image: stock") == 0 && !player->started)
        player->stock = true;
    if (strncmp(line, VERSION_LINE, prefix) == 0 && strcmp(line + prefix, "1") != 0)
        give_up(player, "this version of the format is not known; 1 is");
}

static bool start(struct player *player)
{
    if (player->started)
        return true;
    player->started = true;
    if (player->machine->ops->start(player->machine, player->stock) && define_symbols(player))
        return true;
    give_up(player, player->machine->broken != NULL ? player->machine->broken : "the machine does not start");
    return false;
}

static void play_line(struct player *player, struct lines *lines)
{
    char why[PLAYER_TEXT];
    if (lines->length == 0)
        return;
    if (lines->text[0] == '#')
        play_comment(player, lines->text);
    else if (find_no_text(lines, why, sizeof(why)))
        give_up(player, why);
    else if (!split(player, lines->text))
        give_up(player, "an operation is one to 2048 words");
    else if (start(player))
        play(player);
}

struct recording_result recording_play(struct machine *machine, FILE *file, const char *path,
                                       const struct recording_observer *observer)
{
    struct player player = {.path = path, .observer = observer, .machine = machine};
    struct lines lines = {.file = file};
    while (!player.result.failed) {
        const char *stop = lines_next(&lines);
        player.line++;
        if (stop == NULL) {
            play_line(&player, &lines);
            observer->goes_on(observer->context, path, player.line);
            continue;
        }
        if (stop[0] != '\0')
            give_up(&player, stop);
        break;
    }
    if (!player.started && !player.result.failed) {
        player.line = 0;
        give_up(&player, "there is no operation in it");
    }
    lines_free(&lines);
    symbols_free(&player.symbols);
    return player.result;
}

void machine_free(struct machine *machine)
{
    machine->ops->free(machine);
}
