// SPDX-License-Identifier: BSD-3-Clause
// Input devices, whose configuration space the hypervisor answers from what their owner has given it.
#include "calls.h"
#include "manual.h"
#include "virtio.h"

#include <string.h>

#define SELECT (VIRTIO_CONFIG + 0)
#define SUBSELECT (VIRTIO_CONFIG + 1)
#define SIZE (VIRTIO_CONFIG + 2)
#define DATA (VIRTIO_CONFIG + 8)
#define ABS_INFO_SIZE 20

/** What may be stored for one kind of selector. */
struct kind {
    uint32_t subselects;
    uint32_t max_size;
    bool has_many; // of which the owner has said how many
};

static struct kind kind_of(uint32_t select)
{
    switch (select) {
    case GUNYAH_VIRTIO_INPUT_SELECT_NAME:
    case GUNYAH_VIRTIO_INPUT_SELECT_SERIAL:
        return (struct kind){1, VIRTIO_INPUT_DATA, false};
    case GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS:
        return (struct kind){1, 8, false};
    case GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS:
        return (struct kind){1, 4, false};
    case GUNYAH_VIRTIO_INPUT_SELECT_EVBITS:
        return (struct kind){VIRTIO_INPUT_EVENT_TYPES, VIRTIO_INPUT_DATA, true};
    case GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO:
        return (struct kind){VIRTIO_INPUT_ABS_AXES, ABS_INFO_SIZE, true};
    default:
        return (struct kind){0, 0, false};
    }
}

static struct virtio_input_entry *fixed_entry(struct virtio_mmio *device, uint32_t select)
{
    switch (select) {
    case GUNYAH_VIRTIO_INPUT_SELECT_NAME:
        return &device->fixed[0];
    case GUNYAH_VIRTIO_INPUT_SELECT_SERIAL:
        return &device->fixed[1];
    case GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS:
        return &device->fixed[2];
    default:
        return &device->fixed[3];
    }
}

/** The entries for one selector of those of which there may be many, and how many. */
static struct virtio_input_entry *many_entries(struct gunyah_model *model, const struct virtio_mmio *device,
                                               uint32_t select, uint32_t *count)
{
    const bool is_axis = select == GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO;
    struct virtio_input_entry *entries = device->entries != 0 ? model_at(model, device->entries) : NULL;
    *count = entries == NULL ? 0 : is_axis ? device->axes : device->event_types;
    return is_axis && entries != NULL ? entries + device->event_types : entries;
}

static void set_fixed(struct virtio_input_entry *entry, uint64_t value, uint32_t size)
{
    entry->size = size;
    for (uint32_t i = 0; i < size; i++)
        entry->data[i] = (uint8_t)(value >> (8 * i));
}

int32_t gunyah_model_virtio_input_configure(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    const uint32_t event_types = (uint32_t)call->arg[3];
    const uint32_t axes = (uint32_t)call->arg[4];
    const bool fit = event_types <= VIRTIO_INPUT_EVENT_TYPES && axes <= VIRTIO_INPUT_ABS_AXES;
    if (!device->is_input)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    if (!fit && manual_input_checks_first(call->model))
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    // These stay, whatever is found afterwards.
    set_fixed(fixed_entry(device, GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS), call->arg[1], 8);
    set_fixed(fixed_entry(device, GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS), (uint32_t)call->arg[2], 4);
    if (!fit)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (device->entries != 0)
        return GUNYAH_HVERR_BUSY;
    if (event_types + axes == 0)
        return GUNYAH_HVERR_OK;
    device->entries = gunyah_model_heap_take(call->model, (event_types + axes) * sizeof(struct virtio_input_entry));
    if (device->entries == 0)
        return GUNYAH_HVERR_NOMEM;
    device->event_types = event_types;
    device->axes = axes;
    return GUNYAH_HVERR_OK;
}

/** A free entry, or with an error that there is none. */
static int32_t find_free(struct gunyah_model *model, struct virtio_mmio *device, uint32_t select,
                         struct virtio_input_entry **free)
{
    uint32_t count;
    struct virtio_input_entry *entries = many_entries(model, device, select, &count);
    if (count == 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    for (uint32_t i = 0; i < count; i++) {
        *free = &entries[i];
        if (entries[i].size == 0)
            return GUNYAH_HVERR_OK;
    }
    return GUNYAH_HVERR_NORESOURCES;
}

static int32_t copy_in(struct model_call *call, struct virtio_input_entry *entry, const struct kind *kind)
{
    const uint32_t size = (uint32_t)call->arg[3];
    entry->size = 0;
    memset(entry->data, 0, sizeof(entry->data));
    if (size == 0 || size > kind->max_size)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (size - 1 > UINT64_MAX - call->arg[4])
        return GUNYAH_HVERR_ADDR_OVERFLOW;
    if (gunyah_model_read(call, call->arg[4], entry->data, size) != GUNYAH_MODEL_MEMORY_OK)
        return GUNYAH_HVERR_ADDR_INVALID;
    entry->size = size;
    return GUNYAH_HVERR_OK;
}

/** The manual has no call for ids and properties, and axes of one size only. */
static int32_t check_as_manual(uint32_t select, uint32_t size, const struct kind *kind)
{
    if (select == GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS || select == GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (size > kind->max_size || (select == GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO && size != ABS_INFO_SIZE))
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    return GUNYAH_HVERR_OK;
}

/** No data. Of what there may be many, that is no entry. */
static int32_t set_nothing(struct virtio_mmio *device, uint32_t select, const struct kind *kind)
{
    if (!kind->has_many)
        fixed_entry(device, select)->size = 0;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_virtio_input_set_data(struct model_call *call)
{
    struct virtio_mmio *device = call->object[0];
    const uint32_t select = (uint32_t)call->arg[1];
    const uint32_t subselect = (uint32_t)call->arg[2];
    const struct kind kind = kind_of(select);
    if (!device->is_input)
        return GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE;
    if (subselect >= kind.subselects)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (manual_input_sizes(call->model)) {
        const uint32_t size = (uint32_t)call->arg[3];
        const int32_t error = check_as_manual(select, size, &kind);
        if (error != GUNYAH_HVERR_OK)
            return error;
        if (size == 0)
            return set_nothing(device, select, &kind);
    }
    if (!kind.has_many)
        return copy_in(call, fixed_entry(device, select), &kind);
    struct virtio_input_entry *entry;
    int32_t error = find_free(call->model, device, select, &entry);
    if (error == GUNYAH_HVERR_OK)
        error = copy_in(call, entry, &kind);
    if (error != GUNYAH_HVERR_OK)
        return error;
    entry->subselect = subselect;
    if (select == GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO)
        entry->size = ABS_INFO_SIZE;
    return GUNYAH_HVERR_OK;
}

static const struct virtio_input_entry *find(struct gunyah_model *model, struct virtio_mmio *device)
{
    const struct kind kind = kind_of(device->select);
    uint32_t count;
    if (device->subselect >= kind.subselects)
        return NULL;
    if (!kind.has_many)
        return fixed_entry(device, device->select);
    const struct virtio_input_entry *entries = many_entries(model, device, device->select, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i].size != 0 && entries[i].subselect == device->subselect)
            return &entries[i];
    }
    return NULL;
}

bool gunyah_model_virtio_input_select(struct gunyah_model *model, struct virtio_mmio *device, uint32_t offset,
                                      uint32_t size, uint8_t value)
{
    if (size != 1 || (offset != SELECT && offset != SUBSELECT))
        return false;
    if (offset == SELECT)
        device->select = value;
    else
        device->subselect = value;
    const struct virtio_input_entry *entry = find(model, device);
    const uint8_t length = entry != NULL ? (uint8_t)entry->size : 0;
    gunyah_model_virtio_store(model, device, offset, &value, 1);
    gunyah_model_virtio_store(model, device, SIZE, &length, 1);
    if (length != 0)
        gunyah_model_virtio_store(model, device, DATA, entry->data, length);
    return true;
}
