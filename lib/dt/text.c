// SPDX-License-Identifier: BSD-3-Clause
#include "text.h"

#include <stdbool.h>

#define QUOTED 40u
#define SMALL 100000u

static void put(struct text *text, char character)
{
    if (text->length + 1 < text->size) {
        text->buffer[text->length] = character;
        text->buffer[text->length + 1] = '\0';
    }
    text->length++;
}

void gunyah_text_add(struct text *text, const char *string)
{
    while (*string != '\0')
        put(text, *string++);
}

void gunyah_text_quote(struct text *text, const char *string)
{
    put(text, '"');
    for (uint32_t i = 0; i < QUOTED && string[i] != '\0'; i++) {
        const bool prints = string[i] >= ' ' && string[i] <= '~';
        if (prints)
            put(text, string[i]);
        else
            put(text, '?');
    }
    put(text, '"');
}

static void put_digits(struct text *text, uint64_t number, uint32_t base)
{
    char digits[20];
    size_t count = 0;

    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0)
        put(text, digits[--count]);
}

void gunyah_text_number(struct text *text, uint64_t number)
{
    if (number < SMALL) {
        put_digits(text, number, 10);
        return;
    }
    gunyah_text_add(text, "0x");
    put_digits(text, number, 16);
}

void gunyah_text_hex(struct text *text, uint64_t number)
{
    put_digits(text, number, 16);
}
