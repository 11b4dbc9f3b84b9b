// SPDX-License-Identifier: BSD-3-Clause
// What is taken already: the tree is asked, as far as it is written. How often that happens is why a node is read in one go, and not
// property by property.
#include "build.h"

#include <string.h>

// ---- What a node has ---------------------------------------------------------------------------------------------

// A label of the device itself counts for more than that of its memory, and qcom,label for more than label.
enum label_rank { LABEL_NONE, LABEL_OF_MEMORY, QCOM_LABEL_OF_MEMORY, LABEL, QCOM_LABEL };

// What a child of some node has that no other one may have, with its node memory. Texts are empty if they are not there.
struct item {
    const char *name;
    const char *type;
    const char *generate;
    const fdt32_t *interrupts;
    const fdt64_t *reg;
    int interrupt_cells;
    int reg_numbers;
    enum label_rank label_rank;
    uint32_t label;
    bool has_memory;
    bool has_firmware;
    uint64_t base; // 0: none
    uint64_t firmware;
    uint64_t firmware_size;
};

// A property, as it lies in the tree.
struct bytes {
    const void *value;
    int length;
};

static bool same(const char *one, const char *other)
{
    while (*one == *other && *one != '\0') {
        one++;
        other++;
    }
    return *one == *other;
}

static void take_label(struct item *item, enum label_rank rank, struct bytes bytes)
{
    if (rank <= item->label_rank || bytes.length != (int)sizeof(item->label))
        return;
    item->label_rank = rank;
    item->label = fdt32_ld(bytes.value);
}

static void take_text(const char **text, struct bytes bytes)
{
    if (bytes.length > 0 && ((const char *)bytes.value)[bytes.length - 1] == '\0')
        *text = bytes.value;
}

// A number of two cells.
static bool take_number(uint64_t *number, struct bytes bytes)
{
    if (bytes.length != (int)sizeof(*number))
        return false;
    *number = fdt64_ld(bytes.value);
    return true;
}

static void take_property(struct item *item, const char *name, struct bytes bytes)
{
    if (same(name, "vdevice-type")) {
        take_text(&item->type, bytes);
    } else if (same(name, "generate")) {
        take_text(&item->generate, bytes);
    } else if (same(name, "interrupts")) {
        item->interrupts = bytes.value;
        item->interrupt_cells = bytes.length / (int)sizeof(*item->interrupts);
    } else if (same(name, "reg")) {
        item->reg = bytes.value;
        item->reg_numbers = bytes.length / (int)sizeof(*item->reg);
    } else if (same(name, "base")) {
        take_number(&item->base, bytes);
    } else if (same(name, "label")) {
        take_label(item, LABEL, bytes);
    } else if (same(name, "qcom,label")) {
        take_label(item, QCOM_LABEL, bytes);
    }
}

// Of its node memory; the configuration has one too.
static void take_memory_property(struct item *item, const char *name, struct bytes bytes)
{
    if (same(name, "base"))
        take_number(&item->base, bytes);
    else if (same(name, "label"))
        take_label(item, LABEL_OF_MEMORY, bytes);
    else if (same(name, "qcom,label"))
        take_label(item, QCOM_LABEL_OF_MEMORY, bytes);
    else if (same(name, "firmware-address"))
        item->has_firmware = take_number(&item->firmware, bytes);
    else if (same(name, "firmware-size-max"))
        take_number(&item->firmware_size, bytes);
}

// Goes through the children of a node, up to where the tree ends as yet.
struct walk {
    const void *blob;
    int offset;
    int end; // nothing from here on
};

static struct walk walk_children(const struct gunyah_dt_build *build, int node, int end)
{
    struct walk walk = {build->blob, 0, end};

    fdt_next_tag(build->blob, node, &walk.offset);
    return walk;
}

static void read_property(const struct walk *walk, int depth, bool is_memory, struct item *item)
{
    const char *name;
    struct bytes bytes;

    if (depth == 0 || depth > 2 || (depth == 2 && !is_memory))
        return;
    bytes.value = fdt_getprop_by_offset(walk->blob, walk->offset, &name, &bytes.length);
    if (bytes.value == NULL)
        return;
    if (is_memory)
        take_memory_property(item, name, bytes);
    else
        take_property(item, name, bytes);
}

// The next child; the one that is being written has what was written of it.
static bool next_item(struct walk *walk, struct item *item)
{
    bool is_memory = false;
    uint32_t tag = FDT_NOP;
    int depth = 0;
    int next;

    memset(item, 0, sizeof(*item));
    item->type = item->generate = "";
    item->firmware_size = BUILD_FIRMWARE_SIZE;
    for (; walk->offset < walk->end; walk->offset = next) {
        tag = fdt_next_tag(walk->blob, walk->offset, &next);
        if (tag == FDT_END || (tag == FDT_END_NODE && depth == 0))
            break;
        if (tag == FDT_BEGIN_NODE) {
            const char *const name = fdt_get_name(walk->blob, walk->offset, NULL);
            depth++;
            item->name = depth == 1 ? name : item->name;
            is_memory = depth == 2 && same(name, "memory");
            item->has_memory |= is_memory;
        } else if (tag == FDT_PROP) {
            read_property(walk, depth, is_memory, item);
        } else if (tag == FDT_END_NODE) {
            is_memory = false;
            depth--;
            if (depth > 0)
                continue;
            walk->offset = next;
            return true;
        }
    }
    walk->end = walk->offset;
    return depth > 0;
}

// ---- Virtual devices ---------------------------------------------------------------------------------------------

// By level as well as by edge, if the trigger is left out.
static bool has_interrupt(const struct item *item, const uint32_t *specifier, int cells)
{
    for (int i = 0; i + BUILD_SPECIFIER <= item->interrupt_cells; i += BUILD_SPECIFIER) {
        int equal = 0;
        while (equal < cells && fdt32_ld(&item->interrupts[i + equal]) == specifier[equal])
            equal++;
        if (equal == cells)
            return true;
    }
    return false;
}

static bool has_one_of(const struct item *item, const struct vdevice *vdevice)
{
    for (uint32_t i = 0; i < vdevice->interrupt_count; i++) {
        if (has_interrupt(item, vdevice->specifiers[i], 2))
            return true;
    }
    return false;
}

// What two virtual devices cannot both have; text null: nothing.
static struct conflict find_between(const struct item *item, const struct vdevice *vdevice)
{
    const bool is_same_type = same(item->type, vdevice->type);

    if (same(item->name, vdevice->name))
        return (struct conflict){NULL, "another virtual device has this name"};
    if (is_same_type && vdevice->is_single)
        return (struct conflict){"vdevice-type", "a VM has one of them"};
    if (is_same_type && vdevice->has_label && item->label_rank != LABEL_NONE && item->label == vdevice->label)
        return (struct conflict){"label", "another one of this type has it"};
    if (has_one_of(item, vdevice))
        return (struct conflict){"interrupts", "another virtual device has it"};
    if (vdevice->is_exact && same(item->generate, vdevice->generate))
        return (struct conflict){"generate", "another virtual device makes this node"};
    return (struct conflict){NULL, NULL};
}

struct conflict gunyah_build_find_conflict(const struct gunyah_dt_build *build, const struct vdevice *vdevice)
{
    struct walk walk = walk_children(build, build->vdevices, INT32_MAX);
    struct conflict conflict = {NULL, NULL};
    struct item item;

    while (conflict.text == NULL && next_item(&walk, &item))
        conflict = find_between(&item, vdevice);
    if (conflict.text == NULL && vdevice->is_exact && fdt_path_offset(build->blob, vdevice->generate) >= 0)
        conflict = (struct conflict){"generate", "the tree has this node"};
    return conflict;
}

void gunyah_build_need_doorbell(struct writer *writer, const uint32_t specifier[BUILD_SPECIFIER])
{
    struct walk walk = walk_children(writer->build, writer->build->vdevices, INT32_MAX);
    struct item item;

    while (next_item(&walk, &item)) {
        if (same(item.type, "doorbell") && has_interrupt(&item, specifier, BUILD_SPECIFIER))
            return;
    }
    gunyah_build_complain(writer, GUNYAH_ERR_NOT_FOUND, "interrupts", "no doorbell has this interrupt and trigger");
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

static bool overlaps(const struct item *item, uint64_t address, uint64_t size)
{
    // Whole entries of two cells each.
    for (int i = 0; i + 2 <= item->reg_numbers; i += 2) {
        if (gunyah_build_overlaps(fdt64_ld(&item->reg[i]), fdt64_ld(&item->reg[i + 1]), address, size))
            return true;
    }
    // A page at the least: how large a parcel is, the tree does not know.
    if (item->base != 0 && gunyah_build_overlaps(item->base, BUILD_PAGE, address, size))
        return true;
    return item->has_firmware && gunyah_build_overlaps(item->firmware, item->firmware_size, address, size);
}

static bool is_occupied(struct walk walk, uint64_t address, uint64_t size)
{
    struct item item;

    while (next_item(&walk, &item)) {
        if (overlaps(&item, address, size))
            return true;
    }
    return false;
}

// Whether addresses and sizes of its children have two cells each; then they are those of the root, or as good as those.
static bool has_plain_cells(const struct gunyah_dt_build *build, int node)
{
    return node >= 0 && fdt_address_cells(build->blob, node) == 2 && fdt_size_cells(build->blob, node) == 2;
}

void gunyah_build_own_memory(struct writer *writer, const char *property, uint64_t address, uint64_t size)
{
    const struct gunyah_dt_build *const build = writer->build;
    // As yet, there is nothing of the root behind the virtual devices.
    const int end = build->phase == PHASE_VDEVICES ? build->vdevices : INT32_MAX;
    bool is_taken = is_occupied(walk_children(build, build->vdevices, INT32_MAX), address, size);

    if (has_plain_cells(build, 0))
        is_taken = is_taken || is_occupied(walk_children(build, 0, end), address, size);
    if (has_plain_cells(build, build->reserved))
        is_taken = is_taken || is_occupied(walk_children(build, build->reserved, INT32_MAX), address, size);
    gunyah_build_need(writer, size <= UINT64_MAX - address, property, "it wraps around");
    if (is_taken)
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, property, "something else is there");
}

static bool is_labelled(struct walk walk, bool is_reserved, uint32_t label)
{
    struct item item;

    while (next_item(&walk, &item)) {
        if ((is_reserved || item.has_memory) && item.label_rank != LABEL_NONE && item.label == label)
            return true;
    }
    return false;
}

void gunyah_build_own_parcel(struct writer *writer, const char *property, uint32_t label)
{
    const struct gunyah_dt_build *const build = writer->build;

    gunyah_build_need(writer, label != 0, property, "0 is the VM's own memory");
    if (is_labelled(walk_children(build, build->vdevices, INT32_MAX), false, label) ||
        (build->reserved >= 0 && is_labelled(walk_children(build, build->reserved, INT32_MAX), true, label)))
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, property, "another parcel has it");
}
