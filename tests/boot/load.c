// SPDX-License-Identifier: BSD-3-Clause
// load <kernel> <memory>: the kernel's file, loaded, is the other file, byte for byte, followed by zeros.
#include <gunyah/boot.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "FAILED: %s\n", what);
    exit(EXIT_FAILURE);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    enum { MOST = 16 << 20 };
    uint8_t *bytes = malloc(MOST);
    FILE *file = fopen(path, "rb");

    need(bytes != NULL && file != NULL, path);
    *size = fread(bytes, 1, MOST, file);
    need(*size > 0 && *size < MOST, path);
    fclose(file);
    return bytes;
}

int main(int count, char **arguments)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    size_t file_size;
    size_t expected_size;

    need(count == 3, "load <kernel> <memory>");
    uint8_t *file = read_file(arguments[1], &file_size);
    uint8_t *expected = read_file(arguments[2], &expected_size);
    need(gunyah_boot_inspect(file, file_size, NULL, &kernel) == GUNYAH_OK, "inspect");
    need(kernel.memory_size >= expected_size, "room for what is expected");
    uint8_t *memory = malloc(kernel.memory_size);
    need(memory != NULL, "memory");
    memset(memory, 0xee, kernel.memory_size);
    need(gunyah_boot_load(&kernel, file, file_size, NULL, memory, kernel.memory_size) == GUNYAH_OK, "load");
    need(memcmp(memory, expected, expected_size) == 0, "the bytes of the file");
    for (size_t i = expected_size; i < kernel.memory_size; i++)
        need(memory[i] == 0, "zeros behind them");
    printf("%zu bytes at 0x%llx, of them %zu in the file; entry 0x%llx behind the first\n", (size_t)kernel.memory_size,
           (unsigned long long)kernel.address, expected_size, (unsigned long long)kernel.entry);
    free(file);
    free(expected);
    free(memory);
    return EXIT_SUCCESS;
}
