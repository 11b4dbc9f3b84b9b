// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices that are objects: the registers of each call, and what is made of the answers.
#include "fake_backend.h"

struct virtio_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_vic *vic;
    struct gunyah_virtio_mmio *device;
};

static void setup(struct virtio_test *t)
{
    fake_init(&t->fake);
    t->g = fake_session(&t->fake);
    cr_assert_eq(gunyah_vic_open(t->g, gunyah_capid(0x22), &t->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_virtio_mmio_open(t->g, gunyah_capid(0x26), &t->device), GUNYAH_OK);
}

static void teardown(struct virtio_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

static struct gunyah_memextent *open_extent(const struct virtio_test *t)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct gunyah_memextent *extent = NULL;

    options.cap = gunyah_capid(0x77);
    cr_assert_eq(gunyah_memextent_open(t->g, &options, &extent), GUNYAH_OK);
    return extent;
}

static void expect_sent(const struct virtio_test *t, uint64_t x0, uint64_t x2, uint64_t x3, uint64_t x4, uint64_t x5)
{
    cr_expect_eq(t->fake.sent.x[0], x0);
    cr_expect_eq(t->fake.sent.x[1], 0x26u);
    cr_expect_eq(t->fake.sent.x[2], x2);
    cr_expect_eq(t->fake.sent.x[3], x3);
    cr_expect_eq(t->fake.sent.x[4], x4);
    cr_expect_eq(t->fake.sent.x[5], x5);
}

// A type that is given is said to be valid.
Test(core_virtio, configuring)
{
    struct virtio_test t;
    setup(&t);
    struct gunyah_memextent *extent = open_extent(&t);

    cr_expect_eq(gunyah_virtio_mmio_configure(t.device, extent, 4, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID), GUNYAH_OK);
    expect_sent(&t, 0xc6008049, 0x77, 4, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_configure(t.device, extent, 16, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT), GUNYAH_OK);
    expect_sent(&t, 0xc6008049, 0x77, 16, 0x40, 18);
    cr_expect_eq(gunyah_virtio_mmio_activate(t.device), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0, 0, 0, 0);
    teardown(&t);
}

// Only what the hypervisor has accepted counts as configured, and it does not outlive the handle.
Test(core_virtio, activating_needs_a_configuration)
{
    struct virtio_test t;
    setup(&t);
    struct gunyah_memextent *extent = open_extent(&t);

    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_configure(t.device, extent, 4, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    const unsigned calls = t.fake.calls;
    cr_expect_eq(gunyah_virtio_mmio_activate(t.device), GUNYAH_ERR_OBJECT_CONFIG);
    cr_expect_eq(t.fake.calls, calls);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_virtio_mmio_activate");
    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_configure(t.device, extent, 4, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID), GUNYAH_OK);
    cr_assert_eq(gunyah_virtio_mmio_close(&t.device), GUNYAH_OK);
    cr_assert_eq(gunyah_virtio_mmio_open(t.g, gunyah_capid(0x26), &t.device), GUNYAH_OK);
    cr_expect_eq(gunyah_virtio_mmio_activate(t.device), GUNYAH_ERR_OBJECT_CONFIG);
    teardown(&t);
}

Test(core_virtio, features)
{
    struct virtio_test t;
    setup(&t);
    uint64_t features = 99;

    // The upper word first: when it is refused, nothing has changed.
    fake_answers(&t.fake, 30, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_set_device_features(t.device, 0x355555555), GUNYAH_ERR_DENIED);
    cr_expect_eq(gunyah_last_error(t.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    expect_sent(&t, 0xc600804f, 1, 3, 0, 0);
    cr_expect_eq(t.fake.calls, 1u);
    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_set_device_features(t.device, 0x355555555), GUNYAH_OK);
    expect_sent(&t, 0xc600804f, 0, 0x55555555, 0, 0);
    cr_expect_eq(t.fake.calls, 3u);

    fake_answers(&t.fake, 0, 0x11111111, 0);
    fake_then_answers(&t.fake, 0, 0x22222222, 0);
    cr_expect_eq(gunyah_virtio_mmio_get_driver_features(t.device, &features), GUNYAH_OK);
    cr_expect_eq(features, 0x2222222211111111);
    expect_sent(&t, 0xc6008051, 1, 0, 0, 0);
    fake_answers(&t.fake, 0, 5, 0);
    fake_then_answers(&t.fake, 51, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_get_driver_features(t.device, &features), GUNYAH_ERR_CAP_REVOKED);
    cr_expect_eq(features, 0x2222222211111111, "untouched on failure");
    teardown(&t);
}

Test(core_virtio, queues)
{
    struct virtio_test t;
    setup(&t);
    struct gunyah_virtio_mmio_queue queue = GUNYAH_VIRTIO_MMIO_QUEUE_INIT;

    cr_expect_eq(gunyah_virtio_mmio_set_queue_num_max(t.device, 3, 256), GUNYAH_OK);
    expect_sent(&t, 0xc6008050, 3, 256, 0, 0);
    t.fake.answers[0] = (struct gunyah_registers){{0, 128, 1, 0x1000, 0x2000, 0x3000}};
    t.fake.answer_count = 1;
    cr_expect_eq(gunyah_virtio_mmio_get_queue_info(t.device, 3, &queue), GUNYAH_OK);
    expect_sent(&t, 0xc6008052, 3, 0, 0, 0);
    cr_expect_eq(queue.num, 128u);
    cr_expect(queue.ready);
    cr_expect_eq(queue.desc_addr, 0x1000u);
    cr_expect_eq(queue.drv_addr, 0x2000u);
    cr_expect_eq(queue.dev_addr, 0x3000u);
    cr_expect_eq(queue.size, sizeof(queue));
    teardown(&t);
}

Test(core_virtio, notifications)
{
    struct virtio_test t;
    setup(&t);
    struct gunyah_virtio_mmio_notification told = {0};

    fake_answers(&t.fake, 0, 0x8000000000000002, 1);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(t.device, &told), GUNYAH_OK);
    expect_sent(&t, 0xc6008053, 0, 0, 0, 0);
    cr_expect_eq(told.queues, 0x8000000000000002);
    cr_expect(told.new_buffer && !told.reset_requested && !told.driver_ok && !told.failed);
    fake_answers(&t.fake, 0, 0, 2);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(t.device, &told), GUNYAH_OK);
    cr_expect(!told.new_buffer && told.reset_requested && !told.driver_ok && !told.failed);
    fake_answers(&t.fake, 0, 0, 8);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(t.device, &told), GUNYAH_OK);
    cr_expect(!told.new_buffer && !told.reset_requested && told.driver_ok && !told.failed);
    fake_answers(&t.fake, 0, 0, 16);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(t.device, &told), GUNYAH_OK);
    cr_expect(!told.new_buffer && !told.reset_requested && !told.driver_ok && told.failed);
    fake_answers(&t.fake, 33, 1, 1);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(t.device, &told), GUNYAH_ERR_OBJECT_STATE);
    cr_expect(told.failed && told.queues == 0, "untouched on failure");
    teardown(&t);
}

Test(core_virtio, status_and_interrupts)
{
    struct virtio_test t;
    setup(&t);
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_virtio_mmio_bind_backend_virq(t.device, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc600804a, 0x22, 40, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_unbind_backend_virq(t.device), GUNYAH_OK);
    expect_sent(&t, 0xc600804b, 0, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_bind_frontend_virq(t.device, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc600804c, 0x22, 40, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_unbind_frontend_virq(t.device), GUNYAH_OK);
    expect_sent(&t, 0xc600804d, 0, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_assert_virq(t.device, 3), GUNYAH_OK);
    expect_sent(&t, 0xc600804e, 3, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_acknowledge_reset(t.device), GUNYAH_OK);
    expect_sent(&t, 0xc6008054, 0, 0, 0, 0);
    cr_expect_eq(gunyah_virtio_mmio_update_status(t.device, 255), GUNYAH_OK);
    expect_sent(&t, 0xc6008055, 255, 0, 0, 0);
    teardown(&t);
}

Test(core_virtio, input)
{
    struct virtio_test t;
    setup(&t);
    struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;

    options.bus = 0x7788;
    options.vendor = 0x5566;
    options.product = 0x3344;
    options.version = 0x1122;
    options.properties = 3;
    options.event_types = 32;
    options.axes = 64;
    cr_expect_eq(gunyah_virtio_input_configure(t.device, &options), GUNYAH_OK);
    expect_sent(&t, 0xc600805e, 0x1122334455667788, 3, 32, 64);
    cr_expect_eq(t.fake.sent.x[6], 0u);
    cr_expect_eq(gunyah_virtio_input_set_data(t.device, GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 63, 0x80001234, 20),
                 GUNYAH_OK);
    expect_sent(&t, 0xc600805f, 18, 63, 20, 0x80001234);
    // The last byte there is; one more, and it wraps around.
    cr_expect_eq(gunyah_virtio_input_set_data(t.device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, UINT64_MAX - 3, 4),
                 GUNYAH_OK);
    cr_expect_eq(gunyah_virtio_input_set_data(t.device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, UINT64_MAX - 3, 5),
                 GUNYAH_ERR_ADDR_OVERFLOW);
    teardown(&t);
}
