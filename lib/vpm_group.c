// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_vpm_group_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_vpm_group **group)
{
    enum gunyah_error error;

    if (group == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *group = (struct gunyah_vpm_group *)gunyah_internal_open(g, HANDLE_VPM_GROUP, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_vpm_group_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_vpm_group **group)
{
    enum gunyah_error error;

    if (group == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *group = (struct gunyah_vpm_group *)gunyah_internal_create(
        partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_VPM_GROUP, HANDLE_VPM_GROUP, __func__, &error);
    return error;
}

enum gunyah_error gunyah_vpm_group_close(struct gunyah_vpm_group **group)
{
    if (group == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*group, HANDLE_VPM_GROUP, __func__);
    if (error == GUNYAH_OK)
        *group = NULL;
    return error;
}

gunyah_capid_t gunyah_vpm_group_capid(const struct gunyah_vpm_group *group)
{
    return gunyah_internal_capid((const struct handle *)group, HANDLE_VPM_GROUP);
}

enum gunyah_error gunyah_vpm_group_configure(struct gunyah_vpm_group *group, bool no_aggregation)
{
    const struct handle *handle = (const struct handle *)group;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VPM_GROUP, __func__);
    gunyah_vpm_group_option_flags_t flags = {0};

    if (error != GUNYAH_OK)
        return error;
    flags = gunyah_vpm_group_option_flags_with_no_aggregation(flags, no_aggregation);
    const int32_t code = gunyah_hypercall_vpm_group_configure(handle->g, handle->cap, flags);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VPM_GROUP_CONFIGURE, code);
}

enum gunyah_error gunyah_vpm_group_activate(struct gunyah_vpm_group *group)
{
    const struct handle *handle = (const struct handle *)group;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VPM_GROUP, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_vpm_group_attach_vcpu(struct gunyah_vpm_group *group, struct gunyah_thread *thread,
                                               uint32_t index)
{
    static const struct reason too_long = {GUNYAH_ERR_ARGUMENT_INVALID, "the index has more than 16 bits",
                                           "Count the vCPUs of the group from 0."};
    const struct handle *handle = (const struct handle *)group;
    const struct handle *member = (const struct handle *)thread;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VPM_GROUP, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, member, HANDLE_THREAD, __func__);
    if (error != GUNYAH_OK)
        return error;
    if (index > UINT16_MAX)
        return gunyah_internal_refuse_for(handle->g, __func__, &too_long);
    const int32_t code = gunyah_hypercall_vpm_group_attach_vcpu(handle->g, handle->cap, member->cap, index);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VPM_GROUP_ATTACH_VCPU, code);
}

enum gunyah_error gunyah_vpm_group_bind_virq(struct gunyah_vpm_group *group, struct gunyah_vic *vic, gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)group, HANDLE_VPM_GROUP, vic, virq,
                                GUNYAH_HYPERCALL_VPM_GROUP_BIND_VIRQ, __func__);
}

enum gunyah_error gunyah_vpm_group_unbind_virq(struct gunyah_vpm_group *group)
{
    return gunyah_internal_unbind((struct handle *)group, HANDLE_VPM_GROUP, GUNYAH_HYPERCALL_VPM_GROUP_UNBIND_VIRQ,
                                  __func__);
}

enum gunyah_error gunyah_vpm_group_get_state(struct gunyah_vpm_group *group, enum gunyah_vpm_state *state)
{
    const struct handle *handle = (const struct handle *)group;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VPM_GROUP, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (state == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    const struct gunyah_vpm_group_get_state_result answer =
        gunyah_hypercall_vpm_group_get_state(handle->g, handle->cap);
    if (answer.error == GUNYAH_HVERR_OK)
        *state = (enum gunyah_vpm_state)answer.vpm_state;
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VPM_GROUP_GET_STATE, answer.error);
}
