// SPDX-License-Identifier: BSD-3-Clause
// The driver's side of virtio devices: it reads the page of registers as memory, and each write is one of these.
#include "manual.h"
#include "virtio.h"

#define PAGE 0x1000u
#define WORD 4

static void notify(struct gunyah_model *model, struct virtio_mmio *device, uint32_t reason)
{
    device->reason |= reason;
    gunyah_model_source_assert(model, &device->frontend);
}

static bool select_device_features(struct gunyah_model *model, struct virtio_mmio *device, uint32_t word)
{
    if (word >= 2)
        return false;
    gunyah_model_virtio_show(model, device, VIRTIO_DEVICE_FEATURES, device->device_features[word]);
    return true;
}

static bool select_driver_features(struct virtio_mmio *device, uint32_t word)
{
    if (word >= 2)
        return false;
    device->driver_word = word;
    return true;
}

static bool select_queue(struct gunyah_model *model, struct virtio_mmio *device, uint32_t queue)
{
    if (queue >= device->queue_count)
        return false;
    device->queue = queue;
    gunyah_model_virtio_show(model, device, VIRTIO_QUEUE_SIZE_MAX, device->queues[queue].max);
    gunyah_model_virtio_show(model, device, VIRTIO_QUEUE_READY, device->queues[queue].ready);
    return true;
}

static bool set_ready(struct gunyah_model *model, struct virtio_mmio *device, uint32_t ready)
{
    device->queues[device->queue].ready = ready;
    gunyah_model_virtio_show(model, device, VIRTIO_QUEUE_READY, ready);
    return true;
}

static bool notify_queue(struct gunyah_model *model, struct virtio_mmio *device, uint32_t queue)
{
    // Whether there is such a queue the hypervisor does not look at.
    if (queue >= device->queue_count && manual_checks_notified(model))
        return false;
    device->notified |= UINT64_C(1) << (queue % 64);
    notify(model, device, GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_NEW_BUFFER_MASK);
    return true;
}

static bool acknowledge(struct gunyah_model *model, struct virtio_mmio *device, uint32_t bits)
{
    device->interrupt_status &= ~bits;
    gunyah_model_virtio_show(model, device, VIRTIO_INTERRUPT_STATUS, device->interrupt_status);
    return true;
}

/** The device is to be reset by its owner. */
static bool ask_for_reset(struct gunyah_model *model, struct virtio_mmio *device)
{
    if (device->status == 0)
        return true;
    device->status |= VIRTIO_STATUS_NEEDS_RESET;
    gunyah_model_virtio_show(model, device, VIRTIO_STATUS, device->status);
    gunyah_model_virtio_clear_ready(model, device);
    notify(model, device, GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_RESET_RQST_MASK);
    // The hypervisor takes whether the line is one for edges for whether it went well.
    return manual_reset_succeeds(model) || gunyah_model_source_is_edge(model, &device->frontend);
}

static bool set_status(struct gunyah_model *model, struct virtio_mmio *device, uint32_t status)
{
    const uint32_t rising = status & ~device->status;
    if (status == 0)
        return ask_for_reset(model, device);
    device->status = status;
    gunyah_model_virtio_show(model, device, VIRTIO_STATUS, status);
    if ((rising & VIRTIO_STATUS_DRIVER_OK) != 0)
        notify(model, device, GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_DRIVER_OK_MASK);
    if ((rising & VIRTIO_STATUS_FAILED) != 0)
        notify(model, device, GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_FAILED_MASK);
    return true;
}

static bool set_area(struct virtio_mmio *device, uint32_t offset, uint32_t value)
{
    const uint32_t area = (offset - VIRTIO_QUEUE_AREAS) / 0x10;
    const uint32_t word = (offset - VIRTIO_QUEUE_AREAS) % 0x10;
    if (offset < VIRTIO_QUEUE_AREAS || area >= 3 || word > WORD)
        return false;
    uint64_t *address = &device->queues[device->queue].areas[area];
    const uint64_t mask = UINT64_C(0xffffffff) << (8 * word);
    *address = (*address & ~mask) | (uint64_t)value << (8 * word);
    return true;
}

static bool write_register(struct gunyah_model *model, struct virtio_mmio *device, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_DEVICE_FEATURES_SELECT:
        return select_device_features(model, device, value);
    case VIRTIO_DRIVER_FEATURES_SELECT:
        return select_driver_features(device, value);
    case VIRTIO_DRIVER_FEATURES:
        device->driver_features[device->driver_word] = value;
        return true;
    case VIRTIO_QUEUE_SELECT:
        return select_queue(model, device, value);
    case VIRTIO_QUEUE_SIZE:
        device->queues[device->queue].size = value;
        return true;
    case VIRTIO_QUEUE_READY:
        return set_ready(model, device, value);
    case VIRTIO_QUEUE_NOTIFY:
        return notify_queue(model, device, value);
    case VIRTIO_INTERRUPT_ACK:
        return acknowledge(model, device, value);
    case VIRTIO_STATUS:
        return set_status(model, device, value);
    default:
        return set_area(device, offset, value);
    }
}

/** The configuration space of a device without a type is memory. */
static bool store_config(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset, uint32_t size,
                         uint64_t value)
{
    uint8_t bytes[WORD];
    if (size > PAGE - offset)
        return false;
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    gunyah_model_virtio_store(model, device, offset, bytes, size);
    return true;
}

/** The hypervisor takes the value for the length and the length for the value, and writes over the end of the page. */
static bool write_config(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset, uint32_t size,
                         uint64_t value)
{
    static const uint8_t zeros[64];
    const uint8_t first = (uint8_t)size;
    if (value > PAGE - offset) {
        model->crashed = true;
        return false;
    }
    for (uint64_t at = 0; at < value; at += sizeof(zeros)) {
        const uint64_t left = value - at;
        gunyah_model_virtio_store(model, device, offset + (uint32_t)at, zeros,
                                  left < sizeof(zeros) ? (size_t)left : sizeof(zeros));
    }
    if (value != 0)
        gunyah_model_virtio_store(model, device, offset, &first, 1);
    return true;
}

bool gunyah_model_virtio_write(struct gunyah_model *model, struct virtio_mmio *device, uint32_t offset, uint32_t size,
                               uint64_t value)
{
    if (size != WORD && (size != 1 || offset < VIRTIO_CONFIG))
        return false;
    if (offset < VIRTIO_CONFIG)
        return write_register(model, device, offset, (uint32_t)value);
    if (device->is_input)
        return gunyah_model_virtio_input_select(model, device, offset, size, (uint8_t)value);
    if (manual_stores_config(model))
        return store_config(model, device, offset, size, value);
    return write_config(model, device, offset, size, value);
}
