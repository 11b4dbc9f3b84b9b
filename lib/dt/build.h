// SPDX-License-Identifier: BSD-3-Clause
// What the files of the builder share. The new tree is written from its front to its end with libfdt's sequential functions,
// which also read what was written so far: what is in the tree is all there is to remember.
#ifndef GUNYAH_DT_BUILD_PARTS_H
#define GUNYAH_DT_BUILD_PARTS_H

#include "text.h"

#include <gunyah/dt_build.h>

#include <libfdt.h>

#define BUILD_PAGE UINT64_C(0x1000)
#define BUILD_FIRMWARE_SIZE UINT64_C(0x400000) // unless it is told
#define BUILD_CONFIG "gunyah-vm-config"
#define BUILD_GIC_PHANDLE 1
#define BUILD_SPECIFIER 3  // cells of an interrupt
#define BUILD_INTERRUPTS 2 // of a virtual device, at most

// What may still be added: an earlier kind may not. A call that adds nothing comes in any phase.
enum phase { PHASE_VDEVICES, PHASE_DEVICES, PHASE_RESERVED, PHASE_ANY };

// One call that writes. It does all or nothing: what is written is taken back after a complaint, or when there was no room.
struct writer {
    struct gunyah_dt_build *build;
    enum gunyah_error error; // the first complaint; the rest is still counted
    bool is_full;            // nothing is written any more
    size_t need;             // bytes, with all that was written before
    uint32_t structure;      // what to go back to
    uint32_t strings;
    uint32_t open;
    uint32_t phase;
    int32_t reserved;
};

// ---- build_write.c: writing --------------------------------------------------------------------------------------

// Begin a call, with the options of the public function and their size; 0: it has none. The nodes of earlier phases are ended.
enum gunyah_error gunyah_build_enter(struct writer *writer, struct gunyah_dt_build *build, const void *options,
                                     size_t size, enum phase phase);

// End it: return its result, which is in build too.
enum gunyah_error gunyah_build_leave(struct writer *writer);

// Clear the space between the two ends of an unfinished tree: libfdt takes it for clear, and aligns by it.
void gunyah_build_wipe(void *blob);

// Begin a new tree in the buffer of build, with the reserved memory of the original if there is one.
void gunyah_build_start(struct writer *writer, size_t size);

// Record what is wrong at the node that is being written.
void gunyah_build_complain(struct writer *writer, enum gunyah_error error, const char *property, const char *text);

// Complain that an argument is not valid, unless it is.
void gunyah_build_need(struct writer *writer, bool is_good, const char *property, const char *text);

// The same of the alignment of an address or a size.
void gunyah_build_align(struct writer *writer, uint64_t value, uint64_t unit, const char *property);

// A node of ours, which complaints are about until its end.
void gunyah_build_node(struct writer *writer, const char *name);
void gunyah_build_end(struct writer *writer);

void gunyah_build_flag(struct writer *writer, const char *property);
void gunyah_build_u32(struct writer *writer, const char *property, uint32_t value);
void gunyah_build_u64(struct writer *writer, const char *property, uint64_t value);
void gunyah_build_string(struct writer *writer, const char *property, const char *string);
void gunyah_build_cells(struct writer *writer, const char *property, const uint32_t *cells, size_t count);

// An address and a size, of two cells each.
void gunyah_build_range(struct writer *writer, const char *property, uint64_t address, uint64_t size);

// Strings, of which there may be no more than these. None: no property.
void gunyah_build_strings(struct writer *writer, const char *property, const char *const *strings, size_t count,
                          size_t most);

// #address-cells and #size-cells.
void gunyah_build_cell_counts(struct writer *writer, uint32_t address, uint32_t size);

// Copy the original, from where the last call ended to the end of this node, or (negative) to its own end. Returns where the copy
// of the node is.
int32_t gunyah_build_copy(struct writer *writer, int node);

// ---- build_check.c: what may be written --------------------------------------------------------------------------

bool gunyah_build_is_text(const char *string, size_t most);

// A name of a node without an address.
bool gunyah_build_is_name(const char *string);
bool gunyah_build_is_path(const char *string);

// The specifier of an interrupt; false if it is none of the GIC's.
bool gunyah_build_specifier(struct gunyah_dt_interrupt interrupt, uint32_t specifier[BUILD_SPECIFIER]);

// ---- build_taken.c: what is taken already ------------------------------------------------------------------------

// What a virtual device wants to have for itself.
struct vdevice {
    const char *name;
    const char *type;
    bool is_single; // no other one of its type
    bool has_label; // no other one of its type with this label
    uint32_t label;
    bool is_exact; // no other node of this path
    const char *generate;
    uint32_t interrupt_count;
    uint32_t specifiers[BUILD_INTERRUPTS][BUILD_SPECIFIER];
};

// Why it cannot have it: the property, and a text; null if it can.
struct conflict {
    const char *property;
    const char *text;
};

struct conflict gunyah_build_find_conflict(const struct gunyah_dt_build *build, const struct vdevice *vdevice);

// Complain if a parcel of the tree has the label, or if it is 0.
void gunyah_build_own_parcel(struct writer *writer, const char *property, uint32_t label);

// Complain if a part of this memory is something else already.
void gunyah_build_own_memory(struct writer *writer, const char *property, uint64_t address, uint64_t size);

// Complain unless a doorbell of the tree has the interrupt.
void gunyah_build_need_doorbell(struct writer *writer, const uint32_t specifier[BUILD_SPECIFIER]);

// Whether two ranges have something in common; what wraps ends at the top.
bool gunyah_build_overlaps(uint64_t one, uint64_t one_size, uint64_t other, uint64_t other_size);

// ---- build_config.c, build_machine.c ------------------------------------------------------------------------------

// Write /gunyah-vm-config, up to the beginning of its virtual devices. The GIC is a node of the original; negative: of the new tree.
void gunyah_build_config(struct writer *writer, const struct gunyah_dt_config_options *config, uint32_t cpu_count,
                         int gic);

// Begin the node of virtual devices.
void gunyah_build_vdevices(struct writer *writer);

// Write the root, and what it has beside the configuration. It stays open.
void gunyah_build_machine(struct writer *writer, const struct gunyah_dt_machine_options *machine,
                          const struct gunyah_dt_config_options *config);

// ---- build_vdevice.c: what virtual devices have in common ----------------------------------------------------------

// How the node of a virtual device begins.
struct vdevice_head {
    const char *type;
    const char *name;      // null: the type and the label
    const uint32_t *label; // null: it has none
    bool is_parcel;        // the label is that of its memory
    bool is_single;
    const char *generate; // null: the place and the name
    const char *place;    // null: no generate
    bool is_exact;        // generate is the path of the node, without a number behind it
    bool has_peer;
    const char *peer; // null: the owner
    const struct gunyah_dt_interrupt *interrupts;
    uint32_t interrupt_count; // all of them have a virq, or none has
};

void gunyah_build_vdevice(struct writer *writer, const struct vdevice_head *head);

// Sizes of queues: 0 is the default.
void gunyah_build_queue(struct writer *writer, uint32_t message_size, uint32_t depth);

#endif
