// SPDX-License-Identifier: BSD-3-Clause
// From a device of the tree to a handle of the session, in one call.
#include "internal.h"
#include "tree.h"

#define KIND(kind) (UINT32_C(1) << GUNYAH_DT_##kind)

// A reader of the first node of these kinds and this label, but for queues in the other direction.
static struct dt_reader find(struct gunyah_dt *dt, uint32_t kinds, uint32_t label, bool sends)
{
    const char *other_direction = sends ? "is-receiver" : "is-sender";
    struct dt_reader reader = {dt, 0, gunyah_internal_dt_check(dt)};

    if (reader.error != GUNYAH_OK)
        return reader;
    do {
        reader.node = gunyah_internal_dt_next(dt, reader.node, kinds, &label);
    } while (reader.node >= 0 && gunyah_internal_dt_has(&reader, other_direction));
    if (reader.node < 0)
        gunyah_internal_dt_complain(&reader, GUNYAH_ERR_NOT_FOUND, NULL,
                                    "no device of this kind and direction has this label");
    return reader;
}

enum gunyah_error gunyah_dt_rm_options(struct gunyah_dt *dt, struct gunyah_rm_options *options)
{
    struct dt_reader reader = {dt, -1, gunyah_internal_dt_check(dt)};
    struct gunyah_dt_queues queues;

    if (reader.error != GUNYAH_OK)
        return reader.error;
    if (options == NULL)
        return GUNYAH_ERR_NULL;
    if (options->size < sizeof(*options))
        return GUNYAH_ERR_OPTION;
    reader.node = gunyah_internal_dt_next(dt, 0, KIND(RESOURCE_MANAGER), NULL);
    if (reader.node < 0)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, -1, NULL, "it names no Resource Manager");
    gunyah_internal_dt_queues(&reader, GUNYAH_DT_RESOURCE_MANAGER, &queues);
    if (queues.send.message_size != queues.receive.message_size)
        gunyah_internal_dt_malformed(&reader, "qcom,rx-message-size", "it must be the same as qcom,tx-message-size");
    if (reader.error != GUNYAH_OK)
        return reader.error;
    options->send_cap = queues.send.cap;
    options->receive_cap = queues.receive.cap;
    options->send_virq = queues.send.interrupt.virq;
    options->receive_virq = queues.receive.interrupt.virq;
    options->message_size = queues.send.message_size;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_dt_memparcel_offer(struct gunyah_dt *dt, uint32_t label, struct gunyah_memparcel_offer *offer)
{
    uint32_t memparcel = GUNYAH_RM_HANDLE_INVALID;
    struct dt_reader reader = find(dt, KIND(SHARED_MEMORY), label, false);

    if (reader.error != GUNYAH_OK)
        return reader.error;
    if (offer == NULL)
        return GUNYAH_ERR_NULL;
    if (offer->size < sizeof(*offer))
        return GUNYAH_ERR_OPTION;
    const int memory = gunyah_internal_dt_memory_node(&reader);
    if (memory >= 0)
        reader.node = memory;
    if (!gunyah_internal_dt_u32(&reader, "qcom,rm-mem-handle", &memparcel))
        gunyah_internal_dt_complain(&reader, GUNYAH_ERR_NOT_FOUND, "qcom,rm-mem-handle", "there is no parcel");
    gunyah_internal_dt_u32(&reader, "qcom,label", &label);
    if (reader.error != GUNYAH_OK)
        return reader.error;
    offer->memparcel = memparcel;
    offer->label = label;
    offer->accepted = true;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_rm_open_dt(struct gunyah *g, struct gunyah_dt *dt, struct gunyah_rm **rm)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    if (rm == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *rm = NULL;
    const enum gunyah_error error = gunyah_dt_rm_options(dt, &options);
    return error == GUNYAH_OK ? gunyah_rm_open(g, &options, rm) : gunyah_internal_refuse(g, __func__, error);
}

enum gunyah_error gunyah_msgqueue_open_label(struct gunyah *g, struct gunyah_dt *dt, uint32_t label, bool sends,
                                             struct gunyah_msgqueue **queue)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_dt_queues queues;

    if (queue == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *queue = NULL;
    struct dt_reader reader = find(dt, KIND(MSGQUEUE) | KIND(MSGQUEUE_PAIR), label, sends);
    if (reader.error == GUNYAH_OK)
        gunyah_internal_dt_queues(&reader, gunyah_internal_dt_kind(dt, reader.node), &queues);
    if (reader.error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, reader.error);
    const struct gunyah_dt_queue *end = sends ? &queues.send : &queues.receive;
    options.cap = end->cap;
    options.message_size = end->message_size;
    options.send_virq.value = sends ? end->interrupt.virq.value : 0;
    options.receive_virq.value = sends ? 0 : end->interrupt.virq.value;
    return gunyah_msgqueue_open(g, &options, queue);
}

enum gunyah_error gunyah_doorbell_open_label(struct gunyah *g, struct gunyah_dt *dt, uint32_t label, bool sends,
                                             struct gunyah_doorbell **doorbell)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_dt_doorbell found = {{GUNYAH_CAPID_INVALID}, {{0}, false}};

    if (doorbell == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *doorbell = NULL;
    struct dt_reader reader = find(dt, sends ? KIND(DOORBELL_SOURCE) : KIND(DOORBELL), label, sends);
    if (reader.error == GUNYAH_OK)
        found = gunyah_internal_dt_doorbell(&reader);
    if (reader.error != GUNYAH_OK)
        return gunyah_internal_refuse(g, __func__, reader.error);
    options.cap = found.cap;
    options.virq = found.interrupt.virq;
    return gunyah_doorbell_open(g, &options, doorbell);
}
