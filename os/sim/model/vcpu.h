// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the model do to vCPUs.
#ifndef GUNYAH_MODEL_VCPU_H
#define GUNYAH_MODEL_VCPU_H

#include "internal.h"

/** Give a thread that is not active yet what it needs; each may be repeated. NOMEM (an address space has as many at most as the platform has processors). */
void gunyah_model_thread_attach_cspace(struct gunyah_model *model, struct thread *thread, struct cspace *cspace);
int32_t gunyah_model_thread_attach_addrspace(struct gunyah_model *model, struct thread *thread,
                                             struct addrspace *addrspace);
void gunyah_model_thread_attach_vic(struct gunyah_model *model, struct thread *thread, struct vic *vic, uint32_t index);
void gunyah_model_thread_attach_group(struct gunyah_model *model, struct thread *thread, struct vpm_group *group,
                                      uint32_t index);

void gunyah_model_thread_attach_watchdog(struct gunyah_model *model, struct thread *thread, struct watchdog *watchdog);

/** Has it something to do, as far as it depends on itself? */
bool gunyah_model_thread_is_runnable(struct gunyah_model *model, const struct thread *thread);

/** Something has happened that it may have waited for. */
void gunyah_model_thread_woken(struct gunyah_model *model, struct thread *thread);

/** Run a thread until it stops. */
void gunyah_model_thread_run(struct gunyah_model *model, struct thread *thread);

/** Run all that physical CPUs get to until now. */
void gunyah_model_threads_run_due(struct gunyah_model *model);

/** Tell its group whether it is neither off nor suspended. */
void gunyah_model_thread_set_awake(struct gunyah_model *model, const struct thread *thread, bool awake);

void gunyah_model_thread_power_on(struct gunyah_model *model, struct thread *thread);
void gunyah_model_thread_power_off(struct gunyah_model *model, struct thread *thread);
void gunyah_model_thread_suspend(struct gunyah_model *model, struct thread *thread, uint64_t state);
void gunyah_model_thread_kill(struct gunyah_model *model, struct thread *thread);

/** Is the thread the only one of its group that is on? True also without a group. */
bool gunyah_model_thread_is_last(struct gunyah_model *model, const struct thread *thread);

/** May the thread be switched off, being the last one of its group or not? */
bool gunyah_model_group_aggregates(const struct vpm_group *group);

/** The group of a thread, or NULL. */
struct vpm_group *gunyah_model_thread_group(struct gunyah_model *model, const struct thread *thread);

#endif
