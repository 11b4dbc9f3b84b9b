// SPDX-License-Identifier: BSD-3-Clause
// What answers: as little as makes every request succeed.
#include "work.h"

#define HEADER_SIZE 8
#define TYPE_SHIFT 8
#define TYPE_MASK UINT64_C(0x3)
#define NOTHING_TO_RECEIVE 60

// A request begins: its reply has the same header, but for the type and the number of fragments.
PEER static void take(struct peer *peer, const uint64_t *packet)
{
    const size_t fragments = (peer->reply_size - 1) / FRAGMENT_PAYLOAD;

    if ((*packet >> TYPE_SHIFT & TYPE_MASK) != GUNYAH_RM_PACKET_TYPE_REQUEST)
        return;
    peer->header = (*packet & ~UINT64_C(0xff00)) | (uint64_t)(fragments << GUNYAH_RM_FRAGMENTS_SHIFT) << TYPE_SHIFT;
    peer->replied = 0;
}

// The next packet of the reply. What it leaves as it is, nobody looks at. Returns its size.
PEER static uint64_t give(struct peer *peer, uint64_t *packet)
{
    const size_t left = peer->reply_size - peer->replied;
    const size_t part = left < FRAGMENT_PAYLOAD ? left : FRAGMENT_PAYLOAD;

    packet[0] = peer->header;
    if (peer->replied == 0) {
        packet[0] |= (uint64_t)GUNYAH_RM_PACKET_TYPE_REPLY << TYPE_SHIFT;
        packet[1] = (uint64_t)GUNYAH_VM_STATE_RUNNING << 32 | GUNYAH_RMERR_OK;
    }
    peer->replied += part;
    if (part == left)
        peer->header = 0;
    return HEADER_SIZE + part;
}

PEER void peer_answer(struct peer *peer, uint64_t *x)
{
    switch (x[0]) {
    case GUNYAH_SMCCC_HYP_UID:
        x[0] = GUNYAH_UID_OPEN_0;
        x[1] = GUNYAH_UID_OPEN_1;
        x[2] = GUNYAH_UID_OPEN_2;
        x[3] = GUNYAH_UID_OPEN_3;
        return;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY:
        x[0] = 1;
        return;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_MSGQUEUE_SEND:
        take(peer, (const uint64_t *)(uintptr_t)x[3]);
        x[1] = 1;
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE:
        if (peer->header == 0) {
            x[0] = NOTHING_TO_RECEIVE;
            return;
        }
        x[1] = give(peer, (uint64_t *)(uintptr_t)x[2]);
        x[2] = 0;
        break;
    default:
        break;
    }
    x[0] = GUNYAH_HVERR_OK;
}
