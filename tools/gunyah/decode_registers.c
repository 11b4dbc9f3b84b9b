// SPDX-License-Identifier: BSD-3-Clause
// Registers of hypercalls, in both conventions: "x0=0xc600801b x1=...", "x0 : 00000000c600801b", "hvc #0x6012 x0=...". What is
// behind "->" is the answer; so is a line that follows a call.
#include "decode.h"
#include "hex.h"

#include <gunyah/abi/names.h>
#include <gunyah/abi/numbers.h>
#include <gunyah/error.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTERS 8
#define FULL_WIDTH 16 // digits: a register in full is hexadecimal without saying so

struct registers {
    uint64_t x[REGISTERS];
    uint32_t known; // a bit for each
};

// Reads "0x12", "12", or 16 digits. Returns where it ends, or NULL.
static const char *read_value(const char *at, uint64_t *value)
{
    size_t digits = 0;
    char *end;

    while (hex_is_digit(at[digits]))
        digits++;
    *value = strtoull(at, &end, digits == FULL_WIDTH ? 16 : 0);
    return isdigit((unsigned char)at[0]) || digits == FULL_WIDTH ? end : NULL;
}

// Reads a register at "x3". Returns where it ends, or NULL if it is none.
static const char *read_register(const char *at, struct registers *registers)
{
    const unsigned index = (unsigned)(at[1] - '0');
    const char *end;
    uint64_t value;

    if (at[1] < '0' || index >= REGISTERS || isalnum((unsigned char)at[2]))
        return NULL;
    at += 2;
    at += strspn(at, " ");
    if (*at != ':' && *at != '=')
        return NULL;
    at++;
    at += strspn(at, " ");
    end = read_value(at, &value);
    if (end == NULL)
        return NULL;
    registers->x[index] = value;
    registers->known |= 1u << index;
    return end;
}

static struct registers read_registers(const char *from, const char *to)
{
    struct registers registers = {{0}, 0};

    for (const char *at = from; at < to && *at != 0;) {
        const bool begins = *at == 'x' && (at == from || !isalnum((unsigned char)at[-1]));
        const char *end = begins ? read_register(at, &registers) : NULL;
        at = end != NULL ? end : at + 1;
    }
    return registers;
}

// "hvc #0x6012", "hvc 0x6012".
static bool find_immediate(const char *line, uint32_t *number)
{
    const char *at = strstr(line, "hvc");
    unsigned long value;

    if (at == NULL)
        return false;
    at += 3;
    at += strspn(at, " #");
    value = strtoul(at, NULL, 0);
    if (value < GUNYAH_IMMEDIATE_BASE || value >= GUNYAH_IMMEDIATE_BASE + 0x200)
        return false;
    *number = (uint32_t)value - GUNYAH_IMMEDIATE_BASE;
    return true;
}

// Words that a register holds, from x[first] on.
static void add_words(struct decoded *decoded, const struct gunyah_word_info *words, unsigned count, unsigned first,
                      const struct registers *registers)
{
    for (unsigned i = 0; i < count && first + i < REGISTERS; i++) {
        if ((registers->known & 1u << (first + i)) == 0 || strcmp(words[i].type, "reserved") == 0 ||
            strcmp(words[i].type, "error") == 0)
            continue;
        decode_field(decoded, words[i].name, registers->x[first + i], words[i].type);
    }
}

static void add_answer(struct decoded *decoded, uint32_t number, const struct registers *registers)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(number);
    const bool has_error = shape == NULL || strcmp(shape->results[0].type, "error") == 0;
    const int32_t error = has_error ? (int32_t)(uint32_t)registers->x[0] : 0;
    const char *name = gunyah_hverr_name(error);
    struct gunyah_error_info info;

    if (has_error)
        decode_field_means(decoded, "error", (uint32_t)error, name != NULL ? name : "not a code that is known");
    if (error != GUNYAH_HVERR_OK) {
        gunyah_error_explain_call(number, error, &info);
        decode_cause(decoded, info.text, info.advice);
    } else if (shape != NULL) {
        add_words(decoded, shape->results, shape->result_count, 0, registers);
    }
}

static bool decode_call(struct decoder *decoder, uint32_t number, bool is_immediate, const struct registers *registers,
                        struct decoded *decoded)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(number);

    decode_summary(decoded, "call of %s, %s", gunyah_call_name(number),
                   is_immediate ? "immediate convention" : "SMCCC");
    if (shape != NULL)
        add_words(decoded, shape->arguments, shape->argument_count, is_immediate ? 0 : 1, registers);
    else
        decode_field(decoded, "number", number, NULL);
    decoder->has_call = true;
    decoder->call = number;
    return true;
}

static bool is_function(uint64_t x0)
{
    return (x0 & 0xffffc000) == GUNYAH_SMCCC_BASE;
}

bool decode_registers(struct decoder *decoder, const char *line, struct decoded *decoded)
{
    const char *arrow = strstr(line, "->");
    const char *end = arrow != NULL ? arrow : line + strlen(line);
    const struct registers registers = read_registers(line, end);
    const struct registers answer = read_registers(end, end + strlen(end));
    uint32_t number = 0;

    if ((registers.known & 1) == 0)
        return false;
    if (find_immediate(line, &number)) {
        decode_call(decoder, number, true, &registers, decoded);
    } else if (is_function(registers.x[0])) {
        decode_call(decoder, (uint32_t)registers.x[0] & 0x3fff, false, &registers, decoded);
    } else if (decoder->has_call) {
        decode_summary(decoded, "answer of %s", gunyah_call_name(decoder->call));
        add_answer(decoded, decoder->call, &registers);
        decoder->has_call = false;
        return true;
    } else {
        return false;
    }
    if ((answer.known & 1) != 0) {
        add_answer(decoded, decoder->call, &answer);
        decoder->has_call = false;
    }
    return true;
}
