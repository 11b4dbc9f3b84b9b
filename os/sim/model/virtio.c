// SPDX-License-Identifier: BSD-3-Clause
// Back-ends of virtio devices: what their owner configures and asks for. What the driver does is in virtio_frontend.c.
#include "virtio.h"

#include "calls.h"
#include "extent.h"
#include "manual.h"

#define VERSION_1 1u // bits of the second feature word
#define ACCESS_PLATFORM 2u
#define NOTIFICATION_DATA 0x40u

void gunyah_model_virtio_store(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset,
                               const void *bytes, size_t size)
{
    const struct memextent *extent = model_at(model, device->extent);
    if (model->env.put != NULL)
        model->env.put(model->env.context, extent->base + offset, bytes, size);
}

void gunyah_model_virtio_show(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset,
                              uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    gunyah_model_virtio_store(model, device, offset, bytes, sizeof(bytes));
}

// ---- life ---------------------------------------------------------------------------------------------------------------

void gunyah_model_virtio_init(struct gunyah_model *model, void *object)
{
    struct virtio_mmio *device = object;
    device->backend.kind = SOURCE_VIRTIO_BACKEND;
    device->frontend.kind = SOURCE_VIRTIO_FRONTEND;
    device->backend.owner = device->frontend.owner = model_ref_of(model, device);
}

int32_t gunyah_model_virtio_activate(struct gunyah_model *model, void *object)
{
    struct virtio_mmio *device = object;
    if (device->extent == 0)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    if (device->queue_count == 0)
        return manual_or_stop(model, GUNYAH_HVERR_OBJECT_CONFIG);
    struct memextent *extent = model_at(model, device->extent);
    if (extent->device != 0)
        return GUNYAH_HVERR_BUSY;
    const int32_t error = gunyah_model_extent_attach(extent);
    if (error == GUNYAH_HVERR_OK)
        extent->device = model_ref_of(model, device);
    return error;
}

void gunyah_model_virtio_destroy(struct gunyah_model *model, void *object)
{
    struct virtio_mmio *device = object;
    struct memextent *extent = model_at(model, device->extent);
    gunyah_model_source_unbind(model, &device->backend);
    gunyah_model_source_unbind(model, &device->frontend);
    extent->device = 0;
    extent->attachments--;
}

void gunyah_model_virtio_forget(struct gunyah_model *model, void *object)
{
    const struct virtio_mmio *device = object;
    gunyah_model_object_release(model, device->extent);
    if (device->entries != 0)
        gunyah_model_heap_free(model, device->entries);
}

int32_t gunyah_model_virtio_mmio_configure(struct model_call *call)
{
    struct memextent *extent = call->object[0];
    struct virtio_mmio *device = call->object[1];
    const uint32_t queues = (uint32_t)call->arg[2];
    const bool has_type = (call->arg[3] & GUNYAH_VIRTIO_OPTION_FLAGS_VALID_DEVICE_TYPE_MASK) != 0;
    if (device->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (gunyah_model_extent_is_sparse(extent) || extent->size != PAGE || queues > GUNYAH_VIRTIO_MAX_QUEUES)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (has_type && (uint32_t)call->arg[4] != GUNYAH_VIRTIO_DEVICE_TYPE_INPUT)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    extent->object.references++;
    gunyah_model_object_release(call->model, device->extent);
    device->extent = model_ref_of(call->model, extent);
    device->queue_count = queues;
    device->is_input = has_type;
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

// ---- interrupts ---------------------------------------------------------------------------------------------------------

bool gunyah_model_virtio_backend_condition(const struct virtio_mmio *device)
{
    return device->interrupt_status != 0;
}

bool gunyah_model_virtio_frontend_condition(const struct virtio_mmio *device)
{
    return device->reason != 0;
}

int32_t gunyah_model_virtio_mmio_backend_bind_virq(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    return gunyah_model_source_bind(call->model, &device->backend, call->object[1], call->arg[2]);
}

int32_t gunyah_model_virtio_mmio_backend_unbind_virq(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    gunyah_model_source_unbind(call->model, &device->backend);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_frontend_bind_virq(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    return gunyah_model_source_bind(call->model, &device->frontend, call->object[1], call->arg[2]);
}

int32_t gunyah_model_virtio_mmio_frontend_unbind_virq(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    gunyah_model_source_unbind(call->model, &device->frontend);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_assert_virq(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    if ((device->status & VIRTIO_STATUS_NEEDS_RESET) != 0)
        return GUNYAH_HVERR_DENIED;
    device->interrupt_status |= (uint32_t)call->arg[1];
    gunyah_model_virtio_show(call->model, device, VIRTIO_INTERRUPT_STATUS, device->interrupt_status);
    gunyah_model_source_assert(call->model, &device->backend);
    return GUNYAH_HVERR_OK;
}

// ---- what the driver is offered, and has said ---------------------------------------------------------------------------

int32_t gunyah_model_virtio_mmio_backend_set_dev_features(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    const uint32_t word = (uint32_t)call->arg[1];
    const uint32_t features = (uint32_t)call->arg[2];
    const uint32_t needed = VERSION_1 | ACCESS_PLATFORM;
    if (word >= 2)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (word == 1 && ((features & needed) != needed || (features & NOTIFICATION_DATA) != 0))
        return GUNYAH_HVERR_DENIED;
    device->device_features[word] = features;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_set_queue_num_max(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    const uint32_t queue = (uint32_t)call->arg[1];
    if (queue >= device->queue_count)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    device->queues[queue].max = (uint32_t)call->arg[2];
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_get_drv_features(struct model_call *call)
{
    const struct virtio_mmio *device = call->object[0];
    const uint32_t word = (uint32_t)call->arg[1];
    if (word >= 2)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    call->result[1] = device->driver_features[word];
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_get_queue_info(struct model_call *call)
{
    const struct virtio_mmio *device = call->object[0];
    const uint32_t number = (uint32_t)call->arg[1];
    if (number >= device->queue_count)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    const struct virtio_queue *queue = &device->queues[number];
    call->result[1] = queue->size;
    call->result[2] = queue->ready;
    for (uint32_t i = 0; i < 3; i++)
        call->result[3 + i] = queue->areas[i];
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_get_notification(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    call->result[1] = device->notified;
    call->result[2] = device->reason;
    device->notified = 0;
    device->reason = 0;
    return GUNYAH_HVERR_OK;
}

static void set_status(struct gunyah_model *model, struct virtio_mmio *device, uint32_t status)
{
    device->status = status;
    gunyah_model_virtio_show(model, device, VIRTIO_STATUS, status);
}

void gunyah_model_virtio_clear_ready(struct gunyah_model *model, struct virtio_mmio *device)
{
    for (uint32_t i = 0; i < device->queue_count; i++)
        device->queues[i].ready = 0;
    gunyah_model_virtio_show(model, device, VIRTIO_QUEUE_READY, 0);
}

int32_t gunyah_model_virtio_mmio_backend_acknowledge_reset(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    set_status(call->model, device, 0);
    if (manual_acknowledge_clears_ready(call->model))
        gunyah_model_virtio_clear_ready(call->model, device);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_mmio_backend_update_status(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    set_status(call->model, device, device->status | (uint32_t)call->arg[1]);
    return GUNYAH_HVERR_OK;
}
