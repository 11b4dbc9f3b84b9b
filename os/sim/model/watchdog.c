// SPDX-License-Identifier: BSD-3-Clause
// Watchdogs as objects: what whoever makes them does, their life and their end. What the VM does whose vCPUs are attached
// is in watchdog_guest.c.
#include "watchdog.h"

#include "calls.h"
#include "manual.h"
#include "vcpu.h"

static void init_source(struct gunyah_model *model, struct watchdog *watchdog, struct source *source,
                        enum source_kind kind)
{
    source->owner = model_ref_of(model, watchdog);
    source->kind = (uint32_t)kind;
}

void gunyah_model_watchdog_init(struct gunyah_model *model, void *object)
{
    struct watchdog *watchdog = object;
    init_source(model, watchdog, &watchdog->bark, SOURCE_WATCHDOG_BARK);
    init_source(model, watchdog, &watchdog->bite, SOURCE_WATCHDOG_BITE);
    watchdog->vm = MODEL_NO_VM;
    watchdog->bark_ms = watchdog->bite_ms = WATCHDOG_LONGEST_MS;
    watchdog->left = GUNYAH_MODEL_NEVER;
}

void gunyah_model_watchdog_destroy(struct gunyah_model *model, void *object)
{
    struct watchdog *watchdog = object;
    watchdog->freezes = 0;
    gunyah_model_watchdog_control(model, watchdog, false);
    gunyah_model_source_unbind(model, &watchdog->bark);
    gunyah_model_source_unbind(model, &watchdog->bite);
}

int32_t gunyah_model_watchdog_configure(struct model_call *call)
{
    struct watchdog *watchdog = call->object[0];
    if (watchdog->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if ((call->arg[1] & ~(uint64_t)GUNYAH_WATCHDOG_OPTION_FLAGS_CRITICAL_BITE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    watchdog->critical = (call->arg[1] & GUNYAH_WATCHDOG_OPTION_FLAGS_CRITICAL_BITE_MASK) != 0;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_watchdog_attach_vcpu(struct model_call *call)
{
    struct thread *thread = call->object[1];
    if (manual_refuses_hlos(call->model) && (thread->options & GUNYAH_VCPU_OPTION_FLAGS_HLOS_VM_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (thread->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    gunyah_model_thread_attach_watchdog(call->model, thread, call->object[0]);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

/** The interrupt that the flags are about. */
static struct source *source_of(struct watchdog *watchdog, uint64_t flags)
{
    return (flags & GUNYAH_WATCHDOG_BIND_OPTION_FLAGS_BITE_MASK) != 0 ? &watchdog->bite : &watchdog->bark;
}

int32_t gunyah_model_watchdog_bind_virq(struct model_call *call)
{
    struct source *source = source_of(call->object[0], call->arg[3]);
    return gunyah_model_source_bind(call->model, source, call->object[1], call->arg[2]);
}

int32_t gunyah_model_watchdog_unbind_virq(struct model_call *call)
{
    gunyah_model_source_unbind(call->model, source_of(call->object[0], call->arg[1]));
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_watchdog_manage(struct model_call *call)
{
    struct watchdog *watchdog = call->object[0];
    const uint32_t operation = (uint32_t)call->arg[1];
    if (operation == GUNYAH_WATCHDOG_MANAGE_OP_UNFREEZE)
        return gunyah_model_watchdog_unfreeze(call->model, watchdog);
    if (operation != GUNYAH_WATCHDOG_MANAGE_OP_FREEZE && operation != GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return gunyah_model_watchdog_freeze(call->model, watchdog, operation == GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET);
}
