// SPDX-License-Identifier: BSD-3-Clause
// Rules about the VM's memory: where it is, how much, and that its firmware lies elsewhere.
#include "lint.h"

#define HUGE_PAGE UINT64_C(0x200000)
#define FIRMWARE_SIZE UINT64_C(0x400000)

struct range {
    uint64_t base;
    uint64_t size;
    bool has_base;
    bool has_size;
};

static bool wraps(const struct range *range)
{
    return range->size > UINT64_MAX - range->base;
}

void gunyah_lint_alignment(struct linter *linter, const char *property, uint64_t value)
{
    if (value % LINT_PAGE != 0)
        gunyah_lint_number(linter, RULE_PAGE_ALIGNMENT, property, "is ", value, "");
}

static void check_base(struct linter *linter, const struct range *memory)
{
    if (!memory->has_base) {
        if (!linter->options.trusted)
            gunyah_lint_say(linter, RULE_BASE_MISSING, "base-address", gunyah_lint_why_absent(linter, "base-address"));
        return;
    }
    gunyah_lint_alignment(linter, "base-address", memory->base);
    if (memory->base % LINT_PAGE == 0 && memory->base % HUGE_PAGE != 0)
        gunyah_lint_number(linter, RULE_BASE_ROUNDED, "base-address", "is ", memory->base, "");
    if (memory->base >> linter->options.ipa_bits != 0)
        gunyah_lint_number(linter, RULE_BASE_TOO_HIGH, "base-address", "is ", memory->base, "");
}

static void check_sizes(struct linter *linter, const struct range *memory)
{
    uint64_t least = 0;

    gunyah_view_size(linter, "size-min", &least);
    gunyah_lint_alignment(linter, "size-min", least);
    gunyah_lint_alignment(linter, "size-max", memory->size);
    if (!gunyah_view_has(linter, gunyah_lint_node(linter), "size-max"))
        gunyah_lint_say(linter, RULE_SIZE_MAX_MISSING, "size-max", "is missing");
    if (memory->has_size && least > memory->size)
        gunyah_lint_number(linter, RULE_SIZE_ORDER, "size-min", "is ", least, ", more than size-max");
    if (memory->has_size && memory->has_base && wraps(memory))
        gunyah_lint_number(linter, RULE_MEMORY_OVERFLOW, "size-max", "is ", memory->size, " from base-address on");
}

// Without size-max, all above the base is the VM's.
static bool overlaps(const struct range *memory, const struct range *firmware)
{
    const bool is_above = firmware->base >= memory->base;

    if (is_above)
        return !memory->has_size || firmware->base - memory->base < memory->size;
    return memory->base - firmware->base < firmware->size;
}

static void check_firmware(struct linter *linter, const struct range *memory, const struct range *firmware)
{
    gunyah_lint_alignment(linter, "firmware-address", firmware->base);
    gunyah_lint_alignment(linter, "firmware-size-max", firmware->size);
    if (!firmware->has_base)
        return;
    if (wraps(firmware))
        gunyah_lint_number(linter, RULE_MEMORY_OVERFLOW, "firmware-size-max", "is ", firmware->size,
                           " from firmware-address on");
    else if (memory->has_base && firmware->base != memory->base && overlaps(memory, firmware))
        gunyah_lint_number(linter, RULE_FIRMWARE_OVERLAP, "firmware-address", "is ", firmware->base,
                           ", and firmware and memory overlap");
}

void gunyah_lint_memory(struct linter *linter)
{
    struct range memory = {0, 0, false, false};
    struct range firmware = {0, FIRMWARE_SIZE, false, true};

    memory.has_base = gunyah_view_address(linter, "base-address", &memory.base);
    memory.has_size = gunyah_view_size(linter, "size-max", &memory.size);
    firmware.has_base = gunyah_view_address(linter, "firmware-address", &firmware.base);
    gunyah_view_size(linter, "firmware-size-max", &firmware.size);
    check_base(linter, &memory);
    check_sizes(linter, &memory);
    check_firmware(linter, &memory, &firmware);
    gunyah_lint_trusted(linter, "is-direct");
}
