// SPDX-License-Identifier: BSD-3-Clause
// Records failures where they happen, and finds words for them when somebody asks.
#include "internal.h"

enum gunyah_error gunyah_internal_record(struct gunyah *g, const struct failure *failure)
{
    if (g != NULL)
        g->failure = *failure;
    return failure->error;
}

static enum gunyah_error fail(struct gunyah *g, enum gunyah_domain domain, const char *function,
                              enum gunyah_error error)
{
    const struct failure failure = {.error = error, .domain = domain, .code = (int32_t)error, .function = function};

    return gunyah_internal_record(g, &failure);
}

enum gunyah_error gunyah_internal_refuse(struct gunyah *g, const char *function, enum gunyah_error error)
{
    return fail(g, GUNYAH_DOMAIN_LIBRARY, function, error);
}

enum gunyah_error gunyah_internal_backend_failed(struct gunyah *g, const char *function, enum gunyah_error error)
{
    return fail(g, GUNYAH_DOMAIN_BACKEND, function, error);
}

enum gunyah_error gunyah_internal_refuse_for(struct gunyah *g, const char *function, const struct reason *reason)
{
    const struct gunyah_error_info info = {.error = reason->error,
                                           .domain = GUNYAH_DOMAIN_LIBRARY,
                                           .code = (int64_t)reason->error,
                                           .call = function,
                                           .text = reason->text,
                                           .advice = reason->advice};

    return g != NULL ? gunyah_internal_told(g, &info) : reason->error;
}

enum gunyah_error gunyah_internal_told(struct gunyah *g, const struct gunyah_error_info *info)
{
    g->told = *info;
    if (info->text == NULL)
        g->told.text = gunyah_error_text(info->error);
    if (info->advice == NULL)
        g->told.advice = "";
    const struct failure failure = {info->error, info->domain, (int32_t)info->code, 0, info->call, &g->told};

    return gunyah_internal_record(g, &failure);
}

enum gunyah_error gunyah_internal_refused(struct gunyah *g, uint32_t number, int32_t code)
{
    const struct failure failure = {
        gunyah_error_from_hypervisor(code), GUNYAH_DOMAIN_HYPERVISOR, code, number, NULL, NULL};

    return gunyah_internal_record(g, &failure);
}

enum gunyah_error gunyah_internal_fast_refused(struct gunyah *g, const char *function, uint32_t number, int32_t code)
{
    const struct failure failure = {
        gunyah_error_from_hypervisor(code), GUNYAH_DOMAIN_HYPERVISOR, code, number, function, NULL};

    return gunyah_internal_record(g, &failure);
}

#define ANY_CALL UINT32_MAX

#define FREE_INTERRUPT "Choose an interrupt that has no source yet."
#define BINDABLE                                                                                                       \
    "Sources bind to shared interrupts, 32 to 31 + max_virqs of the controller, and both CapIDs must be of this VM's " \
    "capability space."
#define NO_WATCHDOGS "This hypervisor has no watchdogs; ask gunyah_has() before."
#define NO_WATCHDOG                                                                                                    \
    "This vCPU has no watchdog: its owner attaches one before it is active, where the hypervisor has them; ask "       \
    "gunyah_has() for that."
#define ALREADY_SO                                                                                                     \
    "It is so already, which some hypervisors refuse: take it for success, and gunyah_own_watchdog_get_status() "      \
    "tells."

// What to do about an error. The first row that fits counts: rows of one call come before those of any call.
static const struct {
    enum gunyah_error error;
    uint32_t number;
    const char *advice;
} advices[] = {
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_PRNG_GET_ENTROPY, "Wait 33 ms: a thread may ask four times in that time."},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_HWIRQ_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VPM_GROUP_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, FREE_INTERRUPT},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, "Freezes are counted: unfreeze as often as you freeze."},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VCPU_BIND_VIRQ,
     "Choose an interrupt that has no source yet; a wake-up interrupt cannot be bound to a vCPU that runs."},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VCPU_POWERON, "It is on already, or was when it was killed."},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VCPU_REGISTER_WRITE, "Write registers before the vCPU is switched on."},
    {GUNYAH_ERR_BUSY, GUNYAH_HYPERCALL_VCPU_RUN,
     "Give the vCPU the option vcpu_run_scheduled or a wake-up interrupt before, and run it in one place at a time."},
    {GUNYAH_ERR_FAILURE, GUNYAH_HYPERCALL_VCPU_POWERON, "It was killed: make a new one."},
    {GUNYAH_ERR_DENIED, GUNYAH_HYPERCALL_VCPU_POWEROFF,
     "Say that it is the last one of its power group that is on if, and only if, it is; or power off the others "
     "first."},
    {GUNYAH_ERR_DENIED, GUNYAH_HYPERCALL_VCPU_SET_AFFINITY, "A pinned vCPU stays where it was when it was activated."},
    {GUNYAH_ERR_DENIED, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_ASSERT_VIRQ,
     "The driver waits for a reset: acknowledge that first."},
    {GUNYAH_ERR_OBJECT_CONFIG, GUNYAH_HYPERCALL_VIRTIO_INPUT_CONFIGURE,
     "Configure the virtio device as one of the type INPUT, before it is activated."},
    {GUNYAH_ERR_NO_RESOURCES, GUNYAH_HYPERCALL_VIRTIO_INPUT_SET_DATA,
     "Configure as many event types and axes as the device has."},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_DOORBELL_RECEIVE,
     "Name at least one flag to clear; the CapID must be of this VM's capability space."},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_SEND,
     "A send threshold is 0 to depth - 1; the CapID must be of this VM's capability space."},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE_RECEIVE,
     "A receive threshold is 1 to depth; the CapID must be of this VM's capability space."},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_MSGQUEUE_BIND_SEND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_MSGQUEUE_BIND_RECEIVE_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_VCPU_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_VPM_GROUP_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_VIRTIO_MMIO_BACKEND_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_HYPERCALL_VIRTIO_MMIO_FRONTEND_BIND_VIRQ, BINDABLE},
    {GUNYAH_ERR_ARGUMENT_INVALID, GUNYAH_SMCCC_WATCHDOG_CONTROL, ALREADY_SO},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_PARTITION_CREATE_WATCHDOG, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_WATCHDOG_CONFIGURE, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_WATCHDOG_ATTACH_VCPU, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_WATCHDOG_BIND_VIRQ, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_WATCHDOG_UNBIND_VIRQ, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, NO_WATCHDOGS},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_SMCCC_WATCHDOG_CONTROL, NO_WATCHDOG},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_SMCCC_WATCHDOG_STATUS, NO_WATCHDOG},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_SMCCC_WATCHDOG_PET, NO_WATCHDOG},
    {GUNYAH_ERR_UNIMPLEMENTED, GUNYAH_SMCCC_WATCHDOG_SET_TIME, NO_WATCHDOG},
    {GUNYAH_ERR_OBJECT_STATE, GUNYAH_HYPERCALL_WATCHDOG_ATTACH_VCPU,
     "Attach a vCPU after the watchdog was activated, and before the vCPU is."},
    {GUNYAH_ERR_OBJECT_STATE, GUNYAH_HYPERCALL_OBJECT_ACTIVATE,
     "An object is activated once; after a failed activation, delete its capability and create it again."},
    {GUNYAH_ERR_INSUFFICIENT_RIGHTS, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM,
     "Ask for a right that the source has; a copy without any right cannot be made."},
    {GUNYAH_ERR_INSUFFICIENT_RIGHTS, GUNYAH_HYPERCALL_CSPACE_REVOKE_CAPS_FROM,
     "Revoke through the master capability, the one that creating the object returned."},

    {GUNYAH_ERR_NULL, ANY_CALL, "Pass a valid pointer."},
    {GUNYAH_ERR_HANDLE, ANY_CALL, "Do not use a handle after it was closed."},
    {GUNYAH_ERR_OPTION, ANY_CALL, "Start from the _INIT macro of the struct, and set only what these headers declare."},
    {GUNYAH_ERR_NO_BACKEND, ANY_CALL, "Name a backend, or end the list of candidates with a simulated VM."},
    {GUNYAH_ERR_NOT_GUNYAH, ANY_CALL,
     "Check the conduit and the convention, and that this is a VM of a Gunyah hypervisor."},
    {GUNYAH_ERR_API_VERSION, ANY_CALL, "Use a release of the library that knows the hypervisor's API version."},
    {GUNYAH_ERR_UNSUPPORTED, ANY_CALL, "Ask gunyah_has() before, or choose another backend."},
    {GUNYAH_ERR_TIMEOUT, ANY_CALL, "Wait longer, or look whether the peer is alive."},
    {GUNYAH_ERR_DEADLOCK, ANY_CALL,
     "Every thread of the simulator waits: send before you wait, wait with a time-out, or declare the number of "
     "threads."},
    {GUNYAH_ERR_NOT_BOUND, ANY_CALL, "Bind an interrupt through this handle, or name the bound one when opening it."},
    {GUNYAH_ERR_IN_USE, ANY_CALL, "Close what uses it first."},
    {GUNYAH_ERR_OUT_OF_MEMORY, ANY_CALL, "Give the allocator or arena more memory, or close handles."},
    {GUNYAH_ERR_MESSAGE_EMPTY, ANY_CALL,
     "Send at least one byte: the hypervisor drops an empty message and answers success."},
    {GUNYAH_ERR_MESSAGE_TOO_LONG, ANY_CALL,
     "Split the message: the hypervisor drops a longer one and answers success."},
    {GUNYAH_ERR_BUFFER_TOO_SMALL, ANY_CALL,
     "Receive into a buffer as large as the queue's largest message, gunyah_msgqueue_message_size()."},
    {GUNYAH_ERR_PROTOCOL, ANY_CALL, "Make the request again; if it stays so, the peer is not what it is taken for."},
    {GUNYAH_ERR_CRASHED, ANY_CALL, "The hypervisor does not come back; look at the last calls in the trace."},
    {GUNYAH_ERR_UNKNOWN, ANY_CALL, "Look the raw code up in the documentation of this hypervisor."},
    {GUNYAH_ERR_DEVICE_TREE, ANY_CALL, "Read gunyah_dt_last_problem(): it names the node and the property."},
    {GUNYAH_ERR_NOT_FOUND, ANY_CALL, "Look what is there, and under which label or path."},
    {GUNYAH_ERR_FORMAT, ANY_CALL, "Look at what made the file, and whether all of it is there."},
    {GUNYAH_ERR_UNIMPLEMENTED, ANY_CALL, "This hypervisor does not have the call; ask gunyah_has() before."},
    {GUNYAH_ERR_RETRY, ANY_CALL, "Make the same call again."},
    {GUNYAH_ERR_ARGUMENT_INVALID, ANY_CALL,
     "Check every argument, and that each CapID is of this VM's capability space."},
    {GUNYAH_ERR_ARGUMENT_SIZE, ANY_CALL, "Check sizes and counts against the limits of the call."},
    {GUNYAH_ERR_ARGUMENT_ALIGNMENT, ANY_CALL, "Align addresses and sizes as the call requires."},
    {GUNYAH_ERR_NO_MEMORY, ANY_CALL,
     "The hypervisor's partition is out of memory: delete objects, or donate memory to it."},
    {GUNYAH_ERR_NO_RESOURCES, ANY_CALL, "Free one of the hypervisor's fixed resources of this kind."},
    {GUNYAH_ERR_ADDR_OVERFLOW, ANY_CALL, "The address plus the size must not wrap around."},
    {GUNYAH_ERR_ADDR_UNDERFLOW, ANY_CALL, "The address lies below what the object covers."},
    {GUNYAH_ERR_ADDR_INVALID, ANY_CALL, "Use memory that is mapped for this VM, and writable where it is written."},
    {GUNYAH_ERR_DENIED, ANY_CALL, "Something forbids this in the present state; the reference of the call names it."},
    {GUNYAH_ERR_BUSY, ANY_CALL, "Somebody else uses it at the moment; try again."},
    {GUNYAH_ERR_IDLE, ANY_CALL, "Activate the vCPU first."},
    {GUNYAH_ERR_OBJECT_STATE, ANY_CALL,
     "Configure before activation, use after it; for VMs, parcels and lent interrupts, the function's comment names "
     "the "
     "states in which it is allowed."},
    {GUNYAH_ERR_OBJECT_CONFIG, ANY_CALL, "Configure the object before activating it."},
    {GUNYAH_ERR_OBJECT_CONFIGURED, ANY_CALL, "The object is configured already."},
    {GUNYAH_ERR_FAILURE, ANY_CALL, "The hypervisor gives no reason; look at its log."},
    {GUNYAH_ERR_VIRQ_BOUND, ANY_CALL, "Unbind the interrupt that the object has before binding another one."},
    {GUNYAH_ERR_VIRQ_NOT_BOUND, ANY_CALL, "Bind an interrupt first."},
    {GUNYAH_ERR_CAP_NULL, ANY_CALL, "Nothing is in this slot: the capability was deleted, or never given to this VM."},
    {GUNYAH_ERR_CAP_REVOKED, ANY_CALL, "The owner took the object back; delete the capability."},
    {GUNYAH_ERR_WRONG_OBJECT_TYPE, ANY_CALL, "The CapID names an object of another kind."},
    {GUNYAH_ERR_INSUFFICIENT_RIGHTS, ANY_CALL,
     "Ask the owner of the object for a capability with the right that this call needs."},
    {GUNYAH_ERR_CSPACE_FULL, ANY_CALL,
     "Delete capabilities that are not used, or configure the space with more slots."},
    {GUNYAH_ERR_EMPTY, ANY_CALL, "Wait for the not-empty interrupt."},
    {GUNYAH_ERR_FULL, ANY_CALL, "Wait for the not-full interrupt."},
    {GUNYAH_ERR_NOT_OWNER, ANY_CALL, "The memory belongs to another extent or partition."},
    {GUNYAH_ERR_MAPPINGS_FULL, ANY_CALL, "Unmap the extent somewhere else first: it has four mappings."},
    {GUNYAH_ERR_MEMEXTENT_TYPE, ANY_CALL, "This needs a sparse extent."},
    {GUNYAH_ERR_RM_LOOKUP_FAILED, ANY_CALL, "Look through gunyah_vm_resources(): it has kinds and labels."},
};

static const char *advice_for(const struct failure *failure)
{
    const bool called = failure->domain == GUNYAH_DOMAIN_HYPERVISOR;

    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (advices[i].error != failure->error)
            continue;
        if (advices[i].number == ANY_CALL || (called && advices[i].number == failure->number))
            return advices[i].advice;
    }
    return "";
}

// In a program without the Resource Manager's client, nothing is ever about a message. With it, lib/rm/refused.c has the
// words, and takes the place of this.
__attribute__((weak)) void gunyah_internal_rm_explain(const struct failure *failure, struct gunyah_error_info *info)
{
    (void)failure;
    (void)info;
}

void gunyah_internal_explain(const struct failure *failure, struct gunyah_error_info *info)
{
    info->error = failure->error;
    info->domain = failure->domain;
    info->code = failure->code;
    info->text = failure->told != NULL ? failure->told->text : gunyah_error_text(failure->error);
    info->advice = failure->told != NULL ? failure->told->advice : advice_for(failure);
    info->call = failure->function;
    if (failure->function != NULL)
        return;
    if (failure->domain == GUNYAH_DOMAIN_HYPERVISOR)
        info->call = gunyah_call_name(failure->number);
    else
        gunyah_internal_rm_explain(failure, info);
}

enum gunyah_error gunyah_error_explain(enum gunyah_error error, struct gunyah_error_info *info)
{
    // A call of no name keeps it apart from what the Resource Manager's client tells.
    const struct failure failure = {
        .error = error, .domain = GUNYAH_DOMAIN_LIBRARY, .code = (int32_t)error, .function = ""};

    if (info == NULL)
        return GUNYAH_ERR_NULL;
    gunyah_internal_explain(&failure, info);
    info->call = NULL;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_error_explain_call(uint32_t number, int32_t code, struct gunyah_error_info *info)
{
    const struct failure failure = {
        gunyah_error_from_hypervisor(code), GUNYAH_DOMAIN_HYPERVISOR, code, number, NULL, NULL};

    if (info == NULL)
        return GUNYAH_ERR_NULL;
    gunyah_internal_explain(&failure, info);
    return GUNYAH_OK;
}

const struct gunyah_error_info *gunyah_last_error(struct gunyah *g)
{
    if (g == NULL)
        return NULL;
    gunyah_internal_explain(&g->failure, &g->error_info);
    return &g->error_info;
}
