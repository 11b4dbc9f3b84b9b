// SPDX-License-Identifier: BSD-3-Clause
// vCPUs as objects: what they are given, and their life. Running them is in thread_run.c.
#include "internal.h"

enum gunyah_error gunyah_thread_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_thread **thread)
{
    enum gunyah_error error;

    if (thread == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *thread = (struct gunyah_thread *)gunyah_internal_open(g, HANDLE_THREAD, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_thread_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                       struct gunyah_thread **thread)
{
    enum gunyah_error error;

    if (thread == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *thread = (struct gunyah_thread *)gunyah_internal_create(partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_THREAD,
                                                             HANDLE_THREAD, __func__, &error);
    return error;
}

enum gunyah_error gunyah_thread_close(struct gunyah_thread **thread)
{
    if (thread == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*thread, HANDLE_THREAD, __func__);
    if (error == GUNYAH_OK)
        *thread = NULL;
    return error;
}

gunyah_capid_t gunyah_thread_capid(const struct gunyah_thread *thread)
{
    return gunyah_internal_capid((const struct handle *)thread, HANDLE_THREAD);
}

// ---- before activation --------------------------------------------------------------------------------------------

// "critical" is not among the options: the end of such a thread stops the hypervisor.
static gunyah_vcpu_option_flags_t option_flags(const struct gunyah_thread_options *options)
{
    gunyah_vcpu_option_flags_t flags = {0};

    flags = gunyah_vcpu_option_flags_with_pinned(flags, options->pinned);
    flags = gunyah_vcpu_option_flags_with_ras_error_handler(flags, options->ras_error_handler);
    flags = gunyah_vcpu_option_flags_with_amu_counting_disabled(flags, options->amu_counting_disabled);
    flags = gunyah_vcpu_option_flags_with_sve_allowed(flags, options->sve_allowed);
    flags = gunyah_vcpu_option_flags_with_debug_allowed(flags, options->debug_allowed);
    flags = gunyah_vcpu_option_flags_with_trace_allowed(flags, options->trace_allowed);
    flags = gunyah_vcpu_option_flags_with_vcpu_run_scheduled(flags, options->vcpu_run_scheduled);
    return gunyah_vcpu_option_flags_with_hlos_vm(flags, options->hlos_vm);
}

enum gunyah_error gunyah_thread_configure(struct gunyah_thread *thread, const struct gunyah_thread_options *given)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);
    struct gunyah_thread_options options;

    if (error != GUNYAH_OK)
        return error;
    if (given == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    if (!gunyah_internal_options(&options, sizeof(options), given))
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    const int32_t code = gunyah_hypercall_vcpu_configure(handle->g, handle->cap, option_flags(&options));
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_CONFIGURE, code);
}

enum gunyah_error gunyah_thread_set_priority(struct gunyah_thread *thread, uint32_t priority)
{
    static const struct reason too_high = {GUNYAH_ERR_DENIED, "the priority is above 62, the highest of a vCPU",
                                           "Choose a priority of 0 to 62; 32 is the usual one."};
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (priority > GUNYAH_VCPU_MAX_PRIORITY)
        return gunyah_internal_refuse_for(handle->g, __func__, &too_high);
    const int32_t code = gunyah_hypercall_vcpu_set_priority(handle->g, handle->cap, priority);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_SET_PRIORITY, code);
}

enum gunyah_error gunyah_thread_set_timeslice(struct gunyah_thread *thread, uint64_t nanoseconds)
{
    static const struct reason out_of_range = {GUNYAH_ERR_ARGUMENT_INVALID,
                                               "the time slice is shorter than 100 us or longer than 100 ms",
                                               "Choose a time slice of 1 to 100 ms, in nanoseconds."};
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (nanoseconds < GUNYAH_VCPU_MIN_TIMESLICE_NS || nanoseconds > GUNYAH_VCPU_MAX_TIMESLICE_NS)
        return gunyah_internal_refuse_for(handle->g, __func__, &out_of_range);
    const int32_t code = gunyah_hypercall_vcpu_set_timeslice(handle->g, handle->cap, nanoseconds);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_SET_TIMESLICE, code);
}

// The open platform has as many, and the limit of a controller is the same, wherever the hypervisor was built.
static bool may_have_cpu(const struct gunyah *g, uint32_t cpu)
{
    return cpu < GUNYAH_VIC_MAX_VCPUS || cpu < g->known_cpus;
}

enum gunyah_error gunyah_thread_set_affinity(struct gunyah_thread *thread, uint32_t cpu)
{
    static const struct reason no_such_cpu = {
        GUNYAH_ERR_WOULD_CRASH,
        "the index is not known to be one of a CPU, and the hypervisor stops at one that is none",
        "Count the CPUs from 0; on a platform with more than 8, first configure an interrupt controller for as many."};
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (cpu != GUNYAH_CPU_INDEX_INVALID && !may_have_cpu(handle->g, cpu))
        return gunyah_internal_refuse_for(handle->g, __func__, &no_such_cpu);
    const int32_t code = gunyah_hypercall_vcpu_set_affinity(handle->g, handle->cap, (uint16_t)cpu);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_SET_AFFINITY, code);
}

enum gunyah_error gunyah_thread_activate(struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

// ---- life -----------------------------------------------------------------------------------------------------------

// Why this cannot be written to this register; null if it can.
static const struct reason *refused_register(enum gunyah_vcpu_register_set set, uint32_t index, uint64_t value)
{
    static const struct {
        uint32_t count;
        uint32_t alignment;
        struct reason no_such, misaligned;
    } sets[] = {
        [GUNYAH_VCPU_REGISTER_SET_X] =
            {31, 1, {GUNYAH_ERR_ARGUMENT_INVALID, "there is no such register X", "Name one of X0 to X30."}, {0}},
        [GUNYAH_VCPU_REGISTER_SET_PC] = {1,
                                         4,
                                         {GUNYAH_ERR_ARGUMENT_INVALID, "there is one PC alone, at index 0",
                                          "Set the index to 0."},
                                         {GUNYAH_ERR_ARGUMENT_INVALID, "the PC is not a multiple of 4",
                                          "Begin at the address of an instruction."}},
        [GUNYAH_VCPU_REGISTER_SET_SP_EL] = {2,
                                            16,
                                            {GUNYAH_ERR_ARGUMENT_INVALID, "there is no such stack pointer",
                                             "Name SP_EL0, index 0, or SP_EL1, index 1."},
                                            {GUNYAH_ERR_ARGUMENT_INVALID, "the stack pointer is not a multiple of 16",
                                             "Let the stack end at a multiple of 16."}},
    };
    static const struct reason no_such_set = {GUNYAH_ERR_ARGUMENT_INVALID, "there is no such set of registers",
                                              "Name X, PC or SP_EL."};

    if ((uint32_t)set >= sizeof(sets) / sizeof(sets[0]))
        return &no_such_set;
    if (index >= sets[set].count)
        return &sets[set].no_such;
    return value % sets[set].alignment != 0 ? &sets[set].misaligned : NULL;
}

enum gunyah_error gunyah_thread_write_register(struct gunyah_thread *thread, enum gunyah_vcpu_register_set set,
                                               uint32_t index, uint64_t value)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *refused = refused_register(set, index, value);
    if (refused != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, refused);
    const int32_t code = gunyah_hypercall_vcpu_register_write(handle->g, handle->cap, set, index, value);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_REGISTER_WRITE, code);
}

enum gunyah_error gunyah_thread_power_on(struct gunyah_thread *thread, uint64_t entry_point, uint64_t context,
                                         uint32_t flags)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);
    gunyah_vcpu_poweron_flags_t kept = {0};

    if (error != GUNYAH_OK)
        return error;
    if ((flags & ~(uint32_t)(GUNYAH_THREAD_KEEP_ENTRY_POINT | GUNYAH_THREAD_KEEP_CONTEXT)) != 0)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_OPTION);
    kept = gunyah_vcpu_poweron_flags_with_preserve_entry_point(kept, (flags & GUNYAH_THREAD_KEEP_ENTRY_POINT) != 0);
    kept = gunyah_vcpu_poweron_flags_with_preserve_context(kept, (flags & GUNYAH_THREAD_KEEP_CONTEXT) != 0);
    const int32_t code = gunyah_hypercall_vcpu_poweron(handle->g, handle->cap, entry_point, context, kept);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_POWERON, code);
}

enum gunyah_error gunyah_thread_power_off(struct gunyah_thread *thread, bool last)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);
    gunyah_vcpu_poweroff_flags_t flags = {0};

    if (error != GUNYAH_OK)
        return error;
    flags = gunyah_vcpu_poweroff_flags_with_last_vcpu(flags, last);
    const int32_t code = gunyah_hypercall_vcpu_poweroff(handle->g, handle->cap, flags);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_POWEROFF, code);
}

enum gunyah_error gunyah_thread_kill(struct gunyah_thread *thread)
{
    const struct handle *handle = (const struct handle *)thread;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_THREAD, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vcpu_kill(handle->g, handle->cap);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VCPU_KILL, code);
}
