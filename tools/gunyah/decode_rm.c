// SPDX-License-Identifier: BSD-3-Clause
// Packets of the Resource Manager: bytes in hexadecimal at the end of a line.
#include "decode.h"
#include "hex.h"
#include "rm_fields.h"

#include <gunyah/abi/rm.h>
#include <gunyah/rm.h>

#include <string.h>

#define HEADER_SIZE 8
#define FIRST_BYTE 0x21 // version 1, and two words of header
#define MAX_BYTES 14624 // the longest message, in one piece
#define MAX_FRAGMENTS 62
#define SHOWN_BYTES 80

static bool is_separator(char character)
{
    return character == ' ' || character == '\t' || character == ':' || character == ',' || character == '-';
}

static bool is_line_end(char character)
{
    return character == 0 || character == '\r' || character == '\n';
}

// Reads bytes up to the end of the line: pairs of digits, in words of any length, with 0x before them or without. Returns
// how many, or 0 if there is something else.
static size_t read_bytes(const char *at, uint8_t *bytes, size_t room)
{
    size_t count = 0;

    while (!is_line_end(*at)) {
        if (is_separator(*at)) {
            at++;
            continue;
        }
        if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
            at += 2;
        if (count == room || !hex_read(at, &bytes[count]))
            return 0;
        count++;
        at += 2;
    }
    return count;
}

// Where the digits and what is between them begin that end the line.
static const char *find_digits(const char *line)
{
    const char *end = line + strcspn(line, "\r\n");

    while (end > line && (is_separator(end[-1]) || hex_is_digit(end[-1]) || end[-1] == 'x' || end[-1] == 'X'))
        end--;
    return end;
}

static bool is_packet(const uint8_t *bytes, size_t size, bool only_look)
{
    const uint32_t id = size >= HEADER_SIZE ? (uint32_t)rm_fields_read(bytes + 4, 4) : 0;

    if (size < HEADER_SIZE || bytes[0] != FIRST_BYTE || bytes[1] >> 2 > MAX_FRAGMENTS)
        return false;
    return !only_look || gunyah_rm_message_info(id) != NULL;
}

// Offsets and other words may stand before the packet: it begins with the first word that makes one.
static size_t find_packet(const char *line, bool only_look, uint8_t *bytes)
{
    const char *at = find_digits(line);

    while (!is_line_end(*at)) {
        const bool has_prefix = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
        const char *digits = has_prefix ? at + 2 : at;
        if (digits[0] == '2' && digits[1] == '1') {
            const size_t size = read_bytes(at, bytes, MAX_BYTES);
            if (is_packet(bytes, size, only_look))
                return size;
        }
        while (!is_line_end(*at) && !is_separator(*at))
            at++;
        while (is_separator(*at))
            at++;
    }
    return 0;
}

// Bytes as text if they are, with their number as the value.
static void add_bytes(struct decoded *decoded, const struct rm_field *field)
{
    char text[SHOWN_BYTES + 3] = "\"";
    size_t used = 1;

    for (size_t i = 0; i < field->size && i < SHOWN_BYTES; i++) {
        if (field->bytes[i] < 0x20 || field->bytes[i] >= 0x7f) {
            decode_field_means(decoded, field->name, field->size, "bytes");
            return;
        }
        text[used++] = (char)field->bytes[i];
    }
    text[used] = '"';
    decode_field_means(decoded, field->name, field->size, field->size > 0 ? text : "bytes");
}

static void add_field(void *context, const struct rm_field *field)
{
    if (field->type != NULL)
        decode_field(context, field->name, field->value, field->type);
    else
        add_bytes(context, field);
}

static void decode_payload(struct decoded *decoded, const struct gunyah_rm_message_shape *shape, uint32_t type,
                           const uint8_t *bytes, size_t size, bool is_whole)
{
    struct gunyah_error_info info;
    const char *name;
    uint32_t code;

    if (type == GUNYAH_RM_PACKET_TYPE_REPLY) {
        if (size < 4) {
            decode_cause(decoded, "the reply has no error word", NULL);
            return;
        }
        code = (uint32_t)rm_fields_read(bytes, 4);
        name = gunyah_rm_error_name(code);
        decode_field_means(decoded, "error", code, name != NULL ? name : "not a code that is known");
        if (code != GUNYAH_RMERR_OK) {
            gunyah_rm_explain(shape != NULL ? shape->id : 0, code, &info);
            decode_cause(decoded, info.text, info.advice);
            return;
        }
        bytes += 4;
        size -= 4;
        // Not every reply has the data that it may have.
        if (size == 0)
            return;
    }
    if (shape == NULL)
        return;
    if (!rm_fields_walk(type == GUNYAH_RM_PACKET_TYPE_REPLY ? shape->reply : shape->data, bytes, size, add_field,
                        decoded) &&
        is_whole)
        decode_cause(decoded, "the payload is not as the table of messages has it", NULL);
}

bool decode_rm(const char *line, bool only_look, struct decoded *decoded)
{
    static const char *const types[] = {"continuation", "request", "reply", "notification"};
    const struct gunyah_rm_message_shape *shape;
    uint8_t bytes[MAX_BYTES];
    const size_t size = find_packet(line, only_look, bytes);
    uint32_t type;
    uint32_t fragments;

    if (size == 0)
        return false;
    type = bytes[1] & 3u;
    fragments = bytes[1] >> 2;
    shape = gunyah_rm_message_info((uint32_t)rm_fields_read(bytes + 4, 4));
    decode_summary(decoded, "%s of %s, sequence %u%s", types[type], shape != NULL ? shape->name : "an unknown message",
                   (unsigned)rm_fields_read(bytes + 2, 2), size == HEADER_SIZE ? ", without payload" : "");
    if (fragments != 0)
        decode_field(decoded, "continuations", fragments, NULL);
    if (type == GUNYAH_RM_PACKET_TYPE_CONTINUATION)
        decode_field(decoded, "bytes", size - HEADER_SIZE, NULL);
    else
        decode_payload(decoded, shape, type, bytes + HEADER_SIZE, size - HEADER_SIZE, fragments == 0);
    return true;
}
