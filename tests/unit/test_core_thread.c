// SPDX-License-Identifier: BSD-3-Clause
// vCPUs that are objects, power groups and hardware interrupts: the registers of each call, and what is made of the answers.
#include "fake_backend.h"

#include <string.h>

struct thread_test {
    struct fake fake;
    struct gunyah *g;
    struct gunyah_cspace *cspace;
    struct gunyah_vic *vic;
    struct gunyah_thread *thread;
    struct gunyah_vpm_group *group;
    struct gunyah_hwirq *hwirq;
};

static void setup(struct thread_test *t)
{
    fake_init(&t->fake);
    t->g = fake_session(&t->fake);
    cr_assert_eq(gunyah_cspace_open(t->g, gunyah_capid(0x21), &t->cspace), GUNYAH_OK);
    cr_assert_eq(gunyah_vic_open(t->g, gunyah_capid(0x22), &t->vic), GUNYAH_OK);
    cr_assert_eq(gunyah_thread_open(t->g, gunyah_capid(0x23), &t->thread), GUNYAH_OK);
    cr_assert_eq(gunyah_vpm_group_open(t->g, gunyah_capid(0x24), &t->group), GUNYAH_OK);
    cr_assert_eq(gunyah_hwirq_open(t->g, gunyah_capid(0x25), &t->hwirq), GUNYAH_OK);
    cr_assert_eq(t->fake.calls, 0u, "opening makes no call");
}

static void teardown(struct thread_test *t)
{
    cr_expect_eq(gunyah_close(&t->g), GUNYAH_OK);
}

static void expect_sent(const struct thread_test *t, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    cr_expect_eq(t->fake.sent.x[0], x0);
    cr_expect_eq(t->fake.sent.x[1], x1);
    cr_expect_eq(t->fake.sent.x[2], x2);
    cr_expect_eq(t->fake.sent.x[3], x3);
    cr_expect_eq(t->fake.sent.x[4], x4);
}

// ---- before activation --------------------------------------------------------------------------------------------

Test(core_thread, each_option_has_its_bit)
{
    struct thread_test t;
    setup(&t);
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    const struct {
        bool *option;
        uint64_t bit;
    } bits[] = {
        {&options.pinned, 1},
        {&options.ras_error_handler, 2},
        {&options.amu_counting_disabled, 4},
        {&options.sve_allowed, 8},
        {&options.debug_allowed, 0x10},
        {&options.trace_allowed, 0x20},
        {&options.vcpu_run_scheduled, 0x200},
        {&options.hlos_vm, 0x8000000000000000},
    };

    cr_expect_eq(gunyah_thread_configure(t.thread, &options), GUNYAH_OK);
    expect_sent(&t, 0xc6008034, 0x23, 0, 0, 0);
    uint64_t all = 0;
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        *bits[i].option = true;
        all |= bits[i].bit;
        cr_expect_eq(gunyah_thread_configure(t.thread, &options), GUNYAH_OK);
        expect_sent(&t, 0xc6008034, 0x23, all, 0, 0);
    }
    cr_expect_eq(all & 0x100, 0u, "critical is none of them");
    teardown(&t);
}

Test(core_thread, before_activation)
{
    struct thread_test t;
    setup(&t);

    cr_expect_eq(gunyah_thread_set_priority(t.thread, 62), GUNYAH_OK);
    expect_sent(&t, 0xc6008046, 0x23, 62, 0, 0);
    cr_expect_eq(gunyah_thread_set_timeslice(t.thread, 100000000), GUNYAH_OK);
    expect_sent(&t, 0xc6008047, 0x23, 100000000, 0, 0);
    cr_expect_eq(gunyah_thread_set_affinity(t.thread, 7), GUNYAH_OK);
    expect_sent(&t, 0xc600803d, 0x23, 7, UINT64_MAX, 0);
    cr_expect_eq(gunyah_thread_set_affinity(t.thread, GUNYAH_CPU_INDEX_INVALID), GUNYAH_OK);
    expect_sent(&t, 0xc600803d, 0x23, 0xffff, UINT64_MAX, 0);
    cr_expect_eq(gunyah_cspace_attach_thread(t.cspace, t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600803e, 0x21, 0x23, 0, 0);
    cr_expect_eq(gunyah_vic_attach_vcpu(t.vic, t.thread, 3), GUNYAH_OK);
    expect_sent(&t, 0xc6008029, 0x22, 0x23, 3, 0);
    cr_expect_eq(gunyah_vpm_group_attach_vcpu(t.group, t.thread, 0xffff), GUNYAH_OK);
    expect_sent(&t, 0xc600803c, 0x24, 0x23, 0xffff, 0);
    cr_expect_eq(gunyah_thread_activate(t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0x23, 0, 0, 0);
    teardown(&t);
}

// A controller that the hypervisor accepted tells how many processors it was built for; one that it refused tells nothing.
Test(core_thread, known_cpus_follow_from_controllers)
{
    struct thread_test t;
    setup(&t);

    cr_expect_eq(gunyah_thread_set_affinity(t.thread, 8), GUNYAH_ERR_WOULD_CRASH);
    fake_answers(&t.fake, 1, 0, 0);
    cr_expect_eq(gunyah_vic_configure(t.vic, 12, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    const unsigned calls = t.fake.calls;
    cr_expect_eq(gunyah_thread_set_affinity(t.thread, 8), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_eq(t.fake.calls, calls, "nothing left the library");
    fake_answers(&t.fake, 0, 0, 0);
    cr_expect_eq(gunyah_vic_configure(t.vic, 12, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_vic_configure(t.vic, 2, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_thread_set_affinity(t.thread, 11), GUNYAH_OK);
    expect_sent(&t, 0xc600803d, 0x23, 11, UINT64_MAX, 0);
    cr_expect_eq(gunyah_thread_set_affinity(t.thread, 12), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "gunyah_thread_set_affinity");
    // What is known is known of this session alone.
    struct thread_test other;
    setup(&other);
    cr_expect_eq(gunyah_thread_set_affinity(other.thread, 11), GUNYAH_ERR_WOULD_CRASH);
    teardown(&other);
    teardown(&t);
}

Test(core_thread, what_is_refused_is_named)
{
    struct thread_test t;
    setup(&t);
    const struct gunyah_error_info *info = gunyah_last_error(t.g);

    cr_expect_eq(gunyah_thread_set_priority(t.thread, 63), GUNYAH_ERR_DENIED);
    cr_expect_eq(gunyah_last_error(t.g), info);
    cr_expect_eq(info->error, GUNYAH_ERR_DENIED);
    cr_expect_eq(info->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_eq(info->code, GUNYAH_ERR_DENIED);
    cr_expect_str_eq(info->call, "gunyah_thread_set_priority");
    cr_expect_str_eq(info->text, "the priority is above 62, the highest of a vCPU");
    cr_expect_neq(info->advice[0], '\0');
    cr_expect_eq(gunyah_vpm_group_attach_vcpu(t.group, t.thread, 0x10000), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_str_eq(gunyah_last_error(t.g)->text, "the index has more than 16 bits");
    cr_expect_eq(t.fake.calls, 0u);
    teardown(&t);
}

// ---- life -----------------------------------------------------------------------------------------------------------

Test(core_thread, life)
{
    struct thread_test t;
    setup(&t);

    cr_expect_eq(gunyah_thread_write_register(t.thread, GUNYAH_VCPU_REGISTER_SET_SP_EL, 1, 0x80), GUNYAH_OK);
    expect_sent(&t, 0xc6008064, 0x23, 2, 1, 0x80);
    cr_expect_eq(gunyah_thread_power_on(t.thread, 0x80000000, 9, 0), GUNYAH_OK);
    expect_sent(&t, 0xc6008038, 0x23, 0x80000000, 9, 0);
    cr_expect_eq(gunyah_thread_power_on(t.thread, 0, 9, GUNYAH_THREAD_KEEP_ENTRY_POINT), GUNYAH_OK);
    expect_sent(&t, 0xc6008038, 0x23, 0, 9, 1);
    cr_expect_eq(gunyah_thread_power_on(t.thread, 4, 0, GUNYAH_THREAD_KEEP_CONTEXT), GUNYAH_OK);
    expect_sent(&t, 0xc6008038, 0x23, 4, 0, 2);
    cr_expect_eq(gunyah_thread_power_off(t.thread, false), GUNYAH_OK);
    expect_sent(&t, 0xc6008039, 0x23, 0, 0, 0);
    cr_expect_eq(gunyah_thread_power_off(t.thread, true), GUNYAH_OK);
    expect_sent(&t, 0xc6008039, 0x23, 1, 0, 0);
    cr_expect_eq(gunyah_thread_kill(t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600803a, 0x23, 0, 0, 0);
    cr_expect_eq(gunyah_thread_yield_to(t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600803b, 1, 0x23, 0, 0);
    fake_answers(&t.fake, 36, 0, 0);
    cr_expect_eq(gunyah_thread_power_on(t.thread, 0, 0, 0), GUNYAH_ERR_FAILURE);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "vcpu_poweron");
    teardown(&t);
}

Test(core_thread, interrupts)
{
    struct thread_test t;
    setup(&t);
    const gunyah_virq_t virq = {40};

    cr_expect_eq(gunyah_thread_bind_halt_virq(t.thread, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc600805c, 0x23, 0x22, 40, 0);
    cr_expect_eq(gunyah_thread_bind_wakeup_virq(t.thread, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc600805c, 0x23, 0x22, 40, 1);
    cr_expect_eq(gunyah_thread_unbind_halt_virq(t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600805d, 0x23, 0, 0, 0);
    cr_expect_eq(gunyah_thread_unbind_wakeup_virq(t.thread), GUNYAH_OK);
    expect_sent(&t, 0xc600805d, 0x23, 1, 0, 0);
    cr_expect_eq(gunyah_vpm_group_bind_virq(t.group, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc6008043, 0x24, 0x22, 40, 0);
    cr_expect_eq(gunyah_vpm_group_unbind_virq(t.group), GUNYAH_OK);
    expect_sent(&t, 0xc6008044, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_hwirq_bind_virq(t.hwirq, t.vic, virq), GUNYAH_OK);
    expect_sent(&t, 0xc6008026, 0x25, 0x22, 40, 0);
    fake_answers(&t.fake, UINT32_MAX - 1, 0, 0);
    cr_expect_eq(gunyah_hwirq_bind_virq(t.hwirq, t.vic, virq), GUNYAH_ERR_RETRY);
    fake_answers(&t.fake, 41, 0, 0);
    cr_expect_eq(gunyah_hwirq_unbind_virq(t.hwirq), GUNYAH_ERR_VIRQ_NOT_BOUND);
    expect_sent(&t, 0xc6008027, 0x25, 0, 0, 0);
    teardown(&t);
}

Test(core_thread, power_group)
{
    struct thread_test t;
    setup(&t);
    enum gunyah_vpm_state state = GUNYAH_VPM_STATE_NO_STATE;

    cr_expect_eq(gunyah_vpm_group_configure(t.group, true), GUNYAH_OK);
    expect_sent(&t, 0xc6008066, 0x24, 1, 0, 0);
    cr_expect_eq(gunyah_vpm_group_configure(t.group, false), GUNYAH_OK);
    expect_sent(&t, 0xc6008066, 0x24, 0, 0, 0);
    cr_expect_eq(gunyah_vpm_group_activate(t.group), GUNYAH_OK);
    expect_sent(&t, 0xc600800c, 0x24, 0, 0, 0);
    fake_answers(&t.fake, 53, 1, 0);
    cr_expect_eq(gunyah_vpm_group_get_state(t.group, &state), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(state, GUNYAH_VPM_STATE_NO_STATE, "untouched on failure");
    fake_answers(&t.fake, 0, 3, 0);
    cr_expect_eq(gunyah_vpm_group_get_state(t.group, &state), GUNYAH_OK);
    expect_sent(&t, 0xc6008045, 0x24, 0, 0, 0);
    cr_expect_eq(state, GUNYAH_VPM_STATE_SYSTEM_SUSPENDED);
    teardown(&t);
}

// ---- running ------------------------------------------------------------------------------------------------------

static void answers(struct thread_test *t, uint64_t x0, uint64_t state, uint64_t data_0, uint64_t data_1,
                    uint64_t data_2)
{
    t->fake.answers[0] = (struct gunyah_registers){{x0, state, data_0, data_1, data_2}};
    t->fake.answer_count = 1;
    t->fake.next_answer = 0;
}

static void expect_same(const struct gunyah_thread_exit *got, const struct gunyah_thread_exit *expected)
{
    cr_expect_eq(got->state, expected->state);
    cr_expect_eq(got->address, expected->address);
    cr_expect_eq(got->length, expected->length);
    cr_expect_eq(got->value, expected->value);
    cr_expect_eq(got->wakeup_from, expected->wakeup_from);
    cr_expect_eq(got->suspend_state, expected->suspend_state);
    cr_expect_eq(got->exited, expected->exited);
    cr_expect_eq(got->is_reset2, expected->is_reset2);
    cr_expect_eq(got->reset_type, expected->reset_type);
    cr_expect_eq(got->reset_cookie, expected->reset_cookie);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(got->data[i], expected->data[i]);
}

// The words are those of the recordings vcpu-run-*, and of the manual where no recording has the state.
Test(core_thread, each_state_has_its_words)
{
    static const struct gunyah_thread_exit exits[] = {
        {.state = GUNYAH_VCPU_RUN_STATE_READY},
        {.state = GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP,
         .wakeup_from = GUNYAH_VCPU_RUN_WAKEUP_FROM_WFI,
         .data = {0, 1, 0}},
        {.state = GUNYAH_VCPU_RUN_STATE_EXPECTS_WAKEUP,
         .wakeup_from = GUNYAH_VCPU_RUN_WAKEUP_FROM_PSCI_CPU_SUSPEND,
         .suspend_state = 0x40000003,
         .data = {0x40000003, 2, 0}},
        {.state = GUNYAH_VCPU_RUN_STATE_POWERED_OFF},
        {.state = GUNYAH_VCPU_RUN_STATE_POWERED_OFF, .exited = true, .data = {1, 0, 0}},
        {.state = GUNYAH_VCPU_RUN_STATE_BLOCKED},
        {.state = GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_READ,
         .address = 0x60000001,
         .length = 8,
         .data = {0x60000001, 8, 0}},
        {.state = GUNYAH_VCPU_RUN_STATE_ADDRSPACE_VMMIO_WRITE,
         .address = 0x60000100,
         .length = 4,
         .value = 0xabcd,
         .data = {0x60000100, 4, 0xabcd}},
        {.state = GUNYAH_VCPU_RUN_STATE_FAULT},
        {.state = GUNYAH_VCPU_RUN_STATE_ADDRSPACE_PAGE_FAULT, .address = 0x90000000, .data = {0x90000000, 5, 6}},
        {.state = GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET, .data = {0x8000000000000000, 0, 0}},
        {.state = GUNYAH_VCPU_RUN_STATE_PSCI_SYSTEM_RESET,
         .is_reset2 = true,
         .reset_type = 0x80000005,
         .reset_cookie = 0x77,
         .data = {0x4000000080000005, 0x77, 0}},
        {.state = (enum gunyah_vcpu_run_state)99, .data = {1, 2, 3}},
    };
    struct thread_test t;
    setup(&t);

    for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
        const uint64_t *data = exits[i].data;
        struct gunyah_thread_exit exit;
        answers(&t, 0, (uint64_t)exits[i].state, data[0], data[1], data[2]);
        memset(&exit, 0xff, sizeof(exit));
        cr_expect_eq(gunyah_thread_run(t.thread, NULL, &exit), GUNYAH_OK);
        expect_same(&exit, &exits[i]);
        expect_sent(&t, 0xc6008065, 0x23, 0, 0, 0);
        memset(&exit, 0xff, sizeof(exit));
        cr_expect_eq(gunyah_thread_run_check(t.thread, &exit), GUNYAH_OK);
        expect_same(&exit, &exits[i]);
        expect_sent(&t, 0xc6008068, 0x23, 0, 0, 0);
    }
    teardown(&t);
}

Test(core_thread, resuming)
{
    struct thread_test t;
    setup(&t);
    struct gunyah_thread_resume resume = GUNYAH_THREAD_RESUME_INIT;
    struct gunyah_thread_exit exit;

    resume.value = 0x123456789abcdef0;
    cr_expect_eq(gunyah_thread_run(t.thread, &resume, &exit), GUNYAH_OK);
    expect_sent(&t, 0xc6008065, 0x23, 0x123456789abcdef0, 0, 0);
    resume.action = GUNYAH_VCPU_RUN_RESUME_ACTION_FAULT;
    cr_expect_eq(gunyah_thread_run(t.thread, &resume, &exit), GUNYAH_OK);
    expect_sent(&t, 0xc6008065, 0x23, 0x123456789abcdef0, 2, 0);
    cr_expect_eq(t.fake.sent.x[5], 0u);
    teardown(&t);
}

// Busy is no state of a run, but one of a look.
Test(core_thread, busy)
{
    struct thread_test t;
    setup(&t);
    struct gunyah_thread_exit exit = {.address = 99};

    answers(&t, 31, 0, 0, 0, 0);
    cr_expect_eq(gunyah_thread_run(t.thread, NULL, &exit), GUNYAH_ERR_BUSY);
    cr_expect_eq(exit.address, 99u, "untouched on failure");
    cr_expect_eq(gunyah_thread_run_check(t.thread, &exit), GUNYAH_OK);
    cr_expect_eq(exit.state, GUNYAH_VCPU_RUN_STATE_READY);
    cr_expect_eq(exit.address, 0u);
    answers(&t, 31, 3, 0, 0, 0);
    cr_expect_eq(gunyah_thread_run_check(t.thread, &exit), GUNYAH_OK);
    cr_expect_eq(exit.state, GUNYAH_VCPU_RUN_STATE_BLOCKED);
    answers(&t, 53, 0, 0, 0, 0);
    exit.address = 99;
    cr_expect_eq(gunyah_thread_run_check(t.thread, &exit), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(exit.address, 99u);
    cr_expect_str_eq(gunyah_last_error(t.g)->call, "vcpu_run_check");
    teardown(&t);
}

// ---- calls without a capability -----------------------------------------------------------------------------------

Test(core_thread, system_calls)
{
    struct thread_test t;
    setup(&t);
    unsigned char bytes[16] = {0};
    uint64_t flags = 99;

    cr_expect_eq(gunyah_scheduler_yield(t.g), GUNYAH_OK);
    expect_sent(&t, 0xc600803b, 0, 0, 0, 0);
    fake_answers(&t.fake, 0, 0x300e5, 0);
    cr_expect_eq(gunyah_trace_update_class_flags(t.g, 3, 5, &flags), GUNYAH_OK);
    expect_sent(&t, 0xc600803f, 3, 5, 0, 0);
    cr_expect_eq(flags, 0x300e5u);
    fake_answers(&t.fake, 30, 7, 0);
    cr_expect_eq(gunyah_trace_update_class_flags(t.g, 3, 5, &flags), GUNYAH_ERR_DENIED);
    cr_expect_eq(flags, 0x300e5u, "untouched on failure");
    answers(&t, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff);
    for (uint32_t size = 1; size <= 16; size++) {
        memset(bytes, 0, sizeof(bytes));
        cr_expect_eq(gunyah_prng_get_entropy(t.g, bytes, size), GUNYAH_OK);
        expect_sent(&t, 0xc6008057, (size + 3) / 4 * 4, 0, 0, 0);
        for (uint32_t i = 0; i < sizeof(bytes); i++)
            cr_expect_eq(bytes[i], i < size ? 0xff : 0);
    }
    cr_expect_eq(gunyah_scheduler_yield(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_prng_get_entropy(NULL, bytes, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_trace_update_class_flags(NULL, 0, 0, NULL), GUNYAH_ERR_NULL);
    teardown(&t);
}
