// SPDX-License-Identifier: BSD-3-Clause
#include "uart.h"

enum { DATA, INTERRUPT_ENABLE, INTERRUPT_ID, LINE_CONTROL, MODEM_CONTROL, LINE_STATUS, MODEM_STATUS, SCRATCH };

#define ENABLE_RECEIVED 0x01u
#define ENABLE_SENT 0x02u
#define ENABLE_ALL 0x0fu
#define ID_NONE 0x01u
#define ID_SENT 0x02u
#define ID_RECEIVED 0x04u
#define ID_FIFO 0xc0u
#define FIFO_ENABLE 0x01u
#define FIFO_CLEAR_RECEIVED 0x02u
#define LINE_DIVISOR 0x80u
#define MODEM_LOOP 0x10u
#define STATUS_RECEIVED 0x01u
#define STATUS_EMPTY 0x60u     // it can send
#define STATUS_CONNECTED 0xb0u // carrier, data set ready, clear to send

static uint8_t interrupt_id(const struct uart *uart)
{
    if ((uart->interrupts & ENABLE_RECEIVED) != 0 && uart->count > 0)
        return ID_RECEIVED;
    if ((uart->interrupts & ENABLE_SENT) != 0 && uart->sent)
        return ID_SENT;
    return ID_NONE;
}

bool uart_interrupts(const struct uart *uart)
{
    return interrupt_id(uart) != ID_NONE;
}

bool uart_receive(struct uart *uart, uint8_t byte)
{
    if (uart->count == UART_ROOM)
        return false;
    uart->received[(uart->first + uart->count++) % UART_ROOM] = byte;
    return true;
}

static uint8_t take(struct uart *uart)
{
    const uint8_t byte = uart->received[uart->first];

    if (uart->count == 0)
        return 0;
    uart->first = (uart->first + 1) % UART_ROOM;
    uart->count--;
    return byte;
}

static uint8_t identify(struct uart *uart)
{
    const uint8_t id = interrupt_id(uart);

    // To be told is to have been told.
    if (id == ID_SENT)
        uart->sent = false;
    return id | ((uart->fifo & FIFO_ENABLE) != 0 ? ID_FIFO : 0);
}

// In the loop, what the guest sets is what it sees: request to send, terminal ready, and the two outputs.
static uint8_t modem_status(const struct uart *uart)
{
    const unsigned set = uart->modem;

    if ((set & MODEM_LOOP) == 0)
        return STATUS_CONNECTED;
    return (uint8_t)((set & 0x02u) << 3 | (set & 0x01u) << 5 | (set & 0x0cu) << 4);
}

uint8_t uart_read(struct uart *uart, uint64_t offset)
{
    const bool is_divisor = (uart->line & LINE_DIVISOR) != 0;

    switch (offset) {
    case DATA:
        return is_divisor ? uart->divisor[0] : take(uart);
    case INTERRUPT_ENABLE:
        return is_divisor ? uart->divisor[1] : uart->interrupts;
    case INTERRUPT_ID:
        return identify(uart);
    case LINE_CONTROL:
        return uart->line;
    case MODEM_CONTROL:
        return uart->modem;
    case LINE_STATUS:
        return STATUS_EMPTY | (uart->count > 0 ? STATUS_RECEIVED : 0);
    case MODEM_STATUS:
        return modem_status(uart);
    case SCRATCH:
        return uart->scratch;
    default:
        return 0;
    }
}

static void send(struct uart *uart, uint8_t byte)
{
    if ((uart->modem & MODEM_LOOP) != 0)
        uart_receive(uart, byte);
    else
        uart->put(uart->context, byte);
    uart->sent = true;
}

static void enable_interrupts(struct uart *uart, uint8_t value)
{
    // Who begins to ask for it is told at once: there is nothing to wait for.
    if ((value & ENABLE_SENT) != 0 && (uart->interrupts & ENABLE_SENT) == 0)
        uart->sent = true;
    uart->interrupts = value & ENABLE_ALL;
}

void uart_write(struct uart *uart, uint64_t offset, uint8_t value)
{
    const bool is_divisor = (uart->line & LINE_DIVISOR) != 0;

    if (is_divisor && offset <= INTERRUPT_ENABLE)
        uart->divisor[offset] = value;
    else if (offset == DATA)
        send(uart, value);
    else if (offset == INTERRUPT_ENABLE)
        enable_interrupts(uart, value);
    else if (offset == INTERRUPT_ID)
        uart->fifo = value;
    else if (offset == LINE_CONTROL)
        uart->line = value;
    else if (offset == MODEM_CONTROL)
        uart->modem = value & 0x1f;
    else if (offset == SCRATCH)
        uart->scratch = value;
    if (offset == INTERRUPT_ID && (value & FIFO_CLEAR_RECEIVED) != 0)
        uart->count = 0;
}
