// SPDX-License-Identifier: BSD-3-Clause
// The life of objects, and which check wins.
#include "conformance.h"

static bool activates_once(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_EQ(gunyah_doorbell_activate(doorbell), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_object_activate(owner.g, gunyah_doorbell_capid(doorbell)), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_object_activate_from(owner.cspace, gunyah_doorbell_capid(doorbell)), GUNYAH_ERR_OBJECT_STATE);
    // What the VM was given is active already.
    EXPECT_EQ(gunyah_object_activate(owner.g, target->vms[TARGET_OWNER].vic), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    return true;
}

static bool configures_before_activation_only(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    struct gunyah_cspace *space;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
    EXPECT_EQ(gunyah_msgqueue_configure(queue, 4, 16), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 4, &space));
    EXPECT_EQ(gunyah_cspace_configure(space, 8), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    EXPECT_OK(gunyah_vic_configure(vic, 1, 8));
    EXPECT_OK(gunyah_vic_activate(vic));
    EXPECT_EQ(gunyah_vic_configure(vic, 1, 8), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool last_configuration_counts(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    bool not_full = true;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    EXPECT_EQ(gunyah_msgqueue_message_size(queue), 0);
    EXPECT_OK(gunyah_msgqueue_configure(queue, 8, 64));
    EXPECT_OK(gunyah_msgqueue_configure(queue, 1, 2));
    EXPECT_EQ(gunyah_msgqueue_message_size(queue), 2);
    EXPECT_OK(gunyah_msgqueue_activate(queue));
    EXPECT_EQ(gunyah_msgqueue_send(queue, "abc", 3, 0, NULL), GUNYAH_ERR_MESSAGE_TOO_LONG);
    EXPECT_OK(gunyah_msgqueue_send(queue, "ab", 2, 0, &not_full));
    EXPECT_FALSE(not_full);
    return true;
}

static bool failed_activation_is_final(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    struct gunyah_cspace *space;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    EXPECT_EQ(gunyah_msgqueue_activate(queue), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_msgqueue_configure(queue, 4, 16), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_msgqueue_activate(queue), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_msgqueue_flush(queue), GUNYAH_ERR_OBJECT_STATE);

    EXPECT_OK(gunyah_cspace_create(owner.partition, owner.cspace, &space));
    EXPECT_EQ(gunyah_cspace_activate(space), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_cspace_configure(space, 4), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_cspace_activate(space), GUNYAH_ERR_OBJECT_STATE);
    // Only its capability can still be deleted.
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_cspace_capid(space)));
    return true;
}

static bool nothing_works_before_activation(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_msgqueue *queue;
    struct gunyah_cspace *space;
    struct gunyah_vic *vic;
    const gunyah_virq_t virq = target_free_virq(target);
    gunyah_capid_t copy;
    uint64_t old = 77;
    bool flag = true;
    size_t size = 77;
    char buffer[16];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, owner.cspace, &doorbell));
    EXPECT_EQ(gunyah_doorbell_send(doorbell, 1, &old), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_doorbell_receive(doorbell, 1, &old), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(old, 77);
    EXPECT_EQ(gunyah_doorbell_mask(doorbell, 1, 0), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_doorbell_reset(doorbell), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, owner.vic, virq), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_doorbell_unbind_virq(doorbell), GUNYAH_ERR_OBJECT_STATE);

    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    EXPECT_OK(gunyah_msgqueue_configure(queue, 4, 16));
    EXPECT_EQ(gunyah_msgqueue_send(queue, "a", 1, 0, &flag), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, &flag), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_TRUE(flag);
    EXPECT_EQ(size, 77);
    EXPECT_EQ(gunyah_msgqueue_flush(queue), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_msgqueue_bind_send_virq(queue, owner.vic, virq), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_msgqueue_set_receive_threshold(queue, 1), GUNYAH_ERR_OBJECT_STATE);

    EXPECT_OK(gunyah_cspace_create(owner.partition, owner.cspace, &space));
    EXPECT_OK(gunyah_cspace_configure(space, 4));
    EXPECT_EQ(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), space, 7, &copy),
              GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(copy.value, GUNYAH_CAPID_INVALID);
    EXPECT_EQ(gunyah_cspace_delete(space, gunyah_doorbell_capid(doorbell)), GUNYAH_ERR_OBJECT_STATE);

    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    EXPECT_OK(gunyah_doorbell_activate(doorbell));
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(40)), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool activation_needs_its_right(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t without;
    gunyah_capid_t only;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, owner.cspace, &doorbell));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace,
                                 ~(uint32_t)GUNYAH_RIGHT_ACTIVATE, &without));
    EXPECT_OK(
        gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace, GUNYAH_RIGHT_ACTIVATE, &only));
    EXPECT_EQ(gunyah_object_activate(owner.g, without), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_object_activate(owner.g, only));
    EXPECT_EQ(gunyah_object_activate(owner.g, only), GUNYAH_ERR_OBJECT_STATE);
    EXPECT_EQ(gunyah_object_activate(owner.g, without), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    return true;
}

static bool configuration_needs_the_right_to_activate(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    const gunyah_msgqueue_create_info_t shape = {UINT64_C(0x100004)};
    gunyah_capid_t without;
    gunyah_capid_t only;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    const gunyah_capid_t cap = gunyah_msgqueue_capid(queue);
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, cap, owner.cspace, ~(uint32_t)GUNYAH_RIGHT_ACTIVATE, &without));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, cap, owner.cspace, GUNYAH_RIGHT_ACTIVATE, &only));
    EXPECT_EQ(gunyah_hypercall_msgqueue_configure(owner.g, without, shape), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_hypercall_msgqueue_configure(owner.g, only, shape), GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_hypercall_cspace_configure(owner.g, only, 4), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    return true;
}

static bool activates_in_another_space(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *space;
    struct gunyah_doorbell *inside;
    gunyah_capid_t copy;
    gunyah_capid_t weak_cap;
    struct gunyah_cspace *weak;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 4, &space));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, space, &inside));
    const gunyah_capid_t cap = gunyah_doorbell_capid(inside);

    // The right on the space that counts is the one to create capabilities.
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_cspace_capid(space), owner.cspace,
                                 GUNYAH_RIGHTS_CSPACE_ALL & ~(uint32_t)GUNYAH_RIGHT_CSPACE_CAP_CREATE, &weak_cap));
    EXPECT_OK(gunyah_cspace_open(owner.g, weak_cap, &weak));
    EXPECT_EQ(gunyah_object_activate_from(weak, cap), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_object_activate_from(space, gunyah_capid(GUNYAH_CAPID_INVALID)),
              conformance_no_such_cap_error(target));
    EXPECT_OK(gunyah_object_activate_from(space, cap));
    EXPECT_EQ(gunyah_object_activate_from(space, cap), GUNYAH_ERR_OBJECT_STATE);

    EXPECT_OK(gunyah_cspace_copy(space, cap, space, GUNYAH_RIGHT_DOORBELL_SEND, &copy));
    EXPECT_EQ(gunyah_object_activate_from(space, copy), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return true;
}

// The manual says what it does, and that it may be unimplemented.
static bool cannot_be_reset(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    uint64_t flags = 0;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    const gunyah_capid_t cap = gunyah_doorbell_capid(doorbell);
    EXPECT_OK(gunyah_doorbell_send(doorbell, 5, NULL));
    const int64_t expected = target_by_mode(target, GUNYAH_OK, GUNYAH_ERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_object_reset(owner.g, cap), expected);
    EXPECT_EQ(gunyah_object_reset_from(owner.cspace, cap), expected);
    if (target->as_manual)
        EXPECT_OK(gunyah_object_activate(owner.g, cap));
    EXPECT_OK(gunyah_doorbell_receive(doorbell, 1, &flags));
    EXPECT_EQ(flags, target_by_mode(target, 0, 5));
    return true;
}

static bool malformed_comes_first_then_type_then_rights_then_state(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    gunyah_capid_t receive_only;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, owner.cspace, &doorbell));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace,
                                 GUNYAH_RIGHT_DOORBELL_RECEIVE, &receive_only));
    // Without the right, of another type, and not active: each outranks the next.
    EXPECT_EQ(gunyah_hypercall_msgqueue_flush(owner.g, gunyah_capid(GUNYAH_CAPID_INVALID)),
              conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_hypercall_msgqueue_bind_send_virq(owner.g, receive_only, gunyah_capid(GUNYAH_CAPID_INVALID),
                                                       gunyah_virq(0)),
              GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, receive_only, 1).error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_hypercall_doorbell_receive(owner.g, receive_only, 0).error, GUNYAH_HVERR_OBJECT_STATE);
    // Activation takes any type: what is left is the right.
    EXPECT_EQ(gunyah_object_activate(owner.g, receive_only), GUNYAH_ERR_INSUFFICIENT_RIGHTS);

    EXPECT_OK(gunyah_cspace_delete(owner.cspace, receive_only));
    EXPECT_EQ(gunyah_hypercall_msgqueue_flush(owner.g, receive_only), GUNYAH_HVERR_CSPACE_CAP_NULL);
    EXPECT_EQ(gunyah_object_activate(owner.g, receive_only), GUNYAH_ERR_CAP_NULL);
    return true;
}

static bool creation_needs_both_rights(struct target *target)
{
    struct owner owner;
    gunyah_capid_t donate_only;
    gunyah_capid_t cannot_create;

    EXPECT_TRUE(conformance_owner(target, &owner));
    const struct target_vm *vm = &target->vms[TARGET_OWNER];
    EXPECT_OK(
        gunyah_cspace_copy(owner.cspace, vm->partition, owner.cspace, GUNYAH_RIGHT_PARTITION_DONATE, &donate_only));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, vm->cspace, owner.cspace, ~(uint32_t)GUNYAH_RIGHT_CSPACE_CAP_CREATE,
                                 &cannot_create));

    struct gunyah_partition_create_doorbell_result made =
        gunyah_hypercall_partition_create_doorbell(vm->g, donate_only, vm->cspace);
    EXPECT_EQ(made.error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(made.new_cap.value, 0);
    made = gunyah_hypercall_partition_create_doorbell(vm->g, vm->partition, cannot_create);
    EXPECT_EQ(made.error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    made = gunyah_hypercall_partition_create_doorbell(vm->g, vm->cspace, vm->partition);
    EXPECT_EQ(made.error, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    // The partition is looked at first.
    made = gunyah_hypercall_partition_create_doorbell(vm->g, donate_only, gunyah_capid(GUNYAH_CAPID_INVALID));
    EXPECT_EQ(made.error, GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS);
    made = gunyah_hypercall_partition_create_doorbell(vm->g, vm->partition, gunyah_capid(GUNYAH_CAPID_INVALID));
    EXPECT_EQ(made.error, conformance_no_such_cap(target));
    return true;
}

static bool handles_of_two_sessions_do_not_mix(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *foreign;
    struct gunyah_doorbell *doorbell;
    const struct target_vm *peer = &target->vms[TARGET_PEER];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_cspace_open(peer->g, target->vms[TARGET_OWNER].cspace, &foreign));
    const uint64_t calls = gunyah_call_count(owner.g) + gunyah_call_count(peer->g);
    EXPECT_EQ(gunyah_doorbell_create(owner.partition, foreign, &doorbell), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(doorbell == NULL);
    EXPECT_EQ(gunyah_call_count(owner.g) + gunyah_call_count(peer->g), calls);
    return true;
}

static bool stale_handles_are_told(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    const gunyah_capid_t cap = gunyah_doorbell_capid(doorbell);
    struct gunyah_doorbell *stale = doorbell;
    EXPECT_OK(gunyah_doorbell_close(&doorbell));
    EXPECT_TRUE(doorbell == NULL);
    EXPECT_EQ(gunyah_doorbell_close(&doorbell), GUNYAH_ERR_HANDLE);
    EXPECT_EQ(gunyah_doorbell_send(stale, 1, NULL), GUNYAH_ERR_HANDLE);
    EXPECT_EQ(gunyah_doorbell_send(NULL, 1, NULL), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_doorbell_capid(stale).value, GUNYAH_CAPID_INVALID);
    // The object is still there.
    EXPECT_EQ(gunyah_object_activate(owner.g, cap), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static const struct conformance_case cases[] = {
    {"object.activates_once", activates_once},
    {"object.configures_before_activation_only", configures_before_activation_only},
    {"object.last_configuration_counts", last_configuration_counts},
    {"object.failed_activation_is_final", failed_activation_is_final},
    {"object.nothing_works_before_activation", nothing_works_before_activation},
    {"object.activation_needs_its_right", activation_needs_its_right},
    {"object.configuration_needs_the_right_to_activate", configuration_needs_the_right_to_activate},
    {"object.activates_in_another_space", activates_in_another_space},
    {"object.cannot_be_reset", cannot_be_reset},
    {"object.malformed_comes_first_then_type_then_rights_then_state",
     malformed_comes_first_then_type_then_rights_then_state},
    {"object.creation_needs_both_rights", creation_needs_both_rights},
    {"object.handles_of_two_sessions_do_not_mix", handles_of_two_sessions_do_not_mix},
    {"object.stale_handles_are_told", stale_handles_are_told},
};

const struct conformance_suite conformance_object = {cases, COUNT_OF(cases)};
