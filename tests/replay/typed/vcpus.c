// SPDX-License-Identifier: BSD-3-Clause
// vCPUs, and power groups.
#include "typed.h"

static struct gunyah_thread *open_thread(struct gunyah *g, uint64_t cap)
{
    struct gunyah_thread *thread = NULL;

    gunyah_thread_open(g, typed_cap(cap), &thread);
    return thread;
}

// ---- before activation -------------------------------------------------------------------------------------------

static bool are_options(const uint64_t *arguments)
{
    const uint64_t said = GUNYAH_VCPU_OPTION_FLAGS_PINNED_MASK | GUNYAH_VCPU_OPTION_FLAGS_RAS_ERROR_HANDLER_MASK |
                          GUNYAH_VCPU_OPTION_FLAGS_AMU_COUNTING_DISABLED_MASK |
                          GUNYAH_VCPU_OPTION_FLAGS_SVE_ALLOWED_MASK | GUNYAH_VCPU_OPTION_FLAGS_DEBUG_ALLOWED_MASK |
                          GUNYAH_VCPU_OPTION_FLAGS_TRACE_ALLOWED_MASK |
                          GUNYAH_VCPU_OPTION_FLAGS_VCPU_RUN_SCHEDULED_MASK | GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK;

    return (arguments[1] & ~said) == 0 && arguments[2] == 0;
}

static void configure(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_vcpu_option_flags_t flags = {arguments[1]};
    struct gunyah_thread_options options = GUNYAH_THREAD_OPTIONS_INIT;
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    options.pinned = gunyah_vcpu_option_flags_get_pinned(flags) != 0;
    options.ras_error_handler = gunyah_vcpu_option_flags_get_ras_error_handler(flags) != 0;
    options.amu_counting_disabled = gunyah_vcpu_option_flags_get_amu_counting_disabled(flags) != 0;
    options.sve_allowed = gunyah_vcpu_option_flags_get_sve_allowed(flags) != 0;
    options.debug_allowed = gunyah_vcpu_option_flags_get_debug_allowed(flags) != 0;
    options.trace_allowed = gunyah_vcpu_option_flags_get_trace_allowed(flags) != 0;
    options.vcpu_run_scheduled = gunyah_vcpu_option_flags_get_vcpu_run_scheduled(flags) != 0;
    options.hlos_vm = gunyah_vcpu_option_flags_get_hlos_vm(flags) != 0;
    answer->error = gunyah_thread_configure(thread, &options);
    gunyah_thread_close(&thread);
}

static bool is_number(const uint64_t *arguments)
{
    return arguments[1] <= UINT32_MAX && arguments[2] == 0;
}

static void set_priority(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_set_priority(thread, (uint32_t)arguments[1]);
    gunyah_thread_close(&thread);
}

static void set_timeslice(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_set_timeslice(thread, arguments[1]);
    gunyah_thread_close(&thread);
}

static bool is_cpu(const uint64_t *arguments)
{
    return arguments[1] <= UINT32_MAX && arguments[2] == UINT64_MAX;
}

static void set_affinity(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_set_affinity(thread, (uint32_t)arguments[1]);
    gunyah_thread_close(&thread);
}

static void attach_cspace(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[1]);
    struct gunyah_cspace *cspace = NULL;

    gunyah_cspace_open(g, typed_cap(arguments[0]), &cspace);
    answer->error = gunyah_cspace_attach_thread(cspace, thread);
    gunyah_cspace_close(&cspace);
    gunyah_thread_close(&thread);
}

static bool is_place(const uint64_t *arguments)
{
    return arguments[2] <= UINT32_MAX && arguments[3] == 0;
}

static void attach_vic(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[1]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[0]), &vic);
    answer->error = gunyah_vic_attach_vcpu(vic, thread, (uint32_t)arguments[2]);
    gunyah_vic_close(&vic);
    gunyah_thread_close(&thread);
}

// ---- life --------------------------------------------------------------------------------------------------------

static bool is_register(const uint64_t *arguments)
{
    return arguments[1] <= UINT32_MAX && arguments[2] <= UINT32_MAX && arguments[4] == 0;
}

static void write_register(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_write_register(thread, (enum gunyah_vcpu_register_set)arguments[1],
                                                 (uint32_t)arguments[2], arguments[3]);
    gunyah_thread_close(&thread);
}

static bool is_entry(const uint64_t *arguments)
{
    return arguments[3] <= UINT32_MAX;
}

static void power_on(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_power_on(thread, arguments[1], arguments[2], (uint32_t)arguments[3]);
    gunyah_thread_close(&thread);
}

static bool is_last(const uint64_t *arguments)
{
    return arguments[1] <= GUNYAH_VCPU_POWEROFF_FLAGS_LAST_VCPU_MASK;
}

static void power_off(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_power_off(thread, arguments[1] != 0);
    gunyah_thread_close(&thread);
}

static void kill_it(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_kill(thread);
    gunyah_thread_close(&thread);
}

static bool is_binding(const uint64_t *arguments)
{
    return arguments[2] <= UINT32_MAX && arguments[3] <= GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP && arguments[4] == 0;
}

static void bind(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    const gunyah_virq_t virq = gunyah_virq((uint32_t)arguments[2]);
    struct gunyah_thread *thread = open_thread(g, arguments[0]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = arguments[3] == GUNYAH_VCPU_VIRQ_TYPE_HALT ? gunyah_thread_bind_halt_virq(thread, vic, virq)
                                                               : gunyah_thread_bind_wakeup_virq(thread, vic, virq);
    gunyah_vic_close(&vic);
    gunyah_thread_close(&thread);
}

static bool is_unbinding(const uint64_t *arguments)
{
    return arguments[1] <= GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP && arguments[2] == 0;
}

static void unbind(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = arguments[1] == GUNYAH_VCPU_VIRQ_TYPE_HALT ? gunyah_thread_unbind_halt_virq(thread)
                                                               : gunyah_thread_unbind_wakeup_virq(thread);
    gunyah_thread_close(&thread);
}

// ---- running -----------------------------------------------------------------------------------------------------

static void tell_exit(struct typed_answer *answer, const struct gunyah_thread_exit *exit)
{
    if (answer->error != GUNYAH_OK)
        return;
    answer->results[answer->count++] = (uint64_t)exit->state;
    for (unsigned i = 0; i < 3; i++)
        answer->results[answer->count++] = exit->data[i];
}

static bool is_resumption(const uint64_t *arguments)
{
    return arguments[2] <= UINT32_MAX && (arguments[3] | arguments[4]) == 0;
}

static void run(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread_resume resume = GUNYAH_THREAD_RESUME_INIT;
    struct gunyah_thread_exit exit;
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    resume.value = arguments[1];
    resume.action = (enum gunyah_vcpu_run_resume_action)arguments[2];
    answer->error = gunyah_thread_run(thread, &resume, &exit);
    tell_exit(answer, &exit);
    gunyah_thread_close(&thread);
}

static void check(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_thread_exit exit;
    struct gunyah_thread *thread = open_thread(g, arguments[0]);

    answer->error = gunyah_thread_run_check(thread, &exit);
    tell_exit(answer, &exit);
    gunyah_thread_close(&thread);
}

// ---- power groups ------------------------------------------------------------------------------------------------

static struct gunyah_vpm_group *open_group(struct gunyah *g, uint64_t cap)
{
    struct gunyah_vpm_group *group = NULL;

    gunyah_vpm_group_open(g, typed_cap(cap), &group);
    return group;
}

static bool is_aggregation(const uint64_t *arguments)
{
    return arguments[1] <= GUNYAH_VPM_GROUP_OPTION_FLAGS_NO_AGGREGATION_MASK && arguments[2] == 0;
}

static void configure_group(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vpm_group *group = open_group(g, arguments[0]);

    answer->error = gunyah_vpm_group_configure(group, arguments[1] != 0);
    gunyah_vpm_group_close(&group);
}

static void attach_group(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vpm_group *group = open_group(g, arguments[0]);
    struct gunyah_thread *thread = open_thread(g, arguments[1]);

    answer->error = gunyah_vpm_group_attach_vcpu(group, thread, (uint32_t)arguments[2]);
    gunyah_thread_close(&thread);
    gunyah_vpm_group_close(&group);
}

static void bind_group(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vpm_group *group = open_group(g, arguments[0]);
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[1]), &vic);
    answer->error = gunyah_vpm_group_bind_virq(group, vic, gunyah_virq((uint32_t)arguments[2]));
    gunyah_vic_close(&vic);
    gunyah_vpm_group_close(&group);
}

static void unbind_group(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vpm_group *group = open_group(g, arguments[0]);

    answer->error = gunyah_vpm_group_unbind_virq(group);
    gunyah_vpm_group_close(&group);
}

static void get_state(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vpm_group *group = open_group(g, arguments[0]);
    enum gunyah_vpm_state state;

    answer->error = gunyah_vpm_group_get_state(group, &state);
    if (answer->error == GUNYAH_OK)
        answer->results[answer->count++] = (uint64_t)state;
    gunyah_vpm_group_close(&group);
}

// The library does not take an index of a CPU or vCPU of more than 16 bits, which the hypervisor cuts off.
const struct typed_call typed_vcpus[] = {
    {GUNYAH_HYPERCALL_VCPU_CONFIGURE, configure, are_options, false},
    {GUNYAH_HYPERCALL_VCPU_SET_PRIORITY, set_priority, is_number, false},
    {GUNYAH_HYPERCALL_VCPU_SET_TIMESLICE, set_timeslice, NULL, false},
    {GUNYAH_HYPERCALL_VCPU_SET_AFFINITY, set_affinity, is_cpu, true},
    {GUNYAH_HYPERCALL_CSPACE_ATTACH_THREAD, attach_cspace, NULL, false},
    {GUNYAH_HYPERCALL_VIC_ATTACH_VCPU, attach_vic, is_place, false},
    {GUNYAH_HYPERCALL_VCPU_REGISTER_WRITE, write_register, is_register, false},
    {GUNYAH_HYPERCALL_VCPU_POWERON, power_on, is_entry, false},
    {GUNYAH_HYPERCALL_VCPU_POWEROFF, power_off, is_last, false},
    {GUNYAH_HYPERCALL_VCPU_KILL, kill_it, NULL, false},
    {GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, bind, is_binding, false},
    {GUNYAH_HYPERCALL_VCPU_UNBIND_VIRQ, unbind, is_unbinding, false},
    {GUNYAH_HYPERCALL_VCPU_RUN, run, is_resumption, false},
    {GUNYAH_HYPERCALL_VCPU_RUN_CHECK, check, NULL, false},
    {GUNYAH_HYPERCALL_VPM_GROUP_CONFIGURE, configure_group, is_aggregation, false},
    {GUNYAH_HYPERCALL_VPM_GROUP_ATTACH_VCPU, attach_group, is_place, true},
    {GUNYAH_HYPERCALL_VPM_GROUP_BIND_VIRQ, bind_group, NULL, false},
    {GUNYAH_HYPERCALL_VPM_GROUP_UNBIND_VIRQ, unbind_group, NULL, false},
    {GUNYAH_HYPERCALL_VPM_GROUP_GET_STATE, get_state, NULL, false},
    {0, NULL, NULL, false},
};
