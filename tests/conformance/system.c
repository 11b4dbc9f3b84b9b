// SPDX-License-Identifier: BSD-3-Clause
// Calls that need no capability, and what holds for all of them: unknown numbers, reserved words, widths of errors.
#include "conformance.h"

#define ALL_ONES UINT64_MAX
#define FIRST_BEYOND_THE_TABLE 0x69
#define MANUAL_MEMEXTENT_DONATE 0x33

static struct gunyah *caller(const struct target *target)
{
    return target->vms[TARGET_OWNER].g;
}

static bool is_immediate(const struct target *target)
{
    return target->convention == GUNYAH_CONVENTION_IMMEDIATE;
}

// Not every hypervisor lacks these.
static bool is_there(const struct target *target, uint32_t number)
{
    static const uint32_t of_watchdogs[] = {0x09, 0x40, 0x41, 0x42, 0x58, 0x63};

    if (target->as_manual && number == MANUAL_MEMEXTENT_DONATE)
        return true;
    for (size_t i = 0; i < COUNT_OF(of_watchdogs); i++) {
        if (of_watchdogs[i] == number)
            return target->has_watchdogs;
    }
    return false;
}

static bool unknown_numbers_are_unimplemented(struct target *target)
{
    static const uint32_t holes[] = {0x08, 0x09, 0x16, 0x1e, 0x33, 0x35, 0x36, 0x37, 0x40, 0x41,
                                     0x42, 0x58, 0x63, 0x69, 0x6a, 0x6b, 0x7f, 0xff, 0x1ff};

    REQUIRE(target->open_hypervisor);
    for (size_t i = 0; i < COUNT_OF(holes); i++) {
        if (is_there(target, holes[i]))
            continue;
        struct gunyah_registers r = {{0, 11, 12, 13, 14, 15, 16, 17}};
        gunyah_call(caller(target), holes[i], &r);
        EXPECT_EQ(r.x[0], ALL_ONES);
        // Only a hole inside of the table of the immediate convention clears the other registers.
        for (uint64_t n = 1; n < 7; n++) {
            if (!is_immediate(target))
                EXPECT_EQ(r.x[n], 10 + n);
            else
                EXPECT_EQ(r.x[n], holes[i] < FIRST_BEYOND_THE_TABLE ? 0 : 11 + n);
        }
    }
    return true;
}

static bool calls_without_code_are_unimplemented(struct target *target)
{
    const gunyah_capid_t none = gunyah_capid(GUNYAH_CAPID_INVALID);
    struct gunyah *g = caller(target);

    // These do not even look at their capabilities. The manual says what some would do.
    const int64_t expected = target_by_mode(target, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_UNIMPLEMENTED);
    EXPECT_EQ(gunyah_hypercall_object_reset(g, none), expected);
    EXPECT_EQ(gunyah_hypercall_object_reset_from(g, none, none), expected);
    EXPECT_EQ(gunyah_hypercall_cspace_revoke_cap_from(g, none, none), expected);
    const struct gunyah_partition_create_partition_result made =
        gunyah_hypercall_partition_create_partition(g, none, none);
    EXPECT_EQ(made.error, GUNYAH_HVERR_UNIMPLEMENTED);
    EXPECT_EQ(made.new_cap.value, GUNYAH_CAPID_INVALID);
    return true;
}

static bool errors_have_their_width(struct target *target)
{
    struct gunyah_registers r = {{0, GUNYAH_CAPID_INVALID, GUNYAH_CAPID_INVALID, 0, 14, 15, 16, 17}};

    gunyah_call(caller(target), GUNYAH_HYPERCALL_PARTITION_CREATE_PARTITION, &r);
    EXPECT_EQ(r.x[0], is_immediate(target) ? UINT32_MAX : ALL_ONES);
    return true;
}

static bool results_beyond_the_call_are_zero_or_kept(struct target *target)
{
    struct gunyah_registers r = {{0, 0, 0, 13, 14, 15, 16, 17}};

    gunyah_call(caller(target), GUNYAH_HYPERCALL_OBJECT_RESET, &r);
    for (uint64_t n = 3; n < 8; n++)
        EXPECT_EQ(r.x[n], is_immediate(target) ? 0 : 10 + n);
    return true;
}

// One call with its reserved word wrong, and what it answers when that word does not count.
struct reserved {
    uint32_t number;
    struct gunyah_registers call;
    uint64_t otherwise;
};

// Does the hypervisor look at reserved words?
static bool looks_at_reserved_words(const struct target *target)
{
    return is_immediate(target) || target->as_manual;
}

static bool reserved_words_count_in_one_convention(struct target *target)
{
    static const struct reserved calls[] = {
        {GUNYAH_HYPERCALL_SCHEDULER_YIELD, {{0, 0, 0, 1}}, GUNYAH_HVERR_OK},
        {GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, {{0, 0, 1}}, GUNYAH_HVERR_ARGUMENT_SIZE},
        {GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, {{0, 5, ALL_ONES}}, GUNYAH_HVERR_ARGUMENT_ALIGNMENT},
        {GUNYAH_HYPERCALL_TRACE_UPDATE_CLASS_FLAGS, {{0, 0, 0, UINT64_C(1) << 63}}, GUNYAH_HVERR_OK},
    };

    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct gunyah_registers r = calls[i].call;
        gunyah_call(caller(target), calls[i].number, &r);
        EXPECT_EQ(r.x[0], looks_at_reserved_words(target) ? GUNYAH_HVERR_ARGUMENT_INVALID : calls[i].otherwise);
    }
    return true;
}

static bool reserved_words_come_before_capabilities(struct target *target)
{
    const uint64_t vic = target->vms[TARGET_OWNER].vic.value;
    struct gunyah_registers r = {{0, vic, 1, 1}};

    gunyah_call(caller(target), GUNYAH_HYPERCALL_DOORBELL_SEND, &r);
    EXPECT_EQ(r.x[0],
              looks_at_reserved_words(target) ? GUNYAH_HVERR_ARGUMENT_INVALID : GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    // One reserved word must be all ones.
    r = (struct gunyah_registers){{0, vic, 1, GUNYAH_MSGQUEUE_DELAY_UNCHANGED, 0}};
    gunyah_call(caller(target), GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND, &r);
    EXPECT_EQ(r.x[0],
              looks_at_reserved_words(target) ? GUNYAH_HVERR_ARGUMENT_INVALID : GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    return true;
}

static bool entropy_is_empty(const struct gunyah_prng_get_entropy_result *answer)
{
    return answer->data0 == 0 && answer->data1 == 0 && answer->data2 == 0 && answer->data3 == 0;
}

static bool entropy_comes_in_words(struct target *target)
{
    static const uint32_t misaligned[] = {1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15};
    static const uint32_t too_long[] = {0, 17, 18, 20, 32, UINT32_MAX};

    REQUIRE(gunyah_has(caller(target), GUNYAH_FEATURE_PRNG));
    for (size_t i = 0; i < COUNT_OF(misaligned); i++) {
        const struct gunyah_prng_get_entropy_result answer =
            gunyah_hypercall_prng_get_entropy(caller(target), misaligned[i]);
        EXPECT_EQ(answer.error, GUNYAH_HVERR_ARGUMENT_ALIGNMENT);
        EXPECT_TRUE(entropy_is_empty(&answer));
    }
    for (size_t i = 0; i < COUNT_OF(too_long); i++) {
        const struct gunyah_prng_get_entropy_result answer =
            gunyah_hypercall_prng_get_entropy(caller(target), too_long[i]);
        EXPECT_EQ(answer.error, GUNYAH_HVERR_ARGUMENT_SIZE);
        EXPECT_TRUE(entropy_is_empty(&answer));
    }
    return true;
}

static bool entropy_fills_what_was_asked(struct target *target)
{
    struct owner owner;
    struct gunyah_prng_get_entropy_result answer;

    REQUIRE(target->has_wait && gunyah_has(caller(target), GUNYAH_FEATURE_PRNG));
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_pass(target, &owner, 2 * (uint64_t)GUNYAH_PRNG_WINDOW_NS));

    answer = gunyah_hypercall_prng_get_entropy(owner.g, 4);
    EXPECT_EQ(answer.error, GUNYAH_HVERR_OK);
    EXPECT_TRUE(answer.data0 != 0 && answer.data1 == 0 && answer.data2 == 0 && answer.data3 == 0);
    answer = gunyah_hypercall_prng_get_entropy(owner.g, 8);
    EXPECT_EQ(answer.error, GUNYAH_HVERR_OK);
    EXPECT_TRUE(answer.data1 != 0 && answer.data2 == 0 && answer.data3 == 0);
    answer = gunyah_hypercall_prng_get_entropy(owner.g, 12);
    EXPECT_EQ(answer.error, GUNYAH_HVERR_OK);
    EXPECT_TRUE(answer.data2 != 0 && answer.data3 == 0);
    const uint32_t before = answer.data0;
    answer = gunyah_hypercall_prng_get_entropy(owner.g, GUNYAH_PRNG_MAX_BYTES);
    EXPECT_EQ(answer.error, GUNYAH_HVERR_OK);
    EXPECT_TRUE(answer.data3 != 0 && answer.data0 != before);
    return true;
}

static bool draw_all(struct target *target, struct gunyah *g)
{
    for (int i = 0; i < GUNYAH_PRNG_CALLS_PER_WINDOW; i++)
        EXPECT_EQ(gunyah_hypercall_prng_get_entropy(g, 16).error, GUNYAH_HVERR_OK);
    const struct gunyah_prng_get_entropy_result refused = gunyah_hypercall_prng_get_entropy(g, 16);
    EXPECT_EQ(refused.error, GUNYAH_HVERR_BUSY);
    EXPECT_TRUE(entropy_is_empty(&refused));
    return true;
}

static bool entropy_is_limited(struct target *target)
{
    struct owner owner;
    struct gunyah *peer = target->vms[TARGET_PEER].g;

    REQUIRE(target->has_wait && gunyah_has(caller(target), GUNYAH_FEATURE_PRNG));
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_pass(target, &owner, 2 * (uint64_t)GUNYAH_PRNG_WINDOW_NS));
    // What is refused for its size costs nothing.
    for (int i = 0; i < 8; i++)
        EXPECT_EQ(gunyah_hypercall_prng_get_entropy(owner.g, 0).error, GUNYAH_HVERR_ARGUMENT_SIZE);
    EXPECT_TRUE(draw_all(target, owner.g));
    EXPECT_EQ(gunyah_hypercall_prng_get_entropy(owner.g, 4).error, GUNYAH_HVERR_BUSY);
    // The size is looked at before the budget, and every thread has its own.
    EXPECT_EQ(gunyah_hypercall_prng_get_entropy(owner.g, 3).error, GUNYAH_HVERR_ARGUMENT_ALIGNMENT);
    EXPECT_EQ(gunyah_hypercall_prng_get_entropy(peer, 4).error, GUNYAH_HVERR_OK);

    EXPECT_TRUE(conformance_pass(target, &owner, (uint64_t)GUNYAH_PRNG_WINDOW_NS));
    EXPECT_TRUE(draw_all(target, owner.g));
    return true;
}

// The typed function asks for whole words, and stores what fits.
static bool entropy_is_cut_to_size(struct target *target)
{
    unsigned char bytes[GUNYAH_PRNG_MAX_BYTES + 1] = {0};
    struct owner owner;

    REQUIRE(target->has_wait && gunyah_has(caller(target), GUNYAH_FEATURE_PRNG));
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_pass(target, &owner, 2 * (uint64_t)GUNYAH_PRNG_WINDOW_NS));
    EXPECT_EQ(gunyah_prng_get_entropy(owner.g, bytes, 0), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_EQ(gunyah_prng_get_entropy(owner.g, bytes, GUNYAH_PRNG_MAX_BYTES + 1), GUNYAH_ERR_ARGUMENT_SIZE);
    EXPECT_EQ(gunyah_prng_get_entropy(owner.g, NULL, 4), GUNYAH_ERR_NULL);
    EXPECT_OK(gunyah_prng_get_entropy(owner.g, bytes, 5));
    EXPECT_TRUE((bytes[0] | bytes[1] | bytes[2] | bytes[3] | bytes[4]) != 0);
    EXPECT_TRUE((bytes[5] | bytes[6] | bytes[7]) == 0);
    for (int i = 1; i < GUNYAH_PRNG_CALLS_PER_WINDOW; i++)
        EXPECT_OK(gunyah_prng_get_entropy(owner.g, bytes, GUNYAH_PRNG_MAX_BYTES));
    EXPECT_EQ(bytes[GUNYAH_PRNG_MAX_BYTES], 0);
    EXPECT_EQ(gunyah_prng_get_entropy(owner.g, bytes, 1), GUNYAH_ERR_BUSY);
    return true;
}

static bool yield_takes_few_hints(struct target *target)
{
    static const struct {
        uint32_t control;
        int32_t error;
    } hints[] = {
        {0, GUNYAH_HVERR_OK},
        {2, GUNYAH_HVERR_ARGUMENT_INVALID},
        {3, GUNYAH_HVERR_ARGUMENT_INVALID},
        {7, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0xffff, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x10000, GUNYAH_HVERR_OK}, // bits 30:16 do not count
        {0x7fff0000, GUNYAH_HVERR_OK},
        {0x7fffffff, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x80000000, GUNYAH_HVERR_ARGUMENT_INVALID},
        {0x80000001, GUNYAH_HVERR_ARGUMENT_INVALID},
    };

    for (size_t i = 0; i < COUNT_OF(hints); i++) {
        const gunyah_scheduler_yield_control_t control = {hints[i].control};
        EXPECT_EQ(gunyah_hypercall_scheduler_yield(caller(target), control, 0), hints[i].error);
    }
    EXPECT_OK(gunyah_scheduler_yield(caller(target)));
    return true;
}

static bool yield_to_needs_a_thread(struct target *target)
{
    const gunyah_scheduler_yield_control_t to_thread = {GUNYAH_SCHEDULER_YIELD_HINT_YIELD_TO_THREAD};
    const struct target_vm *vm = &target->vms[TARGET_OWNER];

    EXPECT_EQ(gunyah_hypercall_scheduler_yield(vm->g, to_thread, GUNYAH_CAPID_INVALID),
              conformance_no_such_cap(target));
    EXPECT_EQ(gunyah_hypercall_scheduler_yield(vm->g, to_thread, vm->cspace.value),
              GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_hypercall_scheduler_yield(vm->g, to_thread, vm->partition.value),
              GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    return true;
}

static bool trace_flags_are_set_and_cleared(struct target *target)
{
    struct gunyah *g = caller(target);
    const uint64_t fixed = (1u << GUNYAH_TRACE_CLASS_ERROR) | (1u << GUNYAH_TRACE_CLASS_LOG_BUFFER);
    const struct gunyah_trace_update_class_flags_result first = gunyah_hypercall_trace_update_class_flags(g, 0, 0);

    REQUIRE(first.error != GUNYAH_HVERR_DENIED);
    EXPECT_EQ(first.error, GUNYAH_HVERR_OK);
    EXPECT_EQ(gunyah_hypercall_trace_update_class_flags(g, 0, 0).flags, first.flags);
    EXPECT_EQ(gunyah_hypercall_trace_update_class_flags(g, ALL_ONES, 0).flags, first.flags | ~fixed);
    EXPECT_EQ(gunyah_hypercall_trace_update_class_flags(g, 0, ALL_ONES).flags, first.flags & fixed);
    EXPECT_EQ(gunyah_hypercall_trace_update_class_flags(g, UINT64_C(1) << 40, 0).flags,
              (first.flags & fixed) | UINT64_C(1) << 40);
    // Every VM sees the same flags.
    EXPECT_EQ(gunyah_hypercall_trace_update_class_flags(target->vms[TARGET_PEER].g, 0, UINT64_C(1) << 40).flags,
              first.flags & fixed);
    uint64_t flags = 0;
    EXPECT_OK(gunyah_trace_update_class_flags(g, first.flags, 0, &flags));
    EXPECT_EQ(flags, first.flags);
    EXPECT_OK(gunyah_trace_update_class_flags(g, 0, 0, NULL));
    return true;
}

static const struct conformance_case cases[] = {
    {"system.unknown_numbers_are_unimplemented", unknown_numbers_are_unimplemented},
    {"system.calls_without_code_are_unimplemented", calls_without_code_are_unimplemented},
    {"system.errors_have_their_width", errors_have_their_width},
    {"system.results_beyond_the_call_are_zero_or_kept", results_beyond_the_call_are_zero_or_kept},
    {"system.reserved_words_count_in_one_convention", reserved_words_count_in_one_convention},
    {"system.reserved_words_come_before_capabilities", reserved_words_come_before_capabilities},
    {"system.entropy_comes_in_words", entropy_comes_in_words},
    {"system.entropy_fills_what_was_asked", entropy_fills_what_was_asked},
    {"system.entropy_is_limited", entropy_is_limited},
    {"system.entropy_is_cut_to_size", entropy_is_cut_to_size},
    {"system.yield_takes_few_hints", yield_takes_few_hints},
    {"system.yield_to_needs_a_thread", yield_to_needs_a_thread},
    {"system.trace_flags_are_set_and_cleared", trace_flags_are_set_and_cleared},
};

const struct conformance_suite conformance_system = {cases, COUNT_OF(cases)};
