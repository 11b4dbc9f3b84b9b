// SPDX-License-Identifier: BSD-3-Clause
// What all objects have in common: they are created, activated, and destroyed when nothing refers to them any more.
#include "calls.h"
#include "internal.h"
#include "manual.h"

#include <string.h>

struct type {
    uint32_t size;
    uint32_t rights;
    void (*init)(struct gunyah_model *model, void *object);
    int32_t (*activate)(struct gunyah_model *model, void *object);
    void (*destroy)(struct gunyah_model *model, void *object); // only of what was active
    void (*forget)(struct gunyah_model *model, void *object);  // what it got before it was active; comes last
};

static void cspace_init(struct gunyah_model *model, void *object)
{
    gunyah_model_cspace_scramble(model, object);
}

static const struct type types[] = {
    [GUNYAH_OBJECT_TYPE_ADDRSPACE] = {sizeof(struct addrspace), GUNYAH_RIGHTS_ADDRSPACE_ALL, NULL,
                                      gunyah_model_addrspace_activate, gunyah_model_addrspace_destroy,
                                      gunyah_model_addrspace_forget},
    [GUNYAH_OBJECT_TYPE_CSPACE] = {sizeof(struct cspace), GUNYAH_RIGHTS_CSPACE_ALL, cspace_init,
                                   gunyah_model_cspace_activate, gunyah_model_cspace_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_DOORBELL] = {sizeof(struct doorbell), GUNYAH_RIGHTS_DOORBELL_ALL, gunyah_model_doorbell_init,
                                     NULL, gunyah_model_doorbell_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_MEMEXTENT] = {sizeof(struct memextent), GUNYAH_RIGHTS_MEMEXTENT_ALL, NULL,
                                      gunyah_model_memextent_activate, gunyah_model_memextent_destroy,
                                      gunyah_model_memextent_forget},
    [GUNYAH_OBJECT_TYPE_MSGQUEUE] = {sizeof(struct msgqueue), GUNYAH_RIGHTS_MSGQUEUE_ALL, gunyah_model_msgqueue_init,
                                     gunyah_model_msgqueue_activate, gunyah_model_msgqueue_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_PARTITION] = {sizeof(struct object), GUNYAH_RIGHTS_PARTITION_ALL, NULL, NULL, NULL, NULL},
    [GUNYAH_OBJECT_TYPE_THREAD] = {sizeof(struct thread), GUNYAH_RIGHTS_THREAD_ALL, gunyah_model_thread_init,
                                   gunyah_model_thread_activate, gunyah_model_thread_destroy,
                                   gunyah_model_thread_forget},
    [GUNYAH_OBJECT_TYPE_VIC] = {sizeof(struct vic), GUNYAH_RIGHTS_VIC_ALL, gunyah_model_vic_init,
                                gunyah_model_vic_activate, gunyah_model_vic_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_VIRTIO_MMIO] = {sizeof(struct virtio_mmio), GUNYAH_RIGHTS_VIRTIO_MMIO_ALL,
                                        gunyah_model_virtio_init, gunyah_model_virtio_activate,
                                        gunyah_model_virtio_destroy, gunyah_model_virtio_forget},
    [GUNYAH_OBJECT_TYPE_VPM_GROUP] = {sizeof(struct vpm_group), GUNYAH_RIGHTS_VPM_GROUP_ALL,
                                      gunyah_model_vpm_group_init, NULL, gunyah_model_vpm_group_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_WATCHDOG] = {sizeof(struct watchdog), GUNYAH_RIGHTS_WATCHDOG_ALL, gunyah_model_watchdog_init,
                                     NULL, gunyah_model_watchdog_destroy, NULL},
    [GUNYAH_OBJECT_TYPE_VRTC] = {sizeof(struct vrtc), GUNYAH_RIGHTS_VRTC_ALL, gunyah_model_vrtc_init,
                                 gunyah_model_vrtc_activate, NULL, NULL},
};

uint32_t gunyah_model_object_size(uint32_t type)
{
    return type < sizeof(types) / sizeof(types[0]) ? types[type].size : 0;
}

uint32_t gunyah_model_object_rights(enum gunyah_object_type type)
{
    return types[type].rights;
}

void *gunyah_model_object_create(struct gunyah_model *model, enum gunyah_object_type type)
{
    model_ref ref = gunyah_model_heap_take(model, types[type].size);
    if (ref == 0)
        return NULL;
    struct object *object = model_at(model, ref);
    object->type = (uint8_t)type;
    object->state = GUNYAH_OBJECT_STATE_INIT;
    if (types[type].init != NULL)
        types[type].init(model, object);
    return object;
}

int32_t gunyah_model_object_activate_now(struct gunyah_model *model, struct object *object)
{
    if (object->state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    const struct type *type = &types[object->type];
    int32_t error = type->activate != NULL ? type->activate(model, object) : GUNYAH_HVERR_OK;
    object->state = error == GUNYAH_HVERR_OK ? GUNYAH_OBJECT_STATE_ACTIVE : GUNYAH_OBJECT_STATE_FAILED;
    return error;
}

void gunyah_model_object_check(struct gunyah_model *model, struct object *object)
{
    if (object->caps != 0 || object->references != 0)
        return;
    object->doomed = model->doomed;
    model->doomed = model_ref_of(model, object);
}

void gunyah_model_object_release(struct gunyah_model *model, model_ref ref)
{
    if (ref == 0)
        return;
    struct object *object = model_at(model, ref);
    object->references--;
    gunyah_model_object_check(model, object);
}

/** Give up all that the object has. */
static void end(struct gunyah_model *model, struct object *object)
{
    const struct type *type = &types[object->type];
    if (object->state == GUNYAH_OBJECT_STATE_ACTIVE && type->destroy != NULL)
        type->destroy(model, object);
    if (type->forget != NULL)
        type->forget(model, object);
}

void gunyah_model_object_reap(struct gunyah_model *model)
{
    // A loop rather than recursion: a capability space may hold the last capability of another one, and so on.
    while (model->doomed != 0) {
        model_ref ref = model->doomed;
        struct object *object = model_at(model, ref);
        model->doomed = object->doomed;
        end(model, object);
        gunyah_model_heap_free(model, ref);
    }
}

int32_t gunyah_model_object_activate(struct model_call *call)
{
    return gunyah_model_object_activate_now(call->model, call->object[0]);
}

/** The object of a capability of any space that may activate it. */
static int32_t find_to_activate(struct gunyah_model *model, const struct cspace *cspace, gunyah_capid_t id,
                                struct object **object)
{
    struct cap *cap;
    int32_t error = gunyah_model_cap_find(model, cspace, id, &cap);
    if (error != GUNYAH_HVERR_OK)
        return error;
    *object = model_at(model, cap->object);
    return (cap->rights & GUNYAH_RIGHT_ACTIVATE) != 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS;
}

int32_t gunyah_model_object_activate_from(struct model_call *call)
{
    struct object *object;
    const int32_t error = find_to_activate(call->model, call->object[0], gunyah_capid(call->arg[1]), &object);
    return error == GUNYAH_HVERR_OK ? gunyah_model_object_activate_now(call->model, object) : error;
}

/** Forget all but the head, which has the capabilities, and begin anew. */
static void restart(struct gunyah_model *model, struct object *object)
{
    const struct type *type = &types[object->type];
    memset(object + 1, 0, type->size - sizeof(*object));
    object->state = GUNYAH_OBJECT_STATE_INIT;
    if (type->init != NULL)
        type->init(model, object);
}

/** Make an object as it was when it was created; its capabilities stay. What others use stays as it is. */
static int32_t reset(struct gunyah_model *model, struct object *object)
{
    if (object->references != 0)
        return GUNYAH_HVERR_BUSY;
    object->references++; // a capability space may hold the last capability of itself
    end(model, object);
    restart(model, object);
    gunyah_model_object_release(model, model_ref_of(model, object));
    gunyah_model_object_reap(model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_object_reset(struct model_call *call)
{
    static const struct model_cap any = {.type = GUNYAH_OBJECT_TYPE_ANY, .rights = GUNYAH_RIGHT_ACTIVATE};
    void *object;
    if (!manual_resets_and_revokes(call->model))
        return GUNYAH_HVERR_UNIMPLEMENTED;
    const int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[0]), &any, &object);
    return error == GUNYAH_HVERR_OK ? reset(call->model, object) : error;
}

int32_t gunyah_model_object_reset_from(struct model_call *call)
{
    static const struct model_cap space = {
        .type = GUNYAH_OBJECT_TYPE_CSPACE, .flags = MODEL_CAP_ACTIVE, .rights = GUNYAH_RIGHT_CSPACE_CAP_CREATE};
    void *cspace;
    struct object *object;
    if (!manual_resets_and_revokes(call->model))
        return GUNYAH_HVERR_UNIMPLEMENTED;
    int32_t error = gunyah_model_look_up(call, gunyah_capid(call->arg[0]), &space, &cspace);
    if (error == GUNYAH_HVERR_OK)
        error = find_to_activate(call->model, cspace, gunyah_capid(call->arg[1]), &object);
    return error == GUNYAH_HVERR_OK ? reset(call->model, object) : error;
}
