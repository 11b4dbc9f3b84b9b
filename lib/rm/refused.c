// SPDX-License-Identifier: BSD-3-Clause
// What the Resource Manager refuses, or would not survive; and what to do about it. The words are in this file so that they
// come with the client, and go again where nobody asks gunyah_last_error() for them.
#include "client.h"

#define ANY_MESSAGE 0

// The first row that fits counts: rows of one message come before those of any message.
static const struct {
    uint32_t message;
    enum gunyah_error error;
    const char *advice;
} advices[] = {
    {GUNYAH_RM_VM_ALLOCATE, GUNYAH_ERR_DENIED, "Only the primary VM, VMID 3, may make VMs."},
    {GUNYAH_RM_VM_ALLOCATE, GUNYAH_ERR_NO_RESOURCES,
     "Ask for VMID 0, which means any, or for one below 64 that the platform has and nobody uses; or deallocate a VM."},
    {GUNYAH_RM_VM_DEALLOCATE, GUNYAH_ERR_RM_VM_STATE,
     "Reset the VM, and wait for the notification of the state RESET."},
    {GUNYAH_RM_VM_DEALLOCATE, GUNYAH_ERR_WOULD_CRASH,
     "Deallocate a VM once, and through the connection that allocated it; of any other one, and when a request was not "
     "answered, ask VM_GET_STATE first."},
    {GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_ERR_RM_MEM_INVALID, "Lend or share the parcel of the image with this VM first."},
    {GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_ERR_ARGUMENT_INVALID,
     "Image and device tree must lie inside the parcel, and the authentication must be 0, 1 or 2."},
    {GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_ERR_RM_VM_STATE, "Configure the image of a VM in the state LOAD or RESET."},
    {GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_ERR_RM_MAP_FAILED,
     "The Resource Manager cannot take the parcel for itself: lend it to this VM alone."},
    {GUNYAH_RM_VM_AUTH_IMAGE, GUNYAH_ERR_RM_VM_STATE,
     "Authenticate between VM_CONFIG_IMAGE, with the authentication PLATFORM, and VM_INIT."},
    {GUNYAH_RM_VM_AUTH_IMAGE, GUNYAH_ERR_ARGUMENT_INVALID,
     "Configure the image with the authentication PLATFORM, and name a PAS id that the platform has."},
    {GUNYAH_RM_VM_INIT, GUNYAH_ERR_RM_MEM_INVALID,
     "The device tree cannot be read: check where VM_CONFIG_IMAGE said that it lies."},
    {GUNYAH_RM_VM_INIT, GUNYAH_ERR_ARGUMENT_INVALID,
     "The configuration in the device tree is rejected: check its node gunyah-vm-config."},
    {GUNYAH_RM_VM_INIT, GUNYAH_ERR_NO_RESOURCES,
     "A vCPU or a virtual device cannot be made: check the vdevices of the configuration, and that their peers exist."},
    {GUNYAH_RM_VM_INIT, GUNYAH_ERR_RM_VM_STATE,
     "Initialise once, after VM_CONFIG_IMAGE and, with the authentication PLATFORM, VM_AUTH_IMAGE."},
    {GUNYAH_RM_VM_START, GUNYAH_ERR_NO_RESOURCES,
     "A parcel or the device tree does not fit: lend the image to this VM alone with all rights, give each label once, "
     "and only labels that the configuration has; then reset the VM and begin again."},
    {GUNYAH_RM_VM_START, GUNYAH_ERR_RM_VM_STATE, "Start a VM in the state READY: after VM_INIT, and once."},
    {GUNYAH_RM_VM_STOP, GUNYAH_ERR_RM_VM_STATE,
     "Stop a VM that runs; one that is configured with no-shutdown or crash-fatal cannot be stopped."},
    {GUNYAH_RM_VM_RESET, GUNYAH_ERR_DENIED, "The VM is configured with no-reset."},
    {GUNYAH_RM_VM_RESET, GUNYAH_ERR_RM_VM_STATE,
     "Stop the VM, and wait for the state EXITED; READY and INIT_FAILED can be reset too."},
    {GUNYAH_RM_VM_RESET, GUNYAH_ERR_WOULD_CRASH,
     "Reset only after a VM_CONFIG_IMAGE that succeeded, and once; of a VM that somebody else made, and when a request "
     "was not answered, ask VM_GET_STATE first."},
    {GUNYAH_RM_VM_SET_CONTEXT, GUNYAH_ERR_RM_VM_STATE, "Set registers after VM_INIT and before VM_START."},
    {GUNYAH_RM_VM_SET_CONTEXT, GUNYAH_ERR_ARGUMENT_INVALID, "There are X0 to X30, one PC, and SP 0 and 1."},
    {GUNYAH_RM_VM_SET_CONTEXT, GUNYAH_ERR_DENIED,
     "The authentication keeps this register for itself, or the VM has another owner."},
    {GUNYAH_RM_VM_SET_DEMAND_PAGING, GUNYAH_ERR_DENIED,
     "Ask after VM_CONFIG_IMAGE and before VM_INIT, for a VM of ours without the authentication PLATFORM."},
    {GUNYAH_RM_VM_SET_DEMAND_PAGING, GUNYAH_ERR_BUSY, "Give all ranges in one message."},
    {GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, GUNYAH_ERR_DENIED,
     "Ask after VM_CONFIG_IMAGE and before VM_INIT, for a VM of ours."},
    {GUNYAH_RM_VM_SET_FIRMWARE_MEM, GUNYAH_ERR_ARGUMENT_INVALID,
     "Only a VM with the authentication ANDROID has firmware, and it must fit into the range."},
    {GUNYAH_RM_VM_SET_FIRMWARE_MEM, GUNYAH_ERR_DENIED, "The boot loader of this platform gave no firmware for VMs."},
    {GUNYAH_RM_VM_SET_TIME_BASE, GUNYAH_ERR_RM_VM_STATE, "Set the time before VM_START."},
    {GUNYAH_RM_VM_SET_TIME_BASE, GUNYAH_ERR_ARGUMENT_INVALID,
     "The VM has no clock: its device tree has to ask for one."},
    {GUNYAH_RM_VM_SET_DEBUG, GUNYAH_ERR_DENIED,
     "On a production device nobody is debugged; elsewhere, ask before VM_INIT."},
    {GUNYAH_RM_VM_EXIT, GUNYAH_ERR_ARGUMENT_INVALID,
     "The VM is configured with crash-fatal: it must not end by itself."},
    {GUNYAH_RM_VM_SET_STATUS, GUNYAH_ERR_DENIED, "Only a VM with a VMID below 64 may tell its status."},
    {GUNYAH_RM_VM_GET_STATE, GUNYAH_ERR_NO_RESOURCES, "No VM has this VMID."},
    {GUNYAH_RM_VM_GET_STATE, GUNYAH_ERR_DENIED, "Ask for this VM itself, for its own VMs, or for its peers."},
    {GUNYAH_RM_VM_GET_ID, GUNYAH_ERR_NO_RESOURCES, "No VM that this one may ask for has this VMID."},
    {GUNYAH_RM_VM_GET_ID, GUNYAH_ERR_RM_VM_STATE, "A VM has an identity from VM_INIT until it ends."},
    {GUNYAH_RM_VM_GET_CRASH_MSG, GUNYAH_ERR_RM_VMID_INVALID,
     "The owner of a VM is told its last words, and nobody else."},
    {GUNYAH_RM_VM_GET_HYP_RESOURCES, GUNYAH_ERR_ARGUMENT_INVALID, "No VM has this VMID."},
    {GUNYAH_RM_VM_GET_HYP_RESOURCES, GUNYAH_ERR_NO_RESOURCES, "Ask after VM_INIT: before, a VM has no resources."},
    {GUNYAH_RM_MEM_DONATE, GUNYAH_ERR_DENIED,
     "Donate with all rights; and an owner has 64 parcels, or 1024 in later generations: put more regions into one."},
    {GUNYAH_RM_MEM_LEND, GUNYAH_ERR_DENIED,
     "An owner has 64 parcels, or 1024 in later generations: put more regions into one with MEM_APPEND. A platform may "
     "also forbid who is to share memory with whom."},
    {GUNYAH_RM_MEM_SHARE, GUNYAH_ERR_DENIED,
     "An owner has 64 parcels, or 1024 in later generations: put more regions into one with MEM_APPEND. A platform may "
     "also forbid who is to share memory with whom."},
    {GUNYAH_RM_MEM_DONATE, GUNYAH_ERR_ARGUMENT_INVALID, "Name one VM, not the owner, and whole pages of 4 KiB."},
    {GUNYAH_RM_MEM_LEND, GUNYAH_ERR_ARGUMENT_INVALID,
     "Name each VM once and not the owner, with the rights R, RX, RW or RWX, and whole pages of 4 KiB."},
    {GUNYAH_RM_MEM_SHARE, GUNYAH_ERR_ARGUMENT_INVALID,
     "Name each VM once and the owner too, with the rights R, RX, RW or RWX, and whole pages of 4 KiB."},
    {GUNYAH_RM_MEM_DONATE, GUNYAH_ERR_RM_MEM_INVALID, "All of the memory must be ours, and given to nobody."},
    {GUNYAH_RM_MEM_LEND, GUNYAH_ERR_RM_MEM_INVALID, "All of the memory must be ours, and given to nobody."},
    {GUNYAH_RM_MEM_SHARE, GUNYAH_ERR_RM_MEM_INVALID, "All of the memory must be ours, and given to nobody."},
    {GUNYAH_RM_MEM_LEND, GUNYAH_ERR_RM_VMID_INVALID, "Attributes are for VMs that the list of rights names."},
    {GUNYAH_RM_MEM_SHARE, GUNYAH_ERR_RM_VMID_INVALID, "Attributes are for VMs that the list of rights names."},
    {GUNYAH_RM_MEM_APPEND, GUNYAH_ERR_DENIED,
     "Append to a parcel of ours that was made with the flag APPEND, until DONE."},
    {GUNYAH_RM_MEM_ACCEPT, GUNYAH_ERR_DENIED,
     "Accept once, what another VM offers, when the parcel is complete, and without the flag MAP_OTHER."},
    {GUNYAH_RM_MEM_ACCEPT, GUNYAH_ERR_RM_VALIDATE_FAILED,
     "Expect the label, the rights and the attributes as they were offered, in the same order."},
    {GUNYAH_RM_MEM_ACCEPT, GUNYAH_ERR_ARGUMENT_INVALID,
     "Kind and transaction must be those of the parcel, and an address be there for each region."},
    {GUNYAH_RM_MEM_ACCEPT, GUNYAH_ERR_RM_VMID_INVALID, "The parcel is not offered to this VM."},
    {GUNYAH_RM_MEM_ACCEPT, GUNYAH_ERR_NO_RESOURCES,
     "The addresses are not free: let the Resource Manager choose some."},
    {GUNYAH_RM_MEM_RELEASE, GUNYAH_ERR_DENIED, "The owner reclaims; who accepted it releases."},
    {GUNYAH_RM_MEM_RECLAIM, GUNYAH_ERR_DENIED, "The owner reclaims; who accepted it releases."},
    {GUNYAH_RM_MEM_RECLAIM, GUNYAH_ERR_RM_MEM_INUSE,
     "Wait until everybody has released it; a VM that is reset has with the notification of the state RESET."},
    {GUNYAH_RM_MEM_NOTIFY, GUNYAH_ERR_ARGUMENT_INVALID, "Set one flag, name participants of the parcel, keep its tag."},
    {GUNYAH_RM_VM_IRQ_LEND, GUNYAH_ERR_RM_IRQ_INVALID, "Lend an interrupt of the hardware that this VM has."},
    {GUNYAH_RM_VM_IRQ_RECLAIM, GUNYAH_ERR_RM_IN_USE, "Wait until the borrower has released it."},
    {GUNYAH_RM_VM_IRQ_RECLAIM, GUNYAH_ERR_RM_IRQ_INUSE, "Wait until the borrower has released it."},
    {GUNYAH_RM_VM_IRQ_ACCEPT, GUNYAH_ERR_RM_HANDLE_INVALID, "The interrupt is not lent to this VM, or not any more."},
    {GUNYAH_RM_VM_IRQ_ACCEPT, GUNYAH_ERR_RM_IN_USE, "It is accepted already; release it before accepting it again."},
    {GUNYAH_RM_VM_IRQ_ACCEPT, GUNYAH_ERR_RM_IRQ_INUSE, "It is accepted already; release it before accepting it again."},
    {GUNYAH_RM_VM_IRQ_RELEASE, GUNYAH_ERR_RM_IN_USE, "It is not accepted; accept it first."},
    {GUNYAH_RM_VM_CONSOLE_OPEN, GUNYAH_ERR_ARGUMENT_INVALID,
     "The VM has no console: its rm-rpc device needs the property console-dev."},
    {GUNYAH_RM_VM_CONSOLE_OPEN, GUNYAH_ERR_DENIED, "Open this VM's own console, 0, or that of a VM that it owns."},
    {GUNYAH_RM_VM_CONSOLE_WRITE, GUNYAH_ERR_DENIED, "Open the console first."},
    {GUNYAH_RM_FW_MILESTONE, GUNYAH_ERR_DENIED, "Only the boot loader of the primary VM may say this, and once."},
    {GUNYAH_RM_FW_SET_VM_FIRMWARE, GUNYAH_ERR_DENIED, "Only possible before FW_MILESTONE."},
    {GUNYAH_RM_IPA_RESERVE, GUNYAH_ERR_WOULD_CRASH,
     "Reserve one fixed range at a time, or name a generation that survives more in the options."},

    {ANY_MESSAGE, GUNYAH_ERR_UNIMPLEMENTED,
     "This Resource Manager does not have the message; docs/rm-messages.md tells which generations do."},
    {ANY_MESSAGE, GUNYAH_ERR_NO_MEMORY, "The Resource Manager is out of memory: deallocate VMs and reclaim parcels."},
    {ANY_MESSAGE, GUNYAH_ERR_NO_RESOURCES, "What the message names does not exist, or there is no more of it."},
    {ANY_MESSAGE, GUNYAH_ERR_DENIED, "This VM may not do that: look who owns what the message names."},
    {ANY_MESSAGE, GUNYAH_ERR_BUSY, "It was done already, or somebody else uses it."},
    {ANY_MESSAGE, GUNYAH_ERR_ARGUMENT_INVALID, "Check every field of the message against docs/rm-messages.md."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_MSG_INVALID,
     "Check the length of the message and its lists against docs/rm-messages.md, and that reserved bytes are 0."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_HANDLE_INVALID, "Use a handle that was given to this VM, and until it is given back."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_VALIDATE_FAILED, "Ask the owner what it offers, and expect just that."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_MAP_FAILED, "Choose other addresses, or less memory."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_MEM_INVALID, "Check that the memory is ours, mapped, and part of the parcel."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_MEM_INUSE, "Wait until everybody has released it."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_MEM_RELEASED, "Accept it first; it may have been released already."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_VMID_INVALID, "Name a VM that exists and that this VM owns."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_LOOKUP_FAILED, "Look for something that exists and is not accepted yet."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_IRQ_INVALID, "Name an interrupt of the hardware that this VM has, or has lent."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_IRQ_INUSE, "Reclaim the interrupt before lending it again."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_IRQ_RELEASED, "Accept the interrupt first."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_IN_USE, "Accept once, release what is accepted, reclaim what is released."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_IRQ_NOT_MAPPED, "Map the interrupt first."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_VM_STATE,
     "Ask VM_GET_STATE; docs/rm-messages.md tells in which states this is allowed."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_HYP_NOMEM, "Give the hypervisor memory with HEAP_ADD_MEMORY, or deallocate VMs."},
    {ANY_MESSAGE, GUNYAH_ERR_RM_RM_NOMEM, "Give the Resource Manager memory with HEAP_ADD_MEMORY, or deallocate VMs."},
    {ANY_MESSAGE, GUNYAH_ERR_UNKNOWN, "Look the raw code up in the documentation of this Resource Manager."},
};

static const char *advice_for(uint32_t message, enum gunyah_error error)
{
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (advices[i].error == error && (advices[i].message == message || advices[i].message == ANY_MESSAGE))
            return advices[i].advice;
    }
    return "";
}

void gunyah_internal_rm_explain(const struct failure *failure, struct gunyah_error_info *info)
{
    info->call = gunyah_rm_message_name(failure->number);
    info->advice = advice_for(failure->number, failure->error);
    // The codes of the Resource Manager have no sign.
    if (failure->domain == GUNYAH_DOMAIN_RM)
        info->code = (uint32_t)failure->code;
}

static struct failure refusal(uint32_t message, uint32_t code)
{
    return (struct failure){
        .error = gunyah_error_from_rm(code), .domain = GUNYAH_DOMAIN_RM, .code = (int32_t)code, .number = message};
}

enum gunyah_error gunyah_rm_explain(uint32_t message, uint32_t code, struct gunyah_error_info *info)
{
    const struct failure failure = refusal(message, code);

    if (info == NULL)
        return GUNYAH_ERR_NULL;
    gunyah_internal_explain(&failure, info);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_rm_refused(struct gunyah *g, uint32_t message, uint32_t code)
{
    const struct failure failure = refusal(message, code);

    return gunyah_internal_record(g, &failure);
}

enum gunyah_error gunyah_internal_rm_would_crash(struct gunyah *g, uint32_t message)
{
    const enum gunyah_error error = GUNYAH_ERR_WOULD_CRASH;
    const struct failure failure = {
        .error = error, .domain = GUNYAH_DOMAIN_LIBRARY, .code = (int32_t)error, .number = message};

    return gunyah_internal_record(g, &failure);
}
