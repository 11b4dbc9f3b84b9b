// SPDX-License-Identifier: BSD-3-Clause
// Kernels that are compressed.
#include "files.h"

#include <criterion/criterion.h>

#include <stdlib.h>

#if GUNYAH_HAS_GZIP

#include <zlib.h>

enum { IMAGE = 100000 };

// An allocator that counts, and has none left after so many.
struct counted {
    size_t in_use;
    size_t peak;
    int allocations_left;
};

static void *counted_allocate(void *context, size_t size)
{
    struct counted *counted = context;

    if (counted->allocations_left-- <= 0)
        return NULL;
    counted->in_use += size;
    if (counted->in_use > counted->peak)
        counted->peak = counted->in_use;
    return malloc(size);
}

static void counted_release(void *context, void *memory, size_t size)
{
    struct counted *counted = context;

    counted->in_use -= size;
    free(memory);
}

static struct gunyah_allocator allocator_of(struct counted *counted)
{
    return (struct gunyah_allocator){counted, counted_allocate, counted_release};
}

static void make_image(uint8_t *image, uint64_t image_size)
{
    put_image_header(image, 0, image_size, 0);
    for (size_t i = 64; i < IMAGE; i++)
        image[i] = (uint8_t)(i * i >> 3);
}

static size_t compress_file(const uint8_t *file, size_t size, uint8_t *packed, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)file, .avail_in = (uInt)size};

    cr_assert_eq(deflateInit2(&stream, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

struct packed {
    uint8_t image[IMAGE];
    uint8_t file[IMAGE + 1000];
    size_t size;
    struct gunyah_boot_kernel kernel;
};

static struct packed *make(uint64_t image_size)
{
    static struct packed packed;

    make_image(packed.image, image_size);
    packed.size = compress_file(packed.image, IMAGE, packed.file, sizeof(packed.file));
    packed.kernel = (struct gunyah_boot_kernel)GUNYAH_BOOT_KERNEL_INIT;
    return &packed;
}

Test(boot_gzip, an_image_comes_out_as_it_went_in)
{
    // With more memory than there are bytes, and with exactly as much.
    for (uint64_t more = 0; more <= 4096; more += 4096) {
        struct packed *packed = make(IMAGE + more);
        uint8_t *memory = malloc(IMAGE + more);
        cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, NULL, &packed->kernel), GUNYAH_OK);
        cr_expect(packed->kernel.compressed);
        cr_expect_eq(packed->kernel.format, GUNYAH_BOOT_IMAGE);
        cr_expect_eq(packed->kernel.memory_size, IMAGE + more);
        cr_assert_eq(gunyah_boot_load(&packed->kernel, packed->file, packed->size, NULL, memory, IMAGE + more),
                     GUNYAH_OK);
        cr_expect_arr_eq(memory, packed->image, IMAGE);
        free(memory);
    }
}

Test(boot_gzip, padding_behind_the_end_is_no_damage)
{
    struct packed *packed = make(IMAGE);
    static uint8_t memory[IMAGE];

    memset(packed->file + packed->size, 0, 512);
    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size + 512, NULL, &packed->kernel), GUNYAH_OK);
    cr_expect_eq(gunyah_boot_load(&packed->kernel, packed->file, packed->size + 512, NULL, memory, IMAGE), GUNYAH_OK);
}

Test(boot_gzip, cut_off_anywhere)
{
    struct packed *packed = make(IMAGE);
    static uint8_t memory[IMAGE];

    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, NULL, &packed->kernel), GUNYAH_OK);
    for (size_t size = 2; size < packed->size; size += size < 100 || size + 20 > packed->size ? 1 : 997)
        cr_expect_eq(gunyah_boot_load(&packed->kernel, packed->file, size, NULL, memory, IMAGE), GUNYAH_ERR_FORMAT,
                     "%zu bytes of %zu", size, packed->size);
}

Test(boot_gzip, a_flipped_bit_is_found)
{
    struct packed *packed = make(IMAGE);
    static uint8_t memory[IMAGE];

    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, NULL, &packed->kernel), GUNYAH_OK);
    packed->file[packed->size / 2] ^= 0x10;
    cr_expect_eq(gunyah_boot_load(&packed->kernel, packed->file, packed->size, NULL, memory, IMAGE), GUNYAH_ERR_FORMAT);
}

Test(boot_gzip, more_comes_out_than_the_header_says)
{
    struct packed *packed = make(IMAGE / 2);
    static uint8_t memory[IMAGE];

    memset(memory, 0xee, sizeof(memory));
    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, NULL, &packed->kernel), GUNYAH_OK);
    cr_expect_eq(gunyah_boot_load(&packed->kernel, packed->file, packed->size, NULL, memory, IMAGE), GUNYAH_ERR_FORMAT);
    cr_expect_eq(memory[IMAGE / 2], 0xee);
}

Test(boot_gzip, of_anything_but_an_image_that_tells_its_size)
{
    static uint8_t file[4096];
    static const uint8_t raw[200] = {1};
    uint8_t header[64];
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;

    size_t size = compress_file(raw, sizeof(raw), file, sizeof(file));
    cr_expect_eq(gunyah_boot_inspect(file, size, NULL, &kernel), GUNYAH_ERR_FORMAT);
    size = compress_file(raw, 1, file, sizeof(file));
    cr_expect_eq(gunyah_boot_inspect(file, size, NULL, &kernel), GUNYAH_ERR_FORMAT);
    put_image_header(header, 0, 0, 0);
    size = compress_file(header, sizeof(header), file, sizeof(file));
    cr_expect_eq(gunyah_boot_inspect(file, size, NULL, &kernel), GUNYAH_ERR_FORMAT,
                 "how much memory it needs is unknown");
}

Test(boot_gzip, memory_comes_from_the_allocator_and_goes_back)
{
    struct packed *packed = make(IMAGE);
    static uint8_t memory[IMAGE];
    struct counted counted = {.allocations_left = 100};
    const struct gunyah_allocator allocator = allocator_of(&counted);

    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, &allocator, &packed->kernel), GUNYAH_OK);
    cr_assert_eq(gunyah_boot_load(&packed->kernel, packed->file, packed->size, &allocator, memory, IMAGE), GUNYAH_OK);
    cr_expect_eq(counted.in_use, 0);
    cr_expect(counted.peak > 0 && counted.peak < 65536, "%zu bytes", counted.peak);
}

Test(boot_gzip, without_memory)
{
    struct packed *packed = make(IMAGE);
    static uint8_t memory[IMAGE];
    int failures = 0;

    cr_assert_eq(gunyah_boot_inspect(packed->file, packed->size, NULL, &packed->kernel), GUNYAH_OK);
    for (int allocations = 0;; allocations++) {
        struct counted counted = {.allocations_left = allocations};
        const struct gunyah_allocator allocator = allocator_of(&counted);
        const enum gunyah_error error =
            gunyah_boot_load(&packed->kernel, packed->file, packed->size, &allocator, memory, IMAGE);
        cr_expect_eq(counted.in_use, 0);
        if (error == GUNYAH_OK)
            break;
        cr_assert_eq(error, GUNYAH_ERR_OUT_OF_MEMORY);
        failures++;
    }
    cr_expect(failures > 0);
}

#else

Test(boot_gzip, is_refused_by_a_library_without_it)
{
    static const uint8_t file[32] = {0x1f, 0x8b, 8};
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    uint8_t memory[32];

    cr_expect_eq(gunyah_boot_inspect(file, sizeof(file), NULL, &kernel), GUNYAH_ERR_UNSUPPORTED);
    kernel.compressed = true;
    cr_expect_eq(gunyah_boot_load(&kernel, file, sizeof(file), NULL, memory, sizeof(memory)), GUNYAH_ERR_UNSUPPORTED);
}

#endif
