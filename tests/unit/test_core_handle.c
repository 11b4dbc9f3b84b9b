// SPDX-License-Identifier: BSD-3-Clause
// Handles: null, stale, of the wrong kind, of another session; and creating objects.
#include "fake_backend.h"

struct handles {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_partition *partition;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
    struct gunyah_doorbell *doorbell;
    struct gunyah_msgqueue *queue;
};

static void setup(struct handles *h)
{
    struct gunyah_doorbell_options doorbell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    fake_init(&h->fake);
    h->g = fake_session(&h->fake);
    doorbell.cap = gunyah_capid(0x14);
    queue.cap = gunyah_capid(0x15);
    queue.message_size = 240;
    cr_assert_eq(gunyah_partition_open(h->g, gunyah_capid(0x11), &h->partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(h->g, gunyah_capid(0x12), &h->cspace), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(h->g, gunyah_capid(0x13), &h->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_open(h->g, &doorbell, &h->doorbell), GUNYAH_OK);
    cr_assert_eq(gunyah_msgqueue_open(h->g, &queue, &h->queue), GUNYAH_OK);
    cr_assert_eq(h->fake.calls, 0u, "opening makes no call");
}

static void teardown(struct handles *h)
{
    cr_expect_eq(gunyah_close(&h->g), GUNYAH_OK);
}

Test(core_handle, opening)
{
    struct handles h;
    setup(&h);

    cr_expect_eq(gunyah_partition_capid(h.partition).value, 0x11u);
    cr_expect_eq(gunyah_cspace_capid(h.cspace).value, 0x12u);
    cr_expect_eq(gunyah_vic_capid(h.vic).value, 0x13u);
    cr_expect_eq(gunyah_doorbell_capid(h.doorbell).value, 0x14u);
    cr_expect_eq(gunyah_msgqueue_capid(h.queue).value, 0x15u);
    cr_expect_eq(gunyah_msgqueue_message_size(h.queue), 240u);
    teardown(&h);
}

Test(core_handle, opening_without_a_session)
{
    struct handles h;
    setup(&h);
    const struct gunyah_doorbell_options doorbell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options queue = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    queue.message_size = 1;
    cr_expect_eq(gunyah_partition_open(NULL, gunyah_capid(1), &h.partition), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_cspace_open(NULL, gunyah_capid(1), &h.cspace), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vic_open(NULL, gunyah_capid(1), &h.vic), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_open(NULL, &doorbell, &h.doorbell), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_msgqueue_open(NULL, &queue, &h.queue), GUNYAH_ERR_NULL);
    cr_expect(!h.partition && !h.cspace && !h.vic && !h.doorbell && !h.queue);
    cr_expect_eq(gunyah_partition_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_cspace_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vic_open(h.g, gunyah_capid(1), NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_open(h.g, &doorbell, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_msgqueue_open(h.g, &queue, NULL), GUNYAH_ERR_NULL);
    teardown(&h);
}

// All that takes one handle, with this one.
static void expect_everything_refused(struct gunyah_cspace *cspace, struct gunyah_vic *vic,
                                      struct gunyah_doorbell *doorbell, struct gunyah_msgqueue *queue,
                                      const struct handles *h, enum gunyah_error error)
{
    const gunyah_capid_t cap = {1};
    const gunyah_virq_t virq = {40};
    gunyah_capid_t copy;
    size_t size = 0;
    char buffer[240];

    cr_expect_eq(gunyah_object_activate_from(cspace, cap), error);
    cr_expect_eq(gunyah_object_reset_from(cspace, cap), error);
    cr_expect_eq(gunyah_cspace_configure(cspace, 1), error);
    cr_expect_eq(gunyah_cspace_activate(cspace), error);
    cr_expect_eq(gunyah_cspace_copy(cspace, cap, h->cspace, 1, &copy), error);
    cr_expect_eq(gunyah_cspace_copy(h->cspace, cap, cspace, 1, &copy), error);
    cr_expect_eq(copy.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(gunyah_cspace_delete(cspace, cap), error);
    cr_expect_eq(gunyah_cspace_revoke(cspace, cap), error);
    cr_expect_eq(gunyah_cspace_revoke_children(cspace, cap), error);
    cr_expect_eq(gunyah_cspace_capid(cspace).value, GUNYAH_CAPID_INVALID);

    cr_expect_eq(gunyah_vic_configure(vic, 1, 1), error);
    cr_expect_eq(gunyah_vic_activate(vic), error);
    cr_expect_eq(gunyah_vic_capid(vic).value, GUNYAH_CAPID_INVALID);

    cr_expect_eq(gunyah_doorbell_activate(doorbell), error);
    cr_expect_eq(gunyah_doorbell_send(doorbell, 1, NULL), error);
    cr_expect_eq(gunyah_doorbell_receive(doorbell, 1, NULL), error);
    cr_expect_eq(gunyah_doorbell_mask(doorbell, 1, 1), error);
    cr_expect_eq(gunyah_doorbell_reset(doorbell), error);
    cr_expect_eq(gunyah_doorbell_bind_virq(doorbell, h->vic, virq), error);
    cr_expect_eq(gunyah_doorbell_bind_virq(h->doorbell, vic, virq), error);
    cr_expect_eq(gunyah_doorbell_unbind_virq(doorbell), error);
    cr_expect_eq(gunyah_doorbell_wait(doorbell, 1, 0, NULL), error);
    cr_expect_eq(gunyah_doorbell_capid(doorbell).value, GUNYAH_CAPID_INVALID);

    cr_expect_eq(gunyah_msgqueue_configure(queue, 1, 1), error);
    cr_expect_eq(gunyah_msgqueue_activate(queue), error);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(queue, h->vic, virq), error);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(h->queue, vic, virq), error);
    cr_expect_eq(gunyah_msgqueue_bind_receive_virq(queue, h->vic, virq), error);
    cr_expect_eq(gunyah_msgqueue_bind_receive_virq(h->queue, vic, virq), error);
    cr_expect_eq(gunyah_msgqueue_unbind_send_virq(queue), error);
    cr_expect_eq(gunyah_msgqueue_unbind_receive_virq(queue), error);
    cr_expect_eq(gunyah_msgqueue_set_send_threshold(queue, 0), error);
    cr_expect_eq(gunyah_msgqueue_set_receive_threshold(queue, 1), error);
    cr_expect_eq(gunyah_msgqueue_send(queue, buffer, 1, 0, NULL), error);
    cr_expect_eq(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL), error);
    cr_expect_eq(gunyah_msgqueue_flush(queue), error);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), error);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), error);
    cr_expect_eq(gunyah_msgqueue_capid(queue).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 0u);

    cr_expect_eq(h->fake.calls, 0u, "nothing left the library");
    cr_expect_eq(h->fake.waited, 0u);
}

Test(core_handle, null)
{
    struct handles h;
    setup(&h);

    expect_everything_refused(NULL, NULL, NULL, NULL, &h, GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_object_activate(NULL, gunyah_capid(1)), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_object_reset(NULL, gunyah_capid(1)), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_partition_capid(NULL).value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(h.fake.calls, 0u);
    teardown(&h);
}

// A handle that was closed, as long as its memory was not used again.
Test(core_handle, stale)
{
    struct handles h;
    setup(&h);
    struct gunyah_partition *partition = h.partition;
    struct gunyah_cspace *cspace = NULL;
    struct gunyah_vic *vic = NULL;
    struct gunyah_doorbell *doorbell = h.doorbell;
    struct gunyah_msgqueue *queue = h.queue;

    cr_assert_eq(gunyah_cspace_open(h.g, gunyah_capid(1), &cspace), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(h.g, gunyah_capid(1), &vic), GUNYAH_OK);
    struct gunyah_cspace *stale_cspace = cspace;
    struct gunyah_vic *stale_vic = vic;
    cr_expect_eq(gunyah_partition_close(&h.partition), GUNYAH_OK);
    cr_expect_eq(gunyah_cspace_close(&cspace), GUNYAH_OK);
    cr_expect_eq(gunyah_vic_close(&vic), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_close(&h.doorbell), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_close(&h.queue), GUNYAH_OK);
    cr_expect(!h.partition && !cspace && !vic && !h.doorbell && !h.queue);
    cr_expect_eq(gunyah_partition_close(&partition), GUNYAH_ERR_HANDLE);
    cr_expect(partition != NULL, "nothing changes on failure");
    cr_expect_eq(gunyah_cspace_close(&stale_cspace), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_last_error(h.g)->error, GUNYAH_ERR_HANDLE);
    cr_expect_str_eq(gunyah_last_error(h.g)->call, "gunyah_cspace_close");

    h.doorbell = doorbell; // in the places of second handles, both are stale
    h.queue = queue;
    expect_everything_refused(stale_cspace, stale_vic, doorbell, queue, &h, GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_partition_capid(partition).value, GUNYAH_CAPID_INVALID);
    teardown(&h);
}

Test(core_handle, of_another_kind)
{
    struct handles h;
    setup(&h);
    void *const partition = h.partition;

    expect_everything_refused(partition, partition, partition, partition, &h, GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_partition_capid((void *)h.queue).value, GUNYAH_CAPID_INVALID);
    struct gunyah_vic *vic = partition;
    cr_expect_eq(gunyah_vic_close(&vic), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_partition_capid(h.partition).value, 0x11u, "it is still open");
    teardown(&h);
}

Test(core_handle, closing)
{
    struct handles h;
    setup(&h);
    struct gunyah_doorbell *none = NULL;

    cr_expect_eq(gunyah_partition_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_cspace_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vic_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_msgqueue_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_close(&none), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_doorbell_close(&h.doorbell), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_close(&h.doorbell), GUNYAH_ERR_HANDLE);
    cr_expect_eq(h.fake.calls, 0u);
    teardown(&h);
}

// What a handle remembered does not show in the next one that uses its memory.
Test(core_handle, memory_that_is_used_again_is_fresh)
{
    struct handles h;
    setup(&h);
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_msgqueue_options bound = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue = NULL;

    bound.message_size = 100;
    bound.send_virq = gunyah_virq(40);
    bound.receive_virq = gunyah_virq(41);
    cr_assert_eq(gunyah_msgqueue_open(h.g, &bound, &queue), GUNYAH_OK);
    cr_assert_eq(gunyah_msgqueue_close(&queue), GUNYAH_OK);
    fake_answers(&h.fake, 0, 0x55, 0);
    cr_assert_eq(gunyah_msgqueue_create(h.partition, h.cspace, &queue), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 0u);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_ERR_NOT_BOUND);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND);
    cr_assert_eq(gunyah_msgqueue_close(&queue), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_close(&h.doorbell), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_open(h.g, &options, &h.doorbell), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_wait(h.doorbell, 1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    teardown(&h);
}

Test(core_handle, of_two_sessions)
{
    struct handles a, b;
    gunyah_capid_t copy = {0};
    setup(&a);
    setup(&b);

    cr_expect_eq(gunyah_doorbell_bind_virq(a.doorbell, b.vic, gunyah_virq(40)), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_last_error(a.g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_str_eq(gunyah_last_error(a.g)->call, "gunyah_doorbell_bind_virq");
    cr_expect_eq(gunyah_last_error(b.g)->domain, GUNYAH_DOMAIN_NONE);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(a.queue, b.vic, gunyah_virq(40)), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_msgqueue_bind_receive_virq(a.queue, b.vic, gunyah_virq(40)), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_cspace_copy(a.cspace, gunyah_capid(1), b.cspace, 1, &copy), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(copy.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(gunyah_msgqueue_create(a.partition, b.cspace, &a.queue), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect(a.queue == NULL);
    cr_expect_eq(a.fake.calls + b.fake.calls, 0u);
    teardown(&a);
    teardown(&b);
}

// A second handle that is refused is recorded in the session of the first one.
Test(core_handle, second_handle_is_recorded)
{
    struct handles a, b;
    gunyah_capid_t copy;
    setup(&a);
    setup(&b);
    struct gunyah_vic *stale = b.vic;

    cr_expect_eq(gunyah_doorbell_bind_virq(a.doorbell, NULL, gunyah_virq(40)), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(a.g)->call, "gunyah_doorbell_bind_virq");
    cr_expect_eq(gunyah_last_error(a.g)->error, GUNYAH_ERR_NULL);
    cr_assert_eq(gunyah_vic_close(&b.vic), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_bind_send_virq(a.queue, stale, gunyah_virq(40)), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_last_error(a.g)->error, GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_last_error(b.g)->domain, GUNYAH_DOMAIN_NONE);
    cr_expect_eq(gunyah_cspace_copy(a.cspace, gunyah_capid(1), a.cspace, 1, NULL), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(a.g)->call, "gunyah_cspace_copy");
    cr_expect_eq(gunyah_cspace_copy(a.cspace, gunyah_capid(1), NULL, 1, &copy), GUNYAH_ERR_NULL);
    teardown(&a);
    teardown(&b);
}

// ---- creating ----------------------------------------------------------------------------------------------------

Test(core_handle, creating)
{
    struct handles h;
    setup(&h);
    struct gunyah_cspace *cspace = NULL;
    struct gunyah_vic *vic = NULL;
    struct gunyah_doorbell *doorbell = NULL;
    struct gunyah_msgqueue *queue = NULL;

    fake_answers(&h.fake, 0, 0x55, 0);
    cr_assert_eq(gunyah_cspace_create(h.partition, h.cspace, &cspace), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008002u);
    cr_expect_eq(h.fake.sent.x[1], 0x11u);
    cr_expect_eq(h.fake.sent.x[2], 0x12u);
    cr_expect_eq(h.fake.sent.x[3], 0u);
    cr_expect_eq(gunyah_cspace_capid(cspace).value, 0x55u);
    cr_assert_eq(gunyah_vic_create(h.partition, h.cspace, &vic), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc600800au);
    cr_expect_eq(gunyah_vic_capid(vic).value, 0x55u);
    cr_assert_eq(gunyah_doorbell_create(h.partition, h.cspace, &doorbell), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008006u);
    cr_expect_eq(gunyah_doorbell_capid(doorbell).value, 0x55u);
    cr_assert_eq(gunyah_msgqueue_create(h.partition, h.cspace, &queue), GUNYAH_OK);
    cr_expect_eq(h.fake.sent.x[0], 0xc6008007u);
    cr_expect_eq(gunyah_msgqueue_capid(queue).value, 0x55u);
    cr_expect_eq(h.fake.calls, 4u);
    teardown(&h);
}

Test(core_handle, creating_fails_in_the_hypervisor)
{
    struct handles h;
    setup(&h);
    struct gunyah_doorbell *doorbell = h.doorbell;
    struct gunyah_doorbell *next = NULL;

    fake_answers(&h.fake, 10, 0, 0);
    cr_expect_eq(gunyah_doorbell_create(h.partition, h.cspace, &doorbell), GUNYAH_ERR_NO_MEMORY);
    cr_expect(doorbell == NULL);
    cr_expect_eq(gunyah_last_error(h.g)->domain, GUNYAH_DOMAIN_HYPERVISOR);
    cr_expect_eq(gunyah_last_error(h.g)->code, 10);
    cr_expect_str_eq(gunyah_last_error(h.g)->call, "partition_create_doorbell");
    // An error with an all-ones capability, as unimplemented creations answer.
    fake_answers(&h.fake, UINT64_MAX, UINT64_MAX, 0);
    cr_expect_eq(gunyah_doorbell_create(h.partition, h.cspace, &next), GUNYAH_ERR_UNIMPLEMENTED);
    cr_expect(next == NULL);
    teardown(&h);
}

Test(core_handle, creating_refuses)
{
    struct handles h;
    setup(&h);
    struct gunyah_partition *stale = h.partition;
    struct gunyah_vic *vic = h.vic;

    cr_expect_eq(gunyah_cspace_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vic_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_msgqueue_create(h.partition, h.cspace, NULL), GUNYAH_ERR_NULL);
    cr_expect_str_eq(gunyah_last_error(h.g)->call, "gunyah_msgqueue_create");
    cr_expect_eq(gunyah_vic_create(NULL, h.cspace, &vic), GUNYAH_ERR_NULL);
    cr_expect(vic == NULL);
    cr_expect_eq(gunyah_vic_create(h.partition, NULL, &vic), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vic_create(h.partition, (void *)h.partition, &vic), GUNYAH_ERR_HANDLE);
    cr_assert_eq(gunyah_partition_close(&h.partition), GUNYAH_OK);
    cr_expect_eq(gunyah_vic_create(stale, h.cspace, &vic), GUNYAH_ERR_HANDLE);
    cr_expect_eq(h.fake.calls, 0u);
    teardown(&h);
}

// Without memory for the handle nothing is created, or nobody could reach it.
Test(core_handle, creating_without_memory_for_the_handle)
{
    struct fake fake;
    struct counter counter;
    struct gunyah *g = NULL;
    struct gunyah_partition *partition = NULL;
    struct gunyah_cspace *cspace = NULL;
    struct gunyah_vic *vic = NULL;

    fake_init(&fake);
    counter_init(&counter);
    counter.fail_at = 4; // the session, two handles, and then
    struct gunyah_open_options options = fake_options(&fake);
    options.allocator = &counter.allocator;
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);
    cr_assert_eq(gunyah_partition_open(g, gunyah_capid(1), &partition), GUNYAH_OK);
    cr_assert_eq(gunyah_cspace_open(g, gunyah_capid(1), &cspace), GUNYAH_OK);
    fake.calls = 0;
    cr_expect_eq(gunyah_vic_create(partition, cspace, &vic), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect(vic == NULL);
    cr_expect_eq(fake.calls, 0u);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_vic_create");

    // A creation that fails in the hypervisor keeps the memory of its handle for the next one.
    fake_answers(&fake, 54, 0, 0);
    cr_expect_eq(gunyah_vic_create(partition, cspace, &vic), GUNYAH_ERR_CSPACE_FULL);
    const unsigned requests = counter.requests;
    fake_answers(&fake, 0, 7, 0);
    cr_expect_eq(gunyah_vic_create(partition, cspace, &vic), GUNYAH_OK);
    cr_expect_eq(counter.requests, requests);
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(counter.live, 0u);
}
