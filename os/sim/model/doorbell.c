// SPDX-License-Identifier: BSD-3-Clause
// Doorbells: 64 flags, a mask of those that interrupt, and a mask of those that their interrupt clears.
#include "calls.h"
#include "internal.h"

static struct doorbell *doorbell_of(struct model_call *call)
{
    return call->object[0];
}

static void forget(struct doorbell *doorbell)
{
    doorbell->flags = 0;
    doorbell->enable = UINT64_MAX;
    doorbell->ack = 0;
}

void gunyah_model_doorbell_init(struct gunyah_model *model, void *object)
{
    struct doorbell *doorbell = object;
    doorbell->source.owner = model_ref_of(model, doorbell);
    doorbell->source.kind = SOURCE_DOORBELL;
    forget(doorbell);
}

void gunyah_model_doorbell_destroy(struct gunyah_model *model, void *object)
{
    struct doorbell *doorbell = object;
    gunyah_model_source_unbind(model, &doorbell->source);
}

bool gunyah_model_doorbell_condition(const struct doorbell *doorbell)
{
    return (doorbell->flags & doorbell->enable) != 0;
}

int32_t gunyah_model_doorbell_bind_virq(struct model_call *call)
{
    return gunyah_model_source_bind(call->model, &doorbell_of(call)->source, call->object[1], call->arg[2]);
}

int32_t gunyah_model_doorbell_unbind_virq(struct model_call *call)
{
    gunyah_model_source_unbind(call->model, &doorbell_of(call)->source);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_doorbell_send(struct model_call *call)
{
    struct doorbell *doorbell = doorbell_of(call);
    call->result[1] = doorbell->flags;
    doorbell->flags |= call->arg[1];
    if (!gunyah_model_doorbell_condition(doorbell)) {
        gunyah_model_source_assert_edge(call->model, &doorbell->source);
        return GUNYAH_HVERR_OK;
    }
    gunyah_model_source_assert(call->model, &doorbell->source);
    doorbell->flags &= ~doorbell->ack;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_doorbell_receive(struct model_call *call)
{
    struct doorbell *doorbell = doorbell_of(call);
    if (call->arg[1] == 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    call->result[1] = doorbell->flags;
    doorbell->flags &= ~call->arg[1];
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_doorbell_reset(struct model_call *call)
{
    struct doorbell *doorbell = doorbell_of(call);
    gunyah_model_source_clear(call->model, &doorbell->source);
    forget(doorbell);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_doorbell_mask(struct model_call *call)
{
    struct doorbell *doorbell = doorbell_of(call);
    bool was = gunyah_model_doorbell_condition(doorbell);
    doorbell->enable = call->arg[1];
    doorbell->ack = call->arg[2];
    bool is = gunyah_model_doorbell_condition(doorbell);
    if (was && !is)
        gunyah_model_source_clear(call->model, &doorbell->source);
    if (!was && is)
        gunyah_model_source_assert(call->model, &doorbell->source);
    if (is)
        doorbell->flags &= ~doorbell->ack;
    return GUNYAH_HVERR_OK;
}
