// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

enum gunyah_error gunyah_hwirq_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_hwirq **hwirq)
{
    enum gunyah_error error;

    if (hwirq == NULL)
        return gunyah_internal_refuse(g, __func__, GUNYAH_ERR_NULL);
    *hwirq = (struct gunyah_hwirq *)gunyah_internal_open(g, HANDLE_HWIRQ, cap, __func__, &error);
    return error;
}

enum gunyah_error gunyah_hwirq_close(struct gunyah_hwirq **hwirq)
{
    if (hwirq == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_error error = gunyah_internal_close((struct handle *)*hwirq, HANDLE_HWIRQ, __func__);
    if (error == GUNYAH_OK)
        *hwirq = NULL;
    return error;
}

gunyah_capid_t gunyah_hwirq_capid(const struct gunyah_hwirq *hwirq)
{
    return gunyah_internal_capid((const struct handle *)hwirq, HANDLE_HWIRQ);
}

enum gunyah_error gunyah_hwirq_bind_virq(struct gunyah_hwirq *hwirq, struct gunyah_vic *vic, gunyah_virq_t virq)
{
    return gunyah_internal_bind((struct handle *)hwirq, HANDLE_HWIRQ, vic, virq, GUNYAH_HYPERCALL_HWIRQ_BIND_VIRQ,
                                __func__);
}

enum gunyah_error gunyah_hwirq_unbind_virq(struct gunyah_hwirq *hwirq)
{
    return gunyah_internal_unbind((struct handle *)hwirq, HANDLE_HWIRQ, GUNYAH_HYPERCALL_HWIRQ_UNBIND_VIRQ, __func__);
}
