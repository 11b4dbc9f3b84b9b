// SPDX-License-Identifier: BSD-3-Clause
// Pieces of a program that asks the Resource Manager: without interrupts and without blocking, with notifications, memory and
// an interrupt that go to a neighbour, refusals, and a Resource Manager that misbehaves. docs/resource-manager.md explains them.
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096
#define MS UINT64_C(1000000)

static _Alignas(PAGE) char buffer[4 * PAGE];

struct side {
    struct gunyah_sim_vm *vm;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

static void expect(bool condition, const char *what)
{
    printf("%s: %s\n", condition ? "ok" : "FAILED", what);
    if (!condition)
        exit(EXIT_FAILURE);
}

static void add_side(struct gunyah_sim *sim, uint16_t vmid, struct side *side)
{
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_rm_queue wire = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    vm.vmid = gunyah_vmid(vmid);
    vm.hwirq_first = gunyah_virq(32);
    vm.hwirq_count = vmid == 3 ? 8 : 0;
    expect(gunyah_sim_add_vm(sim, &vm, &side->vm) == GUNYAH_OK, "a VM");
    expect(gunyah_sim_get_rm_queue(side->vm, &wire) == GUNYAH_OK, "its channel");
    session.backend = gunyah_sim_backend(side->vm);
    expect(gunyah_open(&session, &side->g) == GUNYAH_OK, "its session");
    // Without interrupts: it yields the CPU and looks again.
    options.send_cap = wire.send_cap;
    options.receive_cap = wire.receive_cap;
    options.default_timeout_ns = 50 * MS;
    expect(gunyah_rm_open(side->g, &options, &side->rm) == GUNYAH_OK, "its connection");
}

static void work_meanwhile(struct side *side)
{
    gunyah_hypercall_scheduler_yield(side->g, (gunyah_scheduler_yield_control_t){0}, 0);
}

static void test_without_blocking(struct side *side)
{
    uint32_t vmid = 0;
    enum gunyah_error error = gunyah_rm_begin(side->rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, &vmid, sizeof(vmid));
    while (error == GUNYAH_OK) {
        error = gunyah_rm_finish(side->rm, NULL, 0);
        if (error != GUNYAH_ERR_TIMEOUT)
            break;
        work_meanwhile(side);
        error = GUNYAH_OK;
    }
    expect(error == GUNYAH_OK && vmid == 3, "a request, and other work until its reply is there");
}

static struct gunyah_memparcel *share(struct side *owner, gunyah_vmid_t self, gunyah_vmid_t other)
{
    const struct gunyah_memparcel_access access[] = {{self, GUNYAH_PGTABLE_ACCESS_RW, 0},
                                                     {other, GUNYAH_PGTABLE_ACCESS_RW, 0}};
    const struct gunyah_memory_region region = {(uintptr_t)buffer, sizeof(buffer)};
    const struct gunyah_rm_vm_entry who = {other, 0};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_memparcel *parcel = NULL;

    options.transaction = GUNYAH_MEMPARCEL_TRANSACTION_SHARE;
    options.label = 7;
    options.access = access;
    options.access_count = 2;
    options.regions = &region;
    options.region_count = 1;
    expect(gunyah_memparcel_create(owner->rm, &options, &parcel) == GUNYAH_OK, "a parcel");
    expect(gunyah_memparcel_notify(parcel, GUNYAH_RM_MEM_NOTIFY_FLAG_SHARED, 1, &who, 1) == GUNYAH_OK, "told");
    return parcel;
}

static struct gunyah_memparcel *accept(struct side *other)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    struct gunyah_memparcel *parcel = NULL;
    struct gunyah_memory_region where;
    struct gunyah_rm_event event;

    while (gunyah_rm_next_event(other->rm, &event, 10 * MS) == GUNYAH_OK) {
        if (event.id == GUNYAH_RM_NOTIFY_MEM_SHARED && event.mem_shared.label == 7) {
            offer.memparcel = event.mem_shared.parcel;
            offer.label = event.mem_shared.label;
            break;
        }
    }
    expect(gunyah_memparcel_open(other->rm, &offer, &parcel) == GUNYAH_OK, "an offer");
    expect(gunyah_memparcel_accept(&parcel, NULL, &where, 1, NULL) == GUNYAH_OK, "accepted");
    expect(where.size == sizeof(buffer), "and mapped where the Resource Manager chose");
    return parcel;
}

static void test_memory(struct side *owner, struct side *other)
{
    struct gunyah_memparcel *mine = share(owner, gunyah_vmid(3), gunyah_vmid(4));
    struct gunyah_memparcel *theirs = accept(other);

    expect(gunyah_memparcel_reclaim(&mine, false) == GUNYAH_ERR_RM_MEM_INUSE, "the other one has it still");
    printf("    %s\n", gunyah_last_error(owner->g)->advice);
    expect(gunyah_memparcel_release(theirs, false) == GUNYAH_OK, "given back");
    expect(gunyah_memparcel_notify(theirs, GUNYAH_RM_MEM_NOTIFY_FLAG_RELEASED, 1, NULL, 0) == GUNYAH_OK, "told");
    expect(gunyah_memparcel_close(&theirs) == GUNYAH_OK, "closed");
    expect(gunyah_memparcel_reclaim(&mine, false) == GUNYAH_OK, "and taken back");
}

static void test_interrupt(struct side *owner, struct side *other)
{
    struct gunyah_rm_event event = {0};
    struct gunyah_irq *lent = NULL;
    struct gunyah_irq *borrowed = NULL;
    gunyah_virq_t virq;

    expect(gunyah_irq_lend(owner->rm, gunyah_vmid(4), gunyah_virq(33), 1, &lent) == GUNYAH_OK, "lent");
    expect(gunyah_irq_notify(lent) == GUNYAH_OK, "told");
    while (gunyah_rm_next_event(other->rm, &event, 10 * MS) == GUNYAH_OK && event.id != GUNYAH_RM_NOTIFY_VM_IRQ_LENT)
        continue;
    expect(gunyah_irq_open(other->rm, event.irq_lent.handle, &borrowed) == GUNYAH_OK, "an offer");
    expect(gunyah_irq_accept(borrowed, gunyah_virq(0), &virq) == GUNYAH_OK && virq.value == 33, "accepted");
    expect(gunyah_irq_release(borrowed) == GUNYAH_OK && gunyah_irq_close(&borrowed) == GUNYAH_OK, "given back");
    expect(gunyah_irq_reclaim(&lent) == GUNYAH_OK, "and taken back");
}

static void test_refusals(struct side *owner)
{
    const uint32_t vmid = 0x80;
    struct gunyah_vm *vm = NULL;

    enum gunyah_error error = gunyah_vm_open(gunyah_rm_vmm(owner->rm), gunyah_vmid(0x80), &vm);
    expect(error == GUNYAH_ERR_NO_RESOURCES, "there is no such VM");
    const struct gunyah_error_info *info = gunyah_last_error(owner->g);
    printf("    %s answers %lld, %s. %s\n", info->call, (long long)info->code, info->text, info->advice);
    printf("    The simulator knows more: %s\n", gunyah_sim_rm_reason(owner->vm));

    error = gunyah_rm_call(owner->rm, GUNYAH_RM_VM_DEALLOCATE, &vmid, sizeof(vmid), NULL, 0, NULL, 10 * MS);
    expect(error == GUNYAH_ERR_WOULD_CRASH, "and to deallocate it would stop the Resource Manager");
    printf("    %s\n", gunyah_last_error(owner->g)->advice);
}

static void test_mischief(struct gunyah_sim *sim, struct side *owner)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    struct gunyah_vm *vm = NULL;
    gunyah_vmid_t vmid;

    fault.message = GUNYAH_RM_VM_ALLOCATE;
    fault.mischief = GUNYAH_SIM_RM_FAIL;
    fault.value = GUNYAH_RMERR_NOMEM;
    expect(gunyah_sim_add_rm_fault(sim, &fault) == GUNYAH_OK, "the next VM will be refused");
    expect(gunyah_vm_create(gunyah_rm_vmm(owner->rm), gunyah_vmid(0), &vm) == GUNYAH_ERR_NO_MEMORY, "and it is");

    fault.message = GUNYAH_SIM_RM_ANY_MESSAGE;
    fault.mischief = GUNYAH_SIM_RM_DIE;
    expect(gunyah_sim_add_rm_fault(sim, &fault) == GUNYAH_OK, "the Resource Manager will stop for ever");
    expect(gunyah_vm_self(owner->rm, &vmid) == GUNYAH_ERR_TIMEOUT, "and no caller hangs");
}

int main(void)
{
    struct gunyah_sim *sim = NULL;
    struct side hlos = {0};
    struct side other = {0};

    expect(gunyah_sim_create(NULL, &sim) == GUNYAH_OK && gunyah_sim_add_rm(sim, NULL) == GUNYAH_OK, "a machine");
    add_side(sim, 3, &hlos);
    add_side(sim, 4, &other);
    test_without_blocking(&hlos);
    test_memory(&hlos, &other);
    test_interrupt(&hlos, &other);
    test_refusals(&hlos);
    test_mischief(sim, &hlos);
    expect(!gunyah_rm_close(&hlos.rm) && !gunyah_rm_close(&other.rm), "no VM, parcel or interrupt is open");
    expect(!gunyah_close(&hlos.g) && !gunyah_close(&other.g) && !gunyah_sim_destroy(&sim), "all is closed");
    return EXIT_SUCCESS;
}
