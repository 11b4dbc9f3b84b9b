// SPDX-License-Identifier: BSD-3-Clause
// Vectors of the Resource Manager's messages: fields and bytes are written by hand; the generated shapes must name the same
// fields in the same places, and the generated codecs must write and read the same bytes.
#ifndef VECTORS_RM_BOOK_H
#define VECTORS_RM_BOOK_H

#include "messages.h"

#include <gunyah/abi/rm_names.h>

#include <criterion/criterion.h>

// Names of layouts.
struct rm_names {
    unsigned count;
    const char *names[96];
};

// What has had a vector: the fields of these layouts, and the lists of those.
struct rm_book {
    struct rm_names codecs;
    struct rm_names shapes;
};

// A text is what a layout looks like on the wire, with spaces between its words: for each field its name and its bytes, in
// hexadecimal; "-" and bytes for a reserved one; then, for each list, its name and "[ header ; entry ; entry ]", where bytes
// stand as they are. An entry of the second kind that a list may have follows "|" in the place of ";".
struct rm_bytes {
    size_t size;
    size_t reserved_count;
    uint8_t at[256];
    uint8_t reserved[256]; // where the reserved bytes are
};

// The layout that some message leads to, or NULL.
const struct gunyah_rm_layout_info *gunyah_rm_find_layout(const char *name);

// Every message, from the smallest id to the largest. Returns NULL behind the last one.
const struct gunyah_rm_message_shape *gunyah_rm_next_message(uint32_t *id);

// Read a text and compare it with the shape of its layout.
struct rm_bytes gunyah_rm_read_text(const struct gunyah_rm_layout_info *layout, const char *text);

// A layout with lists: the shape agrees with the text.
void gunyah_rm_expect_shape(struct rm_book *book, const char *name, const char *text);

// How a codec is called without its type.
typedef size_t rm_put(uint8_t *bytes, const void *message);
typedef bool rm_get(const uint8_t *bytes, size_t size, void *message);

struct rm_codec {
    const char *name;
    rm_put *put;
    rm_get *get;
    size_t struct_size;
};

// The fields of a layout: the shape agrees with the text, and the codec with the bytes of it.
void gunyah_rm_expect_codec(struct rm_book *book, const struct rm_codec *codec, const char *text, const void *message);

// Make the codec of a layout known.
#define RM_CODEC(layout)                                                                                               \
    static size_t put_##layout(uint8_t *bytes, const void *message)                                                    \
    {                                                                                                                  \
        return rm_put_##layout(bytes, message);                                                                        \
    }                                                                                                                  \
    static bool get_##layout(const uint8_t *bytes, size_t size, void *message)                                         \
    {                                                                                                                  \
        return rm_get_##layout(bytes, size, message);                                                                  \
    }                                                                                                                  \
    static const struct rm_codec layout = {#layout, put_##layout, get_##layout, sizeof(struct rm_##layout)}

#define RM_VECTOR(book, layout, text, ...)                                                                             \
    gunyah_rm_expect_codec(book, &layout, text, &(const struct rm_##layout){__VA_ARGS__})

// The groups.
void gunyah_vectors_rm_vm(struct rm_book *book);
void gunyah_vectors_rm_query(struct rm_book *book);
void gunyah_vectors_rm_memory(struct rm_book *book);
void gunyah_vectors_rm_device(struct rm_book *book);

#endif
