// SPDX-License-Identifier: BSD-3-Clause
// Memory that is taken from a VM while it runs.
#include "kit.h"

#include <errno.h>

#define RECLAIM 0x40104113u

static enum gunyah_error reclaim(const struct kit *kit, uint64_t address, uint64_t size)
{
    return gunyah_vm_reclaim_memory(kit->vm, (struct gunyah_memory_region){address, size});
}

Test(linux_reclaim, any_pages_of_a_piece)
{
    struct kit kit;

    kit_make_vm(&kit, A16);
    kit_configure(&kit);
    cr_expect_eq(reclaim(&kit, RAM, 0x1000), GUNYAH_ERR_OBJECT_STATE);
    kit_start(&kit);
    cr_expect_eq(reclaim(&kit, RAM, RAM_SIZE), GUNYAH_OK);
    cr_expect_eq(reclaim(&kit, RAM + RAM_SIZE - 0x1000, 0x1000), GUNYAH_OK);
    const struct call *all = kernel_call(RECLAIM, 0, 0);
    const struct call *last = kernel_call(RECLAIM, 0, 1);
    cr_assert(all != NULL && last != NULL);
    cr_expect_eq(get64(all->argument), RAM);
    cr_expect_eq(get64(all->argument + 8), RAM_SIZE);
    cr_expect_eq(get64(last->argument), RAM + RAM_SIZE - 0x1000);
    cr_expect_eq(get64(last->argument + 8), 0x1000u);
    kit_close(&kit);
}

Test(linux_reclaim, ranges_that_are_refused)
{
    static const struct {
        uint64_t address;
        uint64_t size;
        enum gunyah_error error;
    } rows[] = {
        {RAM, 0, GUNYAH_ERR_ARGUMENT_SIZE},
        {0, 0, GUNYAH_ERR_ARGUMENT_SIZE}, // the driver would take everything
        {RAM + 8, 0x1000, GUNYAH_ERR_ARGUMENT_ALIGNMENT},
        {RAM, 0x1008, GUNYAH_ERR_ARGUMENT_ALIGNMENT},
        {UINT64_MAX - 0xfff, 0x2000, GUNYAH_ERR_ADDR_OVERFLOW},
        {RAM - 0x1000, 0x1000, GUNYAH_ERR_ADDR_INVALID},
        {RAM - 0x1000, 0x2000, GUNYAH_ERR_ADDR_INVALID},
        {RAM + RAM_SIZE, 0x1000, GUNYAH_ERR_ADDR_INVALID},
        {RAM + RAM_SIZE - 0x1000, 0x2000, GUNYAH_ERR_ADDR_INVALID},
    };
    struct kit kit;

    kit_make_vm(&kit, A16);
    kit_configure(&kit);
    kit_start(&kit);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(reclaim(&kit, rows[i].address, rows[i].size), rows[i].error, "%zu", i);
        kit_expect_failure(&kit, rows[i].error, "gunyah_vm_reclaim_memory", 0);
    }
    cr_expect_eq(kernel_calls(RECLAIM, 0), 0u, "the kernel was not asked");
    cr_expect_eq(gunyah_vm_reclaim_memory(NULL, (struct gunyah_memory_region){RAM, 0x1000}), GUNYAH_ERR_NULL);
    kit_close(&kit);
}

Test(linux_reclaim, what_the_kernel_refuses)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {{EAGAIN, GUNYAH_ERR_BUSY}, {EBUSY, GUNYAH_ERR_BUSY}, {EPERM, GUNYAH_ERR_DENIED}};
    struct kit kit;

    kit_make_vm(&kit, A16);
    kit_configure(&kit);
    kit_start(&kit);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernel_refuses(RECLAIM, rows[i].number);
        cr_expect_eq(reclaim(&kit, RAM, 0x1000), rows[i].error);
        kit_expect_failure(&kit, rows[i].error, "VM_RECLAIM_REGION", rows[i].number);
    }
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
    kit_close(&kit);
}

Test(linux_reclaim, drivers_without_it)
{
    static const enum kernel_flavour without[] = {A14, U10, A15, U15};

    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        struct kit kit;
        kit_make_vm(&kit, without[i]);
        kit_configure(&kit);
        kit_start(&kit);
        cr_expect_eq(reclaim(&kit, RAM, 0x1000), GUNYAH_ERR_UNSUPPORTED);
        kit_expect_failure(&kit, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_reclaim_memory", 0);
        kit_close(&kit);
    }
}
