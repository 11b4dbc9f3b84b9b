// SPDX-License-Identifier: BSD-3-Clause
// Says hello to the VM that echoes, to which the device tree leads: without a session, and with one in the two ways to wait,
// by the registers of the GIC and by an interrupt handler.
#include "gic.h"
#include "wait.h"

#include <gunyah/direct.h>
#include <gunyah/dt.h>
#include <gunyah/gunyah.h>

#define SYS_WRITE0 0x04
#define SYS_EXIT 0x18
#define APPLICATION_EXIT 0x20026

// How much may be read where the device tree is, what it calls the two queues, and their largest message.
#define TREE_SIZE 0x10000
#define LABEL 1
#define MESSAGE_SIZE 240

// What the emulator does for a program.
static void semihosting(uint64_t operation, const void *argument)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = argument;

    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
}

static void print(const char *text)
{
    semihosting(SYS_WRITE0, text);
}

static _Noreturn void end(uint64_t status)
{
    const uint64_t block[2] = {APPLICATION_EXIT, status};

    for (;;)
        semihosting(SYS_EXIT, block);
}

static _Noreturn void fail(const char *what)
{
    print("firmware: ");
    print(what);
    print("\n");
    end(1);
}

_Noreturn void firmware_unexpected(void);
_Noreturn void firmware_main(const void *device_tree);

_Noreturn void firmware_unexpected(void)
{
    fail("an unexpected exception");
}

// For functions that guard their stack, as libfdt does where it was compiled for Linux.
uint64_t stack_guard __asm__("__stack_chk_guard") = UINT64_C(0x5d1c0ffee0ddf00d);
_Noreturn void stack_is_damaged(void) __asm__("__stack_chk_fail");

_Noreturn void stack_is_damaged(void)
{
    fail("a function has written past its variables");
}

static void expect(struct gunyah *g, enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    print("firmware: ");
    print(gunyah_error_name(error));
    print(": ");
    print(g != NULL ? gunyah_last_error(g)->advice : "no session");
    print("\n");
    end(1);
}

// Both queues to the other VM.
static struct gunyah_dt_queues find_queues(const void *device_tree, struct gunyah_dt *dt)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

    if (gunyah_dt_open(device_tree, TREE_SIZE, dt) != GUNYAH_OK ||
        gunyah_dt_find_label(dt, GUNYAH_DT_MSGQUEUE_PAIR, LABEL, &device) != GUNYAH_OK)
        fail(gunyah_dt_last_problem(dt)->text);
    return device.queues;
}

static struct gunyah *open_session(const struct gunyah_baremetal_options *hooks)
{
    static struct gunyah_baremetal baremetal;
    static struct gunyah_arena arena;
    static unsigned char memory[2048];
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, sizeof(memory));
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_error_info info;
    struct gunyah *g;

    options.backend = gunyah_baremetal_backend(hooks, &baremetal);
    options.allocator = &allocator;
    options.error = &info;
    if (gunyah_open(&options, &g) != GUNYAH_OK)
        fail(info.advice);
    return g;
}

static const char hello[] = "hello\n";
static _Alignas(64) char answer[MESSAGE_SIZE];

static bool say_hello_directly(gunyah_capid_t out, gunyah_capid_t in)
{
    const gunyah_msgqueue_send_flags_t no_flags = {0};
    const gunyah_scheduler_yield_control_t control = {0};
    struct gunyah_msgqueue_receive_result got;

    if (gunyah_direct_msgqueue_send(GUNYAH_DIRECT_HVC, out, sizeof(hello), hello, no_flags).error != GUNYAH_HVERR_OK)
        return false;
    do {
        gunyah_direct_scheduler_yield(GUNYAH_DIRECT_HVC, control, 0);
        got = gunyah_direct_msgqueue_receive(GUNYAH_DIRECT_HVC, in, answer, sizeof(answer));
    } while (got.error == GUNYAH_HVERR_MSGQUEUE_EMPTY);
    return got.error == GUNYAH_HVERR_OK;
}

static void say_hello(struct gunyah *g, struct gunyah_dt *dt)
{
    struct gunyah_msgqueue *in, *out;
    enum gunyah_error error;
    size_t size = 0;

    expect(g, gunyah_msgqueue_open_label(g, dt, LABEL, true, &out));
    expect(g, gunyah_msgqueue_open_label(g, dt, LABEL, false, &in));
    expect(g, gunyah_msgqueue_send(out, hello, sizeof(hello), 0, NULL));
    while ((error = gunyah_msgqueue_receive(in, answer, sizeof(answer), &size, NULL)) == GUNYAH_ERR_EMPTY)
        expect(g, gunyah_msgqueue_wait_not_empty(in, GUNYAH_WAIT_FOREVER));
    expect(g, error);
    print(": ");
    print(answer);
}

_Noreturn void firmware_main(const void *device_tree)
{
    static struct gunyah_dt dt;
    const struct gunyah_dt_queues queues = find_queues(device_tree, &dt);
    const uint32_t virq = queues.receive.interrupt.virq.value;
    struct gunyah_baremetal_options hooks = GUNYAH_BAREMETAL_OPTIONS_INIT;

    print("firmware needs no session");
    if (!say_hello_directly(queues.send.cap, queues.receive.cap))
        end(1);
    print(": ");
    print(answer);

    gic_start();
    gic_configure(virq);
    hooks.gicd = GICD;
    struct gunyah *g = open_session(&hooks);
    print("firmware waits by the registers of the GIC");
    say_hello(g, &dt);
    expect(g, gunyah_close(&g));

    hooks.wait = wait_hook;
    gic_enable(virq);
    __asm__ volatile("msr daifclr, #2" : : : "memory");
    g = open_session(&hooks);
    print("firmware waits by an interrupt handler");
    say_hello(g, &dt);
    expect(g, gunyah_close(&g));
    end(0);
}
