// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices, from the side of their owner. No driver is here: what one does is in the recordings.
#include "conformance.h"

#define PAGE 4096
#define QUEUES 4
#define FEATURES (UINT64_C(3) << 32) // that every device has
#define NEEDS_RESET 64u

// An extent of memory that nobody else has.
static bool make_extent(struct target *target, const struct owner *owner, uint64_t size,
                        enum gunyah_pgtable_access access, enum gunyah_memextent_type type,
                        struct gunyah_memextent **extent)
{
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(*extent, target_free_memory(target, size), size, access,
                                         GUNYAH_MEMEXTENT_MEMTYPE_ANY, type));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

static bool make_page(struct target *target, const struct owner *owner, struct gunyah_memextent **extent)
{
    return make_extent(target, owner, PAGE, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_TYPE_BASIC, extent);
}

// A device that is configured and active.
static bool make_device(struct target *target, struct owner *owner, enum gunyah_virtio_device_type type,
                        struct gunyah_virtio_mmio **device)
{
    struct gunyah_memextent *extent;

    EXPECT_TRUE(conformance_owner(target, owner));
    EXPECT_TRUE(make_page(target, owner, &extent));
    EXPECT_OK(gunyah_virtio_mmio_create(owner->partition, owner->cspace, device));
    EXPECT_OK(gunyah_virtio_mmio_configure(*device, extent, QUEUES, type));
    EXPECT_OK(gunyah_virtio_mmio_activate(*device));
    return true;
}

static bool is_by_the_library(struct target *target, const struct owner *owner, bool expected)
{
    EXPECT_EQ(gunyah_last_error(owner->g)->domain, expected ? GUNYAH_DOMAIN_LIBRARY : GUNYAH_DOMAIN_HYPERVISOR);
    return true;
}

static bool configuration_has_limits(struct target *target)
{
    struct gunyah_memextent_options options = GUNYAH_MEMEXTENT_OPTIONS_INIT;
    struct gunyah_memextent *none;
    const enum gunyah_virtio_device_type plain = GUNYAH_VIRTIO_DEVICE_TYPE_INVALID;
    struct gunyah_virtio_mmio *device;
    struct owner owner;
    struct gunyah_memextent *page;
    struct gunyah_memextent *two;
    struct gunyah_memextent *sparse;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_page(target, &owner, &page));
    EXPECT_TRUE(make_extent(target, &owner, 2 * PAGE, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_TYPE_BASIC, &two));
    EXPECT_TRUE(make_extent(target, &owner, PAGE, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_MEMEXTENT_TYPE_SPARSE, &sparse));
    EXPECT_OK(gunyah_virtio_mmio_create(owner.partition, owner.cspace, &device));
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, two, 4, plain), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, sparse, 4, plain), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, page, 1, (enum gunyah_virtio_device_type)1),
              GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, false));
    options.cap = gunyah_vic_capid(owner.vic);
    EXPECT_OK(gunyah_memextent_open(owner.g, &options, &none));
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, none, 4, plain), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, NULL, 4, plain), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, page, GUNYAH_VIRTIO_MAX_QUEUES + 1, plain),
              GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, page, UINT32_MAX, plain), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_virtio_mmio_configure(device, page, GUNYAH_VIRTIO_MAX_QUEUES, plain));
    EXPECT_OK(gunyah_virtio_mmio_configure(device, page, 1, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT));
    EXPECT_OK(gunyah_virtio_mmio_activate(device));
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, page, 1, plain), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

// The hypervisor stops when a device without queues is activated: it is still there in the end.
static bool device_without_queues_is_not_activated(struct target *target)
{
    struct gunyah_virtio_mmio *device;
    struct gunyah_virtio_mmio *another;
    struct owner owner;
    struct gunyah_memextent *page;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_page(target, &owner, &page));
    EXPECT_OK(gunyah_virtio_mmio_create(owner.partition, owner.cspace, &device));
    EXPECT_EQ(gunyah_virtio_mmio_activate(device), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_virtio_mmio_configure(device, page, 0, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID), GUNYAH_ERR_WOULD_CRASH);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    EXPECT_EQ(gunyah_virtio_mmio_activate(device), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    // Somebody else's, of which nothing is known.
    EXPECT_EQ(gunyah_hypercall_virtio_mmio_configure(owner.g, gunyah_virtio_mmio_capid(device),
                                                     gunyah_memextent_capid(page), 0, (gunyah_virtio_option_flags_t){0},
                                                     GUNYAH_VIRTIO_DEVICE_TYPE_INVALID),
              GUNYAH_HVERR_OK);
    EXPECT_OK(gunyah_virtio_mmio_open(owner.g, gunyah_virtio_mmio_capid(device), &another));
    EXPECT_EQ(gunyah_virtio_mmio_activate(another), GUNYAH_ERR_OBJECT_CONFIG);
    // Nothing was lost by any of that.
    EXPECT_OK(gunyah_virtio_mmio_configure(another, page, QUEUES, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID));
    EXPECT_OK(gunyah_virtio_mmio_activate(another));
    return true;
}

static bool extent_serves_one_device(struct target *target)
{
    const enum gunyah_virtio_device_type plain = GUNYAH_VIRTIO_DEVICE_TYPE_INVALID;
    struct gunyah_virtio_mmio *first;
    struct gunyah_virtio_mmio *second;
    struct gunyah_virtio_mmio *third;
    struct owner owner;
    struct gunyah_memextent *page;
    struct gunyah_memextent *read_only;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(make_page(target, &owner, &page));
    EXPECT_TRUE(make_extent(target, &owner, PAGE, GUNYAH_PGTABLE_ACCESS_R, GUNYAH_MEMEXTENT_TYPE_BASIC, &read_only));
    EXPECT_OK(gunyah_virtio_mmio_create(owner.partition, owner.cspace, &first));
    EXPECT_OK(gunyah_virtio_mmio_create(owner.partition, owner.cspace, &second));
    EXPECT_OK(gunyah_virtio_mmio_create(owner.partition, owner.cspace, &third));
    EXPECT_OK(gunyah_virtio_mmio_configure(first, page, QUEUES, plain));
    EXPECT_OK(gunyah_virtio_mmio_configure(second, page, QUEUES, plain));
    EXPECT_OK(gunyah_virtio_mmio_configure(third, read_only, QUEUES, plain));
    EXPECT_OK(gunyah_virtio_mmio_activate(first));
    EXPECT_EQ(gunyah_virtio_mmio_activate(second), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_virtio_mmio_activate(third), GUNYAH_ERR_DENIED);
    return true;
}

static bool features_have_rules(struct target *target)
{
    static const struct {
        uint64_t features;
        enum gunyah_error error;
    } offers[] = {
        {FEATURES, GUNYAH_OK},
        {FEATURES | 0xffffffff, GUNYAH_OK},
        {FEATURES | UINT64_C(1) << 37 | UINT64_C(1) << 63, GUNYAH_OK},
        {0, GUNYAH_ERR_DENIED},
        {UINT64_C(1) << 32, GUNYAH_ERR_DENIED},
        {UINT64_C(1) << 33, GUNYAH_ERR_DENIED},
        {0xffffffff, GUNYAH_ERR_DENIED},
        {FEATURES | UINT64_C(1) << 38, GUNYAH_ERR_DENIED},
        {UINT64_MAX, GUNYAH_ERR_DENIED},
    };
    struct gunyah_virtio_mmio *device;
    struct owner owner;
    uint64_t taken = 99;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        const uint32_t upper = (uint32_t)(offers[i].features >> 32);
        EXPECT_EQ(gunyah_virtio_mmio_set_device_features(device, offers[i].features), offers[i].error);
        EXPECT_EQ(
            gunyah_hypercall_virtio_mmio_backend_set_dev_features(owner.g, gunyah_virtio_mmio_capid(device), 1, upper),
            offers[i].error == GUNYAH_OK ? GUNYAH_HVERR_OK : GUNYAH_HVERR_DENIED);
    }
    EXPECT_EQ(gunyah_virtio_mmio_get_driver_features(device, NULL), GUNYAH_ERR_NULL);
    EXPECT_OK(gunyah_virtio_mmio_get_driver_features(device, &taken));
    EXPECT_EQ(taken, 0);
    return true;
}

static bool queues_are_counted(struct target *target)
{
    struct gunyah_virtio_mmio_queue queue = GUNYAH_VIRTIO_MMIO_QUEUE_INIT;
    struct gunyah_virtio_mmio *device;
    struct owner owner;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_OK(gunyah_virtio_mmio_set_queue_num_max(device, 0, 0));
    EXPECT_OK(gunyah_virtio_mmio_set_queue_num_max(device, QUEUES - 1, GUNYAH_VIRTIO_MAX_QUEUE_SIZE));
    EXPECT_EQ(gunyah_virtio_mmio_set_queue_num_max(device, QUEUES, 256), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, false));
    EXPECT_EQ(gunyah_virtio_mmio_set_queue_num_max(device, 0, GUNYAH_VIRTIO_MAX_QUEUE_SIZE + 1),
              GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    queue.num = 99;
    EXPECT_EQ(gunyah_virtio_mmio_get_queue_info(device, QUEUES, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(queue.num, 99);
    EXPECT_OK(gunyah_virtio_mmio_get_queue_info(device, QUEUES - 1, &queue));
    EXPECT_TRUE(queue.num == 0 && !queue.ready && queue.desc_addr == 0 && queue.drv_addr == 0 && queue.dev_addr == 0);
    EXPECT_EQ(gunyah_virtio_mmio_get_queue_info(device, 0, NULL), GUNYAH_ERR_NULL);
    queue.size = 4;
    EXPECT_EQ(gunyah_virtio_mmio_get_queue_info(device, 0, &queue), GUNYAH_ERR_OPTION);
    return true;
}

static bool driver_is_interrupted(struct target *target)
{
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_virtio_mmio *device;
    struct owner owner;

    REQUIRE(target->has_wait);
    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_OK(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_USED_BUFFER)); // nothing is bound
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, virq, TARGET_EDGE));
    EXPECT_OK(gunyah_virtio_mmio_bind_backend_virq(device, owner.vic, virq));
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_CONFIG_CHANGED));
    EXPECT_OK(conformance_take(owner.g, virq));
    EXPECT_EQ(gunyah_virtio_mmio_assert_virq(device, 4), GUNYAH_ERR_OPTION);
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_virtio_mmio_unbind_backend_virq(device));
    EXPECT_OK(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_USED_BUFFER));
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool has_two_interrupts(struct target *target)
{
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);
    struct gunyah_virtio_mmio *device;
    struct owner owner;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_OK(gunyah_virtio_mmio_bind_backend_virq(device, owner.vic, a));
    EXPECT_EQ(gunyah_virtio_mmio_bind_backend_virq(device, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_virtio_mmio_bind_frontend_virq(device, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_virtio_mmio_bind_frontend_virq(device, owner.vic, gunyah_virq(31)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_virtio_mmio_bind_frontend_virq(device, owner.vic, b));
    EXPECT_OK(gunyah_virtio_mmio_unbind_backend_virq(device));
    EXPECT_OK(gunyah_virtio_mmio_unbind_backend_virq(device));
    EXPECT_EQ(gunyah_virtio_mmio_bind_backend_virq(device, owner.vic, b), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_virtio_mmio_unbind_frontend_virq(device));
    EXPECT_OK(gunyah_virtio_mmio_bind_backend_virq(device, owner.vic, b));
    return true;
}

static bool reset_is_acknowledged(struct target *target)
{
    struct gunyah_virtio_mmio_notification notification = {.queues = 99};
    struct gunyah_virtio_mmio *device;
    struct owner owner;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_EQ(gunyah_virtio_mmio_get_notification(device, NULL), GUNYAH_ERR_NULL);
    EXPECT_OK(gunyah_virtio_mmio_get_notification(device, &notification));
    EXPECT_TRUE(notification.queues == 0 && !notification.new_buffer && !notification.reset_requested &&
                !notification.driver_ok && !notification.failed);
    EXPECT_EQ(gunyah_virtio_mmio_update_status(device, 256), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    EXPECT_OK(gunyah_virtio_mmio_update_status(device, NEEDS_RESET));
    EXPECT_EQ(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_USED_BUFFER), GUNYAH_ERR_DENIED);
    EXPECT_OK(gunyah_virtio_mmio_update_status(device, 0)); // takes nothing away
    EXPECT_EQ(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_USED_BUFFER), GUNYAH_ERR_DENIED);
    EXPECT_OK(gunyah_virtio_mmio_acknowledge_reset(device));
    EXPECT_OK(gunyah_virtio_mmio_assert_virq(device, GUNYAH_VIRTIO_MMIO_USED_BUFFER));
    return true;
}

// ---- input devices ------------------------------------------------------------------------------------------------

static bool only_input_devices_have_input(struct target *target)
{
    struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;
    struct gunyah_virtio_mmio *device;
    struct owner owner;
    const char name[] = "keys";

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_EQ(gunyah_virtio_input_configure(device, &options), GUNYAH_ERR_OBJECT_CONFIG);
    EXPECT_EQ(gunyah_virtio_input_set_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, (uintptr_t)name, 4),
              GUNYAH_ERR_WRONG_OBJECT_TYPE);
    return true;
}

static bool input_is_counted(struct target *target)
{
    struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;
    const enum gunyah_virtio_input_select events = GUNYAH_VIRTIO_INPUT_SELECT_EVBITS;
    struct gunyah_virtio_mmio *device;
    struct owner owner;
    const unsigned char data[8] = {1};

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT, &device));
    EXPECT_EQ(gunyah_virtio_input_set_data(device, events, 0, (uintptr_t)data, 8), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, false));
    EXPECT_EQ(gunyah_virtio_input_configure(device, NULL), GUNYAH_ERR_NULL);
    options.event_types = GUNYAH_VIRTIO_INPUT_MAX_EVENT_TYPES + 1;
    EXPECT_EQ(gunyah_virtio_input_configure(device, &options), GUNYAH_ERR_ARGUMENT_INVALID);
    options.event_types = 0;
    options.axes = GUNYAH_VIRTIO_INPUT_MAX_AXES + 1;
    EXPECT_EQ(gunyah_virtio_input_configure(device, &options), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_TRUE(is_by_the_library(target, &owner, true));
    options.axes = 0;
    EXPECT_OK(gunyah_virtio_input_configure(device, &options));
    options.event_types = 2;
    EXPECT_OK(gunyah_virtio_input_configure(device, &options)); // it had none
    EXPECT_EQ(gunyah_virtio_input_configure(device, &options), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_virtio_input_set_data(device, events, 0, (uintptr_t)data, 8));
    EXPECT_OK(gunyah_virtio_input_set_data(device, events, 31, (uintptr_t)data, 8));
    EXPECT_EQ(gunyah_virtio_input_set_data(device, events, 1, (uintptr_t)data, 8), GUNYAH_ERR_NO_RESOURCES);
    options.size = 4;
    EXPECT_EQ(gunyah_virtio_input_configure(device, &options), GUNYAH_ERR_OPTION);
    return true;
}

static bool input_data_has_its_sizes(struct target *target)
{
    static const struct {
        uint32_t select, subselect, size;
        enum gunyah_error error;
    } pieces[] = {
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 1, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 128, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 0, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 129, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 1, 8, GUNYAH_ERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_SERIAL, 0, 4, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 0, 8, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 0, 9, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0, 4, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0, 5, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 31, 128, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 32, 4, GUNYAH_ERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 63, 20, GUNYAH_OK},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 0, 19, GUNYAH_ERR_ARGUMENT_SIZE}, // the hypervisor would fill it up
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 0, 21, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 64, 20, GUNYAH_ERR_ARGUMENT_INVALID},
        {0, 0, 4, GUNYAH_ERR_ARGUMENT_INVALID},
        {255, 0, 1, GUNYAH_ERR_ARGUMENT_INVALID},
    };
    static const unsigned char data[160] = {1};
    struct gunyah_virtio_input_options options = GUNYAH_VIRTIO_INPUT_OPTIONS_INIT;
    struct gunyah_virtio_mmio *device;
    struct owner owner;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INPUT, &device));
    options.event_types = options.axes = 2;
    EXPECT_OK(gunyah_virtio_input_configure(device, &options));
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        EXPECT_EQ(gunyah_virtio_input_set_data(device, (enum gunyah_virtio_input_select)pieces[i].select,
                                               pieces[i].subselect, (uintptr_t)data, pieces[i].size),
                  pieces[i].error);
        if (pieces[i].error != GUNYAH_OK)
            EXPECT_TRUE(is_by_the_library(target, &owner, true));
    }
    EXPECT_EQ(gunyah_virtio_input_set_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 0, 4), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_virtio_input_set_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, UINT64_MAX, 2),
              GUNYAH_ERR_ADDR_OVERFLOW);
    return true;
}

// ---- rights -------------------------------------------------------------------------------------------------------

static bool weaken(struct target *target, const struct owner *owner, const struct gunyah_virtio_mmio *device,
                   uint32_t rights, struct gunyah_virtio_mmio **weak)
{
    gunyah_capid_t cap;

    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_virtio_mmio_capid(device), owner->cspace, rights, &cap));
    EXPECT_OK(gunyah_virtio_mmio_open(owner->g, cap, weak));
    return true;
}

static bool each_function_has_its_right(struct target *target)
{
    struct gunyah_virtio_mmio_queue queue = GUNYAH_VIRTIO_MMIO_QUEUE_INIT;
    struct gunyah_virtio_mmio_notification notification;
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_virtio_mmio *device;
    struct gunyah_virtio_mmio *weak;
    struct owner owner;
    uint64_t features;

    EXPECT_TRUE(make_device(target, &owner, GUNYAH_VIRTIO_DEVICE_TYPE_INVALID, &device));
    EXPECT_TRUE(weaken(target, &owner, device,
                       GUNYAH_RIGHTS_VIRTIO_MMIO_ALL & ~(uint32_t)GUNYAH_RIGHT_VIRTIO_MMIO_CONFIG, &weak));
    EXPECT_EQ(gunyah_virtio_mmio_set_device_features(weak, FEATURES), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_set_queue_num_max(weak, 0, 1), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_get_driver_features(weak, &features), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_get_queue_info(weak, 0, &queue), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_get_notification(weak, &notification), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_acknowledge_reset(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_update_status(weak, 1), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_OK(gunyah_virtio_mmio_assert_virq(weak, GUNYAH_VIRTIO_MMIO_USED_BUFFER));
    EXPECT_OK(gunyah_virtio_mmio_bind_backend_virq(weak, owner.vic, virq));
    EXPECT_TRUE(weaken(target, &owner, device, GUNYAH_RIGHT_VIRTIO_MMIO_CONFIG, &weak));
    EXPECT_OK(gunyah_virtio_mmio_set_device_features(weak, FEATURES));
    EXPECT_EQ(gunyah_virtio_mmio_assert_virq(weak, GUNYAH_VIRTIO_MMIO_USED_BUFFER), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_unbind_backend_virq(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_virtio_mmio_unbind_frontend_virq(weak), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return true;
}

static const struct conformance_case cases[] = {
    {"virtio.configuration_has_limits", configuration_has_limits},
    {"virtio.device_without_queues_is_not_activated", device_without_queues_is_not_activated},
    {"virtio.extent_serves_one_device", extent_serves_one_device},
    {"virtio.features_have_rules", features_have_rules},
    {"virtio.queues_are_counted", queues_are_counted},
    {"virtio.driver_is_interrupted", driver_is_interrupted},
    {"virtio.has_two_interrupts", has_two_interrupts},
    {"virtio.reset_is_acknowledged", reset_is_acknowledged},
    {"virtio.only_input_devices_have_input", only_input_devices_have_input},
    {"virtio.input_is_counted", input_is_counted},
    {"virtio.input_data_has_its_sizes", input_data_has_its_sizes},
    {"virtio.each_function_has_its_right", each_function_has_its_right},
};

const struct conformance_suite conformance_virtio = {cases, COUNT_OF(cases)};
