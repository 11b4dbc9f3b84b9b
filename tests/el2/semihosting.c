// SPDX-License-Identifier: BSD-3-Clause
#include "semihosting.h"

#define SYS_WRITE0 0x04
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define APPLICATION_EXIT 0x20026

static uint64_t call(uint64_t operation, const void *argument)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = argument;

    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}

void semihosting_write(const char *text)
{
    call(SYS_WRITE0, text);
}

static void write_number(uint64_t number, unsigned base)
{
    char text[21];
    size_t place = sizeof(text) - 1;

    text[place] = '\0';
    do {
        text[--place] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    semihosting_write(&text[place]);
}

void semihosting_write_decimal(uint64_t number)
{
    write_number(number, 10);
}

void semihosting_write_hex(uint64_t number)
{
    semihosting_write("0x");
    write_number(number, 16);
}

bool semihosting_command_line(char *to, size_t size)
{
    const uint64_t block[2] = {(uint64_t)(uintptr_t)to, size};

    return call(SYS_GET_CMDLINE, block) == 0;
}

_Noreturn void semihosting_exit(int status)
{
    const uint64_t block[2] = {APPLICATION_EXIT, (uint64_t)status};

    for (;;)
        call(SYS_EXIT, block);
}
