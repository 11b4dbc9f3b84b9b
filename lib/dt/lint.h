// SPDX-License-Identifier: BSD-3-Clause
// What the files of the linter share. It goes through the tree once to learn what is there, and once more to check each node
// on the way; it keeps the way down to the node, so that nothing has to be searched upwards.
#ifndef GUNYAH_DT_LINT_PARTS_H
#define GUNYAH_DT_LINT_PARTS_H

#include "lint_rules.h"
#include "text.h"

#include <gunyah/dt_lint.h>

#include <libfdt.h>

#define LINT_PAGE UINT64_C(0x1000)

// Kinds of virtual devices; lint_vdevice.c has their names.
enum vdevice {
    VDEVICE_RM_RPC,
    VDEVICE_DOORBELL,
    VDEVICE_DOORBELL_SOURCE,
    VDEVICE_MSGQUEUE,
    VDEVICE_MSGQUEUE_PAIR,
    VDEVICE_SHM,
    VDEVICE_SHM_DOORBELL,
    VDEVICE_VIRTIO_MMIO,
    VDEVICE_IOMEM,
    VDEVICE_VSMMU,
    VDEVICE_RTC,
    VDEVICE_VIRTIO_PCI,
    VDEVICE_PCI,
    VDEVICE_VIRTIO_IOMMU,
    VDEVICE_MINIDUMP,
    VDEVICE_WATCHDOG,
    VDEVICE_COUNT, // none of these
    VDEVICE_NONE,  // no virtual device
};

#define MAX_DEPTH 16
#define MAX_CPUS 64
#define MAX_SPIS 988

// A node on the way from the root to the one that is looked at.
struct level {
    int32_t node;
    uint32_t path_length; // of the root, 0
    uint32_t address_cells;
    uint32_t size_cells;
    uint32_t interrupt_parent; // phandle; 0 for none
    enum vdevice vdevice;
    bool is_walked; // the later generation looks at its children
};

struct linter {
    struct gunyah_dt_linter *sum;
    struct gunyah_dt dt;
    struct gunyah_dt_lint_options options;
    int32_t depth;
    struct level levels[MAX_DEPTH + 1];
    char path[GUNYAH_DT_MAX_NAME];
    char text[GUNYAH_DT_MAX_NAME];

    // What the first walk learns. Nodes are negative if they are not there.
    int32_t config;
    int32_t vcpus;
    int32_t cpus;
    int32_t gic;
    int32_t psci;
    int32_t timer;
    int32_t reserved_memory;
    uint32_t gic_phandle; // 0 for none
    uint32_t cpu_count;
    bool is_proxy;
    bool uses_psci;
    bool has_hardware_interrupts;
    uint32_t lines[(MAX_SPIS + 31) / 32]; // bits: SPIs that have a doorbell

    // What the second walk saw so far.
    uint64_t mpidrs[MAX_CPUS];
    uint32_t cpus_seen;
    uint32_t rtcs_seen;
    uint32_t buses_seen;
};

_Static_assert(sizeof(struct linter) <= sizeof(uint64_t[GUNYAH_DT_LINTER_WORDS]), "the public struct has room for it");

// ---- lint.c: findings --------------------------------------------------------------------------------------------

// The text of a finding that is being written.
struct text gunyah_lint_text(struct linter *linter);

// Report that the current node breaks a rule, for these generations, with the text that was written.
void gunyah_lint_report(struct linter *linter, enum rule rule, uint32_t generations, const char *property);

// The same for all generations, and texts with a number or a string in them. An empty property is the node itself.
void gunyah_lint_say(struct linter *linter, enum rule rule, const char *property, const char *text);
void gunyah_lint_number(struct linter *linter, enum rule rule, const char *property, const char *before,
                        uint64_t number, const char *after);
void gunyah_lint_string(struct linter *linter, enum rule rule, const char *property, const char *string,
                        const char *after);

// Why a property that cannot be read cannot be: it is missing, or has another length.
const char *gunyah_lint_why_absent(const struct linter *linter, const char *property);

// ---- lint_walk.c: where the linter is ----------------------------------------------------------------------------

// Go to the root, and on to the next node; false after the last one. Nodes that are too deep are left out.
void gunyah_lint_rewind(struct linter *linter);
bool gunyah_lint_next(struct linter *linter);

static inline const struct level *gunyah_lint_here(const struct linter *linter)
{
    return &linter->levels[linter->depth];
}

static inline int gunyah_lint_node(const struct linter *linter)
{
    return linter->levels[linter->depth].node;
}

// The parent's level; of the root, its own.
static inline const struct level *gunyah_lint_parent(const struct linter *linter)
{
    return &linter->levels[linter->depth > 0 ? linter->depth - 1 : 0];
}

// Whether the current node is this one, or lies below it.
bool gunyah_lint_is_below(const struct linter *linter, int node);

// The name of the current node.
const char *gunyah_lint_name(const struct linter *linter);

// Learn what is there: the first walk.
void gunyah_lint_survey(struct linter *linter);

// ---- lint_view.c: properties as the Resource Manager reads them ----------------------------------------------------

bool gunyah_view_has(const struct linter *linter, int node, const char *name);

// A property of exactly 4 or 8 bytes, or of this many cells (1 or 2); false if it has another length, or is not there.
bool gunyah_view_u32(const struct linter *linter, int node, const char *name, uint32_t *value);
bool gunyah_view_u64(const struct linter *linter, int node, const char *name, uint64_t *value);
bool gunyah_view_cells(const struct linter *linter, int node, const char *name, uint32_t cells, uint64_t *value);

// A number of the current node, which has the cells of an address or of a size of the parent.
bool gunyah_view_address(const struct linter *linter, const char *name, uint64_t *value);
bool gunyah_view_size(const struct linter *linter, const char *name, uint64_t *value);

// A property that is an array of cells; none if it is not there. Bytes behind the last whole cell do not count.
struct cells {
    const uint8_t *data;
    uint32_t count;
};
struct cells gunyah_view_array(const struct linter *linter, int node, const char *name);
uint32_t gunyah_view_at(const struct cells *cells, uint32_t index);

// The length of a property in bytes; 0 if it is not there.
uint32_t gunyah_view_length(const struct linter *linter, int node, const char *name);

// The first string of a property; null if it is not there, or does not end.
const char *gunyah_view_string(const struct linter *linter, int node, const char *name);

// Whether it is exactly this string.
bool gunyah_view_is(const struct linter *linter, int node, const char *name, const char *string);

// Whether one of the strings of compatible is this one, as the generation of 2023 looks; whether the first is, as later ones do.
bool gunyah_view_compatible_any(const struct linter *linter, int node, const char *compatible);
bool gunyah_view_compatible_first(const struct linter *linter, int node, const char *compatible);

// The label of a vdevice or of its memory: qcom,label, or else label.
bool gunyah_view_label(const struct linter *linter, int node, uint32_t *label);

// The node that config of the configuration's interrupts names, or else interrupt-parent of the root; negative for none.
int gunyah_view_controller(const struct linter *linter, int config);

// Whether two strings are the same.
bool gunyah_view_same(const char *one, const char *other);

// ---- The rules, by subject: each looks at the current node -------------------------------------------------------

// lint_tree.c
void gunyah_lint_root(struct linter *linter);
void gunyah_lint_any(struct linter *linter);

// lint_properties.c: those of the configuration and of vdevices, one by one.
void gunyah_lint_properties(struct linter *linter);

// lint_config.c, lint_memory.c
void gunyah_lint_config(struct linter *linter);
void gunyah_lint_memory(struct linter *linter);

// Of a property that only a trusted VM may have; of a number that must be a multiple of 4 KiB.
void gunyah_lint_trusted(struct linter *linter, const char *property);
void gunyah_lint_alignment(struct linter *linter, const char *property, uint64_t value);

// lint_vcpus.c, lint_cpus.c
void gunyah_lint_vcpus(struct linter *linter);
void gunyah_lint_cpus(struct linter *linter);
void gunyah_lint_cpu(struct linter *linter);
void gunyah_lint_psci(struct linter *linter);
void gunyah_lint_timer(struct linter *linter);

// lint_interrupts.c
void gunyah_lint_interrupts(struct linter *linter);
void gunyah_lint_no_interrupts(struct linter *linter);
void gunyah_lint_gic(struct linter *linter);
void gunyah_lint_line(struct linter *linter);

// The interrupts of a vdevice that can have so many.
void gunyah_lint_specifiers(struct linter *linter, uint32_t most);

// lint_vdevice.c
enum vdevice gunyah_lint_kind_of(const struct linter *linter, int node);
void gunyah_lint_vdevice(struct linter *linter);
void gunyah_lint_vdevice_memory(struct linter *linter);

// lint_reserved.c
void gunyah_lint_reserved(struct linter *linter);

#endif
