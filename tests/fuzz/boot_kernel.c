// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a kernel's file: what is inspected can be placed and loaded, into no more memory than was said, and nothing is read
// behind the file.
#include <gunyah/boot.h>

#include <stdlib.h>
#include <string.h>

#define MOST (1 << 20)

static void need(bool condition)
{
    if (!condition)
        abort();
}

static void load(const struct gunyah_boot_kernel *kernel, const uint8_t *file, size_t size)
{
    if (kernel->memory_size > MOST)
        return;
    uint8_t *memory = malloc((size_t)kernel->memory_size);
    need(memory != NULL);
    const enum gunyah_error error = gunyah_boot_load(kernel, file, size, NULL, memory, (size_t)kernel->memory_size);
    // Only what is compressed can turn out to be damaged later.
    need(error == GUNYAH_OK || (error == GUNYAH_ERR_FORMAT && kernel->compressed));
    free(memory);
}

static void place(const struct gunyah_boot_kernel *kernel)
{
    struct gunyah_boot_request request = GUNYAH_BOOT_REQUEST_INIT;
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    request.memory = (struct gunyah_memory_region){0x80000000, 0x10000000};
    request.dtb_size = 0x4000;
    request.initrd_size = 0x1000;
    if (gunyah_boot_place(kernel, &request, &layout) != GUNYAH_OK)
        return;
    need(layout.kernel >= request.memory.address && layout.entry >= layout.kernel);
    need(layout.entry - layout.kernel < kernel->memory_size);
    need(layout.dtb >= layout.kernel + kernel->memory_size);
    need(layout.initrd >= layout.dtb + request.dtb_size);
    need(layout.end - request.memory.address <= request.memory.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;

    if (size == 0)
        return 0;
    uint8_t *file = malloc(size);
    need(file != NULL);
    memcpy(file, data, size);
    if (gunyah_boot_inspect(file, size, NULL, &kernel) == GUNYAH_OK) {
        place(&kernel);
        load(&kernel, file, size);
    }
    free(file);
    return 0;
}
