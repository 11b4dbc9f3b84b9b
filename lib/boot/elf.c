// SPDX-License-Identifier: BSD-3-Clause
// ELF executables: what of them is loaded, by physical addresses.
#include "boot.h"

#include <string.h>

#define HEADER_SIZE 64
#define CLASS 4
#define CLASS_64 2
#define DATA 5
#define DATA_LITTLE_ENDIAN 1
#define MACHINE 18
#define MACHINE_AARCH64 183
#define ENTRY 24
#define SEGMENTS 32
#define SEGMENT_SIZE 54
#define SEGMENT_COUNT 56

#define PROGRAM_HEADER_SIZE 56
#define TYPE_LOAD 1

// What a program header says.
struct segment {
    uint32_t type;
    uint64_t offset; // in the file
    uint64_t virt;
    uint64_t phys;
    uint64_t file_size;
    uint64_t memory_size;
};

bool gunyah_internal_boot_is_elf(struct boot_file file)
{
    return file.size >= 4 && memcmp(file.bytes,
                                    "\x7f"
                                    "ELF",
                                    4) == 0;
}

static bool header_is_good(struct boot_file file)
{
    if (file.size < HEADER_SIZE || file.bytes[CLASS] != CLASS_64 || file.bytes[DATA] != DATA_LITTLE_ENDIAN ||
        boot_u16(file.bytes + MACHINE) != MACHINE_AARCH64 || boot_u16(file.bytes + SEGMENT_SIZE) != PROGRAM_HEADER_SIZE)
        return false;
    const uint64_t offset = boot_u64(file.bytes + SEGMENTS);
    const uint64_t size = (uint64_t)boot_u16(file.bytes + SEGMENT_COUNT) * PROGRAM_HEADER_SIZE;
    return offset <= file.size && size <= file.size - offset;
}

static unsigned count_of(struct boot_file file)
{
    return boot_u16(file.bytes + SEGMENT_COUNT);
}

static struct segment segment_at(struct boot_file file, unsigned index)
{
    const uint8_t *header = file.bytes + boot_u64(file.bytes + SEGMENTS) + (size_t)index * PROGRAM_HEADER_SIZE;

    return (struct segment){
        .type = boot_u32(header),
        .offset = boot_u64(header + 8),
        .virt = boot_u64(header + 16),
        .phys = boot_u64(header + 24),
        .file_size = boot_u64(header + 32),
        .memory_size = boot_u64(header + 40),
    };
}

static bool is_loaded(const struct segment *segment)
{
    return segment->type == TYPE_LOAD && segment->memory_size != 0;
}

static bool segment_is_good(struct boot_file file, const struct segment *segment)
{
    return segment->file_size <= segment->memory_size && segment->offset <= file.size &&
           segment->file_size <= file.size - segment->offset && segment->phys + segment->memory_size >= segment->phys;
}

// The lowest address, and the one behind the highest. False: something is wrong, or nothing is there.
static bool find_range(struct boot_file file, uint64_t *low, uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (unsigned i = 0; i < count_of(file); i++) {
        const struct segment segment = segment_at(file, i);
        if (!is_loaded(&segment))
            continue;
        if (!segment_is_good(file, &segment))
            return false;
        if (segment.phys < *low)
            *low = segment.phys;
        if (segment.phys + segment.memory_size > *high)
            *high = segment.phys + segment.memory_size;
    }
    return *low < *high;
}

// The entry is a virtual address: where it is when the segment lies at its physical one.
static bool find_entry(struct boot_file file, uint64_t *entry)
{
    const uint64_t virt = boot_u64(file.bytes + ENTRY);

    for (unsigned i = 0; i < count_of(file); i++) {
        const struct segment segment = segment_at(file, i);
        if (is_loaded(&segment) && virt >= segment.virt && virt - segment.virt < segment.memory_size) {
            *entry = segment.phys + (virt - segment.virt);
            return true;
        }
    }
    return false;
}

enum gunyah_error gunyah_internal_boot_elf(struct boot_file file, struct gunyah_boot_kernel *kernel)
{
    uint64_t low;
    uint64_t high;
    uint64_t entry;

    if (!header_is_good(file) || !find_range(file, &low, &high) || !find_entry(file, &entry))
        return GUNYAH_ERR_FORMAT;
    kernel->format = GUNYAH_BOOT_ELF;
    kernel->memory_size = high - low;
    kernel->entry = entry - low;
    kernel->address = low;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_boot_elf_load(struct boot_file file, const struct gunyah_boot_kernel *kernel,
                                                uint8_t *memory)
{
    uint64_t low;
    uint64_t high;

    if (!header_is_good(file) || !find_range(file, &low, &high) || low != kernel->address ||
        high - low != kernel->memory_size)
        return GUNYAH_ERR_FORMAT;
    memset(memory, 0, (size_t)kernel->memory_size);
    for (unsigned i = 0; i < count_of(file); i++) {
        const struct segment segment = segment_at(file, i);
        if (is_loaded(&segment))
            memcpy(memory + (segment.phys - low), file.bytes + segment.offset, (size_t)segment.file_size);
    }
    return GUNYAH_OK;
}
