// SPDX-License-Identifier: BSD-3-Clause
// Compressed files, by zlib.
#include "boot.h"

#include <port.h>

bool gunyah_internal_boot_is_gzip(struct boot_file file)
{
    return file.size >= 2 && file.bytes[0] == 0x1f && file.bytes[1] == 0x8b;
}

#if GUNYAH_HAS_GZIP

// Its input is const then.
#define ZLIB_CONST
#include <zlib.h>

#include <stddef.h>
#include <string.h>

// RFC 1952 and no other header, with the largest window.
#define GZIP_ONLY (16 + MAX_WBITS)

// zlib gives memory back without its size, which our allocators want: it lies before it.
#define BEFORE _Alignof(max_align_t)

static voidpf allocate(voidpf context, uInt items, uInt size)
{
    const struct gunyah_allocator *allocator = context;
    const size_t whole = BEFORE + (size_t)items * size;
    unsigned char *memory = allocator->allocate(allocator->context, whole);

    if (memory == NULL)
        return Z_NULL;
    memcpy(memory, &whole, sizeof(whole));
    return memory + BEFORE;
}

static void release(voidpf context, voidpf address)
{
    const struct gunyah_allocator *allocator = context;
    unsigned char *memory = (unsigned char *)address - BEFORE;
    size_t whole;

    memcpy(&whole, memory, sizeof(whole));
    allocator->release(allocator->context, memory, whole);
}

// zlib counts in 32 bits.
static uInt step(size_t left)
{
    return left < UINT32_MAX ? (uInt)left : UINT32_MAX;
}

// What is left over behind the end of the compressed data is looked at by nobody, as gzip itself allows padding.
static int run(z_stream *stream, struct boot_file file, unsigned char *memory, size_t room)
{
    size_t given = 0;
    size_t made = 0;
    int status = Z_OK;

    while (status == Z_OK && made < room) {
        stream->next_in = file.bytes + given;
        stream->avail_in = step(file.size - given);
        stream->next_out = memory + made;
        stream->avail_out = step(room - made);
        status = inflate(stream, Z_NO_FLUSH);
        given = (size_t)(stream->next_in - file.bytes);
        made = (size_t)(stream->next_out - memory);
    }
    return status;
}

enum gunyah_error gunyah_internal_boot_gunzip(struct boot_file file, const struct gunyah_allocator *given, void *memory,
                                              size_t room, bool whole, size_t *size)
{
    struct gunyah_allocator allocator = given != NULL ? *given : gunyah_internal_default_allocator();
    z_stream stream = {.zalloc = allocate, .zfree = release, .opaque = &allocator};

    if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    const int status = run(&stream, file, memory, room);
    *size = (size_t)(stream.next_out - (unsigned char *)memory);
    inflateEnd(&stream);
    if (status == Z_MEM_ERROR)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    return status == Z_STREAM_END || (status == Z_OK && !whole) ? GUNYAH_OK : GUNYAH_ERR_FORMAT;
}

#else

enum gunyah_error gunyah_internal_boot_gunzip(struct boot_file file, const struct gunyah_allocator *given, void *memory,
                                              size_t room, bool whole, size_t *size)
{
    (void)file;
    (void)given;
    (void)memory;
    (void)room;
    (void)whole;
    *size = 0;
    return GUNYAH_ERR_UNSUPPORTED;
}

#endif
