// SPDX-License-Identifier: BSD-3-Clause
// The backend itself: options, hooks, the clock, the caches, and waiting by the interrupt controller.
#include "trap.h"

#include "baremetal_internal.h"

#include <criterion/criterion.h>

#define MILLISECOND UINT64_C(1000000)

static const gunyah_virq_t virqs[] = {{40}, {41}};

Test(options, defaults)
{
    struct gunyah_baremetal baremetal;
    const struct gunyah_backend *backend = gunyah_baremetal_backend(NULL, &baremetal);

    cr_assert(backend == &baremetal.backend && backend->context == &baremetal);
    cr_assert(backend->ops->capabilities & GUNYAH_BACKEND_CALL);
    cr_assert_not(backend->ops->capabilities & (GUNYAH_BACKEND_SMC | GUNYAH_BACKEND_PROBE_IMMEDIATE));
    cr_assert(backend->ops->sync == NULL);
    // A process has no interrupt controller.
    cr_assert_not(backend->ops->capabilities & GUNYAH_BACKEND_WAIT);
}

Test(options, what_is_not_understood)
{
    struct {
        struct gunyah_baremetal_options options;
        uint64_t newer;
    } wide = {GUNYAH_BAREMETAL_OPTIONS_INIT, 0};
    struct gunyah_baremetal baremetal;

    cr_assert(gunyah_baremetal_backend(NULL, NULL) == NULL);
    wide.options.size = sizeof(wide);
    cr_assert(gunyah_baremetal_backend(&wide.options, &baremetal) != NULL);
    wide.newer = 1;
    cr_assert(gunyah_baremetal_backend(&wide.options, &baremetal) == NULL);
    wide.options.size = sizeof(wide.options) - 1;
    cr_assert(gunyah_baremetal_backend(&wide.options, &baremetal) == NULL);
}

Test(options, conduit_of_psci)
{
    cr_assert(gunyah_baremetal_conduit("hvc") == GUNYAH_CONDUIT_HVC);
    cr_assert(gunyah_baremetal_conduit("smc") == GUNYAH_CONDUIT_SMC);
    cr_assert(gunyah_baremetal_conduit("hvcx") == GUNYAH_CONDUIT_DEFAULT);
    cr_assert(gunyah_baremetal_conduit("") == GUNYAH_CONDUIT_DEFAULT);
    cr_assert(gunyah_baremetal_conduit(NULL) == GUNYAH_CONDUIT_DEFAULT);
}

// Hooks that note what they were given.
struct hooked {
    const void *buffer;
    size_t size;
    size_t count;
    uint64_t timeout_ns;
};

static enum gunyah_error wait_hook(void *context, const gunyah_virq_t *list, size_t count, uint64_t timeout_ns,
                                   size_t *index)
{
    struct hooked *hooked = context;

    (void)list;
    hooked->count = count;
    hooked->timeout_ns = timeout_ns;
    *index = 1;
    return GUNYAH_ERR_TIMEOUT;
}

static uint64_t now_hook(void *context)
{
    (void)context;
    return 4711;
}

static void sync_hook(void *context, const void *buffer, size_t size)
{
    struct hooked *hooked = context;

    hooked->buffer = buffer;
    hooked->size = size;
}

Test(options, hooks)
{
    struct hooked hooked = {0};
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_baremetal baremetal;
    size_t index = 0;

    options.context = &hooked;
    options.wait = wait_hook;
    options.now = now_hook;
    options.sync = sync_hook;
    options.has_smc = true;
    options.probe_immediate = true;
    const struct gunyah_backend *backend = gunyah_baremetal_backend(&options, &baremetal);
    cr_assert(backend->ops->capabilities ==
              (GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_WAIT | GUNYAH_BACKEND_SMC | GUNYAH_BACKEND_PROBE_IMMEDIATE));
    cr_assert(backend->ops->wait(backend->context, virqs, 2, 99, &index) == GUNYAH_ERR_TIMEOUT);
    cr_assert(index == 1 && hooked.count == 2 && hooked.timeout_ns == 99);
    cr_assert(backend->ops->now(backend->context) == 4711);
    backend->ops->sync(backend->context, virqs, sizeof(virqs));
    cr_assert(hooked.buffer == virqs && hooked.size == sizeof(virqs));
}

Test(clock, goes_on)
{
    const uint64_t first = gunyah_internal_baremetal_now(NULL);
    uint64_t second = first;

    // A counter of 1 MHz or more has moved after so many looks.
    for (int i = 0; i < 10000000 && second == first; i++)
        second = gunyah_internal_baremetal_now(NULL);
    cr_assert(second > first);
}

Test(caches, any_alignment)
{
    unsigned char memory[300];

    for (size_t skip = 0; skip < 70; skip++) {
        memset(memory, (int)skip, sizeof(memory));
        gunyah_baremetal_sync_caches(NULL, memory + skip, 240 - skip);
        for (size_t i = 0; i < sizeof(memory); i++)
            cr_assert(memory[i] == skip);
    }
    gunyah_baremetal_sync_caches(NULL, memory, 0);
}

static enum gunyah_error controller_wait(struct trap_machine *machine, size_t count, uint64_t timeout_ns, size_t *index)
{
    struct gunyah_baremetal baremetal;

    trap_install();
    trap_enter(machine);
    gunyah_baremetal_backend(NULL, &baremetal);
    return gunyah_internal_baremetal_gic_wait(&baremetal, virqs, count, timeout_ns, index);
}

Test(controller, takes_what_is_pending)
{
    struct trap_machine machine = {.pending = {41, 40}};
    size_t index = 9;

    cr_assert(controller_wait(&machine, 2, GUNYAH_WAIT_FOREVER, &index) == GUNYAH_OK);
    cr_assert(index == 1 && machine.ended == 41 && machine.pending[0] == 40);
    cr_assert(controller_wait(&machine, 2, 0, NULL) == GUNYAH_OK);
    cr_assert(machine.ended == 40 && machine.pending[0] == 0);
}

Test(controller, leaves_those_of_others)
{
    struct trap_machine machine = {.pending = {77}};

    cr_assert(controller_wait(&machine, 2, 0, NULL) == GUNYAH_ERR_TIMEOUT);
    cr_assert(controller_wait(&machine, 2, MILLISECOND, NULL) == GUNYAH_ERR_TIMEOUT);
    cr_assert(machine.pending[0] == 77 && machine.ended == 0);
}

// A distributor of plain memory, with the word that was written last in each register. Nothing clears the other bits.
Test(controller, distributor)
{
    static uint32_t words[0x200 / 4];
    static const uint32_t none[0x200 / 4];
    static const gunyah_virq_t list[] = {{40}, {1019}};
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_baremetal baremetal;
    struct trap_machine machine = {.pending = {1019}};
    size_t index = 9;

    options.gicd = (uintptr_t)words;
    trap_install();
    trap_enter(&machine);
    gunyah_baremetal_backend(&options, &baremetal);
    cr_assert(gunyah_internal_baremetal_gic_wait(&baremetal, virqs, 0, 0, NULL) == GUNYAH_ERR_TIMEOUT);
    const gunyah_virq_t wrong[] = {{40}, {31}};
    cr_assert(gunyah_internal_baremetal_gic_wait(&baremetal, wrong, 2, 0, NULL) == GUNYAH_ERR_ARGUMENT_INVALID);
    cr_assert(memcmp(words, none, sizeof(words)) == 0);
    cr_assert(gunyah_internal_baremetal_gic_wait(&baremetal, list, 2, 0, &index) == GUNYAH_OK && index == 1);
    for (unsigned row = 0x100; row <= 0x180; row += 0x80) {
        cr_assert(words[row / 4 + 1] == 1u << 8 && words[row / 4 + 31] == 1u << 27);
        words[row / 4 + 1] = words[row / 4 + 31] = 0;
    }
    cr_assert(memcmp(words, none, sizeof(words)) == 0);
    // Disabled after a wait for nothing too.
    cr_assert(gunyah_internal_baremetal_gic_wait(&baremetal, list, 1, MILLISECOND, NULL) == GUNYAH_ERR_TIMEOUT);
    cr_assert(words[0x180 / 4 + 1] == 1u << 8);
}

Test(controller, bounded_wait_ends)
{
    struct trap_machine machine = {0};
    const uint64_t start = gunyah_internal_baremetal_now(NULL);

    cr_assert(controller_wait(&machine, 2, 2 * MILLISECOND, NULL) == GUNYAH_ERR_TIMEOUT);
    cr_assert(gunyah_internal_baremetal_now(NULL) - start >= 2 * MILLISECOND);
}

Test(controller, numbers_that_are_no_shared_interrupts)
{
    static const uint32_t wrong[] = {0, 31, 1020, 5000};
    struct gunyah_baremetal baremetal;

    gunyah_baremetal_backend(NULL, &baremetal);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const gunyah_virq_t list[] = {{40}, {wrong[i]}};
        cr_assert(gunyah_internal_baremetal_gic_wait(&baremetal, list, 2, 0, NULL) == GUNYAH_ERR_ARGUMENT_INVALID);
    }
}
