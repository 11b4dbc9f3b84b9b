// SPDX-License-Identifier: BSD-3-Clause
// ioctls of a VMM, as strace prints them: "ioctl(9, _IOC(_IOC_WRITE, 0x47, 0x1, 0x20), 0x7ffd...) = -1 EINVAL (...)", with
// numbers in whatever form it chose, and structures where it has their bytes.
#include "decode.h"
#include "hex.h"
#include "ioctls.h"
#include "rm_fields.h"
#include "value_meaning.h"

#ifdef GUNYAH_HAS_LINUX
#include <gunyah/linux.h>
#endif

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char field_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

#define MAX_STRUCT 144 // bytes of the largest structure

#define DIRECTION_WRITE 0x40000000u
#define DIRECTION_READ 0x80000000u

static const char *skip_spaces(const char *at)
{
    return at + strspn(at, " \t");
}

static bool is_driver(uint32_t number)
{
    const uint32_t type = number >> 8 & 0xff;

    return type == 'G' || type == 'A' || type == 0xb2;
}

// ---- the number ------------------------------------------------------------------------------------------------------

// Words of a list in brackets: "_IOC_READ|_IOC_WRITE, 0x47, 0x1, 0x20". Returns how many numbers were read.
static size_t read_list(const char *at, uint32_t *direction, uint32_t *numbers, size_t room)
{
    size_t count = 0;

    *direction = 0;
    while (*at != 0 && *at != ')' && count < room) {
        at += strspn(at, " ,|");
        if (strncmp(at, "_IOC_READ", 9) == 0)
            *direction |= DIRECTION_READ;
        else if (strncmp(at, "_IOC_WRITE", 10) == 0)
            *direction |= DIRECTION_WRITE;
        else if (isdigit((unsigned char)*at))
            numbers[count++] = (uint32_t)strtoul(at, NULL, 0);
        else if (at[0] == '\'' && at[1] != 0 && at[2] == '\'')
            numbers[count++] = (uint8_t)at[1];
        at += strcspn(at, " ,|)");
    }
    return count;
}

static bool read_macro(const char *at, uint32_t *number)
{
    static const struct {
        const char *name;
        uint32_t direction;
    } macros[] = {{"_IOC(", 0},
                  {"_IO(", 0},
                  {"_IOR(", DIRECTION_READ},
                  {"_IOW(", DIRECTION_WRITE},
                  {"_IOWR(", DIRECTION_READ | DIRECTION_WRITE}};
    uint32_t words[3] = {0};
    uint32_t direction;

    for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
        const size_t size = strlen(macros[i].name);
        if (strncmp(at, macros[i].name, size) != 0)
            continue;
        if (read_list(at + size, &direction, words, 3) < 2)
            return false;
        *number =
            direction | macros[i].direction | (words[2] & 0x3fff) << 16 | (words[0] & 0xff) << 8 | (words[1] & 0xff);
        return true;
    }
    return false;
}

// Names that strace knows from other drivers, which have the same numbers.
static bool read_name(const char *at, uint32_t *number)
{
    static const struct {
        const char *name;
        uint32_t number;
    } names[] = {{"GSMIOC_DISABLE_NET", 0x4703}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strncmp(at, names[i].name, strlen(names[i].name)) == 0) {
            *number = names[i].number;
            return true;
        }
    }
    return false;
}

// What stands between two commas may be several: "NAME or _IOC(...)", "0x4700 /* ... */".
static bool read_number(const char *at, uint32_t *number)
{
    uint64_t value;

    if (isdigit((unsigned char)*at)) {
        value = strtoull(at, NULL, 0);
        *number = (uint32_t)value; // strace shows what programs passed as long, with its sign
        return true;
    }
    for (; *at != 0 && *at != ')'; at += strcspn(at, " )"), at += *at == ' ') {
        if (read_macro(at, number) || read_name(at, number))
            return true;
        if (*at == ',')
            return false;
    }
    return false;
}

// ---- the argument ----------------------------------------------------------------------------------------------------

// Reads "\x01\x00" or "\1\0abc". Returns how many bytes.
static size_t read_text(const char *at, uint8_t *bytes, size_t room)
{
    size_t count = 0;

    while (*at != 0 && *at != '"' && count < room) {
        char *end;
        if (at[0] != '\\') {
            bytes[count++] = (uint8_t)*at++;
        } else if (at[1] == 'x' && hex_read(at + 2, &bytes[count])) {
            count++;
            at += 4;
        } else if (at[1] >= '0' && at[1] <= '7') {
            char digits[4] = {0};
            memcpy(digits, at + 1, strnlen(at + 1, 3));
            bytes[count++] = (uint8_t)strtoul(digits, &end, 8);
            at += 1 + (end - digits);
        } else {
            static const char names[] = "nrtvf\\\"";
            static const char values[] = "\n\r\t\v\f\\\"";
            const char *name = at[1] != 0 ? strchr(names, at[1]) : NULL;
            if (name == NULL)
                return count;
            bytes[count++] = (uint8_t)values[name - names];
            at += 2;
        }
    }
    return count;
}

static const char *flags_of(const struct ioctl_row *row)
{
    if (strcmp(row->name, "MAP_MEM") == 0)
        return "linux_map_flags";
    return strstr(row->name, "MEM") != NULL ? "linux_memory_flags" : NULL;
}

static void add_struct_field(struct decoded *decoded, const struct ioctl_row *row, const char *name, uint64_t value)
{
    const char *flags = strcmp(name, "flags") == 0 ? flags_of(row) : NULL;
    char meaning[96] = "";

    for (const struct fact_kind *kind = ioctl_kinds; flags != NULL && kind->name != NULL; kind++) {
        if (strcmp(kind->name, flags) == 0)
            value_meaning_of(kind, value, meaning, sizeof(meaning));
    }
    decode_field_means(decoded, name, value, meaning);
}

// A layout is a text: "0 u32 label, 8 u64 guest_phys_addr", with an array or a remark behind a name now and then.
static void add_struct(struct decoded *decoded, const struct ioctl_row *row, const uint8_t *bytes, size_t size)
{
    for (const char *at = row->argument; at != NULL; at = strchr(at, ',')) {
        char name[40];
        char *end;
        size_t offset;
        size_t width;

        at += strspn(at, ", ");
        offset = strtoul(at, &end, 10);
        at = skip_spaces(end);
        // "u32"; what is no number has no width.
        width = *at == 'u' || *at == 's' ? strtoul(at + 1, NULL, 10) / 8 : 0;
        at = skip_spaces(at + strcspn(at, " "));
        snprintf(name, sizeof(name), "%.*s", (int)strspn(at, field_characters), at);
        if (width != 0 && name[0] != 0 && offset + width <= size)
            add_struct_field(decoded, row, name, rm_fields_read(bytes + offset, width));
    }
}

// The third argument, if there is one.
static const char *find_argument(const char *at)
{
    int depth = 0;

    for (; *at != 0; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && depth-- == 0)
            return NULL;
        else if (*at == ',' && depth == 0)
            return skip_spaces(at + 1);
    }
    return NULL;
}

static void add_argument(struct decoded *decoded, const struct ioctl_row *row, const char *at)
{
    uint8_t bytes[MAX_STRUCT];

    if (at != NULL && *at == '"')
        add_struct(decoded, row, bytes, read_text(at + 1, bytes, sizeof(bytes)));
    else if (at != NULL && row->argument == NULL && isdigit((unsigned char)*at))
        decode_field(decoded, "argument", strtoull(at, NULL, 0), NULL);
}

// ---- the result ------------------------------------------------------------------------------------------------------

static void explain(struct decoded *decoded, uint32_t number, int code)
{
#ifdef GUNYAH_HAS_LINUX
    struct gunyah_error_info info;

    gunyah_linux_explain(number, code, &info);
    decode_cause(decoded, info.text, info.advice);
#else
    (void)decoded;
    (void)number;
    (void)code;
#endif
}

// ") = -1 EINVAL (Invalid argument)"
static void add_result(struct decoded *decoded, uint32_t number, const char *at)
{
    const char *bracket = strrchr(at, ')');
    int code;

    // The last bracket is that of a remark, "(Invalid argument)", unless the call went well.
    while (bracket > at && (*bracket != ')' || *skip_spaces(bracket + 1) != '='))
        bracket--;
    if (bracket == NULL || bracket == at)
        return;
    at = skip_spaces(skip_spaces(bracket + 1) + 1);
    if (strncmp(at, "-1 E", 4) == 0) {
        at += 3;
        code = decode_errno(at, strcspn(at, " "));
        if (code != 0)
            explain(decoded, number, code);
    } else if (isdigit((unsigned char)*at)) {
        decode_field(decoded, "result", strtoull(at, NULL, 0), NULL);
    }
}

bool decode_strace(const char *line, struct decoded *decoded)
{
    const char *at = strstr(line, "ioctl(");
    const struct ioctl_row *row = ioctl_rows;
    uint32_t number;

    if (at == NULL)
        return false;
    at = strchr(at, ',');
    if (at == NULL)
        return false;
    at = skip_spaces(at + 1);
    if (!read_number(at, &number) || !is_driver(number))
        return false;
    while (row->name != NULL && row->number != number)
        row++;
    if (row->name == NULL) {
        decode_summary(decoded, "ioctl 0x%08x: of no driver that is known", (unsigned)number);
        add_result(decoded, number, at);
        return true;
    }
    decode_summary(decoded, "ioctl %s on the %s; drivers: %s", row->name, row->on, row->drivers);
    add_argument(decoded, row, find_argument(at));
    add_result(decoded, number, at);
    return true;
}
