// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices, and hardware interrupts. Features are left out: the library sets and gets both words at once.
#include "typed.h"

static struct gunyah_virtio_mmio *open_device(struct gunyah *g, uint64_t cap)
{
    struct gunyah_virtio_mmio *device = NULL;

    gunyah_virtio_mmio_open(g, typed_cap(cap), &device);
    return device;
}

static void tell(struct typed_answer *answer, uint64_t result)
{
    if (answer->error == GUNYAH_OK)
        answer->results[answer->count++] = result;
}

// A type that is none is not said to be one.
static bool is_shape(const uint64_t *arguments)
{
    const bool has_type = arguments[3] == GUNYAH_VIRTIO_OPTION_FLAGS_VALID_DEVICE_TYPE_MASK && arguments[4] != 0;
    const bool has_none = (arguments[3] | arguments[4]) == 0;

    return arguments[2] <= UINT32_MAX && arguments[4] <= UINT32_MAX && (has_type || has_none);
}

static void configure(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);
    struct gunyah_memextent *extent = NULL;

    options.cap = typed_cap(arguments[1]);
    gunyah_memextent_open(g, &options, &extent);
    answer->error = gunyah_virtio_mmio_configure(device, extent, (uint32_t)arguments[2],
                                                 (enum gunyah_virtio_device_type)arguments[4]);
    gunyah_memextent_close(&extent);
    gunyah_virtio_mmio_close(&device);
}

typedef enum gunyah_error bind_function(struct gunyah_virtio_mmio *device, struct gunyah_vic *vic, gunyah_virq_t virq);

static void bind(struct gunyah *g, const uint64_t *arguments, bind_function *function, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = function(device, vic, gunyah_virq((uint32_t)arguments[2]));
    gunyah_vic_close(&vic);
    gunyah_virtio_mmio_close(&device);
}

static void bind_backend(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    bind(g, arguments, gunyah_virtio_mmio_bind_backend_virq, answer);
}

static void bind_frontend(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    bind(g, arguments, gunyah_virtio_mmio_bind_frontend_virq, answer);
}

typedef enum gunyah_error device_function(struct gunyah_virtio_mmio *device);

static void do_to(struct gunyah *g, const uint64_t *arguments, device_function *function, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = function(device);
    gunyah_virtio_mmio_close(&device);
}

static void unbind_backend(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_to(g, arguments, gunyah_virtio_mmio_unbind_backend_virq, answer);
}

static void unbind_frontend(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_to(g, arguments, gunyah_virtio_mmio_unbind_frontend_virq, answer);
}

static void acknowledge_reset(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_to(g, arguments, gunyah_virtio_mmio_acknowledge_reset, answer);
}

static void assert_virq(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_mmio_assert_virq(device, (uint32_t)arguments[1]);
    gunyah_virtio_mmio_close(&device);
}

static void update_status(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_mmio_update_status(device, (uint32_t)arguments[1]);
    gunyah_virtio_mmio_close(&device);
}

static void set_queue(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_mmio_set_queue_num_max(device, (uint32_t)arguments[1], (uint32_t)arguments[2]);
    gunyah_virtio_mmio_close(&device);
}

static void get_queue(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio_queue queue = GUNYAH_VIRTIO_MMIO_QUEUE_INIT;
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_mmio_get_queue_info(device, (uint32_t)arguments[1], &queue);
    tell(answer, queue.num);
    tell(answer, queue.ready);
    tell(answer, queue.desc_addr);
    tell(answer, queue.drv_addr);
    tell(answer, queue.dev_addr);
    gunyah_virtio_mmio_close(&device);
}

static void get_notification(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio_notification told = {0};
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_mmio_get_notification(device, &told);
    tell(answer, told.queues);
    tell(answer, (told.new_buffer ? (uint64_t)GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_NEW_BUFFER_MASK : 0) |
                     (told.reset_requested ? (uint64_t)GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_RESET_RQST_MASK : 0) |
                     (told.driver_ok ? (uint64_t)GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_DRIVER_OK_MASK : 0) |
                     (told.failed ? (uint64_t)GUNYAH_VIRTIO_MMIO_NOTIFY_REASON_FAILED_MASK : 0));
    gunyah_virtio_mmio_close(&device);
}

static void configure_input(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    options.bus = (uint16_t)arguments[1];
    options.vendor = (uint16_t)(arguments[1] >> 16);
    options.product = (uint16_t)(arguments[1] >> 32);
    options.version = (uint16_t)(arguments[1] >> 48);
    options.properties = (uint32_t)arguments[2];
    options.event_types = (uint32_t)arguments[3];
    options.axes = (uint32_t)arguments[4];
    answer->error = gunyah_virtio_input_configure(device, &options);
    gunyah_virtio_mmio_close(&device);
}

static void set_input(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_virtio_mmio *device = open_device(g, arguments[0]);

    answer->error = gunyah_virtio_input_set_data(device, (enum gunyah_virtio_input_select)arguments[1],
                                                 (uint32_t)arguments[2], arguments[4], (uint32_t)arguments[3]);
    gunyah_virtio_mmio_close(&device);
}

static void bind_hwirq(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_hwirq *hwirq = NULL;
    struct gunyah_vic *vic = NULL;

    gunyah_hwirq_open(g, typed_cap(arguments[0]), &hwirq);
    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = gunyah_hwirq_bind_virq(hwirq, vic, gunyah_virq((uint32_t)arguments[2]));
    gunyah_vic_close(&vic);
    gunyah_hwirq_close(&hwirq);
}

static void unbind_hwirq(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_hwirq *hwirq = NULL;

    gunyah_hwirq_open(g, typed_cap(arguments[0]), &hwirq);
    answer->error = gunyah_hwirq_unbind_virq(hwirq);
    gunyah_hwirq_close(&hwirq);
}

// The library does not take what Virtio does not have: other bits of a status, larger queues, other sizes of a selector's data.
const struct typed_call typed_devices[] = {
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_CONFIGURE, configure, is_shape, true},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_BIND_VIRQ, bind_backend, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_UNBIND_VIRQ, unbind_backend, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_BIND_VIRQ, bind_frontend, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_UNBIND_VIRQ, unbind_frontend, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_ASSERT_VIRQ, assert_virq, NULL, true},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_SET_QUEUE_NUM_MAX, set_queue, NULL, true},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_QUEUE_INFO, get_queue, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_GET_NOTIFICATION, get_notification, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_ACKNOWLEDGE_RESET, acknowledge_reset, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_UPDATE_STATUS, update_status, NULL, true},
    {GUNYAH_HYPERCALL_VIRTIO_INPUT_CONFIGURE, configure_input, NULL, false},
    {GUNYAH_HYPERCALL_VIRTIO_INPUT_SET_DATA, set_input, NULL, true},
    {GUNYAH_HYPERCALL_HWIRQ_BIND_VIRQ, bind_hwirq, NULL, false},
    {GUNYAH_HYPERCALL_HWIRQ_UNBIND_VIRQ, unbind_hwirq, NULL, false},
    {0, NULL, NULL, false},
};
