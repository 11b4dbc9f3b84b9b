// SPDX-License-Identifier: BSD-3-Clause
// What the files of this folder share.
#ifndef GUNYAH_TREE_INTERNAL_H
#define GUNYAH_TREE_INTERNAL_H

#include "model_tree.h"

#include <libfdt.h>

#define TREE_PAGE 4096
#define TREE_MAX_DEPTH 16
#define TREE_MAX_PATH 256
#define TREE_SPECIFIER 12 // bytes of an interrupt

/** A tree that a VM is configured by, when it has been opened. */
struct tree {
    const void *blob;
    int config; // node
    bool later; // generation
    bool trusted;
};

// ---- view.c -------------------------------------------------------------------------------------------------------------

/** Check the bytes, whereupon libfdt can be asked anything about them. Returns why not. */
enum gunyah_model_rm_reason gunyah_tree_open(struct tree *tree, const struct gunyah_model_rm_tree *from);

bool gunyah_tree_has(const struct tree *tree, int node, const char *property);

/** Does the Resource Manager read this node's own properties? A later one passes by all that have a status. */
bool gunyah_tree_is_read(const struct tree *tree, int node);

/** A text, the first one of a list; NULL: it is absent, or not ended. */
const char *gunyah_tree_string(const struct tree *tree, int node, const char *property);
bool gunyah_tree_is(const struct tree *tree, int node, const char *property, const char *value);
bool gunyah_tree_same(const char *one, const char *other);
bool gunyah_tree_begins(const char *text, const char *beginning);

/** The node of a path; negative: there is none. An alias is no path: it may lead to itself. */
int gunyah_tree_find(const struct tree *tree, const char *path);

/** Is this among the compatibles? A later generation looks at the first one alone. */
bool gunyah_tree_compatible(const struct tree *tree, int node, const char *value);

/** Numbers of 4 and 8 bytes. False: absent, or of another length, which is the same. */
bool gunyah_tree_u32(const struct tree *tree, int node, const char *property, uint32_t *value);
bool gunyah_tree_u64(const struct tree *tree, int node, const char *property, uint64_t *value);

/** Cell counts that a node sets for its children. */
uint32_t gunyah_tree_address_cells(const void *blob, int node);
uint32_t gunyah_tree_size_cells(const void *blob, int node);

/** A number of so many cells, likewise. */
bool gunyah_tree_cells(const struct tree *tree, int node, const char *property, uint32_t cells, uint64_t *value);

/** Addresses and sizes, in the cells of the parent, whatever the node itself says. */
bool gunyah_tree_address(const struct tree *tree, int node, const char *property, uint64_t *value);
bool gunyah_tree_size(const struct tree *tree, int node, const char *property, uint64_t *value);

/** Interrupt i of a vdevice. False: it has none, or none that is right, and the Resource Manager chooses one. */
bool gunyah_tree_interrupt(const struct tree *tree, int node, size_t i, uint32_t *virq, uint32_t *flags);

/** The label of a vdevice or of its memory: the vendor's property wins. */
bool gunyah_tree_label(const struct tree *tree, int node, uint32_t *label);

// ---- config.c, cpus.c ---------------------------------------------------------------------------------------------------

/** What gunyah-vm-config says beside vdevices. */
enum gunyah_model_rm_reason gunyah_tree_config(const struct tree *tree, struct gunyah_model_rm_config *config);

/** The CPUs: how many, and whether they can be started and scheduled like that. vcpus: node, or negative. */
enum gunyah_model_rm_reason gunyah_tree_cpus(const struct tree *tree, int vcpus, bool proxy, uint32_t *count);

/** The interrupt controller. */
enum gunyah_model_rm_reason gunyah_tree_gic(const struct tree *tree);

// ---- vdevices.c ---------------------------------------------------------------------------------------------------------

/** Find the virtual devices, in the order of the tree, and the memory that has a place in it. */
enum gunyah_model_rm_reason gunyah_tree_vdevices(const struct tree *tree, struct gunyah_model_tree *to,
                                                 struct gunyah_model_rm_config *config);

/** Node of memory that is reserved in the tree itself, and no virtual device's? */
bool gunyah_tree_is_reserved(const struct tree *tree, int node);

/** Is it shared memory with a doorbell in each direction, which are vdevices of their own? */
bool gunyah_tree_has_bells(const struct tree *tree, int node);

/** Where the node of a vdevice is to be, or that of what belongs to it; never null. */
const char *gunyah_tree_generate(const struct tree *tree, int node, enum gunyah_model_rm_vdevice_type type);

// ---- write.c ------------------------------------------------------------------------------------------------------------

/** A tree that is being written. Once something did not go, nothing goes any more. */
struct tree_writer {
    void *blob;
    int error; // of libfdt
};

/** A child; it is made if it is not there. */
int gunyah_tree_child(struct tree_writer *to, int parent, const char *name);

/** The node of a path, likewise with all on the way. digits: at least so many has the address behind its name; 0: no address. */
int gunyah_tree_make(struct tree_writer *to, const char *path, size_t digits, uint64_t address);

void gunyah_tree_put_flag(struct tree_writer *to, int node, const char *property);
void gunyah_tree_put_u32(struct tree_writer *to, int node, const char *property, uint32_t value);
void gunyah_tree_put_u64(struct tree_writer *to, int node, const char *property, uint64_t value);
void gunyah_tree_put_string(struct tree_writer *to, int node, const char *property, const char *value);
void gunyah_tree_put_bytes(struct tree_writer *to, int node, const char *property, const void *bytes, size_t size);

/** Put a number of so many cells behind a property. */
void gunyah_tree_append(struct tree_writer *to, int node, const char *property, uint32_t cells, uint64_t value);

/** One more interrupt, with its flags: edge or level. */
void gunyah_tree_append_interrupt(struct tree_writer *to, int node, uint32_t virq, uint32_t flags);

/** A list of texts that is written out, without its last 0. */
#define gunyah_tree_put_list(to, node, property, list) gunyah_tree_put_bytes(to, node, property, list, sizeof(list))

// ---- primary.c, devices.c, memory.c -------------------------------------------------------------------------------------

/** Write /hypervisor with its compatibles. */
void gunyah_tree_write_hypervisor(struct tree_writer *to, const char *compatible, size_t size);

/** Write who the VM is, as far as all VMs find it. Returns the node. */
int gunyah_tree_write_vm(struct tree_writer *to, uint16_t vmid);

/** Write the channel of a primary VM, which has the default depth and size. */
void gunyah_tree_write_primary_rpc(struct tree_writer *to, const struct gunyah_model_rm_channel *channel);

/** Write the nodes of the virtual devices. */
void gunyah_tree_write_devices(const struct tree *tree, const struct gunyah_model_tree *from,
                               const struct gunyah_model_rm_made *made, struct tree_writer *to);

/** Write /memory and /reserved-memory. */
enum gunyah_model_rm_reason gunyah_tree_write_memory(const struct tree *tree, const struct gunyah_model_tree *from,
                                                     const struct gunyah_model_rm_made *made, struct tree_writer *to);

/** The phandle of the node of a parcel; 0: it has none. */
uint32_t gunyah_tree_parcel_phandle(const void *blob, uint32_t handle);

#endif
