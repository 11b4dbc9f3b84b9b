// SPDX-License-Identifier: BSD-3-Clause
#include "semihosting.h"

#define SYS_OPEN 0x01
#define SYS_WRITE0 0x04
#define SYS_WRITE 0x05
#define SYS_READ 0x06
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define APPLICATION_EXIT 0x20026

// The console's name, and how to open it.
#define CONSOLE ":tt"
#define MODE_READ 0
#define MODE_WRITE 4

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

// Returns a handle, or all ones.
static uint64_t open_console(uint64_t mode)
{
    const uint64_t block[3] = {(uint64_t)(uintptr_t)CONSOLE, mode, sizeof(CONSOLE) - 1};

    return call(SYS_OPEN, block);
}

// The answer is how many bytes are left.
static bool transfer(uint64_t operation, uint64_t handle, uint64_t address, size_t size)
{
    while (size != 0) {
        const uint64_t block[3] = {handle, address, size};
        const uint64_t left = call(operation, block);
        if (left >= size)
            return false;
        address += size - left;
        size = left;
    }
    return true;
}

bool semihosting_receive(void *to, size_t size)
{
    static uint64_t handle;

    if (handle == 0)
        handle = open_console(MODE_READ);
    return transfer(SYS_READ, handle, (uint64_t)(uintptr_t)to, size);
}

bool semihosting_send(const void *from, size_t size)
{
    static uint64_t handle;

    if (handle == 0)
        handle = open_console(MODE_WRITE);
    return transfer(SYS_WRITE, handle, (uint64_t)(uintptr_t)from, size);
}

_Noreturn void semihosting_exit(int status)
{
    const uint64_t block[2] = {APPLICATION_EXIT, (uint64_t)status};

    for (;;)
        call(SYS_EXIT, block);
}
