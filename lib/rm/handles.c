// SPDX-License-Identifier: BSD-3-Clause
// Handles of memory parcels and of lent interrupts. While one is open, its connection cannot be closed.
#include "client.h"

struct handle *gunyah_internal_rm_open_handle(struct rm *rm, enum handle_kind kind, uint32_t number,
                                              enum lending_side side, const char *function, enum gunyah_error *error)
{
    struct handle *handle = gunyah_internal_open(rm->g, kind, gunyah_capid(GUNYAH_CAPID_INVALID), function, error);

    if (handle == NULL)
        return NULL;
    handle->number = number;
    handle->owner = NULL;
    handle->label = 0;
    handle->transaction = 0;
    handle->io = false;
    handle->side = (uint8_t)side;
    handle->rm = rm;
    rm->users++;
    return handle;
}

void gunyah_internal_rm_close_handle(struct handle *handle)
{
    handle->rm->users--;
    gunyah_internal_close(handle, handle->kind, NULL);
}
