// SPDX-License-Identifier: BSD-3-Clause
// The refusals of the Resource Manager.
#include "rm_reason.h"

#include <gunyah/abi/rm.h>

static const struct gunyah_model_rm_refusal refusals[RM_REASONS] = {
    [RM_FINE] = {GUNYAH_RMERR_OK, false, "nothing was refused"},
    [RM_UNKNOWN_MESSAGE] = {GUNYAH_RMERR_UNIMPLEMENTED, false, "this generation does not know the message"},
    [RM_WRONG_SIZE] = {GUNYAH_RMERR_MSG_INVALID, false, "the payload does not have the size of this message"},
    [RM_RESERVED_NOT_ZERO] = {GUNYAH_RMERR_MSG_INVALID, false, "a reserved field is not 0"},
    [RM_LIST_TOO_LONG] = {GUNYAH_RMERR_NORESOURCE, false, "a list has more entries than a message may have"},
    [RM_LIST_TRUNCATED] = {GUNYAH_RMERR_MSG_INVALID, false, "the payload ends inside a list"},
    [RM_TRAILING_BYTES] = {GUNYAH_RMERR_MSG_INVALID, false, "there are bytes behind the last list"},
    [RM_NO_MEMORY] = {GUNYAH_RMERR_NOMEM, false, "the hypervisor has no memory"},
    [RM_INJECTED] = {GUNYAH_RMERR_OK, false, "a test wanted it refused"},
    [RM_NOT_HLOS] = {GUNYAH_RMERR_DENIED, false, "only HLOS may send this"},
    [RM_NO_VMID_LEFT] = {GUNYAH_RMERR_NORESOURCE, false, "all dynamic VMIDs are taken"},
    [RM_VMID_NOT_ALLOWED] = {GUNYAH_RMERR_NORESOURCE, false, "the VMID is taken, or none that may be asked for"},
    [RM_NO_SUCH_VM] = {GUNYAH_RMERR_VMID_INVALID, false, "there is no VM with this VMID"},
    [RM_NO_SUCH_VM_TO_ASK] = {GUNYAH_RMERR_NORESOURCE, false, "there is no VM with this VMID to ask about"},
    [RM_NO_SUCH_VM_WITH_RESOURCES] = {GUNYAH_RMERR_ARGUMENT_INVALID, false,
                                      "there is no VM with this VMID that could have resources"},
    [RM_NOT_OWNER] = {GUNYAH_RMERR_DENIED, false, "the VM belongs to another one"},
    [RM_NOT_OWNER_VMID] = {GUNYAH_RMERR_VMID_INVALID, false, "there is no VM with this VMID that belongs to the caller"},
    [RM_NOT_A_PEER] = {GUNYAH_RMERR_DENIED, false, "the caller is neither the VM itself, nor its owner, nor its peer"},
    [RM_NOT_A_PEER_ID] = {GUNYAH_RMERR_NORESOURCE, false,
                          "the caller may not know who the VM is: it is neither its owner nor its peer"},
    [RM_VM_STATE] = {GUNYAH_RMERR_VM_STATE, false, "the VM is in another state than this needs"},
    [RM_VM_MAY_NOT_STOP] = {GUNYAH_RMERR_VM_STATE, false, "the VM's configuration forbids to stop it"},
    [RM_VM_MAY_NOT_RESET] = {GUNYAH_RMERR_DENIED, false, "the VM's configuration forbids to reset it"},
    [RM_VM_NOT_CONFIGURED] = {GUNYAH_RMERR_NORESOURCE, false, "the VM has not been initialised"},
    [RM_NOTHING_TO_LOOK_UP] = {GUNYAH_RMERR_ARGUMENT_INVALID, false, "the message is empty"},
    [RM_STRING_TOO_LONG] = {GUNYAH_RMERR_ARGUMENT_INVALID, false, "the name is longer than 79 bytes"},
    [RM_STRING_NOT_PADDED] = {GUNYAH_RMERR_MSG_INVALID, false, "what fills the text up is not zero"},
    [RM_STATUS_NOT_STATIC] = {GUNYAH_RMERR_DENIED, false, "only VMs with a static VMID may tell their status"},
    [RM_STATUS_UNKNOWN] = {GUNYAH_RMERR_ARGUMENT_INVALID, false, "there is no such status of an operating system"},
    [RM_EXIT_CODE] = {GUNYAH_RMERR_MSG_INVALID, false, "there is no such exit code, or the reserved byte is not 0"},
    [RM_EXIT_FATAL] = {GUNYAH_RMERR_ARGUMENT_INVALID, false, "the exit of this VM would be fatal"},
    [RM_NO_RTC] = {GUNYAH_RMERR_ARGUMENT_INVALID, false, "the VM has no clock"},
    [RM_CRASH_OUT_OF_MEMORY] = {GUNYAH_RMERR_OK, true, "it has no memory for a message"},
    [RM_CRASH_UNKNOWN_VM] = {GUNYAH_RMERR_OK, true, "VM_DEALLOCATE named a VM that does not exist"},
    [RM_CRASH_RESET_WITHOUT_CONFIG] = {GUNYAH_RMERR_OK, true, "VM_RESET named a VM that never had a configuration"},
    [RM_CRASH_EXIT_STATE] = {GUNYAH_RMERR_OK, true, "VM_EXIT came from a VM that cannot exit"},
    [RM_CRASH_INJECTED] = {GUNYAH_RMERR_OK, true, "a test wanted it"},
};

const struct gunyah_model_rm_refusal *gunyah_model_rm_refusal(enum gunyah_model_rm_reason reason)
{
    return &refusals[(uint32_t)reason < RM_REASONS ? reason : RM_FINE];
}
