// SPDX-License-Identifier: BSD-3-Clause
// The Resource Manager did it, and its reply was lost: what the caller is told, and how what was made is found again.
#include "sim_rm.h"

#include <gunyah/gunyah.h>

#define TIMEOUT UINT64_C(5000000)

struct client {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    struct gunyah *g;
    struct gunyah_rm *rm;
    const struct gunyah_vmm *vmm;
};

static void setup(struct client *c)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    c->sim = rm_machine(&c->hlos, GUNYAH_RM_GENERATION_2023);
    session.backend = gunyah_sim_backend(c->hlos.vm);
    cr_assert(eq(int, gunyah_open(&session, &c->g), GUNYAH_OK));
    options.send_cap = c->hlos.queue.send_cap;
    options.receive_cap = c->hlos.queue.receive_cap;
    options.send_virq = c->hlos.queue.send_virq;
    options.receive_virq = c->hlos.queue.receive_virq;
    options.default_timeout_ns = TIMEOUT;
    cr_assert(eq(int, gunyah_rm_open(c->g, &options, &c->rm), GUNYAH_OK));
    c->vmm = gunyah_rm_vmm(c->rm);
}

// Nothing of it is left over.
static void teardown(struct client *c)
{
    cr_expect(eq(int, gunyah_rm_close(&c->rm), GUNYAH_OK));
    cr_expect(eq(int, gunyah_close(&c->g), GUNYAH_OK));
    cr_expect(eq(int, gunyah_sim_destroy(&c->sim), GUNYAH_OK));
}

static void lose_next_reply(struct client *c, uint32_t message)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.message = message;
    fault.mischief = GUNYAH_SIM_RM_LOSE_REPLY;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(c->sim, &fault), GUNYAH_OK));
}

// It is asked for by VMID: the one that was wanted, or all that a dynamic one can have.
static void find_and_destroy(struct client *c, uint16_t first, uint16_t last)
{
    struct gunyah_vm_status status;
    struct gunyah_vm *vm = NULL;
    unsigned found = 0;

    for (uint16_t vmid = first; vmid <= last; vmid++) {
        const enum gunyah_error error = gunyah_vm_open(c->vmm, gunyah_vmid(vmid), &vm);
        if (error == GUNYAH_ERR_NO_RESOURCES)
            continue;
        cr_assert(eq(int, error, GUNYAH_OK));
        cr_assert(eq(int, gunyah_vm_get_status(vm, &status), GUNYAH_OK));
        cr_expect(eq(int, status.state, GUNYAH_VM_STATE_LOAD));
        cr_expect(eq(int, gunyah_vm_destroy(&vm, TIMEOUT, NULL), GUNYAH_OK));
        found++;
    }
    cr_expect(eq(uint, found, 1));
}

Test(sim_rm_lost, a_vm)
{
    struct client c = {.sim = NULL};
    struct gunyah_vm *vm = NULL;
    setup(&c);

    lose_next_reply(&c, GUNYAH_RM_VM_ALLOCATE);
    cr_expect(eq(int, gunyah_vm_create(c.vmm, gunyah_vmid(0), &vm), GUNYAH_ERR_TIMEOUT));
    find_and_destroy(&c, 0x80, 0xbe);
    lose_next_reply(&c, GUNYAH_RM_VM_ALLOCATE);
    cr_expect(eq(int, gunyah_vm_create(c.vmm, gunyah_vmid(5), &vm), GUNYAH_ERR_TIMEOUT));
    cr_expect(eq(int, gunyah_vm_create(c.vmm, gunyah_vmid(5), &vm), GUNYAH_ERR_NO_RESOURCES));
    find_and_destroy(&c, 5, 5);
    teardown(&c);
}

static enum gunyah_error give(struct client *c, enum gunyah_memparcel_transaction transaction, uint64_t address,
                              struct gunyah_memparcel **parcel)
{
    const struct gunyah_memparcel_access access[2] = {{{4}, GUNYAH_PGTABLE_ACCESS_RW, 0},
                                                      {{RM_HLOS}, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_memory_region region = {address, 0x1000};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.transaction = transaction;
    options.access = access;
    options.access_count = transaction == GUNYAH_MEMPARCEL_TRANSACTION_SHARE ? 2 : 1;
    options.regions = &region;
    options.region_count = 1;
    return gunyah_memparcel_create(c->rm, &options, parcel);
}

// How many parcels there were: those that nobody has the number of are reclaimed, those of others are not.
static unsigned reclaim_between(struct client *c, struct gunyah_memparcel *first, struct gunyah_memparcel *last)
{
    unsigned count = 0;

    for (uint32_t handle = gunyah_memparcel_handle(first) + 1; handle < gunyah_memparcel_handle(last); handle++) {
        const uint32_t request[2] = {handle, 0};
        const enum gunyah_error error =
            gunyah_rm_call(c->rm, GUNYAH_RM_MEM_RECLAIM, request, sizeof(request), NULL, 0, NULL, TIMEOUT);
        cr_expect(error == GUNYAH_OK || error == GUNYAH_ERR_RM_HANDLE_INVALID, "%s", gunyah_error_name(error));
        count += error == GUNYAH_OK;
    }
    return count;
}

// The Resource Manager of 2023 numbers parcels one after the other: the next one tells where the lost one must be.
Test(sim_rm_lost, a_parcel)
{
    static const struct {
        enum gunyah_memparcel_transaction transaction;
        uint32_t message;
    } rows[] = {{GUNYAH_MEMPARCEL_TRANSACTION_LEND, GUNYAH_RM_MEM_LEND},
                {GUNYAH_MEMPARCEL_TRANSACTION_SHARE, GUNYAH_RM_MEM_SHARE}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct client c = {.sim = NULL};
        struct gunyah_memparcel *parcels[2];
        setup(&c);
        new_vm(c.sim, 4);

        cr_assert(eq(int, give(&c, rows[i].transaction, RM_RAM, &parcels[0]), GUNYAH_OK));
        lose_next_reply(&c, rows[i].message);
        cr_expect(eq(int, give(&c, rows[i].transaction, RM_RAM + 0x1000, &parcels[1]), GUNYAH_ERR_TIMEOUT));
        cr_expect(eq(ptr, parcels[1], NULL));
        cr_expect(eq(int, give(&c, rows[i].transaction, RM_RAM + 0x1000, &parcels[1]), GUNYAH_ERR_RM_MEM_INVALID));

        cr_assert(eq(int, give(&c, rows[i].transaction, RM_RAM + 0x2000, &parcels[1]), GUNYAH_OK));
        cr_expect(eq(uint, reclaim_between(&c, parcels[0], parcels[1]), 1));
        cr_expect(eq(int, gunyah_memparcel_reclaim(&parcels[1], false), GUNYAH_OK));
        cr_expect(eq(int, give(&c, rows[i].transaction, RM_RAM + 0x1000, &parcels[1]), GUNYAH_OK));
        cr_expect(eq(int, gunyah_memparcel_reclaim(&parcels[1], false), GUNYAH_OK));
        cr_expect(eq(int, gunyah_memparcel_reclaim(&parcels[0], false), GUNYAH_OK));
        teardown(&c);
    }
}
