// SPDX-License-Identifier: BSD-3-Clause
// Why the Resource Manager refuses: each reason is one condition, and stands for the error code that goes with it.
#ifndef GUNYAH_MODEL_RM_REASON_H
#define GUNYAH_MODEL_RM_REASON_H

#include <stdbool.h>
#include <stdint.h>

enum gunyah_model_rm_reason {
    RM_FINE = 0,
    // Any message.
    RM_UNKNOWN_MESSAGE,
    RM_WRONG_SIZE,
    RM_RESERVED_NOT_ZERO,
    RM_LIST_TOO_LONG,
    RM_LIST_TRUNCATED,
    RM_TRAILING_BYTES,
    RM_NO_MEMORY,
    RM_INJECTED,
    // VMs.
    RM_NOT_HLOS,
    RM_NO_VMID_LEFT,
    RM_VMID_NOT_ALLOWED,
    RM_NO_SUCH_VM,
    RM_NO_SUCH_VM_TO_ASK,
    RM_NO_SUCH_VM_WITH_RESOURCES,
    RM_NOT_OWNER,
    RM_NOT_OWNER_VMID,
    RM_NOT_A_PEER,
    RM_NOT_A_PEER_ID,
    RM_VM_STATE,
    RM_VM_MAY_NOT_STOP,
    RM_VM_MAY_NOT_RESET,
    RM_VM_NOT_CONFIGURED,
    RM_NOTHING_TO_LOOK_UP,
    RM_STRING_TOO_LONG,
    RM_STRING_NOT_PADDED,
    RM_STATUS_NOT_STATIC,
    RM_STATUS_UNKNOWN,
    RM_EXIT_CODE,
    RM_EXIT_FATAL,
    RM_NO_RTC,
    // Ends of the Resource Manager.
    RM_CRASH_OUT_OF_MEMORY,
    RM_CRASH_UNKNOWN_VM,
    RM_CRASH_RESET_WITHOUT_CONFIG,
    RM_CRASH_EXIT_STATE,
    RM_CRASH_INJECTED,
    RM_REASONS
};

struct gunyah_model_rm_refusal {
    uint32_t error;       // RM's error code
    bool crash;           // the Resource Manager stops
    const char *sentence; // without a full stop
};

/** What a reason means. Any value will do. */
const struct gunyah_model_rm_refusal *gunyah_model_rm_refusal(enum gunyah_model_rm_reason reason);

#endif
