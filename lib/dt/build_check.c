// SPDX-License-Identifier: BSD-3-Clause
// What a name may be, and what is taken already: the tree is asked, as far as it is written.
#include "build.h"

#define NAME_MOST 31
#define PATH_MOST 199
#define CELLS 3
#define MAX_INTERRUPTS 2

// ---- Texts -------------------------------------------------------------------------------------------------------

// The length of a string; more than the most if it is longer.
static size_t length_of(const char *string, size_t most)
{
    size_t length = 0;

    while (length <= most && string[length] != '\0')
        length++;
    return length;
}

bool gunyah_build_is_text(const char *string, size_t most)
{
    const size_t length = string != NULL ? length_of(string, most) : 0;

    if (length == 0 || length > most)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (string[i] < ' ' || string[i] > '~')
            return false;
    }
    return true;
}

static bool is_of_name(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || character == ',' || character == '.' || character == '_' ||
           character == '+' || character == '-';
}

static bool is_component(const char *string, size_t length)
{
    if (length == 0 || length > NAME_MOST)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_of_name(string[i]))
            return false;
    }
    return true;
}

bool gunyah_build_is_name(const char *string)
{
    return string != NULL && is_component(string, length_of(string, NAME_MOST));
}

bool gunyah_build_is_path(const char *string)
{
    const size_t length = length_of(string, PATH_MOST);
    size_t first = 1;

    if (length > PATH_MOST || string[0] != '/')
        return false;
    for (size_t i = 1; i <= length; i++) {
        if (i < length && string[i] != '/')
            continue;
        if (!is_component(string + first, i - first))
            return false;
        first = i + 1;
    }
    return true;
}

// ---- Interrupts --------------------------------------------------------------------------------------------------

// Kinds of interrupts, by their number in a specifier: where they begin in the GIC, and how many there are.
static const struct {
    uint32_t first;
    uint32_t count;
} kinds[] = {{32, 988}, {16, 16}, {4096, 1024}, {1056, 64}};

bool gunyah_build_specifier(struct gunyah_dt_interrupt interrupt, uint32_t specifier[CELLS])
{
    for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const uint32_t number = interrupt.virq.value - kinds[i].first;
        if (interrupt.virq.value < kinds[i].first || number >= kinds[i].count)
            continue;
        specifier[0] = i;
        specifier[1] = number;
        specifier[2] = interrupt.level ? 4 : 1;
        return true;
    }
    return false;
}

// Whether a node has the interrupt; by level as well as by edge, if the trigger is left out.
static bool has_interrupt(const void *blob, int node, const uint32_t specifier[CELLS], int cells)
{
    int length;
    const fdt32_t *const value = fdt_getprop(blob, node, "interrupts", &length);

    for (int i = 0; value != NULL && i + CELLS <= length / (int)sizeof(*value); i += CELLS) {
        int same = 0;
        while (same < cells && fdt32_ld(&value[i + same]) == specifier[same])
            same++;
        if (same == cells)
            return true;
    }
    return false;
}

static bool is_type(const void *blob, int node, const char *type)
{
    int length;
    const char *const value = fdt_getprop(blob, node, "vdevice-type", &length);

    return value != NULL && fdt_stringlist_contains(value, length, type);
}

static bool is_taken(const struct writer *writer, const uint32_t specifier[CELLS])
{
    const void *const blob = writer->build->blob;
    int node;

    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        if (node != writer->node && has_interrupt(blob, node, specifier, 2))
            return true;
    }
    return false;
}

void gunyah_build_need_doorbell(struct writer *writer, const uint32_t specifier[CELLS])
{
    const void *const blob = writer->build->blob;
    int node;

    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        if (is_type(blob, node, "doorbell") && has_interrupt(blob, node, specifier, CELLS))
            return;
    }
    gunyah_build_complain(writer, GUNYAH_ERR_NOT_FOUND, "interrupts", "no doorbell has this interrupt and trigger");
}

void gunyah_build_interrupts(struct writer *writer, const struct gunyah_dt_interrupt *interrupts, uint32_t count)
{
    uint32_t cells[MAX_INTERRUPTS * CELLS];
    uint32_t absent = 0;

    for (uint32_t i = 0; i < count; i++)
        absent += interrupts[i].virq.value == 0;
    if (absent == count)
        return;
    for (uint32_t i = 0; i < count; i++) {
        if (!gunyah_build_specifier(interrupts[i], &cells[i * CELLS])) {
            gunyah_build_need(writer, false, "interrupts",
                              absent > 0 ? "there is one, but not the other" : "the GIC has no such interrupt");
            return;
        }
        if (is_taken(writer, &cells[i * CELLS]))
            gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, "interrupts", "another virtual device has it");
    }
    if (count == 2 && cells[0] == cells[CELLS] && cells[1] == cells[CELLS + 1])
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, "interrupts", "both are the same");
    gunyah_build_cells(writer, "interrupts", cells, (size_t)count * CELLS);
}

// ---- Labels ------------------------------------------------------------------------------------------------------

// The label of a node; false if it has none.
static bool label_of(const void *blob, int node, uint32_t *label)
{
    static const char *const names[] = {"qcom,label", "label"};
    int length;

    for (int i = 0; node >= 0 && i < 2; i++) {
        const fdt32_t *const value = fdt_getprop(blob, node, names[i], &length);
        if (value == NULL || length != (int)sizeof(*value))
            continue;
        *label = fdt32_ld(value);
        return true;
    }
    return false;
}

static bool has_label(const void *blob, int node, uint32_t label)
{
    uint32_t own;

    return label_of(blob, node, &own) && own == label;
}

void gunyah_build_own_label(struct writer *writer, const char *type, uint32_t label)
{
    const void *const blob = writer->build->blob;
    int node;

    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        if (node != writer->node && is_type(blob, node, type) && has_label(blob, node, label))
            gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, "label", "another one of this type has it");
    }
}

void gunyah_build_own_parcel(struct writer *writer, const char *property, uint32_t label)
{
    const void *const blob = writer->build->blob;
    const int reserved = fdt_subnode_offset(blob, 0, "reserved-memory");
    int node;

    gunyah_build_need(writer, label != 0, property, "0 is the VM's own memory");
    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        const int memory = fdt_subnode_offset(blob, node, "memory");
        if (node == writer->node || memory < 0)
            continue;
        if (has_label(blob, memory, label) || has_label(blob, node, label))
            gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, property, "another parcel has it");
    }
    if (reserved < 0)
        return;
    fdt_for_each_subnode(node, blob, reserved)
    {
        if (node != writer->node && has_label(blob, node, label))
            gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, property, "another parcel has it");
    }
}

// ---- Memory ------------------------------------------------------------------------------------------------------

static uint64_t end_of(uint64_t address, uint64_t size)
{
    return size <= UINT64_MAX - address ? address + size : UINT64_MAX;
}

bool gunyah_build_overlaps(uint64_t one, uint64_t one_size, uint64_t other, uint64_t other_size)
{
    return one_size > 0 && other_size > 0 && one < end_of(other, other_size) && other < end_of(one, one_size);
}

struct range {
    uint64_t address;
    uint64_t size;
};

static bool overlaps_reg(const void *blob, int node, struct range range)
{
    int length;
    const fdt64_t *const reg = fdt_getprop(blob, node, "reg", &length);

    for (int i = 0; reg != NULL && i + 2 <= length / (int)sizeof(*reg); i += 2) {
        if (gunyah_build_overlaps(fdt64_ld(&reg[i]), fdt64_ld(&reg[i + 1]), range.address, range.size))
            return true;
    }
    return false;
}

// Those below a node whose addresses and sizes have two cells each, which are those of the root.
static bool overlaps_child(const struct writer *writer, int parent, struct range range)
{
    const void *const blob = writer->build->blob;
    int node;

    if (parent < 0 || fdt_address_cells(blob, parent) != 2 || fdt_size_cells(blob, parent) != 2)
        return false;
    fdt_for_each_subnode(node, blob, parent)
    {
        if (node != writer->node && overlaps_reg(blob, node, range))
            return true;
    }
    return false;
}

// A number of two cells; false if the property is not there, or has another length.
static bool number_of(const void *blob, int node, const char *property, uint64_t *number)
{
    int length;
    const fdt64_t *const value = node >= 0 ? fdt_getprop(blob, node, property, &length) : NULL;

    if (value == NULL || length != (int)sizeof(*value))
        return false;
    *number = fdt64_ld(value);
    return true;
}

// What a virtual device has: a page at the least. How large a parcel is, the tree does not know.
static bool overlaps_vdevice(const void *blob, int node, struct range range)
{
    uint64_t base = 0;

    return (number_of(blob, fdt_subnode_offset(blob, node, "memory"), "base", &base) ||
            number_of(blob, node, "base", &base)) &&
           gunyah_build_overlaps(base, BUILD_PAGE, range.address, range.size);
}

static bool overlaps_firmware(const struct gunyah_dt_build *build, struct range range)
{
    const int memory = fdt_subnode_offset(build->blob, build->config, "memory");
    uint64_t address = 0;
    uint64_t size = BUILD_FIRMWARE_SIZE;

    if (!number_of(build->blob, memory, "firmware-address", &address))
        return false;
    number_of(build->blob, memory, "firmware-size-max", &size);
    return gunyah_build_overlaps(address, size, range.address, range.size);
}

static bool is_occupied(const struct writer *writer, struct range range)
{
    const struct gunyah_dt_build *const build = writer->build;
    int node;

    if (overlaps_child(writer, 0, range) || overlaps_firmware(build, range) ||
        overlaps_child(writer, fdt_subnode_offset(build->blob, 0, "reserved-memory"), range))
        return true;
    fdt_for_each_subnode(node, build->blob, build->vdevices)
    {
        if (node != writer->node && overlaps_vdevice(build->blob, node, range))
            return true;
    }
    return false;
}

void gunyah_build_own_memory(struct writer *writer, const char *property, uint64_t address, uint64_t size)
{
    const struct range range = {address, size};

    gunyah_build_need(writer, size <= UINT64_MAX - address, property, "it wraps around");
    if (is_occupied(writer, range))
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, property, "something else is there");
}
