// SPDX-License-Identifier: BSD-3-Clause
// Capability spaces: limits, copies and their rights, deletion, slots.
#include "conformance.h"

#define ALL_RIGHTS UINT32_MAX

static bool has_limits(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *space;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_cspace_create(owner.partition, owner.cspace, &space));
    const uint64_t *calls = &gunyah_call_counters(owner.g)->by_number[GUNYAH_HYPERCALL_CSPACE_CONFIGURE];
    const uint64_t before = *calls;
    EXPECT_EQ(gunyah_cspace_configure(space, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_cspace_configure(space, GUNYAH_CSPACE_MAX_CAPS + 1), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_cspace_configure(space, UINT32_MAX), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(*calls, before);
    EXPECT_OK(gunyah_cspace_configure(space, GUNYAH_CSPACE_MAX_CAPS));
    EXPECT_OK(gunyah_cspace_configure(space, 1));
    EXPECT_OK(gunyah_cspace_activate(space));
    return true;
}

static bool limits_of_the_hypervisor(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *space;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_cspace_create(owner.partition, owner.cspace, &space));
    const gunyah_capid_t cap = gunyah_cspace_capid(space);
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, cap, GUNYAH_CSPACE_MAX_CAPS + 1),
              GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, cap, UINT32_MAX), GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, cap, 4), GUNYAH_HVERR_OK);
    // No slots at all are accepted here and refused by the activation.
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, cap, 0), GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_hypercall_object_activate(owner.g, cap), GUNYAH_HVERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, cap, 4), GUNYAH_HVERR_OBJECT_STATE);
    return true;
}

// Which calls a doorbell capability with these rights may make.
static bool check_doorbell_rights(struct target *target, const struct owner *owner, gunyah_capid_t cap, uint32_t rights)
{
    const enum gunyah_error refused = GUNYAH_ERR_INSUFFICIENT_RIGHTS;
    const enum gunyah_error send = rights & GUNYAH_RIGHT_DOORBELL_SEND ? GUNYAH_OK : refused;
    const enum gunyah_error receive = rights & GUNYAH_RIGHT_DOORBELL_RECEIVE ? GUNYAH_OK : refused;
    const enum gunyah_error bind = rights & GUNYAH_RIGHT_DOORBELL_BIND ? GUNYAH_OK : refused;
    const enum gunyah_error activate = rights & GUNYAH_RIGHT_ACTIVATE ? GUNYAH_ERR_OBJECT_STATE : refused;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_open_doorbell(target, owner->g, cap, &doorbell));
    EXPECT_EQ(gunyah_doorbell_send(doorbell, 3, NULL), send);
    EXPECT_EQ(gunyah_doorbell_receive(doorbell, 1, NULL), receive);
    EXPECT_EQ(gunyah_doorbell_mask(doorbell, 0xff, 0), receive);
    EXPECT_EQ(gunyah_doorbell_reset(doorbell), receive);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, owner->vic, target_free_virq(target)), bind);
    EXPECT_EQ(gunyah_doorbell_unbind_virq(doorbell), bind);
    EXPECT_EQ(gunyah_object_activate(owner->g, cap), activate);
    EXPECT_OK(gunyah_doorbell_close(&doorbell));
    return true;
}

static bool every_right_allows_its_calls(struct target *target)
{
    static const uint32_t rights[] = {1, 2, 4, 3, 6, 5, 7, GUNYAH_RIGHT_ACTIVATE, GUNYAH_RIGHTS_DOORBELL_ALL};
    struct owner owner;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        gunyah_capid_t copy;
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace, rights[i], &copy));
        EXPECT_TRUE(check_doorbell_rights(target, &owner, copy, rights[i]));
    }
    return true;
}

static bool copies_never_gain_rights(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t weak;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    const gunyah_capid_t master = gunyah_doorbell_capid(doorbell);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, master, owner.cspace, 3, &weak));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, weak, owner.cspace, ALL_RIGHTS, &copy));
    EXPECT_TRUE(check_doorbell_rights(target, &owner, copy, 3));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, weak, owner.cspace, 6, &copy));
    EXPECT_TRUE(check_doorbell_rights(target, &owner, copy, 2));
    // No right is left.
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, copy, owner.cspace, 1, &weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(weak.value, GUNYAH_CAPID_INVALID);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, master, owner.cspace, 0, &weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, master, owner.cspace, 8, &weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    const struct gunyah_cspace_copy_cap_from_result raw = gunyah_hypercall_cspace_copy_cap_from(
        owner.g, gunyah_cspace_capid(owner.cspace), master, gunyah_cspace_capid(owner.cspace), 0x100);
    EXPECT_EQ(raw.error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(raw.new_cap.value, 0);
    return true;
}

// A capability for the own space, with some of its rights, opened.
static bool weaken(struct target *target, const struct owner *owner, uint32_t rights, struct gunyah_cspace **weak)
{
    gunyah_capid_t cap;

    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_cspace_capid(owner->cspace), owner->cspace, rights, &cap));
    EXPECT_OK(gunyah_cspace_open(owner->g, cap, weak));
    return true;
}

static bool spaces_need_rights_too(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *creates;
    struct gunyah_cspace *copies;
    struct gunyah_cspace *deletes;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(weaken(target, &owner, GUNYAH_RIGHT_CSPACE_CAP_CREATE, &creates));
    EXPECT_TRUE(weaken(target, &owner, GUNYAH_RIGHT_CSPACE_CAP_COPY, &copies));
    EXPECT_TRUE(weaken(target, &owner, GUNYAH_RIGHT_CSPACE_CAP_DELETE, &deletes));
    const gunyah_capid_t cap = gunyah_doorbell_capid(doorbell);

    EXPECT_EQ(gunyah_cspace_copy(creates, cap, owner.cspace, 1, &copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_copy(copies, cap, copies, 1, &copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_copy(deletes, cap, owner.cspace, 1, &copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_copy(copies, cap, creates, 1, &copy));
    EXPECT_EQ(gunyah_cspace_delete(creates, copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_delete(copies, copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_revoke_children(deletes, cap), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_delete(deletes, copy));
    return true;
}

static bool arguments_are_checked_in_order(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    const gunyah_capid_t space = gunyah_cspace_capid(owner.cspace);
    const gunyah_capid_t cap = gunyah_doorbell_capid(doorbell);
    const gunyah_capid_t none = gunyah_capid(GUNYAH_CAPID_INVALID);
    const struct {
        gunyah_capid_t from, cap, to;
        int32_t error;
    } copies[] = {
        {none, cap, space, conformance_no_such_cap(target)},
        {space, none, space, conformance_no_such_cap(target)},
        {space, cap, none, conformance_no_such_cap(target)},
        {cap, cap, space, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE},
        {space, cap, cap, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE},
        // The first space, the second one, the capability.
        {cap, cap, none, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE},
        {none, cap, cap, conformance_no_such_cap(target)},
        {space, none, cap, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE},
    };

    for (size_t i = 0; i < COUNT_OF(copies); i++) {
        const struct gunyah_cspace_copy_cap_from_result copy =
            gunyah_hypercall_cspace_copy_cap_from(owner.g, copies[i].from, copies[i].cap, copies[i].to, 1);
        EXPECT_EQ(copy.error, copies[i].error);
        EXPECT_EQ(copy.new_cap.value, 0);
    }
    EXPECT_EQ(gunyah_hypercall_cspace_delete_cap_from(owner.g, none, cap), conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_hypercall_cspace_delete_cap_from(owner.g, cap, none), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_hypercall_cspace_delete_cap_from(owner.g, space, none), conformance_no_such_cap(target));
    return true;
}

static bool deletes_once(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    const gunyah_capid_t master = gunyah_doorbell_capid(doorbell);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, master, owner.cspace, 1, &copy));
    // No right on the capability itself is needed.
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, copy));
    EXPECT_EQ(gunyah_cspace_delete(owner.cspace, copy), GUNYAH_ERR_CAP_NULL);
    EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, copy, 1).error, GUNYAH_HVERR_CSPACE_CAP_NULL);
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    return true;
}

static bool copies_outlive_the_master(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *master;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t copy;
    gunyah_capid_t second;
    uint64_t flags = 0;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &master));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(master), owner.cspace, 7, &copy));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(master), owner.cspace, 7, &second));
    EXPECT_TRUE(conformance_open_doorbell(target, owner.g, copy, &doorbell));
    EXPECT_OK(gunyah_doorbell_send(master, 0x11, NULL));
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_doorbell_capid(master)));
    EXPECT_OK(gunyah_doorbell_receive(doorbell, 1, &flags));
    EXPECT_EQ(flags, 0x11);
    // Nobody can revoke any more.
    EXPECT_EQ(gunyah_cspace_revoke_children(owner.cspace, copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_revoke_children(owner.cspace, second), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, second));
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, copy));
    EXPECT_EQ(gunyah_doorbell_send(doorbell, 1, NULL), GUNYAH_ERR_CAP_NULL);
    return true;
}

static bool last_capability_takes_the_object(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *first;
    struct gunyah_doorbell *second;
    gunyah_virq_t virq;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &first, &virq));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &second));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(first), owner.cspace, 1, &copy));
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_doorbell_capid(first)));
    EXPECT_EQ(gunyah_doorbell_bind_virq(second, owner.vic, virq), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, copy));
    EXPECT_OK(gunyah_doorbell_bind_virq(second, owner.vic, virq));
    return true;
}

static bool lowest_free_slot_is_next(struct target *target)
{
    enum { FIRST = 6, THEN = 4 };
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *space;
    gunyah_capid_t ids[FIRST];
    gunyah_capid_t again[THEN];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 16, &space));
    for (size_t i = 0; i < FIRST; i++)
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 1, &ids[i]));
    EXPECT_OK(gunyah_cspace_delete(space, ids[4]));
    EXPECT_OK(gunyah_cspace_delete(space, ids[1]));
    EXPECT_OK(gunyah_cspace_delete(space, ids[3]));
    for (size_t i = 0; i < THEN; i++)
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 1, &again[i]));
    EXPECT_EQ(again[0].value, ids[1].value);
    EXPECT_EQ(again[1].value, ids[3].value);
    EXPECT_EQ(again[2].value, ids[4].value);
    for (size_t i = 0; i < FIRST; i++)
        EXPECT_TRUE(again[3].value != ids[i].value);
    return true;
}

// More than two tables of slots.
static bool many_slots_come_back_in_order(struct target *target)
{
    enum { MANY = 130 };
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *space;
    gunyah_capid_t ids[MANY];
    gunyah_capid_t again;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, MANY, &space));
    for (size_t i = 0; i < MANY; i++) {
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 1, &ids[i]));
        for (size_t j = 0; j < i; j++)
            EXPECT_TRUE(ids[i].value != ids[j].value);
    }
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 1, &again),
              GUNYAH_ERR_CSPACE_FULL);
    for (size_t i = MANY; i-- > 0;)
        EXPECT_OK(gunyah_cspace_delete(space, ids[i]));
    for (size_t i = 0; i < MANY; i++) {
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 1, &again));
        EXPECT_EQ(again.value, ids[i].value);
    }
    return true;
}

static bool full_outranks_the_source(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_doorbell *inside;
    struct gunyah_cspace *space;
    gunyah_capid_t first;
    gunyah_capid_t second;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 2, &space));
    const gunyah_capid_t cap = gunyah_doorbell_capid(doorbell);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, cap, space, 7, &first));
    // A copy that fails gives its slot back.
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, cap, space, 0x10, &copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, gunyah_capid(GUNYAH_CAPID_INVALID), space, 7, &copy),
              conformance_no_such_cap_error(target));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, cap, space, 7, &second));

    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, cap, space, 7, &copy), GUNYAH_ERR_CSPACE_FULL);
    EXPECT_EQ(copy.value, GUNYAH_CAPID_INVALID);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, gunyah_capid(GUNYAH_CAPID_INVALID), space, 7, &copy),
              GUNYAH_ERR_CSPACE_FULL);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, cap, space, 0, &copy), GUNYAH_ERR_CSPACE_FULL);
    EXPECT_EQ(gunyah_doorbell_create(owner.partition, space, &inside), GUNYAH_ERR_CSPACE_FULL);
    EXPECT_TRUE(inside == NULL);

    EXPECT_OK(gunyah_cspace_delete(space, second));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, space, &inside));
    EXPECT_EQ(gunyah_doorbell_capid(inside).value, second.value);
    return true;
}

static bool foreign_ids_mean_nothing(struct target *target)
{
    static const uint64_t flips[] = {UINT64_C(1) << 32, UINT64_C(1) << 36, UINT64_C(1) << 40, UINT64_C(1) << 47,
                                     UINT64_C(1) << 63};
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *space;
    gunyah_capid_t inside;
    gunyah_capid_t copy;

    REQUIRE(target->scrambled_capids);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 4, &space));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 7, &inside));
    EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, inside, 1).error, conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_hypercall_doorbell_send(target->vms[TARGET_PEER].g, inside, 1).error,
              conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_hypercall_doorbell_send(target->vms[TARGET_PEER].g, gunyah_doorbell_capid(doorbell), 1).error,
              conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_cspace_delete(space, gunyah_doorbell_capid(doorbell)), conformance_no_such_cap_error(target));
    EXPECT_EQ(gunyah_cspace_copy(space, gunyah_doorbell_capid(doorbell), owner.cspace, 7, &copy),
              conformance_no_such_cap_error(target));
    // The upper half of an id is checked.
    for (size_t i = 0; i < COUNT_OF(flips); i++) {
        const gunyah_capid_t flipped = gunyah_capid(gunyah_doorbell_capid(doorbell).value ^ flips[i]);
        EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, flipped, 1).error, conformance_no_such_cap(target));
    }
    return true;
}

static bool copies_between_spaces(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *a;
    struct gunyah_cspace *b;
    gunyah_capid_t in_a;
    gunyah_capid_t in_b;
    gunyah_capid_t back;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 10, &a));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 10, &b));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), a, 7, &in_a));
    EXPECT_OK(gunyah_cspace_copy(a, in_a, b, 3, &in_b));
    EXPECT_OK(gunyah_cspace_copy(b, in_b, owner.cspace, 7, &back));
    EXPECT_TRUE(check_doorbell_rights(target, &owner, back, 3));
    // A space in a space.
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_cspace_capid(a), b, ALL_RIGHTS, &in_b));
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_cspace_capid(a)));
    EXPECT_EQ(gunyah_cspace_delete(a, in_a), GUNYAH_ERR_CAP_NULL);
    EXPECT_OK(gunyah_cspace_copy(b, in_b, owner.cspace, ALL_RIGHTS, &back));
    EXPECT_OK(gunyah_cspace_close(&a));
    EXPECT_OK(gunyah_cspace_open(owner.g, back, &a));
    EXPECT_OK(gunyah_cspace_delete(a, in_a));
    return true;
}

static bool own_space_can_be_let_go(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_cspace *again;
    gunyah_capid_t copy;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_cspace_capid(owner.cspace), owner.cspace, ALL_RIGHTS, &copy));
    EXPECT_OK(gunyah_cspace_open(owner.g, copy, &again));
    // It is active, it is no master, and a capability may be deleted through itself.
    EXPECT_EQ(gunyah_cspace_activate(again), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_cspace_revoke_children(again, copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_cspace_delete(again, copy));
    EXPECT_EQ(gunyah_cspace_delete(again, gunyah_doorbell_capid(doorbell)), GUNYAH_ERR_CAP_NULL);
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_doorbell_capid(doorbell)));
    return true;
}

static bool spaces_of_two_sessions_do_not_mix(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *foreign;
    gunyah_capid_t copy = {5};
    const struct target_vm *peer = &target->vms[TARGET_PEER];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_cspace_open(peer->g, gunyah_cspace_capid(owner.cspace), &foreign));
    const uint64_t calls = gunyah_call_count(owner.g) + gunyah_call_count(peer->g);
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, gunyah_cspace_capid(owner.cspace), foreign, 1, &copy),
              GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(copy.value, GUNYAH_CAPID_INVALID);
    EXPECT_EQ(gunyah_call_count(owner.g) + gunyah_call_count(peer->g), calls);
    return true;
}

static const struct conformance_case cases[] = {
    {"cspace.has_limits", has_limits},
    {"cspace.limits_of_the_hypervisor", limits_of_the_hypervisor},
    {"cspace.every_right_allows_its_calls", every_right_allows_its_calls},
    {"cspace.copies_never_gain_rights", copies_never_gain_rights},
    {"cspace.spaces_need_rights_too", spaces_need_rights_too},
    {"cspace.arguments_are_checked_in_order", arguments_are_checked_in_order},
    {"cspace.deletes_once", deletes_once},
    {"cspace.copies_outlive_the_master", copies_outlive_the_master},
    {"cspace.last_capability_takes_the_object", last_capability_takes_the_object},
    {"cspace.lowest_free_slot_is_next", lowest_free_slot_is_next},
    {"cspace.many_slots_come_back_in_order", many_slots_come_back_in_order},
    {"cspace.full_outranks_the_source", full_outranks_the_source},
    {"cspace.foreign_ids_mean_nothing", foreign_ids_mean_nothing},
    {"cspace.copies_between_spaces", copies_between_spaces},
    {"cspace.own_space_can_be_let_go", own_space_can_be_let_go},
    {"cspace.spaces_of_two_sessions_do_not_mix", spaces_of_two_sessions_do_not_mix},
};

const struct conformance_suite conformance_cspace = {cases, COUNT_OF(cases)};
