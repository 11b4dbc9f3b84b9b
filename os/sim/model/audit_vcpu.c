// SPDX-License-Identifier: BSD-3-Clause
// VMs, their vCPUs, and the groups of these.
#include "audit.h"
#include "manual.h"

bool gunyah_model_audit_find_thread(struct audit *audit, struct thread *thread)
{
    const bool is_active = gunyah_model_audit_is_active(&thread->object);
    if (!AUDIT_BOOLS(audit, &thread->on, &thread->is_run, &thread->proxy, &thread->reset, &thread->is_load) ||
        !gunyah_model_audit_find_source(audit, &thread->object, &thread->wakeup, SOURCE_VCPU) ||
        !gunyah_model_audit_find_source(audit, &thread->object, &thread->halt, SOURCE_VCPU) ||
        !gunyah_model_audit_may_hold(audit, thread->cspace, GUNYAH_OBJECT_TYPE_CSPACE) ||
        !gunyah_model_audit_may_hold(audit, thread->addrspace, GUNYAH_OBJECT_TYPE_ADDRSPACE) ||
        !gunyah_model_audit_may_hold(audit, thread->vic, GUNYAH_OBJECT_TYPE_VIC) ||
        !gunyah_model_audit_may_hold(audit, thread->vpm_group, GUNYAH_OBJECT_TYPE_VPM_GROUP) ||
        !gunyah_model_audit_may_hold(audit, thread->watchdog, GUNYAH_OBJECT_TYPE_WATCHDOG))
        return false;
    if (thread->life > THREAD_EXITED || thread->wait > THREAD_WAITS_FAULTED ||
        thread->vic_index >= GUNYAH_MODEL_MAX_VCPUS || thread->vpm_index >= GUNYAH_MODEL_MAX_VCPUS ||
        (thread->vm >= GUNYAH_VMID_ROOT && thread->vm != MODEL_NO_VM))
        return gunyah_model_audit_fail(audit, "a vCPU is what none can be");
    if (is_active && (thread->cspace == 0 || thread->addrspace == 0 ||
                      (thread->vic == 0 && manual_no_vic(audit->model) != GUNYAH_HVERR_OK)))
        return gunyah_model_audit_fail(audit, "a vCPU lacks what it cannot be without");
    if (is_active != (thread->life != THREAD_NEW) || (!is_active && thread->on))
        return gunyah_model_audit_fail(audit, "a vCPU lives that is not active, or the other way round");
    return true;
}

bool gunyah_model_audit_find_group(struct audit *audit, struct vpm_group *group)
{
    if (!gunyah_model_audit_find_source(audit, &group->object, &group->source, SOURCE_VPM_GROUP))
        return false;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        if (group->members[i] != 0 &&
            gunyah_model_audit_object(audit, group->members[i], GUNYAH_OBJECT_TYPE_THREAD) == NULL)
            return false;
    }
    return true;
}

static bool find_vcpu(struct audit *audit, const struct vm *vm, uint32_t index)
{
    const struct thread *thread = gunyah_model_audit_hold(audit, vm->thread[index], GUNYAH_OBJECT_TYPE_THREAD);
    if (thread == NULL)
        return false;
    if (!gunyah_model_audit_is_active(&thread->object) || thread->vm != vm->index || thread->index != index ||
        thread->vic != vm->vic)
        return gunyah_model_audit_fail(audit, "a VM has a vCPU that is not its own");
    return true;
}

bool gunyah_model_audit_vm(struct audit *audit, uint32_t index)
{
    const struct gunyah_model *model = audit->model;
    const struct vm *vm = gunyah_model_audit_claim(audit, model->vms[index], sizeof(struct vm));
    if (vm == NULL || !AUDIT_BOOLS(audit, &vm->halted))
        return false;
    if (index >= GUNYAH_VMID_ROOT || vm->index != index || vm->vmid != (index == 0 ? GUNYAH_VMID_ROOT : index) ||
        vm->vcpus == 0 || vm->vcpus > model->options.max_vcpus)
        return gunyah_model_audit_fail(audit, "a VM is what none can be");
    for (uint32_t i = 0; i < vm->vcpus; i++) {
        if (!find_vcpu(audit, vm, i))
            return false;
    }
    const struct object *vic = gunyah_model_audit_object(audit, vm->vic, GUNYAH_OBJECT_TYPE_VIC);
    if (vic == NULL || !gunyah_model_audit_is_active(vic))
        return gunyah_model_audit_fail(audit, "a VM has no interrupt controller");
    return true;
}
