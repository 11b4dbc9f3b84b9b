// SPDX-License-Identifier: BSD-3-Clause
// The stubs of direct.h, executed: what goes in and comes back through a simulated hypervisor, in each form.
#include "trap.h"

#include <gunyah/direct.h>
#include <gunyah/sim.h>

#include <criterion/criterion.h>

// Two simulated VMs with a doorbell and a message queue from the first to the second.
struct direct_pair {
    struct gunyah_sim *sim;
    struct trap_machine machines[2];
    struct gunyah_sim_doorbell doorbell;
    struct gunyah_sim_msgqueue msgqueue;
};

static void create_pair(struct direct_pair *pair)
{
    struct gunyah_sim_vm *vms[2];

    trap_install();
    cr_assert(gunyah_sim_create(NULL, &pair->sim) == GUNYAH_OK);
    for (int i = 0; i < 2; i++) {
        cr_assert(gunyah_sim_add_vm(pair->sim, NULL, &vms[i]) == GUNYAH_OK);
        pair->machines[i] = (struct trap_machine){.hypervisor = gunyah_sim_backend(vms[i])};
    }
    pair->doorbell = (struct gunyah_sim_doorbell)GUNYAH_SIM_DOORBELL_INIT;
    pair->doorbell.from = vms[0];
    pair->doorbell.to = vms[1];
    cr_assert(gunyah_sim_connect_doorbell(pair->sim, &pair->doorbell) == GUNYAH_OK);
    pair->msgqueue = (struct gunyah_sim_msgqueue)GUNYAH_SIM_MSGQUEUE_INIT;
    pair->msgqueue.from = vms[0];
    pair->msgqueue.to = vms[1];
    pair->msgqueue.depth = 2;
    pair->msgqueue.message_size = 16;
    cr_assert(gunyah_sim_connect_msgqueue(pair->sim, &pair->msgqueue) == GUNYAH_OK);
}

// One call was executed, by the instruction that the form says.
static void check_instruction(struct trap_machine *machine, enum gunyah_direct_form form, uint32_t number)
{
    const bool immediate = form == GUNYAH_DIRECT_IMMEDIATE;

    cr_assert(machine->immediate == (immediate ? GUNYAH_IMMEDIATE_BASE + number : 0));
    cr_assert(machine->smc == (form == GUNYAH_DIRECT_SMC));
    cr_assert(machine->hvc == (form != GUNYAH_DIRECT_SMC));
    machine->smc = 0;
    machine->hvc = 0;
}

GUNYAH_DIRECT_INLINE void identify(enum gunyah_direct_form form, struct trap_machine *machine)
{
    trap_enter(machine);
    const struct gunyah_hypervisor_identify_result result = gunyah_direct_hypervisor_identify(form);
    check_instruction(machine, form, GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY);
    cr_assert(gunyah_hyp_api_info_get_api_version(result.hyp_api_info) == 1);
    cr_assert(gunyah_hyp_api_flags0_get_doorbell(result.api_flags_0) == 1);
}

GUNYAH_DIRECT_INLINE void ring(enum gunyah_direct_form form, struct direct_pair *pair)
{
    trap_enter(&pair->machines[0]);
    struct gunyah_doorbell_send_result sent = gunyah_direct_doorbell_send(form, pair->doorbell.send_cap, 0x5);
    check_instruction(&pair->machines[0], form, GUNYAH_HYPERCALL_DOORBELL_SEND);
    cr_assert(sent.error == GUNYAH_HVERR_OK && sent.old_flags == 0);
    sent = gunyah_direct_doorbell_send(form, pair->doorbell.send_cap, UINT64_C(0x8000000000000000));
    check_instruction(&pair->machines[0], form, GUNYAH_HYPERCALL_DOORBELL_SEND);
    cr_assert(sent.error == GUNYAH_HVERR_OK && sent.old_flags == 0x5);
    trap_enter(&pair->machines[1]);
    const struct gunyah_doorbell_receive_result received =
        gunyah_direct_doorbell_receive(form, pair->doorbell.receive_cap, UINT64_MAX);
    check_instruction(&pair->machines[1], form, GUNYAH_HYPERCALL_DOORBELL_RECEIVE);
    cr_assert(received.error == GUNYAH_HVERR_OK && received.old_flags == UINT64_C(0x8000000000000005));
}

GUNYAH_DIRECT_INLINE void pass_message(enum gunyah_direct_form form, struct direct_pair *pair)
{
    const gunyah_msgqueue_send_flags_t none = {0};
    char buffer[16] = "";

    trap_enter(&pair->machines[0]);
    struct gunyah_msgqueue_send_result sent =
        gunyah_direct_msgqueue_send(form, pair->msgqueue.send_cap, 6, "first", none);
    check_instruction(&pair->machines[0], form, GUNYAH_HYPERCALL_MSGQUEUE_SEND);
    cr_assert(sent.error == GUNYAH_HVERR_OK && sent.not_full);
    sent = gunyah_direct_msgqueue_send(form, pair->msgqueue.send_cap, 7, "second", none);
    check_instruction(&pair->machines[0], form, GUNYAH_HYPERCALL_MSGQUEUE_SEND);
    cr_assert(sent.error == GUNYAH_HVERR_OK && !sent.not_full);
    sent = gunyah_direct_msgqueue_send(form, pair->msgqueue.send_cap, 6, "third", none);
    check_instruction(&pair->machines[0], form, GUNYAH_HYPERCALL_MSGQUEUE_SEND);
    cr_assert(sent.error == GUNYAH_HVERR_MSGQUEUE_FULL && !sent.not_full);

    trap_enter(&pair->machines[1]);
    struct gunyah_msgqueue_receive_result received =
        gunyah_direct_msgqueue_receive(form, pair->msgqueue.receive_cap, buffer, sizeof(buffer));
    check_instruction(&pair->machines[1], form, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE);
    cr_assert(received.error == GUNYAH_HVERR_OK && received.size == 6 && received.not_empty);
    cr_assert(strcmp(buffer, "first") == 0);
    received = gunyah_direct_msgqueue_receive(form, pair->msgqueue.receive_cap, buffer, sizeof(buffer));
    check_instruction(&pair->machines[1], form, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE);
    cr_assert(received.error == GUNYAH_HVERR_OK && received.size == 7 && !received.not_empty);
    cr_assert(strcmp(buffer, "second") == 0);
}

static struct gunyah_registers seen; // by the hypervisor

// A hypervisor that answers with the numbers of the registers.
static void count(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    (void)context;
    (void)conduit;
    (void)immediate;
    seen = *registers;
    for (uint64_t i = 0; i < 8; i++)
        registers->x[i] = UINT64_C(0xf00000000) + i;
}

// More results than two registers, and an argument that is narrower than one.
GUNYAH_DIRECT_INLINE void get_entropy(enum gunyah_direct_form form)
{
    static const struct gunyah_backend_ops ops = {.size = sizeof(ops), .name = "counting", .call = count};
    static const struct gunyah_backend counting = {&ops, NULL};
    const int first = form == GUNYAH_DIRECT_IMMEDIATE ? 0 : 1;
    struct trap_machine machine = {.hypervisor = &counting};

    trap_enter(&machine);
    const struct gunyah_prng_get_entropy_result result = gunyah_direct_prng_get_entropy(form, UINT32_MAX);
    check_instruction(&machine, form, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY);
    cr_assert(first == 0 || seen.x[0] == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_PRNG_GET_ENTROPY));
    cr_assert(seen.x[first] == UINT32_MAX && seen.x[first + 1] == 0);
    cr_assert(result.error == 0 && result.data0 == 1 && result.data1 == 2 && result.data2 == 3 && result.data3 == 4);
}

GUNYAH_DIRECT_INLINE void check(enum gunyah_direct_form form)
{
    struct direct_pair pair = {0};

    create_pair(&pair);
    identify(form, &pair.machines[0]);
    ring(form, &pair);
    pass_message(form, &pair);
    get_entropy(form);
    cr_assert(gunyah_sim_destroy(&pair.sim) == GUNYAH_OK);
}

Test(direct, smccc_over_hvc)
{
    check(GUNYAH_DIRECT_HVC);
}

Test(direct, smccc_over_smc)
{
    check(GUNYAH_DIRECT_SMC);
}

Test(direct, immediate)
{
    check(GUNYAH_DIRECT_IMMEDIATE);
}

// A form that is known at run time only.
Test(direct, form_that_is_no_constant)
{
    trap_install();
    for (volatile int i = GUNYAH_DIRECT_HVC; i <= GUNYAH_DIRECT_IMMEDIATE; i++)
        get_entropy((enum gunyah_direct_form)i);
}
