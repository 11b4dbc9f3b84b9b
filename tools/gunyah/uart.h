// SPDX-License-Identifier: BSD-3-Clause
// A 16550A as a guest sees it: registers of a byte, no time, no FIFO but a flag that says so. Not for two threads at once.
#ifndef GUNYAH_UART_H
#define GUNYAH_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_SIZE 8
#define UART_ROOM 1024 // bytes that wait for the guest

struct uart {
    void (*put)(void *context, uint8_t byte); // what the guest sends
    void *context;
    uint8_t interrupts; // enabled
    uint8_t fifo;
    uint8_t line;
    uint8_t modem;
    uint8_t scratch;
    uint8_t divisor[2];
    bool sent; // and the guest has not been told
    size_t first;
    size_t count;
    uint8_t received[UART_ROOM];
};

uint8_t uart_read(struct uart *uart, uint64_t offset);
void uart_write(struct uart *uart, uint64_t offset, uint8_t value);

// Hands a byte to the guest; false if there is no room.
bool uart_receive(struct uart *uart, uint8_t byte);

// Whether it interrupts the guest now.
bool uart_interrupts(const struct uart *uart);

#endif
