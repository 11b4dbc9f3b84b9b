// SPDX-License-Identifier: BSD-3-Clause
// Which format a file has, and putting it into memory.
#include "boot.h"

#include <string.h>

// The header is inside: it is decompressed alone. How much memory there must be stands in it, and nowhere else.
static enum gunyah_error inspect_compressed(struct boot_file file, const struct gunyah_allocator *allocator,
                                            struct gunyah_boot_kernel *kernel)
{
    uint8_t header[BOOT_IMAGE_HEADER];
    size_t size = 0;
    const enum gunyah_error error = gunyah_internal_boot_gunzip(file, allocator, header, sizeof(header), false, &size);

    if (error != GUNYAH_OK)
        return error;
    const struct boot_file inside = {header, size};
    if (!gunyah_internal_boot_is_image(inside))
        return GUNYAH_ERR_FORMAT;
    kernel->compressed = true;
    const enum gunyah_error wrong = gunyah_internal_boot_image(inside, kernel);
    if (wrong != GUNYAH_OK)
        return wrong;
    return kernel->memory_size > sizeof(header) ? GUNYAH_OK : GUNYAH_ERR_FORMAT;
}

static enum gunyah_error inspect(struct boot_file file, const struct gunyah_allocator *allocator,
                                 struct gunyah_boot_kernel *kernel)
{
    if (gunyah_internal_boot_is_gzip(file))
        return inspect_compressed(file, allocator, kernel);
    if (gunyah_internal_boot_is_elf(file))
        return gunyah_internal_boot_elf(file, kernel);
    if (gunyah_internal_boot_is_image(file))
        return gunyah_internal_boot_image(file, kernel);
    kernel->memory_size = file.size;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_boot_inspect(const void *file, size_t size, const struct gunyah_allocator *allocator,
                                      struct gunyah_boot_kernel *kernel)
{
    struct gunyah_boot_kernel found = GUNYAH_BOOT_KERNEL_INIT;

    if (file == NULL || kernel == NULL)
        return GUNYAH_ERR_NULL;
    if (kernel->size < sizeof(*kernel))
        return GUNYAH_ERR_OPTION;
    if (size == 0)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    const enum gunyah_error error = inspect((struct boot_file){file, size}, allocator, &found);
    if (error != GUNYAH_OK)
        return error;
    found.size = kernel->size;
    *kernel = found;
    return GUNYAH_OK;
}

static enum gunyah_error copy(const struct gunyah_boot_kernel *kernel, struct boot_file file, void *memory)
{
    if (file.size > kernel->memory_size)
        return GUNYAH_ERR_FORMAT;
    memcpy(memory, file.bytes, file.size);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_boot_load(const struct gunyah_boot_kernel *kernel, const void *bytes, size_t size,
                                   const struct gunyah_allocator *allocator, void *memory, size_t memory_size)
{
    const struct boot_file file = {bytes, size};
    size_t unpacked;

    if (kernel == NULL || bytes == NULL || memory == NULL)
        return GUNYAH_ERR_NULL;
    if (kernel->size < sizeof(*kernel))
        return GUNYAH_ERR_OPTION;
    if (memory_size < kernel->memory_size)
        return GUNYAH_ERR_BUFFER_TOO_SMALL;
    if (kernel->compressed)
        return gunyah_internal_boot_gunzip(file, allocator, memory, (size_t)kernel->memory_size, true, &unpacked);
    if (kernel->format == GUNYAH_BOOT_ELF)
        return gunyah_internal_boot_elf_load(file, kernel, memory);
    return copy(kernel, file, memory);
}
