// SPDX-License-Identifier: BSD-3-Clause
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

// Returns the bytes of the character that begins here, or 0 if it is not well-formed UTF-8.
static size_t character_size(const unsigned char *text)
{
    const size_t size = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    const unsigned char low = text[0] == 0xe0 ? 0xa0 : text[0] == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = text[0] == 0xed ? 0x9f : text[0] == 0xf4 ? 0x8f : 0xbf;

    if (text[0] > 0xf4 || (size > 1 && (text[1] < low || text[1] > high)))
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    return size;
}

static void write_text(FILE *to, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    fputc('"', to);
    while (*at != 0) {
        const size_t size = character_size(at);

        if (size == 0)
            fputs("\\ufffd", to);
        else if (*at < 0x20 || *at == 0x7f)
            fprintf(to, "\\u%04x", *at);
        else if (*at == '"' || *at == '\\')
            fprintf(to, "\\%c", *at);
        else
            fwrite(at, 1, size, to);
        at += size == 0 ? 1 : size;
    }
    fputc('"', to);
}

static void new_line(const struct json *json)
{
    if (!json->one_line)
        fprintf(json->to, "\n%*s", (int)(2 * json->depth), "");
}

static void begin_value(struct json *json, const char *key)
{
    if (json->depth > 0) {
        if (json->has_value[json->depth - 1])
            fputs(json->one_line ? ", " : ",", json->to);
        json->has_value[json->depth - 1] = true;
        new_line(json);
    }
    if (key != NULL) {
        write_text(json->to, key);
        fputs(": ", json->to);
    }
}

static void begin(struct json *json, const char *key, char opening, char closing)
{
    begin_value(json, key);
    fputc(opening, json->to);
    json->has_value[json->depth] = false;
    json->closing[json->depth++] = closing;
}

void json_object(struct json *json, const char *key)
{
    begin(json, key, '{', '}');
}

void json_array(struct json *json, const char *key)
{
    begin(json, key, '[', ']');
}

void json_end(struct json *json)
{
    json->depth--;
    if (json->has_value[json->depth])
        new_line(json);
    fputc(json->closing[json->depth], json->to);
    if (json->depth == 0)
        fputc('\n', json->to);
}

void json_text(struct json *json, const char *key, const char *text)
{
    begin_value(json, key);
    if (text != NULL)
        write_text(json->to, text);
    else
        fputs("null", json->to);
}

void json_number(struct json *json, const char *key, int64_t number)
{
    begin_value(json, key);
    fprintf(json->to, "%" PRId64, number);
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->to);
}

void json_hex(struct json *json, const char *key, uint64_t number)
{
    begin_value(json, key);
    fprintf(json->to, "\"0x%" PRIx64 "\"", number);
}
