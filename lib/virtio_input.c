// SPDX-License-Identifier: BSD-3-Clause
// Input devices: what the hypervisor answers from their configuration space.
#include "internal.h"

static gunyah_virtio_input_devids_t ids_of(const struct gunyah_virtio_input_options *options)
{
    gunyah_virtio_input_devids_t ids = {0};

    ids = gunyah_virtio_input_devids_with_bus(ids, options->bus);
    ids = gunyah_virtio_input_devids_with_vendor(ids, options->vendor);
    ids = gunyah_virtio_input_devids_with_product(ids, options->product);
    return gunyah_virtio_input_devids_with_version(ids, options->version);
}

// Why there cannot be so many; null if there can.
static const struct reason *refused_counts(const struct gunyah_virtio_input_options *options)
{
    static const struct reason event_types = {GUNYAH_ERR_ARGUMENT_INVALID, "the device has more than 32 event types",
                                              "Count the event types that it has, at most 32."};
    static const struct reason axes = {GUNYAH_ERR_ARGUMENT_INVALID, "the device has more than 64 absolute axes",
                                       "Count the absolute axes that it has, at most 64."};

    if (options->event_types > GUNYAH_VIRTIO_INPUT_MAX_EVENT_TYPES)
        return &event_types;
    return options->axes > GUNYAH_VIRTIO_INPUT_MAX_AXES ? &axes : NULL;
}

enum gunyah_error gunyah_virtio_input_configure(struct gunyah_virtio_mmio *device,
                                                const struct gunyah_virtio_input_options *given)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);
    struct gunyah_virtio_input_options options;

    if (error != GUNYAH_OK)
        return error;
    if (given == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(&options, sizeof(options), given))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    const struct reason *refused = refused_counts(&options);
    if (refused != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, refused);
    const int32_t code = gunyah_hypercall_virtio_input_configure(handle->g, handle->cap, ids_of(&options).bits,
                                                                 options.properties, options.event_types, options.axes);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_INPUT_CONFIGURE, code);
}

// What may be given for a selector.
struct piece {
    uint32_t subselects;
    uint32_t smallest, largest; // bytes
};

static struct piece piece_of(enum gunyah_virtio_input_select select)
{
    switch (select) {
    case GUNYAH_VIRTIO_INPUT_SELECT_NAME:
    case GUNYAH_VIRTIO_INPUT_SELECT_SERIAL:
        return (struct piece){1, 1, GUNYAH_VIRTIO_INPUT_MAX_DATA};
    case GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS:
        return (struct piece){1, 1, 8};
    case GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS:
        return (struct piece){1, 1, 4};
    case GUNYAH_VIRTIO_INPUT_SELECT_EVBITS:
        return (struct piece){GUNYAH_VIRTIO_INPUT_MAX_EVENT_TYPES, 1, GUNYAH_VIRTIO_INPUT_MAX_DATA};
    case GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO:
        return (struct piece){GUNYAH_VIRTIO_INPUT_MAX_AXES, GUNYAH_VIRTIO_INPUT_ABSINFO_SIZE,
                              GUNYAH_VIRTIO_INPUT_ABSINFO_SIZE};
    }
    return (struct piece){0, 0, 0};
}

// Why this cannot be given; null if it can.
static const struct reason *refused_piece(enum gunyah_virtio_input_select select, uint32_t subselect, uint64_t data,
                                          uint32_t size)
{
    static const struct reason no_such_select = {GUNYAH_ERR_ARGUMENT_INVALID, "there is no such selector",
                                                 "Name one of enum gunyah_virtio_input_select."};
    static const struct reason no_such_part = {
        GUNYAH_ERR_ARGUMENT_INVALID, "the selector has no such part",
        "Event types are 0 to 31, axes 0 to 63; of the other selectors there is part 0 alone."};
    static const struct reason wrong_size = {
        GUNYAH_ERR_ARGUMENT_SIZE, "the selector does not have so many bytes",
        "Give a name, a serial number or a set of events 1 to 128 bytes, ids 8, properties 4, and an axis 20."};
    static const struct reason wraps = {GUNYAH_ERR_ADDR_OVERFLOW, "the data wraps around the end of the addresses",
                                        "Check the address and the size."};
    const struct piece piece = piece_of(select);

    if (piece.subselects == 0)
        return &no_such_select;
    if (subselect >= piece.subselects)
        return &no_such_part;
    if (size < piece.smallest || size > piece.largest)
        return &wrong_size;
    return data + (size - 1) < data ? &wraps : NULL;
}

enum gunyah_error gunyah_virtio_input_set_data(struct gunyah_virtio_mmio *device,
                                               enum gunyah_virtio_input_select select, uint32_t subselect,
                                               uint64_t data, uint32_t size)
{
    const struct handle *handle = (const struct handle *)device;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIRTIO_MMIO, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (data == 0)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    const struct reason *refused = refused_piece(select, subselect, data, size);
    if (refused != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, refused);
    const int32_t code =
        gunyah_hypercall_virtio_input_set_data(handle->g, handle->cap, (uint32_t)select, subselect, size, data);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIRTIO_INPUT_SET_DATA, code);
}
