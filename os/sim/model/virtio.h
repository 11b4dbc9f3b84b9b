// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices: the registers that a driver sees, and what the parts of the model know of them.
#ifndef GUNYAH_MODEL_VIRTIO_H
#define GUNYAH_MODEL_VIRTIO_H

#include "internal.h"

// Offsets in the page of registers (virtio 1.1, 4.2.2), and bits of the status.
#define VIRTIO_DEVICE_FEATURES 0x10
#define VIRTIO_DEVICE_FEATURES_SELECT 0x14
#define VIRTIO_DRIVER_FEATURES 0x20
#define VIRTIO_DRIVER_FEATURES_SELECT 0x24
#define VIRTIO_QUEUE_SELECT 0x30
#define VIRTIO_QUEUE_SIZE_MAX 0x34
#define VIRTIO_QUEUE_SIZE 0x38
#define VIRTIO_QUEUE_READY 0x44
#define VIRTIO_QUEUE_NOTIFY 0x50
#define VIRTIO_INTERRUPT_STATUS 0x60
#define VIRTIO_INTERRUPT_ACK 0x64
#define VIRTIO_STATUS 0x70
#define VIRTIO_QUEUE_AREAS 0x80 // three of them, 0x10 apart, two words each
#define VIRTIO_CONFIG 0x100

#define VIRTIO_STATUS_DRIVER_OK 0x04u
#define VIRTIO_STATUS_NEEDS_RESET 0x40u
#define VIRTIO_STATUS_FAILED 0x80u

/** Write to the page of the device, which the driver reads. */
void gunyah_model_virtio_store(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset,
                               const void *bytes, size_t size);
void gunyah_model_virtio_show(struct gunyah_model *model, const struct virtio_mmio *device, uint32_t offset,
                              uint32_t value);

/** No queue is ready any more. */
void gunyah_model_virtio_clear_ready(struct gunyah_model *model, struct virtio_mmio *device);

/** A driver's write to the page. Returns false if it faults. */
bool gunyah_model_virtio_write(struct gunyah_model *model, struct virtio_mmio *device, uint32_t offset, uint32_t size,
                               uint64_t value);

/** What an input device answers in its configuration space for what is selected there. */
bool gunyah_model_virtio_input_select(struct gunyah_model *model, struct virtio_mmio *device, uint32_t offset,
                                      uint32_t size, uint8_t value);

#endif
