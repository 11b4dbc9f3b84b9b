// SPDX-License-Identifier: BSD-3-Clause
// An input device, whose configuration the hypervisor answers from what the VMM has given it.
#include "signed.h"

#include <gunyah/abi/numbers.h>
#include <gunyah/abi/types.h>

#include <string.h>

#define ABS_INFO_SIZE 20

// The entries for one selector.
struct slots {
    uint32_t first;
    uint32_t count;
    uint32_t subselects;
    uint32_t max_size;
};

static struct slots slots_of(const struct emu_input *input, uint32_t select)
{
    switch (select) {
    case GUNYAH_VIRTIO_INPUT_SELECT_NAME:
        return (struct slots){0, 1, 1, EMU_INPUT_DATA};
    case GUNYAH_VIRTIO_INPUT_SELECT_SERIAL:
        return (struct slots){1, 1, 1, EMU_INPUT_DATA};
    case GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS:
        return (struct slots){2, 1, 1, sizeof(uint64_t)};
    case GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS:
        return (struct slots){3, 1, 1, sizeof(uint32_t)};
    case GUNYAH_VIRTIO_INPUT_SELECT_EVBITS:
        return (struct slots){EMU_INPUT_FIXED, input->event_types, EMU_INPUT_EVENT_TYPES, EMU_INPUT_DATA};
    case GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO:
        return (struct slots){EMU_INPUT_FIXED + EMU_INPUT_EVENT_TYPES, input->axes, EMU_INPUT_AXES, ABS_INFO_SIZE};
    default:
        return (struct slots){0, 0, 0, 0};
    }
}

static void set_number(struct emu_input *input, uint8_t select, uint64_t value, uint8_t size)
{
    struct emu_input_entry *entry = &input->entries[slots_of(input, select).first];

    *entry = (struct emu_input_entry){.select = select, .size = size};
    for (uint32_t i = 0; i < size; i++)
        entry->data[i] = (unsigned char)(value >> (8 * i));
}

// Ids and properties stay, whatever is found afterwards.
int32_t gunyah_internal_emu_configure_input(struct emu_input *input, uint64_t ids, uint32_t properties,
                                            uint32_t event_types, uint32_t axes)
{
    if (input == NULL)
        return GUNYAH_HVERR_OBJECT_CONFIG;
    set_number(input, GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, ids, sizeof(ids));
    set_number(input, GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, properties, sizeof(properties));
    if (event_types > EMU_INPUT_EVENT_TYPES || axes > EMU_INPUT_AXES)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (input->event_types + input->axes != 0)
        return GUNYAH_HVERR_BUSY;
    input->event_types = event_types;
    input->axes = axes;
    return GUNYAH_HVERR_OK;
}

// What there is one of is set anew; of the others, each takes an entry that is free.
static int32_t find_slot(const struct emu_input *input, const struct slots *slots, uint32_t *slot)
{
    if (slots->count == 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    *slot = slots->first;
    if (slots->first < EMU_INPUT_FIXED)
        return GUNYAH_HVERR_OK;
    while (*slot < slots->first + slots->count && input->entries[*slot].size != 0)
        ++*slot;
    return *slot < slots->first + slots->count ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NORESOURCES;
}

int32_t gunyah_internal_emu_set_input_data(struct emu_input *input, const struct emu_input_entry *wanted)
{
    struct emu_input_entry *entry;
    struct slots slots;
    uint32_t slot;
    int32_t error;

    if (input == NULL)
        return GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE;
    slots = slots_of(input, wanted->select);
    if (wanted->subselect >= slots.subselects)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    error = find_slot(input, &slots, &slot);
    if (error != GUNYAH_HVERR_OK)
        return error;
    entry = &input->entries[slot];
    *entry = (struct emu_input_entry){0};
    if (wanted->size == 0 || wanted->size > slots.max_size)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    entry->select = wanted->select;
    entry->subselect = wanted->subselect;
    entry->size = wanted->select == GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO ? ABS_INFO_SIZE : wanted->size;
    memcpy(entry->data, wanted->data, wanted->size);
    return GUNYAH_HVERR_OK;
}

const struct emu_input_entry *gunyah_internal_emu_find_input(const struct emu_input *input, uint8_t select,
                                                             uint8_t subselect)
{
    const struct slots slots = slots_of(input, select);

    for (uint32_t i = 0; i < slots.count; i++) {
        const struct emu_input_entry *entry = &input->entries[slots.first + i];
        if (entry->size != 0 && entry->subselect == subselect)
            return entry;
    }
    return NULL;
}
