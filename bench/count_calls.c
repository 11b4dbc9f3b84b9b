// SPDX-License-Identifier: BSD-3-Clause
// Makes one kind of call many times through a backend that does nothing. instructions.sh runs it under callgrind with n and
// 2n calls; the difference is what n calls cost, exact and the same on every run.
#include "nothing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_doorbell_options bell_options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue_options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah *g = NULL;
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_msgqueue *queue = NULL;
    char message[240] = {0};
    size_t size;

    if (argc != 3)
        return fputs("usage: count-calls backend|call|stub|doorbell|send|receive COUNT\n", stderr), 2;
    options.backend = &nothing;
    queue_options.message_size = sizeof(message);
    if (gunyah_open(&options, &g) || gunyah_doorbell_open(g, &bell_options, &bell) ||
        gunyah_msgqueue_open(g, &queue_options, &queue))
        return 1;

    const char *what = argv[1];
    const unsigned long count = strtoul(argv[2], NULL, 10);
    struct gunyah_registers r = {{0}};
    if (strcmp(what, "backend") == 0) {
        for (unsigned long i = 0; i < count; i++)
            nothing_ops.hvc(NULL, GUNYAH_HYPERCALL_DOORBELL_SEND, &r);
    } else if (strcmp(what, "call") == 0) {
        for (unsigned long i = 0; i < count; i++)
            gunyah_call(g, GUNYAH_HYPERCALL_DOORBELL_SEND, &r);
    } else if (strcmp(what, "stub") == 0) {
        for (unsigned long i = 0; i < count; i++)
            gunyah_hypercall_doorbell_send(g, gunyah_capid(0), 1);
    } else if (strcmp(what, "doorbell") == 0) {
        for (unsigned long i = 0; i < count; i++)
            gunyah_doorbell_send(bell, 1, NULL);
    } else if (strcmp(what, "send") == 0) {
        for (unsigned long i = 0; i < count; i++)
            gunyah_msgqueue_send(queue, message, sizeof(message), 0, NULL);
    } else {
        for (unsigned long i = 0; i < count; i++)
            gunyah_msgqueue_receive(queue, message, sizeof(message), &size, NULL);
    }
    return gunyah_close(&g) != GUNYAH_OK;
}
