// SPDX-License-Identifier: BSD-3-Clause
// calls <manner>_<call> COUNT: opens a session over hvc and makes one kind of call. count.py counts the instructions.
#include "calls.h"

#include <gunyah/baremetal.h>

// clang-format off
#define ENTRY(name) {#name, name}
// clang-format on

static const struct {
    const char *name;
    calls *make;
} entries[] = {
    ENTRY(by_hand_nothing), ENTRY(by_hand_null),       ENTRY(by_hand_ring), ENTRY(by_hand_send),
    ENTRY(by_hand_receive), ENTRY(by_library_nothing), ENTRY(direct_null),  ENTRY(direct_ring),
    ENTRY(direct_send),     ENTRY(direct_receive),     ENTRY(session_null), ENTRY(session_ring),
    ENTRY(session_send),    ENTRY(session_receive),    ENTRY(typed_ring),   ENTRY(typed_send),
    ENTRY(typed_receive),
};

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static calls *find(const char *name)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (same(entries[i].name, name))
            return entries[i].make;
    }
    return NULL;
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

static bool open_all(struct subject *subject)
{
    static struct gunyah_baremetal baremetal;
    static struct gunyah_arena arena;
    static _Alignas(16) unsigned char memory[4096];
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_doorbell_options doorbell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options msgqueue = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    options.backend = gunyah_baremetal_backend(NULL, &baremetal);
    options.allocator = &allocator;
    doorbell.cap = subject->cap;
    msgqueue.cap = subject->cap;
    msgqueue.message_size = MESSAGE_SIZE;
    return gunyah_open(&options, &subject->g) == GUNYAH_OK &&
           gunyah_doorbell_open(subject->g, &doorbell, &subject->doorbell) == GUNYAH_OK &&
           gunyah_msgqueue_open(subject->g, &msgqueue, &subject->msgqueue) == GUNYAH_OK;
}

int calls_main(int argc, char **argv)
{
    static unsigned char message[MESSAGE_SIZE];
    struct subject subject = {.cap = {0x1234}, .flags = 1, .message = message};
    calls *make = argc == 3 ? find(argv[1]) : NULL;
    const uint64_t count = make != NULL ? number(argv[2]) : 0;

    hypervisor_start();
    return count != 0 && open_all(&subject) && make(&subject, count) ? 0 : 1;
}
