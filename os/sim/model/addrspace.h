// SPDX-License-Identifier: BSD-3-Clause
// The page tables of address spaces.
#ifndef GUNYAH_MODEL_ADDRSPACE_H
#define GUNYAH_MODEL_ADDRSPACE_H

#include "ranges.h"

#define IPA_END (UINT64_C(1) << 36) // of a page table

/** Can page tables express these attributes? At others, the real hypervisor stops. */
bool gunyah_model_addrspace_expresses(uint32_t mapping_attrs);

/** What is mapped at an address, as gunyah_model_translate() tells it of a VM's. */
bool gunyah_model_addrspace_translate(struct gunyah_model *model, const struct addrspace *addrspace, uint64_t address,
                                      struct gunyah_model_translation *translation);

/** Let a range of the address space lead to physical memory: value is the address there. ADDR_INVALID, ARGUMENT_INVALID (attributes), NOMEM. */
int32_t gunyah_model_addrspace_show(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece);

/** Take what leads to exactly this physical memory out of the range. */
void gunyah_model_addrspace_hide(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece);

#endif
