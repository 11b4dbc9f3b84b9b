// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices that the VMM plays, by Qualcomm's driver.
#include "linux_vm.h"

#include <gunyah/linux_virtio.h>

#include <options.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define QUEUES GUNYAH_LINUX_VIRTIO_QUEUES
#define MAX_EVENT_TYPES 32u // of input devices, and so are
#define MAX_AXES 64u        // these

struct gunyah_linux_virtio {
    struct linux_vm *vm;
    uint32_t label;
    int fd; // a copy of the VM's
    struct linux_gate gate;
    int irq;           // -1: not asked for, and so are
    int kicks[QUEUES]; // these
    void *memory;      // null: not asked for
    size_t memory_size;
    struct gunyah_error_info failure;
};

// ---- failures ----------------------------------------------------------------------------------------------------

static enum gunyah_error failed(struct gunyah_linux_virtio *device, enum linux_call which, int result)
{
    return gunyah_internal_linux_explain(which, -result, &device->failure);
}

static struct gunyah_error_info refusal(enum gunyah_error error, const char *function, const char *text,
                                        const char *advice)
{
    return (struct gunyah_error_info){error, GUNYAH_DOMAIN_LIBRARY, error, function, text, advice};
}

static enum gunyah_error refuse_queue(struct gunyah_linux_virtio *device, const char *function)
{
    device->failure = refusal(GUNYAH_ERR_ARGUMENT_INVALID, function, "a device has no such queue",
                              "Queues have the numbers 0 to 15.");
    return device->failure.error;
}

static enum gunyah_error refuse_size(struct gunyah_linux_virtio *device, const char *function)
{
    device->failure = refusal(GUNYAH_ERR_ARGUMENT_SIZE, function,
                              "registers and configuration are 1 to 4096 bytes, and written in words",
                              "Give as many bytes as the device has, in words of 4.");
    return device->failure.error;
}

// What a call whose argument begins with the label returned. Drivers hand on what the hypervisor answered, which is no errno.
static enum gunyah_error call(struct gunyah_linux_virtio *device, enum linux_call which, void *argument)
{
    const int result = gunyah_internal_linux_ioctl(device->fd, which, (uintptr_t)argument);

    if (result > 0)
        return gunyah_internal_linux_explain_hypervisor(which, result, &device->failure);
    return result == 0 ? GUNYAH_OK : failed(device, which, result);
}

// ---- opening -----------------------------------------------------------------------------------------------------

static struct linux_vm *find(const struct gunyah_linux *node, const char *firmware)
{
    struct linux_vm *vm = node->vms;

    while (vm != NULL && (vm->fd < 0 || vm->vcpus_of_the_tree == 0 || strcmp(vm->firmware.name, firmware) != 0))
        vm = vm->next;
    return vm;
}

static void unmake(struct gunyah_linux_virtio *device)
{
    if (device->memory != NULL)
        munmap(device->memory, device->memory_size);
    for (uint32_t i = 0; i < QUEUES; i++) {
        if (device->kicks[i] >= 0)
            close(device->kicks[i]);
    }
    if (device->irq >= 0)
        close(device->irq);
    gunyah_internal_linux_free_gate(&device->gate);
    if (device->fd >= 0)
        close(device->fd);
    gunyah_internal_linux_release(device->vm->node, device, sizeof(*device));
}

// A device that is not there is found by a question that changes nothing.
static enum gunyah_error connect(struct gunyah_linux_virtio *device)
{
    struct kernel_virtio_value question = {.label = device->label};

    device->fd = fcntl(device->vm->fd, F_DUPFD_CLOEXEC, 0);
    if (device->fd < 0)
        return failed(device, LINUX_DUP, -errno);
    const int result = gunyah_internal_linux_open_gate(&device->gate, device->fd, device->vm->ended);
    if (result < 0)
        return failed(device, LINUX_DUP, result);
    const enum gunyah_error error = call(device, LINUX_VIRTIO_GET_FEATURES, &question);
    if (error != GUNYAH_ERR_ARGUMENT_INVALID)
        return error;
    device->failure.error = GUNYAH_ERR_NOT_FOUND;
    device->failure.text = "the firmware has no virtio device with this label";
    device->failure.advice = "Nodes with qcom,label in the kernel's device tree say which there are.";
    return GUNYAH_ERR_NOT_FOUND;
}

static enum gunyah_error make(struct linux_vm *vm, const struct gunyah_linux_virtio_options *options,
                              struct gunyah_linux_virtio **out, struct gunyah_error_info *info)
{
    struct gunyah_linux_virtio *device = gunyah_internal_linux_allocate(vm->node, sizeof(*device));

    if (device == NULL) {
        *info = refusal(GUNYAH_ERR_OUT_OF_MEMORY, "gunyah_linux_virtio_open", "the allocator has no memory",
                        "Give the node an allocator with more memory.");
        return info->error;
    }
    *device = (struct gunyah_linux_virtio){
        .vm = vm, .label = options->label, .fd = -1, .gate = {.gate = -1, .signal = options->signal}, .irq = -1};
    for (uint32_t i = 0; i < QUEUES; i++)
        device->kicks[i] = -1;
    const enum gunyah_error error = connect(device);
    if (error != GUNYAH_OK) {
        *info = device->failure;
        unmake(device);
        return error;
    }
    vm->open_parts++;
    *out = device;
    return GUNYAH_OK;
}

static bool read_options(const struct gunyah_linux_virtio_options *given, struct gunyah_linux_virtio_options *options)
{
    *options = (struct gunyah_linux_virtio_options)GUNYAH_LINUX_VIRTIO_OPTIONS_INIT;
    if (given->size < sizeof(*options))
        return false;
    memcpy(options, given, sizeof(*options));
    return options_known(given, given->size, sizeof(*options)) && options->firmware != NULL;
}

enum gunyah_error gunyah_linux_virtio_open(struct gunyah_linux *node, const struct gunyah_linux_virtio_options *given,
                                           struct gunyah_linux_virtio **device)
{
    struct gunyah_error_info info = {GUNYAH_OK, GUNYAH_DOMAIN_NONE, 0, "", "", ""};
    struct gunyah_linux_virtio_options options;
    struct linux_vm *vm = NULL;

    if (device != NULL)
        *device = NULL;
    if (node == NULL || given == NULL || device == NULL)
        return GUNYAH_ERR_NULL;
    const bool understood = read_options(given, &options);
    if (understood)
        vm = find(node, options.firmware);
    if (!understood)
        info = refusal(GUNYAH_ERR_OPTION, __func__,
                       "the options have a size that is too small, set something unknown, or name no firmware",
                       "Start from GUNYAH_LINUX_VIRTIO_OPTIONS_INIT.");
    else if (vm == NULL)
        info = refusal(GUNYAH_ERR_NOT_FOUND, __func__, "no VM is made of this firmware",
                       "Make one on this node, gunyah_vm_load_firmware().");
    else
        make(vm, &options, device, &info);
    if (options.error != NULL)
        *options.error = info;
    return info.error;
}

enum gunyah_error gunyah_linux_virtio_close(struct gunyah_linux_virtio **pointer)
{
    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    if (*pointer == NULL)
        return GUNYAH_ERR_HANDLE;
    struct linux_vm *vm = (*pointer)->vm;
    unmake(*pointer);
    *pointer = NULL;
    gunyah_internal_linux_close_part(vm);
    return GUNYAH_OK;
}

const struct gunyah_error_info *gunyah_linux_virtio_last_error(const struct gunyah_linux_virtio *device)
{
    return device != NULL ? &device->failure : NULL;
}

// ---- what the device is ------------------------------------------------------------------------------------------

enum gunyah_error gunyah_linux_virtio_set_features(struct gunyah_linux_virtio *device, uint64_t features)
{
    enum gunyah_error error = device != NULL ? GUNYAH_OK : GUNYAH_ERR_NULL;

    for (uint32_t i = 0; i < 2 && error == GUNYAH_OK; i++) {
        struct kernel_virtio_value half = {.label = device->label, .index = i, .value = (uint32_t)(features >> 32 * i)};
        error = call(device, LINUX_VIRTIO_SET_FEATURES, &half);
    }
    return error;
}

enum gunyah_error gunyah_linux_virtio_get_features(struct gunyah_linux_virtio *device, uint64_t *features)
{
    enum gunyah_error error = device != NULL && features != NULL ? GUNYAH_OK : GUNYAH_ERR_NULL;
    uint64_t found = 0;

    for (uint32_t i = 0; i < 2 && error == GUNYAH_OK; i++) {
        struct kernel_virtio_value half = {.label = device->label, .index = i};
        error = call(device, LINUX_VIRTIO_GET_FEATURES, &half);
        found |= (uint64_t)half.value << 32 * i;
    }
    if (error == GUNYAH_OK)
        *features = found;
    return error;
}

enum gunyah_error gunyah_linux_virtio_set_queue_max(struct gunyah_linux_virtio *device, uint32_t queue, uint32_t max)
{
    if (device == NULL)
        return GUNYAH_ERR_NULL;
    struct kernel_virtio_value wanted = {.label = device->label, .index = queue, .value = max};
    return queue < QUEUES ? call(device, LINUX_VIRTIO_SET_QUEUE_MAX, &wanted) : refuse_queue(device, __func__);
}

enum gunyah_error gunyah_linux_virtio_get_queue(struct gunyah_linux_virtio *device, uint32_t queue,
                                                struct gunyah_linux_virtio_queue *info)
{
    if (device == NULL || info == NULL)
        return GUNYAH_ERR_NULL;
    if (info->size < sizeof(*info)) {
        device->failure =
            refusal(GUNYAH_ERR_OPTION, __func__, "the size is too small", "Start from GUNYAH_LINUX_VIRTIO_QUEUE_INIT.");
        return GUNYAH_ERR_OPTION;
    }
    if (queue >= QUEUES)
        return refuse_queue(device, __func__);
    struct kernel_virtio_queue found = {.label = device->label, .index = queue};
    const enum gunyah_error error = call(device, LINUX_VIRTIO_GET_QUEUE, &found);
    if (error == GUNYAH_OK)
        *info = (struct gunyah_linux_virtio_queue){info->size,        found.entries, found.ready != 0,
                                                   found.descriptors, found.driver,  found.device};
    return error;
}

enum gunyah_error gunyah_linux_virtio_set_config(struct gunyah_linux_virtio *device, const void *data, size_t size)
{
    if (device == NULL || data == NULL)
        return GUNYAH_ERR_NULL;
    if (size == 0 || size > GUNYAH_LINUX_VIRTIO_CONFIG_MAX || size % sizeof(uint32_t) != 0)
        return refuse_size(device, __func__);
    struct kernel_virtio_config config = {.label = device->label, .size = (uint32_t)size, .data = (uintptr_t)data};
    return call(device, LINUX_VIRTIO_SET_CONFIG, &config);
}

// The driver returns how many bytes it could not write.
enum gunyah_error gunyah_linux_virtio_get_config(struct gunyah_linux_virtio *device, void *data, size_t size)
{
    if (device == NULL || data == NULL)
        return GUNYAH_ERR_NULL;
    if (size == 0 || size > GUNYAH_LINUX_VIRTIO_CONFIG_MAX)
        return refuse_size(device, __func__);
    struct kernel_virtio_config config = {.label = device->label, .size = (uint32_t)size, .data = (uintptr_t)data};
    const int result = gunyah_internal_linux_ioctl(device->fd, LINUX_VIRTIO_GET_CONFIG, (uintptr_t)&config);
    if (result == 0)
        return GUNYAH_OK;
    return failed(device, LINUX_VIRTIO_GET_CONFIG, result < 0 ? result : -EFAULT);
}

// ---- input devices -----------------------------------------------------------------------------------------------

enum gunyah_error gunyah_linux_virtio_set_input(struct gunyah_linux_virtio *device,
                                                const struct gunyah_linux_virtio_input *input)
{
    if (device == NULL || input == NULL)
        return GUNYAH_ERR_NULL;
    if (!options_known(input, input->size, sizeof(*input))) {
        device->failure = refusal(GUNYAH_ERR_OPTION, __func__, "the size is wrong, or what is behind it is set",
                                  "Start from GUNYAH_LINUX_VIRTIO_INPUT_INIT.");
        return GUNYAH_ERR_OPTION;
    }
    if (input->event_types > MAX_EVENT_TYPES || input->axes > MAX_AXES) {
        device->failure = refusal(GUNYAH_ERR_ARGUMENT_INVALID, __func__, "no device has that many kinds of events",
                                  "There are 32 types of events and 64 absolute axes.");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    struct kernel_virtio_input wanted = {
        .label = device->label,
        .ids = input->bus_type | (uint64_t)input->vendor << 16 | (uint64_t)input->product << 32 |
               (uint64_t)input->version << 48,
        .properties = input->properties,
        .event_types = (uint8_t)input->event_types,
        .axes = (uint8_t)input->axes,
    };
    return call(device, LINUX_VIRTIO_SET_INPUT, &wanted);
}

// What may be said of something that can be selected.
static bool find_limits(enum gunyah_virtio_input_select select, uint32_t *subselects, size_t *least, size_t *most)
{
    *subselects = 1;
    *least = 1;
    *most = GUNYAH_LINUX_VIRTIO_INPUT_DATA_MAX;
    switch (select) {
    case GUNYAH_VIRTIO_INPUT_SELECT_NAME:
    case GUNYAH_VIRTIO_INPUT_SELECT_SERIAL:
        return true;
    case GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS:
        *most = sizeof(uint64_t);
        return true;
    case GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS:
        *most = sizeof(uint32_t);
        return true;
    case GUNYAH_VIRTIO_INPUT_SELECT_EVBITS:
        *subselects = MAX_EVENT_TYPES;
        return true;
    case GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO:
        *subselects = MAX_AXES;
        *least = *most = 5 * sizeof(uint32_t);
        return true;
    default:
        return false;
    }
}

enum gunyah_error gunyah_linux_virtio_set_input_data(struct gunyah_linux_virtio *device,
                                                     enum gunyah_virtio_input_select select, uint32_t subselect,
                                                     const void *data, size_t size)
{
    struct kernel_virtio_input_data wanted = {0};
    uint32_t subselects;
    size_t least;
    size_t most;

    if (device == NULL || data == NULL)
        return GUNYAH_ERR_NULL;
    if (!find_limits(select, &subselects, &least, &most) || subselect >= subselects) {
        device->failure = refusal(GUNYAH_ERR_ARGUMENT_INVALID, __func__, "a driver cannot select this",
                                  "Types of events are below 32, axes below 64; everything else has 0.");
        return GUNYAH_ERR_ARGUMENT_INVALID;
    }
    if (size < least || size > most) {
        device->failure = refusal(GUNYAH_ERR_ARGUMENT_SIZE, __func__, "what is selected has another size",
                                  "An axis has 20 bytes, ids have 1 to 8, properties 1 to 4, and all else 1 to 128.");
        return GUNYAH_ERR_ARGUMENT_SIZE;
    }
    wanted.label = device->label;
    wanted.select = (uint8_t)select;
    wanted.subselect = (uint8_t)subselect;
    wanted.size = (uint8_t)size;
    memcpy(wanted.data, data, size);
    return call(device, LINUX_VIRTIO_SET_INPUT_DATA, &wanted);
}

// ---- memory ------------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_linux_virtio_map(struct gunyah_linux_virtio *device, void **memory, size_t *size)
{
    uint64_t wanted = 0;

    if (device == NULL || memory == NULL || size == NULL)
        return GUNYAH_ERR_NULL;
    if (device->memory == NULL) {
        const enum gunyah_error error = call(device, LINUX_VIRTIO_SHARED_SIZE, &wanted);
        if (error != GUNYAH_OK)
            return error;
        void *mapped = mmap(NULL, (size_t)wanted, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd, 0);
        if (mapped == MAP_FAILED)
            return failed(device, LINUX_MMAP, -errno);
        device->memory = mapped;
        device->memory_size = (size_t)wanted;
    }
    *memory = device->memory;
    *size = device->memory_size;
    return GUNYAH_OK;
}

// ---- eventfds ----------------------------------------------------------------------------------------------------

// An eventfd of the device, made if it was not there.
static enum gunyah_error get_eventfd(struct gunyah_linux_virtio *device, int *fd, bool *is_new)
{
    *is_new = *fd < 0;
    if (*is_new)
        *fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return *fd >= 0 ? GUNYAH_OK : failed(device, LINUX_EVENTFD, -errno);
}

// Tell the driver of it. What it has already is told again only to who has it not.
static enum gunyah_error give_eventfd(struct gunyah_linux_virtio *device, enum linux_call which, void *argument,
                                      int *fd, bool is_new)
{
    const int result = gunyah_internal_linux_ioctl(device->fd, which, (uintptr_t)argument);

    if (result >= 0 || (result == -EBUSY && !is_new))
        return GUNYAH_OK;
    if (is_new) {
        close(*fd);
        *fd = -1;
    }
    return failed(device, which, result);
}

enum gunyah_error gunyah_linux_virtio_get_kick(struct gunyah_linux_virtio *device, uint32_t queue, int *fd)
{
    bool is_new;

    if (device == NULL || fd == NULL)
        return GUNYAH_ERR_NULL;
    if (queue >= QUEUES)
        return refuse_queue(device, __func__);
    int *kick = &device->kicks[queue];
    enum gunyah_error error = get_eventfd(device, kick, &is_new);
    if (error != GUNYAH_OK)
        return error;
    struct kernel_virtio_eventfd wanted = {
        .label = device->label, .flags = KERNEL_VIRTIO_ASSIGN, .queue = queue, .fd = *kick};
    error = give_eventfd(device, LINUX_VIRTIO_IOEVENTFD, &wanted, kick, is_new);
    if (error == GUNYAH_OK)
        *fd = *kick;
    return error;
}

enum gunyah_error gunyah_linux_virtio_get_irq(struct gunyah_linux_virtio *device, int *fd)
{
    bool is_new;

    if (device == NULL || fd == NULL)
        return GUNYAH_ERR_NULL;
    enum gunyah_error error = get_eventfd(device, &device->irq, &is_new);
    if (error == GUNYAH_OK && is_new) {
        struct kernel_virtio_irqfd wanted = {.label = device->label, .flags = KERNEL_VIRTIO_ASSIGN, .fd = device->irq};
        error = give_eventfd(device, LINUX_VIRTIO_IRQFD, &wanted, &device->irq, is_new);
    }
    if (error == GUNYAH_OK)
        *fd = device->irq;
    return error;
}

// ---- events ------------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_linux_virtio_wait(struct gunyah_linux_virtio *device, uint32_t *events, uint32_t *data)
{
    if (device == NULL || events == NULL)
        return GUNYAH_ERR_NULL;
    struct kernel_virtio_event event = {.label = device->label};
    const int result = gunyah_internal_linux_pass_gate(&device->gate, LINUX_VIRTIO_WAIT, (uintptr_t)&event);
    if (result < 0 && result != -EINTR && result != -ECANCELED)
        return failed(device, LINUX_VIRTIO_WAIT, result);
    *events = event.event;
    if (data != NULL)
        *data = event.data;
    return GUNYAH_OK;
}

void gunyah_linux_virtio_cancel(struct gunyah_linux_virtio *device)
{
    if (device != NULL)
        gunyah_internal_linux_close_gate(&device->gate);
}

// The label itself is the argument.
enum gunyah_error gunyah_linux_virtio_begin(struct gunyah_linux_virtio *device)
{
    if (device == NULL)
        return GUNYAH_ERR_NULL;
    const int result = gunyah_internal_linux_ioctl(device->fd, LINUX_VIRTIO_ACK_DRIVER_OK, device->label);
    return result >= 0 ? GUNYAH_OK : failed(device, LINUX_VIRTIO_ACK_DRIVER_OK, result);
}

enum gunyah_error gunyah_linux_virtio_end_reset(struct gunyah_linux_virtio *device)
{
    if (device == NULL)
        return GUNYAH_ERR_NULL;
    uint32_t label_and_reserved[2] = {device->label, 0};
    return call(device, LINUX_VIRTIO_ACK_RESET, label_and_reserved);
}
