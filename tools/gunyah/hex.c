// SPDX-License-Identifier: BSD-3-Clause
#include "hex.h"

bool hex_is_digit(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f') ||
           (character >= 'A' && character <= 'F');
}

static uint8_t value_of(char digit)
{
    // Letters are 0x41 and 0x61 on, digits 0x30 on.
    return (uint8_t)(digit > '9' ? (digit & 0xf) + 9 : digit & 0xf);
}

bool hex_read(const char *text, uint8_t *byte)
{
    if (!hex_is_digit(text[0]) || !hex_is_digit(text[1]))
        return false;
    *byte = (uint8_t)(value_of(text[0]) << 4 | value_of(text[1]));
    return true;
}
