// SPDX-License-Identifier: BSD-3-Clause
// What a kernel's file is, and putting it into memory.
#include "files.h"

#include <criterion/criterion.h>

static enum gunyah_error inspect(const void *file, size_t size, struct gunyah_boot_kernel *kernel)
{
    *kernel = (struct gunyah_boot_kernel)GUNYAH_BOOT_KERNEL_INIT;
    return gunyah_boot_inspect(file, size, NULL, kernel);
}

// ---- raw ---------------------------------------------------------------------------------------------------------

Test(boot_raw, whatever_is_unknown)
{
    static const uint8_t file[65] = {1};
    uint8_t memory[66];
    struct gunyah_boot_kernel kernel;

    for (size_t size = 1; size <= sizeof(file); size++) {
        cr_assert_eq(inspect(file, size, &kernel), GUNYAH_OK);
        cr_expect_eq(kernel.format, GUNYAH_BOOT_RAW);
        cr_expect_eq(kernel.memory_size, size);
        cr_expect_eq(kernel.entry, 0);
        cr_expect_not(kernel.compressed);
        memset(memory, 0xee, sizeof(memory));
        cr_assert_eq(gunyah_boot_load(&kernel, file, size, NULL, memory, size), GUNYAH_OK);
        cr_expect_arr_eq(memory, file, size);
        cr_expect_eq(memory[size], 0xee);
    }
}

Test(boot_raw, the_file_has_to_be_the_one_that_was_inspected)
{
    static const uint8_t file[8];
    uint8_t memory[8];
    struct gunyah_boot_kernel kernel;

    cr_assert_eq(inspect(file, 4, &kernel), GUNYAH_OK);
    cr_expect_eq(gunyah_boot_load(&kernel, file, 8, NULL, memory, sizeof(memory)), GUNYAH_ERR_FORMAT);
}

// ---- Image -------------------------------------------------------------------------------------------------------

Test(boot_image, needs_what_its_header_says)
{
    uint8_t file[100] = {0};
    uint8_t memory[0x300];
    struct gunyah_boot_kernel kernel;

    put_image_header(file, 0, 0x300, 0xa);
    file[99] = 0x99;
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    cr_expect_eq(kernel.format, GUNYAH_BOOT_IMAGE);
    cr_expect_eq(kernel.memory_size, 0x300);
    cr_expect_eq(kernel.offset, 0);
    cr_expect_eq(kernel.entry, 0);
    memset(memory, 0xee, sizeof(memory));
    cr_expect_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, 0x2ff), GUNYAH_ERR_BUFFER_TOO_SMALL);
    cr_expect_eq(memory[0], 0xee);
    cr_assert_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, 0x300), GUNYAH_OK);
    cr_expect_arr_eq(memory, file, sizeof(file));
    cr_expect_eq(memory[100], 0xee, "the kernel clears that by itself");
}

Test(boot_image, tells_where_it_wants_to_lie)
{
    uint8_t file[64];
    struct gunyah_boot_kernel kernel;

    put_image_header(file, 0x80000, 0x1000, 0);
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    cr_expect_eq(kernel.offset, 0x80000);
    put_image_header(file, 0x1fffff, 0x1000, 0);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    put_image_header(file, 0x200000, 0x1000, 0);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_ERR_FORMAT);
}

Test(boot_image, before_there_was_a_size)
{
    uint8_t file[200] = {0};
    struct gunyah_boot_kernel kernel;

    put_image_header(file, 0, 0, 0);
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    cr_expect_eq(kernel.offset, 0x80000, "if image_size is 0, text_offset is assumed to be this");
    cr_expect_eq(kernel.memory_size, sizeof(file));
}

Test(boot_image, a_size_below_that_of_the_file_is_not_believed)
{
    uint8_t file[200] = {0};
    struct gunyah_boot_kernel kernel;

    put_image_header(file, 0, 100, 0);
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    cr_expect_eq(kernel.memory_size, sizeof(file));
}

Test(boot_image, big_endian_kernels)
{
    uint8_t file[64];
    struct gunyah_boot_kernel kernel;

    put_image_header(file, 0, 0x1000, 1);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_ERR_UNSUPPORTED);
}

// ---- ELF ---------------------------------------------------------------------------------------------------------

// Two segments with a gap, out of order, and one that is not loaded.
static const struct elf_segment segments[] = {
    {1, 0x180, UINT64_C(0xffff000080003000), 0x80003000, 0x10, 0x40},
    {4, 0, 0, 0, UINT64_MAX, UINT64_MAX},
    {1, 0x100, UINT64_C(0xffff000080001000), 0x80001000, 0x80, 0x80},
};
#define ELF_ENTRY UINT64_C(0xffff000080001008)
#define ELF_MEMORY 0x2040

static void make_elf(uint8_t file[0x190])
{
    memset(file, 0, 0x190);
    put_elf_headers(file, ELF_ENTRY, segments, 3);
    memset(file + 0x100, 0x11, 0x80);
    memset(file + 0x180, 0x22, 0x10);
}

Test(boot_elf, lies_where_it_was_linked)
{
    uint8_t file[0x190];
    static uint8_t memory[ELF_MEMORY];
    static uint8_t expected[ELF_MEMORY];
    struct gunyah_boot_kernel kernel;

    make_elf(file);
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    cr_expect_eq(kernel.format, GUNYAH_BOOT_ELF);
    cr_expect_eq(kernel.address, 0x80001000);
    cr_expect_eq(kernel.memory_size, ELF_MEMORY);
    cr_expect_eq(kernel.entry, 8, "a virtual address became a place in memory");
    memset(memory, 0xee, sizeof(memory));
    memset(expected, 0x11, 0x80);
    memset(expected + 0x2000, 0x22, 0x10);
    cr_assert_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, sizeof(memory)), GUNYAH_OK);
    cr_expect_arr_eq(memory, expected, sizeof(memory));
}

// Change some bytes of a good file; it is not good any more.
static void expect_bad(size_t at, uint64_t value, unsigned size)
{
    uint8_t file[0x190];
    struct gunyah_boot_kernel kernel;

    make_elf(file);
    put(file + at, value, size);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_ERR_FORMAT, "%zu: %llx", at, (unsigned long long)value);
    cr_expect_eq(kernel.memory_size, 0, "what was asked to be filled in is untouched");
}

Test(boot_elf, of_other_machines)
{
    expect_bad(4, 1, 1);   // 32-bit
    expect_bad(5, 2, 1);   // big-endian
    expect_bad(18, 62, 2); // x86-64
    expect_bad(54, 32, 2); // program headers of another size
}

Test(boot_elf, that_contradict_themselves)
{
    enum { FIRST = 64 };

    expect_bad(32, UINT64_MAX, 8);                // program headers behind the end
    expect_bad(32, UINT64_MAX - 56, 8);           // and so that they wrap around
    expect_bad(32, 0x190 - 3 * 56 + 1, 8);        // by one byte
    expect_bad(56, UINT16_MAX, 2);                // too many
    expect_bad(56, 0, 2);                         // none
    expect_bad(24, 0x80001008, 8);                // the entry is in no segment: it is a virtual address
    expect_bad(FIRST + 8, 0x181, 8);              // bytes behind the end
    expect_bad(FIRST + 8, UINT64_MAX - 7, 8);     // and so that they wrap around
    expect_bad(FIRST + 32, 0x41, 8);              // more bytes than memory
    expect_bad(FIRST + 24, UINT64_MAX - 0x3e, 8); // memory that wraps around
}

Test(boot_elf, with_nothing_to_load)
{
    const struct elf_segment note = {4, 0, 0, 0, 0x10, 0x10};
    const struct elf_segment empty = {1, 0, 0, 0x1000, 0, 0};
    uint8_t file[120] = {0};
    struct gunyah_boot_kernel kernel;

    put_elf_headers(file, 0, &note, 1);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_ERR_FORMAT);
    put_elf_headers(file, 0, &empty, 1);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_ERR_FORMAT);
}

Test(boot_elf, cut_off_anywhere)
{
    uint8_t file[0x190];
    struct gunyah_boot_kernel kernel;

    make_elf(file);
    for (size_t size = 4; size < sizeof(file); size++)
        cr_expect_eq(inspect(file, size, &kernel), GUNYAH_ERR_FORMAT, "%zu bytes", size);
    cr_expect_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
}

Test(boot_elf, the_file_has_to_be_the_one_that_was_inspected)
{
    uint8_t file[0x190];
    static uint8_t memory[ELF_MEMORY];
    struct gunyah_boot_kernel kernel;

    make_elf(file);
    cr_assert_eq(inspect(file, sizeof(file), &kernel), GUNYAH_OK);
    put(file + 64 + 40, 0x41, 8); // one byte of memory more
    cr_expect_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, sizeof(memory)), GUNYAH_ERR_FORMAT);
    make_elf(file);
    put(file + 64 + 2 * 56 + 24, 0x80000000, 8); // another address
    cr_expect_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, sizeof(memory)), GUNYAH_ERR_FORMAT);
    cr_expect_eq(gunyah_boot_load(&kernel, "raw", 3, NULL, memory, sizeof(memory)), GUNYAH_ERR_FORMAT);
}

// ---- arguments ---------------------------------------------------------------------------------------------------

Test(boot_kernel, bad_arguments)
{
    static const uint8_t file[4];
    uint8_t memory[4];
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;

    cr_expect_eq(gunyah_boot_inspect(NULL, 4, NULL, &kernel), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_inspect(file, 4, NULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_inspect(file, 0, NULL, &kernel), GUNYAH_ERR_ARGUMENT_SIZE);
    kernel.size--;
    cr_expect_eq(gunyah_boot_inspect(file, 4, NULL, &kernel), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_boot_load(&kernel, file, 4, NULL, memory, 4), GUNYAH_ERR_OPTION);
    kernel.size++;
    cr_expect_eq(gunyah_boot_load(NULL, file, 4, NULL, memory, 4), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_load(&kernel, NULL, 4, NULL, memory, 4), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_load(&kernel, file, 4, NULL, NULL, 4), GUNYAH_ERR_NULL);
}

Test(boot_kernel, a_newer_struct_keeps_what_we_do_not_know)
{
    struct {
        struct gunyah_boot_kernel known;
        uint64_t unknown;
    } kernel = {.known = GUNYAH_BOOT_KERNEL_INIT, .unknown = 7};

    kernel.known.size = sizeof(kernel);
    cr_assert_eq(gunyah_boot_inspect("raw", 3, NULL, &kernel.known), GUNYAH_OK);
    cr_expect_eq(kernel.known.memory_size, 3);
    cr_expect_eq(kernel.known.size, sizeof(kernel));
    cr_expect_eq(kernel.unknown, 7);
}
