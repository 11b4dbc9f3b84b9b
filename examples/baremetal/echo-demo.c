// SPDX-License-Identifier: BSD-3-Clause
#include "echo-demo.h"

#include <string.h>

#define MILLISECOND UINT64_C(1000000)

static void print_number(const struct demo *demo, uint64_t number, unsigned base)
{
    char digits[24];
    size_t place = sizeof(digits) - 1;

    digits[place] = '\0';
    do {
        digits[--place] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    demo->print(&digits[place]);
}

static void print_count(const struct demo *demo, uint64_t count, const char *thing)
{
    print_number(demo, count, 10);
    demo->print(" ");
    demo->print(thing);
    demo->print(count == 1 ? "" : "s");
}

static bool worked(const struct demo *demo, const char *what, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return true;
    demo->print("\nfailed: ");
    demo->print(what);
    demo->print(", ");
    demo->print(gunyah_error_name(error));
    demo->print("\n");
    return false;
}

static bool open_guest(const struct demo *demo, struct demo_vm *vm, const char *name)
{
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_identity who = GUNYAH_IDENTITY_INIT;

    options.context = vm->context;
    demo->enter(vm);
    if (!worked(demo, name, echo_open(&vm->guest, &vm->wiring, &options)) ||
        !worked(demo, name, gunyah_identify(vm->guest.g, &who)))
        return false;
    demo->print(name);
    demo->print(" finds Gunyah API version ");
    print_number(demo, who.api_version, 10);
    demo->print(", variant 0x");
    print_number(demo, (uint64_t)who.variant, 16);
    demo->print(who.convention == GUNYAH_CONVENTION_SMCCC ? ", SMCCC over " : ", immediates of ");
    demo->print(who.conduit == GUNYAH_CONDUIT_SMC ? "smc\n" : "hvc\n");
    return true;
}

static bool send(const struct demo *demo, const void *message, size_t size, bool *room)
{
    return worked(demo, "send", gunyah_msgqueue_send(demo->talker.guest.out, message, size, 0, room));
}

static void print_wake(const struct demo *demo, const struct demo_vm *vm, const char *name)
{
    demo->print("; vIRQ ");
    print_number(demo, vm->wiring.receive_virq.value, 10);
    demo->print(" wakes ");
    demo->print(name);
}

// Without its interrupt, either wait ends with a time-out.
static bool let_echo_answer(struct demo *demo)
{
    struct demo_vm *talker = &demo->talker;

    demo->enter(&demo->echo);
    const bool served = worked(demo, "echo", echo_serve(&demo->echo.guest, MILLISECOND));
    demo->enter(talker);
    if (!served)
        return false;
    print_wake(demo, &demo->echo, "echo");
    if (!worked(demo, "wait", gunyah_msgqueue_wait_not_empty(talker->guest.in, MILLISECOND)))
        return false;
    print_wake(demo, talker, "talker");
    return true;
}

static bool receive_same(const struct demo *demo, const void *message, size_t size)
{
    unsigned char answer[DEMO_MESSAGE_SIZE];
    size_t received = 0;

    if (!worked(demo, "receive",
                gunyah_msgqueue_receive(demo->talker.guest.in, answer, sizeof(answer), &received, NULL)))
        return false;
    if (received == size && memcmp(answer, message, size) == 0)
        return true;
    demo->print("\nfailed: not what was sent\n");
    return false;
}

static bool exchange(struct demo *demo, size_t size)
{
    unsigned char message[DEMO_MESSAGE_SIZE];

    for (size_t i = 0; i < size; i++)
        message[i] = (unsigned char)(size + i);
    demo->print("talker sends ");
    print_count(demo, size, "byte");
    if (!send(demo, message, size, NULL) || !let_echo_answer(demo) || !receive_same(demo, message, size))
        return false;
    demo->print(": the same ");
    print_count(demo, size, "byte");
    demo->print("\n");
    return true;
}

static void explain(const struct demo *demo, enum gunyah_error error)
{
    const struct gunyah_error_info *info = gunyah_last_error(demo->talker.guest.g);

    demo->print(gunyah_error_name(error));
    demo->print("\n  where  ");
    demo->print(info->call);
    demo->print(info->domain == GUNYAH_DOMAIN_HYPERVISOR ? ", refused by the hypervisor" : ", refused by the library");
    demo->print("\n  code   ");
    print_number(demo, (uint64_t)info->code, 10);
    demo->print("\n  what   ");
    demo->print(info->text);
    demo->print("\n  to do  ");
    demo->print(info->advice);
    demo->print("\n");
}

static bool overfill(struct demo *demo)
{
    static const char message[] = "one too many";
    unsigned count = 0;

    for (bool room = true; room; count++) {
        if (!send(demo, message, sizeof(message), &room))
            return false;
    }
    demo->print("talker sends ");
    print_count(demo, count, "message");
    demo->print(" and is refused one more: ");
    const enum gunyah_error error = gunyah_msgqueue_send(demo->talker.guest.out, message, sizeof(message), 0, NULL);
    if (error != GUNYAH_ERR_FULL) {
        demo->print("\nfailed: it was not refused\n");
        return false;
    }
    explain(demo, error);
    demo->print("talker waits");
    if (!let_echo_answer(demo))
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (!receive_same(demo, message, sizeof(message)))
            return false;
    }
    demo->print(": the same ");
    print_count(demo, count, "message");
    demo->print("\n");
    return true;
}

static bool close_guest(const struct demo *demo, struct demo_vm *vm)
{
    demo->enter(vm);
    return worked(demo, "close", gunyah_close(&vm->guest.g));
}

bool demo_run(struct demo *demo)
{
    static const size_t sizes[] = {1, 16, DEMO_MESSAGE_SIZE};

    if (!open_guest(demo, &demo->echo, "echo") || !open_guest(demo, &demo->talker, "talker"))
        return false;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (!exchange(demo, sizes[i]))
            return false;
    }
    return overfill(demo) && close_guest(demo, &demo->echo) && close_guest(demo, &demo->talker);
}
