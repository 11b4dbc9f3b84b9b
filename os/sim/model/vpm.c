// SPDX-License-Identifier: BSD-3-Clause
// Power groups: vCPUs that are one machine to PSCI.
#include "calls.h"
#include "manual.h"
#include "vcpu.h"

void gunyah_model_vpm_group_init(struct gunyah_model *model, void *object)
{
    struct vpm_group *group = object;
    group->source.kind = SOURCE_VPM_GROUP;
    group->source.owner = model_ref_of(model, group);
}

void gunyah_model_vpm_group_destroy(struct gunyah_model *model, void *object)
{
    struct vpm_group *group = object;
    // The hypervisor forgets to unbind it.
    if (manual_group_unbinds(model))
        gunyah_model_source_unbind(model, &group->source);
    else
        gunyah_model_source_abandon(model, &group->source);
}

bool gunyah_model_group_aggregates(const struct vpm_group *group)
{
    return (group->options & GUNYAH_VPM_GROUP_OPTION_FLAGS_NO_AGGREGATION_MASK) == 0;
}

struct vpm_group *gunyah_model_thread_group(struct gunyah_model *model, const struct thread *thread)
{
    return thread->vpm_group != 0 ? model_at(model, thread->vpm_group) : NULL;
}

bool gunyah_model_thread_is_last(struct gunyah_model *model, const struct thread *thread)
{
    const struct vpm_group *group = gunyah_model_thread_group(model, thread);
    if (group == NULL)
        return true;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++) {
        if (group->members[i] == 0 || i == thread->vpm_index)
            continue;
        if (((const struct thread *)model_at(model, group->members[i]))->on)
            return false;
    }
    return true;
}

int32_t gunyah_model_vpm_group_configure(struct model_call *call)
{
    struct vpm_group *group = call->object[0];
    if (group->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    group->options = call->arg[1];
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vpm_group_attach_vcpu(struct model_call *call)
{
    struct vpm_group *group = call->object[0];
    struct thread *thread = call->object[1];
    const uint32_t index = (uint16_t)call->arg[2];
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (index >= call->model->options.max_vcpus)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    gunyah_model_thread_attach_group(call->model, thread, group, index);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vpm_group_bind_virq(struct model_call *call)
{
    struct vpm_group *group = call->object[0];
    return gunyah_model_source_bind(call->model, &group->source, call->object[1], call->arg[2]);
}

int32_t gunyah_model_vpm_group_unbind_virq(struct model_call *call)
{
    struct vpm_group *group = call->object[0];
    gunyah_model_source_unbind(call->model, &group->source);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vpm_group_get_state(struct model_call *call)
{
    const struct vpm_group *group = call->object[0];
    call->result[1] = group->awake != 0 ? GUNYAH_VPM_STATE_RUNNING : GUNYAH_VPM_STATE_CPUS_SUSPENDED;
    return GUNYAH_HVERR_OK;
}
