// SPDX-License-Identifier: BSD-3-Clause
// Lines in which the guest uses its memory.
#include "player.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/** Operands from word 1 on, exactly that many. */
static bool operands(struct player *player, uint64_t *values, size_t count)
{
    if (player->count != count + 1)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!player_operand(player, i + 1, &values[i]))
            return false;
    }
    return true;
}

static uint8_t *buffer(uint64_t length)
{
    return malloc(length != 0 ? (size_t)length : 1);
}

static enum line_result unreachable(struct player *player)
{
    return player_differs(player, "memory", "none");
}

enum line_result line_fill(struct player *player)
{
    uint64_t values[4]; // address, length, first byte, step
    if (!operands(player, values, 4) || values[1] > PLAYER_MAX_BYTES)
        return LINE_MALFORMED;
    uint8_t *bytes = buffer(values[1]);
    if (bytes == NULL)
        return LINE_NO_MEMORY;
    for (uint64_t i = 0; i < values[1]; i++)
        bytes[i] = (uint8_t)(values[2] + i * values[3]);
    const bool good = player->machine->ops->write(player->machine, values[0], bytes, (size_t)values[1]);
    free(bytes);
    return good ? LINE_MATCHED : unreachable(player);
}

enum line_result line_copy(struct player *player)
{
    uint64_t values[3]; // to, from, length
    if (!operands(player, values, 3) || values[2] > PLAYER_MAX_BYTES)
        return LINE_MALFORMED;
    uint8_t *bytes = buffer(values[2]);
    if (bytes == NULL)
        return LINE_NO_MEMORY;
    const bool good = player->machine->ops->read(player->machine, values[1], bytes, (size_t)values[2]) &&
                      player->machine->ops->write(player->machine, values[0], bytes, (size_t)values[2]);
    free(bytes);
    return good ? LINE_MATCHED : unreachable(player);
}

/** Fetch the bytes that a line with an address and a length names; NULL, with the result, when that cannot be. */
static uint8_t *fetch(struct player *player, uint64_t *length, enum line_result *result)
{
    uint64_t values[2];
    *result = LINE_MALFORMED;
    if (!operands(player, values, 2) || values[1] > PLAYER_MAX_BYTES)
        return NULL;
    uint8_t *bytes = buffer(values[1]);
    *length = values[1];
    *result = LINE_NO_MEMORY;
    if (bytes == NULL)
        return NULL;
    if (player->machine->ops->read(player->machine, values[0], bytes, (size_t)values[1]))
        return bytes;
    free(bytes);
    *result = unreachable(player);
    return NULL;
}

enum line_result line_dump(struct player *player)
{
    uint64_t length;
    enum line_result result;
    uint8_t *bytes = fetch(player, &length, &result);
    if (bytes == NULL)
        return result;
    char *text = (char *)buffer(2 * length + 1);
    if (text == NULL) {
        free(bytes);
        return LINE_NO_MEMORY;
    }
    text[0] = '\0';
    for (uint64_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    result = player_compare(player, text);
    free(text);
    free(bytes);
    return result;
}

static enum line_result compare_word(struct player *player, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "0x%" PRIx64, value);
    return player_compare(player, text);
}

enum line_result line_sum(struct player *player)
{
    uint64_t length;
    enum line_result result;
    uint8_t *bytes = fetch(player, &length, &result);
    if (bytes == NULL)
        return result;
    uint64_t sum = FNV_BASIS;
    for (uint64_t i = 0; i < length; i++)
        sum = (sum ^ bytes[i]) * FNV_PRIME;
    free(bytes);
    return compare_word(player, sum);
}

static bool is_access(uint64_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

static enum line_result compare_fault(struct player *player, uint64_t syndrome)
{
    char text[32];
    snprintf(text, sizeof(text), "fault 0x%" PRIx64, syndrome);
    return player_compare(player, text);
}

/** A store that was recorded without an answer did not come about. */
static enum line_result compare_silence(struct player *player, uint64_t syndrome)
{
    char text[32] = "panic";
    if (syndrome != MACHINE_STORE_PANICKED)
        snprintf(text, sizeof(text), "fault 0x%" PRIx64, syndrome);
    return player_differs(player, "a store", text);
}

enum line_result line_peek(struct player *player)
{
    uint64_t values[2]; // address, size
    uint64_t value;
    if (!operands(player, values, 2) || !is_access(values[1]))
        return LINE_MALFORMED;
    const uint64_t syndrome = player->machine->ops->load(player->machine, values[0], (unsigned int)values[1], &value);
    return syndrome == 0 ? compare_word(player, value) : compare_fault(player, syndrome);
}

enum line_result line_poke(struct player *player)
{
    uint64_t values[3]; // address, size, value
    if (!operands(player, values, 3) || !is_access(values[1]))
        return LINE_MALFORMED;
    const uint64_t syndrome =
        player->machine->ops->store(player->machine, values[0], (unsigned int)values[1], values[2]);
    if (player->answer == NULL)
        return syndrome == 0 ? LINE_MATCHED : compare_silence(player, syndrome);
    if (syndrome == MACHINE_STORE_PANICKED)
        return player_compare(player, "panic");
    return syndrome == 0 ? player_compare(player, "a store") : compare_fault(player, syndrome);
}
