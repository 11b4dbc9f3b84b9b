// SPDX-License-Identifier: BSD-3-Clause
// The life of a VM, once for every request or hypercall of it and every way in which that can go wrong. Whatever happens,
// when nothing goes wrong any more gunyah_vm_destroy() has everything back, and the next VM lives as if nothing had been.
//
// Time is virtual: the time-outs of all runs take none.
#include "life.h"

#include <gunyah/abi/names.h>
#include <gunyah/abi/rm_names.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_NS UINT64_C(1000000000)
#define SHOWN 20 // failures that are told in full

// What the connection does not find out by itself.
enum loss {
    LOSS_NONE,
    LOSS_VM,     // that there is a VM now: the reply with its VMID did not come
    LOSS_PARCEL, // that there is a parcel now: the reply with its handle did not come, or was a lie
};

struct run {
    struct gunyah_sim_rm_fault request; // nth 0: no request goes wrong
    struct gunyah_sim_fault call;       // nth 0: no hypercall goes wrong
    uint64_t allocation;                // of the hypervisor's that fails; 0: none does
    uint32_t message;                   // at that position, or awaited there
    enum loss loss;
    bool harmless;              // nobody notices
    enum gunyah_error expected; // that is noticed first; GUNYAH_OK: not said here
};

struct tally {
    size_t runs;
    size_t failed;
};

// ---- telling -------------------------------------------------------------------------------------------------------

static bool complain(const struct run *run, struct tally *tally, const char *format, ...)
{
    va_list arguments;

    if (tally->failed++ >= SHOWN)
        return false;
    if (run->allocation != 0)
        fprintf(stderr, "allocation %" PRIu64 " fails: ", run->allocation);
    else if (run->call.nth != 0)
        fprintf(stderr, "hypercall %" PRIu64 " fails with %s, at %s: ", run->call.nth,
                gunyah_hverr_name(run->call.error), gunyah_rm_message_name(run->message));
    else
        fprintf(
            stderr, "request %" PRIu64 ", %s, mischief %d, value %" PRIu64 ", %" PRIu64 " times: ", run->request.nth,
            gunyah_rm_message_name(run->message), (int)run->request.mischief, run->request.value, run->request.count);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return false;
}

// ---- one run -------------------------------------------------------------------------------------------------------

static bool same(const struct holdings *a, const struct holdings *b)
{
    return a->vms == b->vms && a->parcels == b->parcels && a->caps == b->caps && a->objects == b->objects;
}

static void starve(const struct machine *machine, uint64_t allocation)
{
    struct gunyah_sim_hazard hazard = GUNYAH_SIM_HAZARD_INIT;

    hazard.kind = GUNYAH_SIM_HEAP_EMPTY;
    hazard.nth = allocation;
    cr_assert(eq(int, gunyah_sim_add_hazard(machine->sim, &hazard), GUNYAH_OK));
}

static void arm(struct machine *machine, const struct run *run)
{
    struct gunyah_sim_rm_fault request = run->request;
    struct gunyah_sim_fault call = run->call;

    request.vm = machine->hlos;
    call.vm = machine->hlos;
    if (request.nth != 0)
        cr_assert(eq(int, gunyah_sim_add_rm_fault(machine->sim, &request), GUNYAH_OK));
    if (call.nth != 0)
        cr_assert(eq(int, gunyah_sim_add_fault(machine->sim, &call), GUNYAH_OK));
    if (run->allocation != 0)
        starve(machine, run->allocation);
}

// What HLOS can still do: it knows which VMID is the first, and counts the parcels.
static enum gunyah_error recover(struct machine *machine, enum loss loss)
{
    struct gunyah_vm *vm;
    enum gunyah_error error = GUNYAH_OK;

    if (loss == LOSS_VM) {
        error = gunyah_vm_open(gunyah_rm_vmm(machine->rm), gunyah_vmid(LIFE_VMID), &vm);
        return error == GUNYAH_OK ? gunyah_vm_destroy(&vm, PATIENCE_NS, NULL) : error;
    }
    for (uint32_t handle = 0; handle < 2 && loss == LOSS_PARCEL; handle++) {
        const unsigned char request[GUNYAH_RM_MEM_END_SIZE] = {(unsigned char)handle};
        error =
            gunyah_rm_call(machine->rm, GUNYAH_RM_MEM_RECLAIM, request, sizeof(request), NULL, 0, NULL, PATIENCE_NS);
        if (error != GUNYAH_OK && error != GUNYAH_ERR_RM_HANDLE_INVALID)
            return error;
    }
    return GUNYAH_OK;
}

static bool is_as_before(const struct run *run, struct tally *tally, struct machine *machine,
                         const struct holdings *before, const char *when)
{
    const struct holdings now = machine_holdings(machine);
    // What nobody has read yet is there still.
    const bool is_flooded = run->request.mischief == GUNYAH_SIM_RM_FLOOD;

    if (same(before, &now) && (is_flooded || now.heap == before->heap))
        return true;
    return complain(
        run, tally,
        "%s there are %zu VMs, %zu parcels, %zu and %zu capabilities, %zu bytes, not %zu, %zu, %zu, %zu, %zu", when,
        now.vms, now.parcels, now.caps, now.objects, now.heap, before->vms, before->parcels, before->caps,
        before->objects, before->heap);
}

// Everything that was lost, and nothing else, is still there; then it is not.
static bool is_recovered(const struct run *run, struct tally *tally, struct machine *machine,
                         const struct holdings *before)
{
    const struct holdings now = machine_holdings(machine);

    if (now.vms - before->vms != (run->loss == LOSS_VM ? 1 : 0))
        return complain(run, tally, "%zu VMs are left", now.vms - before->vms);
    if ((now.parcels != before->parcels) != (run->loss == LOSS_PARCEL))
        return complain(run, tally, "%zu parcels are left", now.parcels - before->parcels);
    const enum gunyah_error error = recover(machine, run->loss);
    if (error != GUNYAH_OK)
        return complain(run, tally, "what was lost cannot be found: %s", gunyah_error_name(error));
    return is_as_before(run, tally, machine, before, "in the end");
}

// Another VM has the same VMID and the same memory, and a whole life.
static bool lives_again(const struct run *run, struct tally *tally, struct machine *machine,
                        const struct holdings *before)
{
    struct life life;

    if (!life_run(&life, machine))
        return complain(run, tally, "the next VM fails at %s: %s", life.step, gunyah_error_name(life.error));
    if (gunyah_vm_vmid(life.vm).value != LIFE_VMID)
        return complain(run, tally, "the next VM is %u", (unsigned)gunyah_vm_vmid(life.vm).value);
    const enum gunyah_error error = gunyah_vm_destroy(&life.vm, PATIENCE_NS, NULL);
    if (error != GUNYAH_OK)
        return complain(run, tally, "the next VM cannot be destroyed: %s", gunyah_error_name(error));
    return is_as_before(run, tally, machine, before, "after the next VM");
}

static bool is_noticed(const struct run *run, struct tally *tally, const struct life *life, enum gunyah_error destroyed,
                       const char *step)
{
    const enum gunyah_error first = life->step != NULL ? life->error : destroyed;
    const char *where = life->step != NULL ? life->step : step;

    if (run->harmless && first != GUNYAH_OK)
        return complain(run, tally, "%s is disturbed: %s", where, gunyah_error_name(first));
    if (run->expected != GUNYAH_OK && first != run->expected)
        return complain(run, tally, "%s tells %s, not %s", where, gunyah_error_name(first),
                        gunyah_error_name(run->expected));
    return true;
}

static bool passes(const struct run *run, struct tally *tally, struct machine *machine)
{
    const struct holdings before = machine_holdings(machine);
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    enum gunyah_error error = GUNYAH_OK;
    struct life life;

    arm(machine, run);
    life_run(&life, machine);
    if (life.vm != NULL)
        error = gunyah_vm_destroy(&life.vm, PATIENCE_NS, &remains);
    if ((error == GUNYAH_OK) != (life.vm == NULL))
        return complain(run, tally, "the handle does not go with what is told, %s", gunyah_error_name(error));
    bool passed = is_noticed(run, tally, &life, error, remains.step);
    cr_assert(eq(int, gunyah_sim_clear_faults(machine->sim), GUNYAH_OK));
    // What was sent, is done.
    cr_assert(eq(int, gunyah_sim_advance(machine->sim, PATIENCE_NS), GUNYAH_OK));
    if (life.vm != NULL) {
        error = gunyah_vm_destroy(&life.vm, PATIENCE_NS, &remains);
        if (error != GUNYAH_OK)
            return complain(run, tally, "destroyed again, \"%s\" tells %s", remains.step, gunyah_error_name(error));
    }
    passed = is_recovered(run, tally, machine, &before) && passed;
    return lives_again(run, tally, machine, &before) && passed;
}

static void try(const struct run *run, struct tally *tally)
{
    struct machine machine;

    cr_assert(machine_open(&machine));
    tally->runs++;
    const size_t failed = tally->failed;
    const bool passed = passes(run, tally, &machine);
    if (!passed)
        cr_assert(gt(sz, tally->failed, failed));
    // A run that failed may have left handles open.
    if (passed && gunyah_rm_close(&machine.rm) != GUNYAH_OK)
        complain(run, tally, "the connection cannot be closed");
    if (!machine_close(&machine))
        complain(run, tally, "the session keeps %zu bytes", machine.allocated);
}

static void conclude(const struct tally *tally, const char *what, size_t positions, size_t ways)
{
    fprintf(stderr, "%s: %zu positions, %zu ways to fail: %zu runs, %zu complaints\n", what, positions, ways,
            tally->runs, tally->failed);
    cr_assert(eq(sz, tally->failed, 0));
    cr_assert(gt(sz, tally->runs, 0));
}

// ---- the positions: a life in which nothing fails ------------------------------------------------------------------

// The record, with the request of every call that sends one.
static void listen(struct record *record)
{
    struct machine machine;
    struct life life;

    cr_assert(machine_open(&machine));
    const struct holdings before = machine_holdings(&machine);
    machine_listen(&machine);
    cr_assert(life_run(&life, &machine), "%s", life.step != NULL ? life.step : "");
    cr_assert(eq(int, gunyah_vm_vmid(life.vm).value, LIFE_VMID));
    // What is counted, is there to be counted.
    const struct holdings during = machine_holdings(&machine);
    cr_assert(eq(sz, during.vms, before.vms + 1));
    cr_assert(eq(sz, during.parcels, before.parcels + 2));
    cr_assert(gt(sz, during.caps, before.caps));
    cr_assert(gt(sz, during.objects, before.objects));
    cr_assert(eq(int, gunyah_vm_destroy(&life.vm, PATIENCE_NS, NULL), GUNYAH_OK));
    const struct holdings after = machine_holdings(&machine);
    cr_assert(same(&before, &after));
    *record = machine.record;
    cr_assert(lt(sz, record->count, MAX_CALLS));
    cr_assert(eq(int, gunyah_rm_close(&machine.rm), GUNYAH_OK));
    cr_assert(machine_close(&machine));
}

// The requests among the calls. Returns how many.
static size_t requests_of(const struct record *record, uint32_t requests[MAX_CALLS])
{
    size_t count = 0;

    for (size_t i = 0; i < record->count; i++) {
        if (record->calls[i].request != NO_MESSAGE)
            requests[count++] = record->calls[i].request;
    }
    return count;
}

static size_t last_of(uint32_t message, const uint32_t *requests, size_t count)
{
    while (count != 0 && requests[count - 1] != message)
        count--;
    return count - 1;
}

static enum loss loss_of(uint32_t message)
{
    switch (message) {
    case GUNYAH_RM_VM_ALLOCATE:
        return LOSS_VM;
    case GUNYAH_RM_MEM_LEND:
    case GUNYAH_RM_MEM_SHARE:
        return LOSS_PARCEL;
    default:
        return LOSS_NONE;
    }
}

// ---- requests ------------------------------------------------------------------------------------------------------

static struct run run_of(uint32_t message, size_t nth, enum gunyah_sim_rm_mischief mischief, uint64_t value,
                         uint64_t count)
{
    struct run run = {.request = GUNYAH_SIM_RM_FAULT_INIT, .call = GUNYAH_SIM_FAULT_INIT, .message = message};

    run.call.nth = 0;
    run.request.nth = nth;
    run.request.mischief = mischief;
    run.request.value = value;
    run.request.count = count;
    return run;
}

static void refuse(struct tally *tally, uint32_t message, size_t nth, uint32_t code, uint64_t count)
{
    struct run run = run_of(message, nth, GUNYAH_SIM_RM_FAIL, code, count);

    run.expected = gunyah_error_from_rm(code);
    // A parcel that the Resource Manager denies to have is believed to be gone.
    if (message == GUNYAH_RM_MEM_RECLAIM && code == GUNYAH_RMERR_HANDLE_INVALID) {
        run.loss = LOSS_PARCEL;
        run.expected = GUNYAH_OK;
    }
    try(&run, tally);
}

TestSuite(faults, .timeout = 170);

// Every error of the Resource Manager, once, twice, and for as long as anybody asks.
Test(faults, every_request_is_refused_with_every_error)
{
    uint32_t requests[MAX_CALLS];
    struct tally tally = {0};
    struct record record;
    size_t codes = 0;

    listen(&record);
    const size_t count = requests_of(&record, requests);
    for (uint32_t code = GUNYAH_RMERR_UNIMPLEMENTED; gunyah_rm_error_name(code) != NULL; code++) {
        if (code == GUNYAH_RMERR_OK)
            continue;
        codes++;
        for (size_t i = 0; i < count; i++) {
            refuse(&tally, requests[i], i + 1, code, 1);
            // That there is no such parcel, or no such VM, is believed, and would be a lie when it is said again.
            if (code == GUNYAH_RMERR_HANDLE_INVALID || code == GUNYAH_RMERR_NORESOURCE)
                continue;
            refuse(&tally, requests[i], i + 1, code, 2);
            refuse(&tally, requests[i], i + 1, code, 0);
        }
    }
    conclude(&tally, "refused requests", count, codes);
}

// What does not disturb anybody.
Test(faults, every_reply_comes_with_company)
{
    static const struct {
        enum gunyah_sim_rm_mischief mischief;
        uint64_t value;
    } ways[] = {
        {GUNYAH_SIM_RM_REPEAT_REPLY, 0},  {GUNYAH_SIM_RM_STALE_REPLY, 0},       {GUNYAH_SIM_RM_OTHER_REPLY, 0},
        {GUNYAH_SIM_RM_PAD_REPLY, 4},     {GUNYAH_SIM_RM_PAD_REPLY, 1000},      {GUNYAH_SIM_RM_GARBAGE, 0},
        {GUNYAH_SIM_RM_FLOOD, 1},         {GUNYAH_SIM_RM_FLOOD, 256},           {GUNYAH_SIM_RM_NO_INTERRUPT, 0},
        {GUNYAH_SIM_RM_LATE_REPLY, 1000}, {GUNYAH_SIM_RM_LATE_REPLY, 50000000},
    };
    const size_t way_count = sizeof(ways) / sizeof(ways[0]);
    uint32_t requests[MAX_CALLS];
    struct tally tally = {0};
    struct record record;

    listen(&record);
    const size_t count = requests_of(&record, requests);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < way_count; j++) {
            struct run run = run_of(requests[i], i + 1, ways[j].mischief, ways[j].value, 1);
            run.harmless = true;
            try(&run, &tally);
        }
    }
    conclude(&tally, "disturbed replies", count, way_count);
}

// Replies that do not come, or come to nothing. A request that was not done leaves nothing; one that was done leaves what
// only its reply would have told.
Test(faults, every_reply_is_lost)
{
    static const struct {
        enum gunyah_sim_rm_mischief mischief;
        uint64_t value;
        enum gunyah_error error;
        bool done;
    } ways[] = {
        {GUNYAH_SIM_RM_IGNORE, 0, GUNYAH_ERR_TIMEOUT, false},
        {GUNYAH_SIM_RM_LOSE_REPLY, 0, GUNYAH_ERR_TIMEOUT, true},
        {GUNYAH_SIM_RM_LATE_REPLY, 150000000, GUNYAH_ERR_TIMEOUT, true},
        {GUNYAH_SIM_RM_CUT_REPLY, 0, GUNYAH_ERR_PROTOCOL, true},
        {GUNYAH_SIM_RM_CUT_REPLY, 3, GUNYAH_ERR_PROTOCOL, true},
    };
    const size_t way_count = sizeof(ways) / sizeof(ways[0]);
    uint32_t requests[MAX_CALLS];
    struct tally tally = {0};
    struct record record;

    listen(&record);
    const size_t count = requests_of(&record, requests);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < way_count; j++) {
            struct run run = run_of(requests[i], i + 1, ways[j].mischief, ways[j].value, 1);
            run.expected = ways[j].error;
            run.loss = ways[j].done ? loss_of(requests[i]) : LOSS_NONE;
            // The VM goes on, as a notification tells who takes it down.
            run.harmless = ways[j].done && i == last_of(GUNYAH_RM_VM_RESET, requests, count);
            if (run.harmless)
                run.expected = GUNYAH_OK;
            try(&run, &tally);
        }
    }
    conclude(&tally, "lost replies", count, way_count);
}

// A Resource Manager that stops for ever gives nothing back, but everything can be closed.
Test(faults, the_resource_manager_dies)
{
    static const enum gunyah_sim_rm_mischief ways[] = {GUNYAH_SIM_RM_DIE, GUNYAH_SIM_RM_DIE_MIDWAY};
    uint32_t requests[MAX_CALLS];
    struct record record;

    listen(&record);
    const size_t count = requests_of(&record, requests);
    for (size_t i = 0; i < 2 * count; i++) {
        const struct run run = run_of(requests[i / 2], i / 2 + 1, ways[i % 2], 0, 1);
        struct machine machine;
        struct life life;
        cr_assert(machine_open(&machine));
        arm(&machine, &run);
        life_run(&life, &machine);
        if (life.vm != NULL) {
            const enum gunyah_error error = gunyah_vm_destroy(&life.vm, PATIENCE_NS, NULL);
            // The last reply may have been the last packet.
            cr_assert(error == GUNYAH_ERR_TIMEOUT || (error == GUNYAH_OK && ways[i % 2] == GUNYAH_SIM_RM_DIE_MIDWAY));
        }
        if (life.vm != NULL) {
            cr_assert(eq(int, gunyah_rm_close(&machine.rm), GUNYAH_ERR_IN_USE));
            cr_assert(eq(int, gunyah_vm_close(&life.vm), GUNYAH_OK));
        }
        // Handles of parcels go with the session.
        cr_assert(machine_close(&machine));
    }
}

// ---- hypercalls ----------------------------------------------------------------------------------------------------

Test(faults, every_hypercall_fails_with_every_error)
{
    struct tally tally = {0};
    struct record record;
    size_t codes = 0;

    listen(&record);
    for (int32_t code = GUNYAH_HVERR_RETRY; code <= GUNYAH_HVERR_EXISTING_MAPPING; code++) {
        if (code == GUNYAH_HVERR_OK || gunyah_hverr_name(code) == NULL)
            continue;
        codes++;
        for (size_t i = 0; i < record.count; i++) {
            const struct spoken *spoken = &record.calls[i];
            const bool receives = spoken->number == GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE;
            struct run run = run_of(spoken->awaited, 0, GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_DENIED, 1);
            run.call.nth = i + 1;
            run.call.error = code;
            // An empty or a full queue is looked at again. Of everything else, the request dies.
            run.harmless = code == (receives ? GUNYAH_HVERR_MSGQUEUE_EMPTY : GUNYAH_HVERR_MSGQUEUE_FULL);
            run.loss = receives && !run.harmless ? loss_of(spoken->awaited) : LOSS_NONE;
            try(&run, &tally);
        }
    }
    conclude(&tally, "hypercalls", record.count, codes);
}

// ---- the hypervisor's memory ---------------------------------------------------------------------------------------

// Without memory for what it has to say, the Resource Manager stops. Everything can be closed then.
static void expect_closing(struct machine *machine, struct gunyah_vm **vm)
{
    if (*vm != NULL)
        cr_assert(eq(int, gunyah_vm_close(vm), GUNYAH_OK));
    cr_assert(machine_close(machine));
}

// Live once with an allocation that fails. False: there are not so many.
static bool starve_once(uint64_t allocation, struct tally *tally, size_t *deaths)
{
    struct run run = run_of(NO_MESSAGE, 0, GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_DENIED, 1);
    struct machine machine;
    struct life life;

    run.allocation = allocation;
    cr_assert(machine_open(&machine));
    arm(&machine, &run);
    life_run(&life, &machine);
    if (life.vm != NULL)
        (void)gunyah_vm_destroy(&life.vm, PATIENCE_NS, NULL);
    const bool is_over = !machine_has_starved(&machine);
    const bool is_dead = machine_rm_is_dead(&machine);
    expect_closing(&machine, &life.vm);
    *deaths += is_dead;
    if (!is_dead)
        try(&run, tally);
    return !is_over;
}

Test(faults, every_allocation_of_the_hypervisor_fails)
{
    struct tally tally = {0};
    size_t deaths = 0;
    uint64_t count = 1;

    while (starve_once(count, &tally, &deaths))
        count++;
    conclude(&tally, "allocations", count - 1, 1);
    cr_assert(lt(sz, deaths, tally.runs));
}
