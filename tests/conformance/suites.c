// SPDX-License-Identifier: BSD-3-Clause
#include "conformance.h"

const struct conformance_suite *const conformance_suites[] = {
    &conformance_identify,
    &conformance_system,
    &conformance_object,
    &conformance_cspace,
    &conformance_cspace_revoke,
    &conformance_vic,
    &conformance_memextent,
    &conformance_donate,
    &conformance_addrspace,
    &conformance_mapping,
    &conformance_msgqueue,
    &conformance_msgqueue_rules,
    &conformance_msgqueue_virq,
    &conformance_doorbell,
    &conformance_doorbell_virq,
    &conformance_thread,
    &conformance_thread_run,
    &conformance_vpm_group,
    &conformance_watchdog,
    &conformance_virtio,
    &conformance_wait,
    &conformance_rm,
    &conformance_vm,
    &conformance_vm_parts,
    &conformance_own_watchdog,
    &conformance_memory,
    &conformance_irq,
#if CONFORMANCE_DEVICE_TREES
    &conformance_dt,
#endif
    NULL,
};

size_t conformance_count(void)
{
    size_t count = 0;

    for (size_t i = 0; conformance_suites[i] != NULL; i++)
        count += conformance_suites[i]->count;
    return count;
}

const struct conformance_case *conformance_at(size_t index)
{
    for (size_t i = 0; conformance_suites[i] != NULL; i++) {
        if (index < conformance_suites[i]->count)
            return &conformance_suites[i]->cases[index];
        index -= conformance_suites[i]->count;
    }
    return NULL;
}
