// SPDX-License-Identifier: BSD-3-Clause
#include "echo-demo.h"

#include <string.h>

static void print_number(const struct demo_vm *vm, uint64_t number, unsigned base)
{
    char digits[24];
    size_t place = sizeof(digits) - 1;

    digits[place] = '\0';
    do {
        digits[--place] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    vm->print(&digits[place]);
}

static void print_count(const struct demo_vm *vm, uint64_t count, const char *thing)
{
    print_number(vm, count, 10);
    vm->print(" ");
    vm->print(thing);
    vm->print(count == 1 ? "" : "s");
}

static bool worked(const struct demo_vm *vm, const char *what, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return true;
    vm->print("\nfailed: ");
    vm->print(what);
    vm->print(", ");
    vm->print(gunyah_error_name(error));
    vm->print("\n");
    return false;
}

bool demo_open(struct demo_vm *vm)
{
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_identity who = GUNYAH_IDENTITY_INIT;
    struct gunyah_dt_device queues = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_dt *dt = &vm->guest.dt;

    options.context = vm->context;
    options.gicd = vm->gicd;
    if (!worked(vm, "open", echo_open(&vm->guest, vm->device_tree, vm->tree_size, &options)) ||
        !worked(vm, "find", gunyah_dt_find_label(dt, GUNYAH_DT_MSGQUEUE_PAIR, ECHO_LABEL, &queues)) ||
        !worked(vm, "identify", gunyah_identify(vm->guest.g, &who)))
        return false;
    vm->wakes = queues.queues.receive.interrupt.virq;
    vm->print(vm->name);
    vm->print(" finds Gunyah API version ");
    print_number(vm, who.api_version, 10);
    vm->print(", variant 0x");
    print_number(vm, (uint64_t)who.variant, 16);
    vm->print(who.convention == GUNYAH_CONVENTION_SMCCC ? ", SMCCC over " : ", immediates of ");
    vm->print(who.conduit == GUNYAH_CONDUIT_SMC ? "smc\n" : "hvc\n");
    return true;
}

bool demo_close(struct demo_vm *vm)
{
    return worked(vm, "close", gunyah_close(&vm->guest.g));
}

static void print_wake(const struct demo_vm *vm)
{
    vm->print("; vIRQ ");
    print_number(vm, vm->wakes.value, 10);
    vm->print(" wakes ");
    vm->print(vm->name);
}

bool demo_echo(struct demo_vm *vm)
{
    if (!worked(vm, "serve", echo_serve(&vm->guest, GUNYAH_WAIT_FOREVER)))
        return false;
    print_wake(vm);
    return true;
}

static bool send(const struct demo_vm *vm, const void *message, size_t size, bool *room)
{
    return worked(vm, "send", gunyah_msgqueue_send(vm->guest.out, message, size, 0, room));
}

static bool wait_for_echo(const struct demo_vm *vm)
{
    if (vm->let_others_run != NULL && !vm->let_others_run())
        return false;
    if (!worked(vm, "wait", gunyah_msgqueue_wait_not_empty(vm->guest.in, GUNYAH_WAIT_FOREVER)))
        return false;
    print_wake(vm);
    return true;
}

// Answers may come one by one.
static enum gunyah_error receive(const struct demo_vm *vm, void *buffer, size_t capacity, size_t *size)
{
    enum gunyah_error error = gunyah_msgqueue_receive(vm->guest.in, buffer, capacity, size, NULL);

    while (error == GUNYAH_ERR_EMPTY) {
        error = gunyah_msgqueue_wait_not_empty(vm->guest.in, GUNYAH_WAIT_FOREVER);
        if (error == GUNYAH_OK)
            error = gunyah_msgqueue_receive(vm->guest.in, buffer, capacity, size, NULL);
    }
    return error;
}

static bool receive_same(const struct demo_vm *vm, const void *message, size_t size)
{
    unsigned char answer[DEMO_MESSAGE_SIZE];
    size_t received = 0;

    if (!worked(vm, "receive", receive(vm, answer, sizeof(answer), &received)))
        return false;
    if (received == size && memcmp(answer, message, size) == 0)
        return true;
    vm->print("\nfailed: not what was sent\n");
    return false;
}

static bool exchange(const struct demo_vm *vm, size_t size)
{
    unsigned char message[DEMO_MESSAGE_SIZE];

    for (size_t i = 0; i < size; i++)
        message[i] = (unsigned char)(size + i);
    vm->print("talker sends ");
    print_count(vm, size, "byte");
    if (!send(vm, message, size, NULL) || !wait_for_echo(vm) || !receive_same(vm, message, size))
        return false;
    vm->print(": the same ");
    print_count(vm, size, "byte");
    vm->print("\n");
    return true;
}

static void explain(const struct demo_vm *vm, enum gunyah_error error)
{
    const struct gunyah_error_info *info = gunyah_last_error(vm->guest.g);

    vm->print(gunyah_error_name(error));
    vm->print("\n  where  ");
    vm->print(info->call);
    vm->print(info->domain == GUNYAH_DOMAIN_HYPERVISOR ? ", refused by the hypervisor" : ", refused by the library");
    vm->print("\n  code   ");
    print_number(vm, (uint64_t)info->code, 10);
    vm->print("\n  what   ");
    vm->print(info->text);
    vm->print("\n  to do  ");
    vm->print(info->advice);
    vm->print("\n");
}

static bool overfill(const struct demo_vm *vm)
{
    static const char message[] = "one too many";
    unsigned count = 0;

    for (bool room = true; room; count++) {
        if (!send(vm, message, sizeof(message), &room))
            return false;
    }
    vm->print("talker sends ");
    print_count(vm, count, "message");
    vm->print(" and is refused one more: ");
    const enum gunyah_error error = gunyah_msgqueue_send(vm->guest.out, message, sizeof(message), 0, NULL);
    if (error != GUNYAH_ERR_FULL) {
        vm->print("\nfailed: it was not refused\n");
        return false;
    }
    explain(vm, error);
    vm->print("talker waits");
    if (!wait_for_echo(vm))
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (!receive_same(vm, message, sizeof(message)))
            return false;
    }
    vm->print(": the same ");
    print_count(vm, count, "message");
    vm->print("\n");
    return true;
}

bool demo_talk(struct demo_vm *vm)
{
    static const size_t sizes[] = {1, 16, DEMO_MESSAGE_SIZE};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (!exchange(vm, sizes[i]))
            return false;
    }
    return overfill(vm);
}
