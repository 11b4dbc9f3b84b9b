// SPDX-License-Identifier: BSD-3-Clause
// Lines in which the guest uses its interrupt controller.
#include "player.h"

#include <stdio.h>
#include <string.h>

#define FIRST_SPECIAL 1020 // from here on numbers mean "none"

/** Numbers of the words from 1 on. False: one of them is no interrupt. */
static bool numbers(struct player *player, uint32_t *list)
{
    for (size_t i = 1; i < player->count; i++) {
        uint64_t number;
        if (!player_operand(player, i, &number) || number >= FIRST_SPECIAL)
            return false;
        list[i - 1] = (uint32_t)number;
    }
    return player->count > 1;
}

/** Compare `WORD N N N`, or `WORD -`, with the answer. */
static enum line_result compare_list(struct player *player, const char *word, const bool *present)
{
    char text[8 * FIRST_SPECIAL];
    int length = snprintf(text, sizeof(text), "%s", word);
    int empty = length;
    for (uint32_t i = 0; i < FIRST_SPECIAL; i++) {
        if (present[i])
            length += snprintf(text + length, sizeof(text) - (size_t)length, " %u", (unsigned int)i);
    }
    if (length == empty)
        snprintf(text + length, sizeof(text) - (size_t)length, " -");
    return player_compare(player, text);
}

enum line_result line_irqcfg(struct player *player)
{
    struct machine *machine = player->machine;
    uint64_t number;
    if (player->count != 3 || !player_operand(player, 1, &number) || number >= FIRST_SPECIAL)
        return LINE_MALFORMED;
    const bool edge = strcmp(player->words[2], "edge") == 0;
    if (!edge && strcmp(player->words[2], "level") != 0)
        return LINE_MALFORMED;
    machine->ops->virq_enable(machine, (uint32_t)number, false);
    const bool good = machine->ops->virq_set_trigger(machine, (uint32_t)number, edge);
    machine->ops->virq_clear(machine, (uint32_t)number);
    return good ? LINE_MATCHED : player_differs(player, "an interrupt", "none");
}

static enum line_result compare_pending(struct player *player, const uint32_t *list)
{
    bool present[FIRST_SPECIAL] = {false};
    for (size_t i = 0; i + 1 < player->count; i++)
        present[list[i]] = player->machine->ops->virq_pending(player->machine, list[i]);
    return compare_list(player, "pending", present);
}

enum line_result line_virq(struct player *player)
{
    uint32_t list[PLAYER_MAX_WORDS];
    return numbers(player, list) ? compare_pending(player, list) : LINE_MALFORMED;
}

enum line_result line_clear(struct player *player)
{
    uint32_t list[PLAYER_MAX_WORDS];
    if (!numbers(player, list))
        return LINE_MALFORMED;
    for (size_t i = 0; i + 1 < player->count; i++)
        player->machine->ops->virq_clear(player->machine, list[i]);
    return compare_pending(player, list);
}

static void enable_all(struct player *player, const uint32_t *list, bool enable)
{
    for (size_t i = 0; i + 1 < player->count; i++)
        player->machine->ops->virq_enable(player->machine, list[i], enable);
}

enum line_result line_take(struct player *player)
{
    struct machine *machine = player->machine;
    uint32_t list[PLAYER_MAX_WORDS];
    bool present[FIRST_SPECIAL] = {false};
    if (!numbers(player, list))
        return LINE_MALFORMED;
    enable_all(player, list, true);
    for (size_t i = 0; i + 1 < player->count; i++) {
        const uint32_t taken = machine->ops->virq_acknowledge(machine);
        if (taken >= FIRST_SPECIAL)
            break;
        present[taken] = true;
        machine->ops->virq_end(machine, taken);
        machine->ops->virq_enable(machine, taken, false);
    }
    enable_all(player, list, false);
    return compare_list(player, "taken", present);
}
