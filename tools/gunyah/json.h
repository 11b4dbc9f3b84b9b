// SPDX-License-Identifier: BSD-3-Clause
// Writes JSON as it goes. A key is NULL inside an array, and for the outermost value.
#ifndef GUNYAH_JSON_H
#define GUNYAH_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 8

struct json {
    FILE *to;
    bool one_line; // a document is one line, for streams of them
    unsigned depth;
    bool has_value[JSON_DEPTH];
    char closing[JSON_DEPTH];
};

#define JSON_INIT(stream)                                                                                              \
    {                                                                                                                  \
        .to = (stream)                                                                                                 \
    }

void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);

// Ends what was begun last; the outermost one with a line end.
void json_end(struct json *json);

// Text is UTF-8; a byte that is not becomes U+FFFD. NULL is written as null.
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, int64_t number);
void json_bool(struct json *json, const char *key, bool value);

// As text, "0xc600801b": a reader may have no more than 53 bits for a number.
void json_hex(struct json *json, const char *key, uint64_t number);

#endif
