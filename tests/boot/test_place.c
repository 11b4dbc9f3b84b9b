// SPDX-License-Identifier: BSD-3-Clause
// Where kernel, device tree and initrd go.
#include <gunyah/boot.h>

#include <criterion/criterion.h>

#define MIB UINT64_C(0x100000)
#define BEGIN UINT64_C(0x80000000)

static struct gunyah_boot_kernel kernel_of(enum gunyah_boot_format format, uint64_t memory_size)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;

    kernel.format = format;
    kernel.memory_size = memory_size;
    return kernel;
}

static struct gunyah_boot_request request_of(uint64_t memory_size, uint64_t dtb_size, uint64_t initrd_size)
{
    struct gunyah_boot_request request = GUNYAH_BOOT_REQUEST_INIT;

    request.memory = (struct gunyah_memory_region){BEGIN, memory_size};
    request.dtb_size = dtb_size;
    request.initrd_size = initrd_size;
    return request;
}

Test(boot_place, one_behind_the_other)
{
    const struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_RAW, 3 * MIB);
    const struct gunyah_boot_request request = request_of(64 * MIB, 0x4001, 5 * MIB);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    cr_assert_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    cr_expect_eq(layout.kernel, BEGIN);
    cr_expect_eq(layout.entry, BEGIN);
    cr_expect_eq(layout.dtb, BEGIN + 4 * MIB, "Linux maps it by blocks of 2 MiB");
    cr_expect_eq(layout.initrd, BEGIN + 4 * MIB + 0x5000, "by pages");
    cr_expect_eq(layout.end, BEGIN + 9 * MIB + 0x5000);
}

Test(boot_place, without_an_initrd)
{
    const struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_RAW, 2 * MIB);
    const struct gunyah_boot_request request = request_of(64 * MIB, 0x4000, 0);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    cr_assert_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    cr_expect_eq(layout.dtb, BEGIN + 2 * MIB, "a boundary that is reached is not passed");
    cr_expect_eq(layout.initrd, 0);
    cr_expect_eq(layout.end, BEGIN + 2 * MIB + 0x4000);
}

Test(boot_place, an_image_by_its_offset)
{
    struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_IMAGE, MIB);
    struct gunyah_boot_request request = request_of(64 * MIB, 0x4000, 0);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    kernel.offset = 0x80000;
    cr_assert_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    cr_expect_eq(layout.kernel, BEGIN + 0x80000);
    cr_expect_eq(layout.entry, BEGIN + 0x80000);
    cr_expect_eq(layout.dtb, BEGIN + 2 * MIB);
    request.first_byte_is_entry = true;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_UNSUPPORTED);
    kernel.offset = 0;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
}

Test(boot_place, elf_files_where_they_were_linked)
{
    struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_ELF, MIB);
    struct gunyah_boot_request request = request_of(64 * MIB, 0x4000, 0);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    kernel.address = BEGIN + 5 * MIB;
    kernel.entry = 0x100;
    cr_assert_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    cr_expect_eq(layout.kernel, BEGIN + 5 * MIB);
    cr_expect_eq(layout.entry, BEGIN + 5 * MIB + 0x100);
    cr_expect_eq(layout.dtb, BEGIN + 6 * MIB);
    kernel.address = BEGIN - 1;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ADDR_INVALID);
    kernel.address = BEGIN + 64 * MIB;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_BUFFER_TOO_SMALL);
    // Only one that begins with its first instruction, and at the first byte, needs no register.
    request.first_byte_is_entry = true;
    kernel.address = BEGIN;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_UNSUPPORTED);
    kernel.entry = 0;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
}

Test(boot_place, the_last_byte_is_used_and_no_other)
{
    const struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_RAW, MIB);
    struct gunyah_boot_request request = request_of(2 * MIB + 0x4000 + 7, 0x4000, 7);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    cr_expect_eq(layout.end, BEGIN + request.memory.size);
    layout = (struct gunyah_boot_layout)GUNYAH_BOOT_LAYOUT_INIT;
    request.memory.size--;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_BUFFER_TOO_SMALL);
    cr_expect_eq(layout.end, BEGIN + request.memory.size + 1, "how much it would take");
    cr_expect_eq(layout.dtb, 0);
}

Test(boot_place, at_the_end_of_all_addresses)
{
    struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_RAW, MIB);
    struct gunyah_boot_request request = request_of(4 * MIB - 1, 0x4000, 0);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    request.memory.address = -(4 * MIB);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
    request.memory.size++;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK, "the last byte of all is one of it");
    request.memory.size++;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ADDR_OVERFLOW);
    request.memory.size = 4 * MIB;
    request.initrd_size = 4 * MIB;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ADDR_OVERFLOW);
    request.initrd_size = UINT64_MAX;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ADDR_OVERFLOW);
    request.initrd_size = 0;
    kernel.memory_size = UINT64_MAX;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ADDR_OVERFLOW);
}

Test(boot_place, bad_arguments)
{
    struct gunyah_boot_kernel kernel = kernel_of(GUNYAH_BOOT_RAW, MIB);
    struct gunyah_boot_request request = request_of(64 * MIB, 0x4000, 0);
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    cr_expect_eq(gunyah_boot_place(NULL, &request, &layout), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_place(&kernel, NULL, &layout), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, NULL), GUNYAH_ERR_NULL);
    kernel.size--;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_OPTION);
    kernel.size++;
    request.size--;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_OPTION);
    request.size++;
    layout.size--;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_OPTION);
    layout.size++;

    request.memory.address += MIB;
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    request = request_of(0, 0x4000, 0);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ARGUMENT_SIZE);
    request = request_of(64 * MIB, 0, 0);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ARGUMENT_SIZE);
    request = request_of(64 * MIB, 2 * MIB + 1, 0);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_ERR_ARGUMENT_SIZE);
    request = request_of(64 * MIB, 2 * MIB, 0);
    cr_expect_eq(gunyah_boot_place(&kernel, &request, &layout), GUNYAH_OK);
}
