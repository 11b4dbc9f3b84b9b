// SPDX-License-Identifier: BSD-3-Clause
// The seam "make this hypercall", for the few that a driver has something for: its eventfds are doorbells with one flag.
#include "linux_vm.h"

#include <unistd.h>

#define FLAG UINT64_C(1)

static struct linux_bell *bell_of(const struct gunyah_linux *node, uint64_t cap)
{
    return cap < LINUX_MAX_BELLS ? node->bells[cap] : NULL;
}

// GUNYAH_HVERR_OK, and the bell of this direction.
static uint64_t find(const struct gunyah_linux *node, uint64_t cap, bool is_irq, const struct linux_bell **bell)
{
    *bell = bell_of(node, cap);
    if (*bell == NULL)
        return GUNYAH_HVERR_CSPACE_CAP_NULL;
    return (*bell)->is_irq == is_irq ? GUNYAH_HVERR_OK : GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
}

// Each ring is an interrupt: the driver leaves the count as it is. It is full only if somebody wrote large numbers to the file;
// then it begins again.
static bool ring(int fd)
{
    static const uint64_t one = 1;
    uint64_t count;

    if (write(fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        return true;
    (void)!read(fd, &count, sizeof(count));
    return write(fd, &one, sizeof(one)) == (ssize_t)sizeof(one);
}

static void send(const struct gunyah_linux *node, struct gunyah_registers *r)
{
    const uint64_t flags = r->x[2];
    const struct linux_bell *bell;
    uint64_t answer = find(node, r->x[1], true, &bell);

    if (answer == GUNYAH_HVERR_OK && (flags & ~FLAG) != 0)
        answer = GUNYAH_HVERR_ARGUMENT_INVALID;
    if (answer == GUNYAH_HVERR_OK && flags != 0 && !ring(bell->fd))
        answer = GUNYAH_HVERR_FAILURE;
    r->x[0] = answer;
    r->x[1] = 0;
}

static bool is_rung(const struct linux_bell *bell)
{
    struct pollfd file = {.fd = bell->fd, .events = POLLIN};

    return poll(&file, 1, 0) > 0;
}

static void receive(const struct gunyah_linux *node, struct gunyah_registers *r)
{
    const uint64_t clear = r->x[2];
    const struct linux_bell *bell;
    uint64_t answer = find(node, r->x[1], false, &bell);
    uint64_t flags = 0;
    uint64_t count;

    if (answer == GUNYAH_HVERR_OK && clear == 0)
        answer = GUNYAH_HVERR_ARGUMENT_INVALID;
    if (answer == GUNYAH_HVERR_OK && (clear & FLAG) != 0)
        flags = read(bell->fd, &count, sizeof(count)) == (ssize_t)sizeof(count) ? FLAG : 0;
    else if (answer == GUNYAH_HVERR_OK)
        flags = is_rung(bell) ? FLAG : 0;
    r->x[0] = answer;
    r->x[1] = flags;
}

static void identify(struct gunyah_registers *r)
{
    const uint64_t information =
        UINT64_C(1) << GUNYAH_HYP_API_INFO_API_VERSION_SHIFT | GUNYAH_HYP_API_INFO_IS_64BIT_MASK;

    *r = (struct gunyah_registers){{information, GUNYAH_HYP_API_FLAGS0_DOORBELL_MASK}};
}

static void hvc(void *context, uint32_t number, struct gunyah_registers *r)
{
    const struct gunyah_linux *node = context;

    (void)number;
    switch (r->x[0]) {
    case GUNYAH_SMCCC_HYP_UID:
        *r = (struct gunyah_registers){{GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3}};
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY:
        identify(r);
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_DOORBELL_SEND:
        send(node, r);
        break;
    case GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_DOORBELL_RECEIVE:
        receive(node, r);
        break;
    default:
        r->x[0] = UINT64_MAX;
        break;
    }
}

static void call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *r)
{
    if (conduit == GUNYAH_CONDUIT_SMC || immediate != 0)
        r->x[0] = UINT64_MAX;
    else
        hvc(context, GUNYAH_CALL_SMCCC, r);
}

// An interrupt is pending as long as its doorbell has not been received.
static enum gunyah_error wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index)
{
    const struct gunyah_linux *node = context;
    struct pollfd files[LINUX_MAX_BELLS];

    if (count > LINUX_MAX_BELLS)
        return GUNYAH_ERR_ARGUMENT_INVALID;
    for (size_t i = 0; i < count; i++) {
        const uint64_t cap = (uint64_t)virqs[i].value - GUNYAH_VIRQ_SPI_FIRST;
        const struct linux_bell *bell = bell_of(node, cap);
        if (bell == NULL || bell->is_irq)
            return GUNYAH_ERR_ARGUMENT_INVALID;
        files[i] = (struct pollfd){.fd = bell->fd, .events = POLLIN};
    }
    const enum gunyah_error error =
        gunyah_internal_linux_poll(files, count, gunyah_internal_linux_deadline(timeout_ns));
    if (error != GUNYAH_OK)
        return error;
    size_t first = 0;
    while (files[first].revents == 0)
        first++;
    if (index != NULL)
        *index = first;
    return GUNYAH_OK;
}

static const struct gunyah_backend_ops operations = {
    .size = sizeof(struct gunyah_backend_ops),
    .name = "linux",
    .capabilities = GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_WAIT | GUNYAH_BACKEND_LOCAL,
    .call = call,
    .hvc = hvc,
    .wait = wait,
    .now = gunyah_internal_linux_now,
};

const struct gunyah_backend *gunyah_linux_backend(struct gunyah_linux *node)
{
    if (node == NULL)
        return NULL;
    node->backend = (struct gunyah_backend){&operations, node};
    return &node->backend;
}

int gunyah_linux_doorbell_fd(const struct gunyah_linux *node, gunyah_capid_t cap)
{
    const struct linux_bell *bell = node != NULL ? bell_of(node, cap.value) : NULL;

    return bell != NULL ? bell->fd : -1;
}
