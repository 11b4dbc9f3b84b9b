// SPDX-License-Identifier: BSD-3-Clause
// A virtio device as the VM finds it: the registers of a virtio-mmio device of version 2. The hypervisor keeps them, and tells the
// driver what the VM has done as events.
#include "signed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum mmio_register {
    DEVICE_FEATURES = 0x10,
    DEVICE_FEATURES_SELECT = 0x14,
    DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_SELECT = 0x24,
    QUEUE_SELECT = 0x30,
    QUEUE_SIZE_MAX = 0x34,
    QUEUE_SIZE = 0x38,
    QUEUE_READY = 0x44,
    QUEUE_NOTIFY = 0x50,
    INTERRUPT_STATUS = 0x60,
    INTERRUPT_ACK = 0x64,
    STATUS = 0x70,
    QUEUE_PARTS = 0x80, // Three addresses, 0x10 apart, the low half first.
    QUEUE_PARTS_END = 0xa8,
    CONFIGURATION = 0x100,
    INPUT_SELECT = 0x100, // Bytes, of an input device.
    INPUT_SUBSELECT = 0x101,
    INPUT_SIZE = 0x102,
    INPUT_DATA = 0x108,
};

#define STATUS_DRIVER_OK UINT32_C(4)
#define STATUS_FAILED UINT32_C(0x80)
#define USED_BUFFER UINT32_C(1)

static uint32_t *at(struct emu_virtio *device, uint32_t offset)
{
    return &device->registers[offset / sizeof(uint32_t)];
}

bool gunyah_internal_emu_init_virtio(struct emu_virtio *device, uint32_t label, bool is_input)
{
    device->label = label;
    for (uint32_t i = 0; i < EMU_MAX_QUEUES; i++)
        device->queues[i].kick = -1;
    if (is_input)
        device->input = calloc(1, sizeof(*device->input));
    return !is_input || device->input != NULL;
}

static void forget_kicks(struct emu_virtio *device)
{
    for (uint32_t i = 0; i < EMU_MAX_QUEUES; i++) {
        if (device->queues[i].kick >= 0)
            close(device->queues[i].kick);
        device->queues[i].kick = -1;
    }
}

void gunyah_internal_emu_free_virtio(struct emu_virtio *device)
{
    forget_kicks(device);
    free(device->input);
    device->input = NULL;
}

struct emu_virtio *gunyah_internal_emu_find_virtio(const struct emu_vm *vm, uint32_t label)
{
    const bool is_there = vm->made_of != NULL && label != 0 && label <= vm->made_of->virtio_devices;

    return is_there ? &vm->devices[label - 1] : NULL;
}

// ---- events ------------------------------------------------------------------------------------------------------

static void kick(struct emu_virtio *device)
{
    for (uint32_t i = 0; i < EMU_MAX_QUEUES; i++) {
        if ((device->rung >> i & 1) == 0 || device->queues[i].kick < 0)
            continue;
        gunyah_internal_emu_signal(device->queues[i].kick);
        device->rung &= ~(UINT32_C(1) << i);
    }
}

void gunyah_internal_emu_raise_virtio(struct emu_virtio *device, uint32_t event, uint32_t queues)
{
    device->rung |= queues;
    if (event == EMU_NEW_BUFFER && device->is_acknowledged) {
        kick(device);
        return;
    }
    device->events |= event;
    device->has_news = true;
}

// A device that is reset forgets, in later drivers, whom it rang.
static void begin_reset(const struct emu *emu, struct emu_virtio *device)
{
    if (!has(emu, EMU_SIGNED_LATER))
        return;
    device->is_acknowledged = false;
    forget_kicks(device);
}

static bool take(struct emu_virtio *device, uint32_t event)
{
    const bool is_there = (device->events & event) != 0;

    device->events &= ~event;
    return is_there;
}

// Buffers are told of with whatever else there is; alone, they are rung about.
static uint32_t take_with_buffers(struct emu_virtio *device, uint32_t *data)
{
    const uint32_t events = device->events;

    if (device->is_acknowledged)
        kick(device);
    if (events == 0)
        return 0;
    *data = (events & EMU_INTERRUPT_ACK) != 0 ? *at(device, INTERRUPT_ACK) : device->rung;
    device->events = 0;
    device->rung = 0;
    return events;
}

// What comes first is told first. What remains is news only behind a reset and behind a driver that is ready.
static uint32_t take_first(const struct emu *emu, struct emu_virtio *device, uint32_t *data)
{
    if ((device->events & EMU_VM_EXIT) != 0)
        return EMU_APP_EXIT;
    if (take(device, EMU_RESET_REQUEST)) {
        begin_reset(emu, device);
        device->has_news = device->events != 0;
        return EMU_RESET_REQUEST;
    }
    if (take(device, EMU_DRIVER_OK)) {
        device->has_news = !device->is_acknowledged && device->events != 0;
        return device->is_acknowledged ? 0 : EMU_DRIVER_OK;
    }
    if (take(device, EMU_NEW_BUFFER))
        return take_with_buffers(device, data);
    if (take(device, EMU_INTERRUPT_ACK)) {
        device->rung = 0;
        *data = *at(device, INTERRUPT_ACK);
        return EMU_INTERRUPT_ACK;
    }
    return 0;
}

bool gunyah_internal_emu_take_event(const struct emu *emu, struct emu_virtio *device, uint32_t *event, uint32_t *data)
{
    *event = 0;
    *data = 0;
    while (*event == 0 && device->has_news) {
        device->has_news = false;
        *event = take_first(emu, device, data);
    }
    return *event != 0;
}

// ---- what the VM sees --------------------------------------------------------------------------------------------

void gunyah_internal_emu_interrupt_virtio(const struct emu_vm *vm, uint32_t label)
{
    struct emu_virtio *device = gunyah_internal_emu_find_virtio(vm, label);

    if (device != NULL)
        *at(device, INTERRUPT_STATUS) |= USED_BUFFER;
}

static struct emu_queue *selected(struct emu_virtio *device)
{
    const uint32_t index = *at(device, QUEUE_SELECT);

    return index < EMU_MAX_QUEUES ? &device->queues[index] : NULL;
}

// The registers that depend on what is selected.
void gunyah_internal_emu_show_virtio(struct emu_virtio *device)
{
    const uint32_t features = *at(device, DEVICE_FEATURES_SELECT);
    const struct emu_queue *queue = selected(device);

    *at(device, DEVICE_FEATURES) = features < 2 ? device->device_features[features] : 0;
    *at(device, QUEUE_SIZE_MAX) = queue != NULL ? queue->size_max : 0;
    *at(device, QUEUE_READY) = queue != NULL ? queue->ready : 0;
}

void gunyah_internal_emu_reset_virtio(struct emu_virtio *device)
{
    for (uint32_t i = 0; i < EMU_MAX_QUEUES; i++) {
        struct emu_queue *queue = &device->queues[i];
        *queue = (struct emu_queue){.size_max = queue->size_max, .kick = queue->kick};
    }
    memset(device->driver_features, 0, sizeof(device->driver_features));
    *at(device, STATUS) = 0;
    *at(device, INTERRUPT_STATUS) = 0;
    gunyah_internal_emu_show_virtio(device);
}

// Zero asks for a reset, which is done when the VMM says so.
static void set_status(struct emu_virtio *device, uint32_t status)
{
    const uint32_t added = status & ~*at(device, STATUS);

    if (status == 0) {
        gunyah_internal_emu_raise_virtio(device, EMU_RESET_REQUEST, 0);
        return;
    }
    *at(device, STATUS) = status;
    if ((added & STATUS_DRIVER_OK) != 0)
        gunyah_internal_emu_raise_virtio(device, EMU_DRIVER_OK, 0);
    if ((added & STATUS_FAILED) != 0)
        gunyah_internal_emu_raise_virtio(device, EMU_DRIVER_FAILED, 0);
}

static void set_queue(struct emu_queue *queue, uint32_t offset, uint32_t value)
{
    const uint32_t part = (offset - QUEUE_PARTS) / 0x10;
    const uint32_t shift = (offset & 4) != 0 ? 32 : 0;

    if (offset == QUEUE_SIZE)
        queue->size = value;
    else if (offset == QUEUE_READY)
        queue->ready = value;
    else if (offset >= QUEUE_PARTS && offset < QUEUE_PARTS_END && (offset & 8) == 0)
        queue->parts[part] = (queue->parts[part] & ~(UINT64_C(0xffffffff) << shift)) | (uint64_t)value << shift;
}

static void set_register(struct emu_virtio *device, uint32_t offset, uint32_t value)
{
    const uint32_t features = *at(device, DRIVER_FEATURES_SELECT);

    switch (offset) {
    case DEVICE_FEATURES_SELECT:
    case DRIVER_FEATURES_SELECT:
    case QUEUE_SELECT:
        *at(device, offset) = value;
        break;
    case DRIVER_FEATURES:
        if (features < 2)
            device->driver_features[features] = value;
        break;
    case QUEUE_NOTIFY:
        if (value < EMU_MAX_QUEUES)
            gunyah_internal_emu_raise_virtio(device, EMU_NEW_BUFFER, UINT32_C(1) << value);
        break;
    case INTERRUPT_ACK:
        *at(device, INTERRUPT_ACK) = value;
        *at(device, INTERRUPT_STATUS) &= ~value;
        gunyah_internal_emu_raise_virtio(device, EMU_INTERRUPT_ACK, 0);
        break;
    case STATUS:
        set_status(device, value);
        break;
    default:
        if (selected(device) != NULL)
            set_queue(selected(device), offset, value);
        break;
    }
    gunyah_internal_emu_show_virtio(device);
}

// What is selected of an input device appears behind the selectors, as far as there is something. Nothing else can be written.
static bool select_input(struct emu_virtio *device, uint32_t offset, const struct gunyah_emu_step *step)
{
    unsigned char *page = (unsigned char *)device->registers;
    const struct emu_input_entry *entry;

    if (step->width != 1 || (offset != INPUT_SELECT && offset != INPUT_SUBSELECT))
        return false;
    page[offset] = (unsigned char)step->value;
    entry = gunyah_internal_emu_find_input(device->input, page[INPUT_SELECT], page[INPUT_SUBSELECT]);
    page[INPUT_SIZE] = entry != NULL ? entry->size : 0;
    if (entry != NULL)
        memcpy(page + INPUT_DATA, entry->data, entry->size);
    return true;
}

// False: nobody is there, or nobody takes it so. Registers are words; the configuration is what the device makes of it.
bool gunyah_internal_emu_access_virtio(struct emu_vm *vm, struct gunyah_emu_step *step)
{
    const uint32_t offset = (uint32_t)(step->address % EMU_PAGE);
    const uint64_t label = step->address / EMU_PAGE;
    struct emu_virtio *device = label <= UINT32_MAX ? gunyah_internal_emu_find_virtio(vm, (uint32_t)label) : NULL;
    unsigned char *byte = device != NULL ? (unsigned char *)device->registers + offset : NULL;

    if (device == NULL || offset % step->width != 0 || (offset < CONFIGURATION && step->width != 4))
        return false;
    if (step->action == GUNYAH_EMU_READ) {
        step->value = 0;
        memcpy(&step->value, byte, step->width);
    } else if (offset < CONFIGURATION) {
        set_register(device, offset, (uint32_t)step->value);
    } else if (device->input != NULL) {
        return select_input(device, offset, step);
    } else {
        memcpy(byte, &step->value, step->width);
    }
    return true;
}
