// SPDX-License-Identifier: BSD-3-Clause
// Lines in which the guest uses its interrupt controller.
#include "player.h"

#include <stdio.h>
#include <string.h>

#define FIRST_SPECIAL 1020 // from here on numbers mean "none"

/** Numbers of the words from 1 on. False: one of them is no interrupt. */
static bool numbers(const struct player *player, uint32_t *list)
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
    const uint32_t vm = player->machine.primary.vm;
    struct gunyah_model *model = player->machine.model;
    uint64_t number;
    if (player->count != 3 || !player_operand(player, 1, &number) || number >= FIRST_SPECIAL)
        return LINE_MALFORMED;
    bool edge = strcmp(player->words[2], "edge") == 0;
    if (!edge && strcmp(player->words[2], "level") != 0)
        return LINE_MALFORMED;
    bool good = gunyah_model_virq_enable(model, vm, (uint32_t)number, false);
    gunyah_model_virq_set_trigger(model, vm, (uint32_t)number, edge ? GUNYAH_MODEL_EDGE : GUNYAH_MODEL_LEVEL);
    gunyah_model_virq_clear(model, vm, (uint32_t)number);
    return good ? LINE_MATCHED : player_differs(player, "expected an interrupt got none");
}

static enum line_result compare_pending(struct player *player, const uint32_t *list)
{
    bool present[FIRST_SPECIAL] = {false};
    for (size_t i = 0; i + 1 < player->count; i++)
        present[list[i]] = gunyah_model_virq_pending(player->machine.model, player->machine.primary.vm, list[i]);
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
        gunyah_model_virq_clear(player->machine.model, player->machine.primary.vm, list[i]);
    return compare_pending(player, list);
}

enum line_result line_take(struct player *player)
{
    const uint32_t vm = player->machine.primary.vm;
    struct gunyah_model *model = player->machine.model;
    uint32_t list[PLAYER_MAX_WORDS];
    bool present[FIRST_SPECIAL] = {false};
    if (!numbers(player, list))
        return LINE_MALFORMED;
    for (size_t i = 0; i + 1 < player->count; i++)
        gunyah_model_virq_enable(model, vm, list[i], true);
    for (size_t i = 0; i + 1 < player->count; i++) {
        uint32_t taken = gunyah_model_virq_acknowledge(model, vm);
        if (taken == 0)
            break;
        present[taken] = true;
        gunyah_model_virq_end(model, vm, taken);
        gunyah_model_virq_enable(model, vm, taken, false);
    }
    for (size_t i = 0; i + 1 < player->count; i++)
        gunyah_model_virq_enable(model, vm, list[i], false);
    return compare_list(player, "taken", present);
}
