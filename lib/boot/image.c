// SPDX-License-Identifier: BSD-3-Clause
// The header of arm64 Linux.
#include "boot.h"

#include <string.h>

#define TEXT_OFFSET 8
#define IMAGE_SIZE 16
#define FLAGS 24
#define MAGIC 56
#define FLAG_BIG_ENDIAN UINT64_C(1)

// Older kernels do not tell their size, and lie here.
#define OLD_TEXT_OFFSET UINT64_C(0x80000)

bool gunyah_internal_boot_is_image(struct boot_file file)
{
    return file.size >= BOOT_IMAGE_HEADER && memcmp(file.bytes + MAGIC, "ARM\x64", 4) == 0;
}

enum gunyah_error gunyah_internal_boot_image(struct boot_file file, struct gunyah_boot_kernel *kernel)
{
    const uint64_t image_size = boot_u64(file.bytes + IMAGE_SIZE);

    if ((boot_u64(file.bytes + FLAGS) & FLAG_BIG_ENDIAN) != 0)
        return GUNYAH_ERR_UNSUPPORTED;
    kernel->format = GUNYAH_BOOT_IMAGE;
    kernel->memory_size = image_size > file.size ? image_size : file.size;
    kernel->offset = image_size != 0 ? boot_u64(file.bytes + TEXT_OFFSET) : OLD_TEXT_OFFSET;
    return kernel->offset < GUNYAH_BOOT_ALIGNMENT ? GUNYAH_OK : GUNYAH_ERR_FORMAT;
}
