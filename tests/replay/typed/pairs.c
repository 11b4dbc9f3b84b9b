// SPDX-License-Identifier: BSD-3-Clause
// Doorbells and message queues. A queue is taken for one whose largest message is as long as what is asked for.
#include "typed.h"

static struct gunyah_doorbell *open_doorbell(struct gunyah *g, uint64_t cap)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *doorbell = NULL;

    options.cap = typed_cap(cap);
    gunyah_doorbell_open(g, &options, &doorbell);
    return doorbell;
}

static struct gunyah_msgqueue *open_queue(struct gunyah *g, uint64_t cap, uint64_t size)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    options.cap = typed_cap(cap);
    options.message_size =
        size > 0 && size < GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE ? (uint32_t)size : GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE;
    gunyah_msgqueue_open(g, &options, &queue);
    return queue;
}

// ---- doorbells ---------------------------------------------------------------------------------------------------

static void tell(struct typed_answer *answer, uint64_t result)
{
    if (answer->error == GUNYAH_OK)
        answer->results[answer->count++] = result;
}

static void ring(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);
    uint64_t old = 0;

    answer->error = gunyah_doorbell_send(doorbell, arguments[1], &old);
    tell(answer, old);
    gunyah_doorbell_close(&doorbell);
}

static void hear(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);
    uint64_t old = 0;

    answer->error = gunyah_doorbell_receive(doorbell, arguments[1], &old);
    tell(answer, old);
    gunyah_doorbell_close(&doorbell);
}

static void mask(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);

    answer->error = gunyah_doorbell_mask(doorbell, arguments[1], arguments[2]);
    gunyah_doorbell_close(&doorbell);
}

static void reset_doorbell(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);

    answer->error = gunyah_doorbell_reset(doorbell);
    gunyah_doorbell_close(&doorbell);
}

static void bind_doorbell(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq((uint32_t)arguments[2]));
    gunyah_vic_close(&vic);
    gunyah_doorbell_close(&doorbell);
}

static void unbind_doorbell(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_doorbell *doorbell = open_doorbell(g, arguments[0]);

    answer->error = gunyah_doorbell_unbind_virq(doorbell);
    gunyah_doorbell_close(&doorbell);
}

// ---- message queues ----------------------------------------------------------------------------------------------

// The hypervisor copies: where a message is, the library need not know.
static void *address(uint64_t where)
{
    return (void *)(uintptr_t)where;
}

static bool is_message(const uint64_t *arguments)
{
    return arguments[3] <= GUNYAH_MSGQUEUE_PUSH && arguments[4] == 0;
}

static void send(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], arguments[1]);
    bool not_full = false;

    answer->error =
        gunyah_msgqueue_send(queue, address(arguments[2]), (size_t)arguments[1], (uint32_t)arguments[3], &not_full);
    tell(answer, not_full);
    gunyah_msgqueue_close(&queue);
}

static void receive(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], arguments[2]);
    bool not_empty = false;
    size_t size = 0;

    answer->error = gunyah_msgqueue_receive(queue, address(arguments[1]), (size_t)arguments[2], &size, &not_empty);
    tell(answer, size);
    tell(answer, not_empty);
    gunyah_msgqueue_close(&queue);
}

static void flush(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_flush(queue);
    gunyah_msgqueue_close(&queue);
}

static bool is_shape(const uint64_t *arguments)
{
    return arguments[1] >> 32 == 0 && arguments[2] == 0;
}

static void configure(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_msgqueue_create_info_t info = {arguments[1]};
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_configure(queue, (uint32_t)gunyah_msgqueue_create_info_get_depth(info),
                                              (uint32_t)gunyah_msgqueue_create_info_get_max_message_size(info));
    gunyah_msgqueue_close(&queue);
}

// The library sets thresholds, and leaves delays as they are.
static bool is_threshold(const uint64_t *arguments)
{
    return arguments[1] <= UINT32_MAX && arguments[2] == GUNYAH_MSGQUEUE_DELAY_UNCHANGED && arguments[3] == UINT64_MAX;
}

static void configure_send(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_set_send_threshold(queue, (uint32_t)arguments[1]);
    gunyah_msgqueue_close(&queue);
}

static void configure_receive(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_set_receive_threshold(queue, (uint32_t)arguments[1]);
    gunyah_msgqueue_close(&queue);
}

typedef enum gunyah_error bind_function(struct gunyah_msgqueue *queue, struct gunyah_vic *vic, gunyah_virq_t virq);

static void bind(struct gunyah *g, const uint64_t *arguments, bind_function *function, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = function(queue, vic, gunyah_virq((uint32_t)arguments[2]));
    gunyah_vic_close(&vic);
    gunyah_msgqueue_close(&queue);
}

static void bind_send(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    bind(g, arguments, gunyah_msgqueue_bind_send_virq, answer);
}

static void bind_receive(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    bind(g, arguments, gunyah_msgqueue_bind_receive_virq, answer);
}

static void unbind_send(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_unbind_send_virq(queue);
    gunyah_msgqueue_close(&queue);
}

static void unbind_receive(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_msgqueue *queue = open_queue(g, arguments[0], 0);

    answer->error = gunyah_msgqueue_unbind_receive_virq(queue);
    gunyah_msgqueue_close(&queue);
}

const struct typed_call typed_pairs[] = {
    {GUNYAH_HYPERCALL_DOORBELL_SEND, ring, NULL, false},
    {GUNYAH_HYPERCALL_DOORBELL_RECEIVE, hear, NULL, true},
    {GUNYAH_HYPERCALL_DOORBELL_MASK, mask, NULL, false},
    {GUNYAH_HYPERCALL_DOORBELL_RESET, reset_doorbell, NULL, false},
    {GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, bind_doorbell, NULL, false},
    {GUNYAH_HYPERCALL_DOORBELL_UNBIND_VIRQ, unbind_doorbell, NULL, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_SEND, send, is_message, true},
    {GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, receive, NULL, true},
    {GUNYAH_HYPERCALL_MSGQUEUE_FLUSH, flush, NULL, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, configure, is_shape, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND, configure_send, is_threshold, true},
    {GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_RECEIVE, configure_receive, is_threshold, true},
    {GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, bind_send, NULL, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, bind_receive, NULL, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_SEND_VIRQ, unbind_send, NULL, false},
    {GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_RECEIVE_VIRQ, unbind_receive, NULL, false},
    {0, NULL, NULL, false},
};
