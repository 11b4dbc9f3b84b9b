// SPDX-License-Identifier: BSD-3-Clause
// Capabilities: the list that each object has of its own, and the calls that copy, delete and revoke.
#include "calls.h"
#include "internal.h"
#include "manual.h"

static void link_to(struct gunyah_model *model, struct cap *cap, struct object *object)
{
    model_ref ref = model_ref_of(model, cap);
    cap->object = model_ref_of(model, object);
    cap->state = GUNYAH_CAP_STATE_VALID;
    cap->previous = 0;
    cap->next = object->caps;
    if (object->caps != 0)
        ((struct cap *)model_at(model, object->caps))->previous = ref;
    object->caps = ref;
}

void gunyah_model_cap_unlink(struct gunyah_model *model, struct cap *cap)
{
    struct object *object = model_at(model, cap->object);
    if (cap->next != 0)
        ((struct cap *)model_at(model, cap->next))->previous = cap->previous;
    if (cap->previous != 0)
        ((struct cap *)model_at(model, cap->previous))->next = cap->next;
    else
        object->caps = cap->next;
    cap->object = 0;
    gunyah_model_object_check(model, object);
}

int32_t gunyah_model_cap_find(struct gunyah_model *model, const struct cspace *cspace, gunyah_capid_t id,
                              struct cap **cap)
{
    uint32_t slot;
    int32_t error = gunyah_model_cspace_slot(model, cspace, id, &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    *cap = gunyah_model_cspace_cap(model, cspace, slot);
    return (*cap)->state == GUNYAH_CAP_STATE_VALID ? GUNYAH_HVERR_OK : GUNYAH_HVERR_CSPACE_CAP_REVOKED;
}

int32_t gunyah_model_cap_create(struct gunyah_model *model, struct cspace *cspace, struct object *object,
                                gunyah_capid_t *id)
{
    uint32_t slot;
    int32_t error = gunyah_model_cspace_take_slot(model, cspace, &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct cap *cap = gunyah_model_cspace_cap(model, cspace, slot);
    cap->rights = gunyah_model_object_rights((enum gunyah_object_type)object->type);
    cap->master = true;
    link_to(model, cap, object);
    *id = gunyah_model_cspace_id(cspace, slot);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_cap_derive(struct gunyah_model *model, struct cspace *cspace, struct object *object,
                                uint32_t rights, gunyah_capid_t *id)
{
    uint32_t slot;
    int32_t error = gunyah_model_cspace_take_slot(model, cspace, &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    struct cap *cap = gunyah_model_cspace_cap(model, cspace, slot);
    cap->rights = rights;
    link_to(model, cap, object);
    *id = gunyah_model_cspace_id(cspace, slot);
    return GUNYAH_HVERR_OK;
}

void gunyah_model_cap_discard(struct gunyah_model *model, struct cspace *cspace, gunyah_capid_t id,
                              const struct object *object)
{
    uint32_t slot;
    if (gunyah_model_cspace_slot(model, cspace, id, &slot) != GUNYAH_HVERR_OK)
        return;
    if (gunyah_model_cspace_cap(model, cspace, slot)->object == model_ref_of(model, object))
        gunyah_model_cap_delete(model, cspace, slot);
}

void gunyah_model_cap_delete(struct gunyah_model *model, struct cspace *cspace, uint32_t slot)
{
    struct cap *cap = gunyah_model_cspace_cap(model, cspace, slot);
    if (cap->state == GUNYAH_CAP_STATE_VALID)
        gunyah_model_cap_unlink(model, cap);
    gunyah_model_cspace_free_slot(model, cspace, slot);
}

/** A capability stays in its slot, and is of no use any more. */
static void revoke(struct gunyah_model *model, struct cap *cap)
{
    gunyah_model_cap_unlink(model, cap);
    cap->state = GUNYAH_CAP_STATE_REVOKED;
}

void gunyah_model_object_revoke(struct gunyah_model *model, struct object *object)
{
    while (object->caps != 0)
        revoke(model, model_at(model, object->caps));
}

static int32_t copy_to(struct model_call *call, struct cap *copy)
{
    struct cap *cap;
    int32_t error = gunyah_model_cap_find(call->model, call->object[0], gunyah_capid(call->arg[1]), &cap);
    if (error != GUNYAH_HVERR_OK)
        return error;
    copy->rights = cap->rights & (uint32_t)call->arg[3];
    if (copy->rights == 0)
        return GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
    link_to(call->model, copy, model_at(call->model, cap->object));
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_cspace_copy_cap_from(struct model_call *call)
{
    // The slot is taken first, so that a full space wins over a bad capability.
    struct cspace *to = call->object[1];
    uint32_t slot;
    int32_t error = gunyah_model_cspace_take_slot(call->model, to, &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    error = copy_to(call, gunyah_model_cspace_cap(call->model, to, slot));
    if (error != GUNYAH_HVERR_OK) {
        gunyah_model_cspace_free_slot(call->model, to, slot);
        return error;
    }
    call->result[1] = gunyah_model_cspace_id(to, slot).value;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_cspace_delete_cap_from(struct model_call *call)
{
    struct cspace *cspace = call->object[0];
    uint32_t slot;
    int32_t error = gunyah_model_cspace_slot(call->model, cspace, gunyah_capid(call->arg[1]), &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    gunyah_model_cap_delete(call->model, cspace, slot);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_cspace_revoke_cap_from(struct model_call *call)
{
    static const struct model_cap revoking = {
        .type = GUNYAH_OBJECT_TYPE_CSPACE, .flags = MODEL_CAP_ACTIVE, .rights = GUNYAH_RIGHT_CSPACE_CAP_REVOKE};
    void *cspace;
    struct cap *cap;
    if (!manual_resets_and_revokes(call->model))
        return GUNYAH_HVERR_UNIMPLEMENTED;
    int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[0]), &revoking, &cspace);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_cap_find(call->model, cspace, gunyah_capid(call->arg[1]), &cap);
    if (error != GUNYAH_HVERR_OK)
        return error;
    revoke(call->model, cap);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_cspace_revoke_caps_from(struct model_call *call)
{
    struct gunyah_model *model = call->model;
    struct cap *master;
    int32_t error = gunyah_model_cap_find(model, call->object[0], gunyah_capid(call->arg[1]), &master);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (!master->master)
        return GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
    const struct object *object = model_at(model, master->object);
    model_ref next;
    for (model_ref ref = object->caps; ref != 0; ref = next) {
        struct cap *cap = model_at(model, ref);
        next = cap->next;
        if (cap != master)
            revoke(model, cap);
    }
    return GUNYAH_HVERR_OK;
}
