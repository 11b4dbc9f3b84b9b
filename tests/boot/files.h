// SPDX-License-Identifier: BSD-3-Clause
// Files of kernels, byte by byte as their specifications have them.
#ifndef BOOT_FILES_H
#define BOOT_FILES_H

#include <gunyah/boot.h>

#include <string.h>

static inline void put(uint8_t *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

// The 64 bytes at the beginning of an Image.
static inline void put_image_header(uint8_t *file, uint64_t text_offset, uint64_t image_size, uint64_t flags)
{
    memset(file, 0, 64);
    put(file, 0x14000010, 4); // b .+64
    put(file + 8, text_offset, 8);
    put(file + 16, image_size, 8);
    put(file + 24, flags, 8);
    memcpy(file + 56, "ARM\x64", 4);
}

struct elf_segment {
    uint32_t type; // 1: PT_LOAD
    uint64_t offset;
    uint64_t virt;
    uint64_t phys;
    uint64_t file_size;
    uint64_t memory_size;
};

// The header of an ELF file, and its program headers behind that.
static inline void put_elf_headers(uint8_t *file, uint64_t entry, const struct elf_segment *segments, unsigned count)
{
    memset(file, 0, 64);
    memcpy(file,
           "\x7f"
           "ELF\x02\x01\x01",
           7);
    put(file + 16, 2, 2);   // ET_EXEC
    put(file + 18, 183, 2); // EM_AARCH64
    put(file + 20, 1, 4);
    put(file + 24, entry, 8);
    put(file + 32, 64, 8); // the program headers
    put(file + 52, 64, 2);
    put(file + 54, 56, 2);
    put(file + 56, count, 2);
    for (unsigned i = 0; i < count; i++) {
        uint8_t *header = file + 64 + 56 * i;
        put(header, segments[i].type, 4);
        put(header + 4, 7, 4);
        put(header + 8, segments[i].offset, 8);
        put(header + 16, segments[i].virt, 8);
        put(header + 24, segments[i].phys, 8);
        put(header + 32, segments[i].file_size, 8);
        put(header + 40, segments[i].memory_size, 8);
        put(header + 48, 4096, 8);
    }
}

#endif
