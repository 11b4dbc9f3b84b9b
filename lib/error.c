// SPDX-License-Identifier: BSD-3-Clause
// The closed list of errors: names, texts, and the hypervisor's codes for them.
#include "internal.h"

struct error_row {
    enum gunyah_error error;
    int32_t code; // of the hypervisor; OK where there is none
    const char *name;
    const char *text;
};

#define LIBRARY(error, text)                                                                                           \
    {                                                                                                                  \
        GUNYAH_ERR_##error, GUNYAH_HVERR_OK, "GUNYAH_ERR_" #error, text                                                \
    }
#define RM(error, text) LIBRARY(RM_##error, text)
#define HYPERVISOR(error, code, text)                                                                                  \
    {                                                                                                                  \
        GUNYAH_ERR_##error, GUNYAH_HVERR_##code, "GUNYAH_ERR_" #error, text                                            \
    }

static const struct error_row rows[] = {
    {GUNYAH_OK, GUNYAH_HVERR_OK, "GUNYAH_OK", "success"},
    LIBRARY(NULL, "a pointer that must not be null is null"),
    LIBRARY(HANDLE, "the handle is closed or of another kind"),
    LIBRARY(OPTION, "an option struct is too small or sets something unknown"),
    LIBRARY(NO_BACKEND, "no hypervisor was found on this machine"),
    LIBRARY(NOT_GUNYAH, "no Gunyah hypervisor answered"),
    LIBRARY(API_VERSION, "the hypervisor has an unknown API version"),
    LIBRARY(UNSUPPORTED, "the backend cannot do this"),
    LIBRARY(TIMEOUT, "nothing happened in time"),
    LIBRARY(DEADLOCK, "everybody waits and nobody can end it"),
    LIBRARY(NOT_BOUND, "no interrupt is known to wait for"),
    LIBRARY(IN_USE, "something still uses it"),
    LIBRARY(OUT_OF_MEMORY, "the caller's memory is exhausted"),
    LIBRARY(MESSAGE_EMPTY, "a message must have at least one byte"),
    LIBRARY(MESSAGE_TOO_LONG, "the message is longer than the queue allows"),
    LIBRARY(BUFFER_TOO_SMALL, "the buffer is smaller than the queue's largest message"),
    LIBRARY(CRASHED, "the hypervisor stopped"),
    LIBRARY(UNKNOWN, "the answer is a code that nothing is documented to answer"),
    LIBRARY(PROTOCOL, "what the peer sent does not follow the protocol"),
    LIBRARY(WOULD_CRASH, "the request could stop the hypervisor or the Resource Manager, and with it all VMs"),
    LIBRARY(DEVICE_TREE, "the device tree is malformed"),
    LIBRARY(NOT_FOUND, "nothing like what was asked for is there"),
    LIBRARY(FORMAT, "a file is damaged or of a kind that is not known"),
    HYPERVISOR(UNIMPLEMENTED, UNIMPLEMENTED, "what was asked for is not implemented"),
    HYPERVISOR(RETRY, RETRY, "the hypervisor asks to try again"),
    HYPERVISOR(ARGUMENT_INVALID, ARGUMENT_INVALID, "an argument is not valid"),
    HYPERVISOR(ARGUMENT_SIZE, ARGUMENT_SIZE, "a size is not valid"),
    HYPERVISOR(ARGUMENT_ALIGNMENT, ARGUMENT_ALIGNMENT, "an argument is not aligned"),
    HYPERVISOR(NO_MEMORY, NOMEM, "whoever was asked is out of memory"),
    HYPERVISOR(NO_RESOURCES, NORESOURCES, "what is needed does not exist, or is used up"),
    HYPERVISOR(ADDR_OVERFLOW, ADDR_OVERFLOW, "an address range wraps around"),
    HYPERVISOR(ADDR_UNDERFLOW, ADDR_UNDERFLOW, "an address is too low"),
    HYPERVISOR(ADDR_INVALID, ADDR_INVALID, "an address is not mapped or not writable"),
    HYPERVISOR(DENIED, DENIED, "the operation is denied"),
    HYPERVISOR(BUSY, BUSY, "the object or resource is busy"),
    HYPERVISOR(IDLE, IDLE, "the vCPU is idle"),
    HYPERVISOR(OBJECT_STATE, OBJECT_STATE, "the object is in the wrong state"),
    HYPERVISOR(OBJECT_CONFIG, OBJECT_CONFIG, "the object is not configured"),
    HYPERVISOR(OBJECT_CONFIGURED, OBJECT_CONFIGURED, "the object is configured already"),
    HYPERVISOR(FAILURE, FAILURE, "the hypervisor failed"),
    HYPERVISOR(VIRQ_BOUND, VIRQ_BOUND, "the object is bound to an interrupt already"),
    HYPERVISOR(VIRQ_NOT_BOUND, VIRQ_NOT_BOUND, "the object is not bound to an interrupt"),
    HYPERVISOR(CAP_NULL, CSPACE_CAP_NULL, "the capability does not exist"),
    HYPERVISOR(CAP_REVOKED, CSPACE_CAP_REVOKED, "the capability was revoked"),
    HYPERVISOR(WRONG_OBJECT_TYPE, CSPACE_WRONG_OBJECT_TYPE, "the capability is for another kind of object"),
    HYPERVISOR(INSUFFICIENT_RIGHTS, CSPACE_INSUFFICIENT_RIGHTS, "the capability lacks a right"),
    HYPERVISOR(CSPACE_FULL, CSPACE_FULL, "the capability space is full"),
    HYPERVISOR(EMPTY, MSGQUEUE_EMPTY, "the message queue is empty"),
    HYPERVISOR(FULL, MSGQUEUE_FULL, "the message queue is full"),
    HYPERVISOR(NOT_OWNER, MEMDB_NOT_OWNER, "the memory has another owner"),
    HYPERVISOR(MAPPINGS_FULL, MEMEXTENT_MAPPINGS_FULL, "the memory extent has too many mappings"),
    HYPERVISOR(MEMEXTENT_TYPE, MEMEXTENT_TYPE, "the memory extent is of the wrong type"),
    RM(MSG_INVALID, "the message has a wrong length or sets reserved bytes"),
    RM(HANDLE_INVALID, "no parcel, interrupt or device of the caller has this handle"),
    RM(VALIDATE_FAILED, "what was offered is not what was expected"),
    RM(MAP_FAILED, "the memory cannot be mapped"),
    RM(MEM_INVALID, "the memory is not the caller's, or not what the request needs"),
    RM(MEM_INUSE, "the memory is still accepted by somebody"),
    RM(MEM_RELEASED, "the memory is not accepted"),
    RM(VMID_INVALID, "no VM that the caller may name has this VMID"),
    RM(LOOKUP_FAILED, "nothing like it exists"),
    RM(IRQ_INVALID, "the interrupt is not one that the caller can lend or take back"),
    RM(IRQ_INUSE, "the interrupt is lent already"),
    RM(IRQ_RELEASED, "the interrupt is not accepted"),
    RM(IN_USE, "the interrupt is in another state of lending"),
    RM(IRQ_NOT_MAPPED, "the interrupt is not mapped"),
    RM(VM_STATE, "the VM is in a state that does not allow it"),
    RM(HYP_NOMEM, "the Resource Manager has no memory left for the hypervisor"),
    RM(RM_NOMEM, "the Resource Manager has no memory left for itself"),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct error_row *find(enum gunyah_error error)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].error == error)
            return &rows[i];
    }
    return NULL;
}

const char *gunyah_error_name(enum gunyah_error error)
{
    const struct error_row *row = find(error);
    return row != NULL ? row->name : "unknown";
}

const char *gunyah_error_text(enum gunyah_error error)
{
    const struct error_row *row = find(error);
    return row != NULL ? row->text : "unknown error";
}

enum gunyah_error gunyah_error_from_rm(uint32_t code)
{
    // By code, from 0 on.
    static const int8_t errors[] = {
        [GUNYAH_RMERR_OK] = GUNYAH_OK,
        [GUNYAH_RMERR_NOMEM] = GUNYAH_ERR_NO_MEMORY,
        [GUNYAH_RMERR_NORESOURCE] = GUNYAH_ERR_NO_RESOURCES,
        [GUNYAH_RMERR_DENIED] = GUNYAH_ERR_DENIED,
        [GUNYAH_RMERR_MSG_INVALID] = GUNYAH_ERR_RM_MSG_INVALID,
        [GUNYAH_RMERR_BUSY] = GUNYAH_ERR_BUSY,
        [GUNYAH_RMERR_ARGUMENT_INVALID] = GUNYAH_ERR_ARGUMENT_INVALID,
        [GUNYAH_RMERR_HANDLE_INVALID] = GUNYAH_ERR_RM_HANDLE_INVALID,
        [GUNYAH_RMERR_VALIDATE_FAILED] = GUNYAH_ERR_RM_VALIDATE_FAILED,
        [GUNYAH_RMERR_MAP_FAILED] = GUNYAH_ERR_RM_MAP_FAILED,
        [GUNYAH_RMERR_MEM_INVALID] = GUNYAH_ERR_RM_MEM_INVALID,
        [GUNYAH_RMERR_MEM_INUSE] = GUNYAH_ERR_RM_MEM_INUSE,
        [GUNYAH_RMERR_MEM_RELEASED] = GUNYAH_ERR_RM_MEM_RELEASED,
        [GUNYAH_RMERR_VMID_INVALID] = GUNYAH_ERR_RM_VMID_INVALID,
        [GUNYAH_RMERR_LOOKUP_FAILED] = GUNYAH_ERR_RM_LOOKUP_FAILED,
        [GUNYAH_RMERR_IRQ_INVALID] = GUNYAH_ERR_RM_IRQ_INVALID,
        [GUNYAH_RMERR_IRQ_INUSE] = GUNYAH_ERR_RM_IRQ_INUSE,
        [GUNYAH_RMERR_IRQ_RELEASED] = GUNYAH_ERR_RM_IRQ_RELEASED,
        [GUNYAH_RMERR_IN_USE] = GUNYAH_ERR_RM_IN_USE,
        [GUNYAH_RMERR_IRQ_NOT_MAPPED] = GUNYAH_ERR_RM_IRQ_NOT_MAPPED,
        [GUNYAH_RMERR_VM_STATE] = GUNYAH_ERR_RM_VM_STATE,
        [GUNYAH_RMERR_HYP_NOMEM] = GUNYAH_ERR_RM_HYP_NOMEM,
        [GUNYAH_RMERR_RM_NOMEM] = GUNYAH_ERR_RM_RM_NOMEM,
    };

    if (code == GUNYAH_RMERR_UNIMPLEMENTED)
        return GUNYAH_ERR_UNIMPLEMENTED;
    return code < sizeof(errors) ? (enum gunyah_error)errors[code] : GUNYAH_ERR_UNKNOWN;
}

enum gunyah_error gunyah_error_from_hypervisor(int32_t code)
{
    // The everyday answers of message queues, without a search.
    if (code == GUNYAH_HVERR_OK)
        return GUNYAH_OK;
    if (code == GUNYAH_HVERR_MSGQUEUE_EMPTY)
        return GUNYAH_ERR_EMPTY;
    if (code == GUNYAH_HVERR_MSGQUEUE_FULL)
        return GUNYAH_ERR_FULL;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].code == code)
            return rows[i].error;
    }
    return GUNYAH_ERR_UNKNOWN;
}
