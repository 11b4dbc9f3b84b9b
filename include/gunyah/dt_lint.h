// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What the Resource Manager will say of a VM's device tree, before it is asked.
 *
 * A VMM hands a device tree to the Resource Manager, which answers one number when it does not like it, and ignores in silence
 * much of what it cannot use. The linter reads a tree as the Resource Manager does, and tells what is wrong, where, and
 * what to do. docs/device-tree.md lists its rules.
 *
 * Two generations of the Resource Manager are public, and read differently: that of 2023 and a later one.
 *
 * The functions are pure: no memory but the caller's, no state but that of struct gunyah_dt_linter, and nothing in the tree
 * can do more than be reported. The library has them where it was built with libfdt: GUNYAH_FEATURE_DEVICE_TREE.
 */
#ifndef GUNYAH_DT_LINT_H
#define GUNYAH_DT_LINT_H

#include "dt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Generations of the Resource Manager, one bit each. */
#define GUNYAH_DT_RM_2023 UINT32_C(0x1)
#define GUNYAH_DT_RM_LATER UINT32_C(0x2)
#define GUNYAH_DT_RM_ALL UINT32_C(0x3)

/** How bad it is; a larger one is worse. */
enum gunyah_dt_severity {
    GUNYAH_DT_FINE = 0,    /**< Nothing is wrong: another generation has this rule. */
    GUNYAH_DT_NOTE = 1,    /**< It works; something of it has no effect, or could be clearer. */
    GUNYAH_DT_WARNING = 2, /**< It starts, but not as it was meant; or it is refused under conditions. */
    GUNYAH_DT_ERROR = 3,   /**< The Resource Manager refuses the VM, or crashes. */
};

/** Returns "note", "warning" or "error"; "fine" for any other number. It lives for ever. */
const char *gunyah_dt_severity_name(enum gunyah_dt_severity severity);

/** A rule. All texts live for ever. */
struct gunyah_dt_rule {
    const char *name;                 /**< "page-alignment". Names stay as they are. */
    enum gunyah_dt_severity rm_2023;  /**< How bad it is for that generation. */
    enum gunyah_dt_severity rm_later; /**< How bad it is for later ones. */
    const char *rule;                 /**< What it demands, as one clause without a full stop. */
    const char *consequence;          /**< What the Resource Manager does otherwise, as one clause. */
    const char *cure;                 /**< What to do, as one sentence. */
};

/**
 * Returns a rule of the linter, and null after the last one. Rules have the order of docs/device-tree.md, in which new ones may
 * come in anywhere.
 */
const struct gunyah_dt_rule *gunyah_dt_lint_rule(size_t index);

/** Something that breaks a rule. */
struct gunyah_dt_finding {
    const struct gunyah_dt_rule *rule;
    enum gunyah_dt_severity severity; /**< The worst of those generations. */
    uint32_t generations;             /**< GUNYAH_DT_RM_*, of those that were asked about. */
    const char *path;                 /**< Of the node. */
    const char *property;             /**< Its name; "" if this is about the node itself. */
    const char *text; /**< What is wrong with the value that is there, as one clause: "0x1000 is ...". */
};

/** Options of gunyah_dt_lint(). */
struct gunyah_dt_lint_options {
    size_t size;          /**< sizeof(struct gunyah_dt_lint_options). */
    uint32_t generations; /**< The generations that the VM is for: GUNYAH_DT_RM_*. */
    uint32_t ipa_bits;    /**< Width of an address in the VM's address space; 36 on the public platforms. */
    uint64_t region_size; /**< Bytes of the region, from the tree on, that the Resource Manager is told; 0: nobody
                             knows yet, and no rule is about it. */
    bool trusted;         /**< The platform authenticates this VM, so that it may have what others may not. */
    /** Called for each finding, in the order of the tree; may be null. What the finding points to ends with the call. */
    void (*report)(void *context, const struct gunyah_dt_finding *finding);
    void *context; /**< Handed to report. */
};

#define GUNYAH_DT_LINT_OPTIONS_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(struct gunyah_dt_lint_options), GUNYAH_DT_RM_ALL, 36, 0, false, NULL, NULL                              \
    }

/** What the linter takes, in words of 64 bits. */
#define GUNYAH_DT_LINTER_WORDS 272

/** The sum of the findings, and the memory of the linter. Needs no initialisation and no closing; can be used again. */
struct gunyah_dt_linter {
    uint32_t errors;
    uint32_t warnings;
    uint32_t notes;
    uint64_t memory[GUNYAH_DT_LINTER_WORDS]; /**< The library's. */
};

/**
 * Check a device tree as a VMM hands it over.
 *
 * @param dtb       As for gunyah_dt_open(). A tree that it refuses is a finding of the rule "malformed".
 * @param max_size  Bytes that may be read there.
 * @param linter    Filled in; errors, warnings and notes tell how many findings there were.
 * @return GUNYAH_OK (it was checked, with whatever result);
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (size; no generation, or an unknown one; ipa_bits not 32 to 52);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (dtb).
 *
 * The same tree and options give the same findings in the same order. Does not block; any thread, with a linter of its own.
 * What vm_init and vm_start do in the Resource Manager.
 */
enum gunyah_error gunyah_dt_lint(const void *dtb, size_t max_size, const struct gunyah_dt_lint_options *options,
                                 struct gunyah_dt_linter *linter);

/**
 * Write a finding as text: a line that says what is wrong, and two indented ones with its effect and its cure. A generation
 * is named when the finding is not equally bad for both.
 *
 * @param text  Where it goes, with a 0 at the end; cut off when it does not fit. May be null if size is 0.
 * @return How long the whole text is, without the 0: it was cut off if this is not below size.
 */
size_t gunyah_dt_finding_format(const struct gunyah_dt_finding *finding, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
