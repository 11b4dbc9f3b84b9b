// SPDX-License-Identifier: BSD-3-Clause
// Lines that enter the hypervisor, and the comparison of registers.
#define _POSIX_C_SOURCE 200809L
#include "player.h"

#include <gunyah/abi/names.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSET UINT64_C(0xa5a5a5a500000000) // what registers hold that no argument sets, plus their number
#define FIRST_CLOBBERED 9

/** A call as it is made. */
struct entry {
    enum gunyah_model_conduit conduit;
    uint16_t immediate;
    struct machine_registers before;
    const char *binds; // name of the symbol that gets x1, or NULL
};

static void set_unset(struct machine_registers *registers)
{
    for (unsigned int i = 0; i < MACHINE_REGISTERS; i++)
        registers->x[i] = UNSET + i;
}

static bool parse_conduit(const char *word, enum gunyah_model_conduit *conduit)
{
    *conduit = strcmp(word, "smc") == 0 ? GUNYAH_MODEL_SMC : GUNYAH_MODEL_HVC;
    return *conduit == GUNYAH_MODEL_SMC || strcmp(word, "hvc") == 0;
}

/** Words from the given one on are arguments, for registers from the given one on. */
static bool parse_arguments(const struct player *player, size_t word, size_t reg, struct entry *entry)
{
    for (; word < player->count; word++, reg++) {
        const char *text = player->words[word];
        if (text[0] == '=' && text[1] == '$' && text[2] != '\0' && word + 1 == player->count) {
            entry->binds = text + 2;
            return true;
        }
        if (reg > 7 || !operand_parse(&player->symbols, text, &entry->before.x[reg]))
            return false;
    }
    return true;
}

static bool is_clobbering(const struct entry *entry)
{
    uint32_t number = (uint32_t)entry->immediate - GUNYAH_IMMEDIATE_BASE;
    return entry->conduit == GUNYAH_MODEL_HVC && entry->immediate != 0 && number < GUNYAH_HYPERCALL_TABLE_SIZE;
}

/** Compare one `xN=VALUE`. */
static enum line_result compare_register(struct player *player, const struct entry *entry,
                                         const struct machine_registers *after, char *word)
{
    uint64_t number;
    uint64_t expected;
    char *equals = strchr(word, '=');
    if (word[0] != 'x' || equals == NULL)
        return LINE_MALFORMED;
    const char *value = equals + 1;
    *equals = '\0';
    bool good = number_parse(word + 1, &number) && number < MACHINE_REGISTERS;
    *equals = '=';
    if (!good)
        return LINE_MALFORMED;
    if (strcmp(value, "?") == 0)
        return LINE_MATCHED;
    if (strcmp(value, "~") == 0)
        expected = entry->before.x[number];
    else if (!operand_parse(&player->symbols, value, &expected))
        return LINE_MALFORMED;
    if (after->x[number] == expected || (number == FIRST_CLOBBERED && is_clobbering(entry)))
        return LINE_MATCHED;
    return player_differs(player, "expected %s got x%" PRIu64 "=0x%" PRIx64, word, number, after->x[number]);
}

static enum line_result compare_slot(struct player *player, const struct machine_registers *after, const char *text)
{
    uint64_t expected;
    if (!number_parse(text, &expected))
        return LINE_MALFORMED;
    uint64_t slot = machine_slot(&player->machine, after->x[1]);
    if (slot == expected)
        return LINE_MATCHED;
    return player_differs(player, "expected slot=%" PRIu64 " got slot=%" PRIu64, expected, slot);
}

static enum line_result compare_registers(struct player *player, const struct entry *entry,
                                          const struct machine_registers *after)
{
    enum line_result all = LINE_MATCHED;
    char *rest = NULL;
    for (char *word = strtok_r(player->answer, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        enum line_result one = LINE_MATCHED;
        if (strncmp(word, "slot=", 5) == 0)
            one = compare_slot(player, after, word + 5);
        else if (strcmp(word, "|") != 0)
            one = compare_register(player, entry, after, word);
        if (one == LINE_MALFORMED)
            return one;
        if (one == LINE_DIFFERED)
            all = one;
    }
    return all;
}

static const char *outcome_name(enum gunyah_model_outcome outcome)
{
    switch (outcome) {
    case GUNYAH_MODEL_CRASHED:
        return "panic";
    case GUNYAH_MODEL_NO_RETURN:
        return "hang";
    default:
        return "a return";
    }
}

static enum line_result enter(struct player *player, const struct entry *entry)
{
    struct machine_registers after = entry->before;
    enum gunyah_model_outcome outcome = machine_call(&player->machine, entry->conduit, entry->immediate, &after);
    bool returned = outcome == GUNYAH_MODEL_RETURNED || outcome == GUNYAH_MODEL_CLOBBERED;
    bool kept_rule = is_clobbering(entry) == (outcome == GUNYAH_MODEL_CLOBBERED);
    if (player_accepts(player))
        return LINE_MATCHED;
    if (strcmp(player->answer, "panic") == 0 || strcmp(player->answer, "hang") == 0)
        return player_compare(player, outcome_name(outcome));
    if (!returned)
        return player_differs(player, "expected a return got %s", outcome_name(outcome));
    if (!kept_rule)
        player_differs(player, "expected x9 to x17 %s", is_clobbering(entry) ? "clobbered" : "kept");
    bool succeeded = (int32_t)after.x[0] == GUNYAH_HVERR_OK;
    if (entry->binds != NULL && succeeded && !symbols_set(&player->symbols, entry->binds, after.x[1]))
        abort();
    enum line_result registers = compare_registers(player, entry, &after);
    return registers == LINE_MATCHED && !kept_rule ? LINE_DIFFERED : registers;
}

/** Number of a call, by its name or as it stands. */
static bool parse_call(const char *word, uint64_t *number)
{
    for (uint32_t i = 0; i <= UINT8_MAX; i++) {
        const struct gunyah_call_shape *info = gunyah_call_info(i);
        if (info == NULL || strcmp(info->name, word) != 0)
            continue;
        *number = i;
        return true;
    }
    return number_parse(word, number) && *number <= UINT16_MAX - GUNYAH_IMMEDIATE_BASE;
}

enum line_result line_call(struct player *player)
{
    struct entry entry = {.conduit = GUNYAH_MODEL_HVC};
    uint64_t number;
    if (player->count < 3 || !parse_call(player->words[1], &number))
        return LINE_MALFORMED;
    set_unset(&entry.before);
    bool immediate = strcmp(player->words[2], "imm") == 0;
    if (immediate)
        entry.immediate = (uint16_t)(GUNYAH_IMMEDIATE_BASE + number);
    else if (!parse_conduit(player->words[2], &entry.conduit))
        return LINE_MALFORMED;
    else
        entry.before.x[0] = GUNYAH_SMCCC_BASE + number;
    if (!parse_arguments(player, 3, immediate ? 0 : 1, &entry))
        return LINE_MALFORMED;
    return enter(player, &entry);
}

enum line_result line_smccc(struct player *player)
{
    struct entry entry = {.immediate = 0};
    set_unset(&entry.before);
    if (player->count < 3 || !player_operand(player, 1, &entry.before.x[0]) ||
        !parse_conduit(player->words[2], &entry.conduit) || !parse_arguments(player, 3, 1, &entry))
        return LINE_MALFORMED;
    return enter(player, &entry);
}

enum line_result line_raw(struct player *player)
{
    struct entry entry = {.immediate = 0};
    uint64_t immediate;
    set_unset(&entry.before);
    if (!parse_conduit(player->words[0], &entry.conduit) || !player_operand(player, 1, &immediate) ||
        immediate > UINT16_MAX || !parse_arguments(player, 2, 0, &entry))
        return LINE_MALFORMED;
    entry.immediate = (uint16_t)immediate;
    return enter(player, &entry);
}
