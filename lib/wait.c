// SPDX-License-Identifier: BSD-3-Clause
#include "internal.h"

static const char name[] = "gunyah_wait";

enum gunyah_error gunyah_wait(struct gunyah *g, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index)
{
    size_t place = 0;

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    if (virqs == NULL)
        return gunyah_internal_refuse(g, name, GUNYAH_ERR_NULL);
    if (count == 0)
        return gunyah_internal_refuse(g, name, GUNYAH_ERR_ARGUMENT_SIZE);
    if (!(g->ops->capabilities & GUNYAH_BACKEND_WAIT))
        return gunyah_internal_refuse(g, name, GUNYAH_ERR_UNSUPPORTED);

    atomic_store(&g->waiting, true);
    const enum gunyah_error error = g->ops->wait(g->context, virqs, count, timeout_ns, &place);
    atomic_store(&g->waiting, false);
    if (error != GUNYAH_OK)
        return gunyah_internal_backend_failed(g, name, error);
    if (index != NULL)
        *index = place;
    return GUNYAH_OK;
}
