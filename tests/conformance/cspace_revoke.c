// SPDX-License-Identifier: BSD-3-Clause
// Revocation: the master takes all other capabilities of its object back, wherever they are.
#include "conformance.h"

// A doorbell with copies in the own space and in another one.
struct family {
    struct owner owner;
    struct gunyah_doorbell *master;
    struct gunyah_cspace *space;
    gunyah_capid_t child;
    gunyah_capid_t grandchild;
    gunyah_capid_t abroad; // in the other space
};

static bool make_family(struct target *target, uint32_t slots_abroad, struct family *family)
{
    struct owner *owner = &family->owner;

    EXPECT_TRUE(conformance_owner(target, owner));
    EXPECT_TRUE(conformance_make_doorbell(target, owner, &family->master));
    EXPECT_TRUE(conformance_make_cspace(target, owner, slots_abroad, &family->space));
    const gunyah_capid_t cap = gunyah_doorbell_capid(family->master);
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, cap, owner->cspace, 7, &family->child));
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, family->child, owner->cspace, 3, &family->grandchild));
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, cap, family->space, 7, &family->abroad));
    return true;
}

static int32_t send(const struct family *family, gunyah_capid_t cap)
{
    return gunyah_hypercall_doorbell_send(family->owner.g, cap, 1).error;
}

static bool only_the_master_revokes(struct target *target)
{
    struct family family;

    EXPECT_TRUE(make_family(target, 4, &family));
    const struct owner *owner = &family.owner;
    EXPECT_EQ(gunyah_cspace_revoke_children(owner->cspace, family.child), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_revoke_children(owner->cspace, family.grandchild), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_revoke_children(family.space, family.abroad), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_cspace_revoke_children(owner->cspace, gunyah_capid(GUNYAH_CAPID_INVALID)),
              conformance_no_such_cap_error(target));
    EXPECT_EQ(gunyah_cspace_revoke_children(owner->cspace, target->vms[TARGET_OWNER].vic),
              GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(send(&family, family.child), GUNYAH_HVERR_OK);
    EXPECT_EQ(send(&family, family.grandchild), GUNYAH_HVERR_OK);
    return true;
}

static bool all_others_are_revoked(struct target *target)
{
    struct family family;
    gunyah_capid_t copy;

    EXPECT_TRUE(make_family(target, 4, &family));
    const struct owner *owner = &family.owner;
    EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, gunyah_doorbell_capid(family.master)));
    EXPECT_EQ(send(&family, family.child), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    EXPECT_EQ(send(&family, family.grandchild), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    EXPECT_EQ(gunyah_hypercall_doorbell_receive(owner->g, family.child, 1).error, GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    EXPECT_EQ(gunyah_object_activate(owner->g, family.child), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_EQ(gunyah_object_activate_from(family.space, family.abroad), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_EQ(gunyah_cspace_copy(owner->cspace, family.child, owner->cspace, 1, &copy), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_EQ(gunyah_cspace_copy(family.space, family.abroad, owner->cspace, 1, &copy), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_EQ(gunyah_cspace_revoke_children(owner->cspace, family.child), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_EQ(gunyah_cspace_revoke_children(family.space, family.abroad), GUNYAH_ERR_CAP_REVOKED);
    // Revoked outranks the wrong type.
    EXPECT_EQ(gunyah_hypercall_msgqueue_flush(owner->g, family.child), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    return true;
}

static bool master_goes_on(struct target *target)
{
    struct family family;
    gunyah_capid_t copy;
    uint64_t flags = 0;

    EXPECT_TRUE(make_family(target, 4, &family));
    const struct owner *owner = &family.owner;
    const gunyah_capid_t master = gunyah_doorbell_capid(family.master);
    EXPECT_EQ(send(&family, family.child), GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, master));
    EXPECT_OK(gunyah_doorbell_send(family.master, 2, &flags));
    EXPECT_EQ(flags, 1);
    // As often as one likes, and new copies are good until then.
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, master, owner->cspace, 1, &copy));
    EXPECT_EQ(send(&family, copy), GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, master));
    EXPECT_EQ(send(&family, copy), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, master));
    return true;
}

static bool revoked_slots_stay_until_deleted(struct target *target)
{
    struct family family;
    gunyah_capid_t copy;

    EXPECT_TRUE(make_family(target, 1, &family));
    const struct owner *owner = &family.owner;
    const gunyah_capid_t master = gunyah_doorbell_capid(family.master);
    EXPECT_OK(gunyah_cspace_revoke_children(owner->cspace, master));
    EXPECT_EQ(gunyah_cspace_copy(owner->cspace, master, family.space, 7, &copy), GUNYAH_ERR_CSPACE_FULL);
    EXPECT_OK(gunyah_cspace_delete(family.space, family.abroad));
    EXPECT_EQ(gunyah_cspace_delete(family.space, family.abroad), GUNYAH_ERR_CAP_NULL);
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, master, family.space, 7, &copy));
    EXPECT_EQ(copy.value, family.abroad.value);
    EXPECT_OK(gunyah_cspace_delete(owner->cspace, family.child));
    EXPECT_EQ(send(&family, family.grandchild), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    EXPECT_OK(gunyah_cspace_delete(owner->cspace, family.grandchild));
    EXPECT_EQ(send(&family, family.grandchild), GUNYAH_HVERR_CSPACE_CAP_NULL);
    return true;
}

static bool master_in_another_space_revokes_here(struct target *target)
{
    struct owner owner;
    struct gunyah_cspace *space;
    struct gunyah_doorbell *inside;
    gunyah_capid_t here;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_cspace(target, &owner, 2, &space));
    EXPECT_OK(gunyah_doorbell_create(owner.partition, space, &inside));
    const gunyah_capid_t master = gunyah_doorbell_capid(inside);
    EXPECT_OK(gunyah_object_activate_from(space, master));
    EXPECT_OK(gunyah_cspace_copy(space, master, owner.cspace, 7, &here));
    EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, here, 1).error, GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_cspace_revoke_children(space, master));
    EXPECT_EQ(gunyah_hypercall_doorbell_send(owner.g, here, 1).error, GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    return true;
}

static bool revocation_needs_the_right_on_the_space(struct target *target)
{
    struct family family;
    struct gunyah_cspace *weak;
    struct gunyah_cspace *strong;
    gunyah_capid_t cap;

    EXPECT_TRUE(make_family(target, 4, &family));
    const struct owner *owner = &family.owner;
    const gunyah_capid_t own = gunyah_cspace_capid(owner->cspace);
    const gunyah_capid_t master = gunyah_doorbell_capid(family.master);
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, own, owner->cspace,
                                 GUNYAH_RIGHTS_CSPACE_ALL & ~(uint32_t)GUNYAH_RIGHT_CSPACE_CAP_REVOKE, &cap));
    EXPECT_OK(gunyah_cspace_open(owner->g, cap, &weak));
    EXPECT_OK(gunyah_cspace_copy(owner->cspace, own, owner->cspace, GUNYAH_RIGHT_CSPACE_CAP_REVOKE, &cap));
    EXPECT_OK(gunyah_cspace_open(owner->g, cap, &strong));
    EXPECT_EQ(gunyah_cspace_revoke_children(weak, master), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(send(&family, family.child), GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_cspace_revoke_children(strong, master));
    EXPECT_EQ(send(&family, family.child), GUNYAH_HVERR_CSPACE_CAP_REVOKED);
    return true;
}

static bool revocation_leaves_the_object_alone(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_doorbell *binder;
    gunyah_capid_t copy;
    const gunyah_virq_t virq = target_free_virq(target);

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, virq, TARGET_EDGE));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_doorbell_capid(doorbell), owner.cspace, 7, &copy));
    EXPECT_TRUE(conformance_open_doorbell(target, owner.g, copy, &binder));
    EXPECT_OK(gunyah_doorbell_bind_virq(binder, owner.vic, virq));
    EXPECT_OK(gunyah_cspace_revoke_children(owner.cspace, gunyah_doorbell_capid(doorbell)));
    // What was bound through a capability stays bound without it.
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    EXPECT_OK(conformance_take(owner.g, virq));
    EXPECT_EQ(gunyah_doorbell_unbind_virq(binder), GUNYAH_ERR_CAP_REVOKED);
    EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    return true;
}

// The manual says what it does, and that it may be unimplemented.
static bool single_revocation_is_unimplemented(struct target *target)
{
    struct family family;

    EXPECT_TRUE(make_family(target, 4, &family));
    EXPECT_EQ(gunyah_cspace_revoke(family.owner.cspace, family.child),
              target_by_mode(target, GUNYAH_OK, GUNYAH_ERR_UNIMPLEMENTED));
    EXPECT_EQ(send(&family, family.child), target_by_mode(target, GUNYAH_HVERR_CSPACE_CAP_REVOKED, GUNYAH_HVERR_OK));
    return true;
}

static const struct conformance_case cases[] = {
    {"cspace_revoke.only_the_master_revokes", only_the_master_revokes},
    {"cspace_revoke.all_others_are_revoked", all_others_are_revoked},
    {"cspace_revoke.master_goes_on", master_goes_on},
    {"cspace_revoke.revoked_slots_stay_until_deleted", revoked_slots_stay_until_deleted},
    {"cspace_revoke.master_in_another_space_revokes_here", master_in_another_space_revokes_here},
    {"cspace_revoke.revocation_needs_the_right_on_the_space", revocation_needs_the_right_on_the_space},
    {"cspace_revoke.revocation_leaves_the_object_alone", revocation_leaves_the_object_alone},
    {"cspace_revoke.single_revocation_is_unimplemented", single_revocation_is_unimplemented},
};

const struct conformance_suite conformance_cspace_revoke = {cases, COUNT_OF(cases)};
