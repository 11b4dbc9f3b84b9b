// SPDX-License-Identifier: BSD-3-Clause
#include "guest.h"

#include "../semihosting.h"

void guest_tell_failure(const char *file, int line, const char *expression, uint64_t got, uint64_t expected)
{
    semihosting_write(file);
    semihosting_write(":");
    semihosting_write_decimal((uint64_t)line);
    semihosting_write(": ");
    semihosting_write(expression);
    semihosting_write(" is ");
    semihosting_write_hex(got);
    semihosting_write(", not ");
    semihosting_write_hex(expected);
    semihosting_write("\n");
}
