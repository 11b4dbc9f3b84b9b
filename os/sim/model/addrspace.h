// SPDX-License-Identifier: BSD-3-Clause
// The page tables of address spaces.
#ifndef GUNYAH_MODEL_ADDRSPACE_H
#define GUNYAH_MODEL_ADDRSPACE_H

#include "ranges.h"

/** Let a range of the address space lead to physical memory: value is the address there. ADDR_INVALID, NOMEM. */
int32_t gunyah_model_addrspace_show(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece);

/** Take what leads to exactly this physical memory out of the range. */
void gunyah_model_addrspace_hide(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece);

#endif
