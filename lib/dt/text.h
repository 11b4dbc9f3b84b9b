// SPDX-License-Identifier: BSD-3-Clause
// Text, put together piece by piece in somebody's buffer, without stdio.
#ifndef GUNYAH_DT_TEXT_H
#define GUNYAH_DT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *buffer;
    size_t size;   // of the buffer; what does not fit is left out
    size_t length; // of the whole text
};

void gunyah_text_add(struct text *text, const char *string);

// Up to 40 characters in quotation marks; what is not printable ASCII becomes a question mark.
void gunyah_text_quote(struct text *text, const char *string);

// As people write it: small numbers decimal, large ones hexadecimal.
void gunyah_text_number(struct text *text, uint64_t number);

// Hexadecimal, without 0x.
void gunyah_text_hex(struct text *text, uint64_t number);

#endif
