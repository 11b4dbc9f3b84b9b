// SPDX-License-Identifier: BSD-3-Clause
// The Resource Manager's client against one that says anything, at any moment. Each byte of the input is a step: of the Resource
// Manager, which puts packets into the queue, well-formed ones among them; or of the caller. Whatever it is told, the client
// stays inside of its buffers, ends, and hands out only what came.
#include <gunyah/gunyah.h>

#include <stdlib.h>
#include <string.h>

#define QUEUE 64
#define CANARY 0xa5

struct input {
    const uint8_t *data;
    size_t size;
};

struct packet {
    size_t size;
    uint8_t bytes[240];
};

struct peer {
    struct input *input;
    struct packet queue[QUEUE];
    size_t first;
    size_t count;
    unsigned room;
    uint8_t sent[8]; // header of the last request
};

struct caller {
    struct gunyah *g;
    struct gunyah_rm *rm;
    uint8_t reply[600]; // with a canary behind what was offered
    size_t capacity;
    bool under_way;
};

static uint8_t next(struct input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

static void check(bool condition)
{
    if (!condition)
        abort();
}

// ---- the Resource Manager ----------------------------------------------------------------------------------------

static struct packet *new_packet(struct peer *peer)
{
    if (peer->count == QUEUE) {
        peer->first = (peer->first + 1) % QUEUE;
        peer->count--;
    }
    struct packet *packet = &peer->queue[(peer->first + peer->count) % QUEUE];
    peer->count++;
    return packet;
}

static void say_bytes(struct peer *peer)
{
    struct packet *packet = new_packet(peer);

    packet->size = 1 + next(peer->input) % 240;
    for (size_t i = 0; i < packet->size; i++)
        packet->bytes[i] = next(peer->input);
}

static void say_message(struct peer *peer)
{
    static const uint32_t ids[] = {
        GUNYAH_RM_NOTIFY_MEM_SHARED,  GUNYAH_RM_NOTIFY_MEM_RELEASED,    GUNYAH_RM_NOTIFY_MEM_RECALL,
        GUNYAH_RM_NOTIFY_VM_EXITED,   GUNYAH_RM_NOTIFY_VM_SHUTDOWN,     GUNYAH_RM_NOTIFY_VM_STATUS,
        GUNYAH_RM_NOTIFY_VM_IRQ_LENT, GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS,
        GUNYAH_RM_NOTIFY_DEVICE_LENT,
    };
    const uint8_t how = next(peer->input);
    struct packet *packet = new_packet(peer);
    uint8_t *bytes = packet->bytes;

    memcpy(bytes, peer->sent, 8);
    bytes[0] = GUNYAH_RM_API;
    bytes[1] = (uint8_t)((how & 3) | (how >> 2 & 3) << 2);
    if ((how & 3) == GUNYAH_RM_PACKET_TYPE_NOTIFICATION || (how & 16) != 0)
        memcpy(bytes + 4, &ids[how / 32 % 8 + (how & 4 ? 2 : 0)], 4);
    packet->size = 8 + next(peer->input) % 233;
    memset(bytes + 8, 0, 232);
    for (size_t i = 8; i < packet->size && i < 24; i++)
        bytes[i] = next(peer->input);
}

static void answer(struct peer *peer, struct gunyah_registers *r)
{
    const uint64_t function = r->x[0];

    if (function == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_MSGQUEUE_SEND)) {
        const uint8_t *bytes = (const uint8_t *)(uintptr_t)r->x[3];
        check(r->x[2] >= 8 && r->x[2] <= 240 && bytes[0] == GUNYAH_RM_API);
        if (peer->room != 0 && (bytes[1] & 3) == GUNYAH_RM_PACKET_TYPE_REQUEST)
            memcpy(peer->sent, bytes, 8);
        *r = (struct gunyah_registers){{peer->room != 0 ? 0 : (uint64_t)GUNYAH_HVERR_MSGQUEUE_FULL}};
        peer->room -= peer->room != 0;
    } else if (function == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE)) {
        if (peer->count == 0) {
            *r = (struct gunyah_registers){{GUNYAH_HVERR_MSGQUEUE_EMPTY}};
            return;
        }
        const struct packet *packet = &peer->queue[peer->first];
        peer->first = (peer->first + 1) % QUEUE;
        peer->count--;
        memcpy((void *)(uintptr_t)r->x[2], packet->bytes, packet->size);
        *r = (struct gunyah_registers){{0, packet->size, peer->count != 0}};
    } else {
        *r = (struct gunyah_registers){{0}};
    }
}

static void peer_call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *r)
{
    (void)conduit;
    (void)immediate;
    if (r->x[0] == GUNYAH_SMCCC_HYP_UID)
        *r = (struct gunyah_registers){{0xcd8fd5c1, 0xdb5f53a4, 0x36ce6592, 0x145f3d67}};
    else if (r->x[0] == GUNYAH_SMCCC_BASE)
        *r = (struct gunyah_registers){{0x5100000000008001, 0x10000eff, 0, 0}};
    else
        answer(context, r);
}

// ---- the caller --------------------------------------------------------------------------------------------------

static void open_rm(struct caller *caller, uint8_t how)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    options.send_cap = gunyah_capid(1);
    options.receive_cap = gunyah_capid(2);
    options.event_bytes = 240 + how % 8 * 64u;
    options.default_timeout_ns = 3000;
    check(gunyah_rm_open(caller->g, &options, &caller->rm) == GUNYAH_OK);
    caller->under_way = false;
}

static void begin(struct caller *caller, struct input *input)
{
    static const uint32_t ids[] = {
        GUNYAH_RM_VM_ALLOCATE,  GUNYAH_RM_VM_DEALLOCATE, GUNYAH_RM_VM_RESET,    GUNYAH_RM_VM_CONFIG_IMAGE,
        GUNYAH_RM_VM_GET_STATE, GUNYAH_RM_IPA_RESERVE,   GUNYAH_RM_VM_GET_VMID, 0};
    static const uint8_t request[14617] = {3, 0, 0, 0, 1};
    const uint8_t how = next(input);
    const size_t size = next(input) * (size_t)(how & 64 ? 58 : 1);

    caller->capacity = next(input) * 2u;
    memset(caller->reply, CANARY, sizeof(caller->reply));
    const enum gunyah_error error =
        gunyah_rm_begin(caller->rm, ids[how % 8], request + (how & 32 ? 1 : 0), size, caller->reply, caller->capacity);
    check(error == GUNYAH_OK || error == GUNYAH_ERR_WOULD_CRASH || error == GUNYAH_ERR_MESSAGE_TOO_LONG);
    caller->under_way = error == GUNYAH_OK;
}

static void finish(struct caller *caller)
{
    size_t size = SIZE_MAX;
    const enum gunyah_error error = gunyah_rm_finish(caller->rm, &size, GUNYAH_RM_DEFAULT_TIMEOUT);

    check(error != GUNYAH_OK || size <= caller->capacity);
    check(error != GUNYAH_ERR_BUFFER_TOO_SMALL || (size > caller->capacity && size <= 14616));
    check(error == GUNYAH_OK || error == GUNYAH_ERR_BUFFER_TOO_SMALL || size == SIZE_MAX);
    for (size_t i = caller->capacity; i < sizeof(caller->reply); i++)
        check(caller->reply[i] == CANARY);
    caller->under_way = error == GUNYAH_ERR_TIMEOUT;
}

static void take_event(struct caller *caller)
{
    struct gunyah_rm_event event;
    const enum gunyah_error error = gunyah_rm_next_event(caller->rm, &event, 2000);

    if (error == GUNYAH_ERR_TIMEOUT)
        return;
    check(error == GUNYAH_OK);
    const uint8_t *payload = event.payload;
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < event.size; i++)
        sum = (uint8_t)(sum + payload[i]);
    const uint8_t *end = payload + event.size;
    if (event.id == GUNYAH_RM_NOTIFY_VM_EXITED)
        check(event.vm_exited.reason + event.vm_exited.reason_size <= end);
    if (event.id == GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS)
        check((const uint8_t *)event.console.text + event.console.size <= end);
}

static void step(struct peer *peer, struct caller *caller)
{
    const uint8_t what = next(peer->input);

    switch (what % 16) {
    case 0:
        say_bytes(peer);
        break;
    case 1:
        if (caller->under_way)
            check(gunyah_rm_begin(caller->rm, 0, NULL, 0, NULL, 0) == GUNYAH_ERR_BUSY);
        else
            begin(caller, peer->input);
        break;
    case 2:
        if (caller->under_way)
            finish(caller);
        else
            check(gunyah_rm_finish(caller->rm, NULL, 0) == GUNYAH_ERR_OBJECT_STATE);
        break;
    case 3:
        check(gunyah_rm_cancel(caller->rm) == (caller->under_way ? GUNYAH_OK : GUNYAH_ERR_OBJECT_STATE));
        caller->under_way = false;
        break;
    case 4:
        peer->room = what / 16;
        break;
    case 5:
        check(gunyah_rm_close(&caller->rm) == GUNYAH_OK);
        open_rm(caller, what / 16);
        break;
    case 6:
    case 7:
    case 8:
        take_event(caller);
        break;
    default:
        say_message(peer);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gunyah_backend_ops ops = {
        .size = sizeof(ops), .name = "fuzz", .capabilities = GUNYAH_BACKEND_CALL, .call = peer_call};
    static struct peer peer;
    static struct caller caller;
    struct input input = {data, size};
    const struct gunyah_backend backend = {&ops, &peer};
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    peer = (struct peer){.input = &input, .room = 8};
    caller = (struct caller){.g = NULL};
    options.backend = &backend;
    check(gunyah_open(&options, &caller.g) == GUNYAH_OK);
    open_rm(&caller, next(&input));
    while (input.size > 0)
        step(&peer, &caller);
    const struct gunyah_rm_counters *counters = gunyah_rm_get_counters(caller.rm);
    check(counters->replies <= counters->requests && counters->lost_events <= counters->notifications);
    check(gunyah_close(&caller.g) == GUNYAH_OK);
    return 0;
}
