// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Errors: one closed list for the whole library, and where each one came from.
 *
 * Zero is success, every error is negative. A function documents which of them it returns; where it says "and the
 * errors of the call", these are what the hypervisor may answer to that call (docs/hypercalls.md), translated one to
 * one. errno is never part of the API.
 */
#ifndef GUNYAH_ERROR_H
#define GUNYAH_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum gunyah_error {
    GUNYAH_OK = 0,

    // Found by the library, before anything left it.
    GUNYAH_ERR_NULL = -1,              /**< A pointer that must not be null is. */
    GUNYAH_ERR_HANDLE = -2,            /**< The handle is closed, or not of this kind. */
    GUNYAH_ERR_OPTION = -3,            /**< An option struct has a size that is too small, or sets something unknown. */
    GUNYAH_ERR_NO_BACKEND = -4,        /**< No hypervisor was found on this machine. */
    GUNYAH_ERR_NOT_GUNYAH = -5,        /**< Nobody answered, or something that is not Gunyah. */
    GUNYAH_ERR_API_VERSION = -6,       /**< The hypervisor has an API version that this library does not know. */
    GUNYAH_ERR_UNSUPPORTED = -7,       /**< The backend cannot do this at all. */
    GUNYAH_ERR_TIMEOUT = -8,           /**< Nothing happened in time. */
    GUNYAH_ERR_DEADLOCK = -9,          /**< Simulator: nobody is left who could end this wait. */
    GUNYAH_ERR_NOT_BOUND = -10,        /**< The object has no interrupt to wait for. */
    GUNYAH_ERR_IN_USE = -11,           /**< Something still uses it: close that first. */
    GUNYAH_ERR_OUT_OF_MEMORY = -12,    /**< The caller's allocator or arena is exhausted. */
    GUNYAH_ERR_MESSAGE_EMPTY = -13,    /**< A message of 0 bytes, which the hypervisor would drop in silence. */
    GUNYAH_ERR_MESSAGE_TOO_LONG = -14, /**< Longer than the queue allows; the hypervisor would drop it in silence. */
    GUNYAH_ERR_BUFFER_TOO_SMALL = -15, /**< Smaller than the queue's largest message; the message would stay. */
    GUNYAH_ERR_CRASHED = -16,          /**< The hypervisor stopped. */
    GUNYAH_ERR_UNKNOWN = -17,          /**< A code that no call is documented to answer; see gunyah_last_error(). */
    GUNYAH_ERR_PROTOCOL = -18,         /**< What the peer sent does not follow the protocol. */
    GUNYAH_ERR_WOULD_CRASH = -19,      /**< The request could stop the hypervisor or the Resource Manager. */
    GUNYAH_ERR_DEVICE_TREE = -20,      /**< The device tree is malformed; see gunyah_dt_last_problem(). */
    GUNYAH_ERR_NOT_FOUND = -21,        /**< Nothing like what was asked for is there. */
    GUNYAH_ERR_FORMAT = -22,           /**< A file is damaged, or of a kind that is not known. */

    // Answered by the hypervisor; each stands for one GUNYAH_HVERR_* code, and the library uses it for the same thing.
    GUNYAH_ERR_UNIMPLEMENTED = -32,
    GUNYAH_ERR_RETRY = -33,
    GUNYAH_ERR_ARGUMENT_INVALID = -34,
    GUNYAH_ERR_ARGUMENT_SIZE = -35,
    GUNYAH_ERR_ARGUMENT_ALIGNMENT = -36,
    GUNYAH_ERR_NO_MEMORY = -37,
    GUNYAH_ERR_NO_RESOURCES = -38,
    GUNYAH_ERR_ADDR_OVERFLOW = -39,
    GUNYAH_ERR_ADDR_UNDERFLOW = -40,
    GUNYAH_ERR_ADDR_INVALID = -41,
    GUNYAH_ERR_DENIED = -42,
    GUNYAH_ERR_BUSY = -43,
    GUNYAH_ERR_IDLE = -44,
    GUNYAH_ERR_OBJECT_STATE = -45,
    GUNYAH_ERR_OBJECT_CONFIG = -46,
    GUNYAH_ERR_OBJECT_CONFIGURED = -47,
    GUNYAH_ERR_FAILURE = -48,
    GUNYAH_ERR_VIRQ_BOUND = -49,
    GUNYAH_ERR_VIRQ_NOT_BOUND = -50,
    GUNYAH_ERR_CAP_NULL = -51,
    GUNYAH_ERR_CAP_REVOKED = -52,
    GUNYAH_ERR_WRONG_OBJECT_TYPE = -53,
    GUNYAH_ERR_INSUFFICIENT_RIGHTS = -54,
    GUNYAH_ERR_CSPACE_FULL = -55,
    GUNYAH_ERR_EMPTY = -56,
    GUNYAH_ERR_FULL = -57,
    GUNYAH_ERR_NOT_OWNER = -58,
    GUNYAH_ERR_MAPPINGS_FULL = -59,
    GUNYAH_ERR_MEMEXTENT_TYPE = -60,

    // Answered by the Resource Manager; each stands for one GUNYAH_RMERR_* code. Its other codes have the same names as
    // codes of the hypervisor, and share their errors: UNIMPLEMENTED, NO_MEMORY (RMERR_NOMEM), NO_RESOURCES
    // (RMERR_NORESOURCE), DENIED, BUSY and ARGUMENT_INVALID.
    GUNYAH_ERR_RM_MSG_INVALID = -64,
    GUNYAH_ERR_RM_HANDLE_INVALID = -65,
    GUNYAH_ERR_RM_VALIDATE_FAILED = -66,
    GUNYAH_ERR_RM_MAP_FAILED = -67,
    GUNYAH_ERR_RM_MEM_INVALID = -68,
    GUNYAH_ERR_RM_MEM_INUSE = -69,
    GUNYAH_ERR_RM_MEM_RELEASED = -70,
    GUNYAH_ERR_RM_VMID_INVALID = -71,
    GUNYAH_ERR_RM_LOOKUP_FAILED = -72,
    GUNYAH_ERR_RM_IRQ_INVALID = -73,
    GUNYAH_ERR_RM_IRQ_INUSE = -74,
    GUNYAH_ERR_RM_IRQ_RELEASED = -75,
    GUNYAH_ERR_RM_IN_USE = -76,
    GUNYAH_ERR_RM_IRQ_NOT_MAPPED = -77,
    GUNYAH_ERR_RM_VM_STATE = -78,
    GUNYAH_ERR_RM_HYP_NOMEM = -79,
    GUNYAH_ERR_RM_RM_NOMEM = -80,
};

/** Who reported an error. */
enum gunyah_domain {
    GUNYAH_DOMAIN_NONE = 0,       /**< No error yet. */
    GUNYAH_DOMAIN_LIBRARY = 1,    /**< This library refused. */
    GUNYAH_DOMAIN_BACKEND = 2,    /**< The backend or the operating system refused. */
    GUNYAH_DOMAIN_HYPERVISOR = 3, /**< The hypervisor refused; code is its own error. */
    GUNYAH_DOMAIN_RM = 4,         /**< The Resource Manager refused; code is its own error. */
};

/** An error with its origin. All texts live for ever. */
struct gunyah_error_info {
    enum gunyah_error error;
    enum gunyah_domain domain;
    int64_t code;       /**< Raw code of the domain; equal to error for GUNYAH_DOMAIN_LIBRARY. */
    const char *call;   /**< Hypercall, message or function of the library that failed: "msgqueue_send", "VM_INIT". */
    const char *text;   /**< What went wrong, as one clause without a full stop. */
    const char *advice; /**< What to do about it, as one sentence. */
};

/** Returns the name of an error as it is spelt in C, such as "GUNYAH_ERR_FULL"; "unknown" for any other number. */
const char *gunyah_error_name(enum gunyah_error error);

/** Returns what an error means, as one clause; "unknown error" for any other number. It lives for ever. */
const char *gunyah_error_text(enum gunyah_error error);

/**
 * Returns the error that stands for a code of the hypervisor; GUNYAH_ERR_UNKNOWN for a code that no call is documented
 * to answer.
 */
enum gunyah_error gunyah_error_from_hypervisor(int32_t code);

/**
 * Returns the error that stands for a code of the Resource Manager; GUNYAH_ERR_UNKNOWN for a code that no message is
 * documented to answer.
 */
enum gunyah_error gunyah_error_from_rm(uint32_t code);

/**
 * Explain an error without a session: what gunyah_last_error() would tell if a function had just refused with it.
 *
 * @param info  Filled in: domain LIBRARY, no call. No advice for a number that is no error, and
 *              for errors that are about messages alone.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (info).
 *
 * Any thread. gunyah_rm_explain() does the same for the Resource Manager.
 */
enum gunyah_error gunyah_error_explain(enum gunyah_error error, struct gunyah_error_info *info);

/** For gunyah_error_explain_call(): whichever call answered. */
#define GUNYAH_ANY_HYPERCALL UINT32_MAX

/**
 * Explain a code of the hypervisor without a session.
 *
 * @param number  The call that answered, GUNYAH_HYPERCALL_*, or GUNYAH_ANY_HYPERCALL.
 * @param code    GUNYAH_HVERR_*.
 * @param info    Filled in: domain HYPERVISOR; the call is "unknown" unless it is one of the ABI's.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL (info).
 *
 * Any thread.
 */
enum gunyah_error gunyah_error_explain_call(uint32_t number, int32_t code, struct gunyah_error_info *info);

#ifdef __cplusplus
}
#endif

#endif
