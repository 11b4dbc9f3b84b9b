// SPDX-License-Identifier: BSD-3-Clause
// Numbers in messages: little endian, at any alignment.
#include "rm.h"

uint16_t gunyah_model_rm_get16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

uint32_t gunyah_model_rm_get32(const uint8_t *from)
{
    return gunyah_model_rm_get16(from) | (uint32_t)gunyah_model_rm_get16(from + 2) << 16;
}

uint64_t gunyah_model_rm_get64(const uint8_t *from)
{
    return gunyah_model_rm_get32(from) | (uint64_t)gunyah_model_rm_get32(from + 4) << 32;
}

void gunyah_model_rm_put16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

void gunyah_model_rm_put32(uint8_t *to, uint32_t value)
{
    gunyah_model_rm_put16(to, (uint16_t)value);
    gunyah_model_rm_put16(to + 2, (uint16_t)(value >> 16));
}

void gunyah_model_rm_put64(uint8_t *to, uint64_t value)
{
    gunyah_model_rm_put32(to, (uint32_t)value);
    gunyah_model_rm_put32(to + 4, (uint32_t)(value >> 32));
}

uint8_t *gunyah_model_rm_reply_room(struct rm_call *call, uint32_t size)
{
    uint8_t *room = call->reply + call->reply_size;
    call->reply_size += size;
    return room;
}

void gunyah_model_rm_reply32(struct rm_call *call, uint32_t value)
{
    gunyah_model_rm_put32(gunyah_model_rm_reply_room(call, sizeof(value)), value);
}
