// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_virtio_mmio_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_virtio_mmio **device)
{
    enum gunyah_error error;

    if (device == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *device = (struct gunyah_virtio_mmio *)gunyah_internal_open(g, HANDLE_VIRTIO_MMIO, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_virtio_mmio_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                            struct gunyah_virtio_mmio **device)
{
    enum gunyah_error error;

    if (device == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *device = (struct gunyah_virtio_mmio *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_VIRTIO_MMIO, HANDLE_VIRTIO_MMIO, __func__, &error);
    return error;
}

enum gunyah_error gunyah_virtio_mmio_close(struct gunyah_virtio_mmio **device)
{
    if (device == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*device, HANDLE_VIRTIO_MMIO, __func__);
    if (error == GUNYAH_OK)
        *device = NULL;
    return error;
}

gunyah_capid_t gunyah_virtio_mmio_capid(const struct gunyah_virtio_mmio *device)
{
    return gunyah_internal_capid((const struct handle *)device, HANDLE_VIRTIO_MMIO);
}

// ---- before activation --------------------------------------------------------------------------------------------

// Why a device cannot have so many queues; null if it can.
static const struct reason *refused_queues(uint32_t queues)
{
    static const struct reason none = {
        GUNYAH_ERR_WOULD_CRASH, "the device has no queue, and the hypervisor stops when such a device is activated",
        "Give it 1 to 16 queues."};
    static const struct reason too_many = {GUNYAH_ERR_ARGUMENT_INVALID, "the device has more than 16 queues",
                                           "Give it 1 to 16 queues."};

    if (queues == 0)
        return &none;
    return queues > GUNYAH_VIRTIO_MAX_QUEUES ? &too_many : NULL;
}

enum gunyah_error gunyah_virtio_mmio_configure(struct gunyah_virtio_mmio *device, struct gunyah_memextent *extent,
                                               uint32_t queues, enum gunyah_virtio_device_type type)
{
    struct handle *handle = (struct handle *)device;
    const struct handle *page = (const struct handle *)extent;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);
    gunyah_virtio_option_flags_t flags = {0};

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, page, HANDLE_MEMEXTENT, __func__);
    if (error != GUNYAH_OK)
        return error;
    const struct reason *refused = refused_queues(queues);
    if (refused != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, refused);
    flags = gunyah_virtio_option_flags_with_valid_device_type(flags, type != GUNYAH_VIRTIO_DEVICE_TYPE_INVALID);
    const int32_t code = gunyah_hypercall_virtio_mmio_configure(handle->g, handle->cap, page->cap, queues, flags, type);
    if (code == GUNYAH_HVERR_OK)
        handle->queues = queues;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_CONFIGURE, code);
}

enum gunyah_error gunyah_virtio_mmio_activate(struct gunyah_virtio_mmio *device)
{
    static const struct reason not_configured = {
        GUNYAH_ERR_OBJECT_CONFIG, "the device was not configured through this handle, and may have no queue",
        "Configure it before activating it: the hypervisor stops when a device without queues is activated."};
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (handle->queues == 0)
        return gunyah_internal_refuse_for(handle->g, __func__, &not_configured);
    return gunyah_object_activate(handle->g, handle->cap);
}

#define VERSION_1 (UINT64_C(1) << 32)
#define ACCESS_PLATFORM (UINT64_C(1) << 33)
#define NOTIFICATION_DATA (UINT64_C(1) << 38)

// Why these features cannot be offered; null if they can.
static const struct reason *refused_features(uint64_t features)
{
    static const struct reason missing = {GUNYAH_ERR_DENIED,
                                          "VERSION_1 (bit 32) or ACCESS_PLATFORM (bit 33) is not among the features",
                                          "Offer both: the hypervisor has no other devices."};
    static const struct reason forbidden = {GUNYAH_ERR_DENIED, "NOTIFICATION_DATA (bit 38) is among the features",
                                            "Leave it out: the hypervisor passes numbers of queues on, and no more."};

    if ((features & VERSION_1) == 0 || (features & ACCESS_PLATFORM) == 0)
        return &missing;
    return (features & NOTIFICATION_DATA) != 0 ? &forbidden : NULL;
}

enum gunyah_error gunyah_virtio_mmio_set_device_features(struct gunyah_virtio_mmio *device, uint64_t features)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *refused = refused_features(features);
    if (refused != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, refused);
    // The upper word first: it is the one that may be refused.
    int32_t code = GUNYAH_HVERR_OK;
    for (uint32_t i = 2; i > 0 && code == GUNYAH_HVERR_OK; i--)
        code = gunyah_hypercall_virtio_mmio_backend_set_dev_features(handle->g, handle->cap, i - 1,
                                                                     (uint32_t)(features >> 32 * (i - 1)));
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_SET_DEV_FEATURES, code);
}

enum gunyah_error gunyah_virtio_mmio_set_queue_num_max(struct gunyah_virtio_mmio *device, uint32_t queue,
                                                       uint32_t queue_num_max)
{
    static const struct reason too_large = {GUNYAH_ERR_ARGUMENT_INVALID, "the queue has more than 32768 descriptors",
                                            "Virtio has no larger queues."};
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (queue_num_max > GUNYAH_VIRTIO_MAX_QUEUE_SIZE)
        return gunyah_internal_refuse_for(handle->g, __func__, &too_large);
    const int32_t code =
        gunyah_hypercall_virtio_mmio_backend_set_queue_num_max(handle->g, handle->cap, queue, queue_num_max);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_SET_QUEUE_NUM_MAX, code);
}

// ---- interrupts ---------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_virtio_mmio_bind_backend_virq(struct gunyah_virtio_mmio *device, struct gunyah_vic *vic,
                                                       gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)device, HANDLE_VIRTIO_MMIO, vic, virq,
                                GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_BIND_VIRQ, __func__);
}

enum gunyah_error gunyah_virtio_mmio_unbind_backend_virq(struct gunyah_virtio_mmio *device)
{
    return gunyah_internal_unbind((struct handle *)device, HANDLE_VIRTIO_MMIO,
                                  GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_UNBIND_VIRQ, __func__);
}

enum gunyah_error gunyah_virtio_mmio_bind_frontend_virq(struct gunyah_virtio_mmio *device, struct gunyah_vic *vic,
                                                        gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)device, HANDLE_VIRTIO_MMIO, vic, virq,
                                GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_BIND_VIRQ, __func__);
}

enum gunyah_error gunyah_virtio_mmio_unbind_frontend_virq(struct gunyah_virtio_mmio *device)
{
    return gunyah_internal_unbind((struct handle *)device, HANDLE_VIRTIO_MMIO,
                                  GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_UNBIND_VIRQ, __func__);
}

enum gunyah_error gunyah_virtio_mmio_assert_virq(struct gunyah_virtio_mmio *device, uint32_t status)
{
    const uint32_t known = GUNYAH_VIRTIO_MMIO_USED_BUFFER | GUNYAH_VIRTIO_MMIO_CONFIG_CHANGED;
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if ((status & ~known) != 0)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    const int32_t code = gunyah_hypercall_virtio_mmio_backend_assert_virq(handle->g, handle->cap, status);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_ASSERT_VIRQ, code);
}

// ---- what the driver says -----------------------------------------------------------------------------------------

enum gunyah_error gunyah_virtio_mmio_get_driver_features(struct gunyah_virtio_mmio *device, uint64_t *features)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);
    struct gunyah_virtio_mmio_backend_get_drv_features_result answer = {GUNYAH_HVERR_OK, 0};
    uint64_t found = 0;

    if (error != GUNYAH_OK)
        return error;
    if (features == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    for (uint32_t word = 0; word < 2 && answer.error == GUNYAH_HVERR_OK; word++) {
        answer = gunyah_hypercall_virtio_mmio_backend_get_drv_features(handle->g, handle->cap, word);
        found |= (uint64_t)answer.drv_feat << 32 * word;
    }
    if (answer.error == GUNYAH_HVERR_OK)
        *features = found;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_DRV_FEATURES, answer.error);
}

enum gunyah_error gunyah_virtio_mmio_get_queue_info(struct gunyah_virtio_mmio *device, uint32_t queue,
                                                    struct gunyah_virtio_mmio_queue *info)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (info == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    if (info->size < sizeof(*info))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    const struct gunyah_virtio_mmio_backend_get_queue_info_result answer =
        gunyah_hypercall_virtio_mmio_backend_get_queue_info(handle->g, handle->cap, queue);
    if (answer.error == GUNYAH_HVERR_OK) {
        info->num = answer.queue_num;
        info->ready = answer.queue_ready != 0;
        info->desc_addr = answer.queue_desc;
        info->drv_addr = answer.queue_drv;
        info->dev_addr = answer.queue_dev;
    }
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_QUEUE_INFO, answer.error);
}

enum gunyah_error gunyah_virtio_mmio_get_notification(struct gunyah_virtio_mmio *device,
                                                      struct gunyah_virtio_mmio_notification *notification)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (notification == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    const struct gunyah_virtio_mmio_backend_get_notification_result answer =
        gunyah_hypercall_virtio_mmio_backend_get_notification(handle->g, handle->cap);
    if (answer.error == GUNYAH_HVERR_OK) {
        notification->queues = answer.vqs_bitmap;
        notification->new_buffer = gunyah_virtio_mmio_notify_reason_get_new_buffer(answer.reason) != 0;
        notification->reset_requested = gunyah_virtio_mmio_notify_reason_get_reset_rqst(answer.reason) != 0;
        notification->driver_ok = gunyah_virtio_mmio_notify_reason_get_driver_ok(answer.reason) != 0;
        notification->failed = gunyah_virtio_mmio_notify_reason_get_failed(answer.reason) != 0;
    }
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_NOTIFICATION, answer.error);
}

enum gunyah_error gunyah_virtio_mmio_acknowledge_reset(struct gunyah_virtio_mmio *device)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_virtio_mmio_backend_acknowledge_reset(handle->g, handle->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_ACKNOWLEDGE_RESET, code);
}

enum gunyah_error gunyah_virtio_mmio_update_status(struct gunyah_virtio_mmio *device, uint32_t bits)
{
    static const struct reason no_such_bit = {GUNYAH_ERR_ARGUMENT_INVALID, "Status has eight bits",
                                              "Name bits of the status of a virtio device."};
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (bits > UINT8_MAX)
        return gunyah_internal_refuse_for(handle->g, __func__, &no_such_bit);
    const int32_t code = gunyah_hypercall_virtio_mmio_backend_update_status(handle->g, handle->cap, bits);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_UPDATE_STATUS, code);
}
