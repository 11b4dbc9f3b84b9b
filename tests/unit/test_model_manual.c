// SPDX-License-Identifier: BSD-3-Clause
// The model as the manual says and as it was recorded, one test for each row of docs/fidelity.md: calls of all kinds,
// capabilities, message queues, interrupts.
#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))

// ---- all calls ----------------------------------------------------------------------------------------------------------

static void no_such_capability(struct machine *machine)
{
    const uint64_t doorbell = MAKE(machine, DOORBELL);

    IS(ASK(machine, DOORBELL_SEND, UINT64_MAX, 1),
       by_mode(machine, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_ARGUMENT_INVALID));
    IS(ASK(machine, CSPACE_DELETE_CAP_FROM, machine->root.cspace.value, UINT64_MAX),
       by_mode(machine, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_ARGUMENT_INVALID));
    IS(ASK(machine, OBJECT_ACTIVATE_FROM, machine->root.cspace.value, UINT64_MAX),
       by_mode(machine, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_ARGUMENT_INVALID));
    // One that was deleted is an empty slot, whoever says it.
    IS(delete_cap(machine, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_SEND, doorbell, 1), GUNYAH_HVERR_CSPACE_CAP_NULL);
}

Test(model_manual, no_such_capability)
{
    in_both_modes(no_such_capability);
}

static void reserved_words(struct machine *machine)
{
    const uint64_t doorbell = MAKE(machine, DOORBELL);
    const uint64_t queue = make_queue(machine, 2, 16);

    activate(machine, doorbell);
    for (int smccc = 0; smccc < 2; smccc++) {
        const int32_t refused = smccc != 0 ? by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK)
                                           : GUNYAH_HVERR_ARGUMENT_INVALID;

        machine->smccc = smccc != 0;
        IS(ASK(machine, DOORBELL_SEND, doorbell, 1, 0), GUNYAH_HVERR_OK);
        IS(ASK(machine, DOORBELL_SEND, doorbell, 1, 1), refused);
        IS(ASK(machine, DOORBELL_SEND, doorbell, 1, UINT64_C(1) << 63), refused);
        // Here the word is all ones.
        IS(ASK(machine, MSGQUEUE_CONFIGURE_SEND, queue, 1, UINT32_MAX, UINT64_MAX), GUNYAH_HVERR_OK);
        IS(ASK(machine, MSGQUEUE_CONFIGURE_SEND, queue, 1, UINT32_MAX, 0), refused);
        IS(ASK(machine, MSGQUEUE_CONFIGURE_SEND, queue, 1, UINT32_MAX, UINT32_MAX), refused);
        // Before the capability is looked at.
        if (refused != GUNYAH_HVERR_OK)
            IS(ASK(machine, DOORBELL_SEND, queue, 1, 1), GUNYAH_HVERR_ARGUMENT_INVALID);
    }
}

Test(model_manual, reserved_words)
{
    in_both_modes(reserved_words);
}

static void reserved_bits(struct machine *machine)
{
    const uint64_t high = UINT64_C(1) << 32;
    const int32_t refused = by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK);
    const uint64_t vic = machine->root.vic.value;
    const uint64_t doorbell = MAKE(machine, DOORBELL);
    const uint64_t queue = MAKE(machine, MSGQUEUE);
    const uint64_t space = MAKE(machine, ADDRSPACE);
    const uint64_t controller = MAKE(machine, VIC);

    activate(machine, doorbell);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 40 | high), refused);
    IS(ASK(machine, DOORBELL_UNBIND_VIRQ, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 40), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_CONFIGURE, queue, 2 | 16 << 16 | high), refused);
    IS(ASK(machine, MSGQUEUE_CONFIGURE, queue, 2 | 16 << 16), GUNYAH_HVERR_OK);
    activate(machine, queue);
    IS(ASK(machine, MSGQUEUE_SEND, queue, 4, RAM, 2), refused);
    IS(ASK(machine, MSGQUEUE_SEND, queue, 4, RAM, 1), GUNYAH_HVERR_OK);
    IS(ASK(machine, ADDRSPACE_CONFIGURE, space, 0x10005), refused);
    IS(ASK(machine, ADDRSPACE_CONFIGURE, space, 5), GUNYAH_HVERR_OK);
    IS(ASK(machine, VIC_CONFIGURE, controller, 1, 32, GUNYAH_VIC_OPTION_FLAGS_DISABLE_DEFAULT_ADDR_MASK), refused);
    IS(ASK(machine, VIC_CONFIGURE, controller, 1, 32, 0), GUNYAH_HVERR_OK);
}

Test(model_manual, reserved_bits)
{
    in_both_modes(reserved_bits);
}

// ---- capabilities and objects -------------------------------------------------------------------------------------------

static void object_reset(struct machine *machine)
{
    const uint64_t vic = machine->root.vic.value;
    const uint64_t doorbell = MAKE(machine, DOORBELL);
    const uint64_t other = MAKE(machine, DOORBELL);
    const uint64_t sender = copy(machine, doorbell, GUNYAH_RIGHT_DOORBELL_SEND);

    activate(machine, doorbell);
    activate(machine, other);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 40), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_SEND, doorbell, 5), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, doorbell), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_UNIMPLEMENTED));
    if (!machine->manual)
        return;
    // It is as it was when it was created, for all of its capabilities, and has given its interrupt back.
    IS(ASK(machine, DOORBELL_SEND, sender, 1), GUNYAH_HVERR_OBJECT_STATE);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, other, vic, 40), GUNYAH_HVERR_OK);
    IS(activate(machine, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_SEND, sender, 1), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], 0));
    // It needs the right to activate, and a capability.
    IS(ASK(machine, OBJECT_RESET, sender), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    IS(ASK(machine, OBJECT_RESET, UINT64_MAX), GUNYAH_HVERR_CSPACE_CAP_NULL);
}

Test(model_manual, object_reset)
{
    in_both_modes(object_reset);
}

// What could not be activated can be configured again, and need not be deleted.
Test(model_manual, object_reset_of_what_failed)
{
    struct machine *machine = new_machine(true);
    const uint64_t queue = MAKE(machine, MSGQUEUE);

    IS(activate(machine, queue), GUNYAH_HVERR_OBJECT_CONFIG);
    IS(activate(machine, queue), GUNYAH_HVERR_OBJECT_STATE);
    IS(ASK(machine, OBJECT_RESET, queue), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_CONFIGURE, queue, 1 | 4 << 16), GUNYAH_HVERR_OK);
    IS(activate(machine, queue), GUNYAH_HVERR_OK);
    end_machine(machine);
}

// What others use stays as it is.
Test(model_manual, object_reset_of_what_is_used)
{
    struct machine *machine = new_machine(true);
    const uint64_t parent = make_extent(machine, MEMORY, 4 * PAGE, 7);
    const uint64_t child = MAKE(machine, MEMEXTENT);
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t vcpu = make_vcpu(machine, space);

    IS(ASK(machine, MEMEXTENT_CONFIGURE_DERIVE, child, parent, 0, PAGE, 7), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, parent), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, OBJECT_RESET, child), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, parent), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, space), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, OBJECT_RESET, vcpu), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, space), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET, machine->root.partition.value), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, OBJECT_RESET, machine->root.cspace.value), GUNYAH_HVERR_BUSY);
    IS(ASK(machine, OBJECT_RESET, machine->root.vcpu[0].value), GUNYAH_HVERR_BUSY);
    // Its memory is the partition's again.
    cr_expect(ne(u64, make_extent(machine, MEMORY, 4 * PAGE, 7), GUNYAH_CAPID_INVALID));
    end_machine(machine);
}

// Returns an active capability space.
static uint64_t make_cspace(struct machine *machine)
{
    const uint64_t cspace = MAKE(machine, CSPACE);

    IS(ASK(machine, CSPACE_CONFIGURE, cspace, 8), GUNYAH_HVERR_OK);
    IS(activate(machine, cspace), GUNYAH_HVERR_OK);
    return cspace;
}

static void object_reset_from(struct machine *machine)
{
    const uint64_t cspace = make_cspace(machine);
    const uint64_t args[7] = {machine->root.partition.value, cspace};
    const size_t before = gunyah_model_snapshot_size(machine->model);

    IS(ask(machine, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, args), GUNYAH_HVERR_OK);
    const uint64_t doorbell = machine->x[1];
    IS(ASK(machine, OBJECT_ACTIVATE_FROM, cspace, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET_FROM, cspace, doorbell),
       by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_UNIMPLEMENTED));
    IS(ASK(machine, OBJECT_ACTIVATE_FROM, cspace, doorbell),
       by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_OBJECT_STATE));
    if (!machine->manual)
        return;
    IS(ASK(machine, OBJECT_RESET_FROM, cspace, UINT64_MAX), GUNYAH_HVERR_CSPACE_CAP_NULL);
    // A capability space that is reset loses what it has, also the last capability of itself.
    IS(ASK(machine, CSPACE_COPY_CAP_FROM, machine->root.cspace.value, cspace, cspace, UINT32_MAX), GUNYAH_HVERR_OK);
    const uint64_t itself = machine->x[1];
    const uint64_t creator = copy(machine, cspace, GUNYAH_RIGHT_CSPACE_CAP_CREATE);
    IS(delete_cap(machine, cspace), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET_FROM, creator, itself), GUNYAH_HVERR_OK);
    IS(ASK(machine, OBJECT_RESET_FROM, creator, itself), GUNYAH_HVERR_OBJECT_STATE);
    IS(delete_cap(machine, creator), GUNYAH_HVERR_OK);
    cr_expect(lt(sz, gunyah_model_snapshot_size(machine->model), before));
}

Test(model_manual, object_reset_from)
{
    in_both_modes(object_reset_from);
}

static void revoke_cap_from(struct machine *machine)
{
    const uint64_t cspace = machine->root.cspace.value;
    const uint64_t doorbell = MAKE(machine, DOORBELL);
    const uint64_t one = copy(machine, doorbell, UINT32_MAX);
    const uint64_t other = copy(machine, doorbell, UINT32_MAX);

    activate(machine, doorbell);
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, cspace, one),
       by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_UNIMPLEMENTED));
    IS(ASK(machine, DOORBELL_SEND, one, 1), by_mode(machine, GUNYAH_HVERR_CSPACE_CAP_REVOKED, GUNYAH_HVERR_OK));
    IS(ASK(machine, DOORBELL_SEND, other, 1), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_SEND, doorbell, 1), GUNYAH_HVERR_OK);
    if (!machine->manual)
        return;
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, cspace, one), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, copy(machine, cspace, GUNYAH_RIGHT_CSPACE_CAP_COPY), other),
       GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, doorbell, other), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    IS(delete_cap(machine, one), GUNYAH_HVERR_OK);
    // With the last one, the object goes.
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, cspace, doorbell), GUNYAH_HVERR_OK);
    IS(ASK(machine, CSPACE_REVOKE_CAP_FROM, cspace, other), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_SEND, other, 1), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
}

Test(model_manual, revoke_cap_from)
{
    in_both_modes(revoke_cap_from);
}

// ---- message queues -----------------------------------------------------------------------------------------------------

// What is wrong with a message, and what the manual calls it.
struct wrong_message {
    uint64_t size;
    uint64_t address;
    int32_t error;
};

static void bad_sends(struct machine *machine)
{
    static const struct wrong_message rows[] = {
        {0, RAM, GUNYAH_HVERR_ARGUMENT_SIZE},          {17, RAM, GUNYAH_HVERR_ARGUMENT_SIZE},
        {UINT64_MAX, RAM, GUNYAH_HVERR_ARGUMENT_SIZE}, {4, RAM + RAM_SIZE - 3, GUNYAH_HVERR_ADDR_INVALID},
        {4, RAM - 1, GUNYAH_HVERR_ADDR_INVALID},       {4, UINT64_MAX - 2, GUNYAH_HVERR_ADDR_INVALID},
    };
    const uint64_t queue = make_queue(machine, 1, 16);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        IS(ASK(machine, MSGQUEUE_SEND, queue, rows[i].size, rows[i].address),
           by_mode(machine, rows[i].error, GUNYAH_HVERR_OK));
        cr_expect(eq(u64, machine->x[1], machine->manual ? 0 : 1));
        IS(ASK(machine, MSGQUEUE_RECEIVE, queue, RAM, 16), GUNYAH_HVERR_MSGQUEUE_EMPTY);
    }
    // Full comes first.
    IS(ASK(machine, MSGQUEUE_SEND, queue, 16, RAM + RAM_SIZE - 16), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_SEND, queue, 17, RAM), GUNYAH_HVERR_MSGQUEUE_FULL);
}

Test(model_manual, bad_sends)
{
    in_both_modes(bad_sends);
}

static void bad_receives(struct machine *machine)
{
    static const struct wrong_message rows[] = {
        {7, RAM, GUNYAH_HVERR_ADDR_OVERFLOW},
        {0, RAM, GUNYAH_HVERR_ADDR_OVERFLOW},
        {8, RAM + RAM_SIZE - 7, GUNYAH_HVERR_ADDR_INVALID},
        {8, UINT64_MAX - 6, GUNYAH_HVERR_ADDR_INVALID},
    };
    const uint64_t queue = make_queue(machine, 2, 16);

    IS(ASK(machine, MSGQUEUE_SEND, queue, 8, RAM), GUNYAH_HVERR_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        IS(ASK(machine, MSGQUEUE_RECEIVE, queue, rows[i].address, rows[i].size),
           by_mode(machine, rows[i].error, GUNYAH_HVERR_OK));
        cr_expect(eq(u64, machine->x[1], 0));
        cr_expect(eq(u64, machine->x[2], machine->manual ? 0 : 1));
    }
    IS(ASK(machine, MSGQUEUE_RECEIVE, queue, RAM, 8), GUNYAH_HVERR_OK);
    cr_expect(eq(u64, machine->x[1], 8));
    IS(ASK(machine, MSGQUEUE_RECEIVE, queue, RAM, 7), GUNYAH_HVERR_MSGQUEUE_EMPTY);
}

Test(model_manual, bad_receives)
{
    in_both_modes(bad_receives);
}

static void flush(struct machine *machine)
{
    const uint64_t queue = make_queue(machine, 2, 16);

    IS(ASK(machine, MSGQUEUE_BIND_SEND_VIRQ, queue, machine->root.vic.value, 40), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_FLUSH, queue), GUNYAH_HVERR_OK);
    cr_expect(not(gunyah_model_virq_pending(machine->model, ROOT, 40)));
    // There is room, so that the interrupt is raised; then there is something to be flushed.
    IS(ASK(machine, MSGQUEUE_SEND, queue, 4, RAM), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_FLUSH, queue), GUNYAH_HVERR_OK);
    cr_expect(eq(int, gunyah_model_virq_pending(machine->model, ROOT, 40), !machine->manual));
    IS(ASK(machine, MSGQUEUE_SEND, queue, 4, RAM), GUNYAH_HVERR_OK);
    IS(ASK(machine, MSGQUEUE_CONFIGURE_SEND, queue, 1, UINT32_MAX, UINT64_MAX), GUNYAH_HVERR_OK);
    cr_expect(gunyah_model_virq_pending(machine->model, ROOT, 40));
    IS(ASK(machine, MSGQUEUE_FLUSH, queue), GUNYAH_HVERR_OK);
    cr_expect(eq(int, gunyah_model_virq_pending(machine->model, ROOT, 40), !machine->manual));
    IS(ASK(machine, MSGQUEUE_RECEIVE, queue, RAM, 16), GUNYAH_HVERR_MSGQUEUE_EMPTY);
}

Test(model_manual, flush)
{
    in_both_modes(flush);
}

// ---- interrupts ---------------------------------------------------------------------------------------------------------

static void vic_configure(struct machine *machine)
{
    const uint64_t vic = MAKE(machine, VIC);
    const uint64_t space = make_addrspace(machine, 5);
    const uint64_t vcpu = prepare_vcpu(machine, space);

    IS(ASK(machine, VIC_CONFIGURE, vic, 2, 32), GUNYAH_HVERR_OK);
    IS(ASK(machine, VIC_CONFIGURE, vic, 1, GUNYAH_VIC_MAX_VIRQS + 1), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(ASK(machine, VIC_CONFIGURE, vic, 0, 64), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(activate(machine, vic), GUNYAH_HVERR_OK);
    // Whether there is room for two vCPUs still.
    IS(ASK(machine, VIC_ATTACH_VCPU, vic, vcpu, 1), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_ARGUMENT_INVALID));
    IS(ASK(machine, VIC_ATTACH_VCPU, vic, vcpu, 0), GUNYAH_HVERR_OK);
}

Test(model_manual, vic_configure)
{
    in_both_modes(vic_configure);
}

static void power_groups_interrupt(struct machine *machine)
{
    const uint64_t vic = machine->root.vic.value;
    const uint64_t group = MAKE(machine, VPM_GROUP);
    const uint64_t doorbell = MAKE(machine, DOORBELL);

    activate(machine, group);
    activate(machine, doorbell);
    IS(ASK(machine, VPM_GROUP_BIND_VIRQ, group, vic, 40), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 40), GUNYAH_HVERR_BUSY);
    IS(delete_cap(machine, group), GUNYAH_HVERR_OK);
    IS(ASK(machine, DOORBELL_BIND_VIRQ, doorbell, vic, 40), by_mode(machine, GUNYAH_HVERR_OK, GUNYAH_HVERR_BUSY));
}

Test(model_manual, power_groups_interrupt)
{
    in_both_modes(power_groups_interrupt);
}

static void power_groups_flags(struct machine *machine)
{
    const uint64_t group = MAKE(machine, VPM_GROUP);

    IS(ASK(machine, VPM_GROUP_CONFIGURE, group, 2),
       by_mode(machine, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_UNIMPLEMENTED));
    IS(ASK(machine, VPM_GROUP_CONFIGURE, group, 1), GUNYAH_HVERR_OK);
}

Test(model_manual, power_groups_flags)
{
    in_both_modes(power_groups_flags);
}

// ---- the mode itself ----------------------------------------------------------------------------------------------------

// It is part of the state: a snapshot has it.
Test(model_manual, snapshots_have_the_mode)
{
    struct machine *manual = new_machine(true);
    struct machine *recorded = new_machine(false);
    const size_t size = gunyah_model_snapshot_size(manual->model);
    void *snapshot = malloc(size);

    IS(gunyah_model_snapshot(manual->model, snapshot, size), GUNYAH_HVERR_OK);
    IS(ASK(recorded, DOORBELL_SEND, UINT64_MAX, 1), GUNYAH_HVERR_ARGUMENT_INVALID);
    IS(gunyah_model_restore(recorded->model, snapshot, size), GUNYAH_HVERR_OK);
    IS(ASK(recorded, DOORBELL_SEND, UINT64_MAX, 1), GUNYAH_HVERR_CSPACE_CAP_NULL);
    free(snapshot);
    end_machine(manual);
    end_machine(recorded);
}
