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
        return GUNYAH_ERR_NULL;
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

enum gunyah_error gunyah_vic_configure(struct gunyah_vic *vic, uint32_t max_vcpus, uint32_t max_virqs)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);
    const gunyah_vic_option_flags_t no_options = {0};

    if (error != GUNYAH_OK)
        return error;
    const int32_t code = gunyah_hypercall_vic_configure(handle->g, handle->cap, max_vcpus, max_virqs, no_options, 0);
    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_VIC_CONFIGURE, code);
}

enum gunyah_error gunyah_vic_activate(struct gunyah_vic *vic)
{
    const struct handle *handle = (const struct handle *)vic;
    const enum gunyah_error error = gunyah_internal_check(handle, HANDLE_VIC, __func__);

    return error != GUNYAH_OK ? error : gunyah_object_activate(handle->g, handle->cap);
}
