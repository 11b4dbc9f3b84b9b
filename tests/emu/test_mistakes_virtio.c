// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices of Qualcomm's driver: each ioctl with each mistake, in each flavour.
#include "mistakes_signed.h"

static int size_pointer(void)
{
    return on_loaded(Q_SHARED_SIZE, NOWHERE);
}

static int size_too_early(void)
{
    uint64_t size;
    return on_fresh(Q_SHARED_SIZE, &size);
}

static int kick(uint32_t label, uint32_t flags, uint32_t queue, int fd)
{
    struct virtio_eventfd wanted = {label, flags, queue, fd};
    return on_loaded(Q_IOEVENTFD, &wanted);
}

static int kick_pointer(void)
{
    return on_loaded(Q_IOEVENTFD, NOWHERE);
}

static int kick_too_early(void)
{
    struct virtio_eventfd wanted = {1, 2, 16, -1};
    return on_fresh(Q_IOEVENTFD, &wanted);
}

static int kick_pointer_too_early(void)
{
    return on_fresh(Q_IOEVENTFD, NOWHERE);
}

static int kick_queue(void)
{
    return kick(1, 2, 16, -1);
}

static int kick_deassign(void)
{
    return kick(9, 2, 0, -1);
}

static int kick_label(void)
{
    return kick(2, 1, 0, eventfd(0, 0));
}

static int kick_label_0(void)
{
    return kick(0, 1, 0, eventfd(0, 0));
}

static int kick_fd_0(void)
{
    return kick(1, 1, 0, 0);
}

static int kick_closed(void)
{
    return kick(1, 1, 0, 500);
}

static int kick_no_eventfd(void)
{
    return kick(1, 1, 0, open("/dev/null", O_RDWR));
}

static int kick_last_queue(void)
{
    return kick(1, 1, 15, eventfd(0, 0));
}

static int kick_twice(void)
{
    struct virtio_eventfd wanted = {1, 1, 3, eventfd(0, 0)};
    const int vm = load(NAME);

    EXPECT(call(vm, Q_IOEVENTFD, &wanted) == 0);
    return call(vm, Q_IOEVENTFD, &wanted);
}

static int irqfd(uint32_t label, uint32_t flags, int fd)
{
    struct virtio_irqfd wanted = {label, flags, fd, 0};
    return on_loaded(Q_IRQFD, &wanted);
}

static int irqfd_pointer(void)
{
    return on_loaded(Q_IRQFD, NOWHERE);
}

static int irqfd_deassign(void)
{
    return irqfd(9, 2, eventfd(0, 0));
}

static int irqfd_label(void)
{
    return irqfd(2, 1, eventfd(0, 0));
}

static int irqfd_label_0(void)
{
    return irqfd(0, 2, eventfd(0, 0));
}

static int irqfd_fd_0(void)
{
    return irqfd(1, 2, 0);
}

static int irqfd_closed(void)
{
    return irqfd(1, 1, 500);
}

static int irqfd_no_eventfd(void)
{
    return irqfd(1, 1, open("/dev/null", O_RDWR));
}

static int irqfd_twice(void)
{
    struct virtio_irqfd wanted = {1, 1, eventfd(0, 0), 0};
    const int vm = load(NAME);

    EXPECT(call(vm, Q_IRQFD, &wanted) == 0);
    return call(vm, Q_IRQFD, &wanted);
}

// These begin with a label, and have something behind it that is to be below a limit.
static int with_words(unsigned long command, uint32_t label, uint32_t second, uint32_t third)
{
    uint32_t words[10] = {label, second, third};
    return on_loaded(command, words);
}

static int event_pointer(void)
{
    return on_loaded(Q_WAIT_FOR_EVENT, NOWHERE);
}

static int event_label(void)
{
    return with_words(Q_WAIT_FOR_EVENT, 2, 0, 0);
}

static int event_label_0(void)
{
    return with_words(Q_WAIT_FOR_EVENT, 0, 0, 0);
}

static int features_pointer(void)
{
    return on_loaded(Q_SET_FEATURES, NOWHERE);
}

static int features_label(void)
{
    return with_words(Q_SET_FEATURES, 2, 0, 0);
}

static int features_index(void)
{
    return with_words(Q_SET_FEATURES, 1, 0, 2);
}

static int driver_pointer(void)
{
    return on_loaded(Q_GET_FEATURES, NOWHERE);
}

static int driver_label(void)
{
    return with_words(Q_GET_FEATURES, 0, 0, 0);
}

static int driver_index(void)
{
    return with_words(Q_GET_FEATURES, 1, 0, 2);
}

static int max_pointer(void)
{
    return on_loaded(Q_SET_QUEUE_MAX, NOWHERE);
}

static int max_label(void)
{
    return with_words(Q_SET_QUEUE_MAX, 2, 0, 0);
}

static int max_index(void)
{
    return with_words(Q_SET_QUEUE_MAX, 1, 0, 16);
}

static int queue_pointer(void)
{
    return on_loaded(Q_QUEUE_INFO, NOWHERE);
}

static int queue_label(void)
{
    return with_words(Q_QUEUE_INFO, 2, 0, 0);
}

static int queue_index(void)
{
    return with_words(Q_QUEUE_INFO, 1, 16, 0);
}

static int config(unsigned long command, uint32_t label, uint32_t size, void *data)
{
    struct virtio_config_data wanted = {label, size, (uintptr_t)data};
    const int result = ioctl(load(NAME), command, &wanted);

    return result < 0 ? errno : result;
}

static char page[4097];

static int config_pointer(void)
{
    return on_loaded(Q_SET_CONFIG, NOWHERE);
}

static int config_label(void)
{
    return config(Q_SET_CONFIG, 2, 8, page);
}

static int config_nothing(void)
{
    return config(Q_SET_CONFIG, 1, 0, page);
}

static int config_too_large(void)
{
    return config(Q_SET_CONFIG, 1, 4097, page);
}

static int config_null(void)
{
    return config(Q_SET_CONFIG, 1, 8, NULL);
}

static int config_data_pointer(void)
{
    return config(Q_SET_CONFIG, 1, 8, NOWHERE);
}

static int config_twice(void)
{
    struct virtio_config_data wanted = {1, 4096, (uintptr_t)page};
    const int vm = load(NAME);

    EXPECT(call(vm, Q_SET_CONFIG, &wanted) == 0);
    return call(vm, Q_SET_CONFIG, &wanted);
}

static int get_config_label(void)
{
    return config(Q_GET_CONFIG, 0, 8, page);
}

static int get_config_too_large(void)
{
    return config(Q_GET_CONFIG, 1, 4097, page);
}

static int get_config_data_pointer(void)
{
    return config(Q_GET_CONFIG, 1, 8, NOWHERE);
}

static int ack_label(void)
{
    return on_loaded(Q_ACK_DRIVER_OK, (void *)2);
}

// As the number of the call says, and the driver does not.
static int ack_pointer(void)
{
    uint32_t label = 1;
    return on_loaded(Q_ACK_DRIVER_OK, &label);
}

static int ack_label_0(void)
{
    return on_loaded(Q_ACK_DRIVER_OK, NULL);
}

static int ack(void)
{
    return on_loaded(Q_ACK_DRIVER_OK, (void *)1);
}

static int reset_pointer(void)
{
    return on_loaded(Q_ACK_RESET, NOWHERE);
}

static int reset_label(void)
{
    return with_words(Q_ACK_RESET, 0, 0, 0);
}

static int input_pointer(void)
{
    return on_loaded(Q_SET_INPUT, NOWHERE);
}

static int input(uint32_t label)
{
    struct virtio_input_device_config wanted = {.label = label};
    return answer_of(load(NAME), Q_SET_INPUT, &wanted);
}

static int input_label(void)
{
    return input(2);
}

static int input_label_0(void)
{
    return input(0);
}

// The hypervisor's OBJECT_CONFIG, as it is.
static int input_of_another_type(void)
{
    return input(1);
}

static int input_too_early(void)
{
    struct virtio_input_device_config wanted = {.label = 1};
    return on_fresh(Q_SET_INPUT, &wanted);
}

static int input_data_pointer(void)
{
    return on_loaded(Q_SET_INPUT_DATA, NOWHERE);
}

static int input_data(uint32_t label)
{
    struct virtio_input_device_data wanted = {.label = label, .sel = 1, .size = 1};
    return answer_of(load(NAME), Q_SET_INPUT_DATA, &wanted);
}

static int input_data_label(void)
{
    return input_data(2);
}

static int input_data_label_0(void)
{
    return input_data(0);
}

// The hypervisor's CSPACE_WRONG_OBJECT_TYPE.
static int input_data_of_another_type(void)
{
    return input_data(1);
}

static const struct mistake virtio_mistakes[] = {
    {"GET_SHARED_MEMORY_SIZE: pointer", size_pointer, EVERY(EFAULT)},
    {"GET_SHARED_MEMORY_SIZE: no firmware", size_too_early, EVERY(EINVAL)},
    {"IOEVENTFD: pointer", kick_pointer, EVERY(EFAULT)},
    {"IOEVENTFD: no firmware", kick_too_early, EVERY(EINVAL)},
    {"IOEVENTFD: no firmware and pointer", kick_pointer_too_early, EVERY(EINVAL)},
    {"IOEVENTFD: queue", kick_queue, EVERY(EINVAL)},
    {"IOEVENTFD: deassign", kick_deassign, EVERY(EOPNOTSUPP)},
    {"IOEVENTFD: label", kick_label, EVERY(EINVAL)},
    {"IOEVENTFD: label 0", kick_label_0, EVERY(EINVAL)},
    {"IOEVENTFD: file 0", kick_fd_0, EVERY(EINVAL)},
    {"IOEVENTFD: closed file", kick_closed, EVERY(EBADF)},
    {"IOEVENTFD: no eventfd", kick_no_eventfd, EVERY(EINVAL)},
    {"IOEVENTFD: last queue", kick_last_queue, EVERY(0)},
    {"IOEVENTFD: twice", kick_twice, EVERY(EBUSY)},
    {"IRQFD: pointer", irqfd_pointer, EVERY(EFAULT)},
    {"IRQFD: deassign", irqfd_deassign, EVERY(EOPNOTSUPP)},
    {"IRQFD: label", irqfd_label, EVERY(EINVAL)},
    {"IRQFD: label 0", irqfd_label_0, EVERY(EINVAL)},
    {"IRQFD: file 0", irqfd_fd_0, EVERY(EINVAL)},
    {"IRQFD: closed file", irqfd_closed, EVERY(EBUSY)},
    {"IRQFD: no eventfd", irqfd_no_eventfd, EVERY(EINVAL)},
    {"IRQFD: twice", irqfd_twice, EVERY(EBUSY)},
    {"WAIT_FOR_EVENT: pointer", event_pointer, EVERY(EFAULT)},
    {"WAIT_FOR_EVENT: label", event_label, EVERY(EINVAL)},
    {"WAIT_FOR_EVENT: label 0", event_label_0, EVERY(EINVAL)},
    {"SET_DEVICE_FEATURES: pointer", features_pointer, EVERY(EFAULT)},
    {"SET_DEVICE_FEATURES: label", features_label, EVERY(EINVAL)},
    {"SET_DEVICE_FEATURES: index", features_index, EVERY(EINVAL)},
    {"GET_DRIVER_FEATURES: pointer", driver_pointer, EVERY(EFAULT)},
    {"GET_DRIVER_FEATURES: label", driver_label, EVERY(EINVAL)},
    {"GET_DRIVER_FEATURES: index", driver_index, EVERY(EINVAL)},
    {"SET_QUEUE_NUM_MAX: pointer", max_pointer, EVERY(EFAULT)},
    {"SET_QUEUE_NUM_MAX: label", max_label, EVERY(EINVAL)},
    {"SET_QUEUE_NUM_MAX: index", max_index, EVERY(EINVAL)},
    {"GET_QUEUE_INFO: pointer", queue_pointer, EVERY(EFAULT)},
    {"GET_QUEUE_INFO: label", queue_label, EVERY(EINVAL)},
    {"GET_QUEUE_INFO: index", queue_index, EVERY(EINVAL)},
    {"SET_DEVICE_CONFIG_DATA: pointer", config_pointer, EVERY(EFAULT)},
    {"SET_DEVICE_CONFIG_DATA: label", config_label, EVERY(EINVAL)},
    {"SET_DEVICE_CONFIG_DATA: nothing", config_nothing, EVERY(EINVAL)},
    {"SET_DEVICE_CONFIG_DATA: too large", config_too_large, EVERY(EINVAL)},
    {"SET_DEVICE_CONFIG_DATA: null", config_null, EVERY(EINVAL)},
    {"SET_DEVICE_CONFIG_DATA: pointer to the data", config_data_pointer, EVERY(EFAULT)},
    {"SET_DEVICE_CONFIG_DATA: twice", config_twice, EVERY(EBUSY)},
    {"GET_DRIVER_CONFIG_DATA: label", get_config_label, EVERY(EINVAL)},
    {"GET_DRIVER_CONFIG_DATA: too large", get_config_too_large, EVERY(EINVAL)},
    {"GET_DRIVER_CONFIG_DATA: pointer to the data", get_config_data_pointer, EVERY(8)},
    {"ACK_DRIVER_OK: label", ack_label, EVERY(EINVAL)},
    {"ACK_DRIVER_OK: by pointer", ack_pointer, EVERY(EINVAL)},
    {"ACK_DRIVER_OK: label 0", ack_label_0, EVERY(EINVAL)},
    {"ACK_DRIVER_OK", ack, EVERY(0)},
    {"ACK_RESET: pointer", reset_pointer, EVERY(EFAULT)},
    {"ACK_RESET: label", reset_label, EVERY(EINVAL)},
    {"SET_INPUT_DEVICE_CONFIG_DATA: pointer", input_pointer, LATER(EFAULT)},
    {"SET_INPUT_DEVICE_CONFIG_DATA: no firmware", input_too_early, LATER(EINVAL)},
    {"SET_INPUT_DEVICE_CONFIG_DATA: label", input_label, LATER(EINVAL)},
    {"SET_INPUT_DEVICE_CONFIG_DATA: label 0", input_label_0, LATER(EINVAL)},
    {"SET_INPUT_DEVICE_CONFIG_DATA: another type", input_of_another_type, LATER(34)},
    {"SET_INPUT_DEVICE_DATA: pointer", input_data_pointer, LATER(EFAULT)},
    {"SET_INPUT_DEVICE_DATA: label", input_data_label, LATER(EINVAL)},
    {"SET_INPUT_DEVICE_DATA: label 0", input_data_label_0, LATER(EINVAL)},
    {"SET_INPUT_DEVICE_DATA: another type", input_data_of_another_type, LATER(52)},
};

Test(mistakes, virtio_devices)
{
    check_mistakes(virtio_mistakes, sizeof(virtio_mistakes) / sizeof(virtio_mistakes[0]));
}
