// SPDX-License-Identifier: BSD-3-Clause
// A VM that talks to the simulator's Resource Manager in raw packets. Payloads are hexadecimal text, in the order of the
// bytes; spaces do not count.
#ifndef SIM_RM_H
#define SIM_RM_H

#include "sim_vm.h"

#include <gunyah/abi/rm_names.h>
#include <gunyah/sim_rm.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RM_HLOS 3
#define RM_TEXT 4096
#define RM_TOLD 320
#define RM_RAM UINT64_C(0x50000000) // of HLOS; nothing here touches it

struct rm_end {
    struct gunyah_sim_vm *vm;
    struct gunyah_sim_rm_queue queue;
    uint16_t sequence;
    // Notifications, as text: id, then payload.
    char *told[RM_TOLD];
    unsigned first;
    unsigned count;
};

static inline size_t rm_bytes(const char *text, unsigned char *bytes)
{
    size_t size = 0;

    for (; *text != '\0'; text++) {
        unsigned value;
        if (*text == ' ')
            continue;
        cr_assert(eq(int, sscanf(text, "%2x", &value), 1));
        bytes[size++] = (unsigned char)value;
        text++;
    }
    return size;
}

static inline void rm_text(const unsigned char *bytes, size_t size, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
}

static inline void rm_send_packet(struct rm_end *end, unsigned type, unsigned fragments, uint16_t sequence, uint32_t id,
                                  const unsigned char *payload, size_t size)
{
    unsigned char packet[240] = {0x21,
                                 (unsigned char)(type | fragments << 2),
                                 (unsigned char)sequence,
                                 (unsigned char)(sequence >> 8),
                                 (unsigned char)id,
                                 (unsigned char)(id >> 8),
                                 (unsigned char)(id >> 16),
                                 (unsigned char)(id >> 24)};

    if (size != 0)
        memcpy(packet + 8, payload, size);
    cr_assert(eq(u64, vm_send(end->vm, end->queue.send_cap, packet, 8 + size), GUNYAH_HVERR_OK));
}

static inline void rm_yield(struct rm_end *end)
{
    cr_assert(eq(u64, vm_call(end->vm, GUNYAH_HYPERCALL_SCHEDULER_YIELD, 0, 0, 0, NULL), GUNYAH_HVERR_OK));
}

static inline void rm_request(struct rm_end *end, uint32_t id, const unsigned char *payload, size_t size)
{
    unsigned fragments = size == 0 ? 0 : (unsigned)((size - 1) / 232);

    end->sequence++;
    for (unsigned i = 0; i <= fragments; i++) {
        size_t part = size - i * 232u < 232 ? size - i * 232u : 232;
        // The queue holds eight.
        if (i % 8 == 7)
            rm_yield(end);
        rm_send_packet(end, i == 0 ? 1 : 0, fragments, end->sequence, id, payload + i * 232u, part);
    }
}

// One packet, if there is one. Returns its size.
static inline size_t rm_packet(struct rm_end *end, unsigned char packet[240])
{
    uint64_t size = 0;

    if (vm_receive(end->vm, end->queue.receive_cap, packet, 240, &size) != GUNYAH_HVERR_OK)
        return 0;
    return (size_t)size;
}

// The next message, whole. Returns its size, or SIZE_MAX when none comes; the header of its first packet is kept.
static inline size_t rm_message(struct rm_end *end, unsigned char header[8], unsigned char *payload)
{
    unsigned char packet[240];
    size_t size = 0;
    unsigned left = 0;
    bool begun = false;

    for (unsigned yields = 0; yields < 12;) {
        size_t got = rm_packet(end, packet);
        if (got == 0) {
            rm_yield(end);
            yields++;
            continue;
        }
        cr_assert(eq(int, packet[0], 0x21));
        cr_assert(eq(int, (packet[1] & 3) == 0, begun));
        if (!begun) {
            memcpy(header, packet, 8);
            left = packet[1] >> 2;
        } else {
            left--;
        }
        begun = true;
        memcpy(payload + size, packet + 8, got - 8);
        size += got - 8;
        if (left == 0)
            return size;
    }
    return SIZE_MAX;
}

static inline void rm_keep(struct rm_end *end, const unsigned char header[8], const unsigned char *payload, size_t size)
{
    char *text = malloc(16 + 2 * size);

    sprintf(text, "%02x%02x%02x%02x ", header[7], header[6], header[5], header[4]);
    rm_text(payload, size, text + 9);
    end->told[(end->first + end->count) % RM_TOLD] = text;
    end->count++;
}

// The reply to the last request; notifications on the way are kept. False: none comes.
static inline bool rm_reply(struct rm_end *end, char *text)
{
    static unsigned char payload[16 * 1024];
    unsigned char header[8];

    for (;;) {
        size_t size = rm_message(end, header, payload);
        if (size == SIZE_MAX)
            return false;
        if ((header[1] & 3) == 3) {
            rm_keep(end, header, payload, size);
            continue;
        }
        cr_assert(eq(int, header[1] & 3, 2));
        cr_assert(eq(int, header[2] | header[3] << 8, end->sequence));
        rm_text(payload, size, text);
        return true;
    }
}

static inline void rm_squeeze(const char *from, char *to)
{
    for (; *from != '\0'; from++) {
        if (*from != ' ')
            *to++ = *from;
    }
    *to = '\0';
}

// An error is one that the table has for the message, or any of those that every message may be answered.
static inline void rm_expect_documented(uint32_t id, const char *reply)
{
    const struct gunyah_rm_message_shape *message = gunyah_rm_message_info(id);
    unsigned char bytes[4];
    uint32_t error;

    if (message == NULL || strlen(reply) != 8)
        return;
    rm_bytes(reply, bytes);
    memcpy(&error, bytes, sizeof(error));
    bool documented =
        error == GUNYAH_RMERR_OK || error == GUNYAH_RMERR_UNIMPLEMENTED || error == GUNYAH_RMERR_MSG_INVALID ||
        error == GUNYAH_RMERR_NOMEM ||
        (error == GUNYAH_RMERR_NORESOURCE && message->data[0] != NULL && message->data[0]->list_count != 0);
    for (const uint32_t *known = message->errors; known != NULL && *known != GUNYAH_RMERR_OK; known++)
        documented = documented || *known == error;
    cr_assert(documented, "%s is not documented to answer %s", message->name, gunyah_rm_error_name(error));
}

// Ask, and compare the whole reply with what is expected.
static inline void rm_ask(struct rm_end *end, uint32_t id, const char *request, const char *reply)
{
    static unsigned char bytes[16 * 1024];
    static char got[32 * 1024];
    static char wanted[32 * 1024];

    rm_request(end, id, bytes, rm_bytes(request, bytes));
    cr_assert(rm_reply(end, got), "no reply to 0x%08x %s", id, request);
    rm_squeeze(reply, wanted);
    cr_assert(eq(str, got, wanted), "0x%08x %s: %s", id, request, gunyah_sim_rm_reason(end->vm));
    rm_expect_documented(id, got);
}

// The next notification is this one.
static inline void rm_told(struct rm_end *end, uint32_t id, const char *payload)
{
    static char wanted[RM_TEXT];
    static unsigned char bytes[16 * 1024];
    unsigned char header[8];

    if (end->count == 0) {
        size_t size = rm_message(end, header, bytes);
        cr_assert(ne(sz, size, SIZE_MAX), "nothing is told; wanted 0x%08x", id);
        rm_keep(end, header, bytes, size);
    }
    sprintf(wanted, "%08x ", id);
    rm_squeeze(payload, wanted + 9);
    cr_assert(eq(str, end->told[end->first], wanted));
    free(end->told[end->first]);
    end->first = (end->first + 1) % RM_TOLD;
    end->count--;
}

// Nothing more is told.
static inline void rm_silent(struct rm_end *end)
{
    unsigned char header[8];
    static unsigned char bytes[16 * 1024];

    cr_assert(eq(uint, end->count, 0), "told too: %s", end->told[end->first]);
    cr_assert(eq(sz, rm_message(end, header, bytes), SIZE_MAX));
}

static inline void rm_forget(struct rm_end *end)
{
    for (; end->count != 0; end->count--) {
        free(end->told[end->first]);
        end->first = (end->first + 1) % RM_TOLD;
    }
}

static inline void rm_attach(struct rm_end *end, struct gunyah_sim_vm *vm)
{
    static const struct gunyah_sim_rm_queue init = GUNYAH_SIM_RM_QUEUE_INIT;

    *end = (struct rm_end){.vm = vm, .queue = init};
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &end->queue), GUNYAH_OK));
}

static inline void rm_begin(struct gunyah_sim *sim, struct rm_end *hlos, enum gunyah_rm_generation generation)
{
    struct gunyah_sim_rm_options options = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *primary;

    vm.vmid = gunyah_vmid(RM_HLOS);
    vm.hwirq_first = gunyah_virq(32);
    vm.hwirq_count = 224;
    options.generation = generation;
    cr_assert(eq(int, gunyah_sim_add_rm(sim, &options), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &vm, &primary), GUNYAH_OK));
    rm_attach(hlos, primary);
}

static inline struct gunyah_sim *rm_machine(struct rm_end *hlos, enum gunyah_rm_generation generation)
{
    struct gunyah_sim *sim = new_sim(1);

    rm_begin(sim, hlos, generation);
    return sim;
}

// A VM that the Resource Manager has made and started: 0x80, with its image at RM_RAM, 1 MiB, handle 0.
static inline void rm_start_guest(struct gunyah_sim *sim, struct rm_end *hlos, struct rm_end *guest,
                                  const struct gunyah_sim_vm_config *wanted)
{
    struct gunyah_sim_vm *vm;

    cr_assert(eq(int, gunyah_sim_configure_vm(sim, wanted), GUNYAH_OK));
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "00000000 80000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           "00000000 00000000");
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000", "00000000");
    rm_ask(hlos, GUNYAH_RM_VM_INIT, "80000000", "00000000");
    rm_ask(hlos, GUNYAH_RM_VM_START, "80000000", "00000000");
    rm_told(hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 01 00 0000");
    rm_told(hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 02 00 0000");
    rm_told(hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 03 00 0000");
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    if (guest != NULL)
        rm_attach(guest, vm);
}

#endif
