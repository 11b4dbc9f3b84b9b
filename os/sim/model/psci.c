// SPDX-License-Identifier: BSD-3-Clause
// PSCI: power of the vCPUs of a VM. The model runs no vCPU; it remembers which of them are on.
#include "dispatch.h"
#include "internal.h"
#include "rm.h"

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

static const struct vm *vm_of(struct model_call *call)
{
    return model_at(call->model, call->model->vms[call->thread->vm]);
}

static struct thread *vcpu_of(struct model_call *call, uint64_t mpidr)
{
    const struct vm *vm = vm_of(call);
    uint64_t index = mpidr & AFFINITY_BITS;
    return index < vm->vcpus ? model_at(call->model, vm->thread[index]) : NULL;
}

static int64_t cpu_on(struct model_call *call, uint64_t mpidr)
{
    struct thread *vcpu = vcpu_of(call, mpidr);
    if (vcpu == NULL && (mpidr & AFFINITY_BITS) >= call->model->options.max_vcpus)
        return GUNYAH_PSCI_RETURN_INVALID_PARAMETERS;
    if (vcpu == NULL)
        return GUNYAH_PSCI_RETURN_INTERNAL_FAILURE;
    if (vcpu->on)
        return GUNYAH_PSCI_RETURN_ALREADY_ON;
    vcpu->on = true;
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
    const struct vm *vm = vm_of(call);
    uint32_t on = 0;
    for (uint32_t i = 0; i < vm->vcpus; i++)
        on += ((const struct thread *)model_at(call->model, vm->thread[i]))->on ? 1 : 0;
    if (on == 1)
        return GUNYAH_PSCI_RETURN_DENIED;
    call->thread->on = false;
    *outcome = GUNYAH_MODEL_NO_RETURN;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

/** All vCPUs of the VM stop, and the Resource Manager hears how. */
static int64_t power_down(struct model_call *call, enum gunyah_vm_exit_type type, const uint32_t words[4],
                          enum gunyah_model_outcome *outcome)
{
    const struct vm *vm = vm_of(call);
    for (uint32_t i = 0; i < vm->vcpus; i++)
        ((struct thread *)model_at(call->model, vm->thread[i]))->on = false;
    gunyah_model_rm_powered_off(call->model, vm->index, type, words);
    *outcome = GUNYAH_MODEL_NO_RETURN;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t system_off(struct model_call *call, enum gunyah_model_outcome *outcome)
{
    return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF, NULL, outcome);
}

static int64_t system_reset(struct model_call *call, enum gunyah_model_outcome *outcome)
{
    if (vm_of(call)->vmid != PRIMARY_VMID)
        return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET, NULL, outcome);
    call->model->crashed = true;
    *outcome = GUNYAH_MODEL_CRASHED;
    return GUNYAH_PSCI_RETURN_SUCCESS;
}

static int64_t system_reset2(struct model_call *call, uint32_t id, uint64_t type, uint64_t cookie,
                             enum gunyah_model_outcome *outcome)
{
    // The machine's firmware does not know it, and its answer of 32 bits is handed on as it is.
    if (vm_of(call)->vmid == PRIMARY_VMID)
        return (uint32_t)GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
    bool wide = (id & WIDE) != 0;
    const uint32_t words[4] = {wide ? GUNYAH_RM_VM_EXIT_REASON_FLAG_PSCI_64BIT : 0, (uint32_t)type, (uint32_t)cookie,
                               wide ? (uint32_t)(cookie >> 32) : 0};
    return power_down(call, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, words, outcome);
}

static int64_t answer(struct model_call *call, uint32_t id, const uint64_t x[4], enum gunyah_model_outcome *outcome)
{
    switch ((enum function)(id & 0xffff)) {
    case VERSION:
        return PSCI_VERSION_ANSWER;
    case CPU_OFF:
        return cpu_off(call, outcome);
    case CPU_ON:
        return cpu_on(call, x[1]);
    case AFFINITY_INFO:
        return affinity_info(call, x[1], x[2]);
    case SYSTEM_OFF:
        return system_off(call, outcome);
    case SYSTEM_RESET:
        return system_reset(call, outcome);
    case SYSTEM_RESET2:
        return system_reset2(call, id, x[1], x[2], outcome);
    case FEATURES:
        return features((uint32_t)x[1]);
    case SET_SUSPEND_MODE:
        return x[1] == 0 ? GUNYAH_PSCI_RETURN_SUCCESS : GUNYAH_PSCI_RETURN_INVALID_PARAMETERS;
    case CPU_SUSPEND:
    case CPU_DEFAULT_SUSPEND:
        // As if an interrupt were pending: time does not pass inside a call.
        return GUNYAH_PSCI_RETURN_SUCCESS;
    }
    return GUNYAH_PSCI_RETURN_NOT_SUPPORTED;
}

bool gunyah_model_psci(struct model_call *call, uint32_t id, uint64_t x[4], enum gunyah_model_outcome *outcome)
{
    if (!is_known(id))
        return false;
    // Whoever calls is running, however it was started.
    call->thread->on = true;
    x[0] = (uint64_t)answer(call, id, x, outcome);
    return true;
}
