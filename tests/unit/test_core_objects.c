// SPDX-License-Identifier: BSD-3-Clause
// Handles of vCPUs, power groups, watchdogs, hardware interrupts and virtio devices: null, stale, of the wrong kind, of another
// session; and creating what they are for.
#include "fake_backend.h"

struct handles {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
    struct gunyah_thread *thread;
    struct gunyah_vpm_group *group;
    struct gunyah_watchdog *watchdog;
    struct gunyah_hwirq *hwirq;
    struct gunyah_virtio_mmio *device;
    struct gunyah_memextent *extent;
    struct gunyah_addrspace *addrspace;
};

static void setup(struct handles *h)
{
    struct gunyah_memextent_options extent = GUNYAH_MEMEXTENT_OPTIONS_INIT;

    extent.cap = gunyah_capid(0x18);
    fake_init(&h->fake);
    h->g = fake_session(&h->fake);
    cr_assert_eq(gunyah_partition_open(h->g, gunyah_capid(0x11), &h->partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(h->g, gunyah_capid(0x12), &h->cspace), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(h->g, gunyah_capid(0x13), &h->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_thread_open(h->g, gunyah_capid(0x14), &h->thread), GUNYAH_OK);
    cr_assert_eq(gunyah_vpm_group_open(h->g, gunyah_capid(0x15), &h->group), GUNYAH_OK);
    cr_assert_eq(gunyah_hwirq_open(h->g, gunyah_capid(0x16), &h->hwirq), GUNYAH_OK);
    cr_assert_eq(gunyah_virtio_mmio_open(h->g, gunyah_capid(0x17), &h->device), GUNYAH_OK);
    cr_assert_eq(gunyah_memextent_open(h->g, &extent, &h->extent), GUNYAH_OK);
    cr_assert_eq(gunyah_addrspace_open(h->g, gunyah_capid(0x19), &h->addrspace), GUNYAH_OK);
    cr_assert_eq(gunyah_watchdog_open(h->g, gunyah_capid(0x1a), &h->watchdog), GUNYAH_OK);
}

static void teardown(struct handles *h)
{
    cr_expect_eq(gunyah_close(&h->g), GUNYAH_OK);
}

Test(core_objects, opening)
{
    struct handles h;
    setup(&h);

    cr_expect_eq(gunyah_thread_capid(h.thread).value, 0x14u);
    cr_expect_eq(gunyah_vpm_group_capid(h.group).value, 0x15u);
    cr_expect_eq(gunyah_hwirq_capid(h.hwirq).value, 0x16u);
    cr_expect_eq(gunyah_virtio_mmio_capid(h.device).value, 0x17u);
    cr_expect_eq(gunyah_watchdog_capid(h.watchdog).value, 0x1au);
    cr_expect_eq(h.fake.calls, 0u);
    cr_expect_eq(gunyah_thread_open(NULL, gunyah_capid(1), &h.thread), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vpm_group_open(NULL, gunyah_capid(1), &h.group), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_hwirq_open(NULL, gunyah_capid(1), &h.hwirq), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_virtio_mmio_open(NULL, gunyah_capid(1), &h.device), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_open(NULL, gunyah_capid(1), &h.watchdog), GUNYAH_ERR_NULL);
    cr_expect(!h.thread && !h.group && !h.hwirq && !h.device && !h.watchdog);
    cr_expect_eq(gunyah_thread_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vpm_group_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_hwirq_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_virtio_mmio_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    teardown(&h);
}

static void expect_threads_refused(struct gunyah_thread *thread, const struct handles *h, enum gunyah_error error)
{
    const struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    const gunyah_virq_t virq = {40};
    struct gunyah_thread_exit exit;

    cr_expect_eq(gunyah_thread_configure(thread, &options), error);
    cr_expect_eq(gunyah_thread_set_priority(thread, 1), error);
    cr_expect_eq(gunyah_thread_set_timeslice(thread, 1000000), error);
    cr_expect_eq(gunyah_thread_set_affinity(thread, 1), error);
    cr_expect_eq(gunyah_thread_activate(thread), error);
    cr_expect_eq(gunyah_thread_write_register(thread, GUNYAH_VCPU_REGISTER_SET_X, 0, 0), error);
    cr_expect_eq(gunyah_thread_power_on(thread, 0, 0, 0), error);
    cr_expect_eq(gunyah_thread_power_off(thread, true), error);
    cr_expect_eq(gunyah_thread_kill(thread), error);
    cr_expect_eq(gunyah_thread_bind_halt_virq(thread, h->vic, virq), error);
    cr_expect_eq(gunyah_thread_unbind_halt_virq(thread), error);
    cr_expect_eq(gunyah_thread_bind_wakeup_virq(thread, h->vic, virq), error);
    cr_expect_eq(gunyah_thread_unbind_wakeup_virq(thread), error);
    cr_expect_eq(gunyah_thread_run(thread, NULL, &exit), error);
    cr_expect_eq(gunyah_thread_run_check(thread, &exit), error);
    cr_expect_eq(gunyah_thread_yield_to(thread), error);
    cr_expect_eq(gunyah_cspace_attach_thread(h->cspace, thread), error);
    cr_expect_eq(gunyah_vic_attach_vcpu(h->vic, thread, 0), error);
    cr_expect_eq(gunyah_vpm_group_attach_vcpu(h->group, thread, 0), error);
    cr_expect_eq(gunyah_addrspace_attach_vcpu(h->addrspace, thread), error);
    cr_expect_eq(gunyah_watchdog_attach_vcpu(h->watchdog, thread), error);
    cr_expect_eq(gunyah_thread_capid(thread).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

static void expect_groups_refused(struct gunyah_vpm_group *group, struct gunyah_hwirq *hwirq, const struct handles *h,
                                  enum gunyah_error error)
{
    const gunyah_virq_t virq = {40};
    enum gunyah_vpm_state state;

    cr_expect_eq(gunyah_vpm_group_configure(group, false), error);
    cr_expect_eq(gunyah_vpm_group_activate(group), error);
    cr_expect_eq(gunyah_vpm_group_attach_vcpu(group, h->thread, 0), error);
    cr_expect_eq(gunyah_vpm_group_bind_virq(group, h->vic, virq), error);
    cr_expect_eq(gunyah_vpm_group_unbind_virq(group), error);
    cr_expect_eq(gunyah_vpm_group_get_state(group, &state), error);
    cr_expect_eq(gunyah_vpm_group_capid(group).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(gunyah_hwirq_bind_virq(hwirq, h->vic, virq), error);
    cr_expect_eq(gunyah_hwirq_unbind_virq(hwirq), error);
    cr_expect_eq(gunyah_hwirq_capid(hwirq).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

static void expect_watchdogs_refused(struct gunyah_watchdog *watchdog, const struct handles *h, enum gunyah_error error)
{
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_watchdog_configure(watchdog, false), error);
    cr_expect_eq(gunyah_watchdog_activate(watchdog), error);
    cr_expect_eq(gunyah_watchdog_attach_vcpu(watchdog, h->thread), error);
    cr_expect_eq(gunyah_watchdog_bind_bark_virq(watchdog, h->vic, virq), error);
    cr_expect_eq(gunyah_watchdog_bind_bite_virq(watchdog, h->vic, virq), error);
    cr_expect_eq(gunyah_watchdog_unbind_bark_virq(watchdog), error);
    cr_expect_eq(gunyah_watchdog_unbind_bite_virq(watchdog), error);
    cr_expect_eq(gunyah_watchdog_freeze(watchdog), error);
    cr_expect_eq(gunyah_watchdog_freeze_and_reset(watchdog), error);
    cr_expect_eq(gunyah_watchdog_unfreeze(watchdog), error);
    cr_expect_eq(gunyah_watchdog_capid(watchdog).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

// The second handle of whatever binds an interrupt.
static void expect_controllers_refused(struct gunyah_vic *vic, const struct handles *h, enum gunyah_error error)
{
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_watchdog_bind_bark_virq(h->watchdog, vic, virq), error);
    cr_expect_eq(gunyah_watchdog_bind_bite_virq(h->watchdog, vic, virq), error);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

static void expect_devices_refused(struct gunyah_virtio_mmio *device, const struct handles *h, enum gunyah_error error)
{
    const struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;
    struct gunyah_virtio_mmio_queue queue = GUNYAH_VIRTIO_MMIO_QUEUE_INIT;
    struct gunyah_virtio_mmio_notification notification;
    const gunyah_virq_t virq = {40};
    uint64_t features;

    cr_expect_eq(gunyah_virtio_mmio_configure(device, h->extent, 1, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID), error);
    cr_expect_eq(gunyah_virtio_mmio_activate(device), error);
    cr_expect_eq(gunyah_virtio_mmio_set_device_features(device, UINT64_C(3) << 32), error);
    cr_expect_eq(gunyah_virtio_mmio_set_queue_num_max(device, 0, 1), error);
    cr_expect_eq(gunyah_virtio_mmio_bind_backend_virq(device, h->vic, virq), error);
    cr_expect_eq(gunyah_virtio_mmio_unbind_backend_virq(device), error);
    cr_expect_eq(gunyah_virtio_mmio_bind_frontend_virq(device, h->vic, virq), error);
    cr_expect_eq(gunyah_virtio_mmio_unbind_frontend_virq(device), error);
    cr_expect_eq(gunyah_virtio_mmio_assert_virq(device, 1), error);
    cr_expect_eq(gunyah_virtio_mmio_get_driver_features(device, &features), error);
    cr_expect_eq(gunyah_virtio_mmio_get_queue_info(device, 0, &queue), error);
    cr_expect_eq(gunyah_virtio_mmio_get_notification(device, &notification), error);
    cr_expect_eq(gunyah_virtio_mmio_acknowledge_reset(device), error);
    cr_expect_eq(gunyah_virtio_mmio_update_status(device, 1), error);
    cr_expect_eq(gunyah_virtio_input_configure(device, &options), error);
    cr_expect_eq(gunyah_virtio_input_set_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 4, 1), error);
    cr_expect_eq(gunyah_virtio_mmio_capid(device).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

static void expect_extent_refused(struct gunyah_memextent *extent, const struct handles *h, enum gunyah_error error)
{
    cr_expect_eq(gunyah_virtio_mmio_configure(h->device, extent, 1, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID), error);
    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
}

Test(core_objects, null)
{
    struct handles h;
    setup(&h);

    expect_threads_refused(NULL, &h, GUNYAH_ERR_NULL);
    expect_groups_refused(NULL, NULL, &h, GUNYAH_ERR_NULL);
    expect_devices_refused(NULL, &h, GUNYAH_ERR_NULL);
    expect_extent_refused(NULL, &h, GUNYAH_ERR_NULL);
    expect_watchdogs_refused(NULL, &h, GUNYAH_ERR_NULL);
    expect_controllers_refused(NULL, &h, GUNYAH_ERR_NULL);
    teardown(&h);
}

Test(core_objects, of_another_kind)
{
    struct handles h;
    setup(&h);
    void *const partition = h.partition;

    expect_threads_refused(partition, &h, GUNYAH_ERR_HANDLE);
    expect_groups_refused(partition, partition, &h, GUNYAH_ERR_HANDLE);
    expect_devices_refused(partition, &h, GUNYAH_ERR_HANDLE);
    expect_extent_refused(partition, &h, GUNYAH_ERR_HANDLE);
    expect_watchdogs_refused(partition, &h, GUNYAH_ERR_HANDLE);
    expect_controllers_refused(partition, &h, GUNYAH_ERR_HANDLE);
    teardown(&h);
}

Test(core_objects, closing_and_stale)
{
    struct handles h;
    setup(&h);
    struct gunyah_thread *thread = h.thread;
    struct gunyah_vpm_group *group = h.group;
    struct gunyah_hwirq *hwirq = h.hwirq;
    struct gunyah_virtio_mmio *device = h.device;
    struct gunyah_memextent *extent = h.extent;
    struct gunyah_watchdog *watchdog = h.watchdog;
    struct gunyah_vic *vic = h.vic;

    cr_expect_eq(gunyah_thread_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vpm_group_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_hwirq_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_virtio_mmio_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_close(NULL), GUNYAH_ERR_NULL);
    cr_assert_eq(gunyah_memextent_close(&h.extent), GUNYAH_OK);
    expect_extent_refused(extent, &h, GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_hwirq_close(&h.hwirq), GUNYAH_OK);
    cr_assert_eq(gunyah_virtio_mmio_close(&h.device), GUNYAH_OK);
    expect_devices_refused(device, &h, GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_thread_close(&h.thread), GUNYAH_OK);
    expect_threads_refused(thread, &h, GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_vpm_group_close(&h.group), GUNYAH_OK);
    expect_groups_refused(group, hwirq, &h, GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_vic_close(&h.vic), GUNYAH_OK);
    expect_controllers_refused(vic, &h, GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_watchdog_close(&h.watchdog), GUNYAH_OK);
    expect_watchdogs_refused(watchdog, &h, GUNYAH_ERR_HANDLE);
    cr_expect(!h.thread && !h.group && !h.hwirq && !h.device && !h.watchdog);
    cr_expect_eq(gunyah_thread_close(&thread), GUNYAH_ERR_HANDLE);
    cr_expect(thread != NULL, "nothing changes on failure");
    cr_expect_eq(gunyah_vpm_group_close(&group), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_hwirq_close(&hwirq), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_watchdog_close(&watchdog), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_virtio_mmio_close(&device), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_thread_close(&h.thread), GUNYAH_ERR_HANDLE);
    cr_expect_str_eq(gunyah_last_error(h.g)->call, "gunyah_virtio_mmio_close", "null has no session");
    teardown(&h);
}

Test(core_objects, of_two_sessions)
{
    struct handles a, b;
    setup(&a);
    setup(&b);
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_thread_bind_halt_virq(a.thread, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_thread_bind_wakeup_virq(a.thread, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_str_eq(gunyah_last_error(a.g)->call, "gunyah_thread_bind_wakeup_virq");
    cr_expect_eq(gunyah_last_error(b.g)->domain, GUNYAH_DOMAIN_NONE);
    cr_expect_eq(gunyah_cspace_attach_thread(a.cspace, b.thread), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vic_attach_vcpu(a.vic, b.thread, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vpm_group_attach_vcpu(a.group, b.thread, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_addrspace_attach_vcpu(a.addrspace, b.thread), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_virtio_mmio_configure(a.device, b.extent, 1, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vpm_group_bind_virq(a.group, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_hwirq_bind_virq(a.hwirq, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_watchdog_attach_vcpu(a.watchdog, b.thread), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_watchdog_bind_bark_virq(a.watchdog, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_watchdog_bind_bite_virq(a.watchdog, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_virtio_mmio_bind_backend_virq(a.device, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_virtio_mmio_bind_frontend_virq(a.device, b.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(a.fake.calls + b.fake.calls, 0u);
    teardown(&a);
    teardown(&b);
}

Test(core_objects, creating)
{
    struct handles h;
    setup(&h);

    fake_answers(&h.fake, 0, 0x55, 0);
    cr_assert_eq(gunyah_thread_create(h.partition, h.cspace, &h.thread), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008005u);
    cr_expect_eq(h.fake.sent.x[1], 0x11u);
    cr_expect_eq(h.fake.sent.x[2], 0x12u);
    cr_expect_eq(gunyah_thread_capid(h.thread).value, 0x55u);
    cr_assert_eq(gunyah_vpm_group_create(h.partition, h.cspace, &h.group), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc600800bu);
    cr_expect_eq(gunyah_vpm_group_capid(h.group).value, 0x55u);
    cr_assert_eq(gunyah_virtio_mmio_create(h.partition, h.cspace, &h.device), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008048u);
    cr_expect_eq(gunyah_virtio_mmio_capid(h.device).value, 0x55u);
    cr_assert_eq(gunyah_watchdog_create(h.partition, h.cspace, &h.watchdog), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008009u);
    cr_expect_eq(h.fake.sent.x[1], 0x11u);
    cr_expect_eq(h.fake.sent.x[2], 0x12u);
    cr_expect_eq(gunyah_watchdog_capid(h.watchdog).value, 0x55u);

    fake_answers(&h.fake, 54, 0, 0);
    cr_expect_eq(gunyah_thread_create(h.partition, h.cspace, &h.thread), GUNYAH_ERR_CSPACE_FULL);
    cr_expect_eq(gunyah_vpm_group_create(h.partition, h.cspace, &h.group), GUNYAH_ERR_CSPACE_FULL);
    cr_expect_eq(gunyah_virtio_mmio_create(h.partition, h.cspace, &h.device), GUNYAH_ERR_CSPACE_FULL);
    cr_expect_str_eq(gunyah_last_error(h.g)->call, "partition_create_virtio_mmio");
    cr_expect_eq(gunyah_watchdog_create(h.partition, h.cspace, &h.watchdog), GUNYAH_ERR_CSPACE_FULL);
    cr_expect(!h.thread && !h.group && !h.device && !h.watchdog);
    const unsigned calls = h.fake.calls;
    cr_expect_eq(gunyah_thread_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vpm_group_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_virtio_mmio_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_create(NULL, h.cspace, &h.watchdog), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_watchdog_create(h.partition, NULL, &h.watchdog), GUNYAH_ERR_NULL);
    cr_expect_eq(h.fake.calls, calls);
    teardown(&h);
}
