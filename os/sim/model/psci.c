// SPDX-License-Identifier: BSD-3-Clause
// PSCI: power of the vCPUs of a group.
#include "dispatch.h"
#include "manual.h"
#include "rm.h"
#include "vcpu.h"

#define WIDE UINT32_C(0x40000000)
#define BASE UINT32_C(0x84000000)
#define PSCI_VERSION_ANSWER 0x10001
#define SUSPEND_FEATURES 2 // the extended format of power states
#define AFFINITY_BITS UINT64_C(0xff00ffffff)

// The VM that stands for the whole machine: its reset is the machine's.
#define PRIMARY_VMID 3

enum function {
    VERSION = 0x00,
    CPU_SUSPEND = 0x01,
    CPU_OFF = 0x02,
    CPU_ON = 0x03,
    AFFINITY_INFO = 0x04,
    SYSTEM_OFF = 0x08,
    SYSTEM_RESET = 0x09,
    FEATURES = 0x0a,
    CPU_DEFAULT_SUSPEND = 0x0c,
    SET_SUSPEND_MODE = 0x0f,
    SYSTEM_RESET2 = 0x12,
};

#define BIT(function) (UINT32_C(1) << (function))
#define NARROW_FUNCTIONS                                                                                               \
    (WIDE_FUNCTIONS | BIT(VERSION) | BIT(CPU_OFF) | BIT(SYSTEM_OFF) | BIT(SYSTEM_RESET) | BIT(FEATURES) |              \
     BIT(SET_SUSPEND_MODE))
#define WIDE_FUNCTIONS                                                                                                 \
    (BIT(CPU_SUSPEND) | BIT(CPU_ON) | BIT(AFFINITY_INFO) | BIT(CPU_DEFAULT_SUSPEND) | BIT(SYSTEM_RESET2))

static bool is_known(uint32_t id)
{
    uint32_t number = id & 0xffff;
    if ((id & ~(WIDE | 0xffff)) != BASE || number > SYSTEM_RESET2)
        return false;
    return ((id & WIDE) != 0 ? WIDE_FUNCTIONS : NARROW_FUNCTIONS) >> number & 1;
}

static int64_t features(uint32_t asked)
{
    if (asked == GUNYAH_SMCCC_VERSION)
        return GUNYAH_PSCI_RETURN_SUCCESS;
    if (!is_known(asked))
        return GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
    return (asked & 0xffff) == CPU_SUSPEND ? SUSPEND_FEATURES : GUNYAH_PSCI_RETURN_SUCCESS;
}

/** The vCPU of the caller's group with this affinity. */
static struct thread *vcpu_of(struct model_call *call, uint64_t mpidr)
{
    const struct vpm_group *group = gunyah_model_thread_group(call->model, call->thread);
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        struct thread *thread = group->members[i] != 0 ? model_at(call->model, group->members[i]) : NULL;
        if (thread != NULL && thread->vic != 0 && thread->vic_index == (mpidr & AFFINITY_BITS))
            return thread;
    }
    return NULL;
}

static bool is_primary(struct model_call *call)
{
    const struct addrspace *addrspace = model_at(call->model, call->thread->addrspace);
    return addrspace->vmid == PRIMARY_VMID;
}

static int64_t cpu_on(struct model_call *call, uint64_t mpidr, uint64_t entry, uint64_t context)
{
    struct thread *vcpu = vcpu_of(call, mpidr);
    if (vcpu == NULL && (call->thread->vic == 0 || (mpidr & AFFINITY_BITS) >= call->model->options.max_vcpus))
        return GUNYAH_PSCI_RETURN_INVALID_PARAMETERS;
    if (vcpu == NULL)
        return GUNYAH_PSCI_RETURN_INTERNAL_FAILURE;
    if (vcpu->on)
        return GUNYAH_PSCI_RETURN_ALREADY_ON;
    if (vcpu->life != THREAD_READY)
        return GUNYAH_PSCI_RETURN_INTERNAL_FAILURE;
    vcpu->guest.pc = entry;
    vcpu->guest.x[0] = context;
    gunyah_model_thread_power_on(call->model, vcpu);
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t affinity_info(struct model_call *call, uint64_t mpidr, uint64_t level)
{
    const struct thread *vcpu = vcpu_of(call, mpidr);
    if (vcpu == NULL || level != 0)
        return GUNYAH_PSCI_RETURN_INVALID_PARAMETERS;
    return vcpu->on ? 0 : 1;
}

static int64_t cpu_off(struct model_call *call, enum gunyah_model_outcome *outcome)
{
    const struct vpm_group *group = gunyah_model_thread_group(call->model, call->thread);
    if (gunyah_model_group_aggregates(group) && gunyah_model_thread_is_last(call->model, call->thread))
        return GUNYAH_PSCI_RETURN_DENIED;
    gunyah_model_thread_power_off(call->model, call->thread);
    *outcome = GUNYAH_MODEL_NO_RETURN;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

/** All vCPUs of the group stop, and the Resource Manager hears how. */
static int64_t power_down(struct model_call *call, enum gunyah_vm_exit_type type, const uint32_t words[4],
                          enum gunyah_model_outcome *outcome)
{
    struct gunyah_model *model = call->model;
    const struct vpm_group *group = gunyah_model_thread_group(model, call->thread);
    const bool is_vm = call->thread->vm != MODEL_NO_VM;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        struct thread *thread = group->members[i] != 0 ? model_at(model, group->members[i]) : NULL;
        if (thread == NULL)
            continue;
        if (is_vm || thread == call->thread)
            gunyah_model_thread_power_off(model, thread);
        else
            gunyah_model_thread_kill(model, thread);
    }
    gunyah_model_source_assert_edge(model, &call->thread->halt);
    if (is_vm)
        gunyah_model_rm_powered_off(model, call->thread->vm, type, words);
    *outcome = GUNYAH_MODEL_NO_RETURN;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t system_off(struct model_call *call, enum gunyah_model_outcome *outcome)
{
    return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF, NULL, outcome);
}

/** What vcpu_run says from now on. */
static void note_reset(struct thread *thread, uint32_t id, uint64_t type, uint64_t cookie)
{
    thread->reset = true;
    thread->reset_words[0] = id;
    thread->reset_words[1] = type;
    thread->reset_words[2] = cookie;
}

static int64_t system_reset(struct model_call *call, uint32_t id, enum gunyah_model_outcome *outcome)
{
    if (!is_primary(call) || manual_resets_primary(call->model)) {
        note_reset(call->thread, id, 0, 0);
        return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET, NULL, outcome);
    }
    call->model->crashed = true;
    *outcome = GUNYAH_MODEL_CRASHED;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t system_reset2(struct model_call *call, uint32_t id, uint64_t type, uint64_t cookie,
                             enum gunyah_model_outcome *outcome)
{
    // The machine's firmware does not know it, and its answer of 32 bits is handed on as it is.
    if (is_primary(call))
        return (uint32_t)GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
    bool wide = (id & WIDE) != 0;
    const uint32_t words[4] = {wide ? GUNYAH_RM_VM_EXIT_REASON_FLAG_PSCI_64BIT : 0, (uint32_t)type, (uint32_t)cookie,
                               wide ? (uint32_t)(cookie >> 32) : 0};
    note_reset(call->thread, id, type, cookie);
    return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, words, outcome);
}

static int64_t cpu_suspend(struct model_call *call, uint64_t state, enum gunyah_model_outcome *outcome)
{
    struct thread *thread = call->thread;
    // A VM of the embedder goes on as if an interrupt were pending: time does not pass inside a call.
    if (!thread->is_run)
        return GUNYAH_PSCI_RETURN_SUCCESS;
    gunyah_model_thread_suspend(call->model, thread, state);
    *outcome = GUNYAH_MODEL_NO_RETURN;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t answer(struct model_call *call, uint32_t id, const uint64_t x[4], enum gunyah_model_outcome *outcome)
{
    switch ((enum function)(id & 0xffff)) {
    case VERSION:
        return PSCI_VERSION_ANSWER;
    case CPU_OFF:
        return cpu_off(call, outcome);
    case CPU_ON:
        return cpu_on(call, x[1], x[2], x[3]);
    case AFFINITY_INFO:
        return affinity_info(call, x[1], x[2]);
    case SYSTEM_OFF:
        return system_off(call, outcome);
    case SYSTEM_RESET:
        return system_reset(call, id, outcome);
    case SYSTEM_RESET2:
        return system_reset2(call, id, x[1], x[2], outcome);
    case FEATURES:
        return features((uint32_t)x[1]);
    case SET_SUSPEND_MODE:
        return x[1] == 0 ? GUNYAH_PSCI_RETURN_SUCCESS : GUNYAH_PSCI_RETURN_INVALID_PARAMETERS;
    case CPU_SUSPEND:
        return cpu_suspend(call, x[1], outcome);
    case CPU_DEFAULT_SUSPEND:
        return cpu_suspend(call, 0, outcome);
    }
    return GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
}

bool gunyah_model_psci(struct model_call *call, uint32_t id, uint64_t x[4], enum gunyah_model_outcome *outcome)
{
    if (!is_known(id))
        return false;
    // Without a group there is nothing to talk about but what there would be.
    if (call->thread->vpm_group == 0 && (id & 0xffff) != FEATURES) {
        x[0] = (uint64_t)(int64_t)GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
        return true;
    }
    x[0] = (uint64_t)answer(call, id, x, outcome);
    return true;
}
