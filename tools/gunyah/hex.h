// SPDX-License-Identifier: BSD-3-Clause
// Hexadecimal digits.
#ifndef GUNYAH_HEX_H
#define GUNYAH_HEX_H

#include <stdbool.h>
#include <stdint.h>

bool hex_is_digit(char character);

// Reads two digits. Returns false, and changes nothing, if there are not two.
bool hex_read(const char *text, uint8_t *byte);

#endif
