// SPDX-License-Identifier: BSD-3-Clause
#include "rm_book.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// What is left of a text, and what was read so far.
struct reader {
    const char *text;
    struct rm_bytes bytes;
};

static const struct range {
    uint32_t first;
    uint32_t last;
} ranges[] = {
    {0x00000000, 0x000000ff}, {0x51000000, 0x510000ff}, {0x51100000, 0x511000ff},
    {0x56000000, 0x560001ff}, {0x56100000, 0x561000ff},
};

const struct gunyah_rm_message_shape *gunyah_rm_next_message(uint32_t *id)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (*id < ranges[i].first)
            *id = ranges[i].first;
        while (*id <= ranges[i].last) {
            const struct gunyah_rm_message_shape *message = gunyah_rm_message_info((*id)++);

            if (message != NULL)
                return message;
        }
    }
    return NULL;
}

static const struct gunyah_rm_layout_info *find_in(const struct gunyah_rm_layout_info *layout, const char *name)
{
    if (layout == NULL || strcmp(layout->name, name) == 0)
        return layout;
    for (unsigned i = 0; i < layout->list_count; i++) {
        const struct gunyah_rm_list_info *list = &layout->lists[i];
        const struct gunyah_rm_layout_info *const parts[] = {list->header, list->entries[0], list->entries[1]};

        for (unsigned j = 0; j < 3; j++) {
            if (parts[j] != NULL && strcmp(parts[j]->name, name) == 0)
                return parts[j];
        }
    }
    return NULL;
}

const struct gunyah_rm_layout_info *gunyah_rm_find_layout(const char *name)
{
    const struct gunyah_rm_message_shape *message;
    uint32_t id = 0;

    while ((message = gunyah_rm_next_message(&id)) != NULL) {
        const struct gunyah_rm_layout_info *const layouts[] = {message->data[0], message->data[1], message->reply[0],
                                                               message->reply[1]};

        for (unsigned i = 0; i < 4; i++) {
            const struct gunyah_rm_layout_info *found = find_in(layouts[i], name);

            if (found != NULL)
                return found;
        }
    }
    return NULL;
}

static size_t next_length(struct reader *reader)
{
    while (isspace((unsigned char)*reader->text))
        reader->text++;
    return strcspn(reader->text, " \n");
}

static bool next_is(struct reader *reader, const char *word)
{
    const size_t length = next_length(reader);

    return strlen(word) == length && memcmp(reader->text, word, length) == 0;
}

static bool take(struct reader *reader, const char *word)
{
    const bool is_next = next_is(reader, word);

    if (is_next)
        reader->text += strlen(word);
    return is_next;
}

// Returns how many bytes the next word is.
static size_t take_bytes(struct reader *reader)
{
    const size_t length = next_length(reader);

    cr_assert(length > 0 && length % 2 == 0, "no bytes at \"%s\"", reader->text);
    for (size_t i = 0; i < length; i += 2) {
        const char digits[] = {reader->text[i], reader->text[i + 1], '\0'};
        char *end;

        cr_assert(reader->bytes.size < sizeof(reader->bytes.at));
        reader->bytes.at[reader->bytes.size++] = (uint8_t)strtoul(digits, &end, 16);
        cr_assert(*end == '\0', "no bytes at \"%s\"", reader->text);
    }
    reader->text += length;
    return length / 2;
}

static void take_reserved(struct reader *reader)
{
    while (take(reader, "-")) {
        struct rm_bytes *bytes = &reader->bytes;

        for (size_t left = take_bytes(reader); left > 0; left--)
            bytes->reserved[bytes->reserved_count++] = (uint8_t)(bytes->size - left);
    }
}

static void take_fields(struct reader *reader, const struct gunyah_rm_layout_info *layout)
{
    const size_t start = reader->bytes.size;

    for (unsigned i = 0; i < layout->field_count; i++) {
        const struct gunyah_rm_field_info *field = &layout->fields[i];

        take_reserved(reader);
        cr_assert(take(reader, field->name), "%s: field %s, text \"%s\"", layout->name, field->name, reader->text);
        cr_expect_eq(reader->bytes.size - start, field->offset, "%s.%s: offset %u", layout->name, field->name,
                     field->offset);
        cr_expect_eq(take_bytes(reader), field->size, "%s.%s: %u bytes", layout->name, field->name, field->size);
    }
    take_reserved(reader);
    cr_expect_eq(reader->bytes.size - start, layout->size, "%s: %u bytes", layout->name, layout->size);
}

// The value of the field of this name in a layout that begins at start.
static size_t count_of(const struct reader *reader, const struct gunyah_rm_layout_info *layout, size_t start,
                       const char *name)
{
    size_t value = 0;

    for (unsigned i = 0; i < layout->field_count; i++) {
        const struct gunyah_rm_field_info *field = &layout->fields[i];

        if (strcmp(field->name, name) != 0)
            continue;
        for (size_t byte = field->size; byte > 0; byte--)
            value = value << 8 | reader->bytes.at[start + field->offset + byte - 1];
        return value;
    }
    cr_assert_fail("%s has no field %s", layout->name, name);
    return 0;
}

// Bytes up to the end of their list or entry. Returns how many; zeros that fill up to a multiple of 4 are checked.
static void take_string(struct reader *reader, size_t count, bool padded, const char *name)
{
    const size_t start = reader->bytes.size;

    while (!next_is(reader, "]") && !next_is(reader, ";"))
        take_bytes(reader);
    const size_t size = reader->bytes.size - start;
    cr_expect_eq(size, padded ? (count + 3) / 4 * 4 : count, "%s: %zu bytes", name, size);
    for (size_t i = count; i < size; i++)
        cr_expect_eq(reader->bytes.at[start + i], 0, "%s: filling", name);
}

static size_t take_entries(struct reader *reader, const struct gunyah_rm_list_info *list)
{
    size_t entries = 0;

    for (; !next_is(reader, "]"); entries++) {
        const bool second = take(reader, "|");
        const struct gunyah_rm_layout_info *entry = list->entries[second];
        const size_t start = reader->bytes.size;

        cr_assert(second || take(reader, ";"), "%s: entry at \"%s\"", list->name, reader->text);
        cr_assert(entry != NULL, "%s: kind of entry", list->name);
        take_fields(reader, entry);
        if (list->variable)
            take_string(reader, count_of(reader, entry, start, "size"), true, list->name);
    }
    return entries;
}

static void take_list(struct reader *reader, const struct gunyah_rm_layout_info *layout,
                      const struct gunyah_rm_list_info *list)
{
    const size_t start = reader->bytes.size;
    size_t count = list->size;

    cr_assert(take(reader, list->name) && take(reader, "["), "list %s, text \"%s\"", list->name, reader->text);
    if (list->header != NULL)
        take_fields(reader, list->header);
    if (list->count != NULL)
        count = count_of(reader, list->header ? list->header : layout, list->header ? start : 0, list->count);
    if (list->entries[0] != NULL) {
        const size_t entries = take_entries(reader, list);

        cr_expect_eq(entries, count, "%s: %zu entries", list->name, entries);
    } else {
        take(reader, ";");
        take_string(reader, count, list->padded, list->name);
    }
    cr_assert(take(reader, "]"), "%s: end at \"%s\"", list->name, reader->text);
}

struct rm_bytes gunyah_rm_read_text(const struct gunyah_rm_layout_info *layout, const char *text)
{
    struct reader reader = {.text = text};

    take_fields(&reader, layout);
    for (unsigned i = 0; i < layout->list_count; i++) {
        if (layout->lists[i].optional && next_length(&reader) == 0)
            continue;
        take_list(&reader, layout, &layout->lists[i]);
    }
    cr_expect_eq(next_length(&reader), 0, "%s: too much text: \"%s\"", layout->name, reader.text);
    return reader.bytes;
}

static void cover(struct rm_names *covered, const char *name)
{
    cr_assert(covered->count < sizeof(covered->names) / sizeof(covered->names[0]));
    covered->names[covered->count++] = name;
}

void gunyah_rm_expect_shape(struct rm_book *book, const char *name, const char *text)
{
    const struct gunyah_rm_layout_info *layout = gunyah_rm_find_layout(name);

    cr_assert(layout != NULL, "no message has the layout %s", name);
    gunyah_rm_read_text(layout, text);
    cover(&book->shapes, name);
}

// The bytes of the fields alone, which the codec has to do with.
static struct rm_bytes read_fields(const struct rm_codec *codec, const char *text)
{
    const struct gunyah_rm_layout_info *layout = gunyah_rm_find_layout(codec->name);
    struct reader reader = {.text = text};

    cr_assert(layout != NULL, "no message has the layout %s", codec->name);
    take_fields(&reader, layout);
    cr_expect_eq(next_length(&reader), 0, "%s: too much text: \"%s\"", codec->name, reader.text);
    return reader.bytes;
}

static void expect_put(const struct rm_codec *codec, const void *message, const struct rm_bytes *expected)
{
    uint8_t place[256];
    uint8_t *const bytes = place + 1; // nothing on the wire is aligned

    memset(place, 0xee, sizeof(place));
    cr_expect_eq(codec->put(bytes, message), expected->size, "%s: size", codec->name);
    for (size_t i = 0; i < expected->size; i++)
        cr_expect_eq(bytes[i], expected->at[i], "%s: byte %zu is 0x%02x", codec->name, i, bytes[i]);
    cr_expect_eq(bytes[expected->size], 0xee, "%s: wrote too much", codec->name);
}

void gunyah_rm_expect_codec(struct rm_book *book, const struct rm_codec *codec, const char *text, const void *message)
{
    const struct rm_bytes expected = read_fields(codec, text);
    struct rm_bytes noisy = expected;
    uint64_t got[16];
    uint8_t before[sizeof(got)];

    expect_put(codec, message, &expected);

    // Whatever stands in reserved bytes is not looked at.
    for (size_t i = 0; i < expected.reserved_count; i++)
        noisy.at[expected.reserved[i]] = 0xff;
    memset(got, 0xa5, sizeof(got));
    cr_assert(codec->struct_size <= sizeof(got));
    cr_assert(codec->get(noisy.at, expected.size, got), "%s", codec->name);
    expect_put(codec, got, &expected);

    memset(got, 0xa5, sizeof(got));
    memset(before, 0xa5, sizeof(before));
    cr_expect(!codec->get(noisy.at, expected.size - 1, got), "%s: one byte is missing", codec->name);
    cr_expect_eq(memcmp(got, before, sizeof(before)), 0, "%s: changed", codec->name);
    cover(&book->codecs, codec->name);
}
