// SPDX-License-Identifier: BSD-3-Clause
// Output, arguments and the exit status of an image, by way of the emulator. At any exception level.
#ifndef EL2_SEMIHOSTING_H
#define EL2_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void semihosting_write(const char *text);
void semihosting_write_decimal(uint64_t number);
void semihosting_write_hex(uint64_t number);

// Returns false when the command line does not fit.
bool semihosting_command_line(char *to, size_t size);

// Exactly that many bytes of the emulator's standard input and output. Return false at the end.
bool semihosting_receive(void *to, size_t size);
bool semihosting_send(const void *from, size_t size);

_Noreturn void semihosting_exit(int status);

#endif
