// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

bool gunyah_virq_is_bindable(gunyah_virq_t virq)
{
    return virq.value >= GUNYAH_VIRQ_SPI_FIRST && virq.value <= GUNYAH_VIRQ_SPI_LAST;
}

enum gunyah_error gunyah_vic_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_vic **vic)
{
    enum gunyah_error error;

    if (vic == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *vic = (struct gunyah_vic *)gunyah_internal_open(g, HANDLE_VIC, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_vic_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                    struct gunyah_vic **vic)
{
    enum gunyah_error error;

    if (vic == NULL)
        return gunyah_internal_refuse(gunyah_internal_session(partition), __func__, GUNYAH_ERR_NULL);
    *vic = (struct gunyah_vic *)gunyah_internal_create(partition, into, GUNYAH_HYPERCALL_PARTITION_CREATE_VIC,
                                                       HANDLE_VIC, __func__, &error);
    return error;
}

enum gunyah_error gunyah_vic_close(struct gunyah_vic **vic)
{
    if (vic == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*vic, HANDLE_VIC, __func__);
    if (error == GUNYAH_OK)
        *vic = NULL;
    return error;
}

gunyah_capid_t gunyah_vic_capid(const struct gunyah_vic *vic)
{
    return gunyah_internal_capid((const struct handle *)vic, HANDLE_VIC);
}

// A controller has no more vCPUs than the hypervisor has processors.
static void note_cpus(struct gunyah *g, uint32_t max_vcpus)
{
    if (g->known_cpus < max_vcpus)
        g->known_cpus = max_vcpus;
}

enum gunyah_error gunyah_vic_configure(struct gunyah_vic *vic, uint32_t max_vcpus, uint32_t max_virqs)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);
    const gunyah_vic_option_flags_t no_options = {0};

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vic_configure(handle->g, handle->cap, max_vcpus, max_virqs, no_options, 0);
    if (code == GUNYAH_HVERR_OK)
        note_cpus(handle->g, max_vcpus);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIC_CONFIGURE, code);
}

enum gunyah_error gunyah_vic_activate(struct gunyah_vic *vic)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}

enum gunyah_error gunyah_vic_attach_vcpu(struct gunyah_vic *vic, struct gunyah_thread *thread, uint32_t index)
{
    const struct handle *handle = (const struct handle *)vic;
    const struct handle *member = (const struct handle *)thread;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, member, HANDLE_THREAD, __func__);
    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vic_attach_vcpu(handle->g, handle->cap, member->cap, index);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIC_ATTACH_VCPU, code);
}

enum gunyah_error gunyah_vic_set_mpidr_mapping(struct gunyah_vic *vic, const struct gunyah_mpidr_mapping *mapping)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);

    if (error != GUNYAH_OK)
        return error;
    if (mapping == NULL)
        return gunyah_internal_refuse(handle->g, __func__, GUNYAH_ERR_NULL);
    const uint32_t *shifts = mapping->aff_shifts;
    const int32_t code = gunyah_hypercall_vgic_set_mpidr_mapping(handle->g, handle->cap, mapping->mask, shifts[0],
                                                                 shifts[1], shifts[2], shifts[3], mapping->mt);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VGIC_SET_MPIDR_MAPPING, code);
}

enum gunyah_error gunyah_vic_bind_msi_source(struct gunyah_vic *vic, gunyah_capid_t source)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vic_bind_msi_source(handle->g, handle->cap, source);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIC_BIND_MSI_SOURCE, code);
}

// Where a handle notes the interrupt that a call binds or unbinds.
static gunyah_virq_t *bound_by(struct handle *handle, uint32_t number)
{
    const bool sends =
        number == GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ || number == GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_SEND_VIRQ;

    return sends ? &handle->send_virq : &handle->receive_virq;
}

enum gunyah_error gunyah_internal_bind(struct handle *handle, enum handle_kind kind, const struct gunyah_vic *vic,
                                       gunyah_virq_t virq, uint32_t number, const char *function)
{
    const struct handle *controller = (const struct handle *)vic;
    enum gunyah_error error = gunyah_internal_check(handle, kind, function);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, controller, HANDLE_VIC, function);
    if (error != GUNYAH_OK)
        return error;
    struct gunyah_registers r = {{0, handle->cap.value, controller->cap.value, virq.value, 0}};
    gunyah_call(handle->g, number, &r);
    error = gunyah_internal_answer(handle->g, number, (int32_t)r.x[0]);
    if (error == GUNYAH_OK)
        *bound_by(handle, number) = virq;
    return error;
}

enum gunyah_error gunyah_internal_unbind(struct handle *handle, enum handle_kind kind, uint32_t number,
                                         const char *function)
{
    enum gunyah_error error = gunyah_internal_check(handle, kind, function);

    if (error != GUNYAH_OK)
        return error;
    struct gunyah_registers r = {{0, handle->cap.value, 0}};
    gunyah_call(handle->g, number, &r);
    error = gunyah_internal_answer(handle->g, number, (int32_t)r.x[0]);
    if (error == GUNYAH_OK)
        *bound_by(handle, number) = gunyah_virq(0);
    return error;
}
