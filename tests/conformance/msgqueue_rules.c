// SPDX-License-Identifier: BSD-3-Clause
// Message queues: what the library refuses, what the hypervisor says to the same, limits and rights.
#include "conformance.h"

#include <string.h>

static const gunyah_msgqueue_send_flags_t no_flags = {0};

static bool configuration_has_limits(struct target *target)
{
    static const struct {
        uint32_t depth, size;
    } refused[] = {{0, 16},         {256, 16},     {UINT32_MAX, 16}, {4, 0}, {4, 1024},
                   {4, UINT32_MAX}, {0x10004, 16}, {4, 0x10010},     {0, 0}};
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    const uint64_t *calls = &gunyah_call_counters(owner.g)->by_number[GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE];
    const uint64_t before = *calls;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        EXPECT_EQ(gunyah_msgqueue_configure(queue, refused[i].depth, refused[i].size), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_EQ(*calls, before);
    EXPECT_OK(gunyah_msgqueue_configure(queue, 1, 1));
    EXPECT_OK(gunyah_msgqueue_configure(queue, GUNYAH_MSGQUEUE_MAX_DEPTH, GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE));
    EXPECT_OK(gunyah_msgqueue_activate(queue));
    return true;
}

static bool configuration_has_limits_in_the_hypervisor(struct target *target)
{
    static const struct {
        uint64_t info;
        int32_t error;
    } infos[] = {
        {0x100000, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x100100, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x4000010, GUNYAH_HVERR_ARGUMENT_INVALID},
        {4, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x1ffff, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0xffff0001, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x10001, GUNYAH_HVERR_OK},
        {0x3ff00ff, GUNYAH_HVERR_OK},
        {UINT64_C(0xffffffff00100004), GUNYAH_HVERR_OK},
        {0xffffffff, GUNYAH_HVERR_ARGUMENT_INVALID},
    };
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_msgqueue_create(owner.partition, owner.cspace, &queue));
    for (size_t i = 0; i < COUNT_OF(infos); i++) {
        const gunyah_msgqueue_create_info_t info = {infos[i].info};
        const bool is_refused = target->as_manual && infos[i].info >> 32 != 0;
        EXPECT_EQ(gunyah_hypercall_msgqueue_configure(owner.g, gunyah_msgqueue_capid(queue), info),
                  is_refused ? GUNYAH_HVERR_ARGUMENT_INVALID : infos[i].error);
    }
    // What was refused last has changed nothing.
    EXPECT_EQ(gunyah_hypercall_object_activate(owner.g, gunyah_msgqueue_capid(queue)), GUNYAH_HVERR_OK);
    return true;
}

static bool library_refuses_bad_messages(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char data[32] = {0};
    bool not_full = true;
    // The last bytes of the address space, which are never looked at.
    const void *high = (const void *)(UINTPTR_MAX - 3);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
    const uint64_t before = gunyah_call_count(owner.g);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, 0, 0, &not_full), GUNYAH_ERR_MESSAGE_EMPTY);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, 17, 0, &not_full), GUNYAH_ERR_MESSAGE_TOO_LONG);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, SIZE_MAX, 0, &not_full), GUNYAH_ERR_MESSAGE_TOO_LONG);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, SIZE_MAX / 2 + 1, 0, &not_full), GUNYAH_ERR_MESSAGE_TOO_LONG);
    EXPECT_EQ(gunyah_msgqueue_send(queue, NULL, 1, 0, &not_full), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_msgqueue_send(queue, high, 5, 0, &not_full), GUNYAH_ERR_ADDR_OVERFLOW);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, 1, 2, &not_full), GUNYAH_ERR_OPTION);
    EXPECT_EQ(gunyah_msgqueue_send(queue, data, 1, UINT32_MAX, &not_full), GUNYAH_ERR_OPTION);
    EXPECT_EQ(gunyah_msgqueue_send(NULL, data, 1, 0, &not_full), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_call_count(owner.g), before);
    EXPECT_TRUE(not_full);
    EXPECT_OK(gunyah_msgqueue_send(queue, data, 16, 0, NULL));
    EXPECT_OK(gunyah_msgqueue_send(queue, data, 1, GUNYAH_MSGQUEUE_PUSH, NULL));
    return true;
}

static bool library_refuses_bad_buffers(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char buffer[32] = {0};
    size_t size = 77;
    bool not_empty = false;
    void *high = (void *)(UINTPTR_MAX - 3);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
    EXPECT_OK(gunyah_msgqueue_send(queue, "a", 1, 0, NULL));
    const uint64_t before = gunyah_call_count(owner.g);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, 0, &size, &not_empty), GUNYAH_ERR_BUFFER_TOO_SMALL);
    // Even if this message would fit.
    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, 15, &size, &not_empty), GUNYAH_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, NULL, 16, &size, &not_empty), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, 16, NULL, &not_empty), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, high, 16, &size, &not_empty), GUNYAH_ERR_ADDR_OVERFLOW);
    EXPECT_EQ(gunyah_msgqueue_receive(NULL, buffer, 16, &size, &not_empty), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_call_count(owner.g), before);
    EXPECT_EQ(size, 77);
    EXPECT_FALSE(not_empty);
    EXPECT_OK(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL));
    EXPECT_EQ(size, 1);
    return true;
}

static bool hypervisor_drops_bad_messages(struct target *target)
{
    static const uint64_t sizes[] = {0, 17, 32, UINT64_C(0x100000010), UINT64_MAX};
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char data[32] = {0};
    char buffer[16];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 1, 16, &queue));
    const gunyah_capid_t cap = gunyah_msgqueue_capid(queue);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const struct gunyah_msgqueue_send_result sent =
            gunyah_hypercall_msgqueue_send(owner.g, cap, sizes[i], data, no_flags);
        EXPECT_EQ(sent.error, target_by_mode(target, GUNYAH_HVERR_ARGUMENT_SIZE, GUNYAH_HVERR_OK));
        EXPECT_EQ(sent.not_full, !target->as_manual);
        const struct gunyah_msgqueue_receive_result received =
            gunyah_hypercall_msgqueue_receive(owner.g, cap, buffer, sizeof(buffer));
        EXPECT_EQ(received.error, GUNYAH_HVERR_MSGQUEUE_EMPTY);
        EXPECT_EQ(received.size, 0);
        EXPECT_FALSE(received.not_empty);
    }
    // Full outranks a bad size.
    EXPECT_EQ(gunyah_hypercall_msgqueue_send(owner.g, cap, 16, data, no_flags).error, GUNYAH_HVERR_OK);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const struct gunyah_msgqueue_send_result sent =
            gunyah_hypercall_msgqueue_send(owner.g, cap, sizes[i], data, no_flags);
        EXPECT_EQ(sent.error, GUNYAH_HVERR_MSGQUEUE_FULL);
        EXPECT_FALSE(sent.not_full);
    }
    return true;
}

static bool hypervisor_keeps_what_does_not_fit(struct target *target)
{
    static const uint64_t too_small[] = {0, 1, 15};
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char data[16];
    char buffer[20];

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
    const gunyah_capid_t cap = gunyah_msgqueue_capid(queue);
    memset(data, 0x21, sizeof(data));
    memset(buffer, 0xee, sizeof(buffer));
    EXPECT_OK(gunyah_msgqueue_send(queue, data, sizeof(data), 0, NULL));
    for (size_t i = 0; i < COUNT_OF(too_small); i++) {
        const struct gunyah_msgqueue_receive_result received =
            gunyah_hypercall_msgqueue_receive(owner.g, cap, buffer, too_small[i]);
        EXPECT_EQ(received.error, target_by_mode(target, GUNYAH_HVERR_ADDR_OVERFLOW, GUNYAH_HVERR_OK));
        EXPECT_EQ(received.size, 0);
        EXPECT_EQ(received.not_empty, !target->as_manual);
        EXPECT_EQ(buffer[0], (char)0xee);
    }
    // A buffer that is said to be huge is as good as one that fits.
    const struct gunyah_msgqueue_receive_result received =
        gunyah_hypercall_msgqueue_receive(owner.g, cap, buffer, UINT64_MAX);
    EXPECT_EQ(received.error, GUNYAH_HVERR_OK);
    EXPECT_EQ(received.size, 16);
    EXPECT_FALSE(received.not_empty);
    EXPECT_EQ(memcmp(buffer, data, sizeof(data)), 0);
    EXPECT_EQ(buffer[16], (char)0xee);
    // What counts is the message, not the largest one.
    EXPECT_OK(gunyah_msgqueue_send(queue, "abc", 3, 0, NULL));
    EXPECT_EQ(gunyah_hypercall_msgqueue_receive(owner.g, cap, buffer, 2).size, 0);
    EXPECT_EQ(gunyah_hypercall_msgqueue_receive(owner.g, cap, buffer, 3).size, 3);
    return true;
}

static bool unknown_send_flags_do_not_count(struct target *target)
{
    static const uint32_t flags[] = {1, 2, 0x80000000, UINT32_MAX};
    struct owner owner;
    struct gunyah_msgqueue *queue;
    char data[8] = {0};

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 8, 8, &queue));
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        const gunyah_msgqueue_send_flags_t given = {flags[i]};
        const bool is_refused = target->as_manual && flags[i] != GUNYAH_MSGQUEUE_SEND_FLAGS_PUSH_MASK;
        EXPECT_EQ(gunyah_hypercall_msgqueue_send(owner.g, gunyah_msgqueue_capid(queue), 8, data, given).error,
                  is_refused ? GUNYAH_HVERR_ARGUMENT_INVALID : GUNYAH_HVERR_OK);
    }
    return true;
}

static bool thresholds_have_limits(struct target *target)
{
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 6, 8, &queue));
    for (uint32_t threshold = 0; threshold <= 8; threshold++) {
        EXPECT_EQ(gunyah_msgqueue_set_send_threshold(queue, threshold),
                  threshold <= 5 ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID);
        EXPECT_EQ(gunyah_msgqueue_set_receive_threshold(queue, threshold),
                  threshold >= 1 && threshold <= 6 ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_INVALID);
    }
    EXPECT_OK(gunyah_msgqueue_set_receive_threshold(queue, GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM));
    EXPECT_EQ(gunyah_msgqueue_set_send_threshold(queue, GUNYAH_MSGQUEUE_THRESHOLD_MAXIMUM),
              GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_msgqueue_set_send_threshold(queue, 0x7fffffff), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_msgqueue_set_receive_threshold(queue, 0x7fffffff), GUNYAH_ERR_ARGUMENT_INVALID);
    return true;
}

static bool holdoffs_are_unimplemented(struct target *target)
{
    static const uint32_t delays[] = {0, 1, 0x7fffffff, 0xfffffffe};
    const uint32_t keep = GUNYAH_MSGQUEUE_THRESHOLD_UNCHANGED;
    struct owner owner;
    struct gunyah_msgqueue *queue;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 6, 8, &queue));
    const gunyah_capid_t cap = gunyah_msgqueue_capid(queue);
    for (size_t i = 0; i < COUNT_OF(delays); i++) {
        // The delay is looked at before the threshold.
        EXPECT_EQ(gunyah_hypercall_msgqueue_configure_send(owner.g, cap, 99, delays[i]), GUNYAH_HVERR_UNIMPLEMENTED);
        EXPECT_EQ(gunyah_hypercall_msgqueue_configure_receive(owner.g, cap, 0, delays[i]), GUNYAH_HVERR_UNIMPLEMENTED);
    }
    EXPECT_EQ(gunyah_hypercall_msgqueue_configure_send(owner.g, cap, keep, GUNYAH_MSGQUEUE_DELAY_UNCHANGED),
              GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_hypercall_msgqueue_configure_receive(owner.g, cap, keep, GUNYAH_MSGQUEUE_DELAY_UNCHANGED),
              GUNYAH_HVERR_OK);
    return true;
}

// What each side may do, by the rights of its capability.
static bool check_rights(struct target *target, const struct owner *owner, gunyah_capid_t cap, uint32_t rights)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    const enum gunyah_error refused = GUNYAH_ERR_INSUFFICIENT_RIGHTS;
    const enum gunyah_error send = rights & GUNYAH_RIGHT_MSGQUEUE_SEND ? GUNYAH_OK : refused;
    const enum gunyah_error receive = rights & GUNYAH_RIGHT_MSGQUEUE_RECEIVE ? GUNYAH_OK : refused;
    const enum gunyah_error bind_send = rights & GUNYAH_RIGHT_MSGQUEUE_BIND_SEND ? GUNYAH_OK : refused;
    const enum gunyah_error bind_receive = rights & GUNYAH_RIGHT_MSGQUEUE_BIND_RECEIVE ? GUNYAH_OK : refused;
    const enum gunyah_error activate = rights & GUNYAH_RIGHT_ACTIVATE ? GUNYAH_ERR_OBJECT_STATE : refused;
    const gunyah_virq_t virq = target_free_virq(target);
    struct gunyah_msgqueue *queue;
    char buffer[16] = {0};
    size_t size;

    options.cap = cap;
    options.message_size = sizeof(buffer);
    EXPECT_OK(gunyah_msgqueue_open(owner->g, &options, &queue));
    EXPECT_EQ(gunyah_msgqueue_send(queue, buffer, 1, 0, NULL), send);
    EXPECT_EQ(gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL),
              receive == GUNYAH_OK && send != GUNYAH_OK ? GUNYAH_ERR_EMPTY : receive);
    EXPECT_EQ(gunyah_msgqueue_flush(queue), receive);
    EXPECT_EQ(gunyah_msgqueue_set_send_threshold(queue, 1), send);
    EXPECT_EQ(gunyah_msgqueue_set_receive_threshold(queue, 1), receive);
    EXPECT_EQ(gunyah_msgqueue_bind_send_virq(queue, owner->vic, virq), bind_send);
    EXPECT_EQ(gunyah_msgqueue_unbind_send_virq(queue), bind_send);
    EXPECT_EQ(gunyah_msgqueue_bind_receive_virq(queue, owner->vic, virq), bind_receive);
    EXPECT_EQ(gunyah_msgqueue_unbind_receive_virq(queue), bind_receive);
    EXPECT_EQ(gunyah_msgqueue_configure(queue, 4, 16), activate);
    EXPECT_EQ(gunyah_msgqueue_activate(queue), activate);
    return true;
}

static bool every_right_allows_its_calls(struct target *target)
{
    static const uint32_t rights[] = {1, 2, 4, 8, 3, 15, GUNYAH_RIGHT_ACTIVATE, GUNYAH_RIGHTS_MSGQUEUE_ALL};
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        struct gunyah_msgqueue *queue;
        gunyah_capid_t copy;
        EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
        EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_msgqueue_capid(queue), owner.cspace, rights[i], &copy));
        EXPECT_TRUE(check_rights(target, &owner, copy, rights[i]));
    }
    return true;
}

static bool sides_have_their_right_only(struct target *target)
{
    struct target_msgqueue wanted = {.from = TARGET_OWNER, .to = TARGET_OWNER, .depth = 4, .message_size = 16};
    struct gunyah_msgqueue *sender;
    struct gunyah_msgqueue *receiver;
    struct owner owner;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_connect_msgqueue(target, &wanted, &sender, &receiver));
    EXPECT_TRUE(check_rights(target, &owner, wanted.send_cap, GUNYAH_RIGHT_MSGQUEUE_SEND));
    EXPECT_OK(gunyah_msgqueue_flush(receiver));
    EXPECT_TRUE(check_rights(target, &owner, wanted.receive_cap, GUNYAH_RIGHT_MSGQUEUE_RECEIVE));
    return true;
}

static bool opening_checks_its_options(struct target *target)
{
    static const uint32_t sizes[] = {0, 1024, UINT32_MAX};
    struct gunyah *g = target->vms[TARGET_PEER].g;
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *queue;
    char byte = 0;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        options.message_size = sizes[i];
        EXPECT_EQ(gunyah_msgqueue_open(g, &options, &queue), GUNYAH_ERR_ARGUMENT_SIZE);
        EXPECT_TRUE(queue == NULL);
    }
    options.message_size = 16;
    options.send_virq = gunyah_virq(31);
    EXPECT_EQ(gunyah_msgqueue_open(g, &options, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    options.send_virq = gunyah_virq(0);
    options.receive_virq = gunyah_virq(1020);
    EXPECT_EQ(gunyah_msgqueue_open(g, &options, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    options.receive_virq = gunyah_virq(0);
    options.size = 0;
    EXPECT_EQ(gunyah_msgqueue_open(g, &options, &queue), GUNYAH_ERR_OPTION);
    options.size = sizeof(options);
    EXPECT_EQ(gunyah_msgqueue_open(NULL, &options, &queue), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_msgqueue_open(g, NULL, &queue), GUNYAH_ERR_NULL);
    // The capability is not looked at before it is used.
    EXPECT_OK(gunyah_msgqueue_open(g, &options, &queue));
    EXPECT_EQ(gunyah_msgqueue_send(queue, &byte, 1, 0, NULL), conformance_no_such_cap_error(target));
    return true;
}

static const struct conformance_case cases[] = {
    {"msgqueue_rules.configuration_has_limits", configuration_has_limits},
    {"msgqueue_rules.configuration_has_limits_in_the_hypervisor", configuration_has_limits_in_the_hypervisor},
    {"msgqueue_rules.library_refuses_bad_messages", library_refuses_bad_messages},
    {"msgqueue_rules.library_refuses_bad_buffers", library_refuses_bad_buffers},
    {"msgqueue_rules.hypervisor_drops_bad_messages", hypervisor_drops_bad_messages},
    {"msgqueue_rules.hypervisor_keeps_what_does_not_fit", hypervisor_keeps_what_does_not_fit},
    {"msgqueue_rules.unknown_send_flags_do_not_count", unknown_send_flags_do_not_count},
    {"msgqueue_rules.thresholds_have_limits", thresholds_have_limits},
    {"msgqueue_rules.holdoffs_are_unimplemented", holdoffs_are_unimplemented},
    {"msgqueue_rules.every_right_allows_its_calls", every_right_allows_its_calls},
    {"msgqueue_rules.sides_have_their_right_only", sides_have_their_right_only},
    {"msgqueue_rules.opening_checks_its_options", opening_checks_its_options},
};

const struct conformance_suite conformance_msgqueue_rules = {cases, COUNT_OF(cases)};
