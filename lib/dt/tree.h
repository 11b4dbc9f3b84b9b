// SPDX-License-Identifier: BSD-3-Clause
// What the files of this layer share. A node is its offset in the structure block, as libfdt has it; negative for none.
#ifndef GUNYAH_DT_TREE_H
#define GUNYAH_DT_TREE_H

#include <gunyah/dt.h>

#include <libfdt.h>

// ---- tree.c ------------------------------------------------------------------------------------------------------

// Record what is wrong with a node (negative: with the whole tree), and return the error.
enum gunyah_error gunyah_internal_dt_fail(struct gunyah_dt *dt, enum gunyah_error error, int node, const char *property,
                                          const char *text);

// GUNYAH_OK, GUNYAH_ERR_NULL or GUNYAH_ERR_HANDLE for a tree that should be open.
static inline enum gunyah_error gunyah_internal_dt_check(const struct gunyah_dt *dt)
{
    if (dt == NULL)
        return GUNYAH_ERR_NULL;
    return dt->blob != NULL ? GUNYAH_OK : GUNYAH_ERR_HANDLE;
}

// ---- property.c --------------------------------------------------------------------------------------------------

// A number of so many cells, at most two. They need not be aligned.
uint64_t gunyah_internal_dt_cells(const fdt32_t *cells, int count);

static inline uint32_t gunyah_internal_dt_cell(const fdt32_t *cell)
{
    return (uint32_t)gunyah_internal_dt_cells(cell, 1);
}

// Reads properties of a node. The first complaint stays; what is read after it is 0 or null, and means nothing.
struct dt_reader {
    struct gunyah_dt *dt;
    int node;
    enum gunyah_error error;
};

void gunyah_internal_dt_complain(struct dt_reader *reader, enum gunyah_error error, const char *property,
                                 const char *text);

// The same with GUNYAH_ERR_DEVICE_TREE.
void gunyah_internal_dt_malformed(struct dt_reader *reader, const char *property, const char *text);

bool gunyah_internal_dt_has(const struct dt_reader *reader, const char *property);

// One number. False: the property is not there, and the number is untouched.
bool gunyah_internal_dt_u32(struct dt_reader *reader, const char *property, uint32_t *number);
bool gunyah_internal_dt_u64(struct dt_reader *reader, const char *property, uint64_t *number);
bool gunyah_internal_dt_vmid(struct dt_reader *reader, const char *property, gunyah_vmid_t *vmid);

// Texts, one behind the other, and how many; null if the property is not there.
const char *gunyah_internal_dt_texts(struct dt_reader *reader, const char *property, size_t *count);

// A single text; null if the property is not there.
const char *gunyah_internal_dt_text(struct dt_reader *reader, const char *property);

// The node that a phandle leads to; negative if the property is not there.
int gunyah_internal_dt_phandle(struct dt_reader *reader, const char *property);

// ---- address.c ---------------------------------------------------------------------------------------------------

// How many entries "reg" has, by the cells of the parent; 0 if it is not there.
uint32_t gunyah_internal_dt_reg_count(struct dt_reader *reader);

// One of them, which must be there.
struct gunyah_dt_region gunyah_internal_dt_reg(struct dt_reader *reader, uint32_t index);

// Complain if the addresses of this node are not the ones that the VM uses.
void gunyah_internal_dt_need_plain_addresses(struct dt_reader *reader);

// An entry of "interrupts"; none if the property is not there.
struct gunyah_dt_interrupt gunyah_internal_dt_interrupt(struct dt_reader *reader, uint32_t index);

// ---- find.c ------------------------------------------------------------------------------------------------------

// Several kinds: 1 << kind for each.
#define DT_ANY_KIND UINT32_MAX

// The kind of a node; GUNYAH_DT_ANY: it is no device.
enum gunyah_dt_kind gunyah_internal_dt_kind(const struct gunyah_dt *dt, int node);

// The next node behind this one that is of one of the kinds and, unless that is null, has the label; negative if there is
// none.
int gunyah_internal_dt_next(const struct gunyah_dt *dt, int node, uint32_t kinds, const uint32_t *label);

// ---- device.c ----------------------------------------------------------------------------------------------------

// Fill a device in from its node.
enum gunyah_error gunyah_internal_dt_describe(struct gunyah_dt *dt, int node, struct gunyah_dt_device *device);

// What the node of a queue, a pair or a Resource Manager says.
void gunyah_internal_dt_queues(struct dt_reader *reader, enum gunyah_dt_kind kind, struct gunyah_dt_queues *queues);

// What the node of a doorbell, or of a source of one, says.
struct gunyah_dt_doorbell gunyah_internal_dt_doorbell(struct dt_reader *reader);

// The node that says where the memory of a device is; negative if none does.
int gunyah_internal_dt_memory_node(struct dt_reader *reader);

#endif
