// SPDX-License-Identifier: BSD-3-Clause
// Qualcomm's calls for virtio devices that the VMM plays: each names a device by its label.
#include "signed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ASSIGN 1

struct kick_arguments {
    uint32_t label;
    uint32_t flags;
    uint32_t queue;
    int32_t fd;
};

struct irqfd_arguments {
    uint32_t label;
    uint32_t flags;
    int32_t fd;
    uint32_t reserved;
};

struct event_arguments {
    uint32_t label;
    uint32_t event;
    uint32_t data;
    uint32_t reserved;
};

// Features of the device and of the driver, and the largest size of a queue.
struct selected_arguments {
    uint32_t label;
    uint32_t reserved;
    uint32_t index;
    uint32_t value;
};

struct config_arguments {
    uint32_t label;
    uint32_t size;
    uint64_t user;
};

struct queue_arguments {
    uint32_t label;
    uint32_t index;
    uint32_t size;
    uint32_t ready;
    uint64_t parts[3];
};

struct input_arguments {
    uint32_t label;
    uint64_t ids;
    uint32_t properties;
    uint8_t event_types;
    uint8_t axes;
    uint32_t reserved;
};

struct input_data_arguments {
    uint32_t label;
    uint8_t select;
    uint8_t subselect;
    uint8_t size;
    uint8_t reserved[5];
    uint8_t data[EMU_INPUT_DATA];
};

// All begin with a label. Returns the device, or null and which errno.
static struct emu_virtio *read_arguments(const struct emu_request *request, void *arguments, size_t size, int *error)
{
    const struct emu_vm *vm = request->file->object;
    struct emu_virtio *device;
    uint32_t label;

    *error = vm->devices != NULL ? -EFAULT : -EINVAL;
    if (vm->devices == NULL || !gunyah_internal_emu_read(request->process, arguments, request->argument, size))
        return NULL;
    memcpy(&label, arguments, sizeof(label));
    device = gunyah_internal_emu_find_virtio(vm, label);
    *error = device != NULL ? 0 : -EINVAL;
    return device;
}

static int64_t write_arguments(const struct emu_request *request, const void *arguments, size_t size)
{
    return gunyah_internal_emu_write(request->process, request->argument, arguments, size) ? 0 : -EFAULT;
}

int64_t gunyah_internal_emu_shared_size(struct emu *emu, struct emu_request *request)
{
    static const uint64_t size = EMU_SHARED_SIZE;
    const struct emu_vm *vm = request->file->object;

    (void)emu;
    return vm->devices != NULL ? write_arguments(request, &size, sizeof(size)) : -EINVAL;
}

// ---- eventfds ----------------------------------------------------------------------------------------------------

// Returns a copy of ours of the VMM's eventfd; -errno.
static int take_eventfd(const struct emu_request *request, int fd, int if_bad)
{
    const int ours = gunyah_internal_emu_take_fd(request->process, fd);

    if (ours < 0)
        return -if_bad;
    if (gunyah_internal_emu_is_eventfd(ours))
        return ours;
    close(ours);
    return -EINVAL;
}

int64_t gunyah_internal_emu_set_kick(struct emu *emu, struct emu_request *request)
{
    struct kick_arguments wanted;
    int error;
    struct emu_virtio *device = read_arguments(request, &wanted, sizeof(wanted), &error);
    int fd;

    (void)emu;
    if (error == -EFAULT || ((struct emu_vm *)request->file->object)->devices == NULL)
        return error;
    if (wanted.queue >= EMU_MAX_QUEUES)
        return -EINVAL;
    if (wanted.flags != ASSIGN)
        return -EOPNOTSUPP;
    if (device == NULL || wanted.fd <= 0)
        return -EINVAL;
    if (device->queues[wanted.queue].kick >= 0)
        return -EBUSY;
    fd = take_eventfd(request, wanted.fd, EBADF);
    if (fd < 0)
        return fd;
    device->queues[wanted.queue].kick = fd;
    return 0;
}

// It is the interrupt of the device. A file that is not open is told as one that is there already.
int64_t gunyah_internal_emu_set_irqfd(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct emu_irqfd irqfd = {0};
    struct irqfd_arguments wanted;
    struct emu_function *function;
    int error;
    const struct emu_virtio *device = read_arguments(request, &wanted, sizeof(wanted), &error);
    int fd;

    if (error == -EFAULT || vm->devices == NULL)
        return error;
    if (wanted.label == 0 || wanted.fd <= 0)
        return -EINVAL;
    if (wanted.flags != ASSIGN)
        return -EOPNOTSUPP;
    if (device == NULL)
        return -EINVAL;
    if (gunyah_internal_emu_find_irqfd(vm, wanted.label) != NULL)
        return -EBUSY;
    fd = take_eventfd(request, wanted.fd, EBUSY);
    if (fd < 0)
        return fd;
    irqfd.label = wanted.label;
    function = gunyah_internal_emu_make_function(vm, EMU_FN_IRQFD, &irqfd);
    if (function == NULL) {
        close(fd);
        return -ENOMEM;
    }
    function->eventfd = fd;
    gunyah_internal_emu_add_irqfd(emu, function);
    return 0;
}

// ---- events ------------------------------------------------------------------------------------------------------

static int64_t look_for_event(struct emu *emu, struct emu_request *request)
{
    struct event_arguments event;
    int error;
    struct emu_virtio *device = read_arguments(request, &event, sizeof(event), &error);

    if (device == NULL)
        return error;
    if (!gunyah_internal_emu_take_event(emu, device, &event.event, &event.data))
        return EMU_ANSWERED;
    return write_arguments(request, &event, sizeof(event));
}

int64_t gunyah_internal_emu_wait_for_event(struct emu *emu, struct emu_request *request)
{
    const int64_t value = look_for_event(emu, request);

    return value == EMU_ANSWERED ? gunyah_internal_emu_sleep(emu, request, look_for_event) : value;
}

// The label is the argument itself, whatever the number of the call says.
int64_t gunyah_internal_emu_ack_driver_ok(struct emu *emu, struct emu_request *request)
{
    struct emu_virtio *device = gunyah_internal_emu_find_virtio(request->file->object, (uint32_t)request->argument);

    (void)emu;
    if (device == NULL)
        return -EINVAL;
    device->is_acknowledged = true;
    return 0;
}

int64_t gunyah_internal_emu_ack_reset(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    uint32_t label_and_reserved[2];
    int error;
    struct emu_virtio *device = read_arguments(request, label_and_reserved, sizeof(label_and_reserved), &error);

    (void)emu;
    if (device == NULL)
        return error;
    gunyah_internal_emu_reset_virtio(device);
    vm->stirred = true;
    return 0;
}

// ---- features and queues -----------------------------------------------------------------------------------------

static struct emu_virtio *read_selected(const struct emu_request *request, struct selected_arguments *arguments,
                                        uint32_t count, int *error)
{
    struct emu_virtio *device = read_arguments(request, arguments, sizeof(*arguments), error);

    if (*error == 0 && arguments->index >= count)
        *error = -EINVAL;
    return *error == 0 ? device : NULL;
}

int64_t gunyah_internal_emu_set_device_features(struct emu *emu, struct emu_request *request)
{
    struct selected_arguments wanted;
    int error;
    struct emu_virtio *device = read_selected(request, &wanted, 2, &error);

    (void)emu;
    if (device == NULL)
        return error;
    device->device_features[wanted.index] = wanted.value;
    gunyah_internal_emu_show_virtio(device);
    return 0;
}

int64_t gunyah_internal_emu_get_driver_features(struct emu *emu, struct emu_request *request)
{
    struct selected_arguments wanted;
    int error;
    const struct emu_virtio *device = read_selected(request, &wanted, 2, &error);

    (void)emu;
    if (device == NULL)
        return error;
    wanted.value = device->driver_features[wanted.index];
    return write_arguments(request, &wanted, sizeof(wanted));
}

int64_t gunyah_internal_emu_set_queue_max(struct emu *emu, struct emu_request *request)
{
    struct selected_arguments wanted;
    int error;
    struct emu_virtio *device = read_selected(request, &wanted, EMU_MAX_QUEUES, &error);

    (void)emu;
    if (device == NULL)
        return error;
    device->queues[wanted.index].size_max = wanted.value;
    gunyah_internal_emu_show_virtio(device);
    return 0;
}

int64_t gunyah_internal_emu_get_queue(struct emu *emu, struct emu_request *request)
{
    struct queue_arguments wanted;
    const struct emu_queue *queue;
    int error;
    const struct emu_virtio *device = read_arguments(request, &wanted, sizeof(wanted), &error);

    (void)emu;
    if (device == NULL || wanted.index >= EMU_MAX_QUEUES)
        return device == NULL ? error : -EINVAL;
    queue = &device->queues[wanted.index];
    wanted.size = queue->size;
    wanted.ready = queue->ready;
    memcpy(wanted.parts, queue->parts, sizeof(wanted.parts));
    return write_arguments(request, &wanted, sizeof(wanted));
}

// ---- the configuration -------------------------------------------------------------------------------------------

static struct emu_virtio *read_config(const struct emu_request *request, struct config_arguments *arguments, int *error)
{
    struct emu_virtio *device = read_arguments(request, arguments, sizeof(*arguments), error);

    if (*error == 0 && (arguments->size == 0 || arguments->size > EMU_PAGE || arguments->user == 0))
        *error = -EINVAL;
    return *error == 0 ? device : NULL;
}

// From the first register on, in words, and once only.
int64_t gunyah_internal_emu_set_config(struct emu *emu, struct emu_request *request)
{
    struct config_arguments wanted;
    unsigned char data[EMU_PAGE];
    int error;
    struct emu_virtio *device = read_config(request, &wanted, &error);

    (void)emu;
    if (device == NULL)
        return error;
    if (device->is_configured)
        return -EBUSY;
    if (!gunyah_internal_emu_read(request->process, data, wanted.user, wanted.size))
        return -EFAULT;
    device->is_configured = true;
    memcpy(device->registers, data, wanted.size & ~UINT32_C(3));
    return 0;
}

// A pointer that is none is answered with the count of bytes that were not written.
int64_t gunyah_internal_emu_get_config(struct emu *emu, struct emu_request *request)
{
    struct config_arguments wanted;
    int error;
    const struct emu_virtio *device = read_config(request, &wanted, &error);

    (void)emu;
    if (device == NULL)
        return error;
    return gunyah_internal_emu_write(request->process, wanted.user, device->registers, wanted.size) ? 0 : wanted.size;
}

// ---- input devices -----------------------------------------------------------------------------------------------

// What the hypervisor answers is the answer, as it is: an error of it is no errno.
int64_t gunyah_internal_emu_set_input(struct emu *emu, struct emu_request *request)
{
    struct input_arguments wanted;
    int error;
    const struct emu_virtio *device = read_arguments(request, &wanted, sizeof(wanted), &error);

    (void)emu;
    if (device == NULL)
        return error;
    return gunyah_internal_emu_configure_input(device->input, wanted.ids, wanted.properties, wanted.event_types,
                                               wanted.axes);
}

int64_t gunyah_internal_emu_set_input_entry(struct emu *emu, struct emu_request *request)
{
    struct emu_input_entry entry = {0};
    struct input_data_arguments wanted;
    int error;
    const struct emu_virtio *device = read_arguments(request, &wanted, sizeof(wanted), &error);

    (void)emu;
    if (device == NULL)
        return error;
    entry.select = wanted.select;
    entry.subselect = wanted.subselect;
    entry.size = wanted.size;
    memcpy(entry.data, wanted.data, sizeof(entry.data));
    return gunyah_internal_emu_set_input_data(device->input, &entry);
}
