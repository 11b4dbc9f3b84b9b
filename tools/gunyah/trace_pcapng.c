// SPDX-License-Identifier: BSD-3-Clause
// Events as packets. docs/sim-run.md has the layout of a record; tools/wireshark/gunyah.lua reads it.
#include "pcapng.h"
#include "trace.h"

#include <stdio.h>
#include <string.h>

#define RECORD_VERSION 1
#define RECORD_CALL 0
#define RECORD_PENDING 1
#define RECORD_TAKEN 2

#define RECORD_ANSWERED 1u
#define RECORD_INJECTED 2u

#define RECORD_SIZE 140
#define MAX_DATA 1023

static uint8_t *put(uint8_t *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *to++ = (uint8_t)(value >> 8 * i);
    return to;
}

static uint8_t *put_registers(uint8_t *to, const struct gunyah_registers *registers)
{
    for (size_t i = 0; i < 8; i++)
        to = put(to, registers != NULL ? registers->x[i] : 0, 8);
    return to;
}

static uint8_t *put_header(uint8_t *to, uint8_t kind, uint32_t flags, uint32_t number)
{
    to = put(to, RECORD_VERSION, 1);
    to = put(to, kind, 1);
    to = put(to, flags, 2);
    return put(to, number, 4);
}

void trace_pcapng_add_vm(FILE *file, const char *name)
{
    char text[64];

    snprintf(text, sizeof(text), "%s calls", name);
    pcapng_add_interface(file, PCAPNG_USER0, text);
    snprintf(text, sizeof(text), "%s rm", name);
    pcapng_add_interface(file, PCAPNG_USER1, text);
}

static void write_packet(FILE *file, const struct trace_event *event)
{
    const bool is_sent = event->number == GUNYAH_HYPERCALL_MSGQUEUE_SEND;

    pcapng_add_packet(file, &(struct pcapng_packet){.interface = 2 * (uint32_t)event->vm + 1,
                                                    .direction = is_sent ? PCAPNG_OUTBOUND : PCAPNG_INBOUND,
                                                    .time_ns = event->time_ns,
                                                    .bytes = event->data,
                                                    .size = (uint32_t)event->size});
}

static void write_record(FILE *file, const struct trace_event *event, const uint8_t *bytes, size_t size)
{
    pcapng_add_packet(file,
                      &(struct pcapng_packet){.interface = 2 * (uint32_t)event->vm,
                                              .direction = event->kind == TRACE_CALL ? PCAPNG_OUTBOUND : PCAPNG_INBOUND,
                                              .time_ns = event->time_ns,
                                              .bytes = bytes,
                                              .size = (uint32_t)size});
}

static void write_call(FILE *file, const struct trace_event *event)
{
    const size_t size = event->size <= MAX_DATA ? event->size : MAX_DATA;
    uint8_t record[RECORD_SIZE + MAX_DATA];
    uint8_t *to = put_header(record, RECORD_CALL,
                             (event->answer != NULL ? RECORD_ANSWERED : 0) | (event->is_injected ? RECORD_INJECTED : 0),
                             event->number);

    to = put_registers(to, event->call);
    to = put_registers(to, event->answer);
    to = put(to, size, 4);
    if (size > 0)
        memcpy(to, event->data, size);
    write_record(file, event, record, RECORD_SIZE + size);
}

void trace_pcapng_write(FILE *file, const struct trace_event *event)
{
    uint8_t record[8];

    if (event->kind == TRACE_CALL) {
        write_call(file, event);
        if (event->is_packet && event->data != NULL)
            write_packet(file, event);
    } else if (event->kind == TRACE_PENDING || event->kind == TRACE_TAKEN) {
        put_header(record, event->kind == TRACE_PENDING ? RECORD_PENDING : RECORD_TAKEN, 0, event->virq);
        write_record(file, event, record, sizeof(record));
    }
}
