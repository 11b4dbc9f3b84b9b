// SPDX-License-Identifier: BSD-3-Clause
// Interrupt controllers: their limits, and which numbers a source can be bound to.
#include "conformance.h"

#define FIRST GUNYAH_VIRQ_SPI_FIRST
#define LAST GUNYAH_VIRQ_SPI_LAST

static bool has_limits(struct target *target)
{
    static const struct {
        uint32_t max_vcpus, max_virqs;
        enum gunyah_error error;
    } sizes[] = {
        {0, 0, GUNYAH_ERR_ARGUMENT_INVALID},
        {1, 0, GUNYAH_OK},
        {GUNYAH_VIC_MAX_VCPUS, GUNYAH_VIC_MAX_VIRQS, GUNYAH_OK},
        {GUNYAH_VIC_MAX_VCPUS, GUNYAH_VIC_MAX_VIRQS + 1, GUNYAH_ERR_ARGUMENT_INVALID},
        {UINT32_MAX, 64, GUNYAH_ERR_ARGUMENT_INVALID},
        {2, UINT32_MAX, GUNYAH_ERR_ARGUMENT_INVALID},
        {2, 64, GUNYAH_OK},
    };
    struct owner owner;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        EXPECT_EQ(gunyah_vic_configure(vic, sizes[i].max_vcpus, sizes[i].max_virqs), sizes[i].error);
    if (target->open_hypervisor)
        EXPECT_EQ(gunyah_vic_configure(vic, GUNYAH_VIC_MAX_VCPUS + 1, 64), GUNYAH_ERR_ARGUMENT_INVALID);
    return true;
}

// To the manual, options are a reserved word: none are taken.
static bool options_outrank_the_state(struct target *target)
{
    const int64_t taken = target_by_mode(target, GUNYAH_HVERR_ARGUMENT_INVALID, GUNYAH_HVERR_OK);
    struct owner owner;
    struct gunyah_vic *vic;
    gunyah_vic_option_flags_t options = {4};

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    const gunyah_capid_t cap = gunyah_vic_capid(vic);
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), GUNYAH_HVERR_ARGUMENT_INVALID);
    options.bits = UINT64_C(1) << 63;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), GUNYAH_HVERR_ARGUMENT_INVALID);
    // Message-signalled interrupts count only when they are said to be valid, and then there are none.
    options.bits = 1;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 1), GUNYAH_HVERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), taken);
    options.bits = 0;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 1), GUNYAH_HVERR_OK);
    options.bits = 3;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), taken);
    EXPECT_OK(gunyah_vic_activate(vic));
    options.bits = 0;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), GUNYAH_HVERR_OBJECT_STATE);
    options.bits = 4;
    EXPECT_EQ(gunyah_hypercall_vic_configure(owner.g, cap, 2, 64, options, 0), GUNYAH_HVERR_ARGUMENT_INVALID);
    return true;
}

static bool make_vic(struct target *target, const struct owner *owner, uint32_t max_virqs, struct gunyah_vic **vic)
{
    EXPECT_OK(gunyah_vic_create(owner->partition, owner->cspace, vic));
    EXPECT_OK(gunyah_vic_configure(*vic, 1, max_virqs));
    EXPECT_OK(gunyah_vic_activate(*vic));
    return true;
}

static bool binds_shared_interrupts_only(struct target *target)
{
    static const uint32_t never[] = {0, 15, 16, 31, LAST + 1, 1023, 1024, 4096, 8192, 0xffff, UINT32_MAX};
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(make_vic(target, &owner, GUNYAH_VIC_MAX_VIRQS, &vic));
    for (size_t i = 0; i < COUNT_OF(never); i++) {
        EXPECT_FALSE(gunyah_virq_is_bindable(gunyah_virq(never[i])));
        EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(never[i])), GUNYAH_ERR_ARGUMENT_INVALID);
    }
    for (uint32_t number = FIRST; number <= LAST; number++) {
        EXPECT_TRUE(gunyah_virq_is_bindable(gunyah_virq(number)));
        EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(number)));
        EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    }
    return true;
}

static bool size_of_the_controller_counts(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *vic;
    struct gunyah_vic *none;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(make_vic(target, &owner, 32, &vic));
    EXPECT_TRUE(make_vic(target, &owner, 0, &none));
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(FIRST - 1)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(FIRST + 32)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, none, gunyah_virq(FIRST)), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(FIRST)));
    EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(FIRST + 31)));
    return true;
}

// The smallest controller: it was activated without being configured.
static bool unconfigured_controller_has_no_interrupts(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    EXPECT_OK(gunyah_vic_activate(vic));
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(FIRST)), GUNYAH_ERR_ARGUMENT_INVALID);
    return true;
}

static bool one_source_and_one_interrupt(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *first;
    struct gunyah_doorbell *second;
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &first));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &second));
    EXPECT_OK(gunyah_doorbell_bind_virq(first, owner.vic, a));
    // The source is looked at before the number, and the number before its slot.
    EXPECT_EQ(gunyah_doorbell_bind_virq(first, owner.vic, a), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_doorbell_bind_virq(first, owner.vic, b), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_doorbell_bind_virq(first, owner.vic, gunyah_virq(5)), GUNYAH_ERR_VIRQ_BOUND);
    EXPECT_EQ(gunyah_doorbell_bind_virq(second, owner.vic, a), GUNYAH_ERR_BUSY);
    // A failed binding leaves the source free.
    EXPECT_OK(gunyah_doorbell_bind_virq(second, owner.vic, b));
    EXPECT_OK(gunyah_doorbell_unbind_virq(first));
    EXPECT_OK(gunyah_doorbell_unbind_virq(first));
    EXPECT_EQ(gunyah_doorbell_bind_virq(first, owner.vic, b), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_doorbell_unbind_virq(second));
    EXPECT_OK(gunyah_doorbell_bind_virq(first, owner.vic, b));
    EXPECT_OK(gunyah_doorbell_bind_virq(second, owner.vic, a));
    return true;
}

static bool kinds_of_sources_share_the_numbers(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_msgqueue *queue;
    const gunyah_virq_t a = target_free_virq(target);
    const gunyah_virq_t b = target_free_virq(target);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(conformance_make_msgqueue(target, &owner, 4, 16, &queue));
    EXPECT_OK(gunyah_msgqueue_bind_send_virq(queue, owner.vic, a));
    EXPECT_EQ(gunyah_msgqueue_bind_receive_virq(queue, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, owner.vic, a), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_msgqueue_bind_receive_virq(queue, owner.vic, b));
    EXPECT_OK(gunyah_msgqueue_unbind_send_virq(queue));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, owner.vic, a));
    EXPECT_EQ(gunyah_msgqueue_bind_send_virq(queue, owner.vic, a), GUNYAH_ERR_BUSY);
    return true;
}

static bool binding_needs_both_rights(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *weak;
    struct gunyah_vic *wrong;
    gunyah_capid_t cap;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_cspace_copy(owner.cspace, gunyah_vic_capid(owner.vic), owner.cspace,
                                 GUNYAH_RIGHTS_VIC_ALL & ~(uint32_t)GUNYAH_RIGHT_VIC_BIND_SOURCE, &cap));
    EXPECT_OK(gunyah_vic_open(owner.g, cap, &weak));
    EXPECT_OK(gunyah_vic_open(owner.g, gunyah_cspace_capid(owner.cspace), &wrong));
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, weak, gunyah_virq(0)), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, wrong, gunyah_virq(0)), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_doorbell_bind_virq(doorbell, owner.vic, gunyah_virq(0)), GUNYAH_ERR_ARGUMENT_INVALID);
    return true;
}

static bool binding_does_not_hold_the_controller(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(make_vic(target, &owner, 32, &vic));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, vic, gunyah_virq(40)));
    EXPECT_OK(gunyah_cspace_delete(owner.cspace, gunyah_vic_capid(vic)));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 4, NULL));
    EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, owner.vic, target_free_virq(target)));
    return true;
}

static bool other_controllers_do_not_interrupt_here(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_vic *vic;
    const gunyah_virq_t virq = target_free_virq(target);

    REQUIRE(target->has_wait);
    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, virq, TARGET_EDGE));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_TRUE(make_vic(target, &owner, GUNYAH_VIC_MAX_VIRQS, &vic));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, vic, virq));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    EXPECT_EQ(conformance_take(owner.g, virq), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_doorbell_unbind_virq(doorbell));
    EXPECT_OK(gunyah_doorbell_bind_virq(doorbell, owner.vic, virq));
    EXPECT_OK(gunyah_doorbell_send(doorbell, 1, NULL));
    EXPECT_OK(conformance_take(owner.g, virq));
    return true;
}

static bool affinities_are_pieces_of_the_index(struct target *target)
{
    static const struct {
        struct gunyah_mpidr_mapping mapping;
        enum gunyah_error error;
    } mappings[] = {
        {{0xff, {0, 0, 0, 0}, false}, GUNYAH_OK},
        {{0xff, {0, 0, 0, 0}, true}, GUNYAH_OK},
        {{7, {0, 0, 0, 0}, false}, GUNYAH_OK},
        {{0, {0, 0, 0, 0}, false}, GUNYAH_OK},
        {{0xffff, {0, 8, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID}, // too many
        {{0xffff, {0, 0, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID}, // at one place
        {{0xff, {1, 0, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID},   // not from bit 0 on
        {{0xf0, {0, 0, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID},
        {{0xff, {31, 0, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID},
        {{0xff, {32, 0, 0, 0}, false}, GUNYAH_ERR_ARGUMENT_INVALID},
        {{UINT64_C(0xff00ffffff), {0, 8, 16, 24}, false}, GUNYAH_ERR_ARGUMENT_INVALID},
    };
    struct owner owner;
    struct gunyah_vic *vic;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(gunyah_vic_create(owner.partition, owner.cspace, &vic));
    for (size_t i = 0; i < COUNT_OF(mappings); i++)
        EXPECT_EQ(gunyah_vic_set_mpidr_mapping(vic, &mappings[i].mapping), mappings[i].error);
    EXPECT_EQ(gunyah_vic_set_mpidr_mapping(vic, NULL), GUNYAH_ERR_NULL);
    EXPECT_EQ(gunyah_vic_set_mpidr_mapping(owner.vic, &mappings[0].mapping), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

// No call makes an object for a hardware interrupt, and none is a source of messages: whoever asks names something else.
static bool hardware_is_somebody_elses(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbell;
    struct gunyah_hwirq *none;
    struct gunyah_hwirq *wrong;
    const gunyah_virq_t virq = target_free_virq(target);

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_TRUE(conformance_make_doorbell(target, &owner, &doorbell));
    EXPECT_OK(gunyah_hwirq_open(owner.g, gunyah_capid(GUNYAH_CAPID_INVALID), &none));
    EXPECT_OK(gunyah_hwirq_open(owner.g, gunyah_doorbell_capid(doorbell), &wrong));
    EXPECT_EQ(gunyah_hwirq_bind_virq(none, owner.vic, virq), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hwirq_unbind_virq(none), GUNYAH_ERR_ARGUMENT_INVALID);
    EXPECT_EQ(gunyah_hwirq_bind_virq(wrong, owner.vic, virq), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_hwirq_unbind_virq(wrong), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    EXPECT_EQ(gunyah_vic_bind_msi_source(owner.vic, gunyah_doorbell_capid(doorbell)), GUNYAH_ERR_WRONG_OBJECT_TYPE);
    return true;
}

static const struct conformance_case cases[] = {
    {"vic.has_limits", has_limits},
    {"vic.options_outrank_the_state", options_outrank_the_state},
    {"vic.binds_shared_interrupts_only", binds_shared_interrupts_only},
    {"vic.size_of_the_controller_counts", size_of_the_controller_counts},
    {"vic.unconfigured_controller_has_no_interrupts", unconfigured_controller_has_no_interrupts},
    {"vic.one_source_and_one_interrupt", one_source_and_one_interrupt},
    {"vic.kinds_of_sources_share_the_numbers", kinds_of_sources_share_the_numbers},
    {"vic.binding_needs_both_rights", binding_needs_both_rights},
    {"vic.binding_does_not_hold_the_controller", binding_does_not_hold_the_controller},
    {"vic.other_controllers_do_not_interrupt_here", other_controllers_do_not_interrupt_here},
    {"vic.affinities_are_pieces_of_the_index", affinities_are_pieces_of_the_index},
    {"vic.hardware_is_somebody_elses", hardware_is_somebody_elses},
};

const struct conformance_suite conformance_vic = {cases, COUNT_OF(cases)};
