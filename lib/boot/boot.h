// SPDX-License-Identifier: BSD-3-Clause
// What the files of this layer share. Formats are read byte by byte: nothing in a file is aligned, and all of it is little-endian.
#ifndef GUNYAH_LIB_BOOT_H
#define GUNYAH_LIB_BOOT_H

#include "internal.h"

#include <gunyah/boot.h>

// A file, or the beginning of one.
struct boot_file {
    const uint8_t *bytes;
    size_t size;
};

static inline uint64_t boot_read(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static inline uint16_t boot_u16(const uint8_t *bytes)
{
    return (uint16_t)boot_read(bytes, 2);
}

static inline uint32_t boot_u32(const uint8_t *bytes)
{
    return (uint32_t)boot_read(bytes, 4);
}

static inline uint64_t boot_u64(const uint8_t *bytes)
{
    return boot_read(bytes, 8);
}

// ---- image.c -----------------------------------------------------------------------------------------------------

#define BOOT_IMAGE_HEADER 64

bool gunyah_internal_boot_is_image(struct boot_file file);

// What an Image's header says, for a file of at least so many bytes.
enum gunyah_error gunyah_internal_boot_image(struct boot_file file, struct gunyah_boot_kernel *kernel);

// ---- elf.c -------------------------------------------------------------------------------------------------------

bool gunyah_internal_boot_is_elf(struct boot_file file);

enum gunyah_error gunyah_internal_boot_elf(struct boot_file file, struct gunyah_boot_kernel *kernel);

// Put the segments into kernel->memory_size bytes.
enum gunyah_error gunyah_internal_boot_elf_load(struct boot_file file, const struct gunyah_boot_kernel *kernel,
                                                uint8_t *memory);

// ---- gzip.c ------------------------------------------------------------------------------------------------------

bool gunyah_internal_boot_is_gzip(struct boot_file file);

// Decompress until the file ends or there is no more room; *size is how many bytes came out. With whole, nothing may be left over.
enum gunyah_error gunyah_internal_boot_gunzip(struct boot_file file, const struct gunyah_allocator *allocator,
                                              void *memory, size_t room, bool whole, size_t *size);

#endif
