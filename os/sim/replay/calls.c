// SPDX-License-Identifier: BSD-3-Clause
// Lines that enter the hypervisor, and the comparison of registers.
#include "player.h"

#include <gunyah/abi/names.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSET UINT64_C(0xa5a5a5a500000000) // what registers hold that no argument sets, plus their number
#define UNSET_Q UINT64_C(0x5a5a5a5a00000000)
#define UNSET_NZCV 0x60000000
#define REGISTERS 31
#define FIRST_KEPT 8 // the registers before it are listed
#define ALWAYS_LISTED 0xffu
#define RETURN_ADDRESS 9
#define FIRST_ZERO 10
#define LAST_ZERO 17

/** A call as it is made. */
struct entry {
    enum gunyah_model_conduit conduit;
    uint16_t immediate;
    struct machine_state before;
    const char *binds; // name of the symbol that gets x1, or NULL
};

static void set_unset(struct machine_state *state)
{
    for (unsigned int i = 0; i < REGISTERS; i++)
        state->x[i] = UNSET + i;
    for (unsigned int i = 0; i < 32; i++) {
        state->q[i][0] = UNSET_Q + UINT64_C(2) * i;
        state->q[i][1] = UNSET_Q + UINT64_C(2) * i + 1;
    }
    state->nzcv = UNSET_NZCV;
}

static bool parse_conduit(const char *word, enum gunyah_model_conduit *conduit)
{
    *conduit = strcmp(word, "smc") == 0 ? GUNYAH_MODEL_SMC : GUNYAH_MODEL_HVC;
    return *conduit == GUNYAH_MODEL_SMC || strcmp(word, "hvc") == 0;
}

/** Words from the given one on are arguments, for registers from the given one on. */
static bool parse_arguments(struct player *player, size_t word, size_t reg, struct entry *entry)
{
    for (; word < player->count; word++, reg++) {
        const char *text = player->words[word];
        if (text[0] == '=' && text[1] == '$' && text[2] != '\0' && word + 1 == player->count) {
            entry->binds = text + 2;
            return true;
        }
        if (reg > 7 || !player_operand(player, word, &entry->before.x[reg]))
            return false;
    }
    return true;
}

static bool is_clobbering(const struct entry *entry)
{
    uint32_t number = (uint32_t)entry->immediate - GUNYAH_IMMEDIATE_BASE;
    return entry->conduit == GUNYAH_MODEL_HVC && entry->immediate != 0 && number < GUNYAH_HYPERCALL_TABLE_SIZE;
}

/** What x8 to x30 hold afterwards by the rule of the convention. */
static uint64_t by_rule(const struct entry *entry, const struct machine_state *after, unsigned int number)
{
    if (!is_clobbering(entry))
        return entry->before.x[number];
    if (number == RETURN_ADDRESS)
        return after->next;
    return number >= FIRST_ZERO && number <= LAST_ZERO ? 0 : entry->before.x[number];
}

/** A register, or something like it, has another value. */
static enum line_result differs(struct player *player, const char *name, uint64_t expected, uint64_t answered)
{
    char texts[2][64];
    snprintf(texts[0], sizeof(texts[0]), "%s=0x%" PRIx64, name, expected);
    snprintf(texts[1], sizeof(texts[1]), "%s=0x%" PRIx64, name, answered);
    return player_differs(player, texts[0], texts[1]);
}

static enum line_result register_differs(struct player *player, unsigned int number, uint64_t expected,
                                         uint64_t answered)
{
    char name[8];
    snprintf(name, sizeof(name), "x%u", number % REGISTERS);
    return differs(player, name, expected, answered);
}

/** Split `xN=VALUE`. NULL: it is something else. */
static const char *split_register(const char *word, unsigned int *number)
{
    char *end;
    if (word[0] != 'x' || word[1] < '0' || word[1] > '9')
        return NULL;
    const unsigned long parsed = strtoul(word + 1, &end, 10);
    *number = (unsigned int)parsed;
    return *end == '=' && parsed < REGISTERS ? end + 1 : NULL;
}

/** Compare one `xN=VALUE`. The address after the instruction is not where it was when it was recorded. */
static enum line_result compare_register(struct player *player, const struct entry *entry,
                                         const struct machine_state *after, const char *word, uint32_t *listed)
{
    unsigned int number;
    uint64_t expected;
    const char *value = split_register(word, &number);
    if (value == NULL)
        return player_malformed(player, "no register and its value", word);
    if (number == RETURN_ADDRESS && is_clobbering(entry))
        return LINE_MATCHED;
    *listed |= UINT32_C(1) << number;
    if (strcmp(value, "?") == 0)
        return LINE_MATCHED;
    if (strcmp(value, "~") == 0)
        expected = entry->before.x[number];
    else if (!operand_parse(&player->symbols, value, &expected))
        return player_malformed(player, "no value of a register", word);
    if (after->x[number] == expected)
        return LINE_MATCHED;
    return register_differs(player, number, expected, after->x[number]);
}

/** Slot of an id of the primary VM's capability space: the ids of slots 0 and 1 give away how they are made. */
static uint64_t slot_of(const struct platform_caps *caps, uint64_t id)
{
    const uint64_t factor = caps->rmtx ^ caps->rmrx;
    return factor != 0 ? (id ^ caps->rmtx) / factor : UINT64_MAX;
}

static enum line_result compare_slot(struct player *player, const struct machine_state *after, const char *text)
{
    uint64_t expected;
    char texts[2][32];
    if (!number_parse(text, &expected))
        return player_malformed(player, "no number of a slot", text);
    const uint64_t slot = slot_of(&player->machine->caps, after->x[1]);
    if (slot == expected)
        return LINE_MATCHED;
    snprintf(texts[0], sizeof(texts[0]), "slot=%" PRIu64, expected);
    snprintf(texts[1], sizeof(texts[1]), "slot=%" PRIu64, slot);
    return player_differs(player, texts[0], texts[1]);
}

/** Compare the registers that the line lists, and tell which. */
static enum line_result compare_listed(struct player *player, const struct entry *entry,
                                       const struct machine_state *after, uint32_t *listed)
{
    enum line_result all = LINE_MATCHED;
    char *rest = NULL;
    for (char *word = strtok_r(player->answer, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        enum line_result one = LINE_MATCHED;
        if (strncmp(word, "slot=", 5) == 0)
            one = compare_slot(player, after, word + 5);
        else if (strcmp(word, "|") != 0)
            one = compare_register(player, entry, after, word, listed);
        if (one == LINE_MALFORMED)
            return one;
        if (one == LINE_DIFFERED)
            all = one;
    }
    return all;
}

/** Compare what the line is silent about: the rest of x8 to x30, and the other registers, which every call keeps. */
static enum line_result compare_silent(struct player *player, const struct entry *entry,
                                       const struct machine_state *after, uint32_t listed)
{
    enum line_result all = LINE_MATCHED;
    for (unsigned int i = FIRST_KEPT; i < REGISTERS; i++) {
        const uint64_t expected = by_rule(entry, after, i);
        if ((listed >> i & 1) == 0 && after->x[i] != expected)
            all = register_differs(player, i, expected, after->x[i]);
    }
    if (after->nzcv != entry->before.nzcv)
        all = differs(player, "nzcv", entry->before.nzcv, after->nzcv);
    if (after->sp_after != after->sp_before)
        all = differs(player, "sp", after->sp_before, after->sp_after);
    if (memcmp(after->q, entry->before.q, sizeof(after->q)) != 0)
        all = player_differs(player, "q0 to q31 as before", "others");
    return all;
}

static enum line_result compare_registers(struct player *player, const struct entry *entry,
                                          const struct machine_state *after)
{
    uint32_t listed = 0;
    const enum line_result result = compare_listed(player, entry, after, &listed);
    if (result == LINE_MALFORMED)
        return result;
    if ((listed & ALWAYS_LISTED) != ALWAYS_LISTED)
        return player_malformed(player, "the answer does not list each of", "x0 to x7");
    return compare_silent(player, entry, after, listed) == LINE_MATCHED ? result : LINE_DIFFERED;
}

static const char *outcome_name(enum machine_outcome outcome)
{
    switch (outcome) {
    case MACHINE_PANICKED:
        return "panic";
    case MACHINE_HUNG:
        return "hang";
    default:
        return "a return";
    }
}

static enum line_result enter(struct player *player, const struct entry *entry)
{
    struct machine_state after = entry->before;
    const enum machine_outcome outcome =
        player->machine->ops->call(player->machine, entry->conduit, entry->immediate, &after);
    if (player_accepts(player))
        return LINE_MATCHED;
    if (strcmp(player->answer, "panic") == 0 || strcmp(player->answer, "hang") == 0)
        return player_compare(player, outcome_name(outcome));
    if (outcome != MACHINE_RETURNED)
        return player_differs(player, "a return", outcome_name(outcome));
    const bool succeeded = (int32_t)after.x[0] == GUNYAH_HVERR_OK;
    if (entry->binds != NULL && succeeded && !symbols_set(&player->symbols, entry->binds, after.x[1]))
        return LINE_NO_MEMORY;
    return compare_registers(player, entry, &after);
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
    if (player->count < 3)
        return LINE_MALFORMED;
    if (!parse_call(player->words[1], &number))
        return player_malformed(player, "there is no call", player->words[1]);
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
