// SPDX-License-Identifier: BSD-3-Clause
// What goes wrong with answers when a test wants it to.
#include "rm.h"

#include <string.h>

/** The same message once more, with room for so many bytes. Returns NULL without memory. */
static struct rm_message *copy_of(struct gunyah_model *model, const struct rm_message *message, uint32_t size)
{
    struct rm_message *copy = gunyah_model_rm_message(model, message->type, message->id, size);
    if (copy == NULL)
        return NULL;
    copy->sequence = message->sequence;
    memcpy(copy->bytes, message->bytes, size < message->size ? size : message->size);
    return copy;
}

static void flood(struct gunyah_model *model, struct rm_vm *vm, uint64_t count)
{
    // What VM_STATUS says of HLOS, which is true of no other VM.
    static const uint8_t status[GUNYAH_RM_NOTIFY_VM_STATUS_SIZE] = {GUNYAH_VMID_HLOS, 0, 0, 0, GUNYAH_VM_STATE_RUNNING};
    for (uint64_t i = 0; i < count; i++)
        gunyah_model_rm_notify(model, vm->vmid, GUNYAH_RM_NOTIFY_VM_STATUS, status, sizeof(status));
}

/** Replace the reply by one of another size. */
static struct rm_message *resize(struct gunyah_model *model, struct rm_message *reply, uint64_t size)
{
    uint32_t limited = size < GUNYAH_RM_MAX_PAYLOAD ? (uint32_t)size : GUNYAH_RM_MAX_PAYLOAD;
    struct rm_message *other = copy_of(model, reply, limited);
    if (other == NULL)
        return reply;
    gunyah_model_heap_free(model, model_ref_of(model, reply));
    return other;
}

/** Send the reply before itself, changed or not. Queued as a notification, it does not take the reply's place. */
static void send_ahead(struct gunyah_model *model, struct rm_vm *vm, const struct rm_message *reply,
                       enum gunyah_model_rm_mischief_kind kind)
{
    struct rm_message *copy = copy_of(model, reply, reply->size);
    if (copy == NULL)
        return;
    if (kind == GUNYAH_MODEL_RM_STALE_REPLY) {
        copy->sequence = vm->previous_sequence;
        copy->id = vm->previous_id;
    } else if (kind == GUNYAH_MODEL_RM_OTHER_REPLY) {
        copy->id++;
    } else if (kind == GUNYAH_MODEL_RM_GARBAGE) {
        copy->garbled = true;
    }
    gunyah_model_rm_queue(model, vm, copy);
}

void gunyah_model_rm_send_reply(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *reply,
                                const struct gunyah_model_rm_mischief *mischief)
{
    switch (mischief->kind) {
    case GUNYAH_MODEL_RM_LOSE_REPLY:
        gunyah_model_heap_free(model, model_ref_of(model, reply));
        return;
    case GUNYAH_MODEL_RM_REPEAT_REPLY:
    case GUNYAH_MODEL_RM_STALE_REPLY:
    case GUNYAH_MODEL_RM_OTHER_REPLY:
    case GUNYAH_MODEL_RM_GARBAGE:
        send_ahead(model, vm, reply, mischief->kind);
        break;
    case GUNYAH_MODEL_RM_LATE_REPLY:
        reply->due = model->now + mischief->value;
        break;
    case GUNYAH_MODEL_RM_CUT_REPLY:
        if (mischief->value < reply->size)
            reply = resize(model, reply, mischief->value);
        break;
    case GUNYAH_MODEL_RM_PAD_REPLY:
        reply = resize(model, reply, reply->size + mischief->value);
        break;
    case GUNYAH_MODEL_RM_FLOOD:
        flood(model, vm, mischief->value);
        break;
    case GUNYAH_MODEL_RM_NO_INTERRUPT:
        reply->quiet = true;
        break;
    case GUNYAH_MODEL_RM_DIE_MIDWAY:
        reply->fatal = true;
        break;
    case GUNYAH_MODEL_RM_OBEY:
    case GUNYAH_MODEL_RM_FAIL:
    case GUNYAH_MODEL_RM_IGNORE:
    case GUNYAH_MODEL_RM_DIE:
        break;
    }
    gunyah_model_rm_post(model, vm, reply);
}
