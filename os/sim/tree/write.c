// SPDX-License-Identifier: BSD-3-Clause
// Writing into a tree. libfdt puts what is new before what is there, nodes and properties alike, and so does the Resource
// Manager: a tree has them in the opposite order of their writing.
#include "tree.h"

#include <string.h>

#define FIRST_SHARED 32
#define FIRST_EXTENDED 4096
#define CAPID_DIGITS 16

static void note(struct tree_writer *to, int result)
{
    if (to->error == 0 && result < 0)
        to->error = result;
}

// ---- nodes

static int child_of(struct tree_writer *to, int parent, const char *name, size_t length)
{
    if (to->error != 0)
        return to->error;
    int node = fdt_subnode_offset_namelen(to->blob, parent, name, (int)length);
    if (node == -FDT_ERR_NOTFOUND)
        node = fdt_add_subnode_namelen(to->blob, parent, name, (int)length);
    note(to, node);
    return node;
}

int gunyah_tree_child(struct tree_writer *to, int parent, const char *name)
{
    return child_of(to, parent, name, strlen(name));
}

/** Hexadecimal digits, at least so many. */
static size_t put_digits(char *to, size_t least, uint64_t value)
{
    size_t count = least;
    while (count < CAPID_DIGITS && value >> 4 * count != 0)
        count++;
    for (size_t i = 0; i < count; i++)
        to[i] = "0123456789abcdef"[value >> 4 * (count - 1 - i) & 0xf];
    return count;
}

/** The last node of a path, whose name is longer than the path says by an address. */
static int named_child(struct tree_writer *to, int parent, const char *name, size_t length, size_t digits,
                       uint64_t address)
{
    char full[TREE_MAX_PATH + 1 + CAPID_DIGITS];
    if (length > TREE_MAX_PATH) {
        note(to, -FDT_ERR_BADPATH);
        return to->error;
    }
    memcpy(full, name, length);
    full[length] = '@';
    return child_of(to, parent, full, length + 1 + put_digits(full + length + 1, digits, address));
}

int gunyah_tree_make(struct tree_writer *to, const char *path, size_t digits, uint64_t address)
{
    int node = 0;
    while (*path == '/' && to->error == 0) {
        const char *name = path + 1;
        size_t length = 0;
        while (name[length] != '\0' && name[length] != '/')
            length++;
        path = name + length;
        if (length == 0)
            note(to, -FDT_ERR_BADPATH);
        else if (*path == '\0' && digits != 0)
            node = named_child(to, node, name, length, digits, address);
        else
            node = child_of(to, node, name, length);
    }
    if (node == 0)
        note(to, -FDT_ERR_BADPATH);
    return to->error != 0 ? to->error : node;
}

// ---- properties

void gunyah_tree_put_bytes(struct tree_writer *to, int node, const char *property, const void *bytes, size_t size)
{
    if (to->error == 0)
        note(to, fdt_setprop(to->blob, node, property, bytes, (int)size));
}

void gunyah_tree_put_flag(struct tree_writer *to, int node, const char *property)
{
    gunyah_tree_put_bytes(to, node, property, NULL, 0);
}

void gunyah_tree_put_u32(struct tree_writer *to, int node, const char *property, uint32_t value)
{
    if (to->error == 0)
        note(to, fdt_setprop_u32(to->blob, node, property, value));
}

void gunyah_tree_put_u64(struct tree_writer *to, int node, const char *property, uint64_t value)
{
    if (to->error == 0)
        note(to, fdt_setprop_u64(to->blob, node, property, value));
}

void gunyah_tree_put_string(struct tree_writer *to, int node, const char *property, const char *value)
{
    gunyah_tree_put_bytes(to, node, property, value, strlen(value) + 1);
}

void gunyah_tree_append(struct tree_writer *to, int node, const char *property, uint32_t cells, uint64_t value)
{
    if (cells == 0 || cells > 2 || (cells == 1 && value > UINT32_MAX))
        note(to, -FDT_ERR_BADNCELLS);
    if (to->error != 0)
        return;
    if (cells == 1)
        note(to, fdt_appendprop_u32(to->blob, node, property, (uint32_t)value));
    else
        note(to, fdt_appendprop_u64(to->blob, node, property, value));
}

void gunyah_tree_append_interrupt(struct tree_writer *to, int node, uint32_t virq, uint32_t flags)
{
    bool is_extended = virq >= FIRST_EXTENDED;
    gunyah_tree_append(to, node, "interrupts", 1, is_extended ? 2 : 0);
    gunyah_tree_append(to, node, "interrupts", 1, virq - (is_extended ? FIRST_EXTENDED : FIRST_SHARED));
    gunyah_tree_append(to, node, "interrupts", 1, flags);
}
